"""Spark's executors give what DuckDB gives on one machine: the same lines, rejects, issues and account."""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from benchmarks.make_intake import DAY, Order, most_read
from benchmarks.make_intake import write as write_intake
from screener.batch import cluster
from screener.batch.cluster import ClusterError, connected, done
from screener.batch.folder import DONE
from screener.batch.run import Job, run
from screener.batch.spark import FaultError, run_spark
from screener.batch.stretches import SharedTable, share
from screener.errors import ExitCode, InputError, NoInputError, UsageError
from screener.intake.headers import read_headers
from screener.intake.open import open_intake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark import SparkContext

    from screener.batch.account import Account
    from screener.batch.stretches import Part, SharedIntake, Stretch
    from screener.catalog import Catalog

pytestmark = pytest.mark.xdist_group("spark")  # one Spark at a time
LOCAL = "local[2,4]"  # two cores, and four attempts of each task
TRIALS = ("NCT02414269",)  # planned soon: each task plans anew
ROWS = 250
REMARK = "came by bus\nand by train"
NEVER_TOLD = "P-0000007-of-Springfield"  # a patient's, and for no message


@pytest.fixture(scope="module")
def context() -> Iterator[SparkContext]:
    """One for all tests: each run takes the one there is."""
    with connected(LOCAL) as context:
        yield context


@dataclass(frozen=True)
class Files:
    """Where a run writes, and what it gave."""

    job: Job
    account: Account

    def lines(self) -> bytes:
        """The lines in their order; those of a folder with its header once."""
        assert self.job.output
        if self.job.output.is_file():
            return self.job.output.read_bytes()
        parts = [part.read_bytes() for part in sorted(self.job.output.glob("part-*"))]
        head = len(parts[0].partition(b"\n")[0]) + 1 if self.job.form == "csv" else 0
        return parts[0] + b"".join(part[head:] for part in parts[1:])

    def table(self) -> pa.Table:
        """The same of Parquet."""
        assert self.job.output
        parts = sorted(self.job.output.glob("part-*")) if self.job.output.is_dir() else [self.job.output]
        return pa.concat_tables([pq.read_table(part) for part in parts])

    def beside(self) -> tuple[bytes, bytes, str]:
        """Rejects, issues and account."""
        assert self.job.rejects
        assert self.job.issues
        account = self.account.as_json(self.job.trials, "")
        return self.job.rejects.read_bytes(), self.job.issues.read_bytes(), account


def job_for(
    catalog: Catalog, header: tuple[str, ...], folder: Path, form: str, more: tuple[str, ...] = (), **changes: Any
) -> Job:
    folder.mkdir()
    layout = read_headers(header, catalog.dictionary)
    out, rejects, issues = (folder / name for name in ("out", "rejects.csv", "issues.csv"))
    trials = catalog.choose((*TRIALS, *more))
    return Job(trials, catalog.dictionary, layout, DAY, False, form, out, rejects, issues, **changes)  # noqa: FBT003


def on_one_machine(
    catalog: Catalog, intake: Path, folder: Path, form: str = "csv", more: tuple[str, ...] = ()
) -> Files:
    with open_intake(intake) as opened:
        job = job_for(catalog, opened.header, folder, form, more)
        return Files(job, run(job, opened, lambda _: None, lambda _done, _rows: None))


