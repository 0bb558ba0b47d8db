"""The checklist as a page: printed by a real browser, filled in, saved, loaded, and safe whatever its texts say."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from screener.checklist import (
    Entry,
    FactorScore,
    Mark,
    Planned,
    Row,
    Section,
    Sheet,
    Summary,
    Wait,
    WaitState,
)
from screener.errors import CONTROL
from screener.render.checklist.html import render_html
from screener.render.checklist.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MARKS = (Mark.YES, Mark.NO, Mark.NOT_APPLICABLE, Mark.NOT_KNOWN)
VOID = {"meta", "input", "col", "br"}
BAD = (
    "</script></style><script>alert(1)</script> <img src=x onerror=alert(2)> [bold]x[/bold] \" ' & {{ 7*7 }} \\ */ }"
    + "W" * 300
    + " \N{RIGHT-TO-LEFT OVERRIDE}abc \x1b[31m \N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED} ≥ 5"
)
CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


# ---------------------------------------------------------------- sheets


def rows(kind: str, number: int, *, filled: bool) -> tuple[Row, ...]:
    long = " and a good deal more, so that the row needs several lines on paper and a browser might cut it in two"
    return tuple(
        Row(
            id=f"{kind}-{n}",
            text=f"Creatinine ≤ {n} mg/dL, or Cockcroft-Gault clearance > 60 mL/min ({kind} {n})" + long * (n % 4),
            place=f"{kind} {n}",
            when="before leukapheresis",
            good=Mark.YES,
            mark=MARKS[n % 4] if filled else Mark.OPEN,
            investigator=n % 7 == 0,
            entries=(
                Entry("Creatinine", "1.1 mg/dL" if filled else "", "mg/dL", "1.2" if filled else "", "", True, True),  # noqa: FBT003
                Entry("Kind of tumor", "pleural" if filled and n % 2 else ""),
            ),
            why="not known: HTLV-1 test" if filled and MARKS[n % 4] is Mark.NOT_KNOWN else "",
            source="Chemistry report in the chart",
        )
        for n in range(1, number + 1)
    )


def sheet(*, filled: bool, number: int = 20) -> Sheet:
    day = date(2026, 11, 22)
    over = Wait("INC-90", "7 days", "pemetrexed", "2026-09-20", "leukapheresis", "2026-09-20 + 7 days", "2026-09-27",
                WaitState.OVER, date(2026, 9, 20), date(2026, 9, 20), date(2026, 9, 27))  # fmt: skip
    open_wait = Wait("EXC-90", "8 weeks", "", "", "infusion", "", "", WaitState.BLANK)
    summary = Summary(
        "not yet", "Only time stands in the way.", "96 (96 to 98)", ("INC-90 waits",), (("HTLV-1 test", "chart"),),
        ("EXC-3 is judged",), (FactorScore("Organ function", 80, 100, "80 (80 to 100)"),),
    )  # fmt: skip
    return Sheet(
        language="en",
        title="Eligibility checklist",
        trial="NCT00000001",
        about=(("Protocol", "NCT00000001"), ("Subject id and initials", "P-1" if filled else ""), ("Site", "")),
        head=f"NCT00000001 · rule file 0123456789ab · subject {'P-1' if filled else '________'}",
        sections=(
            Section("Inclusion criteria", "Each must be Yes or N-A.", rows("INC", number, filled=filled)),
            Section("Exclusion criteria", "Each must be No or N-A.", rows("EXC", 5, filled=filled)),
        ),
        waits=(over, open_wait) if filled else (open_wait,),
        planned=(Planned("today", day), Planned("infusion", date(2026, 12, 20))) if filled else (),
        foot=(("Completed by", ("Name", "Signature", "Date")), ("Investigator", ("Name", "Signature", "Date"))),
        conclusion=("All criteria are met", "Items are still open"),
        disclaimer="Pre-screening aid only. The trial team decides.",
        notes=("A note on the record.",),
        summary=summary if filled else None,
        filled=filled,
    )


def mapped(thing: Any, change: Callable[[str], str]) -> Any:
    """The same with every text changed, except those that are empty."""
    if isinstance(thing, str):
        return change(thing) if thing else ""
    if isinstance(thing, tuple):
        return tuple(mapped(part, change) for part in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return type(thing)(**{part.name: mapped(getattr(thing, part.name), change) for part in fields(thing)})
    return thing


class Hostile(Sheet):
    """A sheet whose translation is hostile too."""

    def word(self, english: str) -> str:
        return english + BAD


def hostile(good: Sheet) -> Sheet:
    bad = mapped(good, lambda text: text + BAD)
    return Hostile(**{part.name: getattr(bad, part.name) for part in fields(bad)} | {"language": "en"})


class Spoken(Sheet):
    """A sheet in a language that is recognized at sight."""

    def word(self, english: str) -> str:
        return f"«{english}»"


# ---------------------------------------------------------------- reading pages


@dataclass
class Page(HTMLParser):
    """A page read strictly: every tag is closed, in order."""

    source: str
    tags: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    texts: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.source)
        self.close()
        assert self.inside == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.tags.append((tag, dict(attrs), tuple(self.inside)))
        if tag not in VOID:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((data, tuple(self.inside)))

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes, _ in self.tags if tag in tags]

    def within(self, *tags: str) -> str:
        return " ".join(text for text, inside in self.texts if set(tags) & set(inside))

    @property
    def seen(self) -> str:
        return " ".join(text for text, inside in self.texts if not {"style", "script", "svg"} & set(inside))


EVERY = [(filled, fillable) for filled in (False, True) for fillable in (False, True)]


@pytest.mark.parametrize(("filled", "fillable"), EVERY)
def test_structure(filled: bool, fillable: bool) -> None:  # noqa: FBT001
    given = sheet(filled=filled)
    page = Page(render_html(given, Paper.A4, fillable=fillable))
    assert page.all("html") == [{"lang": "en"}]
    headings = [int(tag[1]) for tag, _, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert all(attributes.get("scope") in {"row", "col"} for attributes in page.all("th"))
    every_row = [row for section in given.sections for row in section.rows]
    ids = [text for text, inside in page.texts if inside[-2:] == ("tr", "th")]
    assert [name for name in ids if name.startswith(("INC", "EXC"))] == [
        *(row.id for row in every_row),
        *(wait.criterion for wait in given.waits),
    ]
    for row in every_row:
        assert page.seen.count(re.sub(r"([≤>]) ", "\\1\N{NO-BREAK SPACE}", row.text)) == 1
    assert page.source.count('class="investigator">investigator<') == sum(row.investigator for row in every_row)
    assert page.within("thead").count(given.head.split(" · subject")[0]) == len(page.all("thead")) == 4
    assert page.seen.count(given.disclaimer) == (3 if filled else 2)
    order = ["Protocol", *(["Why"] if filled else []), "Inclusion criteria", "Exclusion criteria", "Washout worksheet"]
    places = [page.seen.index(text) for text in (*order, "Conclusion", "Completed by")]
    assert places == sorted(places)
    assert len([1 for a in page.all("div") if a.get("role") == "img" and a["aria-label"]]) == (2 if filled else 0)


@pytest.mark.parametrize("filled", [False, True])
def test_what_is_marked(filled: bool) -> None:  # noqa: FBT001
    given = sheet(filled=filled)
    every_row = [row for section in given.sections for row in section.rows]
    still = Page(render_html(given, Paper.A4))
    boxes = [str(box["aria-label"]) for box in still.all("svg") if "aria-label" in box]
    marked = [[name.split(": ")[0] for name in boxes[n : n + 3] if "marked" in name] for n in range(0, 75, 3)]
    names = {Mark.YES: ["Yes"], Mark.NO: ["No"], Mark.NOT_APPLICABLE: ["N-A"]}
    assert marked == [names.get(row.mark, []) for row in every_row]
    assert not still.all("input", "textarea", "script", "button")
    radios = [one for one in Page(render_html(given, Paper.A4, fillable=True)).all("input") if one["type"] == "radio"]
    checked = [one["value"] for one in radios if "checked" in one]
    assert checked == [row.mark.value for row in every_row if row.mark is not Mark.OPEN]
    assert len(radios) == len(every_row) * (4 if filled else 3) + len(given.conclusion)


def test_fields_are_labeled_and_named_once() -> None:
    page = Page(render_html(sheet(filled=True), Paper.LETTER, fillable=True))
    written = [one for one in page.all("input", "textarea") if one.get("type") not in {"radio", "file"}]
    assert all(one["aria-label"] and one["autocomplete"] == "off" for one in written)
    assert len({one["name"] for one in written}) == len(written) > 25 * 6
    labels = [one["aria-label"] for one in written]
    assert len(set(labels)) == len(labels)
    assert "tabindex" not in {name for _, attributes, _ in page.tags for name in attributes}
    assert not page.all("form")


@pytest.mark.parametrize("fillable", [False, True])
def test_nothing_is_fetched_and_one_script_may_run(fillable: bool) -> None:  # noqa: FBT001
    page = Page(render_html(sheet(filled=True), Paper.A4, fillable=fillable))
    (policy,) = [str(one["content"]) for one in page.all("meta") if one.get("http-equiv")]
    scripts = [text for text, inside in page.texts if inside[-1:] == ("script",)]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert policy == CSP + "".join(f"; script-src 'sha256-{one}'" for one in hashes)
    assert len(scripts) == len(page.all("script")) == fillable
    names = {name for _, attributes, _ in page.tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in {"src", "href", "action"}]
    assert "@import" not in page.source


@pytest.mark.parametrize(("filled", "fillable"), EVERY)
def test_texts_never_become_markup(filled: bool, fillable: bool) -> None:  # noqa: FBT001
    good = sheet(filled=filled)
    page, bad = (Page(render_html(one, Paper.A4, fillable=fillable)) for one in (good, hostile(good)))
    for kept in (page, bad):  # the pictures may shorten what does not fit
        kept.tags = [one for one in kept.tags if "svg" not in one[2]]
    assert [(tag, list(attributes)) for tag, attributes, _ in bad.tags] == [
        (tag, list(attributes)) for tag, attributes, _ in page.tags
    ]
    assert not CONTROL.search(bad.source.replace("\N{ZERO WIDTH SPACE}", ""))
    assert "49" not in bad.within("h1")
    style = bad.within("style")
    assert style.count("{") == style.count("}") == page.within("style").count("{")
    assert bad.within("script") == page.within("script")


@pytest.mark.parametrize(("filled", "fillable"), EVERY)
def test_every_fixed_word_is_in_the_language_of_the_sheet(filled: bool, fillable: bool) -> None:  # noqa: FBT001
    given = mapped(sheet(filled=filled), lambda text: f"«{text}»")
    spoken = Spoken(**{part.name: getattr(given, part.name) for part in fields(given)} | {"language": "xx"})
    page = Page(render_html(spoken, Paper.A4, fillable=fillable))
    said = [page.seen, *(str(a[name]) for _, a, inside in page.tags if "svg" not in inside
                         for name in ("aria-label", "data-open", "data-saved", "data-page") if name in a)]  # fmt: skip
    quoted = re.compile(r"«[^«»]*»")
    for text in said:
        while quoted.search(text := quoted.sub("", text)):
            pass
        assert not re.search(r"[^\W\d_]", text)


@pytest.mark.parametrize("fillable", [False, True])
def test_the_same_sheet_is_the_same_page(fillable: bool) -> None:  # noqa: FBT001
    first, second = (render_html(sheet(filled=True), Paper.A4, fillable=fillable) for _ in range(2))
    assert first.encode() == second.encode()


def test_letters_are_large_and_dark_enough() -> None:
    style = Page(render_html(sheet(filled=True), Paper.A4, fillable=True)).within("style")
    assert min(float(size) for size in re.findall(r"([\d.]+)pt", style)) >= 9
    for color in re.findall(r"[{; ]color: #(\w+)", style):
        parts = [int(digit * 2, 16) / 255 for digit in color]
        light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        assert 1.0 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05) >= 7  # on #eee and lighter


# ---------------------------------------------------------------- in a browser


def installed(*names: str) -> str:
    """The path of a program; without it the test is skipped, on the build server it fails."""
    for name in names:
        if path := shutil.which(name):
            return path
    message = f"{names[0]} is not installed"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def chromium() -> str:
    return installed("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def poppler() -> str:
    installed("pdftoppm")
    return installed("pdftotext")


needs_chromium = pytest.mark.usefixtures("chromium", "poppler")


def browse(folder: Path, page: str, *words: str) -> str:
    (folder / "page.html").write_text(page, encoding="utf-8")
    quiet = ("gpu", "quic", "background-networking", "component-update", "sync", "extensions")
    command = [installed("chromium", "chromium-browser", "google-chrome"), "--headless", "--no-sandbox"]
    command += [f"--disable-{name}" for name in quiet]
    command += ["--no-first-run", f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer"]
    command += [*words, (folder / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    return done.stdout.decode()


@dataclass(frozen=True)
class Print:
    """A page as it was printed."""

    pdf: Path

    @classmethod
    def of(cls, folder: Path, page: str) -> Print:
        browse(folder, page, f"--print-to-pdf={folder / 'page.pdf'}")
        return cls(folder / "page.pdf")

    def read(self, how: str) -> str:
        done = subprocess.run([installed("pdftotext"), how, self.pdf, "-"], capture_output=True, check=True)
        return done.stdout.decode()

    @property
    def pages(self) -> list[str]:
        """Without any space: where lines break does not matter."""
        return [re.sub(r"\s", "", page) for page in self.read("-raw").split("\f")[:-1]]

    def ink(self, row: str) -> dict[str, int]:
        """How many dark points there are where a row has its boxes, by the heads of their columns."""
        word = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax=".*?">(.*?)</word>')
        pages = [
            [(text, float(left), float(top), float(right)) for left, top, right, text in word.findall(page)]
            for page in self.read("-bbox").split("<page ")[1:]
        ]
        first_column = 60
        number, words, height = next(
            (number, words, int(top * 2))
            for number, words in enumerate(pages, 1)
            for text, left, top, _ in words
            if text == row and left < first_column
        )
        line = next(top for text, _, top, _ in words if text == "N-A")
        heads = {text: (left + right) / 2 for text, left, top, right in words if abs(top - line) < 1}
        command = [installed("pdftoppm"), "-r", "144", "-gray", "-f", str(number), "-l", str(number), str(self.pdf)]
        image = subprocess.run(command, capture_output=True, check=True).stdout
        _, size, _, points = image.split(b"\n", 3)
        width = int(size.split()[0])
        return {
            name: sum(
                points[y * width + x] < 128
                for y in range(height, height + 26)
                for x in range(int(heads[name] * 2) - 12, int(heads[name] * 2) + 12)
            )
            for name in ("Yes", "No", "N-A")
        }


@needs_chromium
@pytest.mark.parametrize("paper", Paper)
def test_every_row_prints_whole_on_one_page_with_its_head(paper: Paper, tmp_path: Path) -> None:
    given = sheet(filled=True)
    printed = Print.of(tmp_path, render_html(given, paper))
    info = subprocess.run([installed("pdfinfo"), printed.pdf], capture_output=True, check=True).stdout.decode()
    width, height = (float(number) for number in re.findall(r"Page size: +([\d.]+) x ([\d.]+)", info)[0])
    assert (width, height) == pytest.approx([side / 25.4 * 72 for side in paper.millimeters], abs=1)
    pages = printed.pages
    for section in given.sections:
        for row in section.rows:
            text = re.sub(r"\s", "", row.text)
            assert sum(page.count(text) for page in pages) == 1
            (page,) = [page for page in pages if text in page]
            assert page.index("CriterionYesNoN-A") < page.index(text)
    for number, page in enumerate(pages, 1):
        assert re.sub(r"\s", "", given.head) in page
        assert f"page{number}of{len(pages)}" in page
    for number, mark in ((4, "Yes"), (1, "No"), (2, "N-A"), (3, "")):
        ink = printed.ink(f"INC-{number}")
        assert all((ink[name] > 1.3 * min(ink.values())) == (name == mark) for name in ink), (number, ink)


@needs_chromium
def test_a_summary_of_much_is_one_page(tmp_path: Path) -> None:
    given = sheet(filled=True, number=2)
    assert given.summary
    much = replace(
        given.summary,
        missing=tuple((f"Answer number {n} of the record", "chart" if n % 2 else "patient") for n in range(70)),
        manual=tuple(f"EXC-{n} A matter that the investigator has to judge on the whole record" for n in range(13)),
        factors=tuple(FactorScore(f"Factor {n}", 0, 100, "0 (0 to 100)") for n in range(9)),
    )
    for paper in Paper:
        pages = Print.of(tmp_path, render_html(replace(given, summary=much), paper)).pages
        (page,) = [page for page in pages if "Answernumber" in page]
        assert "Answernumber69ofthe" in page
        assert "Factor8" in page
        assert "EXC-12A" in page
        assert "Thetrialteamdecides" in page


def driven(page: str, script: str, **values: object) -> str:
    """A copy of the page with one more script, which its policy is told of."""
    script = f"const given = {json.dumps(values)};\n{script}"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page, count = re.subn(r"(script-src 'sha256-[^']+')", rf"\1 'sha256-{digest}'", page, count=1)
    assert count == 1
    return page.replace("</body>", f"<script>{script}</script></body>")


def results(folder: Path, page: str, **values: object) -> Mapping[str, Any]:
    shown = browse(folder, driven(page, DRIVER, **values), "--virtual-time-budget=10000", "--dump-dom")
    (told,) = re.findall(r'<pre id="result">(.*?)</pre>', shown, re.DOTALL)
    read: Mapping[str, Any] = json.loads(html.unescape(told))
    return read


# Works the page as a person would, and writes down what it did.
DRIVER = r"""
(() => {
  const told = {};
  const find = (name) => document.querySelector(`[name="${name}"]`);
  const radio = (name, value) => document.querySelector(`[name="${name}"][value="${value}"]`);
  const open = () => document.getElementById("open").textContent;
  const type = (name, text) => {
    find(name).value = text;
    find(name).dispatchEvent(new Event("input", { bubbles: true }));
  };
  const press = (target, key) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const say = () => document.getElementById("say").textContent;
  const fill = () => {
    told.open = [open()];
    radio("row-1-1-mark", "yes").click();
    told.open.push(open());
    radio("row-1-2-mark", "n/a").click();
    told.open.push(open());
    type("row-1-1-comment", given.comment ?? "<b>seen</b>");
    type("row-1-1-initials", "MB");
    type("row-1-1-entry-1-value", "1.4");
    type("about-2", "P-7");
    told.open.push(open());
  };

  async function all() {
    fill();
    told.heads = [...new Set([...document.querySelectorAll(".subject")].map((place) => place.textContent))];
    told.next = [];
    radio("row-1-2-mark", "n/a").focus();
    for (let times = 0; times < 2; times += 1) {
      document.getElementById("next").click();
      told.next.push(document.activeElement.closest("tr").querySelector("th").textContent);
    }
    told.next.push(document.activeElement.getAttribute("aria-label").split(":")[0]);
    told.state = window.checklist.state();

    let saved = null;
    const create = URL.createObjectURL;
    URL.createObjectURL = (blob) => create.call(URL, (saved = blob));
    HTMLAnchorElement.prototype.click = function click() {
      told.file = this.download;
    };
    document.getElementById("save").click();
    told.saved = await saved.text();

    press(radio("row-1-2-mark", "n/a"), "Delete");
    told.emptied = [open()];
    const first = radio("row-1-1-mark", "yes");
    first.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    first.click();
    told.emptied.push(open());
    type("row-1-1-comment", "");
    told.cleared = window.checklist.state();

    const files = new DataTransfer();
    files.items.add(new File([told.saved], "mine.json", { type: "application/json" }));
    const input = document.getElementById("file");
    const before = say();
    input.files = files.files;
    input.dispatchEvent(new Event("change"));
    while (say() === before) await new Promise((done) => setTimeout(done, 10));
    told.said = say();
    told.loaded = window.checklist.state();

    const changed = (change) => {
      const copy = JSON.parse(told.saved);
      change(copy);
      return window.checklist.restore(JSON.stringify(copy));
    };
    told.refused = {
      trial: changed((copy) => (copy.trial = "NCT99999999")),
      rules: changed((copy) => (copy.rules = "0")),
      head: changed((copy) => (copy.head += "x")),
      format: changed((copy) => (copy.format = "other")),
      number: changed((copy) => (copy.values["row-1-1-comment"] = 5)),
      less: changed((copy) => delete copy.values["row-1-1-comment"]),
      mark: changed((copy) => (copy.values["row-1-1-mark"] = "maybe")),
      values: changed((copy) => (copy.values = [])),
      none: changed((copy) => delete copy.values),
      list: window.checklist.restore("[]"),
      null: window.checklist.restore("null"),
      text: window.checklist.restore("<html>"),
      inherited: window.checklist.restore(`{"__proto__": ${told.saved}}`),
    };
    told.unchanged = JSON.stringify(window.checklist.state()) === JSON.stringify(told.state);
    const hostile = "<img src=x onerror=\"document.title='ran'\">\u202ex";
    told.accepted = changed((copy) => (copy.values["row-1-1-comment"] = hostile));
    told.taken = find("row-1-1-comment").value;
  }

  async function work() {
    if (given.only === "start") {
      told.open = [open()];
      const why = document.querySelector("tr.criterion .why");
      told.why = [why.hidden];
      why.closest("tr").querySelector("input[value=yes]").click();
      told.why.push(why.hidden);
    } else if (given.only === "type") {
      fill();
      return;
    } else {
      await all();
    }
    told.images = document.images.length;
    told.title = document.title;
  }

  const write = () => {
    const result = document.createElement("pre");
    result.id = "result";
    result.textContent = JSON.stringify(told);
    if (given.only !== "type") document.body.append(result);
  };
  work().catch((error) => (told.error = String(error))).finally(write);
})();
"""


@needs_chromium
def test_filling_saving_and_loading(tmp_path: Path) -> None:
    told = results(tmp_path, render_html(sheet(filled=False), Paper.A4, fillable=True))
    assert "error" not in told
    assert told["open"] == ["25 of 25 rows open", "24 of 25 rows open", "23 of 25 rows open", "23 of 25 rows open"]
    assert told["emptied"] == ["24 of 25 rows open", "25 of 25 rows open"]
    assert told["next"] == ["INC-3", "INC-4", "INC-4"]
    assert told["file"] == "NCT00000001-checklist.json"
    saved = json.loads(told["saved"])
    assert saved == told["state"]
    assert saved["values"]["row-1-1-mark"] == "yes"
    assert saved["values"]["row-1-1-comment"] == "<b>seen</b>"
    assert told["cleared"] != told["state"]
    assert told["loaded"] == told["state"]
    assert told["said"] == "Loaded mine.json."
    assert all(reason.endswith("Nothing was changed.") for reason in told["refused"].values())
    assert "another trial (NCT99999999)" in told["refused"]["trial"]
    assert "another patient, rule version" in told["refused"]["rules"]
    assert "another patient, rule version" in told["refused"]["head"]
    assert told["unchanged"] is True
    assert told["taken"] == "<img src=x onerror=\"document.title='ran'\">\N{REPLACEMENT CHARACTER}x"
    assert told["images"] == 0
    assert told["title"] == "Eligibility checklist: NCT00000001"
    assert told["heads"] == ["P-7"]


@needs_chromium
def test_prefilled_pages_count_what_is_not_known_as_open(tmp_path: Path) -> None:
    told = results(tmp_path, render_html(sheet(filled=True), Paper.A4, fillable=True), only="start")
    unknown = sum(row.mark is Mark.NOT_KNOWN for section in sheet(filled=True).sections for row in section.rows)
    assert told["open"] == [f"{unknown} of 25 rows open"]
    assert told["why"] == [False, True]  # the reason of a mark is hidden once another is made


@needs_chromium
def test_a_filled_page_prints_as_filled(tmp_path: Path) -> None:
    page = render_html(sheet(filled=False), Paper.LETTER, fillable=True)
    long = "a comment that is much longer than its field and yet has to be there as a whole"
    printed = Print.of(tmp_path, driven(page, DRIVER, only="type", comment=long))
    pages = printed.pages
    (first,) = [page for page in pages if "(INC1)" in page]
    assert re.sub(r"\s", "", long) in first
    assert "MB" in first
    assert not [page for page in pages if "Nextopen" in page or "rowsopen" in page]
    assert all("subjectP-7" in page and "____" not in page for page in pages)
    for number, mark in ((1, "Yes"), (2, "N-A"), (3, "")):
        ink = printed.ink(f"INC-{number}")
        assert all((ink[name] > 1.3 * min(ink.values())) == (name == mark) for name in ink), (number, ink)


@needs_chromium
def test_hostile_texts_run_nothing_in_a_browser(tmp_path: Path) -> None:
    page = render_html(hostile(sheet(filled=True, number=2)), Paper.A4, fillable=True)
    told = results(tmp_path, page, only="start")
    assert told["images"] == 0
    assert told["open"][0].startswith("1 of 7 rows open</script>")
    printed = Print.of(tmp_path, page)
    assert any("<script>alert(1)</script>" in text for text in printed.pages)
