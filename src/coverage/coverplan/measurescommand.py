"""`coverplan measures`: minutes, blind spots, access, places and inequality of a study."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from rich.console import Console
from typer import Option

from .clock import OnProgress, OnStep
from .core.errors import Problem, Problems, render_problems
from .core.text import Language, Text
from .io import read_study
from .io.dated import dated
from .io.paths import Folder
from .io.write import check_folder
from .measure.decay import LUO_QI_WEIGHTS
from .measure.measures import Measures, MeasureSettings
from .measureoutputs import write_measures
from .measureunits import with_unit_tables
from .measuring import measure_study
from .present.measure_summary import measures_summary
from .present.terminal import plain
from .results import Inputs
from .study import load

Shown = Callable[..., AbstractContextManager[tuple[OnStep, OnProgress]]]
"""What shows steps and parts while the block runs."""

Need = Annotated[
    list[str] | None,
    Option("--need-share", help="需要名额的人口比例 / share asking for a place: elderly_care=0.03"),
]
Each = Annotated[
    list[str] | None,
    Option("--people-per-place", help="一个名额服务多少人 / people one serves: social_work=2000"),
]
Catchments = Annotated[
    list[str] | None,
    Option("--catchment", help="搜索半径，分钟 / catchment, minutes: elderly_care=30"),
]
Weights = Annotated[
    str | None, Option("--zone-weights", help="E2SFCA 分区权重 / zone weights: 1,0.68,0.22")
]
Groups = Annotated[
    list[str] | None, Option("--group", help="并列计算的人群 / group measured beside: registered")
]

_NUMBER = re.compile(r"-?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})|-?\d{1,12}/\d{1,12}")
"""A number as people write it, or a fraction; powers of ten could take for ever."""


def settings_of(
    need: list[str] | None,
    each: list[str] | None,
    catchments: list[str] | None,
    weights: str | None,
    groups: list[str] | None,
) -> MeasureSettings:
    """Return the settings some options ask for.

    Parameters
    ----------
    need, each, catchments
        Numbers by layer, ``layer=number`` each.
    weights
        Weights of zones with commas between them.
    groups
        Groups measured beside the layers' own; None leaves it to the study.

    Raises
    ------
    InputError
        When an option is no number, or one that cannot be used.
    """
    problems = Problems()
    shares = _pairs("--need-share", need, problems)
    served = _pairs("--people-per-place", each, problems)
    minutes = _pairs("--catchment", catchments, problems)
    zones = LUO_QI_WEIGHTS if weights is None else _weights(weights, problems)
    problems.raise_if_any()
    return MeasureSettings(
        catchment_minutes={key: float(value) for key, value in minutes.items()},
        zone_weights=zones,
        need_share=shares,
        people_per_place=served,
        groups=None if groups is None else tuple(groups),
    )


def _pairs(option: str, given: list[str] | None, problems: Problems) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for words in given or []:
        key, _, number = (part.strip() for part in words.partition("="))
        value = _number(number)
        if not key or value is None:
            problems.add(_wrong(option, words, Text("图层=数，如 x=0.03", "layer=number")))
        elif key in found:
            problems.add(_wrong(option, words, Text("每个图层一次", "each layer once")))
        else:
            found[key] = value
    return found


def _number(words: str) -> Fraction | None:
    if not _NUMBER.fullmatch(words):
        return None
    try:
        return Fraction(words)
    except ZeroDivisionError:
        return None


def _weights(words: str, problems: Problems) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in words.split(","))
    except ValueError:
        problems.add(_wrong("--zone-weights", words, Text("如 1,0.68,0.22", "like 1,0.68,0.22")))
        return LUO_QI_WEIGHTS


def _wrong(option: str, found: str, expected: Text) -> Problem:
    return Problem(
        code="measures.option",
        what=Text("选项不能使用", "the option cannot be used"),
        column=option,
        found=found,
        expected=expected,
        mend=Text("改正这个选项", "mend the option"),
    )


def measures_of(
    path: Path,
    asked: MeasureSettings,
    folder: Path,
    language: Language,
    steps: Shown,
    date: str | None = None,
) -> tuple[Inputs, Measures, list[Path]]:
    """Measure a study file, and write it.

    Parameters
    ----------
    path, asked
        The study file, and what to measure by.
    folder, language
        Where the results go, and in which language.
    steps
        Shows how far it is.
    date
        The day to answer for, where it is not the study's own.

    Raises
    ------
    InputError
        When settings or files are wrong: before anything is written.
    """
    read_study(path, dated(date))
    check_folder(folder)
    with steps() as (announce, advance):
        announce(Text("读取研究", "reading the study"))
        inputs = load(path, date=date)
        folder_of, problems = Folder(path.resolve().parent), Problems()
        told = with_unit_tables(inputs, folder_of, asked, problems)
        inputs = replace(
            inputs,
            files=(*inputs.files, *folder_of.read),
            problems=(*inputs.problems, *problems),
        )
        found = measure_study(inputs, told, on_step=announce, on_progress=advance)
        written = write_measures(inputs, found, folder, language=language, on_step=announce)
    return inputs, found, written


def print_measures(console: Console, inputs: Inputs, found: Measures, language: Language) -> None:
    """Print what was found, and warnings."""
    console.print(measures_summary(inputs, found, language))
    for paragraph in render_problems([*inputs.problems, *found.problems], language):
        console.print(plain(paragraph), soft_wrap=True)
