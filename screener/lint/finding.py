"""The checks of `rules lint`, and what a finding is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Check(Enum):
    """A code, what it finds, and what to do about it; docs/lint.md is held against these.

    A code keeps its meaning for good. L03 was an empty manual reason, which the compiler refuses; it is not used again.
    """

    IMPLAUSIBLE_THRESHOLD = (
        "L01",
        "a threshold outside the plausible range of its fact",
        "check number and unit against the registry text; declare a registry typo as manual",
    )
    OUTCOME_NOT_SHOWN = (
        "L02",
        "a criterion that no case shows met, not met, unknown, not applicable or manual, as far as it can be",
        "add a case for each",
    )
    UNKNOWN_PLACE = (
        "L04",
        "a source that names no place, or one that the recorded text does not have",
        "cite a place that `rules coverage` lists",
    )
    UNCOVERED_REQUIREMENT = (
        "L05",
        "a recorded requirement that nothing accounts for",
        "cite it in a criterion, or list it under `asides` with the reason",
    )
    NOT_RECORDED = (
        "L06",
        "a rule file that does not record the requirements it was written from",
        "run `screener rules coverage TRIAL --text FILE --record`",
    )
    IDLE_ASIDE = (
        "L07",
        "an aside that names no recorded place, or one that a criterion cites too",
        "correct its place, or remove the aside",
    )
    POLARITY = (
        "L08",
        "`include` out of the exclusion list, or `exclude` out of the inclusion list, without a word on why",
        "turn the rule round, or say in `note` or `reading` that the registry puts it there",
    )
    OFF_STEP = (
        "L09",
        "a threshold between the steps of its scale",
        "write the step that the registry text means",
    )
    CONTRADICTION = (
        "L10",
        "two criteria of which every patient fails at least one",
        "check both against the registry text; give them the `when`, `gate` or `cohorts` that keeps them apart",
    )
    NEVER_MET = (
        "L11",
        "a criterion that no patient can meet",
        "check the signs and the `and` and `or` of its rule",
    )
    NEVER_NOT_MET = (
        "L12",
        "a criterion that no patient can fail",
        "check the signs and the `and` and `or` of its rule; it decides nothing as it stands",
    )
    NEVER_APPLIES = (
        "L13",
        "a criterion whose `when` holds for no patient",
        "check the signs and the `and` and `or` of its `when`",
    )
    UNUSED_FACT = (
        "L14",
        "a fact of facts.yaml that no rule reads",
        "remove the fact, or encode what it was added for",
    )
    OUT_OF_ORDER = (
        "L15",
        "an id that stands after a later one",
        "put INC before EXC, and the numbers of each in ascending order",
    )
    ID_AGAINST_SOURCE = (
        "L16",
        "an id that does not agree with the place its criterion is taken from",
        "number the criterion after the first place it cites, INC or EXC after its section",
    )
    GLYPH = (
        "L17",
        "wording with a sign that the font of printed checklists may lack",
        "write it in letters, or with a sign of docs/lint.md",
    )
    PLACEHOLDER = (
        "L18",
        "a placeholder that `rules new` left",
        "write what belongs there",
    )
    STALE_TRANSLATION = (
        "L19",
        "a translation whose English has changed since",
        "mend the translation, and put the fingerprint of the English before it",
    )
    NOT_TRANSLATED = (
        "L20",
        "a text that a language of the folder does not have",
        "write `FINGERPRINT text` in the file of the language beside the English",
    )
    IDLE_TRANSLATION = (
        "L21",
        "a translation of no text",
        "remove it, or correct its key",
    )
    UNPROVEN_ENTRY = (
        "L22",
        "an entry of landscape.yaml that does not say where, when and by whom, or names what is not there",
        "complete it as the head of the file says",
    )

    def __init__(self, code: str, finds: str, remedy: str) -> None:
        """Take the three apart."""
        self.code = code
        self.finds = finds
        self.remedy = remedy

    def at(self, where: str, message: str) -> Finding:
        """Say what this check found there."""
        return Finding(self.code, where, message, self.remedy)


@dataclass(frozen=True, slots=True)
class Finding:
    """A code, where it is, what is wrong, and what to do."""

    code: str
    where: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """Lay it out like an error."""
        return f"{self.where}: {self.code} {self.message}\n  Fix: {self.remedy}"
