"""How well `screener vet` finds what a careful reader marks: precision and recall on the texts of tests/vet.

Labels and scoring: tests/vet/README.md. The sets are counted apart: the texts and the sentences that the phrases were
written with, the five documents of ../shared (where it exists), and what was kept from whoever wrote the phrases. Of
the first, each miss and false alarm is listed; of what was kept, numbers alone. Run from the repository root:

    python -m benchmarks.vet [--held-out]
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from screener.catalog import criteria_folder, load_dictionary, load_landscape, load_trust
from screener.model.landscape import approvals
from screener.model.trust import TrustKind
from screener.registry.cache import Stamp
from screener.registry.read import read_study
from screener.registry.records import Record
from screener.vet.account import Standing
from screener.vet.examine import examine
from screener.vet.hold import NO_SUCH_STUDY, hold
from screener.vet.numbers import registrations
from screener.vet.page import of_words, read_page

if TYPE_CHECKING:
    from screener.model import Dictionary
    from screener.model.trust import TrustItem
    from screener.vet.account import Account
    from screener.vet.flags import Approval
    from screener.vet.page import VisibleText

VET = Path(__file__).parents[1] / "tests" / "vet"
SHARED = Path(__file__).parents[2] / "shared"
STAMP = Stamp("2.0.5", "2026-11-20T09:00:05", datetime(2026, 11, 22, tzinfo=UTC))

Entry = dict[str, Any]


@dataclass
class Score:
    """Of a set of texts: what was found, missed and wrongly reported, by id."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    pages: Counter[str] = field(default_factory=Counter)  # bad ones and honest ones, and what was shown of them

    def add(self, entry: Entry, page: VisibleText, account: Account) -> None:
        """Count one text. It is honest if no flag may be reported, bad if one must be."""
        flags = {finding.item.id for finding in account.of(TrustKind.FLAG)}
        wanted = flags & entry["present"].keys()
        shown_flags = reported(account) & flags
        honest = flags <= set(entry["absent"])
        self.pages["bad"] += bool(wanted)
        self.pages["bad, with a right flag"] += bool(wanted & shown_flags)
        self.pages["honest"] += honest
        self.pages["honest, with a false flag"] += honest and bool(shown_flags)
        for finding in account.findings:
            name = finding.item.id
            is_reported = finding.standing in {Standing.PRESENT, Standing.CONTRADICTED}
            quoted = [(quote.start, quote.end) for quote in finding.quotes]
            shown = "; ".join(quote.text for quote in finding.quotes[:3])
            if name in entry["present"]:
                if is_reported and overlaps(page.text, quoted, entry["present"][name]):
                    self.found[name] += 1
                else:
                    self.missed[name] += 1
                    self.notes.append(f"{entry['file']}: missed {name}" + (f", seen in: {shown}" if shown else ""))
            elif name in entry["absent"] and is_reported:
                self.false[name] += 1
                self.notes.append(f"{entry['file']}: false alarm {name}: {shown}")


def overlaps(text: str, quoted: list[tuple[int, int]], spans: list[str]) -> bool:
    """Whether a quotation overlaps an occurrence of one of the spans, white space and case aside."""
    for span in spans:
        pattern = r"\s+".join(map(re.escape, span.split()))
        for found in re.finditer(pattern, text, re.IGNORECASE):
            if any(start < found.end() and found.start() < end for start, end in quoted):
                return True
    return False


@dataclass(frozen=True)
class Bench:
    """What pages are held against."""

    items: tuple[TrustItem, ...]
    dictionary: Dictionary
    records: dict[str, Record]
    unknown: frozenset[str]
    approvals: tuple[Approval, ...]

    def account(self, page: VisibleText) -> Account:
        """Examine a page."""
        numbers = registrations(page.text)
        held = hold(page.text, numbers, lambda name: NO_SUCH_STUDY if name in self.unknown else self.records.get(name))
        return examine(page, self.items, numbers, held, self.dictionary.tumor_types, self.approvals)


