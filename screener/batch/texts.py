"""Cells as text become typed columns: each distinct text is read once, by the same reader as `screen`, and the rows
only point to what was read. Files have few distinct texts and many rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screener.dates import parse_day
from screener.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    Codes = NDArray[np.int32]
    Faults = dict["Fault", NDArray[np.bool_]]

T = TypeVar("T")
MOST_TEXTS = 60_000  # kept of one column, some 30 MB; then all is forgotten and read anew
SEPARATOR = "\x1f"  # between texts that are read together; a cell that holds it loses it


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text could not be read, and what to do. `header` is of the column to blame, if not that of the value."""

    reason: str
    remedy: str
    header: str = ""


class FaultyError(Exception):
    """A fault of a cell beside the value."""

    def __init__(self, bad: BadAnswer, header: str) -> None:
        """Take what was wrong, and where."""
        super().__init__()
        self.fault = Fault(bad.reason, bad.remedy, header)


class Remembered(Generic[T]):
    """A function whose results are kept, and also that it raised BadAnswer."""

    def __init__(self, function: Callable[..., T]) -> None:
        """Take the function; it may depend on nothing but its arguments."""
        self._function = function
        self._results: dict[object, T | BadAnswer] = {}

    def __call__(self, *key: object) -> T:
        """The result. Raises BadAnswer."""
        result = self._results.get(key)
        if result is None:
            if len(self._results) >= MOST_TEXTS:
                self._results.clear()
            try:
                result = self._function(*key)
            except BadAnswer as bad:
                result = bad
            self._results[key] = result
        if isinstance(result, BadAnswer):
            raise result.with_traceback(None)
        return result


class Known:
    """What was read so far: for each text its place, and the typed values at each place."""

    def __init__(self, types: Sequence[pa.DataType], read: Callable[[Any], tuple[Any, ...]]) -> None:
        """`read` gives the values of a text, one for each type. It may raise BadAnswer."""
        self._types = types
        self._read = read
        self._nothing = tuple(None for _ in types)
        self._forget()

    def _forget(self) -> None:
        self._places: dict[str, int] = {}
        self._rows: list[tuple[Any, ...]] = []
        self._columns = [pa.array([], kind) for kind in self._types]
        self.faults: dict[int, Fault] = {}

    def places(self, texts: Sequence[str]) -> Codes:
        """The place of each text; those not yet known are read. Raises nothing: what cannot be read is a fault."""
        if len(self._places) + len(texts) > MOST_TEXTS:
            self._forget()
        known = self._places
        found = np.empty(len(texts), np.int32)
        for number, text in enumerate(texts):
            place = known.get(text)
            if place is None:
                place = known[text] = len(known)
                try:
                    row = self._read(text)
                except BadAnswer as bad:
                    row, self.faults[place] = self._nothing, Fault(bad.reason, bad.remedy)
                except FaultyError as faulty:
                    row, self.faults[place] = self._nothing, faulty.fault
                self._rows.append(row)
            found[number] = place
        return found

    def columns(self) -> list[pa.Array]:
        """The typed values, by place."""
        if self._rows:
            fresh = zip(*self._rows, strict=True)
            self._columns = [
                pa.concat_arrays([old, pa.array(new, kind)])
                for old, new, kind in zip(self._columns, fresh, self._types, strict=True)
            ]
            self._rows = []
        return self._columns

    def typed(self, texts: pa.Array) -> tuple[list[pa.Array], Faults]:
        """The typed values of each row, and for each fault the rows that have it."""
        words, rows = distinct(texts)
        places = self.places(words)
        columns = [column.take(pa.array(places)).take(pa.array(rows)) for column in self.columns()]
        return columns, {fault: at[rows] for fault, at in self.blamed(places).items()}

    def blamed(self, places: Codes) -> Faults:
        """For each fault the places, of these, that have it."""
        faults: Faults = {}
        for number, place in enumerate(places if self.faults else ()):
            if fault := self.faults.get(int(place)):
                faults.setdefault(fault, np.zeros(len(places), bool))[number] = True
        return faults


def distinct(texts: pa.Array) -> tuple[list[Any], NDArray[np.int32]]:
    """The distinct texts, None among them, and for each row which of them it holds."""
    encoded = pc.dictionary_encode(texts, null_encoding="encode")
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)


def together(parts: Sequence[pa.Array]) -> pa.Array:
    """Several texts of each row as one, to be read together."""
    if len(parts) == 1:
        return parts[0]
    return pc.binary_join_element_wise(*(pc.replace_substring(part, SEPARATOR, "\ufffd") for part in parts), SEPARATOR)


def split_day(text: str) -> tuple[str, date]:
    """A text and the day of screening that was put to it by `together`."""
    text, _, day = text.rpartition(SEPARATOR)
    return text, parse_day(day)


def mask(values: pa.Array) -> NDArray[np.bool_]:
    """Values that are known to be true."""
    found: NDArray[np.bool_] = values.fill_null(False).to_numpy(zero_copy_only=False)  # noqa: FBT003 - it takes no name
    return found
