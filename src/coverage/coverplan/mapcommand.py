"""``coverplan map``: only the map page of a study."""

import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

from rich.console import Console
from typer import Argument, Option

from . import siteflags as flags
from .clock import OnProgress, OnStep
from .core.errors import InputError, Problem, render_problems
from .core.text import Language, Text
from .guarding import EXIT_OK, guarded
from .io import read_study
from .io.dated import dated
from .io.studyfile import stated_language
from .io.write import WRITE_REASONS
from .present.embedding import iframe_snippet
from .present.notebook import show_map
from .present.terminal import plain
from .present.tiles import tile_source
from .progressbars import shown_steps
from .study import run

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

Shown = Callable[[], AbstractContextManager[tuple[OnStep, OnProgress]]]
"""What shows steps and their parts while the block runs."""


@dataclass(frozen=True, slots=True)
class MapOptions:
    """What was asked of a map.

    Parameters
    ----------
    layer
        What it opens with; the first where None.
    tiles, tiles_credit
        Address of online tiles and whose they are; none where None.
    force
        Whether a page above 50 MB is written all the same.
    """

    layer: str | None = None
    tiles: str | None = None
    tiles_credit: str = ""
    force: bool = False


def map_page(
    study: Annotated[Path, Argument(help="研究文件 STUDY.toml / the study file")],
    out: Annotated[Path, Option("--out", "-o", help="输出文件 / output file")] = Path("map.html"),
    layer: Annotated[
        str | None, Option("--layer", help="打开时显示的图层 / the layer it opens with")
    ] = None,
    tiles: Annotated[
        str | None,
        Option("--tiles", help="联网底图的地址 / online tiles: https://…/{z}/{x}/{y}.png"),
    ] = None,
    tiles_credit: Annotated[
        str, Option("--tiles-credit", help="底图的提供者 / whose tiles they are")
    ] = "",
    date: flags.Date = None,
    lang: flags.Lang = None,
    *,
    snippet: Annotated[
        bool, Option("--snippet", help="打印嵌入网页的代码 / print the lines that embed it")
    ] = False,
    force: Annotated[
        bool, Option("--force", help="超过 50 MB 也写出 / write it even above 50 MB")
    ] = False,
    quiet: Annotated[bool, Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """只生成地图网页：一个文件，不联网 / only the map page: one file that calls nobody."""
    language: Language = stated_language(study) if lang is None else "en" if lang == "en" else "zh"
    asked = MapOptions(layer, tiles, tiles_credit, force)

    def work() -> int:
        steps = partial(shown_steps, _err, language, quiet=quiet)
        title, notes = write_map(study, out, asked, language, steps, date)
        for paragraph in render_problems(notes, language):
            _err.print(plain(paragraph), soft_wrap=True)
        if not quiet:
            size = out.stat().st_size / 1e6
            done = Text("已写入：", "written: ").of(language)
            _out.print(plain(f"{done}{out}  ({size:.2f} MB)", "green"), soft_wrap=True)
        if snippet:
            # Not through the console: it would break the line.
            print(iframe_snippet(out.name, title))  # noqa: T201 - what was asked for
        return EXIT_OK

    raise SystemExit(guarded(work, language, _err))


def write_map(
    path: Path,
    out: Path,
    asked: MapOptions,
    language: Language,
    steps: Shown,
    date: str | None = None,
) -> tuple[str, list[Problem]]:
    """Compute a study file, and write its map page, whole or not at all.

    Parameters
    ----------
    path, out
        The study file, and where the page goes.
    asked
        What was asked of it.
    language
        Language it opens in.
    steps
        Shows how far it is.
    date
        The day to answer for, where it is not the study's own.

    Returns
    -------
    tuple
        The study's title, and warnings about the page.

    Raises
    ------
    InputError
        When the study or what was asked is wrong, or the page cannot be written.
    """
    config = read_study(path, dated(date))
    _check(out, asked, list(config.layers))
    with steps() as (announce, advance):
        study = run(path, date=date, on_step=announce, on_progress=advance)
        announce(Text("写地图", "writing the map"))
        view = show_map(
            study,
            layer=asked.layer,
            language=language,
            tiles=asked.tiles,
            tiles_credit=asked.tiles_credit,
        )
        _, heavy = view.write(out, force=asked.force)
    return study.inputs.title, [] if heavy is None else [heavy]


def _check(out: Path, asked: MapOptions, known: list[str]) -> None:
    """Raise `InputError` for what can be known to be wrong before anything is computed."""
    wrong: list[Problem] = []
    folder = os.path.isdir(out)  # noqa: PTH112 - False, no error, for a name no disk can hold
    if folder or out.suffix.lower() not in {".html", ".htm"}:
        wrong.append(
            Problem(
                code="map.suffix",
                what=Text("地图写成网页文件", "the map is written as a page"),
                file=str(out),
                found=Text("一个文件夹", "a folder") if folder else out.suffix,
                expected=Text.same(".html"),
                mend=Text("把文件名改为 .html 结尾", "give a file name that ends in .html"),
            )
        )
    else:
        wrong += _cannot_be(out)
    if asked.layer is not None and asked.layer not in known:
        wrong.append(
            Problem(
                code="map.layer",
                what=Text("研究里没有这个图层", "the study has no such layer"),
                column="--layer",
                found=asked.layer,
                expected=Text("、".join(known), ", ".join(known)),
                mend=Text("改用其中之一", "name one of these"),
            )
        )
    if asked.tiles is not None:
        try:
            tile_source(asked.tiles, asked.tiles_credit)
        except InputError as error:
            wrong += error.problems
    if wrong:
        raise InputError(wrong)


def _cannot_be(out: Path) -> list[Problem]:
    """Return why a file cannot be written where it is to go, found out by writing beside it."""
    try:
        above = next(place for place in out.absolute().parents if place.exists())
        with tempfile.TemporaryDirectory(prefix=".coverplan-", dir=above) as draft:
            (Path(draft) / out.name).touch()
    except OSError as error:
        return [
            Problem(
                code="map.out",
                what=Text("地图不能写在这里", "the map cannot be written there"),
                file=str(out),
                found=WRITE_REASONS.get(error.errno or 0),
                mend=Text("检查权限和路径，或用 --out 换一处", "check rights and path, or --out"),
            )
        ]
    return []
