"""What a YAML file holds: mappings, sequences and scalars, each knowing where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from screener.errors import Place, Problem


@dataclass(frozen=True, slots=True)
class Text:
    """The whole text of a file, and what it is called. Of a private one, errors show `keys` and no other word."""

    name: str
    content: str
    private: bool = False
    keys: frozenset[str] = frozenset()
    _lines: list[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Split the lines once, for excerpts."""
        object.__setattr__(self, "_lines", self.content.split("\n"))

    def place(self, line: int, column: int, length: int = 1) -> Place:
        """Give the place at a 0-based line and column."""
        excerpt = self._lines[line] if line < len(self._lines) else ""
        return Place(self.name, line + 1, column + 1, max(1, length), excerpt.rstrip("\r"), self.private, self.keys)

    def place_at(self, index: int, length: int = 1) -> Place:
        """Give the place at a 0-based index into the content."""
        line = self.content.count("\n", 0, index)
        column = index - (self.content.rfind("\n", 0, index) + 1)
        return self.place(line, column, length)


@dataclass(frozen=True, slots=True)
class _Located:
    text: Text
    start: int  # index into the content
    end: int

    @property
    def place(self) -> Place:
        """Where the node begins, as long as it runs on that line."""
        first_line = self.text.content[self.start : self.end].split("\n", 1)[0]
        return self.text.place_at(self.start, len(first_line.rstrip()))

    def problem(self, message: str, remedy: str) -> Problem:
        """Something wrong with this node."""
        return Problem(message, remedy, self.place)


@dataclass(frozen=True, slots=True)
class Scalar(_Located):
    """One value, always as text; `plain` means written without quotes."""

    value: str
    plain: bool

    @property
    def raw(self) -> tuple[str, int]:
        """The value as it stands in the file and the index where it begins: for languages inside YAML.

        Plain and folded scalars are given with their line breaks, so that places inside them stay true.
        """
        raw = self.text.content[self.start : self.end]
        if self.plain:
            return raw, self.start
        if raw[:1] in {"'", '"'}:
            return raw[1:-1], self.start + 1
        header, _, body = raw.partition("\n")  # a block scalar: `>-` and the lines below
        return body, self.start + len(header) + 1


@dataclass(frozen=True, slots=True)
class Sequence(_Located):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping(_Located):
    """Keys with their values, in file order; keys are unique."""

    items: tuple[tuple[Scalar, Node], ...]

    def get(self, key: str) -> Node | None:
        """The value of a key, if it is there."""
        return next((value for name, value in self.items if name.value == key), None)


Node = Scalar | Sequence | Mapping
