"""Infections, immune diseases and other cancers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.invented.draft import YEAR
from benchmarks.invented.shares_health import (
    AUTOIMMUNE,
    AUTOIMMUNE_CHECKPOINT,
    HBV,
    INFECTION,
    SECOND,
    SECOND_DEPTH,
    STEROID_DOSE,
    STEROIDS,
)
from benchmarks.invented.shares_kinds import KINDS

if TYPE_CHECKING:
    from benchmarks.invented.draft import Draft


def infection(draft: Draft) -> None:
    sick = draft.put("active_infection", INFECTION) != "none"
    antibiotic = draft.past(240) if draft.odds(0.4) else "never"
    draft.put("last_antibiotic", draft.day(0) if sick and draft.odds(0.8) else antibiotic)
    draft.put("fever", {"none": 65, "other": 35} if sick else {"none": 97, "tumor": 2, "other": 1})
    if draft.put("hbv", HBV) != "negative":
        surface = draft.said("hbv", "surface_antigen_positive")
        draft.put(
            "hbv_dna", {"undetectable": 45, "detectable": 55} if surface else {"undetectable": 95, "detectable": 5}
        )
    draft.yes("hbv_prophylaxis", 0.0 if draft.said("hbv", "negative") else 0.7)
    carried = draft.put("hcv", {"negative": 97.3, "antibody_positive": 2.7}) != "negative"
    if carried:
        draft.put("hcv_rna", {"undetectable": 78, "detectable": 22})
    draft.yes("hcv_treated_cured", 0.9 * draft.said("hcv_rna", "undetectable"))
    draft.yes("uncontrolled_illness", 0.02 + 0.03 * draft.ecog)


def immunity(draft: Draft) -> None:
    state = draft.put("autoimmune_disease", AUTOIMMUNE_CHECKPOINT if draft.checkpoint else AUTOIMMUNE)
    ago = {"active": draft.day(0), "inactive": draft.past(1500), "yes": draft.past(700)}
    draft.put("last_autoimmune_treatment", ago.get(state, "never"))
    draft.yes(
        "immunosuppression",
        1.0 if draft.said("donor_transplant", "solid_organ") else 0.4 if state == "active" else 0.01,
    )
    needed = draft.said("last_ild_treatment", draft.day(0)) or draft.said("cns_symptom_drugs_stopped", draft.day(0))
    level = draft.put("systemic_steroids", "above_physiologic" if needed else STEROIDS)
    draft.put("prednisone_equivalent_dose", f"{draft.pick(STEROID_DOSE[level])} mg/day")
    against_nausea = "never" if draft.chemo is None else draft.day(draft.chemo)
    draft.put("last_steroid_dose", draft.day(0) if level == "above_physiologic" else against_nausea)
    draft.put("last_live_vaccine", draft.past(12 * YEAR, 20) if draft.odds(0.35) else "never")


def other_cancers(draft: Draft) -> None:
    other_sex = "in_situ_cervix_breast" if draft.male else "prostate_organ_confined"
    kind = draft.put("second_malignancy", {name: share for name, share in SECOND.items() if name != other_sex})
    treated = draft.yes("second_malignancy_on_treatment", 0.15 * (kind == "other_solid"))
    if kind != "none":
        draft.put("second_malignancy_free_since", "never" if treated else draft.past(5 * YEAR, 60))
        draft.put("second_malignancy_depth", SECOND_DEPTH[kind])
    if kind == "prostate_organ_confined" or (draft.male and draft.odds(0.25)):
        draft.result("psa", draft.skewed(0.3 if kind == "prostate_organ_confined" else 1.5, 0.9, 0.01, 30), "ng/mL", 2)
    myeloid = draft.said("tumor_type", "AML")
    if draft.kind is KINDS["hematologic"]:
        blood = draft.put("hematologic_malignancy", "other" if myeloid else "lymphoid")
        last = draft.day(draft.idle) if draft.lines else "never"
    else:
        blood = draft.put("hematologic_malignancy", {"none": 98, "lymphoid": 1.5, "other": 0.5})
        last = "never" if blood == "none" else draft.past(5 * YEAR, 90)
    draft.put("last_hematologic_treatment", last)
    draft.yes("t_cell_malignancy", 0.06 * (blood == "lymphoid" and draft.kind is not KINDS["hematologic"]))
