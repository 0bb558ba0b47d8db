"""What the program speaks of: facts and their values, trials and their criteria, results. All frozen."""

from screener.model.dictionary import Dictionary
from screener.model.facts import Burden, Choice, Fact, FactType, Who
from screener.model.results import (
    CriterionResult,
    Outcome,
    Score,
    Tally,
    TrialResult,
    Verdict,
)
from screener.model.trial import Band, Cohort, Criterion, Factor, Gate, Kind, Registry, Rule, Seen, Source, Trial
from screener.model.values import Coded, Missing, MissingReason, Moment, Number, Patient, Treatment, Treatments, Value
from screener.model.vocabulary import Agent, Therapies, TherapyClass, TumorTypes, word_key

__all__ = [
    "Agent",
    "Band",
    "Burden",
    "Choice",
    "Coded",
    "Cohort",
    "Criterion",
    "CriterionResult",
    "Dictionary",
    "Fact",
    "FactType",
    "Factor",
    "Gate",
    "Kind",
    "Missing",
    "MissingReason",
    "Moment",
    "Number",
    "Outcome",
    "Patient",
    "Registry",
    "Rule",
    "Score",
    "Seen",
    "Source",
    "Tally",
    "Therapies",
    "TherapyClass",
    "Treatment",
    "Treatments",
    "Trial",
    "TrialResult",
    "TumorTypes",
    "Value",
    "Verdict",
    "Who",
    "word_key",
]
