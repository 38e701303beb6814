"""The command line. Messages speak Chinese first; no traceback reaches a planner."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from . import siteflags as flags
from .areas import check_asked, check_path, reach_areas, write_areas
from .checkcommand import check
from .cluster import assess_by_county
from .comparecommand import compare
from .core.errors import render_problems
from .core.text import Language, Text
from .exportcommand import export
from .fetchcommand import fetch
from .figurescommand import figures
from .guarding import EXIT_INPUT, EXIT_INTERNAL, EXIT_OK, guarded
from .identity import version_of
from .initcommand import init
from .io import read_study
from .io.dated import dated
from .io.studyfile import stated_language
from .io.write import check_folder
from .mapcommand import map_page
from .measurescommand import (
    Catchments,
    Each,
    Groups,
    Need,
    Weights,
    measures_of,
    print_measures,
    settings_of,
)
from .mistyped import Commands
from .outputs import write_coverage, write_run
from .present.terminal import plain, print_summary, print_warnings
from .progressbars import shown_search, shown_steps
from .reportcommand import report
from .results import Study
from .servecommand import serve
from .sitecommand import print_study, site_study
from .siteoptions import SiteOptions, given
from .study import load as load_study
from .study import run as run_study
from .targetscommand import answer_targets, show_targets

__all__ = ["EXIT_INPUT", "EXIT_INTERNAL", "EXIT_OK", "app", "execute", "main"]

app = typer.Typer(
    cls=Commands, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False
)

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


@app.callback()
def _about() -> None:
    """谁在服务圈内，下一处建在哪里 / who is within reach, and where the next sites should be."""


@app.command()
def run(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="输出文件夹 / output folder")
    ] = None,
    date: flags.Date = None,
    lang: flags.Lang = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """计算一项研究 / compute a study: map.html, tables, study.gpkg, run.json."""
    language = _language(lang, study)
    raise SystemExit(guarded(lambda: _run(study, out, language, date, quiet=quiet), language, _err))


@app.command()
def areas(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    out: Annotated[Path, typer.Option("--out", "-o", help="输出文件 / output file")] = Path(
        "areas.gpkg"
    ),
    layer: Annotated[
        list[str] | None, typer.Option("--layer", help="图层，可多次 / layer, may be repeated")
    ] = None,
    minutes: Annotated[
        list[int] | None, typer.Option("--minutes", help="分钟，可多次 / minutes, repeatable")
    ] = None,
    date: flags.Date = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """服务范围：按分钟截断的道路和等时圈 / roads cut at the minute, and isochrones to draw."""
    language = _language(None, study)
    work = lambda: _areas(study, out, (layer or None, minutes or None), language, date, quiet=quiet)  # noqa: E731
    raise SystemExit(guarded(work, language, _err))


@app.command()
def province(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    out: Annotated[Path, typer.Option("--out", "-o", help="输出文件 / output file")] = Path(
        "coverage.csv"
    ),
    workers: Annotated[int, typer.Option(min=1, help="本机进程数 / processes here")] = 2,
    scheduler: Annotated[
        str | None, typer.Option(help="已有 dask 调度器的地址 / address of a dask scheduler")
    ] = None,
    date: flags.Date = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """按县分块计算全省覆盖 / coverage of a province, county by county, on many workers."""
    language = _language(None, study)
    work = lambda: _province(study, out, (workers, scheduler), language, date, quiet=quiet)  # noqa: E731
    raise SystemExit(guarded(work, language, _err))


@app.command()
def site(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    layer: flags.Layers,
    model: flags.Model = None,
    sites: flags.Sites = None,
    share: flags.Share = None,
    within: flags.Within = None,
    budget: flags.Budget = None,
    close: flags.Close = None,
    moves: flags.Moves = None,
    years: flags.Years = None,
    spacing: flags.Spacing = None,
    per_unit: flags.PerUnit = None,
    candidates: flags.Candidates = None,
    forbid: flags.Forbid = None,
    require: flags.Require = None,
    exclude: flags.Exclude = None,
    frontier: flags.Frontier = None,
    draws: flags.Draws = None,
    seed: flags.Seed = None,
    speed_percent: flags.Speeds = None,
    people_percent: flags.People = None,
    missing_links_percent: flags.Links = None,
    robust: flags.Robust = None,
    time_limit: flags.TimeLimit = None,
    gap: flags.Gap = None,
    out: flags.Out = Path("sites"),
    date: flags.Date = None,
    lang: flags.Lang = None,
    *,
    together: flags.Together = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """选址：任选模型和约束，附证明和理由 / new sites by any model, with proof and reasons."""
    numbers = {
        "sites": sites, "share_percent": share, "within": within, "budget_yuan": budget,
        "close": close, "moves": moves, "spacing_metres": spacing, "unit_most": per_unit,
        "candidates": candidates, "frontier": frontier, "time_limit_seconds": time_limit,
        "gap_percent": gap,
    }  # fmt: skip
    noise = {
        "draws": draws, "seed": seed, "speed_percent": speed_percent,
        "people_percent": people_percent, "missing_links_percent": missing_links_percent,
        "robust": robust,
    }  # fmt: skip
    options = SiteOptions(
        layers=tuple(layer),
        model=model,
        numbers=given(numbers),
        years=years,
        forbidden=tuple(forbid or ()),
        required=tuple(require or ()),
        excluded=tuple(exclude or ()),
        uncertainty=given(noise),
        together=together,
    )
    language = _language(lang, study)
    raise SystemExit(
        guarded(lambda: _site(study, options, out, language, date, quiet=quiet), language, _err)
    )


@app.command()
def measures(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    out: flags.Out = Path("measures"),
    need_share: Need = None,
    people_per_place: Each = None,
    catchment: Catchments = None,
    zone_weights: Weights = None,
    group: Groups = None,
    date: flags.Date = None,
    lang: flags.Lang = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """可达率之外的度量 / beside coverage: minutes, blind spots, access, places, inequality."""
    language = _language(lang, study)

    def work() -> int:
        asked = settings_of(need_share, people_per_place, catchment, zone_weights, group)
        steps = partial(shown_steps, _err, language, quiet=quiet)
        inputs, found, written = measures_of(study, asked, out, language, steps, date)
        if not quiet:
            print_measures(_out, inputs, found, language)
            _say_written(out, written, language)
        return EXIT_OK

    raise SystemExit(guarded(work, language, _err))


@app.command()
def targets(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    out: flags.Out = Path("targets"),
    clause: flags.Clauses = None,
    date: flags.Date = None,
    lang: flags.Lang = None,
    *,
    everything: flags.Everything = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """政策目标：逐条判断，缺多少、缺在哪里、怎样补 / policy targets: met or short, and by what."""
    language = _language(lang, study)

    def work() -> int:
        steps, asked = partial(shown_steps, _err, language, quiet=quiet), tuple(clause or ())
        report, programme, written = answer_targets(study, out, language, steps, dated(date), asked)
        if not quiet:
            show_targets(_out, report, programme, language, clauses=asked, everything=everything)
            _say_written(out, written, language)
        return EXIT_OK

    raise SystemExit(guarded(work, language, _err))


for _command in (fetch, init, check, report, export, figures, compare, serve):
    app.command()(_command)
app.command("map")(map_page)


@app.command()
def version() -> None:
    """版本 / print the version."""
    _out.print(f"coverplan {version_of('coverplan')}")


def _language(given: str | None, study: Path) -> Language:
    """Return the language to speak: the one asked for, else the study's, else Chinese."""
    if given is not None:
        return "en" if given == "en" else "zh"
    return stated_language(study)


