"""Washouts one by one: the day on the worksheet is the day on which the evaluator lets the treatment pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.catalog import criteria_folder, load_catalog
from screener.checklist import Order, WaitState, build
from screener.dates import Period
from screener.evaluate import Context, Washout, judge, washouts
from screener.expr import Anchor, Elapsed, Last, OnDate
from screener.language import Language
from screener.model import Missing, MissingReason, Outcome, Patient, Rule, Treatments
from screener.patient import read_answer
from tests.rule_text import criterion_text, patient_of, trial_of
from tests.strategies import AS_OF, DATED, DICTIONARY, patient, treatments, values

if TYPE_CHECKING:
    from screener.checklist import Wait
    from screener.model import Criterion, Fact, Treatment, Trial, Value

CATALOG = load_catalog(criteria_folder())
CLASSES = ("systemic_therapy", "chemotherapy", "checkpoint_inhibitor", "radiotherapy", "chemotherapy or radiotherapy")
ANCHORS = tuple(anchor.value for anchor in Anchor)
PLANNED = tuple(name for name in ANCHORS if name != "screening")
CHECKPOINT = "include: days from last(checkpoint_inhibitor) to infusion >= 42"
NIVOLUMAB = "prior_therapies: [{agent: nivolumab, last_dose: 2026-10-25}]"


@dataclass(frozen=True)
class Simple:
    """A criterion that is one wait and nothing else."""

    trial: Trial
    criterion: Criterion

    def __str__(self) -> str:
        return f"{self.trial.id} {self.criterion.id}"


def is_simple(criterion: Criterion) -> bool:
    if not isinstance(criterion.test, Rule) or criterion.when or len(criterion.leaves) != 1:
        return False
    leaf = criterion.leaves[0]
    return isinstance(leaf, Elapsed) and isinstance(leaf.point, Last | OnDate)


SHIPPED = [Simple(trial, item) for trial in CATALOG.trials for item in trial.criteria if is_simple(item)]


def made(*lines: str) -> Criterion:
    """A criterion of a made-up trial."""
    (criterion,) = trial_of(DICTIONARY, criterion_text(*lines)).criteria
    return criterion


def found(rule: str, facts: str) -> list[Washout]:
    return list(washouts(made(rule), Context.today(patient_of(DICTIONARY, facts), DICTIONARY)))


def last_over(rule: str, facts: str) -> date | None:
    """The day on which the one wait is surely over."""
    (one,) = found(rule, facts)
    return one.over.last if one.over else None


def waits(person: Patient | None, *lines: str, language: Language | None = None) -> tuple[Wait, ...]:
    """The worksheet for a criterion."""
    trial = trial_of(DICTIONARY, criterion_text(*lines))
    return build(Order(trial, DICTIONARY, language or Language(), "0", AS_OF, patient=person)).waits


def wait(facts: str, *lines: str) -> Wait:
    """The one line of the worksheet."""
    (one,) = waits(patient_of(DICTIONARY, facts), *lines)
    return one


def outcome(criterion: Criterion, person: Patient, day: date) -> Outcome:
    return judge(criterion, Context.today(replace(person, as_of=day), DICTIONARY)).outcome


def assert_first_day(criterion: Criterion, person: Patient) -> None:
    """The last of the worksheet's days is the first one on which the evaluator says met."""
    listed = list(washouts(criterion, Context.today(person, DICTIONARY)))
    assert listed
    begun = [item for item in listed if item.last is not None]
    ends = [item.over.last if item.over else None for item in begun]

    def met(day: date) -> bool:
        return outcome(criterion, person, day) is Outcome.MET

    if not begun:
        assert met(AS_OF)
        assert met(AS_OF - timedelta(days=4000))
        return
    known = [day for day in ends if day]
    if len(known) < len(ends):
        assert not any(met(AS_OF + timedelta(days=days)) for days in (0, 1, 100, 4000))
        return
    first = max(known)
    assert [met(first + timedelta(days=days)) for days in (0, 1, 2, 400)] == [True] * 4, listed
    assert [met(first - timedelta(days=days)) for days in (1, 2, 9, 400)] == [False] * 4, listed


