"""Whether all wording is written, and can be printed."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from screener.lint.finding import Check, Finding
from screener.skeleton import TO_DO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.model import Criterion, Dictionary, Fact, Trial

# Signs that DejaVu Sans Condensed has, the font of printed checklists. A subset on purpose: printable ASCII, Latin-1
# and Latin Extended-A without the soft hyphen, and the signs below. Source: the character map of
# DejaVuSansCondensed.ttf, DejaVu fonts 2.37 (`fc-query --format '%{charset}'`), read 2026-11-22.
_RANGES = ((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0xFF), (0x100, 0x17F))
_SIGNS = "≤≥μ\u2013\u2014\u2018\u2019\u201c\u201d…"  # times, micro sign and degree are of Latin-1
PRINTABLE = frozenset(chr(code) for low, high in _RANGES for code in range(low, high + 1)) | set(_SIGNS) | {"\n"}

Wording = tuple[str, str]  # the key that it stands under, and the text


def trial_wording_findings(trial: Trial) -> Iterator[Finding]:
    """Placeholders and signs that cannot be printed, in a rule file."""
    head = [("title", trial.title), ("product", trial.product), ("target", trial.target), ("phase", trial.phase)]
    if trial.registry:
        head.append(("status_source", trial.registry.status_source))
    head += [("cohorts", cohort.title) for cohort in trial.cohorts]
    head += [("documents", text) for _, *texts in trial.documents for text in texts]
    yield from _findings(trial.id, head)
    for criterion in trial.criteria:
        yield from _findings(f"{trial.id} {criterion.id}", _criterion_wordings(criterion))
    for aside in trial.asides:
        yield from _findings(f"{trial.id} {aside.section} {aside.item}", [("why", aside.why)])


def dictionary_wording_findings(dictionary: Dictionary) -> Iterator[Finding]:
    """Placeholders and signs that cannot be printed, in the dictionary."""
    for fact in dictionary.facts.values():
        yield from _findings(f"facts.yaml {fact.id}", _fact_wordings(fact))


def _criterion_wordings(criterion: Criterion) -> list[Wording]:
    return [
        ("text", criterion.text),
        ("manual", criterion.manual),
        ("reading", criterion.reading),
        ("note", criterion.note),
        *(("seen", seen.says) for seen in criterion.seen),
    ]


def _fact_wordings(fact: Fact) -> list[Wording]:
    return [
        ("name", fact.name),
        ("question", fact.question),
        ("why", fact.why),
        ("where", fact.where),
        *(("choices", choice.means) for choice in fact.choices),
    ]


def _findings(where: str, wordings: list[Wording]) -> Iterator[Finding]:
    for key, text in wordings:
        if text.startswith(TO_DO):
            yield Check.PLACEHOLDER.at(where, f"`{key}` still reads {TO_DO}")
        if lacking := sorted(set(text) - PRINTABLE):
            yield Check.GLYPH.at(where, f"`{key}` has {', '.join(_name(sign) for sign in lacking)}")


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')}"
