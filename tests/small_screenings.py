"""Small trials, and patients on whom one meaning of the rules turns: what the evaluator and every database must say.

Rules and answers are written as in rule files and patient files, several of one patient between semicolons, and another
day of screening than 2026-11-22 before a bar. What is said is the verdict, with the first day if there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.compile import compile_trial
from screener.expr import parse
from screener.model import Band, Criterion, Factor, Kind, Source, Trial
from screener.source import Text, load_text
from tests.rule_text import HEAD, TODAY, criterion_text, patient_of
from tests.strategies import DICTIONARY
from tests.warehouse import numbered

if TYPE_CHECKING:
    from screener.model import Patient
    from tests.warehouse import Row

_COHORTS = """\
cohorts:
  - {id: "1", title: One, open: true}
  - {id: "2", title: Two, open: true}
  - {id: "3", title: Three, open: false}
"""
MATCH, NO, UNDECIDED = "match", "no match", "undecided"


@dataclass(frozen=True)
class Small:
    """A trial's rules, and of each patient what is said."""

    rules: tuple[str, ...]
    says: dict[str, str]

    def trial(self) -> Trial:
        """The trial, compiled as the program does it; a band as the profile has it."""
        if self.rules[0].startswith("fits: "):
            fits, rarely = (parse(rule.split(": ", 1)[1]) for rule in self.rules)
            about = ("C-1", Kind.BAND, "made up", Source("document", "1"), Factor.OTHER)
            return Trial("made_up", "Made up", (Criterion(*about, test=Band(fits, rarely)),), "0" * 64)
        cohorts = _COHORTS if any("; cohorts: " in rule for rule in self.rules) else ""
        head = HEAD.replace("criteria:\n", f"{cohorts}criteria:\n")
        criteria = (criterion_text(*rule.split("; "), name=f"C-{place}") for place, rule in enumerate(self.rules, 1))
        return compile_trial(load_text(Text("trial.yaml", head + "".join(criteria))), DICTIONARY)

    def patients(self) -> list[Patient]:
        """The patients, in order."""
        return numbered(_patient(text) for text in self.says)

    @staticmethod
    def said(row: Row) -> str:
        """What a row of results says, in the words used here."""
        return f"{row['verdict']} {row['eligible_from'] or ''}".strip()


def _patient(text: str) -> Patient:
    day, _, facts = text.rpartition(" | ")
    read = patient_of(DICTIONARY, "\n".join(facts.split("; ")), as_of=date.fromisoformat(day) if day else TODAY)
    assert not read.problems, text
    return read


def had(*treatments: str) -> str:
    """A list of treatments, each an agent and its last dose, or whatever fields."""
    fields = (text if ":" in text else "agent: {}, last_dose: {}".format(*text.split()) for text in treatments)
    return f"prior_therapies: [{', '.join(f'{{{text}}}' for text in fields)}]"


def waits(day: str) -> str:
    """What is said of a patient for whom time alone is wanting."""
    return f"not yet {day}"