def given_to(*items: Treatment) -> Patient:
    return patient({"prior_therapies": Treatments(items)})


people = st.lists(treatments(), max_size=3).map(lambda items: given_to(*items))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """An `include` or `exclude` that is one wait after treatments."""
    asks = draw(st.booleans())
    relation = draw(st.sampled_from([">=", ">"] if asks else ["<", "<="]))
    point = f"last({draw(st.sampled_from(CLASSES))}) to {draw(st.sampled_from(ANCHORS))} {relation}"
    if asks and draw(st.booleans()):
        which = draw(st.sampled_from(["longer", "shorter"]))
        limit = f"{which} of ({draw(st.integers(0, 60))}, {draw(st.integers(1, 8))} half-lives)"
        return f"include: days from {point} {limit}"
    period, most = draw(st.sampled_from([("days", 90), ("weeks", 20), ("months", 15), ("years", 5)]))
    return f"{'include' if asks else 'exclude'}: {period} from {point} {draw(st.integers(0, most))}"


# ---------------------------------------------------------------- the law


@settings(max_examples=150)
@given(rules(), people)
def test_the_last_day_of_the_worksheet_is_the_first_on_which_the_criterion_is_met(rule: str, person: Patient) -> None:
    assert_first_day(made(rule), person)


@settings(max_examples=60)
@given(st.sampled_from(DATED), st.sampled_from(["days", "weeks", "months", "years"]), st.integers(0, 12), st.data())
def test_so_it_is_after_an_event(fact: Fact, period: str, number: int, data: st.DataObject) -> None:
    name = fact.id
    rule = data.draw(st.sampled_from([("include", ">="), ("include", ">"), ("exclude", "<"), ("exclude", "<=")]))
    value = data.draw(values(DICTIONARY.facts[name]).filter(lambda drawn: getattr(drawn, "span", None) is not None))
    criterion = made(f"{rule[0]}: {period} from {name} to enrollment {rule[1]} {number}")
    assert_first_day(criterion, patient({name: value}))


@pytest.mark.parametrize("simple", SHIPPED, ids=str)
@settings(max_examples=12)
@given(data=st.data())
def test_so_it_is_for_every_shipped_criterion_that_is_one_wait(simple: Simple, data: st.DataObject) -> None:
    leaf = simple.criterion.leaves[0]
    assert isinstance(leaf, Elapsed)
    if isinstance(leaf.point, OnDate):
        fact = DICTIONARY.facts[leaf.point.fact]
        value: Value = data.draw(values(fact))
        if fact.never_began and value == read_answer(fact, "never", DICTIONARY, AS_OF):
            return
        assert_first_day(simple.criterion, patient({fact.id: value}))
    else:
        assert_first_day(simple.criterion, data.draw(people))


@settings(max_examples=40)
@given(st.sampled_from(["days", "weeks"]), st.integers(1, 60), st.sampled_from(ANCHORS), people)
def test_so_it_is_for_a_window_of_days_or_weeks(period: str, number: int, anchor: str, person: Patient) -> None:
    assert_first_day(made(f"exclude: any(systemic_therapy since {number} {period} before {anchor})"), person)


@settings(max_examples=40)
@given(st.integers(1, 24), people)
def test_so_it_is_for_a_window_of_months(number: int, person: Patient) -> None:
    assert_first_day(made(f"exclude: any(systemic_therapy since {number} months before infusion)"), person)


@pytest.mark.parametrize(
    ("last", "over"), [("2026-02-28", "2026-09-01"), ("2026-08-31", "2027-03-01"), ("2026-03-15", "2026-09-16")]
)
def test_a_window_of_months_ends_where_the_calendar_ends_it(last: str, over: str) -> None:
    """Six months before 31 August is 28 February, so that one counts on 31 August still."""
    rule = "exclude: any(chemotherapy since 6 months before screening)"
    assert last_over(rule, f"prior_therapies: [{{agent: cisplatin, last_dose: {last}}}]") == date.fromisoformat(over)


