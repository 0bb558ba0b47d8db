"""Numbers as laboratories write them: spelling of units, thousands, and "<0.1".

Which units a fact takes, and how many of each make one canonical unit, stands in criteria/facts.yaml; here are only
the many ways in which one and the same unit is spelled (UCUM, US and SI laboratory reports).
"""

from __future__ import annotations

import re
from fractions import Fraction

from screener.errors import BadAnswer
from screener.interval import Exact, Interval

_SPELLINGS = {
    "K/uL": "k/ul kul k/mcl k/mm3 k/cumm 10^3/ul 10^3/mcl 10^3/mm3 x10^3/ul x10^3/mcl 10*3/ul 10e3/ul x10e3/ul thou/ul "
    "thousand/ul thousands/ul th/ul thou/mcl",
    "10^9/L": "10^9/l x10^9/l 10*9/l 10e9/l x10e9/l 10e+9/l g/l_count 109/l giga/l bil/l",
    "/uL": "/ul /mcl cells/ul cells/mcl per_ul cell/ul",
    "/mm3": "/mm3 /mm^3 cells/mm3 cells/mm^3 /cumm /cmm cells/cumm",
    "g/dL": "g/dl gm/dl gr/dl g% g/100ml",
    "g/L": "g/l gm/l",
    "mg/dL": "mg/dl mg% mg/100ml",
    "umol/L": "umol/l mcmol/l umol micromol/l",
    "mmol/L": "mmol/l",
    "U/L": "u/l units/l unit/l",
    "IU/L": "iu/l [iu]/l",
    "mL/min": "ml/min ml/minute ml/mn",
    "mL/min/1.73m2": "ml/min/1.73m2 ml/min/1.73m^2 ml/min/1.73 ml/min/1.73sqm",
    "%": "% percent pct",
    "ms": "ms msec msecs millisecond milliseconds",
    "s": "s sec secs second seconds",
    "kg": "kg kgs kilo kilos kilogram kilograms",
    "lb": "lb lbs pound pounds",
    "cm": "cm centimeter centimeters",
    "m": "m meter meters",
    "in": "in inch inches",
    "mi": "mi mile miles",
    "km": "km kilometer kilometers",
    "mg/day": "mg/day mg/d mg/24h mg_daily",
    "years": "years year yr yrs y yo",
    "months": "months month mo mos",
    "weeks": "weeks week wk wks",
    "days": "days day d",
    "h": "h hr hrs hour hours",
    "min": "min mins minute minutes",
    "mmHg": "mmhg mm_hg mm[hg]",
    "pack_years": "pack_years packyears pack-years pack_year py",
    "ratio": "ratio",
}
_NORMAL = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹µμ\N{MULTIPLICATION SIGN}∙·", "0123456789uux**")
_POWER = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_QUANTITY = re.compile(
    r"(?P<sign><=|>=|<|>|=|≤|≥)?\s*(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)\s*(?P<unit>[^\s\d.,][^\n]*|10[\^*eE].*)?"
)


def normal_unit(text: str) -> str:
    """The one spelling used here for a unit, or the text itself where the unit is not known."""
    key = _POWER.sub(r"10^\1", text).translate(_SUPERSCRIPTS).strip().lower().replace(" ", "_")
    compact = key.replace("_", "")
    return _NORMAL.get(key) or _NORMAL.get(compact) or text.strip()


def parse_quantity(text: str) -> tuple[list[Interval], str | None]:
    """Read `180 K/uL`, `<0.1`, `1,200`: every number it may mean, and the unit in its normal spelling if it has one.

    `1,200` may be twelve hundred or, where the decimal sign is a comma, 1.2: both are given and the caller decides by
    what is plausible. Raises BadAnswer.
    """
    found = _QUANTITY.fullmatch(_POWER.sub(r"10^\1", text.strip()))
    if not found:
        raise BadAnswer("this is not a number", "write a number and its unit, such as 1.1 mg/dL")
    numbers = [_bounded(found["sign"], value) for value in _numbers(found["number"])]
    unit = found["unit"]
    return numbers, normal_unit(unit) if unit else None


def _numbers(digits: str) -> list[Fraction]:
    if "," not in digits:
        return [Fraction(digits)]
    if "." in digits or digits.count(",") > 1:
        return [Fraction(digits.replace(",", ""))]
    decimal = Fraction(digits.replace(",", "."))
    is_thousands = re.fullmatch(r"[1-9]\d{0,2},\d{3}", digits)
    return [Fraction(digits.replace(",", "")), decimal] if is_thousands else [decimal]


def _bounded(sign: str | None, value: Exact) -> Interval:
    match sign:
        case "<":
            return Interval(None, value, high_open=True)
        case "<=" | "≤":
            return Interval(None, value)
        case ">":
            return Interval(value, None, low_open=True)
        case ">=" | "≥":
            return Interval(value, None)
        case _:
            return Interval.point(value)
