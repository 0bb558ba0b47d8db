"""`screener screen` as scripts and people call it: formats, options, exit codes, and text that tries to break out."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import shutil
import stat
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.program import COMMAND, EXAMPLE, REPOSITORY, SMALL_CRITERIA, Call, Program, Ran, changed

GOLDEN = Path(__file__).parent / "golden"
PERSON = """\
patient: S-1
as_of: 2026-11-22
facts:
  age: 61
  sex: male
  toxicity_grade: 1
  prior_therapies: [{agent: cisplatin, last_dose: 2026-01-05}]
  last_live_vaccine: never
  platelets: 180 K/uL
  ast: {value: 28 U/L, uln: 40 U/L}
"""
LONG = 230
HOSTILE = r"""
patient: "P-1 [bold red]PWNED[/] \e[31m\u202e|a|b| *c* `d` <script>e</script>"
as_of: 2026-11-22
facts:
  prior_therapies:
    - {agent: "[bold]drug[/bold]\e[2J\x9b31m\u202e\u2066 | x | <b>y</b> _z_ [link](http://a.b)", last_dose: 2026-11-20}
    - {agent: "LONGWORD", last_dose: 2026-11-21}
""".strip().replace("LONGWORD", "W" * LONG)
HOSTILE_TITLE = r'"[red]A[/red] \e[31m|b|\u202e <i>c</i>"'
FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

Json = dict[str, Any]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """The example patient against all that is shipped, in every format."""
    program = Program(tmp_path_factory.mktemp("example"))
    calls = {
        "table": ["screen", EXAMPLE],
        "explain": ["screen", EXAMPLE, "--explain"],
        "md": ["screen", EXAMPLE, "-f", "md"],
        "json": ["screen", EXAMPLE, "-f", "json"],
        "jsonl": ["screen", EXAMPLE, "-f", "jsonl"],
        "two": ["screen", EXAMPLE, "-f", "json", "-t", "nct06885697", "-t", "NCT04577326", "-t", "NCT06885697"],
    }
    return program.run_all(calls)


@pytest.mark.parametrize(
    ("form", "name"),
    [("table", "table.txt"), ("explain", "table-explain.txt"), ("md", "report.md"), ("json", "document.json")],
)
def test_the_whole_output_is_the_one_on_record(
    example: dict[str, Ran], form: str, name: str, request: pytest.FixtureRequest
) -> None:
    """Rewritten only by `pytest --update-golden`; read the difference before you commit it."""
    path = GOLDEN / name
    if request.config.getoption("--update-golden"):
        path.write_text(example[form].out, encoding="utf-8")
    assert example[form].out == path.read_text(encoding="utf-8")
    assert (example[form].code, example[form].err) == (0, "")


def test_no_line_of_a_table_is_wider_than_the_terminal_or_ends_in_blanks(example: dict[str, Ran]) -> None:
    for form in ("table", "explain"):
        for line in example[form].out.splitlines():
            assert len(line) <= 100
            assert line == line.rstrip()


def test_the_json_document_has_the_keys_that_scripts_were_promised(example: dict[str, Ran]) -> None:
    document: Json = json.loads(example["json"].out)
    assert document.keys() >= {"schema", "patient", "as_of", "trials", "disclaimer"}
    assert (document["schema"], document["patient"], document["as_of"]) == (1, "EXAMPLE-1", "2026-11-22")
    for trial in document["trials"]:
        assert trial.keys() >= {
            *("trial", "title", "verdict", "eligible_from", "score", "factors", "criteria"),
            *("missing_facts", "manual", "rule_file"),
        }
        assert trial["score"].keys() >= {"value", "low", "high"}
        assert trial["rule_file"].keys() >= {"sha256", "registry_as_of"}
        assert trial["verdict"] in {"match", "undecided", "not yet", "no match"}
        for criterion in trial["criteria"]:
            assert criterion.keys() >= {
                *("id", "kind", "factor", "gate", "outcome", "text", "why", "facts", "source"),
            }
            assert criterion["factor"] in trial["factors"]
            assert criterion["why"]


def test_the_rule_file_named_in_the_json_is_the_one_on_disk(example: dict[str, Ran]) -> None:
    for trial in json.loads(example["json"].out)["trials"]:
        folder = "profiles" if trial["profile"] else "trials"
        file = REPOSITORY / "criteria" / folder / f"{trial['trial']}.yaml"
        assert trial["rule_file"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_scores_lie_in_order_between_nothing_and_all(example: dict[str, Ran]) -> None:
    for trial in json.loads(example["json"].out)["trials"]:
        for score in (trial["score"], *trial["factors"].values()):
            if score["value"] is not None:
                assert 0 <= score["low"] <= score["value"] <= score["high"] <= 100


def test_jsonl_has_one_document_a_line_and_says_the_same_as_json(example: dict[str, Ran]) -> None:
    whole: Json = json.loads(example["json"].out)
    lines: list[Json] = [json.loads(line) for line in example["jsonl"].out.splitlines()]
    assert [trial for line in lines for trial in line["trials"]] == whole["trials"]
    assert all(len(line["trials"]) == 1 for line in lines)
    assert all(line["disclaimer"] == whole["disclaimer"] for line in lines)


def test_trials_are_chosen_by_number_in_any_case_in_the_order_named_each_once(example: dict[str, Ran]) -> None:
    trials = [trial["trial"] for trial in json.loads(example["two"].out)["trials"]]
    assert trials == ["NCT06885697", "NCT04577326"]


def test_every_format_carries_the_disclaimer_the_date_and_the_rule_file(example: dict[str, Ran]) -> None:
    for form in ("table", "explain", "md", "json", "jsonl"):
        text = " ".join(example[form].out.split())
        assert "It does not say that a patient is eligible: the trial team decides" in text
        assert "2026-11-22" in text
        sha = hashlib.sha256((REPOSITORY / "criteria/trials/NCT04577326.yaml").read_bytes()).hexdigest()
        assert sha[:12] in text
        assert "2025-04-29" in text


VERDICTS = {
    "match": (PERSON, 0),
    "no match": (PERSON.replace("age: 61", "age: 17"), 10),
    "undecided": (PERSON.replace("  platelets: 180 K/uL\n", ""), 11),
    "not yet": (PERSON.replace("last_live_vaccine: never", "last_live_vaccine: 2026-11-01"), 12),
}
AS_JSON = (
    '{\n\t"patient": "S\\u002d1",\n\t"as_of": "2026-11-22",\n\t"facts": {"age": 61, "sex": "male", "toxicity_grade": 1,'
    ' "last_live_vaccine": "never", "platelets": "180 K\\/uL", "ast": {"value": "28 U\\u002fL", "uln": "40 U/L"},'
    ' "prior_therapies": [{"agent": "cisplatin", "last_dose": "2026-01-05"}]}}\n'
)
FOREIGN_JSON = r'{"patient": "\ud83e\ude7a \u00e9 \/", "as_of": "2026-11-22", "facts": {"age": 61}}'
EXACT_JSON = '{"patient": "P", "as_of": "2026-11-22", "facts": {"platelets": 99.99999999999999999999}}'
SHIPPED = {"SCREENER_CRITERIA": ""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("small")


@pytest.fixture(scope="module")
def small(folder: Path) -> dict[str, Ran]:
    """Runs with the nine facts and the one trial of tests/small_criteria."""
    program = Program(folder, SMALL_CRITERIA)
    program.write("person.yaml", PERSON)
    program.write("chart-7.yaml", PERSON.replace("patient: S-1\n", ""))
    program.write("bad.yaml", PERSON.replace("age: 61", "age: 161"))
    verdicts = {}
    for name, (text, _) in VERDICTS.items():
        program.write(f"{name}.yaml", text)
        verdicts[name] = ["screen", f"{name}.yaml", "-f", "json", "--exit-code"]
    return program.run_all(
        {
            "plain": ["screen", "person.yaml"],
            "to a file": ["screen", "person.yaml", "-o", "out.txt"],
            "to a dash": ["screen", "person.yaml", "-o", "-"],
            "unknown trial": ["screen", "person.yaml", "-t", "NCT00000002"],
            "undecided, not asked": ["screen", "undecided.yaml", "-f", "json"],
            "another day": ["screen", "person.yaml", "-f", "json", "--as-of", "2026-12-24"],
            "yaml from stdin": Call(["screen", "-", "-f", "json"], PERSON),
            "json from stdin": Call(["screen", "-", "-f", "json"], AS_JSON),
            "foreign json": Call(["screen", "-", "-f", "json"], FOREIGN_JSON),
            "exact json": Call(["screen", "-", "-f", "json"], EXACT_JSON),
            "no name": ["screen", "chart-7.yaml", "-f", "json"],
            "color": ["screen", "person.yaml", "--color", "always"],
            "no color": Call(["--color=never", "screen", "person.yaml"]),
            "before": Call(["--criteria", SMALL_CRITERIA, "-q", "screen", "person.yaml"], variables=SHIPPED),
            "after": Call(
                ["screen", f"--criteria={SMALL_CRITERIA}", "person.yaml", "--quiet", "--no-input"], variables=SHIPPED
            ),
            "wrong variable": Call(["screen", "person.yaml"], variables={"SCREENER_CRITERIA": "nowhere"}),
            "option over variable": Call(
                ["screen", "person.yaml", "--criteria", SMALL_CRITERIA], variables={"SCREENER_CRITERIA": "nowhere"}
            ),
            "quiet": ["-q", "screen", "bad.yaml"],
            **verdicts,
        }
    )


def test_the_program_started_anew_says_the_same_as_in_the_runs_of_this_file(
    folder: Path, small: dict[str, Ran]
) -> None:
    assert Program(folder, SMALL_CRITERIA).run("screen", "person.yaml") == small["plain"]


def test_an_output_file_is_the_patients_own_and_holds_what_would_have_been_printed(
    small: dict[str, Ran], folder: Path
) -> None:
    assert (small["to a file"].code, small["to a file"].out) == (0, "")
    path = folder / "out.txt"
    assert path.read_text(encoding="utf-8") == small["plain"].out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [item.name for item in folder.iterdir() if item.name.startswith(".out.txt")]  # nothing left behind


def test_a_dash_as_output_is_standard_output(small: dict[str, Ran]) -> None:
    assert small["to a dash"] == small["plain"]


def test_an_unknown_trial_is_a_usage_error_that_names_the_nearest(small: dict[str, Ran]) -> None:
    ran = small["unknown trial"]
    assert (ran.code, ran.out) == (2, "")
    assert "there are no rules for a trial `NCT00000002`" in ran.err
    assert "did you mean `NCT00000001`?" in ran.err


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_exit_code_tells_the_verdict_when_asked_to(small: dict[str, Ran], verdict: str) -> None:
    assert json.loads(small[verdict].out)["trials"][0]["verdict"] == verdict
    assert small[verdict].code == VERDICTS[verdict][1]


def test_whatever_the_verdict_the_exit_code_is_0_when_not_asked_to(small: dict[str, Ran]) -> None:
    assert small["undecided, not asked"].code == 0
    assert small["undecided, not asked"].out == small["undecided"].out


def test_the_day_of_screening_can_be_replaced(small: dict[str, Ran]) -> None:
    assert json.loads(small["another day"].out)["as_of"] == "2026-12-24"


def test_a_patient_comes_from_standard_input_as_yaml_or_as_json(small: dict[str, Ran]) -> None:
    assert json.loads(small["yaml from stdin"].out)["trials"][0]["verdict"] == "match"
    assert (small["json from stdin"].code, small["json from stdin"].err) == (0, "")
    assert small["json from stdin"].out == small["yaml from stdin"].out


def test_json_text_outside_the_basic_plane_survives(small: dict[str, Ran]) -> None:
    assert json.loads(small["foreign json"].out)["patient"] == "\N{STETHOSCOPE} é /"


def test_a_number_in_json_is_read_exactly(small: dict[str, Ran]) -> None:
    outcomes = {item["id"]: item["outcome"] for item in json.loads(small["exact json"].out)["trials"][0]["criteria"]}
    assert outcomes["INC-4"] == "not met"  # as a binary number it would be the 100 of the threshold


def test_a_patient_without_a_name_is_called_after_the_file(small: dict[str, Ran]) -> None:
    assert json.loads(small["no name"].out)["patient"] == "chart-7"


def test_color_is_used_only_when_it_is_wanted(small: dict[str, Ran]) -> None:
    assert "\x1b[" not in small["plain"].out  # standard output is no terminal
    assert "\x1b[1;32mmatch" in small["color"].out
    assert small["no color"].out == small["plain"].out
    assert without_color(small["color"].out) == small["plain"].out


def without_color(text: str) -> str:
    """The text without the sequences that color it, and without the blanks that they hide at the ends of lines."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    return "".join(f"{line.rstrip()}\n" for line in plain.splitlines())


