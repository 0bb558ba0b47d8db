"""A whole patient: all parts drawn one after the other, then what nobody knows taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.invented.draft import Draft
from benchmarks.invented.history import immunity, infection, other_cancers
from benchmarks.invented.laboratory import chemistry, counts
from benchmarks.invented.organs import clotting, heart, lungs
from benchmarks.invented.person import person, reproduction, residence, travel
from benchmarks.invented.shares_kinds import KINDS
from benchmarks.invented.shares_missing import DETAILS, GAPS, PLANNED, SCALES_KNOWN
from benchmarks.invented.shares_person import ALONE, RESIDENCE
from benchmarks.invented.treatment import treatments
from benchmarks.invented.tumor import brain, disease, tumor

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping
    from datetime import date

    from benchmarks.invented.draft import Raw


@dataclass(frozen=True)
class Invented:
    """A patient: every fact of the dictionary has an answer or the reason why there is none."""

    answers: Mapping[str, Raw]
    missing: Mapping[str, str]


PARTS = (
    *(person, tumor, treatments, disease, brain, infection, lungs, immunity, other_cancers),
    *(heart, clotting, counts, chemistry, reproduction, travel),
)


def invent(chance: random.Random, as_of: date) -> Invented:
    """Draw one patient as of a day."""
    kind = chance.choices(list(KINDS.values()), [kind.share for kind in KINDS.values()])[0]
    draft = Draft(chance, as_of, kind)
    for fact, table in ALONE.items():
        draft.put(fact, table)
    for part in PARTS:
        part(draft)
    shown = hidden(draft)
    residence(draft)  # last, so that people drawn from a seed stay who they were
    return Invented({**shown.answers, **{fact: draft.answers[fact] for fact in RESIDENCE}}, shown.missing)


def hidden(draft: Draft) -> Invented:
    """Take away what nobody knows about this patient."""
    missing = dict.fromkeys(PLANNED, "dont_know")
    known = draft.pick(SCALES_KNOWN)
    gaps = [(("ecog",), float("ecog" not in known), "dont_know"), (("kps",), float("kps" not in known), "dont_know")]
    for facts, share, reason in (*gaps, *GAPS):
        if draft.odds(share):
            missing |= {fact: reason for fact in facts if fact in draft.answers and fact not in missing}
    missing |= {fact: "not_done" for fact in DETAILS if fact not in draft.answers and fact not in missing}
    return Invented({fact: raw for fact, raw in draft.answers.items() if fact not in missing}, missing)
