"""What is wrong with a study file, in plain sentences with the line where it stands."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from ..core.errors import Problem
from ..core.nearest import meant
from ..core.text import Text
from ..domain.config import StudyConfig

Where = tuple[str, ...]
"""A key of a study file with the tables it stands in."""


@dataclass(frozen=True, slots=True)
class StudyText:
    """A study file as it was written, for messages with line numbers.

    Parameters
    ----------
    file, text
        Its name and its words; a study made in code has no words.
    """

    file: str
    text: str = ""

    def line(self, where: Where) -> int | None:
        """Return the line of a key, or of the nearest table around it that the file names."""
        for depth in range(len(where), 0, -1):
            row = self._exactly(where[:depth])
            if row is not None:
                return row
        return None

    def _exactly(self, where: Where) -> int | None:
        inside: tuple[Where, ...] = ((),)
        head: int | None = None
        entries: dict[Where, int] = {}
        for number, line in enumerate(self.text.splitlines(), 1):
            bare = line.split("#")[0].strip()
            if bare.startswith("["):
                table = _parts(bare.strip("[] "))
                inside = (table,)
                if bare.startswith("[["):
                    # The tables of a list are told apart by their numbers.
                    inside = (table, (*table, str(entries.get(table, 0))))
                    entries[table] = entries.get(table, 0) + 1
                if where in inside:
                    head = head or number
                continue
            key = _parts(bare.split("=")[0]) if "=" in bare else ()
            if key and any(_leads((*one, *key), len(one), where) for one in inside):
                return number
        return head


def _leads(path: Where, inside: int, where: Where) -> bool:
    """Return whether a line's path is the key looked for, or holds it, or lies within it."""
    return path[: len(where)] == where and inside < len(where)


def _parts(dotted: str) -> Where:
    """Return the parts of a dotted key, quotes taken off."""
    found = re.findall(r'"[^"]*"|\'[^\']*\'|[^.\s]+', dotted)
    return tuple(part.strip("\"'") for part in found)


def schema_faults(
    details: list[ErrorDetails], data: Mapping[str, Any], study: StudyText
) -> list[Problem]:
    """Return one fault for each key the schema refuses, however many types it could have had."""
    by_key: dict[Where, list[ErrorDetails]] = {}
    for detail in details:
        by_key.setdefault(_where(detail, data), []).append(detail)
    return [
        _fault(where, group, study)
        for where, group in by_key.items()
        # A choice of types also complains of the whole where a part of it is wrong.
        if not any(other[: len(where)] == where and other != where for other in by_key)
    ]


def _where(detail: ErrorDetails, data: Mapping[str, Any]) -> Where:
    """Return the key of a fault as it stands in the file, without the names of types."""
    node: Any = data
    where: list[str] = []
    for part in detail["loc"]:
        if isinstance(node, Mapping) and part in node:
            node = node[str(part)]
        elif isinstance(node, list) and isinstance(part, int):
            node = node[part] if part < len(node) else None
        elif detail["type"] != "missing" or part != detail["loc"][-1]:
            continue
        where.append(str(part))
    return tuple(where)


def _fault(where: Where, details: list[ErrorDetails], study: StudyText) -> Problem:
    first, path = details[0], ".".join(where)
    if first["type"] == "extra_forbidden":
        return unknown_key(where, known_keys(where[:-1]), study)
    if first["type"] == "missing":
        return Problem(
            code="study.missing",
            what=Text(f"缺少 {path}", f"{path} is missing"),
            file=study.file,
            row=study.line(where[:-1]),
            column=path,
            expected=_NEEDED.get(where[-1]),
            mend=Text(f"在研究文件中补上 {path}", f"add {path} to the study file"),
        )
    wanted = list(dict.fromkeys(_wanted(detail) for detail in details))
    return Problem(
        code="study.value",
        what=Text(f"{path} 的值不能使用", f"the value of {path} cannot be used"),
        file=study.file,
        row=study.line(where),
        column=path,
        found=_shown(first.get("input")),
        expected=Text(
            "，或".join(text.zh for text in wanted), ", or ".join(text.en for text in wanted)
        ),
        mend=Text("改正这个值", "correct the value"),
    )


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_NEEDED = {
    "title": Text("研究的名称", "what the study is called"),
    "date": Text("设施与边界截至的日期，如 2025-12-31", "the day of the data, such as 2025-12-31"),
    "region": Text("一个表 [region]，写明 units", "a table [region] with units"),
    "units": Text("乡镇边界文件", "the file of township polygons"),
    "people": Text("一个表 [people]，写明 source 和 groups", "a table [people]: source and groups"),
    "source": Text("一个文件，路径相对于研究文件", "a file, relative to the study file"),
    "groups": Text(
        '人群与其列，如 { all = "常住人口" }', 'groups and their columns: { all = "常住人口" }'
    ),
    "roads": Text(
        "一个表 [roads]，写明 source，没有道路文件则写 detour",
        "a table [roads] with source, or without a road file detour",
    ),
    "layers": Text("至少一个表 [layers.…]", "at least one table [layers....]"),
    "sites": Text("新增站点数", "the number of new sites"),
    "budget_yuan": Text("总预算（元）", "the money for all new sites, in yuan"),
    "share_percent": Text("要覆盖的人口比例（%）", "the share of people to reach, in per cent"),
    "close": Text("要关闭的现有站点数", "the number of existing sites to close"),
    "years": Text(
        "各年的上限，如 [{ year = 2026, sites = 2 }]", "caps by year: [{ year = 2026, sites = 2 }]"
    ),
    "year": Text("年份，如 2026", "a year such as 2026"),
    "name": Text("名称", "a name"),
    "cost_yuan": Text("造价（元）", "the cost in yuan"),
    "draws": Text("抽样次数", "the number of draws"),
    "zh": Text("中文名称", "the name in Chinese"),
    "en": Text("英文名称", "the name in English"),
}

