"""The texts that measure `screener vet`: their labels, spans and records fit each other (tests/vet/README.md)."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from screener.registry.read import read_study

if TYPE_CHECKING:
    from screener.registry.study import Study

VET = Path(__file__).parent / "vet"
SHARED = Path(__file__).parents[2] / "shared"
needs_seeds = pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="../shared/seeds is not here")

TRUST = {
    *("registry_id", "target", "tumor_type", "phase_status_date", "center"),
    *("eligibility", "investigational", "limits_and_risks", "alternatives", "consent_oversight"),
}
FLAGS = {
    *("cure_claim", "approved_claim", "pay_to_take_part", "registration_as_approval", "many_diseases"),
    *("testimonial", "promise", "bare_survival_figure", "phase1_as_care", "rush"),
    *("bundle", "stale_status", "lead_capture", "nci_number_as_site", "registry_contradiction"),
}
HONEST = {
    *("center_honest.html", "patient_group.txt", "hospital_faq.html", "satri_cel_honest.txt", "spanish.html"),
    *("held_out/webinar_transcript.txt", "held_out_2/foundation_newsletter.html", "held_out_2/hospital_release.txt"),
}
SHORT = {"short_listing.txt"}
WHAT = {"title", "sponsor", "target", "status", "sites", "exists"}
OF_THE_TRIAL = {"title", "sponsor", "target", "exists"}

UNSEEN = {"head", "script", "style", "template", "noscript"}
INLINE = {"a", "abbr", "b", "em", "i", "small", "span", "strong", "wbr"}
VOID = {"br", "img", "input", "meta", "wbr"}
NCT = re.compile(r"NCT[0-9]{8}")

Entry = dict[str, Any]


def _expected(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((VET / name).read_text(encoding="utf-8"))
    return read


MAIN = _expected("expected.yaml")
HELD_OUT = {folder: _expected(f"{folder}/expected_{folder}.yaml") for folder in ("held_out", "held_out_2")}
NOT_REGISTERED = {number for labeled in (MAIN, *HELD_OUT.values()) for number in labeled["not_registered"]}
SEEDS: list[Entry] = [entry for entry in MAIN["texts"] if entry["file"].startswith("seeds/")]
OWN: list[Entry] = [entry for entry in MAIN["texts"] if entry not in SEEDS] + [
    {**entry, "file": f"{folder}/{entry['file']}"} for folder, labeled in HELD_OUT.items() for entry in labeled["texts"]
]
EVERY = [*OWN, *SEEDS]


class _Visible(HTMLParser):
    """The text that a browser shows of the pages here, whose elements are all closed."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        style = (dict(attrs).get("style") or "").replace(" ", "")
        hidden = tag in UNSEEN or "hidden" in dict(attrs) or "display:none" in style
        if tag not in VOID and (hidden or self.unseen):
            self.unseen.append(tag)
        self._gap(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            assert self.unseen.pop() == tag, "an element of the page is not closed"
        self._gap(tag)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)

    def _gap(self, tag: str) -> None:
        if tag not in INLINE:
            self.parts.append(" ")


def visible(source: str, *, html: bool) -> str:
    if html:
        page = _Visible()
        page.feed(source)
        page.close()
        source = "".join(page.parts)
    return " ".join(source.split())


def text_of(entry: Entry) -> str:
    path = (SHARED if entry in SEEDS else VET) / entry["file"]
    return visible(path.read_text(encoding="utf-8"), html=path.suffix == ".html")


def _record(path: Path) -> Study:
    return read_study(json.loads(path.read_text(encoding="utf-8")))


RECORDS = {path.stem: path for path in (VET / "records").glob("*.json")}


def by_file(entries: list[Entry]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry["file"])


def test_visible_text() -> None:
    page = "<head><title>no</title></head><p hidden>no<b>no</b></p><p>in<wbr>v&eacute;<em>st</em></p><p>two&nbsp;</p>"
    assert visible(page, html=True) == "invést two"
    assert visible(" a\n b<c>\t", html=False) == "a b<c>"


@pytest.mark.parametrize(
    ("file", "bait"),
    [
        ("center_honest.html", "cure"),
        ("center_honest.html", "package"),
        ("hospital_faq.html", "reserve your place"),
        ("held_out_2/cell_shop.html", "approved cancer cure"),
        ("held_out_2/cell_shop.html", "ethics board"),
    ],
)
def test_bait_is_in_the_page_and_not_visible(file: str, bait: str) -> None:
    source = (VET / file).read_text(encoding="utf-8")
    assert bait in source.lower()
    assert bait not in visible(source, html=True).lower()


