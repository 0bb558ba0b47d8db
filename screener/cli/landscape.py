"""`screener landscape`: what is approved where, and what else there is to ask about."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.settings import Settings, day_option, put, today
from screener.errors import NoInputError, Problem, UsageError

if TYPE_CHECKING:
    from screener.model import TumorTypes

_SUGGESTIONS = 6


class Format(StrEnum):
    """How it is written."""

    TABLE = "table"
    JSON = "json"
    MD = "md"


def landscape(
    context: typer.Context,
    tumor: Annotated[
        str | None, typer.Option(metavar="TYPE", help="Only what concerns this tumor: a name or an OncoTree code.")
    ] = None,
    form: Annotated[Format, typer.Option("-f", "--format", help="How to write it.")] = Format.TABLE,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day of reading, today when left out: old entries say so.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file.")] = None,
) -> None:
    """Show what is approved where, targets, other paths, steps and side effects, each with date and source."""
    from screener.catalog import load_dictionary, load_landscape
    from screener.model.landscape import Landscape
    from screener.render.landscape import View, render_json, render_markdown, render_table

    settings: Settings = context.obj
    day = day_option(as_of) or today()
    folder = settings.folder()
    dictionary = load_dictionary(folder)
    whole = load_landscape(folder, dictionary)
    if whole == Landscape():
        problem = f"{folder} has no landscape.yaml"
        raise NoInputError(Problem(problem, "leave out --criteria and SCREENER_CRITERIA to read the one shipped"))
    types = dictionary.tumor_types
    code = "" if tumor is None else one_code(tumor, types)
    view = View(whole.about(types.below(code), types) if code else whole, whole, types.names, code, day)
    match form:
        case Format.TABLE:
            put(render_table(view, width=settings.width(), color=settings.colored() and output is None), output)
        case Format.MD:
            put(render_markdown(view), output)
        case Format.JSON:
            put(render_json(view), output)


def one_code(tumor: str, types: TumorTypes) -> str:
    """The one tumor type that is called so. Raises UsageError."""
    found = sorted(types.find(tumor))
    if len(found) == 1:
        return found[0]

    def listed(codes: list[str]) -> str:
        return "; ".join(f"{code} ({types.names[code]})" for code in codes)

    if found:
        raise UsageError(Problem(f"several tumor types are called `{tumor}`", f"name one by its code: {listed(found)}"))
    near = listed(list(types.near(tumor))[:_SUGGESTIONS])
    remedy = f"did you mean {near}?" if near else "write an OncoTree code or name, such as PLMESO"
    raise UsageError(Problem(f"the tumor type `{tumor}` is not known", remedy))
