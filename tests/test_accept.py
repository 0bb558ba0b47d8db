"""A record taken over into its rule file after review: what changes there, what never does, and what is refused."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from screener.catalog import load_dictionary
from screener.cli.app import run
from screener.compile import compile_trial
from screener.eligibility import eligibility_text, fingerprint, split
from screener.errors import InputError
from screener.registry.accept import accept
from screener.registry.cache import Cache, before_name, study_name
from screener.registry.check import check
from screener.registry.read import read_study
from screener.source import Text, load_text
from tests.fault_server import FaultServer, text, value
from tests.program import SMALL_CRITERIA, Program, changed

if TYPE_CHECKING:
    from screener.model import Trial
    from screener.registry.accept import Acceptance
    from screener.registry.study import Study

TRIAL, DAY = "NCT00000001", "2026-11-20"
VERSION = {"apiVersion": "2.0.5", "dataTimestamp": f"{DAY}T09:00:05"}
DICTIONARY = load_dictionary(SMALL_CRITERIA)
RULES = (SMALL_CRITERIA / "trials" / f"{TRIAL}.yaml").read_text()
WORDS = """Inclusion Criteria:

1. Adults
2. Side effects of grade 0 or 1
3. Six weeks since a checkpoint inhibitor
4. Enough platelets
5. AST not far above normal

Exclusion Criteria:

