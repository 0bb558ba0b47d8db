"""Checklists as plain text and as Markdown: pages, columns, whole rows, marks, and text that cannot become more."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from screener.checklist import (
    Entry,
    FactorScore,
    Mark,
    Planned,
    Row,
    Section,
    Sheet,
    Summary,
    Wait,
    WaitState,
)
from screener.render.checklist.markdown import render_markdown
from screener.render.checklist.paper import Paper
from screener.render.checklist.text import render_text

LINES = {Paper.A4: 60, Paper.LETTER: 62}
HEAD = "NCT00000000 · rule file 0123456789ab · patient P-1"
MARKS = [Mark.YES, Mark.NO, Mark.NOT_APPLICABLE, Mark.NOT_KNOWN, Mark.OPEN]
WHY = {Mark.NOT_APPLICABLE: "recorded otherwise", Mark.NOT_KNOWN: "biopsy outstanding"}
FACTORS = (FactorScore("Organ function", 75, 100, "75 (75 to 100)"), FactorScore("Travel", 50, 50, "50"))
SUMMARY = Summary("not yet", "Only time.", "80", ("A reason",), (("Biopsy", "chart"),), ("A judgment",), FACTORS)
HOSTILE = (
    "<script>alert(1)</script> [b](javascript:x) **b** _i_ `c` | $x$ \\ ~~s~~ # h &amp; <!-- \u202eabc\u202c "
    "\x1b[31m \x00\f\v\r\n\n---\n - x \u2028 \u00ad \ud800 שלום 細胞療法 e\u0301 " + "W" * 300
)


def row(number: int, mark: Mark = Mark.OPEN, **changes: object) -> Row:
    value = "1.1 mg/dL" if mark is Mark.YES else ""
    entries = (
        Entry("Creatinine", value, "mg/dL", wants_limit=True, wants_date=True),
        Entry("Age", "61 years", date="2026-01-02"),
    )
    base = Row(
        f"INC-{number}",
        f"Requirement number {number} about a value of the blood that is > 1.5 times its limit",
        f"inclusion {number}",
        "before lymphodepletion",
        Mark.YES,
        mark,
        investigator=number % 2 == 0,
        entries=entries,
        why=WHY.get(mark, ""),
        source="Laboratory report",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def sheet(*, filled: bool = True, rows: int = 12) -> Sheet:
    days = (date(2026, 10, 25), date(2026, 10, 25), date(2026, 12, 6)) if filled else (None, None, None)
    waits = (
        Wait("INC-7.1b", "Rule of the washout", *("nivolumab", "2026-10-25"), "infusion", "+ 42 days", "2026-12-06",
             WaitState.RUNNING, *days),
        Wait("EXC-9", "A vaccine", "", "", "infusion", "", "", WaitState.NOT_KNOWN if filled else WaitState.BLANK),
    )  # fmt: skip
    return Sheet(
        "en",
        "Eligibility checklist",
        "NCT00000000",
        (("Protocol", "NCT00000000"), ("Site", ""), ("Arm", "A")),
        HEAD,
        (
            Section(
                "Inclusion",
                "Each box must be Yes.",
                tuple(row(n, MARKS[n % 5] if filled else Mark.OPEN) for n in range(rows)),
            ),
            Section("Exclusion", "Each box must be No.", (row(900),)),
        ),
        waits,
        (Planned("today", date(2026, 11, 22)),) if filled else (),
        (("Completed by", ("Name", "Signature", "Date")), ("Investigator", ("Name", "Signature", "Date"))),
        ("All are met", "Open items remain"),
        "It does not decide.",
        ("A note.",),
        SUMMARY if filled else None,
        filled,
    )


def hostile() -> Sheet:
    bad = Entry(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    texts = {"text": HOSTILE, "place": HOSTILE, "when": HOSTILE, "why": HOSTILE, "source": HOSTILE}
    section = Section(HOSTILE, HOSTILE, (row(1, Mark.NO, id=HOSTILE, entries=(bad,), **texts),))
    bad_wait = Wait(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, WaitState.NOT_KNOWN)
    page = (HOSTILE,)
    factor = FactorScore(HOSTILE, float("inf"), -1, HOSTILE)
    summary = Summary(HOSTILE, HOSTILE, HOSTILE, page, ((HOSTILE, HOSTILE),), page, (factor,))
    return Sheet(
        "en", HOSTILE, HOSTILE, ((HOSTILE, HOSTILE), (HOSTILE, "")), HOSTILE, (section,), (bad_wait,),
        (Planned(HOSTILE, date(2026, 1, 1)),), ((HOSTILE, page * 2),), page, HOSTILE, page, summary, filled=True,
        words={"Yes": HOSTILE, "page": HOSTILE, "Not known": HOSTILE, "investigator": HOSTILE},
    )  # fmt: skip


def pages(text: str) -> list[list[str]]:
    return [page.removesuffix("\n").split("\n") for page in text.split("\f")]


def cells(text: str) -> int:
    """Columns on a printer of fixed pitch: counted here by another way than the program's."""
    text = unicodedata.normalize("NFC", text)
    return sum(
        0 if unicodedata.category(char).startswith("M") else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("given_sheet", [sheet(), sheet(filled=False), sheet(rows=400), hostile()])
def test_every_page_has_its_lines_its_head_and_its_exact_number(given_sheet: Sheet, paper: Paper) -> None:
    text = render_text(given_sheet, paper)
    every = pages(text)
    assert text.endswith("\n")
    for number, page in enumerate(every, 1):
        assert len(page) == LINES[paper]
        assert page[0] == every[0][0]
        assert page[1] == page[-2] == ""
        assert all(cells(line) <= 110 and line == line.rstrip() for line in page)
        if given_sheet.head == HEAD:
            assert page[0] == HEAD
            assert page[-1] == f"page {number} of {len(every)}"


def test_more_than_a_hundred_pages_are_counted_right() -> None:
    every = pages(render_text(sheet(rows=700), Paper.A4))
    assert len(every) > 100
    assert every[-1][-1] == f"page {len(every)} of {len(every)}"


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("filled", [True, False])
def test_every_row_stands_whole_on_one_page_under_the_column_heads(*, filled: bool, paper: Paper) -> None:
    given_sheet = sheet(filled=filled, rows=40)
    every = pages(render_text(given_sheet, paper))
    for section in given_sheet.sections:
        for each in section.rows:
            [page] = [page for page in every if any(re.match(rf"{each.id} ", line) for line in page)]
            start = next(at for at, line in enumerate(page) if line.startswith(f"{each.id} "))
            end = next(at for at, line in enumerate(page) if at > start and line == "-" * 110)
            criterion = " ".join(line.split("|")[1].strip() for line in page[start:end] if line.count("|") > 4)
            assert f"{each.text} ({each.place})" in criterion
            assert each.why in criterion
            assert ("*** investigator ***" in criterion) is each.investigator
            heads = [at for at, line in enumerate(page) if line.startswith("No. ") and "Criterion" in line]
            assert any(at < start for at in heads)
            bars = {at for at, char in enumerate(page[heads[0]]) if char == "|"}
            tier = [line for line in page[start:end] if line.count("|") == len(bars)]
            assert all({at for at, char in enumerate(line) if char == "|"} == bars for line in tier)


def test_marks_are_drawn_and_what_is_not_known_is_said_without_a_tick() -> None:
    every = [line for page in pages(render_text(sheet(), Paper.A4)) for line in page]
    boxes = {}
    for number, mark in enumerate(MARKS):
        [line] = [line for line in every if line.startswith(f"INC-{number} ")]
        boxes[mark] = [cell.strip() for cell in line.split("|")[2:6]]
    assert boxes[Mark.YES] == ["[X]", "[ ]", "[ ]", ""]
    assert boxes[Mark.NO] == ["[ ]", "[X]", "[ ]", ""]
    assert boxes[Mark.NOT_APPLICABLE] == ["[ ]", "[ ]", "[X]", ""]
    assert boxes[Mark.NOT_KNOWN] == ["[ ]", "[ ]", "[ ]", "Not"]
    assert boxes[Mark.OPEN] == ["[ ]", "[ ]", "[ ]", ""]
    blank = render_text(sheet(filled=False), Paper.A4)
    assert "[X]" not in blank
    assert "Not known" not in " ".join(blank.split())


def test_what_is_missing_is_a_line_to_write_on() -> None:
    text = render_text(sheet(filled=False), Paper.A4)
    assert "____________ mg/dL" in text
    assert "ULN: ____________" in text
    assert "Date of test: ____________" in text
    assert "Age: 61 years" in text
    assert re.search(r"Site: _{20,}", text)
    assert re.search(r"Name _{12,}  Signature _{12,}  Date _{12,}", text)
    assert "[ ] All are met" in text


def test_the_summary_has_its_own_page_and_comes_first() -> None:
    every = pages(render_text(sheet(), Paper.A4))
    assert "Summary" not in every[0]
    summary = "\n".join(every[1])
    for said in ("Summary", "not yet", "A reason", "Biopsy (Who can supply it: chart)", "A judgment", "80"):
        assert said in summary
    assert f"[{'#' * 30}{'-' * 10}]  75 (75 to 100)" in summary
    assert f"[{'#' * 20}{' ' * 20}]  50" in summary
    assert "It does not decide." in summary
    assert "Inclusion" not in summary
    assert every[2][2] == "Inclusion"


def test_the_washout_worksheet_has_its_arithmetic_and_lines() -> None:
    text = render_text(sheet(), Paper.A4)
    assert "today 2026-11-22" in text
    line = next(line for line in text.split("\n") if line.startswith("INC-7.1b"))
    assert [cell.strip() for cell in line.split("|")] == [
        "INC-7.1b", "nivolumab", "2026-10-25", "infusion", "Rule of the washout", "+ 42 days", "2026-12-06",
    ]  # fmt: skip
    assert "still" in text
    assert re.search(r"EXC-9 +\|_+ +\|_+ +\|infusion", text)


def test_a_row_longer_than_a_page_goes_on_under_the_same_heads() -> None:
    text = " ".join(f"word{number}" for number in range(600))
    long = replace(sheet(), sections=(Section("One", "", (row(1, text=text), row(2))),))
    every = pages(render_text(long, Paper.A4))
    with_words = [page for page in every if any("word" in line for line in page)]
    assert len(with_words) > 1
    assert all(any(line.startswith("No. ") for line in page) for page in with_words)
    found = re.findall(r"word\d+", "\n".join(line for page in every for line in page))
    assert found == text.split()


def test_columns_stay_straight_with_wide_and_combining_characters() -> None:
    text = "細胞療法 " * 12 + "e\u0301a\u0308" * 40 + "한국어\u1112\u1161\u11ab"
    given_sheet = replace(sheet(), sections=(Section("One", "", (row(1, text=text),)),))
    lines = [line for page in pages(render_text(given_sheet, Paper.A4)) for line in page]
    head = next(line for line in lines if line.startswith("No. ") and "Criterion" in line)
    bars = [cells(head[:at]) for at, char in enumerate(head) if char == "|"]
    tier = [line for line in lines if line.count("|") == len(bars) and ("細" in line or "e\u0301" in line)]
    assert tier
    for line in tier:
        assert [cells(line[:at]) for at, char in enumerate(line) if char == "|"] == bars


def test_a_sign_is_never_parted_from_its_number() -> None:
    for width in range(1, 60):
        text = "x" * width + " > 1.5 times and \u2265 2 and <\u00a03"
        lines = render_text(replace(sheet(), notes=(text * 3,)), Paper.A4).split("\n")
        assert not any(re.search("[<>\u2265]$", line) for line in lines)


def test_fixed_words_are_those_of_the_language() -> None:
    words = {"page": "página", "of": "de", "Criterion": "Criterio", "ULN": "LSN", "Not known": "No se sabe"}
    translated = replace(sheet(), words=words)
    text = render_text(translated, Paper.A4)
    assert re.search(r"^página 1 de \d+$", text, re.MULTILINE)
    assert "|Criterio " in text
    assert "LSN: ___" in text
    markdown = render_markdown(translated)
    assert "| Criterio |" in markdown
    assert "| No se sabe |" in markdown


@pytest.mark.parametrize("paper", Paper)
def test_hostile_text_controls_no_printer(paper: Paper) -> None:
    text = render_text(hostile(), paper)
    assert not re.search("[\x00-\x09\x0b\x0d-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\u00ad\ud800]", text)
    assert "<script>alert(1)</script>" in text
    assert "שלום" in text
    text.encode()


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=400))
def test_any_text_leaves_pages_and_columns_whole(text: str) -> None:
    given_sheet = replace(
        sheet(rows=2), head=text, about=((text, text), ("x", "")), sections=(Section(text, text, (row(1, text=text),)),)
    )
    rendered = render_text(given_sheet, Paper.LETTER)
    assert rendered == render_text(given_sheet, Paper.LETTER)
    assert all(len(page) == 62 for page in pages(rendered))
    rendered.encode()
    render_markdown(given_sheet).encode()