@settings(max_examples=60)
@given(rules(), st.data())
def test_before_the_first_possible_day_it_is_not_met_and_between_the_two_it_is_open(
    rule: str, data: st.DataObject
) -> None:
    item = data.draw(treatments(exact=False).filter(lambda drawn: drawn.possibly == drawn.surely))
    criterion, person = made(rule), given_to(item)
    (one,) = washouts(criterion, Context.today(person, DICTIONARY))
    if one.over is None or one.over.first is None:
        return
    assert outcome(criterion, person, one.over.first - timedelta(days=1)) is Outcome.NOT_MET
    if one.over.last is None or one.over.first < one.over.last:
        assert outcome(criterion, person, one.over.first) is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "rule",
    [
        "include: not days from last(checkpoint_inhibitor) to infusion < 42",
        "exclude: not days from last(checkpoint_inhibitor) to infusion >= 42",
        "include: not any(checkpoint_inhibitor since 41 days before infusion)",
        "exclude: ecog >= 2 or not (days from last(checkpoint_inhibitor) to infusion >= 42)",
    ],
)
def test_a_wait_said_the_other_way_round_stands_on_the_worksheet_too(rule: str) -> None:
    assert last_over(rule, NIVOLUMAB) == date(2026, 12, 6)


def test_the_waits_inside_the_unless_of_a_shipped_criterion_stand_there() -> None:
    """Brain metastases bar unless, among others, 8 weeks have passed since radiotherapy and 4 since steroids."""
    trial = next(trial for trial in CATALOG.trials if trial.id == "NCT04577326")
    criterion = next(item for item in trial.criteria if item.id == "EXC-3")
    listed = washouts(criterion, Context.today(patient({}), DICTIONARY))
    wanted = {("cns_last_radiotherapy", 8, Period.WEEKS), ("cns_symptom_drugs_stopped", 4, Period.WEEKS)}
    assert wanted <= {(item.fact, item.limit, item.period) for item in listed}


@pytest.mark.parametrize(
    "rule",
    [
        "include: not days from last(checkpoint_inhibitor) to infusion >= 42",
        "include: days from last(checkpoint_inhibitor) to infusion <= 42",
        "exclude: days from last(checkpoint_inhibitor) to infusion >= 42",
        "include: any(checkpoint_inhibitor since 42 days before infusion)",
        "exclude: any(checkpoint_inhibitor)",
        "exclude: count(checkpoint_inhibitor since 21 days before leukapheresis) < 1",
        "include: days from date of anc to screening <= 7",
    ],
)
def test_what_is_no_wait_does_not_stand_there(rule: str) -> None:
    assert found(rule, NIVOLUMAB) == []


def test_when_a_criterion_applies_is_no_wait() -> None:
    criterion = made("when: days from last_major_surgery to enrollment >= 28", CHECKPOINT)
    listed = washouts(criterion, Context.today(patient_of(DICTIONARY, NIVOLUMAB), DICTIONARY))
    assert [item.agent for item in listed] == ["nivolumab"]


def test_what_the_trial_team_judges_has_no_wait() -> None:
    assert found("manual: the team looks at it", NIVOLUMAB) == []


# ---------------------------------------------------------------- days by the calendar


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        (CHECKPOINT, "2026-12-06"),
        ("include: days from last(checkpoint_inhibitor) to infusion > 42", "2026-12-07"),
        ("exclude: days from last(checkpoint_inhibitor) to infusion < 42", "2026-12-06"),
        ("exclude: days from last(checkpoint_inhibitor) to infusion <= 42", "2026-12-07"),
        ("include: weeks from last(checkpoint_inhibitor) to infusion >= 6", "2026-12-06"),
        ("include: months from last(checkpoint_inhibitor) to infusion >= 4", "2027-02-25"),
        ("exclude: months from last(checkpoint_inhibitor) to infusion <= 4", "2027-02-26"),
        ("exclude: years from last(checkpoint_inhibitor) to infusion <= 1", "2027-10-26"),
        ("exclude: any(checkpoint_inhibitor since 21 days before leukapheresis)", "2026-11-16"),
        ("exclude: count(checkpoint_inhibitor since 3 weeks before leukapheresis) >= 1", "2026-11-16"),
    ],
)
def test_the_day_after_nivolumab_on_25_october(rule: str, over: str) -> None:
    assert last_over(rule, NIVOLUMAB) == date.fromisoformat(over)


