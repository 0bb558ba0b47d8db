"""The cache of the registry's answers: the old or the new, never half of one, whoever is killed or writes beside."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import screener.registry.cache as module
from screener.errors import ExitCode, InputError, NoInputError, UsageError
from screener.registry.cache import Cache, Kept, Stamp, before_name, cache_folder, search_name, study_name

NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
STAMP = Stamp("2.0.5", "2026-07-31T09:00:05", NOW)
ASKED = {"mesothelioma": "query.cond=mesothelioma"}
NAME = study_name("NCT03907852")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from screener.registry.cache import Cache, Stamp
cache, who = Cache(Path(sys.argv[1])), sys.argv[2]
stamp = Stamp("2.0.5", "2026-07-31T09:00:05", datetime.now(UTC))
print("ready", flush=True)
for turn in range(int(sys.argv[3])):
    cache.keep("study-NCT03907852.json", {}, {"who": who, "turn": turn, "filling": [turn] * 60_000}, stamp)
    print(turn, flush=True)
"""


def start(folder: Path, who: str, turns: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(folder), who, str(turns)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def whole(kept: Kept | None) -> tuple[str, int]:
    assert kept is not None
    body = kept.body
    assert isinstance(body, dict)
    assert body["filling"] == [body["turn"]] * 60_000
    return body["who"], body["turn"]


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "deep" / "cache")
    name = search_name(ASKED)
    assert cache.get(name) is None
    assert cache.names() == ()
    cache.keep(name, ASKED, [{"a": "é\ud800"}], STAMP)
    cache.keep(NAME, {}, {"b": 1}, STAMP)
    assert cache.get(name) == Kept(name, STAMP, ASKED, [{"a": "é\ud800"}])
    assert cache.names() == (name, NAME)
    assert [kept.name for kept in cache.every()] == [name, NAME]
    assert cache.problems == []


@given(JSON)
def test_any_json_comes_back(tmp_path_factory: pytest.TempPathFactory, body: object) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    cache.keep(NAME, ASKED, body, STAMP)
    assert cache.get(NAME) == Kept(NAME, STAMP, ASKED, body)