def tokens(markdown: str) -> list[str]:
    """The kinds of all that a reader of Markdown sees."""
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return [part.type for token in parsed for part in (token, *(token.children or []))]


def table_cells(markdown: str) -> list[list[str]]:
    rows: list[list[str]] = []
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    inside = False
    for token in parser.parse(markdown):
        if token.type == "tr_open":
            rows.append([])
        inside = token.type in {"td_open", "th_open"} or (inside and token.type == "inline")
        if inside and token.type == "inline":
            rows[-1].append("".join(part.content for part in token.children or []))
    return rows


def test_markdown_has_every_row_once_with_its_marks() -> None:
    rows = table_cells(render_markdown(sheet()))
    for number, mark in enumerate(MARKS):
        [cells_of_row] = [found for found in rows if found[0] == f"INC-{number}"]
        ticks = [mark is Mark.YES, mark is Mark.NO, mark is Mark.NOT_APPLICABLE]
        assert cells_of_row[2:5] == [f"[{'x' if tick else ' '}]" for tick in ticks]
        assert cells_of_row[5] == ("Not known" if mark is Mark.NOT_KNOWN else "")
        assert row(number).text in cells_of_row[1]
        assert ("investigator" in cells_of_row[1]) is (number % 2 == 0)
        assert WHY.get(mark, "") in cells_of_row[1]
        assert "ULN: ............" in cells_of_row[6]
    blank = render_markdown(sheet(filled=False))
    assert "[x]" not in blank
    assert "Not known" not in blank


