"""A connection to Spark, on this machine or on a cluster, that says nothing on the terminal but what we say.

What Spark and Java print may hold what was in a task, so their output goes nowhere, and their errors are told anew.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import screener
from screener.errors import ExitCode, InputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark import SparkContext

T = TypeVar("T")
LOCAL = re.compile(r"local(\[(\d+|\*)(,\d+)?\])?")
_STANDALONE = re.compile(r"spark://[^,/\s:]+:\d+(,[^,/\s:]+:\d+)*")
_OTHER = re.compile(r"yarn|k8s://\S+")
_REACHED, _GIVEN, _LOOKS = 5, 60, 0.5  # seconds until a master must answer, until it must give executors, between looks
_INSTALLED = "install it, and all that screener needs, for the Python of every executor"
_JAVA = "install Java 17 or later (in Debian: apt install openjdk-17-jre-headless), or set JAVA_HOME"


class ClusterError(InputError):
    """The cluster is not there, or gave up."""

    exit_code = ExitCode.NETWORK


@contextmanager
def connected(master: str) -> Iterator[SparkContext]:
    """A context of Spark. One that this process has already is taken as it is, whatever its master.

    Raises UsageError: pyspark or Java is missing, or it is no master; ClusterError: the master does not answer.
    """
    try:
        from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - heavy, and an extra
        from pyspark.java_gateway import launch_gateway  # noqa: PLC0415
    except ImportError:
        problem = Problem("--engine spark needs pyspark, which is not installed", "pip install 'screener[spark]'")
        raise UsageError(problem) from None
    _check_master(master)
    _check_java()
    if SparkContext._active_spark_context is not None:  # noqa: SLF001 - there is no other way to ask
        yield SparkContext._active_spark_context  # noqa: SLF001
        return
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    conf = SparkConf().setMaster(master).setAppName("screener batch").set("spark.ui.enabled", "false")
    if LOCAL.fullmatch(master):  # nobody else on the network is to see it
        conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
    before = signal.getsignal(signal.SIGINT)
    try:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        launch: Callable[..., object] = launch_gateway
        gateway = SparkContext._gateway or launch(conf, quiet)  # noqa: SLF001 - one for all contexts
        context = SparkContext(conf=conf, gateway=gateway)
    except Exception as error:  # noqa: BLE001 - of Java, Py4J or Spark
        raise _not_started(master, error) from None
    try:
        yield context
    finally:
        with suppress(Exception):  # a Java that has ended cannot be stopped
            context.stop()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)


def _check_master(master: str) -> None:
    if _STANDALONE.fullmatch(master):
        for address in master.removeprefix("spark://").split(","):
            host, _, port = address.rpartition(":")
            with suppress(OSError, OverflowError, UnicodeError), socket.create_connection((host, int(port)), _REACHED):
                return
        raise ClusterError(Problem(f"no Spark master answers at {master}", "start it, or check host and port"))
    if not LOCAL.fullmatch(master) and not _OTHER.fullmatch(master):
        remedy = "use local[*], spark://HOST:PORT, yarn or k8s://HOST:PORT"
        raise UsageError(Problem(f"`{master}` is no master of Spark", remedy))


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")):
        where = f"in JAVA_HOME, {home}" if home else "on this machine"
        raise UsageError(Problem(f"--engine spark needs Java, and there is none {where}", _JAVA))


def _not_started(master: str, error: Exception) -> InputError:
    if "JAVA_GATEWAY_EXITED" in str(error):
        return UsageError(Problem("Java could not start Spark", _JAVA))
    remedy = "check the URL, the cluster, and the settings in spark-defaults.conf"
    return ClusterError(Problem(f"Spark could not start with the master {master}", remedy))


@contextmanager
def shipped(context: SparkContext) -> Iterator[None]:
    """Executors get this code, so that all have the same version; what it needs must be installed there."""
    package = Path(screener.__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"screener-{os.urandom(4).hex()}.zip"  # Spark takes a name once
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as code:
            for file in sorted(package.rglob("*.py")):
                code.write(file, file.relative_to(package.parent))
        before = list(sys.path)
        context.addPyFile(str(path))
        sys.path[:] = before  # here it is imported already
        yield


def done(context: SparkContext, work: Callable[[], T], seen: Callable[[float], None]) -> T:
    """Run jobs of Spark. `seen` is told, from another thread, which fraction of the tasks is done.

    Raises ClusterError: Spark gave up, or no machine is there; UsageError: executors lack something.
    """
    watch = _Watch(context, seen)
    watch.start()
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - of Java, Py4J or Spark
        raise _given_up(error, starved=watch.starved) from None
    finally:
        watch.stop()


class _Watch(threading.Thread):
    """Looks how far the jobs are, and cancels them where no executor comes."""

    def __init__(self, context: SparkContext, seen: Callable[[float], None]) -> None:
        super().__init__(daemon=True)
        self._context, self._seen = context, seen
        self._over = threading.Event()
        self.starved = False

    def run(self) -> None:
        last = time.monotonic()
        while not self._over.wait(_LOOKS):
            with suppress(Exception):  # what goes wrong here goes wrong in the job too
                if LOCAL.fullmatch(str(self._context.master)) or self._executors():
                    last = time.monotonic()
                elif time.monotonic() > last + _GIVEN:
                    self.starved = True
                    self._context.cancelAllJobs()
                self._tell()

    def _executors(self) -> int:
        java = self._context._jsc.sc()  # noqa: SLF001 - Python cannot ask otherwise
        return int(java.getExecutorMemoryStatus().size()) - 1  # without the driver

    def _tell(self) -> None:
        tracker = self._context.statusTracker()
        jobs = [tracker.getJobInfo(job) for job in tracker.getActiveJobsIds()]
        stages = [tracker.getStageInfo(stage) for job in jobs if job for stage in job.stageIds]
        if found := [stage for stage in stages if stage]:
            self._seen(sum(stage.numCompletedTasks for stage in found) / sum(stage.numTasks for stage in found))

    def stop(self) -> None:
        self._over.set()
        self.join()


def _given_up(error: Exception, *, starved: bool) -> InputError:
    """What went wrong, without what Spark says of it."""
    if starved:
        problem = f"the master has had no executor to give for {_GIVEN} seconds"
        return ClusterError(Problem(problem, "start workers, or wait until others have free cores and memory"))
    told = ""
    with suppress(Exception):
        told = str(error)
    if found := re.search(r"ModuleNotFoundError: No module named '([\w.]{1,40})'", told):
        return UsageError(Problem(f"an executor's Python has no {found[1]}", _INSTALLED))
    if "PYTHON_VERSION_MISMATCH" in told:
        version = ".".join(str(part) for part in sys.version_info[:2])
        remedy = f"set PYSPARK_PYTHON to a Python {version} that all machines have"
        return UsageError(Problem("executors run another version of Python than this machine", remedy))
    if "Cannot run program" in told:
        python = os.environ.get("PYSPARK_PYTHON", "python3")
        remedy = "set PYSPARK_PYTHON to a Python that all machines have"
        return UsageError(Problem(f"executors cannot run {python}", remedy))
    problem = "Spark gave up: tasks failed again and again, or its own process ended"
    return ClusterError(Problem(problem, "check the machines' memory and the logs of Spark's workers, and run again"))
