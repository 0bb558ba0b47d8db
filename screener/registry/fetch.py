"""Searches and single studies: from the cache if they are fresh, else from the registry, else not at all.

Nothing of a search is kept unless all of it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from screener.errors import InputError, Problem
from screener.registry.cache import Kept, Stamp, search_name, study_name
from screener.registry.faults import NetworkError
from screener.registry.read import read_study
from screener.registry.records import Record, records_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from screener.registry.cache import Cache
    from screener.registry.client import Client
    from screener.registry.queries import Query
    from screener.registry.study import Study

_NOT_AT_ALL = timedelta(-1)  # nothing is fresh enough
FRESH = timedelta(days=1)  # the registry renews its data every working day


@dataclass(frozen=True)
class Found:
    """What each query found, when, and of which state of the registry."""

    studies: dict[str, tuple[Study, ...]]
    stamp: Stamp
    skipped: tuple[Problem, ...] = ()  # records that could not be read


@dataclass(frozen=True)
class Source:
    """Where studies come from. Without a client, from the cache alone, however old."""

    cache: Cache
    client: Client | None = None
    at_most: timedelta = FRESH
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def search(
        self,
        queries: Sequence[Query],
        seen: Callable[[str, int, int | None], None] = lambda _label, _came, _total: None,
    ) -> Found:
        """All that some queries find; `seen` is told the query, how many of its studies have come, and of how many.

        Of how many is None until, and unless, the registry tells it. Raises NetworkError; the cache is then as it was.
        """
        asked = {query.label: repr(sorted(query.params.items())) for query in queries}

        def fetch(client: Client) -> tuple[dict[str, str], object]:
            body: dict[str, list[dict[str, Any]]] = {}
            for query in queries:
                records = body.setdefault(query.label, [])
                totals: list[int | None] = [None]
                seen(query.label, 0, None)
                for record in client.studies(query.params, totals.append):
                    records.append(record)
                    seen(query.label, len(records), totals[-1])
            return asked, body

        kept = self._kept(search_name(asked), fetch)
        body = kept.body if isinstance(kept.body, dict) else {}
        return _read({label: records for label, records in body.items() if isinstance(records, list)}, kept.stamp)

    def study(self, nct_id: str) -> tuple[Study, Stamp]:
        """One study, under its number of today. Raises UnknownStudyError and other NetworkErrors, InputError."""

        def fetch(client: Client) -> tuple[dict[str, str], object]:
            return {"study": nct_id}, client.study(nct_id)[1]

        kept = self._kept(study_name(nct_id), fetch)
        return read_study(kept.body), kept.stamp

    def _kept(self, name: str, fetch: Callable[[Client], tuple[dict[str, str], object]]) -> Kept:
        client = self.client
        if client is None:
            kept = self.cache.get(name)
            if kept is None:
                raise NetworkError(
                    Problem(
                        "nothing is kept of this",
                        "ask the registry when it can be reached (without --offline), or name a file with --input",
                    )
                )
            return kept

        def ask() -> Kept:
            version, data = client.version()
            queries, body = fetch(client)
            return Kept(name, Stamp(version, data, self.now()), queries, body)

        return self.cache.newest(name, ask, self.now(), self.at_most)


def keep_saved(cache: Cache, saved: Iterable[tuple[Study, object]], fetched: datetime) -> set[str]:
    """Keep records of a saved file, each as its study's; gives the numbers of those kept.

    One that is older than what is kept of its study is left out. Raises NoInputError if the cache cannot be read or
    written, InputError if a record cannot be kept.
    """
    numbers: set[str] = set()
    for study, body in saved:
        name = study_name(study.nct_id)
        mine = Record(study, Stamp("", "", fetched))
        earlier = cache.get(name)
        if not earlier or all(record.age <= mine.age for record in records_in(earlier)):
            stamp = Stamp("", mine.data_day, fetched)
            cache.newest(name, partial(Kept, name, stamp, {"study": study.nct_id}, body), fetched, _NOT_AT_ALL)
            numbers.add(study.nct_id)
    return numbers


def _read(found: dict[str, list[object]], stamp: Stamp) -> Found:
    studies: dict[str, tuple[Study, ...]] = {}
    skipped: list[Problem] = []
    for label, records in found.items():
        studies[label] = tuple(_readable(records, skipped))
    return Found(studies, stamp, tuple(dict.fromkeys(skipped)))


def _readable(records: Iterable[object], skipped: list[Problem]) -> Iterable[Study]:
    for record in records:
        try:
            yield read_study(record)
        except InputError as error:
            skipped += error.problems
