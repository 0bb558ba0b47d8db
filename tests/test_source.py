from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.catalog import criteria_folder
from screener.compile import compile_trial
from screener.errors import InputError, NoInputError
from screener.model import Dictionary, Missing
from screener.patient import compile_patient
from screener.source import MAX_BYTES, Mapping, Reader, Scalar, Sequence, Text, load, load_text, read_text
from tests.rule_text import HEAD, TODAY, criterion_text, trial_of
from tests.strategies import DICTIONARY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from screener.errors import Problem
    from screener.model import Patient


def node_of(content: str) -> Mapping | Sequence | Scalar:
    return load_text(Text("file.yaml", content))


def refusal(content: str) -> str:
    with pytest.raises(InputError) as refused:
        node_of(content)
    return str(refused.value)


def private_patient(content: str) -> Patient:
    return compile_patient(load_text(Text("patient.yaml", content, private=True)), DICTIONARY, today=TODAY)


# ---------------------------------------------------------------- what is refused by name


@pytest.mark.parametrize(
    ("content", "place", "what"),
    [
        ("a: &anchor 1\n", "1:4", "an anchor (&)"),
        ("a: {b: &anchor 1}\n", "1:8", "an anchor (&)"),
        ("&root a: 1\n", "1:1", "an anchor (&)"),
        ("a: *alias\n", "1:4", "an alias (*)"),
        ("a: !!python/object/apply:os.system [ls]\n", "1:4", "a tag (!)"),
        ("a: !!str 1\n", "1:4", "a tag (!)"),
        ("a: !mine 1\n", "1:4", "a tag (!)"),
        ("a: !!binary aGk=\n", "1:4", "a tag (!)"),
        ("a: 1\n---\nb: 2\n", "2:1", "a second document"),
        ("%YAML 1.1\n---\na: 1\n", "1:1", "a YAML directive"),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", "1:1", "a YAML directive"),
        ("? [a, b]\n: 1\n", "1:3", "a key that is itself a list or mapping"),
        ("a: " + "[" * 30 + "]" * 30 + "\n", "1:24", "nesting deeper than 20 levels"),
    ],
)
def test_what_data_does_not_need_is_refused_by_name(content: str, place: str, what: str) -> None:
    assert refusal(content).startswith(f"Error: file.yaml:{place}: {what} is not allowed here\n")


def test_deep_nesting_is_refused_without_exhausting_the_stack() -> None:
    assert "nesting deeper than 20 levels" in refusal("[" * 20_000)
    assert "nesting deeper than 20 levels" in refusal("{a: " * 20_000)


def test_a_duplicate_key_is_refused_with_the_line_of_the_first() -> None:
    said = refusal("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert "file.yaml:4:3: the key `c` stands here twice (first in line 3)" in said
    assert "file.yaml:5:1: the key `a` stands here twice (first in line 1)" in said


def test_the_merge_key_is_an_unknown_key(dictionary: Dictionary) -> None:
    with pytest.raises(InputError, match="there is no key `<<` here"):
        trial_of(dictionary, criterion_text("<<: {include: consent}"))


@pytest.mark.parametrize("code", [0, 1, 7, 8, 11, 12, 27, 31])
def test_a_control_character_is_refused_with_its_code_and_place(code: int) -> None:
    assert refusal(f"a: 1\nb: x{chr(code)}y\n").startswith(f"Error: file.yaml:2:5: a control character (code {code})")


@pytest.mark.parametrize(
    ("content", "place"), [("\ta: 1\n", "1:1"), ("a:\n\tb: 1\n", "2:1"), ("a: b\tc\n", "1:5"), ("a: 1\t# x\n", "1:5")]
)
def test_a_tab_is_refused_by_name(content: str, place: str) -> None:
    assert refusal(content).startswith(f"Error: file.yaml:{place}: a tab stands in the text")


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_is_refused(content: str) -> None:
    assert "the file is empty" in refusal(content)


@pytest.mark.parametrize("content", ["a: [1, 2\n", "a: 'open\n", "a: b: c\n", "- a\nb: 1\n", "a: @x\n", "}\n"])
def test_broken_yaml_is_refused_with_its_place(content: str) -> None:
    said = refusal(content)
    assert said.startswith("Error: file.yaml:")
    assert "this is not well-formed YAML" in said
    assert "Fix: " in said


# ---------------------------------------------------------------- files


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path, dictionary: Dictionary) -> None:
    content = HEAD + criterion_text("include: >-", "  age >= 18", "  and consent")
    plain, other = tmp_path / "plain.yaml", tmp_path / "windows.yaml"
    plain.write_bytes(content.encode())
    other.write_bytes(b"\xef\xbb\xbf" + content.replace("\n", "\r\n").encode())
    assert compile_trial(load(plain), dictionary) == compile_trial(load(other), dictionary)


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(InputError, match=r"latin\.yaml:2: the text is not UTF-8"):
        load(path)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("#" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="is too large"):
        read_text(path)
    path.write_text("#" * MAX_BYTES)
    assert len(read_text(path).content) == MAX_BYTES


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="there is no such file"):
        load(tmp_path / "none.yaml")
    with pytest.raises(NoInputError, match="is a directory"):
        load(tmp_path)


