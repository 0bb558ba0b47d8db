"""Codes become lines: all lines of a patient are one text, or rows of a table. Put together by DuckDB on all cores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from screener.batch.codes import JSON, PLAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.batch.codes import Code, CodeTable, TrialCodes

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


class Lines:
    """Writes codes as a format wants them. What stands around a code is part of what its numbers say."""

    def __init__(self, table: CodeTable, form: str) -> None:
        """`form` is csv, jsonl or parquet."""
        self._form = form
        self._style = JSON if form == "jsonl" else PLAIN
        self._places = {id(code): place + 1 for place, code in enumerate(table.codes)}
        self._texts: list[tuple[int, pa.Array]] = []  # the place of a code, and what its numbers say
        self._kinds: list[pa.DataType] = []
        write = {"csv": self._csv, "jsonl": self._json, "parquet": self._struct}[form]
        self._written = ", ".join(write(trial, f"day{place}") for place, trial in enumerate(table.trials))
        self.schema = pa.schema(
            [pa.field("patient_id", pa.string())]
            + [pa.field(f"t{place}", pa.dictionary(kind, pa.string())) for place, kind in enumerate(self._kinds)]
            + [pa.field(f"day{place}", pa.date32()) for place in range(len(table.trials))]
        )

    def spelled(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The numbers with what they say."""
        texts = [pa.DictionaryArray.from_arrays(batch.column(place), texts, safe=False) for place, texts in self._texts]
        days = batch.columns[len(self._places) + 1 :]
        return pa.RecordBatch.from_arrays([batch.column(0), *texts, *days], schema=self.schema)

    def sql(self, source: str) -> str:
        """All lines of a patient as one text; for parquet, one row for each patient and trial."""
        if self._form == "parquet":
            rows = f"SELECT patient_id, unnest([{self._written}]) AS line FROM {source}"
            return f"SELECT patient_id, unnest(line) FROM ({rows})"
        return f"SELECT concat({self._written}) AS lines FROM {source}"

    def _says(self, code: Code, *around: str) -> str:
        """The column of what a code says, with what stands around it; between three texts it stands twice."""
        texts = [text.join(around or ("", "")) for text in code.texts(self._style)]
        self._texts.append((self._places[id(code)], pa.array(texts, pa.string())))
        self._kinds.append(pa.int16() if code.is_short else pa.int32())
        return f"t{len(self._texts) - 1}"

    def _list(self, codes: Sequence[Code], before: str = "", after: str = "") -> list[str]:
        """The same of the words of several codes."""
        if not codes:
            return [_literal(before + after)]
        last = len(codes) - 1
        return [
            self._says(code, "" if place else before, after if place == last else "")
            for place, code in enumerate(codes)
        ]

    def _csv(self, trial: TrialCodes, day: str) -> str:
        """No quotes: verdicts, days, numbers and ids of rules hold no commas."""
        pieces = [
            "patient_id",
            self._says(trial.verdict, f",{trial.trial},", ","),
            f"CAST({day} AS VARCHAR)",
            self._says(trial.low, ",", ",", ","),
            *(self._says(code, "", ",") for code in (trial.high, trial.met, trial.not_met, trial.unknown)),
            *self._list(trial.not_met_ids, "", ","),
            *self._list(trial.unknown_ids, "", ","),
            *self._list(trial.missing_facts, "", "\n"),
        ]
        return ", ".join(pieces)

    def _json(self, trial: TrialCodes, day: str) -> str:
        pieces = [
            _literal('{"patient_id":'),
            "patient_id",
            self._says(trial.verdict, f',"trial_id":{json.dumps(trial.trial)},"verdict":', ',"eligible_from":'),
            f"""COALESCE('"' || CAST({day} AS VARCHAR) || '"', 'null')""",
            self._says(trial.low, ',"score":', ',"score_low":', ""),
            self._says(trial.high, ',"score_high":', ""),
            *(self._says(getattr(trial, name), f',"{name}":', "") for name in COLUMNS[7:10]),
            *(piece for name in COLUMNS[10:] for piece in self._list(getattr(trial, name), f',"{name}":[', "]")),
            _literal("}\n"),
        ]
        return ", ".join(pieces)

    def _struct(self, trial: TrialCodes, day: str) -> str:
        low, high = (f"CAST({self._says(code)} AS DOUBLE)" for code in (trial.low, trial.high))
        fields = {
            "trial_id": _literal(trial.trial),
            "verdict": self._says(trial.verdict),
            "eligible_from": day,
            "score": low,
            "score_low": low,
            "score_high": high,
            **{name: f"CAST({self._says(getattr(trial, name))} AS INTEGER)" for name in COLUMNS[7:10]},
            **{name: f"concat({', '.join(self._list(getattr(trial, name)))})" for name in COLUMNS[10:]},
        }
        return "{" + ", ".join(f"'{key}': {sql}" for key, sql in fields.items()) + "}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
