"""What people get wrong in rule files that still compile: docs/lint.md lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.lint.cases import lint_cases
from screener.lint.facts import unused_facts
from screener.lint.finding import Check, Finding
from screener.lint.landscape import landscape_findings, texts_of_landscape
from screener.lint.logic import logic_findings
from screener.lint.numbering import numbering_findings
from screener.lint.sources import source_findings
from screener.lint.thresholds import threshold_findings
from screener.lint.translation import lint_translation, texts_of_dictionary, texts_of_talk, texts_of_trial
from screener.lint.wording import dictionary_wording_findings, trial_wording_findings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from screener.model import Dictionary, Trial

__all__ = [
    "Check",
    "Finding",
    "landscape_findings",
    "lint_cases",
    "lint_catalog",
    "lint_translation",
    "lint_trial",
    "texts_of_dictionary",
    "texts_of_landscape",
    "texts_of_talk",
    "texts_of_trial",
]


def lint_trial(trial: Trial, dictionary: Dictionary) -> Iterator[Finding]:
    """Check one rule file."""
    yield from source_findings(trial)
    yield from numbering_findings(trial)
    yield from threshold_findings(trial, dictionary)
    yield from logic_findings(trial, dictionary)
    yield from trial_wording_findings(trial)


def lint_catalog(trials: Collection[Trial], dictionary: Dictionary) -> Iterator[Finding]:
    """Check the dictionary against all the rule files of a folder; some of them alone would leave facts unused."""
    yield from unused_facts(trials, dictionary)
    yield from dictionary_wording_findings(dictionary)
