"""What may be written after each option: the choices the program knows, else a form or a kind."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import typer
from words import cell, code, half, pick

from coverplan import exporting, figures, reporting
from coverplan.cli import app
from coverplan.core.text import Language
from coverplan.domain.osm_tags import NETWORKS
from coverplan.domain.siting_config import MODELS, SitingConfig, Uncertainty

KINDS = {
    Path: ("路径", "path"),
    str: ("文字", "text"),
    int: ("整数", "whole number"),
    float: ("数", "number"),
}


def _literals(annotation: Any) -> tuple[str, ...]:
    """Return the words of the first fixed set within an annotation."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next(filter(None, map(_literals, get_args(annotation))), ())


CHOICES: dict[str, tuple[str, ...]] = {
    "--lang": get_args(Language),
    "site --model": MODELS,
    "site --within": _literals(SitingConfig.model_fields["within"].annotation),
    "site --robust": _literals(Uncertainty.model_fields["robust"].annotation),
    "fetch --network": NETWORKS,
    "figures --kind": figures.KINDS,
    "figures --format": figures.FORMATS,
    "figures --paper": figures.PAPERS,
    "report --format": reporting.FORMATS,
    "report --paper": get_args(reporting.Paper),
    "export --format": exporting.FORMATS,
}
"""One of these, by the command and the option, or by the option alone."""

WITH_COMMAS = {"figures --kind", "figures --format", "report --format", "export --format"}
"""Of these, several may be written."""

FORMS: dict[str, tuple[str, str]] = {
    "--layer": ("图层名称，如 `elderly_care`", "name of a layer, such as `elderly_care`"),
    "--date": ("`年-月-日`", "`YYYY-MM-DD`"),
    "export --crs": ("如 `EPSG:4490`", "such as `EPSG:4490`"),
    "fetch --layers": ("设施名称，逗号隔开", "names of services, by commas"),
    "map --tiles": ("如 `https://…/{z}/{x}/{y}.png`", "such as `https://…/{z}/{x}/{y}.png`"),
    "measures --need-share": ("如 `elderly_care=0.03`", "such as `elderly_care=0.03`"),
    "measures --people-per-place": ("如 `social_work=2000`", "such as `social_work=2000`"),
    "measures --catchment": ("如 `elderly_care=30`", "such as `elderly_care=30`"),
    "measures --zone-weights": ("如 `1,0.68,0.22`", "such as `1,0.68,0.22`"),
    "measures --group": ("人群名称，如 `registered`", "name of a group, such as `registered`"),
    "site --years": ("如 `2026:2,2027:2:3000000`", "such as `2026:2,2027:2:3000000`"),
    "site --candidates": ("`people`、`roads`、`layer:名称`", "`people`, `roads`, `layer:NAME`"),
    "site --forbid": (
        "如 `homes=300`、`protected.gpkg=100`",
        "such as `homes=300`, `protected.gpkg=100`",
    ),
}
"""How a value is written that is no plain word or number."""

DEFAULTS: dict[str, tuple[str, str]] = {
    "--lang": ("同研究文件", "the study's"),
    "compare --lang": ("同 `RUN_A`", "that of `RUN_A`"),
    "run --out": ("研究文件所说的文件夹", "the folder the study names"),
    "--date": ("研究文件的日期", "the date of the study"),
    "fetch --date": ("现在的地图", "the map of now"),
    "fetch --layers": ("全部", "all"),
    "init --out": ("`FOLDER/study.toml`", "`FOLDER/study.toml`"),
    "figures --kind": ("除 `equity` 外全部", "all but `equity`"),
    "figures --layer": ("全部", "all"),
    "areas --layer": ("全部", "all"),
    "areas --minutes": ("研究文件的 `thresholds`", "`thresholds` of the study"),
    "report --format": ("全部", "all"),
    "export --format": ("全部", "all"),
}
"""What is taken where the program decides later."""

MEANINGS: dict[str, tuple[str, str]] = {
    "--lang": ("语言", "Language"),
    "site --model": ("[选址模型](models.md)", "[Siting model](models.md)"),
    "site --within": (
        "覆盖率是全体的，还是每个单元的",
        "The share is of all people, or of every unit",
    ),
    "figures --kind": ("画什么", "What to draw"),
    "figures --paper": ("纸张，横向", "Paper, across"),
    "report --paper": ("纸张", "Paper"),
    "figures --format": ("图的格式", "Formats of the figures"),
    "report --format": ("报告的格式", "Formats of the report"),
    "export --format": ("文件的格式", "Formats of the files"),
}
"""What an option is for whose help names the choices alone."""

REQUIRED = ("必填", "required")


def value_of(command: str, parameter: Any, language: str) -> str:
    """Return what is written after an option, as a cell in Markdown; nothing after a flag."""
    if getattr(parameter, "is_flag", False):
        return ""
    key = _key(command, parameter, CHOICES)
    if key:
        words = pick(language, "、\u200b", ", ").join(map(code, CHOICES[key]))
        several = pick(language, "，可写几个，逗号隔开", "; several by commas")
        return words + (several if key in WITH_COMMAS else "")
    form = _key(command, parameter, FORMS)
    words = pick(language, *FORMS[form]) if form else _kind(command, parameter, language)
    return words + (pick(language, "；可多次", "; repeatable") if parameter.multiple else "")


def default_of(command: str, parameter: Any, language: str) -> str:
    """Return what is taken where an option is left out, as a cell in Markdown."""
    if parameter.required:
        return pick(language, *REQUIRED)
    default = parameter.default
    if default is not None and default is not False and default != "":
        whole = isinstance(default, float) and default.is_integer()
        return code(int(default) if whole else default)
    key = _key(command, parameter, DEFAULTS)
    return pick(language, *DEFAULTS[key]) if key else ""


def meaning_of(command: str, parameter: Any, language: str) -> str:
    """Return what an option is for, as a cell in Markdown."""
    key = _key(command, parameter, MEANINGS)
    if key:
        return pick(language, *MEANINGS[key])
    return cell(half(getattr(parameter, "help", None) or "", language))


def unused() -> list[str]:
    """Return what is said here of options that are no longer there."""
    commands = typer.main.get_command(app).commands.items()
    known = {f"{name} {one}" for name, c in commands for p in c.params for one in p.opts}
    alone = {key.partition(" ")[2] for key in known}
    return sorted({*CHOICES, *FORMS, *DEFAULTS, *MEANINGS} - known - alone)


def _key(command: str, parameter: Any, table: dict[str, Any]) -> str | None:
    names = [f"{command} {one}" for one in parameter.opts] + [*parameter.opts]
    return next((name for name in names if name in table), None)


def _kind(command: str, parameter: Any, language: str) -> str:
    """Return the kind of a value by the annotation of the command."""
    (callback,) = [
        one.callback
        for one in app.registered_commands
        if (one.name or one.callback.__name__) == command
    ]
    kinds = _kinds(get_type_hints(callback)[parameter.name])
    words = [pick(language, *KINDS[kind]) for kind in kinds if kind is not bool]
    return pick(language, "或", " or ").join(words)


def _kinds(annotation: Any) -> Iterable[type]:
    """Return the plain types an annotation is made of."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [] if annotation is type(None) else [annotation]
    if get_origin(annotation) is Literal:
        return [str]
    return [kind for one in get_args(annotation) for kind in _kinds(one)]
