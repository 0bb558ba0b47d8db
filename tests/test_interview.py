"""The interview as people and scripts hold it: a pipe, a file of answers, or a terminal of 80 columns."""

from __future__ import annotations

import json
import re
import stat
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from screener.evaluate import sources_of
from tests.program import COMMAND, SMALL_CRITERIA, Call, Program, Ran

if TYPE_CHECKING:
    from pathlib import Path

    from screener.catalog import Catalog

FITS = ["61", "1", "180", "28", "40", "m", "none", "never"]  # in the order in which the small trial asks
TO_TREATMENTS = FITS[:6]  # all that comes before the treatments
KEYED = """\
# answers in any order, by fact
ast: 28 U/L, ULN 40
platelets: 180 K/uL
age: 61
sex: male
prior_therapies: cisplatin: 2026-01-05; nivolumab: 2026-10-25
toxicity_grade: 1

last_live_vaccine: never
"""
BESIDE = ["--as-of", "2026-11-22"]


def lines(*answers: str) -> str:
    return "".join(f"{answer}\n" for answer in answers)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("interview")


@pytest.fixture(scope="module")
def held(home: Path) -> dict[str, Ran]:
    """Interviews for the small trial, each with a session file of its name."""
    program = Program(home, SMALL_CRITERIA)
    scripts = {
        "keyed": KEYED,
        "plain": lines(*FITS),
        "refused": "age: 61\nsex: male\ntoxicity_grade: 1\nplatelets: plenty\nprior_therapies: none\n",
        "unknown fact": "age: 61\nplatelet: 180\n",
        "too few": "age: 61\nplatelets: 180\n",
    }
    piped = {
        "pipe": lines(*FITS),
        "end of input": lines("61"),
        "leave": lines("61", "1", "."),
        "why": lines("?", "61", "."),
        "back": lines(*TO_TREATMENTS, *["<"] * 5, "62", "0", "110", "29", "41", "f", "no", "."),
        "back at the beginning": lines("<", "61", "."),
        "skips": lines("-", "--", "---", "pending", "."),
        "implausible": lines("161", "61", "."),
        "unknown drug": lines(*TO_TREATMENTS, "ABC-9", "checkpoint inhibitor", "2026-10-25", "", "never"),
        "two drugs": lines(*TO_TREATMENTS, "cisplatin", "2026-01-05", "nivolumab", "2026-10-25", "", "."),
        "too young": lines("17", "1", "180"),
    }
    calls: dict[str, Call] = {}
    for name, text in scripts.items():
        program.write(f"{name}.txt", text)
        words = ["interview", "--answers", f"{name}.txt", "--session", f"{name}.jsonl", "-o", f"{name}.yaml", *BESIDE]
        calls[name] = Call(words)
    for name, text in piped.items():
        words = ["interview", "--session", f"{name}.jsonl", "-o", f"{name}.yaml", *BESIDE]
        calls[name] = Call(words, text)
    dashed = ["interview", "--answers", "-", "--session", "dashed.jsonl", *BESIDE]
    calls["dashed"] = Call(dashed, KEYED)
    calls["no input"] = Call(["interview", "--no-input", "--session", "no input.jsonl", *BESIDE], lines(*FITS))
    calls["quiet"] = Call(["-q", "interview", "--session", "quiet.jsonl", *BESIDE], lines(*FITS))
    calls["German"] = Call(["interview", "--lang", "de", "--session", "German.jsonl"])
    return program.run_all(calls)


def events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def answers(home: Path, name: str) -> dict[str, Any]:
    """The answers that stand at the end of a session, those taken back left out."""
    stack: list[dict[str, Any]] = []
    for event in events(home / f"{name}.jsonl")[1:]:
        if event["event"] == "back":
            stack.pop()
        elif event["event"] != "draft":
            stack.append(event)
    return {event["fact"]: event.get("raw", event.get("reason")) for event in stack}


def verdict(ran: Ran) -> str:
    [found] = re.findall(r"^NCT00000001  (\D*?)(?: \(not before|  fit)", ran.out, re.MULTILINE)
    return str(found)


