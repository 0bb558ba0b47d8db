"""Words, numbers, units and signs of an expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

KEYWORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "is",
        "of",
        "to",
        "from",
        "since",
        "except",
        "any",
        "count",
        "last",
        "first",
        "at",
        "least",
        "longer",
        "shorter",
        "before",
        "after",
        "date",
    ]
)
_NO_UNITS = KEYWORDS - {"in"}  # after a number, `in` is inches
_SKIP = re.compile(r"\s+")
_TOKEN = re.compile(r"(?P<word>[A-Za-z]\w*)|(?P<number>\d+(?:\.\d+)?)|(?P<sign><=|>=|!=|[<>=(){},])", re.ASCII)
_UNIT = re.compile(
    r"\s*(%|10\^\d+/[A-Za-zµμ]+|half-lives|/[A-Za-zµμ]\w*|[A-Za-zµμ]\w*(?:/[A-Za-zµμ]\w*)?(?:/1\.73m2)?)"
)
_MAX_LENGTH = 4000


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    UNIT = "unit"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, and where it begins."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The index just after it."""
        return self.start + len(self.text)


class ExpressionError(Exception):
    """What is wrong with an expression, what to do, and where it stands in the text."""

    def __init__(self, message: str, remedy: str, start: int, length: int = 1) -> None:
        """Take what a Problem takes, with an index in place of a file's place."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.start = start
        self.length = length


def tokens_of(text: str) -> list[Token]:
    """Split the text; the last token is of kind END. Raises ExpressionError."""
    if len(text) > _MAX_LENGTH:
        raise ExpressionError("this expression is too long", "split the criterion into several", 0)
    tokens: list[Token] = []
    index = 0
    while index < len(text):
        if skipped := _SKIP.match(text, index):
            index = skipped.end()
            continue
        after_number = bool(tokens) and tokens[-1].kind is Kind.NUMBER
        unit = _UNIT.match(text, index) if after_number else None
        if unit and unit[1] not in _NO_UNITS:
            tokens.append(Token(Kind.UNIT, unit[1], unit.start(1)))
        elif found := _TOKEN.match(text, index):
            tokens.append(Token(Kind(found.lastgroup), found[0], index))
        else:
            raise ExpressionError(f"`{text[index]}` has no meaning here", "see docs/rule-language.md", index)
        index = tokens[-1].end
    tokens.append(Token(Kind.END, "", tokens[-1].end if tokens else 0))
    return tokens
