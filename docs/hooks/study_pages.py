"""The reference of the study file, from its schema."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from words import cell, code, pick, table

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


def study_page(language: str) -> str:
    """Return the page of all tables and keys."""
    schema = StudyConfig.model_json_schema()
    tables = _tables()
    lines = [f"# {pick(language, '研究文件的全部键', 'All keys of the study file')}", ""]
    lines += [pick(language, *INTRO), ""]
    for model, places in tables.items():
        shown = ", ".join(code(place) for place in places) or pick(language, "最上层", "top level")
        name = model.__name__
        lines += [f"## {shown} {{#{name.lower()}}}", ""]
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
        shown = pick(language, "必须写", "required")
    elif default is None or default in ({}, []):
        shown = ""
    else:
        shown = code(_toml(default))
    return [code(name), cell(words), _kind(said, schema, language), shown]


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
        return f"[{pick(language, '表', 'table')}](#{name.lower()})"
    if "anyOf" in said or "oneOf" in said:
        kinds = [
            _kind(one, schema, language)
            for one in said.get("anyOf", said.get("oneOf"))
            if one.get("type") != "null"
        ]
        return pick(language, "，或", ", or ").join(dict.fromkeys(kinds))
    if "enum" in said or "const" in said:
        choices = said.get("enum", [said.get("const")])
        return pick(language, "、", ", ").join(code(_toml(choice)) for choice in choices)
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
