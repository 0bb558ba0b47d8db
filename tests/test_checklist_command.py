"""`screener checklist` as scripts and people call it: formats, papers, gates, files, refusals and exit codes."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import subprocess
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from tests.program import COMMAND, EXAMPLE, REPOSITORY, SMALL_CRITERIA, Call, Program, Ran

if TYPE_CHECKING:
    from pathlib import Path

TRIAL, PROFILE, SMALL, DAY = "NCT04577326", "solid_tumor_car_t", "NCT00000001", "2026-11-22"
FILLED = ["checklist", TRIAL, "--patient", EXAMPLE]  # of the rules that are shipped
BLANK = ["checklist", SMALL, "--as-of", DAY]  # of the small ones, which are read in no time
OF_PERSON = ["checklist", SMALL, "--patient", "person.yaml"]
PERSON = """\
patient: S-1
as_of: 2026-11-22
facts:
  age: 61
  prior_therapies: [{agent: nivolumab, last_dose: 2026-10-25}]
  platelets: 180 K/uL
  ast: {value: 28 U/L, uln: 40 U/L, date: 2026-11-16}
"""
NAMELESS = "as_of: 2026-11-22\nfacts:\n  age: 61\n"
BAD = "patient: BAD-1\nas_of: 2026-11-22\nfacts:\n  age: 61\n  platelets: 180 g/dL\n"
FORMATS = ("html", "md", "text", "pdf")
TEXTS = ("html", "md", "text")
GATES = ("enrollment", "leukapheresis", "lymphodepletion", "infusion")
WASHOUT = "Last checkpoint inhibitor at least 42 days before the infusion"
FIX = "These answers could not be read and count as unknown."


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """The example patient and the rules that are shipped."""
    program = Program(tmp_path_factory.mktemp("shipped"))
    calls: dict[str, Call | list[Any]] = {
        "html": FILLED,
        "md": [*FILLED, "-f", "md"],
        "es": [*FILLED, "--lang", "es"],
        "dash": Call(["checklist", TRIAL.lower(), "--patient", "-", "-f", "md"], EXAMPLE.read_bytes()),
        "later": [*FILLED, "-f", "md", "--as-of", "2026-12-06"],
        "profile": ["checklist", PROFILE, "-f", "text"],
        "unknown trial": ["checklist", "NCT0457732"],
    }
    return program.run_all(calls)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program with the small rules, and people in its folder."""
    program = Program(tmp_path_factory.mktemp("small"), SMALL_CRITERIA)
    for name, text in (("person", PERSON), ("bad", BAD), ("Jane Doe", NAMELESS)):
        program.write(f"{name}.yaml", text)
    return program


@pytest.fixture(scope="module")
def folder(small: Program, ran: dict[str, Ran]) -> Path:
    """Where the sheets are that were written."""
    assert ran
    return small.folder


@pytest.fixture(scope="module")
def ran(small: Program) -> dict[str, Ran]:
    """Everything that is asked of the small rules, in processes of their own."""
    calls: dict[str, Call | list[Any]] = {"default": BLANK}
    for form in FORMATS:
        calls[f"blank {form}"] = [*BLANK, "-f", form, "-o", f"blank.{form}"]
        calls[f"filled {form}"] = [*OF_PERSON, "-f", form, "-o", f"filled.{form}"]
        calls[f"again {form}"] = [*OF_PERSON, "-f", form, "-o", f"again.{form}"]
        calls[f"letter {form}"] = [*OF_PERSON, "-f", form, "--paper", "letter", "-o", f"letter.{form}"]
    calls |= {f"out {form}": [*OF_PERSON, "-f", form] for form in TEXTS}
    calls |= {gate: [*OF_PERSON, "-f", "md", "--gate", gate] for gate in GATES}
    calls |= {
        "fillable": [*OF_PERSON, "--fillable", "-o", "filled.fillable"],
        "fillable blank": [*BLANK, "--fillable"],
        "fillable filled": [*OF_PERSON, "--fillable"],
        "nameless": Call([*BLANK, "--patient", "-", "-f", "md"], NAMELESS),
        "named by its file": [*BLANK, "--patient", "Jane Doe.yaml", "-f", "md"],
        "later blank": ["checklist", SMALL, "-f", "md", "--as-of", "2027-01-01"],
        "today": ["checklist", SMALL, "-f", "md"],
        "no trial": ["checklist"],
        "no file": [*BLANK, "--patient", "nobody.yaml"],
        "a folder": [*BLANK, "--patient", "."],
        "bad value": [*BLANK, "--patient", "bad.yaml", "-f", "md"],
        "bad value to a file": [*BLANK, "--patient", "bad.yaml", "-o", "bad.html"],
        "bad day": ["checklist", SMALL, "--as-of", "2026-02-30"],
        "bad language": [*BLANK, "--lang", "fr"],
        "bad gate": [*BLANK, "--gate", "discharge"],
        "bad paper": [*BLANK, "--paper", "a5"],
        "bad format": [*BLANK, "-f", "docx"],
        "nowhere": [*BLANK, "-o", "nowhere/sheet.html"],
        "help": ["checklist", "--help"],
    }
    calls |= {f"fillable {form}": [*BLANK, "--fillable", "-f", form] for form in ("md", "text", "pdf")}
    return small.run_all(calls)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# ---------------------------------------------------------------- formats, papers, gates