@pytest.mark.parametrize(
    ("variables", "colored"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_is_colored_unless_it_is_dumb_or_no_color_is_set(
    folder: Path, small: dict[str, Ran], variables: dict[str, str], *, colored: bool
) -> None:
    environment: Any = Program(folder, SMALL_CRITERIA).environment | variables
    seen: Any = pexpect.run(
        shlex.join([*COMMAND, "screen", "person.yaml"]), cwd=str(folder), env=environment, timeout=30
    )
    assert ("\x1b[" in seen.decode()) is colored
    assert without_color(seen.decode()) == small["plain"].out


def test_global_options_may_stand_before_and_after_the_command(small: dict[str, Ran]) -> None:
    assert small["before"] == small["after"] == small["plain"]  # the last takes its rules from SCREENER_CRITERIA
    assert "NCT00000001  match" in small["before"].out
    assert "NCT04577326" not in small["before"].out


def test_the_option_wins_over_the_variable(small: dict[str, Ran]) -> None:
    assert small["wrong variable"].code == 66
    assert "nowhere is not a folder of criteria" in small["wrong variable"].err
    assert small["option over variable"] == small["plain"]


def test_quiet_keeps_the_result_and_the_errors(small: dict[str, Ran]) -> None:
    assert small["quiet"].code == 65
    assert small["quiet"].out.startswith("Patient S-1")
    assert "age: Age lies outside the plausible range" in small["quiet"].err


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """A patient, and a rule file, whose texts try to format, to color, to turn the line round and to run."""
    home = tmp_path_factory.mktemp("hostile")
    rules = home / "criteria"
    shutil.copytree(SMALL_CRITERIA, rules)
    trial = rules / "trials" / "NCT00000001.yaml"
    text = changed(trial.read_text(encoding="utf-8"), ("A trial made up for tests", HOSTILE_TITLE))
    trial.write_text(text, encoding="utf-8")
    program = Program(home, rules)
    program.write("h.yaml", HOSTILE)
    return program.run_all(
        {
            "table": ["screen", "h.yaml", "--explain"],
            "color": ["screen", "h.yaml", "--explain", "--color", "always"],
            "md": ["screen", "h.yaml", "--explain", "-f", "md"],
            "json": ["screen", "h.yaml", "-f", "json"],
        }
    )


def test_text_from_outside_is_never_markup_nor_control_in_a_table(hostile: dict[str, Ran]) -> None:
    out = hostile["table"].out
    assert hostile["table"].code == 0
    assert not FORBIDDEN.search(out)
    assert "[bold red]PWNED[/]" in out  # shown as it stands, not taken as markup
    assert "[bold]drug[/bold]" in out
    assert "[red]A[/red]" in out


def test_a_word_longer_than_the_line_is_folded_and_nothing_of_it_lost(hostile: dict[str, Ran]) -> None:
    lines = hostile["table"].out.splitlines()
    assert all(len(line) <= 100 for line in lines)
    assert "W" * LONG in "".join(line.strip() for line in lines)


def test_with_color_only_the_programs_own_colors_reach_the_terminal(hostile: dict[str, Ran]) -> None:
    assert "\x1b[" in hostile["color"].out
    assert without_color(hostile["color"].out) == hostile["table"].out


def test_text_from_outside_cannot_format_or_break_markdown(hostile: dict[str, Ran]) -> None:
    out = hostile["md"].out
    assert hostile["md"].code == 0
    assert not FORBIDDEN.search(out)
    assert not re.search(r"(?<!\\)[<>]", out)
    assert not re.search(r"(?<!\\)\[(link|red|bold)", out)
    for line in out.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5  # four columns
    heads = [line for line in out.splitlines() if line.startswith("#")]
    assert [head.split()[0] for head in heads].count("#") == 1
    assert [head for head in heads if head.startswith("## ")] == [
        "## At a glance",
        "## What is missing, and who can supply it",
        "## Trial by trial",
    ]
    assert [head.split()[1] for head in heads if head.startswith("### NCT")] == ["NCT00000001:"]


def test_the_json_of_a_hostile_patient_is_one_document_with_its_text_unchanged(hostile: dict[str, Ran]) -> None:
    assert "\x1b" not in hostile["json"].out
    document: Json = json.loads(hostile["json"].out)
    assert document["patient"].startswith("P-1 [bold red]PWNED[/] \x1b[31m\u202e|a|b|")
    assert document["trials"][0]["title"] == "[red]A[/red] \x1b[31m|b|\u202e <i>c</i>"