_WHOLE = Text("整数", "a whole number")
_NUMBER = Text("一个数", "a number")
_WORDS = Text("文字，加英文双引号", "text in straight double quotes")
_TABLE = Text("一个表：{{ … }} 或 [表头]", "a table: {{ ... }} or [header]")
_DATE = Text("日期，如 2025-12-31，不加引号", "a date such as 2025-12-31, without quotes")

_WANTED = {
    "int": _WHOLE,
    "float": _NUMBER,
    "finite_number": _NUMBER,
    "string_type": _WORDS,
    "string_sub_type": _WORDS,
    "path_type": _WORDS,
    "bool": Text("true 或 false", "true or false"),
    "greater_than_equal": Text("不小于 {ge} 的数", "a number of {ge} or more"),
    "greater_than": Text("大于 {gt} 的数", "a number above {gt}"),
    "less_than_equal": Text("不大于 {le} 的数", "a number of {le} or less"),
    "less_than": Text("小于 {lt} 的数", "a number below {lt}"),
    "list_type": Text("方括号列表，如 [ … ]", "a list in square brackets: [ ... ]"),
    "dict_type": _TABLE,
    "model": _TABLE,
    "date": _DATE,
    "string_too_short": Text("至少 {min_length} 个字", "a text of {min_length} or more characters"),
    "too_short": Text("至少 {min_length} 项", "{min_length} or more of them"),
    "string_pattern_mismatch": Text("颜色，如 #1d4ed8", "a colour such as #1d4ed8"),
    "candidates_word": Text(
        "people（各村）、roads（道路节点）或 layer:图层名", "people, roads or layer:KEY"
    ),
    "class_name": Text("名称，不含 # 和空格，不超过 40 个字", "a name of 1 to 40, no # or spaces"),
    "siting_unused": Text(
        "不写：模型 {model} 不用它，用它的模型有 {zh}",
        "nothing: the model {model} does not use it; these do: {en}",
    ),
    "years_order": Text("年份逐年递增、不重复", "years in ascending order, each once"),
    "years_caps": Text("每年写明 sites 或 budget_yuan", "sites or budget_yuan for every year"),
    "all_column": Text(
        '"all" 要有一列：all = "总人口的列"', 'a column of everybody: all = "the column"'
    ),
    "percent_digits": Text("最多四位小数", "four decimals at most"),
    "encoding": Text("编码的名称，如 GBK、UTF-8、Big5", "an encoding: GBK, UTF-8, Big5, ..."),
    "group_empty": Text("一列、栅格或比例", "a column, a raster or a share"),
    "group_share": Text(
        "share 与 share_column 只写一个，且不与 column、raster 并用",
        "one of share and share_column, without column and raster",
    ),
    "spread_alone": Text(
        "spread 为 buildings 或 areas 时只有总数，不写 source",
        "no source beside spread = buildings or areas: they are for totals alone",
    ),
    "spread_idle": Text('与 {key} 一起写明 spread = "{key}"', 'spread = "{key}" beside {key}'),
    "no_places": Text("不写：它只用于村或点位的表", "nothing: it is for tables of places"),
    "spread_file": Text("写明 {key} 的文件", "the file of {key}"),
    "no_everybody": Text('其中要有 all = "总人口的列"', 'all = "the column of everybody" in it'),
}


