"""The reference evaluator: what a rule file means for one patient."""

from screener.evaluate.context import Context
from screener.evaluate.derive import INPUTS
from screener.evaluate.expression import evaluate
from screener.evaluate.finding import Finding
from screener.evaluate.screening import screen_trial

__all__ = ["INPUTS", "Context", "Finding", "evaluate", "screen_trial"]
