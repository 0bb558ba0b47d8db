"""CSV files that people open in a spreadsheet: what stands in them cannot run there."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from screener.errors import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

# A cell that begins so is a formula to a spreadsheet; one that looks like a formula already disarmed gets one sign
# more, so that different texts stay different.
FORMULA = r"^'*[=+\-@\t\r]"


def safe(text: str) -> str:
    """The text as a cell: control characters made visible, and an apostrophe before what would be a formula."""
    text = clean(text)
    return f"'{text}" if re.match(FORMULA, text) else text


def csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV in UTF-8."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([safe(str(cell)) for cell in row] for row in rows)
    return buffer.getvalue().encode()
