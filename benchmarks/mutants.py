"""Rule files with one fault each, and whether the shipped cases or a lint finding would notice it.

A mutant is a compiled trial in which one thing is wrong: a polarity turned round, a threshold a step off, a criterion
gone. If no case fails and no finding appears, that fault could stand in the rule file and nobody would know.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from screener.boundary import step
from screener.cases import compile_cases, run_case
from screener.dates import Period
from screener.evaluate import screen_trial
from screener.expr import (
    Anchor,
    And,
    AtLeast,
    Compare,
    Count,
    Elapsed,
    First,
    HalfLives,
    In,
    Last,
    Not,
    Or,
    Received,
    show,
)
from screener.interval import Relation
from screener.lint import lint_cases, lint_trial
from screener.model import Band, Gate, Rule
from screener.source import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from screener.cases import Case
    from screener.catalog import Catalog
    from screener.expr import Bound, Expression, Selection
    from screener.model import Criterion, CriterionResult, Dictionary, Trial

    Changed = Iterator[tuple[str, Expression]]  # what was changed, and the expression with that one change

WEEK = 7


class Fault(Enum):
    """What is wrong with a mutant; the value is how it is said."""

    POLARITY = "polarity turned round"
    THRESHOLD = "threshold a step off"
    DELETION = "criterion deleted"
    EDGE = "threshold itself on the other side"
    WHEN = "applicability dropped"
    CONNECTIVE = "and for or, or for and"
    NEGATION = "leaf negated"
    ANCHOR = "another anchor"
    GATE = "another gate"
    TERM = "one of several terms dropped"


DEMANDED = (Fault.POLARITY, Fault.THRESHOLD, Fault.DELETION)  # every one of these must be noticed

# Mutants that mean the same as the rule, each with the reason: by trial and by the change as it is written.
_TOTAL_IS_ABOVE = (
    "this part counts only where the other, total at most 2.5 ULN, does not hold: the total then lies above 2.5 ULN, "
    "and so above 1.4 and 1.5 ULN alike"
)
_OTHER_TREATMENT = "days from last(systemic_therapy or investigational_agent except checkpoint_inhibitor) to infusion"
_TWENTY_DAYS = (
    f"when {_OTHER_TREATMENT} > longer of (21, 3 half-lives) -> {_OTHER_TREATMENT} > longer of (20, 3 half-lives)"
)
_SOLID = "every mesothelioma is a solid tumor: it stands in the list only because the record names it"
_WITHOUT_MESO = "tumor_type in {MESO, SOLID} -> tumor_type in {SOLID}"
EQUIVALENT = {
    ("NCT01583686", _WITHOUT_MESO): _SOLID,
    ("NCT02580747", _WITHOUT_MESO): _SOLID,
    ("NCT06885697", _WITHOUT_MESO): _SOLID,
    (
        "NCT06051695",
        _TWENTY_DAYS,
    ): "the part before it already asks for more than 21 days, so of the longer of the two only the half-lives decide",
    ("NCT06885697", "total_bilirubin > 1.5 ULN -> total_bilirubin > 1.4 ULN"): _TOTAL_IS_ABOVE,
    ("NCT06885697", "total_bilirubin > 1.5 ULN -> total_bilirubin >= 1.5 ULN"): _TOTAL_IS_ABOVE,
}


@dataclass(frozen=True)
class Mutant:
    """A trial with one fault. `criterion` is the faulty one as it now reads; None if it was deleted."""

    fault: Fault
    trial: Trial
    name: str  # of the criterion
    change: str
    criterion: Criterion | None

    def __str__(self) -> str:
        """Say where it is and what was changed."""
        return f"{self.trial.id} {self.name}: {self.fault.value}: {self.change}"

    @property
    def equivalent(self) -> str:
        """Why the mutant means the same as the rule; empty if it does not."""
        return EQUIVALENT.get((self.trial.id, self.change), "")


def mutants(trial: Trial, dictionary: Dictionary) -> Iterator[Mutant]:
    """Every mutant of a trial, criterion by criterion, always in the same order."""
    for place, criterion in enumerate(trial.criteria):
        before, after = trial.criteria[:place], trial.criteria[place + 1 :]
        yield Mutant(Fault.DELETION, replace(trial, criteria=before + after), criterion.id, "deleted", None)
        seen = set()
        for fault, change, faulty in _faulty(criterion, dictionary):
            if (fault, change) not in seen:
                seen.add((fault, change))
                yield Mutant(fault, replace(trial, criteria=(*before, faulty, *after)), criterion.id, change, faulty)


def _faulty(criterion: Criterion, dictionary: Dictionary) -> Iterator[tuple[Fault, str, Criterion]]:
    match criterion.test:
        case Rule(expression, exclude):
            turned = "include for exclude" if exclude else "exclude for include"
            yield Fault.POLARITY, turned, replace(criterion, test=Rule(expression, not exclude))
        case Band(fits, rarely):
            swapped = Band(Not(fits), None) if rarely is None else Band(rarely, fits)
            yield Fault.POLARITY, "fits for rarely", replace(criterion, test=swapped)
        case None:
            pass
    if criterion.when is not None:
        yield Fault.WHEN, f"without `when: {show(criterion.when)}`", replace(criterion, when=None)
    for gate in Gate:
        if gate is not criterion.gate and criterion.test is not None:
            yield Fault.GATE, gate.value, replace(criterion, gate=gate)
    for fault, changes in _CHANGES.items():
        for change, faulty in _in_criterion(criterion, lambda node, changes=changes: changes(node, dictionary)):  # type: ignore[misc]
            yield fault, change, faulty


def _in_criterion(criterion: Criterion, changes: Callable[[Expression], Changed]) -> Iterator[tuple[str, Criterion]]:
    """The criterion with one change, wherever one of its expressions allows it."""
    if criterion.when is not None:
        for change, when in _everywhere(criterion.when, changes):
            yield f"when {change}", replace(criterion, when=when)
    match criterion.test:
        case Rule(expression, exclude):
            for change, changed in _everywhere(expression, changes):
                yield change, replace(criterion, test=Rule(changed, exclude))
        case Band(fits, rarely):
            for change, changed in _everywhere(fits, changes):
                yield f"fits {change}", replace(criterion, test=Band(changed, rarely))
            for change, changed in _everywhere(rarely, changes) if rarely is not None else ():
                yield f"rarely {change}", replace(criterion, test=Band(fits, changed))
        case None:
            pass


def _everywhere(expression: Expression, changes: Callable[[Expression], Changed]) -> Changed:
    """The expression with one change, here or in any part of it."""
    yield from changes(expression)
    match expression:
        case Not(item):
            yield from ((change, Not(changed)) for change, changed in _everywhere(item, changes))
        case And(items) | Or(items) | AtLeast(_, items):
            for place, item in enumerate(items):
                for change, changed in _everywhere(item, changes):
                    yield change, replace(expression, items=(*items[:place], changed, *items[place + 1 :]))
        case _:
            pass


def _steps(node: Expression, dictionary: Dictionary) -> Changed:
    """Every threshold a step down and a step up."""
    for way in (-1, 1):
        match node:
            case Compare(fact, number=number):
                off = number + way * step(dictionary.facts[fact], node)
                yield from _said(node, replace(node, number=off)) if off >= 0 else ()
            case Elapsed(limit=HalfLives() as limit):
                yield from _said(node, replace(node, limit=replace(limit, days=limit.days + way)))
                if limit.half_lives + way > 0:
                    yield from _said(node, replace(node, limit=replace(limit, half_lives=limit.half_lives + way)))
            case Elapsed(Period.WEEKS, limit=int() as limit):  # in days, so that the step is a day
                if limit * WEEK + way >= 0:
                    yield from _said(node, replace(node, period=Period.DAYS, limit=limit * WEEK + way))
            case Elapsed(limit=int() as limit):
                yield from _said(node, replace(node, limit=limit + way)) if limit + way >= 0 else ()
            case Count(number=number):
                yield from _said(node, replace(node, number=number + way)) if number + way >= 0 else ()
            case AtLeast(count, items):
                yield from _said(node, AtLeast(count + way, items)) if 1 <= count + way <= len(items) else ()
            case _:
                pass
    yield from _bounds(node, lambda bound: (replace(bound, offset=bound.offset + way) for way in (-1, 1)))


def _edges(node: Expression, _: Dictionary) -> Changed:
    """The threshold itself included where it was not, and the other way round."""
    match node:
        case Compare() | Count() | Elapsed() if node.relation in _OTHER_EDGE:
            yield from _said(node, replace(node, relation=_OTHER_EDGE[node.relation]))
        case _:
            pass


def _anchors(node: Expression, _: Dictionary) -> Changed:
    if isinstance(node, Elapsed):
        for anchor in Anchor:
            if anchor is not node.anchor:
                yield from _said(node, replace(node, anchor=anchor))
    yield from _bounds(
        node, lambda bound: (replace(bound, anchor=anchor) for anchor in Anchor if anchor is not bound.anchor)
    )


def _connectives(node: Expression, _: Dictionary) -> Changed:
    match node:
        case And(items):
            yield from _said(node, Or(items))
        case Or(items):
            yield from _said(node, And(items))
        case _:
            pass


def _negations(node: Expression, _: Dictionary) -> Changed:
    if not isinstance(node, And | Or | AtLeast | Not):
        yield from _said(node, Not(node))


def _terms(node: Expression, _: Dictionary) -> Changed:
    """One term, class or exception fewer."""
    match node:
        case In(terms=terms) if len(terms) > 1:
            for term in terms:
                yield from _said(node, replace(node, terms=tuple(other for other in terms if other != term)))
        case _:
            selection = _selection(node)
    if not isinstance(node, In) and selection:
        for name in selection.classes if len(selection.classes) > 1 else ():
            fewer = tuple(other for other in selection.classes if other != name)
            yield from _said(node, _with_selection(node, replace(selection, classes=fewer)))
        for name in selection.excepting:
            fewer = tuple(other for other in selection.excepting if other != name)
            yield from _said(node, _with_selection(node, replace(selection, excepting=fewer)))


def _bounds(node: Expression, others: Callable[[Bound], Iterable[Bound]]) -> Changed:
    """The node with another bound of its window."""
    selection = _selection(node)
    window = selection.window if selection else None
    if selection is None or window is None:
        return
    for start in others(window.start):
        yield from _said(node, _with_selection(node, replace(selection, window=replace(window, start=start))))
    for end in others(window.end) if window.end else ():
        yield from _said(node, _with_selection(node, replace(selection, window=replace(window, end=end))))


def _selection(node: Expression) -> Selection | None:
    match node:
        case Received(selection) | Count(selection) | Elapsed(point=Last(selection) | First(selection)):
            return selection
        case _:
            return None


def _with_selection(node: Expression, selection: Selection) -> Expression:
    match node:
        case Elapsed(point=Last() | First() as point):
            return replace(node, point=replace(point, selection=selection))
        case Received() | Count():
            return replace(node, selection=selection)
        case _:
            raise TypeError(node)


def _said(node: Expression, changed: Expression) -> Changed:
    yield f"{show(node)} -> {show(changed)}", changed


_OTHER_EDGE = {
    Relation.LT: Relation.LE,
    Relation.LE: Relation.LT,
    Relation.GT: Relation.GE,
    Relation.GE: Relation.GT,
}
_CHANGES: dict[Fault, Callable[[Expression, Dictionary], Changed]] = {
    Fault.THRESHOLD: _steps,
    Fault.EDGE: _edges,
    Fault.CONNECTIVE: _connectives,
    Fault.NEGATION: _negations,
    Fault.ANCHOR: _anchors,
    Fault.TERM: _terms,
}


@dataclass(frozen=True)
class Watch:
    """What watches over one trial: its cases and the lint."""

    trial: Trial
    cases: tuple[Case, ...]
    dictionary: Dictionary

    @classmethod
    def over(cls, trial: Trial, catalog: Catalog) -> Watch:
        """Read the trial's cases."""
        cases = compile_cases(load(catalog.cases_path(trial)), trial, catalog.dictionary)
        return cls(trial, cases, catalog.dictionary)

    def notices(self, mutant: Mutant) -> str:
        """The case or finding that notices the mutant; empty if none does.

        The cases that speak of the criterion come first, and for them it is judged alone: if it alone is not what the
        case expects, the whole trial is not either.
        """
        speaking = [case for case in self.cases if mutant.name in case.expect]
        if mutant.criterion is None:
            if speaking:
                return speaking[0].name
        else:
            for case in speaking:
                if self.alone(mutant.criterion, case).outcome.value != case.expect[mutant.name]:
                    return case.name
        for case in self.cases:
            if self.may_fail(case, mutant) and run_case(case, mutant.trial, self.dictionary):
                return case.name
        return next((finding for finding in self.findings(mutant.trial) if finding not in self.known), "")

    def may_fail(self, case: Case, mutant: Mutant) -> bool:
        """Whether the whole trial could come out otherwise than before: a verdict follows from the criteria's results,
        and only the first day of a `not yet` (on which a cohort may depend) looks into them again.
        """
        if not {"verdict", "eligible_from"} & case.expect.keys():
            return False
        waits = "eligible_from" in case.expect or (self.trial.cohorts and case.expect.get("verdict") == "not yet")
        if mutant.criterion is None or waits:
            return True
        old, new = self.before[mutant.name, case.name], self.alone(mutant.criterion, case)
        return (old.outcome, old.met_from, old.time_bound) != (new.outcome, new.met_from, new.time_bound)

    @cached_property
    def before(self) -> dict[tuple[str, str], CriterionResult]:
        """What each criterion alone gives in each case, with no fault in it."""
        return {(it.id, case.name): self.alone(it, case) for it in self.trial.criteria for case in self.cases}

    @cached_property
    def known(self) -> list[str]:
        """The findings that are there without a fault."""
        return self.findings(self.trial)

    def alone(self, criterion: Criterion, case: Case) -> CriterionResult:
        """The criterion judged by itself, whatever cohort it belongs to."""
        only = replace(self.trial, cohorts=(), criteria=(replace(criterion, cohorts=()),))
        return screen_trial(only, case.patient, self.dictionary).criteria[0]

    def findings(self, trial: Trial) -> list[str]:
        """What the lint says."""
        found = (*lint_trial(trial, self.dictionary), *lint_cases(trial, self.cases))
        return [str(finding) for finding in found]


def survivors(watched: Iterable[Mutant], watch: Watch) -> tuple[list[Mutant], Counter[Fault], Counter[Fault]]:
    """The mutants that nothing notices, how many of each fault were noticed, and how many there were.

    Those that mean the same as the rule are left out.
    """
    left: list[Mutant] = []
    noticed: Counter[Fault] = Counter()
    tried: Counter[Fault] = Counter()
    for mutant in watched:
        if mutant.equivalent:
            continue
        tried[mutant.fault] += 1
        if watch.notices(mutant):
            noticed[mutant.fault] += 1
        else:
            left.append(mutant)
    return left, noticed, tried
