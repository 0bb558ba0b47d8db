"""Hand-outs, Markdown and HTML: they say what was found and no more, and nothing of a text becomes markup."""

from __future__ import annotations

import json
import re
import stat
from collections import Counter
from dataclasses import dataclass, field, fields, is_dataclass, replace
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from screener.catalog import criteria_folder, load_catalog, load_talk
from screener.errors import CONTROL, clean
from screener.evaluate import INPUTS, screen_trial
from screener.language import Language
from screener.model import (
    Coded,
    FactType,
    Missing,
    Number,
    Outcome,
    Patient,
    Retold,
    Site,
    TeachBack,
    Treatments,
    Verdict,
)
from screener.obstacles import obstacles
from screener.patient import compile_patient, split_result
from screener.render.handout import HandOut, hand_out, render_html, render_markdown
from screener.source import load
from tests.program import EXAMPLE, Call, Program, Ran
from tests.rule_text import criterion_text, patient_of, trial_of
from tests.test_invented import DAY, invented, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screener.model import CriterionResult, Dictionary, Talk, Trial, TrialResult, Value
    from screener.render.handout.content import Reason, TrialPart

GOLDEN = Path(__file__).parent / "golden"
CATALOG = load_catalog(criteria_folder())
DICTIONARY = CATALOG.dictionary
TALK = load_talk(CATALOG.folder, DICTIONARY)
ENGLISH = Language()
STUDIES = [trial for trial in CATALOG.trials if not trial.is_profile]
PROFILES = [trial for trial in CATALOG.trials if trial.is_profile]
FACTS = {fact.name: fact for fact in DICTIONARY.facts.values()}
OPEN = {Verdict.MATCH, Verdict.UNDECIDED, Verdict.NOT_YET}
REGISTRY = "https://clinicaltrials.gov/study/"
VOID = {"meta", "br", "hr", "img", "input", "link"}


# ---------------------------------------------------------------- what a reader of either sees


@dataclass
class Element:
    """A start tag with the tags around it."""

    tag: str
    attributes: dict[str, str | None]
    inside: tuple[str, ...]


@dataclass
class Page(HTMLParser):
    """An HTML page read strictly: every tag is closed, in order; there are no comments."""

    html: str
    elements: list[Element] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()
        assert self.open_tags == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append(Element(tag, dict(attrs), tuple(self.open_tags)))
        if tag not in VOID:
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.styles if "style" in self.open_tags else self.texts).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    @property
    def text(self) -> str:
        return squeezed(" ".join(self.texts))

    @property
    def shape(self) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(element.tag, str(element.attributes), element.inside) for element in self.elements]


@dataclass
class Note:
    """A Markdown note, read as CommonMark with tables and struck-out text."""

    text: str
    shape: list[str]

    @classmethod
    def of(cls, markdown: str) -> Note:
        tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
        texts, shape = [], []
        for token in tokens:
            shape.append(token.type)
            if token.children is not None:
                texts.append("".join(child.content for child in token.children))
                shape += [child.type for child in token.children if child.type != "text"]
        return cls(squeezed("\n".join(texts)), shape)


def read_markdown(page: HandOut) -> str:
    return Note.of(render_markdown(page)).text


def read_html(page: HandOut) -> str:
    return Page(render_html(page)).text


def squeezed(text: str) -> str:
    return " ".join(text.split())


def said(page: object) -> Iterator[str]:
    """Every text of a hand-out."""
    if isinstance(page, str):
        yield page
    elif isinstance(page, tuple):
        for item in page:
            yield from said(item)
    elif is_dataclass(page) and not isinstance(page, Language):
        for entry in fields(page):
            yield from said(getattr(page, entry.name))


# ---------------------------------------------------------------- the example and invented patients


@dataclass(frozen=True)
class Case:
    """A patient with all results and the hand-out."""

    patient: Patient
    results: tuple[TrialResult, ...]
    page: HandOut

    def parts(self) -> list[tuple[TrialResult, TrialPart]]:
        by_id = {result.trial.id: result for result in self.results}
        return [(by_id[part.id], part) for part in self.page.trials]


def handed(
    patient: Patient,
    trials: Sequence[Trial],
    *,
    dictionary: Dictionary = DICTIONARY,
    talk: Talk = TALK,
    explain: bool = False,
) -> Case:
    results = tuple(screen_trial(trial, patient, dictionary) for trial in trials)
    return Case(patient, results, hand_out(patient, results, dictionary, talk, ENGLISH, explain=explain))


@cache
def example() -> Patient:
    return compile_patient(load(EXAMPLE), DICTIONARY, today=DAY)


