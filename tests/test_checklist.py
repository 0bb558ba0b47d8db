"""Checklists as data: every criterion in its place, marks that follow the outcome, and nothing unknown ticked."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.catalog import criteria_folder, load_catalog, load_language
from screener.checklist import Entry, Mark, Order, Row, Sheet, WaitState, build
from screener.evaluate import Context, judge, screen_trial
from screener.language import Language, Texts
from screener.model import Gate, Kind, Missing, Outcome, Patient, Trial, Verdict
from screener.patient import MISSING_WORDS, compile_patient
from screener.source import load
from screener.words import DISCLAIMER, NOT_REVIEWED, verdict_in
from tests.rule_text import HEAD, criterion_text, patient_of, trial_of
from tests.strategies import AS_OF, DICTIONARY, answers, patient
from tests.test_invented import invented, read

if TYPE_CHECKING:
    from screener.model import Criterion

CATALOG = load_catalog(criteria_folder())
TRIALS = {trial.id: trial for trial in CATALOG.trials}
EXAMPLE = compile_patient(load(CATALOG.folder / "examples" / "patient.yaml"), DICTIONARY, today=AS_OF)
LANGUAGES = {code: load_language(CATALOG.folder, code) for code in ("en", "es")}
GATES = (None, *Gate)
LATER = date(2027, 3, 1)
WHEN = {
    Gate.ENROLLMENT: "at enrollment",
    Gate.LEUKAPHERESIS: "before leukapheresis",
    Gate.LYMPHODEPLETION: "before lymphodepletion",
    Gate.INFUSION: "before infusion",
}
HEADS = {Kind.INCLUSION: "Inclusion criteria", Kind.EXCLUSION: "Exclusion criteria", Kind.BAND: "General factors"}
TICKED = {Mark.YES, Mark.NO, Mark.NOT_APPLICABLE}
# What an audited checklist says of the protocol and of itself: of a study, of the sheet.
OF_STUDY = ("Product; target; phase", "Protocol version and date", "Registry record of", "Status as seen")
OF_SHEET = (
    *("Protocol", "Short title", "Checklist made by", "Date of this sheet", "Subject id and initials", "Site"),
    *("Treating physician", "Arm, cohort or dose level", "Consent version and date"),
)
of_rule_files = pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS)


@cache
def people() -> dict[str, Patient | None]:
    """Nobody, the example, one of whom nothing is known, and some invented ones."""
    some = {
        f"invented {number}": Patient(
            f"INVENTED-{number}",
            AS_OF,
            {**read(one, DICTIONARY), **{name: Missing(MISSING_WORDS[why]) for name, why in one.missing.items()}},
        )
        for number, one in enumerate(invented(number=2))
    }
    return {"nobody": None, "example": EXAMPLE, "unknown": patient({}), **some}


def order_of(trial: Trial, person: Patient | None = None, gate: Gate | None = None, code: str = "en") -> Order:
    day = person.as_of if person else AS_OF
    return Order(trial, DICTIONARY, LANGUAGES[code], "9.9", day, gate, person)


@cache
def sheet_of(trial: str, person: str = "nobody", gate: Gate | None = None, code: str = "en") -> Sheet:
    return build(order_of(TRIALS[trial], people()[person], gate, code))


def sheets(trial: Trial, *persons: str, code: str = "en") -> list[tuple[Gate | None, str, Sheet]]:
    """The sheets of all gates and of each, for each of these people."""
    return [(gate, name, sheet_of(trial.id, name, gate, code)) for gate, name in product(GATES, persons or people())]


def rows_of(sheet: Sheet) -> list[Row]:
    return [row for section in sheet.sections for row in section.rows]


def made(facts: str | None, *criteria: str, code: str = "en", head: str = HEAD) -> Sheet:
    """The sheet of a made-up trial."""
    person = None if facts is None else patient_of(DICTIONARY, facts)
    return build(order_of(trial_of(DICTIONARY, *criteria, head=head), person, code=code))


def row(facts: str | None, *lines: str, code: str = "en") -> Row:
    """The row of the one criterion of a made-up trial."""
    (one,) = rows_of(made(facts, criterion_text(*lines), code=code))
    return one


# ---------------------------------------------------------------- every criterion in its place


@of_rule_files
def test_every_criterion_of_the_gate_stands_in_one_row_in_the_order_of_its_file(trial: Trial) -> None:
    by_id = {criterion.id: criterion for criterion in trial.criteria}
    for gate, _, sheet in sheets(trial, "nobody", "example", "invented 0"):
        wanted = [item.id for item in trial.criteria if gate in {None, item.gate}]
        assert sorted(item.id for item in rows_of(sheet)) == sorted(wanted)
        for section in sheet.sections:
            listed = [by_id[item.id] for item in section.rows]
            assert listed == [item for item in trial.criteria if item in listed]
            assert len({item.kind for item in listed}) == 1
            assert listed[0].kind is Kind.BAND or len({item.gate for item in listed}) == 1
            assert section.title.startswith(HEADS[listed[0].kind])
            assert listed[0].kind is Kind.BAND or section.title.endswith(WHEN[listed[0].gate])


@of_rule_files
def test_gates_come_in_the_order_in_which_a_patient_meets_them_inclusions_first(trial: Trial) -> None:
    by_id = {criterion.id: criterion for criterion in trial.criteria}
    firsts = [by_id[section.rows[0].id] for section in sheet_of(trial.id).sections]
    order = [(list(Gate).index(item.gate), list(Kind).index(item.kind)) for item in firsts]
    assert order == sorted(set(order))


@of_rule_files
def test_a_row_says_what_the_rule_file_says(trial: Trial) -> None:
    sheet = sheet_of(trial.id)
    by_id = {item.id: item for item in rows_of(sheet)}
    for criterion in trial.criteria:
        line = by_id[criterion.id]
        assert line.text == criterion.text
        assert line.place.startswith(f"{criterion.source.section} {criterion.source.item}")
        assert all(cohort in line.place for cohort in criterion.cohorts)
        assert line.when == WHEN[criterion.gate]
        assert line.good is (Mark.NO if criterion.kind is Kind.EXCLUSION else Mark.YES)
        assert line.investigator == (criterion.test is None)


@of_rule_files
def test_what_a_filled_sheet_asks_is_what_the_blank_one_asks(trial: Trial) -> None:
    """Answers change marks and values: never a text, an order or who judges."""
    for gate, name in product(GATES, people()):
        blank, filled = sheet_of(trial.id, gate=gate), sheet_of(trial.id, name, gate)
        assert [replace(item, mark=Mark.OPEN, why="", entries=()) for item in rows_of(filled)] == [
            replace(item, entries=()) for item in rows_of(blank)
        ]
        asked = [[entry.name for entry in item.entries] for item in rows_of(blank)]
        assert [[entry.name for entry in item.entries] for item in rows_of(filled)] == asked
        assert (blank.title, blank.foot, blank.conclusion) == (filled.title, filled.foot, filled.conclusion)


@of_rule_files
def test_the_sheets_of_the_gates_together_are_the_whole_sheet(trial: Trial) -> None:
    for name in ("nobody", "example"):
        whole = sheet_of(trial.id, name)
        parts = [sheet_of(trial.id, name, gate) for gate in Gate]
        assert sorted((item for part in parts for item in rows_of(part)), key=lambda item: item.id) == sorted(
            rows_of(whole), key=lambda item: item.id
        )
        assert sorted(str(wait) for part in parts for wait in part.waits) == sorted(str(wait) for wait in whole.waits)


def test_a_sheet_of_a_gate_is_named_after_it() -> None:
    assert sheet_of("NCT04577326").title == "Eligibility checklist"
    for gate in Gate:
        assert sheet_of("NCT04577326", gate=gate).title == f"Eligibility checklist, {WHEN[gate]}"


def test_criteria_of_all_cohorts_are_printed_and_judged() -> None:
    cohorts = "cohorts:\n  - {id: A, title: First}\n  - {id: B, title: Second}\ncriteria:\n"
    head = HEAD.replace("criteria:\n", cohorts)
    parts = [
        criterion_text("include: age >= 18", "cohorts: [A]", name="INC-1"),
        criterion_text("include: age >= 70", "cohorts: [B]", name="INC-2"),
        criterion_text("include: age <= 90", name="INC-3"),
    ]
    for facts in ("age: 61", "age: 80"):
        lines = rows_of(made(facts, *parts, head=head))
        assert [line.id for line in lines] == ["INC-1", "INC-2", "INC-3"]
        assert lines[1].mark is (Mark.NO if "61" in facts else Mark.YES)
        assert [line.place for line in lines] == ["inclusion 1; cohorts A", "inclusion 1; cohorts B", "inclusion 1"]
    assert dict(made("age: 61", *parts, head=head).about)["Arm, cohort or dose level"] == "First"
    assert dict(made(None, *parts, head=head).about)["Arm, cohort or dose level"] == ""


# ---------------------------------------------------------------- marks


def expected(criterion: Criterion, person: Patient) -> tuple[Mark, Outcome]:
    good, bad = (Mark.NO, Mark.YES) if criterion.kind is Kind.EXCLUSION else (Mark.YES, Mark.NO)
    outcome = judge(criterion, Context.today(person, DICTIONARY)).outcome
    marks = {
        Outcome.MET: good,
        Outcome.NOT_MET: bad,
        Outcome.NOT_APPLICABLE: Mark.NOT_APPLICABLE,
        Outcome.UNKNOWN: Mark.NOT_KNOWN,
        Outcome.MANUAL: Mark.OPEN,
    }
    return marks[outcome], outcome


def assert_marks_follow_outcomes(trial: Trial, sheet: Sheet, person: Patient) -> set[Outcome]:
    by_id = {criterion.id: criterion for criterion in trial.criteria}
    seen = set()
    for line in rows_of(sheet):
        criterion = by_id[line.id]
        mark, outcome = expected(criterion, person)
        seen.add(outcome)
        assert line.mark is mark, (line.id, outcome)
        assert (line.mark in TICKED) == (outcome not in {Outcome.UNKNOWN, Outcome.MANUAL})
        if outcome in {Outcome.UNKNOWN, Outcome.NOT_APPLICABLE}:
            assert line.why
        else:  # a value that follows from others is told
            assert not line.why or "follows from" in line.why
        if outcome is Outcome.MANUAL:
            assert line.investigator
        if outcome is Outcome.UNKNOWN:
            missing = judge(criterion, Context.today(person, DICTIONARY)).missing
            assert all(DICTIONARY.facts[name].name in line.why for name in missing), line.why
    return seen


@of_rule_files
def test_marks_follow_the_outcomes_of_screening(trial: Trial) -> None:
    for _, name, sheet in sheets(trial, "example", "unknown", "invented 0", "invented 1"):
        person = people()[name]
        assert person
        assert_marks_follow_outcomes(trial, sheet, person)


def test_all_outcomes_are_among_them() -> None:
    known = [(trial, person) for trial in TRIALS.values() for person in people().values() if person]
    seen = [assert_marks_follow_outcomes(trial, build(order_of(trial, person)), person) for trial, person in known]
    assert set().union(*seen) == set(Outcome)


@settings(max_examples=40)
@given(st.sampled_from(CATALOG.trials), st.data())
def test_nothing_unknown_is_ticked_whatever_is_known(trial: Trial, data: st.DataObject) -> None:
    facts = data.draw(answers([name for name in trial.facts if name in DICTIONARY.facts]))
    kept = data.draw(st.sets(st.sampled_from(sorted(facts)))) if facts else set()
    person = patient({name: value for name, value in facts.items() if name in kept})
    assert_marks_follow_outcomes(trial, build(order_of(trial, person)), person)


@of_rule_files
def test_without_an_answer_no_box_is_ticked(trial: Trial) -> None:
    for _, _, sheet in sheets(trial, "unknown"):
        assert {line.mark for line in rows_of(sheet)} <= {Mark.NOT_KNOWN, Mark.OPEN}
        assert {wait.state for wait in sheet.waits} <= {WaitState.BLANK}


@pytest.mark.parametrize(
    ("facts", "include", "exclude"),
    [("age: 61", Mark.YES, Mark.YES), ("age: 17", Mark.NO, Mark.NO), ("", Mark.NOT_KNOWN, Mark.NOT_KNOWN)],
)
def test_yes_answers_the_text_of_the_criterion(facts: str, include: Mark, exclude: Mark) -> None:
    """To `Aged 18 or older` and to `No adults` alike: yes where the thing named is the case."""
    bar = criterion_text("exclude: age >= 18", name="EXC-1").replace("section: inclusion", "section: exclusion")
    met, barred = rows_of(made(facts, criterion_text("include: age >= 18"), bar))
    assert (met.good, met.mark) == (Mark.YES, include)
    assert (barred.good, barred.mark) == (Mark.NO, exclude)


def test_what_does_not_apply_says_why() -> None:
    line = row("sex: male", "when: sex is female", "include: not pregnant")
    assert (line.mark, line.why) == (Mark.NOT_APPLICABLE, "does not apply: Sex recorded at birth: Male")


def test_what_does_not_apply_by_what_was_derived_says_so_too() -> None:
    line = row("kps: 30", "when: ecog <= 1", "include: platelets >= 100 K/uL")
    assert line.mark is Mark.NOT_APPLICABLE
    assert "30" in line.why


def test_what_is_unknown_names_what_is_missing() -> None:
    line = row("sex: male", "include: age >= 18 and platelets >= 100 K/uL")
    assert (line.mark, line.why) == (Mark.NOT_KNOWN, "not known: Age; Platelet count")


def test_what_the_trial_team_judges_stays_open() -> None:
    line = row("age: 61", "manual: the team looks at it")
    assert (line.mark, line.investigator, line.entries, line.why) == (Mark.OPEN, True, (), "")


def test_what_the_trial_team_would_judge_is_ticked_where_it_does_not_apply() -> None:
    lines = ("when: sex is female", "manual: the team looks at it")
    assert row("sex: male", *lines).mark is Mark.NOT_APPLICABLE
    for facts in ("age: 61", "sex: female"):
        assert (row(facts, *lines).mark, row(facts, *lines).investigator) == (Mark.OPEN, True)


# ---------------------------------------------------------------- blank sheets


@of_rule_files
def test_a_blank_sheet_has_no_mark_and_no_value_of_anybody(trial: Trial) -> None:
    for code in LANGUAGES:
        for _, _, sheet in sheets(trial, "nobody", code=code):
            assert (sheet.filled, sheet.planned, sheet.summary) == (False, (), None)
            assert {(line.mark, line.why) for line in rows_of(sheet)} <= {(Mark.OPEN, "")}
            entries = [entry for line in rows_of(sheet) for entry in line.entries]
            assert {(entry.value, entry.limit, entry.date) for entry in entries} <= {("", "", "")}
            for wait in sheet.waits:
                assert (wait.last, wait.arithmetic, wait.earliest, wait.state) == ("", "", "", WaitState.BLANK)
                assert (wait.first_day, wait.last_day, wait.over_day) == (None, None, None)
                assert wait.what
                assert wait.rule
            assert "EXAMPLE" not in str(asdict(sheet))


def test_a_blank_sheet_leaves_lines_to_write_on() -> None:
    lines = ("include: creatinine <= 1.5 ULN and age >= 18 and creatinine_clearance > 60 mL/min",)
    assert row(None, *lines).entries == (
        Entry("Creatinine", unit="mg/dL", wants_limit=True, wants_date=True),
        Entry("Age", unit="years"),
        Entry(DICTIONARY.facts["creatinine_clearance"].name, unit="mL/min"),
    )


def test_a_planned_day_is_no_value_of_a_row() -> None:
    line = row("last_live_vaccine: 2026-01-05", "include: days from last_live_vaccine to infusion >= 30")
    assert [(entry.name, entry.value) for entry in line.entries] == [("Last live vaccine", "2026-01-05")]


@of_rule_files
def test_a_row_that_a_program_can_check_has_room_for_each_of_its_facts(trial: Trial) -> None:
    by_id = {item.id: item for item in rows_of(sheet_of(trial.id))}
    planned = {gate.value for gate in Gate} | {"screening"}
    for criterion in trial.criteria:
        names = [DICTIONARY.facts[name].name for name in criterion.facts if name not in planned]
        assert [entry.name for entry in by_id[criterion.id].entries] == (names if criterion.test else [])


@of_rule_files
def test_every_checked_row_says_where_its_answer_is_found(trial: Trial) -> None:
    assert all(line.source for line in rows_of(sheet_of(trial.id)) if not line.investigator)


# ---------------------------------------------------------------- values


LIMITED = "include: creatinine <= 1.5 ULN"


def test_a_result_has_its_unit_its_limit_and_its_day() -> None:
    line = row("creatinine: {value: 1.1 mg/dL, uln: 1.2 mg/dL, date: 2026-11-16}", LIMITED)
    (entry,) = line.entries
    assert (entry.value, entry.limit, entry.date) == ("1.1 mg/dL", "1.2", "2026-11-16")
    assert (entry.wants_limit, entry.wants_date) == (True, True)


def test_a_result_without_its_limit_leaves_a_line_for_it() -> None:
    (entry,) = row("creatinine: 1.1 mg/dL", LIMITED).entries
    assert (entry.value, entry.limit, entry.date, entry.wants_limit) == ("1.1 mg/dL", "", "", True)


def test_a_limit_in_another_unit_than_the_value_says_its_unit() -> None:
    """97 umol/L beside a bare 1.199, which is in mg/dL, would look like eighty times the limit."""
    (entry,) = row("creatinine: {value: 97 umol/L, uln: 106 umol/L}", LIMITED).entries
    assert entry.value.startswith("97 umol/L")
    assert entry.limit in {"106", "106 umol/L"} or entry.limit.endswith(" mg/dL")


@pytest.mark.parametrize(
    ("facts", "rule", "value"),
    [
        ("age: 61", "age >= 18", "61 years"),
        ("platelets: 180 K/uL", "platelets >= 100 K/uL", "180 K/uL"),
        ("hemoglobin: 90 g/L", "hemoglobin >= 9 g/dL", "90 g/L (9 g/dL)"),
        ("ecog: 1", "ecog <= 1", "1"),
        ("sex: male", "sex is male", "Male"),
        ("last_live_vaccine: never", "days from last_live_vaccine to enrollment >= 30", "never"),
        ("last_live_vaccine: 2026-10", "days from last_live_vaccine to enrollment >= 30", "2026-10-01 to 2026-10-31"),
        ("prior_therapies: []", "not any(chemotherapy)", "none"),
        (
            "prior_therapies: [{agent: cisplatin, last_dose: 2026-09-20}, {agent: nivolumab, last_dose: ongoing}]",
            "any(chemotherapy)",
            "cisplatin (2026-09-20); nivolumab (still being given)",
        ),
        ("measurable_disease: yes", "measurable_disease", "yes"),
    ],
)
def test_a_value_is_shown_as_it_was_answered(facts: str, rule: str, value: str) -> None:
    (entry,) = row(facts, f"include: {rule}").entries
    assert entry.value == value


@pytest.mark.parametrize("reason", [word for word in MISSING_WORDS if word != "not_asked"])
def test_what_is_missing_is_a_line_whatever_the_reason(reason: str) -> None:
    (entry,) = row(f"platelets: {{missing: {reason}}}", "include: platelets >= 100 K/uL").entries
    assert (entry.value, entry.unit) == ("", "K/uL")


@of_rule_files
def test_a_value_stands_in_a_filled_sheet_where_and_only_where_one_is_known(trial: Trial) -> None:
    by_id = {criterion.id: criterion for criterion in trial.criteria}
    planned = {gate.value for gate in Gate} | {"screening"}
    for name in ("example", "invented 0", "invented 1"):
        person = people()[name]
        assert person
        for line in rows_of(sheet_of(trial.id, name)):
            facts = [fact for fact in by_id[line.id].facts if fact not in planned] if line.entries else []
            known = [not isinstance(person.get(fact), Missing) for fact in facts]
            assert [bool(entry.value) for entry in line.entries] == known


@pytest.mark.parametrize(
    ("facts", "rule", "derived"),
    [
        ("kps: 90", "include: ecog <= 1", "90"),
        (
            "age: 61\nsex: male\nweight: 78 kg\ncreatinine: 1.1 mg/dL",
            *("include: creatinine_clearance >= 50 mL/min", "mL/min"),
        ),
        ("tumor_type: PLEMESO", "include: histology is epithelioid", "pithelioid"),
    ],
)
def test_a_row_ticked_by_what_was_derived_shows_from_what(facts: str, rule: str, derived: str) -> None:
    """Else a nurse signs for a tick beside an empty line."""
    line = row(facts, rule)
    assert line.mark is Mark.YES
    assert derived in f"{line.why} {line.entries}".replace("unit='mL/min'", "")


# ---------------------------------------------------------------- head and foot


@of_rule_files
def test_the_head_of_every_page_names_trial_rule_file_and_patient(trial: Trial) -> None:
    for code, name in product(LANGUAGES, people()):
        sheet, person = sheet_of(trial.id, name, code=code), people()[name]
        assert trial.id in sheet.head
        assert trial.file_sha256[:12] in sheet.head
        assert (person.id if person else "____") in sheet.head
        assert (str(trial.registry.as_of) if trial.registry else "") in sheet.head
        assert sheet.trial == trial.id


@of_rule_files
def test_about_holds_what_an_audited_checklist_holds(trial: Trial) -> None:
    blank, filled = dict(sheet_of(trial.id).about), dict(sheet_of(trial.id, "example").about)
    wanted = {*OF_SHEET, *(OF_STUDY if trial.registry else ())}
    assert wanted <= blank.keys()
    assert blank.keys() == filled.keys()
    assert len(sheet_of(trial.id).about) == len(blank)
    assert (blank["Protocol"], blank["Short title"]) == (trial.id, trial.title)
    assert blank["Checklist made by"] == f"screener 9.9, rule file {trial.file_sha256[:12]}"
    assert blank["Date of this sheet"] == AS_OF.isoformat()
    assert (blank["Subject id and initials"], filled["Subject id and initials"]) == ("", "EXAMPLE-1")
    for line in ("Site", "Treating physician", "Consent version and date"):
        assert blank[line] == filled[line] == ""
    if trial.registry:
        assert blank["Registry record of"] == str(trial.registry.as_of)
        assert str(trial.registry.status_as_of) in blank["Status as seen"]
        assert blank["Protocol version and date"] == ""
        assert trial.product in blank["Product; target; phase"]


def test_three_people_sign_with_name_and_date_below_a_conclusion_and_the_disclaimer() -> None:
    sheet = sheet_of("NCT04577326")
    assert [who for who, _ in sheet.foot] == ["Completed by", "Verified by", "Investigator"]
    assert {parts for _, parts in sheet.foot} == {("Name", "Signature", "Date")}
    assert len(sheet.conclusion) == 3
    assert sheet.disclaimer == DISCLAIMER


@of_rule_files
def test_notes_warn_of_an_abbreviated_record_and_of_a_study_that_takes_nobody(trial: Trial) -> None:
    for name in ("nobody", "example"):
        notes = " ".join(sheet_of(trial.id, name).notes)
        assert ("leaves numbers to the protocol" in notes) == bool(trial.registry and trial.registry.abbreviated)
        assert ("took no new patients" in notes) == trial.takes_no_patients


def test_some_records_are_abbreviated_and_some_are_not() -> None:
    abbreviated = {trial.registry.abbreviated for trial in TRIALS.values() if trial.registry}
    assert abbreviated == {True, False}


def test_an_unreviewed_translation_says_so_and_a_reviewed_one_does_not() -> None:
    spanish = LANGUAGES["es"]
    assert not spanish.is_reviewed
    assert spanish.word(NOT_REVIEWED) != NOT_REVIEWED
    trial = TRIALS["NCT04577326"]
    reviewed = Language.of("es", Texts(spanish.translated.texts, "a reviewer made up for this test"))
    assert spanish.word(NOT_REVIEWED) in build(order_of(trial, code="es")).notes
    assert spanish.word(NOT_REVIEWED) not in build(replace(order_of(trial), language=reviewed)).notes
    assert NOT_REVIEWED not in build(order_of(trial)).notes


# ---------------------------------------------------------------- summary


@of_rule_files
def test_only_a_filled_sheet_of_all_gates_has_a_summary(trial: Trial) -> None:
    for gate, name, sheet in sheets(trial, "nobody", "example"):
        assert (sheet.summary is not None) == (name == "example" and gate is None)


@of_rule_files
def test_the_summary_says_what_screening_says(trial: Trial) -> None:
    for name, person in people().items():
        if person is None:
            continue
        result, summary = screen_trial(trial, person, DICTIONARY), sheet_of(trial.id, name).summary
        assert summary
        assert summary.verdict == verdict_in(result)
        named = {
            outcome: [item.criterion.id for item in result.criteria if item.outcome is outcome] for outcome in Outcome
        }
        assert [reason.split()[0] for reason in summary.reasons] == named[Outcome.NOT_MET]
        assert [text.split()[0] for text in summary.manual] == named[Outcome.MANUAL]
        assert [fact for fact, _ in summary.missing] == [DICTIONARY.facts[fact].name for fact in result.missing_facts]
        assert all(who for _, who in summary.missing)
        assert all(0 <= factor.low <= factor.high <= 100 for factor in summary.factors)
        scored = [tally.score for tally in result.factors.values() if tally.score]
        assert [(factor.low, factor.high) for factor in summary.factors] == [
            (float(score.low), float(score.high)) for score in scored
        ]


def test_the_summary_of_the_example_says_from_when_on_the_washout_is_over() -> None:
    summary = sheet_of("NCT04577326", "example").summary
    assert summary
    assert summary.verdict == f"{Verdict.NOT_YET.value} (not before 2026-12-06)"
    (reason,) = summary.reasons
    assert reason.startswith("INC-7.1b ")
    assert "(not before 2026-12-06)" in reason
    assert "nivolumab (2026-10-25)" in reason


# ---------------------------------------------------------------- planned days and the clock


def test_planned_days_come_after_today_in_the_order_of_the_gates() -> None:
    facts = "infusion: 2026-12-20\nleukapheresis: 2026-12-01\nenrollment: never"
    sheet = made(facts, criterion_text("include: age >= 18"))
    assert [(planned.name, str(planned.day)) for planned in sheet.planned] == [
        ("today", "2026-11-22"),
        ("leukapheresis", "2026-12-01"),
        ("infusion", "2026-12-20"),
    ]


@of_rule_files
def test_another_day_changes_nothing_of_a_blank_sheet_but_the_day_printed(trial: Trial) -> None:
    for code in LANGUAGES:
        one = build(order_of(trial, code=code))
        other = build(replace(order_of(trial, code=code), day=LATER))
        swapped = tuple((label, value.replace(str(LATER), str(AS_OF))) for label, value in other.about)
        assert one != other
        assert replace(other, about=swapped) == one


@of_rule_files
def test_another_day_changes_only_what_time_decides_of_a_filled_sheet(trial: Trial) -> None:
    one = build(order_of(trial, EXAMPLE))
    other = build(order_of(trial, replace(EXAMPLE, as_of=LATER)))
    swapped = tuple((label, value.replace(str(LATER), str(AS_OF))) for label, value in other.about)
    assert replace(one, sections=(), waits=(), planned=(), summary=None) == replace(
        other, about=swapped, sections=(), waits=(), planned=(), summary=None
    )
    timeless = {criterion.id for criterion in trial.criteria if "prior_therapies" not in criterion.facts}
    for before, after in zip(rows_of(one), rows_of(other), strict=True):
        assert before.entries == after.entries
        assert before == after or before.id not in timeless
    assert [replace(wait, state=WaitState.OVER) for wait in one.waits] == [
        replace(wait, state=WaitState.OVER) for wait in other.waits
    ]


@of_rule_files
def test_the_same_order_gives_the_same_sheet(trial: Trial) -> None:
    assert build(order_of(trial, EXAMPLE)) == build(order_of(trial, EXAMPLE))


# ---------------------------------------------------------------- Spanish


@of_rule_files
def test_a_spanish_sheet_has_the_same_rows_and_marks_in_spanish(trial: Trial) -> None:
    for name in ("nobody", "example", "invented 0"):
        english, spanish = sheet_of(trial.id, name), sheet_of(trial.id, name, code="es")
        assert (english.language, spanish.language) == ("en", "es")
        for here, there in zip(rows_of(english), rows_of(spanish), strict=True):
            assert (here.id, here.good, here.mark, here.investigator) == (
                *(there.id, there.good, there.mark, there.investigator),
            )
            assert here.text != there.text or here.text.isupper()  # AST
            assert len(here.entries) == len(there.entries)
            assert bool(here.why) == bool(there.why)
        assert [(wait.criterion, wait.state, wait.over_day) for wait in english.waits] == [
            (wait.criterion, wait.state, wait.over_day) for wait in spanish.waits
        ]
        assert "[en inglés" not in str(asdict(spanish))


def texts_of(value: object) -> set[str]:
    """Every text in a sheet that has been turned into plain data."""
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {text for part in parts for text in texts_of(part)}


SHARED = {"No"}  # the same in both languages
# A document's title; a form that patients know by its English name.
KEPT_ENGLISH = ("000 Questions to Ask", "Preguntar al paciente; un trabajador social puede explicar el formulario (")


def has_sentence(text: str, *, words: tuple[str, ...] = (" to ", " or ", " the ", " and ", " of ", " not ")) -> bool:
    return any(word in f" {text} " for word in words)


@of_rule_files
def test_no_english_is_left_on_a_spanish_sheet(trial: Trial) -> None:
    for name in ("nobody", "example", "invented 0", "invented 1"):
        sheet = replace(sheet_of(trial.id, name, code="es"), words={})
        left = {text for text in texts_of(asdict(sheet)) if has_sentence(text) and not text.startswith(KEPT_ENGLISH)}
        assert left == set()


def test_every_word_of_the_page_is_said_in_spanish() -> None:
    words = sheet_of("NCT04577326", code="es").words
    assert {english for english, word in words.items() if english == word} <= SHARED
    assert words["Not known"] != "Not known"


@pytest.mark.parametrize(
    "facts",
    [
        "creatinine: {value: 1.1 mg/dL, uln: 1.2 mg/dL, date: 2026-11}",
        "creatinine: {value: 1.1 mg/dL, uln: 1.2 mg/dL, date: 3 weeks ago}",
    ],
)
def test_a_day_partly_known_is_said_in_spanish(facts: str) -> None:
    (entry,) = row(facts, LIMITED, code="es").entries
    assert entry.date
    assert not has_sentence(entry.date)


# ---------------------------------------------------------------- hostile text is text

NASTY = "<script>alert(1)</script> [bold]x[/bold] #set $x$ \u202eabc"


def test_hostile_ids_and_agents_stand_there_as_they_are_and_change_no_mark() -> None:
    trial = trial_of(DICTIONARY, criterion_text("include: any(chemotherapy)"))
    treatment = f"prior_therapies: [{{agent: '{NASTY}', class: chemotherapy, last_dose: 2026-11-01}}]"
    person = patient_of(DICTIONARY, treatment)
    sheet = build(order_of(trial, replace(person, id=NASTY)))
    (line,) = rows_of(sheet)
    assert NASTY in sheet.head
    assert (line.mark, line.entries[0].value) == (Mark.YES, f"{NASTY} (2026-11-01)")
    assert rows_of(build(order_of(trial, person))) == [line]
