"""Each finding of `rules lint` with a rule file that provokes it, and clean files that stay clean."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from screener.cases import compile_cases
from screener.compile import compile_trial
from screener.eligibility import split
from screener.lint import Check, Finding, lint_cases, lint_catalog, lint_trial
from screener.lint.facts import CORE_FACTS
from screener.lint.wording import PRINTABLE
from screener.skeleton import skeleton
from screener.source import Text, load_text
from tests.program import changed
from tests.rule_text import HEAD, TODAY, trial_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.model import Dictionary, Trial
from screener.model.derived import INPUTS

MANUAL = (Path(__file__).parents[1] / "docs" / "lint.md").read_text(encoding="utf-8")
HASH = "0a1b2c3d4e5f6071"
COHORTS = "cohorts:\n  - {id: A, title: Pleural}\n  - {id: B, title: Ovarian}\n"


def rule(name: str, *lines: str, item: str | None = None, section: str | None = None, text: str = "As asked") -> str:
    """A criterion; its place is that of its id, the letter of a piece left off, unless it is given."""
    section = section or {"INC": "inclusion", "EXC": "exclusion"}[name[:3]]
    item = re.sub(r"(?<=\d)[a-z]$", "", name[4:]) if item is None else item
    head = (
        f"  - id: {name}",
        f"    text: {text}",
        f'    source: {{section: {section}, item: "{item}"}}',
        "    factor: other",
    )
    return "".join(f"{line}\n" for line in (*head, *(f"    {line}" for line in lines)))


def recorded(*places: str) -> str:
    """A record of these places: `inclusion 3.1`."""
    lines = ["requirements:"]
    for section in dict.fromkeys(place.split()[0] for place in places):
        lines.append(f"  {section}:")
        lines += [f'    "{place.split()[1]}": "{HASH}"' for place in places if place.startswith(section)]
    return "\n".join(lines) + "\n"


def aside(section: str, item: str, why: str = "introduces the list") -> str:
    return f'asides:\n  - {{section: {section}, item: "{item}", why: {why}}}\n'


def found(dictionary: Dictionary, *parts: str, head: str = HEAD) -> list[tuple[str, str, str]]:
    """Code, place after the trial's id, and message of each finding of a rule file."""
    findings = lint_trial(trial_of(dictionary, *parts, head=head), dictionary)
    return [(it.code, it.where.removeprefix("NCT00000000").strip(), it.message) for it in findings]


def codes(dictionary: Dictionary, *parts: str, head: str = HEAD) -> list[tuple[str, str]]:
    return [(code, where) for code, where, _ in found(dictionary, *parts, head=head)]


CLEAN = (
    rule("INC-1", "include: age >= 18"),
    rule("INC-2a", "include: kps >= 70"),
    rule("INC-2b", "include: ecog <= 1"),
    rule("INC-3.2", "when: sex is female", "include: not pregnant", item="3.2, 3.3"),
    rule("INC-10", "include: creatinine <= 1.5 ULN or creatinine_clearance >= 60 mL/min"),
    rule("EXC-1", "exclude: days from last(chemotherapy) to leukapheresis <= 14"),
    rule("EXC-2", "include: contraception", "note: it stands in this list"),
    rule("EXC-3", "manual: the investigator judges it"),
)
PLACES = ("inclusion 1", "inclusion 2", "inclusion 3", "inclusion 3.2", "inclusion 3.3", "inclusion 10")
RECORD = recorded(*PLACES, "exclusion n1", "exclusion 1", "exclusion 2", "exclusion 3")
WHOLE = (*CLEAN, aside("exclusion", "n1"), RECORD)


def test_a_clean_rule_file_has_no_finding(dictionary: Dictionary) -> None:
    assert found(dictionary, *WHOLE) == []
    assert found(dictionary, *CLEAN) == []


# ---------------------------------------------------------------- sources


def test_a_source_that_names_no_recorded_place_is_found(dictionary: Dictionary) -> None:
    wrong = changed("".join(WHOLE), ('"3.2, 3.3"', '"3.2, 3.3, 3.4"'))
    assert found(dictionary, wrong) == [
        ("L04", "INC-3.2", "its source names inclusion 3.4, which the recorded text does not have")
    ]


def test_a_place_of_the_other_section_is_another_place(dictionary: Dictionary) -> None:
    assert codes(dictionary, rule("EXC-1", "exclude: pregnant"), recorded("inclusion 1")) == [
        ("L04", "EXC-1"),
        ("L05", "inclusion 1"),
    ]