def test_markdown_has_all_parts_in_order() -> None:
    markdown = render_markdown(sheet())
    headings = re.findall(r"^#+ .*$", markdown, re.MULTILINE)
    assert headings == [
        "# Eligibility checklist", "## Summary", "### Why", "### For the investigator", "## Inclusion", "## Exclusion",
        "## Washout worksheet", "## Conclusion", "## Signature",
    ]  # fmt: skip
    for said in (HEAD, "- **Site**: ....", "| Biopsy | chart |", "| Organ function | 75 (75 to 100) |"):
        assert said in markdown
    assert "| 2026-12-06 (still running) |" in markdown
    assert "- [ ] All are met\n- [ ] Open items remain" in markdown
    assert "- **Completed by**: Name ............; Signature ............; Date ............" in markdown


def test_hostile_text_formats_nothing_in_markdown() -> None:
    markdown = render_markdown(hostile())
    seen = set(tokens(markdown))
    assert not seen & {"html_inline", "html_block", "link_open", "image", "em_open", "s_open", "code_inline", "hr"}
    assert not seen & {"code_block", "fence", "ordered_list_open", "blockquote_open"}
    widths = {len(cells_of_row) for cells_of_row in table_cells(markdown)}
    assert widths == {2, 7, 12}
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", markdown)
    assert not re.search(r"(?<!\\)\$", markdown)
    markdown.encode()