def test_every_shipped_file_loads() -> None:
    paths = sorted(criteria_folder().rglob("*.yaml"))
    assert len(paths) >= 8
    for path in paths:
        assert isinstance(load(path), Mapping)


# ---------------------------------------------------------------- text where text is wanted

IMPLICIT = [
    *("no", "No", "NO", "yes", "Yes", "on", "Off", "true", "False", "y", "N", "null", "Null", "~"),
    *("012", "0o17", "0x1F", "1:30", "1:30:15", "1_000", "1,000", "12", "-3", "+4", "1.5", ".5", "1e3", "1.5e-3"),
    *(".inf", "-.Inf", ".nan", "2026-11-22", "2026-1-2", "2026-11-22T10:00:00Z", "2026-11-22 10:00:00"),
]


@pytest.mark.parametrize("word", IMPLICIT)
def test_plain_text_that_yaml_may_read_as_something_else_is_refused(word: str) -> None:
    reader = Reader()
    node = node_of(f"[{word!r}, {word if ',' not in word else 'no'}]")
    assert isinstance(node, Sequence)
    quoted, plain = node.items
    assert reader.text(quoted) == word
    assert not reader.problems
    reader.text(plain)
    (problem,) = reader.problems
    assert "YAML may read this as something else than text" in problem.message
    assert "put quotes around it" in problem.remedy


@pytest.mark.parametrize(
    "word", ["norway", "yes please", "NCT04577326", "v1.2 of it", "a", "3rd line", "12 months", "on off"]
)
def test_other_plain_text_is_text(word: str) -> None:
    reader = Reader()
    assert reader.text(node_of(word)) == word
    assert not reader.problems


@pytest.mark.parametrize("item", ["no", "012", "1:30", "2026-11-22", "12", "1.5"])
def test_an_item_of_the_registry_text_needs_its_quotes(dictionary: Dictionary, item: str) -> None:
    rule = criterion_text("include: consent").replace('item: "1"', f"item: {item}")
    with pytest.raises(InputError, match="YAML may read this as something else than text") as refused:
        trial_of(dictionary, rule)
    assert str(refused.value).startswith("Error: trial.yaml:13:")
    assert f'put quotes around it: "{item}"' in str(refused.value)


@pytest.mark.parametrize("number", ["012", "1_000", "0x10", "1:30", "1e3", ".5", "+1", "one", "1,5", "--1", "inf"])
def test_a_number_is_written_plainly_or_refused(dictionary: Dictionary, number: str) -> None:
    with pytest.raises(InputError, match="a plain decimal number is wanted here"):
        trial_of(dictionary, criterion_text("include: consent", f"weight: {number}"))


@pytest.mark.parametrize("flag", ["yes", "no", "True", "on", "1", "y"])
def test_a_flag_is_true_or_false_and_nothing_else(dictionary: Dictionary, flag: str) -> None:
    with pytest.raises(InputError, match="true or false is wanted here"):
        trial_of(
            dictionary,
            criterion_text("include: consent"),
            head=HEAD.replace("abbreviated: false", f"abbreviated: {flag}"),
        )


