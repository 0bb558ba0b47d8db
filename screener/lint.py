"""What people get wrong in rule files that still compile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.expr import Compare
from screener.expr.show import exact_decimal
from screener.model import Band, Criterion, Dictionary, Outcome, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.cases import Case


@dataclass(frozen=True, slots=True)
class Finding:
    """A code, where it is, what is wrong, and what to do."""

    code: str
    where: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """Lay it out like an error."""
        return f"{self.where}: {self.code} {self.message}\n  Fix: {self.remedy}"


def lint_trial(trial: Trial, dictionary: Dictionary) -> Iterator[Finding]:
    """Check the rules themselves."""
    for criterion in trial.criteria:
        where = f"{trial.id} {criterion.id}"
        for leaf in criterion.leaves:
            if isinstance(leaf, Compare):
                yield from _threshold(where, leaf, dictionary)
        if criterion.test is None and not criterion.manual:
            yield Finding("L03", where, "the reason for leaving it to the trial team is empty", "write the reason")


def lint_cases(trial: Trial, cases: tuple[Case, ...]) -> Iterator[Finding]:
    """Check that the cases show every criterion met, not met and unknown, and not applicable where it may be."""
    for criterion in trial.criteria:
        shown = {case.expect[criterion.id] for case in cases if criterion.id in case.expect}
        lacking = [word for word in _wanted(criterion) if word not in shown]
        if lacking:
            where = f"{trial.id} {criterion.id}"
            yield Finding("L02", where, f"no case shows it {' or '.join(lacking)}", "add a case for each")


def _wanted(criterion: Criterion) -> list[str]:
    wanted = [Outcome.MANUAL] if criterion.test is None else [Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN]
    if isinstance(criterion.test, Band) and criterion.test.rarely is None:
        wanted = [Outcome.MET, Outcome.UNKNOWN]
    if criterion.when is not None:
        wanted.append(Outcome.NOT_APPLICABLE)
    return [outcome.value for outcome in wanted]


def _threshold(where: str, leaf: Compare, dictionary: Dictionary) -> Iterator[Finding]:
    fact = dictionary.facts[leaf.fact]
    if leaf.unit in {"ULN", "LLN"} or fact.plausible is None:
        return
    number = dictionary.canonical(fact, leaf.number, leaf.unit)
    low, high = fact.plausible
    if not low <= number <= high:
        shown = f"{exact_decimal(leaf.number)} {leaf.unit or ''}".strip()
        message = f"the threshold {shown} lies outside the plausible range of {leaf.fact}"
        remedy = "check number and unit against the registry text; declare a registry typo as manual"
        yield Finding("L01", where, message, remedy)
