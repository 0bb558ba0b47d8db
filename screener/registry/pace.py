"""How fast the registry is asked: one request a second, and longer waits after a failure."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Seconds between two requests. The registry states no rate; its robots.txt asks this of crawlers (domain.md 3.2).
GAP = 1.0
FIRST = 1.0  # seconds before the first repetition; each further wait is twice as long
LONGEST = 120.0  # seconds: who is asked to wait longer gives up rather than come back too early
_DIGITS = 9


class Pace:
    """The waits of one client. It asks no clock and does not sleep itself."""

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], object], random: Callable[[], float]
    ) -> None:
        """Take a clock that never goes back (seconds), what waits for seconds, and chance in [0, 1)."""
        self._clock, self._sleep, self._random = clock, sleep, random
        self._last: float | None = None

    def turn(self) -> None:
        """Wait until the next request may be sent."""
        if self._last is not None and (left := self._last + GAP - self._clock()) > 0:
            self._sleep(left)
        self._last = self._clock()

    def back_off(self, failures: int, asked: float | None) -> None:
        """Wait after so many `failures` in a row (1 or more), no less than the seconds that were `asked` for.

        Chance is added so that clients that failed together do not come back together.
        """
        usual = FIRST * 2.0 ** (failures - 1) * (0.5 + self._random() / 2)
        longest = min(usual, LONGEST)
        self._sleep(longest if asked is None else max(longest, min(asked, LONGEST) + self._random()))


def asked_wait(retry_after: str, date: str) -> float | None:
    """Seconds that the headers `Retry-After` and `Date` ask for (RFC 9110, 10.2.3); None if they say nothing usable.

    A point in time is measured from the answer's own date: the clock of this machine may be wrong.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= _DIGITS else float("inf")
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):  # no dates, or one of them without a time zone
        return None
    return max(0.0, wait.total_seconds())
