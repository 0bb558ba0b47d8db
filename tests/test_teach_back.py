"""A teach-back within an interview: each point is said, asked back, and kept in the words of the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.program import Program, Ran
from tests.talks import POINTS, TALK, converse, interview, last, one_line, patient, write_criteria
from tests.test_interview import Terminal, answers

if TYPE_CHECKING:
    from pathlib import Path

TALKED = ["61", "it is new", "yes", "it is open", "yes", "jd"]
SPOKEN: dict[str, tuple[str, list[str]]] = {  # what is typed into interviews, each for one trial
    "talked": (TALK, TALKED),
    "talked without initials": (TALK, [*TALKED[:-1], "j", "J.D.", "12", "jd"]),
    "not understood": (TALK, ["61", "it is new", "yes", "no idea", "no", "JD"]),
    "not talked": (TALK, ["61", "it is new", "yes", "-"]),
    "plain yes": (TALK, ["61", "yes"]),
    "plain no": (TALK, ["61", "no"]),
    "plain y": (TALK, ["61", "y"]),
    "back in the talk": (TALK, ["61", "it is new", "no", "<", "it is quite new", "yes", *TALKED[3:]]),
    "back out of the talk": (TALK, ["61", "<", "62", *TALKED[1:]]),
    "back from the initials": (TALK, [*TALKED[:-1], "<", "it is quite open", "yes", "jd"]),
    "back from the hearing": (TALK, ["61", "it is", "<", *TALKED[1:]]),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("teach-back")


@pytest.fixture(scope="module")
def program(home: Path) -> Program:
    return Program(home, write_criteria(home / "criteria"))


@pytest.fixture(scope="module")
def held(program: Program) -> dict[str, Ran]:
    return converse(program, SPOKEN)


@pytest.fixture(scope="module")
def later(held: dict[str, Ran], program: Program) -> dict[str, Ran]:
    """What is done with the files of the interviews."""
    assert held
    return program.run_all({"screen talked": ["screen", "talked.yaml", "-t", TALK]})


def test_each_point_is_said_and_asked_back(held: dict[str, Ran]) -> None:
    err = one_line(held["talked"].err)
    assert "Teach-back in 2 points" in err
    for number, point in enumerate(POINTS, start=1):
        said = f"{number}/2 Say: {point['say']} Ask: {point['ask']} Listen for: {point['listen_for']}"
        assert err.count(said) == 1


RETOLD = [
    {"point": "new", "words": "it is new", "understood": True},
    {"point": "open", "words": "it is open", "understood": True},
]


@pytest.mark.parametrize("name", ["talked", "talked without initials"])
def test_the_words_of_the_patient_are_kept_with_the_initials_of_the_navigator(
    held: dict[str, Ran], home: Path, name: str
) -> None:
    told = {"initials": "JD", "points": RETOLD}
    assert last(home, name, "understands_investigational") == {"raw": "yes", "teach_back": told}
    assert (held[name].code, f"{TALK}  match" in held[name].out) == (0, True)
    assert held[name].err.count("two to four letters") == SPOKEN[name][1].index("jd") - 5


def test_the_teach_back_stands_in_the_patient_file(held: dict[str, Ran], later: dict[str, Ran], home: Path) -> None:
    read = patient(home, "talked").teach_back
    assert read is not None
    assert (read.initials, read.answer) == ("JD", "yes")
    assert [(item.point, item.words) for item in read.retold] == [("new", "it is new"), ("open", "it is open")]
    assert later["screen talked"] == Ran(0, held["talked"].out, "")


def test_one_point_that_was_not_understood_is_a_no(held: dict[str, Ran], home: Path) -> None:
    told = last(home, "not understood", "understands_investigational")
    assert (told["raw"], [point["understood"] for point in told["teach_back"]["points"]]) == ("no", [True, False])
    assert f"{TALK}  no match" in held["not understood"].out


def test_a_teach_back_that_is_skipped_leaves_the_answer_unknown(held: dict[str, Ran], home: Path) -> None:
    assert last(home, "not talked", "understands_investigational") == {"reason": "dont_know"}
    assert (held["not talked"].code, f"{TALK}  undecided" in held["not talked"].out) == (0, True)


@pytest.mark.parametrize(
    ("name", "answer", "verdict"),
    [("plain yes", "yes", "match"), ("plain y", "yes", "match"), ("plain no", "no", "no match")],
)
def test_a_pipe_may_answer_a_teach_back_plainly(
    held: dict[str, Ran], home: Path, name: str, answer: str, verdict: str
) -> None:
    assert last(home, name, "understands_investigational") == {"raw": answer}
    assert f"{TALK}  {verdict}" in held[name].out


def test_going_back_in_a_teach_back_asks_the_point_before_again(held: dict[str, Ran], home: Path) -> None:
    told = last(home, "back in the talk", "understands_investigational")
    assert [point["words"] for point in told["teach_back"]["points"]] == ["it is quite new", "it is open"]
    assert told["raw"] == "yes"
    assert held["back in the talk"].err.count("Say what is new.") == 2
    assert answers(home, "back in the talk")["age"] == "61"


def test_going_back_from_the_first_point_asks_the_question_before_it(held: dict[str, Ran], home: Path) -> None:
    assert held["back out of the talk"].err.count("What of Age?") == 2
    assert answers(home, "back out of the talk") == {"age": "62", "understands_investigational": "yes"}


def test_going_back_from_the_initials_asks_the_last_point_again(held: dict[str, Ran], home: Path) -> None:
    told = last(home, "back from the initials", "understands_investigational")
    assert [point["words"] for point in told["teach_back"]["points"]] == ["it is new", "it is quite open"]
    assert answers(home, "back from the initials")["age"] == "61"
    assert held["back from the initials"].code == 0


def test_going_back_from_whether_a_point_was_understood_asks_for_its_words_again(
    held: dict[str, Ran], home: Path
) -> None:
    told = last(home, "back from the hearing", "understands_investigational")
    assert [point["words"] for point in told["teach_back"]["points"]] == ["it is new", "it is open"]
    assert held["back from the hearing"].err.count("What of Age?") == 1


def test_a_person_at_a_terminal_types_words_not_a_plain_yes_into_a_teach_back(program: Program, home: Path) -> None:
    terminal = Terminal(home, *interview("at the terminal", TALK), criteria=program.criteria)
    for asked, typed in (
        ("What of Age?", "61"),
        ("Say what is new.", "yes"),
        ("Write what the patient said, in the patient's words.", "it is new"),
        ("understood? yes or no", "yes"),
        ("Say what is open.", "it is open"),
        ("understood? yes or no", "yes"),
        ("initials of the navigator", "jd"),
        ("Every verdict is settled", ""),
    ):
        said = terminal.await_prompt()
        assert said is not None
        assert asked in one_line(said)
        terminal.process.sendline(typed)
    assert terminal.end() == 0
    assert answers(home, "at the terminal")["understands_investigational"] == "yes"
    assert all(len(line) <= 80 for line in terminal.shown.splitlines())


def test_a_talk_that_was_cut_goes_on_at_its_next_point(program: Program, home: Path) -> None:
    """Each point is on disk before the next: the end of input stands for a kill."""
    first = converse(program, {"cut": (TALK, TALKED[:3])})["cut"]
    assert first.code == 3
    second = converse(program, {"cut": (TALK, TALKED[3:])})["cut"]
    assert POINTS[0]["say"] not in one_line(second.err)
    whole = converse(program, {"uncut": (TALK, TALKED)})["uncut"]
    assert (second.code, whole.code) == (0, 0)
    kept, wanted = (patient(home, name).teach_back for name in ("cut", "uncut"))
    assert kept == wanted
    assert kept is not None
    assert [point.words for point in kept.retold] == ["it is new", "it is open"]
