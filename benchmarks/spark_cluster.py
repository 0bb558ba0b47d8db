"""`--engine spark` on a real cluster: a standalone master and two workers on loopback, from pyspark's own jars.

    python -m benchmarks.spark_cluster INTAKE [--stretch MIB] [--folder DIR]

The intake (as benchmarks/make_intake makes it) is screened against all open trials by DuckDB on this machine, by Spark
in local mode in stretches as it chooses them, by Spark on the cluster, and by Spark on the cluster once more, where one
worker, its executor and all that they started are ended with SIGKILL when some parts are written and others are under
way. Each result must be that of DuckDB: sorted, byte for byte; the parts of Spark in the order of their names, too;
rejects, issues and the account as well. Spark's event log tells how many tasks were lost and made again.

Workers have one core each. Times are wall-clock and hold the start of Spark, but not that of the cluster. Stretches on
the cluster are small (4 MiB) so that there is a middle in which to end a worker: each task plans its queries anew,
which takes seconds, so that those times say little of larger intakes. Needs Java 17 and the extra [spark]. All that was
started ends at the end.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyspark

from benchmarks.make_intake import DAY
from screener.batch.folder import DONE
from screener.batch.run import Job, run
from screener.batch.spark import run_spark
from screener.batch.stretches import share
from screener.catalog import criteria_folder, load_catalog
from screener.intake.headers import read_headers
from screener.intake.open import open_intake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from screener.batch.account import Account

HOST = "127.0.0.1"
PATIENCE = 120  # seconds until the master listens, or parts are written
KILLED_AFTER = 3  # parts
DEFAULTS = """
spark.driver.host {host}
spark.driver.bindAddress {host}
spark.executor.memory 1g
spark.eventLog.enabled true
spark.eventLog.compress false
spark.eventLog.dir file://{events}
"""


@dataclass
class Cluster:
    """A master and its workers, each the leader of a process group."""

    url: str
    processes: dict[str, subprocess.Popen[bytes]]

    def kill(self, name: str) -> list[int]:
        """End a process with all that it started, the executor and its Python, as a lost machine would be."""
        lost = family(self.processes[name].pid)
        for process in lost:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.processes.pop(name).wait()
        return lost

    def end(self) -> None:
        """End them all."""
        for name in list(self.processes):
            self.kill(name)


def family(parent: int) -> list[int]:
    """A process, and what it started, and what that started."""
    found = [parent]
    for process in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{process}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def started(folder: Path) -> Cluster:
    """Start master and workers; their logs and work go into the folder."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    url = f"spark://{HOST}:{port}"
    here = ["--host", HOST, "--webui-port", "0"]
    deploy = "org.apache.spark.deploy"
    commands = {"master": [f"{deploy}.master.Master", *here, "--port", str(port)]}
    for name in ("worker-1", "worker-2"):
        worker = ["--cores", "1", "--memory", "2g", "--work-dir", str(folder / name), url]
        commands[name] = [f"{deploy}.worker.Worker", *here, *worker]
    spark_class = Path(pyspark.__file__).parent / "bin" / "spark-class"
    cluster = Cluster(url, {})
    try:
        for name, command in commands.items():
            with (folder / f"{name}.log").open("wb") as log:
                process = subprocess.Popen([str(spark_class), *command], stdout=log, stderr=log, start_new_session=True)
            cluster.processes[name] = process
            if name == "master":
                wait_until(lambda: listens(port), "the master listens")
    except BaseException:
        cluster.end()
        raise
    return cluster


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), 1):
        return True
    return False


def wait_until(condition: Callable[[], bool], what: str) -> None:
    begin = time.monotonic()
    while not condition():
        if time.monotonic() > begin + PATIENCE:
            sys.exit(f"waited in vain until {what}")
        time.sleep(0.1)


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*"))


def joined(folder: Path) -> Iterator[bytes]:
    """The lines of all parts, with the header once."""
    for number, part in enumerate(parts(folder)):
        with part.open("rb") as file:
            head = file.readline()
            if not number:
                yield head
            yield from file


