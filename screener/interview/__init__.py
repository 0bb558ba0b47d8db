"""The interview as a machine: state in, question or result out. It neither reads nor prints."""

from screener.interview.agenda import Agenda
from screener.interview.answer import Answer, Entry, Raw, Skip, parts_of
from screener.interview.engine import Interview, Question

__all__ = [
    "Agenda",
    "Answer",
    "Entry",
    "Interview",
    "Question",
    "Raw",
    "Skip",
    "parts_of",
]
