"""The second meaning of the rules: SQL from the same tree. It never sees the evaluator: both must agree."""

from screener.sql.columns import Column, Columns, Kind
from screener.sql.dialect import DIALECTS, Dialect
from screener.sql.query import Query

__all__ = ["DIALECTS", "Column", "Columns", "Dialect", "Kind", "Query"]
