"""The checklist as plain text for a printer of fixed pitch: pages end with a form feed, columns are straight.

A line is `_COLUMNS` wide: at 12 characters per inch, the pitch of 10-point Courier, that is 233 mm, and in 9-point
letters (13.3 per inch) 210 mm; a lying page of either paper holds both. Lines stand at 8 per inch, which are 9 pt: of
the 66 that fit on 210 mm and the 68 on 215.9 mm, six are left free for the margins that a printer needs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.checklist import Mark, WaitState
from screener.errors import clean
from screener.render.checklist.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screener.checklist import Entry, Row, Section, Sheet, Summary

_COLUMNS = 110
_LINES = {Paper.A4: 60, Paper.LETTER: 62}
_FRAME = 4  # lines of a page that are not its body: head, blank, blank, page number
_LINE = "_" * 12
_BAR = 40
_SECOND = (10, 34, 22, 18, 22)  # the second tier of a row: what is written by hand
_WAITS = (10, 16, 12, 16, 20, 18, 12)
_STATES = {WaitState.OVER: "over", WaitState.RUNNING: "still running", WaitState.NOT_KNOWN: "Not known"}
_SIGN = re.compile(r"(?<=[<>=\u2264\u2265]) (?=[\d.])")  # what a line never ends with
_SPACE = re.compile(r"[ \t\n]+")
_JAMO = range(0x1160, 0x1200)  # vowels and finals, which stand in the cell of the letter before


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that stay together, under the head of their table; `lead` stands once above that head."""

    lines: Sequence[str]
    head: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    fresh: bool = False  # begins a page


def render_text(sheet: Sheet, paper: Paper) -> str:
    """Pages with the sheet's head above, page x of y below; rows stay whole, and table heads are repeated."""
    pages = _pages(list(_blocks(sheet)), _LINES[paper] - _FRAME)
    head = _cut(sheet.head)
    said = []
    for number, page in enumerate(pages, 1):
        blank = [""] * (_LINES[paper] - _FRAME - len(page))
        foot = f"{sheet.word('page')} {number} {sheet.word('of')} {len(pages)}"
        said.append("".join(f"{line.rstrip()}\n" for line in (head, "", *page, *blank, "", _cut(foot))))
    return "\f".join(said)


def entry_words(sheet: Sheet, entry: Entry, line: str) -> list[str]:
    """A value, its limit of normal and its date, each as it is known or with a line to write on."""
    to_write = f"{line}\N{NO-BREAK SPACE}{entry.unit}".rstrip()
    words = [f"{entry.name}: {entry.value or to_write}"]
    if entry.limit or entry.wants_limit:
        words.append(f"{sheet.word('ULN')}: {entry.limit or line}")
    if entry.date or entry.wants_date:
        words.append(f"{sheet.word('Date of test')}: {entry.date or line}")
    return words


def _pages(blocks: list[_Block], room: int) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    above: tuple[str, ...] = ()  # the table head that the last line of this page stands under
    for block in blocks:
        head = () if block.head == above and not block.lead else block.head
        if pages[-1] and (block.fresh or len(pages[-1]) + len(block.lead) + len(head) + len(block.lines) > room):
            pages.append([])
            head = block.head
        lines = [*block.lead, *head, *block.lines]
        while not pages[-1] and lines and not lines[0]:
            del lines[0]  # what parts it from the text above, where nothing is above
        pages[-1] += lines[:room]
        rest, step = lines[room:], max(1, room - len(block.head))
        pages += [[*block.head[: room - 1], *rest[start : start + step]] for start in range(0, len(rest), step)]
        above = block.head
    return pages


def _blocks(sheet: Sheet) -> Iterable[_Block]:
    yield _Block([*_heading(sheet.title, "="), ""])
    yield from _about(sheet)
    yield _Block(["", *_fold(sheet.disclaimer, _COLUMNS), ""])
    for note in sheet.notes:
        yield _Block(_item(note))
    if sheet.summary:
        yield from _summary(sheet, sheet.summary)
    for number, section in enumerate(sheet.sections):
        yield from _section(sheet, section, fresh=bool(sheet.summary) and not number)
    yield from _waits(sheet)
    boxes = [line for text in sheet.conclusion for line in _item(text, "[ ] ")]
    yield _Block(boxes, lead=("", *_heading(sheet.word("Conclusion"), "-"), ""))
    for who, fields in sheet.foot:
        each = (_COLUMNS - 20) // max(1, len(fields)) - 2
        lines = [f"{_one(name)} {'_' * max(8, each - _cells(_one(name)) - 1)}" for name in fields]
        yield _Block(["", "", *_grid((18, *[each] * len(fields)), [[who], *([line] for line in lines)], "  ")])
    yield _Block(["", *_fold(sheet.disclaimer, _COLUMNS)])


