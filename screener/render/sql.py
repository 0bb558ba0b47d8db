"""What the printed SQL says of itself: which table it reads, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.sql import Kind
from screener.words import DISCLAIMER

if TYPE_CHECKING:
    from screener.sql import Query


def render_sql(query: Query) -> str:
    """The query, and at its head what it reads."""
    columns = query.columns
    lines = [
        f"The rules of {', '.join(trial.id for trial in query.trials)} for {query.dialect.name}.",
        *(f"{trial.id}: rule file {trial.file_sha256}" for trial in query.trials),
        DISCLAIMER,
        "",
        "Table `intake`, one row for each patient; NULL is what is not known. docs/sql.md says how to fill it.",
        "  patient_id: text",
        "  as_of: DATE, the day of screening",
        *(f"  {column.name}: {_type(column.kind)}, {column.means}" for column in columns.all),
    ]
    if any(column.kind is Kind.LIST for column in columns.all):
        lines.append("A treatment has the fields:")
        lines += [f"  {name}: {kind.value}" for name, kind in columns.treatment_fields]
        lines.append("Bits of `surely` and `maybe`, the classes that a treatment surely is of, and may be of:")
        lines += [f"  {1 << bit} {name}" for name, bit in columns.classes.items()]
    if "tumor_type" in columns.facts:
        lines.append("Places of tumor types:")
        lines += [f"  {place} {code}" for code, place in columns.tumor_order.places.items()]
    head = "".join(f"-- {line}".rstrip() + "\n" for line in lines)
    return f"{head}{query.sql()};\n"


def _type(kind: Kind) -> str:
    return "list of treatments" if kind is Kind.LIST else kind.value
