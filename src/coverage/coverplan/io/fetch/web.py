"""Asking the servers of OpenStreetMap through osmnx: politely, with limits, and kept as received.

osmnx has settings for the whole process and changes how names of servers are resolved. Both are
set for the time of a request and put back as they were.
"""

import contextlib
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import geopandas as gpd

from ...core.errors import InputError, MissingExtraError
from ...core.text import Text
from .answers import content_of, is_map, is_places, parsed, remark_of
from .faults import bad_address, web_fault

OVERPASS = "https://overpass-api.de/api"
NOMINATIM = "https://nominatim.openstreetmap.org/"
_LONGEST_WAIT_SECONDS = 300.0
MOST_BYTES, MOST_SECONDS = 512 << 20, 1800.0
"""Of one answer: Overpass itself stops at 512 MiB unless asked for more."""
_LIMITS = Text(f"超过 {MOST_BYTES >> 20} MiB 或 {MOST_SECONDS / 60:.0f} 分钟",
               f"beyond {MOST_BYTES >> 20} MiB or {MOST_SECONDS / 60:.0f} minutes")  # fmt: skip
_OK, _REDIRECTS, _AGAIN = 200, range(300, 400), frozenset({429, 503, 504})

Announce = Callable[[Text], None]


@dataclass(slots=True)
class Servers:
    """Where and how to ask.

    Parameters
    ----------
    overpass, nominatim
        Addresses; checked by `check_address`.
    agent
        How to introduce oneself.
    language
        Of names, such as ``"zh"``.
    date
        ``YYYY-MM-DD`` for the map as of that day; empty for today's.
    timeout_seconds
        For one answer.
    attempts
        How often one answer is asked for at most.
    spacing_seconds
        Between two requests to a server that does not say how many it bears.
    sleep, announce
        Wait some seconds; say how far it is.
    """

    overpass: str = OVERPASS
    nominatim: str = NOMINATIM
    agent: str = "coverplan"
    language: str = "zh"
    date: str = ""
    timeout_seconds: int = 180
    attempts: int = 4
    spacing_seconds: float = 2.0
    sleep: Callable[[float], None] = time.sleep
    announce: Announce = field(default=lambda _: None)


class _Again(Exception):  # noqa: N818 - not shown to anybody
    """The answer may be better after a pause."""

    def __init__(self, kind: str, host: str, found: str, seconds: float | None = None) -> None:
        super().__init__(kind)
        self.kind, self.host, self.found, self.seconds = kind, host, found, seconds


def osmnx_module() -> Any:
    """Return osmnx.

    Raises
    ------
    MissingExtraError
        When it is not installed.
    """
    try:
        import osmnx  # noqa: PLC0415 - optional extra
    except ImportError as error:
        purpose = Text("从 OpenStreetMap 下载", "fetching from OpenStreetMap")
        raise MissingExtraError("osmnx", "osm", purpose) from error
    return osmnx


def _requests() -> Any:
    """Return the library osmnx asks with."""
    return osmnx_module()._http.requests  # noqa: SLF001


def check_address(option: str, given: str) -> str:
    """Return a web address as it may be used.

    Raises
    ------
    InputError
        When it is none of ``http`` or ``https``, names a user, or has a query.
    """
    try:
        parts = urlsplit(given)
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        plain = sound = False
    if not (plain and sound and given.isprintable() and " " not in given):
        raise InputError([bad_address(option, given)])
    return given


def ask(servers: Servers, folder: Path, call: Callable[[Any], Any], what: Text) -> list[Any]:
    """Return the answers a call of osmnx got, each as received and kept in a folder.

    Parameters
    ----------
    servers
        Whom to ask.
    folder
        Where answers are kept; those already there are not asked for again.
    call
        Uses osmnx, which it is given; what it returns is not looked at.
    what
        What is asked for, to say so.

    Raises
    ------
    InputError
        When an answer is not to be had: ``fetch.KIND`` says why. Answers received stay.
    """
    osmnx = osmnx_module()
    _drop_broken(folder)
    for attempt in range(1, servers.attempts + 1):
        try:
            with _set(osmnx, servers, folder, what):
                _run(osmnx, call)
            break
        except _Again as again:
            if attempt == servers.attempts:
                raise InputError([web_fault(again.kind, again.host, again.found)]) from None
            seconds = again.seconds if again.seconds is not None else 15.0 * 2.0**attempt
            _wait(servers, min(seconds, _LONGEST_WAIT_SECONDS), again, attempt)
    return kept_answers(folder)


