"""Hold a rule file against the registry's record of today: what has changed since the rules were written, and which of
them it touches.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from screener.coverage import changes
from screener.eligibility import fingerprint, split
from screener.model.trial import NO_NEW_PATIENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from screener.coverage import Change, Place
    from screener.model import Trial
    from screener.registry.study import Study


class Kind(StrEnum):
    """What was found."""

    NO_RECORD = "no record"
    MERGED = "merged"  # the registry keeps the study under another number
    WITHDRAWN = "withdrawn"
    STATUS = "status"
    REQUIREMENT = "requirement"
    WORDING = "wording"  # the text is not the same to the letter, but every requirement is


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that differs. `before` is how the requirement read in an earlier record, "" without one."""

    kind: Kind
    says: str
    change: Change | None = None
    before: str = ""

    @property
    def difference(self) -> tuple[tuple[str, str], ...]:
        """The words of the requirement, each run with " ", "-" (gone) or "+" (new) before it."""
        return tuple(word_diff(self.before, self.change.text)) if self.change and self.before else ()


def check(trial: Trial, study: Study | None, earlier: Study | None = None) -> tuple[Finding, ...]:
    """What differs between a rule file and the record of its study, None where there is no record.

    The rule file keeps fingerprints of requirements, not their words: `earlier` is a record from which to take these.
    """
    registry = trial.registry
    if registry is None:
        return ()
    if study is None:
        return (Finding(Kind.NO_RECORD, f"no record of {trial.id} was found"),)
    found = []
    if study.nct_id != trial.id:
        found.append(Finding(Kind.MERGED, f"the registry keeps {trial.id} as {study.nct_id}"))
    status = study.status.lower()
    if status and status != registry.status:
        was, now = (text.replace("_", " ") for text in (registry.status, status))
        takes = "; it takes no new patients" if status in NO_NEW_PATIENTS else ""
        kind = Kind.WITHDRAWN if status == "withdrawn" else Kind.STATUS
        found.append(Finding(kind, f"the status was {was} on {registry.status_as_of} and is {now}{takes}"))
    if study.eligibility:
        found += _requirements(trial, study, earlier)
    return tuple(found)


def _requirements(trial: Trial, study: Study, earlier: Study | None) -> Iterator[Finding]:
    if trial.registry and fingerprint(study.eligibility) == trial.registry.eligibility_sha256:
        return
    changed = changes(trial, split(study.eligibility)) if trial.requirements else ()
    words = _words(earlier) if earlier else {}
    for change in changed:
        section, item = change.place
        named = ", ".join(criterion.id for criterion in change.criteria)
        touches = f"; it touches {named}" if named else "; no criterion cites it"
        says = f"{section} {item} was {change.kind}{touches}"
        yield Finding(Kind.REQUIREMENT, says, change, words.get(change.place, ""))
    if not changed:
        yield Finding(Kind.WORDING, "the text is not what it was, though no requirement is another")


def _words(study: Study) -> Mapping[Place, str]:
    return {(item.section, item.item): item.text for item in split(study.eligibility)}


def word_diff(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Two texts as runs of words: the sign of a run (" " kept, "-" gone, "+" new) and its words."""
    old, new = before.split(), after.split()
    for tag, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            yield " ", " ".join(old[old_from:old_to])
            continue
        if old_from < old_to:
            yield "-", " ".join(old[old_from:old_to])
        if new_from < new_to:
            yield "+", " ".join(new[new_from:new_to])
