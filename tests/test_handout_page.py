"""Hand-outs as they are written: a page that runs and fetches nothing, the teach-back, and the program's files."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from screener.evaluate import screen_trial
from screener.language import Language
from screener.model import Retold, TeachBack
from screener.render.handout import hand_out, render_html, render_markdown
from tests.handouts import (
    CATALOG,
    DICTIONARY,
    PROFILES,
    REGISTRY,
    STUDIES,
    TALK,
    Note,
    Page,
    cases,
    example,
    handed,
    read_html,
    read_markdown,
    squeezed,
)
from tests.program import EXAMPLE, Call, Program, Ran

GOLDEN = Path(__file__).parent / "golden"


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


# ---------------------------------------------------------------- the program


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


def test_a_teach_back_in_a_patient_file_reaches_the_hand_out_without_its_words(ran: dict[str, Ran]) -> None:
    for form in ("held md", "held html"):
        assert ran[form].code == 0
        assert "Teach-back held by QX: 1 of 2 points understood" in ran[form].out
        assert WORDS not in ran[form].out + ran[form].err