def test_without_a_record_no_place_can_be_called_wrong(dictionary: Dictionary) -> None:
    assert found(dictionary, rule("INC-99", "include: age >= 18")) == []


@pytest.mark.parametrize("item", [",", "1,", "1, , 2"])
def test_an_empty_place_is_found_even_without_a_record(dictionary: Dictionary, item: str) -> None:
    assert ("L04", "INC-1", "its source names no place") in found(
        dictionary, rule("INC-1", "include: age >= 18", item=item)
    )


def test_the_title_of_the_record_is_a_place_outside_of_the_text(dictionary: Dictionary) -> None:
    parts = (rule("INC-1", "include: age >= 18"), recorded("inclusion 1"))
    assert found(dictionary, rule("INC-0", "manual: only the title says it", item="title"), *parts) == []


def test_a_requirement_that_nothing_accounts_for_is_found(dictionary: Dictionary) -> None:
    less = [part for part in WHOLE if "INC-2" not in part]
    assert found(dictionary, *less) == [
        ("L05", "inclusion 2", "no criterion cites this requirement, and it is no aside")
    ]


def test_of_a_heading_only_the_part_that_is_missing_is_named(dictionary: Dictionary) -> None:
    one = rule("INC-3.1", "include: age >= 18")
    record = recorded("inclusion 3", "inclusion 3.1", "inclusion 3.2")
    assert codes(dictionary, one, record) == [("L05", "inclusion 3.2")]


@pytest.mark.parametrize(
    ("changes", "findings"),
    [
        ((("pending", f'"{"0" * 64}"'),), [("L06", "")]),
        ((("pending", f'"{"0" * 64}"'), ("abbreviated: false", "abbreviated: true")), []),
        ((), []),
    ],
    ids=["not recorded", "left to the protocol", "not yet written from a text"],
)
def test_a_rule_file_with_no_record_of_its_text_is_found(
    dictionary: Dictionary, changes: tuple[tuple[str, str], ...], findings: list[tuple[str, str]]
) -> None:
    head = changed(HEAD, *changes)
    assert codes(dictionary, rule("INC-1", "include: age >= 18"), head=head) == findings
    assert codes(dictionary, rule("INC-1", "include: age >= 18"), recorded("inclusion 1"), head=head) == []


def test_an_aside_that_names_no_recorded_place_is_found(dictionary: Dictionary) -> None:
    parts = (rule("INC-1", "include: age >= 18"), recorded("inclusion 1"))
    assert codes(dictionary, *parts, aside("inclusion", "n2")) == [("L07", "inclusion n2")]


def test_an_aside_that_a_criterion_cites_is_found(dictionary: Dictionary) -> None:
    (finding,) = found(dictionary, rule("INC-1", "include: age >= 18"), aside("inclusion", "1"))
    assert finding == ("L07", "inclusion 1", "this aside is cited by INC-1, so it asks for something")


@pytest.mark.parametrize(
    ("name", "test", "says"),
    [
        ("INC-1", "exclude: pregnant", "`exclude` cites an item of the inclusion list, and nothing says why"),
        ("EXC-1", "include: contraception", "`include` cites an item of the exclusion list, and nothing says why"),
    ],
)
def test_a_polarity_against_its_section_needs_a_word(dictionary: Dictionary, name: str, test: str, says: str) -> None:
    assert found(dictionary, rule(name, test)) == [("L08", name, says)]
    for key in ("note", "reading"):
        assert found(dictionary, rule(name, test, f"{key}: the registry puts it there")) == []


# ---------------------------------------------------------------- thresholds


@pytest.mark.parametrize(
    ("name", "test", "code", "says"),
    [
        ("INC-1", "include: hemoglobin >= 90 g/dL", "L01", "the threshold 90 g/dL lies outside the plausible range"),
        ("INC-1", "include: platelets >= 100000 K/uL", "L01", "the threshold 100000 K/uL lies outside"),
        ("EXC-1", "exclude: lvef <= 101 %", "L01", "the threshold 101 % lies outside the plausible range of lvef"),
        ("INC-1", "include: kps >= 110 or kps >= 110", "L01", "the threshold 110 lies outside"),
        ("INC-1", "include: kps >= 65", "L09", "the threshold 65 is no step of kps, which goes in steps of 10"),
        ("INC-1", "include: ecog <= 1.5", "L09", "the threshold 1.5 is no step of ecog, which goes in steps of 1"),
    ],
)
def test_a_threshold_that_no_patient_can_have_is_found_once(
    dictionary: Dictionary, name: str, test: str, code: str, says: str
) -> None:
    (finding,) = found(dictionary, rule(name, test))
    assert finding[:2] == (code, name)
    assert says in finding[2]


