"""Rows for review: every answer on or beside a threshold, and what becomes of the criterion and of the trial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from typing import TYPE_CHECKING

from screener.boundary.courses import unselected
from screener.boundary.probes import Probe, probes
from screener.boundary.setting import answered, deciding, settled, together
from screener.evaluate import screen_trial
from screener.expr import ANCHORS, Compare, Count, Elapsed, First, Flag, In, Is, Last, Received, show
from screener.expr.nodes import TREATMENTS
from screener.interval import interval_text
from screener.model import Band, Missing, Number, Outcome, Patient, Rule, Treatments
from screener.patient.file import FactsCompiler
from screener.source import Mapping, Reader
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from screener.boundary.probes import Stands
    from screener.expr import Expression, Leaf
    from screener.model import Criterion, Dictionary, Trial, TrialResult, Value, Verdict
    from screener.source import Node

_MOST_SETTINGS = 24  # tried for one threshold
_MOST_MENDED = 3
_MOST_WAYS = 4  # of meeting another criterion
_OPEN = {Outcome.NOT_MET, Outcome.UNKNOWN}
_LIMIT_FACTORS = (Fraction(1, 2), Fraction(2), Fraction(1, 4), Fraction(4))  # for a number that is judged twice
Goals = tuple[tuple["Expression", Truth], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A patient near a threshold: the answer, where it stands, and the outcome of the criterion and of the trial.

    `rule` is the comparison as written. `given` are the answers that differ from those of the case file, other than
    the one that is varied; `also` the other criteria that this patient fails or leaves open.
    """

    criterion: str
    rule: str
    fact: str
    value: str
    stands: Stands
    outcome: Outcome
    verdict: Verdict
    eligible_from: date | None
    given: tuple[tuple[str, str], ...]
    also: tuple[str, ...]
    patient: Patient


def base_patient(node: Node, dictionary: Dictionary) -> Patient:
    """The patient from whom every case of a case file starts. Raises InputError."""
    reader = Reader()
    fields = {key.value: value for key, value in node.items} if isinstance(node, Mapping) else {}
    if not {"as_of", "patient"} <= fields.keys():
        reader.note(node, "a case file has `as_of` and `patient`", "write the patient that every case starts from")
        reader.finish()
    day = reader.day(fields["as_of"])
    reader.finish()
    if day is None:
        raise TypeError(fields["as_of"])
    compiler = FactsCompiler(dictionary, day)
    return Patient("boundary", day, compiler.facts(fields["patient"]))


def boundary_rows(trial: Trial, patient: Patient, dictionary: Dictionary) -> tuple[Row, ...]:
    """Every threshold of a trial, criterion by criterion in the order of the file, for a patient who fits.

    Where the criterion asks for more than the one comparison, the other answers are set so that the comparison decides,
    if there are such answers; other criteria are then mended as far as answers can.
    """
    return tuple(row for criterion in trial.criteria for row in _Review(trial, criterion, patient, dictionary).rows())


