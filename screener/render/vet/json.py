"""The account of a page for programs: the document that screener/schema/vet.schema.json describes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from screener.errors import CONTROL
from screener.model.trust import TrustKind
from screener.render.vet.content import CLOSING, cut
from screener.truth import Truth

if TYPE_CHECKING:
    from screener.registry.records import Record
    from screener.render.vet.content import Looked
    from screener.vet.account import Account, Finding, Held, Point, Quote

SCHEMA_VERSION = 1
_ANSWERS = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown"}


def render_json(account: Account, looked: Looked) -> str:
    """The whole document, indented; control and direction characters are escaped, so that a terminal can show it."""
    text = json.dumps(document(account, looked), indent=2, ensure_ascii=False)
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def document(account: Account, looked: Looked) -> dict[str, Any]:
    """The document as plain data."""
    return {
        "schema": SCHEMA_VERSION,
        "source": {"name": cut(looked.name), "words": looked.words},
        "as_of": looked.day.isoformat(),
        "signals": [_finding(one) for one in account.of(TrustKind.SIGNAL)],
        "flags": [_finding(one) for one in account.of(TrustKind.FLAG)],
        "registrations": [
            {"number": cut(one.number), "register": cut(one.register), "quote": _quote(one.quote)}
            for one in account.registrations
        ],
        "trials": [_trial(held) for held in account.trials],
        "disclaimer": CLOSING,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    item = finding.item
    return {
        "id": item.id,
        "title": item.title,
        "standing": finding.standing.value,
        "quotes": [_quote(quote) for quote in finding.quotes],
        "why": item.why,
        "next": item.next,
        "note": finding.note,
        "source": item.source,
    }


def _quote(quote: Quote) -> dict[str, Any]:
    return {"start": quote.start, "end": quote.end, "text": cut(quote.text)}


def _trial(held: Held) -> dict[str, Any]:
    return {
        "nct_id": cut(held.nct_id),
        "exists": _ANSWERS[held.exists],
        "record": held.record and _record(held.record),
        "points": [_point(point) for point in held.points],
    }


def _record(record: Record) -> dict[str, Any]:
    study = record.study
    return {
        "title": cut(study.brief_title),
        "sponsor": cut(study.sponsor),
        "status": study.status.lower() or None,
        "status_verified": study.status_verified or None,
        "data_day": record.data_day or None,
        "fetched": record.stamp.fetched.date().isoformat(),
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "what": point.what,
        "agrees": _ANSWERS[point.agrees],
        "page": cut(point.page),
        "record": cut(point.record),
        "quote": point.quote and _quote(point.quote),
    }
