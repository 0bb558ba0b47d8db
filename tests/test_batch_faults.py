"""A batch that is killed, stopped, cut off or sent nowhere: the old files stay as they were, and nothing else is left.

Runs are led to a known moment without waiting: what has gone through a pipe has been read by the program, and what has
come out of it has been written.
"""

from __future__ import annotations

import ctypes
import gzip
import os
import re
import resource
import signal
import stat
import subprocess
import threading
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from tests.program import COMMAND, SMALL_CRITERIA, Program
from tests.test_batch import DAY, FITS, HEADER, called, many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OLD = b"as it was\n"
PRIVATE = "Xanthippe"
FILES = ("out.csv", "rejects.csv", "issues.csv", "summary.json")
NOISE = re.compile(r"Traceback|nanobind|leaked|Exception ignored|terminate called|core dumped|\bat 0x|\.py\b")
STRETCH = 10_000  # rows, about 9 MB: wide cells, so that there are few
SECONDS = 30  # until a run that should have ended counts as hanging


def stretch(number: int) -> bytes:
    """Some megabytes of rows, no id twice."""
    first = number * STRETCH
    tail = FITS.replace("male", f"male{' ' * 850}")
    return "".join(f"{PRIVATE}-{row},{tail}" for row in range(first, first + STRETCH)).encode()


@pytest.fixture(scope="module")
def stretches() -> list[bytes]:
    return [stretch(number) for number in range(8)]


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An intake that keeps the engine at work."""
    path = tmp_path_factory.mktemp("narrow") / "intake.csv"
    path.write_text(HEADER + "".join(f"P-{row},{FITS}" for row in range(800_000)), encoding="utf-8")
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with the files of an earlier run."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_bytes(OLD)
    return folder


def words_for(folder: Path) -> list[str]:
    return [
        *("-o", str(folder / "out.csv"), "--rejects", str(folder / "rejects.csv")),
        *("--issues", str(folder / "issues.csv"), "--summary", str(folder / "summary.json")),
    ]


@contextmanager
def started(folder: Path, *words: object, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A run of the program; at the end it is over, whatever happens."""
    options = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE) | {"bufsize": 0} | options
    environment: dict[str, str] = options.pop("env", Program(folder, SMALL_CRITERIA).environment)
    run: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen
    with run([*COMMAND, "batch", *map(str, words)], cwd=folder, env=environment, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[bytes], data: bytes = b"") -> tuple[int, bytes, bytes]:
    """Exit code, standard output and standard error of a run, once it has ended."""
    out, err = process.communicate(data or None, timeout=SECONDS)
    return process.returncode, out, err


def assert_as_before(folder: Path) -> None:
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == dict.fromkeys(FILES, OLD)


def assert_quiet(err: bytes) -> None:
    """No traceback, no noise of a library, nothing of a patient."""
    text = err.decode()
    assert not NOISE.search(text), text
    assert PRIVATE not in text


# ---------------------------------------------------------------- killed and stopped

# How much of the intake the program has taken when it ends: it reads about five blocks of 8 MB ahead, so at the later
# moments the engine is at work.
MOMENTS = {"before the header": 0, "after the header": 1, "in the midst": 5, "late": 9}


