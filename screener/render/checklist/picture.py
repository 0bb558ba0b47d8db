"""Pictures of a checklist as SVG: the calendar strip of the washouts, and the bars of the fit score.

One unit is one millimeter. Nothing is told by color: bars differ by pattern, and words say the same. Every letter is
`_LETTER` high, so that it has at least 9 pt also where the picture shrinks to the width of lying letter paper.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from screener.checklist import WaitState
from screener.errors import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from screener.checklist import Sheet, Summary, Wait

_WIDTH = 260.0
_LETTER = 3.3  # 9.35 pt; 9.19 pt on letter paper, where 260 mm shrink to 255.4 mm
_ROW = 6.6
_BAR = 3.8
_GAP = 1.2
_CHART = (82.0, 206.0)  # the strip, from left to right; labels stand left of it, dates right of it
_SCALE = (72.0, 192.0)  # the bars of the score
_STATES = {
    WaitState.OVER: "over",
    WaitState.RUNNING: "still running",
    WaitState.NOT_KNOWN: "Not known",
    WaitState.BLANK: "",
}
_FILLS = {WaitState.OVER: "#222", WaitState.RUNNING: "url(#waits-running)"}
_PATTERNS = {
    "running": '<path d="M-0.5 0.5L0.5 -0.5M0 1.8L1.8 0M1.3 2.3L2.3 1.3" stroke="#000" stroke-width="0.4"/>',
    "between": '<circle cx="0.9" cy="0.9" r="0.28" fill="#000"/>',
}
# Steps of the axis: days or months, and how much of the ISO date its label shows; numbers need no translation.
_STEPS = (
    *((days, 0, 10) for days in (1, 7, 14, 28)),
    *((0, months, 7) for months in (1, 2, 3, 6)),
    *((0, 12 * years, 4) for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)),
)
_FINE = 1.6  # ticks closer than this are a smear
# Upper bounds of the width of letters in DejaVu Sans Condensed, in parts of their height.
_SHARES = {letter: share for letters, share in (
    ("'ijl|I!.,:;·\u00a0 ", 0.36), ('frt()[]-/\\"*J', 0.47), ("mwMW@%…—≥≤", 0.93), ("NOQGDHU+<>=&\u00d7±~#^", 0.79),
) for letter in letters}  # fmt: skip
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")  # no document may hold these, not even escaped


def waits_picture(sheet: Sheet) -> str:
    """One bar per washout, from the last dose to the day on which it is surely over; "" if no days are known."""
    drawn = [(wait, days) for wait in sheet.waits if (days := _days(wait))]
    if not drawn:
        return ""
    every = [day for _, days in drawn for day in days] + [planned.day for planned in sheet.planned]
    low, high = min(every).toordinal(), max(every).toordinal()
    slack = max(1, (high - low) // 40)
    low, high = max(1, low - slack), min(date.max.toordinal(), high + slack)

    def place(day: int) -> float:
        return _CHART[0] + (day - low) / (high - low) * (_CHART[1] - _CHART[0])

    names, top = _names(sheet, place)
    bottom = top + _ROW * len(drawn)
    parts = [_axis(low, high, place, top, bottom)]
    for number, (wait, days) in enumerate(drawn):
        at = top + _ROW * number
        parts += _labels(sheet, wait, days[-1], at + _ROW / 2 + 1.2)
        parts.append(_bar(wait.state, [place(day.toordinal()) for day in days], at + (_ROW - _BAR) / 2))
    parts += names(bottom)
    parts += _legend(
        sheet, {wait.state for wait, _ in drawn}, any(days[0] < days[1] for _, days in drawn), bottom + 6.4
    )
    return _svg(parts, bottom + 11.4, "waits")


def waits_words(sheet: Sheet) -> str:
    """What the calendar strip shows, in words; "" if there is none."""
    said = []
    for wait in sheet.waits:
        if days := _days(wait):
            last = wait.last or " … ".join(dict.fromkeys(day.isoformat() for day in days[:2]))
            over = f"{sheet.word('First day on which it is over')} {wait.earliest or days[2].isoformat()}"
            state = sheet.word(_STATES[wait.state]) if _STATES[wait.state] else ""
            said.append("; ".join(filter(None, (f"{_label(wait)}: {sheet.word('Last dose')} {last}", over, state))))
    planned = [f"{planned.name} {planned.day.isoformat()}" for planned in sheet.planned] if said else []
    return _plain(". ".join((*said, *planned))) + ("." if said else "")


def factors_picture(summary: Summary) -> str:
    """One bar per factor from 0 to 100: solid up to what is met, hatched up to what could be; "" without factors."""
    if not summary.factors:
        return ""
    left, right = _SCALE
    bottom = _ROW * len(summary.factors)
    parts = []
    for share in range(0, 101, 25):
        x = left + (right - left) * share / 100
        parts += [_line(x, 0, x, bottom + 1, "#888", 0.15), _text(x, bottom + 4.6, str(share), anchor="middle")]
    for number, factor in enumerate(summary.factors):
        at = _ROW * number + (_ROW - _BAR) / 2
        low, high = (left + (right - left) * share for share in _shares(factor.low, factor.high))
        parts.append(_text(0, at + _BAR / 2 + 1.2, _fit(factor.name, left - 2)))
        parts.append(_rect(left, at, right - left, "#fff", 0.15))
        parts += [_rect(low, at, high - low, "url(#factors-running)", 0.3)] if high > low else []
        parts += [_rect(left, at, low - left, "#222", 0.3)] if low > left else []
        parts.append(_text(right + 3, at + _BAR / 2 + 1.2, _fit(factor.text, _WIDTH - right - 3)))
    return _svg(parts, bottom + 6, "factors")


def factors_words(summary: Summary) -> str:
    """What the bars of the score show, in words."""
    return _plain("; ".join(f"{factor.name} {factor.text}" for factor in summary.factors))


def _shares(low: float, high: float) -> tuple[float, float]:
    low, high = (min(100.0, max(0.0, value)) / 100 if math.isfinite(value) else 0.0 for value in (low, high))
    return low, max(low, high)


def _days(wait: Wait) -> tuple[date, date, date] | None:
    """The last dose at the earliest and at the latest, and the day on which the wait is over, where they are known."""
    last = wait.last_day or wait.first_day
    if last is None or wait.over_day is None:
        return None
    return min(wait.first_day or last, last), last, max(wait.over_day, last)


def _label(wait: Wait) -> str:
    return f"{wait.criterion} {wait.what or wait.rule}"


def _labels(sheet: Sheet, wait: Wait, over: date, line: float) -> Iterable[str]:
    yield _text(0, line, _fit(_label(wait), _CHART[0] - 2))
    start = _CHART[1] + 3
    state = _fit(sheet.word(_STATES[wait.state]), 28) if _STATES[wait.state] else ""
    day = _plain(wait.earliest)
    if not day or start + _width(day) + 2 + _width(state) > _WIDTH:
        day = over.isoformat()  # part of a date would be worse than one of two dates
    yield _text(start, line, day)
    yield _text(start + _width(day) + 2, line, state)


def _bar(state: WaitState, days: list[float], top: float) -> str:
    """The days between which the last dose lies, if they are not one; then the wait; a post on the day it is over."""
    first, last, over = days
    between = _rect(first, top, last - first, "url(#waits-between)", 0.2) if first < last else ""
    wait_bar = _rect(last, top, max(over - last, 0.4), _FILLS.get(state, "#fff"), 0.3)
    return between + wait_bar + _line(over, top - 0.8, over, top + _BAR + 0.8, "#000", 0.6)


def _names(sheet: Sheet, place: Callable[[int], float]) -> tuple[Callable[[float], list[str]], float]:
    """The planned days, each with its name right of its line; how to draw them down to a height, and where bars begin.

    A name stands higher than every name that begins below it, so that no line runs through a name.
    """
    days: dict[date, list[str]] = {}
    for planned in sheet.planned:
        days.setdefault(planned.day, []).append(planned.name)
    said: list[tuple[float, float, str, int]] = []  # from right to left: the line, the end of the name, the name, level
    for day in sorted(days, reverse=True):
        x = place(day.toordinal())
        iso = f" {day.isoformat()}"
        name = _fit(", ".join(days[day]), _WIDTH - x - _GAP - _width(iso)) + iso
        end = x + _GAP + _width(name) + _GAP
        level = max((other[3] + 1 for other in said if other[0] < end), default=0)
        said.append((x, end, name, level))
    step = _LETTER + 1.1
    top = step * (max((level for *_, level in said), default=-1) + 1) + 1

    def draw(bottom: float) -> list[str]:
        parts = []
        for x, _, name, level in reversed(said):
            line = top - 1 - step * level
            parts.append(_line(x, line - _LETTER, x, bottom, "#000", 0.35, dash="1.6 0.8"))
            parts.append(_text(x + _GAP, line - 0.5, name))
        return parts

    return draw, top


def _axis(low: int, high: int, place: Callable[[int], float], top: float, bottom: float) -> str:
    """A line with ticks: fine ones for weeks, months or years, and labelled ones as close as the labels allow."""
    scale = (_CHART[1] - _CHART[0]) / (high - low)
    fine = next((step for step in ((7, 0), (0, 1), (0, 12)) if _length(*step) * scale > _FINE), None)
    ticks = _ticks(low, high, *fine) if fine else ()
    parts = [_line(_CHART[0], bottom, _CHART[1], bottom, "#000", 0.3)]
    parts += [_line(place(day), bottom, place(day), bottom + 0.9, "#000", 0.2) for day in ticks]
    days, months, shown = next(
        (step for step in _STEPS if _length(*step[:2]) * scale > _width("0000-00-00"[: step[2]]) + 3), _STEPS[-1]
    )
    for day in _ticks(low, high, days, months):
        parts.append(_line(place(day), top, place(day), bottom + 1.6, "#888", 0.15))
        parts.append(_text(place(day), bottom + 5, date.fromordinal(day).isoformat()[:shown], anchor="middle"))
    return "".join(parts)


def _length(days: int, months: int) -> int:
    return days or months * 30


def _ticks(low: int, high: int, days: int, months: int) -> Iterable[int]:
    """Every so many days, weeks from a Monday (as ordinal 1 is); or the first of every so many months."""
    if days:
        return range(low + (1 - low) % days, high + 1, days)
    start, end = (day.year * 12 + day.month - 1 for day in (date.fromordinal(low), date.fromordinal(high)))
    firsts = range(-(-start // months) * months, end + 1, months)
    ordinals = (date(first // 12, first % 12 + 1, 1).toordinal() for first in firsts)
    return [day for day in ordinals if day >= low]


def _legend(sheet: Sheet, states: set[WaitState], between: bool, top: float) -> Iterable[str]:  # noqa: FBT001
    """The patterns in use, each with its word."""
    kinds = [(_FILLS.get(state, "#fff"), _STATES[state]) for state in WaitState if state in states and _STATES[state]]
    kinds += [("url(#waits-between)", "Last dose between these days")] if between else []
    x = _CHART[0]
    for fill, english in kinds:
        word = _fit(sheet.word(english), _WIDTH - x - 10)
        yield _rect(x, top, 7, fill, 0.3)
        yield _text(x + 8.2, top + _BAR / 2 + 1.2, word)
        x = min(x + 8.2 + _width(word) + 6, _WIDTH - 20)


def _svg(parts: Iterable[str], height: float, name: str) -> str:
    """Ids begin with the name, so that both pictures can stand in one page.

    Browsers know the bundled font by its condensed name, typst by the name of its family.
    """
    patterns = "".join(
        f'<pattern id="{name}-{kind}" width="1.8" height="1.8" patternUnits="userSpaceOnUse">'
        f'<rect width="1.8" height="1.8" fill="#fff"/>{drawing}</pattern>'
        for kind, drawing in _PATTERNS.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH:g}mm" height="{_number(height)}mm" '
        f'viewBox="0 0 {_WIDTH:g} {_number(height)}" font-size="{_LETTER}" font-stretch="condensed" '
        f'font-family="DejaVu Sans Condensed, DejaVu Sans, Arial, sans-serif">'
        f"<defs>{patterns}</defs>{''.join(parts)}</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{_number(x)}" y="{_number(y)}"{placed}>{escape(_plain(text))}</text>'


def _rect(x: float, y: float, wide: float, fill: str, stroke: float) -> str:
    size = f'width="{_number(wide)}" height="{_BAR}"'
    return f'<rect x="{_number(x)}" y="{_number(y)}" {size} fill="{fill}" stroke="#000" stroke-width="{stroke}"/>'


def _line(x: float, y: float, to_x: float, to_y: float, stroke: str, thick: float, dash: str = "") -> str:
    ends = f'x1="{_number(x)}" y1="{_number(y)}" x2="{_number(to_x)}" y2="{_number(to_y)}"'
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line {ends} stroke="{stroke}" stroke-width="{thick}"{dashes}/>'


def _number(value: float) -> str:
    return f"{round(value, 2):g}"


def _plain(text: str) -> str:
    """One line of text without characters that act, or that XML forbids; not escaped."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", " ".join(clean(text).split()))


def _width(text: str) -> float:
    """At most how wide the text stands: an SVG does not say, and does not wrap."""
    return sum(map(_share, text)) * _LETTER


def _fit(text: str, room: float) -> str:
    """The text, cleaned, its end replaced by … where there is no room for all of it."""
    text = _plain(text)
    if _width(text) <= room:
        return text
    used = _share("…") * _LETTER
    for end, character in enumerate(text):
        used += _share(character) * _LETTER
        if used > room:
            return text[:end].rstrip() + "…"
    return text


def _share(character: str) -> float:
    base = unicodedata.normalize("NFD", character)[0]  # an accent adds no width
    if base in _SHARES or unicodedata.combining(base):
        return _SHARES.get(base, 0.0)
    if not base.isascii():
        return 1.05
    return 0.585 if base.islower() or base.isdigit() else 0.72
