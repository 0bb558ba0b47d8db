"""Checklists as PDF: read back from the file itself, what stands on which page, what is marked, and what is tagged."""

from __future__ import annotations

import io
import math
import os
import re
import sys
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from screener.checklist import (
    Entry,
    FactorScore,
    Mark,
    Order,
    Planned,
    Row,
    Section,
    Sheet,
    Summary,
    Wait,
    WaitState,
    build,
)
from screener.errors import UsageError
from screener.language import Language
from screener.model import Patient
from screener.render.checklist.paper import Paper
from screener.render.checklist.pdf import glyphs, render_pdf, shown

if TYPE_CHECKING:
    from screener.catalog import Catalog


def needed(name: str) -> Any:
    """The module of an extra. Without it these tests are skipped, but not where everything has to be tested."""
    if not os.environ.get("CI"):
        return pytest.importorskip(name, reason=f"{name} is not installed: pip install -e '.[dev,print]'")
    return import_module(name)


typst = needed("typst")
pypdf = needed("pypdf")

POINT = 72 / 25.4
HEAD = "NCT00000000 · rule file 0123456789ab · patient P-1"
DAY = date(2026, 11, 22)
COLUMNS = {Mark.YES: "Yes", Mark.NO: "No", Mark.NOT_APPLICABLE: "N-A"}
WHY = {Mark.NOT_APPLICABLE: "does not apply: recorded otherwise", Mark.NOT_KNOWN: "not known: biopsy"}
WAITS = (
    Wait("INC-7", "42 days", "nivolumab", "2026-10-25", "infusion", "2026-10-25 + 42 days: 2026-12-06", "2026-12-06",
         WaitState.RUNNING, date(2026, 10, 25), date(2026, 10, 25), date(2026, 12, 6)),
    Wait("EXC-9", "8 weeks", "Last live vaccine", "", "infusion", "", "", WaitState.NOT_KNOWN),
)  # fmt: skip
SUMMARY = Summary(
    "not yet",
    "Only time stands in the way.",
    "96 (96 to 98)",
    ("INC-7 nivolumab on 2026-10-25",),
    (("HTLV test", "chart"), ("Biopsy", "oncologist"), ("HIV test", "chart")),
    ("EXC-3 A judgment",),
    (FactorScore("Organ function", 75, 100, "75 (75 to 100)"), FactorScore("Travel", 50, 50, "50")),
)
HOSTILE = (
    "<script>alert(1)</script> [bold]x[/bold] #set page() #panic() $x$ *b* _i_ `c` \\ @ref <label> & \"q\" 'a' // /* "
    "\u202eabc\u202c \x1b[31m \x00\f\r\n\n= h \u2028 \u00ad \ud800 \ufffe \ue000 שלום العربية 細胞 e\u0301 ≥≤×µ⁹ "
    + "W"
    * 300
)


def row(number: int, mark: Mark = Mark.OPEN, **changes: Any) -> Row:
    base = Row(
        f"INC-{number}",
        f"Requirement {number}: creatinine ≤ 1.5 times the upper limit" + " and so it goes on" * (number % 7),
        f"inclusion {number}",
        "before lymphodepletion",
        Mark.YES,
        mark,
        investigator=number % 4 == 0,
        entries=(
            Entry("Creatinine", "1.1 mg/dL" if mark is Mark.YES else "", "mg/dL", wants_limit=True, wants_date=True),
        ),
        why=WHY.get(mark, ""),
        source="Chemistry report",
    )
    return replace(base, **changes)


def sheet(*, filled: bool = False, rows: int = 24, **changes: Any) -> Sheet:
    marks = [Mark.YES, Mark.NO, Mark.NOT_APPLICABLE, Mark.NOT_KNOWN, Mark.OPEN]
    base = Sheet(
        language="en",
        title="Eligibility checklist",
        trial="NCT00000000",
        about=(("Protocol", "NCT00000000"), ("Subject id and initials", "P-1" if filled else ""), ("Site", "")),
        head=HEAD,
        sections=(
            Section(
                "Inclusion criteria",
                "Each must be Yes or N-A.",
                tuple(row(number, marks[number % 5] if filled else Mark.OPEN) for number in range(1, rows + 1)),
            ),
        ),
        waits=WAITS,
        planned=(Planned("today", DAY), Planned("infusion", date(2026, 12, 20))) if filled else (),
        foot=tuple((who, ("Name", "Signature", "Date")) for who in ("Completed by", "Verified by", "Investigator")),
        conclusion=("All criteria are met", "Items are still open"),
        disclaimer="Pre-screening aid only.",
        notes=("The public record leaves numbers to the protocol.",),
        summary=SUMMARY if filled else None,
        filled=filled,
    )
    return replace(base, **changes)