@dataclass(frozen=True)
class _Review:
    """One criterion under review."""

    trial: Trial
    criterion: Criterion
    base: Patient
    dictionary: Dictionary

    def rows(self) -> Iterator[Row]:
        for leaves in _thresholds(self.criterion):
            patient = self.setting(leaves)
            rule = " / ".join(show(leaf) for leaf in leaves)
            for probe in _once(probe for leaf in leaves for probe in probes(leaf, patient, self.dictionary)):
                yield self.row(rule, probe, patient)

    def row(self, rule: str, probe: Probe, setting: Patient) -> Row:
        patient = answered(setting, {probe.fact: probe.value})
        result = screen_trial(self.trial, patient, self.dictionary)
        given = tuple(
            (fact, _shown(value, self.base.get(fact)))
            for fact, value in setting.facts.items()
            if fact != probe.fact and value != self.base.get(fact)
        )
        return Row(
            criterion=self.criterion.id,
            rule=rule,
            fact=probe.fact,
            value=probe.shown,
            stands=probe.stands,
            outcome=self.outcomes([patient])[0],
            verdict=result.verdict,
            eligible_from=result.eligible_from,
            given=given,
            also=self.also(result),
            patient=patient,
        )

    def setting(self, leaves: tuple[Leaf, ...]) -> Patient:
        """The patient whose answers let the leaves decide, and who passes as many other criteria as can be."""
        turning: list[tuple[int, Patient]] = []
        for patient in islice(self.settings(leaves), _MOST_SETTINGS):
            outcomes = set(self.outcomes(self.near(leaves, patient)))
            if len(outcomes) > 1 and all(patient.facts != other.facts for _, other in turning):
                turning.append((-len(outcomes - {Outcome.UNKNOWN}), patient))
        turning.sort(key=lambda ranked: ranked[0])
        best: tuple[int, int, int] | None = None
        chosen = self.base
        for sure, patient in turning[:_MOST_MENDED]:
            mended = self.mended(leaves, patient)
            near = self.near(leaves, mended)
            rank = (sure, _count(self.opens(near)), self.outcomes(near).count(Outcome.UNKNOWN))
            if best is None or rank < best:
                best, chosen = rank, mended
            if not rank[1] and not rank[2]:
                break
        return chosen

    def near(self, leaves: tuple[Leaf, ...], setting: Patient) -> tuple[Patient, ...]:
        """The patients near the threshold, in this setting."""
        near = _once(probe for leaf in leaves for probe in probes(leaf, setting, self.dictionary))
        return tuple(answered(setting, {probe.fact: probe.value}) for probe in near)

    def outcomes(self, patients: Iterable[Patient]) -> list[Outcome]:
        """Of the criterion alone, whatever cohort it belongs to."""
        alone = replace(self.trial, cohorts=(), criteria=(replace(self.criterion, cohorts=()),))
        return [screen_trial(alone, patient, self.dictionary).criteria[0].outcome for patient in patients]

    def opens(self, patients: Iterable[Patient]) -> list[tuple[str, ...]]:
        """Of each patient, the other criteria that are failed or left open."""
        return [self.also(screen_trial(self.trial, patient, self.dictionary)) for patient in patients]

    def also(self, result: TrialResult) -> tuple[str, ...]:
        """The other criteria that are failed or left open."""
        return tuple(
            item.criterion.id
            for item in result.criteria
            if item.outcome in _OPEN and item.criterion.id != self.criterion.id
        )

    def settings(self, leaves: tuple[Leaf, ...]) -> Iterator[Patient]:
        """Patients for whom one of the leaves may decide; the base patient first."""
        starts = list(self.starts(leaves))
        yield from starts
        for leaf in leaves:
            locked = frozenset(probe.fact for start in starts[:1] for probe in probes(leaf, start, self.dictionary))
            for start in starts:
                for goals in _goals(self.criterion, leaf):
                    for wanted in islice(together(goals), _MOST_SETTINGS):
                        others = tuple(want for want in wanted if not _reads_only(want[0], locked))
                        patient = settled(start, others, locked, self.dictionary)
                        if patient:
                            yield patient

    def starts(self, leaves: tuple[Leaf, ...]) -> Iterator[Patient]:
        """The base patient; without plans; without treatments of the class; with other limits of normal."""
        yield self.base
        plans = ANCHORS & self.base.facts.keys()
        unplanned = replace(self.base, facts={k: v for k, v in self.base.facts.items() if k not in plans})
        if plans:
            yield unplanned
        for leaf in leaves:
            match leaf:
                case Elapsed(point=Last(selection) | First(selection)) | Received(selection) | Count(selection):
                    yield answered(unplanned, {TREATMENTS: unselected(selection, unplanned)})
                case Compare(fact=fact):
                    near = next(probes(leaf, unplanned, self.dictionary), None)
                    value = unplanned.get(fact) if isinstance(unplanned.get(fact), Number) else near and near.value
                    if isinstance(value, Number) and value.uln:
                        limits = (value.uln.scaled(factor) for factor in _LIMIT_FACTORS)
                        yield from (answered(unplanned, {fact: replace(value, uln=limit)}) for limit in limits)
                case _:
                    pass

    def mended(self, leaves: tuple[Leaf, ...], setting: Patient) -> Patient:
        """The setting with answers that other criteria ask for, so that fewer of them are failed or left open."""
        locked = frozenset(self.criterion.facts)
        near = self.near(leaves, setting)
        opens = self.opens(near)
        for other in self.trial.criteria if _count(opens) else ():
            failing = [patient for patient, names in zip(near, opens, strict=True) if other.id in names]
            if other.test is None:
                continue
            for patient, wanted in product(failing[:_MOST_WAYS], islice(together(_met(other)), _MOST_WAYS)):
                found = settled(patient, wanted, locked, self.dictionary)
                if found is None:
                    continue
                changed = {fact: value for fact, value in found.facts.items() if value != patient.get(fact)}
                tried = answered(setting, changed)
                nearer = self.near(leaves, tried)
                fewer = self.opens(nearer)
                if _count(fewer) < _count(opens):
                    setting, near, opens = tried, nearer, fewer
                    break
        return setting


