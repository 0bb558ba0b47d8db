"""Who answers for the trial or made the cells: as the page has it, and as the record has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.places.folding import folded
from screener.places.regions import country_code
from screener.truth import Truth
from screener.vet.account import Point
from screener.vet.points.names import NAME, alike, is_organization, is_short, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.registry.study import Study
    from screener.vet.about import About, Span

_END = (
    r"(?=[.,;:)|\t\n]| ?\(|$| -| (?:at|in|is|and(?! (?:co|his|her|their|others))|was|has|as|for|since|under|with|on"
    r"|which|that|who)\b)"
)
_DONE = r"(?:sponsored|developed|run|organi[sz]ed|conducted|led|built)"
_FIRST = r"(?:Sponsored|Developed|Run|Organi[sz]ed|Conducted|Led|Built)"
_BY = re.compile(rf"\b(?:{_DONE}(?: and {_DONE})?|{_FIRST}) by (?:the )?(?P<name>{NAME}){_END}")
_BY_WORK = re.compile(r"(?i:led|conducted|organi[sz]ed|built)\b")  # as others do for a sponsor
_LABEL = re.compile(
    r"(?m)^[ *-]*(?i:(?:lead |main |trial |study )?sponsor|sponsored by|sponsor(?:/| and )collaborators?|developer"
    rf"|developed by|run by|company)(?: ?:|[ ]?[|\t](?=[^|\t\n]*$))[ ]*(?:the )?(?P<name>{NAME}){_END}"
)
_ACTS = re.compile(
    rf"(?P<name>{NAME})(?:,? in [A-Z][^.;\n]{{1,60}})?,? (?:(?:is|are|has been) )?"
    r"(?:(?:sponsor|develop|run|organi[sz]e|conduct)(?:s|ed|ing)|ran|running) "
    r"(?P<what>(?:the|this|its) [\w-]{1,60}|[\w-]{1,60})"
)
_OWNS = re.compile(rf"(?P<name>{NAME})'s? (?P<what>[\w-]{{1,60}})")
_FROM = re.compile(
    r"(?<![\w-])(?P<what>[\w-]{1,60}),? (?:\([^)\n]{1,40}\),? )?(?:is )?(?:a product )?"
    rf"(?:from|by) (?:the )?(?P<name>{NAME}){_END}"
)
_NOUN = r"(?:trial|study|cells?|product|therapy|treatment|candidate|program|CAR|CAR-T|CARs|research)"
_REFERS = re.compile(rf"\b(?:[Tt]his|[Tt]he|[Ii]ts|[Oo]ur) (?:[\w-]+ ){{0,3}}{_NOUN}\b")
# What may stand between the trial and "developed by"; anything else, and it is not surely the trial that was.
_LINK = re.compile(
    r"(?:^|[\s(*>|-])(?:(?P<what>[\w-]+)[)\"]?)?[,;:(]?(?: (?:is|was|are|were|being|been|has been|that|which|also|now"
    r"|currently|jointly|originally|first|and))*[ ,(-]*$"
)
_BEFORE = 160  # characters in which the trial is looked for
_FORM = re.compile(r"(?: \([A-Z0-9]+\)|,? (?:Inc|Ltd|LLC|Limited|Corp|GmbH|AG|plc|Co)\b[., A-Za-z]*)$")
_NOBODY = frozenset(
    [
        *("scientists", "researchers", "doctors", "experts", "physicians", "investigators", "academia", "industry"),
        *("unknown", "various", "multiple", "several", "none", "us", "our", "a", "an", "dr", "prof", "professor", "mr"),
        *("mrs", "ms", "sir", "see", "not", "tbd", "other", "status", "phase", "where", "location", "site", "sites"),
        *("trial", "title", "contact", "collaborator", "collaborators"),
    ]
)


def sponsor_point(about: About, study: Study) -> Point | None:
    """Whether the page gives the trial to the sponsor or a collaborator of the record; None where one does not say.

    Where people work who run the trial, and where it takes place, is nobody's claim to be its sponsor.
    """
    parties = tuple(party for party in (study.sponsor, *study.collaborators) if party)
    if not study.sponsor:
        return None
    record = "; ".join(parties)
    around = [site.facility for site in study.sites]
    around += [text for official in study.officials for text in (official.name, official.affiliation)]
    around += [contact.name for contact in study.contacts]
    found: dict[Truth, Point] = {}
    for span, (start, end), name in _claims(about):
        if any(same(name, party) for party in parties):
            agrees = Truth.TRUE
        elif (
            _BY_WORK.match(about.even, start)
            or not _is_sure(name)
            or alike(name, (*parties, *around))
            or any(same(name, other) for other in around)
            or any(_bare(party) in about.even[slice(*span)] for party in parties)
        ):
            agrees = Truth.UNKNOWN
        else:
            agrees = Truth.FALSE
        found.setdefault(agrees, Point("sponsor", agrees, name, record, about.quote(start, end)))
    told = found.get(Truth.TRUE) or found.get(Truth.FALSE)
    return told or _named(about, parties, record) or found.get(Truth.UNKNOWN)


def _claims(about: About) -> Iterator[tuple[Span, Span, str]]:
    """Who is said to be behind the trial: the sentence, the words, the name."""
    for span in about.sentences():
        for match in _LABEL.finditer(about.even, *span):
            yield span, (_start(match), match.end("name")), match["name"]
        for match in _BY.finditer(about.even, *span):
            if _is_of_trial(about, span, match.start()):
                yield span, (match.start(), match.end("name")), match["name"]
        for match in _ACTS.finditer(about.even, *span):
            if about.is_named(match["what"]) or _REFERS.fullmatch(match["what"]):
                yield span, match.span(), match["name"]
        for pattern in (_OWNS, _FROM):
            for match in pattern.finditer(about.even, *span):
                if about.is_named(match["what"]):
                    yield span, match.span(), match["name"]


def _named(about: About, parties: tuple[str, ...], record: str) -> Point | None:
    """A party of the record, where the page has its name."""
    for party in parties:
        for match in about.matches(re.compile(rf"(?<!\w){re.escape(_bare(party))}(?!\w)")):
            return Point("sponsor", Truth.TRUE, match[0], record, about.quote(match.start(), match.end()))
    return None


def _bare(party: str) -> str:
    """A name of the record without its form of company and its abbreviation."""
    return _FORM.sub("", party)


def _start(match: re.Match[str]) -> int:
    return match.start() + len(match[0]) - len(match[0].lstrip(" |\t\n*-"))


def _is_of_trial(about: About, span: Span, at: int) -> bool:
    """Whether it is the trial or its cells that something was done to."""
    before = about.even[max(span[0], at - _BEFORE) : at]
    link = _LINK.search(before)
    if not link:
        return False
    what = link["what"] or ""
    if not before.strip(" -*>|(") or about.is_named(what):
        return True
    named = any(about.is_named(word) for word in re.findall(r"[\w-]+", before))
    return bool(re.fullmatch(_NOUN, what)) and (named or bool(_REFERS.search(before)))


def _is_sure(name: str) -> bool:
    """Whether it is surely one body's name."""
    first = folded(name).split()[:1]
    if not first or first[0] in _NOBODY or is_short(name) or country_code(folded(name)):
        return False
    return is_organization(name)
