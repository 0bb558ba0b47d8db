"""Which of the studies found matter: cells or not, mesothelioma or not, and numbers that add up.

The table is made by hand from the facts of domain.md 1.1; its titles and treatments are ours, not the registry's.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.registry.cells import cells_of
from screener.registry.classify import Fate, Funnel, Mention, Standing, Where, classify, sort_out
from screener.registry.read import read_saved
from screener.registry.study import Intervention, Study

REGISTRY = Path(__file__).parents[2] / "shared" / "registry"
needs_registry = pytest.mark.skipif(not REGISTRY.exists(), reason=f"{REGISTRY} is not here")
EMPTY: dict[str, Any] = dict.fromkeys(Study.__dataclass_fields__, "") | dict.fromkeys(
    ("aliases", "other_ids", "phases", "collaborators", "conditions", "keywords", "condition_meshes"), ()
)
EMPTY |= dict.fromkeys(
    (
        "condition_ancestors",
        "intervention_meshes",
        "interventions",
        "arms",
        "sites",
        "contacts",
        "officials",
        "documents",
    ),
    (),
)
EMPTY |= dict.fromkeys(("enrollment", "minimum_age", "maximum_age", "healthy_volunteers", "expanded_access"))
EMPTY |= {"nct_id": "NCT00000001", "study_type": "INTERVENTIONAL", "has_results": False}


def study(title: str = "", *treatments: str, conditions: str = "", kind: str = "BIOLOGICAL", **fields: Any) -> Study:
    interventions = tuple(Intervention(kind, name, (), "") for name in treatments)
    listed = tuple(filter(None, conditions.split("; ")))
    return Study(**EMPTY | {"brief_title": title, "interventions": interventions, "conditions": listed} | fields)


# title, treatments, conditions, kind of cells
KEPT = {
    "NCT02414269": ("Malignant pleural disease and iCasp9M28z", ["iCasp9M28z"], "Mesothelioma", "product"),
    "NCT04577326": ("M28z1XXPD1DNR in the pleura", ["M28z1XXPD1DNR", "Cyclophosphamide"], "Mesothelioma", "product"),
    "ATA2271": ("ATA2271 for mesothelioma", ["ATA2271"], "Mesothelioma", "product"),
    "NCT03054298": ("Human CAR T cells", ["huCART-meso cells"], "Mesothelioma; Ovarian cancer", "CAR-T"),
    "NCT05568680": ("STAR-101", ["SynKIR-110"], "Ovarian Cancer; Mesothelioma", "product"),
    "NCT06051695": ("EVEREST-2 for solid tumors", ["A2B694"], "Solid Tumor, Adult; Mesothelioma", "product"),
    "NCT06885697": ("TNhYP218 in tumors with mesothelin", ["TNhYP218 CAR T"], "Mesothelioma", "CAR-T"),
    "NCT03907852": ("Gavo-cel in advanced cancers", ["gavo-cel", "fludarabine"], "Mesotheliomas Pleural", "product"),
    "NCT05451849": ("TC-510 in advanced cancers", ["TC-510"], "Mesothelioma; Malignant", "product"),
    "NCT02159716": ("CART-meso, one dose", ["CART-meso"], "Malignant Mesothelioma", "CAR-T"),
    "NCT01355965": ("RNA CAR against mesothelin", ["RNA CAR T cells"], "Mesothelioma", "CAR-T"),
    "NCT01583686": ("T cells against mesothelin", ["Anti-mesothelin CAR transduced PBL"], "Mesothelioma", "CAR-T"),
    "NCT03608618": ("MCY-M11 into the abdomen", ["MCY-M11"], "Peritoneal Mesothelioma", "product"),
    "NCT01722149": ("FAP", ["Adoptive transfer of FAP-specific re-directed T cells"], "Mesothelioma", "T cells"),
    "NCT05531708": ("MSLN CAR-T", ["CAR-T, MSLN"], "MSLN-positive Advanced Malignant Solid Tumors", "CAR-T"),
    "NCT05783089": ("UCLM802", ["UCLM802"], "Mesothelin-positive Advanced Malignant Solid Tumors", "product"),
    "NCT03545815": ("Edited anti-MSLN CAR-T", ["CAR-T cells"], "Solid Tumor, Adult", "CAR-T"),
    "NCT04489862": ("αPD1-MSLN-CAR T", ["αPD1-MSLN-CAR T cells"], "Mesothelioma; Lung cancer", "CAR-T"),
    "NCT02408016": ("WT1", ["Autologous WT1 gene-transduced CD8+ T Lymphocytes"], "Mesothelioma", "T cells"),
    "NCT02414945": ("TIL therapy", ["Tumor infiltrating lymphocytes"], "Malignant Mesothelioma", "tumor-infilt"),
    "NCT03610360": ("DENIM", ["MesoPher"], "Mesothelioma", "product"),
    "CAR-NK": ("Against mesothelin", ["anti-MSLN CAR-NK"], "Mesothelioma", "CAR-NK"),
    "TCR-T": ("Against MAGE", ["TCR-T"], "Mesothelioma", "TCR-T"),
    "TRuC": ("Against mesothelin", ["autologous TRuC-T cells"], "Mesothelioma", "TRuC"),
    "STAR-T": ("Against mesothelin", ["STAR-T"], "Mesothelioma", "STAR-T"),
    "only chemotherapy listed": ("Genetically modified T cells", ["Cyclophosphamide"], "Mesothelioma", "T cells"),
}
DROPPED = {
    "NCT02792114": ("Mesothelin-targeted T cells", ["CAR T"], "Breast Cancer; Lung Cancer", Fate.OTHER_TUMORS),
    "NCT01897415": ("RNA CAR-meso", ["RNA CAR T: anti-mesothelin"], "Pancreatic Cancer", Fate.OTHER_TUMORS),
    "NCT05089266": ("αPD1-MSLN-CAR T", ["CAR-T"], "Colorectal Cancer", Fate.OTHER_TUMORS),
    "NCT05372692": ("Anti-MSLN CAR-T", ["anti-MSLN CAR-T"], "Ovarian Cancer", Fate.OTHER_TUMORS),
    "NCT03198052": ("Several targets", ["CAR-T cells"], "Lung Cancer", Fate.NOT_NAMED),
    "NCT06756035": ("CT-95, a T cell engager", ["CT-95"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
    "bispecific": ("A bispecific T-cell engager", ["HPN536 T cell engager"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
    "NK engager": ("NK cell engagers", ["An NK-cell engager"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
    "cell line": ("Vaccine", ["Allogeneic T cell line lysate"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
    "antibody": ("Antibody", ["anetumab ravtansine"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
    "after CAR-T": ("Antibody after CAR-T cell therapy", ["tocilizumab"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
    "side effect": ("Drug for CAR-T associated toxicity", ["anakinra"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
    "TIL counted": ("Pembrolizumab and TIL density", ["pembrolizumab"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
    "cART": ("cART for people with HIV", ["cART", "a cart"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
    "stem cells": ("Repair", ["Autologous bone marrow progenitor cells"], "Mesothelioma", Fate.NOT_CELL_THERAPY),
}


@pytest.mark.parametrize("name", KEPT)
def test_cells_for_mesothelioma_are_kept(name: str) -> None:
    title, treatments, conditions, kind = KEPT[name]
    found = classify(study(title, *treatments, conditions=conditions))
    assert found.cells.is_cell_therapy, found
    assert kind in found.cells.kind
    assert found.cells.words
    assert found.is_kept
    assert found.reason.startswith("Kept: It names ")
    assert found.cells.where == ("in the title" if name == "only chemotherapy listed" else "in a treatment")


@pytest.mark.parametrize("name", DROPPED)
def test_what_is_easily_taken_for_it_is_dropped(name: str) -> None:
    title, treatments, conditions, fate = DROPPED[name]
    found = classify(study(title, *treatments, conditions=conditions))
    assert found.fate is fate, found
    assert found.reason.startswith("Dropped: It " if fate is not Fate.NOT_CELL_THERAPY else "Dropped: ")


def test_prescreening_is_the_door_to_a_cell_therapy() -> None:
    basecamp = study(
        "Prescreening for CAR T", "Apheresis", conditions="Mesothelioma; Colorectal Cancer", study_type="OBSERVATIONAL"
    )
    found = classify(basecamp)
    assert not found.cells.is_cell_therapy
    assert found.cells.is_prescreening
    assert found.is_kept
    assert "gives no cells itself" in found.cells.reason
    follow_up = replace(basecamp, brief_title="Fifteen years after treatment; CAR T", interventions=())
    assert classify(follow_up).fate is Fate.NOT_CELL_THERAPY


@pytest.mark.parametrize(
    ("fields", "mention"),
    [
        ({"conditions": "MPM"}, Mention(Where.CONDITION)),
        ({"title": "CAR-T in MPM/NSCLC"}, Mention(Where.TITLE)),
        ({"conditions": "Non-MPM Tumors"}, Mention(Where.CONDITION, Standing.EXCLUDED)),
        ({"eligibility": "Inclusion Criteria:\n* Confirmed MPM"}, Mention(Where.ELIGIBILITY)),
        ({"eligibility": "Exclusion Criteria:\n* MPM"}, Mention(Where.ELIGIBILITY, Standing.EXCLUDED)),
        ({"eligibility": "Exclusion Criteria:\n* Multiple primary malignancies (MPM)"}, Mention(Where.NOWHERE)),
        ({"title": "Multiphoton imaging (MPM) of CAR-T"}, Mention(Where.NOWHERE)),
        ({"conditions": "mpm; MPMs; HMPM; MPM1"}, Mention(Where.NOWHERE)),
    ],
    ids=["condition", "title", "not it", "let in", "left out", "tumors", "microscope", "other words"],
)
def test_mpm_in_capitals_is_mesothelioma_unless_said_otherwise(fields: dict[str, str], mention: Mention) -> None:
    assert classify(study(**{"title": "CAR-T", **fields})).mesothelioma == mention


def test_where_it_is_named_in_order() -> None:
    word = "Mesothelioma"
    everywhere = study(
        word,
        "CAR-T for mesothelioma",
        conditions=word,
        keywords=(word,),
        summary=word,
        eligibility=f"Inclusion Criteria:\n* {word}",
    )
    order: list[tuple[Where, dict[str, Any]]] = [
        (Where.CONDITION, {"conditions": ("Lung Cancer",)}),
        (Where.TITLE, {"brief_title": ""}),
        (Where.KEYWORD, {"keywords": ()}),
        (Where.INTERVENTION, {"interventions": (Intervention("BIOLOGICAL", "CAR-T", (), ""),)}),
        (Where.DESCRIPTION, {"summary": ""}),
        (Where.ELIGIBILITY, {"eligibility": ""}),
        (Where.NOWHERE, {}),
    ]
    for where, without in order:
        assert classify(everywhere).mesothelioma == Mention(where)
        everywhere = replace(everywhere, **without)


def test_an_ancestor_of_a_condition_names_nothing() -> None:
    found = classify(study("CAR-T", conditions="Adenomatoid Tumor", condition_ancestors=("Mesothelioma",)))
    assert found.mesothelioma == Mention(Where.NOWHERE)
    found = classify(study("CAR-T", conditions="Pleural tumor", condition_meshes=("Mesothelioma",)))
    assert found.mesothelioma == Mention(Where.CONDITION)


IN, OUT = "Inclusion Criteria:\n\n", "\n\nExclusion Criteria:\n\n"


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        (f"{IN}* Ovarian cancer or malignant mesothelioma (pleura, peritoneum)", Standing.NAMED),
        (f"{IN}* Cancer{OUT}* Mesothelioma", Standing.EXCLUDED),
        (f"{IN}* Mesothelioma{OUT}* Sarcomatoid mesothelioma", Standing.NAMED),
        (f"{IN}* Cancer{OUT}* Sarcomatoid or biphasic mesothelioma", Standing.UNCERTAIN),
        (f"{IN}* Cancer{OUT}* Any second cancer other than mesothelioma", Standing.UNCERTAIN),
        (f"{IN}* Solid tumors, excluding mesothelioma", Standing.EXCLUDED),
        (f"{IN}* Any cancer except for mesothelioma or sarcoma", Standing.EXCLUDED),
        (f"{IN}* Tumors of the chest; mesothelioma is not eligible", Standing.EXCLUDED),
        (f"{IN}* Tumors, excluding sarcomatoid mesothelioma", Standing.UNCERTAIN),
        (f"{IN}* Solid tumors, excluding sarcoma. Mesothelioma may take part", Standing.NAMED),
        (f"{IN}* Non-small cell lung cancer, mesothelioma or ovarian cancer", Standing.NAMED),
        (f"{IN}* Solid tumors other than mesothelioma", Standing.EXCLUDED),
        (f"{IN}* Non-mesothelioma tumors", Standing.EXCLUDED),
        (f"{IN}* Cancer{OUT}* People with mesothelioma", Standing.EXCLUDED),
        (f"{IN}* Cancer{OUT}* Mesothelioma with a wound", Standing.UNCERTAIN),
        ("* Mesothelioma", Standing.UNCERTAIN),
        ("KEY INCLUSION CRITERIA\n- Cancer\n-EXCLUSION CRITERIA:\n1. Mesotheliomas", Standing.EXCLUDED),
    ],
)
def test_negation_in_eligibility_is_told_apart_where_it_can_be(text: str, standing: Standing) -> None:
    found = classify(study("CAR-T for solid tumors", "CAR-T", conditions="Solid Tumor", eligibility=text))
    assert found.mesothelioma == Mention(Where.ELIGIBILITY, standing)
    assert found.fate is (Fate.EXCLUDED if standing is Standing.EXCLUDED else Fate.KEPT)
    assert ("uncertain" in found.reason) is (standing is Standing.UNCERTAIN)


def test_a_basket_that_names_only_mesothelin_says_to_ask() -> None:
    found = classify(study("CAR-T", "CAR-T", conditions="Mesothelin-positive Advanced Malignant Solid Tumors"))
    assert (found.mesothelioma.where, found.mesothelin.where) == (Where.NOWHERE, Where.CONDITION)
    assert "nowhere mesothelioma" in found.reason


def test_prior_treatment_against_mesothelin_is_not_its_target() -> None:
    text = f"{IN}* Solid tumor{OUT}* Earlier treatment against mesothelin"
    assert classify(study("CAR-T", conditions="Solid Tumor", eligibility=text)).fate is Fate.NOT_NAMED


def test_own_words_keep_every_study_and_still_tell() -> None:
    found = classify(study("Aspirin"), own=True)
    assert found.is_kept
    assert not found.cells.is_cell_therapy
    assert found.reason.startswith("Kept: your own words found it, although: no treatment")


def numbered(number: int, **fields: Any) -> Study:
    return study("CAR-T", "CAR-T", conditions="Mesothelioma", nct_id=f"NCT{number:08d}", **fields)


def test_the_funnel_counts_what_became_of_each_study() -> None:
    aspirin = study("Aspirin", nct_id="NCT00000009")
    funnel, found = sort_out({"a": [numbered(1), numbered(2), aspirin], "b": [numbered(2)], "c": []})
    assert funnel.found == (("a", 3), ("b", 1), ("c", 0))
    assert (funnel.duplicates, funnel.studies, funnel.kept) == (1, 3, 2)
    assert dict(funnel.fates)[Fate.NOT_CELL_THERAPY] == 1
    assert [one.found_by for one in found] == [("a",), ("a", "b"), ("a",)]


def test_a_study_under_its_former_number_is_the_same() -> None:
    merged, former = numbered(5, aliases=("NCT00000003",)), numbered(3, last_update_posted="2026-01-01")
    for answers in ([merged, former], [former, merged]):
        funnel, (one,) = sort_out({"a": answers})
        assert one.study is merged
        assert funnel.duplicates == 1


def test_the_later_of_two_records_counts() -> None:
    old, new = numbered(5, last_update_posted="2026-01"), numbered(5, last_update_posted="2026-02-03")
    for answers in ({"a": [old], "b": [new]}, {"a": [new], "b": [old]}):
        assert sort_out(answers)[1][0].study is new


@given(st.dictionaries(st.text(max_size=3), st.lists(st.integers(1, 8)), max_size=4), st.booleans())
def test_the_numbers_add_up(found: dict[str, list[int]], own: bool) -> None:  # noqa: FBT001 - given
    funnel, sorted_out = sort_out({label: [numbered(n) for n in numbers] for label, numbers in found.items()}, own=own)
    different = {number for numbers in found.values() for number in numbers}
    assert funnel.studies == len(sorted_out) == len(different)
    assert sum(len(numbers) for numbers in found.values()) - funnel.duplicates == len(different)
    assert Counter(one.fate for one in sorted_out) == Counter({fate: n for fate, n in funnel.fates if n})
    assert [one.study.nct_id for one in sorted_out] == sorted(one.study.nct_id for one in sorted_out)


def test_a_funnel_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="add up"):
        Funnel((("a", 2),), 0, ((Fate.KEPT, 1),))


PIECES = ["CAR", "T", "cells", "mesothelioma", "excluding", "Exclusion Criteria:", ".", ";", "\n", "after", "NK"]
WORDS = st.lists(st.sampled_from(PIECES))


@given(st.text() | WORDS.map(" ".join), st.text() | WORDS.map(" ".join))
def test_any_text_is_classified_with_a_reason(title: str, text: str) -> None:
    found = classify(study(title, text, conditions=title, eligibility=text, summary=text))
    assert found.reason.endswith(".")
    assert found.cells.is_cell_therapy <= bool(found.cells.words)


@pytest.mark.parametrize(
    "piece", ["CAR ", "a ", "autologous ", "excluding ", "after ", "cell ", "(", "solid ", "\n", "t "]
)
def test_long_text_takes_no_long_time(piece: str) -> None:
    long = piece * (200_000 // len(piece))
    assert classify(study(long[:20_000], long[:20_000], eligibility=long, summary=long)).reason


REAL_CELLS = {"NCT01147016": "T cells", "NCT03745326": "TCR-T", "NCT05438667": "TCR-T", "NCT06898385": "TCR-T"}


@needs_registry
def test_the_real_records_are_told_apart() -> None:
    """Of all the records only four give immune cells, and none names mesothelioma or mesothelin as a target."""
    seen = {}
    for path in sorted((REGISTRY / "records").glob("*.json")):
        for record in read_saved(path.read_text(), path.name):
            found = classify(record)
            seen[record.nct_id] = found
            assert not found.is_kept, found.reason
    kinds = {number: found.cells.kind for number, found in seen.items() if found.cells.is_cell_therapy}
    assert set(kinds) == set(REAL_CELLS)
    assert all(REAL_CELLS[number] in kind for number, kind in kinds.items()), kinds
    assert len(seen) >= 30


@needs_registry
@pytest.mark.parametrize(
    ("number", "cells", "fate"),
    [
        ("NCT01583686", False, Fate.NOT_CELL_THERAPY),  # this copy has no title
        ("NCT02580747", True, Fate.KEPT),
        ("NCT03054298", True, Fate.KEPT),
        ("NCT03907852", True, Fate.KEPT),
        ("NCT04577326", True, Fate.KEPT),
        ("NCT05451849", True, Fate.KEPT),
        ("NCT05568680", True, Fate.KEPT),
        ("NCT06051695", True, Fate.KEPT),
        ("NCT06885697", True, Fate.KEPT),
    ],
)
def test_the_real_eligibility_texts(number: str, cells: bool, fate: Fate) -> None:  # noqa: FBT001 - a table of cases
    told = json.loads((REGISTRY / "criteria" / f"{number}.json").read_text())
    parts = [told.get(f"{name}{ending}", "") for name in ("inclusion", "exclusion") for ending in ("", "_criteria")]
    text = told.get("eligibilityCriteria") or f"{IN}{parts[0] or parts[1]}{OUT}{parts[2] or parts[3]}"
    title = told.get("officialTitle") or told.get("brief_title", "")
    conditions = "; ".join(told.get("diseases_list", []))
    found = classify(study(title, *told.get("drugs_list", []), conditions=conditions, eligibility=text))
    assert (found.cells.is_cell_therapy, found.fate) == (cells, fate), found
    assert cells_of(found.study) == found.cells
