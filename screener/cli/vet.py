"""`screener vet`: what a page or an offer says, what it leaves out, and how it stands beside the registry."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.settings import Settings, put, today
from screener.cli.source import Input
from screener.errors import ExitCode, InputError, NoInputError, Problem, UsageError

if TYPE_CHECKING:
    from screener.cli.trust_records import TrustRecords
    from screener.render.vet import Looked
    from screener.vet.account import Account
    from screener.vet.page import VisibleText

_ADDRESS = re.compile(r"(?:[a-z]{2,6}://|www\.)\S+", re.IGNORECASE)
_ENDINGS = (".html", ".htm", ".mhtml", ".mht", ".txt", ".md", ".pdf", ".docx")


class VetFormat(StrEnum):
    """How the account is written."""

    TABLE = "table"
    JSON = "json"
    MD = "md"
    HTML = "html"


def vet(
    context: typer.Context,
    text: Annotated[
        str | None,
        typer.Argument(metavar="[TEXT]", help="A saved page or text file, - for stdin, or the words themselves."),
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask about an offer, or about what the text leaves open.")] = False,
    input_file: Input = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Ask the registry for the NCT numbers; nothing else leaves the machine.")
    ] = False,
    form: Annotated[VetFormat, typer.Option("-f", "--format", help="How to write it.")] = VetFormat.TABLE,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to a file.")] = None,
) -> int:
    """List the trust signals and red flags of a page on a treatment, each with its words. It gives no verdict."""
    from screener.cli.dialog import End
    from screener.cli.lines import Lines
    from screener.cli.trust_questions import Questions
    from screener.cli.trust_records import TrustRecords
    from screener.render.vet import Looked

    settings: Settings = context.obj
    if ask and settings.no_input:
        raise UsageError(Problem("--ask asks, and --no-input forbids it", "leave one of the two out"))
    _check(text, input_file, ask=ask, fetch=fetch)
    page = None if text is None else _page(text)
    records = TrustRecords(settings)
    account = _account(settings, page, records, input_file, fetch=fetch)
    end = End.FINISHED
    if ask:
        end, findings = Questions(Lines(), settings).ask(account.findings, had_text=page is not None)
        account = replace(account, findings=findings)
    looked = Looked("an offer", today())
    if page:
        text = page.visible.text
        looked = Looked(page.name, today(), len(text.split()), "" if fetch else page.fetching, text)
    put(_rendered(form, account, looked, settings), output)
    if end is End.INTERRUPTED:
        return ExitCode.INTERRUPTED
    if records.failed:
        return ExitCode.NETWORK
    return ExitCode.DONE if end is End.FINISHED else ExitCode.UNFINISHED


@dataclass(frozen=True)
class Page:
    """The visible text of what was named; `fetching` is how to have its numbers held against the registry."""

    name: str
    visible: VisibleText
    fetching: str


def _check(text: str | None, input_file: Path | None, *, ask: bool, fetch: bool) -> None:
    """Refuse what does not fit together. Raises UsageError."""
    if text is None and (not ask or input_file or fetch):
        raise UsageError(Problem("nothing is named to look at", "name a saved page or a text file, or use --ask alone"))
    if text is not None and _ADDRESS.fullmatch(text):
        remedy = "save the page in a browser, and name the file: screener vet page.html"
        raise UsageError(Problem("this is a web address, and nothing is fetched from the web", remedy))
    from_stdin = [text == "-", str(input_file) == "-", ask]
    if sum(from_stdin) > 1 and any(from_stdin[:2]):
        names = [name for name, used in zip(("TEXT", "--input", "--ask"), from_stdin, strict=True) if used]
        problem = f"standard input cannot serve {' and '.join(names)} at once"
        raise UsageError(Problem(problem, "save the text or the answer in a file, and name the file"))


def _page(named: str) -> Page:
    """Read a file, standard input, or the words themselves. Raises NoInputError, UsageError, InputError."""
    from screener.vet.page import of_words, read_page

    again = "the same command with --fetch asks it"
    if named == "-":
        page = Page("standard input", read_page(Path(named)), again)
    elif not named.strip():
        raise UsageError(Problem("there are no words to look at", "name a saved page or a text file"))
    elif _are_words(named):
        page = Page("the words given", of_words(named), again)
    else:
        page = Page(named, read_page(Path(named)), f"screener vet {shlex.quote(named)} --fetch")
    if not page.visible.text.strip():
        remedy = "open it in a browser, and save its text; a page whose words come from a script has none in its file"
        raise InputError(Problem(f"{page.name} has no words to look at", remedy))
    return page


def _are_words(named: str) -> bool:
    """Whether the text itself is meant: nothing of this name is there, and it looks like no file's name."""
    with suppress(OSError, ValueError):  # what is too long for a name, or cannot be one
        if Path(named).exists():
            return False
    return len(named.split()) > 1 and not named.lower().endswith(_ENDINGS)


def _account(
    settings: Settings, page: Page | None, records: TrustRecords, input_file: Path | None, *, fetch: bool
) -> Account:
    """What is found in the page, held against the records; without a page nothing is known yet."""
    from screener.catalog import load_dictionary, load_landscape, load_trust
    from screener.model.landscape import approvals
    from screener.vet.account import Account, Finding, Standing
    from screener.vet.examine import examine
    from screener.vet.hold import hold
    from screener.vet.numbers import CLINICALTRIALS, registrations

    folder = settings.folder()
    items = load_trust(folder)
    if not items:
        remedy = "copy trust.yaml there from the rules that are shipped"
        raise NoInputError(Problem(f"{folder} has no trust.yaml: there is nothing to look for", remedy))
    if page is None:
        return Account(tuple(Finding(item, Standing.UNKNOWN) for item in items))
    found = registrations(page.visible.text)
    records.collect([one.number for one in found if one.register == CLINICALTRIALS], input_file, fetch=fetch)
    held = hold(page.visible.text, found, records.of)
    dictionary = load_dictionary(folder)
    uses = [(names, frozenset(codes), by) for names, codes, by in approvals(load_landscape(folder, dictionary))]
    return examine(page.visible, items, found, held, dictionary.tumor_types, uses)


def _rendered(form: VetFormat, account: Account, looked: Looked, settings: Settings) -> str:
    from screener.render.vet import render_html, render_json, render_markdown, render_table, sheet_of

    match form:
        case VetFormat.TABLE:
            return render_table(sheet_of(account, looked), width=settings.width(), color=settings.colored())
        case VetFormat.JSON:
            return render_json(account, looked)
        case VetFormat.MD:
            return render_markdown(sheet_of(account, looked))
        case VetFormat.HTML:
            return render_html(sheet_of(account, looked))