@contextmanager
def led_to(moment: str, folder: Path, stretches: list[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A run that waits for more of its intake."""
    with started(folder.parent, "-", *words_for(folder)) as process:
        assert process.stdin is not None
        blank = b"\n" * 300_000  # more than a pipe holds: once it is written, the program runs and reads
        header = [HEADER.encode()] if MOMENTS[moment] else []
        for part in (*header, blank, *stretches[: max(0, MOMENTS[moment] - 1)]):
            data = memoryview(part)
            while data:
                data = data[process.stdin.write(data) :]
        if not header:  # Python would not see a signal that comes just before a read that waits
            while "pipe_read" not in Path(f"/proc/{process.pid}/wchan").read_text(encoding="ascii"):
                os.sched_yield()
        yield process


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_any_moment_leaves_the_old_files_and_nothing_else(
    old: Path, stretches: list[bytes], moment: str
) -> None:
    with led_to(moment, old, stretches) as process:
        process.kill()
        assert ended(process) == (-signal.SIGKILL, b"", b"")
    assert_as_before(old)


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_at_any_moment_ends_with_130_and_leaves_the_old_files(
    old: Path, stretches: list[bytes], moment: str
) -> None:
    with led_to(moment, old, stretches) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 130  # though nobody closes its standard input
        _, out, err = ended(process)
    assert out == b""
    assert_quiet(err)
    assert_as_before(old)


def test_ctrl_c_while_results_come_ends_with_130(tmp_path: Path, stretches: list[bytes]) -> None:
    (tmp_path / "intake.csv").write_bytes(HEADER.encode() + b"".join(stretches))
    with started(tmp_path, "intake.csv") as process:
        assert process.stdout is not None
        assert process.stdout.read(11) == b"patient_id,"
        assert process.stdout.read(10_000)  # the rest fills the pipe: the program waits
        process.send_signal(signal.SIGINT)
        code, _, err = ended(process)
    assert code == 130
    assert_quiet(err)


@pytest.mark.parametrize("worked", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
def test_ctrl_c_while_the_engine_plans_and_works_ends_with_130(old: Path, narrow: Path, worked: float) -> None:
    """So many seconds of a processor after the run has opened its files; all of it takes more than two."""
    with started(old.parent, narrow, *words_for(old)) as process:
        while process.poll() is None and not has_opened_files(process.pid):
            os.sched_yield()
        begin = used(process.pid)
        while process.poll() is None and used(process.pid) - begin < worked:
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        code, out, err = ended(process)
    assert (code, out) == (130, b""), err
    assert_quiet(err)
    assert_as_before(old)


def has_opened_files(process: int) -> bool:
    """Whether a process has open files that have no name."""
    names = []
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):  # it has been closed meanwhile
            names.append(link.readlink().name)
    return any(name.startswith("#") for name in names)


def used(process: int) -> float:
    """Seconds of processors that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_a_session_leaves_the_old_files(old: Path, stretches: list[bytes], name: signal.Signals) -> None:
    with led_to("late", old, stretches) as process:
        process.send_signal(name)
        code, out, err = ended(process)
    assert code in {-name, 128 + name}
    assert out == b""
    assert_quiet(err)
    assert_as_before(old)


def test_ctrl_c_at_a_terminal_gives_the_cursor_back(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    process = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "batch", "pipe", "-o", "out.csv"],
        env=Program(tmp_path, SMALL_CRITERIA, {"TERM": "xterm"}).environment,
        cwd=str(tmp_path),
        encoding="utf-8",
        timeout=60,
    )
    with (tmp_path / "pipe").open("wb", buffering=0) as pipe:
        pipe.write(HEADER.encode() + b"\n" * 300_000)
        process.expect("rows/s")
        process.sendintr()
        process.expect(pexpect.EOF, timeout=SECONDS)
        text = process.before or ""
    process.close()
    assert process.exitstatus == 130
    assert "\x1b[?25h" in text
    assert "Traceback" not in text
    assert {path.name for path in tmp_path.iterdir()} == {"pipe"}


# ---------------------------------------------------------------- places that cannot be written


def test_the_four_files_appear_together_with_mode_0600_and_replace_the_old_ones(old: Path) -> None:
    for name in FILES:
        (old / name).chmod(0o644)
    (old.parent / "intake.csv").write_bytes(many(50) + b"ragged\n")
    done = called(old.parent / "intake.csv", *words_for(old), "--criteria", SMALL_CRITERIA, "--as-of", DAY)
    assert (done.code, done.out) == (0, b"")
    assert {path.name for path in old.iterdir()} == set(FILES)
    for name in FILES:
        assert stat.S_IMODE((old / name).stat().st_mode) == 0o600
        assert (old / name).read_bytes() != OLD


@pytest.mark.parametrize(
    ("bytes_left", "form"), [(100, "csv"), (2_000, "csv"), (2_000, "parquet"), (2_000_000, "csv"), (200_000, "parquet")]
)
def test_a_full_disk_is_a_clear_error_and_every_old_file_stays(old: Path, form: str, bytes_left: int) -> None:
    """The limit is met by the rejects, by the issues, or in the midst of the results."""
    bad = "".join(f"P-x{row},old,,,,,,,\n" for row in range(10))
    (old.parent / "intake.csv").write_bytes(
        many(200_000 if bytes_left > 2_000 else 40) + bad.encode() + b"ragged\n" * 3
    )

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left))

    with started(old.parent, "intake.csv", "-f", form, *words_for(old), preexec_fn=limited) as process:
        code, out, err = ended(process)
    assert (code, out) == (65, b"")
    assert b"cannot be written: File too large" in err
    assert b"Fix: make room" in err
    assert_quiet(err)
    assert_as_before(old)


PLACES = {
    "nowhere/x.csv": (66, "No such file"),
    "/dev/full": (65, "No space left on device"),
    ".": (66, "Is a directory"),
    "intake.csv/x": (66, "Not a directory"),
    "loop": (66, "cannot be written"),
    "x" * 300: (66, "File name too long"),
    "/sys/kernel/x.csv": (66, "Permission denied"),  # where not even root may write
}


