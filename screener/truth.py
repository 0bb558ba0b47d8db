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
        if self is Truth.UNKNOWN:
            return self
        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE


def truth_of(known: bool) -> Truth:  # noqa: FBT001 - the one bridge from bool
    """Lift a boolean that is known."""
    return Truth.TRUE if known else Truth.FALSE


def all_of(truths: Iterable[Truth]) -> Truth:
    """Conjunction: FALSE if any is false, else UNKNOWN if any is unknown, else TRUE."""
    result = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return Truth.FALSE
        if truth is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result


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
