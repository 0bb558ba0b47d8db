"""Checklists: what a nurse or coordinator fills in and signs, blank or filled from a patient's answers."""

from screener.checklist.build import build
from screener.checklist.order import Order
from screener.checklist.sheet import (
    Entry,
    FactorScore,
    Mark,
    Planned,
    Row,
    Section,
    Sheet,
    Summary,
    Wait,
    WaitState,
)

__all__ = [
    "Entry",
    "FactorScore",
    "Mark",
    "Order",
    "Planned",
    "Row",
    "Section",
    "Sheet",
    "Summary",
    "Wait",
    "WaitState",
    "build",
]
