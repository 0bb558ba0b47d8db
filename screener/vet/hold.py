"""The trials that a page names, held against their records. What cannot be read surely is not said to differ."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from screener.registry.records import Record
from screener.truth import Truth
from screener.vet.about import abouts
from screener.vet.account import Held, Point
from screener.vet.numbers import CLINICALTRIALS
from screener.vet.points.sites import sites_point
from screener.vet.points.sponsor import sponsor_point
from screener.vet.points.status import status_point
from screener.vet.points.target import target_point
from screener.vet.points.title import title_point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from screener.vet.account import Registration


class Missing(Enum):
    """What the registry says instead of a record."""

    NO_SUCH_STUDY = "no such study"


NO_SUCH_STUDY: Final = Missing.NO_SUCH_STUDY

_POINTS = (title_point, sponsor_point, target_point, status_point, sites_point)


def hold(
    text: str, registrations: Iterable[Registration], lookup: Callable[[str], Record | Missing | None]
) -> tuple[Held, ...]:
    """Each trial of ClinicalTrials.gov that the text names, once, with the points on which its record speaks as well.

    `lookup` gives the record of a number, NO_SUCH_STUDY if the registry itself says so, None if it is not known here.
    It is asked once for each number. Points are in the order exists, title, sponsor, target, status, sites.
    """
    named = [one for one in registrations if one.register == CLINICALTRIALS]
    first = {one.number: one for one in reversed(named)}
    order = dict.fromkeys(one.number for one in named)
    found = {number: lookup(number) for number in order}
    studies = {number: one.study if isinstance(one, Record) else None for number, one in found.items()}
    stretches = abouts(text, named, studies)
    held = []
    for number, record in found.items():
        quote = first[number].quote
        if isinstance(record, Record):
            exists = Point("exists", Truth.TRUE, number, record.study.brief_title or record.study.nct_id, quote)
            points = (point(stretches[number], record.study) for point in _POINTS)
            held.append(Held(number, Truth.TRUE, record, (exists, *(point for point in points if point))))
        elif record is NO_SUCH_STUDY:
            exists = Point("exists", Truth.FALSE, number, "no study of this number", quote)
            held.append(Held(number, Truth.FALSE, None, (exists,)))
        else:
            held.append(Held(number, Truth.UNKNOWN, None))
    return tuple(held)