@pytest.mark.parametrize(
    ("option", "place"),
    [("-o", place) for place in PLACES]
    + [(option, place) for option in ("--rejects", "--issues", "--summary") for place in list(PLACES)[:2]],
)
def test_a_place_that_cannot_be_written_is_refused_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, place: str
) -> None:
    code, says = PLACES[place]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "intake.csv").write_text(f"{HEADER}{PRIVATE},{FITS}", encoding="utf-8")
    done = called("intake.csv", option, place, "--criteria", SMALL_CRITERIA)
    assert done.code == code, done.err
    assert says in done.err
    assert "Fix: " in done.err
    assert PRIVATE not in done.err
    assert {path.name for path in tmp_path.iterdir()} == {"intake.csv", "loop"}


def test_results_that_standard_output_cannot_take_are_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "intake.csv").write_text(f"{HEADER}{PRIVATE},{FITS}", encoding="utf-8")
    with Path("/dev/full").open("wb") as full, started(tmp_path, "intake.csv", stdout=full) as process:
        code, _, err = ended(process)
    assert code == 65, err
    assert b"No space left on device" in err
    assert_quiet(err)


def test_devices_and_pipes_are_written_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "intake.csv").write_bytes(many(200))
    whole = called(tmp_path / "intake.csv", "--criteria", SMALL_CRITERIA, "--as-of", DAY)
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    done = called(tmp_path / "intake.csv", "-o", tmp_path / "pipe", "--criteria", SMALL_CRITERIA, "--as-of", DAY)
    reader.join()
    assert (done.code, read) == (0, [whole.out])
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert called(tmp_path / "intake.csv", "-o", "/dev/null", "--criteria", SMALL_CRITERIA).code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "out.csv").write_bytes(OLD)
    (tmp_path / "link.csv").symlink_to("there/out.csv")
    (tmp_path / "intake.csv").write_bytes(many(5))
    assert called(tmp_path / "intake.csv", "-o", tmp_path / "link.csv", "--criteria", SMALL_CRITERIA).code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "there" / "out.csv").read_bytes().startswith(b"patient_id,")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["out.csv"]


@pytest.mark.parametrize("option", ["-o", "--rejects", "--issues", "--summary"])
@pytest.mark.parametrize("name", ["intake.csv", "a/../intake.csv", "link.csv", "hard.csv"])
def test_the_intake_is_never_overwritten(tmp_path: Path, option: str, name: str) -> None:
    """By its own name, by another path, by a link; a hard link is another name, and may be given to the new file."""
    intake = many(5)
    (tmp_path / "a").mkdir()
    (tmp_path / "intake.csv").write_bytes(intake)
    (tmp_path / "link.csv").symlink_to("intake.csv")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "intake.csv")
    done = called(tmp_path / "intake.csv", option, tmp_path / name, "--criteria", SMALL_CRITERIA)
    assert (tmp_path / "intake.csv").read_bytes() == intake
    assert done.code == (0 if name == "hard.csv" else 2)


def test_the_file_behind_standard_input_is_not_overwritten(tmp_path: Path) -> None:
    intake = many(5)
    (tmp_path / "intake.csv").write_bytes(intake)
    with (
        (tmp_path / "intake.csv").open("rb") as file,
        started(tmp_path, "-", "-o", "intake.csv", stdin=file) as process,
    ):
        code, _, err = ended(process)
    assert code == 2, err
    assert (tmp_path / "intake.csv").read_bytes() == intake


def test_the_map_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "intake.csv").write_bytes(many(5))
    (tmp_path / "map.yaml").write_text("sex: ignore\n", encoding="utf-8")
    words = ("--map", tmp_path / "map.yaml", "--issues", tmp_path / "map.yaml")
    assert called(tmp_path / "intake.csv", *words, "--criteria", SMALL_CRITERIA).code == 2
    assert (tmp_path / "map.yaml").read_text(encoding="utf-8") == "sex: ignore\n"