@pytest.mark.parametrize(
    ("limit", "half_life", "over"),
    [
        ("longer of (21, 3 half-lives)", "10", "2026-11-24"),  # 30 days
        ("longer of (21, 3 half-lives)", "2", "2026-11-15"),
        ("longer of (21, 3 half-lives)", "7.1", "2026-11-16"),  # 21.3 days are 22
        ("shorter of (21, 3 half-lives)", "10", "2026-11-15"),
        ("shorter of (21, 3 half-lives)", "2", "2026-10-31"),
        ("longer of (21, 3 half-lives)", None, None),
        ("shorter of (21, 3 half-lives)", None, "2026-11-15"),
    ],
)
def test_half_lives_count_where_they_are_the_longer_or_the_shorter(
    limit: str, half_life: str | None, over: str | None
) -> None:
    known = f", half_life_days: {half_life}" if half_life else ""
    facts = f"prior_therapies: [{{agent: ABC-123, class: chemotherapy, last_dose: 2026-10-25{known}}}]"
    day = last_over(f"include: days from last(chemotherapy) to infusion >= {limit}", facts)
    assert day == (date.fromisoformat(over) if over else None)


@pytest.mark.parametrize(
    ("last", "first", "over"),
    [
        ("2026-10", "2026-11-12", "2026-12-12"),
        ("2025", "2025-02-12", "2026-02-11"),
        ("3 weeks ago", "2026-12-10", "2026-12-16"),
        ("2026-11", "2026-12-13", "2027-01-03"),  # no later than the day of screening
    ],
)
def test_of_a_partial_date_the_worksheet_keeps_the_day_on_which_it_is_surely_over(
    last: str, first: str, over: str
) -> None:
    facts = f"prior_therapies: [{{agent: nivolumab, last_dose: {last}}}]"
    one = wait(facts, CHECKPOINT)
    assert one.over_day == date.fromisoformat(over)
    assert one.first_day is not None
    assert one.last_day is not None
    assert (one.first_day.isoformat(), one.last_day.isoformat()) < (first, over)
    assert first in one.earliest
    assert over in one.earliest


def test_a_last_dose_that_nobody_knows_is_surely_over_from_the_day_of_screening_on() -> None:
    one = wait("prior_therapies: [{agent: nivolumab}]", CHECKPOINT)
    assert (one.last, one.first_day, one.over_day) == ("2026-11-22 or earlier", None, date(2027, 1, 3))
    assert one.state is WaitState.NOT_KNOWN


# ---------------------------------------------------------------- the lines of the worksheet


def test_the_real_case_of_nivolumab_before_the_t_cells() -> None:
    trial = next(trial for trial in CATALOG.trials if trial.id == "NCT04577326")
    person = patient_of(DICTIONARY, NIVOLUMAB)
    sheet = build(Order(trial, DICTIONARY, Language(), "0", AS_OF, patient=person))
    (one,) = [item for item in sheet.waits if item.criterion == "INC-7.1b"]
    assert (one.what, one.last, one.anchor) == ("nivolumab", "2026-10-25", "infusion")
    assert one.rule == "Last checkpoint inhibitor at least 42 days before the T cells (42 days)"
    assert one.arithmetic == "2026-10-25 + 42 days = 2026-12-06"
    assert (one.earliest, one.over_day, one.state) == ("2026-12-06", date(2026, 12, 6), WaitState.RUNNING)


