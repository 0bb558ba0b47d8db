"""Every word of the interface that a language has to know, read from the sources and from the enumerations."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from screener.checklist.waits import PERIODS
from screener.checklist.words import AT, CONCLUSION, FACTORS, FOOT, PAGE_WORDS, PLACES, READINGS, SIGNED, TITLES
from screener.compile.trial import STATUSES
from screener.dates import Period
from screener.expr import Anchor
from screener.known import UNIT_WORDS
from screener.model import Factor, Outcome, Verdict, Who
from screener.session import TOLD
from screener.travel import CRITERION as TRAVEL
from screener.words import DISCLAIMER, NOT_REVIEWED
from tests.program import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = REPOSITORY / "screener"
PAGE = SOURCES / "render" / "handout" / "page.html"
_IN_PAGE = re.compile(r'\bwords?\("((?:[^"\\]|\\.)*)"(?:, "((?:[^"\\]|\\.)*)")?')
# What people type or choose; typed.py and known.py say these through variables.
TYPED = ("yes", "no", "never", "none", "ongoing", "today", "yesterday")
AGO = tuple(f"{{number}} {period}{s} ago" for period in ("day", "week", "month", "year") for s in ("", "s"))


def messages() -> dict[str, str]:
    """Each message with its plural; the plural is empty for most."""
    found = dict.fromkeys((*TYPED, *AGO, *TOLD, *UNIT_WORDS, DISCLAIMER, NOT_REVIEWED, TRAVEL.text), "")
    found |= {
        item.value.replace("_", " "): "" for kind in (Verdict, Outcome, Who, Factor, Anchor, Period) for item in kind
    }
    found |= {status.replace("_", " "): "" for status in STATUSES}
    sheet = (
        *PAGE_WORDS,
        *PLACES,
        *FACTORS.values(),
        *TITLES.values(),
        *READINGS.values(),
        *AT.values(),
        *FOOT,
        *SIGNED,
        *CONCLUSION,
    )
    found |= dict.fromkeys((*sheet, "inclusion", "exclusion"), "")
    found |= dict(PERIODS.values())
    for path in sorted(SOURCES.rglob("*.py")):
        found |= dict(_of_source(path.read_text(encoding="utf-8")))
    found |= {one: many or "" for one, many in _IN_PAGE.findall(PAGE.read_text(encoding="utf-8"))}
    return found


def _of_source(text: str) -> Iterator[tuple[str, str]]:
    tree = ast.parse(text)
    named = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [_text(argument, named) for argument in node.args]
        if called == "word" and texts and texts[0]:
            yield texts[0], ""
        elif called == "words" and len(texts) > 1 and texts[0]:
            yield texts[0], texts[1]
        elif called == "BadAnswer":
            yield from ((part, "") for part in texts[:2] if part)


def _text(argument: ast.expr, named: dict[str, str]) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return named.get(argument.id, "") if isinstance(argument, ast.Name) else ""
