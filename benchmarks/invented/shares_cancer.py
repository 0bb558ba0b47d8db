"""How the cancers of the invented patients look and spread, and how they were treated."""

from __future__ import annotations

TYPED_NAMES = {  # how a pleural mesothelioma is written down together with its cell type
    "epithelioid": {"epithelioid pleural mesothelioma": 7, "PLEMESO": 3},
    "biphasic": {"biphasic pleural mesothelioma": 7, "PLBMESO": 3},
    "sarcomatoid": {"sarcomatoid pleural mesothelioma": 7, "PLSMESO": 3},
}
TYPED = 0.25
# Chance that some tumor cells carry mesothelin: mostly epithelioid ones do, sarcomatoid ones rarely.
MESOTHELIN = {"epithelioid": 0.86, "biphasic": 0.75, "sarcomatoid": 0.12, "": 0.7}
HLA = {"negative": 54, "heterozygous": 33, "positive": 6, "homozygous": 7}
COURSE = {"persistent": 49, "recurrent": 40, "persistent or recurrent": 8, "gone": 3}
EXTENT = {"localized": 2, "locally_advanced": 22, "unresectable": 36, "metastatic": 12, "recurrent": 20, "advanced": 8}
EXTENT_UNTREATED = {"localized": 12, "locally_advanced": 36, "unresectable": 38, "metastatic": 6, "advanced": 8}
EXTENT_FAR = {"metastatic": 80, "stage IV": 20}  # with spread to liver, brain or, from elsewhere, pleura
BRAIN = {"treated_stable": 65, "active": 35}
EFFUSION = {"drained": 86, "undrained": 14}
ASCITES = {"small": 45, "drained": 45, "undrained": 10}

LINES = {0: 9, 1: 34, 2: 32, 3: 15, 4: 7, 5: 3}  # drug treatments so far
ONGOING = 0.2
TRIAL_DRUGS = {"VT3989": 25, "tazemetostat": 15, "anetumab ravtansine": 20, "pegargiminase": 15, "QX-77": 25}
TRIAL_LINE = 0.09  # chance that a later treatment is one of these
# Cells given in a trial, each with whether it is CAR-T and whether a lentivirus was used (an assumption for some).
CELLS = {
    "huCART-meso cells": (True, True),
    "icasp9m28z": (True, False),
    "gavo-cel": (False, True),
    "axi-cel": (True, False),
}
CELL_SHARES = {"huCART-meso cells": 40, "icasp9m28z": 35, "gavo-cel": 25}
CELL_LINE = 0.035
CHEMOTHERAPY = frozenset(
    {
        *("cisplatin", "carboplatin", "oxaliplatin", "pemetrexed", "gemcitabine", "vinorelbine", "paclitaxel"),
        *("nab-paclitaxel", "docetaxel", "topotecan", "doxorubicin", "cyclophosphamide", "vincristine", "bendamustine"),
        *("ifosfamide", "etoposide", "methotrexate", "fluorouracil", "capecitabine", "irinotecan", "eribulin"),
        *("liposomal irinotecan", "pegylated liposomal doxorubicin"),
    }
)
CHECKPOINT = frozenset({"ipilimumab", "nivolumab", "pembrolizumab", "durvalumab"})
SIDE_EFFECT = {0: 42, 1: 40, 2: 14, 3: 3.3, 4: 0.7}
