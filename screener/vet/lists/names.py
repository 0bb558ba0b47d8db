# ruff: noqa: E501, RUF001 - one kind of statement a line; targets have Greek letters
"""Spellings of what cells are aimed at, and of organs.

After domain.md 2.2 and the targets of criteria/landscape.yaml, with the gene names of HGNC where a record would use them.
"""

from __future__ import annotations

TARGETS = {
    "mesothelin": ("mesothelin", "msln", "msln*"),
    "claudin 18.2": ("claudin [18.2]", "cldn18.2", "claudin18.2", "cldn 18.2"),
    "GPC3": ("gpc3", "gpc 3", "glypican 3"),
    "EGFR": ("egfr", "egfrviii", "epidermal growth factor receptor"),
    "IL13Ra2": ("il13rα2|il13ra2", "il13r alpha 2", "il 13 receptor"),
    "FAP": ("fap", "fibroblast activation protein"),
    "HER2": ("her2", "her 2", "erbb2"),
    "CEA": ("cea", "ceacam5", "carcinoembryonic antigen"),
    "WT1": ("wt1", "wt 1", "wilms tumor 1"),
    "MAGE-A4": ("mage a4", "magea4", "mage a3|a10|a1"),
    "NY-ESO-1": ("ny eso 1", "nyeso1"),
    "PRAME": ("prame",),
    "PSMA": ("psma", "prostate specific membrane antigen"),
    "PSCA": ("psca", "prostate stem cell antigen"),
    "GD2": ("gd2", "disialoganglioside"),
    "B7-H3": ("b7 h3", "b7h3", "cd276"),
    "MUC1": ("muc1", "muc 1", "muc16", "muc 16"),
    "EpCAM": ("epcam",),
    "ROR1": ("ror1",),
    "GUCY2C": ("gucy2c", "gcc", "guanylyl cyclase c"),
    "folate receptor": ("folate receptor",),
    "AFP": ("alpha fetoprotein",),
    "CD19": ("cd19",),
    "BCMA": ("bcma",),
    "CD70": ("cd70",),
    "DLL3": ("dll3",),
    "TROP2": ("trop2", "trop 2"),
    "KRAS": ("kras g12d|g12v",),
    "5T4": ("5 t4",),
    "NKG2D": ("nkg2d",),
    "LeY": ("lewis y",),
}
ORGANS = (
    "(lung / pancreas / pancreatic / liver / ovarian / ovary / breast / brain / colon / colorectal / bowel / stomach / gastric / kidney / renal / prostate / bladder / skin / bone / cervical / uterine / endometrial / thyroid / esophageal / head and neck / throat / biliary / bile duct / testicular / anal / pleural / peritoneal / rectal) (cancer / cancers / tumor / tumors / tumour / tumours / carcinoma / carcinomas)",
    "(cancer / cancers / tumor|carcinoma|tumors) of the (lung / lungs / pancreas / liver / ovary / ovaries / breast / brain / colon / bowel / stomach / kidney / kidneys / prostate / bladder / skin / bone / cervix / uterus / thyroid / esophagus / gullet / throat / bile ducts / bile duct / pleura / peritoneum)",
    "(liver / brain|lung) (cancer / tumor) (related / strategies)",
    "(gastric / pancreatic|stomach) (or / and|type) [pancreatic|gastric|type]",
    "(mesothelioma / mesotheliomas / melanoma / glioblastoma / neuroblastoma / hepatoma / cholangiocarcinoma / osteosarcoma / sarcoma / sarcomas / glioma / gliomas|lymphoma|leukemia|myeloma|thymoma|retinoblastoma|nsclc|adenocarcinoma)",
)
