"""Whether rules and registry text account for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.coverage import State, citing_criteria, cover
from screener.lint.finding import Check, Finding
from screener.model import Criterion, Rule, Trial

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from screener.coverage import Place

ELSEWHERE = frozenset({"title"})  # of the record, outside of its eligibility text
_PENDING = "pending"


def source_findings(trial: Trial) -> Iterator[Finding]:
    """Hold criteria and asides against the recorded requirements; a profile is taken from documents and has none."""
    if trial.is_profile:
        return
    recorded = [(requirement.section, requirement.item) for requirement in trial.requirements]
    for criterion in trial.criteria:
        yield from _citations(trial, criterion, recorded)
        yield from _polarity(trial, criterion)
    yield from _asides(trial, recorded)
    yield from _uncovered(trial, recorded)
    if _should_be_recorded(trial) and not recorded:
        message = "the requirements of the registry text are not recorded, so no change of it can be found"
        yield Check.NOT_RECORDED.at(trial.id, message)


def _should_be_recorded(trial: Trial) -> bool:
    registry = trial.registry
    return registry is not None and not registry.abbreviated and registry.eligibility_sha256 != _PENDING


def _citations(trial: Trial, criterion: Criterion, recorded: Collection[Place]) -> Iterator[Finding]:
    where = f"{trial.id} {criterion.id}"
    for section, item in criterion.source.places:
        if not item:
            yield Check.UNKNOWN_PLACE.at(where, "its source names no place")
        elif recorded and item not in ELSEWHERE and (section, item) not in recorded:
            message = f"its source names {section} {item}, which the recorded text does not have"
            yield Check.UNKNOWN_PLACE.at(where, message)


def _polarity(trial: Trial, criterion: Criterion) -> Iterator[Finding]:
    if not isinstance(criterion.test, Rule) or criterion.note or criterion.reading:
        return
    rule = "exclude" if criterion.test.exclude else "include"
    section = "exclusion" if criterion.test.exclude else "inclusion"
    if criterion.source.section != section:
        message = f"`{rule}` cites an item of the {criterion.source.section} list, and nothing says why"
        yield Check.POLARITY.at(f"{trial.id} {criterion.id}", message)


def _asides(trial: Trial, recorded: Collection[Place]) -> Iterator[Finding]:
    for aside in trial.asides:
        place = (aside.section, aside.item)
        where = f"{trial.id} {aside.section} {aside.item}"
        if recorded and place not in recorded:
            yield Check.IDLE_ASIDE.at(where, "this aside names a place that the recorded text does not have")
        if citing := citing_criteria(trial, place):
            cited = ", ".join(criterion.id for criterion in citing)
            yield Check.IDLE_ASIDE.at(where, f"this aside is cited by {cited}, so it asks for something")


def _uncovered(trial: Trial, recorded: Collection[Place]) -> Iterator[Finding]:
    """Of a heading and its parts only the parts are named: with them the heading is covered."""
    open_places = [covered.place for covered in cover(trial, recorded) if covered.state is State.UNCOVERED]
    for section, item in open_places:
        if not any(other == section and part.startswith(f"{item}.") for other, part in open_places):
            message = "no criterion cites this requirement, and it is no aside"
            yield Check.UNCOVERED_REQUIREMENT.at(f"{trial.id} {section} {item}", message)
