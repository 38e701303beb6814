"""`coverplan serve`: the map page of a study with a solver behind it, on this machine alone."""

import tempfile
import threading
import traceback
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text as Styled

from . import siteflags as flags
from .assessing import assess_inputs
from .clock import Clock
from .core.errors import InputError
from .core.text import Language, Text
from .guarding import EXIT_OK, guarded
from .identity import version_of
from .io import read_study
from .io.dated import dated, together
from .io.studyfile import Change, stated_language
from .io.write import check_folder
from .loading import load_inputs
from .present.serve_page import page_policy
from .present.terminal import plain
from .progressbars import shown_steps
from .results import Inputs, Study
from .servesession import Session
from .serving import MapServer, new_token
from .siting.request import SitingRequest

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def serve(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    port: Annotated[int, typer.Option(help="端口，0 为自动 / port; 0: any free one")] = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="保存方案的文件夹 / where plans are saved when asked"),
    ] = None,
    date: flags.Date = None,
    lang: flags.Lang = None,
    *,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="不打开浏览器 / do not open a browser")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """在本机打开可重新求解的地图 / the map on this machine, with a solver behind it."""
    given: Language | None = "en" if lang == "en" else "zh" if lang == "zh" else None
    language = given or stated_language(study)

    def work() -> int:
        steps = partial(shown_steps, _err, language, quiet=quiet)
        session = open_session(study, language, steps, dated(date), out)
        with MapServer(session, port, page_policy) as server:
            _say_address(server.address, language)
            if not no_browser:
                threading.Thread(target=_show, args=(server.address,), daemon=True).start()
            run_until_stopped(server, language)
        return EXIT_OK

    raise SystemExit(guarded(work, language, _err))


def open_session(
    path: Path,
    language: Language,
    steps: Callable[..., Any],
    change: Change | None = None,
    out: Path | None = None,
) -> Session:
    """Return a session of a study file: inputs read, the study computed, its page made.

    Parameters
    ----------
    path, language
        The study file, and what pages open in.
    steps
        Shows how far it is.
    change
        Alters the study first.
    out
        Where plans are written when somebody asks; None: nowhere.

    Raises
    ------
    InputError
        When the study, or what it names, is wrong.
    """
    config = read_study(path, change)
    if out is not None:
        check_folder(out / "plan-0")  # that a folder can be there at all
    with steps() as (announce, advance):
        clock = Clock(announce, advance)
        inputs, requests = _inputs(path, change, clock)
        inputs = replace(inputs, config=config)
        study: Study = assess_inputs(inputs, clock)
        announce(Text("制作页面", "making the page"))
        return Session(
            study, requests, new_token(), language=language, out=out, on_error=_tell(language)
        )


def run_until_stopped(server: MapServer, language: Language) -> None:
    """Answer until Ctrl-C, then end whatever runs.

    Parameters
    ----------
    server, language
        What answers, and in which words its end is told.
    """
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        _out.print(plain(Text("已停止", "stopped").of(language)))
    finally:
        server.session.close()


def _inputs(
    path: Path, change: Change | None, clock: Clock
) -> tuple[Inputs, dict[str, SitingRequest]]:
    """Return the inputs, and what can be asked of each layer: a first question where none is."""
    config = read_study(path, change)
    asked = {key for key, layer in config.layers.items() if layer.siting is not None}
    try:
        inputs = load_inputs(path, clock, together(change, _ask_all))
    except InputError:
        # Layers that ask nothing may have nothing to ask: then they are only shown.
        inputs = load_inputs(path, clock, change)
    requests = {i.layer.id: i.siting for i in inputs.layers if i.siting is not None}
    layers = tuple(i if i.layer.id in asked else replace(i, siting=None) for i in inputs.layers)
    return replace(inputs, layers=layers), requests


def _ask_all(study: dict[str, Any]) -> None:
    """Give every layer of a study file something to ask, so that its candidates are read."""
    layers = study.get("layers")
    for table in layers.values() if isinstance(layers, dict) else ():
        if isinstance(table, dict):
            table.setdefault("siting", {"sites": 1})


def _say_address(address: str, language: Language) -> None:
    words = Text(
        f"地图在 {address} ，只有本机能打开；按 Ctrl-C 停止",
        f"the map is at {address} , for this machine alone; Ctrl-C stops it",
    )
    _out.print(plain(words.of(language), "green"), soft_wrap=True)


def _show(address: str) -> None:
    try:
        webbrowser.open(address)
    except (OSError, webbrowser.Error):
        return  # the address stands on the terminal


def _tell(language: Language) -> Callable[[BaseException], None]:
    """Return what keeps an error of ours in a file, and says where."""

    def tell(error: BaseException) -> None:
        with tempfile.NamedTemporaryFile(
            "w", prefix="coverplan-error-", suffix=".txt", delete=False, encoding="utf-8"
        ) as log:
            log.write(f"coverplan {version_of('coverplan')}\n")
            log.write("".join(traceback.format_exception(error)))
        words = Text(
            f"coverplan 内部错误，详情已记录在 {log.name}，请反馈",
            f"an error inside coverplan; details stand in {log.name}: please report it",
        )
        _err.print(Styled(words.of(language), style="red bold"), soft_wrap=True)

    return tell
