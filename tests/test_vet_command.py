"""`screener vet`: what it reads, what it asks, and how its account is written."""

from __future__ import annotations

import io
import json
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from screener.cli import kept, trust_records
from screener.cli.app import run
from screener.cli.dialog import End
from screener.cli.lines import Lines
from screener.cli.settings import Settings
from screener.cli.trust_questions import Questions
from screener.cli.trust_records import TrustRecords
from screener.errors import NoInputError
from screener.model.trust import TrustItem, TrustKind
from screener.registry.cache import Cache, Stamp
from screener.registry.client import Client
from screener.registry.fetch import Source
from screener.registry.read import read_study
from screener.registry.records import Record
from screener.render.console import one_line
from screener.render.vet import Looked, render_html, render_json, render_markdown, render_table, sheet_of
from screener.render.vet.content import CLOSING, LONGEST, cut, in_its_sentence
from screener.truth import Truth
from screener.vet.account import Account, Finding, Held, Point, Quote, Registration, Standing
from screener.vet.hold import NO_SUCH_STUDY
from tests.fault_server import FaultServer, text, value
from tests.program import SMALL_CRITERIA, Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Capture = pytest.CaptureFixture[str]

FOLDER = Path(__file__).parent
SCHEMA = json.loads((FOLDER.parent / "screener" / "schema" / "vet.schema.json").read_text(encoding="utf-8"))
DAY = date(2026, 11, 23)
HOSTILE = '\x1b[31mred\u202e <script>alert(1)</script> [bold]b[/bold] ![i](http://x) "end" ” | `c`\n# head\n- item'


def item(name: str, kind: TrustKind = TrustKind.FLAG, title: str = "") -> TrustItem:
    return TrustItem(
        id=name,
        kind=kind,
        title=title or f"Title of {name}",
        why=f"Why {name} matters.",
        asks=f"Does it have {name}?",
        next=f"Next for {name}.",
        source="domain.md 5",
    )


def quote(text: str, start: int = 0) -> Quote:
    return Quote(start, start + len(text), text)


def record(name: str = "NCT06885697") -> Record:
    path = FOLDER / "vet" / "records" / f"{name}.json"
    return Record(read_study(json.loads(path.read_text(encoding="utf-8"))), Stamp("", "2026-11-20", datetime.now(UTC)))


def account(text: str = "Reserve your place with a deposit.") -> Account:
    """One of everything."""
    said = quote(text)
    kept = record()
    points = (
        Point("sponsor", Truth.FALSE, text, "National Cancer Institute", said),
        Point("target", Truth.TRUE, "mesothelin", "mesothelin", said),
        Point("sites", Truth.UNKNOWN, "", "Bethesda"),
    )
    return Account(
        (
            Finding(item("registry_id", TrustKind.SIGNAL), Standing.CONTRADICTED, (said,), "Another sponsor."),
            Finding(item("target", TrustKind.SIGNAL), Standing.PRESENT, (said,)),
            Finding(item("center", TrustKind.SIGNAL), Standing.ABSENT),
            Finding(item("pay_to_take_part"), Standing.PRESENT, (said, said, quote("another"))),
            Finding(item("rush"), Standing.ABSENT),
            Finding(item("stale_status"), Standing.UNKNOWN),
        ),
        (
            Registration("NCT06885697", "ClinicalTrials.gov", quote("NCT06885697")),
            Registration("NCI-2024-01620", "NCI Clinical Trials Reporting Program", quote("NCI-2024-01620")),
        ),
        (
            Held("NCT06885697", Truth.TRUE, kept, points),
            Held("NCT99000109", Truth.FALSE, None, (Point("exists", Truth.FALSE, "NCT99000109", "", said),)),
            Held("NCT01234567", Truth.UNKNOWN, None),
        ),
    )


LOOKED = Looked("page.html", DAY, 812, "screener vet page.html --fetch")
FORMS: dict[str, Callable[[Account, Looked], str]] = {
    "table": lambda found, looked: render_table(sheet_of(found, looked), width=80, color=False),
    "md": lambda found, looked: render_markdown(sheet_of(found, looked)),
    "html": lambda found, looked: render_html(sheet_of(found, looked)),
    "json": render_json,
}
WRITTEN = ("table", "md", "html")


