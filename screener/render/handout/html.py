"""The hand-out as one self-contained HTML page that prints well."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from screener.errors import clean

if TYPE_CHECKING:
    from jinja2 import Template

    from screener.render.handout.content import HandOut


def render_html(hand_out: HandOut) -> str:
    """Fill the page; every text is escaped, and nothing is fetched from anywhere."""
    return _template().render(page=hand_out, word=hand_out.language.word, words=hand_out.language.words)


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only pages need it, and it takes time

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value,
    )
    return environment.from_string(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
