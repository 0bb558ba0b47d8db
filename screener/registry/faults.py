"""What can go wrong between here and the registry, each with what to do."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import requests
import urllib3.exceptions as transport

from screener.errors import ExitCode, InputError, Problem, clean
from screener.registry.address import BASE
from screener.registry.transport import LateError

if TYPE_CHECKING:
    from collections.abc import Iterator

TLS = "SCREENER_TLS"  # the environment's word for TLS 1.2 alone
LATER = "try again later, or use a file that was saved before: --input saved.json"
# Not the address that failed: it may be the version's. A page has ten studies if no size is given (domain.md 3.2).
_SAVED = (
    f"open {BASE}/studies?query.term=mesothelioma+CAR-T&pageSize=1000 (or your own words) in a browser, save the answer"
    ", and read it with --input saved.json"
)
_SIGN_IN = "where the network has a sign-in page, sign in first"
_SHOWN = 300  # characters of the registry's own words
_FORBIDDEN, _NOT_FOUND, _TOO_MANY = 403, 404, 429
PASSING = frozenset({429, 500, 502, 503, 504})  # answers that may be others soon


class NetworkError(InputError):
    """The registry could not be asked, or its answer cannot be used."""

    exit_code = ExitCode.NETWORK


class PassingError(NetworkError):
    """A failure that may be gone soon. `wait`: the seconds that the registry asks for, None if it names none."""

    def __init__(self, problem: Problem, wait: float | None = None) -> None:
        """Take what is wrong, and how long to wait."""
        super().__init__(problem)
        self.wait = wait

    def final(self, attempts: int) -> NetworkError:
        """The same once nothing more is tried."""
        tries = f" ({attempts} attempts)" if attempts > 1 else ""
        return NetworkError(*(Problem(problem.message + tries, problem.remedy) for problem in self.problems))


class RefusedError(NetworkError):
    """The registry, or a network on the way, refuses the program (403)."""

    def final(self, *, only_tls_1_2: bool) -> NetworkError:
        """The same with the ways on that are left once it was asked on two connections."""
        other = f"try from another network{'' if only_tls_1_2 else f', or with {TLS}=1.2'}, or {_SAVED}"
        return NetworkError(*(Problem(f"{problem.message} (2 attempts)", other) for problem in self.problems))


class UnknownStudyError(NetworkError):
    """The registry has no study of this number."""


def fault(what: str, remedy: str = LATER) -> NetworkError:
    """A failure that asking again does not mend."""
    return NetworkError(Problem(what, remedy))


def status_fault(where: str, status: int, words: str, wait: float | None = None) -> NetworkError:
    """What an answer of an HTTP `status` other than 200 means; `words` is its text, "" if it is not plain text."""
    said = _said(words)
    if status == _FORBIDDEN:
        what = f"{where} refuses this program or this network (403){said}"
        return RefusedError(Problem(what, f"try from another network, or {_SAVED}"))
    if status == _NOT_FOUND:
        return UnknownStudyError(
            Problem(
                f"{where} is not there (404){said}", "check the number of the study and the address of the registry"
            )
        )
    if status in PASSING:
        what = "is asked too often (429)" if status == _TOO_MANY else f"is out of order ({status})"
        asks = f"; it asks to wait {wait:.0f} seconds" if wait is not None and wait != float("inf") else ""
        return PassingError(Problem(f"{where} {what}{said}{asks}", LATER), wait)
    if 400 <= status < 500:  # noqa: PLR2004 - the range of HTTP
        return fault(f"{where} does not accept the request ({status}){said}", "check the search words and the filters")
    return fault(f"{where} gives an answer that is not expected ({status}){said}")


def elsewhere_fault(where: str, to: str) -> NetworkError:
    """A redirect that leaves the registry, or names no place that can be used."""
    what = f"{where} redirects to another place: {clean(to[:_SHOWN]) or '(none is named)'}"
    return fault(what, f"{_SIGN_IN}; else check the address of the registry")


def kind_fault(where: str, kind: str) -> NetworkError:
    """An answer that is something other than JSON, whatever its status."""
    named = clean(kind.strip()[:80]) or "of no named kind"
    return fault(f"{where}: the answer is {named}, not application/json", f"{_SIGN_IN}; else {LATER}")


def size_fault(where: str, most: int) -> NetworkError:
    """An answer of more than so many bytes."""
    return fault(f"{where}: the answer is larger than {most:,} bytes", "narrow the search, or take smaller pages")


def transport_fault(error: Exception, where: str) -> NetworkError:
    """What a failure of `requests`, urllib3 or TLS means. Its own text is not shown: it may hold a proxy's password."""
    causes = list(_causes(error))

    def among(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(where, cause.verify_message)
        if isinstance(cause, LateError):
            return fault(f"{where}: the answer takes longer than {cause.seconds:.0f} seconds")
    if among(requests.exceptions.SSLError, transport.SSLError):
        return fault(f"{where}: no secure connection can be made", f"check the network and its proxy, or {_SAVED}")
    if among(requests.exceptions.ProxyError, transport.ProxyError, requests.exceptions.InvalidProxyURL):
        return fault(f"{where} cannot be reached through the proxy", "check HTTPS_PROXY and NO_PROXY")
    if among(requests.exceptions.InvalidSchema):
        return fault(f"{where}: this kind of proxy cannot be used", "name an http:// proxy in HTTPS_PROXY")
    if among(requests.exceptions.Timeout, transport.TimeoutError) and not among(transport.NewConnectionError):
        return PassingError(Problem(f"{where} does not answer in time", LATER))
    if among(transport.NewConnectionError):
        return fault(f"{where} cannot be reached", f"check the network connection; {LATER}")
    if among(requests.exceptions.ConnectionError, transport.ProtocolError):
        return PassingError(Problem(f"{where}: the connection was cut before the answer was complete", LATER))
    return fault(f"{where} cannot be asked", "check the address of the registry and the proxy settings")


def _certificate(where: str, reason: str) -> NetworkError:
    what = f"{where}: the certificate cannot be trusted: {reason.rstrip('.')[:_SHOWN]}"
    remedy = (
        "check the date of this machine; where a firm's proxy opens secure connections, "
        "name its certificates in REQUESTS_CA_BUNDLE"
    )
    return fault(what, remedy)


def _said(words: str) -> str:
    text = " ".join(clean(words).split())
    if len(text) > _SHOWN:
        text = text[:_SHOWN].rstrip() + " …"
    return f": {text}" if text else ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]
