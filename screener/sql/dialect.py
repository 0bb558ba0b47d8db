"""How each dialect says what the rules need: all of it, or it is no dialect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from typing import TYPE_CHECKING

from screener.dates import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONG_AGO, FAR_OFF = date(500, 1, 1), date(5000, 1, 1)  # a day that is not bounded; real ones lie in 1900 to 2200
BITS = 11  # of one code that says which of several conditions hold


class Dialect(ABC):
    """Standard SQL, as far as there is one; each dialect says what it says otherwise, and what no standard says."""

    name = ""
    wide = "DECIMAL(38, 0)"  # whole numbers of 38 digits
    layer = "AS"  # a named query

    def day(self, day: date) -> str:
        """A day that is known."""
        return f"DATE '{day.isoformat().rjust(10, '0')}'"

    def string(self, text: str) -> str:
        """A text, whatever stands in it."""
        return "'" + text.replace("'", "''") + "'"

    def add(self, day: str, amount: int, period: Period) -> str:
        """The day so many periods later; months and years end on the month's last day where the day is missing."""
        match period:
            case Period.DAYS:
                return self.add_days(day, str(amount)) if amount else day
            case Period.WEEKS:
                return self.add_days(day, str(7 * amount)) if amount else day
            case Period.MONTHS:
                return self.add_months(day, amount) if amount else day
            case Period.YEARS:
                return self.add_months(day, 12 * amount) if amount else day

    def add_days(self, day: str, days: str) -> str:
        """The day so many days later."""
        return f"({day} + CAST({days} AS INTEGER))"

    def add_months(self, day: str, months: int) -> str:
        """The day so many months later."""
        return f"CAST({day} + INTERVAL '{months}' MONTH AS DATE)"

    @abstractmethod
    def every(self, items: str, name: str, item: str) -> str:
        """The list of what each item gives."""

    @abstractmethod
    def those(self, items: str, name: str, condition: str) -> str:
        """The list of the items for which the condition is true."""

    @abstractmethod
    def least(self, items: str) -> str:
        """The least of a list, in which NULL counts for nothing; NULL for an empty one."""

    @abstractmethod
    def greatest(self, items: str) -> str:
        """The greatest of a list, in which NULL counts for nothing; NULL for an empty one."""

    @abstractmethod
    def size(self, items: str) -> str:
        """How many items a list has."""

    @abstractmethod
    def listed(self, items: Iterable[str]) -> str:
        """A list of these."""

    @abstractmethod
    def joined(self, lists: Sequence[str]) -> str:
        """One list of days after the other; an empty list where there is none. One that is NULL counts for nothing."""

    @abstractmethod
    def flat(self, lists: str) -> str:
        """The lists of a list, one after the other."""

    def field(self, item: str, name: str) -> str:
        """A field of an item."""
        return f"{item}.{name}"

    def has_bit(self, mask: str, bits: int) -> str:
        """Whether a mask has one of these bits."""
        return f"(({mask} & {bits}) <> 0)"

    def words(self, codes: Sequence[str], texts: Sequence[str]) -> str:
        """The texts whose bit is set, in order, with a space between them; each code tells of BITS of them."""
        cases = [
            f"CASE WHEN {self.has_bit(codes[place // BITS], 1 << place % BITS)} THEN {self.string(text)} END"
            for place, text in enumerate(texts)
        ]
        return f"concat_ws(' ', {', '.join(cases)})" if cases else "''"

    def count(self, code: str, bits: int) -> str:
        """How many of these bits a code has."""
        ones = [1 << place for place in range(BITS) if bits >> place & 1]
        return " + ".join(f"CASE WHEN {self.has_bit(code, one)} THEN 1 ELSE 0 END" for one in ones)

    def shifted(self, code: str, bits: int) -> str:
        """A code without its lowest bits."""
        return f"({code} >> {bits})"

    def whole(self, number: str, divisor: str) -> str:
        """How often a whole number goes into another, both positive."""
        return f"({number} / {divisor})"

    @abstractmethod
    def rows(self, source: str, keys: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
        """A query that gives several rows for each row of a source, each with the keys before it."""


class DuckDB(Dialect):
    """The dialect of batch screening."""

    name = "duckdb"
    wide = "HUGEINT"

    def add_months(self, day: str, months: int) -> str:
        return f"CAST({day} + to_months({months}) AS DATE)"

    def every(self, items: str, name: str, item: str) -> str:
        return f"list_transform({items}, lambda {name}: {item})"

    def those(self, items: str, name: str, condition: str) -> str:
        return f"list_filter({items}, lambda {name}: {condition})"

    def least(self, items: str) -> str:
        return f"list_min({items})"

    def greatest(self, items: str) -> str:
        return f"list_max({items})"

    def size(self, items: str) -> str:
        return f"len({items})"

    def listed(self, items: Iterable[str]) -> str:
        return f"[{', '.join(items)}]"

    def joined(self, lists: Sequence[str]) -> str:
        return f"flatten([{', '.join(lists)}])" if lists else "CAST([] AS DATE[])"

    def flat(self, lists: str) -> str:
        return f"flatten({lists})"

    def count(self, code: str, bits: int) -> str:
        return f"CAST(bit_count({code} & {bits}) AS INTEGER)"

    def whole(self, number: str, divisor: str) -> str:
        return f"({number} // {divisor})"

    def rows(self, source: str, keys: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
        structs = ", ".join("{" + ", ".join(f"'{name}': {sql}" for name, sql in row.items()) + "}" for row in rows)
        inner = f"SELECT {', '.join(keys)}, unnest([{structs}]) AS line FROM {source}"
        return f"SELECT {', '.join(keys)}, unnest(line) FROM ({inner})"


class Spark(Dialect):
    """Spark SQL, for those who paste it into a notebook."""

    name = "spark"

    def day(self, day: date) -> str:
        return f"DATE'{day.isoformat().rjust(10, '0')}'"

    def string(self, text: str) -> str:
        """Spark takes backslashes for escapes, and what stands in ${} for the name of a setting."""
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\u0024{") + "'"

    def add_days(self, day: str, days: str) -> str:
        return f"date_add({day}, CAST({days} AS INT))"

    def add_months(self, day: str, months: int) -> str:
        return f"add_months({day}, {months})"

    def every(self, items: str, name: str, item: str) -> str:
        return f"transform({items}, {name} -> {item})"

    def those(self, items: str, name: str, condition: str) -> str:
        return f"filter({items}, {name} -> {condition})"

    def least(self, items: str) -> str:
        return f"array_min({items})"

    def greatest(self, items: str) -> str:
        return f"array_max({items})"

    def size(self, items: str) -> str:
        """`size` of NULL is -1 or NULL by a setting; the lists counted here are never NULL."""
        return f"size({items})"

    def listed(self, items: Iterable[str]) -> str:
        return f"array({', '.join(items)})"

    def joined(self, lists: Sequence[str]) -> str:
        """One list that is NULL would make all of it NULL."""
        nothing = "CAST(array() AS ARRAY<DATE>)"
        return f"concat({', '.join(f'COALESCE({days}, {nothing})' for days in lists)})" if lists else nothing

    def flat(self, lists: str) -> str:
        return f"flatten({lists})"

    def shifted(self, code: str, bits: int) -> str:
        return f"shiftright({code}, {bits})"

    def whole(self, number: str, divisor: str) -> str:
        return f"({number} DIV {divisor})"

    def rows(self, source: str, keys: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
        structs = ", ".join(f"struct({', '.join(f'{sql} AS {name}' for name, sql in row.items())})" for row in rows)
        return f"SELECT {', '.join(keys)}, inline(array({structs})) FROM {source}"


class Postgres(Dialect):
    """PostgreSQL. Treatments are an array of a composite type."""

    name = "postgres"
    layer = "AS MATERIALIZED"  # else each layer is written into the next, and the plan doubles with every layer

    def add_months(self, day: str, months: int) -> str:
        return f"CAST({day} + INTERVAL '{months} months' AS DATE)"

    def every(self, items: str, name: str, item: str) -> str:
        return f"ARRAY(SELECT {item} FROM unnest({items}) AS {name})"

    def those(self, items: str, name: str, condition: str) -> str:
        return f"ARRAY(SELECT {name} FROM unnest({items}) AS {name} WHERE {condition})"

    def least(self, items: str) -> str:
        return f"(SELECT min(item) FROM unnest({items}) AS item)"

    def greatest(self, items: str) -> str:
        return f"(SELECT max(item) FROM unnest({items}) AS item)"

    def size(self, items: str) -> str:
        return f"cardinality({items})"

    def listed(self, items: Iterable[str]) -> str:
        return f"ARRAY[{', '.join(items)}]"

    def joined(self, lists: Sequence[str]) -> str:
        return f"({' || '.join(lists)})" if lists else "CAST(ARRAY[] AS DATE[])"

    def flat(self, lists: str) -> str:
        """Arrays of arrays must be of one size here; those that are made here are."""
        return f"ARRAY(SELECT unnest({lists}))"

    def field(self, item: str, name: str) -> str:
        return f"({item}).{name}"

    def rows(self, source: str, keys: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
        names = ", ".join(rows[0])
        values = ", ".join(f"({', '.join(row.values())})" for row in rows)
        return f"SELECT {', '.join(keys)}, {names} FROM {source} CROSS JOIN LATERAL (VALUES {values}) AS line ({names})"


DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (DuckDB(), Spark(), Postgres())}