@pytest.mark.parametrize(
    "test", ["mesothelin_percent >= 100 %", "platelets >= 100000 /uL", "kps >= 70", "ast <= 9999 ULN"]
)
def test_a_threshold_that_a_patient_can_have_is_none(dictionary: Dictionary, test: str) -> None:
    assert found(dictionary, rule("INC-1", f"include: {test}")) == []


# ---------------------------------------------------------------- logic


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        (["include: age >= 18 and age < 18"], ("L11", "no patient to whom it applies can meet it")),
        (["when: sex is female", "include: sex is male"], ("L11", "no patient to whom it applies can meet it")),
        (["include: age >= 18 or age < 18"], ("L12", "no patient to whom it applies can fail it")),
        (["when: kps > 60", "include: kps >= 70"], ("L12", "no patient to whom it applies can fail it")),
        (["when: sex is female and sex is male", "include: consent"], ("L13", "its `when` holds for no patient")),
        (["when: hiv is positive and hiv is negative", "manual: why"], ("L13", "its `when` holds for no patient")),
    ],
    ids=["never met", "never met where it applies", "never fails", "never fails where it applies", "never", "manual"],
)
def test_a_criterion_that_decides_nothing_is_found(
    dictionary: Dictionary, lines: list[str], finding: tuple[str, str]
) -> None:
    ((code, where, message),) = found(dictionary, rule("INC-1", *lines))
    assert (code, where) == (finding[0], "INC-1")
    assert finding[1] in message


def test_an_exclusion_is_turned_round_first(dictionary: Dictionary) -> None:
    assert codes(dictionary, rule("EXC-1", "exclude: age >= 18 or age < 18")) == [("L11", "EXC-1")]
    assert codes(dictionary, rule("EXC-1", "exclude: age >= 18 and age < 18")) == [("L12", "EXC-1")]


@pytest.mark.parametrize(
    ("bands", "code"),
    [
        (["fits: age > 18 and age < 18", "rarely: age < 18"], ["L11"]),
        (["fits: age >= 18", "rarely: age > 18"], ["L12"]),
        (["fits: age >= 18", "rarely: age < 12"], []),
        (["fits: age >= 18"], []),
    ],
)
def test_the_bands_of_a_profile_can_both_be_reached(dictionary: Dictionary, bands: list[str], code: list[str]) -> None:
    head = "profile: general\ntitle: Made up\ncriteria:\n"
    text = changed(rule("INC-1", *bands), ("section: inclusion", 'document: "004"'))
    trial = trial_of(dictionary, text, head=head)
    assert [finding.code for finding in lint_trial(trial, dictionary)] == code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("include: ecog <= 1", "exclude: ecog < 2"),
        ("include: anc >= 1.5 K/uL", "exclude: anc > 1000 /uL"),
        ("include: histology is epithelioid", "exclude: histology in {epithelioid, biphasic}"),
        ("include: tumor_type is PLMESO", "include: tumor_type is OVARIAN"),
        ("include: count(car_t) >= 2", "exclude: any(car_t)"),
        (
            "include: months from last_live_vaccine to infusion >= 6",
            "include: months from last_live_vaccine to infusion < 3",
        ),
    ],
)
def test_two_criteria_that_nobody_can_meet_together_are_found(dictionary: Dictionary, one: str, other: str) -> None:
    parts = [rule("INC-1", one, "note: x"), rule("INC-2", other, "note: x")]
    assert found(dictionary, *parts) == [("L10", "INC-2", "no patient can meet both this and INC-1")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["gate: infusion"], []),
        (["when: sex is female"], []),
        (["when: sex is female"], ["when: sex is male"]),
        (["cohorts: [A]"], ["cohorts: [B]"]),
    ],
    ids=["another gate", "applies to some only", "applies to others", "another cohort"],
)
def test_criteria_for_different_patients_or_gates_do_not_contradict(
    dictionary: Dictionary, one: list[str], other: list[str]
) -> None:
    head = changed(HEAD, ("criteria:\n", f"{COHORTS}criteria:\n"))
    tests = ("include: ecog <= 1", "include: ecog >= 2")
    assert found(dictionary, rule("INC-1", *one, tests[0]), rule("INC-2", *other, tests[1]), head=head) == []


