"""The smallest set of facts that certifies the verdicts of one patient: nobody could ask less, whatever the order.

Once every answer is known, each verdict has its proofs. A trial that is ruled out needs one criterion that is surely
not met. For any other verdict every criterion must be shown not to fail: met, not applicable, or unknown for good
because nobody knows. Each requirement is a family of sets of facts, of which one must be asked for; the smallest union
is looked for by branch and bound. Where that takes too long, and where a criterion stays unknown, the number given is
smaller than what is truly needed, never larger.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from screener.evaluate import Context, evaluate, judge
from screener.expr import And, AtLeast, Not, Or, facts_of
from screener.model import Outcome, Patient, Rule
from screener.model.derived import INPUTS
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.expr import Expression, Leaf
    from screener.model import Criterion, Dictionary, Trial

Facts = frozenset[str]
Family = list[Facts]  # one of these sets is needed
Goal = frozenset[Truth]
_TRUE, _FALSE, _UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
_LARGEST_LEAF = 4  # facts that a derived one is derived from
_MOST_SETS = 200
_PASSED = {Outcome.MET, Outcome.NOT_APPLICABLE}
_MOST_NODES = 20_000


class Certificates:
    """The proofs of one patient's verdicts, all answers being known."""

    def __init__(self, patient: Patient, dictionary: Dictionary) -> None:
        """Take the patient with every answer, missing ones with their reasons."""
        self.patient = patient
        self.dictionary = dictionary
        self._context = Context.today(patient, dictionary)
        self._leaves: dict[tuple[Leaf, Goal], Family] = {}

    def requirements(self, trial: Trial) -> list[Family]:
        """What must be asked for, so that the trial's verdict stands whatever else is answered.

        Where a cohort is matched, no other one can better the verdict; of several matched ones, what they share counts.
        """
        families: list[Family] = []
        matched: list[list[Family]] = []
        for cohort in trial.open_cohorts or (None,):
            criteria = [c for c in trial.criteria if c.test is not None and c.counts_for(cohort)]
            of_cohort = self._of_cohort(criteria)
            families += of_cohort
            if all(judge(c, self._context).outcome in _PASSED for c in criteria):
                matched.append(of_cohort)
        if not matched:
            return families
        first, *others = matched
        return [family for family in first if all(family in other for other in others)]

    def _of_cohort(self, criteria: list[Criterion]) -> list[Family]:
        failing = [criterion for criterion in criteria if self._fails(criterion, self._context)]
        if failing:
            return [_smallest(proof for criterion in failing for proof in self._failing(criterion))]
        return [self._not_failing(criterion) for criterion in criteria]

    @staticmethod
    def _fails(criterion: Criterion, context: Context) -> bool:
        result = judge(criterion, context)
        return result.outcome is Outcome.NOT_MET and not result.time_bound

    def _failing(self, criterion: Criterion) -> Family:
        applies = [frozenset()] if criterion.when is None else self.proofs(criterion.when, frozenset({_TRUE}))
        fails = self.proofs(_rule(criterion).expression, frozenset({_TRUE if _rule(criterion).exclude else _FALSE}))
        return _smallest(one | other for one, other in product(applies, fails))

    def _not_failing(self, criterion: Criterion) -> Family:
        """Shown not to fail; one that only time is wanting for is at least asked about."""
        rule = _rule(criterion)
        spared = [] if criterion.when is None else self.proofs(criterion.when, frozenset({_FALSE, _UNKNOWN}))
        goal = frozenset({_FALSE if rule.exclude else _TRUE, _UNKNOWN})
        holds = self.proofs(rule.expression, goal)
        found = _smallest([*spared, *holds])
        return found or [frozenset({fact}) for fact in criterion.facts]

    def proofs(self, expression: Expression, goal: Goal) -> Family:
        """The smallest sets of facts that keep the expression's truth within the goal."""
        match expression:
            case Not(item):
                return self.proofs(item, frozenset(~truth for truth in goal))
            case And(items):
                return self._among(items, goal, len(items))
            case Or(items):
                return self._among(items, goal, 1)
            case AtLeast(count, items):
                return self._among(items, goal, count)
            case _:
                return self._of_leaf(expression, goal)

    def _among(self, items: tuple[Expression, ...], goal: Goal, count: int) -> Family:
        """`count` of the items must be true for the whole to be true, all but `count - 1` false for it to be false."""
        needed = count if _TRUE in goal else len(items) - count + 1
        families = [self.proofs(item, goal) for item in items]
        return _smallest(
            frozenset().union(*parts) for chosen in combinations(families, needed) for parts in product(*chosen)
        )

    def _of_leaf(self, leaf: Leaf, goal: Goal) -> Family:
        if (leaf, goal) not in self._leaves:
            self._leaves[leaf, goal] = self._leaf_proofs(leaf, goal)
        return self._leaves[leaf, goal]

    def _leaf_proofs(self, leaf: Leaf, goal: Goal) -> Family:
        facts = facts_of(leaf)
        truth = evaluate(leaf, Context.today(self.patient, self.dictionary)).truth
        if truth is _UNKNOWN:
            return [frozenset({fact}) for fact in facts] if _UNKNOWN in goal else []
        if truth not in goal:
            return []
        readable = [fact for name in facts for fact in (name, *INPUTS.get(name, ()))]
        found: Family = []
        for size in range(1, _LARGEST_LEAF + 1):
            for chosen in combinations(dict.fromkeys(readable), size):
                if any(known <= set(chosen) for known in found):
                    continue
                alone = Patient("", self.patient.as_of, {fact: self.patient.get(fact) for fact in chosen})
                if evaluate(leaf, Context.today(alone, self.dictionary)).truth is truth:
                    found.append(frozenset(chosen))
        return found