def _run(path: Path, out: Path | None, language: Language, date: str | None, *, quiet: bool) -> int:
    config = read_study(path, dated(date))
    folder = out if out is not None else path.resolve().parent / config.output.folder
    check_folder(folder)
    study, written = _compute(path, folder, language, date, quiet=quiet)
    if not quiet:
        print_summary(_out, study, language)
        print_warnings(_out, study, language)
        _say_written(folder, written, language)
    return EXIT_OK


def _say_written(folder: Path, written: list[Path], language: Language) -> None:
    done = Text("已写入：", "written: ").of(language)
    names = ", ".join(p.name for p in written)
    _out.print(plain(f"{done}{_shown(folder)}  ({names})", "green"), soft_wrap=True)


def _shown(folder: Path) -> str:
    try:
        return os.path.relpath(folder)
    except ValueError:
        return str(folder)


def _areas(
    path: Path,
    out: Path,
    asked: tuple[list[str] | None, list[int] | None],
    language: Language,
    date: str | None,
    *,
    quiet: bool,
) -> int:
    layers, minutes = asked
    config = read_study(path, dated(date))
    check_asked(layers, list(config.layers), minutes)
    check_path(out)
    with shown_steps(_err, language, quiet=quiet) as (announce, _):
        inputs = load_study(path, date=date)
        found = reach_areas(inputs, layers=layers, minutes=minutes, on_step=announce)
        announce(Text("写 GeoPackage", "writing the GeoPackage"))
        write_areas(found, out)
    if not quiet:
        for paragraph in render_problems(list(inputs.problems), language):
            _out.print(plain(paragraph), soft_wrap=True)
        _out.print(plain(f"{Text('已写入：', 'written: ').of(language)}{_shown(out)}", "green"))
    return EXIT_OK


def _site(
    path: Path,
    options: SiteOptions,
    out: Path,
    language: Language,
    date: str | None,
    *,
    quiet: bool,
) -> int:
    steps = partial(shown_search, _err, language, quiet=quiet)
    study, written = site_study(path, options, out, language, steps, date)
    if not quiet:
        print_study(_out, study, language)
        _say_written(out, written, language)
    return EXIT_OK


def _province(
    path: Path,
    out: Path,
    power: tuple[int, str | None],
    language: Language,
    date: str | None,
    *,
    quiet: bool,
) -> int:
    workers, scheduler = power
    with shown_steps(_err, language, quiet=quiet) as (announce, advance):
        announce(Text("读取研究", "reading the study"))
        inputs = load_study(path, date=date)
        announce(Text("按县计算", "county by county"))
        result = assess_by_county(inputs, scheduler=scheduler, workers=workers, progress=advance)
        write_coverage(inputs, result.coverage, out, language=language)
    if not quiet:
        for paragraph in render_problems(list(result.problems), language):
            _out.print(plain(paragraph), soft_wrap=True)
        counties = result.counties["county"].nunique()
        done = Text(f"{counties} 个县，已写入：", f"{counties} counties, written: ").of(language)
        _out.print(plain(f"{done}{_shown(out)}", "green"))
    return EXIT_OK


def _compute(
    path: Path, folder: Path, language: Language, date: str | None = None, *, quiet: bool
) -> tuple[Study, list[Path]]:
    with shown_steps(_err, language, quiet=quiet) as (announce, advance):
        study = run_study(path, date=date, on_step=announce, on_progress=advance)
        return study, write_run(study, folder, language=language, on_step=announce)


def execute(arguments: list[str]) -> int:
    """Run the command line with some arguments and return its exit code.

    Examples
    --------
    >>> execute(["run", "no-such-file.toml", "--quiet"])
    2
    """
    try:
        app(args=arguments, standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else EXIT_INTERNAL
    return EXIT_OK


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console in a legacy code page must not turn Chinese into an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
