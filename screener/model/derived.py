"""What follows from what: the facts that may be worked out from others, and the published figures for it."""

from __future__ import annotations

from fractions import Fraction

# The facts that a derived fact is derived from.
INPUTS = {
    "ecog": ("kps",),
    "kps": ("ecog",),
    "creatinine_clearance": ("age", "sex", "weight", "creatinine"),
    "histology": ("tumor_type",),
}

COMPUTED = {"creatinine_clearance", "histology"}  # their inputs are lighter to ask than they are

# Yes-or-no facts that a treatment of this class in the list answers with yes.
RECEIVED = {"prior_car_t": "car_t", "prior_gene_engineered_t_cells": "gene_engineered_t_cells"}

# ECOG and Karnofsky: no one map is settled. For each grade, every Karnofsky value that the conventional
# table (NCI, ESMO) or the fitted one (Prasad 2018, 5,844 pairs) gives it; a rule is decided only where all agree.
KPS_OF_ECOG = {0: (90, 100), 1: (70, 90), 2: (50, 70), 3: (30, 60), 4: (10, 40), 5: (0, 0)}

COCKCROFT_GAULT_AGE = 140  # Cockcroft and Gault, Nephron 1976;16:31-41: (140 - age) x kg / (72 x mg/dL)
COCKCROFT_GAULT_DIVISOR = 72
COCKCROFT_GAULT_WOMEN = Fraction(85, 100)