@pytest.mark.parametrize("option", ["--rejects", "--issues", "--summary"])
def test_a_dash_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    """`-` is standard output for the results; for the lists it is refused, or written there, but is never a name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "intake.csv").write_bytes(many(5) + b"ragged\n")
    done = called("intake.csv", option, "-", "-o", "out.csv", "--criteria", SMALL_CRITERIA)
    assert not (tmp_path / "-").exists()
    assert done.code == 2 or done.out


# ---------------------------------------------------------------- readers that leave, intakes that change


@pytest.mark.parametrize(("form", "seen"), [("csv", 4), ("csv", 200_000), ("jsonl", 2_000_000), ("parquet", 4)])
def test_a_reader_that_has_seen_enough_is_no_error(narrow: Path, form: str, seen: int) -> None:
    """After the first bytes, or while the engine is at work."""
    with started(narrow.parent, narrow, "-f", form) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        begin = process.stdout.read(4)
        assert begin in {b"pati", b'{"pa', b"PAR1"}
        while len(begin) < seen:
            begin += process.stdout.read(seen - len(begin))
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(SECONDS) == 0


def test_an_intake_that_becomes_shorter_is_a_clear_error(old: Path, narrow: Path) -> None:
    """Results go through a pipe that is not read at first, so the program cannot have read the whole intake."""
    path = old.parent / "intake.csv"
    path.write_bytes(narrow.read_bytes())
    os.mkfifo(old.parent / "results")
    words = [word.replace(str(old / "out.csv"), str(old.parent / "results")) for word in words_for(old)]
    with started(old.parent, "intake.csv", *words) as process, (old.parent / "results").open("rb") as results:
        assert results.read(11) == b"patient_id,"
        os.truncate(path, path.stat().st_size - 1_000_000)
        results.read()
        code, out, err = ended(process)
    assert (code, out) == (65, b"")
    assert b"became shorter while it was read" in err
    assert_quiet(err)
    assert_as_before(old)


def test_an_intake_that_is_removed_under_way_is_still_read_to_its_end(tmp_path: Path, stretches: list[bytes]) -> None:
    path = tmp_path / "intake.csv"
    path.write_bytes(HEADER.encode() + b"".join(stretches))
    with started(tmp_path, "intake.csv") as process:
        assert process.stdout is not None
        begin = process.stdout.read(11)
        path.unlink()
        code, out, err = ended(process)
    assert code == 0
    assert_quiet(err)
    assert len((begin + out).splitlines()) == 1 + STRETCH * len(stretches)


def test_a_packed_intake_that_ends_too_early_gives_an_error_and_no_file(old: Path, stretches: list[bytes]) -> None:
    packed = gzip.compress(HEADER.encode() + b"".join(stretches[:2]), 1)
    with started(old.parent, "-", *words_for(old)) as process:
        code, out, err = ended(process, packed[: len(packed) * 9 // 10])
    assert (code, out) == (65, b"")
    assert b"is cut off" in err
    assert_quiet(err)
    assert_as_before(old)


def test_a_broken_rule_file_stops_the_run_before_anything_is_written(old: Path) -> None:
    criteria = old.parent / "criteria"
    for path in chain([SMALL_CRITERIA], SMALL_CRITERIA.rglob("*")):
        new = criteria / path.relative_to(SMALL_CRITERIA)
        if path.is_dir():
            new.mkdir()
        else:
            new.write_text(path.read_text(encoding="utf-8").replace("age >= 18", "age >>= 18"), encoding="utf-8")
    (old.parent / "intake.csv").write_bytes(many(5))
    done = called(old.parent / "intake.csv", *words_for(old), "--criteria", criteria)
    assert (done.code, done.out) == (65, b"")
    assert "NCT00000001.yaml:" in done.err
    assert_as_before(old)


# ---------------------------------------------------------------- nothing beside


@contextmanager
def watched(*folders: Path) -> Iterator[list[str]]:
    """The names that were made, moved or written in some folders meanwhile, seen by the kernel."""
    library = ctypes.CDLL(None, use_errno=True)
    watch = library.inotify_init1(os.O_NONBLOCK)
    assert watch >= 0
    made_moved_written = 0x100 | 0x80 | 0x40 | 0x2
    for folder in folders:
        assert library.inotify_add_watch(watch, str(folder).encode(), made_moved_written) >= 0
    names: list[str] = []
    try:
        yield names
        try:
            data = os.read(watch, 1 << 16)
        except BlockingIOError:
            data = b""
        while data:
            length = int.from_bytes(data[12:16], "little")
            name = data[16 : 16 + length].rstrip(b"\0").decode()
            names += [] if name.startswith("#") else [name]  # so the kernel calls files that have no name
            data = data[16 + length :]
    finally:
        os.close(watch)


def test_nothing_is_written_but_the_files_that_were_named(tmp_path: Path) -> None:
    """Not in the current folder, not in the folder for temporary files, not in the home folder."""
    folders = [tmp_path / name for name in ("here", "temporary", "home", "files")]
    here, temporary, home, files = folders
    for folder in folders:
        folder.mkdir()
    intake = tmp_path / "intake.csv"
    intake.write_bytes(many(30_000) + b"ragged\n")
    environment = Program(here, SMALL_CRITERIA).environment
    environment |= {"TMPDIR": str(temporary), "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    with (
        watched(here, temporary, home) as beside,
        watched(files) as named,
        started(here, intake, *words_for(files), env=environment) as process,
    ):
        assert ended(process)[:2] == (0, b"")
    assert beside == []
    assert {re.sub(r"^\.(.+)\.[0-9a-f]{8}$", r"\1", name) for name in named} == set(FILES)
    with watched(here, temporary, home) as beside, started(here, "-", env=environment) as process:
        assert len(ended(process, gzip.compress(many(3000)))[1].splitlines()) == 3001
    assert beside == []