@cache
def cases() -> tuple[Case, ...]:
    people = [Patient(f"S-{number}", DAY, read(one, DICTIONARY)) for number, one in enumerate(invented()[:10])]
    return tuple(handed(patient, CATALOG.trials) for patient in (example(), *people))


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


# ---------------------------------------------------------------- the page


@cache
def pages() -> dict[str, Page]:
    people = {case.patient.id: case.page for case in cases()[:3]}
    more = {
        "explain": handed(example(), CATALOG.trials, explain=True).page,
        "profile": handed(example(), PROFILES).page,
        "nothing known": handed(replace(example(), facts={}), CATALOG.trials).page,
    }
    return {name: Page(render_html(page)) for name, page in (people | more).items()}


def test_a_page_has_one_title_and_headings_that_skip_no_level() -> None:
    for page in pages().values():
        levels = [int(element.tag[1]) for element in page.all("h1", "h2", "h3", "h4")]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert len(page.all("title")) == len(page.all("main")) == 1


def test_headers_of_tables_say_what_they_head() -> None:
    for page in pages().values():
        headers = page.all("th")
        assert headers
        assert all(header.attributes.get("scope") in {"col", "row"} for header in headers)


def test_a_page_runs_nothing_and_fetches_nothing() -> None:
    for page in pages().values():
        assert not page.all("script", "link", "iframe", "object", "embed", "img", "form", "base", "svg")
        for element in page.elements:
            assert not [name for name in element.attributes if name.startswith("on") or name in {"src", "style"}]
            reaching = [value for value in element.attributes.values() if value and ":" in value and "//" in value]
            if element.tag == "a":
                assert reaching == [element.attributes["href"]]
                assert re.fullmatch(rf"{re.escape(REGISTRY)}NCT\d{{8}}", reaching[0])
            else:
                assert reaching == []
        assert not re.search(r"url\(|@import|expression\(", "".join(page.styles))


def test_a_policy_in_the_page_forbids_whatever_it_does_not_need() -> None:
    for page in pages().values():
        [policy] = [
            element.attributes["content"]
            for element in page.all("meta")
            if element.attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        assert str(policy).split("; ") == ["default-src 'none'", "style-src 'unsafe-inline'"]


@pytest.mark.parametrize("code", ["en", "es"])
def test_a_page_says_its_language(code: str) -> None:
    results = [screen_trial(STUDIES[0], example(), DICTIONARY)]
    page = Page(render_html(hand_out(example(), results, DICTIONARY, TALK, Language(code))))
    assert [element.attributes["lang"] for element in page.all("html")] == [code]


# ---------------------------------------------------------------- the teach-back


POINTS = TALK.teach_back
WORDS = "The doctor told me a secret at the lake"


def taught(understood: int) -> list[str]:
    """Both formats, after so many points were understood."""
    retold = tuple(Retold(point.id, f"{WORDS} {place}", place < understood) for place, point in enumerate(POINTS))
    page = handed(replace(example(), teach_back=TeachBack("QX", retold)), STUDIES[:1]).page
    return [read_markdown(page), read_html(page)]


def test_a_teach_back_is_shown_with_the_initials_and_without_the_patients_words() -> None:
    for understood in range(len(POINTS) + 1):
        for shown in taught(understood):
            assert f"Teach-back held by QX: {understood} of {len(POINTS)} points understood" in shown
            assert WORDS not in shown


def test_the_points_that_were_not_understood_are_said_again_and_no_others() -> None:
    for understood in range(len(POINTS) + 1):
        for shown in taught(understood):
            assert shown.count("To go over again") == len(POINTS) - understood
            again = [squeezed(f"To go over again: {point.say}") in shown for point in POINTS]
            assert again == [place >= understood for place in range(len(POINTS))]


def test_a_point_that_the_files_no_longer_hold_is_named_by_its_id() -> None:
    held = TeachBack("QX", (Retold("a_point_of_old", WORDS, understood=False),))
    page = handed(replace(example(), teach_back=held), STUDIES[:1]).page
    assert page.teach_back[1:] == ("To go over again: a_point_of_old",)


# ---------------------------------------------------------------- hostile text


PLAIN = "Plainly"
HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\"><b>x</b> ' onmouseover='y",
    "end of page": "</title></style></main></td></table><!-- x --><![CDATA[ y ]]>",
    "rich": "[bold]x[/bold] [red on blue]y[/]",
    "link": "[x](http://a.b) ![y](http://a.b/c.png) <http://a.b> [z]: http://a.b",
    "emphasis": "**x** __y__ *z* _w_ ~~v~~ `u` ``t`` # s",
    "table": "| a | b |\n|---|---|\n| c | d |\n\n# head\n\n- item\n\n    code",
    "escape": "a\\ b\\\\ \\| \\* \\<b> \\",
    "template": "{{ 7*7 }} {% raw %} {0} {day} {patient} {number} %s %(day)s ${x}",
    "control": "a\x1b[31m\x9b2J\x07\x00\x08b\rc",
    "direction": "a\u202eevil\u2066\u200b\ufeff\u061cb",
    "long word": "W" * 2000,
    "entity": "&lt;b&gt; &#60;i&#62; &amp; &copy; AT&T",
    "foreign": "\N{STETHOSCOPE} é 漢字 עברית",
    "numbered": "1. one",
    "bulleted": "- item",
    "plus": "+ item",
    "ruled": "---",
}


