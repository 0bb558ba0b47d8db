"""Templates of HTML pages: every text is escaped, and what is missing is an error."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Template


def page_of(package: str, harmless: Callable[[str], str], **filters: Callable[..., object]) -> Template:
    """The template `page.html` of a package; `harmless` goes over each text before it is escaped."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only pages need it, and it takes time

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: harmless(value) if isinstance(value, str) and not hasattr(value, "__html__") else value,
    )
    environment.filters.update(filters)
    return environment.from_string(files(package).joinpath("page.html").read_text(encoding="utf-8"))
