"""The checklist as one self-contained HTML page: to print, or to fill in on the screen and then print."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from screener.errors import clean
from screener.render.checklist.picture import factors_picture, factors_words, waits_picture, waits_words
from screener.render.page import page_of

if TYPE_CHECKING:
    from jinja2 import Template

    from screener.checklist import Entry, Sheet, Summary
    from screener.render.checklist.paper import Paper

_SIGN_AND_NUMBER = re.compile(r"([<>≤≥=≈~±]) +(?=\d)")
_BLANK = re.compile(r"_{3,}")  # the line that a head has where no patient is named
_LONG = re.compile(r"\S{40}")  # the foot of a page breaks no word by itself
_CROWDED = 1500  # letters of a summary that need closer lines to stay on one page
# Shares of the width, in percent: No., Criterion, each box, Not known, Value, By when, Source document,
# Initials and date, Verified, Comment.
_BLANK_SHARES = (6.4, 21.4, 3.3, 3.3, 3.3, 0, 18.5, 9.5, 14, 6.3, 6.6, 7.4)
_FILLED_SHARES = (6.4, 19, 3.3, 3.3, 3.3, 4.8, 16.5, 9.5, 14, 6.3, 6.6, 7)


def render_html(sheet: Sheet, paper: Paper, *, fillable: bool = False) -> str:
    """Fill the page for the paper; every text of the sheet is escaped, and nothing is fetched from anywhere.

    A fillable page holds one script of its own, allowed by its fingerprint; without it there is no script at all.
    """
    width, height = paper.millimeters
    script = _script() if fillable else ""
    return _template().render(
        sheet=sheet,
        word=sheet.word,
        fillable=fillable,
        script=script,
        script_hash=_fingerprint(script),
        rules=_shape(sheet),
        page_size=f"{width:g}mm {height:g}mm",
        shares=[share for share in (_FILLED_SHARES if sheet.filled else _BLANK_SHARES) if share],
        missing=_by_supplier(sheet.summary) if sheet.summary else {},
        crowded=sheet.summary is not None and _letters(sheet.summary) > _CROWDED,
        head=_head(sheet, fillable=fillable),
        factors=(factors_picture(sheet.summary), factors_words(sheet.summary)) if sheet.summary else ("", ""),
        waits=(waits_picture(sheet), waits_words(sheet)),
    )


def _head(sheet: Sheet, *, fillable: bool) -> tuple[str, str, str]:
    """The head before, in, and after the place of the patient, if that is to follow the field of the subject's id."""
    blank = _BLANK.search(sheet.head)
    label = sheet.word("Subject id and initials")
    if not (fillable and blank and any(name == label for name, _ in sheet.about)):
        return sheet.head, "", ""
    return sheet.head[: blank.start()], blank[0], sheet.head[blank.end() :]


def _by_supplier(summary: Summary) -> dict[str, list[str]]:
    """What is missing, by who can supply it: run on in lines, so that even a summary without answers is one page."""
    missing: dict[str, list[str]] = {}
    for name, who in summary.missing:
        missing.setdefault(who, []).append(name)
    return missing


def _letters(summary: Summary) -> int:
    """How much there is to read on the page of the summary."""
    missing = sum(len(name) + 2 for name, _ in summary.missing)
    return missing + sum(len(text) + 2 for text in (*summary.reasons, *summary.manual))


def _shape(sheet: Sheet) -> str:
    """A fingerprint of everything that is asked for, whoever the patient: a saved state fits only the same shape."""
    asked = [
        sheet.language,
        sheet.filled,
        [name for name, _ in sheet.about],
        [
            [row.id, row.text, row.place, row.when, row.good.value, [[e.name, *_asks(e)] for e in row.entries]]
            for section in sheet.sections
            for row in section.rows
        ],
        [[wait.criterion, wait.rule] for wait in sheet.waits],
        sheet.conclusion,
        sheet.foot,
    ]
    return hashlib.sha256(json.dumps([sheet.trial, asked]).encode()).hexdigest()[:16]


def _asks(entry: Entry) -> tuple[bool, bool]:
    """Whether there is a place for the limit of normal, and for the day of the test."""
    return bool(entry.limit or entry.wants_limit), bool(entry.date or entry.wants_date)


def _number_and_unit(entry: Entry) -> tuple[str, str]:
    """What stands in the field of an entry and what stands behind it, so that a unit is never said twice."""
    if not entry.value:
        return "", entry.unit
    bare = entry.value.removesuffix(entry.unit)
    return (bare.rstrip(), entry.unit) if entry.unit and bare != entry.value else (entry.value, "")


def _kept(text: str) -> str:
    """The text made harmless, each comparison sign tied to its number."""
    return _SIGN_AND_NUMBER.sub("\\1\N{NO-BREAK SPACE}", clean(text))


def _css(text: str) -> str:
    """The inside of a string of CSS: whatever is not plain is written as its number."""
    breakable = _LONG.sub("\\g<0>\N{ZERO WIDTH SPACE}", re.sub(r"[\t\n]", " ", _kept(text)))
    return re.sub(r"[^A-Za-z0-9]", lambda found: f"\\{ord(found[0]):06x}", breakable)


def _fingerprint(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _script() -> str:
    return files(__package__).joinpath("fill.js").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    return page_of(__package__, _kept, css=_css, number_and_unit=_number_and_unit, asks=_asks)