def test_a_pipe_gives_one_answer_a_line(held: dict[str, Ran], home: Path) -> None:
    assert (held["pipe"].code, verdict(held["pipe"])) == (0, "match")
    assert answers(home, "pipe") == {
        "age": "61",
        "toxicity_grade": "1",
        "platelets": "180",
        "ast": "28",
        "sex": "m",
        "prior_therapies": "none",
        "last_live_vaccine": "never",
    }
    [ast] = [event for event in events(home / "pipe.jsonl") if event.get("fact") == "ast"]
    assert ast["uln"] == "40"


def test_questions_go_to_standard_error_and_results_to_standard_output(held: dict[str, Ran]) -> None:
    assert "How old is the patient?" in held["pipe"].err
    assert "How old is the patient?" not in held["pipe"].out
    assert held["pipe"].out.startswith("Patient pipe, screened as of 2026-11-22")


def test_a_file_of_answers_is_taken_by_fact_or_in_turn(held: dict[str, Ran]) -> None:
    assert (held["keyed"].code, verdict(held["keyed"])) == (0, "not yet")
    assert "not before 2026-12-06" in held["keyed"].out
    assert (held["plain"].code, verdict(held["plain"])) == (0, "match")
    assert held["dashed"].out.replace("dashed", "keyed") == held["keyed"].out


def test_an_answer_of_a_script_that_cannot_be_read_ends_it_and_names_its_line(held: dict[str, Ran], home: Path) -> None:
    ran = held["refused"]
    assert (ran.code, ran.out) == (65, "")
    assert "refused.txt:4: platelets: this is not a number" in ran.err
    assert "Fix: write a number and its unit" in ran.err
    assert "plenty" not in ran.err
    assert answers(home, "refused") == {"age": "61", "sex": "male", "toxicity_grade": "1"}  # those before it


def test_a_script_that_names_no_fact_is_refused_before_anything_is_asked(held: dict[str, Ran]) -> None:
    ran = held["unknown fact"]
    assert ran.code == 65
    assert "unknown fact.txt:2: there is no fact `platelet`" in ran.err
    assert "How old" not in ran.err


def test_a_script_with_too_few_answers_leaves_the_rest_unknown(held: dict[str, Ran], home: Path) -> None:
    assert (held["too few"].code, verdict(held["too few"])) == (3, "undecided")
    assert answers(home, "too few") == {"age": "61", "platelets": "180"}


def test_the_end_of_input_leaves_the_interview_saved_and_says_how_to_go_on(held: dict[str, Ran], home: Path) -> None:
    ran = held["end of input"]
    assert (ran.code, verdict(ran)) == (3, "undecided")
    assert "Saved. To go on: screener interview --session end of input.jsonl" in ran.err.replace("'", "")
    assert answers(home, "end of input") == {"age": "61"}


def test_a_dot_saves_and_leaves(held: dict[str, Ran], home: Path) -> None:
    assert held["leave"].code == 3
    assert "Saved." in held["leave"].err
    assert answers(home, "leave") == {"age": "61", "toxicity_grade": "1"}


def test_a_question_mark_says_why_where_and_who_and_asks_again(held: dict[str, Ran], home: Path) -> None:
    err = held["why"].err
    assert "Why: The trial sets a lowest age." in err
    assert "Where: Registration sheet." in err
    assert "Who: patient" in err
    assert answers(home, "why") == {"age": "61"}


def test_going_back_takes_answers_back_one_by_one(held: dict[str, Ran], home: Path) -> None:
    assert held["back"].err.count("How old is the patient?") == 2
    assert held["back"].err.count("Which sex was recorded at birth?") == 3
    assert answers(home, "back") == {
        "age": "62",
        "toxicity_grade": "0",
        "platelets": "110",
        "ast": "29",
        "sex": "f",
        "pregnant": "no",
    }
    assert [event["event"] for event in events(home / "back.jsonl")].count("back") == 5  # nothing is erased


def test_at_the_beginning_there_is_nothing_to_go_back_to(held: dict[str, Ran], home: Path) -> None:
    assert "This is the first question." in held["back at the beginning"].err
    assert answers(home, "back at the beginning") == {"age": "61"}


def test_an_answer_may_be_unknown_not_done_declined_or_pending(held: dict[str, Ran], home: Path) -> None:
    assert list(answers(home, "skips").values()) == ["dont_know", "not_done", "declined", "pending"]
    assert (held["skips"].code, verdict(held["skips"])) == (3, "undecided")
    written = (home / "skips.yaml").read_text(encoding="utf-8")
    assert re.findall(r"\{missing: (\w+)\}", written) == ["dont_know", "not_done", "declined", "pending"]


