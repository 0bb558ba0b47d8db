"""The reference evaluator: what a rule file means for one patient."""

from screener.evaluate.context import Context
from screener.evaluate.derive import sources_of
from screener.evaluate.expression import evaluate
from screener.evaluate.finding import Finding
from screener.evaluate.screening import judge, screen_trial
from screener.evaluate.washout import Washout, washouts

__all__ = [
    "Context",
    "Finding",
    "Washout",
    "evaluate",
    "judge",
    "screen_trial",
    "sources_of",
    "washouts",
]