@pytest.mark.parametrize("lines", [["when: sex is female"], ["cohorts: [A]"], ["gate: infusion"]])
def test_criteria_for_the_same_patients_at_the_same_gate_do(dictionary: Dictionary, lines: list[str]) -> None:
    head = changed(HEAD, ("criteria:\n", f"{COHORTS}criteria:\n"))
    parts = (rule("INC-1", *lines, "include: ecog <= 1"), rule("INC-2", *lines, "include: ecog >= 2"))
    assert codes(dictionary, *parts, head=head) == [("L10", "INC-2")]


def test_a_criterion_of_every_cohort_contradicts_that_of_one(dictionary: Dictionary) -> None:
    head = changed(HEAD, ("criteria:\n", f"{COHORTS}criteria:\n"))
    parts = (rule("INC-1", "include: ecog <= 1"), rule("INC-2", "cohorts: [A]", "include: ecog >= 2"))
    assert codes(dictionary, *parts, head=head) == [("L10", "INC-2")]


def test_what_nobody_can_meet_by_itself_is_not_reported_again_with_each_other_criterion(dictionary: Dictionary) -> None:
    parts = (rule("INC-1", "include: age >= 18"), rule("INC-2", "include: age > 50 and age < 40"))
    assert codes(dictionary, *parts) == [("L11", "INC-2")]


# ---------------------------------------------------------------- ids


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("EXC-1", "INC-2"),
        ("INC-10", "INC-9"),
        ("INC-3.10", "INC-3.9"),
        ("INC-3.1", "INC-3"),
        ("INC-2b", "INC-2a"),
        ("INC-2a", "INC-2"),
        ("INC-7.1b", "INC-7.1a"),
        ("EXC-n2", "EXC-n1"),
    ],
)
def test_an_id_that_stands_after_a_later_one_is_found(dictionary: Dictionary, earlier: str, later: str) -> None:
    first, second = (rule(name, "manual: why") for name in (earlier, later))
    assert found(dictionary, first, second) == [("L15", later, f"stands after {earlier}")]
    assert found(dictionary, second, first) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("INC-7a", "INC-7.1"), ("INC-2/2", "INC-3"), ("INC-f1", "INC-2"), ("INC-n1", "INC-1"), ("INC-3.1/2", "INC-3.2")],
)
def test_ids_whose_order_is_not_certain_may_stand_in_either(dictionary: Dictionary, one: str, other: str) -> None:
    first, second = (rule(name, "manual: why") for name in (one, other))
    assert found(dictionary, first, second) == []
    assert found(dictionary, second, first) == []


@pytest.mark.parametrize(
    ("name", "section", "item", "says"),
    [
        ("INC-7.1", "inclusion", "8", "the first place it cites is inclusion 8"),
        ("INC-7", "inclusion", "17.1, 7", "the first place it cites is inclusion 17.1"),
        ("INC-7", "exclusion", "7", "the id says inclusion, its source exclusion"),
    ],
)
def test_an_id_that_disagrees_with_its_source_is_found(
    dictionary: Dictionary, name: str, section: str, item: str, says: str
) -> None:
    assert found(dictionary, rule(name, "manual: why", item=item, section=section)) == [("L16", name, says)]


@pytest.mark.parametrize(("name", "item"), [("INC-7a", "7.2"), ("INC-7", "n1"), ("INC-x", "7"), ("INC-7.1", "7, 8")])
def test_only_the_leading_number_is_compared(dictionary: Dictionary, name: str, item: str) -> None:
    assert found(dictionary, rule(name, "manual: why", item=item)) == []


def test_the_ids_of_a_profile_are_free(dictionary: Dictionary) -> None:
    parts = [rule("INC-2", "manual: why"), rule("INC-1", "manual: why", item="9")]
    text = "".join(parts).replace("section: inclusion", 'document: "004"')
    trial = trial_of(dictionary, text, head="profile: general\ntitle: Made up\ncriteria:\n")
    assert list(lint_trial(trial, dictionary)) == []


# ---------------------------------------------------------------- wording


