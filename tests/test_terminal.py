"""One whole interview at a plain terminal of 80 columns and 24 lines, held at once and held with kills."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pexpect
import pytest

from screener.catalog import criteria_folder, load_dictionary
from tests.program import Program
from tests.talks import one_line
from tests.test_interview import BESIDE, Terminal, answers, events

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TRIAL = "NCT05568680"  # as it ships
TOLD = {
    "age": "61",
    "tumor_type": "pleural mesothelioma",
    "histology": "epithelioid",
    "stage_extent": "unresectable",
    "pathology_confirmed": "yes",
    "measurable_disease": "yes",
    "ecog": "1",
    "prior_systemic_lines": "2",
    "prior_gene_engineered_t_cells": "no",
    "hematologic_malignancy": "none",
    "second_malignancy": "none",
    "autoimmune_disease": "none",
    "immunodeficiency": "no",
    "hiv": "negative",
    "hbv": "negative",
    "hcv": "negative",
}
KILLED_AFTER = (3, 7, 12)


@pytest.fixture(scope="module")
def questions() -> dict[str, str]:
    """The fact that each question asks for."""
    facts = load_dictionary(criteria_folder()).facts.values()
    return {one_line(fact.question): fact.id for fact in facts}


def fact_of(said: str, questions: Mapping[str, str]) -> str | None:
    text = one_line(said)
    found = [fact for question, fact in questions.items() if question in text]
    return found[0] if found else None


def hold(terminal: Terminal, questions: Mapping[str, str], keys: tuple[str, ...] = ()) -> Iterator[str]:
    """Answer question after question, each after these keys, and give the fact that is asked for before answering."""
    while (said := terminal.await_prompt()) is not None:
        fact = fact_of(said, questions)
        if fact is None:
            assert "Every verdict is settled" in said
            terminal.process.sendline("")
            continue
        yield fact
        for key in keys:
            terminal.process.sendline(key)
            assert terminal.await_prompt()
        terminal.process.sendline(TOLD.get(fact, "-"))


def at_terminal(folder: Path) -> Terminal:
    words = ("interview", "-t", TRIAL, "--session", "s.jsonl", "-o", "s.yaml", *BESIDE)
    return Terminal(folder, *words, criteria=None)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, questions: dict[str, str]) -> tuple[Path, Terminal]:
    """A whole interview, with the help and the board at every question, and the folder of its files."""
    folder = tmp_path_factory.mktemp("whole")
    terminal = at_terminal(folder)
    asked = list(hold(terminal, questions, ("?", "!")))
    assert terminal.end() == 0
    assert len(asked) == len(set(asked)) == len(answers(folder, "s"))
    return folder, terminal


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, questions: dict[str, str]) -> tuple[Path, Terminal]:
    """The same interview, killed after some answers and gone on with each time, and its last part."""
    folder = tmp_path_factory.mktemp("killed")
    kept, pending = b"", ""
    for number in KILLED_AFTER:
        terminal = at_terminal(folder)
        for fact in hold(terminal, questions):
            assert pending in {"", fact}  # the question that was open is asked again
            pending = ""
            if len(events(folder / "s.jsonl")) == number + 1:
                pending = fact
                terminal.process.kill(9)
                terminal.process.expect(pexpect.EOF)
                break
        left = (folder / "s.jsonl").read_bytes()
        assert left.startswith(kept)
        kept = left
        assert kept.count(b"\n") == number + 1
    terminal = at_terminal(folder)
    assert next(iter(hold(terminal, questions))) == pending
    terminal.process.sendline(TOLD[pending])
    list(hold(terminal, questions))
    assert terminal.end() == 0
    return folder, terminal


def test_a_whole_interview_fits_into_80_columns_without_escape_sequences(whole: tuple[Path, Terminal]) -> None:
    _, terminal = whole
    assert TRIAL in terminal.shown
    assert "\x1b" not in terminal.shown
    assert [line for line in terminal.shown.splitlines() if len(line) > 80] == []


def test_help_and_board_answer_at_every_question(whole: tuple[Path, Terminal], questions: dict[str, str]) -> None:
    folder, terminal = whole
    asked = len(answers(folder, "s"))
    assert len(re.findall(r"^  Why: ", terminal.shown, re.MULTILINE)) == asked
    assert len(re.findall(rf"^  {TRIAL} undecided", terminal.shown, re.MULTILINE)) == asked
    assert set(answers(folder, "s")) <= set(questions.values())


def test_the_patient_file_of_a_whole_interview_gives_the_same_result(whole: tuple[Path, Terminal]) -> None:
    folder, terminal = whole
    ran = Program(folder, variables={"COLUMNS": "80"}).run("screen", "s.yaml", "-t", TRIAL)
    assert (ran.code, ran.err) == (0, "")
    assert f"{TRIAL}  match" in ran.out
    assert ran.out in terminal.shown.replace("\r\n", "\n")


def test_a_kill_after_any_answer_loses_nothing(whole: tuple[Path, Terminal], killed: tuple[Path, Terminal]) -> None:
    assert answers(killed[0], "s") == answers(whole[0], "s")
    assert list(answers(killed[0], "s")) == list(answers(whole[0], "s"))  # in the same order
    assert f"Going on from s.jsonl: {KILLED_AFTER[-1]} answers so far." in killed[1].shown
    result = killed[1].shown[killed[1].shown.index("Patient s, screened as of") :]
    assert result in whole[1].shown
