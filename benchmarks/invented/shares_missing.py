"""What is not known about the invented patients, and for which reason."""

from __future__ import annotations

SCALES_KNOWN = {("ecog", "kps"): 33, ("ecog",): 48, ("kps",): 14, (): 5}

# What is missing together: the facts, the chance, and the reason.
_STAIN = ("mesothelin_percent", "mesothelin_intensity", "mesothelin_percent_epithelioid", "mesothelin_positive")
_HEPATITIS = ("hbv", "hbv_dna", "hbv_prophylaxis", "hcv", "hcv_rna", "hcv_treated_cured")
_ECHO = ("lvef", "pericardial_effusion")
_COUNTS = ("anc", "alc", "wbc", "platelets", "hemoglobin")
_CHEMISTRY = (
    "ast",
    "alt",
    "total_bilirubin",
    "creatinine",
    "albumin",
    "gfr",
    "direct_bilirubin",
    "creatinine_clearance",
)
_SEX_LIFE = ("can_father_children", "contraception", "contraception_months", "intends_pregnancy")
_NOT_AT_HAND = {  # chance by which each is not known to those at hand, one by one
    0.35: ["life_expectancy_months", "toxicity_grade_ctcae5", "epithelioid_percent"],
    0.2: ["mesothelin_intensity", "last_live_vaccine", "last_steroid_dose", "days_can_stay", "contraception_months"],
    0.12: [
        "largest_lesion",
        "toxicity_grade",
        "toxicity_grade_hair_skin_aside",
        "last_antibiotic",
        "evaluable_disease",
    ],
    0.08: ["pleural_disease_confirmed", "pleural_disease_into_peritoneum", "lymphangitic_spread_beyond_lobe"],
    0.06: ["lung_fibrosis", "nyha_class", "pack_years", "last_growth_factor", "last_transfusion", "measurable_disease"],
    0.04: ["stage_extent", "disease_course", "progressed_on_standard_therapy", "prior_therapies", "cns_metastases"],
    0.03: ["prior_systemic_lines", "last_other_trial", "distance_to_site", "travel_hours_to_site", "liver_metastases"],
    0.02: ["caregiver", "lodging_near_site", "can_travel", "second_malignancy_depth", "height", "last_major_surgery"],
}
GAPS: tuple[tuple[tuple[str, ...], float, str], ...] = (
    (_STAIN, 0.48, "not_done"),
    (_STAIN, 0.07, "dont_know"),
    (_STAIN, 0.04, "pending"),
    (_STAIN[:3], 0.2, "dont_know"),  # the report says positive or negative and no more
    (_STAIN[2:3], 0.6, "not_done"),
    (("hla_a02_germline", "hla_a02_tumor_loss"), 0.86, "not_done"),
    (("hla_a02_germline", "hla_a02_tumor_loss"), 0.15, "pending"),
    (("hla_a02_tumor_loss",), 0.6, "not_done"),
    (_HEPATITIS, 0.42, "not_done"),
    (_HEPATITIS, 0.05, "dont_know"),
    (("hiv",), 0.45, "not_done"),
    (("hiv",), 0.03, "pending"),
    (("htlv",), 0.88, "not_done"),
    (("syphilis",), 0.78, "not_done"),
    (_ECHO, 0.42, "not_done"),
    (("qtcf", "bundle_branch_block"), 0.25, "not_done"),
    (("fev1_percent", "dlco_percent"), 0.68, "not_done"),
    (("dlco_percent",), 0.3, "not_done"),
    (("inr", "pt", "aptt"), 0.35, "not_done"),
    (("pt", "aptt"), 0.2, "not_done"),
    (_COUNTS, 0.04, "dont_know"),
    (_COUNTS, 0.02, "pending"),
    (("alc",), 0.08, "not_done"),
    (_CHEMISTRY, 0.04, "dont_know"),
    (("gfr",), 0.35, "not_done"),
    (("creatinine_clearance",), 0.9, "not_done"),
    (("albumin",), 0.08, "not_done"),
    (("spo2_room_air",), 0.12, "dont_know"),
    (("systolic_bp", "diastolic_bp"), 0.08, "dont_know"),
    (_SEX_LIFE, 0.015, "declined"),
    *(((fact,), 0.01, "declined") for fact in ("hiv", "power_of_attorney", "long_term_follow_up", "pack_years")),
    *(((fact,), chance, "dont_know") for chance, facts in _NOT_AT_HAND.items() for fact in facts),
)
PLANNED = ("enrollment", "leukapheresis", "lymphodepletion", "infusion")
# Facts without an answer in people they do not concern, and one that is hardly ever measured.
DETAILS = (
    *("histology", "epithelioid_percent", *_STAIN, "hla_a02_tumor_loss", "largest_lesion"),
    *("cns_stable_since", "hbv_dna", "hcv_rna", "second_malignancy_free_since", "second_malignancy_depth", "psa"),
    *("years_since_smoking", "direct_bilirubin", "creatinine_clearance_scaled", "agrees_to_stop_nursing"),
    *("contraception_months", "stage_extent"),
)
