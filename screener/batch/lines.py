"""Codes become lines: all lines of a patient are one text, or rows of a table. Put together by DuckDB on all cores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from screener.batch.codes import JSON, PLAIN

if TYPE_CHECKING:
    from screener.batch.codes import CodeTable, TrialCodes

COLUMNS = (
    *("patient_id", "trial_id", "verdict", "eligible_from", "score", "score_low", "score_high"),
    *("met", "not_met", "unknown", "not_met_ids", "unknown_ids", "missing_facts"),
)
TABLE = pa.schema(
    [
        *((name, pa.string()) for name in COLUMNS[:3]),
        ("eligible_from", pa.date32()),
        *((name, pa.float64()) for name in COLUMNS[4:7]),
        *((name, pa.int32()) for name in COLUMNS[7:10]),
        *((name, pa.string()) for name in COLUMNS[10:]),
    ]
)
_NUMBER = pa.int32()
_TEXT = pa.dictionary(_NUMBER, pa.string())


class Lines:
    """Writes codes as a format wants them."""

    def __init__(self, table: CodeTable, form: str) -> None:
        """`form` is csv, jsonl or parquet."""
        self._table = table
        self._form = form
        style = JSON if form == "jsonl" else PLAIN
        self._texts = [code.texts(style) for code in table.codes]
        self._names = {id(code): f"c{place}" for place, code in enumerate(table.codes)}
        self.schema = pa.schema(
            [pa.field("patient_id", pa.string())]
            + [pa.field(f"c{place}", _NUMBER if text is None else _TEXT) for place, text in enumerate(self._texts)]
            + [pa.field(f"day{place}", pa.date32()) for place in range(len(table.trials))]
        )

    def spelled(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The numbers with what they say."""
        arrays = [batch.column(0)]
        arrays += [
            batch.column(place + 1)
            if texts is None
            else pa.DictionaryArray.from_arrays(batch.column(place + 1), texts, safe=False)
            for place, texts in enumerate(self._texts)
        ]
        arrays += batch.columns[len(arrays) :]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def sql(self, source: str) -> str:
        """All lines of a patient as one text; for parquet, one row for each patient and trial."""
        trials = enumerate(self._table.trials)
        if self._form == "parquet":
            structs = ", ".join(self._struct(trial, place) for place, trial in trials)
            return (
                f"SELECT patient_id, unnest(line) FROM (SELECT patient_id, unnest([{structs}]) AS line FROM {source})"
            )
        write = self._json if self._form == "jsonl" else self._csv
        pieces = [piece for place, trial in trials for piece in write(trial, f"day{place}")]
        return f"SELECT concat({', '.join(pieces)}) AS lines FROM {source}"

    def _csv(self, trial: TrialCodes, day: str) -> list[str]:
        """No quotes: verdicts, days, numbers and ids of rules hold no commas."""
        name = self._names
        cells = [[name[id(code)]] for code in (trial.verdict,)]
        cells += [[f"CAST({day} AS VARCHAR)"]]
        cells += [
            [name[id(code)]] for code in (trial.low, trial.low, trial.high, trial.met, trial.not_met, trial.unknown)
        ]
        cells += [
            [name[id(code)] for code in codes] for codes in (trial.not_met_ids, trial.unknown_ids, trial.missing_facts)
        ]
        pieces = ["patient_id", f"',{trial.trial},'"]
        for place, cell in enumerate(cells):
            pieces += ["','", *cell] if place else cell
        return [*pieces, "chr(10)"]

    def _json(self, trial: TrialCodes, day: str) -> list[str]:
        name = self._names
        values = [[name[id(trial.verdict)]], [f"""COALESCE('"' || CAST({day} AS VARCHAR) || '"', 'null')"""]]
        values += [
            [name[id(code)]] for code in (trial.low, trial.low, trial.high, trial.met, trial.not_met, trial.unknown)
        ]
        values += [
            ["'['", *(name[id(code)] for code in codes), "']'"]
            for codes in (trial.not_met_ids, trial.unknown_ids, trial.missing_facts)
        ]
        pieces = ["""'{"patient_id":'""", "patient_id", f"""',"trial_id":{json.dumps(trial.trial)}'"""]
        for key, value in zip(COLUMNS[2:], values, strict=True):
            pieces += [f"""',"{key}":'""", *value]
        return [*pieces, "'}'", "chr(10)"]

    def _struct(self, trial: TrialCodes, place: int) -> str:
        name = self._names
        score = {key: f"CAST({name[id(code)]} AS DOUBLE)" for key, code in (("low", trial.low), ("high", trial.high))}
        fields = {
            "trial_id": f"'{trial.trial}'",
            "verdict": name[id(trial.verdict)],
            "eligible_from": f"day{place}",
            "score": score["low"],
            "score_low": score["low"],
            "score_high": score["high"],
            **{key: f"CAST({name[id(getattr(trial, key))]} AS INTEGER)" for key in ("met", "not_met", "unknown")},
            **{
                key: f"concat({', '.join(name[id(code)] for code in getattr(trial, key)) or chr(39) * 2})"
                for key in ("not_met_ids", "unknown_ids", "missing_facts")
            },
        }
        return "{" + ", ".join(f"'{key}': {sql}" for key, sql in fields.items()) + "}"
