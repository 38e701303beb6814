"""``coverplan figures``: maps and charts of a study for paper."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from .areas import check_asked
from .core.errors import Problem, Problems, render_problems
from .core.nearest import meant
from .core.text import Language, Text
from .guarding import EXIT_OK, guarded
from .io import read_study
from .io.dated import dated
from .io.studyfile import stated_language
from .io.write import check_folder
from .measuring import measure_study
from .present.terminal import plain
from .progressbars import shown_steps
from .siteflags import Date, Lang, Out
from .study import run

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

Layers = Annotated[
    list[str] | None, typer.Option("--layer", help="图层，可多次 / layer, may be repeated")
]
Kinds = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND,...",
        help="coverage,coverage_after,before_after,gap,gap_after,minutes,minutes_after,plan,"
        "frontier,equity 默认除 equity 外全部 / all but equity where left out",
    ),
]
Formats = Annotated[str, typer.Option("--format", metavar="png,svg,pdf", help="图的格式 / formats")]
PaperSize = Annotated[
    str, typer.Option("--paper", metavar="a5|a4|a3", help="纸张，横向 / paper, across")
]
Font = Annotated[Path | None, typer.Option("--font", help="字体文件 / a font file")]


def figures(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    out: Out = Path("figures"),
    layer: Layers = None,
    kind: Kinds = None,
    formats: Formats = "png",
    paper: PaperSize = "a4",
    font: Font = None,
    date: Date = None,
    lang: Lang = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """画图：覆盖、缺口、时间、方案，PNG、SVG 或 PDF / maps and charts for paper."""
    language: Language = stated_language(study) if lang is None else "en" if lang == "en" else "zh"
    given = {"kinds": kind, "formats": formats, "paper": paper, "font": font}
    work = lambda: draw(study, out, layer, given, language, date, quiet=quiet)  # noqa: E731
    raise SystemExit(guarded(work, language, _err))


def draw(
    path: Path,
    out: Path,
    layers: list[str] | None,
    given: dict[str, Any],
    language: Language,
    date: str | None,
    *,
    quiet: bool,
) -> int:
    """Compute a study and draw its figures; return the exit code.

    Parameters
    ----------
    path, out, layers
        The study file, the folder to write, and the layers drawn; None is all.
    given
        ``kinds`` and ``formats`` with commas between them, ``paper`` and ``font``.
    language, date
        Of the words; the day to answer for, where it is not the study's own.
    quiet
        Whether to print nothing.

    Raises
    ------
    InputError
        With what is wrong with the options or the files, before anything is written.
    MissingExtraError
        When matplotlib is not installed.
    """
    # Only now: matplotlib is an extra, and other commands do without it.
    from . import figures as drawn  # noqa: PLC0415 - optional extra

    problems = Problems()
    kinds = _known("--kind", given["kinds"], drawn.KINDS, problems)
    formats = _known("--format", given["formats"], drawn.FORMATS, problems)
    papers = _known("--paper", given["paper"], drawn.PAPERS, problems)
    problems.attempt(lambda: drawn.find_font(given["font"]))
    problems.raise_if_any()
    config = read_study(path, dated(date))
    check_asked(layers, list(config.layers), None)
    check_folder(out)
    asked = drawn.Asked(
        layers=tuple(layers or ()),
        kinds=kinds,
        formats=formats or ("png",),
        paper=next((paper for paper in drawn.PAPERS if paper in papers), "a4"),
        language=language,
        font=given["font"],
    )
    with shown_steps(_err, language, quiet=quiet) as (announce, advance):
        study = run(path, date=date, on_step=announce, on_progress=advance)
        measures = None
        if "equity" in kinds:
            measures = measure_study(study.inputs, on_step=announce, on_progress=advance)
        announce(Text("画图", "drawing"))
        written = drawn.write_figures(study, out, asked, measures=measures, on_progress=advance)
    if not quiet:
        for paragraph in render_problems(list(study.problems), language):
            _out.print(plain(paragraph), soft_wrap=True)
        names = ", ".join(path.name for path in written)
        done = Text("已写入：", "written: ").of(language)
        _out.print(plain(f"{done}{_shown(out)}  ({names})", "green"), soft_wrap=True)
    return EXIT_OK


def _shown(folder: Path) -> str:
    try:
        return os.path.relpath(folder)
    except ValueError:
        return str(folder)


def _known(
    option: str, given: str | None, known: Sequence[str], problems: Problems
) -> tuple[str, ...]:
    """Return the words of an option, each of those known; note the others."""
    words = [part.strip().lower() for part in (given or "").split(",") if part.strip()]
    for word in words:
        if word not in known:
            problems.add(
                Problem(
                    code="figures.option",
                    what=Text("选项不能使用", "the option cannot be used"),
                    column=option,
                    found=word,
                    expected=Text("、".join(known), ", ".join(known)),
                    mend=meant(word, known, Text("改用其中之一", "name one of these")),
                )
            )
    return tuple(dict.fromkeys(words))