def test_every_good_call_ends_well_and_says_nothing_else(shipped: dict[str, Ran], ran: dict[str, Ran]) -> None:
    asked = {"unknown trial", "no trial", "no file", "a folder", "nowhere", "bad value to a file"}
    asked |= {name for name in ran if name.startswith("bad ")} | {f"fillable {form}" for form in ("md", "text", "pdf")}
    failed = {
        name: one for name, one in (shipped | ran).items() if name not in asked and (one.code, one.err) != (0, "")
    }
    assert failed == {}
    assert all((shipped | ran)[name].code != 0 for name in asked)


def test_html_to_standard_output_is_what_is_written_unless_asked_otherwise(ran: dict[str, Ran], folder: Path) -> None:
    assert ran["default"].out.lower().startswith("<!doctype html>")
    assert ran["default"].out == (folder / "blank.html").read_text(encoding="utf-8")


def test_each_format_is_what_it_is_called(folder: Path) -> None:
    for sheet in ("blank", "filled", "letter"):
        assert (folder / f"{sheet}.pdf").read_bytes().startswith(b"%PDF-")
        assert b"%%EOF" in (folder / f"{sheet}.pdf").read_bytes()[-32:]
        assert "</html>" in (folder / f"{sheet}.html").read_text(encoding="utf-8")
        assert (folder / f"{sheet}.md").read_text(encoding="utf-8").startswith("# Eligibility checklist")
        text = (folder / f"{sheet}.text").read_text(encoding="utf-8")
        assert "[ ]" in text


def test_a_file_holds_what_standard_output_gets(ran: dict[str, Ran], folder: Path) -> None:
    for form in TEXTS:
        assert (folder / f"filled.{form}").read_text(encoding="utf-8") == ran[f"out {form}"].out


def test_the_same_call_gives_the_same_bytes(folder: Path) -> None:
    for form in FORMATS:
        assert (folder / f"again.{form}").read_bytes() == (folder / f"filled.{form}").read_bytes()


def test_the_paper_changes_what_is_printed_on_it(folder: Path) -> None:
    for form in ("html", "text", "pdf"):
        assert (folder / f"letter.{form}").read_bytes() != (folder / f"filled.{form}").read_bytes()
    assert (folder / "letter.md").read_bytes() == (folder / "filled.md").read_bytes()  # Markdown knows no paper


def flat(text: str) -> str:
    """The words of a text, however it is folded."""
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_gate_has_its_own_sheet(ran: dict[str, Ran]) -> None:
    for gate in GATES:
        found = flat(ran[gate].out)
        assert (WASHOUT in found) == (gate == "infusion")
        assert ("Aged 18 or older" in found) == (gate == "enrollment")
        title = "at enrollment" if gate == "enrollment" else f"before {gate}"
        assert found.startswith(f"# Eligibility checklist, {title}")
        assert "Fit score by factor" not in found
    assert "Fit score by factor" in ran["out md"].out


def test_a_profile_is_printed_as_a_trial_is(shipped: dict[str, Ran]) -> None:
    assert shipped["profile"].out.startswith(PROFILE)
    assert "General factors" in shipped["profile"].out


def test_the_same_sheet_in_spanish(shipped: dict[str, Ran]) -> None:
    english, spanish = shipped["html"].out, shipped["es"].out
    assert "Eligibility checklist" in english
    assert "Eligibility checklist" not in spanish
    assert "INC-7.1b" in spanish
    assert '<html lang="en"' in english
    assert '<html lang="es"' in spanish


# ---------------------------------------------------------------- fields to fill in


def test_only_the_fillable_sheet_has_fields_and_a_script(ran: dict[str, Ran]) -> None:
    for name in ("fillable filled", "fillable blank"):
        assert "<input" in ran[name].out
        assert "<script" in ran[name].out
    for name in ("default", "out html"):
        assert "<input" not in ran[name].out
        assert "<script" not in ran[name].out


