"""Columns of text as they stand in CSV, many cells at once: what render/sheet.py does for one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from screener.render.sheet import FORMULA

_NEEDS_QUOTES = r'[",\r\n]'


def csv_cells(texts: pa.Array) -> pa.Array:
    """Texts as they stand in CSV, for many at once."""
    formulas = pc.match_substring_regex(texts, FORMULA)
    if pc.any(formulas).as_py():
        texts = pc.if_else(formulas, pc.binary_join_element_wise("'", texts, ""), texts)
    quoted = pc.match_substring_regex(texts, _NEEDS_QUOTES)
    if pc.any(quoted).as_py():
        doubled = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
        texts = pc.if_else(quoted, doubled, texts)
    return texts
