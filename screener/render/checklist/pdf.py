"""The checklist as PDF/UA-1, typeset by typst from `sheet.typ`.

The texts reach typst as values of one JSON string, so no text is ever read as its markup or code.
"""

from __future__ import annotations

import json
import re
import struct
import unicodedata
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from screener.checklist.words import PAGE_WORDS
from screener.errors import Problem, UsageError, clean
from screener.render.checklist.picture import factors_picture, factors_words, waits_picture, waits_words

if TYPE_CHECKING:
    from types import ModuleType

    from screener.checklist import Sheet
    from screener.render.checklist.paper import Paper

# Breaks a line between a sign and its number, as in "≥ 60", is where a threshold gets misread.
_SIGNED = re.compile(r"(?<=[<>=≤≥≈±]) (?=[\d.])")
_SPACE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
_SHOWN = "\N{REPLACEMENT CHARACTER}"


def render_pdf(sheet: Sheet, paper: Paper) -> bytes:
    """Typeset the sheet; the same sheet gives the same bytes. Raises UsageError where typst is not installed.

    Characters that the bundled fonts cannot show stand as U+FFFD: a blank would be read as if nothing were there.
    """
    typst = _typst()
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_fonts()])
    made: bytes = typst.compile(
        files(__package__).joinpath("sheet.typ").read_bytes(),
        font_paths=fonts,
        sys_inputs={"sheet": json.dumps(_data(sheet, paper))},
        pdf_standards="ua-1",
        timestamp=0,
    )
    return made


def shown(text: str) -> str:
    """The text as it is printed: on one line, cleaned, in characters of the bundled fonts."""
    text = _SIGNED.sub("\u00a0", _SPACE.sub(" ", clean(text)).strip())
    return _in_fonts(unicodedata.normalize("NFC", text))


@cache
def glyphs() -> frozenset[int]:
    """The code points that both bundled fonts, regular and bold, can show; those for private use mean nothing."""
    regular, bold = (_covered(path.read_bytes()) for path in sorted(_fonts().glob("*.ttf")))
    return frozenset(code for code in regular & bold if unicodedata.category(chr(code)) != "Co")


def _typst() -> ModuleType:
    try:
        import typst  # noqa: PLC0415 - an extra, and only a PDF needs it
    except ImportError as error:
        remedy = "pip install 'screener[print]', or choose -f html"
        raise UsageError(Problem("a PDF needs the extra `print`", remedy)) from error
    module: ModuleType = typst
    return module


def _fonts() -> Path:
    return Path(str(files("screener").joinpath("fonts")))


def _data(sheet: Sheet, paper: Paper) -> dict[str, object]:
    """What `sheet.typ` reads. Pictures are markup of our own: only their letters are seen to."""
    width, height = paper.millimeters
    values: dict[str, object] = {
        field.name: _value(getattr(sheet, field.name)) for field in fields(sheet) if field.name != "words"
    }
    summary = sheet.summary
    language = re.match(r"([a-z]{2,3})(?![^-_])", sheet.language)
    return {
        **values,
        "language": language[1] if language else "en",
        "words": {english: shown(sheet.word(english)) for english in PAGE_WORDS},
        "width": width,
        "height": height,
        "waits_picture": _picture(waits_picture(sheet)),
        "waits_words": shown(waits_words(sheet)),
        "factors_picture": _picture(factors_picture(summary)) if summary else "",
        "factors_words": shown(factors_words(summary)) if summary else "",
    }


def _value(value: object) -> object:
    """A part of a sheet as JSON has it."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if is_dataclass(value):
        return {field.name: _value(getattr(value, field.name)) for field in fields(value)}
    return value


def _picture(svg: str) -> str:
    # typst knows the condensed face by the name of its family, and draws no letter of a face it cannot find.
    return _in_fonts(svg.replace("DejaVu Sans Condensed", "DejaVu Sans"))


def _in_fonts(text: str) -> str:
    if text.isascii():
        return text
    known = glyphs()
    return "".join(letter if letter.isascii() or ord(letter) in known else _SHOWN for letter in text)


def _covered(font: bytes) -> frozenset[int]:
    """The code points of a TrueType font: the table `cmap`, its part for all of Unicode (platform 3, encoding 10)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(tables))
    start = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    (parts,) = struct.unpack_from(">H", font, start + 2)
    records = (struct.unpack_from(">HHI", font, start + 4 + 8 * number) for number in range(parts))
    part = start + next(offset for platform, encoding, offset in records if (platform, encoding) == (3, 10))
    (groups,) = struct.unpack_from(">I", font, part + 12)
    ranges = (struct.unpack_from(">III", font, part + 16 + 12 * number) for number in range(groups))
    return frozenset(code for first, last, glyph in ranges for code in range(first, last + 1) if glyph + code - first)
