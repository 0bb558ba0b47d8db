"""Where every criterion of every trial stands, and which of them an answer could still turn into another verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from screener.evaluate import Context, evaluate, judge, sources_of
from screener.expr import Count, Elapsed, Received
from screener.interview.chance import Chances
from screener.interview.prospect import (
    ANY,
    FALSE,
    FOR_GOOD,
    NEVER,
    SURELY,
    TRUE,
    UNKNOWN,
    Prospect,
    opposite,
    prospect,
)
from screener.model import Band, Coded, Missing, Rule, Verdict
from screener.model.derived import COMPUTED
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date

    from screener.expr import Leaf
    from screener.model import Criterion, Dictionary, Patient, Trial
    from screener.travel import Centers

_DECIDED = {Truth.TRUE: SURELY, Truth.FALSE: NEVER}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a criterion stands: `may` holds the outcomes that answers can still give it, as met, not met, unknown.

    `fails` is the chance that it will not be met for good; `waits` says that it is not met and only time is wanting.
    """

    may: int
    fails: float = 0
    asks: tuple[str, ...] = ()
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Arm:
    """A trial as one of its cohorts has it: the numbers of its decidable criteria on the agenda."""

    trial: Trial
    criteria: tuple[int, ...]


@dataclass(frozen=True)
class Agenda:
    """The decidable criteria of all trials, and what each answer touches.

    `find_centers` gives the sites of trials, where they are known: it may take a while, and is asked when they matter.
    """

    dictionary: Dictionary
    trials: tuple[Trial, ...]
    as_of: date
    expected: Mapping[str, tuple[tuple[str, int], ...]]
    find_centers: Callable[[], Mapping[str, Centers]] = field(default=dict, compare=False, repr=False)

    @cached_property
    def centers(self) -> Mapping[str, Centers]:
        """The sites of each trial, where they are known."""
        return self.find_centers()

    @cached_property
    def _laid_out(self) -> tuple[tuple[Criterion, ...], tuple[Arm, ...]]:
        criteria: list[Criterion] = []
        arms: list[Arm] = []
        for trial in self.trials:
            numbers: dict[str, int] = {}
            for criterion in trial.criteria:
                if criterion.test is not None:
                    numbers[criterion.id] = len(criteria)
                    criteria.append(criterion)
            for cohort in trial.open_cohorts or (None,):
                of_cohort = [c for c in trial.criteria if c.id in numbers and c.counts_for(cohort)]
                arms.append(Arm(trial, tuple(numbers[criterion.id] for criterion in of_cohort)))
        return tuple(criteria), tuple(arms)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All decidable criteria, trial by trial."""
        return self._laid_out[0]

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Every trial with each of its open cohorts."""
        return self._laid_out[1]

    @cached_property
    def touched(self) -> dict[str, tuple[int, ...]]:
        """The criteria that an answer to a fact may move."""
        touched: dict[str, list[int]] = {}
        for number, criterion in enumerate(self.criteria):
            for fact in dict.fromkeys(name for read in criterion.facts for name in sources_of(read)):
                touched.setdefault(fact, []).append(number)
        return {fact: tuple(numbers) for fact, numbers in touched.items()}

    @cached_property
    def _timed(self) -> tuple[bool, ...]:
        return tuple(_is_timed(criterion) for criterion in self.criteria)

    @cached_property
    def chances(self) -> Chances:
        """What the expected answers say of every leaf."""
        return Chances(self.expected, self.dictionary, self.as_of)

    def standings(
        self, patient: Patient, done: Collection[str], numbers: Iterable[int] | None = None
    ) -> list[Standing]:
        """Where criteria stand, all or those numbered; facts that are `done` are not asked for again."""
        context = Context.today(patient, self.dictionary)

        def of_leaf(leaf: Leaf) -> Prospect:
            finding = evaluate(leaf, context)
            if finding.truth is not Truth.UNKNOWN:
                return _DECIDED[finding.truth]
            asks = tuple(fact for fact in _with_sources(finding.missing, patient, self.dictionary) if fact not in done)
            return Prospect(ANY, *self.chances.of(leaf), asks) if asks else FOR_GOOD

        chosen = range(len(self.criteria)) if numbers is None else numbers
        leaf_prospects: dict[Leaf, Prospect] = {}

        def remembered(leaf: Leaf) -> Prospect:
            if leaf not in leaf_prospects:
                leaf_prospects[leaf] = of_leaf(leaf)
            return leaf_prospects[leaf]

        standings = []
        for number in chosen:
            criterion, timed = self.criteria[number], self._timed[number]
            applies = SURELY if criterion.when is None else prospect(criterion.when, remembered)
            match criterion.test:
                case Rule(expression, exclude):
                    holds = prospect(expression, remembered)
                    standing = _standing(applies, opposite(holds) if exclude else holds, timed=timed)
                case Band(fits, rarely):
                    seldom = NEVER if rarely is None else prospect(rarely, remembered)
                    standing = _standing(applies, _banded(prospect(fits, remembered), seldom), timed=timed)
                case None:
                    continue
            if standing.may == FALSE:
                standing = _waiting(criterion, context, done) or standing
            standings.append(standing)
        return standings