1. A live vaccine in the last eight weeks
2. Pregnancy
3. Whatever else stands in the way
"""
LAST = "3. Whatever else stands in the way\n"
OTHER = changed(WORDS, ("Adults", "Adults below 80"))
REGISTRY = Path(__file__).parents[2] / "shared" / "registry"


def record(words: str = WORDS, status: str = "RECRUITING", *, day: str = "", nct_id: str = TRIAL) -> dict[str, Any]:
    modules = {
        "identificationModule": {"nctId": nct_id},
        "statusModule": {"overallStatus": status, "statusVerifiedDate": "2026-10"},
        "eligibilityModule": {"eligibilityCriteria": words, "sex": "ALL"},
    }
    return {"protocolSection": modules, "derivedSection": {"miscInfoModule": {"versionHolder": day}}}


def study(words: str = WORDS, status: str = "RECRUITING", nct_id: str = TRIAL) -> Study:
    return read_study(record(words, status, nct_id=nct_id))


def trial_of(rules: str) -> Trial:
    return compile_trial(load_text(Text("rules", rules.removeprefix("\ufeff").replace("\r\n", "\n"))), DICTIONARY)


def accepted(rules: str, now: Study | None, day: str = DAY) -> Acceptance:
    return accept(trial_of(rules), rules, now, day, DICTIONARY)


RECORDED = accepted(RULES, study(), "2026-02-03").text


def test_a_record_is_taken_over_for_the_first_time() -> None:
    head, block = RECORDED.split("requirements:")
    kept = RULES.splitlines()
    new = [line for line in head.splitlines() if line not in kept]
    assert new == [
        "  as_of: 2026-02-03",
        f'  eligibility_sha256: "{fingerprint(WORDS)}"',
        "  status_as_of: 2026-02-03",
        '  status_source: "the registry\'s record of 2026-02-03, where the status was last verified in 2026-10"',
    ]
    assert [line for line in kept if line not in head.splitlines()] == [kept[index] for index in (6, 7, 10, 11)]
    assert re.findall(r'"(\w{16})"', block) == [item.sha256 for item in split(WORDS)]
    assert check(trial_of(RECORDED), study()) == ()


@pytest.mark.parametrize(
    "form",
    [
        lambda rules: rules,
        lambda rules: rules.replace("\n", "\r\n"),
        lambda rules: "\ufeff" + rules,
        lambda rules: rules.rstrip("\n"),
        lambda rules: re.sub(r"(?m)^(?=criteria:|    factor|  exclusion:|  status:)", "# a remark: no value\n", rules),
        lambda rules: re.sub(r"(?m)^( +(?:as_of|status|status_as_of|\"1\"): .*)$", r"\1  # why", rules),
        lambda rules: re.sub(r"  status_source: .*", "  status_source: >-\n    as told\n    on the phone\n", rules),
        lambda rules: re.sub(r"(?s)(.*)(requirements:.*)", r"\1asides: []\n\2", rules),
        lambda rules: "".join(re.split(r"(?=requirements:)", rules)[::-1]),
    ],
    ids=["as shipped", "crlf", "mark", "no last break", "remarks", "remarks behind", "folded", "asides", "first"],
)
def test_only_the_lines_of_the_record_change(form: Any) -> None:
    rules = form(RECORDED)
    now = study(OTHER, "SUSPENDED")
    done = accepted(rules, now)
    assert [key for key, _, _ in done.edits] == [
        *("as_of", "eligibility_sha256", "status", "status_as_of", "status_source", "inclusion 1")
    ]
    keys = r"(as_of|eligibility_sha256|status|status_as_of|status_source|\"1\"): "
    values = re.compile(rf"(?m)^ +{keys}(>-(\r?\n    .*)+|\".*?\"|[^#\r\n]*?)(?=\s*(#.*)?\r?$)")
    assert values.sub("", done.text) == values.sub("", rules)
    assert done.text != rules
    assert check(trial_of(done.text), now) == ()
    assert accepted(done.text, now).edits == ()
    assert accepted(done.text, now).text == done.text


def test_lines_are_added_and_removed_where_they_belong() -> None:
    shorter = changed(WORDS, ("5. AST not far above normal\n", ""), (LAST, ""))
    fewer = re.sub(r"(?s)  - id: (INC-5|EXC-3).*?(?=  - id|requirements:)", "", RECORDED)
    less = accepted(fewer, study(shorter))
    assert [edit[0] for edit in less.edits if not edit[2]] == ["inclusion 5", "exclusion 3"]
    assert check(trial_of(less.text), study(shorter)) == ()
    criteria = re.search(r"(?s)criteria:.*?(?=requirements:)", RECORDED)
    assert criteria
    restored = re.sub(r"(?s)criteria:.*?(?=requirements:)", lambda _: criteria[0], less.text)
    more = accepted(restored, study())
    assert [edit[0] for edit in more.edits if not edit[1]] == ["inclusion 5", "exclusion 3"]
    assert more.text.split("requirements:")[1] == RECORDED.split("requirements:")[1]


def test_a_section_comes_and_goes() -> None:
    only = WORDS.split("Exclusion", maxsplit=1)[0]
    bare = re.sub(r"(?s)  - id: EXC.*?(?=requirements:)", "", RECORDED)
    none = accepted(bare, study(only))
    assert "exclusion:" not in none.text
    again = accepted(
        RECORDED.split("requirements:")[0] + "requirements:" + none.text.split("requirements:")[1], study()
    )
    assert again.text.split("requirements:")[1] == RECORDED.split("requirements:")[1]


@pytest.mark.parametrize(
    ("rules", "now", "day", "says"),
    [
        (RECORDED, None, DAY, "the registry has no record of it"),
        (RECORDED, study(nct_id="NCT00000002"), DAY, "the registry keeps it as NCT00000002"),
        (RECORDED, study(""), DAY, "no eligibility text"),
        (RECORDED, study("Inclusion Criteria:\n"), DAY, "its text holds no requirement"),
        (RECORDED, study(), "2026-02-02", "the record is of 2026-02-02, the rule file of 2026-02-03"),
        (RECORDED, study(), "", "does not tell the day"),
        (RECORDED, study(), "2026-11", "does not tell the day"),
        (RECORDED, study(status="APPROVED_FOR_MARKETING"), DAY, "know no status `approved_for_marketing`"),
        (RECORDED, study(WORDS + "4. Nursing\n"), DAY, "no criterion or aside accounts for exclusion 4"),
        (
            RECORDED,
            study(WORDS.split("3. Whatever", maxsplit=1)[0]),
            DAY,
            "EXC-3 cites exclusion 3, which the text does not have",
        ),
        (RECORDED.replace("\n", "\r\n", 3), study(OTHER), DAY, "end in two ways"),
        (
            re.sub(r"(?s)requirements:.*", 'requirements: {inclusion: {"1": "00"}}\n', RECORDED),
            study(OTHER),
            DAY,
            "cannot be edited line by line",
        ),
    ],
    ids=[
        *("no record", "merged", "no text", "empty text", "older", "no day", "part of a day", "status", "uncovered"),
        *("still cited", "line ends", "one line"),
    ],
)
def test_what_is_refused_says_why_and_what_to_do(rules: str, now: Study | None, day: str, says: str) -> None:
    with pytest.raises(InputError, match=f"{TRIAL} is not accepted: ") as raised:
        accepted(rules, now, day)
    assert says in str(raised.value)
    assert all(problem.remedy for problem in raised.value.problems)


def test_a_status_that_the_record_does_not_state_or_that_is_older_stays() -> None:
    later = changed(RECORDED, ("status_as_of: 2026-02-03", "status_as_of: 2026-11-21"))
    for rules, now in ((RECORDED, study(status="")), (later, study())):
        assert [edit[0] for edit in accepted(rules, now).edits] == ["as_of"]
    with pytest.raises(InputError, match="the rule file of 2026-11-21"):
        accepted(later, study(status="COMPLETED"))


def test_hostile_words_never_reach_the_file() -> None:
    hostile = changed(WORDS, ("Adults", 'Adults"\n    evil: !!python/object \x1b[31m\u202e'))
    done = accepted(RECORDED, study(hostile))
    assert "evil" not in done.text
    assert done.text.isprintable() or set(filter(lambda c: not c.isprintable(), done.text)) == {"\n"}


# From the user's side.


@pytest.fixture
def program(tmp_path: Path) -> Program:
    shutil.copytree(SMALL_CRITERIA, tmp_path / "criteria")
    (tmp_path / "criteria" / "trials" / f"{TRIAL}.yaml").write_text(RECORDED)
    return Program(tmp_path, tmp_path / "criteria", {"SCREENER_CACHE": str(tmp_path / "kept")})


def rule_file(program: Program) -> Path:
    return program.folder / "criteria" / "trials" / f"{TRIAL}.yaml"


def test_a_change_is_shown_until_it_is_accepted_and_never_taken_over_unasked(program: Program) -> None:
    path = rule_file(program)
    path.chmod(0o640)
    answers = value(VERSION), value(record()), value(VERSION), value(record(OTHER, "SUSPENDED"))
    with FaultServer(*answers) as server:
        seen = [program.run("trials", "check", "--refresh", SCREENER_REGISTRY=server.url) for _ in range(2)]
    assert [ran.code for ran in seen] == [0, 1]
    second = program.run("trials", "check", "--offline")
    assert (second.code, second.out) == (1, seen[1].out)
    assert "inclusion 1 was changed; it touches INC-1" in second.out
    assert "new: below 80" in second.out
    assert "is suspended; it takes no new patients" in second.out
    assert path.read_text() == RECORDED
    done = program.run("trials", "check", "--accept", TRIAL, "--offline", "-f", "json")
    assert (done.code, done.err) == (0, "")
    (said,) = json.loads(done.out)["trials"]
    assert (said["accepted"], said["refused"], said["data_day"]) == (True, None, DAY)
    assert (said["status"], said["takes_new_patients"]) == ("suspended", False)
    assert [finding["kind"] for finding in said["findings"]] == ["status", "requirement"]
    assert said["findings"][1]["difference"] == [[" ", "Adults"], ["+", "below 80"]]
    assert {"key": "status", "before": "recruiting", "after": "suspended"} in said["edits"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert Cache(program.folder / "kept").get(before_name(TRIAL)) is None
    again = program.run("trials", "check", "--offline")
    assert (again.code, again.out) == (0, f"{TRIAL} unchanged\n")


def test_what_is_accepted_is_printed(program: Program) -> None:
    program.write("saved.json", json.dumps(record(OTHER, day=DAY)))
    ran = program.run("trials", "check", "--accept", TRIAL, "--input", "saved.json", COLUMNS="80")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == f"{TRIAL} 1 finding, accepted"
    assert "  inclusion 1 was changed; it touches INC-1" in lines
    assert "      now: Adults below 80" in lines
    assert f"      as_of: 2026-02-03 -> {DAY}" in lines
    assert max(map(len, lines)) <= 80


def test_what_is_refused_leaves_the_file_and_shows_the_findings(program: Program) -> None:
    program.write("saved.json", json.dumps(record(WORDS + "4. Nursing\n", day=DAY)))
    ran = program.run("trials", "check", "--accept", TRIAL, "--input", "saved.json")
    assert ran.code == 65
    assert ran.out.startswith(f"{TRIAL} 1 finding, not accepted\n  exclusion 4 was added")
    assert "no criterion or aside accounts for exclusion 4" in ran.err
    assert rule_file(program).read_text() == RECORDED


def test_a_folder_that_cannot_be_written_says_where_to_write(
    program: Program, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program.write("saved.json", json.dumps(record(OTHER, day=DAY)))

    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    monkeypatch.setenv("SCREENER_CACHE", str(program.folder / "kept"))
    words = ["--criteria", str(program.criteria), "trials", "check", "--accept", TRIAL, "--input"]
    assert run([*words, str(program.folder / "saved.json")]) == 66
    assert "--criteria DIR" in capsys.readouterr().err
    assert rule_file(program).read_text() == RECORDED


def test_one_trial_that_fails_hides_no_other(program: Program) -> None:
    other = "NCT00000002"
    second = rule_file(program).with_name(f"{other}.yaml")
    second.write_text(changed(RECORDED, (f"trial: {TRIAL}", f"trial: {other}")))
    answers = value(VERSION), text("no", 400, "text/plain"), value(VERSION), value(record(OTHER, nct_id=other))
    for form in ("table", "json"):
        with FaultServer(*answers) as server:
            ran = program.run("trials", "check", "--refresh", "-f", form, SCREENER_REGISTRY=server.url)
        assert ran.code == 69
        assert f"{TRIAL} is not checked: " in ran.err
        assert other in ran.out
    said = json.loads(ran.out)
    assert [each["trial"] for each in said["trials"]] == [other]
    assert [each["trial"] for each in said["not_checked"]] == [TRIAL]


def test_a_registry_out_of_reach_is_asked_twice_and_not_once_for_each_trial(tmp_path: Path) -> None:
    with FaultServer(text("no", 400, "text/plain")) as server:
        ran = Program(tmp_path).run("trials", "check", SCREENER_REGISTRY=server.url)
    assert ran.code == 69
    assert len(server.paths) == 2
    assert ran.err.count("is not checked: ") == 11
    assert ran.err.count("is not checked: nothing is kept of this") == 9


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("NCT00000009",), 2, "there are no rules"),
        ((TRIAL, "--input", "other.json"), 66, "holds no record of these trials"),
        ((TRIAL, "--offline"), 69, f"{TRIAL} is not checked: nothing is kept"),
    ],
    ids=["no rules", "another record", "nothing kept"],
)
def test_what_cannot_be_accepted_at_all(program: Program, words: tuple[str, ...], code: int, says: str) -> None:
    program.write("other.json", json.dumps(record(nct_id="NCT00000002")))
    ran = program.run("trials", "check", "--accept", *words)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err


def test_the_words_from_before_stay_until_the_rule_file_has_those_of_today(program: Program) -> None:
    third = changed(WORDS, ("Adults", "Adults below 75"))
    answers = [answer for words in (WORDS, OTHER, third) for answer in (value(VERSION), value(record(words)))]
    with FaultServer(*answers) as server:
        for _ in range(3):
            ran = program.run("trials", "check", "--refresh", SCREENER_REGISTRY=server.url)
    assert "new: below 75" in ran.out
    cache = Cache(program.folder / "kept")
    kept = cache.get(before_name(TRIAL))
    assert kept
    assert kept.body == record()
    assert cache.names() == (study_name(TRIAL),)


@pytest.mark.skipif(not REGISTRY.is_dir(), reason="../shared/registry is not here")
def test_a_cleaned_record_has_the_fingerprints_of_its_raw_text() -> None:
    paths = sorted(path for folder in ("criteria", "records") for path in (REGISTRY / folder).glob("*.json"))
    compared = 0
    for path in paths:
        raw = eligibility_text(path.read_text(encoding="utf-8"))
        if raw:
            now = study(raw).eligibility
            assert (path.name, fingerprint(now), split(now)) == (path.name, fingerprint(raw), split(raw))
            compared += 1
    assert compared > 20


def test_unescaping_twice_changes_nothing_that_the_registry_writes() -> None:
    raw = "Inclusion Criteria:\n\n1. Platelets \\>= 100 \\* 10\\^9 and BMI \\< 35\n* A\\_B \\[x\\]\n"
    once = replace(study(), eligibility=study(raw).eligibility).eligibility
    assert fingerprint(once) == fingerprint(raw)
    assert split(once) == split(raw)
