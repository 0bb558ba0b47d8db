"""What the registry answered, kept on this machine: one file for each search and each study, whole or not there.

A file is written beside its place and renamed into it, so that whoever reads, or is killed while writing, finds the old
or the new. Its first line says what it holds and the digest of the rest; a file that does not agree with itself is set
aside and reported. No lock is needed: the last of two writers wins, and both have written whole files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import InputError, NoInputError, Problem, UsageError, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FOLDER_VARIABLE = "SCREENER_CACHE"
LARGEST = 256 << 20  # bytes of one file; all studies of a search of this kind are some megabytes
_FORMAT = 1
_HEAD = 64 << 10  # bytes of the first line
_ABANDONED = timedelta(days=1)  # a temporary file as old as this was left by a process that was killed
_NCT = re.compile(r"NCT[0-9]{8}")
_NAME = re.compile(r"(?:study-NCT[0-9]{8}|search-[0-9a-f]{32})\.json")
_DAMAGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)  # what reading it raises
_BEFORE = re.compile(r"study-NCT[0-9]{8}\.before\.json")  # never among what is kept of today


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where an answer comes from: the registry's version and the time of its data (domain.md 3.1), and when asked."""

    api_version: str
    data_timestamp: str  # as the registry wrote it; it names no time zone
    fetched: datetime  # with time zone


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer from the cache: `body` is the JSON that was kept, `queries` the words and parameters asked with."""

    name: str
    stamp: Stamp
    queries: Mapping[str, str]
    body: object

    def age(self, now: datetime) -> timedelta:
        """How long ago it was fetched. Negative if the clock was put back since."""
        return now - self.stamp.fetched

    def is_fresh(self, now: datetime, at_most: timedelta) -> bool:
        """Whether it is young enough to do without the registry. What comes from the future is not."""
        return timedelta(0) <= self.age(now) <= at_most


def cache_folder(chosen: Path | None, environment: Mapping[str, str], home: Path, platform: str = sys.platform) -> Path:
    """The user's cache folder: the one chosen, SCREENER_CACHE, or the system's place for caches.

    Source: XDG Base Directory Specification 0.8, where a path that is not absolute counts as not set.
    """
    if chosen:
        return chosen
    if own := environment.get(FOLDER_VARIABLE):
        return Path(own)
    if platform == "darwin":
        return home / "Library" / "Caches" / "screener"
    base = Path(environment.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else home / ".cache") / "screener"


def study_name(nct_id: str) -> str:
    """The name of a study's file. Raises UsageError for what is no NCT number."""
    if not _NCT.fullmatch(nct_id):
        problem = f"{clean(nct_id[:20])} is no NCT number"
        raise UsageError(Problem(problem, "write NCT and eight digits, such as NCT03907852"))
    return f"study-{nct_id}.json"


def before_name(nct_id: str) -> str:
    """The name of a study's record from before its eligibility text changed. Raises UsageError for no NCT number."""
    return f"{study_name(nct_id).removesuffix('.json')}.before.json"


def search_name(queries: Mapping[str, str]) -> str:
    """The name of a search's file: the same for the same queries in any order."""
    asked = json.dumps(sorted(queries.items())).encode()
    return f"search-{hashlib.sha256(asked).hexdigest()[:32]}.json"