@pytest.mark.parametrize("key", ["text", "manual", "note", "reading"])
def test_a_sign_that_the_font_may_lack_is_found_by_its_name(dictionary: Dictionary, key: str) -> None:
    fields = {"text": "as asked", "manual": "why", "note": "so be it", "reading": "just so"}
    fields[key] = "first \u2192 second \u2192 \u2611"
    lines = [f"{name}: {text}" for name, text in fields.items() if name != "text"]
    assert found(dictionary, rule("INC-1", *lines, text=fields["text"])) == [
        ("L17", "INC-1", f"`{key}` has U+2192 RIGHTWARDS ARROW, U+2611 BALLOT BOX WITH CHECK")
    ]


def test_signs_are_looked_for_in_the_head_and_the_asides_too(dictionary: Dictionary) -> None:
    head = changed(
        HEAD, ("A trial made up", "\u2605 A trial made up"), ("status_source: made up", "status_source: \u2192")
    )
    parts = (rule("INC-1", "manual: why"), aside("inclusion", "n1", "says \u2713"))
    assert codes(dictionary, *parts, head=head) == [("L17", ""), ("L17", ""), ("L17", "inclusion n1")]


def test_the_signs_of_the_clinic_can_be_printed(dictionary: Dictionary) -> None:
    text = "≤ 2 × ≥ 3 µg or μg at 37 °C – — ‘a’ “b” … é ř ü"
    assert found(dictionary, rule("INC-1", f"manual: {text}")) == []


def test_what_cannot_be_seen_cannot_be_printed() -> None:
    assert not PRINTABLE & {"\u00ad", "\u200b", "\u2060", "\ufeff", "\t", "\x7f"}


@pytest.mark.parametrize("key", ["text", "manual", "note"])
def test_a_placeholder_is_found(dictionary: Dictionary, key: str) -> None:
    fields = {"text": "as asked", "manual": "why", "note": "so be it"} | {key: "TO DO say it"}
    lines = [f"{name}: {text}" for name, text in fields.items() if name != "text"]
    parts = rule("INC-1", *lines, text=fields["text"])
    assert found(dictionary, parts) == [("L18", "INC-1", f"`{key}` still reads TO DO")]


def test_words_to_do_with_doing_are_no_placeholder(dictionary: Dictionary) -> None:
    assert found(dictionary, rule("INC-1", "manual: to do this is for the team", text="What is left TO DO")) == []


def test_a_new_rule_file_has_placeholders_to_replace_and_no_other_finding(dictionary: Dictionary) -> None:
    text = (
        "Inclusion Criteria:\n\n1. Adult\n2. Fit\n   a. Heart\n2. Well\n\nExclusion Criteria:\n\nThose who\n\n* Ill\n"
    )
    rules, cases = skeleton("NCT00000000", split(text), "0" * 64, TODAY)
    trial = compile_trial(load_text(Text("new.yaml", rules)), dictionary)
    findings = list(lint_trial(trial, dictionary))
    assert {finding.code for finding in findings} == {"L18"}
    assert {criterion.id for criterion in trial.criteria} < {finding.where.split()[-1] for finding in findings}
    assert list(lint_cases(trial, compile_cases(load_text(Text("c.yaml", cases)), trial, dictionary))) == []


# ---------------------------------------------------------------- cases


def case_findings(dictionary: Dictionary, *expected: str) -> list[Finding]:
    trial = trial_of(
        dictionary,
        rule("INC-1", "include: age >= 18"),
        rule("EXC-1", "when: sex is female", "exclude: pregnant"),
        rule("EXC-2", "manual: the investigator judges it"),
    )
    lines = [f"trial: NCT00000000\nas_of: {TODAY}\npatient: {{age: 61}}\ncases:\n"]
    lines += [f"  - case: number {number}\n    expect: {{{text}}}\n" for number, text in enumerate(expected)]
    cases = compile_cases(load_text(Text("cases.yaml", "".join(lines))), trial, dictionary)
    return list(lint_cases(trial, cases))


SHOWN = (
    "INC-1: met, EXC-1: met, EXC-2: manual",
    "INC-1: not met, EXC-1: not met",
    "INC-1: unknown, EXC-1: unknown",
    "EXC-1: not applicable",
)


