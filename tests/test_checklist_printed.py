"""Every shipped trial at every gate, on both papers, in every format and language: nothing is lost or split."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from html.parser import HTMLParser
from itertools import product

import pytest

from screener.catalog import criteria_folder, load_catalog, load_language
from screener.checklist import Order, Sheet, build
from screener.model import Gate, Patient
from screener.patient import compile_patient
from screener.render.checklist.html import render_html
from screener.render.checklist.markdown import render_markdown
from screener.render.checklist.paper import Paper
from screener.render.checklist.pdf import render_pdf
from screener.render.checklist.text import render_text
from screener.source import load
from tests.program import EXAMPLE
from tests.test_checklist_pdf import pages_of, pages_with, squeezed

CATALOG = load_catalog(criteria_folder())
TRIALS = {trial.id: trial for trial in CATALOG.trials}
DAY = date(2026, 11, 22)
GATES: list[Gate | None] = [None, *Gate]
SIZES = [paper.value for paper in Paper]
# English at every gate, Spanish for the whole sheet.
SHEETS = [*product(GATES, (False, True), ["en"]), (None, False, "es"), (None, True, "es")]


@cache
def example() -> Patient:
    return compile_patient(load(EXAMPLE), CATALOG.dictionary, today=DAY)


@cache
def made(trial: str, gate: Gate | None, *, filled: bool, code: str = "en") -> Sheet:
    patient = example() if filled else None
    language = load_language(CATALOG.folder, code)
    return build(Order(TRIALS[trial], CATALOG.dictionary, language, "0", DAY, gate, patient))


def rows(sheet: Sheet) -> list[tuple[str, str, str]]:
    """Id, text and place; the place tells a row from the washout that names its criterion."""
    return [(row.id, row.text, row.place) for section in sheet.sections for row in section.rows]


def start_of_row(page: str, name: str, place: str) -> str:
    """The criterion column of a row on a page of plain text; nothing where the row does not stand there."""
    lines = page.splitlines()
    for at, line in enumerate(lines):
        if re.match(rf"{re.escape(name)} *\|", line):
            end = next((number for number in range(at, len(lines)) if not lines[number].strip("-")), len(lines))
            told = " ".join(row.split("|")[1].strip() for row in lines[at:end] if row.count("|") > 4)
            if f"({place})" in told:
                return told
    return ""


class Words(HTMLParser):
    """The text of a page, scripts and styles left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self._skipped = "", 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._skipped += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        self.text += "" if self._skipped else data


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("fillable", [False, True])
@pytest.mark.parametrize("trial", TRIALS)
def test_html_holds_every_criterion_once(trial: str, fillable: bool, size: str) -> None:  # noqa: FBT001
    for gate, filled, code in SHEETS:
        sheet = made(trial, gate, filled=filled, code=code)
        page = squeezed(Words(render_html(sheet, Paper(size), fillable=fillable)).text)
        for name, text, place in rows(sheet):
            told = (f"{name}{text}{middle}{place}" for middle in ("", sheet.word("investigator")))
            assert sum(page.count(squeezed(row)) for row in told) == 1, (gate, name)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("trial", TRIALS)
def test_text_holds_every_criterion_once_and_whole_on_a_page(trial: str, size: str) -> None:
    for gate, filled, code in SHEETS:
        sheet = made(trial, gate, filled=filled, code=code)
        pages = render_text(sheet, Paper(size)).split("\f")
        for number, page in enumerate(pages, 1):
            assert f"{sheet.word('page')} {number} {sheet.word('of')} {len(pages)}" in page
        for name, text, place in rows(sheet):
            [told] = [told for page in pages if (told := start_of_row(page, name, place))]
            assert squeezed(text) in squeezed(told), (gate, name)


@pytest.mark.parametrize("trial", TRIALS)
def test_markdown_holds_every_criterion_once(trial: str) -> None:
    for gate, filled, code in SHEETS:
        sheet = made(trial, gate, filled=filled, code=code)
        page = render_markdown(sheet)
        lines = [squeezed(line).replace("\\", "") for line in page.splitlines()]
        for name, text, place in rows(sheet):
            wanted = squeezed(f"|{name}|{text}; ({place})").replace("\\", "")
            assert sum(line.startswith(wanted) for line in lines) == 1, (gate, name)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("gate", Gate)
def test_pdf_of_a_gate_holds_its_criteria_each_whole_on_one_page(gate: Gate, size: str) -> None:
    for trial in TRIALS:
        sheet = made(trial, gate, filled=size == "a4")
        pages = pages_of(render_pdf(sheet, Paper(size)))
        assert "\ufffd" not in "".join(pages)
        for name, text, place in rows(sheet):
            assert len(pages_with(f"{name}{text}{place}", pages)) == 1, (trial, name)
        assert all(squeezed(sheet.head) in page for page in pages)


@pytest.mark.parametrize("trial", TRIALS)
def test_pdf_in_spanish_lacks_no_sign(trial: str) -> None:
    sheet = made(trial, None, filled=True, code="es")
    pages = pages_of(render_pdf(sheet, Paper.A4))
    assert "\ufffd" not in "".join(pages)
    for name, text, place in rows(sheet):
        assert len(pages_with(f"{name}{text}{place}", pages)) == 1, name


def test_a_gate_at_which_nothing_is_checked_says_so() -> None:
    empty = [made(trial, gate, filled=False) for trial, gate in product(TRIALS, Gate)]
    empty = [sheet for sheet in empty if not sheet.sections]
    assert empty
    assert all("No criterion of this trial is checked at this gate." in sheet.notes for sheet in empty)