@cache
def with_text(text: str, *, explain: bool = False) -> HandOut:
    """The hand-out of the example where every text of files and answers is this one: a no match, a not yet, a match."""
    facts = {
        name: replace(
            fact, name=text, where=text, choices=tuple(replace(choice, means=text) for choice in fact.choices)
        )
        for name, fact in DICTIONARY.facts.items()
    }
    talk = replace(
        TALK,
        teach_back=tuple(replace(point, say=text) for point in TALK.teach_back),
        questions=tuple(replace(question, ask=text) for question in TALK.questions),
    )
    retold = tuple(Retold(point, text, understood=False) for point in (*(point.id for point in TALK.teach_back), text))
    known = {name: worded(value, text) for name, value in example().facts.items()}
    patient = Patient(text, DAY, known, teach_back=TeachBack(text, retold))
    trials = [worded_trial(trial, text) for trial in CATALOG.choose(["NCT02580747", "NCT04577326", "NCT05568680"])]
    return handed(patient, trials, dictionary=replace(DICTIONARY, facts=facts), talk=talk, explain=explain).page


def worded(value: Value | Missing, text: str) -> Value | Missing:
    match value:
        case Number() | Coded():
            return replace(value, shown=text)
        case Treatments(items):
            return Treatments(tuple(replace(item, agent=text) for item in items))
        case _:
            return value


def worded_trial(trial: Trial, text: str) -> Trial:
    assert trial.registry
    return replace(
        trial,
        title=text,
        registry=replace(trial.registry, status_source=text),
        sites=(Site(text, text, text, text),),
        criteria=tuple(replace(criterion, text=text) for criterion in trial.criteria),
    )


def both_plain_and(text: str) -> Iterator[tuple[HandOut, HandOut]]:
    """The hand-out of harmless texts beside that of this text, short and with every criterion."""
    for explain in (False, True):
        yield with_text(PLAIN, explain=explain), with_text(text, explain=explain)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_never_markup_in_markdown(name: str) -> None:
    for plain, hostile in both_plain_and(HOSTILE[name]):
        assert Note.of(render_markdown(hostile)).shape == Note.of(render_markdown(plain)).shape


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_never_markup_in_html(name: str) -> None:
    for plain, hostile in both_plain_and(HOSTILE[name]):
        assert Page(render_html(hostile)).shape == Page(render_html(plain)).shape


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_as_it_stands_wherever_it_stands(name: str) -> None:
    shown = squeezed(clean(HOSTILE[name]))
    for plain, hostile in both_plain_and(HOSTILE[name]):
        for reader in (read_markdown, read_html):
            assert reader(hostile).count(shown) == reader(plain).count(PLAIN) > 50


@pytest.mark.parametrize("name", HOSTILE)
def test_no_control_nor_direction_character_reaches_a_hand_out(name: str) -> None:
    for _, hostile in both_plain_and(HOSTILE[name]):
        assert not CONTROL.search(render_markdown(hostile) + render_html(hostile))


def test_the_id_of_a_trial_cannot_break_out_of_its_link() -> None:
    trial = replace(STUDIES[0], id="NCT1> <b>x</b> <script>")
    page = handed(example(), [trial]).page
    assert "html_inline" not in Note.of(render_markdown(page)).shape
    assert Page(render_html(page)).all("script", "b") == []


# ---------------------------------------------------------------- the program

