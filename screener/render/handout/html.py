"""The hand-out as one self-contained HTML page that prints well."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from screener.errors import clean
from screener.render.page import page_of

if TYPE_CHECKING:
    from jinja2 import Template

    from screener.render.handout.content import HandOut


def render_html(hand_out: HandOut) -> str:
    """Fill the page; every text is escaped, and nothing is fetched from anywhere."""
    return _template().render(page=hand_out, word=hand_out.language.word, words=hand_out.language.words)


@cache
def _template() -> Template:
    return page_of(__package__, clean)
