"""The rules in SQL, run on patients, beside what the evaluator says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from screener.batch.typed import typed_table
from screener.cases import compile_cases
from screener.evaluate import screen_trial
from screener.model import Outcome
from screener.source import load
from screener.sql import DIALECTS, Query
from tests.rule_text import criterion_text, trial_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyspark.sql import SparkSession

    from screener.catalog import Catalog
    from screener.model import Dictionary, Patient, Trial

Row = dict[str, Any]
# What literals end with, and what databases and formats take for their own.
HOSTILE = ("it's", 'a "name"', "back\\", "\\' OR 1=1 --", "'); DROP TABLE intake; --", "/* */ $$ ${x} {y} %s", "ünï")


def numbered(patients: Iterable[Patient]) -> list[Patient]:
    """The same patients, told apart by their ids."""
    return [replace(patient, id=f"{number:06d}") for number, patient in enumerate(patients)]


def shipped_patients(trial: Trial, catalog: Catalog) -> list[Patient]:
    """The patients of a trial's shipped cases."""
    cases = compile_cases(load(catalog.cases_path(trial)), trial, catalog.dictionary)
    return [replace(case.patient, id=f"{trial.id} {case.name}") for case in cases]


def hostile_trial(dictionary: Dictionary) -> Trial:
    """A trial of such ids."""
    made = trial_of(
        dictionary, *(criterion_text("include: consent", name=f"C-{place}") for place in range(len(HOSTILE)))
    )
    criteria = tuple(replace(criterion, id=text) for criterion, text in zip(made.criteria, HOSTILE, strict=True))
    return replace(made, id="".join(HOSTILE), criteria=criteria)


def duckdb_rows(trials: Sequence[Trial], patients: Sequence[Patient], dictionary: Dictionary) -> list[Row]:
    """One row for each patient and trial, patient by patient."""
    query = Query(trials, dictionary, DIALECTS["duckdb"])
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("intake", typed_table(patients, query.columns))
        found: list[Row] = connection.sql(query.sql()).to_arrow_table().to_pylist()
    return [plain(row) for row in found]


def spark_rows(
    trials: Sequence[Trial], patients: Sequence[Patient], dictionary: Dictionary, spark: SparkSession
) -> list[Row]:
    """The same from Spark, in whatever order."""
    query = Query(trials, dictionary, DIALECTS["spark"])
    spark.createDataFrame(typed_table(patients, query.columns)).coalesce(1).createOrReplaceTempView("intake")
    return [plain(row.asDict()) for row in spark.sql(query.sql()).collect()]


def plain(row: Row) -> Row:
    """A row as it can be compared: numbers of one type, missing facts in any order."""
    scores = {name: None if row[name] is None else float(row[name]) for name in ("score", "score_low", "score_high")}
    return row | scores | {"missing_facts": sorted(row["missing_facts"].split())}


def evaluated(trial: Trial, patient: Patient, dictionary: Dictionary) -> Row:
    """The same row, as the evaluator has it."""
    result = screen_trial(trial, patient, dictionary)
    score = result.total.score
    low, high = (None, None) if score is None else (float(round(score.low, 1)), float(round(score.high, 1)))
    ids = {
        outcome: [item.criterion.id for item in result.criteria if item.outcome is outcome]
        for outcome in (Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN)
    }
    return {
        "patient_id": patient.id,
        "trial_id": trial.id,
        "verdict": result.verdict.value,
        "eligible_from": result.eligible_from,
        "score": low,
        "score_low": low,
        "score_high": high,
        "met": len(ids[Outcome.MET]),
        "not_met": len(ids[Outcome.NOT_MET]),
        "unknown": len(ids[Outcome.UNKNOWN]),
        "not_met_ids": " ".join(ids[Outcome.NOT_MET]),
        "unknown_ids": " ".join(ids[Outcome.UNKNOWN]),
        "missing_facts": sorted(result.missing_facts),
    }


def disagreements(
    found: Iterable[Row], trials: Sequence[Trial], patients: Sequence[Patient], dictionary: Dictionary
) -> list[tuple[str, str, dict[str, tuple[Any, Any]]]]:
    """Where a database and the evaluator differ: patient, trial, and of each column what both say."""
    rows = {(row["patient_id"], row["trial_id"]): row for row in found}
    assert len(rows) == len(patients) * len(trials)
    differ = []
    for patient in patients:
        for trial in trials:
            row, said = rows[patient.id, trial.id], evaluated(trial, patient, dictionary)
            assert row.keys() == said.keys()
            if row != said:
                apart = {name: (row[name], said[name]) for name in said if row[name] != said[name]}
                differ.append((patient.id, trial.id, apart))
    return differ
