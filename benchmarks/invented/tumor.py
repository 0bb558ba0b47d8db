"""The cancer: its type, its mesothelin, how far it has come, and what it does to the brain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.invented.shares_cancer import (
    ASCITES,
    BRAIN,
    COURSE,
    EFFUSION,
    EXTENT,
    EXTENT_FAR,
    EXTENT_UNTREATED,
    HLA,
    MESOTHELIN,
    TYPED,
    TYPED_NAMES,
)
from benchmarks.invented.shares_kinds import KINDS

if TYPE_CHECKING:
    from benchmarks.invented.draft import Draft


def tumor(draft: Draft) -> None:
    kind = draft.kind
    draft.cell_type = draft.pick(kind.cells)
    typed = kind is KINDS["pleural"] and draft.cell_type and draft.odds(TYPED)
    draft.put("tumor_type", TYPED_NAMES[draft.cell_type] if typed else kind.names)
    if draft.cell_type:
        draft.put("histology", draft.cell_type)
    draft.yes("pathology_confirmed", 1.0 if draft.cell_type else 0.97)
    confirmed = draft.said("pathology_confirmed", "yes")
    pleural = kind is KINDS["pleural"]
    draft.yes("pleural_disease_confirmed", (0.93 if pleural else 0.06 if kind.mesothelioma else 0.0) * confirmed)
    draft.yes("pleural_disease_into_peritoneum", 0.08 if pleural else 0.0)
    if confirmed:
        mesothelin(draft)
    hla = draft.put("hla_a02_germline", HLA)
    if hla in {"heterozygous", "negative"}:
        draft.yes("hla_a02_tumor_loss", kind.loss if hla == "heterozygous" else 0.0)


def mesothelin(draft: Draft) -> None:
    chance = MESOTHELIN[draft.cell_type] if draft.kind.mesothelioma else draft.kind.mesothelin
    share = draft.chance.betavariate(1.8, 1.0) * 100 if draft.odds(chance) else 0.0
    if draft.cell_type == "biphasic":
        epithelioid = draft.normal(60, 22, 10, 95)
        draft.put("epithelioid_percent", f"{5 * round(epithelioid / 5)} %")
        draft.put("mesothelin_percent_epithelioid", f"{share:.0f} %")
        share *= epithelioid / 100
    draft.put("mesothelin_percent", f"{share:.0f} %")
    draft.yes("mesothelin_positive", float(round(share) > 0))
    strength = {1: 120 - share, 2: 100.0, 3: share} if round(share) else {0: 1.0}
    draft.put("mesothelin_intensity", str(draft.pick(strength)))


def disease(draft: Draft) -> None:
    begun = draft.lines > 1 or (draft.lines == 1 and draft.idle > 0)
    course = draft.put("disease_course", COURSE if begun else "untreated")
    there = course != "gone"
    far = [
        draft.yes("liver_metastases", draft.kind.liver * there),
        draft.yes("pleural_metastases", draft.kind.pleura * there),
    ]
    far += [draft.put("cns_metastases", BRAIN if draft.odds(draft.kind.brain * there) else "none") != "none"]
    if there:
        draft.put("stage_extent", EXTENT_FAR if any(far) else EXTENT if begun else EXTENT_UNTREATED)
    draft.yes("progressed_on_standard_therapy", 0.92 * (begun and there))
    measurable = draft.yes("measurable_disease", 0.8 * there)
    draft.yes("evaluable_disease", 1.0 if measurable else 0.75 * there)
    if there:
        size = draft.skewed(3.4, 0.6, 1.0, 18) if measurable else draft.chance.uniform(0.3, 0.9)
        draft.put("largest_lesion", f"{size:.1f} cm" if draft.odds(0.6) else f"{10 * size:.0f} mm")
    draft.put("pleural_effusion", EFFUSION if draft.odds(draft.kind.effusion) else "none")
    draft.put("ascites", ASCITES if draft.odds(draft.kind.ascites) else "none")
    draft.yes("lymphangitic_spread_beyond_lobe", (0.07 if draft.kind is KINDS["lung"] else 0.01) * there)
    draft.yes("bile_duct_obstruction", draft.kind.obstruction * there)


def brain(draft: Draft) -> None:
    active, stable = draft.said("cns_metastases", "active"), draft.said("cns_metastases", "treated_stable")
    ago = draft.skewed(220, 0.7, 20, 1500)
    draft.yes("disease_outside_cns", 0.95 if active or stable else float(draft.said("evaluable_disease", "yes")))
    draft.yes("cns_symptoms", 0.5 * active + 0.05 * stable)
    draft.yes("cns_edema", 0.6 * active + 0.15 * stable)
    draft.yes("leptomeningeal_spread", 0.15 * active + 0.02 * stable)
    irradiated = draft.odds(0.35 * active + 0.9 * stable)
    radiation = draft.put("cns_last_radiotherapy", draft.day(ago) if irradiated else "never")
    therapies = draft.answers["prior_therapies"]
    if irradiated and isinstance(therapies, list):
        therapies.append({"agent": "stereotactic radiosurgery", "last_dose": radiation})
    if active or stable:
        draft.put("cns_stable_since", draft.day(ago * draft.chance.uniform(0.2, 0.8)) if stable else "never")
    medicine = draft.odds(0.7 * active + 0.4 * stable)
    draft.put("cns_symptom_drugs_stopped", draft.day(0 if active else ago * 0.7) if medicine else "never")
    table = {"from_treated_metastases": 12, "none": 88} if stable else {"none": 98.3, "other": 1.7}
    draft.put("seizure_disorder", table)
