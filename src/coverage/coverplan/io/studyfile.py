"""Reading the study file: TOML, checked against the schema, faults in plain sentences."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.config import StudyConfig
from ..domain.layer import builtin_layers


def read_study(path: Path) -> StudyConfig:
    """Return the configuration a study file holds.

    Raises
    ------
    InputError
        When there is no such file, it is not TOML, or it breaks the schema: every unknown key
        (with the nearest known one), missing key and wrong value at once.
    """
    file = path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text)
    except FileNotFoundError as error:
        raise InputError([_no_file(path)]) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError([_not_toml(file, error)]) from error
    return study_from_dict(data, file=file, text=text)


def study_from_dict(data: Mapping[str, Any], *, file: str = "study", text: str = "") -> StudyConfig:
    """Return the configuration of a dictionary of the form of a study file.

    Parameters
    ----------
    data
        The tables of the file.
    file, text
        Name and text of the file, for messages with line numbers.

    Raises
    ------
    InputError
        As `read_study`.
    """
    try:
        config = StudyConfig.model_validate(data)
    except ValidationError as error:
        faults = [_problem(detail, file, text) for detail in error.errors()]
        raise InputError(_without_echoes(faults)) from error
    problems = Problems()
    _check_references(config, file, text, problems)
    problems.raise_if_any()
    return config


def _without_echoes(faults: list[Problem]) -> list[Problem]:
    """Drop what a choice of types repeats for every alternative."""
    return list({(f.column, f.code): f for f in faults}.values())


def _check_references(config: StudyConfig, file: str, text: str, problems: Problems) -> None:
    """Check what one part of the study says of another: groups, profiles, layers."""
    try:
        profiles = config.all_profiles()
    except ValueError as error:
        problems.add(
            Problem(
                code="study.profile",
                what=Text("出行方式不完整", "a travel profile is not complete"),
                file=file,
                found=str(error),
                mend=Text("给出 kmh 或 kmh_by_class", "give kmh or kmh_by_class"),
            )
        )
        return
    for key, layer_config in config.layers.items():
        where = ("layers", key)
        try:
            layer = layer_config.layer(key)
        except ValueError as error:
            problems.add(_incomplete_layer(where, str(error), file, text))
            continue
        if layer.group not in config.people.groups:
            known = list(config.people.groups)
            problems.add(_reference((*where, "group"), layer.group, known, file, text))
        if layer.profile not in profiles:
            problems.add(_reference((*where, "profile"), layer.profile, list(profiles), file, text))


def _reference(
    where: tuple[str, ...], found: str, known: list[str], file: str, text: str
) -> Problem:
    return Problem(
        code="study.reference",
        what=Text(f"{'.'.join(where)} 的值未定义", f"{'.'.join(where)} is not defined"),
        file=file,
        row=_line(text, where) or _line(text, where[:-1]),
        column=".".join(where),
        found=found,
        expected=Text("、".join(known), ", ".join(known)),
        mend=Text("改用其中之一，或先定义它", "use one of these, or define it"),
    )


def _incomplete_layer(where: tuple[str, ...], missing: str, file: str, text: str) -> Problem:
    near = difflib.get_close_matches(where[-1], builtin_layers(), n=1, cutoff=0.5)
    hint_zh = f"是否指内置图层 {near[0]}？否则" if near else ""
    hint_en = f"did you mean the built-in layer {near[0]}? Otherwise " if near else ""
    return Problem(
        code="study.layer",
        what=Text(
            f"图层 {where[-1]} 不是内置图层，缺少 {missing}",
            f"layer {where[-1]} is not built in and lacks {missing}",
        ),
        file=file,
        row=_line(text, where),
        expected=Text("内置图层：" + "、".join(builtin_layers()), ", ".join(builtin_layers())),
        mend=Text(f"{hint_zh}补上 {missing}", f"{hint_en}add {missing}"),
    )


def _line(text: str, where: tuple[str, ...]) -> int | None:
    """Return the line of a study file where a key stands: under its table, or as a table."""
    if not where:
        return None
    lines = text.splitlines()
    heads = {f"[{'.'.join(where[:i])}]": i for i in range(1, len(where) + 1)}
    inside = ""
    best: int | None = None
    for number, line in enumerate(lines, 1):
        bare = line.split("#")[0].strip()
        if bare.startswith("["):
            inside = bare
            if bare in heads and heads[bare] == len(where):
                best = best or number
            continue
        depth = heads.get(inside, 0)
        key = where[depth] if depth < len(where) else None
        if key and (depth > 0 or not inside) and re.match(rf'"?{re.escape(key)}"?\s*[=.]', bare):
            return number
    return best


def _problem(detail: ErrorDetails, file: str, text: str) -> Problem:
    # "Candidates" and the like are names of types in a choice, not keys of the file.
    where = tuple(
        str(part)
        for part in detail["loc"]
        if not (isinstance(part, str) and (part.startswith("literal[") or part[:1].isupper()))
    )
    path = ".".join(where)
    kind = detail["type"]
    row = _line(text, where) or _line(text, where[:-1])
    if kind == "extra_forbidden":
        return _unknown_key(where, file, row)
    if kind == "missing":
        return Problem(
            code="study.missing",
            what=Text(f"缺少 {path}", f"{path} is missing"),
            file=file,
            row=row,
            column=path,
            expected=_expectation(where),
            mend=Text(f"在研究文件中补上 {path}", f"add {path} to the study file"),
        )
    value = detail.get("input")
    return Problem(
        code="study.value",
        what=Text(f"{path} 的值不能使用", f"the value of {path} cannot be used"),
        file=file,
        row=row,
        column=path,
        found=str(value),
        expected=Text.same(detail["msg"].removeprefix("Value error, ")),
        mend=Text("改正这个值", "correct the value"),
    )


def _model_at(where: tuple[str, ...]) -> Any:
    """Return the schema of the table a key stands in, None where it has no fixed keys."""
    node: Any = StudyConfig.model_json_schema()
    defs = node.get("$defs", {})

    def resolve(schema: Any) -> Any:
        while "$ref" in schema:
            schema = defs[schema["$ref"].rsplit("/", 1)[1]]
        if "anyOf" not in schema:
            return schema
        options = [resolve(option) for option in schema["anyOf"]]
        return next((option for option in options if "properties" in option), options[0])

    for part in where:
        node = resolve(node)
        if part in node.get("properties", {}):
            node = node["properties"][part]
        elif isinstance(node.get("additionalProperties"), dict):
            node = node["additionalProperties"]
        elif "items" in node:
            node = node["items"]
        else:
            return None
    return resolve(node)


def _unknown_key(where: tuple[str, ...], file: str, row: int | None) -> Problem:
    model = _model_at(where[:-1])
    known = sorted(model.get("properties", {})) if model else []
    near = difflib.get_close_matches(where[-1], known, n=1, cutoff=0.4)
    path = ".".join(where)
    return Problem(
        code="study.unknown_key",
        what=Text(f"不认识的键 {path}", f"unknown key {path}"),
        file=file,
        row=row,
        column=path,
        expected=Text("、".join(known), ", ".join(known)) if known else None,
        mend=Text(
            f"是否指 {near[0]}？" if near else "删去它",
            f"did you mean {near[0]}?" if near else "remove it",
        ),
    )


def _expectation(where: tuple[str, ...]) -> Text | None:
    model = _model_at(where)
    words = model.get("description") if model else None
    return Text.same(str(words)) if words else None


def _no_file(path: Path) -> Problem:
    return Problem(
        code="study.no_file",
        what=Text("研究文件不存在", "there is no such study file"),
        file=str(path),
        mend=Text("核对路径", "check the path"),
    )


def _not_toml(file: str, error: Exception) -> Problem:
    found = re.search(r"at line (\d+)", str(error))
    return Problem(
        code="study.not_toml",
        what=Text("研究文件不是有效的 TOML", "the study file is not valid TOML"),
        file=file,
        row=int(found.group(1)) if found else None,
        found=str(error),
        mend=Text(
            '文字要加英文双引号，路径用 /，例如 source = "villages.xlsx"',
            'put text in straight double quotes, use / in paths: source = "villages.xlsx"',
        ),
    )
