"""Age limits as the registry states them, and who surely is inside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.truth import Truth

if TYPE_CHECKING:
    from screener.registry.fields import Part

NO_LIMIT = (99, 999)  # "99 Years", "999 Years": written where no upper limit is meant (domain.md 3.5, 3.7)

_AGE = re.compile(r"([0-9]{1,7}) (Year|Month|Week|Day|Hour|Minute)s?")  # minimumAge in the OpenAPI description 2.0.5
_YEAR = (365, 366)  # days, at least and at most
_IN_A_DAY = {"Days": 1, "Hours": 24, "Minutes": 24 * 60}


@dataclass(frozen=True, slots=True)
class Age:
    """An age limit: a number of "Years", "Months", "Weeks", "Days", "Hours" or "Minutes"."""

    number: int
    unit: str

    def reached(self, years: int) -> Truth:
        """Whether all who have completed so many years and not one more are at least this old."""
        youngest, oldest = self._completed(years)
        return _surely(all_are=youngest >= self.number, none_is=oldest < self.number)

    def not_passed(self, years: int) -> Truth:
        """Whether all of them are at most this old, who is 75 years and some months old being at most 75 years."""
        youngest, oldest = self._completed(years)
        return _surely(all_are=oldest <= self.number, none_is=youngest > self.number)

    def _completed(self, years: int) -> tuple[int, int]:
        """The units completed by the youngest and by the oldest of those who have completed `years`."""
        if self.unit == "Years":
            return years, years
        if self.unit == "Months":
            return 12 * years, 12 * years + 11
        first, end = years * _YEAR[0], (years + 1) * _YEAR[1]
        if self.unit == "Weeks":
            return first // 7, (end - 1) // 7
        return first * _IN_A_DAY[self.unit], end * _IN_A_DAY[self.unit] - 1


def read_age(limits: Part, name: str, unlimited: tuple[int, ...] = ()) -> Age | None:
    """The limit in a field; None if it states none, or a number of years that means none."""
    text = limits.line(name)
    found = _AGE.fullmatch(text)
    if text and not found:
        # Not to be left out: without it, everybody would be inside the limit.
        limits.note(name, f"an age such as '18 Years' or '6 Months' is wanted here, not '{text[:40]}'")
    if not found:
        return None
    age = Age(int(found[1]), f"{found[2]}s")
    return None if age.unit == "Years" and age.number in unlimited else age


def _surely(*, all_are: bool, none_is: bool) -> Truth:
    return Truth.TRUE if all_are else Truth.FALSE if none_is else Truth.UNKNOWN
