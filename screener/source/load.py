"""Read a file and build its nodes; refuse by name whatever YAML offers that data does not need."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from screener.errors import InputError, NoInputError, Problem
from screener.source.nodes import Mapping, Node, Scalar, Sequence, Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 1_000_000  # the largest shipped file has a tenth of this
_MAX_DEPTH = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CONTROL_OR_TAB = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_Loader: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # the C parser where PyYAML was built with it: ten times faster


def load(path: Path, *, private: bool = False, keys: frozenset[str] = frozenset()) -> Node:
    """Read a file; `-` as the path is standard input. Raises InputError, NoInputError."""
    return load_text(read_text(path, private=private, keys=keys))


def read_text(path: Path, *, private: bool = False, keys: frozenset[str] = frozenset()) -> Text:
    """Read UTF-8 text of at most MAX_BYTES from a file or standard input. Raises InputError, NoInputError."""
    name, data = read_bytes(path, MAX_BYTES)
    if len(data) > MAX_BYTES:
        remedy = f"files may have {MAX_BYTES:,} bytes; for many patients use `screener batch`"
        raise InputError(Problem(f"{name} is too large", remedy))
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(Problem(f"{name}:{line}: the text is not UTF-8", "save the file as UTF-8")) from None
    return Text(name, content.replace("\r\n", "\n"), private, keys)


def read_bytes(path: Path, most: int) -> tuple[str, bytes]:
    """What to call a file, and its bytes: one more than `most` if it has more. `-` as the path is standard input.

    Raises NoInputError.
    """
    name = "<standard input>" if str(path) == "-" else str(path)
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as file:
                data = file.read(most + 1)
    except FileNotFoundError:
        raise NoInputError(Problem(f"{name}: there is no such file", "check the path")) from None
    except IsADirectoryError:
        raise NoInputError(Problem(f"{name} is a directory", "name a file in it")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path cannot be used"
        raise NoInputError(Problem(f"{name} cannot be read: {reason}", "check the path and its permissions")) from None
    return name, data


def load_text(text: Text) -> Node:
    """Build the nodes of one YAML (or JSON) document. Raises InputError."""
    _refuse_control_characters(text)
    builder = _Builder(text)
    try:
        return builder.document()
    except yaml.YAMLError as error:
        if text.content.lstrip().startswith("{") and (node := _from_json(text)) is not None:
            return node  # JSON that YAML 1.1 cannot read, such as "\/"
        raise InputError(_syntax_problem(text, error)) from None


def _refuse_control_characters(text: Text) -> None:
    is_json = text.content.lstrip().startswith("{")  # JSON may be laid out with tabs
    if found := (_CONTROL if is_json else _CONTROL_OR_TAB).search(text.content):
        problem = Problem(
            f"a {'tab' if found[0] == chr(9) else f'control character (code {ord(found[0])})'} stands in the text",
            "write spaces in its place" if found[0] == "\t" else "remove it; the file may not be text at all",
            text.place_at(found.start()),
        )
        raise InputError(problem)


def _syntax_problem(text: Text, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    # PyYAML's own wording may quote the file, which may be a patient's; ours does not.
    reason = "" if text.private else f": {getattr(error, 'problem', None) or 'it ends too early'}"
    place = text.place(mark.line, mark.column) if mark else None
    return Problem(
        f"this is not well-formed YAML{reason}", "check quotes, colons, brackets and indentation here", place
    )


class _Builder:
    """From parser events to nodes."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.events: Iterator[Any] = iter(yaml.parse(text.content, Loader=_Loader))
        self.duplicates: list[Problem] = []

    def document(self) -> Node:
        next(self.events)  # stream start
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise InputError(Problem("the file is empty", "see `screener template yaml`", self.text.place(0, 0)))
        if event.version or event.tags:
            self.refuse(event, "a YAML directive")
        root = self.node(next(self.events), 0)
        next(self.events)  # document end
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.refuse(event, "a second document")
        if self.duplicates:
            raise InputError(*self.duplicates)
        return root

    def node(self, event: Any, depth: int) -> Node:  # noqa: ANN401 - PyYAML's events are untyped
        if isinstance(event, yaml.AliasEvent):
            self.refuse(event, "an alias (*)")
        if event.anchor:
            self.refuse(event, "an anchor (&)")
        if event.tag and event.tag != "!":
            self.refuse(event, "a tag (!)")
        if depth > _MAX_DEPTH:
            self.refuse(event, f"nesting deeper than {_MAX_DEPTH} levels")
        start = event.start_mark.index
        if _is_a(event, yaml.ScalarEvent):
            return Scalar(self.text, start, event.end_mark.index, event.value, event.style in {None, ""})
        if _is_a(event, yaml.SequenceStartEvent):
            items = []
            while not _is_a(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.node(event, depth + 1))
            return Sequence(self.text, start, event.end_mark.index, tuple(items))
        return self.mapping(start, depth)

    def mapping(self, start: int, depth: int) -> Mapping:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        while not _is_a(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, Scalar):
                self.refuse(event, "a key that is itself a list or mapping")
            value = self.node(next(self.events), depth + 1)
            if key.value in pairs:
                first = pairs[key.value][0].place.line
                message = f"the key `{key.value}` stands here twice (first in line {first})"
                self.duplicates.append(key.problem(message, "keep one of the two"))
            else:
                pairs[key.value] = (key, value)
        return Mapping(self.text, start, event.end_mark.index, tuple(pairs.values()))

    def refuse(self, event: Any, what: str) -> NoReturn:  # noqa: ANN401 - PyYAML's events are untyped
        mark = event.start_mark
        place = self.text.place(mark.line, mark.column)
        raise InputError(Problem(f"{what} is not allowed here", "write the data out plainly", place))


def _is_a(event: object, kind: type) -> bool:
    """Whether an event is of a kind; kept from the type checker, whose stubs know less of events than is true."""
    return isinstance(event, kind)


def _from_json(text: Text) -> Node | None:
    """Build nodes of a JSON text, without places finer than the file."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in items]
        if len(set(keys)) < len(keys):
            raise InputError(Problem("a key stands twice in one object", "keep one of the two", text.place(0, 0)))
        return dict(items)

    def node(value: Any) -> Node:  # noqa: ANN401 - whatever JSON holds
        end = len(text.content)
        if isinstance(value, dict):
            items = tuple((Scalar(text, 0, 1, key, plain=False), node(item)) for key, item in value.items())
            return Mapping(text, 0, end, items)
        if isinstance(value, list):
            return Sequence(text, 0, end, tuple(node(item) for item in value))
        if isinstance(value, str):
            value.encode()  # half a surrogate pair is no character: UnicodeEncodeError is a ValueError
            return Scalar(text, 0, 1, value, plain=False)
        return Scalar(text, 0, 1, value if isinstance(value, str) else json.dumps(value), plain=True)

    try:
        return node(json.loads(text.content, object_pairs_hook=pairs, parse_float=str, parse_int=str))
    except (ValueError, RecursionError):
        return None
