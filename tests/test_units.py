from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.errors import BadAnswer
from screener.interval import Interval
from screener.units import normal_unit, parse_quantity

if TYPE_CHECKING:
    from screener.model import Dictionary

MICRO, MU = "\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}"  # two characters that look the same

SPELLINGS = {
    "K/uL": [
        *(
            "K/uL",
            "k/ul",
            "K/mcL",
            "K/mm3",
            "K/cumm",
            "kul",
            "Thou/uL",
            "thousand/uL",
            "thousands/uL",
            "TH/uL",
            "thou/mcL",
        ),
        *("10^3/uL", "10^3/mcL", "10^3/mm3", "x10^3/uL", "x10^3/mcL", "10*3/uL", "10e3/uL", "x10E3/uL"),
        *(f"K/{MICRO}L", f"K/{MU}L", f"10³/{MICRO}L", f"10³/{MU}L", f"×10³/{MICRO}L", f"x 10^3 / {MU}L"),
    ],
    "10^9/L": [
        *("10^9/L", "x10^9/L", "x 10^9/L", "10*9/L", "10e9/L", "x10E9/L", "10e+9/L", "109/L", "giga/L", "bil/L"),
        *("10⁹/L", "×10⁹/L", "× 10⁹/L"),
    ],
    "/uL": ["/uL", f"/{MICRO}L", f"/{MU}L", "/mcL", "cells/uL", "cell/uL", f"cells/{MICRO}L", "cells/mcL", "per uL"],
    "/mm3": ["/mm3", "/mm^3", "/mm³", "cells/mm3", "cells/mm³", "/cumm", "/cmm", "cells/cumm"],
    "g/dL": ["g/dL", "g/dl", "G/DL", "gm/dL", "gr/dL", "g%", "g/100mL"],
    "g/L": ["g/L", "gm/L"],
    "mg/dL": ["mg/dL", "mg/dl", "MG/DL", "mg%", "mg/100mL"],
    "umol/L": ["umol/L", f"{MICRO}mol/L", f"{MU}mol/L", "mcmol/L", "micromol/L", "umol"],
    "mmol/L": ["mmol/L", "mmol/l"],
    "U/L": ["U/L", "u/l", "units/L", "unit/L"],
    "IU/L": ["IU/L", "[iU]/L"],
    "mL/min": ["mL/min", "ml/min", "mL/minute", "mL/mn"],
    "%": ["%", "percent", "pct"],
    "ms": ["ms", "msec", "msecs", "millisecond", "milliseconds"],
    "s": ["s", "sec", "secs", "second", "seconds"],
    "kg": ["kg", "KG", "kgs", "kilo", "kilos", "kilogram", "kilograms"],
    "lb": ["lb", "lbs", "pound", "pounds"],
    "cm": ["cm", "centimeter", "centimeters"],
    "m": ["m", "meter", "meters"],
    "in": ["in", "inch", "inches"],
    "mi": ["mi", "mile", "miles"],
    "km": ["km", "kilometer", "kilometers"],
    "mg/day": ["mg/day", "mg/d", "mg/24h", "mg daily"],
    "years": ["years", "year", "yr", "yrs", "y", "yo"],
    "months": ["months", "month", "mo", "mos"],
    "weeks": ["weeks", "week", "wk", "wks"],
    "days": ["days", "day", "d"],
    "h": ["h", "hr", "hrs", "hour", "hours"],
    "min": ["min", "mins", "minute", "minutes"],
}
WRITTEN = [(text, unit) for unit, texts in SPELLINGS.items() for text in texts]


@pytest.mark.parametrize(("text", "unit"), WRITTEN)
def test_every_spelling_of_a_unit_is_known(text: str, unit: str) -> None:
    assert normal_unit(text) == unit


@pytest.mark.parametrize(("text", "unit"), [pair for pair in WRITTEN if pair[0] != "109/L"])
def test_a_number_may_stand_before_every_spelling(text: str, unit: str) -> None:
    assert parse_quantity(f"42 {text}") == ([Interval.point(42)], unit)


def test_every_unit_of_the_dictionary_is_its_own_normal_spelling(dictionary: Dictionary) -> None:
    for fact in dictionary.facts.values():
        for unit, _ in fact.units:
            assert normal_unit(unit) == unit, fact.id


@pytest.mark.parametrize("text", ["furlongs", "K/L", "10^6/L", "mg/L", "mmol", "ULN"])
def test_a_unit_not_known_is_left_as_it_stands(text: str) -> None:
    assert normal_unit(text) == text


@pytest.mark.parametrize(
    ("text", "numbers", "unit"),
    [
        ("180 K/uL", [Interval.point(180)], "K/uL"),
        ("180K/uL", [Interval.point(180)], "K/uL"),
        ("1.1", [Interval.point(Fraction(11, 10))], None),
        (".5 mg/dL", [Interval.point(Fraction(1, 2))], "mg/dL"),
        ("1,5 mg/dL", [Interval.point(Fraction(3, 2))], "mg/dL"),
        ("0,123", [Interval.point(Fraction(123, 1000))], None),
        ("1,200 /uL", [Interval.point(1200), Interval.point(Fraction(6, 5))], "/uL"),
        ("1,200.5", [Interval.point(Fraction(2401, 2))], None),
        ("1,200,000", [Interval.point(1_200_000)], None),
        ("<0.1 mg/dL", [Interval(None, Fraction(1, 10), high_open=True)], "mg/dL"),
        ("< 0.1", [Interval(None, Fraction(1, 10), high_open=True)], None),
        ("≤5", [Interval(None, 5)], None),
        ("<=5", [Interval(None, 5)], None),
        (">90 %", [Interval(90, None, low_open=True)], "%"),
        ("≥ 90 %", [Interval(90, None)], "%"),
        (">= 90", [Interval(90, None)], None),
        ("0", [Interval.point(0)], None),
        ("1.5 x10^9/L", [Interval.point(Fraction(3, 2))], "10^9/L"),
        ("1.5 10^9/L", [Interval.point(Fraction(3, 2))], "10^9/L"),
        ("  42  ", [Interval.point(42)], None),
    ],
)
def test_a_quantity_gives_every_number_it_may_mean(text: str, numbers: list[Interval], unit: str | None) -> None:
    assert parse_quantity(text) == (numbers, unit)


@pytest.mark.parametrize("text", ["", "about 5", "-3", "1.2.3", "1,2,3", "five", "mg/dL", "<", "NaN", "inf"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadAnswer, match="not a number"):
        parse_quantity(text)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        numbers, _ = parse_quantity(text)
    except BadAnswer:
        return
    assert 1 <= len(numbers) <= 2


@given(st.decimals(0, 10**6, allow_nan=False, places=4))
def test_a_decimal_is_read_exactly(number: object) -> None:
    assert parse_quantity(f"{number} mg/dL") == ([Interval.point(Fraction(str(number)))], "mg/dL")
