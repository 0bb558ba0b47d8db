"""The interview as a machine: state in, question or result out. It neither reads nor prints."""

from screener.interview.engine import Answer, Interview, Question, Raw, Skip
from screener.interview.order import next_fact

__all__ = ["Answer", "Interview", "Question", "Raw", "Skip", "next_fact"]
