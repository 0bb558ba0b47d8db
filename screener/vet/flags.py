"""The red flags that no phrase alone can tell: a small function each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.truth import Truth
from screener.vet.context import NEIGHBORS, Said, around
from screener.vet.lists.sellers import CANCER_FAMILY
from screener.vet.sentences import words_of
from screener.vet.signals import Place, days_known, has_date, recruits, tumor_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screener.model import TumorTypes
    from screener.vet.account import Held, Registration
    from screener.vet.matching import Span

Approval = tuple[tuple[str, ...], frozenset[str], str]  # names of the product, codes of the disease, jurisdiction

_LEAST_PRICE = 300  # of a currency: less is a parking fee
_ALSO_CALLED = {"lifileucel": ("TIL", "tumor-infiltrating lymphocytes"), "afami-cel": ("TCR-T",)}  # domain.md 2.1
_CELL_NAMES = ("cel", "cell", "cart")  # names of products: satri-cel, "MesoCell"
_WIDE = 8  # sentences on each side in which a list of diseases or cells stands
_QUOTED = re.compile(r"“[^“”]{20,900}”|\"[^\"\n]{20,900}\"|«[^«»]{20,900}»")
_SPEAKER = 90  # characters after a quotation in which its speaker is named
_OF_THE_TRIAL = {"exists", "title", "sponsor", "target"}
_NCI = "NCI"


def approved_claims(all_said: list[Said], types: TumorTypes, approvals: Sequence[Approval]) -> list[Place]:
    """Cells said to be approved, for a solid tumor or for no disease at all, as no known approval has it."""
    known = [(_keys(products), codes, by) for products, codes, by in approvals]
    whole = {label for said in all_said for label in said.labels("by:")}
    found = []
    for number, said in enumerate(all_said):
        spans = [span for span in said.spans("approved") if said.asserts(span) and not _overlaps(said, span)]
        found += [
            (span.start, span.end)
            for span in spans
            if "investigational" not in said.found and _is_unknown(all_said, number, span, types, known, whole)
        ]
    return found


def _is_unknown(
    all_said: list[Said],
    number: int,
    span: Span,
    types: TumorTypes,
    known: list[tuple[tuple[str, ...], frozenset[str], str]],
    whole: set[str],
) -> bool:
    said = all_said[number]
    group = [
        other
        for other in all_said[max(0, number - NEIGHBORS) : number + 1]
        if other.sentence.block == said.sentence.block
    ]
    part = _part_of(said, span)
    named = [codes for at, codes in tumor_codes(said, types) if at.first in part and codes and said.asserts(at)]
    if not any(at.first in part for label in ("solid", "blood", "organs") for at in said.spans(label)) and not named:
        part = range(len(said.sentence.words))
        named = [codes for at, codes in tumor_codes(said, types) if codes and said.asserts(at)]
    solid = any(at.first in part for at in said.spans("solid"))
    blood = any(at.first in part for at in said.spans("blood"))
    specific = frozenset().union(*named) - {"SOLID", "HEMATOLOGIC"}
    if blood:
        specific -= types.below("HEMATOLOGIC") if "HEMATOLOGIC" in types.names else frozenset()
    words = f" {' '.join(word.key for other in group for word in other.sentence.words)} "
    told = {key.removeprefix("by:") for key in whole}
    for products, codes, by in known:
        below = frozenset().union(*(types.below(code) for code in codes if code in types.names))
        fits = specific & (codes | below | _above(types, codes)) if specific else not (solid and "HEMATOLOGIC" in codes)
        if fits and by in told and any(name in words for name in products):
            return False
    named_so = any(word.key.endswith(_CELL_NAMES) and len(word.key) > 5 for word in said.sentence.words)  # noqa: PLR2004
    if (
        not named_so
        and not any(other.has("cells") for other in group)
        and (not said.has("product") or said.has("other_drugs"))
    ):
        return False
    if specific or solid or (not blood and any(at.first in part for at in said.spans("organs"))):
        return True
    return not blood and said.has("emphatic") and not said.labels("by:")


def _above(types: TumorTypes, codes: frozenset[str]) -> frozenset[str]:
    return codes | frozenset(parent for code in codes for parent in types.parents.get(code, ()))


def _keys(products: Iterable[str]) -> tuple[str, ...]:
    """The names of a product as words between spaces, with the class of cells that people call it by."""
    also = (name for product in products for name in _ALSO_CALLED.get(product, ()))
    return tuple(f" {' '.join(words_of(name))} " for name in (*products, *also))


def _part_of(said: Said, span: Span) -> range:
    """The part of the sentence in which a word stands: from one semicolon, dash or `while` to the next."""
    words = said.sentence.words
    first, last = 0, len(words)
    for at, word in enumerate(words):
        if word.part or word.key in {"while", "whereas", "but", "although"}:
            if at <= span.first:
                first = at
            else:
                last = at
                break
    return range(first, last)


def _overlaps(said: Said, span: Span) -> bool:
    """Whether something else was approved: a budget, a protocol, a loan."""
    return any(other.first < span.last and span.first < other.last for other in said.spans("approved_else"))


def prices(all_said: list[Said], text: str) -> list[Place]:
    """Sums of money, where treatment is sold."""
    found = []
    for number, said in enumerate(all_said):
        for span in said.spans("money"):
            amount = re.sub(r"[^0-9.]", "", re.sub(r"[.,](?=\d{3}\b)", "", text[span.start : span.end]))
            try:
                enough = float(amount) >= _LEAST_PRICE
            except ValueError:
                continue
            near = [other for other in around(all_said, number, 2) if other.sentence.block == said.sentence.block]
            sold = any(other.has("sold") for other in near)
            if enough and sold and not any(other.has("not_sold") for other in near) and said.asserts(span):
                found.append((span.start, span.end))
    return found


def many_diseases(all_said: list[Said]) -> list[Place]:
    """Three diseases that have nothing to do with each other, or two and cancer, or one and cancer for one product."""
    found: dict[Place, None] = {}
    for number, said in enumerate(all_said):
        if not said.labels("disease:"):
            continue
        families: dict[str, Span] = {}
        for other in around(all_said, number, _WIDE):
            if not other.has("not_treated"):
                for label in other.labels("disease:"):
                    span = other.spans(label)[0]
                    if other.asserts(span):
                        families.setdefault(label, span)
        others = families.keys() - {CANCER_FAMILY}
        same = len(families) > len(others) > 0 and said.has("same") and said.has(CANCER_FAMILY)
        before = all_said[max(0, number - _WIDE) : number]
        helps = any(other.has("helps") for other in around(all_said, number, 2)) or any(
            other.has("offered") for other in before
        )
        if same or (helps and len(families) > 2 and len(others) > 1):  # noqa: PLR2004 - as said above
            found |= dict.fromkeys((span.start, span.end) for label, span in families.items() if label in others)
    return list(found)


def bundles(all_said: list[Said]) -> list[Place]:
    """CAR-T with other cells or factors, sold together: three kinds, or two and a word for that."""
    found: dict[Place, None] = {}
    for number, said in enumerate(all_said):
        if not said.labels("kind:"):
            continue
        kinds: dict[str, Span] = {}
        together = sold = False
        near = list(around(all_said, number, _WIDE))
        if any(other.has("told_apart") for other in near):
            continue
        for other in near:
            together |= other.has("combined")
            sold |= other.has("on_sale")
            for label in other.labels("kind:"):
                span = other.spans(label)[0]
                if other.asserts(span):
                    kinds.setdefault(label, span)
        factors = kinds.keys() & {"kind:stem", "kind:exosome", "kind:growth_factor"}
        several = bool(factors) and (len(kinds) > 2 or together)  # noqa: PLR2004 - as said above
        if "kind:car_t" in kinds and (several or (len(kinds) > 1 and sold)):
            found |= dict.fromkeys((span.start, span.end) for span in kinds.values())
    return list(found)


def testimonials(all_said: list[Said], text: str) -> list[Place]:
    """Quotations in which somebody who is no expert tells how well it went."""
    found = []
    voices = [place.span() for place in _QUOTED.finditer(text)]
    at = 0
    for start, end in voices:
        while at < len(all_said) and all_said[at].sentence.end <= start:
            at += 1
        inside, after = [], at
        while after < len(all_said) and all_said[after].sentence.start < end:
            inside.append(all_said[after])
            after += 1
        spans = [
            span
            for said in inside
            if not said.has("warning") and not said.sentence.question
            for span in said.spans("better")
            if start <= span.start < end and not said.has("report")
        ]
        own = any(start <= span.start < end for said in inside for span in said.spans("self"))
        if spans and own and not _is_expert(all_said, start, end, at):
            found.append((start, end))
    return found


def _is_expert(all_said: list[Said], start: int, end: int, at: int) -> bool:
    for said in all_said[max(0, at - 1) : at + 6]:
        for span in said.spans("expert"):
            if end <= span.start < end + _SPEAKER or start - _SPEAKER < span.start < start:
                return bool(said.has("said"))
    return False


def bare_survival_figures(all_said: list[Said]) -> list[Place]:
    """Survival after cells as a figure, without people and study, and without study and comparison."""
    found = []
    for number, said in enumerate(all_said):
        if not (said.has("survival") and said.has("figure")) or said.has("not_survival"):
            continue
        near = list(around(all_said, number, 2))
        of_cells = said.has("cells") or said.has("given") or any(other.has("cells") for other in near[:2])
        people, study = (any(other.has(label) for other in near) for label in ("people", "study"))
        compared = said.has("compares") and study
        if of_cells and not (people and study) and not compared:
            spans = said.spans("survival")[:1] + said.spans("figure")[:1]
            if all(said.asserts(span) for span in spans):
                found.append((min(span.start for span in spans), max(span.end for span in spans)))
    return found


def stale_statuses(all_said: list[Said], text: str) -> list[Place]:
    """Trials said to take patients, on a page that nowhere says when that was looked up."""
    if days_known(all_said, text):
        return []
    return [
        (span.start, span.end) for said, span in recruits(all_said) if said.asserts(span) and not has_date(said, text)
    ]


def nci_numbers_as_sites(all_said: list[Said], registrations: Iterable[Registration]) -> list[Place]:
    """Where an NCI number is followed by NCI as the place."""
    starts = [one.quote.start for one in registrations if one.register.startswith(_NCI)]
    found: dict[Place, None] = {}
    for start in starts[:100]:
        for number, said in enumerate(all_said):
            if said.sentence.start <= start < said.sentence.end + 2:
                for other in all_said[number : number + NEIGHBORS]:
                    if other.sentence.group == said.sentence.group and other.has("happens"):
                        places = [span for span in other.spans("at_nci") if other.asserts(span) and span.start > start]
                        found |= dict.fromkeys((span.start, span.end) for span in places[:1])
                break
    return list(found)


def contradictions(held: Iterable[Held]) -> list[Place]:
    """What a page says of a trial and its record does not: existence, title, sponsor or target."""
    return [
        (point.quote.start, point.quote.end)
        for trial in held
        for point in trial.points
        if point.agrees is Truth.FALSE and point.what in _OF_THE_TRIAL and point.quote
    ]
