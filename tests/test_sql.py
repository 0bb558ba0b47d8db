"""The SQL that is printed: made for every trial in every dialect, always the same, and with nothing from a rule file
that reaches beyond its own literal; and what docs/sql.md says of it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from screener.catalog import criteria_folder, load_catalog
from screener.model import Patient
from screener.sql import DIALECTS, Dialect, Query
from tests.program import Program
from tests.rule_text import TODAY, criterion_text, trial_of
from tests.strategies import DICTIONARY
from tests.warehouse import HOSTILE, disagreements, duckdb_rows, hostile_trial

if TYPE_CHECKING:
    from screener.model import Trial

CATALOG = load_catalog(criteria_folder())
DOCUMENT = (Path(__file__).parents[1] / "docs" / "sql.md").read_text(encoding="utf-8")
of_every_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))


# ---------------------------------------------------------------- every trial, every dialect


@of_every_dialect
@pytest.mark.parametrize("trial", CATALOG.trials, ids=[trial.id for trial in CATALOG.trials])
def test_every_trial_is_said_in_every_dialect(trial: Trial, dialect: Dialect) -> None:
    text = Query([trial], CATALOG.dictionary, dialect).sql()
    words = set(re.findall(r"'([^']*)'", text))
    assert {criterion.id for criterion in trial.criteria if criterion.test} <= words
    assert {trial.id, "no match", "not yet", "undecided", "match"} <= words


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_is_the_same_in_every_process(dialect: str) -> None:
    texts = {
        subprocess.run(
            [sys.executable, "-m", "screener", "sql", "--dialect", dialect],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
    assert texts.pop().strip().endswith(b";")


def test_layers_of_postgres_are_not_written_into_each_other() -> None:
    """Its planner would else copy each layer into all that use it, until the memory is full."""
    text = Query(CATALOG.trials[:1], CATALOG.dictionary, DIALECTS["postgres"]).sql()
    assert text.count(" AS MATERIALIZED (\n") == len(re.findall(r"^(?:WITH )?\w+ AS .*\($", text, re.MULTILINE)) > 10


# ---------------------------------------------------------------- what a dialect must say


def test_a_dialect_that_leaves_something_out_is_none() -> None:
    class Without(Dialect):
        name = "without"

    with pytest.raises(TypeError, match="abstract methods every, flat"):
        Without()  # type: ignore[abstract]


def test_the_command_refuses_a_dialect_that_there_is_not(tmp_path: Path) -> None:
    ran = Program(tmp_path, criteria_folder()).run("sql", "--dialect", "postgre", "-t", "NCT02414269")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no SQL dialect `postgre`" in ran.err
    assert "postgres" in ran.err


# ---------------------------------------------------------------- hostile ids


def test_ids_come_out_of_the_database_as_they_stand_in_the_rules() -> None:
    trial = hostile_trial(DICTIONARY)
    patients = [Patient("P-1", TODAY, {})]
    found = duckdb_rows([trial], patients, DICTIONARY)
    assert found[0]["unknown_ids"] == " ".join(HOSTILE)
    assert not disagreements(found, [trial], patients, DICTIONARY)


@pytest.mark.parametrize("text", HOSTILE)
@of_every_dialect
def test_a_literal_ends_where_it_should(dialect: Dialect, text: str) -> None:
    """Read as each database's own manual has it: a quote is doubled, in Spark a backslash escapes."""
    literal = dialect.string(text)
    form = r"'(?:[^'\\]|\\.)*'" if dialect.name == "spark" else r"'(?:[^']|'')*'"
    assert re.fullmatch(form, literal)
    inside = literal[1:-1]
    if dialect.name == "spark":
        assert "${" not in literal  # Spark would write a setting in its place
        assert re.sub(r"\\(u0024|.)", lambda found: "$" if found[1] == "u0024" else found[1], inside) == text
    else:
        assert inside.replace("''", "'") == text


# ---------------------------------------------------------------- docs/sql.md


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)


def documented() -> Query:
    [rules] = blocks("yaml")
    criteria = (criterion_text(line, name=f"C-{place}") for place, line in enumerate(rules.splitlines(), 1))
    return Query([trial_of(DICTIONARY, *criteria)], DICTIONARY, DIALECTS["duckdb"])


def test_the_columns_are_those_of_the_trial_in_the_document() -> None:
    columns, fields, _ = blocks("text")
    query = documented()
    assert columns == "".join(f"{each.name}: {each.kind.value}, {each.means}\n" for each in query.columns.all)
    assert fields == "".join(f"{name}: {kind.value}\n" for name, kind in query.columns.treatment_fields)


def test_the_table_filled_as_the_document_says_gives_what_it_says() -> None:
    query = documented()
    [fill] = blocks("sql")
    with duckdb.connect() as connection:
        connection.execute(fill)
        rows = connection.sql(f"{query.sql()} ORDER BY patient_id").to_arrow_table().to_pylist()
    said = []
    for row in rows:
        words = [row["patient_id"], row["verdict"], *([f"{row['eligible_from']}"] if row["eligible_from"] else [])]
        said.append(" ".join([*words, *([f"(unknown: {row['unknown_ids']})"] if row["unknown_ids"] else [])]))
    assert blocks("text")[2] == "".join(f"{line}\n" for line in said)


def test_the_dialects_of_the_document_are_those_of_the_program() -> None:
    assert re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE) == list(DIALECTS)
