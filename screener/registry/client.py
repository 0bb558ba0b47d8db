"""The client of the registry ClinicalTrials.gov, API v2 (its OpenAPI description 2.0.5; domain.md 3).

Nothing leaves the machine but method, path, search words and the headers in `HEADERS`; what comes back is not trusted.
"""

from __future__ import annotations

import random as chance
import re
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions

from screener import __version__
from screener.errors import InputError, Problem, UsageError, clean
from screener.registry.address import BASE, checked, origin
from screener.registry.answer import ids_of, is_packed, next_page, parsed, records_of
from screener.registry.faults import (
    LATER,
    TLS,
    PassingError,
    RefusedError,
    elsewhere_fault,
    fault,
    kind_fault,
    size_fault,
    status_fault,
    transport_fault,
)
from screener.registry.pace import LONGEST, Pace, asked_wait
from screener.registry.transport import Transport, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HEADERS = {
    "User-Agent": f"screener/{__version__} (pre-screening aid for clinical trials)",
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "Connection": "keep-alive",
}
LARGEST_PAGE = 1000  # the registry cuts larger ones (OpenAPI 2.0.5, pageSize)
_PAGE = 100  # whole records: about 10 MB
_NCT = re.compile(r"NCT[0-9]{8}")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_CHUNK = 1 << 16
_WORDS = 4096  # bytes that are read of an error's text
_LONGEST_VERSION = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client takes at most: seconds, bytes (sent and unpacked), and how often."""

    connect: float = 10.0
    silence: float = 30.0  # between two pieces of an answer
    answer: float = 300.0  # a whole answer with its headers, however steadily it drips
    size: int = 64 << 20
    pages: int = 100
    redirects: int = 5
    attempts: int = 5


class Client:
    """Asks one registry, one request a second. Every failure is a NetworkError."""

    def __init__(
        self,
        base_url: str = BASE,
        *,
        session: requests.Session | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = chance.random,
        limits: Limits | None = None,
        tls: str = "",
    ) -> None:
        """Take the address of the API (https, or http on this machine), and `tls` "1.2" for that version alone.

        Raises UsageError.
        """
        if tls not in {"", "1.2"}:
            raise UsageError(
                Problem(f"{clean(tls[:40])} is no version of TLS to choose", f"leave {TLS} out, or set it to 1.2")
            )
        self._base = base_url.rstrip("/")
        self._origin = origin(checked(self._base))
        self._pace = Pace(clock, sleep, random)
        self._limits = limits or Limits()
        self._only_tls_1_2 = bool(tls)
        transport = Transport(clock, self._limits.answer, only_tls_1_2=self._only_tls_1_2)
        self._session = silent(session or requests.Session(), transport, HEADERS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def studies(
        self, params: Mapping[str, str], counted: Callable[[int], object] = lambda _number: None
    ) -> Iterator[dict[str, Any]]:
        """All records that `params` find, page after page. Raises NetworkError, also after some records were given.

        `counted` is told how many there are, if the registry says so: with `countTotal`, on the first page. Each
        further page repeats all parameters; a page may be empty; the last one has no token (domain.md 3.2).
        """
        where = self._where("/studies")
        wanted = {**params, "pageSize": _page_size(params.get("pageSize"))}
        seen: set[str] = set()
        for _ in range(self._limits.pages):
            page, _url = self._ask("/studies", wanted)
            if (total := _total(page)) is not None:
                counted(total)
            yield from records_of(page, where)
            token = next_page(page, where)
            if token is None:
                return
            if token in seen:
                raise fault(f"{where} gives the same page again and again")
            seen.add(token)
            wanted["pageToken"] = token
        raise fault(f"{where} gives more than {self._limits.pages} pages", "narrow the search: add a word or a filter")

    def study(self, nct_id: str) -> tuple[str, dict[str, Any]]:
        """The record of a study, and its number, which is another one where the study was merged into another.

        Raises UsageError (not a number of a study), UnknownStudyError and other NetworkErrors.
        """
        if not _NCT.fullmatch(nct_id):
            raise UsageError(
                Problem(f"{nct_id[:40]!r} is not the number of a study", "write NCT and eight digits: NCT01234567")
            )
        path = f"/studies/{nct_id}"
        record, url = self._ask(path, {})
        found, aliases = ids_of(record)
        moved = url != self._base + path
        if not isinstance(record, dict) or not _NCT.fullmatch(found):
            raise fault(f"{self._where(path)}: the answer is not a record of a study")
        if found != nct_id and not moved and nct_id not in aliases:
            raise fault(f"{self._where(path)}: the answer is the record of another study, {found}")
        return found, record

    def version(self) -> tuple[str, str]:
        """The version of the API and the time stamp of its data, as text. Raises NetworkError."""
        answer, _ = self._ask("/version", {})
        fields = answer if isinstance(answer, dict) else {}
        texts = [fields.get(name) for name in ("apiVersion", "dataTimestamp")]
        api, data = (clean(text)[:_LONGEST_VERSION] if isinstance(text, str) else "" for text in texts)
        if not api or not data:
            raise fault(f"{self._where('/version')}: the answer does not tell the version of the API and of its data")
        return api, data

    def _where(self, path: str) -> str:
        return self._base + path

    def _ask(self, path: str, params: Mapping[str, str]) -> tuple[object, str]:
        """The value of an answer and the address that gave it; failures that may pass are tried again."""
        failures = 0
        refused = False
        while True:
            try:
                return self._follow(self._base + path, params)
            except RefusedError as error:
                if refused:
                    raise error.final(only_tls_1_2=self._only_tls_1_2) from None
                refused = True
                self._session.close()  # the connections: the next request makes a new one (domain.md 3.6)
            except PassingError as error:
                failures += 1
                if failures >= self._limits.attempts or (error.wait or 0) > LONGEST:
                    raise error.final(failures) from None
                self._pace.back_off(failures, error.wait)

    def _follow(self, url: str, params: Mapping[str, str]) -> tuple[object, str]:
        first = url
        for _ in range(self._limits.redirects + 1):
            self._pace.turn()
            try:
                with self._send(url, params) as response:
                    if response.status_code not in _REDIRECTS:
                        return self._value(response, url), url
                    url, params = self._target(response, url), {}
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                raise transport_fault(error, url) from None
        raise fault(f"{first} redirects more than {self._limits.redirects} times")

    def _send(self, url: str, params: Mapping[str, str]) -> requests.Response:
        # Redirects are followed here and not by requests, which would go to other hosts.
        return self._session.get(
            url,
            params=dict(params),
            stream=True,
            allow_redirects=False,
            timeout=(self._limits.connect, self._limits.silence),
        )

    def _target(self, response: requests.Response, url: str) -> str:
        to = response.headers.get("Location", "")
        try:
            target = urljoin(url, to)
            parts = urlsplit(target)
            own = origin(parts) == self._origin and not (parts.username or parts.password)
        except ValueError:
            own = False
        if not to or not own:
            raise elsewhere_fault(url, to)
        return target

    def _value(self, response: requests.Response, url: str) -> object:
        kind, _, rest = response.headers.get("Content-Type", "").lower().partition(";")
        if response.status_code != _OK:
            wait = asked_wait(response.headers.get("Retry-After", ""), response.headers.get("Date", ""))
            words = self._words(response, url) if kind.strip() == "text/plain" else ""
            raise status_fault(url, response.status_code, words, wait)
        if kind.strip() != "application/json":
            raise kind_fault(url, kind)
        charset = re.search(r'charset\s*=\s*"?([^\s";]*)', rest)
        if charset and charset[1] not in {"utf-8", "utf8"}:
            raise fault(f"{url}: the answer is not in UTF-8 but in {clean(charset[1][:40])}")
        return parsed(self._body(response, url), url)

    def _words(self, response: requests.Response, url: str) -> str:
        """The beginning of an error's text: that it cannot be read is no reason to hide the error."""
        data = b""
        try:
            for chunk in self._chunks(response):
                data += chunk
                if len(data) >= _WORDS:
                    break
            data = zlib.decompressobj(31).decompress(data, _WORDS) if is_packed(response, url) else data
        except (requests.RequestException, urllib3.exceptions.HTTPError, InputError, zlib.error):
            return ""
        return data[:_WORDS].decode("utf-8", "replace")

    def _body(self, response: requests.Response, url: str) -> bytes:
        declared = response.headers.get("Content-Length", "").strip()
        too_large = size_fault(url, self._limits.size)
        packed = is_packed(response, url)
        if declared.isascii() and declared.isdigit() and (len(declared) > 15 or int(declared) > self._limits.size):  # noqa: PLR2004
            raise too_large
        data = bytearray()
        for chunk in self._chunks(response):
            data += chunk
            if len(data) > self._limits.size:
                raise too_large
        if not packed:
            return bytes(data)
        unpacking = zlib.decompressobj(31)  # 31: gzip, and nothing else
        try:
            plain = unpacking.decompress(data, self._limits.size + 1)
        except zlib.error:
            raise fault(f"{url}: the answer is damaged: its gzip data cannot be unpacked") from None
        if len(plain) > self._limits.size:
            raise too_large
        if not unpacking.eof:
            raise PassingError(Problem(f"{url}: the end of the answer is missing", LATER))
        return plain

    def _chunks(self, response: requests.Response) -> Iterator[bytes]:
        # read1 gives what is there; read would wait for a whole chunk, which a slow drip never fills.
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            yield chunk


def _total(page: object) -> int | None:
    total = page.get("totalCount") if isinstance(page, dict) else None
    return total if type(total) is int and total >= 0 else None


def _page_size(wanted: str | None) -> str:
    if wanted is None:
        return str(_PAGE)
    if not re.fullmatch(r"[0-9]{1,9}", wanted) or not int(wanted):
        raise UsageError(Problem(f"{wanted[:40]!r} is not a page size", f"give a number from 1 to {LARGEST_PAGE}"))
    return str(min(int(wanted), LARGEST_PAGE))