def _about(sheet: Sheet) -> Iterable[_Block]:
    """Label and value, two beside each other."""
    width = _COLUMNS // 2 - 1
    cells = []
    for label, value in sheet.about:
        line = "_" * max(8, width - _cells(_one(label)) - 3)
        cells.append([f"{label}: {value or line}"])
    for pair in zip(cells[::2], [*cells[1::2], [""]], strict=False):
        yield _Block(_grid((width, width), pair, "  "))


def _summary(sheet: Sheet, summary: Summary) -> Iterable[_Block]:
    verdict = [*_fold(summary.verdict, _COLUMNS), *_fold(summary.meaning, _COLUMNS)]
    yield _Block(verdict, lead=(*_heading(sheet.word("Summary"), "-"), ""), fresh=True)
    yield from _listed(sheet.word("Why"), summary.reasons)
    supply = sheet.word("Who can supply it")
    yield from _listed(sheet.word("Missing"), [f"{name} ({supply}: {who})" for name, who in summary.missing])
    yield from _listed(sheet.word("For the investigator"), summary.manual)
    bars = []
    for factor in summary.factors:
        low, high = (round(min(100.0, max(0.0, share)) / 100 * _BAR) for share in (factor.low, factor.high))
        bar = f"[{'#' * low + '-' * (high - low):\N{NO-BREAK SPACE}<{_BAR}}]"  # blanks that folding leaves alone
        bars += _grid((40, _BAR + 2, 24), [[factor.name], [bar], [factor.text]], "  ")
    title = _heading(f"{sheet.word('Fit score by factor')}: {summary.score}", "-")
    yield _Block(bars, lead=("", *title, ""))
    yield _Block(["", *_fold(sheet.disclaimer, _COLUMNS)])


def _listed(title: str, items: Sequence[str]) -> Iterable[_Block]:
    for number, item in enumerate(items):
        yield _Block(_item(item), lead=() if number else ("", *_heading(title, "-")))


def _section(sheet: Sheet, section: Section, *, fresh: bool) -> Iterable[_Block]:
    word = sheet.word
    rest = (3, 3, 3, *((8,) if sheet.filled else ()), 28, 16)
    widths = (_SECOND[0], _COLUMNS - _SECOND[0] - sum(rest) - len(rest) - 1, *rest)
    said = [word("Not known")] if sheet.filled else []
    first = [word(name) for name in ("No.", "Criterion", "Yes", "No", "N-A")]
    first += [*said, word("Value"), word("By when")]
    second = ["", *(word(name) for name in ("Source document", "Initials, date", "Verified", "Comment"))]
    heads = [*_grid(widths, [[text] for text in first]), *_grid(_SECOND, [[text] for text in second])]
    head = (*heads, "=" * _COLUMNS)
    lead = ("", *_heading(section.title, "-"), *_fold(section.reading, _COLUMNS), "")
    for number, row in enumerate(section.rows):
        cells = [[row.id], _criterion(sheet, row)]
        cells += [["[X]" if row.mark is mark else "[ ]"] for mark in (Mark.YES, Mark.NO, Mark.NOT_APPLICABLE)]
        cells += [[text if row.mark is Mark.NOT_KNOWN else ""] for text in said]
        cells += [_values(sheet, row), [row.when]]
        hand = [[], [row.source, "_" * (_SECOND[1] - 1)], *(["_" * (width - 1)] for width in _SECOND[2:])]
        lines = [*_grid(widths, cells), *_grid(_SECOND, hand, low=2), "-" * _COLUMNS]
        yield _Block(lines, head, () if number else lead, fresh=fresh and not number)