def test_an_implausible_answer_is_asked_again_with_the_reason(held: dict[str, Ran], home: Path) -> None:
    err = " ".join(held["implausible"].err.split())
    assert "Age lies outside the plausible range, 0 to 120 years: check the number and its unit" in err
    assert held["implausible"].err.count("How old is the patient?") == 1
    assert answers(home, "implausible") == {"age": "61"}


def test_a_drug_that_is_not_known_is_asked_for_its_class(held: dict[str, Ran], home: Path) -> None:
    ran = held["unknown drug"]
    assert "This name is not in the vocabulary." in ran.err
    assert "its class, such as chemotherapy" in ran.err
    assert answers(home, "unknown drug")["prior_therapies"] == [
        {"agent": "ABC-9", "class": "checkpoint inhibitor", "last_dose": "2026-10-25"}
    ]
    assert (ran.code, verdict(ran)) == (0, "not yet")
    assert "ABC-9 2026-10-25 + 42 days = 2026-12-06" in ran.out


def test_drugs_are_asked_for_one_by_one_until_there_are_no_more(held: dict[str, Ran], home: Path) -> None:
    assert answers(home, "two drugs")["prior_therapies"] == [
        {"agent": "cisplatin", "last_dose": "2026-01-05"},
        {"agent": "nivolumab", "last_dose": "2026-10-25"},
    ]
    assert "not in the vocabulary" not in held["two drugs"].err


def test_the_interview_stops_when_the_trial_is_ruled_out(held: dict[str, Ran], home: Path) -> None:
    assert (held["too young"].code, verdict(held["too young"])) == (0, "no match")
    assert answers(home, "too young") == {"age": "17"}
    assert "How bad" not in held["too young"].err
    assert "Which sex" not in held["too young"].err


def test_without_input_nothing_is_read_and_all_stays_unknown(held: dict[str, Ran], home: Path) -> None:
    assert (held["no input"].code, verdict(held["no input"])) == (3, "undecided")
    assert answers(home, "no input") == {}
    assert "Unknown: INC-1, INC-2, INC-3, INC-4, INC-5, EXC-1, EXC-2" in held["no input"].out


def test_quiet_asks_without_words(held: dict[str, Ran]) -> None:
    assert (held["quiet"].code, verdict(held["quiet"])) == (0, "match")
    assert "How old" not in held["quiet"].err


@pytest.mark.parametrize("name", ["quiet", "keyed", "plain"])
def test_where_nobody_reads_there_is_no_offer_to_stop(held: dict[str, Ran], name: str) -> None:
    assert "Every verdict is settled" in held["pipe"].err
    assert "Every verdict is settled" not in held[name].err


def test_a_language_without_questions_is_a_usage_error(held: dict[str, Ran], home: Path) -> None:
    assert held["German"].code == 2
    assert "there are no texts in `de` yet" in held["German"].err
    assert not (home / "German.jsonl").exists()


WRITTEN = ["keyed", "pipe", "end of input", "back", "skips", "unknown drug", "too young"]


def test_the_patient_file_of_an_interview_gives_the_same_result(held: dict[str, Ran], home: Path) -> None:
    program = Program(home, SMALL_CRITERIA)
    screened = program.run_all({name: ["screen", f"{name}.yaml"] for name in WRITTEN})
    for name in WRITTEN:
        assert stat.S_IMODE((home / f"{name}.yaml").stat().st_mode) == 0o600
        assert (screened[name].code, screened[name].err) == (0, "")
        assert screened[name].out == held[name].out


def test_only_what_the_trial_needs_is_asked(tmp_path: Path, catalog: Catalog) -> None:
    """Nothing is known to whoever answers here, so that all that could matter is asked."""
    program = Program(tmp_path)
    trial = "NCT05568680"
    words = ["interview", "-t", trial, "--session", "s.jsonl", *BESIDE]
    [ran] = program.run_all({"all unknown": Call(words, lines(*["-"] * 300))}).values()
    asked = {event["fact"] for event in events(tmp_path / "s.jsonl")[1:]}
    needed = set(catalog.choose([trial])[0].facts)
    needed |= {source for fact in needed for source in sources_of(fact)}
    assert asked <= needed
    assert {"age", "tumor_type"} <= asked
    assert ran.code == 0
    assert f"{trial}  undecided" in ran.out