def from_kept(
    servers: Servers, folder: Path, call: Callable[[Any], gpd.GeoDataFrame]
) -> gpd.GeoDataFrame | None:
    """Return the features osmnx makes of answers kept before; None where they hold none.

    Parameters
    ----------
    servers, folder
        As for `ask`.
    call
        The same call. Objects that several parts of a large area hold come once.
    """
    osmnx = osmnx_module()
    with _set(osmnx, servers, folder, Text("", "")):
        osmnx.settings.cache_only_mode = False
        try:
            found = call(osmnx)
        except osmnx._errors.InsufficientResponseError:  # noqa: SLF001
            return None
    return found[~found.index.duplicated()]


def kept_answers(folder: Path) -> list[Any]:
    """Return the answers kept in a folder, in the order of their names."""
    return [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))]


def _wait(servers: Servers, seconds: float, again: _Again, tries: int) -> None:
    servers.announce(
        Text(
            f"{again.host} 忙或中断，{seconds:.0f} 秒后第 {tries + 1} 次尝试",
            f"{again.host} is busy or broke off; attempt {tries + 1} in {seconds:.0f} s",
        )
    )
    servers.sleep(seconds)


def _run(osmnx: Any, call: Callable[[Any], Any]) -> None:
    try:
        call(osmnx)
    except InterruptedError:
        # What osmnx raises when it was only to download.
        return
    except _requests().exceptions.RequestException as error:
        _raise_for(_requests().exceptions, error)


def _raise_for(errors: Any, error: Any, host: str = "") -> NoReturn:
    """Raise what is to be done about a request that failed on the way."""
    kind, again = _kind_of(errors, error)
    url = getattr(getattr(error, "request", None), "url", None) or ""
    host = host or urlsplit(url).netloc
    if again:
        raise _Again(kind, host, type(error).__name__) from error
    raise InputError([web_fault(kind, host, type(error).__name__)]) from error


def _kind_of(errors: Any, error: Exception) -> tuple[str, bool]:
    """Return what went wrong on the way, and whether it may go better after a pause."""
    if isinstance(error, errors.ProxyError):
        return "proxy", False
    if isinstance(error, errors.SSLError):
        return "tls", False
    if isinstance(error, errors.Timeout):
        return "timeout", True
    words = str(error)
    if isinstance(error, errors.ChunkedEncodingError) or "Connection aborted" in words:
        return "cut", True
    if re.search(r"NameResolution|getaddrinfo|Name or service|nodename|resolve", words):
        return "no_internet", False
    return "refused", False


@contextlib.contextmanager
def _set(osmnx: Any, servers: Servers, folder: Path, what: Text) -> Iterator[None]:
    """Set osmnx for one call, and put back what it was."""
    settings = osmnx.settings
    before = {k: v for k, v in vars(settings).items() if not k.startswith("_")}
    resolver = socket.getaddrinfo
    watch = _Watch(servers, what)
    dated = f'[date:"{servers.date}T00:00:00Z"]' if servers.date else ""
    ours = {
        "use_cache": True,
        "cache_folder": str(folder),
        "cache_only_mode": True,
        "log_console": False,
        "log_file": False,
        "nominatim_key": None,
        "nominatim_url": servers.nominatim,
        "overpass_url": servers.overpass,
        # We look at the status ourselves, before each request: with limits, and aloud.
        "overpass_rate_limit": False,
        "overpass_settings": "[out:json][timeout:{timeout}]{maxsize}" + dated,
        "overpass_memory": None,
        "requests_timeout": servers.timeout_seconds,
        "requests_kwargs": {
            "hooks": {"response": watch.look},
            # Called with each request before it goes out; nobody logs in.
            "auth": watch.pause,
            "allow_redirects": False,
        },
        "http_user_agent": servers.agent,
        "http_referer": "coverplan",
        "http_accept_language": servers.language,
        "doh_url_template": None,
    }
    try:
        for name, value in ours.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        socket.getaddrinfo = resolver


