"""The closing account of a batch: what came in, what came of it, and what stands in the way of more."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from screener.model import Verdict
from screener.words import DISCLAIMER

if TYPE_CHECKING:
    from datetime import date

    from screener.model import Trial

SCHEMA_VERSION = 1
_LISTED = 10  # columns, and facts


@dataclass
class Account:
    """Counts. `verdicts` are by trial; `blocking` how many patients' trials each missing fact leaves undecided."""

    as_of: date
    screened: int = 0
    rejected: Counter[str] = field(default_factory=Counter)  # by reason, without the line or number in it
    issues: Counter[str] = field(default_factory=Counter)  # by column
    verdicts: dict[str, dict[str, int]] = field(default_factory=dict)
    blocking: dict[str, int] = field(default_factory=dict)

    @property
    def rows_in(self) -> int:
        """All rows of the intake."""
        return self.screened + self.rejected.total()

    @property
    def is_clean(self) -> bool:
        """Whether every row and cell was read."""
        return not self.rejected and not self.issues

    def as_json(self, trials: tuple[Trial, ...], engine: str) -> str:
        """The account for programs; screener/schema/batch_summary.schema.json describes it."""
        document: dict[str, Any] = {
            "schema": SCHEMA_VERSION,
            "as_of": self.as_of.isoformat(),
            "engine": engine,
            "rows": {"in": self.rows_in, "screened": self.screened, "rejected": self.rejected.total()},
            "rejected": dict(self.rejected.most_common()),
            "issues": {"cells": self.issues.total(), "columns": dict(self.issues.most_common())},
            "trials": [
                {
                    "trial": trial.id,
                    "verdicts": self.verdicts[trial.id],
                    "rule_file": {
                        "sha256": trial.file_sha256,
                        "registry_as_of": trial.registry.as_of.isoformat() if trial.registry else None,
                    },
                }
                for trial in trials
            ],
            "missing_facts": [{"fact": fact, "undecided": count} for fact, count in self.blocking.items()],
            "disclaimer": DISCLAIMER,
        }
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    def as_text(self) -> str:
        """The account for people."""
        lines = [
            f"{self.rows_in:,} rows in = {self.screened:,} screened + {self.rejected.total():,} rejected",
            *(f"  {count:>12,}  {reason}" for reason, count in self.rejected.most_common()),
            f"{self.issues.total():,} cells could not be read and count as unknown",
            *(f"  {count:>12,}  {column}" for column, count in self.issues.most_common(_LISTED)),
        ]
        names = [verdict.value for verdict in Verdict]
        lines.append(f"{'verdicts':<20}" + "".join(f"{name:>12}" for name in names))
        for trial, counts in self.verdicts.items():
            lines.append(f"  {trial:<18}" + "".join(f"{counts[name]:>12,}" for name in names))
        if self.blocking:
            lines.append("answers that would decide most of what is undecided")
            lines += [f"  {count:>12,}  {fact}" for fact, count in list(self.blocking.items())[:_LISTED]]
        return "\n".join([*lines, DISCLAIMER])
