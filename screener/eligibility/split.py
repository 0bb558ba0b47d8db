"""Split an eligibility text into its requirements, each with a place that people can find again.

A place is the path of the numbers and letters printed in the text, `3.1` or `6.a`; items of a bulleted list are
counted, and numbers that follow one are footnotes, `f1`. A paragraph that belongs to no list is a note, `n1`; where a
text has no list at all, every paragraph is an item. A place taken already gets `/2`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from screener.eligibility.normal import fingerprint, unescape

_HEADING = re.compile(
    r"[\W\d]*(?:key |main |major )?(?P<kind>inclusion|non-inclusion|exclusion) criteria(?: for [^.]{1,40})?\W*",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?P<before>.*\S)\s+(?P<heading>(?:Key )?(?:Inclusion|Exclusion) Criteria:?)\s*")
_STRAY = re.compile(r"\W*key\W*", re.IGNORECASE)  # the first word of a heading that a machine split off
_ITEM = re.compile(
    r"(?P<indent>\s*)(?P<marker>[*\-•–](?=\s)|\d{1,2}[.)](?=\s)|[a-z][.)](?=\s)|[A-Z]\)(?=\s)|[ivx]{1,4}[.)](?=\s))\s+(?P<rest>\S.*)"
)
_DOUBLE = re.compile(r"(?P<marker>\d{1,2}[.)])\s+(?P<rest>\S.*)")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: `section` is inclusion or exclusion, `item` its place, `text` what it says on one line."""

    section: str
    item: str
    text: str

    @property
    def sha256(self) -> str:
        """The first 16 digits of the fingerprint of its text."""
        return fingerprint(self.text)[:16]


@dataclass
class _Open:
    """An item being read."""

    indent: int
    item: str
    kind: str
    lines: list[str]
    children: int = 0


@dataclass
class _Splitter:
    section: str = "inclusion"
    found: list[tuple[str, _Open]] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    top: int = 0  # items at the top of the list so far
    top_kind: str = ""
    notes: int = 0
    taken: set[tuple[str, str]] = field(default_factory=set)

    def begin(self, section: str) -> None:
        self.section = section
        self.stack = []
        self.top = self.notes = 0
        self.top_kind = ""

    def item(self, indent: int, marker: str, rest: str) -> None:
        kind = _kind(marker)
        while self.stack and not _is_child(indent, kind, self.stack[-1]):
            self.stack.pop()
        parent = self.stack[-1] if self.stack else None
        if parent:
            parent.children += 1
            count, prefix = parent.children, f"{parent.item}."
        else:
            self.top += 1
            self.top_kind = self.top_kind or kind
            is_footnote = (self.top_kind, kind) == ("bullet", "number")
            count, prefix = self.top, "f" if is_footnote else ""
        label = str(count) if kind == "bullet" else marker.rstrip(".)").lower()
        self.open(indent, kind, prefix + label, rest)

    def note(self, indent: int, text: str) -> None:
        self.notes += 1
        self.stack = []
        self.open(indent, "note", f"n{self.notes}", text)

    def open(self, indent: int, kind: str, place: str, text: str) -> None:
        unique, again = place, 1
        while (self.section, unique) in self.taken:
            again += 1
            unique = f"{place}/{again}"
        self.taken.add((self.section, unique))
        opened = _Open(indent, unique, kind, [text])
        self.stack.append(opened)
        self.found.append((self.section, opened))


def split(text: str) -> tuple[Requirement, ...]:
    """Give the requirements of an eligibility text in its own order."""
    lines = _lines(unescape(text))
    splitter = _Splitter()
    after_blank = True
    for line in lines:
        stripped = line.strip()
        if not any(character.isalnum() for character in stripped):
            after_blank = True
            continue
        heading = _HEADING.fullmatch(stripped)
        if heading:
            splitter.begin("inclusion" if heading["kind"].lower() == "inclusion" else "exclusion")
        elif found := _ITEM.fullmatch(line):
            marker, rest = found["marker"], found["rest"]
            if double := _DOUBLE.fullmatch(rest) if _kind(marker) == "bullet" else None:
                marker, rest = double["marker"], double["rest"]
            indent = len(found["indent"])
            for inline_marker, inline_rest in _inline(marker, rest):
                splitter.item(indent, inline_marker, inline_rest)
        elif not _STRAY.fullmatch(stripped):
            indent = len(line) - len(line.lstrip())
            goes_on = splitter.stack and (not after_blank or indent > splitter.stack[-1].indent)
            if (goes_on and splitter.stack[-1].kind != "note") or (goes_on and not after_blank):
                splitter.stack[-1].lines.append(stripped)
            else:
                splitter.note(indent, stripped)
        after_blank = False
    return _requirements(splitter.found)


def _lines(text: str) -> list[str]:
    """Lines with tabs expanded, and a heading glued to the end of an item set apart."""
    lines: list[str] = []
    for line in text.expandtabs(4).splitlines():
        glued = None if _HEADING.fullmatch(line.strip()) else _GLUED.fullmatch(line)
        lines += [line[: glued.end("before")], glued["heading"]] if glued else [line]
    return lines


def _kind(marker: str) -> str:
    if marker in "*-•–":
        return "bullet"
    return "number" if marker[0].isdigit() else "letter"


def _is_child(indent: int, kind: str, above: _Open) -> bool:
    """Deeper than the item above; or a letter under a number at the same depth."""
    if above.kind == "note":
        return False
    return indent > above.indent or (indent == above.indent and (above.kind, kind) == ("number", "letter"))


def _inline(marker: str, rest: str) -> list[tuple[str, str]]:
    """Several items in one line: `a. … b. … c. …`, each the next in turn."""
    items = [(marker, rest)]
    if marker[0].lower() not in {"a", "1"}:
        return items
    while True:
        last, text = items[-1]
        following = str(int(last[:-1]) + 1) if last[0].isdigit() else chr(ord(last[0]) + 1)
        cut = re.search(rf"[\s;；]+{re.escape(following + last[-1])}\s+", text)
        if not cut:
            return items
        items[-1] = (last, text[: cut.start()])
        items.append((following + last[-1], text[cut.end() :]))


def _requirements(found: list[tuple[str, _Open]]) -> tuple[Requirement, ...]:
    """Where a section has no list, its paragraphs are its items."""
    listed = {section for section, item in found if item.kind != "note"}
    return tuple(
        Requirement(section, item.item if section in listed else item.item.removeprefix("n"), " ".join(item.lines))
        for section, item in found
    )
