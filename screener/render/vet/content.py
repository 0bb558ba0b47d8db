"""What `screener vet` says, whatever it is written as: sections of entries, texts only, nothing of them is markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.model.trust import TrustKind
from screener.render.console import one_line
from screener.truth import Truth
from screener.vet.account import Standing
from screener.vet.numbers import meaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from screener.registry.records import Record
    from screener.vet.account import Account, Finding, Held, Quote

CLOSING = (
    "This lists what the text says and leaves out. It does not say whether somebody is honest: ask the questions above."
)
LONGEST = 160  # characters of a quote
_AROUND = 70  # characters shown on each side of a short quote
_ENDS = re.compile(r"[.!?](?=[\s\"')]|$)|[\n\t]")
_MOST_QUOTES = 3
_MOST_NUMBERS = 12
_ANY_REGISTER = "A registration number: it is not an approval and not a place."
_REPORTED = frozenset({"pay_to_take_part", "promise"})
_REPORT = (  # domain.md 5
    "Whoever was asked to pay, or was promised an outcome, can tell the FDA (United States): "
    "MedWatch, its reporting program, or ocod@fda.hhs.gov."
)
_NEVER_CHECKED = (
    (
        "Pictures, what stands behind links, and what a page loads later were not looked at; nor whether names, prices "
        "and results are as the text says."
    ),
    "Statements are recognized in English only: in another language most are missed.",
)
_MARKS_OF_QUOTES = re.compile(r'["“”„‟«»″\uff02]')


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at, and when: `words` of visible text, None where there was none and questions were answered.

    `fetching` is the command that would hold the numbers of trials against the registry, "" where none would. `text` is
    the visible text, from which a short quote gets the rest of its sentence.
    """

    name: str
    day: date
    words: int | None = None
    fetching: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to read: a title, the words of the page, then texts each with its label ("" for none)."""

    title: str
    quotes: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of a kind, each under the same mark; `text` is what is said before them."""

    id: str
    title: str
    mark: str
    entries: tuple[Entry, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole account, in the order in which a navigator reads it."""

    looked: str
    sections: tuple[Section, ...]
    closing: str = CLOSING


def sheet_of(account: Account, looked: Looked) -> Sheet:
    """Put the account into sections; those that have nothing to say are left out."""
    sections = (
        _flags(account, looked.text),
        _differing(account, looked.text),
        _present(account, looked.text),
        _absent(account),
        Section("registrations", "Registrations", "#", tuple(_registrations(account))),
        _unchecked(account, looked),
        _report(account),
    )
    return Sheet(_looked(looked), tuple(section for section in sections if section.entries or section.text))


def cut(text: str) -> str:
    """Text from outside, harmless, on one line, of at most `LONGEST` characters, cut between words where it can be."""
    text = one_line(text)
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST - 1]
    return f"{(head.rpartition(' ')[0] or head[:-1]).rstrip()} …"


def record_day(record: Record) -> str:
    """How to name a record by the day of its data, or by that on which it came here."""
    return f"record of {record.data_day}" if record.data_day else f"record kept on {record.stamp.fetched:%Y-%m-%d}"


def _looked(looked: Looked) -> str:
    what = "answers to questions" if looked.words is None else f"{looked.words:,} words of visible text"
    return f"Looked at {cut(looked.name)}: {what}, on {looked.day}"


def in_its_sentence(quote: Quote, text: str) -> str:
    """The words quoted with the rest of their sentence or line, as far as it is short: a word alone tells little."""
    if text[quote.start : quote.end] != quote.text or len(quote.text) >= _AROUND:
        return quote.text
    before = text[max(0, quote.start - _AROUND) : quote.start]
    after = text[quote.end : quote.end + _AROUND]
    begin = max((found.end() for found in _ENDS.finditer(before)), default=0)
    end = found.end() if (found := _ENDS.search(after)) else len(after)
    head, tail = before[begin:], after[:end]
    if not begin and quote.start > _AROUND:
        head = f"… {head.partition(' ')[2]}"
    if not found and quote.end + _AROUND < len(text):
        tail = f"{tail.rpartition(' ')[0]} …"
    return f"{head}{quote.text}{tail}".strip()


def _quoted(quotes: Iterable[Quote], text: str) -> tuple[str, ...]:
    """The words of the page in quotation marks; none inside them can end the quotation."""
    told = (cut(in_its_sentence(quote, text)) for quote in quotes)
    texts = list(dict.fromkeys(f'"{_MARKS_OF_QUOTES.sub(chr(39), words)}"' for words in told))
    more = len(texts) - _MOST_QUOTES
    return (*texts[:_MOST_QUOTES], *([f"and in other words: {more} more"] if more > 0 else ()))


def _flags(account: Account, text: str) -> Section:
    flags = account.of(TrustKind.FLAG)
    found = tuple(
        Entry(
            one.item.title,
            _quoted(one.quotes, text),
            (*_note(one), ("Why", one.item.why), ("Next", one.item.next)),
        )
        for one in flags
        if one.standing in {Standing.PRESENT, Standing.CONTRADICTED}
    )
    seen = sum(one.standing is not Standing.UNKNOWN for one in flags)
    none = (
        f"None of the {seen} looked for was recognized. That is no proof: some may be there; --ask goes through them."
        if seen and not found
        else ""
    )
    return Section("flags", "Red flags found", "!", found, none)


def _differing(account: Account, text: str) -> Section:
    entries = [entry for held in account.trials for entry in _differences(held, text)]
    entries += [
        Entry(one.item.title, () if entries else _quoted(one.quotes, text), (*_note(one), ("Next", one.item.next)))
        for one in account.of(TrustKind.SIGNAL)
        if one.standing is Standing.CONTRADICTED
    ]
    return Section("differing", "Contradicted by the registry", "x", tuple(entries))


def _differences(held: Held, text: str) -> Iterator[Entry]:
    points = [point for point in held.points if point.agrees is Truth.FALSE]
    if held.exists is Truth.FALSE:
        yield Entry(f"{cut(held.nct_id)}: the registry has no study of this number")
        return
    named = f"the {record_day(held.record)}" if held.record else "the record"
    for point in points:
        quotes = _quoted([point.quote] if point.quote else (), text)
        whole = point.quote and point.quote.text == point.page
        texts = [("The page says", cut(point.page))] if point.page and not whole else []
        if point.record:
            texts.append((f"{named[0].upper()}{named[1:]} says", cut(point.record)))
        yield Entry(f"{cut(held.nct_id)}: {point.what}", quotes, tuple(texts))


def _present(account: Account, text: str) -> Section:
    found = tuple(
        Entry(one.item.title, _quoted(one.quotes, text), _note(one))
        for one in account.of(TrustKind.SIGNAL)
        if one.standing is Standing.PRESENT
    )
    return Section("present", "Trust signals present", "+", found)


def _absent(account: Account) -> Section:
    found = tuple(
        Entry(one.item.title, (), (*_note(one), ("Next", one.item.next)))
        for one in account.of(TrustKind.SIGNAL)
        if one.standing is Standing.ABSENT
    )
    return Section("absent", "Trust signals not found", "-", found)


def _note(finding: Finding) -> tuple[tuple[str, str], ...]:
    return (("", cut(finding.note)),) if finding.note else ()


def _registrations(account: Account) -> Iterator[Entry]:
    """Each number once, with what its record says where that is at hand; what a register is, once each."""
    held = {trial.nct_id: trial for trial in account.trials}
    told: set[str] = set()
    numbers = list({one.number: one for one in account.registrations}.values())
    for one in numbers[:_MOST_NUMBERS]:
        trial = held.get(one.number)
        texts = _record(trial, trial.record) if trial and trial.record else ()
        if one.register not in told:
            texts = (("", meaning(one.register) or _ANY_REGISTER), *texts)
        told.add(one.register)
        yield Entry(f"{cut(one.number)} ({cut(one.register)})", (), texts)
    if more := len(numbers[_MOST_NUMBERS:]):
        yield Entry(f"and {more} more; all of them: -f json")


def _record(held: Held, record: Record) -> tuple[tuple[str, str], ...]:
    study = record.study
    status = study.status.replace("_", " ").lower() or "status not stated"
    if study.status_verified:
        status += f", verified {study.status_verified}"
    texts = [(f"The {record_day(record)}", cut("; ".join(filter(None, (study.brief_title, study.sponsor, status)))))]
    for label, truth in (("Agrees with the page", Truth.TRUE), ("Cannot be told", Truth.UNKNOWN)):
        if points := [point.what for point in held.points if point.agrees is truth and point.what != "exists"]:
            texts.append((label, ", ".join(dict.fromkeys(points))))
    return tuple(texts)


def _unchecked(account: Account, looked: Looked) -> Section:
    entries = []
    if numbers := [cut(held.nct_id) for held in account.trials if held.exists is Truth.UNKNOWN]:
        shown = ", ".join(numbers[:_MOST_QUOTES])
        more = f" and {len(numbers) - _MOST_QUOTES} more" if len(numbers) > _MOST_QUOTES else ""
        how = f": {looked.fetching}" if looked.fetching else ""
        entries.append(Entry(f"{shown}{more}: not held against the registry{how}"))
    unknown = [one for one in account.findings if one.standing is Standing.UNKNOWN]
    for note in sorted({one.note for one in unknown}, reverse=True):  # those without a note at the end
        titles = [one.item.title for one in unknown if one.note == note]
        entries.append(
            Entry("; ".join(titles), (), (("", cut(note)),)) if note else Entry(f"Not known: {'; '.join(titles)}")
        )
    if looked.words is not None:
        entries += [Entry(text) for text in _NEVER_CHECKED]
    return Section("unchecked", "Not checked", "?", tuple(entries))


def _report(account: Account) -> Section:
    found = any(one.item.id in _REPORTED and one.standing is Standing.PRESENT for one in account.findings)
    return Section("report", "Where to report", "", (), _REPORT if found else "")