def _rule(criterion: Criterion) -> Rule:
    if not isinstance(criterion.test, Rule):
        raise TypeError(criterion.id)
    return criterion.test


def _smallest(sets: Iterable[Facts]) -> Family:
    """Those that hold no other one."""
    kept: Family = []
    for candidate in sorted(set(sets), key=lambda facts: (len(facts), sorted(facts)))[:_MOST_SETS]:
        if not any(other <= candidate for other in kept):
            kept.append(candidate)
    return kept


def smallest_union(families: list[Family]) -> int:
    """The size of the smallest set of facts that holds a member of every family; a lower bound if that takes long."""
    asked: Facts = frozenset()
    while forced := [family[0] for family in _open(families, asked) if len(family) == 1]:
        asked = asked.union(*forced)
    rest = _open(families, asked)
    search = _Search(_upper(rest, asked))
    search.descend(rest, asked)
    return search.best if search.nodes < _MOST_NODES else len(asked) + _disjoint(rest, asked)


def _open(families: Iterable[Family], asked: Facts) -> list[Family]:
    """The families of which no member is asked for yet, the smallest first, what is asked for taken out."""
    left = [_smallest(member - asked for member in family) for family in families if family]
    return sorted((family for family in left if family[0]), key=len)


def _upper(families: list[Family], asked: Facts) -> int:
    while families:
        asked |= min(families[0], key=len)
        families = _open(families, asked)
    return len(asked)


def _disjoint(families: list[Family], asked: Facts) -> int:
    """Families that share no fact each need one of their own."""
    used: set[str] = set(asked)
    count = 0
    for family in families:
        facts = frozenset().union(*family)
        if not facts & used:
            count += min(len(member) for member in family)
            used |= facts
    return count


class _Search:
    def __init__(self, best: int) -> None:
        self.best = best
        self.nodes = 0

    def descend(self, families: list[Family], asked: Facts) -> None:
        """Try the members of the narrowest family in turn, as long as something smaller may come of it."""
        self.nodes += 1
        if not families:
            self.best = min(self.best, len(asked))
            return
        if self.nodes >= _MOST_NODES or len(asked) + _disjoint(families, asked) >= self.best:
            return
        for member in families[0]:
            self.descend(_open(families, asked | member), asked | member)
