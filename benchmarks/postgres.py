"""Whether a real PostgreSQL says what the evaluator says: every shipped case of every trial.

It runs `psql`, which takes the server from PGHOST, PGPORT, PGUSER and PGDATABASE, in a schema of its own that is gone
at the end. Treatments are an array of a composite type. Run from the repository root:

    python -m benchmarks.postgres [--random N]

With --random, that many sets of random trials and patients as well. It ends with 1 if anything differs.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings

from screener.catalog import criteria_folder, load_catalog
from screener.model import Patient
from screener.sql import DIALECTS, Columns, Kind, Query
from tests.aimed import screenings
from tests.warehouse import Row, disagreements, hostile_trial, plain, shipped_patients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.model import Dictionary, Trial

_SCHEMA = "screener_agreement"
_DIALECT = DIALECTS["postgres"]
_TYPES = {Kind.LIST: "treatment[]"}


def literal(value: object, columns: Columns) -> str:
    """A value of the typed intake as PostgreSQL reads it."""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case date():
            return _DIALECT.day(value)
        case dict():
            return f"ROW({', '.join(literal(value[name], columns) for name, _ in columns.treatment_fields)})::treatment"
        case list():
            return f"ARRAY[{', '.join(literal(item, columns) for item in value)}]::treatment[]"
        case str():
            return _DIALECT.string(value)
        case _:
            return str(value)


def script(query: Query, patients: Sequence[Patient]) -> str:
    """The table `intake` filled with patients, and what the query finds in it, as CSV."""
    columns = query.columns
    fields = ", ".join(f"{name} {kind.value}" for name, kind in columns.treatment_fields)
    named = ", ".join(f"{column.name} {_TYPES.get(column.kind, column.kind.value)}" for column in columns.all)
    rows = [columns.row(patient) for patient in patients]
    values = (", ".join(literal(cell, columns) for cell in row.values()) for row in rows)
    inserts = [f"INSERT INTO intake VALUES ({cells});" for cells in values]  # noqa: S608 - literals of its own
    return "\n".join(
        [
            "\\set ON_ERROR_STOP on",
            "BEGIN;",
            f"CREATE SCHEMA {_SCHEMA}; SET LOCAL search_path TO {_SCHEMA};",
            f"CREATE TYPE treatment AS ({fields});",
            f"CREATE TABLE intake (patient_id TEXT, as_of DATE{', ' if named else ''}{named});",
            *inserts,
            "\\pset format csv",
            f"{query.sql()};",
            "ROLLBACK;",
        ]
    )


def postgres_rows(trials: Sequence[Trial], patients: Sequence[Patient], dictionary: Dictionary) -> list[Row]:
    """One row for each patient and trial, in whatever order."""
    psql = shutil.which("psql") or "psql"
    text = script(Query(trials, dictionary, _DIALECT), patients)
    ran = subprocess.run([psql, "-X", "-q", "-f", "-"], input=text, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"psql ended with {ran.returncode}: {ran.stderr.strip()[-2000:]}")
    found = []
    for row in csv.DictReader(io.StringIO(ran.stdout)):
        typed: Row = dict(row)
        typed |= {name: int(row[name]) for name in ("met", "not_met", "unknown")}
        typed |= {name: row[name] or None for name in ("score", "score_low", "score_high")}
        typed["eligible_from"] = date.fromisoformat(row["eligible_from"]) if row["eligible_from"] else None
        found.append(plain(typed))
    return found


def main() -> None:
    """Compare, and say what was compared."""
    parser = argparse.ArgumentParser(description="PostgreSQL beside the evaluator")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="sets of random trials and patients")
    count = parser.parse_args().random
    catalog = load_catalog(criteria_folder())
    hostile, nobody = [hostile_trial(catalog.dictionary)], [Patient("P-1", date(2026, 11, 22), {})]
    found = postgres_rows(hostile, nobody, catalog.dictionary)
    differ = len(disagreements(found, hostile, nobody, catalog.dictionary))
    print(f"ids that hold quotes and backslashes: {differ} differ")
    for trial in catalog.trials:
        patients = shipped_patients(trial, catalog)
        found = postgres_rows([trial], patients, catalog.dictionary)
        apart = disagreements(found, [trial], patients, catalog.dictionary)
        print(f"{trial.id}: {len(patients)} cases, {len(apart)} differ", *apart[:3], sep="\n  " if apart else "")
        differ += len(apart)

    rows = 0

    quiet = list(HealthCheck)

    @settings(
        max_examples=max(count, 1),
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=quiet,
    )
    @given(screenings())
    def at_random(screening: tuple[list[Trial], list[Patient]]) -> None:
        nonlocal differ, rows
        trials, patients = screening
        apart = disagreements(postgres_rows(trials, patients, catalog.dictionary), trials, patients, catalog.dictionary)
        rows += len(trials) * len(patients)
        differ += len(apart)
        print(*apart, sep="\n", end="\n" if apart else "")

    if count:
        at_random()
        print(f"{count} sets of random trials and patients, {rows} rows")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