def read(pdf: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(pdf))


def squeezed(text: str) -> str:
    """Without spaces, and without the hyphens of divided words."""
    return re.sub(r"[\s\u00ad\u200b]", "", text)


def pages_of(pdf: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in read(pdf).pages]


def pages_with(text: str, pages: list[str]) -> list[int]:
    return [number for number, page in enumerate(pages, 1) if squeezed(shown(text)) in page]


@dataclass(frozen=True)
class Drawn:
    """What is drawn on a page: texts and slanting lines, each with where it begins."""

    texts: list[tuple[str, float, float, float]]  # the text, x, y, size in points
    slants: list[tuple[float, float]]


def drawn(page: Any) -> Drawn:
    texts: list[tuple[str, float, float, float]] = []
    slants: list[tuple[float, float]] = []
    begun: list[float] = []

    def place(matrix: list[float], x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = matrix
        return a * x + c * y + e, b * x + d * y + f

    def line(operator: bytes, operands: Any, matrix: list[float], _: Any) -> None:
        if operator == b"m":
            begun[:] = map(float, operands)
        elif operator == b"l" and begun:
            x, y = map(float, operands)
            if min(abs(x - begun[0]), abs(y - begun[1])) > 1:
                slants.append(place(matrix, (x + begun[0]) / 2, (y + begun[1]) / 2))
            begun[:] = x, y

    def text(said: str, matrix: list[float], of_text: list[float], _: Any, size: float) -> None:
        if said.strip():
            x, y = place(matrix, of_text[4], of_text[5])
            scale = math.hypot(matrix[0], matrix[1]) * math.hypot(of_text[0], of_text[1])
            texts.append((said.strip(), x, y, size * scale))

    page.extract_text(visitor_operand_before=line, visitor_text=text)
    return Drawn(texts, slants)


def marks_of(pdf: bytes) -> dict[str, list[str]]:
    """The heads of the columns with an X in them, by the row's number: by where the X is drawn."""
    found: dict[str, list[str]] = {}
    for page in read(pdf).pages:
        on_page = drawn(page)
        heads = {word: x for word, x, *_ in on_page.texts if word in COLUMNS.values()}
        rows = [(y, word) for word, _, y, _ in on_page.texts if re.fullmatch(r"INC-\d+", word)]
        for _, name in rows:
            found[name] = []
        for x, y in on_page.slants if rows else ():
            name = min((abs(top - y), name) for top, name in rows)[1]
            found[name].append(min((abs(left - x), head) for head, left in heads.items())[1])
    return found


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("filled", [False, True])
def test_every_row_stands_whole_on_one_page_under_the_head(paper: Paper, filled: bool) -> None:  # noqa: FBT001
    made = sheet(filled=filled, rows=70)
    pages = pages_of(render_pdf(made, paper))
    assert len(pages) > 5
    for item in made.sections[0].rows:
        assert len(pages_with(f"{item.id}{item.text}{item.place}{item.why}", pages)) == 1
    for number, page in enumerate(pages, 1):
        assert page.count(squeezed(HEAD)) == 1
        assert page.count(f"page{number}of{len(pages)}") == 1
        if "Requirement" in page:
            assert squeezed("No. Criterion Yes No N-A" + " Not known" * filled) in page


@pytest.mark.parametrize("paper", Paper)
def test_the_x_stands_in_the_marked_box_and_nothing_unknown_is_ticked(paper: Paper) -> None:
    made = sheet(filled=True, summary=None, waits=())
    expected = {item.id: [COLUMNS[item.mark]] * 2 if item.mark in COLUMNS else [] for item in made.sections[0].rows}
    pdf = render_pdf(made, paper)
    assert marks_of(pdf) == expected
    unknown = [item for item in made.sections[0].rows if item.mark is Mark.NOT_KNOWN]
    assert "".join(pages_of(pdf)).count("Notknown") - len(pages_with("Criterion", pages_of(pdf))) == len(unknown)


def test_a_blank_sheet_has_empty_boxes_and_lines() -> None:
    blank = sheet(summary=None, waits=())
    pdf = render_pdf(blank, Paper.A4)
    assert set(marks_of(pdf)) == {item.id for item in blank.sections[0].rows}
    assert not any(marks_of(pdf).values())
    assert "Notknown" not in "".join(pages_of(pdf))


def test_alternative_texts_say_which_boxes_are_marked() -> None:
    said = [alt for alt in alternatives(render_pdf(sheet(filled=True, summary=None), Paper.A4)) if len(alt) < 10]
    marked = [item for item in sheet(filled=True).sections[0].rows if item.mark in COLUMNS]
    assert said.count("marked") == len(marked)
    assert said.count("empty") == 3 * 24 - len(marked) + 2


def alternatives(pdf: bytes) -> list[str]:
    return [str(item["/Alt"]) for item in elements(pdf) if "/Alt" in item]


def elements(pdf: bytes) -> list[Any]:
    """The tags, in the order in which they are read."""
    found: list[Any] = []

    def walk(item: Any) -> None:
        item = item.get_object() if hasattr(item, "get_object") else item
        if isinstance(item, list):
            for child in item:
                walk(child)
        elif isinstance(item, dict):
            found.append(item)
            walk(item.get("/K", []))

    walk(read(pdf).trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_it_is_tagged_for_screen_readers() -> None:
    pdf = render_pdf(sheet(filled=True), Paper.LETTER)
    reader = read(pdf)
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "Eligibility checklist NCT00000000"
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    kinds = [str(item.get("/S")) for item in elements(pdf)]
    assert {"/H1", "/H2", "/Table", "/THead", "/TH", "/TD", "/Figure"} <= set(kinds)
    assert any("nivolumab" in alt for alt in alternatives(pdf))
    assert any("Organ function" in alt for alt in alternatives(pdf))


@pytest.mark.parametrize("code", ["es", "es-US", "", '"])#panic()'])
def test_the_language_is_set_or_english(code: str) -> None:
    root = read(render_pdf(sheet(language=code, rows=1), Paper.A4)).trailer["/Root"]
    assert root["/Lang"] == ("es" if code.startswith("es") else "en")


@pytest.mark.parametrize("paper", Paper)
def test_the_page_lies_on_the_paper(paper: Paper) -> None:
    for page in read(render_pdf(sheet(), paper)).pages:
        size = float(page.mediabox.width), float(page.mediabox.height)
        assert size == pytest.approx([side * POINT for side in paper.millimeters], abs=0.1)


@pytest.mark.parametrize("paper", Paper)
def test_no_letter_is_smaller_than_nine_points(paper: Paper) -> None:
    sizes = [size for page in read(render_pdf(sheet(filled=True), paper)).pages for *_, size in drawn(page).texts]
    assert len(sizes) > 200
    assert min(sizes) >= 8.99


def test_the_same_sheet_gives_the_same_bytes() -> None:
    made = sheet(filled=True)
    assert render_pdf(made, Paper.A4) == render_pdf(made, Paper.A4)
    assert b"CreationDate" not in render_pdf(made, Paper.A4)


def test_the_summary_is_one_page_of_its_own_and_groups_what_is_missing() -> None:
    pages = pages_of(render_pdf(sheet(filled=True), Paper.A4))
    (number,) = pages_with("Fit score by factor", pages)
    for text in ("not yet", "INC-7 nivolumab", "EXC-3 A judgment", "HTLV test; HIV test", "Pre-screening aid only."):
        assert number in pages_with(text, pages)
    assert "Requirement" not in pages[number - 1]
    assert "Protocol" not in pages[number - 1]


def test_signs_keep_to_their_numbers() -> None:
    assert shown("INR < 1.5 and\n≥  60") == "INR <\u00a01.5 and ≥\u00a060"
    assert shown("a = b") == "a = b"


def hostile_sheet() -> Sheet:
    text = HOSTILE
    entry = Entry(text, text, text, text, text, wants_limit=True, wants_date=True)
    return sheet(
        filled=True,
        title=text,
        trial=text[:40],
        head=text[:200],
        about=((text, text), (text, "")),
        sections=(
            Section(text, text, (row(1, text=text, place=text, when=text, why=text, source=text, entries=(entry,)),)),
        ),
        waits=(*WAITS, Wait(text, text, text, text, text, text, text, WaitState.RUNNING, DAY, DAY, DAY)),
        planned=(Planned(text, DAY),),
        foot=((text, (text[:20], text[:20])),),
        conclusion=(text,),
        notes=(text,),
        disclaimer=text,
        summary=Summary(text, text, text, (text,), ((text, text),), (text,), (FactorScore(text, 0, 100, text),)),
        words={"Yes": text[:26], "page": "#page", "Conclusion": text},
    )  # fmt: skip


@pytest.mark.parametrize("paper", Paper)
def test_hostile_text_is_shown_and_breaks_nothing(paper: Paper) -> None:
    pdf = render_pdf(hostile_sheet(), paper)
    reader = read(pdf)
    whole = squeezed("".join(page.extract_text() for page in reader.pages))
    for part in ("<script>alert(1)</script>", "#setpage()#panic()$x$*b*_i_`c`\\@ref<label>&\"q\"'a'///*", "W" * 300):
        assert part in whole
    assert "\N{REPLACEMENT CHARACTER}abc" in whole
    width = float(reader.pages[0].mediabox.width)
    for page in reader.pages:
        edges = [(x, y) for _, x, y, _ in drawn(page).texts]
        assert all(0 < x < width and y > 12 * POINT - 1 for x, y in edges)
    assert not any("/AA" in page or "/Annots" in page for page in reader.pages)
    assert "/JavaScript" not in str(reader.trailer["/Root"].get("/Names", ""))


def test_a_row_longer_than_a_page_goes_on_and_loses_nothing() -> None:
    words = [f"word{number}" for number in range(1500)]
    pages = pages_of(render_pdf(sheet(sections=(Section("Long", "", (row(1, text=" ".join(words)),)),)), Paper.A4))
    whole = "".join(pages)
    assert all(word in whole for word in words)


def test_long_words_break_and_can_be_searched() -> None:
    word = "Immunohistochemistry" * 8
    long = row(1, text=word, when="lymphodepletionlymphodepletion")
    pdf = render_pdf(sheet(sections=(Section("Long", "", (long,)),)), Paper.A4)
    pages = [page.extract_text() for page in read(pdf).pages]
    whole = re.sub(r"\s", "", "".join(pages))
    assert word in whole
    assert "lymphodepletionlymphodepletion" in whole
    assert "\u200b" not in whole


def test_the_fonts_show_every_character_that_is_left() -> None:
    letters = [chr(code) for code in sorted(glyphs()) if shown(f"a{chr(code)}a") == f"a{chr(code)}a"]
    assert len(letters) > 5000
    assert set("≥≤×µ⁹½–“”αβγ°±²³שע") <= set(letters)
    text = " ".join("".join(letters[at : at + 4]) for at in range(0, len(letters), 4))
    render_pdf(sheet(about=(("Bold", text),), notes=(text,), rows=1), Paper.A4)  # typst refuses a missing glyph


def test_a_character_that_the_fonts_lack_is_seen_to_be_missing() -> None:
    assert shown("細胞 療法\ud800\ue000") == "\ufffd\ufffd \ufffd\ufffd\ufffd\ufffd"
    assert shown("e\u0301") == "é"
    pdf = render_pdf(sheet(notes=("T細胞",), planned=(Planned("細胞", DAY),), rows=1), Paper.A4)
    assert pages_with("T\ufffd\ufffd", pages_of(pdf)) == [1]


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("with_patient", [False, True])
def test_every_trial_prints_whole(paper: Paper, with_patient: bool, catalog: Catalog) -> None:  # noqa: FBT001
    patient = Patient("P-1", DAY, {}) if with_patient else None
    for trial in catalog.trials:
        made = build(Order(trial, catalog.dictionary, Language(), "0", DAY, None, patient))
        pages = pages_of(render_pdf(made, paper))
        assert "\ufffd" not in "".join(pages)
        for item in (item for section in made.sections for item in section.rows):
            assert len(pages_with(f"{item.id}{item.text}{item.place}", pages)) == 1, (trial.id, item.id)
        assert all(squeezed(made.head) in page for page in pages)
        if made.summary:
            assert pages_with("Fit score by factor", pages) == pages_with(made.summary.meaning, pages) == [2]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError) as caught:
        render_pdf(sheet(), Paper.A4)
    assert "pip install 'screener[print]'" in str(caught.value)
