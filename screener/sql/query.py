"""The query for some trials: from the typed intake, layer by layer, to one row for each patient and trial.

Each layer names what the layers above use more than once, so every distinct leaf, criterion and selection is computed
once for all trials, and only patients who fail by time alone are judged on later days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.sql.columns import Columns
from screener.sql.judgment import Judgments
from screener.sql.layers import Layers
from screener.sql.logic import Leaves
from screener.sql.verdict import VERDICTS, TrialColumns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.model import Dictionary, Trial
    from screener.sql.dialect import Dialect


class Query:
    """What the rules of some trials say in SQL. The typed intake is described by `columns`."""

    def __init__(self, trials: Iterable[Trial], dictionary: Dictionary, dialect: Dialect) -> None:
        """Write all layers."""
        self.trials = tuple(trials)
        self.columns = Columns(self.trials, dictionary)
        self.dialect = dialect
        self._layers = layers = Layers()
        leaves = Leaves(self.columns, dialect, layers.selected.name, layers.derived.name)
        judgments = Judgments(leaves, dialect, layers)
        self.results = [TrialColumns(trial, judgments, dialect, layers) for trial in self.trials]
        self._fields = [self._row(result) for result in self.results]

    def layers(self, source: str = "intake") -> str:
        """All that the results are written from, as named queries; the last is called `scored`."""
        return self._layers.written(source, self.dialect)

    def sql(self, source: str = "intake") -> str:
        """One row for each patient and trial, in the columns of a batch."""
        return f"WITH {self.layers(source)}\n{self.dialect.rows('scored', ('patient_id',), self._fields)}"

    def _row(self, result: TrialColumns) -> dict[str, str]:
        dialect = self.dialect
        low, high = result.tenths()
        met, not_met, unknown = result.counted()
        verdicts = " ".join(f"WHEN {place} THEN {dialect.string(each.value)}" for place, each in enumerate(VERDICTS))
        return {
            "trial_id": dialect.string(result.trial.id),
            "verdict": f"CASE {result.verdict} {verdicts} END",
            "eligible_from": result.eligible_from,
            "score": f"{low} / 10.0",
            "score_low": f"{low} / 10.0",
            "score_high": f"{high} / 10.0",
            "met": met,
            "not_met": not_met,
            "unknown": unknown,
            "not_met_ids": dialect.words(result.not_met.codes, result.ids),
            "unknown_ids": dialect.words(result.unknown.codes, result.ids),
            "missing_facts": dialect.words(result.missing.codes, result.facts),
        }
