"""How the client's bytes travel: never for longer than a deadline, and over TLS 1.2 alone where that is asked for."""

from __future__ import annotations

import io
import ssl
from functools import partial
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, cast

from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from socket import socket

    from _typeshed import WriteableBuffer
    from requests import PreparedRequest, Session
    from urllib3 import HTTPConnectionPool, ProxyManager


class LateError(TimeoutError):
    """An answer takes longer in all than the seconds it may take, however short its pauses are."""

    def __init__(self, seconds: float) -> None:
        """Take the seconds that it may take."""
        super().__init__()
        self.seconds = seconds


class Transport(HTTPAdapter):
    """The connections of one client. Certificates are verified in any case."""

    def __init__(self, clock: Callable[[], float], seconds: float, *, only_tls_1_2: bool) -> None:
        """Take a clock that never goes back, and the seconds for one answer from its first byte awaited to its last."""
        self._response = partial(_Response, clock=clock, seconds=seconds)
        # Some networks that refuse TLS 1.3 from a program let TLS 1.2 pass (domain.md 3.6).
        version = ssl.TLSVersion.TLSv1_2
        # This context trusts nobody yet: certifi's or REQUESTS_CA_BUNDLE's authorities are added for each connection.
        context = create_urllib3_context(ssl_minimum_version=version, ssl_maximum_version=version)
        self._options: dict[str, Any] = {"ssl_context": context} if only_tls_1_2 else {}
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: object) -> None:  # noqa: FBT001, FBT002 - the parent's
        """Make the pools of direct connections."""
        super().init_poolmanager(connections, maxsize, block, **options, **self._options)

    def proxy_manager_for(self, proxy: str, **options: object) -> ProxyManager:
        """Make the pools of connections through a proxy."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **options, **self._options)
        return manager

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,  # noqa: FBT001 - the parent's
        proxies: Mapping[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
    ) -> HTTPConnectionPool:
        """The pool for a request, whose connections keep the deadline."""
        pool = cast("HTTPConnectionPool", super().get_connection_with_tls_context(request, verify, proxies, cert))
        if not hasattr(pool.ConnectionCls, "is_timed"):
            timed = {"response_class": staticmethod(self._response), "is_timed": True}
            pool.ConnectionCls = type("Timed", (pool.ConnectionCls,), timed)
        return pool


def silent(session: Session, transport: Transport, headers: Mapping[str, str]) -> Session:
    """The session with nothing to tell: these headers only, no cookie kept, no password from ~/.netrc."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, transport)
    session.headers.clear()
    session.headers.update(headers)
    session.cookies.clear()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Even where it does not follow a redirect, requests looks where it leads and reads its body, however long.
    session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]  # noqa: ARG005
    session.auth = lambda request: request  # any auth keeps requests from looking into ~/.netrc
    return session


class _Response(HTTPResponse):
    """An answer that is read against the clock from its status line on: headers, sizes of chunks and body alike."""

    def __init__(
        self,
        sock: socket,
        debuglevel: int = 0,
        method: str | None = None,
        *,
        clock: Callable[[], float],
        seconds: float,
    ) -> None:
        super().__init__(sock, debuglevel, method)
        self.fp: io.BufferedReader = io.BufferedReader(_Timed(self.fp.detach(), clock, seconds))


class _Timed(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, clock: Callable[[], float], seconds: float) -> None:
        self._raw, self._clock, self._seconds = raw, clock, seconds
        self._end = clock() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        # One read waits no longer than the pause that is allowed, so to look at the clock after each is enough.
        count = self._raw.readinto(buffer)
        if self._clock() > self._end:
            raise LateError(self._seconds)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