SPELLED = """\
patient: "P-1 <script>a</script> | **b** \\e[31m\\u202e"
as_of: 2026-11-22
facts:
  age: 61
  tumor_type: pleural mesothelioma
  prior_therapies: [{agent: "<b>x</b> [y](http://a.b) | _z_\\x9b2J", last_dose: 2026-11-20}]
"""
HELD = f"""\
teach_back:
  initials: QX
  points:
    {POINTS[0].id}: {{understood: true, words: "{WORDS}"}}
    {POINTS[1].id}: {{understood: false, words: "{WORDS}"}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hand-outs")


@pytest.fixture(scope="module")
def ran(folder: Path) -> dict[str, Ran]:
    program = Program(folder)
    program.write("spelled.yaml", SPELLED)
    program.write("held.yaml", EXAMPLE.read_text(encoding="utf-8") + HELD)
    (folder / "there.html").write_text("old", encoding="utf-8")
    (folder / "there.html").chmod(0o644)
    return program.run_all(
        {
            "md": ["screen", EXAMPLE, "-f", "md"],
            "html": ["screen", EXAMPLE, "-f", "html"],
            "explain": ["screen", EXAMPLE, "-f", "html", "--explain"],
            "one": ["screen", EXAMPLE, "-f", "html", "-t", "NCT04577326"],
            "json": ["screen", EXAMPLE, "-f", "json"],
            "md file": ["screen", EXAMPLE, "-f", "md", "-o", "out.md"],
            "html file": ["screen", EXAMPLE, "-f", "html", "-o", "out.html"],
            "over another": ["screen", EXAMPLE, "-f", "html", "-o", "there.html"],
            "spelled md": ["screen", "spelled.yaml", "-f", "md", "--explain"],
            "spelled html": ["screen", "spelled.yaml", "-f", "html", "--explain"],
            "held md": ["screen", "held.yaml", "-f", "md"],
            "held html": ["screen", "held.yaml", "-f", "html"],
            "other width": Call(
                ["screen", EXAMPLE, "-f", "md"], variables={"COLUMNS": "40", "TERM": "dumb", "TZ": "Asia/Tokyo"}
            ),
        }
    )


def test_the_whole_page_is_the_one_on_record(ran: dict[str, Ran], request: pytest.FixtureRequest) -> None:
    """Rewritten only by `pytest --update-golden`; read the difference before you commit it."""
    path = GOLDEN / "handout.html"
    if request.config.getoption("--update-golden"):
        path.write_text(ran["one"].out, encoding="utf-8")
    assert ran["one"].out == path.read_text(encoding="utf-8")


def test_the_program_writes_what_these_tests_look_at(ran: dict[str, Ran]) -> None:
    open_ = CATALOG.open_trials().trials
    page = handed(example(), open_).page
    assert ran["md"] == Ran(0, render_markdown(page), "")
    assert ran["html"] == Ran(0, render_html(page), "")
    assert ran["explain"] == Ran(0, render_html(handed(example(), open_, explain=True).page), "")


def test_the_verdicts_of_a_hand_out_are_those_of_the_json_document(ran: dict[str, Ran]) -> None:
    document = json.loads(ran["json"].out)
    note = Note.of(ran["md"].out).text
    for trial in document["trials"]:
        until = f" (not before {trial['eligible_from']})" if trial["eligible_from"] else ""
        assert (f"{trial['trial']}: {trial['verdict']}{until} " in note) is not trial["profile"]


def test_the_same_input_gives_the_same_bytes(folder: Path, ran: dict[str, Ran]) -> None:
    for form, seed in (("html", "1"), ("md", "2")):
        assert Program(folder).run("screen", EXAMPLE, "-f", form, PYTHONHASHSEED=seed) == ran[form]
    assert ran["other width"] == ran["md"]


def test_a_hand_out_in_a_file_is_the_patients_own(folder: Path, ran: dict[str, Ran]) -> None:
    for name, form in (("md file", "md"), ("html file", "html"), ("over another", "html")):
        path = folder / str({"md file": "out.md", "html file": "out.html", "over another": "there.html"}[name])
        assert ran[name] == Ran(0, "", "")
        assert path.read_text(encoding="utf-8") == ran[form].out
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_hostile_patient_file_stays_text(ran: dict[str, Ran]) -> None:
    note, page = Note.of(ran["spelled md"].out), Page(ran["spelled html"].out)
    assert ran["spelled md"].code == ran["spelled html"].code == 0
    for shown in (note.text, page.text):
        assert "P-1 <script>a</script> | **b** \N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}" in shown
        assert "<b>x</b> [y](http://a.b) | _z_\N{REPLACEMENT CHARACTER}2J (2026-11-20)" in shown
    assert not {"html_inline", "html_block", "em_open", "image", "code_inline"} & set(note.shape)
    assert page.all("script", "b") == []
    assert not CONTROL.search(ran["spelled md"].out + ran["spelled html"].out)


def test_a_teach_back_in_a_patient_file_reaches_the_hand_out_without_its_words(ran: dict[str, Ran]) -> None:
    for form in ("held md", "held html"):
        assert ran[form].code == 0
        assert "Teach-back held by QX: 1 of 2 points understood" in ran[form].out
        assert WORDS not in ran[form].out + ran[form].err
