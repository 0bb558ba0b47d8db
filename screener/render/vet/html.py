"""The account of a page as one self-contained HTML page that prints well."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from screener.errors import clean
from screener.render.page import page_of

if TYPE_CHECKING:
    from jinja2 import Template

    from screener.render.vet.content import Sheet


def render_html(sheet: Sheet) -> str:
    """Fill the page; every text is escaped, and nothing is fetched from anywhere."""
    return _template().render(sheet=sheet)


@cache
def _template() -> Template:
    return page_of(__package__, clean)
