"""The reference of the study file, from its schema."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from words import anchored, cell, code, pick, table

from coverplan.domain.config import StudyConfig
from coverplan.domain.settings import Settings
from coverplan.io.studytext import key_words

INTRO = (
    "本页由研究文件的结构（schema）生成：每个表、每个键，与程序所认的完全一致。"
    "`coverplan init --schema study.schema.json` 把同一结构写成 JSON Schema，供编辑器提示和检查。"
    "写错的键是错误，不会被忽略。讲解和例子见[研究文件](../guide/study-file.md)。",
    "This page is made from the schema of the study file: every table and key the program knows, "
    "and no other. `coverplan init --schema study.schema.json` writes the same as a JSON Schema, "
    "for editors. A key that is not here is an error, never ignored. Explanations and examples: "
    "[the study file](../guide/study-file.md).",
)
OUTLINE = (
    "`NAME` 是您起的名字，例如 `[layers.elderly_care]`；双括号 `[[…]]` 的表可以写几次，每次一项。",
    "`NAME` is a name of yours, as in `[layers.elderly_care]`; a table in double brackets `[[…]]` may "
    "be written several times, once for each item.",
)
TITLES = {
    "StudyConfig": ("最上层", "Top level"),
    "RegionConfig": ("边界", "Region"),
    "PlaceTable": ("不带坐标的表", "Tables without coordinates"),
    "PeopleConfig": ("人口", "People"),
    "Locations": ("人口的点位", "Where people's records stand"),
    "GroupConfig": ("一种人群", "A group of people"),
    "SpreadFile": ("房屋或居民点", "Buildings or settlements"),
    "RoadsConfig": ("道路", "Roads"),
    "Barrier": ("走不过去的地方", "Barriers"),
    "RepairConfig": ("修补道路", "Mending roads"),
    "ProfileConfig": ("出行方式", "A way of travelling"),
    "BilingualText": ("双语文字", "Words in two languages"),
    "FerryConfig": ("轮渡", "Ferries"),
    "LayerConfig": ("一类设施", "A layer of facilities"),
    "SitingConfig": ("选址", "Siting"),
    "Year": ("选址的一年", "A year of siting"),
    "Candidates": ("候选点", "Candidates"),
    "SiteClass": ("建设档次", "Sizes of a site"),
    "Forbidden": ("不能建的范围", "Where not to build"),
    "RequiredArea": ("必须建在其中的范围", "Where to build"),
    "Uncertainty": ("不确定性", "Uncertainty"),
    "GoalConfig": ("目标线", "A goal"),
    "JointConfig": ("几类设施一起选", "Several layers at once"),
    "TargetsConfig": ("政策目标", "Policy targets"),
    "FacilityList": ("另外的设施名单", "More lists of facilities"),
    "CircleConfig": ("十五分钟圈", "The 15-minute circle"),
    "SettingsConfig": ("条文没有写明的数", "Numbers clauses leave open"),
    "BaselineConfig": ("基线", "A baseline"),
    "ProgrammeConfig": ("实施方案", "The programme"),
    "ProgrammeYear": ("实施方案的一年", "A year of the programme"),
    "MapConfig": ("地图", "The map"),
    "OutputConfig": ("结果", "Results"),
}
"""What each table is about; a table without a title is an error."""


def study_page(language: str) -> str:
    """Return the page of all tables and keys."""
    schema = StudyConfig.model_json_schema()
    tables = _tables()
    lines = [f"# {pick(language, '研究文件的全部键', 'All keys of the study file')}", ""]
    lines += [pick(language, *INTRO), ""]
    lines += [pick(language, *OUTLINE), "", *_outline(tables, language)]
    for model, places in tables.items():
        lines += [_heading(model, places, language), ""]
        if len(places) > 1:
            written = pick(language, "写作 ", "Written as ")
            lines += [written + pick(language, "、", ", ").join(map(code, places)), ""]
        name = model.__name__
        own = schema if model is StudyConfig else schema["$defs"][name]
        lines += table(
            [
                pick(language, "键", "key"),
                pick(language, "意思", "meaning"),
                pick(language, "值", "value"),
                pick(language, "不写时", "default"),
            ],
            (_row(model, key, own, schema, language) for key in model.model_fields),
        )
    return "\n".join(lines) + "\n"


def _outline(tables: dict[type[Settings], list[str]], language: str) -> list[str]:
    """Return every place of the file where a table may stand, with a link to its keys."""
    heads = [pick(language, "表", "table"), pick(language, "关于什么", "about")]
    rows = [
        [code(place), f"[{_title(model.__name__, language)}](#{model.__name__.lower()})"]
        for model, places in tables.items()
        for place in places
    ]
    return table(heads, sorted(rows, key=lambda row: _order(row[0])))


def _order(place: str) -> tuple[int, str]:
    """Return where a table stands: under its table of the first level, in the order of the file."""
    first = [info.alias or key for key, info in StudyConfig.model_fields.items()]
    return first.index(_path(place)[0]), ".".join(_path(place))


def _path(place: str) -> list[str]:
    return place.strip("`[]").split(".")


def _heading(model: type[Settings], places: list[str], language: str) -> str:
    name, title = model.__name__, _title(model.__name__, language)
    shown = f"{title} {code(places[0])}" if len(places) == 1 else title
    return f'## {shown} {{#{name.lower()} data-toc-label="{title}"}}'


def _title(name: str, language: str) -> str:
    return pick(language, *TITLES[name])


def _tables() -> dict[type[Settings], list[str]]:
    """Return every table of the schema with where it may stand, in the order of the file."""
    found: dict[type[Settings], list[str]] = {StudyConfig: []}
    _walk(StudyConfig, "", found)
    return found


def _walk(model: type[Settings], prefix: str, found: dict[type[Settings], list[str]]) -> None:
    for key, info in model.model_fields.items():
        for inner, shape in _inner(info.annotation):
            path = f"{prefix}{info.alias or key}"
            place = {"table": f"[{path}]", "named": f"[{path}.NAME]", "list": f"[[{path}]]"}[shape]
            new = inner not in found
            places = found.setdefault(inner, [])
            if place not in places:
                places.append(place)
            if new:
                _walk(inner, place.strip("[]") + ".", found)


def _inner(annotation: Any, shape: str = "table") -> Iterator[tuple[type[Settings], str]]:
    """Yield the tables a value may be, or hold."""
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        yield annotation, shape
        return
    origin = get_origin(annotation)
    shape = {dict: "named", list: "list", tuple: "list"}.get(origin, shape)
    for one in get_args(annotation):
        yield from _inner(one, shape)


def _row(
    model: type[Settings], key: str, own: dict[str, Any], schema: dict[str, Any], language: str
) -> list[str]:
    info = model.model_fields[key]
    name = info.alias or key
    said = own["properties"][name]
    words = key_words(model, key, info).of(language)
    required = name in own.get("required", ())
    default = said.get("default")
    if required:
        shown = pick(language, "必填", "required")
    elif default is None or default in ({}, []):
        shown = ""
    else:
        shown = code(_toml(default))
    return [
        anchored(f"{model.__name__.lower()}-{name}", code(name)),
        cell(words),
        _kind(said, schema, language),
        shown,
    ]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str):
        return f'"{value}"'
    return str(value)


WORDS = {
    "string": ("文字", "text"),
    "integer": ("整数", "whole number"),
    "number": ("数", "number"),
    "boolean": ("`true`、`false`", "`true`, `false`"),
    "path": ("文件", "file"),
    "date": ("日期，如 2025-12-31", "date, such as 2025-12-31"),
}


def _kind(said: dict[str, Any], schema: dict[str, Any], language: str) -> str:
    """Return in words what a value may be."""
    if "$ref" in said:
        name = said["$ref"].rsplit("/", 1)[1]
        return f"{pick(language, '表：', 'table: ')}[{_title(name, language)}](#{name.lower()})"
    if "anyOf" in said or "oneOf" in said:
        kinds = [
            _kind(one, schema, language)
            for one in said.get("anyOf", said.get("oneOf"))
            if one.get("type") != "null"
        ]
        return pick(language, "，或", ", or ").join(dict.fromkeys(kinds))
    if "enum" in said or "const" in said:
        choices = said.get("enum", [said.get("const")])
        # A quotation mark would hold to the comma before it: the space of no width lets lines end.
        return pick(language, "、\u200b", ", ").join(code(_toml(choice)) for choice in choices)
    if said.get("type") == "array":
        inner = said.get("items", {})
        return pick(language, "列表：", "list of: ") + _kind(inner, schema, language)
    if said.get("type") == "object":
        inner = said.get("additionalProperties")
        known = _kind(inner, schema, language) if isinstance(inner, dict) and inner else ""
        return pick(language, "名称 → ", "name → ") + known if known else "{ … }"
    words = WORDS.get(said.get("format", ""), WORDS.get(said.get("type", ""), ("", "")))
    return pick(language, *words) + _bounds(said, language)


def _bounds(said: dict[str, Any], language: str) -> str:
    parts = [
        f"{sign} {said[key]:g}"
        for key, sign in (
            ("minimum", "≥"),
            ("exclusiveMinimum", "&gt;"),
            ("maximum", "≤"),
            ("exclusiveMaximum", "&lt;"),
        )
        if key in said
    ]
    return pick(language, "，", ", ") + " ".join(parts) if parts else ""
