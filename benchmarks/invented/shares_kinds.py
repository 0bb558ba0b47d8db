"""The kinds of cancer that the invented patients have: how many have each, and what comes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Regimen = tuple[str, ...]  # drugs given together


@dataclass(frozen=True)
class Kind:
    """A kind of cancer: its share of the patients, who gets it, and the chances of what comes with it."""

    share: float
    names: Mapping[str, float]  # as the tumor is written down
    first: Mapping[Regimen, float]
    later: Mapping[Regimen, float]
    men: float
    age: tuple[float, float]  # mean and standard deviation
    cells: Mapping[str, float]  # cell types of a mesothelioma; "" is not said, and any other tumor
    mesothelin: float = 0.0  # chance that some cells carry it, for tumors without a cell type
    loss: float = 0.18  # of HLA-A*02 in the tumor of someone with one copy
    liver: float = 0.03
    brain: float = 0.03
    pleura: float = 0.0
    surgery: float = 0.2
    effusion: float = 0.06
    ascites: float = 0.04
    obstruction: float = 0.003
    clot: float = 0.1
    breathless: float = 0.2

    @property
    def mesothelioma(self) -> bool:
        """Whether it is a mesothelioma: these alone have a cell type."""
        return "epithelioid" in self.cells


_MESO_FIRST = {
    ("ipilimumab", "nivolumab"): 45,
    ("carboplatin", "pemetrexed"): 24,
    ("cisplatin", "pemetrexed"): 13,
    ("carboplatin", "pemetrexed", "bevacizumab"): 8,
    ("carboplatin", "pemetrexed", "pembrolizumab"): 10,
}
_MESO_LATER = {
    ("carboplatin", "pemetrexed"): 35,
    ("cisplatin", "pemetrexed"): 6,
    ("ipilimumab", "nivolumab"): 30,
    ("nivolumab",): 10,
    ("pembrolizumab",): 8,
    ("gemcitabine",): 12,
    ("vinorelbine",): 14,
    ("gemcitabine", "ramucirumab"): 7,
}
_CISPLATIN_GEMCITABINE = ("cisplatin", "gemcitabine", "durvalumab")

KINDS = {
    "pleural": Kind(
        share=70,
        names={"pleural mesothelioma": 55, "PLMESO": 8, "MPM": 10, "C45.0": 6, "malignant mesothelioma": 6},
        first=_MESO_FIRST,
        later=_MESO_LATER,
        men=0.77,
        age=(69, 9),
        cells={"epithelioid": 64, "biphasic": 14, "sarcomatoid": 10, "": 12},
        liver=0.05,
        brain=0.025,
        effusion=0.55,
        breathless=0.55,
    ),
    "peritoneal": Kind(
        share=8,
        names={"peritoneal mesothelioma": 80, "PEMESO": 12, "C45.1": 8},
        first=_MESO_FIRST,
        later=_MESO_LATER,
        men=0.52,
        age=(61, 11),
        cells={"epithelioid": 76, "biphasic": 8, "sarcomatoid": 3, "": 13},
        liver=0.08,
        brain=0.01,
        surgery=0.55,
        effusion=0.1,
        ascites=0.55,
    ),
    "other site": Kind(
        share=1,
        names={"pericardial mesothelioma": 1, "mesothelioma": 3},
        first=_MESO_FIRST,
        later=_MESO_LATER,
        men=0.7,
        age=(64, 11),
        cells={"epithelioid": 60, "biphasic": 15, "sarcomatoid": 10, "": 15},
        effusion=0.25,
    ),
    "ovarian": Kind(
        share=5,
        names={"HGSOC": 55, "ovarian cancer": 30, "LGSOC": 6, "fallopian tube cancer": 6, "C56.9": 5},
        first={("carboplatin", "paclitaxel"): 65, ("carboplatin", "paclitaxel", "bevacizumab"): 35},
        later={
            ("pegylated liposomal doxorubicin",): 30,
            ("olaparib",): 15,
            ("niraparib",): 15,
            ("mirvetuximab soravtansine",): 15,
            ("topotecan",): 12,
            ("gemcitabine",): 13,
        },
        men=0.0,
        age=(61, 10),
        cells={"": 1},
        mesothelin=0.78,
        liver=0.22,
        pleura=0.12,
        surgery=0.85,
        effusion=0.15,
        ascites=0.4,
        clot=0.13,
    ),
    "pancreatic": Kind(
        share=4,
        names={"pancreatic adenocarcinoma": 55, "PDAC": 35, "pancreatic cancer": 10},
        first={("fluorouracil", "oxaliplatin", "irinotecan"): 55, ("gemcitabine", "nab-paclitaxel"): 45},
        later={
            ("gemcitabine", "nab-paclitaxel"): 55,
            ("fluorouracil", "oxaliplatin", "irinotecan"): 20,
            ("fluorouracil", "liposomal irinotecan"): 25,
        },
        men=0.53,
        age=(66, 9),
        cells={"": 1},
        mesothelin=0.8,
        loss=0.196,  # Tempus abstract
        liver=0.55,
        brain=0.01,
        pleura=0.04,
        ascites=0.2,
        obstruction=0.25,
        clot=0.2,
    ),
    "lung": Kind(
        share=4.5,
        names={"lung adenocarcinoma": 80, "LUAD": 20},
        first={("carboplatin", "pemetrexed", "pembrolizumab"): 55, ("osimertinib",): 22, ("pembrolizumab",): 23},
        later={("docetaxel", "ramucirumab"): 30, ("docetaxel",): 30, ("carboplatin", "pemetrexed"): 40},
        men=0.5,
        age=(66, 9),
        cells={"": 1},
        mesothelin=0.5,
        loss=0.231,  # the same abstract, non-small cell lung cancer
        liver=0.15,
        brain=0.22,
        pleura=0.35,
        effusion=0.3,
        breathless=0.5,
    ),
    "bile duct": Kind(
        share=3,
        names={"cholangiocarcinoma": 55, "IHCH": 30, "EHCH": 15},
        first={_CISPLATIN_GEMCITABINE: 75, ("cisplatin", "gemcitabine"): 25},
        later={("fluorouracil", "oxaliplatin"): 60, ("pemigatinib",): 15, ("ivosidenib",): 12, ("capecitabine",): 13},
        men=0.52,
        age=(65, 10),
        cells={"": 1},
        mesothelin=0.5,
        liver=0.35,
        brain=0.01,
        surgery=0.3,
        ascites=0.12,
        obstruction=0.3,
        clot=0.14,
    ),
    "breast": Kind(
        share=2,
        names={"TNBC": 60, "IDC": 30, "breast cancer": 10},
        first={("carboplatin", "paclitaxel", "pembrolizumab"): 60, ("doxorubicin", "cyclophosphamide"): 40},
        later={
            ("sacituzumab govitecan",): 40,
            ("capecitabine",): 30,
            ("eribulin",): 15,
            ("trastuzumab deruxtecan",): 15,
        },
        men=0.01,
        age=(55, 10),
        cells={"": 1},
        mesothelin=0.4,
        liver=0.4,
        brain=0.15,
        pleura=0.2,
        surgery=0.75,
    ),
    "hematologic": Kind(
        share=1.5,
        names={"DLBCLNOS": 50, "multiple myeloma": 30, "AML": 20},
        first={("doxorubicin", "cyclophosphamide", "vincristine"): 70, ("bendamustine",): 30},
        later={("ifosfamide", "etoposide"): 60, ("axi-cel",): 15, ("methotrexate",): 25},
        men=0.57,
        age=(66, 11),
        cells={"": 1},
        mesothelin=0.03,
        liver=0.0,
        brain=0.0,
        surgery=0.05,
    ),
    "other": Kind(
        share=1,
        names={"colon adenocarcinoma": 50, "gastric adenocarcinoma": 30, "synovial sarcoma": 20},
        first={("fluorouracil", "oxaliplatin"): 1},
        later={("irinotecan",): 60, ("paclitaxel", "ramucirumab"): 40},
        men=0.55,
        age=(61, 11),
        cells={"": 1},
        mesothelin=0.3,
        loss=0.156,  # the same abstract, bowel cancer
        liver=0.4,
        pleura=0.05,
        surgery=0.6,
        ascites=0.12,
    ),
}