def _count(opens: list[tuple[str, ...]]) -> int:
    return sum(len(names) for names in opens)


def _thresholds(criterion: Criterion) -> Iterator[tuple[Leaf, ...]]:
    """The leaves that have a threshold, each once; those that ask one fact for choices stand together."""
    seen: dict[str, list[Leaf]] = {}
    for leaf in criterion.leaves:
        key = leaf.fact if isinstance(leaf, Is | In) else show(leaf)
        if not isinstance(leaf, Flag) and leaf not in seen.setdefault(key, []):
            seen[key].append(leaf)
    yield from (tuple(leaves) for leaves in seen.values() if leaves)


def _once(near: Iterable[Probe]) -> tuple[Probe, ...]:
    """Each answer once, as the first leaf that asks for it sees it."""
    return tuple({(probe.fact, probe.shown): probe for probe in reversed(list(near))}.values())[::-1]


def _goals(criterion: Criterion, leaf: Leaf) -> Iterator[Goals]:
    """What must hold beside the leaf for it to decide the criterion."""
    applies: Goals = ((criterion.when, Truth.TRUE),) if criterion.when is not None else ()
    if criterion.when is not None:
        yield from ((*beside, *_met(criterion)[1:]) for beside in deciding(criterion.when, leaf))
        yield from deciding(criterion.when, leaf)
    match criterion.test:
        case Rule(expression):
            yield from ((*applies, *beside) for beside in deciding(expression, leaf))
        case Band(fits, rarely):
            yield from ((*applies, *beside) for beside in deciding(fits, leaf))
            if rarely is not None:
                yield from ((*applies, *beside, (fits, Truth.FALSE)) for beside in deciding(rarely, leaf))
        case None:
            pass


def _met(criterion: Criterion) -> Goals:
    """What must hold for a criterion to be met; its applicability, if it has one, first."""
    applies: Goals = ((criterion.when, Truth.TRUE),) if criterion.when is not None else ()
    match criterion.test:
        case Rule(expression, exclude):
            return (*applies, (expression, Truth.FALSE if exclude else Truth.TRUE))
        case Band(fits):
            return (*applies, (fits, Truth.TRUE))
        case None:
            return applies


def _reads_only(leaf: Leaf, locked: frozenset[str]) -> bool:
    """Whether the leaf reads nothing but the fact that is varied: then the answers near the threshold decide."""
    facts = {leaf.fact} if isinstance(leaf, Is | In | Flag | Compare) else set()
    return bool(facts) and facts <= locked


def _shown(value: Value | Missing, before: Value | Missing) -> str:
    match value:
        case Treatments(items):
            known = before.items if isinstance(before, Treatments) else ()
            new = [f"{item.agent} {item.last}" for item in items if item not in known]
            return "; ".join(new) if new else "fewer" if items else "none"
        case Number():
            return value.shown + (f" (ULN {interval_text(value.uln)})" if value.uln else "")
        case _ if isinstance(value, Missing):
            return str(value)
        case _:
            return value.shown if hasattr(value, "shown") else str(value)
