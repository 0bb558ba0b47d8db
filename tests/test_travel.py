"""Travel: the nearest site that recruits, and the limit that the patient states."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.catalog import criteria_folder, load_catalog, load_expected
from screener.evaluate import screen_trial
from screener.interval import Interval
from screener.interview import Agenda, Interview
from screener.language import Language
from screener.model import Missing, MissingReason, Number, Outcome, Patient, Residence, Travel, Verdict
from screener.obstacles import obstacles
from screener.patient import read_answer
from screener.places import Place
from screener.render.json import document
from screener.travel import CRITERION, Center, Centers, miles_text, seen_centers, site_text, travel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screener.model import Value

CATALOG = load_catalog(criteria_folder())
TRIAL = CATALOG.choose(["NCT04577326"])[0]
PROFILE = next(trial for trial in CATALOG.trials if trial.is_profile)
DAY = date(2026, 11, 22)
MILES_PER_DEGREE = 69.0934  # on the sphere of the mean radius, 6371.0088 km


def person(**said: str) -> Patient:
    facts = CATALOG.dictionary.facts
    answers: Mapping[str, Value | Missing] = {
        name: read_answer(facts[name], text, CATALOG.dictionary, DAY) for name, text in said.items()
    }
    return Patient("P", DAY, answers)


def at(miles: float, status: str = "RECRUITING", *, placed: bool = True) -> Center:
    """A site so many miles east of the point of degree zero, on the equator."""
    return Center("Center", "", "", "", status, 0.0 if placed else None, miles / MILES_PER_DEGREE if placed else None)


def living(limit: str = "100 mi", radius: float = 0.0) -> Patient:
    here = Residence(Place("Here", "", "", 0.0, 0.0, radius), "Here")
    return replace(person(travel_limit=limit), facts={**person(travel_limit=limit).facts, "home": here})


def judged(patient: Patient, *sites: Center, whole: bool = True) -> Travel:
    found = travel(TRIAL, patient, Centers(sites, "2026-11-20", are_all=whole))
    assert found is not None
    return found


def outcome(patient: Patient, *sites: Center, whole: bool = True) -> Outcome | None:
    result = judged(patient, *sites, whole=whole).judged
    return result.outcome if result else None


@pytest.mark.parametrize(
    ("sites", "expected"),
    [
        pytest.param([at(80)], Outcome.MET, id="near"),
        pytest.param([at(120)], Outcome.NOT_MET, id="far"),
        pytest.param([at(100)], Outcome.UNKNOWN, id="the limit lies within the city"),
        pytest.param([at(120), at(80)], Outcome.MET, id="one of several is near"),
        pytest.param([at(120), at(5000)], Outcome.NOT_MET, id="all are far"),
        pytest.param([at(120), at(80, "")], Outcome.UNKNOWN, id="the near one may recruit"),
        pytest.param([at(120), at(80, "NOT_YET_RECRUITING")], Outcome.UNKNOWN, id="the near one is to recruit"),
        pytest.param([at(120), at(80, "COMPLETED")], Outcome.NOT_MET, id="the near one is over"),
        pytest.param([at(120), at(80, "WITHDRAWN"), at(90, "SUSPENDED")], Outcome.NOT_MET, id="the near ones are shut"),
        pytest.param([at(120), at(0, placed=False)], Outcome.UNKNOWN, id="one has no place"),
        pytest.param([at(80), at(0, placed=False)], Outcome.MET, id="one has no place, another is near"),
        pytest.param([at(0, placed=False)], Outcome.UNKNOWN, id="none has a place"),
        pytest.param([at(80, "COMPLETED")], Outcome.UNKNOWN, id="none recruits"),
        pytest.param([], Outcome.UNKNOWN, id="there are none"),
    ],
)
def test_a_limit_is_met_not_met_or_unknown(sites: list[Center], expected: Outcome) -> None:
    assert outcome(living(), *sites) is expected


@pytest.mark.parametrize("miles", [94.0, 106.0])
def test_one_step_past_the_width_of_the_city_decides(miles: float) -> None:
    """The point of the registry is the middle of a city, taken as 5 miles wide, and the earth is flat by 0.6 %."""
    assert outcome(living(), at(miles)) is (Outcome.MET if miles < 100 else Outcome.NOT_MET)


def test_sites_that_only_somebody_saw_rule_nothing_out() -> None:
    assert outcome(living(), at(120), whole=False) is Outcome.UNKNOWN
    assert outcome(living(), at(80), whole=False) is Outcome.MET


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2026-08-24", Outcome.NOT_MET), ("2026-08-23", Outcome.UNKNOWN), ("2025-11", Outcome.UNKNOWN), ("", None)],
)
def test_an_old_list_of_sites_rules_nobody_out(as_of: str, expected: Outcome | None) -> None:
    found = travel(TRIAL, living(), Centers((at(120),), as_of, are_all=True))
    assert found is not None
    assert found.judged is not None
    assert found.judged.outcome is (expected or Outcome.UNKNOWN)
    assert ("may have opened since" in found.judged.why) is (expected is not Outcome.NOT_MET)


def test_of_sites_in_several_countries_the_nearest_that_recruits_is_named() -> None:
    zurich = Center("Spital", "Zurich", "", "Switzerland", "RECRUITING", 47.36667, 8.55)
    berlin = Center("Klinik", "Berlin", "", "Germany", "RECRUITING", 52.52437, 13.41053)
    basel = Center("Basel", "Basel", "", "Switzerland", "COMPLETED", 47.55839, 7.57327)
    london = Center("Hospital", "London", "", "United Kingdom", "RECRUITING")
    patient = person(home="Freiburg, Germany", travel_limit="150 km")
    found = judged(patient, berlin, london, basel, zurich)
    assert found.nearest is not None
    assert (found.nearest.name, found.nearest.where) == ("Spital", "Zurich, Switzerland")
    assert found.judged is not None
    assert found.judged.outcome is Outcome.MET
    assert "Spital, Zurich, Switzerland" in found.judged.why


def test_the_limit_may_be_in_kilometers() -> None:
    assert outcome(living("100 km"), at(50)) is Outcome.MET
    assert outcome(living("100 km"), at(80)) is Outcome.NOT_MET


def test_without_a_limit_nothing_is_judged_but_the_nearest_site_is_named() -> None:
    found = travel(TRIAL, person(home="10065"), seen_centers(TRIAL))
    assert found is not None
    assert found.judged is None
    assert found.nearest is not None
    assert found.nearest.name == "Memorial Sloan Kettering Cancer Center"
    assert travel(TRIAL, person(age="61"), seen_centers(TRIAL)) is None
    assert travel(PROFILE, person(home="10065", travel_limit="10 mi"), None) is None


def test_a_limit_without_a_place_is_unknown_and_asks_for_the_place() -> None:
    found = travel(TRIAL, person(travel_limit="50 mi"), seen_centers(TRIAL))
    assert found is not None
    assert found.judged is not None
    assert (found.judged.outcome, found.judged.missing) == (Outcome.UNKNOWN, ("home",))


def test_a_distance_that_was_answered_counts_where_no_place_is_known() -> None:
    near, far = ({"travel_limit": "50 mi", "distance_to_site": text} for text in ("50 mi", "51 mi"))
    assert outcome(person(**near)) is Outcome.MET
    assert outcome(person(**far)) is Outcome.NOT_MET


SITES = st.lists(
    st.builds(
        at,
        st.floats(0, 6000),
        st.sampled_from(["RECRUITING", "", "NOT_YET_RECRUITING", "COMPLETED", "WITHDRAWN"]),
        placed=st.booleans(),
    ),
    max_size=5,
)


@given(SITES, st.integers(0, 6000), st.floats(0, 200), st.floats(0, 200))
def test_a_place_told_more_exactly_turns_no_decided_outcome_round(
    sites: list[Center], limit: int, wide: float, narrow: float
) -> None:
    before = outcome(living(f"{limit} mi", max(wide, narrow)), *sites)
    after = outcome(living(f"{limit} mi", min(wide, narrow)), *sites)
    assert before in {after, Outcome.UNKNOWN}


@given(SITES, st.integers(0, 5999), st.integers(0, 200))
def test_who_would_travel_farther_loses_no_trial(sites: list[Center], limit: int, radius: int) -> None:
    order = [Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.MET]
    less = outcome(living(f"{limit} mi", radius), *sites)
    more = outcome(living(f"{limit + 1} mi", radius), *sites)
    assert order.index(more or Outcome.UNKNOWN) >= order.index(less or Outcome.UNKNOWN)


@given(SITES, st.integers(0, 6000))
def test_not_met_means_that_every_site_that_may_recruit_is_farther(sites: list[Center], limit: int) -> None:
    if outcome(living(f"{limit} mi"), *sites) is Outcome.NOT_MET:
        may = [site for site in sites if site.status in {"RECRUITING", "", "NOT_YET_RECRUITING"}]
        assert may
        assert all(site.longitude is not None and site.longitude * MILES_PER_DEGREE > limit for site in may)


def test_travel_counts_as_one_criterion_of_its_factor() -> None:
    patient = living()
    near, far = (screen_trial(TRIAL, patient, CATALOG.dictionary, judged(patient, at(miles))) for miles in (10, 900))
    assert near.criteria[-1].criterion is CRITERION
    assert near.factors[CRITERION.factor].counts[Outcome.MET] == 1
    assert near.verdict is Verdict.UNDECIDED
    assert far.verdict is Verdict.NO_MATCH
    assert screen_trial(TRIAL, patient, CATALOG.dictionary).verdict is Verdict.UNDECIDED
    written = document(patient, (near, far))["trials"]
    assert [trial["travel"]["outcome"] for trial in written] == ["met", "not met"]


def test_the_limit_is_named_as_what_stands_in_the_way() -> None:
    patient = living()
    result = screen_trial(TRIAL, patient, CATALOG.dictionary, judged(patient, at(900)))
    found = obstacles(result, patient, CATALOG.dictionary)
    assert found is not None
    assert [fact.id for fact in found.facts] == ["travel_limit"]
    young = replace(patient, facts={**patient.facts, "age": Number(Interval.point(Fraction(12)), "12 years")})
    both = obstacles(screen_trial(TRIAL, young, CATALOG.dictionary, judged(young, at(900))), young, CATALOG.dictionary)
    assert both is not None
    assert {fact.id for fact in both.facts} == {"age", "travel_limit"}
    assert {item.criterion.id for item in both.failing} >= {"TRAVEL"}


def test_distances_are_told_as_well_as_they_are_known() -> None:
    assert miles_text(78, 82) == "about 80 mi"
    assert miles_text(55, 113) == "55 to 113 mi"
    assert miles_text(0.2, 0.8) == "about 0 mi"
    assert miles_text(5950, 6050) == "about 6,000 mi"
    nearest = judged(living(), at(80, "")).nearest
    assert nearest is not None
    assert site_text(nearest) == "Nearest site: Center, about 80 mi in a straight line, its status is not stated"
    assert site_text(nearest, Language()).startswith("Nearest site")


# ---------------------------------------------------------------- interview


def begun(*sites: Center) -> Interview:
    folder = criteria_folder()
    centers = {TRIAL.id: Centers(sites, "2026-11-20", are_all=True)}
    return Interview(
        Agenda(CATALOG.dictionary, (TRIAL,), DAY, load_expected(folder, CATALOG.dictionary), lambda: centers)
    )


def asked_out(state: Interview) -> Interview:
    """Nothing is known of all that the rules ask for."""
    while state.question and state.question.fact.id not in {"home", "travel_limit"}:
        state = state.skip(state.question.fact, MissingReason.DONT_KNOW)
    return state


def test_an_interview_asks_for_place_and_limit_last() -> None:
    state = asked_out(begun(at(80)))
    assert state.question is not None
    assert (state.question.fact.id, state.question.remaining) == ("home", 2)
    assert [(trial.id, criterion.id) for trial, criterion in state.needs(state.question.fact)] == [(TRIAL.id, "TRAVEL")]
    state = state.answer(state.question.fact, "10065")
    assert state.question is not None
    assert state.question.fact.id == "travel_limit"
    state = state.answer(state.question.fact, "100 mi")
    assert state.question is None
    assert (
        state.verdicts == {result.trial.id: result.verdict for result in state.results} == {TRIAL.id: Verdict.NO_MATCH}
    )


def test_the_records_kept_are_read_only_once_they_matter() -> None:
    read: list[str] = []

    def reading() -> dict[str, Centers]:
        read.append("once")
        return {TRIAL.id: Centers((at(80),), "2026-11-20", are_all=True)}

    expected = load_expected(criteria_folder(), CATALOG.dictionary)
    state = Interview(Agenda(CATALOG.dictionary, (TRIAL,), DAY, expected, reading))
    assert state.question is not None
    assert state.verdicts
    assert state.results
    assert not read
    assert asked_out(state).question is not None
    assert read == ["once"]


def test_who_does_not_tell_the_place_is_not_asked_for_the_limit() -> None:
    state = asked_out(begun(at(80)))
    assert state.question is not None
    state = state.skip(state.question.fact, MissingReason.DECLINED)
    assert state.question is None
    assert state.results[0].travel is None


def test_nobody_is_asked_where_no_site_is_known_or_no_trial_is_left() -> None:
    assert asked_out(begun()).question is None
    ruled_out = begun(at(80)).answer(CATALOG.dictionary.facts["age"], "12")
    assert ruled_out.verdicts[TRIAL.id] is Verdict.NO_MATCH
    assert ruled_out.question is None


def test_json_of_a_result_without_a_place_says_null() -> None:
    patient = person(age="61")
    [trial] = document(patient, (screen_trial(TRIAL, patient, CATALOG.dictionary),))["trials"]
    assert trial["travel"] is None
    assert json.dumps(trial)
