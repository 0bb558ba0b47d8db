"""Criteria folders of many trials that share predicates: copies of the shipped trials with slightly other thresholds.

The shipped trials are copied in turn, those that have ended too, under other ids. The first copy of each means what is
shipped; in every other one of ten criteria that have a threshold (rounded up) has it moved, by one to three of the
smallest steps. What only explains (requirements, sites, notes) is left out.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.make_intake import SEED
from benchmarks.mutants import Fault, mutants
from screener.expr import show
from screener.model import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from screener.catalog import Catalog
    from screener.model import Criterion, Dictionary, Trial

CHANGED = 10  # one in so many criteria of a copy
STEPS = (1, 3)  # by so many a threshold is moved


def copies(catalog: Catalog, number: int, folder: Path) -> Path:
    """A criteria folder of so many trials; a smaller number is the beginning of a larger one."""
    chance = random.Random(SEED)  # noqa: S311 - thresholds, no secret
    shipped = [trial for trial in catalog.trials if not trial.is_profile]
    (folder / "trials").mkdir(parents=True)
    for name in ("facts.yaml", "vocabulary"):
        (folder / name).symlink_to(catalog.folder.resolve() / name)
    for place in range(number):
        original = shipped[place % len(shipped)]
        criteria = list(original.criteria)
        if place >= len(shipped):
            movable = [at for at, criterion in enumerate(criteria) if steps(original, criterion, catalog.dictionary)]
            for at in sorted(chance.sample(movable, -(-len(movable) // CHANGED))):
                for _ in range(chance.randint(*STEPS)):
                    possible = steps(original, criteria[at], catalog.dictionary)
                    away = [other for other in possible if other.expressions != original.criteria[at].expressions]
                    criteria[at] = chance.choice(away or [criteria[at]])
        name = f"NCT9{place:07}"
        document = rule_file(name, original, criteria)
        (folder / "trials" / f"{name}.yaml").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return folder


def steps(trial: Trial, criterion: Criterion, dictionary: Dictionary) -> list[Criterion]:
    """The criterion with one of its thresholds a step off."""
    alone = replace(trial, criteria=(criterion,))
    moved = [mutant.criterion for mutant in mutants(alone, dictionary) if mutant.fault is Fault.THRESHOLD]
    return [other for other in moved if other is not None]


def rule_file(name: str, trial: Trial, criteria: Iterable[Criterion]) -> dict[str, object]:
    """A rule file as JSON, which is YAML."""
    record = trial.registry
    if record is None:
        raise TypeError(trial.id)
    return {
        "trial": name,
        "title": trial.title,
        "registry": {
            "as_of": record.as_of.isoformat(),
            "eligibility_sha256": "pending",
            "abbreviated": str(record.abbreviated).lower(),
            "status": "recruiting",
            "status_as_of": record.status_as_of.isoformat(),
            "status_source": "made by benchmarks/copies.py",
        },
        "cohorts": [
            {"id": cohort.id, "title": cohort.title, "open": str(cohort.open).lower()} for cohort in trial.cohorts
        ],
        "criteria": [_criterion(criterion) for criterion in criteria],
    }


def _criterion(criterion: Criterion) -> dict[str, object]:
    written: dict[str, object] = {
        "id": criterion.id,
        "text": criterion.text,
        "source": {"section": criterion.source.section, "item": criterion.source.item},
        "factor": criterion.factor.value,
        "gate": criterion.gate.value,
        "cohorts": list(criterion.cohorts),
        "weight": f"{float(criterion.weight):g}",
    }
    if criterion.when is not None:
        written["when"] = show(criterion.when)
    match criterion.test:
        case Rule(expression, exclude):
            return written | {"exclude" if exclude else "include": show(expression)}
        case _:
            return written | {"manual": criterion.manual}
