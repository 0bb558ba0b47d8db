"""Readers of fields: each gives a typed value or notes what is wrong and goes on, so that all faults of a file are
reported together.
"""

from __future__ import annotations

import difflib
import re
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from screener.dates import parse_day
from screener.errors import BadAnswer, InputError, Problem
from screener.source.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

Read = TypeVar("Read")

# What YAML 1.1 or 1.2 would silently turn into something else than the text that stands there.
_IMPLICIT = re.compile(
    r"(?i:yes|no|on|off|true|false|y|n|null|~|)|[-+]?[\d.][\d_.,:eExXoa-fA-F+-]*|[-+]?\.(?i:inf|nan)|\d{4}-\d\d?-\d\d?.*"
)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_WHOLE = re.compile(r"0|[1-9]\d{0,8}")


class Reader:
    """Reads the fields of one file and collects its problems."""

    def __init__(self) -> None:
        """Begin with no problem."""
        self.problems: list[Problem] = []

    def note(self, node: Node, message: str, remedy: str) -> None:
        """Note something wrong with a node."""
        self.problems.append(node.problem(message, remedy))

    def finish(self) -> None:
        """Raise InputError with all the problems noted, in file order, if there are any."""
        if self.problems:
            raise InputError(
                *sorted(self.problems, key=lambda p: (p.place.line, p.place.column) if p.place else (0, 0))
            )

    def mapping(self, node: Node, keys: Iterable[str] | None = None, required: Iterable[str] = ()) -> dict[str, Node]:
        """Give the fields of a mapping; `keys` are those allowed (None: any), `required` those that must be there."""
        if not isinstance(node, Mapping):
            self.note(node, "a mapping of keys to values is wanted here", "write `key: value` lines")
            return {}
        found: dict[str, Node] = {}
        allowed = None if keys is None else {*keys, *required}
        for key, value in node.items:
            if allowed is not None and key.value not in allowed:
                self.note(key, f"there is no key `{key.value}` here", nearest(key.value, allowed))
            elif allowed is None and key.plain and _IMPLICIT.fullmatch(key.value):
                self.note(key, "YAML may read this key as something else than text", f'write "{key.value}"')
            elif isinstance(value, Scalar) and value.plain and value.value in {"", "~", "null"}:
                self.note(key, f"`{key.value}` has no value", "give one, or leave the key out")
            else:
                found[key.value] = value
        present = {key.value for key, _ in node.items}
        for name in required:
            if name not in present:
                self.note(node, f"the key `{name}` is missing", f"add `{name}:`")
        return found

    def sequence(self, node: Node | None) -> tuple[Node, ...]:
        """Give the items of a list; none where there is no node."""
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self.note(node, "a list is wanted here", "write `- item` lines or [item, item]")
            return ()
        return node.items

    def scalar(self, node: Node) -> Scalar | None:
        """Give a single value of any kind."""
        if isinstance(node, Scalar):
            return node
        self.note(node, "a single value is wanted here", "write it after the colon")
        return None

    def text(self, node: Node) -> str:
        """Give text. Unquoted text that YAML may read as a truth value, a number or a date is refused."""
        scalar = self.scalar(node)
        if scalar is None:
            return ""
        if scalar.plain and _IMPLICIT.fullmatch(scalar.value):
            shown = "it" if scalar.text.private else f'"{scalar.value}"'
            self.note(scalar, "YAML may read this as something else than text", f"put quotes around it: {shown}")
        elif not scalar.value.strip():
            self.note(scalar, "this text is empty", "write something, or leave the key out")
        return " ".join(scalar.value.split())

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """Give a list of texts."""
        return tuple(self.text(item) for item in self.sequence(node))

    def one_of(self, node: Node, words: Iterable[str]) -> str:
        """Give one of a few words."""
        allowed = list(words)
        scalar = self.scalar(node)
        if scalar is None:
            return allowed[0]
        if scalar.value not in allowed:
            self.note(scalar, f"`{scalar.value}` is not known here", nearest(scalar.value, allowed))
        return scalar.value

    def number(self, node: Node) -> Fraction:
        """Give a decimal number, exactly. Octal, hexadecimal, `1:30` and `1_000` are refused."""
        scalar = self.scalar(node)
        if scalar is not None and _NUMBER.fullmatch(scalar.value) and len(scalar.value) <= 20:  # noqa: PLR2004
            return Fraction(scalar.value)
        if scalar is not None:
            self.note(
                scalar, "a plain decimal number is wanted here", "write digits with a decimal point, no leading zero"
            )
        return Fraction(0)

    def whole(self, node: Node) -> int:
        """Give a whole number, not negative."""
        scalar = self.scalar(node)
        if scalar is not None and _WHOLE.fullmatch(scalar.value):
            return int(scalar.value)
        if scalar is not None:
            self.note(scalar, "a whole number is wanted here", "write digits, no leading zero")
        return 0

    def flag(self, node: Node) -> bool:
        """Give true or false, written so."""
        scalar = self.scalar(node)
        if scalar is not None and scalar.value not in {"true", "false"}:
            self.note(scalar, "true or false is wanted here", "write true or false")
        return scalar is not None and scalar.value == "true"

    def day(self, node: Node) -> date | None:
        """Give a whole date."""
        return self.parsed(node, parse_day)

    def parsed(self, node: Node, parse: Callable[[str], Read]) -> Read | None:
        """Give what `parse` makes of a single value; its BadAnswer becomes a problem."""
        scalar = self.scalar(node)
        if scalar is None:
            return None
        try:
            return parse(scalar.value)
        except BadAnswer as bad:
            self.note(scalar, bad.reason, bad.remedy)
            return None


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Give a remedy that names the nearest allowed word, or all of them where none is near."""
    choices = sorted(allowed)
    close = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"use one of: {', '.join(choices)}" if len(choices) <= 24 else "see `screener rules schema`"  # noqa: PLR2004


def read_document(node: Node, read: Callable[[Reader, Node], Read]) -> Read:
    """Read a whole document, then raise InputError with all its problems, or give what was read."""
    reader = Reader()
    result = read(reader, node)
    reader.finish()
    return result