class Terminal:
    """The program at a terminal of 80 columns and 24 lines, without colors."""

    def __init__(self, folder: Path, *words: str, criteria: Path | None = SMALL_CRITERIA) -> None:
        program = Program(folder, criteria)
        environment: Any = program.environment | {"TERM": "dumb"}
        del environment["COLUMNS"]
        self.shown = ""
        self.process: pexpect.spawn[bytes] = pexpect.spawn(
            COMMAND[0],
            [*COMMAND[1:], *words],
            cwd=str(folder),
            env=environment,
            dimensions=(24, 80),
            timeout=20,
        )

    def await_text(self, text: str) -> None:
        self.process.expect_exact(text)
        self.shown += (self.process.before or b"").decode() + text

    def await_prompt(self) -> str | None:
        """All that is said up to the next prompt; None where the program ends instead."""
        ended = self.process.expect(["> $", pexpect.EOF])
        said = (self.process.before or b"").decode() + ("" if ended else "> ")
        self.shown += said
        return None if ended else said

    def end(self) -> int | None:
        """Read to the end and give the exit code."""
        self.process.expect(pexpect.EOF)
        self.shown += (self.process.before or b"").decode()
        self.process.close()
        return self.process.exitstatus


def test_a_plain_terminal_of_80_columns_is_enough(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "interview", "--session", "s.jsonl", *BESIDE)
    for question, answer in (
        ("How old is the patient?", "61"),
        ("How bad is the worst side effect", "1"),
        ("What is the platelet count?", "180"),
    ):
        terminal.await_text(question)
        terminal.await_text("> ")
        terminal.process.sendline(answer)
    terminal.await_text("What is the AST?")
    terminal.process.sendline("28")
    terminal.await_text("ULN> ")
    terminal.process.sendline("40")
    terminal.await_text("Which sex was recorded at birth?")
    terminal.await_text("> ")
    terminal.process.sendline("male")
    terminal.await_text("Which cancer treatments")
    terminal.await_text("> ")
    terminal.process.sendline("nivolumab")
    terminal.await_text("last dose")
    terminal.process.sendline("2026-10-25")
    terminal.await_text("next treatment")
    terminal.process.sendline("")
    terminal.await_text("live vaccine")
    terminal.process.sendline("never")
    terminal.await_text("Every verdict is settled")
    terminal.await_text("> ")
    terminal.process.sendline("")
    assert terminal.end() == 0
    assert "NCT00000001  not yet (not before 2026-12-06)" in terminal.shown
    assert "\x1b" not in terminal.shown  # no colors, no cursor, no title of the terminal
    prompts_and_lines = (re.sub("> .*", "> ", line) for line in terminal.shown.splitlines())
    assert all(len(line) <= 80 for line in prompts_and_lines)
    assert len(answers(tmp_path, "s")) == 7


def test_an_interrupt_saves_and_exits_130(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "interview", "--session", "s.jsonl", *BESIDE)
    terminal.await_text("How old is the patient?")
    terminal.process.sendline("61")
    terminal.await_text("How bad is the worst side effect")
    terminal.await_text("> ")
    terminal.process.sendintr()
    assert terminal.end() == 130
    assert "Saved. To go on: screener interview --session s.jsonl" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert answers(tmp_path, "s") == {"age": "61"}


def test_treatments_entered_before_a_cut_are_kept_and_gone_on_from(tmp_path: Path) -> None:
    program = Program(tmp_path, SMALL_CRITERIA)
    words = ["interview", "--session", "s.jsonl", *BESIDE]
    cut = lines(*TO_TREATMENTS, "cisplatin", "2026-01-05", "nivolumab", "2026-10-25")
    assert program.run_all({"cut": Call(words, cut)})["cut"].code == 3
    assert "prior_therapies" not in answers(tmp_path, "s")
    ran = program.run_all({"on": Call(words, lines("", "never"))})["on"]
    assert "entered so far: cisplatin; nivolumab" in ran.err
    assert (ran.code, verdict(ran)) == (0, "not yet")