def on_spark(
    catalog: Catalog,
    shared: SharedIntake,
    folder: Path,
    form: str = "csv",
    more: tuple[str, ...] = (),
    stretches: int = 1,
) -> Files:
    job = job_for(catalog, shared.header, folder, form, more)
    ran = run_spark(job, shared, LOCAL, lambda _done, _rows: None, shared.size // stretches + 1)
    return Files(job, ran.account)


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def dirty(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Faults of every kind, and in every row a cell of two lines: so half of the cuts fall into a record."""
    folder = tmp_path_factory.mktemp("dirty")
    with (folder / "made.csv").open("wb") as made, (folder / "faults.csv").open("wb") as faults:
        write_intake(Order(ROWS, most_read(catalog, 60), dirty=True), made, faults)
    with (folder / "made.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    return write(folder / "dirty.csv", [["remark", *head], *([REMARK, *row] for row in rows)])


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.usefixtures("context")
def test_the_same_as_on_one_machine(catalog: Catalog, dirty: Path, tmp_path: Path, form: str) -> None:
    more = ("NCT04577326",)
    expected = on_one_machine(catalog, dirty, tmp_path / "one", form, more)
    found = on_spark(catalog, share(dirty), tmp_path / "spark", form, more, stretches=3)
    assert len(expected.account.rejected) == 4, "too few and too many cells, ids again, no ids"
    assert expected.account.issues.total() > 5
    assert found.beside() == expected.beside()
    if form == "parquet":
        assert found.table().equals(expected.table())
    else:
        assert found.lines() == expected.lines()
    folder = found.job.output
    assert folder
    assert names(folder) == [DONE, *(f"part-0000{number}.{form}" for number in range(3))]
    assert names(folder.parent) == ["issues.csv", "out", "rejects.csv"]
    assert {path.stat().st_mode & 0o777 for path in [*folder.iterdir(), *folder.parent.glob("*.csv")]} == {0o600}


@pytest.mark.usefixtures("context")
def test_an_id_counts_where_it_stands_first(catalog: Catalog, tmp_path: Path) -> None:
    """Also where that row is in another stretch, and not where it was rejected itself."""
    ids = [f"P{number}" for number in range(60)]
    for again, first in ((59, 0), (58, 0), (57, 1), (40, 39), (30, 2), (31, 30), (50, 7)):
        ids[again] = f" {ids[first]} "
    days = ["2026-11-02"] * 60
    days[1] = "who knows"
    days[58] = "nor here"
    rows = [["subject", "screening date", "age", "ecog"]]
    rows += [[name, day, "61", "1" * (number % 9)] for number, (name, day) in enumerate(zip(ids, days, strict=True))]
    intake = write(tmp_path / "intake.csv", rows)
    expected = on_one_machine(catalog, intake, tmp_path / "one")
    found = on_spark(catalog, share(intake), tmp_path / "spark", stretches=6)
    assert found.lines() == expected.lines()
    assert found.beside() == expected.beside()
    reasons = found.beside()[0].decode()
    assert reasons.count("the id stands already in line 2,") == 1
    assert reasons.count("the id stands already in line 4,") == 2
    assert "stands already in line 3," not in reasons
    assert found.account.rejected.total() == 7


@pytest.mark.usefixtures("context")
def test_an_intake_that_one_task_reads(catalog: Catalog, tmp_path: Path) -> None:
    rows = [["id", "age"], ["P1", "61"], ["P1", "62"], ["P2", "x"], ["P3"]]
    plain = write(tmp_path / "intake.csv", rows)
    packed = tmp_path / "intake.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes().replace(b",", b";")))
    expected = on_one_machine(catalog, packed, tmp_path / "one")
    shared = share(packed)
    job = job_for(catalog, shared.header, tmp_path / "spark", "csv", summary=tmp_path / "summary.json")
    ran = run_spark(job, shared, LOCAL, lambda _done, _rows: None, 1)
    found = Files(job, ran.account)
    assert found.lines() == expected.lines()
    assert found.beside() == expected.beside()
    assert "columns are separated by a semicolon" in ran.notes
    assert any("only one task" in note for note in ran.notes)
    assert '"engine": "spark"' in (tmp_path / "summary.json").read_text()


@pytest.mark.usefixtures("context")
def test_parquet_as_intake(catalog: Catalog, tmp_path: Path) -> None:
    rows = [["patient_id", "age", "ecog", "hiv"]]
    rows += [
        [f"P{number % 17}", str(number + 20), str(number % 5), "yes" if number % 3 else "no"] for number in range(40)
    ]
    plain = write(tmp_path / "intake.csv", rows)
    typed = pa.csv.read_csv(plain, convert_options=pa.csv.ConvertOptions(true_values=["yes"], false_values=["no"]))
    assert [str(field.type) for field in typed.schema] == ["string", "int64", "int64", "bool"]
    pq.write_table(typed, tmp_path / "intake.parquet", row_group_size=9)
    expected = on_one_machine(catalog, plain, tmp_path / "one")
    found = on_spark(catalog, share(tmp_path / "intake.parquet"), tmp_path / "spark", stretches=4)
    assert found.lines() == expected.lines()
    assert found.account.rejected == expected.account.rejected
    first = found.beside()[0].decode().splitlines()[1]
    assert first.startswith("18,patient_id,the id stands already in line 1,"), "rows are numbered from 1"


@pytest.mark.usefixtures("context")
def test_a_header_alone(catalog: Catalog, tmp_path: Path) -> None:
    intake = write(tmp_path / "intake.csv", [["id", "age"]])
    expected = on_one_machine(catalog, intake, tmp_path / "one")
    found = on_spark(catalog, share(intake), tmp_path / "spark")
    assert found.lines() == expected.lines()
    assert found.beside() == expected.beside()


def by_value(shared: SharedTable) -> SharedIntake:
    """An intake of a class of the tests, which executors do not have: its class goes along."""
    from pyspark import cloudpickle  # noqa: PLC0415 - not before the test that it may be missing

    sent = cloudpickle.dumps(shared)  # type: ignore[no-untyped-call]

    class Sent(type(shared)):  # type: ignore[misc] # it is known only now
        def __reduce__(self) -> tuple[Any, ...]:
            return cloudpickle.loads, (sent,)

    made: SharedIntake = Sent(**values(shared))
    return made


def values(shared: SharedTable) -> dict[str, Any]:
    return {field.name: getattr(shared, field.name) for field in fields(shared)}


def sound(folder: Path, rows: int = 90) -> SharedTable:
    path = write(folder / "intake.csv", [["id", "age"], *([f"P{number}", "61"] for number in range(rows))])
    shared = share(path)
    assert isinstance(shared, SharedTable)
    return shared


@pytest.mark.usefixtures("context")
def test_a_task_that_is_made_again_counts_once(catalog: Catalog, tmp_path: Path) -> None:
    """The first attempt dies when all it does is done and nobody has been told: files are there, counts are lost."""
    died = tmp_path / "died"

    class Dying(SharedTable):
        def read(self, stretch: Stretch) -> Part:
            part = super().read(stretch)
            close = part.close

            def end() -> None:
                if stretch.line > 2 and not died.exists():  # the second stretch, when it is screened
                    died.touch()
                    os._exit(1)
                close()

            part.close = end  # type: ignore[method-assign]
            return part

    shared = sound(tmp_path)
    expected = on_one_machine(catalog, shared.path, tmp_path / "one")
    found = on_spark(catalog, by_value(Dying(**values(shared))), tmp_path / "spark", stretches=3)
    assert died.exists()
    assert found.account.rows_in == 90
    assert found.lines() == expected.lines()
    assert found.beside() == expected.beside()


@pytest.mark.usefixtures("context")
def test_a_fault_on_an_executor_shows_nothing_of_a_patient(
    catalog: Catalog, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    class Faulty(SharedTable):
        def read(self, stretch: Stretch) -> Part:
            raise KeyError(NEVER_TOLD, stretch)

    shared = by_value(Faulty(**values(sound(tmp_path))))
    with pytest.raises(
        FaultError, match=r"failed inside on an executor \(KeyError in test_batch_spark.py, line"
    ) as caught:
        on_spark(catalog, shared, tmp_path / "spark")
    assert caught.value.exit_code is ExitCode.INTERNAL
    assert NEVER_TOLD not in str(caught.value) + "".join(capfd.readouterr())
    assert caught.value.__cause__ is None
    assert names(tmp_path / "spark") == [], "nothing is left of it"


def test_what_spark_says_of_a_fault_shows_nothing_of_a_patient(
    context: SparkContext, capfd: pytest.CaptureFixture[str]
) -> None:
    """Even where a fault gets past all that catches faults in a task."""

    def faulty(_: int) -> None:
        raise KeyError(NEVER_TOLD)

    def missing(_: int) -> None:
        raise ModuleNotFoundError("No module named 'duckdb'")

    with pytest.raises(ClusterError, match="Spark gave up: tasks failed again and again") as caught:
        done(context, context.parallelize([1], 1).map(faulty).collect, lambda _: None)
    assert caught.value.exit_code is ExitCode.NETWORK
    assert caught.value.__suppress_context__
    assert NEVER_TOLD not in str(caught.value) + "".join(capfd.readouterr())
    with pytest.raises(UsageError, match="an executor's Python has no duckdb"):
        done(context, context.parallelize([1], 1).map(missing).collect, lambda _: None)


@pytest.mark.usefixtures("context")
def test_an_intake_that_executors_do_not_see(catalog: Catalog, tmp_path: Path) -> None:
    class Elsewhere(SharedTable):
        def read(self, stretch: Stretch) -> Part:
            self.path.unlink()
            return super().read(stretch)

    shared = by_value(Elsewhere(**values(sound(tmp_path))))
    with pytest.raises(NoInputError, match="there is no such file") as caught:
        on_spark(catalog, shared, tmp_path / "spark")
    assert "all machines of the cluster need it mounted at the same place" in str(caught.value)
    assert str(caught.value).startswith(f"Error: on {os.uname().nodename}: ")


@pytest.mark.usefixtures("context")
def test_an_intake_that_changes_under_way(catalog: Catalog, tmp_path: Path) -> None:
    shared = sound(tmp_path)
    with shared.path.open("a") as file:
        file.write("P1000,61\n")
    with pytest.raises(InputError, match="another file than when the run began"):
        on_spark(catalog, shared, tmp_path / "spark")
    assert names(tmp_path / "spark") == []


def test_results_need_a_folder(catalog: Catalog, tmp_path: Path) -> None:
    shared = sound(tmp_path)
    job = job_for(catalog, shared.header, tmp_path / "spark", "csv")
    assert job.output
    job.output.write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        run_spark(job, shared, LOCAL, lambda _done, _rows: None)
    assert job.output.read_text() == "mine"
    inside = replace(job, output=tmp_path / "new", rejects=tmp_path / "new" / "rejects.csv")
    with pytest.raises(UsageError, match="in the folder of results"):
        run_spark(inside, shared, LOCAL, lambda _done, _rows: None)
    assert names(tmp_path) == ["intake.csv", "spark"]
    no_output = Job(job.trials, job.dictionary, job.layout, DAY, False, "csv")  # noqa: FBT003
    with pytest.raises(UsageError, match="name it with -o"):
        run_spark(no_output, shared, LOCAL, lambda _done, _rows: None)


@pytest.mark.parametrize("master", ["locale", "local[x]", "http://host:7077", "spark://", "sc://host", "", "-h"])
def test_what_is_no_master(master: str) -> None:
    with pytest.raises(UsageError, match="is no master of Spark"), connected(master):
        pass


@pytest.mark.parametrize(
    "master", ["spark://127.0.0.1:9", "spark://127.0.0.1:9,127.0.0.1:10", "spark://127.0.0.1:99999"]
)
def test_a_master_that_does_not_answer(master: str) -> None:
    with pytest.raises(ClusterError, match=r"no Spark master answers at spark://127\.0\.0\.1:9"), connected(master):
        pass


class Empty:
    """A cluster whose master answers and has no workers. It stands for the context, and what hangs from it."""

    master = "spark://host:7077"

    def __init__(self) -> None:
        self._jsc = self
        self.cancelled = Event()

    def sc(self) -> Empty:
        return self

    def getExecutorMemoryStatus(self) -> set[str]:  # noqa: N802 - Java's name
        return SizedSet({"driver"})

    def cancelAllJobs(self) -> None:  # noqa: N802
        self.cancelled.set()

    def collect(self) -> None:
        assert self.cancelled.wait(30)
        raise RuntimeError("Job 0 cancelled")


class SizedSet(set[str]):
    def size(self) -> int:
        return len(self)


def test_a_cluster_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark itself would wait for ever, and say so only in its log."""
    monkeypatch.setattr(cluster, "_GIVEN", 0)
    monkeypatch.setattr(cluster, "_LOOKS", 0.01)
    empty: Any = Empty()
    with pytest.raises(ClusterError, match="no executor to give for 0 seconds"):
        done(empty, empty.collect, lambda _: None)


def test_without_pyspark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(UsageError, match=r"pip install 'screener\[spark\]'"), connected(LOCAL):
        pass


def test_without_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UsageError, match="needs Java, and there is none on this machine"), connected(LOCAL):
        pass
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="none in JAVA_HOME"), connected(LOCAL):
        pass


def test_a_java_that_does_not_start(tmp_path: Path) -> None:
    """In a process of its own, which has no Spark yet. What Java says is not shown."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho UnsupportedClassVersionError >&2\nexit 1\n")
    java.chmod(0o755)
    program = f"from screener.batch.cluster import connected\nwith connected({LOCAL!r}): pass"
    environment = os.environ | {"JAVA_HOME": str(tmp_path)}
    root = Path(__file__).parent.parent
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert "UsageError: Error: Java could not start Spark\n  Fix: install Java 17 or later" in ran.stderr
    assert "UnsupportedClassVersionError" not in ran.stderr
