"""Every pattern of real eligibility texts that the language must be able to say: each with a patient for whom the
criterion is met, one for whom it is not, and one for whom it stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from screener.evaluate import screen_trial
from screener.lint import lint_trial
from screener.model import Dictionary, MissingReason, Outcome, Verdict
from tests.rule_text import HEAD, criterion_text, judge, patient_of, trial_of


@dataclass(frozen=True)
class Pattern:
    """A criterion, and the facts of three patients, `;` between facts (on lines of their own in the file)."""

    name: str
    rule: str
    met: str
    not_met: str
    unknown: str
    when: str = ""

    @property
    def criterion(self) -> str:
        when = (f"when: {self.when}",) if self.when else ()
        return criterion_text(*when, self.rule)


def treated(*treatments: str) -> str:
    return f"prior_therapies: [{', '.join('{' + treatment + '}' for treatment in treatments)}]"


PATTERNS = [
    Pattern("an age band", "include: age >= 18 and age <= 75", "age: 75", "age: 76", "sex: male"),
    Pattern("ECOG or Karnofsky", "include: ecog <= 1 or kps >= 70", "kps: 80", "ecog: 3", "ecog: 2"),
    Pattern(
        "a histology in a hierarchy, with an exception by share",
        "include: histology is epithelioid or (histology is biphasic and epithelioid_percent > 80 %)",
        "histology: biphasic; epithelioid_percent: 81",
        "histology: biphasic; epithelioid_percent: 80",
        "histology: biphasic",
    ),
    Pattern(
        "peritoneal disease only with proven pleural disease",
        "include: tumor_type is PLMESO or (tumor_type is PEMESO and pleural_disease_confirmed)",
        "tumor_type: PEMESO; pleural_disease_confirmed: yes",
        "tumor_type: PEMESO; pleural_disease_confirmed: no",
        "tumor_type: mesothelioma",
    ),
    Pattern(
        "antigen percentage and intensity, by tumor type",
        "include: >-\n      (tumor_type is MESO and mesothelin_percent >= 50 % and mesothelin_intensity >= 1)\n"
        "      or (tumor_type is OVARIAN and mesothelin_percent >= 50 % and mesothelin_intensity >= 2)",
        "tumor_type: PLMESO; mesothelin_percent: 60 %; mesothelin_intensity: 1",
        "tumor_type: HGSOC; mesothelin_percent: 60 %; mesothelin_intensity: 1",
        "tumor_type: PLMESO; mesothelin_percent: 60 %",
    ),
    Pattern(
        "HLA heterozygous in the germline and lost in the tumor",
        "include: hla_a02_germline is heterozygous and hla_a02_tumor_loss",
        "hla_a02_germline: heterozygous; hla_a02_tumor_loss: yes",
        "hla_a02_germline: homozygous; hla_a02_tumor_loss: yes",
        "hla_a02_germline: positive; hla_a02_tumor_loss: {missing: pending}",
    ),
    Pattern(
        "measurable by RECIST or mRECIST, or evaluable",
        "include: measurable_disease or evaluable_disease",
        "measurable_disease: no; evaluable_disease: yes",
        "measurable_disease: no; evaluable_disease: no",
        "measurable_disease: no",
    ),
    Pattern(
        "at least 1 and at most 5 earlier lines",
        "include: prior_systemic_lines >= 1 and prior_systemic_lines <= 5",
        "prior_systemic_lines: 5",
        "prior_systemic_lines: 6",
        "prior_systemic_lines: 5-6",
    ),
    Pattern(
        "a washout of a class to leukapheresis",
        "include: days from last(checkpoint_inhibitor) to leukapheresis >= 21",
        treated("agent: nivolumab, last_dose: 2026-11-01"),
        treated("agent: nivolumab, last_dose: 2026-11-02"),
        treated("agent: nivolumab, last_dose: 2026-11"),
    ),
    Pattern(
        "a washout of several classes to a planned lymphodepletion",
        "exclude: days from last(chemotherapy or radiotherapy) to lymphodepletion <= 14",
        treated("agent: cisplatin, last_dose: 2026-11-20") + "; lymphodepletion: 2026-12-05",
        treated("agent: cisplatin, last_dose: 2026-11-20") + "; lymphodepletion: 2026-12-04",
        treated("agent: cisplatin, last_dose: 2026-11-20") + "; lymphodepletion: 2026-12",
    ),
    Pattern(
        "a washout with an excepted class to the infusion",
        "include: days from last(radiotherapy except palliative_radiotherapy) to infusion >= 14",
        treated("class: palliative_radiotherapy, last_dose: 2026-11-20"),
        treated("class: therapeutic_radiotherapy, last_dose: 2026-11-20"),
        treated("class: radiotherapy, last_dose: 2026-11-20"),
    ),
    Pattern(
        "days or half-lives, whichever is shorter",
        "include: days from last(checkpoint_inhibitor) to enrollment >= shorter of (28, 5 half-lives)",
        treated("agent: nivolumab, last_dose: 2026-10-25"),  # 28 days, of a half-life of 25
        treated("agent: nivolumab, last_dose: 2026-10-26"),
        treated("agent: durvalumab, last_dose: 2026-11-10"),  # a half-life not known: 28 days at most
    ),
    Pattern(
        "days or half-lives, whichever is longer",
        "include: days from last(chemotherapy) to enrollment >= longer of (14, 5 half-lives)",
        treated("agent: pemetrexed, last_dose: 2026-11-08"),  # a half-life of hours
        treated("agent: ABC-1, class: chemotherapy, last_dose: 2026-10-25, half_life_days: 6"),  # 30 days
        treated("agent: cisplatin, last_dose: 2026-10-25"),
    ),
    Pattern(
        "no earlier CAR-T",
        "exclude: any(car_t)",
        treated("agent: cisplatin"),
        treated("agent: satri-cel"),
        treated("agent: XYZ-9"),
    ),
    Pattern(
        "so many treatments of a class in a window",
        "exclude: count(radiotherapy from 90 days before screening to screening) > 1",
        treated("agent: SBRT, last_dose: 2026-11-01", "agent: SBRT, last_dose: 2026-05-01"),
        treated("agent: SBRT, last_dose: 2026-11-01", "agent: SBRT, last_dose: 2026-10-01"),
        treated("agent: SBRT, last_dose: 2026-11-01", "agent: SBRT, last_dose: 2026"),
    ),
    Pattern(
        "the first treatment of a class long enough ago",
        "include: months from first(systemic_therapy) to enrollment >= 6",
        treated("agent: cisplatin, last_dose: 2026-05-22", "agent: nivolumab, last_dose: 2026-11-01"),
        treated("agent: nivolumab, last_dose: 2026-11-01"),
        treated("agent: cisplatin, last_dose: 2026-05", "agent: nivolumab, last_dose: 2026-11-01"),
    ),
    Pattern(
        "recovered to grade 1, by a named version of CTCAE",
        "include: toxicity_grade_ctcae5 <= 1",
        "toxicity_grade_ctcae5: 1",
        "toxicity_grade_ctcae5: 2",
        "toxicity_grade: 1",  # of another version or none: not the same
    ),
    Pattern(
        "recovered to grade 1, named side effects aside",
        "include: toxicity_grade <= 1 or toxicity_grade_hair_skin_aside <= 1",
        "toxicity_grade: 2; toxicity_grade_hair_skin_aside: 1",
        "toxicity_grade: 2; toxicity_grade_hair_skin_aside: 2",
        "toxicity_grade: 2",
    ),
    Pattern(
        "counts without a growth factor or transfusion",
        "include: >-\n      anc >= 1.5 K/uL and days from last_growth_factor to enrollment > 14\n"
        "      and days from last_transfusion to enrollment > 14",
        "anc: 1500 /uL; last_growth_factor: never; last_transfusion: 2026-11-07",
        "anc: 1500 /uL; last_growth_factor: never; last_transfusion: 2026-11-08",
        "anc: 1500 /uL; last_growth_factor: 2 weeks ago; last_transfusion: never",
    ),
    Pattern(
        "a result of recent date",
        "include: days from date of hemoglobin to screening <= 14",
        "hemoglobin: {value: 10 g/dL, date: 2026-11-08}",
        "hemoglobin: {value: 10 g/dL, date: 2026-11-07}",
        "hemoglobin: 10 g/dL",
    ),
    Pattern(
        "transaminases with a higher limit in liver metastases",
        "include: >-\n      ast <= 2.5 ULN and alt <= 2.5 ULN\n"
        "      or liver_metastases and ast <= 5 ULN and alt <= 5 ULN",
        "liver_metastases: yes; ast: {value: 200, uln: 40}; alt: {value: 90 U/L, uln: 40 U/L}",
        "liver_metastases: no; ast: {value: 101, uln: 40}; alt: {value: 90 U/L, uln: 40 U/L}",
        "liver_metastases: no; ast: 34 U/L; alt: {value: 90 U/L, uln: 40 U/L}",
    ),
    Pattern(
        "bilirubin with an exception for Gilbert syndrome in mg/dL",
        "include: total_bilirubin <= 1.5 ULN or (gilbert_syndrome and total_bilirubin <= 3 mg/dL)",
        "gilbert_syndrome: yes; total_bilirubin: {value: 51 umol/L, uln: 20 umol/L}",
        "gilbert_syndrome: no; total_bilirubin: {value: 51 umol/L, uln: 20 umol/L}",
        "total_bilirubin: {value: 51 umol/L, uln: 20 umol/L}",
    ),
    Pattern(
        "creatinine or its clearance",
        "include: creatinine <= 1.5 ULN or creatinine_clearance >= 50 mL/min",
        "creatinine: {value: 2 mg/dL, uln: 1.2 mg/dL}; age: 40; sex: male; weight: 100 kg",
        "creatinine: {value: 2 mg/dL, uln: 1.2 mg/dL}; age: 70; sex: male; weight: 70 kg",
        "creatinine: {value: 2 mg/dL, uln: 1.2 mg/dL}",
    ),
    Pattern(
        "creatinine and its clearance",
        "include: creatinine <= 1.5 ULN and creatinine_clearance >= 50 mL/min",
        "creatinine: {value: 1 mg/dL, uln: 1.2 mg/dL}; creatinine_clearance: 50",
        "creatinine: {value: 1 mg/dL, uln: 1.2 mg/dL}; creatinine_clearance: 49",
        "creatinine: 1 mg/dL; creatinine_clearance: 60",
    ),
    Pattern(
        "INR and aPTT unless anticoagulated",
        "include: (inr <= 1.5 ULN and aptt <= 1.5 ULN) or anticoagulation is therapeutic_in_range",
        "inr: {value: 2.5, uln: 1.2}; aptt: {value: 30 s, uln: 36 s}; anticoagulation: therapeutic_in_range",
        "inr: {value: 2.5, uln: 1.2}; aptt: {value: 30 s, uln: 36 s}; anticoagulation: none",
        "inr: {value: 2.5, uln: 1.2}; aptt: {value: 30 s, uln: 36 s}; anticoagulation: yes",
    ),
    Pattern("an ejection fraction", "exclude: lvef <= 40 %", "lvef: 41 %", "lvef: 40", "lvef: <50 %"),
    Pattern(
        "QTc by sex",
        "exclude: (sex is male and qtcf > 450 ms) or (sex is female and qtcf > 470 ms)",
        "sex: female; qtcf: 0.46 s",
        "sex: male; qtcf: 460 ms",
        "qtcf: 460 ms",
    ),
    Pattern(
        "oxygen saturation on room air",
        "include: spo2_room_air >= 92 % and not supplemental_oxygen",
        "spo2_room_air: 92 %; supplemental_oxygen: no",
        "spo2_room_air: 97 %; supplemental_oxygen: yes",
        "supplemental_oxygen: no",
    ),
    Pattern(
        "lung function by two measures",
        "include: fev1_percent >= 50 % and dlco_percent >= 40 %",
        "fev1_percent: 50; dlco_percent: 40",
        "fev1_percent: 50; dlco_percent: 39",
        "fev1_percent: 50; dlco_percent: {missing: not_done}",
    ),
    Pattern(
        "a pleural effusion drained",
        "include: pleural_effusion in {none, drained}",
        "pleural_effusion: drained",
        "pleural_effusion: undrained",
        "pleural_effusion: yes",
    ),
    Pattern(
        "hepatitis B by viral load",
        "exclude: hbv is surface_antigen_positive or (hbv is core_antibody_only and hbv_dna is not undetectable)",
        "hbv: core_antibody_only; hbv_dna: undetectable",
        "hbv: core_antibody_only; hbv_dna: detectable",
        "hbv: positive; hbv_dna: undetectable",
    ),
    Pattern(
        "hepatitis C by viral load",
        "exclude: hcv is antibody_positive and hcv_rna is detectable",
        "hcv: antibody_positive; hcv_rna: undetectable",
        "hcv: antibody_positive; hcv_rna: detectable",
        "hcv: antibody_positive",
    ),
    Pattern("HIV", "exclude: hiv is positive", "hiv: negative", "hiv: positive", "hiv: {missing: not_done}"),
    Pattern("fever not from the tumor", "exclude: fever is other", "fever: tumor", "fever: other", "fever: yes"),
    Pattern(
        "an autoimmune disease with exceptions",
        "exclude: >-\n      autoimmune_disease not in {none, replacement_only}\n"
        "      and years from last_autoimmune_treatment to enrollment <= 2",
        "autoimmune_disease: inactive; last_autoimmune_treatment: 2024-11-21",
        "autoimmune_disease: inactive; last_autoimmune_treatment: 2024-11-22",
        "autoimmune_disease: yes; last_autoimmune_treatment: 2025",
    ),
    Pattern(
        "steroids above a prednisone-equivalent dose",
        "exclude: systemic_steroids is not none and prednisone_equivalent_dose > 10 mg/day",
        "systemic_steroids: physiologic; prednisone_equivalent_dose: 10 mg/day",
        "systemic_steroids: above_physiologic; prednisone_equivalent_dose: 20 mg/day",
        "systemic_steroids: yes",
    ),
    Pattern(
        "brain disease treated and stable for so many weeks",
        "include: >-\n      cns_metastases is none\n"
        "      or (cns_metastases is treated_stable and weeks from cns_stable_since to enrollment >= 4)",
        "cns_metastases: treated_stable; cns_stable_since: 2026-10-25",
        "cns_metastases: treated_stable; cns_stable_since: never",
        "cns_metastases: treated_stable; cns_stable_since: 4 weeks ago",
    ),
    Pattern(
        "a second cancer, free for so many years unless in situ",
        "exclude: >-\n      second_malignancy not in {none, skin_non_melanoma, skin_in_situ, in_situ_cervix_breast}\n"
        "      and years from second_malignancy_free_since to enrollment < 5",
        "second_malignancy: other_solid; second_malignancy_free_since: 2021-11-22",
        "second_malignancy: other_solid; second_malignancy_free_since: 2021-11-23",
        "second_malignancy: yes; second_malignancy_free_since: never",
    ),
    Pattern(
        "a heart attack within so many months",
        "exclude: months from last_myocardial_infarction to enrollment <= 6",
        "last_myocardial_infarction: 2026-05-21",
        "last_myocardial_infarction: 2026-05-22",
        "last_myocardial_infarction: 2026-05",
    ),
    Pattern(
        "surgery within so many days",
        "exclude: days from last_major_surgery to enrollment < 28",
        "last_major_surgery: 2026-10-25",
        "last_major_surgery: 2026-10-26",
        "last_major_surgery: 4 weeks ago",
    ),
    Pattern(
        "a live vaccine in a window",
        "exclude: weeks from last_live_vaccine to infusion <= 6",
        "last_live_vaccine: 2026-11-01; infusion: 2026-12-14",
        "last_live_vaccine: 2026-11-01; infusion: 2026-12-13",
        "last_live_vaccine: 2026-10",
    ),
    Pattern(
        "a pregnancy test where a pregnancy is possible",
        "include: not pregnant",
        "sex: female; childbearing_potential: yes; pregnant: no",
        "sex: female; childbearing_potential: yes; pregnant: yes",
        "sex: female; pregnant: no",
        when="sex is female and childbearing_potential",
    ),
    Pattern(
        "contraception for so many months",
        "include: contraception and contraception_months >= 12",
        "sex: male; can_father_children: yes; contraception: yes; contraception_months: 12",
        "sex: male; can_father_children: yes; contraception: yes; contraception_months: 11",
        "sex: male; can_father_children: yes; contraception: yes",
        when="(sex is female and childbearing_potential) or (sex is male and can_father_children)",
    ),
    Pattern(
        "life expectancy as the oncologist judges it",
        "include: life_expectancy_months > 3 months",
        "life_expectancy_months: '>6'",
        "life_expectancy_months: 3",
        "life_expectancy_months: '>2'",
    ),
    Pattern(
        "an allergy to the preparatory drugs",
        "exclude: severe_allergy_lymphodepletion",
        "severe_allergy_lymphodepletion: no",
        "severe_allergy_lymphodepletion: yes",
        "severe_allergy_lymphodepletion: {missing: dont_know}",
    ),
    Pattern(
        "understanding and consent",
        "include: understands_investigational and consent",
        "understands_investigational: yes; consent: yes",
        "understands_investigational: no; consent: yes",
        "understands_investigational: yes; consent: {missing: declined}",
    ),
    Pattern(
        "staying near the center with a caregiver",
        "include: (travel_hours_to_site <= 2 h or lodging_near_site) and days_can_stay >= 28 and caregiver",
        "travel_hours_to_site: 120 min; days_can_stay: 28; caregiver: yes",
        "travel_hours_to_site: 3 h; lodging_near_site: no; days_can_stay: 28; caregiver: yes",
        "travel_hours_to_site: 3 h; days_can_stay: 28; caregiver: yes",
    ),
    Pattern(
        "follow-up for fifteen years",
        "include: long_term_follow_up",
        "long_term_follow_up: yes",
        "long_term_follow_up: no",
        "caregiver: yes",
    ),
    Pattern(
        "at least so many of several risks",
        "exclude: at least 2 of (age > 70, ecog >= 2, albumin < 3.5 g/dL)",
        "age: 71; ecog: 1; albumin: 40 g/L",
        "age: 71; ecog: 1; albumin: 34 g/L",
        "age: 71; ecog: 1",
    ),
]


@pytest.mark.parametrize("pattern", PATTERNS, ids=[pattern.name for pattern in PATTERNS])
@pytest.mark.parametrize("outcome", [Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN], ids=lambda outcome: outcome.value)
def test_the_language_says_it(dictionary: Dictionary, pattern: Pattern, outcome: Outcome) -> None:
    facts = {Outcome.MET: pattern.met, Outcome.NOT_MET: pattern.not_met, Outcome.UNKNOWN: pattern.unknown}[outcome]
    result = judge(dictionary, pattern.criterion, facts.replace("; ", "\n"))
    assert result.outcome is outcome, result.why
    assert result.why
    assert bool(result.missing) == (outcome is Outcome.UNKNOWN)


@pytest.mark.parametrize("pattern", PATTERNS, ids=[pattern.name for pattern in PATTERNS])
def test_no_answer_at_all_leaves_it_unknown(dictionary: Dictionary, pattern: Pattern) -> None:
    assert judge(dictionary, pattern.criterion, "").outcome is Outcome.UNKNOWN


def test_a_pending_result_is_said_to_be_pending(dictionary: Dictionary) -> None:
    patient = patient_of(dictionary, "hla_a02_tumor_loss: {missing: pending}")
    result = judge(dictionary, criterion_text("include: hla_a02_tumor_loss"), "hla_a02_tumor_loss: {missing: pending}")
    assert MissingReason.PENDING.value in result.why
    assert str(patient.get("hla_a02_tumor_loss")) == MissingReason.PENDING.value


def test_a_rule_does_not_apply_where_its_condition_is_false(dictionary: Dictionary) -> None:
    rule = criterion_text("when: sex is female and childbearing_potential", "include: not pregnant")
    assert judge(dictionary, rule, "sex: male").outcome is Outcome.NOT_APPLICABLE
    assert judge(dictionary, rule, "sex: female\nchildbearing_potential: no").outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("facts", ["", "age: 61", "uncontrolled_illness: yes"])
def test_the_catch_all_is_always_for_the_trial_team(dictionary: Dictionary, facts: str) -> None:
    result = judge(dictionary, criterion_text("manual: investigator judgment"), facts)
    assert result.outcome is Outcome.MANUAL
    assert result.why == "investigator judgment"


def test_a_typo_of_the_registry_is_found_and_can_be_left_to_the_trial_team(dictionary: Dictionary) -> None:
    as_written = trial_of(dictionary, criterion_text("include: hemoglobin > 90 g/dL"))
    (finding,) = lint_trial(as_written, dictionary)
    assert finding.code == "L01"
    assert "90 g/dL lies outside the plausible range of hemoglobin" in finding.message
    declared = trial_of(
        dictionary, criterion_text("manual: the record asks for a hemoglobin above 90 g/dL, meant is g/L")
    )
    assert not list(lint_trial(declared, dictionary))


COHORTS = HEAD.replace(
    "criteria:\n",
    "cohorts:\n"
    "  - {id: A, title: Pleural mesothelioma, open: true}\n"
    "  - {id: B, title: Ovarian cancer, open: true}\n"
    "  - {id: C, title: Any solid tumor, open: false}\n"
    "criteria:\n",
)


@pytest.mark.parametrize(
    ("facts", "verdict", "cohort"),
    [
        ("age: 61\ntumor_type: PLMESO", Verdict.MATCH, "A"),
        ("age: 61\ntumor_type: HGSOC\nprior_systemic_lines: 2", Verdict.MATCH, "B"),
        ("age: 61\ntumor_type: HGSOC", Verdict.UNDECIDED, "B"),
        ("age: 61\ntumor_type: LUAD", Verdict.NO_MATCH, "A"),  # C would take it, but is closed
        ("age: 17\ntumor_type: PLMESO", Verdict.NO_MATCH, "A"),
    ],
)
def test_a_rule_may_count_for_a_cohort_only_and_closed_cohorts_do_not_count(
    dictionary: Dictionary, facts: str, verdict: Verdict, cohort: str
) -> None:
    trial = trial_of(
        dictionary,
        criterion_text("include: age >= 18", name="INC-1"),
        criterion_text("cohorts: [A]", "include: tumor_type is PLMESO", name="INC-2"),
        criterion_text("cohorts: [B]", "include: tumor_type is OVARIAN", name="INC-3"),
        criterion_text("cohorts: [B]", "include: prior_systemic_lines <= 3", name="INC-4"),
        criterion_text("cohorts: [C]", "include: tumor_type is SOLID", name="INC-5"),
        head=COHORTS,
    )
    result = screen_trial(trial, patient_of(dictionary, facts), dictionary)
    assert result.verdict is verdict
    assert result.cohort is not None
    assert result.cohort.id == cohort
    assert [item.id for item, _, _ in result.cohort_verdicts] == ["A", "B"]