def test_other_formats_cannot_be_filled_in_on_the_screen(ran: dict[str, Ran]) -> None:
    for form in ("md", "text", "pdf"):
        assert (ran[f"fillable {form}"].code, ran[f"fillable {form}"].out) == (2, "")
        assert "only HTML can be filled in" in ran[f"fillable {form}"].err
        assert "Fix: leave --fillable or -f out" in ran[f"fillable {form}"].err


# ---------------------------------------------------------------- the patient


def test_a_patient_may_come_through_standard_input_and_the_trial_in_small_letters(shipped: dict[str, Ran]) -> None:
    assert shipped["dash"] == shipped["md"]
    assert "EXAMPLE-1" in shipped["dash"].out


def test_a_patient_without_a_name_is_named_after_the_file_and_stays_open_on_standard_input(ran: dict[str, Ran]) -> None:
    assert "subject Jane Doe" in ran["named by its file"].out
    assert "Jane Doe" not in ran["nameless"].out
    assert re.search(r"subject _{4}", ran["nameless"].out.replace("\\", ""))


def test_a_blank_sheet_holds_nothing_of_the_person(ran: dict[str, Ran]) -> None:
    for piece in ("S-1", "nivolumab", "180 K/uL", "2026-11-16"):
        assert piece not in ran["default"].out
        assert piece in ran["out html"].out.replace("\N{NO-BREAK SPACE}", " ")


def test_the_day_moves_the_judging_and_the_day_printed(shipped: dict[str, Ran], ran: dict[str, Ran]) -> None:
    assert "not yet (not before 2026-12-06)" in flat(shipped["md"].out)
    assert "not yet" not in flat(shipped["later"].out)
    assert "2026-11-22" not in shipped["later"].out
    assert "2027-01-01" in ran["later blank"].out


def test_without_a_day_a_blank_sheet_bears_the_day_of_the_machine(ran: dict[str, Ran]) -> None:
    assert re.search(r"Date of this sheet\W+20\d\d-\d\d-\d\d", ran["today"].out)


def test_a_bad_value_is_told_and_the_sheet_is_printed_all_the_same(ran: dict[str, Ran], folder: Path) -> None:
    for name in ("bad value", "bad value to a file"):
        assert ran[name].code == 65
        assert FIX in ran[name].err
        assert "bad.yaml:5" in ran[name].err
        assert "180 g/dL" not in ran[name].err
    assert "61 years" in flat(ran["bad value"].out)
    assert "180 g/dL" not in ran["bad value"].out
    assert "61 years" in flat((folder / "bad.html").read_text(encoding="utf-8"))


def test_a_file_that_is_not_there_is_no_input(ran: dict[str, Ran]) -> None:
    for name in ("no file", "a folder"):
        assert (ran[name].code, ran[name].out) == (66, "")
    assert "nobody.yaml" in ran["no file"].err
    assert "Fix:" in ran["no file"].err


def test_a_filled_sheet_is_for_its_owner_alone_and_a_blank_one_for_all(small: Program, folder: Path) -> None:
    ordinary = mode(small.write("ordinary", ""))
    assert ordinary != 0o600
    for form in (*FORMATS, "fillable"):
        assert mode(folder / f"filled.{form}") == 0o600
    for form in FORMATS:
        assert mode(folder / f"blank.{form}") == ordinary
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_a_filled_sheet_that_replaces_an_open_file_is_for_its_owner_alone(small: Program, form: str) -> None:
    small.write(f"sheet.{form}", "").chmod(0o644)
    assert small.run(*OF_PERSON, "-f", form, "-o", f"sheet.{form}").code == 0
    assert mode(small.folder / f"sheet.{form}") == 0o600


# ---------------------------------------------------------------- refusals


def test_an_unknown_trial_is_a_usage_error_that_names_the_nearest(shipped: dict[str, Ran]) -> None:
    refused = shipped["unknown trial"]
    assert (refused.code, refused.out) == (2, "")
    assert "there are no rules for a trial `NCT0457732`" in refused.err
    assert f"did you mean `{TRIAL}`?" in refused.err


@pytest.mark.parametrize("name", ["no trial", "bad day", "bad language", "bad gate", "bad paper", "bad format"])
def test_words_that_do_not_fit_are_usage_errors(ran: dict[str, Ran], name: str) -> None:
    assert (ran[name].code, ran[name].out) == (2, "")
    assert ran[name].err
    assert "Traceback" not in ran[name].err


