"""`coverplan serve`: the map page from this machine, to this machine, with a solver behind it.

The server listens on the loopback address alone. It answers only requests that name it as this
machine does (a page of another site whose name was bound to 127.0.0.1 is refused by its Host
header), takes orders only from its own page (Origin, and a random token the page holds), and knows
a handful of paths: it reads no file by name and lists no folder.
"""

import contextlib
import errno
import hmac
import json
import os
import secrets
import socket
import socketserver
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from .core.errors import InputError, Problem
from .core.text import Text
from .serveasks import NearAsk, NoAsk, SaveAsk, SolveAsk, asked
from .serveplans import BusyError, internal, said
from .servesession import Session

HOST = "127.0.0.1"
TOKEN_HEADER = "X-Coverplan-Token"  # noqa: S105 - a name
MOST_BODY = 256_000
"""Bytes of an order at most."""

_MOST_PORT = 65_535
_HTTP_PORT = 80
_QUERY_LENGTH = 200
_SECONDS_TO_SPEAK = 20.0
_ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def new_token() -> str:
    """Return a word nobody can guess."""
    return secrets.token_urlsafe(32)


class MapServer(ThreadingHTTPServer):
    """A server of one session on the loopback address.

    Parameters
    ----------
    session
        What it answers from.
    port
        Port to listen on; 0: any that is free.
    policy
        Content security policy of a page, by the page.

    Raises
    ------
    InputError
        When it cannot listen there.
    """

    daemon_threads = True
    # On Windows a second server could take the same port then.
    allow_reuse_address = os.name != "nt"

    def __init__(self, session: Session, port: int, policy: Callable[[str], str]) -> None:
        self.session = session
        self.policy = policy
        if not 0 <= port <= _MOST_PORT:
            raise InputError([_port(port, Text("不是端口号", "no port"))])
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise InputError([_port(port, _why(error))]) from error

    def server_bind(self) -> None:
        """Take the port, without the library's look for this machine's name in the network.

        That can last for seconds, and fails where the name is written in Chinese.
        """
        socketserver.TCPServer.server_bind(self)
        self.server_name = HOST
        self.server_port = int(self.server_address[1])

    @property
    def address(self) -> str:
        """Where the page is, for a browser."""
        return f"http://{HOST}:{self.server_port}/"

    @property
    def names(self) -> frozenset[str]:
        """How this machine may call the server."""
        hosts = {HOST, "localhost"}
        named = {f"{host}:{self.server_port}" for host in hosts}
        # A browser leaves the port of http out.
        return frozenset(named | hosts if self.server_port == _HTTP_PORT else named)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a browser goes away in the middle of an answer."""


class _Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """A request that is answered with a status and words."""

    def __init__(self, status: HTTPStatus, words: Text) -> None:
        super().__init__(words.en)
        self.status = status
        self.words = words


class _Handler(BaseHTTPRequestHandler):
    server: MapServer
    server_version = "coverplan"
    sys_version = ""
    timeout = _SECONDS_TO_SPEAK

    def setup(self) -> None:
        """Begin to listen, and stop after a while: a request that drips in would never end."""
        super().setup()
        self._patience = threading.Timer(_SECONDS_TO_SPEAK, self._heard)
        self._patience.daemon = True
        self._patience.start()

    def finish(self) -> None:
        """End the connection."""
        self._patience.cancel()
        super().finish()

    def _heard(self) -> None:
        """Take what came for all there is; an answer can still be written."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RD)

    def do_GET(self) -> None:
        """Answer with a page, or with how far a search is."""
        self._guarded(self._get)

    def do_POST(self) -> None:
        """Take an order of the page."""
        self._guarded(self._post)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what cannot be understood in words, not with a page of the library."""
        del message, explain
        status = HTTPStatus(code)
        if status == HTTPStatus.NOT_IMPLEMENTED:
            status = HTTPStatus.METHOD_NOT_ALLOWED
        self._answer(status, {"problems": [_words(_NOT_UNDERSTOOD)]})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the terminal is the planner's."""

    def _guarded(self, work: Callable[[], None]) -> None:
        """Answer, and turn whatever goes wrong into words."""
        try:
            self._check_host()
            work()
        except _Refused as refused:
            self._answer(refused.status, {"problems": [_words(refused.words)]})
        except InputError as error:
            problems = [said(problem) for problem in error.problems]
            self._answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"problems": problems})
        except BusyError:
            self._answer(HTTPStatus.CONFLICT, {"problems": [_words(_BUSY)]})
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception as error:  # noqa: BLE001 - a planner never sees a traceback
            self.server.session.told(error)
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, {"problems": [said(internal())]})

    def _get(self) -> None:
        if not self.path.startswith("/"):  # an address with a host in it, "*", or nonsense
            raise _Refused(HTTPStatus.NOT_FOUND, _NOT_HERE)
        path, _, query = self.path.partition("?")
        if path == "/":
            self._page(query)
        elif self.path == "/progress":
            self._answer(HTTPStatus.OK, self.server.session.progress())
        elif self.path == "/plans":
            self._answer(HTTPStatus.OK, {"plans": self.server.session.plans()})
        else:
            raise _Refused(HTTPStatus.NOT_FOUND, _NOT_HERE)

    def _page(self, query: str) -> None:
        """Answer with the page of a plan; the study's own where none is named."""
        if len(query) > _QUERY_LENGTH:
            raise _Refused(HTTPStatus.NOT_FOUND, _NOT_HERE)
        named = parse_qs(query, keep_blank_values=True)
        values = named.pop("plan", ["0"])
        number = values[0]
        if named or len(values) != 1 or not (number.isascii() and number.isdigit()):
            raise _Refused(HTTPStatus.NOT_FOUND, _NOT_HERE)
        page = self.server.session.page(int(number))
        if page is None:
            raise _Refused(HTTPStatus.NOT_FOUND, _GONE)
        policy = f"{self.server.policy(page)}; frame-ancestors 'none'"
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", page.encode("utf-8"), policy)

    def _post(self) -> None:
        data = self._order()
        session = self.server.session
        path = self.path
        if path == "/solve":
            session.solve(asked(SolveAsk, data))
            self._answer(HTTPStatus.ACCEPTED, session.progress())
        elif path == "/cancel":
            asked(NoAsk, data)
            self._answer(HTTPStatus.OK, {"cancelled": session.cancel()})
        elif path == "/near":
            self._answer(HTTPStatus.OK, session.near(asked(NearAsk, data)))
        elif path == "/save":
            folder = session.save(asked(SaveAsk, data))
            self._answer(HTTPStatus.OK, {"folder": str(folder)})
        else:
            raise _Refused(HTTPStatus.NOT_FOUND, _NOT_HERE)

    def _check_host(self) -> None:
        """Refuse who calls this server by another name: a page of another site, rebound here."""
        named = self.headers.get_all("Host") or []
        if len(named) != 1 or named[0].strip().lower() not in self.server.names:
            raise _Refused(HTTPStatus.FORBIDDEN, _NOT_YOURS)

    def _order(self) -> Any:
        """Return what an order says, after looking at who gives it."""
        headers = self.headers
        origins = headers.get_all("Origin") or []
        ours = {f"http://{name}" for name in self.server.names}
        if len(origins) != 1 or origins[0] not in ours:
            raise _Refused(HTTPStatus.FORBIDDEN, _NOT_YOURS)
        if headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise _Refused(HTTPStatus.FORBIDDEN, _NOT_YOURS)
        token = (headers.get(TOKEN_HEADER) or "").encode("utf-8", "replace")
        if not hmac.compare_digest(token, self.server.session.token.encode()):
            raise _Refused(HTTPStatus.FORBIDDEN, _NOT_YOURS)
        if headers.get_content_type() != "application/json" or "Content-Type" not in headers:
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _NOT_UNDERSTOOD)
        return self._body()

    def _body(self) -> Any:
        length = self.headers.get_all("Content-Length") or []
        if "Transfer-Encoding" in self.headers or len(length) != 1 or not length[0].isdecimal():
            raise _Refused(HTTPStatus.LENGTH_REQUIRED, _NOT_UNDERSTOOD)
        if len(length[0]) > len(str(MOST_BODY)) or int(length[0]) > MOST_BODY:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LONG)
        try:
            return json.loads(self.rfile.read(int(length[0])).decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, _NOT_UNDERSTOOD) from error

    def _answer(self, status: HTTPStatus, data: dict[str, Any]) -> None:
        body = json.dumps(data, ensure_ascii=True, allow_nan=False).encode("ascii")
        self._send(status, "application/json; charset=utf-8", body, _NOTHING)

    def _send(self, status: HTTPStatus, kind: str, body: bytes, policy: str) -> None:
        self.close_connection = True
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Connection", "close")
            for name, value in _ALWAYS.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            # The browser has gone: there is nobody left to tell.
            self.close_connection = True