@dataclass(slots=True)
class _Watch:
    """Waits before each request, and looks at each answer before osmnx does."""

    servers: Servers
    what: Text
    answers: int = 0
    asked: int = 0

    def look(self, response: Any, *_: Any, **__: Any) -> None:
        """Raise what an answer is not good for; say how far it is."""
        try:
            content = _checked(response)
        except BaseException:
            response.close()
            raise
        self.answers += 1
        megabytes = len(content) / 1e6
        self.servers.announce(
            Text(
                f"{self.what.zh}：第 {self.answers} 份应答，{megabytes:.1f} MB",
                f"{self.what.en}: answer {self.answers}, {megabytes:.1f} MB",
            )
        )

    def pause(self, request: Any) -> Any:
        """Wait until the server has room for a request."""
        base, _, end = str(request.url).partition("?")[0].rpartition("/")
        if end == "interpreter":
            for _ in range(self.servers.attempts * 5):
                seconds = self._seconds_to_wait(f"{base}/status", dict(request.headers))
                if not seconds:
                    break
                self._say_wait(urlsplit(base).netloc, seconds)
                self.servers.sleep(seconds)
            else:
                raise _Again("busy", urlsplit(base).netloc, "status")
        self.asked += 1
        return request

    def _seconds_to_wait(self, address: str, headers: dict[str, str]) -> float:
        own = {k: v for k, v in headers.items() if k in {"User-Agent", "referer"}}
        try:
            response = _requests().get(
                address,
                headers=own,
                timeout=self.servers.timeout_seconds,
                allow_redirects=False,
                stream=True,
            )
            with response:
                content = content_of(response, 1 << 20, self.servers.timeout_seconds)
        except _requests().exceptions.RequestException as error:
            _raise_for(_requests().exceptions, error)
        said = (content or b"").decode("utf-8", "replace") if response.status_code == _OK else ""
        if re.search(r"\b[1-9]\d* slots? available now", said):
            return 0.0
        waits = [int(s) for s in re.findall(r"Slot available after: .{1,60}in (-?\d+) sec", said)]
        if not waits:
            # It does not say how much it bears: not too much at once.
            if self.asked:
                self.servers.sleep(self.servers.spacing_seconds)
            return 0.0
        seconds = float(max(1, min(waits)))
        if seconds > _LONGEST_WAIT_SECONDS:
            raise _Again("busy", urlsplit(address).netloc, f"{seconds:.0f} s", seconds)
        return seconds

    def _say_wait(self, host: str, seconds: float) -> None:
        words = Text(f"{host} 请等待 {seconds:.0f} 秒", f"{host} asks to wait {seconds:.0f} s")
        self.servers.announce(words)


def _checked(response: Any) -> bytes:
    """Return the content of an answer that can be used."""
    host, code = urlsplit(response.url).netloc, response.status_code
    if code in _AGAIN:
        raise _Again("busy", host, f"HTTP {code}", _retry_after(response))
    if code in _REDIRECTS:
        target = str(response.headers.get("Location", ""))
        raise InputError([web_fault("redirect", host, target)])
    if code != _OK:
        raise InputError([web_fault("status", host, f"HTTP {code}")])
    try:
        content = content_of(response, MOST_BYTES, MOST_SECONDS)
    except _requests().exceptions.RequestException as error:
        _raise_for(_requests().exceptions, error, host)
    if content is None:
        raise InputError([web_fault("endless", host, _LIMITS)])
    _look_into(content, host, urlsplit(response.url).path.rpartition("/")[2])
    return content


def _look_into(content: bytes, host: str, end: str) -> None:
    """Refuse an answer that is no JSON, broke off, or says itself that it is not complete."""
    body = content.strip()
    if not body.startswith((b"{", b"[")):
        raise InputError([web_fault("answer", host, body[:60].decode("utf-8", "replace"))])
    said = remark_of(body)
    if "rate_limited" in said or "too busy" in said:
        raise _Again("busy", host, said)
    if said:
        raise InputError([web_fault("incomplete", host, said)])
    try:
        answer = parsed(body)
    except ValueError:
        raise _Again("cut", host, f"{len(body)} bytes") from None
    if not (is_map(answer) if end == "interpreter" else is_places(answer)):
        raise InputError([web_fault("answer", host, body[:60].decode("utf-8", "replace"))])


def _retry_after(response: Any) -> float | None:
    given = str(response.headers.get("Retry-After", ""))
    return float(given) if given.isdecimal() else None


def _drop_broken(folder: Path) -> None:
    """Remove kept answers that were not written to their end."""
    for path in folder.glob("*.json"):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            path.unlink()