@pytest.mark.parametrize("day", ["2026", "2026-01", "2026-02-30", "01/02/2026", "today"])
def test_the_day_of_the_record_is_a_whole_day(dictionary: Dictionary, day: str) -> None:
    with pytest.raises(InputError, match=r"trial\.yaml:4:10"):
        trial_of(
            dictionary, criterion_text("include: consent"), head=HEAD.replace("  as_of: 2026-01-01", f"  as_of: {day}")
        )


def test_a_no_in_a_patient_file_is_an_answer_and_an_id_may_look_like_a_number() -> None:
    patient = private_patient(
        "patient: 007\nas_of: 2026-11-22\nfacts:\n  pregnant: no\n  hiv: 'no'\n  lvef:\n  fever: ~\n"
    )
    assert patient.id == "007"
    assert not patient.problems
    assert isinstance(patient.get("lvef"), Missing)
    assert isinstance(patient.get("fever"), Missing)
    assert not isinstance(patient.get("pregnant"), Missing)


def test_json_is_read_as_yaml_is() -> None:
    yaml_text = "facts:\n  age: 61\n  tumor_type: PLMESO\n"
    json_text = '{"facts": {"age": 61, "tumor_type": "PLMESO"}}'
    escaped = '{"facts": {"age": 61, "tumor_type": "PLMESO", "last_live_vaccine": "never\\/"}}'
    assert private_patient(yaml_text).facts == private_patient(json_text).facts
    assert private_patient(escaped).facts.keys() == {"age", "tumor_type", "last_live_vaccine"}


def test_all_faults_of_shape_of_a_patient_file_are_reported_at_once() -> None:
    with pytest.raises(InputError) as refused:
        private_patient("facts:\n  agee: 61\n  kps: 80\n  karnofsky: 90\n  prior_therapies: [{agents: x}]\n")
    said = str(refused.value)
    assert "patient.yaml:2:3: there is no fact `agee`" in said
    assert "patient.yaml:4:3: `kps` is answered twice" in said
    assert "patient.yaml:5:22: there is no key `agents` here" in said


# ---------------------------------------------------------------- whatever is read, only InputError is raised

SHIPPED = (criteria_folder() / "trials" / "NCT05568680.yaml").read_text(encoding="utf-8")
EXAMPLE = (criteria_folder() / "examples" / "patient.yaml").read_text(encoding="utf-8")
PIECES = [
    *(
        "a",
        "facts",
        "age",
        "trial",
        "criteria",
        "include",
        "kps >= 70",
        "61",
        "no",
        "~",
        '"x"',
        "'y'",
        "2026-11-22",
        "",
    ),
    *(
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "#",
        "|",
        ">-",
        "&a ",
        "*a",
        "!!str ",
        "---",
        "\t",
        "%",
    ),
]
yaml_like = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
under_facts = yaml_like.map(lambda text: f"facts:\n  age: {text}\n")


def problems_of(read: Callable[[], object]) -> tuple[Problem, ...]:
    """What is wrong, nothing if it can be read; any other exception is a fault of the program."""
    try:
        read()
    except InputError as refused:
        return refused.problems
    return ()


def assert_only_input_error(content: str) -> None:
    for read in (
        lambda: compile_patient(node_of(content), DICTIONARY, today=TODAY),
        lambda: compile_trial(node_of(content), DICTIONARY),
    ):
        for problem in problems_of(read):
            assert str(problem).startswith("Error: ")
            assert problem.remedy


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(content: str) -> None:
    assert_only_input_error(content)


@settings(max_examples=120)
@given(yaml_like | under_facts)
def test_any_text_like_yaml_is_read_or_refused(content: str) -> None:
    assert_only_input_error(content)


@st.composite
def mutated(draw: st.DrawFn, original: str) -> str:
    """A file in which some stretches are lost, doubled, moved or replaced."""
    content = original
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        other = draw(st.integers(0, len(content)))
        piece = draw(st.sampled_from(PIECES) | st.just(content[other : other + 30]) | st.text(max_size=4))
        content = content[:start] + piece + content[end:]
    return content