SMALL = {
    "at least": Small(
        ("include: platelets >= 100 K/uL",),
        {
            "platelets: 100 K/uL": MATCH,
            "platelets: 99.9999 K/uL": NO,
            "platelets: 99.99999 K/uL": NO,
            "platelets: 100000 /uL": MATCH,
            "platelets: '<100 K/uL'": NO,
            "platelets: '<=100 K/uL'": UNDECIDED,
            "platelets: '>=100 K/uL'": MATCH,
            "platelets: '>99 K/uL'": UNDECIDED,
            "": UNDECIDED,
        },
    ),
    "more than": Small(
        ("include: anc > 1 K/uL", "exclude: lvef <= 40 %"),
        {
            "anc: 1 K/uL; lvef: 41 %": NO,
            "anc: '>1 K/uL'; lvef: 40.1 %": MATCH,
            "anc: 1001 /uL; lvef: 40 %": NO,
            "anc: 2 K/uL; lvef: '>40 %'": MATCH,
            "anc: 1.000000001 K/uL; lvef: 41 %": MATCH,
        },
    ),
    "less than": Small(
        ("exclude: albumin < 3 g/dL",),
        {
            "albumin: 3 g/dL": MATCH,
            "albumin: 29.999 g/L": NO,
            "albumin: '<3 g/dL'": NO,
            "albumin: '<=3 g/dL'": UNDECIDED,
        },
    ),
    "equal": Small(
        ("include: mesothelin_intensity = 2", "exclude: ecog != 1"),
        {
            "mesothelin_intensity: 2; ecog: 1": MATCH,
            "mesothelin_intensity: 3; ecog: 1": NO,
            "mesothelin_intensity: '>=2'; ecog: 1": UNDECIDED,
            "mesothelin_intensity: '<=2'; ecog: 1": UNDECIDED,
            "mesothelin_intensity: 2; ecog: 0": NO,
            "mesothelin_intensity: 2; ecog: 1-2": UNDECIDED,
        },
    ),
    "limit of normal": Small(
        ("include: ast <= 2.5 ULN",),
        {
            "ast: {value: 100 U/L, uln: 40 U/L}": MATCH,
            "ast: {value: 100.001 U/L, uln: 40 U/L}": NO,
            "ast: {value: 83.25 U/L, uln: 33.3 U/L}": MATCH,
            "ast: {value: 83.26 U/L, uln: 33.3 U/L}": NO,
            "ast: {value: 1 U/L}": UNDECIDED,
        },
    ),
    "yes or no": Small(
        ("include: consent", "exclude: pregnant"),
        {
            "consent: yes; pregnant: no": MATCH,
            "consent: yes": UNDECIDED,
            "pregnant: no": UNDECIDED,
            "consent: no; pregnant: no": NO,
            "consent: yes; pregnant: yes": NO,
        },
    ),
    "choice": Small(
        ("include: hla_a02_germline is heterozygous", "exclude: hla_a02_germline in {negative, homozygous}"),
        {
            "hla_a02_germline: heterozygous": MATCH,
            "hla_a02_germline: positive": UNDECIDED,
            "hla_a02_germline: negative": NO,
        },
    ),
    "tumor type": Small(
        ("include: tumor_type in {PLMESO, OVARIAN}",),
        {
            "tumor_type: PLMESO": MATCH,
            "tumor_type: PLEMESO": MATCH,
            "tumor_type: PLSMESO": MATCH,
            "tumor_type: MESO": UNDECIDED,
            "tumor_type: PEMESO": NO,
            "tumor_type: LUNG": NO,
        },
    ),
    "histology": Small(
        ("include: histology is epithelioid", "exclude: tumor_type is LUNG"),
        {
            "tumor_type: PLEMESO": MATCH,
            "tumor_type: PLSMESO": NO,
            "tumor_type: PLMESO": UNDECIDED,
            "tumor_type: PLSMESO; histology: epithelioid": MATCH,
            "tumor_type: PLEMESO; histology: biphasic": NO,
        },
    ),
    "histology of any kind": Small(
        ("include: histology in {epithelioid, biphasic, sarcomatoid}",),
        {"tumor_type: PLSMESO": MATCH, "tumor_type: PLMESO": UNDECIDED},
    ),
    "performance status": Small(
        ("include: kps >= 70",),
        {
            "ecog: 1": MATCH,
            "ecog: 2": UNDECIDED,
            "ecog: 3": NO,
            "ecog: 0-1": MATCH,
            "kps: 70; ecog: 3": MATCH,
            "kps: 60; ecog: 0": NO,
            "kps: 50-80; ecog: 1": MATCH,
        },
    ),
    "performance status above": Small(
        ("exclude: kps > 90",), {"ecog: 0-1": UNDECIDED, "ecog: 1": MATCH, "ecog: 0": UNDECIDED, "ecog: '>=1'": MATCH}
    ),
    "performance status the other way": Small(
        ("include: ecog <= 1",),
        {"kps: 80": MATCH, "kps: 70": UNDECIDED, "kps: 60": NO, "kps: '>80'": MATCH, "ecog: 2; kps: 100": NO},
    ),
    "clearance": Small(
        ("include: creatinine_clearance >= 60 mL/min",),
        {
            "age: 68; weight: 60 kg; creatinine: 1 mg/dL; sex: male": MATCH,
            "age: 69; weight: 60 kg; creatinine: 1 mg/dL; sex: male": NO,
            "age: 68; weight: 60 kg; creatinine: 0.85 mg/dL; sex: female": MATCH,
            "age: 68; weight: 60 kg; creatinine: 0.8501 mg/dL; sex: female": NO,
            "age: 68; weight: 60 kg; creatinine: 1 mg/dL": UNDECIDED,
            "age: 68; weight: 60 kg; creatinine: 0.85 mg/dL": MATCH,
            "age: 68; weight: 60 kg; creatinine: 1.01 mg/dL": NO,
            "age: 68; weight: 60 kg; creatinine: '<=1 mg/dL'; sex: male": UNDECIDED,
            "creatinine_clearance: 59 mL/min; age: 20; weight: 60 kg; creatinine: 1 mg/dL; sex: male": NO,
            "creatinine_clearance: '>50 mL/min'; age: 20; weight: 60 kg; creatinine: 1 mg/dL; sex: male": MATCH,
            "age: 20; weight: 60 kg": UNDECIDED,
        },
    ),
    "treatment before": Small(
        ("exclude: prior_car_t",),
        {
            "prior_car_t: no": MATCH,
            f"prior_car_t: no; {had('icasp9m28z 2025')}": UNDECIDED,
            had("icasp9m28z 2025"): NO,
            f"prior_car_t: no; {had('ABC-123 2025')}": MATCH,
            f"prior_car_t: yes; {had()}": NO,
            had("cisplatin 2025"): UNDECIDED,
        },
    ),
    "wait after the last": Small(
        ("include: days from last(chemotherapy) to leukapheresis >= 21",),
        {
            had(): MATCH,
            had("cisplatin 2026-11-01"): MATCH,
            had("cisplatin 2026-11-02"): waits("2026-11-23"),
            had("cisplatin 2026-11-02", "cisplatin 2026-11-12"): waits("2026-12-03"),
            had("cisplatin 2026-11"): UNDECIDED,
            f"2026-11-05 | {had('cisplatin 2026-11')}": waits("2026-11-26"),
            had("cisplatin 2026"): UNDECIDED,
            had("ABC-123 2026-11-20"): UNDECIDED,
            had("ABC-123 2025-11-20"): MATCH,
            f"{had('cisplatin 2026-11-20')}; leukapheresis: 2026-12-11": MATCH,
            f"{had('cisplatin 2026-11-20')}; leukapheresis: 2026-12-10": waits("2026-12-11"),
            f"{had('cisplatin 2026-11-20')}; leukapheresis: 2026-12": UNDECIDED,
            f"{had('cisplatin 2026-11-20')}; leukapheresis: 2026-10-01": waits("2026-12-11"),
            had("cisplatin ongoing"): waits("2026-12-13"),
            "": UNDECIDED,
        },
    ),
    "longer than a wait": Small(
        ("exclude: days from last(chemotherapy) to enrollment <= 21",),
        {
            had("cisplatin 2026-11-01"): waits("2026-11-23"),
            had("cisplatin 2026-11-05"): waits("2026-11-27"),
            had("cisplatin 2026-10-31"): MATCH,
            had(): MATCH,
        },
    ),
    "wait after the first": Small(
        ("include: months from first(systemic_therapy) to enrollment >= 6",),
        {
            had("cisplatin 2026-05-22", "nivolumab 2026-11-20"): MATCH,
            had("cisplatin 2026-05-23", "nivolumab 2026-11-20"): waits("2026-11-23"),
            had("ABC-123 2025-05-22", "nivolumab 2026-11-20"): UNDECIDED,
            had("ABC-123 2026-11-20", "nivolumab 2025-05-22"): MATCH,
            had(): NO,
        },
    ),
    "end of a month": Small(
        (
            "include: months from last_major_surgery to screening >= 6",
            "include: years from last_transfusion to screening >= 1",
        ),
        {
            "2026-02-28 | last_major_surgery: 2025-08-31; last_transfusion: 2025-02-28": MATCH,
            "2026-02-27 | last_major_surgery: 2025-08-31; last_transfusion: 2025-02-27": waits("2026-02-28"),
            "2025-02-28 | last_major_surgery: never; last_transfusion: 2024-02-29": MATCH,
            "2025-02-27 | last_major_surgery: never; last_transfusion: 2024-02-29": waits("2025-02-28"),
            "last_major_surgery: 2026-05; last_transfusion: never": UNDECIDED,
            "last_major_surgery: 2026-06; last_transfusion: never": waits("2026-12-30"),
        },
    ),
    "never": Small(
        (
            "include: days from last_major_surgery to infusion >= 28",
            "include: years from second_malignancy_free_since to screening >= 2",
        ),
        {
            "last_major_surgery: never; second_malignancy_free_since: 2020": MATCH,
            "last_major_surgery: never; second_malignancy_free_since: never": NO,
            "last_major_surgery: 2026-11-01; second_malignancy_free_since: 2020": waits("2026-11-29"),
        },
    ),
    "age of a result": Small(
        ("include: days from date of platelets to enrollment <= 14",),
        {
            "platelets: {value: 100 K/uL, date: 2026-11-08}": MATCH,
            "platelets: {value: 100 K/uL, date: 2026-11-07}": NO,
            "platelets: {value: 100 K/uL}": UNDECIDED,
        },
    ),
    "class excepted": Small(
        ("exclude: any(immunotherapy except checkpoint_inhibitor)",),
        {
            had("nivolumab 2025"): MATCH,
            had("icasp9m28z 2025"): NO,
            had("class: immunotherapy, last_dose: 2025"): UNDECIDED,
            had("ABC-123 2025"): UNDECIDED,
            had(): MATCH,
        },
    ),
    "since a day": Small(
        ("exclude: any(chemotherapy since 6 months before leukapheresis)",),
        {
            had("cisplatin 2026-05-22"): waits("2026-11-23"),
            had("cisplatin 2026-05-21"): MATCH,
            had("cisplatin 2026"): UNDECIDED,
            had("cisplatin ongoing"): waits("2027-05-23"),
            f"{had('cisplatin 2026-05-22')}; leukapheresis: 2026-11-23": MATCH,
            f"2026-02-28 | {had('cisplatin 2025-08-31')}": waits("2026-03-01"),
            f"2026-02-28 | {had('cisplatin 2025-08-28')}": waits("2026-03-01"),
        },
    ),
    "from a day to a day": Small(
        ("exclude: any(chemotherapy from 12 weeks before screening to 4 weeks before screening)",),
        {
            had("agent: cisplatin, start: 2026-10-25, last_dose: 2026-11-01"): waits("2027-01-25"),
            had("agent: cisplatin, start: 2026-10-26, last_dose: 2026-11-01"): MATCH,
            had("agent: cisplatin, last_dose: 2026-11-01"): MATCH,
            had("agent: cisplatin, start: 2026-01-01, last_dose: 2026-08-29"): MATCH,
            had("agent: cisplatin, start: 2026-10, last_dose: 2026-11-01"): UNDECIDED,
        },
    ),
    "how many": Small(
        ("include: count(systemic_therapy) >= 2", "exclude: count(car_t) > 1"),
        {
            had("cisplatin 2025", "nivolumab 2026-01"): MATCH,
            had("cisplatin 2025"): NO,
            had("cisplatin 2025", "ABC-123 2026-01"): UNDECIDED,
            had("icasp9m28z 2024", "icasp9m28z 2025"): NO,
            had("icasp9m28z 2024", "ABC-123 2025", "cisplatin 2025"): UNDECIDED,
        },
    ),
    "half-lives": Small(
        ("include: days from last(checkpoint_inhibitor) to enrollment >= longer of (21, 5 half-lives)",),
        {
            had("agent: nivolumab, half_life_days: 2, last_dose: 2026-11-01"): MATCH,
            had("agent: nivolumab, half_life_days: 5.1, last_dose: 2026-10-27"): MATCH,
            had("agent: nivolumab, half_life_days: 5.1, last_dose: 2026-10-28"): waits("2026-11-23"),
            had("class: checkpoint_inhibitor, last_dose: 2026-11-01"): UNDECIDED,
            had("class: checkpoint_inhibitor, last_dose: 2026-11-02"): NO,
        },
    ),
    "shorter of half-lives": Small(
        ("include: days from last(checkpoint_inhibitor) to enrollment > shorter of (21, 5 half-lives)",),
        {
            had("agent: nivolumab, half_life_days: 2, last_dose: 2026-11-11"): MATCH,
            had("agent: nivolumab, half_life_days: 2, last_dose: 2026-11-12"): waits("2026-11-23"),
            had("class: checkpoint_inhibitor, last_dose: 2026-10-31"): MATCH,
            had("class: checkpoint_inhibitor, last_dose: 2026-11-01"): UNDECIDED,
        },
    ),
    "some of several": Small(
        ("include: at least 2 of (hiv is negative, hbv is negative, hcv is negative)",),
        {
            "hiv: negative; hbv: negative": MATCH,
            "hiv: negative": UNDECIDED,
            "hiv: negative; hbv: positive": UNDECIDED,
            "hbv: positive; hcv: positive": NO,
        },
    ),
    "all, any, not": Small(
        ("include: (consent and not pregnant) or can_travel",),
        {
            "consent: yes; pregnant: no": MATCH,
            "consent: no; can_travel: no": NO,
            "pregnant: yes": UNDECIDED,
            "can_travel: yes": MATCH,
        },
    ),
    "where it applies": Small(
        ("when: sex is female; include: not pregnant", "when: sex is male; include: age >= 18"),
        {
            "sex: male; age: 20": MATCH,
            "sex: female; pregnant: no": MATCH,
            "sex: female; pregnant: yes": NO,
            "pregnant: yes; age: 20": UNDECIDED,
            "pregnant: no; age: 3": UNDECIDED,
        },
    ),
    "bands": Small(
        ("fits: mesothelin_percent >= 50 %", "rarely: mesothelin_percent < 10 % and tumor_type is MESO"),
        {
            "mesothelin_percent: 50 %": MATCH,
            "mesothelin_percent: 9 %; tumor_type: PLMESO": NO,
            "mesothelin_percent: 9 %": UNDECIDED,
            "mesothelin_percent: 20 %": UNDECIDED,
            "": UNDECIDED,
        },
    ),
    "cohorts": Small(
        (
            "include: days from last(chemotherapy) to enrollment >= 21; cohorts: ['1']",
            "include: days from last(chemotherapy) to enrollment >= 14; cohorts: ['2', '3']",
            "include: consent; cohorts: ['2']",
            "include: age >= 18; cohorts: ['1', '2']",
        ),
        {
            f"{had('cisplatin 2026-11-20')}; age: 20; consent: yes": waits("2026-12-04"),
            f"{had('cisplatin 2026-11-20')}; age: 20; consent: no": waits("2026-12-11"),
            f"{had('cisplatin 2026-11-20')}; age: 20": waits("2026-12-04"),
            f"{had('cisplatin 2026-11-05')}; age: 20": UNDECIDED,
            f"{had()}; age: 20": MATCH,
            f"{had()}; age: 17": NO,
        },
    ),
    "score": Small(
        (
            "include: consent",
            "include: can_travel; weight: 15",
            "include: pregnant; weight: 0.5",
            "include: hiv is negative; weight: 1.5",
        ),
        {
            "consent: yes; can_travel: no": NO,
            "can_travel: yes": UNDECIDED,
            "consent: yes; pregnant: no; hiv: negative; can_travel: no": NO,
            "pregnant: yes; hiv: positive": NO,
        },
    ),
    "one and fifteen": Small(
        ("include: consent", "include: can_travel; weight: 15"),
        {"consent: yes; can_travel: no": NO, "consent: no; can_travel: yes": NO, "consent: yes": UNDECIDED},
    ),
    "two waits in one": Small(
        ("include: days from last(chemotherapy) to infusion >= 21 and days from last_major_surgery to infusion >= 21",),
        {
            f"{had('cisplatin 2026-11-20')}; last_major_surgery: 2026-11-10; infusion: 2026-10-01": waits("2026-12-11"),
            f"{had('cisplatin 2026-11-20')}; last_major_surgery: 2026-11-10; infusion: 2026-12-05": waits("2026-12-11"),
            f"2026-11-05 | {had('cisplatin 2026-11')}; last_major_surgery: 2026-11-03": waits("2026-11-26"),
            f"2026-11-05 | {had('cisplatin 2026')}; last_major_surgery: 2026-11-03": waits("2026-11-26"),
        },
    ),
    "two waits": Small(
        (
            "include: days from last(chemotherapy) to enrollment >= 21",
            "include: weeks from last_major_surgery to infusion >= 4",
            "exclude: any(radiotherapy since 14 days before leukapheresis)",
        ),
        {
            f"{had('cisplatin 2026-11-20')}; last_major_surgery: 2026-11-01": waits("2026-12-11"),
            f"{had('cisplatin 2026-11-03')}; last_major_surgery: 2026-11-01": waits("2026-11-29"),
            f"{had('class: radiotherapy, last_dose: 2026-11-20')}; last_major_surgery: never": waits("2026-12-05"),
        },
    ),
    "what runs out meanwhile": Small(
        (
            "include: days from last(chemotherapy) to enrollment >= 21",
            "exclude: days from last_live_vaccine to enrollment >= 30",
            "include: days from last_major_surgery to enrollment >= 7",
        ),
        {
            f"{had('cisplatin 2026-11-20')}; last_live_vaccine: 2026-11-20; last_major_surgery: never": waits(
                "2026-12-11"
            ),
            f"{had('cisplatin 2026-11-20')}; last_live_vaccine: 2026-11-01; last_major_surgery: never": "not yet",
            f"{had('cisplatin 2026-11-03')}; last_live_vaccine: 2026-11-01; last_major_surgery: 2026-11-20": waits(
                "2026-11-27"
            ),
        },
    ),
    "what lies between": Small(
        (
            "include: days from last(chemotherapy) to enrollment >= 21",
            "exclude: any(radiotherapy from 4 weeks before enrollment to 2 weeks before enrollment)",
        ),
        {
            had("cisplatin 2026-11-20", "class: radiotherapy, last_dose: 2026-11-20"): waits("2026-12-19"),
            had("cisplatin 2026-11-01", "class: radiotherapy, last_dose: 2026-11-08"): waits("2026-12-07"),
        },
    ),
    "what need not be waited for": Small(
        (
            "include: days from last(chemotherapy) to enrollment >= 21",
            "exclude: any(radiotherapy from 4 weeks before enrollment to 2 weeks before enrollment)",
            "include: days from date of platelets to enrollment >= 10",
        ),
        {
            f"{had('cisplatin 2026-11-20', 'class: radiotherapy, last_dose: 2026-11-20')}; "
            "platelets: {value: 100 K/uL, date: 2026-11-01}": waits("2026-12-19"),
        },
    ),
    "more than eleven": Small(
        tuple(f"include: age >= {age} years" for age in range(20, 33)),
        {"age: 30": NO, "age: 40": MATCH, "age: 3": NO, "": UNDECIDED, "age: '>=31'": UNDECIDED},
    ),
}
