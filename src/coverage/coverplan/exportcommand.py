"""``coverplan export``: the layers of a study for other programs."""

import os
from pathlib import Path
from typing import Annotated

import typer
from pyproj import CRS
from rich.console import Console

from .core.errors import render_problems
from .core.text import Language, Text
from .exporting import check_formats, export_systems, write_export
from .guarding import EXIT_OK, guarded
from .io import read_study
from .io.dated import dated
from .io.studyfile import stated_language
from .io.write import check_folder
from .present.terminal import plain
from .progressbars import shown_steps
from .siteflags import Date, Lang, Out
from .study import assess, load

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

Formats = Annotated[
    str | None,
    typer.Option("--format", metavar="gpkg,geojson,csv", help="默认全部 / all where left out"),
]
System = Annotated[
    str | None,
    typer.Option("--crs", help="坐标系，如 EPSG:4490 / coordinate system of all files"),
]


def export(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    out: Out = Path("export"),
    formats: Formats = None,
    crs: System = None,
    date: Date = None,
    lang: Lang = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """导出图层：GeoPackage、GeoJSON、CSV，可指定坐标系 / layers for GIS and tables."""
    language: Language = stated_language(study) if lang is None else "en" if lang == "en" else "zh"
    work = lambda: export_study(study, out, (formats, crs), language, date, quiet=quiet)  # noqa: E731
    raise SystemExit(guarded(work, language, _err))


def export_study(
    path: Path,
    out: Path,
    asked: tuple[str | None, str | None],
    language: Language,
    date: str | None,
    *,
    quiet: bool,
) -> int:
    """Compute a study and write its layers; return the exit code.

    Parameters
    ----------
    path, out
        The study file, and the folder to write.
    asked
        Formats with commas between them, and the coordinate system; None is the usual.
    language, date
        Of headings and messages; the day to answer for, where it is not the study's own.
    quiet
        Whether to print nothing.

    Raises
    ------
    InputError
        With what is wrong with the options or the files, before anything is written.
    """
    words, crs = asked
    formats = check_formats(words)
    read_study(path, dated(date))
    check_folder(out)
    with shown_steps(_err, language, quiet=quiet) as (announce, advance):
        announce(Text("读取研究", "reading the study"))
        inputs = load(path, date=date)
        systems = export_systems(inputs, formats, crs)
        study = assess(inputs, on_step=announce, on_progress=advance)
        written = write_export(
            study, out, formats=formats, crs=crs, language=language, on_step=announce
        )
    if not quiet:
        for paragraph in render_problems(list(study.problems), language):
            _out.print(plain(paragraph), soft_wrap=True)
        for name, there in systems.items():
            _out.print(plain(_system_words(name, there).of(language)), soft_wrap=True)
        names = ", ".join(path.name for path in written)
        done = Text("已写入：", "written: ").of(language)
        _out.print(plain(f"{done}{_shown(out)}  ({names})", "green"), soft_wrap=True)
    return EXIT_OK


def _system_words(name: str, there: CRS) -> Text:
    known = there.to_authority()
    words = there.name if known is None else f"{there.name} ({':'.join(known)})"
    return Text(f"{name}：坐标系 {words}", f"{name}: {words}")


def _shown(folder: Path) -> str:
    try:
        return os.path.relpath(folder)
    except ValueError:
        return str(folder)
