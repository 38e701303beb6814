"""Options of the commands, each with its help: those of `coverplan site` and some of others."""

from pathlib import Path
from typing import Annotated, get_args

from typer import BadParameter, Option

from .core.text import Language
from .domain.siting_config import MODELS

Layers = Annotated[
    list[str], Option("--layer", help="图层，多次为联合选址 / layer; several: sited jointly")
]
Model = Annotated[str | None, Option(metavar="MODEL", help=", ".join(MODELS))]
Sites = Annotated[int | None, Option(help="新增处数 / new sites, at most")]
Share = Annotated[float | None, Option(help="要达到的覆盖率，% / share to reach, %")]
Within = Annotated[
    str | None, Option(metavar="all|every_unit", help="全体或每个单元 / of all, or of every unit")
]
Budget = Annotated[int | None, Option(help="总造价，元 / budget, yuan")]
Close = Annotated[int | None, Option(help="关闭现有处数 / existing sites to close")]
Moves = Annotated[int | None, Option(help="迁建现有处数 / existing sites to move")]
Years = Annotated[str | None, Option(help="分年：年:处数:元 / years: 2026:2,2027:2:3000000")]
Spacing = Annotated[float | None, Option(help="站点间距，米 / spacing, metres")]
PerUnit = Annotated[int | None, Option(help="每单元至多新增 / new sites in a unit, at most")]
Candidates = Annotated[str | None, Option(help="候选点 / candidates: people, roads, layer:KEY")]
Forbid = Annotated[
    list[str] | None, Option(help="避让，米 / keep from: homes=300, protected.gpkg=100")
]
Require = Annotated[
    list[str] | None, Option(help="必须建的候选点编号，可多次 / id of a candidate to be built")
]
Exclude = Annotated[
    list[str] | None, Option(help="不得建的候选点编号，可多次 / id of a candidate not to be built")
]
Frontier = Annotated[
    int | None, Option(help="另算 1 至 N 处各能覆盖多少 / also what 1 to N sites reach")
]
Draws = Annotated[int | None, Option(help="不确定性抽样次数 / draws of the uncertain")]
Seed = Annotated[int | None, Option(help="抽样种子 / seed of the draws")]
Speeds = Annotated[float | None, Option(help="速度可能慢或快，% / speeds, ± %")]
People = Annotated[float | None, Option(help="人口可能少或多，% / people, ± %")]
Links = Annotated[float | None, Option(help="可能缺失的路段，% / missing road edges, %")]
Robust = Annotated[
    str | None,
    Option(metavar="worst|mean|regret", help="各次抽样中最好 / best over the draws"),
]
TimeLimit = Annotated[float | None, Option(help="求解时限，秒 / time of the search, seconds")]
Gap = Annotated[float | None, Option(help="差距到此即停，% / stop at this gap, %")]
Together = Annotated[
    bool, Option("--together", help="同楼合建 / every new building hosts all layers")
]
Out = Annotated[Path, Option("--out", "-o", help="输出文件夹 / output folder")]
Clauses = Annotated[
    list[str] | None,
    Option(
        "--clause",
        help="只印出这一条，可多次：编号、编号的开头或文件名 / print this clause in full: an id, "
        "the beginning of ids, or a title",
    ),
]
Everything = Annotated[bool, Option("--all", help="全部印出 / print everything")]
Date = Annotated[str | None, Option("--date", help="按哪一天计算，如 2019-12-31 / as of this day")]


def _known_language(lang: str | None) -> str | None:
    if lang is not None and lang not in get_args(Language):
        raise BadParameter("zh / en")
    return lang


Lang = Annotated[
    str | None,
    Option("--lang", metavar="zh|en", callback=_known_language, help="语言 / language"),
]
"""A language; None is the study's, or that of the results."""
LangGiven = Annotated[
    str, Option("--lang", metavar="zh|en", callback=_known_language, help="语言 / language")
]
