"""Age and performance of the invented patients, and what is drawn without regard to anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD, YOUNG, FERTILE = 75, 46, 53  # years: ages at which chances change, of periods too
ECOG = {0: 29, 1: 46, 2: 18, 3: 6, 4: 1}
ECOG_OLD = {0: 17, 1: 47, 2: 24, 3: 10, 4: 2}
# Karnofsky beside each ECOG grade: the customary pairs first, then those of Prasad 2018.
KPS = {
    0: {100: 40, 90: 60},
    1: {80: 60, 70: 30, 90: 10},
    2: {60: 55, 50: 25, 70: 20},
    3: {40: 55, 30: 25, 50: 20},
    4: {20: 70, 10: 30},
}
MONTHS_LEFT = {0: 20, 1: 13, 2: 6.5, 3: 3, 4: 1.5}  # medians
MONTHS_AGREED = {"3 months": 5, "6 months": 27, "12 months": 48, "24 months": 20}

# Facts drawn by themselves, without regard to anything else.
ALONE: Mapping[str, Mapping[str, float]] = {
    "spinal_cord_compression": {"no": 99.3, "yes": 0.7},
    "hiv": {"negative": 99.5, "positive": 0.5},
    "htlv": {"negative": 99.8, "positive": 0.2},
    "syphilis": {"negative": 99.3, "positive": 0.7},
    "immunodeficiency": {"none": 98.6, "acquired": 1.1, "primary": 0.3},
    "severe_allergy_lymphodepletion": {"no": 99.5, "yes": 0.5},
    "allergy_cell_product_excipients": {"no": 99.4, "yes": 0.6},
    "consciousness_disorder": {"no": 99, "yes": 1},
    "diabetic_retinopathy": {"no": 97.5, "yes": 2.5},
    "coagulation_disorder": {"no": 99.2, "yes": 0.8},
    "gilbert_syndrome": {"no": 95.5, "yes": 4.5},
    "erythropoietin_dependent": {"no": 98.3, "yes": 1.7},
    "bundle_branch_block": {"no": 93, "yes": 7},
    "can_travel": {"yes": 91, "no": 9},
    "lodging_near_site": {"yes": 82, "no": 18},
    "days_can_stay": {"14 days": 12, "21 days": 8, "30 days": 30, "42 days": 12, "60 days": 22, "90 days": 16},
    "caregiver": {"yes": 90, "no": 10},
    "long_term_follow_up": {"yes": 95, "no": 5},
    "understands_investigational": {"yes": 95, "no": 5},
    "consent": {"yes": 97, "no": 3},
    "power_of_attorney": {"yes": 91, "no": 9},
}

RESIDENCE: dict[str, dict[str, float]] = {
    "home": {"10065": 8, "191": 8, "770": 7, "Ann Arbor, MI": 5, "Los Angeles, CA": 9, "Cleveland, Ohio": 6, "606": 8},
    "travel_limit": {"50 mi": 20, "100 mi": 20, "150 km": 3, "300 mi": 25, "1000 mi": 15, "3000 mi": 17},
}
