"""The typed intake as Arrow, which DuckDB and Spark read without copying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from screener.sql import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.model import Patient
    from screener.sql import Column, Columns

TYPES = {Kind.BOOLEAN: pa.bool_(), Kind.WHOLE: pa.int64(), Kind.DATE: pa.date32()}
KEYS = [pa.field("patient_id", pa.string()), pa.field("as_of", pa.date32())]


def treatment_type(columns: Columns) -> pa.DataType:
    """The type of one treatment."""
    return pa.struct([(name, TYPES[kind]) for name, kind in columns.treatment_fields])


def column_type(column: Column, columns: Columns) -> pa.DataType:
    """The type of a column."""
    return pa.list_(treatment_type(columns)) if column.kind is Kind.LIST else TYPES[column.kind]


def typed_schema(columns: Columns) -> pa.Schema:
    """The typed intake: keys, then what the rules read."""
    return pa.schema([*KEYS, *(pa.field(column.name, column_type(column, columns)) for column in columns.all)])


def typed_table(patients: Iterable[Patient], columns: Columns) -> pa.Table:
    """Patients as rows, for few of them."""
    rows: list[dict[str, Any]] = [columns.row(patient) for patient in patients]
    return pa.Table.from_pylist(rows, typed_schema(columns))