def test_a_blank_worksheet_names_the_wait_and_leaves_the_rest_to_be_written() -> None:
    (one,) = waits(None, CHECKPOINT)
    assert (one.criterion, one.what, one.anchor) == ("INC-1", "Immune checkpoint inhibitor", "infusion")
    assert (one.last, one.arithmetic, one.earliest) == ("", "", "")
    assert (one.first_day, one.last_day, one.over_day, one.state) == (None, None, None, WaitState.BLANK)


@pytest.mark.parametrize("reason", MissingReason)
def test_a_list_that_is_missing_leaves_the_line_blank_whatever_the_reason(reason: MissingReason) -> None:
    (one,) = waits(Patient("P-1", AS_OF, {"prior_therapies": Missing(reason)}), CHECKPOINT)
    assert (one.what, one.last, one.earliest, one.state) == ("Immune checkpoint inhibitor", "", "", WaitState.BLANK)


@pytest.mark.parametrize("facts", ["prior_therapies: []", "prior_therapies: [{agent: cisplatin, last_dose: 2026-11}]"])
def test_where_nothing_of_the_kind_was_given_that_is_said_and_the_wait_is_over(facts: str) -> None:
    one = wait(facts, CHECKPOINT)
    assert one.what == "Immune checkpoint inhibitor: none given"
    assert (one.last, one.arithmetic, one.earliest, one.state) == ("never", "", "", WaitState.OVER)


def test_what_is_still_being_given_has_no_first_day() -> None:
    one = wait("prior_therapies: [{agent: nivolumab, last_dose: ongoing}]\ninfusion: 2027-06-01", CHECKPOINT)
    assert (one.last, one.arithmetic, one.earliest, one.state) == ("still being given", "", "", WaitState.RUNNING)
    assert one.over_day is None


def test_each_agent_has_a_line_even_when_its_wait_is_long_over() -> None:
    facts = (
        "prior_therapies: [{agent: nivolumab, last_dose: 2020-01-05}, {agent: ipilimumab, last_dose: 2026-11-20}, "
        "{agent: cisplatin, last_dose: 2026-11-20}]"
    )
    for rule in (CHECKPOINT, "exclude: any(checkpoint_inhibitor since 21 days before leukapheresis)"):
        listed = waits(patient_of(DICTIONARY, facts), rule)
        assert [(item.what, item.state) for item in listed] == [
            ("nivolumab", WaitState.OVER),
            ("ipilimumab", WaitState.RUNNING),
        ]


def test_an_agent_that_may_be_of_the_class_has_a_line() -> None:
    one = wait("prior_therapies: [{agent: ABC-123, last_dose: 2026-11-20}]", CHECKPOINT)
    assert (one.what, one.earliest) == ("ABC-123", "2027-01-01")


def test_an_excepted_class_has_no_line() -> None:
    rule = "include: days from last(systemic_therapy except checkpoint_inhibitor) to infusion >= 14"
    facts = "prior_therapies: [{agent: nivolumab, last_dose: 2026-11-20}, {agent: cisplatin, last_dose: 2026-11-20}]"
    assert [item.what for item in waits(patient_of(DICTIONARY, facts), rule)] == ["cisplatin"]


@pytest.mark.parametrize(
    ("planned", "anchor", "state"),
    [
        ("2026-12-05", "infusion, 2026-12-05", WaitState.RUNNING),
        ("2026-12-06", "infusion, 2026-12-06", WaitState.OVER),
        ("2026-12", "infusion, 2026-12-01 to 2026-12-31", WaitState.NOT_KNOWN),
        ("2027-01", "infusion, 2027-01-01 to 2027-01-31", WaitState.OVER),
        ("2026-11", "infusion, 2026-11-01 to 2026-11-30", WaitState.RUNNING),
        ("never", "infusion", WaitState.RUNNING),  # no plan: judged on the day of screening
    ],
)
def test_the_wait_is_counted_to_the_planned_day(planned: str, anchor: str, state: WaitState) -> None:
    one = wait(f"{NIVOLUMAB}\ninfusion: {planned}", CHECKPOINT)
    assert (one.anchor, one.state, one.earliest) == (anchor, state, "2026-12-06")


