"""Sessions: no answer is lost, whatever happens to the program, and the file says what happened."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.program import COMMAND, SMALL_CRITERIA, Call, Program, Ran, changed

if TYPE_CHECKING:
    from pathlib import Path

DAY = ["--as-of", "2026-11-22"]
FIRST, SECOND = "61\n1\n180\n", "28\n40\nm\nnone\nnever\n"  # what a small interview is answered, in two parts
_SECONDS = 20


def events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def part(session: str, stdin: str, *words: str) -> dict[str, Call]:
    return {session: Call(["interview", "--session", f"{session}.jsonl", *words], stdin)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("session")


@pytest.fixture(scope="module")
def before(home: Path) -> dict[str, bytes]:
    """Sessions left after the first part, and what their files then held."""
    program = Program(home, SMALL_CRITERIA)
    names = ("resumed", "torn", "new rules", "changed answer", "another day", "damaged")
    calls = {name: call for each in names for name, call in part(each, FIRST, *DAY).items()}
    calls |= part("whole", FIRST + SECOND, *DAY)
    calls["state"] = Call(["interview", *DAY], "61\n", {"XDG_STATE_HOME": str(home / "state")})
    calls["home"] = Call(["interview", *DAY], "61\n")
    ran = program.run_all(calls)
    assert {ran[name].code for name in names} == {3}
    held = {name: (home / f"{name}.jsonl").read_bytes() for name in names}
    torn = home / "torn.jsonl"
    torn.write_bytes(torn.read_bytes() + b'{"event": "answer", "fact": "prior_the')
    damaged = home / "damaged.jsonl"
    damaged.write_bytes(damaged.read_bytes().replace(b'{"event": "answer", "fact": "toxicity_grade"', b"{oops"))
    stale = home / "changed answer.jsonl"
    stale.write_bytes(stale.read_bytes().replace(b'"raw": "1"', b'"raw": "neither"'))
    return held | {"whole": ran["whole"].out.encode()}


@pytest.fixture(scope="module")
def resumed(home: Path, before: dict[str, bytes]) -> dict[str, Ran]:
    assert before
    program = Program(home, SMALL_CRITERIA)
    program.write("no session.jsonl", '{"hello": "world"}\n')
    (home / "folder.jsonl").mkdir()
    rules = home / "criteria"
    shutil.copytree(SMALL_CRITERIA, rules)
    trial = rules / "trials" / "NCT00000001.yaml"
    text = changed(trial.read_text(encoding="utf-8"), ("include: age >= 18", "include: age >= 62"))
    trial.write_text(text, encoding="utf-8")
    calls = part("resumed", SECOND) | part("torn", SECOND) | part("another day", SECOND, "--as-of", "2026-12-01")
    calls |= part("new rules", "", "--criteria", str(rules)) | part("changed answer", "") | part("damaged", "")
    calls |= part("no session", "") | part("folder", "")
    return program.run_all(calls)


def test_a_session_that_was_left_goes_on_where_it_stood(
    home: Path, before: dict[str, bytes], resumed: dict[str, Ran]
) -> None:
    ran = resumed["resumed"]
    assert ran.code == 0
    assert "Going on from resumed.jsonl: 3 answers so far." in ran.err
    assert "How old is the patient?" not in ran.err
    assert ran.out == before["whole"].decode().replace("Patient whole", "Patient resumed")
    assert len(events(home / "resumed.jsonl")) == 8


def test_a_session_is_only_ever_appended_to(home: Path, before: dict[str, bytes], resumed: dict[str, Ran]) -> None:
    assert resumed["resumed"].code == 0
    assert (home / "resumed.jsonl").read_bytes().startswith(before["resumed"])


def test_a_session_holds_one_event_a_line_and_the_first_says_what_it_is(home: Path, before: dict[str, bytes]) -> None:
    assert before
    head, *rest = events(home / "whole.jsonl")
    assert (head["event"], head["schema"], head["as_of"]) == ("start", 1, "2026-11-22")
    assert head["rules"].keys() == {"NCT00000001"}
    assert [event["fact"] for event in rest] == [
        *("age", "toxicity_grade", "platelets", "ast", "sex", "prior_therapies", "last_live_vaccine"),
    ]
    assert {event["event"] for event in rest} == {"answer"}


def test_a_session_is_the_patients_own(home: Path, before: dict[str, bytes]) -> None:
    assert before
    for path in home.glob("*.jsonl"):
        if path.is_file() and path.name != "no session.jsonl":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("place", ["state", ".local/state"])
def test_without_a_name_the_session_is_kept_in_the_users_state_folder(
    home: Path, before: dict[str, bytes], place: str
) -> None:
    assert before
    folder = home / place / "screener" / "sessions"
    [path] = folder.iterdir()
    assert [event["event"] for event in events(path)] == ["start", "answer"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_torn_last_line_is_mended_and_said(home: Path, before: dict[str, bytes], resumed: dict[str, Ran]) -> None:
    ran = resumed["torn"]
    assert ran.code == 0
    assert "The last line was torn when the session stopped; it was removed." in ran.err
    assert "3 answers so far" in ran.err
    assert (home / "torn.jsonl").read_bytes().startswith(before["torn"])
    assert len(events(home / "torn.jsonl")) == 8  # every line is whole again
    assert ran.out == before["whole"].decode().replace("Patient whole", "Patient torn")


def test_rules_that_have_changed_are_said_and_judged_by(resumed: dict[str, Ran]) -> None:
    ran = resumed["new rules"]
    assert "The rules have changed since this session began" in ran.err
    assert "NCT00000001  no match" in ran.out
    assert "The rules have changed" not in resumed["resumed"].err


def test_the_day_of_screening_stays_that_of_the_session(resumed: dict[str, Ran]) -> None:
    ran = resumed["another day"]
    assert "The session's day of screening, 2026-11-22, is kept" in ran.err
    assert "screened as of 2026-11-22" in ran.out


def test_an_answer_that_can_no_longer_be_read_is_left_out_and_said_and_asked_again(resumed: dict[str, Ran]) -> None:
    ran = resumed["changed answer"]
    assert "An answer to `toxicity_grade` cannot be read any more and was left out." in ran.err
    assert "How bad is the worst side effect that is left?" in ran.err
    assert "neither" not in ran.err
    assert ran.code == 3


def test_a_damaged_line_in_the_middle_is_refused_by_its_number(resumed: dict[str, Ran]) -> None:
    assert resumed["damaged"].code == 65
    assert "damaged.jsonl:3: this line is no event of a session" in resumed["damaged"].err


def test_a_file_that_is_no_session_is_refused_and_left_alone(home: Path, resumed: dict[str, Ran]) -> None:
    assert resumed["no session"].code == 65
    assert "no session.jsonl is no session of this program" in resumed["no session"].err
    assert (home / "no session.jsonl").read_text(encoding="utf-8") == '{"hello": "world"}\n'
    assert resumed["folder"].code == 66


def test_a_kill_in_the_middle_loses_no_answer(tmp_path: Path) -> None:
    program = Program(tmp_path, SMALL_CRITERIA)
    session = tmp_path / "s.jsonl"
    words = [*COMMAND, "interview", "--session", "s.jsonl", *DAY]
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env=program.environment,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(FIRST.encode())
        process.stdin.flush()
        deadline = time.monotonic() + _SECONDS
        while not session.exists() or session.read_bytes().count(b"\n") < 4:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.kill()
        assert process.wait(_SECONDS) == -9
    left = session.read_bytes()
    assert [event.get("raw") for event in events(session)[1:]] == ["61", "1", "180"]
    [ran] = program.run_all(part("s", SECOND)).values()
    assert ran.code == 0
    assert "NCT00000001  match" in ran.out
    assert session.read_bytes().startswith(left)
    assert len(events(session)) == 8
