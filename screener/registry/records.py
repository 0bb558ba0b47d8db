"""The records kept on this machine, whichever answer they came in: the newest of each study, beside the rule files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.errors import InputError
from screener.registry.classify import classify
from screener.registry.read import read_study

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from screener.model import Trial
    from screener.registry.cache import Cache, Kept, Stamp
    from screener.registry.study import Study

_STUDY = "study-"
_RECRUITING = "RECRUITING"


@dataclass(frozen=True, slots=True)
class Record:
    """A study as it was kept, and where that answer comes from."""

    study: Study
    stamp: Stamp

    @property
    def data_day(self) -> str:
        """The day of the registry's data: the record's own, else that of the answer it came in; "" if neither says."""
        return _day(self.study.version) or _day(self.stamp.data_timestamp[:10])

    @property
    def age(self) -> tuple[str, str]:
        """What tells the newer of two records of a study: it is greater."""
        return self.data_day, self.stamp.fetched.isoformat()

    @property
    def recruiting_sites(self) -> int:
        """How many of its sites are stated to recruit."""
        return sum(site.status == _RECRUITING for site in self.study.sites)


@dataclass(frozen=True, slots=True)
class Entry:
    """A study known here by its rules, by a record, or by both: one of the two may be None."""

    trial: Trial | None
    record: Record | None

    @property
    def name(self) -> str:
        """The number that its rules stand under, else that of the record; of a profile, its name."""
        return self.trial.id if self.trial else self.record.study.nct_id if self.record else ""

    @property
    def title(self) -> str:
        """The title of the rule file, else that of the record."""
        return self.trial.title if self.trial else self.record.study.brief_title if self.record else ""


def kept_records(cache: Cache) -> dict[str, Record]:
    """The newest record of each study, by its NCT number and by those it had before. Unreadable ones are left out."""
    found: dict[str, Record] = {}
    for kept in cache.every():
        # The number asked for may be one that the registry has led on from without saying so in the record.
        asked = (kept.name.removeprefix(_STUDY).removesuffix(".json"),) if kept.name.startswith(_STUDY) else ()
        for record in records_in(kept):
            for name in (record.study.nct_id, *record.study.aliases, *asked):
                if name not in found or found[name].age < record.age:
                    found[name] = record
    return found


def records_in(kept: Kept) -> Iterator[Record]:
    """The records of an answer, without those that cannot be read."""
    for body in _bodies(kept):
        try:
            study = read_study(body)
        except InputError:
            continue
        yield Record(study, kept.stamp)


def entries(trials: Iterable[Trial], records: Mapping[str, Record]) -> tuple[tuple[Entry, ...], int]:
    """The trials with rules in their order, then the kept studies without rules; and how many studies are left out.

    Left out is what `classify` drops: a search brings much that is no cell therapy for mesothelioma.
    """
    ruled = [Entry(trial, records.get(trial.id)) for trial in trials]
    shown = {entry.record.study.nct_id for entry in ruled if entry.record}
    others = [records[name] for name in sorted(records) if records[name].study.nct_id == name and name not in shown]
    kept = [Entry(None, record) for record in others if classify(record.study).is_kept]
    return (*ruled, *kept), len(others) - len(kept)


def entry_of(name: str, trials: Iterable[Trial], records: Mapping[str, Record]) -> Entry | None:
    """The study of a number of today or of before, or the profile of a name; None if it is known by nothing."""
    rules = {trial.id: trial for trial in trials}
    wanted = name.upper() if name.lower().startswith("nct") else name
    record = records.get(wanted)
    if record is None:
        return Entry(rules[wanted], None) if wanted in rules else None
    numbers = (wanted, record.study.nct_id, *record.study.aliases)
    return Entry(next((rules[number] for number in numbers if number in rules), None), record)


def _bodies(kept: Kept) -> Iterator[object]:
    """The records of an answer: of a study, or of a search with a list for each query."""
    if kept.name.startswith(_STUDY):
        yield kept.body
    elif isinstance(kept.body, dict):
        for records in kept.body.values():
            if isinstance(records, list):
                yield from records


def _day(text: str) -> str:
    """The text if it is a day; what is none must not pass for the newest."""
    try:
        return text if str(date.fromisoformat(text)) == text else ""
    except ValueError:
        return ""
