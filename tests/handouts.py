"""Hand-outs to test, of the example and of invented patients, and strict readers of both their formats."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from screener.catalog import criteria_folder, load_catalog, load_landscape, load_talk
from screener.evaluate import screen_trial
from screener.language import Language
from screener.model import Patient
from screener.patient import compile_patient
from screener.render.handout import HandOut, hand_out, render_html, render_markdown
from screener.source import load
from tests.program import EXAMPLE
from tests.test_invented import DAY, invented, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screener.model import Dictionary, Talk, Trial, TrialResult
    from screener.model.landscape import Landscape
    from screener.render.handout.content import TrialPart

CATALOG = load_catalog(criteria_folder())
DICTIONARY = CATALOG.dictionary
TALK = load_talk(CATALOG.folder, DICTIONARY)
LANDSCAPE = load_landscape(CATALOG.folder, DICTIONARY)
ENGLISH = Language()
STUDIES = [trial for trial in CATALOG.trials if not trial.is_profile]
PROFILES = [trial for trial in CATALOG.trials if trial.is_profile]
REGISTRY = "https://clinicaltrials.gov/study/"
VOID = {"meta", "br", "hr", "img", "input", "link"}


# ---------------------------------------------------------------- what a reader of either sees


@dataclass
class Element:
    """A start tag with the tags around it."""

    tag: str
    attributes: dict[str, str | None]
    inside: tuple[str, ...]


@dataclass
class Page(HTMLParser):
    """An HTML page read strictly: every tag is closed, in order; there are no comments."""

    html: str
    elements: list[Element] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()
        assert self.open_tags == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append(Element(tag, dict(attrs), tuple(self.open_tags)))
        if tag not in VOID:
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.styles if "style" in self.open_tags else self.texts).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    @property
    def text(self) -> str:
        return squeezed(" ".join(self.texts))

    @property
    def shape(self) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(element.tag, str(element.attributes), element.inside) for element in self.elements]


@dataclass
class Note:
    """A Markdown note, read as CommonMark with tables and struck-out text."""

    text: str
    shape: list[str]

    @classmethod
    def of(cls, markdown: str) -> Note:
        tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
        texts, shape = [], []
        for token in tokens:
            shape.append(token.type)
            if token.children is not None:
                texts.append("".join(child.content for child in token.children))
                shape += [child.type for child in token.children if child.type != "text"]
        return cls(squeezed("\n".join(texts)), shape)


def read_markdown(page: HandOut) -> str:
    return Note.of(render_markdown(page)).text


def read_html(page: HandOut) -> str:
    return Page(render_html(page)).text


def squeezed(text: str) -> str:
    return " ".join(text.split())


def said(page: object) -> Iterator[str]:
    """Every text of a hand-out."""
    if isinstance(page, str):
        yield page
    elif isinstance(page, tuple):
        for item in page:
            yield from said(item)
    elif is_dataclass(page) and not isinstance(page, Language):
        for entry in fields(page):
            yield from said(getattr(page, entry.name))


# ---------------------------------------------------------------- the example and invented patients


@dataclass(frozen=True)
class Case:
    """A patient with all results and the hand-out."""

    patient: Patient
    results: tuple[TrialResult, ...]
    page: HandOut

    def parts(self) -> list[tuple[TrialResult, TrialPart]]:
        by_id = {result.trial.id: result for result in self.results}
        return [(by_id[part.id], part) for part in self.page.trials]


def handed(
    patient: Patient,
    trials: Sequence[Trial],
    *,
    dictionary: Dictionary = DICTIONARY,
    talk: Talk = TALK,
    landscape: Landscape = LANDSCAPE,
    explain: bool = False,
) -> Case:
    results = tuple(screen_trial(trial, patient, dictionary) for trial in trials)
    page = hand_out(patient, results, dictionary, talk, ENGLISH, landscape=landscape, explain=explain)
    return Case(patient, results, page)


@cache
def example() -> Patient:
    return compile_patient(load(EXAMPLE), DICTIONARY, today=DAY)


@cache
def cases() -> tuple[Case, ...]:
    people = [Patient(f"S-{number}", DAY, read(one, DICTIONARY)) for number, one in enumerate(invented()[:10])]
    return tuple(handed(patient, CATALOG.trials) for patient in (example(), *people))
