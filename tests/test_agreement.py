"""The evaluator and the SQL, made from the same rules apart from each other, say the same.

AGREE=5000 pytest tests/test_agreement.py -k random tries as many sets of random trials and patients, other ones each
time.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from screener.catalog import criteria_folder, load_catalog
from tests.aimed import screenings
from tests.strategies import DICTIONARY
from tests.warehouse import disagreements, duckdb_rows, numbered, shipped_patients

if TYPE_CHECKING:
    from screener.model import Patient, Trial

CATALOG = load_catalog(criteria_folder())
ASKED = int(os.environ.get("AGREE", "0"))
of_every_trial = pytest.mark.parametrize("trial", CATALOG.trials, ids=[trial.id for trial in CATALOG.trials])


@of_every_trial
def test_every_shipped_case(trial: Trial) -> None:
    patients = shipped_patients(trial, CATALOG)
    found = duckdb_rows([trial], patients, CATALOG.dictionary)
    assert not disagreements(found, [trial], patients, CATALOG.dictionary)


def test_all_trials_in_one_query_say_what_each_says_in_its_own() -> None:
    patients = numbered(patient for trial in CATALOG.trials for patient in shipped_patients(trial, CATALOG)[::24])
    together = duckdb_rows(CATALOG.trials, patients, CATALOG.dictionary)
    apart = [duckdb_rows([trial], patients, CATALOG.dictionary) for trial in CATALOG.trials]
    assert any(trial.is_profile for trial in CATALOG.trials)
    assert together == [row for rows in zip(*apart, strict=True) for row in rows]


@settings(max_examples=ASKED or 60, derandomize=not ASKED, suppress_health_check=list(HealthCheck))
@given(screenings())
def test_random_trials_and_patients(screening: tuple[list[Trial], list[Patient]]) -> None:
    trials, patients = screening
    found = duckdb_rows(trials, patients, DICTIONARY)
    assert not disagreements(found, trials, patients, DICTIONARY)
