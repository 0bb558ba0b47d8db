"""Facts that follow from others, in SQL: histology, ECOG and Karnofsky, creatinine clearance, prior cell therapy."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from screener.interval import Relation
from screener.model.derived import (
    COCKCROFT_GAULT_AGE,
    COCKCROFT_GAULT_DIVISOR,
    COCKCROFT_GAULT_WOMEN,
    KPS_OF_ECOG,
)
from screener.sql.compare import among, compare
from screener.sql.scale import WIDEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from screener.interval import Exact
    from screener.sql.columns import Columns
    from screener.sql.dialect import Dialect

_KPS_VALUES = range(0, 101, 10)
_HUNDRED = 100


class Derived:
    """Writes what follows. `share` names what several rules use."""

    def __init__(self, columns: Columns, dialect: Dialect, share: Callable[[str], str]) -> None:
        """Take where values stand, and how the dialect speaks."""
        self.columns = columns
        self._dialect = dialect
        self._share = share

    # ------------------------------------------------------------ choices

    def received(self, name: str, surely: str) -> str:
        """A treatment in the list answers with yes; a "no" beside it is nobody's answer."""
        return self._share(f"CASE WHEN {surely} THEN CASE WHEN NOT {name} THEN NULL ELSE TRUE END ELSE {name} END")

    def histology(self, name: str) -> str:
        """The histology given, else the one that the tumor type itself states."""
        stated = self.columns.stated_histologies(name)
        cases = " ".join(f"WHEN {among('tumor_type', places)} THEN {mask}" for mask, places in stated.items())
        return self._share(f"COALESCE({name}, CASE {cases} END)") if stated else name

    # ------------------------------------------------------------ numbers

    def compare(self, fact: str, relation: Relation, number: Exact) -> str:
        """Whether the derived number stands in the relation; NULL where nothing can be derived."""
        match fact:
            case "kps" | "ecog":
                ends = [self._share(sql) for sql in (self._kps() if fact == "kps" else self._ecog())]
                code = str(self.columns.scale(fact).of(number))
                return compare(relation, (ends[0], ends[1]), (code, code))
            case _:
                return self._compare_clearance(relation, Fraction(number))

    def reading(self, fact: str) -> str:
        """What is NULL where nothing can be derived."""
        match fact:
            case "kps" | "ecog":
                return self._share((self._kps() if fact == "kps" else self._ecog())[0])
            case _:
                return self._clearance()[0]

    def _kps(self) -> tuple[str, str]:
        """Every Karnofsky value that the published maps give for the grades that it may be."""
        scale, given = self.columns.scale("kps"), self.columns.scale("ecog")
        grades = [(f"{given.of(grade)} BETWEEN ecog_low AND ecog_high", ends) for grade, ends in KPS_OF_ECOG.items()]
        low = " ".join(f"WHEN {held} THEN {scale.of(ends[0])}" for held, ends in reversed(grades))
        high = " ".join(f"WHEN {held} THEN {scale.of(ends[1])}" for held, ends in grades)
        return f"CASE {low} END", f"CASE {high} END"

    def _ecog(self) -> tuple[str, str]:
        scale, given = self.columns.scale("ecog"), self.columns.scale("kps")
        grades = []
        for grade, (low, high) in KPS_OF_ECOG.items():
            values = [given.of(value) for value in _KPS_VALUES if low <= value <= high]
            held = " OR ".join(f"{value} BETWEEN kps_low AND kps_high" for value in values)
            grades.append(f"WHEN {held} THEN {scale.of(grade)}")
        return f"CASE {' '.join(grades)} END", f"CASE {' '.join(reversed(grades))} END"

    def _clearance(self) -> tuple[str, str, str, str]:
        """Cockcroft-Gault as two fractions of whole numbers: the least over its divisor, the greatest over its own.

        Ends that are open count as closed, and no end may be missing.
        """
        age, weight, creatinine, sex = self.columns.scale("age"), self.columns.scale("weight"), "creatinine", "sex"
        low = {name: f"CAST({self._dialect.whole(f'{name}_low', '2')} AS {self._dialect.wide})" for name in _INPUTS}
        high = {
            name: f"CAST({self._dialect.whole(f'({name}_high + 1)', '2')} AS {self._dialect.wide})" for name in _INPUTS
        }
        bits = self.columns.options(self.columns.dictionary.facts[sex])
        women = int(COCKCROFT_GAULT_WOMEN * _HUNDRED)
        female, others = bits["female"], sum(bits.values()) - bits["female"]
        least = f"CASE WHEN {sex} IS NULL OR {self._dialect.has_bit(sex, female)} THEN {women} ELSE {_HUNDRED} END"
        most = f"CASE WHEN {sex} IS NULL OR {self._dialect.has_bit(sex, others)} THEN {_HUNDRED} ELSE {women} END"
        oldest = COCKCROFT_GAULT_AGE * age.parts
        known = (
            f"age_low >= 0 AND weight_low >= 0 AND {self._dialect.whole('creatinine_low', '2')} > 0 "
            f"AND age_high < {2 * oldest - 1} AND weight_high < {WIDEST} AND creatinine_high < {WIDEST}"
        )
        # (140 - age) kg / (72 mg/dL), times the parts that each number is counted in.
        parts = COCKCROFT_GAULT_DIVISOR * _HUNDRED * age.parts * weight.parts
        numerator = self.columns.scale(creatinine).parts
        lesser = f"({oldest} - {high['age']}) * {low['weight']} * ({least}) * {numerator}"
        greater = f"({oldest} - {low['age']}) * {high['weight']} * ({most}) * {numerator}"
        return (
            self._share(f"CASE WHEN {known} THEN {lesser} END"),
            self._share(f"CASE WHEN {known} THEN {high[creatinine]} * {parts} END"),
            self._share(f"CASE WHEN {known} THEN {greater} END"),
            self._share(f"CASE WHEN {known} THEN {low[creatinine]} * {parts} END"),
        )

    def _compare_clearance(self, relation: Relation, number: Fraction) -> str:
        least, of_least, most, of_most = self._clearance()
        low, low_other = f"{least} * {number.denominator}", f"{of_least} * {number.numerator}"
        high, high_other = f"{most} * {number.denominator}", f"{of_most} * {number.numerator}"
        match relation:
            case Relation.GE:
                true, false = f"{low} >= {low_other}", f"{high} < {high_other}"
            case Relation.GT:
                true, false = f"{low} > {low_other}", f"{high} <= {high_other}"
            case Relation.LE:
                true, false = f"{high} <= {high_other}", f"{low} > {low_other}"
            case Relation.LT:
                true, false = f"{high} < {high_other}", f"{low} >= {low_other}"
            case Relation.EQ | Relation.NE:
                true = f"{low} = {low_other} AND {high} = {high_other}"
                false = f"{high} < {high_other} OR {low} > {low_other}"
        if relation is Relation.NE:
            true, false = false, true
        return f"CASE WHEN {true} THEN TRUE WHEN {false} THEN FALSE END"


_INPUTS = ("age", "weight", "creatinine")