def bench(unknown: frozenset[str]) -> Bench:
    """The shipped items with the records of the tests; the registry has no study of the numbers `unknown`."""
    folder = criteria_folder()
    studies = [read_study(json.loads(path.read_text(encoding="utf-8"))) for path in (VET / "records").glob("*.json")]
    records = {study.nct_id: Record(study, STAMP) for study in studies}
    dictionary = load_dictionary(folder)
    known = tuple((names, frozenset(codes), by) for names, codes, by in approvals(load_landscape(folder, dictionary)))
    return Bench(load_trust(folder), dictionary, records, unknown, known)


def score(entries: list[Entry], root: Path, held_against: Bench) -> Score:
    """Count these texts, whose files stand under `root`."""
    result = Score()
    for entry in entries:
        page = read_page(root / entry["file"])
        result.add(entry, page, held_against.account(page))
    return result


def score_sentences(path: Path, held_against: Bench) -> tuple[int, Score]:
    """Count sentences, each read as a page of its own: how many, and whether its id alone is reported."""
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    result, count = Score(), 0
    for name, cases in read.items():
        for wanted in ("present", "absent"):
            for words in cases[wanted]:
                count += 1
                is_there = name in reported(held_against.account(of_words(words)))
                if wanted == "present" and is_there:
                    result.found[name] += 1
                elif wanted == "present":
                    result.missed[name] += 1
                    result.notes.append(f"missed {name}: {words!r}")
                elif is_there:
                    result.false[name] += 1
                    result.notes.append(f"false alarm {name}: {words!r}")
    return count, result


def reported(account: Account) -> set[str]:
    """The ids that an account reports."""
    return {one.item.id for one in account.findings if one.standing in {Standing.PRESENT, Standing.CONTRADICTED}}


def expected(path: Path) -> tuple[list[Entry], frozenset[str]]:
    """The entries of a file of labels, and the numbers that the registry does not know."""
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read["texts"], frozenset(read["not_registered"])


def table(result: Score, items: tuple[TrustItem, ...]) -> str:
    """Precision and recall by id and in all."""
    lines = [f"{'':24} found missed false  precision recall"]
    names = [item.id for item in items]
    rows = [(name, result.found[name], result.missed[name], result.false[name]) for name in names]
    rows.append(("all", result.found.total(), result.missed.total(), result.false.total()))
    for name, found, missed, false in rows:
        precision = f"{found / (found + false):.2f}" if found + false else "-"
        recall = f"{found / (found + missed):.2f}" if found + missed else "-"
        lines.append(f"{name:24} {found:5} {missed:6} {false:5}  {precision:>9} {recall:>6}")
    return "\n".join(lines)


def main() -> None:
    entries, unknown = expected(VET / "expected.yaml")
    ours = bench(unknown)
    seeds = [entry for entry in entries if entry["file"].startswith("seeds/")]
    sets = [("the texts", [entry for entry in entries if entry not in seeds], VET, ours)]
    if (SHARED / "seeds").is_dir():
        sets.append(("the five documents", seeds, SHARED, ours))
    for name, texts, root, held_against in sets:
        show(name, len(texts), score(texts, root, held_against), ours.items)
    show("sentences", *score_sentences(VET / "sentences.yaml", ours), ours.items)
    if "--held-out" in sys.argv[1:]:
        show("sentences kept", *score_sentences(VET / "kept" / "sentences.yaml", ours), ours.items, listed=False)
        for folder in (VET / "held_out", VET / "held_out_2"):
            for labels in sorted(folder.glob("expected*.yaml")):
                apart, unknown = expected(labels)
                result = score(apart, folder, bench(unknown))
                show(folder.name, len(apart), result, ours.items, listed=False)


def show(name: str, count: int, result: Score, items: tuple[TrustItem, ...], *, listed: bool = True) -> None:
    print(f"{name}: {count}\n{table(result, items)}")
    if result.pages:
        print("pages: " + "; ".join(f"{number} {kind}" for kind, number in result.pages.items()))
    print("\n".join([*result.notes, ""] if listed else [""]))


if __name__ == "__main__":
    main()