def _waiting(criterion: Criterion, context: Context, done: Collection[str]) -> Standing | None:
    """Where only time is wanting: what else must hold on the day on which it is over. None where time mends nothing."""
    result = judge(criterion, context)
    if not result.time_bound or result.met_from is None:
        return None
    later = judge(criterion, context.on(result.met_from))
    return Standing(FALSE, asks=tuple(fact for fact in later.missing if fact not in done), waits=True)


def _with_sources(missing: Iterable[str], patient: Patient, dictionary: Dictionary) -> tuple[str, ...]:
    """The missing facts, and those not yet known that they may be derived from, in the order in which to ask."""
    found: list[str] = []
    for fact in missing:
        given = isinstance(patient.get(fact), Coded)
        sources = [] if given else [name for name in sources_of(fact)[1:] if isinstance(patient.get(name), Missing)]
        found += [*sources, fact] if fact in COMPUTED else [fact, *sources]
    return tuple(name for name in dict.fromkeys(found) if name in dictionary.facts)


def _banded(fits: Prospect, rarely: Prospect) -> Prospect:
    """A band: met when it fits, not met when it rarely does, unknown between the two."""
    if TRUE in {fits.may, rarely.may}:
        return SURELY if fits.may == TRUE else NEVER
    may = fits.may & TRUE | (FALSE if rarely.may & TRUE else 0) | UNKNOWN
    return Prospect(may, fits.true, rarely.true, tuple(dict.fromkeys((*fits.asks, *rarely.asks))))


def _standing(applies: Prospect, holds: Prospect, *, timed: bool) -> Standing:
    """A criterion that does not apply counts as met; one of which that is not known is unknown."""
    if applies.may == FALSE:
        return Standing(TRUE)
    if applies.may == UNKNOWN:
        return Standing(UNKNOWN)
    may = TRUE if applies.may & FALSE else 0
    if applies.may & TRUE:
        may |= holds.may
    if applies.may & UNKNOWN:
        may |= UNKNOWN
    asks = tuple(dict.fromkeys((*applies.asks, *holds.asks))) if applies.may & TRUE else applies.asks
    if may in {TRUE, FALSE, UNKNOWN}:
        asks = ()
    fails = 0.0 if timed else applies.true * holds.false
    return Standing(may, fails, asks)


def _is_timed(criterion: Criterion) -> bool:
    """Whether what is not met may be a matter of time alone."""
    return any(
        isinstance(leaf, Elapsed) or (isinstance(leaf, Received | Count) and leaf.selection.window)
        for leaf in criterion.leaves
    )


@dataclass(frozen=True, slots=True)
class Course:
    """How an arm stands: the verdict as of now, and the criteria whose answers could change it."""

    arm: Arm
    verdict: Verdict
    open: tuple[int, ...]
    best: Verdict = Verdict.NO_MATCH  # what the verdict could at best become


def course(arm: Arm, standings: list[Standing]) -> Course:
    """What the arm's criteria come to.

    Where it already waits, or something stays unknown for good, only a criterion that may fail can change the verdict.
    Of a study without rules most stays unknown for good.
    """
    waits, stuck = False, arm.trial.unruled
    undecided: list[int] = []
    for number in arm.criteria:
        standing = standings[number]
        if standing.may == FALSE and not standing.waits:
            return Course(arm, Verdict.NO_MATCH, ())
        waits = waits or standing.waits
        if standing.asks:
            undecided.append(number)
        elif standing.may & UNKNOWN:
            stuck = True
    decided = Verdict.UNDECIDED if undecided or stuck else Verdict.MATCH
    if waits or stuck:
        undecided = [number for number in undecided if standings[number].may & FALSE]
    best = Verdict.NOT_YET if waits else Verdict.UNDECIDED if stuck else Verdict.MATCH
    return Course(arm, Verdict.NOT_YET if waits else decided, tuple(undecided), best)
