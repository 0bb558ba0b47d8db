"""Input that once broke the program, and must not again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.program import COMMAND, SMALL_CRITERIA, Program

if TYPE_CHECKING:
    from pathlib import Path

PERSON = "patient: S-1\nas_of: 2026-11-22\nfacts:\n  age: 61\n"


@pytest.fixture
def small(tmp_path: Path) -> Program:
    program = Program(tmp_path, SMALL_CRITERIA)
    program.write("p.yaml", PERSON)
    return program


def test_a_reader_that_goes_away_is_exit_0_not_the_1_of_findings(small: Program) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        command = [*COMMAND, "screen", "p.yaml"]
        done = subprocess.run(command, stdout=pipe, cwd=small.folder, env=small.environment, check=False)
    assert done.returncode == 0


def test_a_line_break_in_a_patients_text_forges_no_line_of_the_table(small: Program) -> None:
    small.write("f.yaml", PERSON.replace("patient: S-1", r'patient: "S-1\nNCT00000001  match  fit score 100"'))
    assert not re.search(r"^NCT00000001  match", small.run("screen", "f.yaml").out, re.MULTILINE)


def test_half_a_surrogate_pair_is_not_an_internal_failure(small: Program) -> None:
    ran = small.run("screen", "-", "-o", "out.txt", stdin=r'{"patient": "\ud83d", "facts": {"age": 61}}')
    assert ran.code in {0, 65}


def test_bytes_that_are_not_utf_8_in_a_pipe_are_not_an_internal_failure(small: Program) -> None:
    ran = small.run("interview", "--session", "s.jsonl", stdin=b"61\n1\n180\n28\n40\nm\ncaf\xe9\n\n\n\nnever\n.\n")
    assert ran.code != 70


def test_a_dictionary_without_karnofsky_can_screen_ecog(tmp_path: Path) -> None:
    rules = tmp_path / "criteria"
    shutil.copytree(SMALL_CRITERIA, rules)
    for path in rules.rglob("*.yaml"):
        path.write_text(path.read_text().replace("toxicity_grade", "ecog"))
    program = Program(tmp_path, rules)
    program.write("p.yaml", PERSON)
    assert program.run("screen", "p.yaml").code == 0


def test_an_output_that_is_no_regular_file_is_written_to_not_replaced(small: Program) -> None:
    real = small.write("real.txt", "")
    (small.folder / "link.txt").symlink_to(real)
    small.run("screen", "p.yaml", "-o", "link.txt")
    assert (small.folder / "link.txt").is_symlink()
    assert real.read_text() != ""


def test_an_empty_session_file_begins_a_session(small: Program) -> None:
    small.write("s.jsonl", "")  # as mktemp makes it, or a kill between creating and writing
    assert small.run("interview", "--session", "s.jsonl", stdin="61\n").code == 3


def test_a_session_torn_in_its_first_line_can_begin_anew(small: Program) -> None:
    small.write("s.jsonl", '{"event": "sta')
    assert small.run("interview", "--session", "s.jsonl", stdin="61\n").code == 3


@pytest.mark.parametrize(
    "facts",
    [
        "  prior_therapies:\n    [cisplatin, Xanthippe, {agent: x, last_dose: 2030-01-01}]\n",
        "  prior_therapies: [cisplatin,\n    Xanthippe, {agent: x, last_dose: 2030-01-01}]\n",
    ],
)
def test_the_excerpt_masks_values_that_stand_before_the_first_colon(small: Program, facts: str) -> None:
    ran = small.run("screen", "-", stdin=PERSON + facts)
    assert ran.code == 65
    assert "Xanthippe" not in ran.err


def test_no_input_asks_no_question(small: Program) -> None:
    assert "How old is the patient?" not in small.run("interview", "--no-input", "--session", "s.jsonl").err


def test_a_plain_line_of_a_script_may_hold_treatments_with_their_last_dose(small: Program) -> None:
    small.write("a.txt", "61\n1\n180\n28\n40\nm\nnivolumab: 2026-10-25\nnever\n")
    assert small.run("interview", "--answers", "a.txt", "--session", "s.jsonl").code == 0


def test_the_command_to_go_on_can_be_pasted(small: Program) -> None:
    ran = small.run("interview", "--session", "my session.jsonl", stdin="61\n")
    assert "--session 'my session.jsonl'" in ran.err


def test_a_prompt_leaves_room_for_the_answer_in_80_columns(small: Program) -> None:
    ran = small.run("interview", "--session", "s.jsonl", stdin="61\n1\n180\n28\n40\nm\nnivolumab\n\n\n.\n")
    prompts = [line for line in ran.err.splitlines() if line.rstrip().endswith(">")]
    assert all(len(prompt) <= 68 for prompt in prompts)


def test_a_broken_control_character_is_not_raw_in_json(small: Program) -> None:
    ran = small.run("screen", "-", "-f", "json", stdin=PERSON.replace("S-1", r'"S\x9b31m"'))
    assert "\x9b" not in ran.out
