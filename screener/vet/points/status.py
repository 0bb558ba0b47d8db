"""Whether the trial takes people: as the page has it, and as the record has it."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from screener.truth import Truth
from screener.vet.account import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.registry.study import Study
    from screener.vet.about import About, Span


class _Door(Enum):
    """Whether new people can come in. CLOSED is for good or for now; ENDED says that it is over."""

    NOT_YET = "not yet"
    OPEN = "open"
    CLOSED = "closed"
    ENDED = "ended"


_DOORS = {
    "NOT_YET_RECRUITING": _Door.NOT_YET,
    "RECRUITING": _Door.OPEN,
    "ENROLLING_BY_INVITATION": _Door.OPEN,
    "AVAILABLE": _Door.OPEN,
    "ACTIVE_NOT_RECRUITING": _Door.CLOSED,
    "SUSPENDED": _Door.CLOSED,
    "TEMPORARILY_NOT_AVAILABLE": _Door.CLOSED,
    "COMPLETED": _Door.ENDED,
    "TERMINATED": _Door.ENDED,
    "WITHDRAWN": _Door.ENDED,
    "NO_LONGER_AVAILABLE": _Door.ENDED,
}
_PEOPLE = (
    r"(?:(?:new|eligible|more)[ ])?(?:patients|participants|people|volunteers|enroll?ment|accrual|recruitment"
    r"|applicants|adults)"
)
_TAKES = r"(?:recruit|enroll?|accept|tak|admitt|accru)\w*ing"
_INTAKE = r"(?:enroll?ment|accrual|recruitment)"
_SO = r"(?:is|has[ ]been|was)[ ](?:now[ ])?"
_STOPPED = r"(?:no[ ]longer|not(?:[ ]currently|[ ]now)?|stopped|ceased|paused|finished)"
# In the order in which they are tried at one place: what denies comes before what it denies.
_SAID = re.compile(
    rf"""(?ix) (?<![a-z-]) (?:
    (?P<not_yet> not[ ]yet[ ](?:open|recruiting|enroll?ing|accepting|started|begun)
      | will[ ](?:open|start|begin)[ ](?:recruit|enroll?)\w* | opening[ ]soon )
  | (?P<closed> {_STOPPED}[ ](?:open\b|{_TAKES}|{_INTAKE}) | active,?[ ]not[ ]recruiting
      | closed[ ](?:to|for)[ ]{_PEOPLE}
      | {_INTAKE}[ ]{_SO}(?:closed|complete|completed|full|paused|halted|suspended|on[ ]hold)
      | (?:trial|study)[ ]{_SO}(?:closed|suspended|paused|on[ ]hold|full) )
  | (?P<ended> (?:trial|study|it|NCT[0-9]{{8}})[ ](?:has[ ]|{_SO})(?:been[ ])?
        (?:completed|terminated|withdrawn|over|ended)
      | (?:trial|study)[ ]ended )
  | (?P<open> (?:now[ ]|currently[ ]|actively[ ]|still[ ])? (?:
        (?:open|opened)[ ](?:to|for)[ ]{_PEOPLE}(?![ ](?:with|who|aged|over|of))
      | (?:recruiting|enroll?ing)(?![ ](?:began|started|center|site|ended|stopped|soon))
      | (?:accepting|admitting|taking|seeking|looking[ ]for)[ ]{_PEOPLE}
      | (?:now|currently|still)[ ]open(?![ ](?:label|to[ ](?!{_PEOPLE}))) ) )
    ) (?![a-z-])"""
)
# A status alone in its cell, or after its label.
_CELL = re.compile(
    r"""(?imx) (?:(?<=[|\t]) | ^(?:[^|\n:]{0,30}\b(?:status|enroll?ment|recruitment)[ ]?:)?) [ ]* (?:
    (?P<not_yet>not[ ]yet[ ](?:recruiting|open))
  | (?P<open>(?:(?:now|currently|actively)[ ])?(?:recruiting|enroll?ing|open)(?:[ ]now)?)
  | (?P<closed>closed|suspended|paused|active,?[ ]not[ ]recruiting|not[ ]recruiting)
  | (?P<ended>completed|terminated|withdrawn|ended)
    ) [ ]* (?=[|\t\n,;(.] | $ | [ ]?as[ ]of | [ ]?since)"""
)
# Words before it that speak of another time, another trial, or a condition.
_UNSURE = re.compile(
    r"(?i:\b(?:was|were|if|when|until|once|whether|before|had been|used to|(?-i:may)|might|should|will|would|could"
    r"|sites? (?:still )?show|in (?:19|20)[0-9]{2}|some|other|another|similar|many|trials|studies"
    r"|groups?|newsletters?)\b[^,;:|\t]{0,40})$"
)
_QUESTION = re.compile(r"\?[\"')\s]*$")
_BEFORE = 60


def status_point(about: About, study: Study) -> Point | None:
    """Whether page and record agree that the trial takes people; None where one of the two does not say.

    A page that says both is not held against anything, nor is a trial whose status the registry does not know.
    """
    said = [
        (door, match)
        for span in about.sentences()
        if not _QUESTION.search(about.even, *span)
        for door, match in _said(about.even, span)
    ]
    stated = _DOORS.get(study.status)
    if not said or stated is None:
        return None
    _, match = said[0]
    words = match[0].strip(" |\t\n")
    start = match.start() + match[0].index(words)
    record = study.status.replace("_", " ")
    if study.status_verified:
        record += f", verified {study.status_verified}"
    quote = about.quote(start, start + len(words))
    return Point("status", _agree({door for door, _ in said}, stated), quote.text, record, quote)


def _agree(said: set[_Door], stated: _Door) -> Truth:
    for only in (_Door.OPEN, _Door.NOT_YET):
        if only in said and len(said) > 1:
            return Truth.UNKNOWN
        if (only in said) != (only is stated):
            return Truth.FALSE
    # Closed and over are one to whoever looks for a trial, but a closed one need not be over.
    return Truth.TRUE if stated in said or _Door.CLOSED in said else Truth.UNKNOWN


def _said(text: str, span: Span) -> Iterator[tuple[_Door, re.Match[str]]]:
    """What a sentence says of it, without what it says of other times and conditions."""
    for match in list(_CELL.finditer(text, *span)) or _SAID.finditer(text, *span):
        before = text[max(span[0], match.start() - _BEFORE) : match.start()]
        if not _UNSURE.search(before):
            yield _Door[(match.lastgroup or "").upper()], match
