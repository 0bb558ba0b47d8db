"""A batch past one machine: Spark's executors screen stretches of one intake, each as a batch of its own.

Every task reads its stretch from storage that all machines have mounted, and writes its part of the results there; what
goes through Spark are counts, places and fingerprints of ids. A task that is made again overwrites its own part, and
what a task counted is taken from the attempt that Spark takes: so nothing is counted twice.
"""

from __future__ import annotations

import pickle
import secrets
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.batch.account import Account
from screener.batch.cluster import connected, done, shipped
from screener.batch.executor import Failure, Screening, Survey, Surveyed, lines_again, met_again
from screener.batch.folder import Folder
from screener.batch.output import Output, commit_all
from screener.batch.stretches import placed
from screener.errors import ExitCode, InputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    from pyspark import SparkContext

    from screener.batch.run import Job
    from screener.batch.stretches import SharedIntake, Stretch

_LEAST, _MOST = 8 << 20, 256 << 20  # bytes of a stretch: each task plans its queries anew, which takes seconds
_COPIED = 1 << 20


class FaultError(InputError):
    """A fault of the program on an executor."""

    exit_code = ExitCode.INTERNAL


@dataclass(frozen=True)
class Ran:
    """The account of a batch, and what a person should know about how the intake was read."""

    account: Account
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Plan:
    """The stretches as they are, lines whose ids stand in stretches before, and rows to come."""

    stretches: list[Stretch]
    again: dict[int, dict[int, int]]
    rows: int
    notes: tuple[str, ...]


def run_spark(
    job: Job, intake: SharedIntake, master: str, seen: Callable[[float, int], None], stretch_size: int | None = None
) -> Ran:
    """Screen an intake. `seen` is told how much of it has been screened, and about how many rows.

    Results are a folder of parts. Rejects and issues are files as on one machine; all take their names at the end, the
    results last. Raises InputError: of the intake or an output; UsageError, ClusterError: there is no Spark.
    """
    if job.output is None:
        raise UsageError(Problem("--engine spark writes a folder, not to standard output", "name it with -o"))
    with ExitStack() as stack:
        folder = stack.enter_context(Folder(job.output))
        paths = (job.rejects, job.issues, job.summary)
        if any(folder.path in path.resolve().parents for path in paths if path):
            raise UsageError(Problem("a file is to stand in the folder of results", "name it elsewhere"))
        outputs = [stack.enter_context(Output(path)) if path else None for path in paths]
        context = stack.enter_context(connected(master))
        stack.enter_context(shipped(context))
        size = stretch_size or min(_MOST, max(_LEAST, intake.size // context.defaultParallelism))
        plan = _surveyed(context, job, intake, intake.stretches(size))
        accounts = _screened(context, Screening(intake, job, folder), plan, seen)
        account = _total(job.day, accounts)
        rejects, issues, summary = outputs
        for output, kind in ((rejects, "rejects"), (issues, "issues")):
            if output:
                _join(output, [folder.aside(kind, number) for number in range(len(accounts))])
        if summary:
            summary.write(account.as_json(job.trials, "spark").encode())
        commit_all(outputs)
        folder.commit()
        return Ran(account, (*intake.notes, *(note for note in plan.notes if note not in intake.notes)))


def _surveyed(context: SparkContext, job: Job, intake: SharedIntake, stretches: list[Stretch]) -> _Plan:
    """Read all ids. Where a record goes on beyond a cut the next stretch begins with it, and all is surveyed again."""
    buckets = min(len(stretches), 4 * context.defaultParallelism)
    survey = context.broadcast(Survey(intake, job, secrets.token_bytes(16), buckets))
    while True:  # each time at least one stretch more is right
        ids = context.parallelize(list(enumerate(stretches)), len(stretches)).flatMap(
            lambda item: survey.value.of(*item)
        )
        found = ids.groupByKey(buckets + 1).flatMap(lambda item: met_again(*item))
        answers = [pickle.loads(data) for data in done(context, found.collect, lambda _: None)]  # noqa: S301 - our own
        _check(answers)
        surveyed = sorted(answer for answer in answers if isinstance(answer, Surveyed))
        before, stretches = stretches, placed(stretches, [(each.passed, each.left) for each in surveyed])
        if [each.begin for each in stretches] == [each.begin for each in before]:
            break
    survey.unpersist()
    pairs = (pair for answer in answers if isinstance(answer, list) for pair in answer)
    notes = dict.fromkeys(note for each in surveyed for note in each.notes)
    return _Plan(stretches, lines_again(pairs, stretches), sum(each.rows for each in surveyed), tuple(notes))


def _screened(
    context: SparkContext, screening: Screening, plan: _Plan, seen: Callable[[float, int], None]
) -> list[Account]:
    """Have all stretches screened: their accounts, in order. Each has then written its parts."""
    shared = context.broadcast(screening)
    items = [(number, stretch, plan.again.get(number, {})) for number, stretch in enumerate(plan.stretches)]
    found = context.parallelize(items, len(items)).map(lambda item: shared.value.of(*item))
    answers = done(context, found.collect, lambda fraction: seen(fraction, round(fraction * plan.rows)))
    accounts: list[Account] = [pickle.loads(data) for data in answers]  # noqa: S301 - our own
    _check(accounts)
    return accounts


def _check(answers: Iterable[object]) -> None:
    """Raise why a task failed."""
    failures = [answer for answer in answers if isinstance(answer, Failure)]
    for failure in failures:
        if failure.error:
            raise failure.error
        problem = f"screener failed inside on an executor ({failure.fault})"
        raise FaultError(Problem(problem, "this is a fault of the program; please report this line"))


def _total(day: date, accounts: Iterable[Account]) -> Account:
    """The account of all stretches."""
    total = Account(day)
    blocking: Counter[str] = Counter()
    for account in accounts:
        total.screened += account.screened
        total.rejected.update(account.rejected)
        total.issues.update(account.issues)
        blocking.update(account.blocking)
        for trial, counts in account.verdicts.items():
            sums = total.verdicts.setdefault(trial, dict.fromkeys(counts, 0))
            for verdict, count in counts.items():
                sums[verdict] += count
    total.blocking = dict(sorted(blocking.items(), key=lambda item: (-item[1], item[0])))
    return total


def _join(output: Output, parts: Iterable[Path]) -> None:
    """Parts with the same first line as one file."""
    for number, part in enumerate(parts):
        try:
            with part.open("rb") as file:
                head = file.readline()
                output.write(b"" if number else head)
                while chunk := file.read(_COPIED):
                    output.write(chunk)
        except OSError as error:
            problem = Problem(f"{part} cannot be read: {error.strerror}", "this machine must have it mounted too")
            raise InputError(problem) from None
