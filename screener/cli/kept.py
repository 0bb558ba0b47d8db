"""What earlier fetches have left on this machine, as the other commands use it. Nothing is asked of anyone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import NoInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.catalog import Catalog
    from screener.cli.settings import Settings
    from screener.model import Trial
    from screener.registry.cache import Cache
    from screener.registry.records import Record
    from screener.travel import Centers


def user_cache() -> Cache:
    """The user's cache of the registry's answers."""
    from screener.registry.cache import Cache, cache_folder

    return Cache(cache_folder(None, os.environ, Path.home()))


def read_kept(settings: Settings) -> dict[str, Record]:
    """The newest record of each study. A cache that cannot be read is told, and no reason to do without the rest."""
    from screener.registry.records import kept_records

    cache = user_cache()
    records: dict[str, Record] = {}
    try:
        records = kept_records(cache)
    except NoInputError as error:
        cache.problems += error.problems
    settings.note(cache.problems)
    return records


def centers_of(settings: Settings, trials: Iterable[Trial]) -> dict[str, Centers]:
    """The sites of each trial: as the newest record kept has them, else those that the rule file names."""
    from screener.travel import seen_centers

    records = settings.records
    return {
        trial.id: _centers(records[trial.id]) if trial.id in records else seen_centers(trial)
        for trial in trials
        if trial.id in records or trial.sites
    }


def with_kept_studies(settings: Settings, catalog: Catalog, names: Iterable[str]) -> Catalog:
    """The trials named. One without rules here, whose record is kept, is a trial on what the record states in fields.

    A study is found by the numbers that it had before, too. Raises UsageError.
    """
    from screener.registry.unruled import trial_of

    known = {trial.id for trial in catalog.trials}
    wanted = [name.upper() if name.lower().startswith("nct") else name for name in names]
    records = settings.records if set(wanted) - known else {}
    found = {name: records[name] for name in wanted if name not in known and name in records}
    unruled = {record.study.nct_id: record for record in found.values() if record.study.nct_id not in known}
    studies = tuple(trial_of(record, catalog.dictionary) for record in unruled.values())
    every = replace(catalog, trials=(*catalog.trials, *studies))
    today = [found[name].study.nct_id if name in found else name for name in wanted]
    return replace(every, trials=every.choose(today))


def _centers(record: Record) -> Centers:
    from screener.travel import Center, Centers

    sites = tuple(
        Center(site.facility, site.city, site.state, site.country, site.status, site.latitude, site.longitude)
        for site in record.study.sites
    )
    return Centers(sites, record.data_day, are_all=True)
