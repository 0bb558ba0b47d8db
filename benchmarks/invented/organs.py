"""Heart, clots and thinned blood, lungs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.invented.draft import YEAR
from benchmarks.invented.shares_health import HEART_FAILURE, LUNG_INFLAMED, LUNG_INFLAMED_CHECKPOINT, THINNER
from benchmarks.invented.shares_kinds import KINDS
from benchmarks.invented.shares_person import OLD

if TYPE_CHECKING:
    from benchmarks.invented.draft import Draft


def heart(draft: Draft) -> None:
    narrow = draft.odds((0.2 if draft.male else 0.1) * (1.3 if draft.age >= OLD else 0.8))
    attack = draft.put(
        "last_myocardial_infarction", draft.past(6 * YEAR, 10) if narrow and draft.odds(0.4) else "never"
    )
    unstable = draft.yes("unstable_angina", 0.03 * narrow)
    draft.yes("coronary_revascularization_or_ischemia", 1.0 if unstable or attack != "never" else 0.75 * narrow)
    chest = 0.3 if draft.kind is KINDS["pleural"] else 0.08
    draft.yes("chest_pain_or_ischemic_heart_disease", 1.0 if narrow else chest)
    arrhythmia = draft.yes("significant_arrhythmia", 0.14 if draft.age >= OLD else 0.07)
    uncontrolled = draft.yes("uncontrolled_arrhythmia", 0.09 * arrhythmia)
    quiet = draft.past(900, 20) if arrhythmia else "never"
    draft.put("last_unstable_heart_episode", draft.day(0) if unstable or uncontrolled else quiet)
    failing = draft.odds(0.22 if narrow or arrhythmia else 0.04)
    draft.put("nyha_class", HEART_FAILURE if failing else "0")
    draft.put("lvef", f"{draft.normal(46, 9, 15, 68) if failing else draft.normal(60, 5, 40, 76):.0f} %")
    draft.yes("pericardial_effusion", 0.02)
    draft.yes("myocarditis_history", 0.012 if draft.checkpoint else 0.003)
    block = 28 * draft.said("bundle_branch_block", "yes")
    draft.put("qtcf", f"{draft.normal(420 if draft.male else 430, 19, 350, 560) + block:.0f} ms")
    upper = draft.normal(130, 16, 88, 205)
    draft.put("systolic_bp", f"{upper:.0f} mmHg")
    draft.put("diastolic_bp", f"{upper * draft.normal(0.58, 0.06, 0.42, 0.75):.0f} mmHg")


def clotting(draft: Draft) -> None:
    ago = draft.skewed(240, 1.0, 5, 4000) if draft.odds(draft.kind.clot) else 0
    draft.put("last_thromboembolism", draft.day(ago) if ago else "never")
    for_clot = bool(ago) and draft.odds(0.88 if ago < YEAR else 0.4)
    thinner = for_clot or (draft.said("significant_arrhythmia", "yes") and draft.odds(0.7))
    draft.put("anticoagulation", THINNER if thinner else "none")
    draft.yes("anticoagulation_for_cancer_clot", 0.9 * for_clot)
    warfarin = thinner and draft.odds(0.15)
    inr = draft.normal(2.5, 0.5, 1.6, 4.5) if warfarin else draft.skewed(1.04, 0.09, 0.85, 2)
    draft.result("inr", inr, "", 1, 1.2)
    draft.result("pt", 11.8 * inr, "s", 1, 13.5)
    draft.result("aptt", draft.skewed(37 if warfarin else 29.5, 0.13, 21, 80), "s", 1, 36)


def lungs(draft: Draft) -> None:
    if smoked := draft.odds(0.58):
        quit_ago = 0.0 if draft.odds(0.12) else draft.chance.uniform(1, draft.age - 24)
        draft.put("years_since_smoking", f"{quit_ago:.0f} years")
        packs = min(draft.skewed(20, 0.8, 1, 110), 2 * (draft.age - 18 - quit_ago))
    draft.put("pack_years", f"{packs if smoked else 0:.0f}")
    checkpoint = draft.checkpoint
    inflamed = draft.put("ild_pneumonitis", LUNG_INFLAMED_CHECKPOINT if checkpoint else LUNG_INFLAMED)
    treated = {"active": draft.day(0), "history_steroids": draft.past(250), "history": draft.past(400)}
    draft.put("last_ild_treatment", treated.get(inflamed, "never"))
    draft.yes("lung_fibrosis", 1.0 if inflamed == "active" else 0.08 if draft.kind is KINDS["pleural"] else 0.04)
    breathless = draft.yes("respiratory_symptoms", min(draft.kind.breathless + 0.08 * draft.ecog, 0.95))
    oxygen = draft.yes("supplemental_oxygen", (0.02 + 0.06 * draft.ecog) * breathless)
    draft.put("spo2_room_air", f"{draft.normal(89 if oxygen else 96.2 - 0.8 * breathless, 1.6, 80, 100):.0f} %")
    breath = draft.normal(70 if draft.kind is KINDS["pleural"] else 84, 16, 25, 125)
    draft.put("fev1_percent", f"{breath:.0f} %")
    draft.put("dlco_percent", f"{breath * draft.normal(0.95, 0.15, 0.5, 1.4):.0f} %")
