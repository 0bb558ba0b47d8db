"""What was done about the cancer, and what that left behind."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.invented.draft import RECENT, YEAR
from benchmarks.invented.shares_cancer import (
    CELL_LINE,
    CELL_SHARES,
    CELLS,
    CHECKPOINT,
    CHEMOTHERAPY,
    LINES,
    ONGOING,
    SIDE_EFFECT,
    TRIAL_DRUGS,
    TRIAL_LINE,
)
from benchmarks.invented.shares_kinds import KINDS

if TYPE_CHECKING:
    from benchmarks.invented.draft import Draft


def regimens(draft: Draft) -> list[tuple[tuple[str, ...], bool]]:
    """The lines of treatment in their order, each with whether it was given in a trial; no drug comes twice."""
    plan: list[tuple[tuple[str, ...], bool]] = []
    given: set[str] = set()
    for number in range(draft.pick(LINES)):
        table = draft.kind.later if number else draft.kind.first
        left = {regimen: weight for regimen, weight in table.items() if not given & set(regimen)}
        drugs = {drug: weight for drug, weight in TRIAL_DRUGS.items() if drug not in given}
        on_trial = not left or (number > 0 and draft.odds(TRIAL_LINE))
        plan.append(((draft.pick(drugs),) if on_trial else draft.pick(left), on_trial))
        given |= set(plan[-1][0])
    if len(plan) > 1 and draft.odds(CELL_LINE):
        plan[-1] = ((draft.pick(CELL_SHARES),), True)
    return plan


def treatments(draft: Draft) -> None:
    plan = regimens(draft)
    agents = {agent for regimen, _ in plan for agent in regimen}
    cells = agents & set(CELLS)
    items: list[dict[str, str]] = []
    last_trial = ""
    end = 0 if not cells and draft.odds(ONGOING) else round(draft.skewed(55, 1.1, 1, 6 * YEAR))
    draft.lines, draft.idle, draft.checkpoint = len(plan), end, bool(agents & CHECKPOINT)
    for regimen, on_trial in reversed(plan):
        start = end + (0 if cells & set(regimen) else round(draft.skewed(130, 0.5, 25, 900)))
        last = draft.day(end) if end else "ongoing"
        begun = (draft.as_of - timedelta(days=start)).strftime("%Y-%m-%d" if start < RECENT else "%Y-%m")
        more = ({"start": begun} if draft.odds(0.6) else {}) | ({"class": "investigational_agent"} if on_trial else {})
        items[:0] = [{"agent": agent, "last_dose": last} | more for agent in regimen]
        if on_trial and not last_trial:
            last_trial = last if end else draft.day(0)
        if draft.chemo is None and CHEMOTHERAPY & set(regimen):
            draft.chemo = end or draft.chance.randint(1, 20)
        end = start + round(draft.skewed(60, 0.9, 14, 700))
    draft.answers["prior_therapies"] = items + local_treatments(draft)
    draft.put("prior_systemic_lines", str(len(plan)))
    draft.yes("declined_first_line", 0.0 if plan else 0.12)
    draft.put("last_other_trial", last_trial or (draft.past(300) if draft.odds(0.03) else "never"))
    draft.yes("prior_car_t", float(any(CELLS[cell][0] for cell in cells)))
    draft.yes("prior_gene_engineered_t_cells", float(bool(cells)))
    draft.yes("prior_lentiviral_cells", float(any(CELLS[cell][1] for cell in cells)))
    grade = draft.pick(SIDE_EFFECT) if plan else 0
    no_hair = max(grade - draft.odds(0.08), 0)
    draft.put("toxicity_grade", str(grade))
    draft.put("toxicity_grade_hair_skin_aside", str(no_hair))
    draft.put("toxicity_grade_ctcae5", str(no_hair if draft.odds(0.85) else min(no_hair, 1)))


def local_treatments(draft: Draft) -> list[dict[str, str]]:
    """Operations, and what is given to a place; a donor's stem cells are listed here too."""
    items = []
    operated = draft.put("last_major_surgery", draft.past(450, 12) if draft.odds(draft.kind.surgery) else "never")
    if draft.kind is KINDS["peritoneal"] and operated != "never" and draft.odds(0.7):
        items.append({"agent": "HIPEC", "last_dose": operated})
    if draft.odds(0.14):
        items.append({"agent": "palliative radiotherapy", "last_dose": draft.past(150)})
    blood = draft.kind is KINDS["hematologic"]
    donor = draft.put("donor_transplant", {"none": 99, "solid_organ": 0.6, "stem_cells": 10 if blood else 0.2})
    if donor == "stem_cells":
        items.append({"agent": "allogeneic stem cell transplant", "last_dose": draft.past(900, 100)})
    return items