def _words(words: Text) -> dict[str, str]:
    return {"code": "serve.refused", **words.as_dict()}


_NOT_YOURS = Text(
    "只接受本机上本页面发来的请求", "only requests of this page on this machine are answered"
)
_NOT_HERE = Text("没有这个地址", "there is nothing at this address")
_GONE = Text("没有这个方案，或已不再保留", "there is no such plan, or it is kept no more")
_NOT_UNDERSTOOD = Text("请求无法理解", "the request is not understood")
_TOO_LONG = Text("请求太长", "the request is too long")
_BUSY = Text(
    "正在求解另一个方案：请等它结束，或先取消",
    "another plan is being solved: wait for it, or cancel it first",
)


def _why(error: OSError) -> Text:
    if error.errno == errno.EADDRINUSE:
        return Text("端口已被占用", "another program listens there")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return Text("没有使用这个端口的权限", "no right to use this port")
    if isinstance(error, socket.gaierror):
        return Text("本机没有回环地址", "this machine has no loopback address")
    return Text.same((error.strerror or str(error))[:120])


def _port(port: int, why: Text) -> Problem:
    return Problem(
        code="serve.port",
        what=Text("不能在这个端口上启动", "the server cannot listen on this port"),
        column="--port",
        found=Text(f"{port}：{why.zh}", f"{port}: {why.en}"),
        expected=Text(
            f"0（自动）或 1024–{_MOST_PORT}", f"0 (any free one) or 1024 to {_MOST_PORT}"
        ),
        mend=Text("去掉 --port，由程序选一个空闲端口", "leave --port out: a free one is chosen"),
    )
