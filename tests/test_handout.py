"""Hand-outs, Markdown and HTML: they say what was found and no more, and both say all of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from screener.model import FactType, Missing, Outcome, Verdict
from screener.model.derived import INPUTS
from screener.obstacles import obstacles
from screener.patient import split_result
from tests.handouts import (
    CATALOG,
    DICTIONARY,
    PROFILES,
    REGISTRY,
    STUDIES,
    TALK,
    cases,
    example,
    handed,
    read_html,
    read_markdown,
    said,
    squeezed,
)
from tests.rule_text import criterion_text, patient_of, trial_of
from tests.test_invented import invented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.model import CriterionResult, TrialResult
    from screener.render.handout.content import Reason, TrialPart

FACTS = {fact.name: fact for fact in DICTIONARY.facts.values()}
OPEN = {Verdict.MATCH, Verdict.UNDECIDED, Verdict.NOT_YET}


def ids(reasons: Sequence[Reason]) -> list[str]:
    return [reason.criterion for reason in reasons]


def failed_for_good(result: TrialResult) -> list[CriterionResult]:
    return [item for item in result.criteria if item.outcome is Outcome.NOT_MET and not item.time_bound]


def test_the_patients_meet_every_verdict() -> None:
    seen = {part.verdict for case in cases() for part in case.page.trials}
    assert seen == set(Verdict)


def test_every_study_stands_in_it_once_with_its_verdict_in_words() -> None:
    for case in cases():
        assert sorted(part.id for part in case.page.trials) == [trial.id for trial in STUDIES]
        for result, part in case.parts():
            assert part.verdict is result.verdict
            assert re.match(rf"{result.verdict.value}(?!\w)", part.said)
            assert part.title == result.trial.title


def test_the_best_verdict_comes_first_and_studies_that_take_nobody_last() -> None:
    for case in cases():
        order = [(result.trial.takes_no_patients, list(Verdict).index(result.verdict)) for result, _ in case.parts()]
        assert order == sorted(order)


def test_a_not_yet_says_from_which_day_and_nothing_else_names_one() -> None:
    days = 0
    for case in cases():
        for result, part in case.parts():
            if result.verdict is Verdict.NOT_YET and result.eligible_from:
                days += 1
                assert part.said == f"not yet (not before {result.eligible_from})"
                assert str(result.eligible_from) in part.meaning
            else:
                assert not re.search(r"\d{4}-\d\d-\d\d", part.said + part.meaning)
    assert days


def test_a_trial_that_does_not_match_says_all_that_fails_for_good_and_nothing_else() -> None:
    for case in cases():
        for result, part in case.parts():
            if result.verdict is Verdict.NO_MATCH:
                assert ids(part.reasons) == [item.criterion.id for item in failed_for_good(result)]
                assert part.reasons
                assert not any(reason.wait for reason in part.reasons)


def test_a_not_yet_says_each_wait_with_its_end_and_an_open_trial_has_nothing_against_it() -> None:
    for case in cases():
        for result, part in case.parts():
            if result.verdict is Verdict.NOT_YET:
                waits = [(item.criterion.id, item.met_from) for item in result.criteria if item.time_bound]
                assert ids(part.reasons) == [name for name, _ in waits]
                for reason, (_, day) in zip(part.reasons, waits, strict=True):
                    assert str(day) in reason.wait
            elif result.verdict in OPEN:
                assert part.reasons == ()


def test_reasons_are_said_in_the_words_of_the_rule_file() -> None:
    for case in cases():
        for result, part in case.parts():
            texts = {criterion.id: criterion.text for criterion in result.trial.criteria}
            for reason in (*part.reasons, *part.manual):
                assert reason.text == texts[reason.criterion]


def test_every_reason_names_what_it_rests_on_and_names_it_once() -> None:
    for case in cases():
        for _, part in case.parts():
            for reason in part.reasons:
                assert reason.known, (case.patient.id, part.id, reason.criterion)
                assert len(set(reason.known)) == len(reason.known), (case.patient.id, part.id, reason)


def test_a_reason_that_rests_on_the_list_of_treatments_names_it() -> None:
    trial = trial_of(DICTIONARY, criterion_text("exclude: prior_car_t"))
    cells = patient_of(DICTIONARY, "prior_therapies: [{agent: icasp9m28z, last_dose: 2025-01-01}]")
    [part] = handed(cells, [trial]).page.trials
    assert part.verdict is Verdict.NO_MATCH
    assert "icasp9m28z" in " ".join(part.reasons[0].known)


def test_what_is_known_is_told_of_the_facts_that_the_criterion_reads() -> None:
    for case in cases():
        for result, part in case.parts():
            criteria = {criterion.id: criterion for criterion in result.trial.criteria}
            for reason in part.reasons:
                told = {FACTS[name].id for name, _ in split(reason.known)}
                read_ = criteria[reason.criterion].facts
                assert told <= {*read_, *(source for fact in read_ for source in INPUTS.get(fact, ()))}
                assert told >= {fact for fact in read_ if not isinstance(case.patient.get(fact), Missing)}


def split(known: Sequence[str]) -> list[tuple[str, str]]:
    """The name of each fact, and what is told of it."""
    return [next((name, line[len(name) + 2 :]) for name in FACTS if line.startswith(f"{name}: ")) for line in known]


def numbers(text: str) -> set[Fraction]:
    return {Fraction(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}


def test_numbers_of_the_patient_are_those_of_the_answers() -> None:
    compared: Counter[bool] = Counter()
    for case, person in zip(cases()[1:], invented(), strict=False):
        for _, part in case.parts():
            for name, told in (pair for reason in part.reasons for pair in split(reason.known)):
                fact = FACTS[name]
                if fact.type not in {FactType.QUANTITY, FactType.SCALE}:
                    continue
                given = split_result(str(person.answers[fact.id]))
                converted = "(" in told.replace(" (upper limit of normal", "")
                compared[converted] += 1
                assert numbers(told) >= numbers(given["value"])
                if not converted:
                    assert numbers(told) == numbers(" ".join(given.values()))
    assert compared[False] > 20


def test_what_is_missing_for_a_trial_is_named_with_it() -> None:
    for case in cases():
        for result, part in case.parts():
            assert part.missing == tuple(DICTIONARY.facts[fact].name for fact in result.missing_facts)
            if result.verdict is Verdict.UNDECIDED:
                assert f"{len(result.missing_facts)} answer" in part.meaning


def test_missing_facts_of_open_trials_stand_under_who_supplies_them_with_the_number_of_trials() -> None:
    for case in cases():
        studies = [result for result, _ in case.parts() if result.verdict in OPEN]
        missing = Counter(fact for result in studies for fact in result.missing_facts)
        told = [(supply.who, *item) for supply in case.page.supplies for item in supply.items]
        expected = {
            (fact.who[0].value.replace("_", " "), fact.name, fact.where, missing[fact.id])
            for fact in DICTIONARY.facts.values()
            if missing[fact.id]
        }
        assert len(told) == len(expected)
        assert set(told) == expected
        assert len({supply.who for supply in case.page.supplies}) == len(case.page.supplies)


def test_near_misses_are_the_trials_behind_one_or_two_facts_those_that_may_change_first() -> None:
    seen = set()
    for case in cases():
        standing = {result.trial.id: obstacles(result, case.patient, DICTIONARY) for result, _ in case.parts()}
        blocked = {trial: found.facts for trial, found in standing.items() if found}
        assert {miss.trial for miss in case.page.near} == blocked.keys()
        fixed = [sum(not fact.recoverable for fact in blocked[miss.trial]) for miss in case.page.near]
        assert fixed == sorted(fixed)
        for miss, count in zip(case.page.near, fixed, strict=True):
            facts = blocked[miss.trial]
            start = (
                "This may change" if not count else "A part of this" if count < len(facts) else "This is not expected"
            )
            assert miss.advice.startswith(start)
            seen.add(start)
            [result] = [result for result, _ in case.parts() if result.trial.id == miss.trial]
            assert ids(miss.reasons) == [item.criterion.id for item in failed_for_good(result)]
    assert len(seen) == 3


def test_questions_without_unknown_are_always_asked_and_others_only_where_an_open_trial_lacks_a_fact() -> None:
    always = [question.ask for question in TALK.questions if not question.unknown]
    asked = set()
    for case in cases():
        missing = {fact for result, _ in case.parts() if result.verdict in OPEN for fact in result.missing_facts}
        wanted = [item.ask for item in TALK.questions if not item.unknown or missing.intersection(item.unknown)]
        assert list(case.page.questions) == wanted
        assert wanted[: len(always)] == always
        asked.update(wanted[len(always) :])
    assert asked


def test_without_an_open_trial_only_the_questions_that_are_always_asked_remain() -> None:
    page = handed(patient_of(DICTIONARY, "age: 12"), STUDIES[:1]).page
    assert page.trials[0].verdict is Verdict.NO_MATCH
    assert page.trials[0].missing
    assert page.supplies == ()
    assert page.questions == tuple(question.ask for question in TALK.questions if not question.unknown)


def test_places_status_with_its_date_rule_file_and_registry_are_those_of_the_trial() -> None:
    for result, part in cases()[0].parts():
        trial = result.trial
        assert trial.registry
        status = f"{trial.registry.status.replace('_', ' ')} as of {trial.registry.status_as_of}"
        assert part.status_short == status
        assert part.status == f"{status} ({trial.registry.status_source})"
        assert part.link == f"{REGISTRY}{trial.id}"
        assert trial.file_sha256[:12] in part.rules
        assert str(trial.registry.as_of) in part.rules
        assert len(part.places) == len(trial.sites)
        for place, site in zip(part.places, trial.sites, strict=True):
            assert place.startswith(f"{site.name}, {site.city}, ")
            assert place.endswith(f", {site.country}")
    assert any(part.places for part in cases()[0].page.trials)


def test_profiles_stand_in_it_only_where_nothing_else_was_screened() -> None:
    assert not {part.id for part in cases()[0].page.trials} & {trial.id for trial in PROFILES}
    alone = handed(example(), PROFILES).page
    assert [part.id for part in alone.trials] == [trial.id for trial in PROFILES]
    assert [part.link for part in alone.trials] == [""] * len(PROFILES)
    assert alone.near == ()


def test_a_profile_that_leaves_it_to_the_trial_does_not_speak_of_no_answers_missing() -> None:
    [profile] = PROFILES
    between = 0
    for case in cases():
        [result] = handed(case.patient, [profile]).results
        depends = tuple(
            item.criterion for item in result.criteria if item.outcome is Outcome.UNKNOWN and not item.missing
        )
        if depends:
            between += 1
            [part] = handed(case.patient, [replace(profile, criteria=depends)]).page.trials
            assert part.verdict is Verdict.UNDECIDED
            assert not re.search(r"\b0 answers", part.meaning)
    assert between


def test_explain_lists_every_criterion_with_its_outcome() -> None:
    for case in cases()[:4]:
        for result, part in handed(case.patient, STUDIES, explain=True).parts():
            told = [(item.criterion, item.text, outcome) for item, outcome in part.criteria]
            assert told == [(item.criterion.id, item.criterion.text, item.outcome.value) for item in result.criteria]
        assert all(part.criteria == () for part in case.page.trials)


def test_a_match_lists_what_only_the_trial_team_can_judge() -> None:
    listed = 0
    for case in cases():
        for result, part in case.parts():
            assert ids(part.manual) == [item.criterion.id for item in result.criteria if item.outcome is Outcome.MANUAL]
            listed += result.verdict is Verdict.MATCH and bool(part.manual)
    assert listed


# ---------------------------------------------------------------- both formats say all of it


@pytest.mark.parametrize("explain", [False, True])
def test_markdown_and_html_both_say_all_of_the_hand_out(*, explain: bool) -> None:
    for case in cases()[:4]:
        page = handed(case.patient, CATALOG.trials, explain=explain).page
        note, html = read_markdown(page), read_html(page)
        for text in said(replace(page, trials=tuple(told_by_both(part) for part in page.trials))):
            for shown in (note, html):
                assert squeezed(text).casefold() in shown.casefold()


def told_by_both(part: TrialPart) -> TrialPart:
    """Without the list of what is manual where all criteria are listed."""
    return replace(part, manual=()) if part.criteria else part


def test_the_disclaimer_opens_both_and_closes_the_page() -> None:
    page = cases()[0].page
    note, html = read_markdown(page), read_html(page)
    assert html.count(page.disclaimer) == 2
    assert html.endswith(page.disclaimer)
    for shown in (note, html):
        assert 0 < shown.index(page.disclaimer) < shown.index("At a glance")


def test_sections_without_content_are_left_out() -> None:
    page = handed(replace(example(), facts={}), STUDIES[:1], talk=replace(TALK, questions=())).page
    for shown in (read_markdown(page), read_html(page)):
        assert "What is missing" in shown
        assert not re.search("Nearly|Questions to ask|Understanding", shown)
