"""The evaluator and the SQL in Spark's dialect say the same, in a Spark of its own on this machine. It needs Java."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from screener.catalog import criteria_folder, load_catalog
from screener.model import Patient
from tests.aimed import screenings
from tests.rule_text import TODAY
from tests.small_screenings import SMALL
from tests.strategies import DICTIONARY
from tests.warehouse import disagreements, hostile_trial, shipped_patients, spark_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from screener.model import Trial

pytestmark = pytest.mark.xdist_group("spark")  # one Spark at a time
CATALOG = load_catalog(criteria_folder())
WAITS = ("what need not be waited for", "what lies between", "what runs out meanwhile")  # NULL lists among others
ASKED = int(os.environ.get("AGREE_SPARK", "0"))
# Nearly all of the time goes into planning. To compile a query into code that runs once costs more than it saves, and
# so does Java's second compiler; what the query means is the same.
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - the whole module without it still says what is wanting

    builder = SparkSession.builder.master("local[2]").appName("agreement")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def test_it_is_spark_as_it_comes(spark: SparkSession) -> None:
    assert spark.conf.get("spark.sql.ansi.enabled") == "true"


@pytest.mark.parametrize("trial", CATALOG.trials, ids=[trial.id for trial in CATALOG.trials])
def test_every_shipped_case(spark: SparkSession, trial: Trial) -> None:
    patients = shipped_patients(trial, CATALOG)
    assert not disagreements(spark_rows([trial], patients, DICTIONARY, spark), [trial], patients, DICTIONARY)


@pytest.mark.parametrize("name", WAITS)
def test_small_screenings(spark: SparkSession, name: str) -> None:
    trial, patients = SMALL[name].trial(), SMALL[name].patients()
    assert not disagreements(spark_rows([trial], patients, DICTIONARY, spark), [trial], patients, DICTIONARY)


def test_ids_come_out_as_they_stand_in_the_rules(spark: SparkSession) -> None:
    trial, patients = hostile_trial(DICTIONARY), [Patient("P-1", TODAY, {})]
    assert not disagreements(spark_rows([trial], patients, DICTIONARY, spark), [trial], patients, DICTIONARY)


@settings(
    max_examples=ASKED or 3,
    derandomize=not ASKED,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(screenings(patients=40))
def test_random_trials_and_patients(spark: SparkSession, screening: tuple[list[Trial], list[Patient]]) -> None:
    trials, patients = screening
    assert not disagreements(spark_rows(trials, patients, DICTIONARY, spark), trials, patients, DICTIONARY)
