"""The visible text of a page: plain text, HTML, or a page saved by a browser as one file.

HTML is read in one pass, each character once. The parser of the standard library is not used: what is malformed on
purpose costs it time that grows with the square of the length (measured on Python 3.11: 100 seconds for 320 kB).
"""

from __future__ import annotations

import codecs
import email
import email.policy
import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screener.errors import CONTROL, InputError, Problem
from screener.source.load import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 20_000_000
MAX_LETTERS = 500_000  # of visible text: some two hundred printed pages, looked at in seconds

_SAVE = "save the page as text or HTML, and name that file"
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a Word document or another zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or a recording"),
    (b"\x1f\x8b", "a compressed file"),
    (b"bplist", "a web archive of Safari"),
    (b"{\\rtf", "a document in rich text"),
)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"""(?i)<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s{0,9}=\s{0,9}["']?([a-z0-9_:.-]{2,40})""")
_LOOKS_LIKE_HTML = re.compile(
    r"(?i)<(?:!doctype|html|head|body|div|p|table|ul|ol|article|section|main|h[1-6]|span|br|meta|nav)\b[^<>]{0,500}>"
)
_MHTML = re.compile(rb"(?is)\A(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,40}?content-type:\s*multipart/related")
_MAX_PARTS = 2000

_HUGE_REFERENCE = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{8,});?")
_TAG = re.compile(r"</?([a-zA-Z][^\s/>]{0,40})")
_TAG_STOP = re.compile(r""">|=\s*["']""")
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]*))?""")
_NO_DISPLAY = re.compile(r"(?i)(?:display\s*:\s*none|visibility\s*:\s*hidden)")
_RAW = {name: re.compile(f"(?i)</{name}") for name in ("script", "style", "textarea", "title", "noscript", "template")}
_IN_HEAD = {"title", "meta", "link", "base"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "em", "font", "i", "ins", "kbd", "label"),
    *("mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
}
_PARAGRAPH = "\f"  # until all marks between two blocks are seen
_LINE = {"br", "li", "dd", "dt", "tr", "option"}  # the others end a paragraph
_CELL = {"td", "th"}
_CLOSED_BY_THE_NEXT = {"p", "li", "dd", "dt", "tr", "td", "th", "option"}


@dataclass(frozen=True, slots=True)
class VisibleText:
    """What a reader of the page sees. Lines are blocks; a blank line parts paragraphs, a tab the cells of a row.

    `wrapped` where a line may also end inside a sentence, as in plain text.
    """

    text: str
    wrapped: bool = True


def read_page(path: Path) -> VisibleText:
    """Read a file; `-` as the path is standard input. Raises InputError, NoInputError."""
    name, data = read_bytes(path, MAX_BYTES)
    return visible(data, name)


def visible(data: bytes, name: str) -> VisibleText:
    """The visible text of a file of this name. Raises InputError for what is too large or no text."""
    if len(data) > MAX_BYTES:
        remedy = f"a page may have {MAX_BYTES // 1_000_000} MB; {_SAVE}, or only the part to be looked at"
        raise InputError(Problem(f"{name} is too large", remedy))
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise InputError(Problem(f"{name} is {kind}, and only text can be read", _SAVE))
    if _MHTML.match(data[:20_000]):
        data = _page_of(data, name)
    text = _decoded(data, name)
    is_html = name.lower().endswith((".html", ".htm", ".xhtml")) or _LOOKS_LIKE_HTML.search(text[:20_000])
    shown = VisibleText(_shown(text), wrapped=False) if is_html else VisibleText(_plain(text))
    if len(shown.text) > MAX_LETTERS:
        remedy = f"at most {MAX_LETTERS:,} characters of visible text are looked at; save the part that matters"
        raise InputError(Problem(f"{name} is too long for a page", remedy))
    return shown


def of_words(words: str) -> VisibleText:
    """Words as they were typed or pasted. Raises InputError."""
    return visible(words.encode("utf-8", "replace"), "the text")


def _page_of(data: bytes, name: str) -> bytes:
    """The HTML of a page that a browser saved as MHTML, encoded as UTF-8."""
    if data.count(b"boundary=") <= 20 and data.count(b"\n--") <= _MAX_PARTS:  # noqa: PLR2004 - see below
        # The standard parser nests as deep as the boundaries do, and saved pages have one.
        for part in email.message_from_bytes(data, policy=email.policy.compat32).walk():
            if part.get_content_type() == "text/html":
                found = part.get_payload(decode=True)
                charset = part.get_content_charset() or ""
                if isinstance(found, bytes):
                    codec = _codec(charset) or "utf-8"
                    return b"<!doctype html>" + found.decode(codec, "replace").encode("utf-8", "replace")
    raise InputError(Problem(f"{name} is a saved page without a readable text", _SAVE))


def _decoded(data: bytes, name: str) -> str:
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(codec, "replace")
    if b"\0" in data:
        raise InputError(Problem(f"{name} is no text: it holds bytes of zero", _SAVE))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        declared = _META.search(data[:4096])
        codec = _codec(declared[1].decode("ascii")) if declared else ""
        return data.decode(codec or "cp1252", "replace")


def _codec(name: str) -> str:
    """The name of a text encoding that is known and reads bytes; "" for others."""
    try:
        found = codecs.lookup(name)
        return found.name if isinstance(b"a".decode(found.name), str) else ""
    except (LookupError, UnicodeError, ValueError, TypeError):
        return ""


def _plain(text: str) -> str:
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _shown(text: str) -> str:
    """The visible text of HTML."""
    reader = _Reader()
    text = text.replace("\0", "")
    at = 0
    while (opens := text.find("<", at)) >= 0:
        reader.words(text[at:opens])
        if text.startswith("<!--", opens):
            at = _after(text, "-->", opens + 4)
        elif text[opens + 1 : opens + 2] in {"!", "?"}:
            at = _after(text, ">", opens)
        elif tag := _TAG.match(text, opens):
            at = _end_of_tag(text, tag.end())
            name = tag[1].lower()
            if text[opens + 1] == "/":
                reader.close(name)
            elif name in _RAW:
                ends = _RAW[name].search(text, at)
                if name == "textarea":
                    reader.words(text[at : ends.start() if ends else len(text)])
                at = _end_of_tag(text, ends.end()) if ends else len(text)
            else:
                reader.open(name, text[tag.end() : at])
        else:
            reader.words("<")
            at = opens + 1
    reader.words(text[at:])
    return reader.text()


def _after(text: str, mark: str, start: int) -> int:
    """The place after the next mark; the end of the text where there is none, as browsers have it."""
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)


def _end_of_tag(text: str, at: int) -> int:
    while stop := _TAG_STOP.search(text, at):
        if stop[0] == ">":
            return stop.end()
        at = _after(text, stop[0][-1], stop.end())
    return len(text)


def _is_hidden(attributes: str) -> bool:
    for found in _ATTRIBUTE.finditer(attributes):
        name = found[1].lower()
        if name == "hidden" or (name == "style" and _NO_DISPLAY.search(found[2] or "")):
            return True
    return False


@dataclass(slots=True)
class _Reader:
    """Collects what is seen, and knows inside which hidden element it stands."""

    parts: list[str] = field(default_factory=list)
    hidden: str = ""
    depth: int = 0

    def words(self, text: str) -> None:
        if text and not self.hidden:
            letters = html.unescape(_HUGE_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text))
            self.parts.append(CONTROL.sub("", re.sub(r"[ \t\r\n\f\xa0]+", " ", letters)))

    def open(self, name: str, attributes: str) -> None:
        if self.hidden:
            if self.hidden == "head":
                if name in _IN_HEAD:
                    return
                self.hidden = ""
            elif name == self.hidden:
                if name not in _CLOSED_BY_THE_NEXT:
                    self.depth += 1
                    return
                self.hidden = ""
            else:
                return
        if name == "head" or (name not in _VOID and _is_hidden(attributes)):
            self.hidden, self.depth = name, 1
        self._part(name)

    def close(self, name: str) -> None:
        if self.hidden and name == self.hidden:
            self.depth -= 1
            if not self.depth:
                self.hidden = ""
        self._part(name)

    def _part(self, name: str) -> None:
        if name not in _INLINE and not self.hidden:
            self.parts.append("\t" if name in _CELL else "\n" if name in _LINE else _PARAGRAPH)

    def text(self) -> str:
        """All of it, with one mark between two blocks: a tab, a line's end, or a blank line."""
        text = re.sub(r" *[\n\t\f][ \n\t\f]*", _strongest, "".join(self.parts))
        return re.sub(r" {2,}", " ", text).strip()


def _strongest(gap: re.Match[str]) -> str:
    return "\n\n" if _PARAGRAPH in gap[0] else "\n" if "\n" in gap[0] else "\t"
