"""Three-valued logic after Kleene: what is not known stays UNKNOWN until an answer decides it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Truth(Enum):
    """True, false, or not known."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Refuse to be a boolean: `if truth:` would make UNKNOWN silently true."""
        message = "a Truth is not a bool; compare with `is Truth.TRUE`"
        raise TypeError(message)

    def __invert__(self) -> Truth:
        """Negation: UNKNOWN stays UNKNOWN."""
        return _NEGATION[self]


_NEGATION = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


def truth_of(known: bool) -> Truth:  # noqa: FBT001 - the one bridge from bool
    """Lift a boolean that is known."""
    return Truth.TRUE if known else Truth.FALSE


def all_of(truths: Iterable[Truth]) -> Truth:
    """Conjunction: FALSE if any is false, else UNKNOWN if any is unknown, else TRUE."""
    seen = set(truths)
    if Truth.FALSE in seen:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.TRUE


def any_of(truths: Iterable[Truth]) -> Truth:
    """Disjunction: TRUE if any is true, else UNKNOWN if any is unknown, else FALSE."""
    return ~all_of(~truth for truth in truths)


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """Whether at least `count` of the truths hold."""
    seen = list(truths)
    sure = seen.count(Truth.TRUE)
    if sure >= count:
        return Truth.TRUE
    return Truth.FALSE if sure + seen.count(Truth.UNKNOWN) < count else Truth.UNKNOWN