def test_every_text_has_its_labels() -> None:
    files = {
        str(path.relative_to(VET))
        for folder in (VET, *(VET / name for name in HELD_OUT))
        for path in folder.glob("*.[th][xt][tm]*")
    }
    assert sorted(entry["file"] for entry in OWN) == sorted(files)
    assert len(SEEDS) == 5
    assert {folder: len(labeled["texts"]) for folder, labeled in HELD_OUT.items()} == {"held_out": 5, "held_out_2": 8}


@needs_seeds
def test_every_seed_has_its_labels() -> None:
    assert sorted(entry["file"] for entry in SEEDS) == sorted(f"seeds/{path.name}" for path in SHARED.glob("seeds/*"))


@by_file(EVERY)
def test_every_signal_has_one_label(entry: Entry) -> None:
    assert set(entry) == {"file", "reader", "present", "absent", "open", "contradicted"}
    labels = [*entry["present"], *entry["absent"], *entry["open"]]
    assert sorted(labels) == sorted(TRUST | FLAGS)
    assert all(entry["present"].values()), "a signal that is present needs a span"


@by_file(OWN)
def test_every_span_is_in_the_text(entry: Entry) -> None:
    _spans_are_in(entry, text_of(entry))


@needs_seeds
@by_file(SEEDS)
def test_every_span_is_in_the_seed_and_brief(entry: Entry) -> None:
    _spans_are_in(entry, text_of(entry))
    assert [span for spans in entry["present"].values() for span in spans if len(span.split()) > 12] == []


def _spans_are_in(entry: Entry, text: str) -> None:
    assert [span for spans in entry["present"].values() for span in spans if span not in text] == []
    assert [told["says"] for told in entry["contradicted"] if told["says"] not in text] == []


@by_file(OWN)
def test_the_texts_are_as_long_as_pages(entry: Entry) -> None:
    words = len(text_of(entry).split())
    assert (words < 50) if entry["file"] in SHORT else (150 <= words <= 700)


@by_file([entry for entry in EVERY if entry["file"] in HONEST])
def test_no_red_flag_on_an_honest_text(entry: Entry) -> None:
    assert set(entry["absent"]) >= FLAGS
    assert entry["contradicted"] == []


def test_the_honest_texts_are_there() -> None:
    assert {entry["file"] for entry in EVERY} >= HONEST


def test_every_signal_is_present_somewhere_and_absent_somewhere() -> None:
    for label in ("present", "absent"):
        assert {signal for entry in MAIN["texts"] for signal in entry[label]} == TRUST | FLAGS, label


@by_file(OWN)
def test_every_number_has_a_record_or_is_not_registered(entry: Entry) -> None:
    assert set(NCT.findall(text_of(entry))) <= RECORDS.keys() | NOT_REGISTERED


def test_every_record_can_be_read_and_is_named() -> None:
    named = {number for entry in OWN for number in NCT.findall(text_of(entry))}
    assert {_record(path).nct_id for path in RECORDS.values()} == RECORDS.keys() == named - NOT_REGISTERED
    assert named >= NOT_REGISTERED


@by_file([entry for entry in EVERY if entry["contradicted"]])
def test_what_is_contradicted_differs_from_its_record(entry: Entry) -> None:
    text = text_of(entry)
    for told in entry["contradicted"]:
        assert set(told) == {"trial", "what", "says", "record"}
        assert told["what"] in WHAT
        assert told["trial"] in text
        if told["what"] == "exists":
            assert told["trial"] in NOT_REGISTERED
            assert told["record"] is None
            continue
        stated = _stated(_record(RECORDS[told["trial"]]), told["what"])
        assert told["record"] in stated
        assert told["says"] not in stated


def _stated(study: Study, what: str) -> str:
    """What the record says of it, in a line."""
    match what:
        case "title":
            return f"{study.brief_title} {study.official_title} {study.acronym}"
        case "sponsor":
            return study.sponsor
        case "status":
            return study.status
        case "sites":
            return "; ".join(f"{site.facility}, {site.city}" for site in study.sites)
        case _:
            return f"{study.brief_title} {study.summary} {study.eligibility}"


@by_file(OWN)
def test_the_red_flag_follows_what_is_contradicted(entry: Entry) -> None:
    differs = {told["what"] for told in entry["contradicted"]}
    label = "present" if differs & OF_THE_TRIAL else "open" if differs else "absent"
    assert "registry_contradiction" in entry[label]
    assert "registry_id" not in entry["present"] or label != "present"