@settings(max_examples=40)
@given(mutated(SHIPPED) | mutated(EXAMPLE))
def test_a_mutated_file_is_read_or_refused(content: str) -> None:
    assert_only_input_error(content)


@pytest.mark.parametrize("content", ["x", "- a", "- [a]", "[]", "{}", "[{trial: x}]", "---"])
def test_a_file_of_another_shape_is_refused(content: str) -> None:
    assert problems_of(lambda: compile_trial(node_of(content), DICTIONARY))
    assert problems_of(lambda: compile_patient(node_of(content), DICTIONARY, today=TODAY))


# ---------------------------------------------------------------- a patient's value is never shown

words = st.text(alphabet="bcdfghjklmnpqrstvwxz", min_size=8, max_size=14)  # no word of ours has so few vowels
FAULTY = [
    "facts:\n  tumor_type: {word}\n",
    "facts: {{tumor_type: {word}}}\n",
    "facts:\n  age: {word}\n  sex: {word}\n  hiv: {word}\n  ecog: {word}\n",
    "facts:\n  last_live_vaccine: {word}\n",
    "facts:\n  ast: {{value: {word}, uln: {word}, date: {word}}}\n",
    "facts:\n  ast: {{value: 34 U/L, uln: {word}}}\n",
    "facts:\n  lvef: {{missing: {word}}}\n",
    "facts:\n  lvef: [{word}]\n",
    "facts:\n  lvef:\n    - {word}\n",
    "facts:\n  prior_therapies:\n    - {{agent: x, class: {word}}}\n",
    "facts:\n  prior_therapies:\n    - {{agent: {word}, last_dose: 2026-02-30}}\n",
    "facts:\n  prior_therapies: {word}:2026-13\n",
    "facts:\n  prior_therapies:\n    - agent: {word}\n      last_dose: {word}\n",
    "facts:\n  prior_therapies: {{agent: {word}}}\n",
    "patient: {word}\nas_of: {word}\nfacts:\n  age: 61\n",
    "patient: [{word}]\nfacts:\n  age: 61\n",
    "patient: {word}\nfacts: {word}\n",
    "facts:\n  agee: {word}\n",
    "facts:\n  tumor_type: '{word}\n",
    "facts:\n  tumor_type: {word}: {word}\n",
    "facts:\n  tumor_type: [{word}\n",
    "facts:\n  tumor_type: *{word}\n",
    "facts:\n  tumor_type: &{word} x\n",
    "facts:\n  tumor_type: !{word} x\n",
    "facts:\n  tumor_type: |\n    {word}\n",
    "facts:\n  tumor_type:\n    {word}\n",
    "facts:\n  tumor_type:\n    '{word}: x'\n",
    "facts:\n  prior_therapies:\n    {word}:2026-13\n",
    "facts:\n  prior_therapies:\n    - agent: x\n      last_dose:\n        {word}:1\n",
    "facts:\n  tumor_type: lung\n    {word}: x\n",
    "{word}\n",
    "- {word}\n",
]


@pytest.mark.parametrize("template", FAULTY)
@settings(max_examples=8)
@given(word=words)
def test_a_value_of_a_faulty_patient_file_never_appears_in_what_is_said(template: str, word: str) -> None:
    try:
        patient = private_patient(template.format(word=word))
        said = "\n".join(str(problem) for problem in patient.problems)
        reasons = [str(value) for value in patient.facts.values() if isinstance(value, Missing)]
    except InputError as refused:
        said, reasons = str(refused), []
    assert "Error: " in said
    assert word not in said
    assert not any(word in reason for reason in reasons)


def test_an_excerpt_of_a_rule_file_shows_what_stands_there(dictionary: Dictionary) -> None:
    with pytest.raises(InputError) as refused:
        trial_of(dictionary, criterion_text("include: kpss >= 70"))
    assert "  15 |     include: kpss >= 70\n     |              ^^^^\n" in str(refused.value)
