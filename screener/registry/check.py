"""Hold a rule file against the registry's record of today: what has changed since the rules were written, and which of
them it touches.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from screener.coverage import Change, changes, citing_criteria
from screener.eligibility import fingerprint, split
from screener.model.trial import NO_NEW_PATIENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.eligibility import Requirement
    from screener.model import Trial
    from screener.registry.study import Study

_TAKES = dict.fromkeys(NO_NEW_PATIENTS, "; it takes no new patients") | {
    "not_yet_recruiting": "; it takes no patients yet",
    "enrolling_by_invitation": "; it takes patients by invitation only",
}
_STOPPED = "withdrawn", "suspended", "terminated"  # statuses for which the registry keeps a reason


class Kind(StrEnum):
    """What was found."""

    NO_RECORD = "no record"
    MERGED = "merged"  # the registry keeps the study under another number
    WITHDRAWN = "withdrawn"
    STATUS = "status"
    REQUIREMENT = "requirement"
    UNRECORDED = "not recorded"  # the rule file holds no fingerprints that the text could be held against
    WORDING = "wording"  # the text is not the same to the letter, but every requirement is


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that differs. `before` is how the requirement read when recorded, "" if its words are not kept."""

    kind: Kind
    says: str
    change: Change | None = None
    before: str = ""

    @property
    def difference(self) -> tuple[tuple[str, str], ...]:
        """The words of the requirement, each run with " ", "-" (gone) or "+" (new) before it."""
        return tuple(word_diff(self.before, self.change.text)) if self.change and self.before else ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule file held against a record, None where there is none; `data_day` is that of the registry's data, or "".

    `edits` are the lines that acceptance changed in the rule file, key, before and after; None if nothing was accepted.
    `refused` says why, if it should have been.
    """

    trial: Trial
    study: Study | None
    findings: tuple[Finding, ...]
    data_day: str = ""
    edits: tuple[tuple[str, str, str], ...] | None = None
    refused: str = ""


def check(trial: Trial, study: Study | None, earlier: Study | None = None) -> tuple[Finding, ...]:
    """What differs between a rule file and the record of its study, None where there is no record.

    The rule file keeps fingerprints of requirements, not their words: `earlier` is a record from which to take those
    that have the fingerprint.
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
        kind = Kind.WITHDRAWN if status == "withdrawn" else Kind.STATUS
        was = f"the status was {_plain(registry.status)} on {registry.status_as_of}"
        found.append(Finding(kind, f"{was} and is {_plain(status)}{_meaning(study)}"))
    if study.eligibility and fingerprint(study.eligibility) != registry.eligibility_sha256:
        found += _requirements(trial, split(study.eligibility), earlier)
    return tuple(found)


def _plain(status: str) -> str:
    return status.lower().replace("_", " ")


def _meaning(study: Study) -> str:
    """What a status means for a patient, and what the record says about it."""
    status = study.status.lower()
    known = f"; the last one known was {_plain(study.last_known_status)}" if study.last_known_status else ""
    why = f"; the reason given: {study.why_stopped}" if study.why_stopped and status in _STOPPED else ""
    return _TAKES.get(status, "") + known + why


def _requirements(trial: Trial, now: tuple[Requirement, ...], earlier: Study | None) -> Iterator[Finding]:
    if not trial.requirements:
        says = "the rule file does not record the requirements of this text, so what has changed cannot be told"
        yield Finding(Kind.UNRECORDED, says)
        return
    words = {(item.section, item.sha256): item.text for item in split(earlier.eligibility)} if earlier else {}
    recorded = {(item.section, item.item): item.sha256 for item in trial.requirements}
    changed = changes(trial, now)
    moved = tuple(_moved(trial, now))
    for change in changed:
        section, item = change.place
        touches = _cited(change, "; it touches ", "; no criterion cites it")
        before = words.get((section, recorded.get(change.place, "")), "")
        yield Finding(Kind.REQUIREMENT, f"{section} {item} was {change.kind}{touches}", change, before)
    for change, item in moved:
        section, old = change.place
        says = f"{section} {old} stands as {section} {item} now"
        yield Finding(Kind.REQUIREMENT, says + _cited(change, f"; {section} {old} is cited by ", ""), change)
    if not changed and not moved:
        yield Finding(Kind.WORDING, "the text is not what it was, though no requirement is another")


def _cited(change: Change, before: str, otherwise: str) -> str:
    named = ", ".join(criterion.id for criterion in change.criteria)
    return before + named if named else otherwise


def _moved(trial: Trial, now: tuple[Requirement, ...]) -> Iterator[tuple[Change, str]]:
    """The requirements that stand elsewhere, so that what cites their old place may cite another one, and where."""
    kept = {(item.section, item.item, item.sha256) for item in trial.requirements}
    fresh = [item for item in now if (item.section, item.item, item.sha256) not in kept]
    stay = {(item.section, item.item, item.sha256) for item in now}
    for old in trial.requirements:
        if (old.section, old.item, old.sha256) in stay:
            continue
        new = next((item for item in fresh if (item.section, item.sha256) == (old.section, old.sha256)), None)
        if new:
            fresh.remove(new)
            place = (old.section, old.item)
            yield Change("moved", place, new.text, citing_criteria(trial, place)), new.item


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