def test_cases_that_show_every_outcome_have_no_finding(dictionary: Dictionary) -> None:
    assert case_findings(dictionary, *SHOWN) == []


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        (0, ["INC-1 met", "EXC-1 met", "EXC-2 manual"]),
        (1, ["INC-1 not met", "EXC-1 not met"]),
        (2, ["INC-1 unknown", "EXC-1 unknown"]),
        (3, ["EXC-1 not applicable"]),
    ],
)
def test_an_outcome_that_no_case_shows_is_found(dictionary: Dictionary, left_out: int, says: list[str]) -> None:
    findings = case_findings(dictionary, *(text for number, text in enumerate(SHOWN) if number != left_out))
    shown = [f"{it.where.split()[1]} {it.message.removeprefix('no case shows it ')}" for it in findings]
    assert shown == says
    assert {finding.code for finding in findings} == {"L02"}


# ---------------------------------------------------------------- the whole folder


def catalog_codes(trials: Iterable[Trial], dictionary: Dictionary) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in lint_catalog(list(trials), dictionary)]


def test_a_fact_that_no_rule_reads_is_found(dictionary: Dictionary) -> None:
    unread = dataclasses.replace(dictionary.facts["consent"], id="shoe_size", question="Which size?")
    larger = dataclasses.replace(dictionary, facts={"age": dictionary.facts["age"], "shoe_size": unread})
    assert catalog_codes([], larger) == [("L14", "facts.yaml shoe_size")]


@pytest.mark.parametrize("lines", [["include: unstable_angina"], ["when: unstable_angina", "manual: why"]])
def test_a_fact_that_some_rule_reads_is_not(dictionary: Dictionary, lines: list[str]) -> None:
    small = dataclasses.replace(dictionary, facts={"unstable_angina": dictionary.facts["unstable_angina"]})
    assert catalog_codes([], small) == [("L14", "facts.yaml unstable_angina")]
    assert catalog_codes([trial_of(dictionary, rule("INC-1", *lines))], small) == []


def test_a_fact_that_another_is_derived_from_is_read_with_it(
    dictionary: Dictionary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = dataclasses.replace(dictionary, facts={"nyha_class": dictionary.facts["nyha_class"]})
    trial = trial_of(dictionary, rule("INC-1", "include: lvef >= 50 %"))
    assert catalog_codes([trial], small) == [("L14", "facts.yaml nyha_class")]
    monkeypatch.setitem(INPUTS, "lvef", ("nyha_class",))
    assert catalog_codes([trial], small) == []


def test_core_facts_are_there_whether_or_not_a_rule_reads_them(dictionary: Dictionary) -> None:
    assert set(dictionary.facts) >= CORE_FACTS - {"screening"}
    core = {name: fact for name, fact in dictionary.facts.items() if name in CORE_FACTS}
    assert catalog_codes([], dataclasses.replace(dictionary, facts=core)) == []


@pytest.mark.parametrize("key", ["name", "question", "why", "where"])
def test_the_wording_of_facts_is_checked_too(dictionary: Dictionary, key: str) -> None:
    age = dictionary.facts["age"]
    texts = {"name": age.name, "question": age.question, "why": age.why, "where": age.where} | {key: "up \u2191"}
    changed_age = dataclasses.replace(
        age, name=texts["name"], question=texts["question"], why=texts["why"], where=texts["where"]
    )
    (finding,) = lint_catalog([], dataclasses.replace(dictionary, facts={"age": changed_age}))
    assert str(finding).startswith(f"facts.yaml age: L17 `{key}` has U+2191 UPWARDS ARROW\n  Fix: ")


# ---------------------------------------------------------------- the manual


def test_the_manual_has_a_row_for_every_check_in_order() -> None:
    rows = re.findall(r"^\| (L\d\d) \| (.+?) \| (.+?) \|$", MANUAL, re.MULTILINE)
    assert rows == [(check.code, check.finds, check.remedy) for check in Check]


def test_a_code_is_used_once_and_the_dropped_one_never_again() -> None:
    numbers = [check.code for check in Check]
    assert numbers == sorted(set(numbers))
    assert "L03" not in numbers
    assert "L03" in MANUAL


def test_the_manual_names_every_sign_beyond_latin() -> None:
    (listed,) = re.findall(r"and these signs: (.+?)\.\n", MANUAL)
    beyond = {sign for sign in PRINTABLE if ord(sign) > 0x17F}
    assert set(listed.split()) == {f"`{sign}`" for sign in beyond}


@pytest.mark.parametrize("check", Check)
def test_a_finding_is_laid_out_like_an_error(check: Check) -> None:
    finding = check.at("NCT00000000 INC-1", "something is wrong")
    assert str(finding) == f"NCT00000000 INC-1: {check.code} something is wrong\n  Fix: {check.remedy}"
