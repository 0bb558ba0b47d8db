"""The program's front door: global options, commands, and one place where everything that goes wrong ends."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from screener import __version__
from screener.cli.batch import batch
from screener.cli.checklist import checklist
from screener.cli.interview import interview
from screener.cli.landscape import landscape
from screener.cli.rules import rules_app
from screener.cli.screen import screen
from screener.cli.settings import Settings, put, say
from screener.cli.sql import sql
from screener.cli.template import template
from screener.cli.trials import trials_app
from screener.cli.vet import vet
from screener.errors import ExitCode, InputError

app = typer.Typer(
    name="screener",
    help="Pre-screen a patient for cell-therapy trials. It never says eligible: the trial team decides.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command()(interview)
app.command()(screen)
app.command()(checklist)
app.command()(batch)
app.command()(landscape)
app.command()(template)
app.command()(sql)
app.command()(vet)
app.add_typer(trials_app, name="trials")
app.add_typer(rules_app, name="rules")

_FLAGS = {"--no-input", "-q", "--quiet"}
_WITH_VALUE = {"--criteria", "--color"}


class Color(StrEnum):
    """When to color."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def _version(asked: bool) -> None:
    if asked:
        put(f"screener {__version__}\n")
        raise typer.Exit


@app.callback()
def global_options(
    context: typer.Context,
    criteria: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of rule files in place of those shipped (or set SCREENER_CRITERIA)."),
    ] = None,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask; what would be asked stays unknown.")] = False,
    color: Annotated[Color, typer.Option(help="Color the output; NO_COLOR is honored.")] = Color.AUTO,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but results and errors.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback has ended the program
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that every command shares."""
    context.obj = Settings(criteria, no_input, color.value, quiet)


def run(arguments: list[str]) -> int:
    """Run the program and give its exit code. Nothing that goes wrong shows a traceback or a patient's value."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        result = app(_globals_first(arguments), prog_name="screener", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.DONE
    except InputError as error:
        say(str(error))
        return error.exit_code
    except typer.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defense
        show = getattr(error, "show", None)  # a usage error; its class is click's or, in newer versions, typer's own
        if callable(show):
            show()
            return ExitCode.USAGE
        say(_internal(error))
        return ExitCode.INTERNAL


def leave(code: int) -> NoReturn:
    """End the program, also while a thread still reads input that may never end: in the usual way Python crashes if
    that thread wakes when all is torn down.
    """
    if any(thread.daemon for thread in threading.enumerate()):
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _internal(error: Exception) -> str:
    """Say where the program failed, but nothing of the data it held."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"
    return (
        f"Error: screener {__version__} failed inside ({type(error).__name__} at {place})\n"
        "  Fix: this is a fault of the program; please report this line. No data was changed."
    )


def _globals_first(arguments: list[str]) -> list[str]:
    """Let global options stand after the command too."""
    first: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _FLAGS or word.split("=", 1)[0] in _WITH_VALUE:
            first.append(word)
            if word in _WITH_VALUE and (value := next(words, None)) is not None:
                first.append(value)
        else:
            rest.append(word)
    return first + rest
