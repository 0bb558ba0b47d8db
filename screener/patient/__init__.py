"""From answers to values: the one place where text about a patient gets its meaning."""

from screener.patient.answers import MISSING_WORDS, read_answer, read_test_date, split_result
from screener.patient.file import PATIENT_KEYS, compile_patient
from screener.patient.treatments import read_last_dose, read_treatment

__all__ = [
    "MISSING_WORDS",
    "PATIENT_KEYS",
    "compile_patient",
    "read_answer",
    "read_last_dose",
    "read_test_date",
    "read_treatment",
    "split_result",
]