def test_a_place_that_cannot_be_written_to_is_said(ran: dict[str, Ran]) -> None:
    assert (ran["nowhere"].code, ran["nowhere"].out) == (66, "")
    assert "nowhere/sheet.html cannot be written" in ran["nowhere"].err


def test_the_help_names_every_option(ran: dict[str, Ran]) -> None:
    for option in ("--patient", "--gate", "--format", "--paper", "--fillable", "--as-of", "--lang", "--output"):
        assert option in ran["help"].out


# ---------------------------------------------------------------- PDF, terminals and pipes


def at_terminal(program: Program, *words: object) -> tuple[str, int]:
    """All that is seen at a terminal, and the exit code."""
    environment: Any = program.environment | {"TERM": "dumb"}
    command = shlex.join([*COMMAND, *map(str, words)])
    seen: Any = pexpect.run(command, cwd=str(program.folder), env=environment, timeout=30, withexitstatus=True)
    return seen[0].decode(), seen[1]


@pytest.mark.parametrize("words", [BLANK, OF_PERSON])
def test_a_pdf_is_not_poured_into_a_terminal(small: Program, words: list[str]) -> None:
    seen, code = at_terminal(small, *words, "-f", "pdf")
    assert code == 2
    assert "this format is not for a terminal" in seen
    assert "name a file with -o" in seen
    assert "%PDF" not in seen


def test_text_is_shown_at_a_terminal(small: Program, ran: dict[str, Ran]) -> None:
    seen, code = at_terminal(small, *OF_PERSON, "-f", "text")
    assert code == 0
    assert seen.replace("\r\n", "\n") == ran["out text"].out


@pytest.mark.parametrize("more", [[], ["-o", "-"]])
def test_a_pdf_goes_through_a_pipe_as_into_a_file(small: Program, folder: Path, more: list[str]) -> None:
    command = [*COMMAND, *BLANK, "-f", "pdf", *more]
    done = subprocess.run(command, capture_output=True, check=True, cwd=folder, env=small.environment)
    assert done.stdout == (folder / "blank.pdf").read_bytes()
    assert done.stderr == b""


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_a_reader_who_has_gone_is_no_fault(small: Program, form: str) -> None:
    """As in `screener checklist … | head`."""
    read, write = os.pipe()
    os.close(read)
    command = [*COMMAND, *BLANK, "-f", form]
    done = subprocess.run(
        command, stdout=write, stderr=subprocess.PIPE, cwd=small.folder, env=small.environment, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr.decode()) == (0, "")


@pytest.mark.parametrize("error", ["ModuleNotFoundError", "ImportError"])
@pytest.mark.parametrize("where", [[], ["-o", "never.pdf"]])
def test_without_the_extra_a_pdf_is_refused_with_the_way_to_it(small: Program, error: str, where: list[str]) -> None:
    """Not installed, or installed for another machine."""
    stub = small.folder / error / "typst"
    stub.mkdir(parents=True, exist_ok=True)
    (stub / "__init__.py").write_text(f"raise {error}('not here')\n", encoding="utf-8")
    path = f"{stub.parent}:{REPOSITORY}"
    done = small.run(*BLANK, "-f", "pdf", *where, PYTHONPATH=path)
    assert (done.code, done.out) == (2, "")
    assert "a PDF needs the extra `print`" in done.err
    assert "pip install 'screener[print]'" in done.err
    assert not (small.folder / "never.pdf").exists()
    assert small.run(*BLANK, "-f", "html", PYTHONPATH=path).code == 0


def test_hostile_text_of_a_patient_breaks_no_format(tmp_path: Path) -> None:
    program = Program(tmp_path, SMALL_CRITERIA)
    evil = "<script>alert(1)</script> [bold]x[/bold] | #panic() \x1b[31m \u202e"
    facts = {"age": "61", "prior_therapies": [{"agent": f"{evil}{'W' * 300}", "last_dose": "2026-11-20"}]}
    program.write("evil.json", json.dumps({"patient": evil, "as_of": DAY, "facts": facts}))
    words = ["checklist", SMALL, "--patient", "evil.json", "-f"]
    done = program.run_all({form: [*words, form, "-o", f"sheet.{form}"] for form in FORMATS})
    assert {form: (one.code, one.err) for form, one in done.items()} == dict.fromkeys(FORMATS, (0, ""))
    for form in TEXTS:
        text = (tmp_path / f"sheet.{form}").read_text(encoding="utf-8")
        assert not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert "alert(1)" in text
    for form in ("html", "md"):
        assert "<script>" not in (tmp_path / f"sheet.{form}").read_text(encoding="utf-8")
