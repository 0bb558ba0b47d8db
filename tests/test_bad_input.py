"""What cannot be used is refused on one screen: where, what is wrong, what to do, and nothing of the patient."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from screener.source import MAX_BYTES
from tests.program import COMMAND, SMALL_CRITERIA, Call, Program, Ran

if TYPE_CHECKING:
    from pathlib import Path

PERSON = "patient: S-1\nas_of: 2026-11-22\nfacts:\n  sex: male\n"
PRIVATE = "Xanthippe"  # stands wherever a patient's value would: it must never come back
NUMBER = "46173"


@dataclass(frozen=True)
class Bad:
    """A patient file, and what the program must say of it."""

    content: str | bytes
    says: str
    fix: str
    place: str = ""  # line:column
    caret: tuple[int, int] | None = None  # its column, and how long it is


FILES = {
    "malformed YAML": Bad(
        f"patient: {PRIVATE}\nfacts:\n  sex: [{PRIVATE}\n  age: {NUMBER}\n",
        "this is not well-formed YAML",
        "check quotes, colons, brackets and indentation here",
        "4:6",
        (6, 1),
    ),
    "a quote that never ends": Bad(
        f'patient: P\nfacts:\n  prior_therapies: "{PRIVATE}\n',
        "this is not well-formed YAML",
        "check quotes",
    ),
    "a tab in the indentation": Bad(f"facts:\n\tage: {NUMBER}\n", "a tab stands in the text", "spaces", "2:1"),
    "a duplicate key": Bad(
        f"{PERSON}  age: {NUMBER}\n  age: 62\n",
        "the key `age` stands here twice (first in line 5)",
        "keep one of the two",
        "6:3",
        (3, 3),
    ),
    "a fact and its alias": Bad(
        f"{PERSON}  plt: {NUMBER}\n  platelets: 62\n",
        "`platelets` is answered twice",
        "keep one of the two",
        "6:3",
        (3, 9),
    ),
    "an unknown fact": Bad(
        f"{PERSON}  platelts: {NUMBER}\n",
        "there is no fact `platelts`",
        "did you mean `platelets`?",
        "5:3",
        (3, 8),
    ),
    "an unknown key": Bad(
        f"as_off: 2026-11-22\n{PERSON}", "there is no key `as_off` here", "did you mean `as_of`?", "1:1", (1, 6)
    ),
    "an unknown key of a treatment": Bad(
        f"{PERSON}  prior_therapies:\n    - {{agent: {PRIVATE}, lastdose: 2026-10-01}}\n",
        "there is no key `lastdose` here",
        "did you mean `last_dose`?",
        "6:26",
    ),
    "an alias bomb": Bad(
        f"a: &a [{PRIVATE}, {PRIVATE}]\nb: &b [*a, *a]\nc: &c [*b, *b]\nfacts: *c\n",
        "an anchor (&) is not allowed here",
        "write the data out plainly",
        "1:4",
    ),
    "a tag": Bad(
        f"facts:\n  age: !!python/object/apply:os.system [{PRIVATE}]\n",
        "a tag (!) is not allowed here",
        "write the data out plainly",
        "2:8",
    ),
    "two documents": Bad(f"{PERSON}---\n{PERSON}", "a second document is not allowed here", "plainly", "5:1"),
    "too deep": Bad(
        f"facts: {'[' * 500}{PRIVATE}{']' * 500}\n",
        "nesting deeper than 20 levels",
        "write the data out plainly",
        "1:28",
    ),
    "a NUL byte": Bad(
        f"{PERSON}  age: 4\x00{NUMBER}\n",
        "a control character (code 0) stands in the text",
        "remove it; the file may not be text at all",
        "5:9",
    ),
    "not UTF-8": Bad(
        f"patient: P\nfacts: {{}}\n# {PRIVATE}é\n".encode("latin-1"),
        "bad.yaml:3: the text is not UTF-8",
        "save the file as UTF-8",
    ),
    "an empty file": Bad("", "the file is empty", "see `screener template yaml`", "1:1"),
    "a comment alone": Bad(f"# {PRIVATE}\n", "the file is empty", "see `screener template yaml`", "1:1"),
    "a list": Bad(
        f"- sex: {PRIVATE}\n", "a mapping of keys to values is wanted here", "write `key: value` lines", "1:1"
    ),
    "a word": Bad(f"{PRIVATE}\n", "a mapping of keys to values is wanted here", "write `key: value` lines", "1:1"),
    "facts as a list": Bad(
        f"facts:\n  - {PRIVATE}\n  - {NUMBER}\n", "a mapping of facts to answers is wanted here", "age: 61", "2:3"
    ),
    "no facts": Bad(f"patient: {PRIVATE}\n", "the key `facts` is missing", "add `facts:`", "1:1"),
    "a bad as_of": Bad(
        "as_of: 2026-13-01\nfacts:\n  sex: male\n",
        "there is no such day in the calendar",
        "check the day and the month",
        "1:8",
        (8, 10),
    ),
    "too large": Bad(f"facts:\n{f'# {PRIVATE} ' * 20}\n" + "#" * MAX_BYTES, "is too large", "use `screener batch`"),
    "a key twice in JSON that YAML cannot read": Bad(
        f'{{"patient": "\\ud83d\\ude00",\n "facts": {{"sex": "{PRIVATE}", "sex": "male"}}}}',
        "a key stands twice in one object",
        "keep one of the two",
    ),
}

VALUES = {
    "a wrong unit": Bad(
        f"{PERSON}  platelets: {NUMBER} mg/dL\n",
        "platelets: Platelet count does not come in this unit",
        "use one of: K/uL, 10^9/L, /uL",
        "5:14",
        (14, 11),
    ),
    "out of range": Bad(
        f"{PERSON}  age: {NUMBER}\n",
        "age: Age lies outside the plausible range, 0 to 120 years",
        "check the number and its unit",
        "5:8",
        (8, 5),
    ),
    "an impossible date": Bad(
        f"{PERSON}  last_live_vaccine: 2026-02-30\n",
        "last_live_vaccine: there is no such day in the calendar",
        "check the day and the month",
        "5:22",
        (22, 10),
    ),
    "a date that reads two ways": Bad(
        f"{PERSON}  last_live_vaccine: 02/03/2026\n",
        "day and month cannot be told apart",
        "write 2026-10-01, 2026-10, 2026 or '3 weeks ago'",
        "5:22",
        (22, 10),
    ),
    "no such choice": Bad(f"{PERSON}  pregnant: {PRIVATE}\n", "this is no answer to Pregnancy", "yes, no", "5:13"),
    "off the scale": Bad(
        f"{PERSON}  toxicity_grade: 9\n",
        "Worst side effect lies outside the scale, 0 to 5",
        "check the number",
        "5:19",
        (19, 1),
    ),
    "a limit without a number": Bad(
        f"{PERSON}  ast: {{value: 28, uln: {PRIVATE}}}\n", "this is not a number", "write a number and its unit", "5:8"
    ),
    "a last dose in the future": Bad(
        f"{PERSON}  prior_therapies:\n    - {{agent: {PRIVATE}, last_dose: 2030-01-01}}\n",
        "the last dose lies in the future",
        "write `ongoing`",
        "6:7",
    ),
    "no reason for a missing answer": Bad(
        f"{PERSON}  age: {{missing: {PRIVATE}}}\n", "this reason is not known", "write one of: dont_know", "5:8"
    ),
}
FACT_OF = {"a wrong unit": "INC-4", "out of range": "INC-1", "an impossible date": "EXC-1", "off the scale": "INC-2"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bad")


@pytest.fixture(scope="module")
def refused(home: Path) -> dict[str, Ran]:
    program = Program(home, SMALL_CRITERIA)
    calls = {}
    for number, (name, bad) in enumerate((FILES | VALUES).items()):
        (home / str(number)).mkdir()
        program.write(f"{number}/bad.yaml", bad.content)
        calls[name] = ["screen", f"{number}/bad.yaml"]
    return program.run_all(calls)


@pytest.fixture(scope="module")
def paths(home: Path) -> dict[str, Ran]:
    """Files that are not there, that are none, and that cannot be read."""
    program = Program(home, SMALL_CRITERIA)
    program.write("good.yaml", PERSON)
    closed = program.write("closed.yaml", PERSON)
    closed.chmod(0)
    return program.run_all(
        {
            "no such file": ["screen", "nowhere.yaml"],
            "a directory": ["screen", "."],
            "unreadable": ["screen", "/proc/self/mem" if os.access(closed, os.R_OK) else closed],  # root reads all
            "no folder to write to": ["screen", "good.yaml", "-o", "nowhere/out.txt"],
            "no such criteria": ["--criteria", "nowhere", "screen", "good.yaml"],
            "a bad --as-of": ["screen", "good.yaml", "--as-of", "2026-02-30"],
            "an empty --as-of": ["screen", "good.yaml", "--as-of", ""],
            "from standard input": Call(["screen", "-"], f"{PERSON}  age: {NUMBER}\n"),
        }
    )


def assert_one_screen(text: str) -> None:
    assert 0 < len(text.splitlines()) < 25
    assert "Traceback" not in text
    assert "Fix: " in text


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_used_is_refused_and_gives_no_result(refused: dict[str, Ran], name: str) -> None:
    bad, ran = FILES[name], refused[name]
    assert (ran.code, ran.out) == (65, "")
    assert_one_screen(ran.err)
    assert bad.says in ran.err
    assert bad.fix in ran.err


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_cannot_be_read_becomes_unknown_and_the_rest_is_screened(
    refused: dict[str, Ran], name: str
) -> None:
    bad, ran = VALUES[name], refused[name]
    assert ran.code == 65
    assert_one_screen(ran.err)
    assert bad.says in ran.err
    assert bad.fix in ran.err
    assert "These answers could not be read and count as unknown." in ran.err
    assert "NCT00000001  undecided" in ran.out
    assert "EXC-2" not in ran.out  # the sex, beside it, was read: not applicable


@pytest.mark.parametrize("name", FACT_OF)
def test_the_criterion_of_a_bad_value_is_unknown(refused: dict[str, Ran], name: str) -> None:
    [unknown] = re.findall(r"Unknown: (.*)", refused[name].out)
    assert FACT_OF[name] in unknown.split(", ")


def test_the_reason_of_an_unknown_says_that_the_value_was_bad(home: Path) -> None:
    program = Program(home, SMALL_CRITERIA)
    ran = program.run("screen", "-", "--explain", stdin=f"{PERSON}  age: {NUMBER}\n")
    text = " ".join(ran.out.split())
    assert "Age: bad value: Age lies outside the plausible range, 0 to 120 years" in text
    assert NUMBER not in ran.out + ran.err


@pytest.mark.parametrize("name", FILES | VALUES)
def test_no_value_of_the_patient_is_repeated(refused: dict[str, Ran], name: str) -> None:
    ran = refused[name]
    for value in (PRIVATE, NUMBER, "2026-02-30", "02/03/2026", "2026-13-01", "2030-01-01"):
        assert value not in ran.out + ran.err


@pytest.mark.parametrize("name", [name for name, bad in (FILES | VALUES).items() if bad.place])
def test_the_place_is_named_as_file_line_and_column(refused: dict[str, Ran], name: str) -> None:
    place = (FILES | VALUES)[name].place
    assert re.search(rf"^Error: \d+/bad\.yaml:{place}: ", refused[name].err)


@pytest.mark.parametrize("name", [name for name, bad in (FILES | VALUES).items() if bad.caret])
def test_the_line_is_shown_with_its_values_masked_and_a_caret_under_the_fault(
    refused: dict[str, Ran], name: str
) -> None:
    bad = (FILES | VALUES)[name]
    assert bad.caret is not None
    _, excerpt, pointer, *_ = refused[name].err.splitlines()
    number = bad.place.partition(":")[0]
    assert excerpt.startswith(f"  {number} | ")
    shown = excerpt.removeprefix(f"  {number} | ")
    original = str(bad.content).splitlines()[int(number) - 1]
    key, colon, value = original.partition(":")
    if name.startswith("an unknown"):  # the message names the word; the excerpt shows only words that are known
        key = re.sub(r"\w", "·", key)
    assert shown == key + colon + re.sub(r"\w", "·", value)
    column, length = bad.caret
    assert pointer == f"  {' ' * len(number)} | {' ' * (column - 1)}{'^' * length}"


def test_all_faults_of_a_file_are_told_at_once(home: Path) -> None:
    program = Program(home, SMALL_CRITERIA)
    ran = program.run("screen", "-", stdin=f"{PERSON}  agee: 1\n  plat: 2\n  sexx: 3\n")
    assert ran.code == 65
    assert [line.split(": ")[-1] for line in ran.err.splitlines() if line.startswith("Error")] == [
        "there is no fact `agee`",
        "there is no fact `plat`",
        "there is no fact `sexx`",
    ]


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("no such file", 66, "nowhere.yaml: there is no such file"),
        ("a directory", 66, ". is a directory"),
        ("unreadable", 66, "cannot be read"),
        ("no folder to write to", 66, "nowhere/out.txt cannot be written"),
        ("no such criteria", 66, "nowhere is not a folder of criteria"),
        ("a bad --as-of", 2, "--as-of: there is no such day in the calendar"),
        ("an empty --as-of", 2, "--as-of: this is not a whole date"),
        ("from standard input", 65, "<standard input>:5:8: age: Age lies outside the plausible range"),
    ],
)
def test_each_kind_of_fault_has_its_own_exit_code(paths: dict[str, Ran], name: str, code: int, says: str) -> None:
    ran = paths[name]
    assert ran.code == code
    assert_one_screen(ran.err)
    assert says in ran.err


USAGE = {
    "no patient": ["screen"],
    "no such command": ["frobnicate"],
    "no such format": ["screen", "good.yaml", "-f", "xml"],
    "no such option": ["screen", "good.yaml", "--frobnicate"],
    "a word too many": ["screen", "good.yaml", "more"],
    "an option without its value": ["screen", "good.yaml", "--criteria"],
    "a wrong global option": ["screen", "good.yaml", "--color", "sometimes"],
}


@pytest.fixture(scope="module")
def misused(home: Path) -> dict[str, Ran]:
    return Program(home, SMALL_CRITERIA).run_all(USAGE)


@pytest.mark.parametrize("name", USAGE)
def test_words_that_do_not_fit_together_are_a_usage_error(misused: dict[str, Ran], name: str) -> None:
    ran = misused[name]
    assert (ran.code, ran.out) == (2, "")
    assert 0 < len(ran.err.splitlines()) < 25
    assert "Error" in ran.err
    assert "failed inside" not in ran.err
    assert "Traceback" not in ran.err


def test_ctrl_c_while_a_patient_is_read_exits_130(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    with (
        os.fdopen(writer, "wb") as pipe,
        subprocess.Popen(
            [sys.executable, "-c", INTERRUPTED],
            stdin=reader,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=Program(tmp_path, SMALL_CRITERIA).environment,
        ) as process,
    ):
        os.close(reader)
        assert process.wait(30) == 130
        assert not pipe.closed
        assert process.stderr is not None
        assert process.stderr.read() == b""


INTERRUPTED = """
import os, signal, sys, threading
from screener.cli.app import run
threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
sys.exit(run(["screen", "-"]))
"""
BREAKS = """
import sys
import screener.evaluate

def broken(trial, patient, dictionary, travel):
    raise ValueError("SECRET " + patient.id)

screener.evaluate.screen_trial = broken
from screener.cli.app import run
sys.exit(run(["screen", "person.yaml"]))
"""


def test_a_failure_inside_says_where_and_nothing_of_the_data_it_held(tmp_path: Path) -> None:
    program = Program(tmp_path, SMALL_CRITERIA)
    program.write("person.yaml", PERSON.replace("S-1", PRIVATE))
    done = subprocess.run(
        [sys.executable, "-c", BREAKS],
        capture_output=True,
        cwd=tmp_path,
        env=program.environment,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (70, "")
    assert re.search(r"^Error: screener \S+ failed inside \(ValueError at \S+:\d+\)$", done.stderr, re.MULTILINE)
    assert_one_screen(done.stderr)
    assert "SECRET" not in done.stderr
    assert PRIVATE not in done.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    """As in `screener screen … | head -1`."""
    program = Program(tmp_path, SMALL_CRITERIA)
    program.write("person.yaml", PERSON)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = subprocess.run(
            [*COMMAND, "screen", "person.yaml"],
            stdout=pipe,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=program.environment,
            check=False,
        )
    assert done.stderr == b""
