"""CSV files that people open in a spreadsheet: what stands in them cannot run there."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from screener.errors import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

# A cell that begins so is a formula to a spreadsheet; one that looks like a formula already disarmed gets one sign
# more, so that different texts stay different.
_IS_FORMULA = r"^'*[=+\-@\t\r]"
_NEEDS_QUOTES = r'[",\r\n]'


def safe(text: str) -> str:
    """The text as a cell: control characters made visible, and an apostrophe before what would be a formula."""
    text = clean(text)
    return f"'{text}" if re.match(_IS_FORMULA, text) else text


def csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV in UTF-8."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([safe(str(cell)) for cell in row] for row in rows)
    return buffer.getvalue().encode()


def csv_cells(texts: pa.Array) -> pa.Array:
    """Texts as they stand in CSV, for many at once."""
    formulas = pc.match_substring_regex(texts, _IS_FORMULA)
    if pc.any(formulas).as_py():
        texts = pc.if_else(formulas, pc.binary_join_element_wise("'", texts, ""), texts)
    quoted = pc.match_substring_regex(texts, _NEEDS_QUOTES)
    if pc.any(quoted).as_py():
        doubled = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
        texts = pc.if_else(quoted, doubled, texts)
    return texts
