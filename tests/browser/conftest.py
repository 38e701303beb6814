"""A browser without network, driven over its debugging protocol, and a made-up county for it."""

import base64
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket
from made_county import county, packed

BINARIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)

# A map page unpacks its numbers after it has loaded: wait till the map stands or the page gave up.
STANDS = """
new Promise((done) => {
  const packed = document.getElementById("coverplan-bulk");
  const alarm = document.getElementById("alarm");
  const look = () => {
    if (packed && alarm.hidden && !window.coverplan) setTimeout(look, 5);
    else done(true);
  };
  look();
})
"""


class Page:
    """One tab: what it asked for, what it complained about, and a way to ask it things."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self.browser = browser
        self.session = session
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.target = ""
        self.address = ""

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        return self.browser.send(method, session=self.session, **params)

    def hear(self, event: dict[str, Any]) -> None:
        method, params = event["method"], event.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(params["exceptionDetails"], ensure_ascii=False)[:2000])
        elif method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning"}:
            self.errors.append(json.dumps(params["args"], ensure_ascii=False)[:2000])
        elif method == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            self.errors.append(json.dumps(params["entry"], ensure_ascii=False)[:2000])
        elif method == "Page.javascriptDialogOpening":
            self.dialogs.append(params["message"])
            self.browser.post("Page.handleJavaScriptDialog", session=self.session, accept=True)
        self.events.append(event)

    def wait_for(self, method: str, seconds: float = 20) -> None:
        def heard() -> bool:
            return any(event["method"] == method for event in self.events)

        end = time.monotonic() + seconds
        while not heard():
            if time.monotonic() > end:
                raise TimeoutError(method)
            self.browser.pump()

    def evaluate(self, expression: str) -> Any:
        """Value of an expression; the page's own exception becomes ours."""
        answer = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"], ensure_ascii=False)[:1500])
        return answer["result"].get("value")

    def key(self, name: str, code: int = 0, modifiers: int = 0) -> None:
        text = {"Enter": "\r", " ": " "}.get(name)
        known: dict[str, Any] = {
            "key": name,
            "code": "Space" if name == " " else name,
            "windowsVirtualKeyCode": code,
            "modifiers": modifiers,
        }
        if text:
            known["text"] = text
        self.send("Input.dispatchKeyEvent", type="keyDown", **known)
        self.send("Input.dispatchKeyEvent", type="keyUp", **known)

    def size(self, width: int, height: int, *, mobile: bool = False, scale: float = 1) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=mobile,
        )

    def screenshot(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def pdf(self) -> bytes:
        printed = self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(printed["data"])

    def close(self) -> None:
        self.browser.close_page(self)


class Browser:
    """Chromium, offline, over the DevTools protocol."""

    def __init__(self, binary: str) -> None:
        self.profile = tempfile.mkdtemp(prefix="browser-")
        self.process = subprocess.Popen(
            [binary, *SWITCHES, f"--user-data-dir={self.profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LANG": "C.UTF-8"},
        )
        self.numbers = itertools.count(1)
        self.pages: dict[str, Page] = {}
        self.answers: dict[int, dict[str, Any]] = {}
        try:
            self.socket = websocket.create_connection(self._address(), timeout=60)
        except BaseException:
            self._stop()
            raise

    def _address(self) -> str:
        port_file = Path(self.profile) / "DevToolsActivePort"
        end = time.monotonic() + 40
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"the browser ended with {self.process.returncode}")
            lines = port_file.read_text().splitlines() if port_file.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.05)
        raise TimeoutError("the browser opened no debugging port")

    def post(self, method: str, session: str | None = None, **params: Any) -> int:
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self.socket.send(json.dumps(message))
        return number

    def pump(self) -> None:
        message = json.loads(self.socket.recv())
        if "id" in message:
            self.answers[message["id"]] = message
        elif message.get("sessionId") in self.pages:
            self.pages[message["sessionId"]].hear(message)

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        number = self.post(method, session, **params)
        while number not in self.answers:
            self.pump()
        answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(
        self,
        address: str,
        *,
        width: int = 1440,
        height: int = 900,
        script: bool = True,
        before: str = "",
    ) -> Page:
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        page.target = target
        self.pages[session] = page
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            page.send(f"{domain}.enable")
        page.send(
            "Network.emulateNetworkConditions",
            offline=True,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )
        page.size(width, height)
        if not script:
            page.send("Emulation.setScriptExecutionDisabled", value=True)
        if before:
            page.send("Page.addScriptToEvaluateOnNewDocument", source=before)
        page.events.clear()
        page.send("Page.navigate", url=address)
        page.wait_for("Page.loadEventFired")
        if script:
            page.evaluate(STANDS)
        return page

    def close_page(self, page: Page) -> None:
        if self.pages.pop(page.session, None):
            self.send("Target.closeTarget", targetId=page.target)

    def _stop(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.terminate()
            self.process.wait(10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.profile, ignore_errors=True)

    def stop(self) -> None:
        with contextlib.suppress(Exception):
            self.send("Browser.close")
        with contextlib.suppress(Exception):
            self.socket.close()
        self._stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    if binary is None:
        pytest.skip(f"no browser on PATH: none of {', '.join(BINARIES)}")
    running = Browser(binary)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Write a page, open it, close it afterwards."""
    opened: list[Page] = []

    def _show(text: str, **options: Any) -> Page:
        file = tmp_path / f"map-{len(opened)}.html"
        file.write_text(text, encoding="utf-8", newline="\n")
        page = browser.open(file.as_uri(), **options)
        page.address = file.as_uri()
        opened.append(page)
        return page

    yield _show
    for page in opened:
        page.close()


@pytest.fixture(scope="session")
def make_county() -> Callable[..., dict[str, Any]]:
    """A fresh county at every call, built once for each set of arguments.

    With ``loose=True`` its long lists lie open, to be changed and packed by `packed`.
    """
    built: dict[tuple[Any, ...], str] = {}

    def _make(*, loose: bool = False, **options: Any) -> dict[str, Any]:
        key = (loose, *sorted(options.items()))
        if key not in built:
            made = county(**options)
            built[key] = json.dumps(made if loose else packed(made))
        return json.loads(built[key])

    return _make
