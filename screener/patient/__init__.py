"""From answers to values: the one place where text about a patient gets its meaning."""

from screener.patient.answers import MISSING_WORDS, read_answer, read_treatment, split_result
from screener.patient.file import compile_patient

__all__ = ["MISSING_WORDS", "compile_patient", "read_answer", "read_treatment", "split_result"]
