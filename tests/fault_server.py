"""A registry on this machine that misbehaves as it is told to, and keeps every byte that it is sent."""

from __future__ import annotations

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from io import BufferedIOBase

    Answer = Callable[["Asked"], None]

PATIENCE = 20.0  # seconds after which a test that hangs fails instead


class FaultServer:
    """Gives one answer after the other, the last one again and again."""

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.answers = list(answers)
        self.received = bytearray()
        self.paths: list[str] = []
        self.connections: list[str | None] = []  # the version of TLS of each, "" without TLS
        self.sent = 0  # bytes of bodies
        self.left = threading.Event()  # set when the test is over: an answer that hangs may end
        self.outwaited = False  # whether a client waited for longer than a drip lasts
        self._server = _Server(("127.0.0.1", 0), Asked)
        self._server.told = self
        self._scheme = "http"
        if tls:
            self._server.tls, self._scheme = tls, "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.left.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self.host}/api/v2"

    @property
    def queries(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(urlsplit(path).query)) for path in self.paths]

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    told: FaultServer
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls:  # here and not on the listening socket: a client that hangs up in the handshake is its own matter
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)
        if self.tls:
            request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: that the client hangs up is what many tests are about."""


class Asked(BaseHTTPRequestHandler):
    """One connection of the client."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def setup(self) -> None:
        super().setup()
        self.told = cast("_Server", self.server).told
        self.told.connections.append(self.connection.version() if isinstance(self.connection, ssl.SSLSocket) else "")
        self.rfile = cast("BufferedIOBase", _Recorder(self.rfile, self.told.received))

    def do_GET(self) -> None:
        self.told.paths.append(self.path)
        self.told.next_answer()(self)

    def do_CONNECT(self) -> None:
        self.do_GET()

    def head(self, status: int = 200, headers: Mapping[str, str] | None = None, kind: str = "application/json") -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def body(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()
        self.told.sent += len(data)

    def hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class _Recorder:
    def __init__(self, file: BufferedIOBase, received: bytearray) -> None:
        self._file, self._received, self.close = file, received, file.close
        self.closed = False

    def readline(self, size: int = -1) -> bytes:
        line = self._file.readline(size)
        self._received += line
        return line


def text(
    data: bytes | str, status: int = 200, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> Answer:
    """A whole answer."""
    raw = data.encode() if isinstance(data, str) else data

    def answer(asked: Asked) -> None:
        asked.head(status, {"Content-Length": str(len(raw)), **(headers or {})}, kind)
        asked.body(raw)

    return answer


def value(data: object) -> Answer:
    return text(json.dumps(data))


def redirect(to: str, status: int = 301) -> Answer:
    return text("", status, headers={"Location": to})


def silence(asked: Asked) -> None:
    """Take the request and say nothing."""
    asked.told.left.wait(PATIENCE)
    asked.hang_up()


def cut(asked: Asked) -> None:
    """Half of the body that was declared."""
    asked.head(headers={"Content-Length": "1000"})
    asked.body(b'{"studies": [')
    asked.hang_up()


def cut_chunks(asked: Asked) -> None:
    """Half of a chunked body."""
    asked.head(headers={"Transfer-Encoding": "chunked"})
    asked.body(b'd\r\n{"studies": [\r\n')
    asked.hang_up()


def no_answer(asked: Asked) -> None:
    """A connection that ends before the answer begins."""
    asked.hang_up()


def drip(asked: Asked) -> None:
    """One byte, and then nothing while the connection stays open."""
    asked.head(headers={"Content-Length": "1000"})
    asked.body(b"{")
    asked.told.outwaited = not asked.told.left.wait(PATIENCE)
    asked.hang_up()


def dripping(head: bytes, drop: bytes) -> Answer:
    """The beginning of an answer, and then drop after drop with pauses that are short."""

    def answer(asked: Asked) -> None:
        asked.hang_up()
        asked.body(head)
        end = time.monotonic() + PATIENCE
        while not asked.told.left.wait(0.001):
            asked.body(drop)
            if time.monotonic() > end:
                asked.told.outwaited = True
                return

    return answer


def endless(asked: Asked) -> None:
    """Spaces without end and without a declared length."""
    asked.head()
    asked.hang_up()
    while not asked.told.left.is_set():
        asked.body(b" " * 65536)


def declared(size: str) -> Answer:
    """A declared size, of which nothing comes."""

    def answer(asked: Asked) -> None:
        asked.head(headers={"Content-Length": size})
        silence(asked)

    return answer


class Clock:
    """A clock that goes only when something sleeps, or by `step` seconds whenever it is read."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 1000.0
        self.step = step
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.now += seconds
