"""What an answer of the registry holds, taken with care: its packing, its JSON, its records, its next page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from screener.errors import clean
from screener.registry.faults import fault

if TYPE_CHECKING:
    import requests

_LONGEST_TOKEN = 2048


def is_packed(response: requests.Response, url: str) -> bool:
    """Whether the body is gzip. Raises NetworkError for any other packing."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in {"gzip", "x-gzip"}:
        return True
    if encoding in {"identity", ""}:
        return False
    raise fault(f"{url}: the answer is packed in a way that was not asked for: {clean(encoding[:40])}")


def parsed(data: bytes, url: str) -> object:
    """The JSON value of a body. Raises NetworkError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(f"{url}: the answer is not UTF-8 (byte {error.start + 1:,})") from None
    try:
        value = json.loads(text, parse_constant=_no_number)
        if "\\ud" in text.lower():  # half a character, escaped, could be neither printed nor kept
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise fault(f"{url}: the answer holds half a character") from None
    except json.JSONDecodeError as error:
        what = f"{url}: the answer is not valid JSON (line {error.lineno}, column {error.colno})"
        raise fault(what) from None
    except (ValueError, RecursionError):
        raise fault(f"{url}: the answer is JSON that cannot be used: too deep, or a number out of bounds") from None
    return value


def _no_number(_: str) -> None:
    raise ValueError


def records_of(page: object, where: str) -> list[dict[str, Any]]:
    """The records of a page. Raises NetworkError."""
    records = page.get("studies") if isinstance(page, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise fault(f"{where}: the answer is not a page of studies")
    return records


def next_page(page: object, where: str) -> str | None:
    """The token of the next page, None on the last. Raises NetworkError."""
    token = page.get("nextPageToken") if isinstance(page, dict) else None
    if token is None or (isinstance(token, str) and 0 < len(token) <= _LONGEST_TOKEN):
        return token
    raise fault(f"{where}: the answer does not name its next page in a way that can be used")


def ids_of(record: object) -> tuple[str, list[object]]:
    """The number of a record and its former ones; "" and none where the record does not tell."""
    part = record
    for name in ("protocolSection", "identificationModule"):
        part = part.get(name) if isinstance(part, dict) else None
    fields = part if isinstance(part, dict) else {}
    found, aliases = fields.get("nctId"), fields.get("nctIdAliases")
    return found if isinstance(found, str) else "", aliases if isinstance(aliases, list) else []