class Cache:
    """The files under `folder`/registry, a folder of the user's own (mode 0700, files 0600).

    Damaged files that were met and set aside are told in `problems`; they are no reason to stop.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when something is first kept."""
        self.folder = folder / "registry"
        self.problems: list[Problem] = []

    def keep(self, name: str, queries: Mapping[str, str], body: object, stamp: Stamp) -> None:
        """Keep an answer (`name` of study_name or search_name) in place of an earlier one.

        An earlier record of a study with another eligibility text stays, by its before_name, until it is dropped: the
        first of several, which is the one that people have seen. Raises NoInputError if it cannot be written,
        InputError if it cannot be kept; the earlier one is then intact.
        """
        data = _written(name, queries, body, stamp)
        if _NAME.fullmatch(name) and name.startswith("study-"):
            self._keep_before(name, body)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
            self._sweep()
            descriptor, temporary = tempfile.mkstemp(dir=self.folder, prefix=f".{name}.")  # mode 0600
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(self.folder / name)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            _sync(self.folder)
        except OSError as error:
            problem = f"the cache {self.folder} cannot be written: {error.strerror}"
            remedy = f"make room or name another folder in {FOLDER_VARIABLE}"
            raise NoInputError(Problem(problem, remedy)) from None

    def get(self, name: str) -> Kept | None:
        """What is kept by a name, or None if nothing is or it is damaged. Raises NoInputError if it may not be read."""
        path = self.folder / name
        try:
            # Not a pipe that would never answer, nor a link that leads elsewhere.
            with open(path, "rb", opener=_opener) as file:
                seen = os.fstat(file.fileno())
                data = file.read(LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            problem = f"{path} in the cache cannot be read: {error.strerror}"
            raise NoInputError(Problem(problem, f"remove it or name another folder in {FOLDER_VARIABLE}")) from None
        try:
            return _read(name, data)
        except _DAMAGE:
            self._set_aside(path, (seen.st_dev, seen.st_ino))
            return None

    def names(self) -> tuple[str, ...]:
        """The names of all that is kept, in order."""
        try:
            return tuple(sorted(path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name)))
        except OSError:
            return ()

    def every(self) -> Iterator[Kept]:
        """All that is kept and whole."""
        return (kept for name in self.names() if (kept := self.get(name)))

    def drop(self, name: str) -> None:
        """Keep something no longer. Where it cannot be removed it stays: it is only not needed any more."""
        with contextlib.suppress(OSError):
            (self.folder / name).unlink()

    def newest(self, name: str, fetch: Callable[[], Kept], now: datetime, at_most: timedelta) -> Kept:
        """What is kept if it is fresh, else what `fetch` brings, which is kept from then on.

        If `fetch` raises, nothing in the cache has changed.
        """
        kept = self.get(name)
        if kept and kept.is_fresh(now, at_most):
            return kept
        fetched = fetch()
        self.keep(name, fetched.queries, fetched.body, fetched.stamp)
        return fetched

    def _keep_before(self, name: str, body: object) -> None:
        before = before_name(name.removeprefix("study-").removesuffix(".json"))
        try:
            with open(self.folder / name, "rb", opener=_opener) as file:
                kept = _read(name, file.read(LARGEST + 1))
        except (OSError, *_DAMAGE):  # it is about to be replaced: nobody needs to hear of it
            return
        words = _eligibility(kept.body)
        if words and words != _eligibility(body) and self.get(before) is None:
            self.keep(before, kept.queries, kept.body, kept.stamp)

    def _set_aside(self, path: Path, seen: tuple[int, int]) -> None:
        """Move a damaged file out of the way, but not a whole one that another process has just put in its place."""
        aside = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
        damaged = path.with_name(f"{path.name}.damaged")
        try:
            path.rename(aside)
            moved = aside.stat()
            if (moved.st_dev, moved.st_ino) != seen:
                with contextlib.suppress(FileExistsError):  # then a still newer one is there
                    os.link(aside, path)
                aside.unlink()
                return
            aside.replace(damaged)
        except (
            OSError
        ):  # another process has set it aside, or the folder cannot be written: what matters is not to use it
            damaged = path
        problem = f"{path} in the cache is damaged and is not used; it is kept as {damaged.name}"
        self.problems.append(Problem(problem, "fetch again; if this comes back, look at the disk"))

    def _sweep(self) -> None:
        oldest = time.time() - _ABANDONED.total_seconds()
        for path in self.folder.glob(".*.json.*"):
            with contextlib.suppress(OSError):  # another process sweeps too
                if path.stat().st_mtime < oldest:
                    path.unlink()


def _eligibility(body: object) -> object:
    """The eligibility text of a record as it came, None if it has none."""
    for key in ("protocolSection", "eligibilityModule", "eligibilityCriteria"):
        body = body.get(key) if isinstance(body, dict) else None
    return body


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _sync(folder: Path) -> None:
    """Make the rename itself last through a power cut, where the system can."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written(name: str, queries: Mapping[str, str], body: object, stamp: Stamp) -> bytes:
    if not (_NAME.fullmatch(name) or _BEFORE.fullmatch(name)):
        raise ValueError(name)
    if stamp.fetched.tzinfo is None:
        message = "when it was fetched has no time zone"
        raise ValueError(message)
    try:
        rest = json.dumps(body).encode()
    except (ValueError, TypeError, RecursionError):
        raise InputError(
            Problem("the registry's answer cannot be kept: it is no JSON or nested too deep", "")
        ) from None
    if len(rest) > LARGEST - _HEAD:
        problem = f"the registry's answer has {len(rest):,} bytes, too many to keep"
        raise InputError(Problem(problem, "search with narrower words"))
    head = {
        "format": _FORMAT,
        "name": name,
        "api_version": stamp.api_version,
        "data_timestamp": stamp.data_timestamp,
        "fetched": stamp.fetched.astimezone(UTC).isoformat(),
        "queries": dict(queries),
        "sha256": hashlib.sha256(rest).hexdigest(),
    }
    line = json.dumps(head).encode()
    if len(line) >= _HEAD:
        raise InputError(Problem("the search has too many words to keep its answer", "search with fewer words"))
    return line + b"\n" + rest


def _read(name: str, data: bytes) -> Kept:
    """What a file holds. Raises one of several errors if it does not agree with itself."""
    end = data.find(b"\n", 0, _HEAD)
    if end < 0 or len(data) > LARGEST:
        raise ValueError(name)
    head, rest = json.loads(data[:end]), data[end + 1 :]
    known = head["format"] == _FORMAT and head["name"] == name
    if not known or head["sha256"] != hashlib.sha256(rest).hexdigest():
        raise ValueError(name)
    version, timestamp, queries = head["api_version"], head["data_timestamp"], head["queries"]
    fetched = datetime.fromisoformat(head["fetched"])
    texts = [version, timestamp, *queries, *queries.values()]
    if fetched.tzinfo is None or not all(isinstance(text, str) for text in texts):
        raise ValueError(name)
    return Kept(name, Stamp(version, timestamp, fetched), queries, json.loads(rest))