class Seen(HTMLParser):
    """The words of a page of ours, and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def plain(form: str, written: str) -> str:
    """What a reader sees, on one line."""
    if form == "html":
        page = Seen()
        page.feed(written)
        written = " ".join(page.words)
    if form == "md":
        written = re.sub(r"\\([\W_])", r"\1", written).replace("*", "")
    return " ".join(written.split())


def faults(document: Any) -> list[str]:
    checker = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(document)]


# ---------------------------------------------------------------- how the account is written


@pytest.mark.parametrize("form", WRITTEN)
def test_a_navigator_reads_flags_first_then_the_registry_and_at_last_what_this_is_not(form: str) -> None:
    seen = plain(form, FORMS[form](account(), LOOKED))
    order = [
        "Looked at page.html: 812 words of visible text, on 2026-11-23",
        "Red flags found",
        "Title of pay_to_take_part",
        '"Reserve your place with a deposit."',
        "Why pay_to_take_part matters.",
        "Next for pay_to_take_part.",
        "Contradicted by the registry",
        "NCT06885697: sponsor",
        "National Cancer Institute",
        "NCT99000109: the registry has no study of this number",
        "Trust signals present",
        "Title of target",
        "Trust signals not found",
        "Title of center",
        "Next for center.",
        "Registrations",
        "NCI-2024-01620 (NCI Clinical Trials Reporting Program)",
        "Not checked",
        "NCT01234567: not held against the registry: screener vet page.html --fetch",
        "Title of stale_status",
        "Where to report",
        "ocod@fda.hhs.gov",
        CLOSING,
    ]
    places = [seen.find(text) for text in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert "Title of rush" not in seen


def test_the_day_of_the_record_stands_beside_what_it_says() -> None:
    seen = plain("table", FORMS["table"](account(), LOOKED))
    kept = record()
    assert kept.data_day
    assert f"The record of {kept.data_day} says: National Cancer Institute" in seen
    assert "Agrees with the page: target" in seen
    assert "Cannot be told: sites" in seen


def test_a_number_is_told_to_be_no_place_and_no_approval() -> None:
    seen = plain("table", FORMS["table"](account(), LOOKED))
    assert seen.count("not a place") == seen.count("not an approval") == 2  # once for each register


@pytest.mark.parametrize("form", FORMS)
def test_a_record_without_a_day_of_its_own_has_that_on_which_it_was_had(form: str) -> None:
    kept = replace(record(), stamp=Stamp("", "", datetime(2026, 11, 21, tzinfo=UTC)))
    found = Account(
        (),
        (Registration(NUMBER, "ClinicalTrials.gov", quote(NUMBER)),),
        (Held(NUMBER, Truth.TRUE, kept, (Point("status", Truth.FALSE, "open", "completed", quote("open")),)),),
    )
    assert "2026-11-21" in plain(form, FORMS[form](found, LOOKED))


@pytest.mark.parametrize("form", FORMS)
def test_no_form_gives_a_verdict_or_a_grade(form: str) -> None:
    seen = plain(form, FORMS[form](account(), LOOKED)).lower()
    assert re.findall(r"\b(?:fraud\w*|scam|score|grade|rating|trustworthy|legitimate|\d+ ?%|\d+ of \d+)\b", seen) == []
    assert CLOSING.lower() in seen


@pytest.mark.parametrize("name", ["pay_to_take_part", "promise"])
def test_where_to_report_is_told_where_payment_or_a_promise_is_found(name: str) -> None:
    found = Account((Finding(item(name), Standing.PRESENT, (quote("words"),)),))
    assert "MedWatch" in FORMS["table"](found, LOOKED)


@pytest.mark.parametrize(
    "finding",
    [Finding(item("rush"), Standing.PRESENT, (quote("words"),)), Finding(item("promise"), Standing.ABSENT)],
    ids=["another flag", "no promise"],
)
def test_where_to_report_is_not_told_otherwise(finding: Finding) -> None:
    assert "MedWatch" not in FORMS["table"](Account((finding,)), LOOKED)


def test_no_flag_found_is_said_and_is_no_proof() -> None:
    seen = FORMS["table"](Account((Finding(item("rush"), Standing.ABSENT),)), LOOKED)
    assert "no proof" in seen


def test_flags_that_nobody_looked_for_are_not_said_to_be_missing() -> None:
    seen = FORMS["table"](Account((Finding(item("rush"), Standing.UNKNOWN),)), Looked("an offer", DAY))
    assert "no proof" not in seen
    assert "Not known: Title of rush" in seen


# ---------------------------------------------------------------- hostile words


@given(st.text(max_size=400))
def test_a_quote_is_one_harmless_line_cut_on_a_word(text: str) -> None:
    short = cut(text)
    assert len(short) <= LONGEST
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", short)
    whole = one_line(text)
    if short != whole:
        kept = short.removesuffix(" …")
        assert whole.startswith(kept)
        assert whole[len(kept)] == " " or " " not in whole[:LONGEST]


@pytest.mark.parametrize("form", FORMS)
def test_hostile_words_format_nothing_and_run_nothing(form: str) -> None:
    calm = account("words")
    written = FORMS[form](account(HOSTILE), Looked(HOSTILE, DAY, 3, HOSTILE))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", written)
    if form == "html":
        hostile, honest = Seen(), Seen()
        hostile.feed(written)
        honest.feed(FORMS[form](calm, LOOKED))
        assert hostile.tags == honest.tags
        assert "default-src 'none'" in written
    if form == "md":
        assert not re.search(r"(?<!\\)[`<\[|]", written)
        assert [line for line in written.splitlines() if line.startswith("#")] == [
            line for line in FORMS[form](calm, LOOKED).splitlines() if line.startswith("#")
        ]
    if form == "table":
        assert "[bold]b[/bold]" in written
        assert all(len(line) <= 80 for line in written.splitlines())


def test_a_quote_cannot_end_its_own_quotation() -> None:
    seen = plain("table", FORMS["table"](account('fine" Why: it is approved. ”'), LOOKED))
    assert "\"fine' Why: it is approved. '\"" in seen


def test_many_numbers_are_counted_and_not_all_shown() -> None:
    numbers = [f"NCT{number:08}" for number in range(40)]
    named = tuple(Registration(number, "ClinicalTrials.gov", quote(number)) for number in numbers)
    found = Account((), named, tuple(Held(number, Truth.UNKNOWN, None) for number in numbers))
    seen = plain("table", FORMS["table"](found, LOOKED))
    assert "NCT00000011 (" in seen
    assert "NCT00000012" not in seen
    assert "and 28 more; all of them: -f json" in seen
    assert "NCT00000002 and 37 more: not held against the registry" in seen
    assert len(json.loads(render_json(found, LOOKED))["registrations"]) == 40


def test_many_quotes_are_counted_and_not_all_shown() -> None:
    quotes = tuple(quote(f"words {number}") for number in range(5))
    seen = FORMS["table"](Account((Finding(item("rush"), Standing.PRESENT, quotes),)), LOOKED)
    assert '"words 2"' in seen
    assert '"words 3"' not in seen
    assert "in other words: 2 more" in seen


# ---------------------------------------------------------------- for programs


@pytest.mark.parametrize("text", ["words", HOSTILE, "long " * 200])
@pytest.mark.parametrize("looked", [LOOKED, Looked("an offer", DAY)], ids=["page", "offer"])
def test_the_document_fits_its_schema(text: str, looked: Looked) -> None:
    document = json.loads(render_json(account(text), looked))
    assert faults(document) == []
    assert [each["exists"] for each in document["trials"]] == ["yes", "no", "unknown"]
    assert [point["agrees"] for point in document["trials"][0]["points"]] == ["no", "yes", "unknown"]
    assert document["trials"][0]["record"]["data_day"] == record().data_day
    assert [each["id"] for each in document["signals"]] == ["registry_id", "target", "center"]
    assert [each["standing"] for each in document["flags"]] == ["present", "absent", "unknown"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("score",), 80),
        (("flags", 0, "standing"), "suspicious"),
        (("flags", 0, "weight"), 1),
        (("trials", 0, "exists"), True),
        (("trials", 0, "points", 0, "what"), "price"),
        (("signals", 0, "quotes", 0, "text"), "w" * (LONGEST + 1)),
        (("as_of",), "2026-13-45"),
        (("disclaimer",), ""),
    ],
    ids=str,
)
def test_a_document_that_breaks_the_contract_is_refused(path: tuple[str | int, ...], value: object) -> None:
    document = json.loads(render_json(account(), LOOKED))
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert faults(document)


def test_the_standings_of_the_schema_are_those_of_the_program() -> None:
    assert SCHEMA["$defs"]["finding"]["properties"]["standing"]["enum"] == [each.value for each in Standing]
    for node in [SCHEMA, *SCHEMA["$defs"].values()]:
        if "properties" in node:
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False


# ---------------------------------------------------------------- questions


class Typed(io.StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


def asked(
    monkeypatch: pytest.MonkeyPatch, typed: str, findings: tuple[Finding, ...], *, had_text: bool = False
) -> tuple[End, list[str]]:
    monkeypatch.setattr("sys.stdin", Typed(typed))
    end, answered = Questions(Lines(), Settings()).ask(findings, had_text=had_text)
    assert [each.item for each in answered] == [each.item for each in findings]
    return end, [each.standing.value for each in answered]


OPEN = tuple(Finding(item(name), Standing.UNKNOWN) for name in ("one", "two", "three"))


@pytest.mark.parametrize(
    ("typed", "end", "standings"),
    [
        ("yes\nno\n\n", End.FINISHED, ["present", "absent", "unknown"]),
        ("Y\nN\n-\n", End.FINISHED, ["present", "absent", "unknown"]),
        ("y\nn\n<\ny\n-\n", End.FINISHED, ["present", "present", "unknown"]),
        ("y\n<\n-\nn\nn\n", End.FINISHED, ["unknown", "absent", "absent"]),
        ("<\ny\ny\ny\n", End.FINISHED, ["present", "present", "present"]),
        ("?\ny\nperhaps\nn\nn\n", End.FINISHED, ["present", "absent", "absent"]),
        ("y\n.\n", End.LEFT, ["present", "unknown", "unknown"]),
        ("y\n", End.LEFT, ["present", "unknown", "unknown"]),
        ("", End.LEFT, ["unknown", "unknown", "unknown"]),
    ],
)
def test_each_question_takes_yes_no_or_not_known(
    typed: str, end: End, standings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(monkeypatch, typed, OPEN) == (end, standings)


def test_why_a_question_is_asked_is_told_with_its_source(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    asked(monkeypatch, "?\n.\n", OPEN)
    said = capsys.readouterr().err
    assert "[1 of 3] Does it have one?" in said
    assert "Why: Why one matters." in said
    assert "Source: domain.md 5" in said


def test_only_what_the_text_did_not_answer_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    seen = (quote("words"),)
    findings = (
        Finding(item("one"), Standing.PRESENT, seen),
        Finding(item("two"), Standing.CONTRADICTED, seen),
        Finding(item("three"), Standing.ABSENT),
        Finding(item("four"), Standing.ABSENT),
    )
    end, standings = asked(monkeypatch, "y\n\n", findings, had_text=True)
    assert (end, standings) == (End.FINISHED, ["present", "contradicted", "present", "absent"])
    said = capsys.readouterr().err
    assert "[1 of 2] Does it have three?" in said
    assert "have one?" not in said
    assert "have two?" not in said


def test_ctrl_c_keeps_what_was_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Lines):
        def take(self) -> str:
            if not self.plain:
                raise KeyboardInterrupt
            return super().take()

    monkeypatch.setattr("sys.stdin", Typed())
    end, answered = Questions(Broken(plain=[(1, "y")]), Settings()).ask(OPEN, had_text=False)
    assert end is End.INTERRUPTED
    assert answered[0].standing is Standing.PRESENT


# ---------------------------------------------------------------- records

NUMBER, OTHER, STRANGE = "NCT06885697", "NCT04577326", "NCT99000109"
VERSION = {"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05"}
NOT_FOUND = text("", 404, "text/plain")


def saved(name: str = NUMBER) -> Any:
    return json.loads((FOLDER / "vet" / "records" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def collect(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., TrustRecords]:
    """Have records collected, from a registry on this machine that answers one thing after the other."""
    cache = Cache(tmp_path / "kept")
    monkeypatch.setattr(kept, "user_cache", lambda: cache)

    def collecting(
        numbers: list[str], server: FaultServer | None = None, path: Path | None = None, *, quiet: bool = False
    ) -> TrustRecords:
        @contextmanager
        def source(**_: object) -> Iterator[Source]:
            assert server
            yield Source(cache, Client(server.url, sleep=lambda _: None))

        monkeypatch.setattr(trust_records, "registry_source", source)
        records = TrustRecords(Settings(quiet=quiet))
        records.collect(numbers, path, fetch=server is not None)
        return records

    return collecting


def test_a_fetched_record_is_kept_for_the_next_time(collect: Callable[..., TrustRecords]) -> None:
    with FaultServer(value(VERSION), value(saved())) as server:
        assert set(collect([NUMBER, NUMBER], server).known) == {NUMBER}
        assert server.paths == ["/api/v2/version", f"/api/v2/studies/{NUMBER}"]
    assert set(collect([NUMBER]).known) == {NUMBER}


def test_a_number_that_the_registry_does_not_have_is_not_there(collect: Callable[..., TrustRecords]) -> None:
    with FaultServer(value(VERSION), NOT_FOUND, value(VERSION), value(VERSION), value(saved())) as server:
        records = collect([STRANGE, NUMBER], server)
    assert records.not_there == {STRANGE}
    assert not records.failed
    assert records.of(STRANGE) is NO_SUCH_STUDY
    assert records.of(NUMBER) is records.known[NUMBER]
    assert records.of(OTHER) is None


def test_an_address_with_nothing_at_all_says_nothing_of_a_study(
    collect: Callable[..., TrustRecords], capsys: Capture
) -> None:
    with FaultServer(NOT_FOUND) as server:
        records = collect([NUMBER], server)
    assert records.failed
    assert records.not_there == set()
    assert f"Note: {NUMBER}: " in capsys.readouterr().err


@pytest.mark.parametrize("quiet", [False, True])
def test_a_registry_that_fails_is_told_once_and_asked_no_more(
    collect: Callable[..., TrustRecords], capsys: Capture, *, quiet: bool
) -> None:
    with FaultServer(value(VERSION), value(saved()), text("<html>", kind="text/html")) as server:
        records = collect([NUMBER, OTHER, STRANGE], server, quiet=quiet)
        assert not any(STRANGE in path for path in server.paths)
    assert records.failed
    assert set(records.known) == {NUMBER}
    assert capsys.readouterr().err.count("Note: ") == 1


def test_a_record_that_cannot_be_read_hides_no_other(collect: Callable[..., TrustRecords]) -> None:
    broken = {"protocolSection": {"identificationModule": {"nctId": OTHER}, "statusModule": 7}}
    with FaultServer(value(VERSION), value(broken), value(VERSION), value(saved())) as server:
        records = collect([OTHER, NUMBER], server)
    assert NUMBER in records.known
    assert records.failed == (OTHER not in records.known)


def test_a_page_full_of_numbers_asks_for_twenty(collect: Callable[..., TrustRecords], capsys: Capture) -> None:
    numbers = [f"NCT{number:08}" for number in range(30)]
    answers = [answer for _ in numbers for answer in (value(VERSION), NOT_FOUND, value(VERSION))]
    with FaultServer(*answers) as server:
        assert len(collect(numbers, server).not_there) == 20
    assert "only the first 20 of 30 numbers" in capsys.readouterr().err


def test_a_saved_answer_is_taken_before_the_registry_is_asked(
    collect: Callable[..., TrustRecords], tmp_path: Path
) -> None:
    path = tmp_path / "saved.json"
    path.write_text(json.dumps(saved()), encoding="utf-8")
    with FaultServer(value(VERSION), value(saved(OTHER))) as server:
        records = collect([NUMBER, OTHER], server, path)
        assert server.paths == ["/api/v2/version", f"/api/v2/studies/{OTHER}"]
    assert set(records.known) >= {NUMBER, OTHER}
    assert records.known[NUMBER].stamp.fetched.timestamp() == pytest.approx(path.stat().st_mtime)


def test_a_saved_answer_that_cannot_be_read_is_an_error(collect: Callable[..., TrustRecords], tmp_path: Path) -> None:
    with pytest.raises(NoInputError):
        collect([NUMBER], None, tmp_path / "nothing.json")


# ---------------------------------------------------------------- the command

HONEST = FOLDER / "vet" / "center_honest.html"
CLINIC = FOLDER / "vet" / "clinic_packages.html"
WRONG = FOLDER / "vet" / "wrong_sponsor.txt"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, variables={"SCREENER_CACHE": str(tmp_path / "kept"), "COLUMNS": "80"})


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "nothing is named to look at"),
        (["--fetch", "--ask"], 2, "nothing is named to look at"),
        (["https://clinic.example/offer"], 2, "save the page in a browser"),
        (["www.clinic.example"], 2, "save the page in a browser"),
        (["nothing.html"], 66, "nothing.html: there is no such file"),
        (["my saved page.html"], 66, "my saved page.html: there is no such file"),
        (["word"], 66, "word: there is no such file"),
        (["."], 66, ". is a directory"),
        ([" "], 2, "there are no words to look at"),
        (["--ask", "--no-input"], 2, "--no-input forbids it"),
        (["-", "--ask"], 2, "TEXT and --ask at once"),
        (["-", "--input", "-"], 2, "TEXT and --input at once"),
        ([str(WRONG), "--input", "-", "--ask"], 2, "--input and --ask at once"),
        ([str(WRONG), "--input", "nothing.json"], 66, "nothing.json cannot be read"),
    ],
    ids=str,
)
def test_what_cannot_be_looked_at_is_refused_with_what_to_do(
    words: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["vet", *words]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "  Fix: " in captured.err


def test_rules_without_anything_to_look_for_are_refused(tmp_path: Path) -> None:
    ran = Program(tmp_path, SMALL_CRITERIA).run("vet", CLINIC)
    assert (ran.code, ran.out) == (66, "")
    assert "has no trust.yaml" in ran.err


@pytest.mark.parametrize("content", ["", "<html><script>words()</script></html>"])
def test_a_page_without_words_is_refused(content: str, program: Program) -> None:
    ran = program.run("vet", program.write("page.html", content))
    assert (ran.code, ran.out) == (65, "")
    assert "has no words to look at" in ran.err


def test_a_page_is_looked_at_and_its_words_are_quoted(program: Program) -> None:
    program.write("page.html", CLINIC.read_bytes())
    ran = program.run("vet", "page.html")
    assert (ran.code, ran.err) == (0, "")
    assert re.match(r"Looked at page\.html: \d{3} words of visible text, on ", ran.out)
    assert "Red flags found\n  ! " in ran.out
    assert "MedWatch" in ran.out
    assert " ".join(ran.out.split()).endswith(CLOSING)
    assert all(len(line) <= 80 for line in ran.out.splitlines())


def test_an_honest_page_has_no_red_flag(program: Program) -> None:
    ran = program.run("vet", HONEST)
    assert "That is no proof: some may be there" in " ".join(ran.out.split())
    assert "MedWatch" not in ran.out


def test_the_same_text_is_the_same_from_a_file_from_a_pipe_and_as_words(program: Program) -> None:
    words = "Stem cells and CAR-T in one package, only $20,000. " * 8  # longer than the name of a file can be
    path = program.write("offer.txt", words)
    ran = [program.run("vet", path), program.run("vet", "-", stdin=words), program.run("vet", words)]
    assert {each.code for each in ran} == {0}
    assert len({each.out.partition("\n\n")[2] for each in ran}) == 1
    assert [" ".join(each.out.split()).split(":")[0] for each in ran[1:]] == [
        "Looked at standard input",
        "Looked at the words given",
    ]


def test_a_number_without_a_record_is_said_to_be_unchecked_with_the_command(program: Program) -> None:
    path = program.write("a page.txt", f"Ask about {NUMBER}.")
    ran = program.run("vet", path)
    assert f"{NUMBER}: not held against the registry: screener vet '{path}' --fetch" in plain("table", ran.out)


def test_a_saved_record_shows_what_differs(program: Program) -> None:
    ran = program.run("vet", WRONG, "--input", FOLDER / "vet" / "records" / "NCT05568680.json", "-f", "json")
    document = json.loads(ran.out)
    assert faults(document) == []
    (trial,) = [each for each in document["trials"] if each["nct_id"] == "NCT05568680"]
    assert trial["exists"] == "yes"
    assert "sponsor" in {point["what"] for point in trial["points"] if point["agrees"] == "no"}
    assert [each["standing"] for each in document["flags"] if each["id"] == "registry_contradiction"] == ["present"]


def test_a_registry_that_cannot_be_reached_does_not_hide_the_rest(program: Program) -> None:
    with FaultServer(text("<html>", kind="text/html")) as server:
        ran = program.run("vet", "Our trial is NCT06885697, for only $20,000.", "--fetch", SCREENER_REGISTRY=server.url)
        assert b"20,000" not in bytes(server.received)
    assert ran.code == 69
    assert ran.err.startswith("Note: NCT06885697: ")
    assert "NCT06885697: not held against the registry" in plain("table", ran.out)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written_whole_to_a_file(form: str, program: Program) -> None:
    ran = program.run("vet", CLINIC, "-f", form, "-o", "account")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    written = (program.folder / "account").read_text(encoding="utf-8")
    assert CLOSING in plain(form, written)
    if form == "json":
        document = json.loads(written)
        assert faults(document) == []
        assert (len(document["signals"]), len(document["flags"])) == (10, 15)


def test_an_offer_by_phone_is_asked_about_through_a_pipe(program: Program) -> None:
    ran = program.run("vet", "--ask", stdin="no\n" * 10 + "yes\n" * 15, TERM="dumb")
    assert ran.code == 0
    assert ran.err.count("yes or no> ") == 25
    assert "[25 of 25]" in ran.err
    assert "\x1b" not in ran.out + ran.err
    assert ran.out.startswith("Looked at an offer: answers to questions, on ")
    assert ran.out.count("\n  ! ") == 15
    assert ran.out.count("\n  - ") == 10


def test_an_interview_that_ends_early_gives_what_it_has(program: Program) -> None:
    ran = program.run("vet", "--ask", stdin="no\nyes\n.\n")
    assert ran.code == 3
    assert ran.out.count("\n  + ") == 1
    assert "Not known: " in ran.out


def test_what_the_text_has_answered_is_not_asked(program: Program) -> None:
    before = json.loads(program.run("vet", CLINIC, "-f", "json").out)
    settled = sum(each["standing"] in {"present", "contradicted"} for each in before["signals"] + before["flags"])
    ran = program.run("vet", CLINIC, "--ask", stdin="\n" * 25)
    assert settled
    assert ran.code == 0
    assert ran.err.count("yes or no> ") == 25 - settled


@pytest.mark.parametrize(
    ("text", "quoted", "shown"),
    [
        ("First. It is approved, they say. Last.", "approved", "It is approved, they say."),
        ("a line\nNo side effects\nanother", "side effects", "No side effects"),
        ("word " * 40 + "booked " + "word " * 40, "booked", f"… {'word ' * 13}booked {'word ' * 13}…"),
        ("approved", "approved", "approved"),
    ],
)
def test_a_short_quote_is_shown_in_its_sentence(text: str, quoted: str, shown: str) -> None:
    start = text.index(quoted)
    assert in_its_sentence(Quote(start, start + len(quoted), quoted), text) == shown


def test_a_quote_that_is_not_of_this_text_stands_alone() -> None:
    assert in_its_sentence(Quote(3, 11, "approved"), "another text altogether") == "approved"
