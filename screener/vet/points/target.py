"""The molecule that the cells look for: as the page has it, and as the record has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.truth import Truth
from screener.vet.account import Point
from screener.vet.numbers import evened

if TYPE_CHECKING:
    from screener.registry.study import Study
    from screener.vet.about import About

# Antigens that engineered cells are aimed at (domain.md 1.1, 2.1, 2.2, and those of blood cancers), with the names of
# their genes: what a record writes as one, a page writes as the other.
TARGETS = {
    "mesothelin": r"mesothelin|msln",
    "claudin 18.2": r"claudin[ -]?18(?:\.2)?|cldn[ -]?18(?:\.2)?",
    "glypican-3": r"glypican[ -]?3|gpc[ -]?3",
    "HER2": r"her[ -]?2(?:/neu)?|erbb2",
    "EGFR": r"egfr(?:viii)?|epidermal growth factor receptor",
    "IL13Ra2": r"il[ -]?13[ -]?r(?:a|alpha|\u03b1)[ -]?2",
    "FAP": r"fibroblast activation protein(?:[ -]alpha)?",
    "CEA": r"cea|ceacam5|carcinoembryonic antigen",
    "WT1": r"wt-?1",
    "MAGE-A4": r"mage-?a4",
    "NY-ESO-1": r"ny-?eso-?1",
    "PRAME": r"prame",
    "PSMA": r"psma|prostate[ -]specific membrane antigen",
    "GD2": r"gd-?2|disialoganglioside",
    "B7-H3": r"b7-?h3|cd276",
    "MUC1": r"muc-?1",
    "MUC16": r"muc-?16",
    "ROR1": r"ror-?1",
    "CD19": r"cd-?19",
    "CD20": r"cd-?20",
    "CD22": r"cd-?22",
    "BCMA": r"bcma|b[ -]cell maturation antigen",
    "CD70": r"cd-?70",
    "DLL3": r"dll-?3",
    "guanylyl cyclase C": r"gucy2c|gcc|guanylyl cyclase[ -]c",
}
# One pass over the text: the group that matched says which. FAP in capitals only: it is a polyposis in other words.
_NAMES = tuple(TARGETS)
_ANY = "|".join(f"(?P<t{number}>{words})" for number, words in enumerate(TARGETS.values()))
_TARGET = re.compile(rf"(?<![A-Za-z0-9])(?:(?i:{_ANY})|(?P<fap>FAP))(?![A-Za-z0-9])")
_AIMED = re.compile(
    r"(?i:(?:target(?:s|ing|ed at|ed to)?|targets? (?:is|are)|aimed (?:at|against)|aims? at|directed (?:at|against|to)"
    r"|against|specific (?:for|to)|anti|bind(?:s|ing)?(?: to)?|recogni[sz]e[sd]?|redirected to|receptor for|hunts?)"
    r":?[ -](?:the |a |an )?(?:[a-z]{1,20} )?)$"
)
_AIMING = re.compile(r"(?i:[ -](?:targeted|targeting|directed|specific|redirected|binding|car\b|cars\b|chimeric|tcr))")
_NOT = re.compile(
    r"(?i:\b(?:not|no|without|nor|neither|unlike|instead of|rather than|other than|cannot|than)\b[^.;]{0,40})$"
)
_NOT_AFTER = re.compile(r"(?i:[ -](?:negative|low)\b)")
_BEFORE, _AFTER = 60, 20


def target_point(about: About, study: Study) -> Point | None:
    """Whether the page aims the cells at what the record names; None where one of the two does not say.

    The page differs only if it says of another molecule that the cells are aimed at it, and names none of the record's.
    """
    stated = _stated(study)
    if not stated:
        return None
    record = ", ".join(stated)
    other: Point | None = None
    for match in about.matches(_TARGET):
        name = _name(match)
        before = about.even[max(0, match.start() - _BEFORE) : match.start()]
        after = about.even[match.end() : match.end() + _AFTER]
        if _NOT.search(before) or _NOT_AFTER.match(after):
            continue
        quote = about.quote(match.start(), match.end())
        if name in stated:
            return Point("target", Truth.TRUE, name, record, quote)
        if other is None and (_AIMED.search(before) or _AIMING.match(after)):
            other = Point("target", Truth.FALSE, name, record, quote)
    return other


def is_target(word: str) -> bool:
    """Whether a word is the name of a target."""
    return bool(_TARGET.fullmatch(word))


def _stated(study: Study) -> dict[str, None]:
    """The targets that the record names anywhere, in order: a target that is only tested for is none that differs."""
    texts = [study.brief_title, study.official_title, *study.keywords, *study.conditions, study.summary]
    for item in study.interventions:
        texts += [item.name, *item.other_names, item.description]
    texts += [*study.arms, study.description, study.eligibility]
    return {_name(match): None for text in texts for match in _TARGET.finditer(evened(text))}


def _name(match: re.Match[str]) -> str:
    group = match.lastgroup or ""
    return "FAP" if group == "fap" else _NAMES[int(group[1:])]
