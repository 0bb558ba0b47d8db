"""Blood counts and chemistry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.invented.draft import MONTH
from benchmarks.invented.shares_health import SI_LABORATORY, ULN

if TYPE_CHECKING:
    from benchmarks.invented.draft import Draft


def counts(draft: Draft) -> None:
    draft.drawn_ago, draft.si_units = draft.chance.randint(0, 28), draft.odds(SI_LABORATORY)
    recent = draft.chemo is not None and draft.chemo < MONTH
    anc, alc = draft.skewed(2.9 if recent else 4.3, 0.45, 0.2, 25), draft.skewed(1.25, 0.5, 0.15, 6)
    draft.result("anc", anc, "K/uL", 1)
    draft.result("alc", alc, "K/uL", 1)
    draft.result("wbc", anc + alc + draft.chance.uniform(0.35, 1.0), "K/uL", 1)
    draft.result("platelets", draft.skewed(205 if recent else 265, 0.4, 12, 900), "K/uL", 0)
    hemoglobin = draft.normal(12.6 - 1.0 * recent - 0.6 * (not draft.male), 1.6, 6.5, 17.5)
    draft.result("hemoglobin", hemoglobin, "g/dL", 1)
    low = hemoglobin < 9  # noqa: PLR2004 - grams, where transfusions begin to be usual
    transfused = draft.odds(0.45 if low else 0.12)
    draft.put("last_transfusion", draft.past(25 if low else 300) if transfused else "never")
    injected = max(draft.chemo - 1, 0) if draft.chemo is not None and draft.odds(0.2) else None
    draft.put("last_growth_factor", "never" if injected is None else draft.day(injected))
    works = injected is not None and 0 <= injected - draft.drawn_ago < 14  # noqa: PLR2004 - days, for the long-acting one
    draft.yes("anc_growth_factor_support", float(works))


def chemistry(draft: Draft) -> None:
    blocked, gilbert = draft.said("bile_duct_obstruction", "yes"), draft.said("gilbert_syndrome", "yes")
    raised = (1.9 if draft.said("liver_metastases", "yes") else 1.0) * (2.4 if blocked else 1.0)
    liver = draft.skewed(raised, 0.35, 0.3, 20)
    for fact, median in (("ast", 24), ("alt", 21)):
        uln = draft.chance.choice(ULN[fact])
        draft.result(fact, liver * draft.skewed(median, 0.22, 6, 200), "U/L", 0, uln)
    bilirubin = draft.skewed(0.5, 0.4, 0.1, 2.5) * (5 if blocked else 2.8 if gilbert else 1.0)
    draft.result("total_bilirubin", bilirubin, "mg/dL", 1, draft.chance.choice(ULN["total_bilirubin"]))
    if draft.odds(0.85 if blocked or gilbert else 0.3):
        share = draft.normal(0.7 if blocked else 0.18 if gilbert else 0.32, 0.06, 0.08, 0.9)
        draft.result("direct_bilirubin", share * bilirubin, "mg/dL", 2, draft.chance.choice(ULN["direct_bilirubin"]))
    draft.result("albumin", draft.normal(4.0 - 0.22 * draft.ecog, 0.4, 1.9, 5.0), "g/dL", 1)
    creatinine = draft.skewed((0.95 if draft.male else 0.76) * (1 + 0.004 * (draft.age - 60)), 0.24, 0.4, 6)
    draft.result("creatinine", creatinine, "mg/dL", 2, 1.3 if draft.male else 1.1)
    kidneys(draft, round(creatinine, 2))


def kidneys(draft: Draft, creatinine: float) -> None:
    """Clearance after Cockcroft and Gault, filtration rate after CKD-EPI 2021."""
    number, unit = str(draft.answers["weight"]).split()
    weight = float(number) / (2.20462262 if unit == "lb" else 1)
    clearance = (140 - draft.age) * weight / (72 * creatinine) * (1 if draft.male else 0.85)
    draft.put("creatinine_clearance", f"{clearance:.0f} mL/min")
    kappa, alpha, factor = (0.9, -0.302, 1.0) if draft.male else (0.7, -0.241, 1.012)
    ratio = creatinine / kappa
    rate = 142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.2 * 0.9938**draft.age * factor
    draft.put("gfr", f"{rate:.0f} mL/min/1.73m2")
