"""A page examined: every trust signal and red flag, with the words it was seen in."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from screener.model.trust import TrustItem, TrustKind
from screener.truth import Truth
from screener.vet import flags, signals
from screener.vet.account import Account, Finding, Quote, Standing
from screener.vet.context import Said, said_in, together
from screener.vet.lists import labels
from screener.vet.matching import Phrasebook
from screener.vet.phrases import parse_phrase
from screener.vet.sentences import is_english, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from screener.model import TumorTypes
    from screener.vet.account import Held, Registration
    from screener.vet.flags import Approval
    from screener.vet.page import VisibleText
    from screener.vet.signals import Place

MOST_QUOTES = 12  # of an item: a page that says it more often says nothing more
ENGLISH_ONLY = "Statements are recognized in English only."
_MALFORMED = "malformed"
_ASKED_TOO = {"rush", "lead_capture"}  # "Why wait?" presses as well
_NUMBERED = {"registry_id", "registry_contradiction"}


def examine(
    page: VisibleText,
    items: Sequence[TrustItem],
    registrations: Sequence[Registration],
    held: Sequence[Held],
    tumor_types: TumorTypes,
    approvals: Sequence[Approval] = (),
) -> Account:
    """Find each item in a page; findings come in the order of the items.

    `registrations` are those of the text, `held` the trials among them; `approvals` gives names of the product, codes
    of the disease and the jurisdiction of each known approval. In a text that is not English what was not found is
    unknown.
    """
    book = phrasebook(tuple(items))
    all_said = said_in(sentences(page), book)
    text = page.text
    places: dict[str, list[Place]] = {
        "registry_id": [(one.quote.start, one.quote.end) for one in registrations if _MALFORMED not in one.register],
        "target": signals.targets(all_said, text),
        "tumor_type": signals.tumor_types(all_said, tumor_types),
        "phase_status_date": signals.phase_status_date(all_said, text),
        "center": signals.centers(all_said, text, has_number=bool(registrations)),
        "approved_claim": flags.approved_claims(all_said, tumor_types, approvals),
        "pay_to_take_part": flags.prices(all_said, text),
        "many_diseases": flags.many_diseases(all_said),
        "testimonial": flags.testimonials(all_said, text),
        "bare_survival_figure": flags.bare_survival_figures(all_said),
        "bundle": flags.bundles(all_said),
        "stale_status": flags.stale_statuses(all_said, text),
        "nci_number_as_site": flags.nci_numbers_as_sites(all_said, registrations),
        "registry_contradiction": flags.contradictions(held),
    }
    for item in items:
        places.setdefault(item.id, []).extend(_worded(item, all_said))
    for name, place in _together(items, all_said, book):
        places[name].append(place)
    english = is_english(page)
    findings = tuple(_finding(item, places[item.id], text, held, english=english) for item in items)
    return Account(findings, tuple(registrations), tuple(held))


@lru_cache(maxsize=4)
def phrasebook(items: tuple[TrustItem, ...]) -> Phrasebook:
    """The phrases of the items, with the words that the checks go by."""
    worded = {item.id: item.phrases for item in items} | {f"unless:{item.id}": item.unless for item in items}
    return Phrasebook({label: map(parse_phrase, phrases) for label, phrases in (worded | labels()).items()})


def _worded(item: TrustItem, all_said: Iterable[Said]) -> list[Place]:
    """Where a phrase of the item stands, nothing in the sentence takes it back and, for a flag, the page asserts it."""
    is_flag, asking = item.kind is TrustKind.FLAG, item.id in _ASKED_TOO
    return [
        (span.start, span.end)
        for said in all_said
        if not said.has(f"unless:{item.id}")
        for span in said.spans(item.id)
        if not is_flag or said.asserts(span, asking=asking)
    ]


def _together(items: Iterable[TrustItem], all_said: list[Said], book: Phrasebook) -> Iterator[tuple[str, Place]]:
    """The same of phrases that stand together, all of which the page has to assert."""
    kinds = {item.id: item.kind for item in items}
    for name, said, span, others in together(all_said, book):
        asking = name in _ASKED_TOO
        every = [(said, span), *others]
        if any(one.has(f"unless:{name}") for one, _ in every):
            continue
        if kinds[name] is TrustKind.SIGNAL or all(one.asserts(at, asking=asking) for one, at in every):
            yield name, (min(at.start for _, at in every), max(at.end for _, at in every))


def _finding(
    item: TrustItem, places: Iterable[Place], text: str, held: Sequence[Held], *, english: bool = True
) -> Finding:
    quotes = tuple(Quote(start, end, text[start:end]) for start, end in _merged(places)[:MOST_QUOTES])
    if item.id == "registry_id" and quotes and flags.contradictions(held):
        return Finding(item, Standing.CONTRADICTED, quotes, "The record of the trial says something else.")
    if item.id == "registry_contradiction" and not quotes:
        return Finding(item, *_not_contradicted(held))
    if not english and not quotes:
        return Finding(item, Standing.UNKNOWN, (), ENGLISH_ONLY)
    return Finding(item, Standing.PRESENT if quotes else Standing.ABSENT, quotes)


def _not_contradicted(held: Sequence[Held]) -> tuple[Standing, tuple[Quote, ...], str]:
    if not any(trial.exists is Truth.TRUE for trial in held):
        note = "No record was at hand." if held else "No trial of ClinicalTrials.gov is named."
        return Standing.UNKNOWN, (), note
    differs = sorted({point.what for trial in held for point in trial.points if point.agrees is Truth.FALSE})
    if differs:
        return Standing.ABSENT, (), f"The record has another word on {' and '.join(differs)}: see the trials."
    return Standing.ABSENT, (), ""


def _merged(places: Iterable[Place]) -> list[Place]:
    """The places in order, those that overlap as one."""
    merged: list[Place] = []
    for start, end in sorted(set(places)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
