"""Whether the cases show every outcome that a criterion can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.lint.finding import Check, Finding
from screener.model import Band, Criterion, Outcome, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.cases import Case


def lint_cases(trial: Trial, cases: tuple[Case, ...]) -> Iterator[Finding]:
    """Check that the cases show every criterion met, not met and unknown, and not applicable where it may be."""
    for criterion in trial.criteria:
        shown = {case.expect[criterion.id] for case in cases if criterion.id in case.expect}
        lacking = [word for word in _wanted(criterion) if word not in shown]
        if lacking:
            yield Check.OUTCOME_NOT_SHOWN.at(f"{trial.id} {criterion.id}", f"no case shows it {' or '.join(lacking)}")


def _wanted(criterion: Criterion) -> list[str]:
    wanted = [Outcome.MANUAL] if criterion.test is None else [Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN]
    if isinstance(criterion.test, Band) and criterion.test.rarely is None:
        wanted = [Outcome.MET, Outcome.UNKNOWN]
    if criterion.when is not None:
        wanted.append(Outcome.NOT_APPLICABLE)
    return [outcome.value for outcome in wanted]
