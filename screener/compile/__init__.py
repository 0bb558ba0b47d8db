"""From files to the model: what compiles is valid. All faults of a file are reported together."""

from screener.compile.facts import compile_facts
from screener.compile.trial import compile_trial
from screener.compile.vocabulary import compile_therapies, compile_tumor_types

__all__ = ["compile_facts", "compile_therapies", "compile_trial", "compile_tumor_types"]
