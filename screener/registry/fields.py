"""Readers of JSON that nobody vouches for: each gives a typed, harmless value or notes what is wrong and goes on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from screener.eligibility.normal import composed, unescape
from screener.errors import CONTROL, InputError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import NoReturn

Read = TypeVar("Read")

LONGEST = 100_000  # characters of a text; the registry's own limit for its longest field is below a third of it
MOST = 20  # problems told of one study
LARGEST = 99_999_999  # no count of the registry is larger

_BREAK = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What is seen by nobody, beyond CONTROL: soft hyphen, marks of annotation, tags.
_UNSEEN = re.compile("[\xad\u034f\u180e\ufff9-\ufffb\U000e0000-\U000e007f]")
_HALF = re.compile("[\ud800-\udfff]")  # half of a character: JSON may escape it, and no file can hold it
_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_KINDS = {
    type(None): "nothing",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}
NO_RECORD = "give what the registry answers as JSON for https://clinicaltrials.gov/api/v2/studies/ and the NCT id"
_BROKEN = "save the file again: it was cut off, edited, or is no JSON"
_REMEDY = (
    "save or fetch the study again as JSON from the registry; if it comes the same, its format has changed: report it"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A JSON object inside a record: where it stands (a dotted path), its fields, and the problems of the record.

    A field that is missing or null is empty: "", (), None, a part without fields. One of a wrong type is noted, and
    empty too.
    """

    path: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, record: object) -> Part:
        """The whole of a record: without fields if it is no object."""
        return cls(fields=record) if isinstance(record, dict) else cls()

    def note(self, name: str, message: str) -> None:
        """Note something wrong with a field; of very many problems the first are kept."""
        if len(self.problems) < MOST:
            self.problems.append(Problem(f"{self._at(name)}: {message}", _REMEDY))

    def part(self, name: str) -> Part:
        """An object."""
        return self._part(self._at(name), self._value(name, dict) or {})

    def parts(self, name: str) -> tuple[Part, ...]:
        """The objects of a list."""
        return tuple(self._part(self._at(at), value) for at, value in self._items(name, dict))

    def line(self, name: str) -> str:
        """A text in one line."""
        return self._line(name, self._value(name, str) or "")

    def lines(self, name: str) -> tuple[str, ...]:
        """The texts of a list, each in one line; without those that are empty."""
        texts = (self._line(at, value) for at, value in self._items(name, str))
        return tuple(text for text in texts if text)

    def prose(self, name: str) -> str:
        """A text of several lines that the registry keeps as Markdown: its escapes undone, its line ends line feeds."""
        text = unescape(harmless(self._bounded(name, self._value(name, str) or "")))
        return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")

    def count(self, name: str) -> int | None:
        """A whole number, not negative."""
        value = self._value(name, int)
        if value is None or 0 <= value <= LARGEST:
            return value
        self.note(name, f"a whole number from 0 to {LARGEST} is wanted here")
        return None

    def degrees(self, name: str, most: int) -> float | None:
        """Degrees from -`most` to `most`."""
        value = self._value(name, int, float)
        if value is None or -most <= value <= most:
            return value if value is None else float(value)
        self.note(name, f"degrees from -{most} to {most} are wanted here")
        return None

    def flag(self, name: str) -> bool | None:
        """True or false."""
        return self._value(name, bool)

    def day(self, name: str) -> str:
        """A day, month or year as it came: `yyyy-MM-dd`, `yyyy-MM` or `yyyy` (PartialDate in the OpenAPI file)."""
        text = self.line(name)
        if text and not _is_day(text):
            self.note(name, f"a date such as 2026-03-25, 2026-03 or 2026 is wanted here, not '{text[:40]}'")
            return ""
        return text

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _part(self, path: str, fields: Mapping[str, object]) -> Part:
        return Part(path, fields, self.problems)

    def _value(self, name: str, *kinds: type[Read]) -> Read | None:
        return self._checked(name, self.fields.get(name), *kinds)

    def _items(self, name: str, kind: type[Read]) -> list[tuple[str, Read]]:
        items: list[object] = self._value(name, list) or []
        named = ((f"{name}[{place}]", item) for place, item in enumerate(items))
        checked = ((at, self._checked(at, item, kind)) for at, item in named)
        return [(at, item) for at, item in checked if item is not None]

    def _checked(self, name: str, value: object, *kinds: type[Read]) -> Read | None:
        for kind in kinds:
            if type(value) is kind:  # exactly: True is no number
                return value
        if value is not None:
            self.note(name, f"{_KINDS[kinds[0]]} is wanted here, not {_KINDS.get(type(value), 'this')}")
        return None

    def _line(self, name: str, text: str) -> str:
        return " ".join(harmless(self._bounded(name, text)).split())

    def _bounded(self, name: str, text: str) -> str:
        if len(text) <= LONGEST:
            return text
        self.note(name, f"the text is longer than {LONGEST:,} characters")
        return ""


def harmless(text: str) -> str:
    """The text in composed form, without characters that nobody sees; breaks are line feeds, tabs are spaces."""
    text = _UNSEEN.sub("", CONTROL.sub("", _BREAK.sub("\n", text.replace("\t", " "))))
    return composed(_HALF.sub("\N{REPLACEMENT CHARACTER}", text))


def read_json(text: str, name: str) -> Iterator[tuple[object, int]]:
    """The JSON values of a file: one, which has no line (0), or one on each line, with its number.

    Raises InputError that says where the JSON breaks.
    """
    text = text.removeprefix("\N{BYTE ORDER MARK}")
    if not text.strip():
        raise InputError(Problem(f"{name}: the file is empty", NO_RECORD))
    if text.lstrip().startswith("<"):
        raise InputError(Problem(f"{name}: this is a web page or XML, not JSON", NO_RECORD))
    lines = [(line, number) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) > 1 and _is_json(lines[0][0]):
        yield from ((_parsed(line, name, number), number) for line, number in lines)
    else:
        yield _parsed(text, name), 0


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _parsed(text: str, name: str, line: int = 1) -> object:
    """The value of a JSON text that begins on a line of the file."""
    try:
        value: object = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        at = line + error.lineno - 1
        excerpt = _HALF.sub("\N{REPLACEMENT CHARACTER}", text.split("\n")[error.lineno - 1])
        place = Place(name, at, error.colno, excerpt=excerpt)
        raise InputError(Problem("the JSON breaks off or goes wrong here", _BROKEN, place)) from None
    except RecursionError:
        raise InputError(Problem("the JSON is nested too deeply for a study", _REMEDY, Place(name, line, 1))) from None
    except ValueError:
        message = "the JSON holds a number that cannot be read: NaN, Infinity, or thousands of digits"
        raise InputError(Problem(message, _REMEDY, Place(name, line, 1))) from None
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _is_day(text: str) -> bool:
    found = _DAY.fullmatch(text)
    try:
        return bool(found and date(*(int(number or 1) for number in found.groups())))
    except ValueError:
        return False
