"""Whether a study gives immune cells, and which: CAR-T, CAR-NK, TCR-T, TRuC, lymphocytes of the tumor and their like.

The names of products and kinds of cells are those of domain.md 1.1. Cells that are no immune cells (stem cells, fat)
are not meant, nor antibodies that bring a patient's own T cells to the tumor.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screener.registry.study import Study

_PRODUCTS = (
    r"(?i:gavo ?cel|\w{1,30}leucel|\b[a-z]{2,6} cel|tc ?210|tc ?510|a2b ?(?:694|543|530)|synkir ?\d*"
    r"|\w{0,20}m28z\w{0,20}|ata ?[23]271"
    r"|mcy ?m11|uclm ?802|\w{0,20}hyp218|mesopher|ln ?144)"
)
_MADE = (
    r"(?:(?:gene|genetically) (?:modified|engineered)|modified|engineered|transduced|edited|re ?directed|armed|chimeric"
)
_MADE += r"|activated|expanded|autologous|allogeneic|adoptive\w*|infused|specific|sensiti[sz]ed|donor|targeted)"
_NO_CELLS = (
    r"(?! (?:engag|respon|immunity|epitope|repert|function|count|reactiv|activ|cytotox|number|assess|densit"
    r"|level))"
)
# Kinds that name themselves wherever they stand. Capitals count where a small word means something else (cart, star).
_STRONG = {
    "CAR-NK cells": r"\bCAR ?i?NK\b(?!T)|\bNK CAR\b|(?i:chimeric antigen receptor (?:\w+ ){0,3}(?:NK|natural killer))",
    "TRuC-T cells": r"\bTRuC\w*|(?i:\btruc t\b|t cell receptor fusion construct)",
    "STAR-T cells": r"\bSTAR ?T\b|(?i:synthetic t cell receptor and antigen receptor)",
    "TCR-T cells": r"(?i:\bm?tcr ?t\b|\bm?tcr (?:gene )?(?:engineered|transduced|modified|pbls?)|t cell receptor"
    r" (?:gene )?(?:immunotherapy|therapy|transduced|engineered|modified|t cells?))",
    "CAR-T cells": r"(?i:chimeric antigen receptor|\bcar t\b)|\bCAR (?:(?:modified|engineered|transduced|positive) )?"
    r"(?:(?:Ts?|M|NKT|PBMCs?|PBLs?)\b|(?i:(?:t )?cells?|t lymphocytes|macrophages|lymphocytes)\b)"
    r"|\b(?:hu|m|u|s)?CARTs?\b(?! ascites)|\b(?:hu|m|Hu)?CART\d+|(?i:\bcart ?meso)"
    r"|(?i:\bmeso ?|mesothelin |\bmsln |\bfap )CAR\b"
    r"|\b(?:KIR|RNA|SS1) CAR\b|\bCAR\b[^.;]{0,60}(?i:transduced|t cells|lymphocytes|\bpbl\b)",
    "a cell product known by name": rf"\b{_PRODUCTS}\b",
}
# Kinds whose words also stand for what is measured: they count in names of treatments, arms and titles only.
_PLAIN = _STRONG | {
    "tumor-infiltrating lymphocytes": r"(?i:tumou?r infiltrating lymphocytes?)" + _NO_CELLS + r"|\bTILs?\b" + _NO_CELLS,
    "T cells": rf"(?i:\b{_MADE} (?:[^\s.;]{{1,40}} ){{0,5}}?(?:t cells?|t lymphocytes?|lymphocytes|pbls?\b){_NO_CELLS}"
    r"|\bt cells? (?:engineered|modified|transduced|targeting|expressing|therapy|transfer|infusion)"
    r"|adoptive (?:t )?(?:cell|immunotherapy|transfer)|cytokine induced killer|cytotoxic t lymphocytes\b)",
    "NK cells": rf"(?i:\b(?:natural killer|nk)(?: 92)? cells?\b{_NO_CELLS})",
    "dendritic cells": r"(?i:dendritic cells? (?:based |immuno)*(?:therapy|vaccin|pulsed|loaded)"
    r"|(?:pulsed|autologous|loaded)"
    r" (?:\w+ ){0,3}dendritic cells?)",
}
_ENGAGER = re.compile(
    r"(?i:(?:bispecific |trispecific )?\b(?:t|nk) cell (?:receptor )?(?:bispecific|engag\w+)(?: \w+)?)"
)
_LINES = re.compile(
    r"(?i:(?:[^\s.;,]{1,40} ){0,2}cell lines?\b)"
)  # cells of the laboratory, except lines grown to be given
_BEFORE = re.compile(
    r"(?i:\b(?:after|following|post|prior|previous(?:ly)?|received?|receiving|undergoing|treated with|history of"
    r"|failed)"
    r"\W{1,5}(?:\w{1,40}\W{1,5}){0,4})$"
)
_AFTER = re.compile(r"(?i:\W{0,5}(?:\w{1,40}\W{1,5}){0,3}?(?:associated|related|induced|\w{0,20}toxicit))")
_BIOMARKER_KINDS = frozenset({"DIAGNOSTIC_TEST", "BEHAVIORAL", "DEVICE"})
_MESHES = ("Immunotherapy, Adoptive", "Receptors, Chimeric Antigen")
_PRESCREEN = re.compile(r"(?i:apheresis|pre ?screen)")


@dataclass(frozen=True, slots=True)
class Cells:
    """Whether a study gives immune cells as a treatment: which kind, in which words, seen where."""

    is_cell_therapy: bool
    kind: str = ""
    words: str = ""
    where: str = ""
    is_prescreening: bool = False  # gives no cells, but is the door to a study that does

    @property
    def reason(self) -> str:
        """One sentence."""
        if self.is_prescreening:
            return (
                f'It gives no cells itself but looks for people to be given {self.kind} ("{self.words}" {self.where}).'
            )
        if self.is_cell_therapy:
            return f'It gives {self.kind} ("{self.words}" {self.where}).'
        if self.kind:
            return f'It observes and gives no cells, though it names {self.kind} ("{self.words}" {self.where}).'
        return "No treatment, arm or title of it names immune cells that are given."


def cells_of(study: Study) -> Cells:
    """Whether the study gives immune cells. Engagers of T cells and cell lines are no cells given."""
    seen = next(_named_cells(study), None)
    if not seen:
        return Cells(is_cell_therapy=False)
    if study.study_type.upper() != "OBSERVATIONAL":
        return Cells(True, *seen)  # noqa: FBT003 - the class names it
    names = (study.brief_title, study.official_title, study.summary, *(item.name for item in study.interventions))
    return Cells(False, *seen, is_prescreening=bool(_PRESCREEN.search(plain(" ; ".join(names)))))  # noqa: FBT003


def _named_cells(study: Study) -> Iterator[tuple[str, str, str]]:
    """Kind, words and place of every naming of cells, the surest place first."""
    treatments = [item for item in study.interventions if item.kind.upper() not in _BIOMARKER_KINDS]
    places: list[tuple[str, dict[str, str], Iterable[str]]] = [
        ("in a treatment", _PLAIN, [text for item in treatments for text in (item.name, *item.other_names)]),
        ("in an arm", _PLAIN, study.arms),
        ("in the title", _PLAIN, [study.brief_title, study.official_title, study.acronym]),
        ("in a treatment's description", _STRONG, [item.description for item in treatments]),
        ("among the keywords", _STRONG, study.keywords),
        ("in the summary", _STRONG, [study.summary]),
    ]
    for where, kinds, texts in places:
        for text in map(_without_look_alikes, texts):
            for kind, pattern in kinds.items():
                for match in re.finditer(pattern, text):
                    before, after = (
                        text[max(0, match.start() - 100) : match.start()],
                        text[match.end() : match.end() + 100],
                    )
                    if not (_BEFORE.search(before) or _AFTER.match(after)):
                        yield kind, match[0].strip(), where
    for mesh in _MESHES:
        if mesh in study.intervention_meshes:
            yield "T cells", mesh, "among its treatments' subject headings"


def _without_look_alikes(text: str) -> str:
    text = _ENGAGER.sub(";", plain(text))
    return _LINES.sub(lambda line: line[0] if re.search(r"(?i:specific|cytotoxic)", line[0]) else ";", text)


def plain(text: str) -> str:
    """Text with its capitals but without accents, dashes, trade marks and runs of space."""
    letters = unicodedata.normalize("NFKD", re.sub(r"[®™©*]", "", text))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\s\-\u2010-\u2015/_]+", " ", kept).strip()