def _criterion(sheet: Sheet, row: Row) -> list[str]:
    investigator = [f"*** {sheet.word('investigator')} ***"] if row.investigator else []
    return [row.text, *([f"({row.place})"] if row.place else []), *investigator, row.why]


def _values(sheet: Sheet, row: Row) -> list[str]:
    """The entries, with a blank line above every line to write on: a hand needs its height."""
    texts = [text for entry in row.entries for text in entry_words(sheet, entry, _LINE)]
    spaced = [part for text in texts for part in (("\N{NO-BREAK SPACE}", text) if _LINE in text else (text,))]
    return spaced[1:] if spaced and _LINE in texts[0] else spaced


def _waits(sheet: Sheet) -> Iterable[_Block]:
    word = sheet.word
    names = ("No.", "What was given", "Last dose", "Counted to", "Rule", "Arithmetic", "First day on which it is over")
    head = (*_grid(_WAITS, [[word(name)] for name in names]), "=" * _COLUMNS)
    planned = "; ".join(f"{planned.name} {planned.day.isoformat()}" for planned in sheet.planned)
    lead = ("", *_heading(word("Washout worksheet"), "-"), *_fold(planned, _COLUMNS), "")
    for number, wait in enumerate(sheet.waits):
        state = word(_STATES[wait.state]) if wait.state in _STATES else ""
        texts = (wait.criterion, wait.what, wait.last, wait.anchor, wait.rule, wait.arithmetic, wait.earliest)
        cells = [[text or "_" * (width - 1)] for text, width in zip(texts, _WAITS, strict=True)]
        cells[-1].append(state)
        yield _Block([*_grid(_WAITS, cells), "-" * _COLUMNS], head, () if number else lead)


def _heading(text: str, rule: str) -> list[str]:
    lines = _fold(text, _COLUMNS)
    return [*lines, rule * max(map(_cells, lines), default=0)]


def _item(text: str, mark: str = "- ") -> list[str]:
    lines = _fold(text, _COLUMNS - len(mark))
    return [f"{'' if number else mark:{len(mark)}}{line}" for number, line in enumerate(lines)]


def _grid(widths: Sequence[int], cells: Sequence[Sequence[str]], bar: str = "|", *, low: int = 0) -> list[str]:
    """Cells beside each other, every text on lines of its own; or on the ground, at least `low` lines high."""
    folded = []
    for width, texts in zip(widths, cells, strict=False):
        room = width if width <= len("[ ]") or bar != "|" else width - 1  # text does not touch the bar behind it
        folded.append([line for text in texts for line in _fold(text, room)])
    height = max(low, *map(len, folded))
    for lines in folded:
        blank = [""] * (height - len(lines))
        lines[:] = [*blank, *lines] if low else [*lines, *blank]
    return [
        bar.join(line + " " * (width - _cells(line)) for line, width in zip(lines, widths, strict=False))
        for lines in zip(*folded, strict=True)
    ]


def _one(text: str) -> str:
    """Clean text without line ends, a sign tied to its number. What has no place in a line of text is made visible."""
    text = _SIGN.sub("\N{NO-BREAK SPACE}", _SPACE.sub(" ", clean(text).strip(" \t\n")))
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in {"Cf", "Cs"} else char for char in text)


def _cells(text: str) -> int:
    """How many columns the text takes."""
    return sum(map(_cell, text))


def _cell(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"} or ord(char) in _JAMO:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cut(text: str) -> str:
    text = _one(text)
    if _cells(text) <= _COLUMNS:
        return text.replace("\N{NO-BREAK SPACE}", " ")
    return _fold(text.replace(" ", "\N{NO-BREAK SPACE}"), _COLUMNS - 3)[0] + "..."


def _fold(text: str, width: int) -> list[str]:
    """Lines of at most a width; between words where it can be, within a word that is longer than a line."""
    lines: list[str] = []
    used = width
    for word in filter(None, _one(text).split(" ")):
        size = _cells(word)
        if lines and used + 1 + size <= width:
            lines[-1] += f" {word}"
            used += 1 + size
            continue
        lines.append("")
        used = 0
        for char in word:
            if used + _cell(char) > width:
                lines.append("")
                used = 0
            lines[-1] += char
            used += _cell(char)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]
