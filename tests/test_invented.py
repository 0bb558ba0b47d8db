"""The invented patients of the benchmarks: whole, readable, the same for the same seed, and free of contradictions."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import pytest

from benchmarks.invented import Invented, invent
from benchmarks.invented.shares_person import KPS
from screener.model import Coded, FactType, Moment, Number, Treatments, Value
from screener.patient import MISSING_WORDS, read_answer, read_treatment, split_result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from screener.catalog import Catalog
    from screener.model import Dictionary

    Known = dict[str, Value]

SEED, PATIENTS = 20261122, 300
DAY = date(2026, 11, 22)


@cache
def invented(seed: int = SEED, number: int = PATIENTS) -> tuple[Invented, ...]:
    chance = random.Random(seed)  # noqa: S311 - invented people, no secret
    return tuple(invent(chance, DAY) for _ in range(number))


def read(patient: Invented, dictionary: Dictionary, *only: str) -> Known:
    """The answers as the program reads them, all or only some; one that it cannot read raises BadAnswer."""
    known: Known = {}
    for name, raw in patient.answers.items():
        if only and name not in only:
            continue
        fact = dictionary.facts[name]
        if not isinstance(raw, str):
            known[name] = Treatments(tuple(read_treatment(item, dictionary, DAY) for item in raw))
            continue
        parts = split_result(raw) if fact.type is FactType.QUANTITY else {"value": raw}
        known[name] = read_answer(fact, parts["value"], dictionary, DAY, parts)
    return known


@pytest.fixture(scope="session")
def people(catalog: Catalog) -> list[tuple[Invented, Known]]:
    return [(patient, read(patient, catalog.dictionary)) for patient in invented()]


def agents_of(patient: Invented) -> set[str]:
    items = patient.answers.get("prior_therapies", [])
    assert not isinstance(items, str)
    return {item["agent"] for item in items}


def exact(known: Known, fact: str) -> Fraction | None:
    value = known.get(fact)
    assert value is None or isinstance(value, Number)
    number = None if value is None else value.interval.exact
    return None if number is None else Fraction(number)


def pairs(people: list[tuple[Invented, Known]], one: str, other: str) -> Iterator[tuple[Fraction, Fraction]]:
    """Both numbers of every patient who has both."""
    for _, known in people:
        first, second = exact(known, one), exact(known, other)
        if first is not None and second is not None:
            yield first, second


def mean(numbers: list[float]) -> float:
    assert numbers
    return sum(numbers) / len(numbers)


def means_by(people: list[tuple[Invented, Known]], fact: str, holds: Callable[[Invented], bool]) -> tuple[float, float]:
    """The mean of a fact where something holds of the patient, and where it does not."""
    sides: dict[bool, list[float]] = {True: [], False: []}
    for patient, known in people:
        if (value := exact(known, fact)) is not None:
            sides[holds(patient)].append(float(value))
    return mean(sides[True]), mean(sides[False])


def test_every_fact_is_answered_or_missing_for_a_reason(dictionary: Dictionary) -> None:
    for patient in invented():
        assert not patient.answers.keys() & patient.missing.keys()
        assert patient.answers.keys() | patient.missing.keys() == dictionary.facts.keys()
        assert set(patient.missing.values()) <= MISSING_WORDS.keys() - {"not_asked"}


def test_every_answer_is_read(people: list[tuple[Invented, Known]]) -> None:
    assert [len(known) for _, known in people] == [len(patient.answers) for patient in invented()]


def test_results_carry_the_limit_of_their_laboratory(
    people: list[tuple[Invented, Known]], dictionary: Dictionary
) -> None:
    for _, known in people:
        values = [value for fact, value in known.items() if dictionary.facts[fact].has_limits]
        assert all(isinstance(value, Number) and value.uln and value.tested for value in values)


def test_the_same_seed_gives_the_same_patients() -> None:
    again = invented.__wrapped__(SEED, 40)
    assert again == invented()[:40]
    assert again != invented(SEED + 1, 40)


def test_a_planned_day_is_never_known() -> None:
    for patient in invented():
        planned = ("enrollment", "leukapheresis", "lymphodepletion", "infusion")
        assert {patient.missing.get(day) for day in planned} == {"dont_know"}


def test_only_a_mesothelioma_has_a_cell_type_and_one_in_the_name_is_the_same(
    people: list[tuple[Invented, Known]], dictionary: Dictionary
) -> None:
    mesothelioma = dictionary.tumor_types.below("MESO")
    for _, known in people:
        tumor, cells = known["tumor_type"], known.get("histology")
        assert isinstance(tumor, Coded)
        if cells is not None:
            assert isinstance(cells, Coded)
            assert tumor.options <= mesothelioma
            named = {dictionary.tumor_types.histologies.get(code) for code in tumor.options}
            assert len(named) > 1 or named in ({None}, set(cells.options))


def test_details_of_a_biphasic_tumor_belong_to_one(people: list[tuple[Invented, Known]]) -> None:
    for patient, known in people:
        if known.keys() & {"epithelioid_percent", "mesothelin_percent_epithelioid"}:
            assert patient.answers["histology"] == "biphasic"
    for part, whole in pairs(people, "mesothelin_percent_epithelioid", "mesothelin_percent"):
        assert part >= whole


def test_the_results_of_one_mesothelin_stain_agree(people: list[tuple[Invented, Known]]) -> None:
    for strength, share in pairs(people, "mesothelin_intensity", "mesothelin_percent"):
        assert (strength > 0) == (share > 0)
    for patient, known in people:
        if (share_ := exact(known, "mesothelin_percent")) is not None:
            assert patient.answers["mesothelin_positive"] == ("yes" if share_ else "no")


def test_sex_and_age_decide_about_children() -> None:
    for patient in invented():
        male = patient.answers["sex"] == "male"
        able = patient.answers["childbearing_potential"] == "yes"
        assert not (male and able)
        assert male or patient.answers.get("can_father_children") != "yes"
        assert able or (patient.answers["pregnant"], patient.answers["breastfeeding"]) == ("no", "no")
        assert not able or int(str(patient.answers["age"])) < 55
        unlikely = "in_situ_cervix_breast" if male else "prostate_organ_confined"
        assert patient.answers["second_malignancy"] != unlikely
        assert male or "psa" not in patient.answers


def test_the_two_scales_of_performance_agree(people: list[tuple[Invented, Known]]) -> None:
    both = list(pairs(people, "kps", "ecog"))
    assert len(both) > PATIENTS / 10
    for karnofsky, ecog in both:
        assert int(karnofsky) in KPS[int(ecog)]


def test_earlier_cells_agree_with_the_treatments(people: list[tuple[Invented, Known]]) -> None:
    more = [(patient, agents_of(patient)) for patient in invented(SEED, 1500)]
    assert any(patient.answers["prior_car_t"] == "yes" for patient, _ in more)
    for patient, known in people:
        treatments = known.get("prior_therapies")
        if isinstance(treatments, Treatments):
            for fact, kind in (("prior_car_t", "car_t"), ("prior_gene_engineered_t_cells", "gene_engineered_t_cells")):
                assert (patient.answers[fact] == "yes") == any(kind in item.surely for item in treatments.items)
    for patient, agents in more:
        cells = {"huCART-meso cells", "icasp9m28z", "axi-cel"} & agents
        assert not agents or (patient.answers["prior_car_t"] == "yes") == bool(cells)
        if patient.answers["prior_lentiviral_cells"] == "yes":
            assert patient.answers["prior_gene_engineered_t_cells"] == "yes"


def test_treatment_and_course_agree() -> None:
    for patient in invented():
        said = patient.answers
        if said.get("prior_systemic_lines") == "0":
            assert said.get("disease_course", "untreated") == "untreated"
            assert said.get("progressed_on_standard_therapy", "no") == "no"
            assert said.get("toxicity_grade", "0") == "0"
        if said.get("declined_first_line") == "yes":
            assert said.get("prior_systemic_lines", "0") == "0"
        if said.get("disease_course") == "gone":
            assert said.get("measurable_disease", "no") == said.get("liver_metastases", "no") == "no"
            assert "largest_lesion" not in said


def test_spread_is_advanced_disease() -> None:
    for patient in invented():
        if "yes" in {patient.answers.get("liver_metastases"), patient.answers.get("pleural_metastases")}:
            assert patient.answers.get("stage_extent", "metastatic") in {"metastatic", "stage IV"}


def test_details_of_the_brain_belong_to_spread_there() -> None:
    for patient in invented(SEED, 1500):
        said = patient.answers
        spread = said.get("cns_metastases")
        if spread == "none":
            assert "cns_stable_since" not in said
            assert {said.get("cns_symptoms"), said.get("cns_edema"), said.get("leptomeningeal_spread")} <= {"no", None}
            assert {said["cns_last_radiotherapy"], said["cns_symptom_drugs_stopped"]} == {"never"}
        elif spread is not None:
            assert (said["cns_stable_since"] == "never") == (spread == "active")
        treated = agents_of(patient)
        assert not treated or (said["cns_last_radiotherapy"] != "never") == ("stereotactic radiosurgery" in treated)


def test_details_of_a_second_cancer_belong_to_one() -> None:
    details = {"second_malignancy_free_since", "second_malignancy_depth"}
    depths = {"prostate_organ_confined": {"prostate"}, "skin_in_situ": {"superficial"}}
    for patient in invented(SEED, 1500):
        said, kind = patient.answers, str(patient.answers["second_malignancy"])
        if kind == "none":
            assert not details & said.keys()
            assert said["second_malignancy_on_treatment"] == "no"
        else:
            assert (said["second_malignancy_on_treatment"] == "yes") == (
                said["second_malignancy_free_since"] == "never"
            )
            depth = said.get("second_malignancy_depth", next(iter(depths.get(kind, {"invasive"}))))
            assert depth in depths.get(kind, {"superficial", "invasive"})


def test_viral_load_belongs_to_a_positive_test() -> None:
    for patient in invented(SEED, 1500):
        said = patient.answers
        assert ("hbv_dna" in said) == (said.get("hbv", "negative") != "negative")
        assert ("hcv_rna" in said) == (said.get("hcv", "negative") != "negative")
        assert said.get("hcv_treated_cured") != "yes" or said["hcv_rna"] == "undetectable"


def test_a_heart_attack_or_a_clot_leaves_its_traces() -> None:
    for patient in invented(SEED, 1500):
        said = patient.answers
        if said["last_myocardial_infarction"] != "never":
            assert said["coronary_revascularization_or_ischemia"] == "yes"
            assert said["chest_pain_or_ischemic_heart_disease"] == "yes"
        if said["anticoagulation_for_cancer_clot"] == "yes":
            assert said["last_thromboembolism"] != "never"
            assert said["anticoagulation"] != "none"
        if said["uncontrolled_arrhythmia"] == "yes":
            assert said["significant_arrhythmia"] == "yes"
            assert said["last_unstable_heart_episode"] == DAY.isoformat()


def test_steroids_agree_with_their_dose_and_last_day(people: list[tuple[Invented, Known]]) -> None:
    for patient, known in people:
        level, dose = patient.answers["systemic_steroids"], exact(known, "prednisone_equivalent_dose")
        assert (level == "none") == (dose == 0)
        last = known.get("last_steroid_dose")
        if level == "above_physiologic" and isinstance(last, Moment):
            assert last.span
            assert last.span.first == DAY


def test_somebody_who_never_smoked_has_no_last_cigarette(people: list[tuple[Invented, Known]]) -> None:
    for patient, known in people:
        packs, since, age = (exact(known, fact) for fact in ("pack_years", "years_since_smoking", "age"))
        assert packs is None or (packs > 0) == ("years_since_smoking" in patient.answers) or packs == since == 0
        assert since is None or (age is not None and since <= age - 15)


def test_blood_counts_and_bilirubin_add_up(people: list[tuple[Invented, Known]]) -> None:
    for _, known in people:
        whole, anc, alc = (exact(known, fact) for fact in ("wbc", "anc", "alc"))
        if whole is not None and anc is not None and alc is not None:
            assert whole >= anc + alc
    assert all(
        direct < total + Fraction(1, 20) for direct, total in pairs(people, "direct_bilirubin", "total_bilirubin")
    )
    assert all(upper > lower + 10 for upper, lower in pairs(people, "systolic_bp", "diastolic_bp"))


def test_clearance_is_that_of_cockcroft_and_gault(dictionary: Dictionary) -> None:
    found = 0
    for patient in invented(SEED, 1500):
        parts = ("age", "weight", "creatinine", "creatinine_clearance")
        known = read(patient, dictionary, *parts)
        numbers = [exact(known, fact) for fact in parts]
        if None not in numbers:
            age, weight, creatinine, clearance = (float(number) for number in numbers if number is not None)
            expected = (140 - age) * weight / (72 * creatinine) * (1 if patient.answers["sex"] == "male" else 0.85)
            assert clearance == pytest.approx(expected, abs=0.6, rel=0.02)  # creatinine may be rounded in umol/L
            found += 1
    assert found > 50


def test_liver_tests_follow_spread_and_blocked_bile_ducts(dictionary: Dictionary) -> None:
    many = [(patient, read(patient, dictionary, "ast", "alt", "total_bilirubin")) for patient in invented(SEED, 1500)]
    for enzyme in ("ast", "alt"):
        spread, free = means_by(many, enzyme, lambda patient: patient.answers.get("liver_metastases") == "yes")
        assert spread > 1.3 * free
    blocked, clear = means_by(
        many, "total_bilirubin", lambda patient: patient.answers["bile_duct_obstruction"] == "yes"
    )
    assert blocked > 2 * clear


def test_most_come_with_a_treated_pleural_mesothelioma(dictionary: Dictionary) -> None:
    many = [read(patient, dictionary, "tumor_type", "prior_systemic_lines") for patient in invented(SEED, 1500)]
    mesothelioma = dictionary.tumor_types.below("MESO")
    tumors = [known["tumor_type"] for known in many]
    share = mean([isinstance(tumor, Coded) and tumor.options <= mesothelioma for tumor in tumors])
    assert 0.75 < share < 0.83
    assert 0.85 < mean([exact(known, "prior_systemic_lines") != 0 for known in many]) < 0.95
