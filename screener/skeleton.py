"""A rule file and a case file to begin with: every requirement of a text as a criterion for the trial team."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from screener.coverage import recorded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from screener.eligibility import Requirement

TO_DO = "TO DO"  # what a placeholder begins with; `rules lint` asks for it to be replaced
_LETTERS = {"inclusion": "INC", "exclusion": "EXC"}


def skeleton(nct: str, requirements: Sequence[Requirement], eligibility_sha256: str, day: date) -> tuple[str, str]:
    """Give the texts of the rule file and of the case file.

    The registry's sentences are not copied: each criterion names its place, and its wording waits to be written. With
    no `eligibility_sha256` there is no text yet, and nothing is recorded of it.
    """
    ids = [f"{_LETTERS[requirement.section]}-{requirement.item}" for requirement in requirements]
    lines = [
        f"trial: {nct}",
        f"title: {TO_DO} what is given, to whom",
        f"product: {TO_DO}",
        f"target: {TO_DO}",
        'phase: "1"',
        "registry:",
        f"  as_of: {day}",
        "  eligibility_sha256: pending",
        "  abbreviated: false",
        "  status: unknown",
        f"  status_as_of: {day}",
        f"  status_source: {TO_DO} where the status was seen",
        "criteria:",
    ]
    for name, requirement in zip(ids, requirements, strict=True):
        lines += [
            f"  - id: {json.dumps(name)}",
            f"    text: {TO_DO} restate {requirement.section} {requirement.item} in one sentence",
            f"    source: {{section: {requirement.section}, item: {json.dumps(requirement.item)}}}",
            "    factor: other",
            f"    manual: {TO_DO} encode it, or say why only the trial team can judge",
        ]
    rules = "\n".join(lines) + "\n"
    if eligibility_sha256:
        rules = recorded(rules, requirements, eligibility_sha256)
    cases = [
        f"trial: {nct}",
        f"as_of: {day}",
        "patient:",
        "  age: 61",
        "cases:",
        "  - case: nothing encoded yet",
        "    expect:",
    ]
    cases += [f"      {json.dumps(name)}: manual" for name in ids]
    cases += ["      verdict: match"]
    return rules, "\n".join(cases) + "\n"
