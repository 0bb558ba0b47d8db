"""From files to the model: what compiles is valid. All faults of a file are reported together."""

from screener.compile.expected import Expected, compile_expected
from screener.compile.facts import compile_facts, compile_panels
from screener.compile.talk import compile_questions, compile_teach_back
from screener.compile.translation import compile_translation
from screener.compile.trial import compile_trial
from screener.compile.vocabulary import compile_therapies, compile_tumor_types

__all__ = [
    "Expected",
    "compile_expected",
    "compile_facts",
    "compile_panels",
    "compile_questions",
    "compile_teach_back",
    "compile_therapies",
    "compile_translation",
    "compile_trial",
    "compile_tumor_types",
]