def test_files_are_for_the_user_alone(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    cache = Cache(tmp_path)
    cache.keep(NAME, {}, 1, STAMP)
    assert stat.S_IMODE((cache.folder / NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755, "a folder that somebody chose stays as it is"


def test_the_file_says_in_its_first_line_where_it_comes_from(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep(NAME, ASKED, 1, Stamp("2.0.5", "t", NOW.astimezone(timezone(timedelta(hours=2)))))
    head = json.loads((cache.folder / NAME).read_bytes().split(b"\n")[0])
    assert head["api_version"] == "2.0.5"
    assert head["data_timestamp"] == "t"
    assert head["fetched"] == "2026-08-01T12:00:00+00:00"
    assert head["queries"] == ASKED


@pytest.mark.parametrize(("minutes", "fresh"), [(-1, False), (0, True), (59, True), (60, True), (61, False)], ids=str)
def test_age_decides_about_asking_again(minutes: int, fresh: bool) -> None:  # noqa: FBT001 - a table of cases
    now = NOW + timedelta(minutes=minutes)
    kept = Kept(NAME, STAMP, {}, 1)
    assert kept.age(now) == timedelta(minutes=minutes)
    assert kept.is_fresh(now, timedelta(hours=1)) is fresh


def test_refresh_replaces_what_is_old_and_keeps_it_if_the_registry_fails(tmp_path: Path) -> None:
    cache, hour = Cache(tmp_path), timedelta(hours=1)
    old, later = Kept(NAME, STAMP, ASKED, "old"), NOW + timedelta(days=2)
    new = Kept(NAME, Stamp("2.0.5", "u", later), ASKED, "new")

    def fails() -> Kept:
        raise ConnectionError

    assert cache.newest(NAME, lambda: old, NOW, hour) == old
    assert cache.newest(NAME, fails, NOW + hour, hour) == old
    with pytest.raises(ConnectionError):
        cache.newest(NAME, fails, later, hour)
    assert cache.get(NAME) == old
    assert cache.newest(NAME, lambda: new, later, hour) == new
    assert cache.get(NAME) == new


def kept_bytes(folder: Path) -> bytes:
    cache = Cache(folder)
    cache.keep(NAME, ASKED, {"a": [1, 2, 3]}, STAMP)
    return (cache.folder / NAME).read_bytes()


@given(st.data())
def test_a_damaged_file_is_set_aside_and_reported(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    good = kept_bytes(folder)
    place = data.draw(st.integers(0, len(good) - 1))
    cut, flipped = (
        good[:place],
        good[:place] + bytes([good[place] ^ 1 << data.draw(st.integers(0, 7))]) + good[place + 1 :],
    )
    bad = data.draw(st.sampled_from([cut, flipped]) | st.binary(max_size=80))
    cache = Cache(folder)
    (cache.folder / NAME).write_bytes(bad)
    kept = cache.get(NAME)
    if kept is None:
        (problem,) = cache.problems
        assert "damaged" in str(problem)
        assert (cache.folder / f"{NAME}.damaged").read_bytes() == bad
        assert cache.names() == ()
        assert cache.get(NAME) is None
        assert len(cache.problems) == 1
    else:  # the digest is of the body: a bit of the first line may change and leave it readable
        assert bad == flipped
        assert place < good.index(b"\n")
        assert kept.body == {"a": [1, 2, 3]}
    cache.keep(NAME, ASKED, "again", STAMP)
    assert (cache.get(NAME) or kept) == Kept(NAME, STAMP, ASKED, "again")


@pytest.mark.parametrize(
    "head",
    [
        b"[" * 30_000,
        b"{" + b'"a":{' * 20_000,
        b"[]",
        b"null",
        b'{"format": 1' + b"0" * 5000 + b"}",
        b'{"format": 2}',
        b"\xff\xfe",
        b"x" * 70_000,
    ],
)
def test_hostile_first_lines_are_damage(tmp_path: Path, head: bytes) -> None:
    cache = Cache(tmp_path)
    cache.folder.mkdir()
    (cache.folder / NAME).write_bytes(head + b"\n1")
    assert cache.get(NAME) is None
    assert len(cache.problems) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fetched", "2026-08-01T12:00:00"),
        ("fetched", 5),
        ("fetched", "soon"),
        ("queries", []),
        ("queries", {"a": 1}),
        ("queries", None),
        ("api_version", None),
        ("data_timestamp", 7),
        ("name", "study-NCT00000001.json"),
    ],
)
def test_a_first_line_of_the_wrong_types_is_damage(tmp_path: Path, key: str, value: object) -> None:
    line, rest = kept_bytes(tmp_path).split(b"\n", 1)
    cache = Cache(tmp_path)
    (cache.folder / NAME).write_bytes(json.dumps(json.loads(line) | {key: value}).encode() + b"\n" + rest)
    assert cache.get(NAME) is None
    assert len(cache.problems) == 1


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_bytes(tmp_path)
    monkeypatch.setattr(module, "LARGEST", 100)
    cache = Cache(tmp_path)
    assert cache.get(NAME) is None
    assert len(cache.problems) == 1


def test_a_whole_file_put_in_place_meanwhile_is_not_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_bytes(tmp_path)
    cache, other = Cache(tmp_path), Cache(tmp_path)
    (cache.folder / NAME).write_bytes(b"damaged")
    seen = os.fstat

    def meanwhile(descriptor: int) -> os.stat_result:
        monkeypatch.setattr(os, "fstat", seen)
        other.keep(NAME, ASKED, "new", STAMP)
        return seen(descriptor)

    monkeypatch.setattr(os, "fstat", meanwhile)
    assert cache.get(NAME) is None
    assert cache.problems == []
    assert cache.get(NAME) == Kept(NAME, STAMP, ASKED, "new")
    assert [path.name for path in cache.folder.iterdir()] == [NAME]


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.folder.mkdir()
    (tmp_path / "elsewhere").write_bytes(b"secret")
    (cache.folder / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NoInputError, match="cannot be read") as raised:
        cache.get(NAME)
    assert "SCREENER_CACHE" in str(raised.value)
    (cache.folder / NAME).unlink()
    os.mkfifo(cache.folder / NAME)
    assert cache.get(NAME) is None


def test_a_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "registry").write_text("a file")
    cache = Cache(tmp_path)
    with pytest.raises(NoInputError, match=r"(?s)cannot be written.*SCREENER_CACHE") as raised:
        cache.keep(NAME, {}, 1, STAMP)
    assert raised.value.exit_code is ExitCode.NO_INPUT
    assert cache.get(NAME) is None


def test_a_full_disk_leaves_the_old_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    cache.keep(NAME, {}, "old", STAMP)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoInputError, match="No space left"):
        cache.keep(NAME, {}, "new", STAMP)
    assert cache.get(NAME) == Kept(NAME, STAMP, {}, "old")
    assert [path.name for path in cache.folder.iterdir()] == [NAME]


def nested() -> list[object]:
    inner: list[object] = []
    for _ in range(100_000):
        inner = [inner]
    return inner


@pytest.mark.parametrize("body", [nested(), {1j}], ids=["nested", "set"])
def test_what_cannot_be_kept_leaves_the_old(tmp_path: Path, body: object) -> None:
    cache = Cache(tmp_path)
    cache.keep(NAME, {}, "old", STAMP)
    with pytest.raises(InputError, match="cannot be kept"):
        cache.keep(NAME, {}, body, STAMP)
    with pytest.raises(InputError, match="too many words"):
        cache.keep(NAME, {"words": "x" * 70_000}, 1, STAMP)
    assert cache.get(NAME) == Kept(NAME, STAMP, {}, "old")


def of(words: str | None) -> dict[str, object]:
    return {"protocolSection": {"eligibilityModule": {"eligibilityCriteria": words}}}


def test_the_record_from_before_its_text_changed_stays_until_it_is_dropped(tmp_path: Path) -> None:
    cache, before = Cache(tmp_path), before_name("NCT03907852")
    for words in (None, "first", "first"):
        cache.keep(NAME, {}, of(words), STAMP)
        assert cache.get(before) is None
    for words in ("second", "third", "first", None):
        cache.keep(NAME, ASKED, of(words), STAMP)
        assert cache.get(before) == Kept(before, STAMP, {}, of("first"))
    assert cache.names() == (NAME,), "it is no record of today"
    for _ in range(2):
        cache.drop(before)
        assert cache.get(before) is None
    assert cache.get(NAME) == Kept(NAME, STAMP, ASKED, of(None))
    cache.keep(NAME, {}, of("fourth"), STAMP)
    assert cache.get(before) is None, "a record without a text has no words to show"


def test_mistakes_of_the_program_are_refused(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with pytest.raises(ValueError, match="time zone"):
        cache.keep(NAME, {}, 1, Stamp("", "", datetime(2026, 8, 1)))  # noqa: DTZ001 - it is the mistake
    with pytest.raises(ValueError, match="escape"):
        cache.keep("../escape", {}, 1, STAMP)


@pytest.mark.parametrize("number", ["", "NCT1", "../NCT03907852", "nct03907852", "NCT03907852\n", "NCT٠٣٩٠٧٨٥٢"])
def test_only_an_nct_number_names_a_study(number: str) -> None:
    with pytest.raises(UsageError, match="is no NCT number"):
        study_name(number)


def test_a_search_has_the_same_name_in_any_order() -> None:
    assert search_name({"a": "1", "b": "2"}) == search_name({"b": "2", "a": "1"})
    assert search_name({"a": "1"}) != search_name({"a": "2"})
    assert search_name({"a": "12"}) != search_name({"a1": "2"})


@pytest.mark.parametrize(
    ("chosen", "environment", "platform", "expected"),
    [
        ("/c", {"SCREENER_CACHE": "/s"}, "linux", "/c"),
        (None, {"SCREENER_CACHE": "/s", "XDG_CACHE_HOME": "/x"}, "linux", "/s"),
        (None, {"XDG_CACHE_HOME": "/x"}, "linux", "/x/screener"),
        (None, {"XDG_CACHE_HOME": "relative"}, "linux", "/home/me/.cache/screener"),
        (None, {"XDG_CACHE_HOME": ""}, "linux", "/home/me/.cache/screener"),
        (None, {}, "linux", "/home/me/.cache/screener"),
        (None, {}, "darwin", "/home/me/Library/Caches/screener"),
    ],
)
def test_the_folder(chosen: str | None, environment: dict[str, str], platform: str, expected: str) -> None:
    found = cache_folder(Path(chosen) if chosen else None, environment, Path("/home/me"), platform)
    assert found == Path(expected)


def unfinished(folder: Path) -> None:
    """Come back when a file is being written: the moment to kill whoever writes it."""
    for _ in range(20_000):
        with contextlib.suppress(FileNotFoundError):  # it has just been renamed
            if any(path.stat().st_size < 100_000 for path in folder.iterdir()):
                return


def test_a_killed_process_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    cache, moments = Cache(tmp_path), random.Random(7)  # noqa: S311 - moments, no secrets
    cache.keep(NAME, {}, {"who": "before", "turn": -1, "filling": [-1] * 60_000}, STAMP)
    seen = []
    for round_ in range(8):
        process = start(tmp_path, f"w{round_}", 10_000)
        assert process.stdout is not None
        done = -1
        for _ in range(moments.randrange(4)):
            done = int(process.stdout.readline())
        if round_ % 2:
            unfinished(cache.folder)
        else:
            for _ in range(moments.randrange(200_000)):  # a random moment within a turn
                pass
        process.send_signal(signal.SIGKILL)
        reported = [int(line) for line in process.stdout.read().split(b"\n")[:-1]]
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        who, turn = whole(Cache(tmp_path).get(NAME))
        last = max([done, *reported])
        # At least what was reported as kept is there, at most what was being written.
        assert (who == f"w{round_}" and last <= turn <= last + 1) or (last == -1 and who != f"w{round_}")
        seen.append((who, turn))
    assert len(set(seen)) > 1
    rests = [path for path in cache.folder.iterdir() if path.name != NAME]
    for rest in rests:
        os.utime(rest, (0, 0))
    cache.keep(NAME, {}, 1, STAMP)
    assert [path.name for path in cache.folder.iterdir()] == [NAME], "what killed processes left is swept up in time"


def test_two_writers_and_a_reader_at_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep(NAME, {}, {"who": "before", "turn": -1, "filling": [-1] * 60_000}, STAMP)
    writers = [start(tmp_path, who, 25) for who in ("a", "b")]
    seen = {whole(cache.get(NAME))}
    while any(writer.poll() is None for writer in writers):
        seen.add(whole(cache.get(NAME)))
    for writer in writers:
        assert writer.returncode == 0
        assert writer.stdout is not None
        writer.stdout.close()
    assert whole(cache.get(NAME)) in {("a", 24), ("b", 24)}
    assert len(seen) > 1
    assert cache.problems == []
    assert [path.name for path in cache.folder.iterdir()] == [NAME]