def digest(lines: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for line in lines:
        found.update(line)
    return found.hexdigest()


def compared(job: Job, account: Account, expected: Job, wanted: Account) -> None:
    """End the program unless both are the same."""
    if not (job.output and expected.output and job.rejects and expected.rejects and job.issues and expected.issues):
        raise TypeError
    with expected.output.open("rb") as file:
        lines = list(file)
    if not (job.output / DONE).exists() or list(joined(job.output)) != lines:
        sys.exit("the parts are not the lines of DuckDB in their order")
    ours, theirs = digest(iter(sorted(joined(job.output)))), digest(iter(sorted(lines)))
    if ours != theirs:
        sys.exit("sorted, the result is another than that of DuckDB")
    same = (job.rejects.read_bytes(), job.issues.read_bytes()) == (
        expected.rejects.read_bytes(),
        expected.issues.read_bytes(),
    )
    if not same or account.as_json(job.trials, "") != wanted.as_json(job.trials, ""):
        sys.exit("rejects, issues or account are others than those of DuckDB")
    print(f"    same as DuckDB: {len(lines):,} lines in {len(parts(job.output))} parts, sorted sha256 {ours[:16]}")
    print(f"    same rejects, issues and account: {account.rows_in:,} rows in, {account.rejected.total():,} rejected")


def lost_tasks(events: Path) -> tuple[int, int, int]:
    """Of the last run: tasks lost with their executor, tasks made again, and executors lost."""
    log = max(
        (path for path in events.rglob("*") if path.is_file() and path.stat().st_size),
        key=lambda path: path.stat().st_mtime,
    )
    lost = again = executors = 0
    for line in log.read_text().splitlines():
        event = json.loads(line)
        if event["Event"] == "SparkListenerTaskEnd":
            lost += event["Task End Reason"]["Reason"] == "ExecutorLostFailure"
            again += event["Task Info"]["Attempt"] > 0 and event["Task End Reason"]["Reason"] == "Success"
        executors += event["Event"] == "SparkListenerExecutorRemoved"
    return lost, again, executors


def killer(cluster: Cluster, work: Path) -> None:
    """Wait until some parts are written, then end a worker."""

    def written() -> list[Path]:
        return [part for folder in work.parent.glob(f".{work.name}.*/parts") for part in parts(folder)]

    wait_until(lambda: len(written()) >= KILLED_AFTER, "parts are written")
    ended = cluster.kill("worker-2")
    print(
        f"    SIGKILL to worker-2, its executor and their Python ({len(ended)} processes) after {len(written())} parts"
    )


def main(arguments: list[str] | None = None) -> None:
    """Run all four, and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spark_cluster", description="Spark on a real cluster.")
    parser.add_argument("intake", metavar="INTAKE", type=Path)
    parser.add_argument("--stretch", metavar="MIB", type=float, default=4.0)
    parser.add_argument("--folder", metavar="DIR", type=Path)
    chosen = parser.parse_args(arguments)
    catalog = load_catalog(criteria_folder()).open_trials()
    trials = tuple(trial for trial in catalog.trials if not trial.is_profile)
    size = int(chosen.stretch * (1 << 20))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=chosen.folder)))
        events, settings = folder / "events", folder / "conf"
        events.mkdir()
        settings.mkdir()
        (settings / "spark-defaults.conf").write_text(DEFAULTS.format(host=HOST, events=events))
        os.environ |= {"SPARK_CONF_DIR": str(settings), "SPARK_LOCAL_IP": HOST, "PYSPARK_PYTHON": sys.executable}

        shared = share(chosen.intake)
        layout = read_headers(shared.header, catalog.dictionary)

        def job(name: str) -> Job:
            results, rejects, issues = (folder / f"{name}{end}" for end in ("", ".rejects", ".issues"))
            return Job(trials, catalog.dictionary, layout, DAY, False, "csv", results, rejects, issues)  # noqa: FBT003

        mega, cores = chosen.intake.stat().st_size / 1e6, os.cpu_count()
        print(f"{mega:.1f} MB against {len(trials)} trials, Spark {pyspark.__version__}, {cores} cores")
        expected = job("duckdb")
        begin = time.perf_counter()
        with open_intake(chosen.intake) as intake:
            wanted = run(expected, intake, lambda _: None, lambda _done, _rows: None)
        print(f"DuckDB on this machine: {time.perf_counter() - begin:.1f} s")

        def measure(name: str, told: str, master: str, size: int | None) -> None:
            ours = job(name)
            begin = time.perf_counter()
            ran = run_spark(ours, shared, master, lambda _done, _rows: None, size)
            print(f"{told}: {time.perf_counter() - begin:.1f} s")
            compared(ours, ran.account, expected, wanted)
            shutil.rmtree(folder / name)

        measure("local", "Spark in local mode, local[2]", "local[2]", None)
        cluster = started(folder)
        stack.callback(cluster.end)
        print(f"{cluster.url} with two workers of one core")
        measure("cluster", "Spark on the cluster", cluster.url, size)
        ending = threading.Thread(target=killer, args=(cluster, folder / "killed"))
        ending.start()
        measure("killed", "Spark on the cluster, a worker killed", cluster.url, size)
        ending.join()
        lost, again, executors = lost_tasks(events)
        print(f"    {executors} executors lost, {lost} tasks lost with them, {again} tasks made again by Spark")
        if not lost or not again:
            sys.exit("no task was lost: nothing was shown")


if __name__ == "__main__":
    main()