def _wanted(detail: ErrorDetails) -> Text:
    """Return what would have been right; the longest type name known decides."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        choices = str(context["expected"]).replace("'", "")
        return Text(choices.replace(" or ", " 或 "), choices)
    for name in sorted(_WANTED, key=len, reverse=True):
        if kind.startswith(name):
            text = _WANTED[name]
            return Text(text.zh.format(**context), text.en.format(**context))
    return Text("符合说明的值", detail["msg"])


def known_keys(where: Where) -> list[str]:
    """Return the keys a table of the study file may have, none where they are free."""
    node: Any = StudyConfig.model_json_schema()
    defs = node.get("$defs", {})

    def resolve(schema: Any, *, listed: bool = False) -> Any:
        while "$ref" in schema:
            schema = defs[schema["$ref"].rsplit("/", 1)[1]]
        if "anyOf" not in schema:
            return schema
        options = [resolve(option) for option in schema["anyOf"]]
        wanted = "items" if listed else "properties"
        return next((option for option in options if wanted in option), options[0])

    for part in where:
        # The number of an entry speaks of a list, where one table would do as well.
        node = resolve(node, listed=part.isdigit())
        if part in node.get("properties", {}):
            node = node["properties"][part]
        elif isinstance(node.get("additionalProperties"), dict):
            node = node["additionalProperties"]
        else:
            node = node.get("items", {})
    return sorted(resolve(node).get("properties", {}))


def unknown_key(where: Where, known: list[str], study: StudyText) -> Problem:
    """Return the fault of a key that means nothing, with the nearest that does."""
    path = ".".join(where)
    return Problem(
        code="study.unknown_key",
        what=Text(f"不认识的键 {path}", f"unknown key {path}"),
        file=study.file,
        row=study.line(where),
        column=path,
        expected=Text("、".join(known), ", ".join(known)) if known else None,
        mend=meant(where[-1], known, Text("删去它", "remove it"), cutoff=0.4),
    )


def undefined(
    code: str, where: Where, found: str, known: Iterable[str], study: StudyText
) -> Problem:
    """Return the fault of a name that nothing in the study has, with the nearest that is."""
    known = list(known)
    path = ".".join(where)
    return Problem(
        code=code,
        what=Text(f"{path} 的值没有定义", f"the value of {path} is not defined"),
        file=study.file,
        row=study.line(where),
        column=path,
        found=found,
        expected=Text("、".join(known), ", ".join(known)),
        mend=meant(
            found,
            known,
            Text("改用其中之一，或先定义它", "use one of these, or define it first"),
            cutoff=0.4,
        ),
    )


# A comment may hold any sign: what stands before it, outside quotes, must be ASCII.
_FULL_WIDTH = r"""^(?:[^"'#]|"[^"]*"|'[^']*')*?[＃-＇（-～、。《》【】　]"""
_HINTS = (
    (
        "[“”‘’「」＂]",
        Text(
            '把中文引号改为英文双引号，例如 source = "villages.xlsx"',
            'use straight double quotes: source = "villages.xlsx"',
        ),
    ),
    (
        r"\\",
        Text(
            '路径用 / 而不用 \\，例如 source = "data/villages.xlsx"',
            'use / in paths, not \\: source = "data/villages.xlsx"',
        ),
    ),
    (
        _FULL_WIDTH,
        Text("把全角的标点、数字改为半角（英文输入法）", "use ASCII punctuation and digits"),
    ),
    (
        r"=\s*[\d.]+\s*[%％]|[\d.]\s*%\s*[,}\]]",
        Text("只写数字，不写 %，例如 percent = 70", "write the number without %: percent = 70"),
    ),
    (
        r"^\s*date\s*=\s*\d",
        Text(
            "日期写作 年-月-日，并且要有这一天，例如 date = 2025-12-31",
            "write a day that exists as year-month-day: date = 2025-12-31",
        ),
    ),
    (
        r"(?:^|[{,])\s*(?=\w*[^\x00-\x7f])\w[\w-]*\s*=",
        Text(
            '中文的键也要加英文双引号，例如 where = { "类别" = ["敬老院"] }',
            'put keys in Chinese in straight double quotes: where = { "类别" = ["敬老院"] }',
        ),
    ),
)


def not_toml(study: StudyText, message: str) -> Problem:
    """Return the fault of a file that is no TOML: the line, and what usually is wrong with it."""
    lines = study.text.splitlines() or [""]
    named = re.search(r"at line (\d+)", message)
    last = max((i for i, line in enumerate(lines, 1) if line.strip()), default=1)
    row = min(int(named.group(1)), len(lines)) if named else last
    mend = Text(
        '文字要加英文双引号，路径用 /，例如 source = "villages.xlsx"',
        'put text in straight double quotes, use / in paths: source = "villages.xlsx"',
    )
    if re.search("twice|overwrite|mutate|duplicate", message, re.IGNORECASE):
        mend = Text("同一个键或表只写一次", "write each key and each table once")
    else:
        mend = next((hint for pattern, hint in _HINTS if re.search(pattern, lines[row - 1])), mend)
    return Problem(
        code="study.not_toml",
        what=Text("研究文件的这一行不是有效的 TOML", "this line of the study file is not TOML"),
        file=study.file,
        row=row,
        found=lines[row - 1],
        mend=mend,
    )