def test_a_day_planned_for_another_anchor_changes_nothing() -> None:
    assert wait(f"{NIVOLUMAB}\nleukapheresis: 2027-01-01", CHECKPOINT) == wait(NIVOLUMAB, CHECKPOINT)


def planned_days() -> st.SearchStrategy[dict[str, str]]:
    days = st.integers(-10, 150).map(lambda ahead: AS_OF + timedelta(days=ahead))
    texts = days.map(date.isoformat) | days.map(lambda day: f"{day:%Y-%m}")
    return st.dictionaries(st.sampled_from(PLANNED), texts)


@settings(max_examples=150)
@given(rules(), people | st.just(patient({})), planned_days())
def test_what_is_over_or_running_is_what_the_criterion_says(
    rule: str, person: Patient, planned: dict[str, str]
) -> None:
    days = {name: read_answer(DICTIONARY.facts[name], text, DICTIONARY, AS_OF) for name, text in planned.items()}
    whole = replace(person, facts={**person.facts, **days})
    states = {item.state for item in waits(whole, rule)}
    said = outcome(made(rule), whole, AS_OF)
    assert (states == {WaitState.OVER}) == (said is Outcome.MET)
    assert said is not Outcome.NOT_MET or WaitState.RUNNING in states
    assert WaitState.BLANK not in states or (said is Outcome.UNKNOWN and states == {WaitState.BLANK})


@pytest.mark.parametrize("fact", DATED, ids=[fact.id for fact in DATED])
def test_an_event_that_never_came_is_over_where_the_criterion_says_so(fact: Fact) -> None:
    """A vaccine never given is long ago; a remission that never came has not begun."""
    name = fact.id
    rule = f"include: months from {name} to enrollment >= 3"
    facts = f"{name}: never"
    one = wait(facts, rule)
    met = outcome(made(rule), patient_of(DICTIONARY, facts), AS_OF) is Outcome.MET
    assert one.last == "never"
    assert (one.state is WaitState.OVER) == met


def test_an_event_has_its_name_and_its_arithmetic() -> None:
    rule = "exclude: months from last_myocardial_infarction to enrollment <= 6"
    one = wait("last_myocardial_infarction: 2026-08-31", rule)
    assert (one.what, one.last) == ("Last heart attack", "2026-08-31")
    assert "2026-08-31 + 6 months" in one.arithmetic
    assert (one.earliest, one.state) == ("2027-03-01", WaitState.RUNNING)
    (blank,) = waits(None, rule)
    assert (blank.what, blank.last, blank.state) == ("Last heart attack", "", WaitState.BLANK)


@pytest.mark.parametrize(
    ("strict", "lenient"),
    [
        ("include: days from last(chemotherapy) to infusion > 14", ">="),
        ("exclude: days from last(chemotherapy) to infusion <= 14", "<"),
    ],
)
def test_arithmetic_that_takes_a_day_more_says_why(strict: str, lenient: str) -> None:
    """`2026-11-01 + 14 days = 2026-11-16` is wrong: an auditor reckons 2026-11-15."""
    facts = "prior_therapies: [{agent: cisplatin, last_dose: 2026-11-01}]"
    more, less = wait(facts, strict), wait(facts, re.sub("[<>]=?", lenient, strict))
    assert (more.earliest, less.earliest) == ("2026-11-16", "2026-11-15")
    assert more.arithmetic.removesuffix(more.earliest) != less.arithmetic.removesuffix(less.earliest)


def test_arithmetic_with_half_lives_says_how_many_days_they_are() -> None:
    facts = "prior_therapies: [{agent: ABC-123, class: chemotherapy, last_dose: 2026-10-25, half_life_days: 10}]"
    one = wait(facts, "include: days from last(chemotherapy) to infusion >= longer of (21, 3 half-lives)")
    assert one.earliest == "2026-11-24"
    assert "30 days" in one.arithmetic
