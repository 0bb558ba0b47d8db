"""What the invented patients have beside their cancer, and how their laboratories print results."""

from __future__ import annotations

INFECTION = {"none": 92.5, "controlled": 5, "uncontrolled": 1.5, "yes": 1}
HBV = {"negative": 93, "core_antibody_only": 5, "surface_antigen_positive": 1.2, "positive": 0.8}
AUTOIMMUNE = {"none": 86, "replacement_only": 6, "inactive": 4, "active": 3, "yes": 1}
AUTOIMMUNE_CHECKPOINT = {"none": 74, "replacement_only": 15, "inactive": 5, "active": 5, "yes": 1}
STEROIDS = {"none": 88, "physiologic": 4, "above_physiologic": 8}
STEROID_DOSE = {"none": {"0": 1}, "physiologic": {"2.5": 1, "5": 3}, "above_physiologic": {"10": 4, "20": 3, "40": 2}}
LUNG_INFLAMED = {"none": 95.5, "history_no_steroids": 2, "history_steroids": 1.5, "active": 0.7, "history": 0.3}
LUNG_INFLAMED_CHECKPOINT = {"none": 91, "history_no_steroids": 2, "history_steroids": 5, "active": 1.5, "history": 0.5}
HEART_FAILURE = {"1": 30, "2": 50, "3": 17, "4": 3}
THINNER = {"therapeutic_in_range": 85, "therapeutic_out_of_range": 6, "yes": 9}
SECOND = {
    "none": 81,
    "skin_non_melanoma": 9,
    "skin_in_situ": 1.5,
    "melanoma_stage_0_1": 1.5,
    "prostate_organ_confined": 4,  # of men; women are drawn among the rest
    "in_situ_cervix_breast": 2,  # of women, likewise
    "other_solid": 4,
}
SECOND_DEPTH = {
    "skin_non_melanoma": {"superficial": 6, "invasive": 4},
    "skin_in_situ": {"superficial": 1},
    "melanoma_stage_0_1": {"superficial": 1, "invasive": 1},
    "prostate_organ_confined": {"prostate": 1},
    "in_situ_cervix_breast": {"superficial": 1},
    "other_solid": {"invasive": 85, "superficial": 15},
}

# Upper limits of normal as laboratories print them, and the unit and factor of a laboratory that reports SI units.
ULN = {"ast": (34, 40, 41), "alt": (35, 41, 55), "total_bilirubin": (1.0, 1.2), "direct_bilirubin": (0.3, 0.4)}
SI = {
    "anc": ("10^9/L", 1, 2),
    "alc": ("10^9/L", 1, 2),
    "wbc": ("10^9/L", 1, 2),
    "platelets": ("10^9/L", 1, 0),
    "hemoglobin": ("g/L", 10, 0),
    "albumin": ("g/L", 10, 0),
    "creatinine": ("umol/L", 88.42, 0),
    "total_bilirubin": ("umol/L", 17.104, 0),
    "direct_bilirubin": ("umol/L", 17.104, 1),
}
SI_LABORATORY = 0.06
