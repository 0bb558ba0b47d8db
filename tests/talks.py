"""Interviews in a folder of criteria made up for them: a report, a choice, treatments, and a teach-back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from screener.catalog import load_dictionary
from screener.patient import compile_patient
from screener.source import load
from tests.program import Call, Program, Ran
from tests.rule_text import TODAY
from tests.test_interview import BESIDE, events, lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from screener.model import Patient

SIGNS = [f"sign_{number}" for number in range(1, 13)]
ASKED = {"why": "It matters.", "where": "Chart.", "who": ["chart"], "burden": "ask", "source": "made up for tests"}
FACTS: dict[str, dict[str, Any]] = {
    "age": {"name": "Age", "type": "quantity", "units": {"years": 1}, "range": [0, 120]},
    "extent": {
        "name": "Extent",
        "type": "choice",
        "choices": {"local": {"means": "In one place"}, "advanced": {"means": "Spread to distant places"}},
    },
    "tumor_type": {"name": "Tumor type", "type": "tumor_type"},
    "prior_therapies": {"name": "Earlier treatment", "type": "therapies"},
    "platelets": {"name": "Platelets", "type": "quantity", "units": {"K/uL": 1}, "range": [0, 3000]},
    "hemoglobin": {
        "name": "Hemoglobin",
        "type": "quantity",
        "units": {"g/dL": 1},
        "range": [1, 25],
        "aliases": ["hgb"],
    },
    "ast": {"name": "AST", "type": "quantity", "units": {"U/L": 1}, "range": [0, 10000], "limits": True},
    "understands_investigational": {"name": "Understanding", "type": "boolean"},
    **{sign: {"name": f"Sign {sign[5:]}", "type": "boolean"} for sign in SIGNS},
}
DICTIONARY = {
    "panels": {"report": {"name": "Blood report", "dated": True, "facts": ["platelets", "hemoglobin", "ast"]}},
    "facts": {name: {"question": f"What of {fact['name']}?", **fact, **ASKED} for name, fact in FACTS.items()},
}
TUMOR_TYPES = """\
code\tname\tparent\tnci
TISSUE\tTissue\t\t
PLMESO\tPleural Mesothelioma\tTISSUE\t
PLBMESO\tPleural Mesothelioma, Biphasic Type\tPLMESO\t
PEMESO\tPeritoneal Mesothelioma\tTISSUE\t
TMESO\tTesticular Mesothelioma\tTISSUE\t
"""
CLASSES = {"chemotherapy": {"name": "Chemotherapy"}, "checkpoint_inhibitor": {"name": "Checkpoint inhibitor"}}
AGENTS = {
    "cisplatin": {"classes": ["chemotherapy"]},
    "nivolumab": {"classes": ["checkpoint_inhibitor"], "aliases": ["Opdivo"]},
    "pembrolizumab": {"classes": ["checkpoint_inhibitor"], "aliases": ["Keytruda"]},
    "pemetrexed": {"classes": ["chemotherapy"], "aliases": ["Alimta"]},
}
REPORT, ILLNESS, TALK, SIGNED = "NCT00000001", "NCT00000002", "NCT00000003", "NCT00000004"
RULES = {
    REPORT: ["platelets >= 100 K/uL", "hemoglobin >= 9 g/dL", "ast <= 2.5 ULN"],
    ILLNESS: [
        "extent is advanced",
        "tumor_type in {PLMESO, PEMESO, TMESO}",
        "days from last(checkpoint_inhibitor) to screening >= 42",
    ],
    TALK: ["age >= 18", "age >= 19", "age >= 20", "age >= 21", "age <= 90", "understands_investigational"],
    SIGNED: SIGNS,
}
REGISTRY = {
    "as_of": "2026-01-02",
    "eligibility_sha256": "pending",
    "abbreviated": False,
    "status": "recruiting",
    "status_as_of": "2026-01-02",
    "status_source": "made up for tests",
}
POINTS = [
    {
        "id": name,
        "say": f"Say what is {name}.",
        "ask": f"What is {name}?",
        "listen_for": f"That it is {name}.",
        "source": "made up for tests",
    }
    for name in ("new", "open")
]
FITS = [*("2026-11-10", "180", "12.5", "28", "40")]  # the report's date and all that the first trial asks


def criterion(number: int, rule: str) -> dict[str, Any]:
    return {
        "id": f"INC-{number}",
        "text": f"Requirement {number}",
        "source": {"section": "inclusion", "item": str(number)},
        "factor": "other",
        "include": rule,
    }


def write_criteria(folder: Path) -> Path:
    """A criteria folder with a panel, a choice, a teach-back and four trials; JSON is YAML."""
    for name in ("trials", "vocabulary"):
        (folder / name).mkdir(parents=True)
    source = {"source": "made up for tests"}
    for name, content in (
        ("facts", DICTIONARY),
        ("teach_back", {"points": POINTS}),
        ("vocabulary/tumor_types", source),
        ("vocabulary/therapies", {"classes": CLASSES, "agents": AGENTS, **source}),
    ):
        (folder / f"{name}.yaml").write_text(json.dumps(content), encoding="utf-8")
    (folder / "vocabulary" / "oncotree.tsv").write_text(TUMOR_TYPES, encoding="utf-8")
    for trial, rules in RULES.items():
        criteria = [criterion(number, rule) for number, rule in enumerate(rules, start=1)]
        text = {"trial": trial, "title": "Made up for tests", "registry": REGISTRY, "criteria": criteria}
        (folder / "trials" / f"{trial}.yaml").write_text(json.dumps(text), encoding="utf-8")
    return folder


def interview(name: str, trial: str, *words: str) -> list[str]:
    return ["interview", "-t", trial, "--session", f"{name}.jsonl", "-o", f"{name}.yaml", *words, *BESIDE]


def converse(program: Program, spoken: Mapping[str, tuple[str, list[str]]]) -> dict[str, Ran]:
    """Hold interviews through pipes, all in one batch, each with a session and a patient file of its name."""
    return program.run_all(
        {name: Call(interview(name, trial), lines(*typed)) for name, (trial, typed) in spoken.items()}
    )


def last(home: Path, name: str, fact: str) -> dict[str, Any]:
    """The event with the answer to a fact, without its kind."""
    found = [event for event in events(home / f"{name}.jsonl") if event.get("fact") == fact]
    return {key: value for key, value in found[-1].items() if key not in {"event", "fact"}}


def patient(home: Path, name: str) -> Patient:
    """The patient file that an interview wrote."""
    return compile_patient(load(home / f"{name}.yaml"), load_dictionary(home / "criteria"), today=TODAY)


def one_line(text: str) -> str:
    return " ".join(text.split())
