"""docs/sources.md accounts for every line of the five documents, and names only what the program has; the landscape
that it leads to says of every entry where, when and by whom.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from screener.catalog import load_dictionary
from screener.source import Mapping, Node, Reader, Sequence, load

ROOT = Path(__file__).parents[1]
CRITERIA = ROOT / "criteria"
SEEDS = ROOT.parent / "shared" / "seeds"
DOCUMENT = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
DOCUMENTS = ("000", "001", "002", "003", "004")
REASONS = ("wrong", "contradicted", "outdated", "promotional", "out of scope", "no statement")
# Section 5 of the project's domain notes: ten signals of trust, fifteen red flags.
TRUST = frozenset(
    re.findall(
        r"\w+",
        """
        registry_id target tumor_type phase_status_date center eligibility investigational limits_and_risks
        alternatives consent_oversight
        cure_claim approved_claim pay_to_take_part registration_as_approval many_diseases testimonial promise
        bare_survival_figure phase1_as_care rush bundle stale_status lead_capture nci_number_as_site
        registry_contradiction
        """,
    )
)


class Row(NamedTuple):
    """A row of a table: the document, its lines, what uses it, and why it is not used."""

    document: str
    lines: range
    says: str
    used: tuple[str, ...]
    reason: str


def rows() -> list[Row]:
    found = []
    for part in re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]:
        for line in part.splitlines():
            if match := re.fullmatch(r"\| (\d+)(?:-(\d+))? \| (.+?) \| (.*?) ?\| (.*?) ?\|", line):
                first, last, says, used, reason = match.groups()
                lines = range(int(first), int(last or first) + 1)
                found.append(Row(part[:3], lines, says, tuple(re.findall(r"`(.+?)`", used)), reason))
    return found


ROWS = rows()
LANDSCAPE: dict[str, list[dict[str, Any]]] = yaml.safe_load((CRITERIA / "landscape.yaml").read_text(encoding="utf-8"))
ENTRIES = [(section, entry) for section, entries in LANDSCAPE.items() for entry in entries]
IDS = [entry["id"] for _, entry in ENTRIES]


def ids(name: str, key: str) -> set[str]:
    return {item["id"] for item in yaml.safe_load((CRITERIA / name).read_text(encoding="utf-8"))[key]}


NAMES = {
    "questions": ids("questions.yaml", "questions"),
    "teach_back": ids("teach_back.yaml", "points"),
    "profile": ids("profiles/solid_tumor_car_t.yaml", "criteria"),
    "facts": set(load_dictionary(CRITERIA).facts),
    "landscape": set(IDS),
    "trust": TRUST,
}


def known(reference: str) -> bool:
    kind, _, name = reference.partition(":")
    return name in NAMES.get(kind, ()) if name else (ROOT / reference).is_file()


# ---------------------------------------------------------------- the tables


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_has_rows_in_the_order_of_its_lines(document: str) -> None:
    lines = [line for row in ROWS if row.document == document for line in row.lines]
    assert lines
    assert lines == sorted(set(lines)), "a line stands in one row"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_line_of_a_document_is_accounted_for(document: str) -> None:
    paths = list(SEEDS.glob(f"{document}_*.txt"))
    if not paths:
        pytest.skip(f"document {document} is not in ../shared/seeds")
    text = paths[0].read_text(encoding="utf-8").splitlines()
    written = {number for number, line in enumerate(text, 1) if line.strip()}
    told = {line for row in ROWS if row.document == document for line in row.lines}
    assert written - told == set(), "lines that no row accounts for"
    assert told - set(range(1, len(text) + 1)) == set(), "lines that the document does not have"
    assert all(line in written for row in ROWS if row.document == document for line in (row.lines[0], row.lines[-1]))


def test_every_row_of_the_file_is_read() -> None:
    written = [line for line in DOCUMENT.splitlines() if re.match(r"\|\s*\d", line)]
    assert len(written) == len(ROWS)
    assert {row.document for row in ROWS} == set(DOCUMENTS)


@pytest.mark.parametrize("reference", sorted({name for row in ROWS for name in row.used}))
def test_what_a_row_names_is_in_the_program(reference: str) -> None:
    assert known(reference)


def test_a_name_that_the_program_does_not_have_is_seen() -> None:
    assert not any(map(known, ("questions:nothing", "landscape:", "screener/nothing.py", "other:trials", "docs")))


def test_trust_ids_are_those_of_the_trust_file() -> None:
    path = CRITERIA / "trust.yaml"
    if not path.exists():
        pytest.skip("criteria/trust.yaml is not here yet")
    words = set(re.findall(r"[a-z0-9_]+", path.read_text(encoding="utf-8")))
    assert {name.removeprefix("trust:") for row in ROWS for name in row.used if name.startswith("trust:")} <= words


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.document}-{row.lines[0]}")
def test_a_row_says_where_it_is_used_or_why_not(row: Row) -> None:
    assert row.used or row.reason
    assert not row.reason or row.reason.startswith(REASONS)
    if row.reason.startswith(("wrong", "contradicted", "outdated")):
        assert any(name.startswith("landscape:") for name in row.used), "what stands instead is named"


def test_no_row_repeats_a_sentence_of_the_documents() -> None:
    if not SEEDS.is_dir():
        pytest.skip("the five documents are not in ../shared/seeds")
    texts = [plain(path.read_text(encoding="utf-8")) for path in SEEDS.glob("*.txt")]
    ours = chain((row.says for row in ROWS), (entry[key] for _, entry in ENTRIES for key in ("says", "title")))
    for text in ours:
        words = plain(text).split()
        for start in range(len(words) - 8):
            run = " ".join(words[start : start + 9])
            assert not any(run in text for text in texts), run


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


# ---------------------------------------------------------------- the landscape

COMMON = {"id", "title", "says", "jurisdiction", "date", "source", "support", "checked", "tumors"}
KEYS = {
    "approvals": {"state"},
    "targets": {"target", "hla"},
    "classes": set(),
    "comparison": {"stands", "ask"},
    "steps": {"does", "lasts"},
    "side_effects": {"call"},
    "other_paths": {"ask"},
    "corrections": {"document", "lines", "claim", "why"},
}
CHOICES = {
    "jurisdiction": {"US", "China", "EU", "UK", "general"},
    "support": {"confirmed", "secondary", "document"},
    "hla": {"none", "required", "heterozygous_and_lost"},
    "state": {
        *("approved", "accelerated", "recommended", "opinion"),
        *("designation", "humanitarian_device", "label_change", "not_found"),
    },
}


def of_sections() -> list[Any]:
    return [pytest.param(section, entry, id=f"{section}-{entry['id']}") for section, entry in ENTRIES]


def test_the_sections_are_these_and_no_id_stands_twice() -> None:
    assert list(LANDSCAPE) == list(KEYS)
    assert len(IDS) == len(set(IDS))


@pytest.mark.parametrize(("section", "entry"), of_sections())
def test_an_entry_says_where_when_and_by_whom(section: str, entry: dict[str, Any]) -> None:
    granted = entry.get("state") in {"approved", "accelerated", "recommended", "humanitarian_device"}
    assert entry.keys() == COMMON | KEYS[section] | ({"products"} if granted else set())
    assert all(entry.values())
    assert all(entry[key] in choices for key, choices in CHOICES.items() if key in entry)
    checked = date.fromisoformat(entry["checked"])
    assert re.fullmatch(r"\d{4}(-\d\d){0,2}", entry["date"])
    assert entry["date"] <= checked.isoformat()
    assert len(re.findall(r"[.?](?= [A-Z]|$)", entry["says"])) in {1, 2}


@pytest.mark.parametrize(("section", "entry"), of_sections())
def test_an_entry_is_about_tumors_that_the_vocabulary_has(section: str, entry: dict[str, Any]) -> None:
    names = load_dictionary(CRITERIA).tumor_types.names
    assert section in KEYS
    assert entry["tumors"] == ["any"] or set(entry["tumors"]) <= set(names)


@pytest.mark.parametrize(("section", "entry"), of_sections())
def test_entries_that_a_source_sends_the_reader_to_exist(section: str, entry: dict[str, Any]) -> None:
    sent = re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", entry["source"])
    assert set(sent) <= set(IDS) - {entry["id"]}, section


def test_no_entry_tells_anyone_what_to_take() -> None:
    text = (CRITERIA / "landscape.yaml").read_text(encoding="utf-8")
    assert re.findall(r"(?i)\b(you should|should take|you must|recommend(?!s this|ed\b)|best choice)\b", text) == []
    asked = [entry["ask"] for _, entry in ENTRIES if "ask" in entry]
    questions = chain.from_iterable([ask] if isinstance(ask, str) else ask for ask in asked)
    assert all(question.endswith("?") for question in questions)


def test_the_strict_loader_reads_every_text_as_text() -> None:
    reader = Reader()

    def read(node: Node) -> None:
        if isinstance(node, Mapping):
            for value in reader.mapping(node).values():
                read(value)
        elif isinstance(node, Sequence):
            for item in node.items:
                read(item)
        elif not re.fullmatch(r"\d+", node.value):  # the lines of a document are numbers
            reader.text(node)

    read(load(CRITERIA / "landscape.yaml"))
    assert [str(problem) for problem in reader.problems] == []


@pytest.mark.parametrize("entry", LANDSCAPE["corrections"], ids=lambda entry: entry["id"])
def test_a_correction_is_named_by_the_row_of_each_line_that_it_corrects(entry: dict[str, Any]) -> None:
    rows_of = [row for row in ROWS if row.document == entry["document"] and set(row.lines) & set(entry["lines"])]
    assert set(entry["lines"]) <= {line for row in rows_of for line in row.lines}
    assert any(f"landscape:{entry['id']}" in row.used for row in rows_of)
