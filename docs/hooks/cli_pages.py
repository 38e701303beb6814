"""The reference of the command line, from the commands themselves."""

from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import typer
from words import cell, code, half, pick, table

from coverplan.cli import app


def command_page(language: str) -> str:
    """Return the page of all commands."""
    group = typer.main.get_command(app)
    title = pick(language, "命令", "Commands")
    intro = pick(
        language,
        "每个命令都可加 `--help`。退出码：0 成功；2 输入有误或缺少可选的部分，什么都没有写；1 程序出错；130 被中断。",
        "Every command takes `--help`. Exit codes: 0 done; 2 the input is at fault, or an optional part "
        "is not installed, and nothing was written; 1 the program is at fault; 130 interrupted.",
    )
    lines = [f"# {title}", "", intro, ""]
    commands = sorted(group.commands.items())
    rows = [[f"[`{n}`](#{n})", cell(half(c.help or "", language))] for n, c in commands]
    heads = [pick(language, "命令", "command"), pick(language, "做什么", "what it does")]
    lines += table(heads, rows)
    for name, command in commands:
        lines += [f"## `coverplan {name}` {{#{name}}}", "", half(command.help or "", language), ""]
        lines += ["```text", usage(name, command), "```", ""]
        lines += _options(name, command, language)
    return "\n".join(lines) + "\n"


def usage(name: str, command: object) -> str:
    """Return how a command is written."""
    words = ["coverplan", name]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            shown = parameter.name.upper() + ("..." if parameter.nargs == -1 else "")
            words.append(shown if parameter.required else f"[{shown}]")
    return " ".join([*words, "[OPTIONS]"])


def _options(name: str, command: object, language: str) -> list[str]:
    heads = [
        pick(language, "参数", "parameter"),
        pick(language, "值", "value"),
        pick(language, "意思", "meaning"),
        pick(language, "不写时", "default"),
    ]
    rows = []
    for parameter in command.params:
        is_argument = parameter.param_type_name == "argument"
        names = [parameter.name.upper()] if is_argument else [*parameter.opts]
        meaning = cell(half(getattr(parameter, "help", None) or "", language))
        rows.append(
            [", ".join(map(code, names)), _value(name, parameter), meaning, _default(parameter)]
        )
    return table(heads, rows) if rows else []


def _value(name: str, parameter: object) -> str:
    """Return what is written after an option, by the annotation of the command."""
    if getattr(parameter, "is_flag", False):
        return ""
    (callback,) = [
        one.callback
        for one in app.registered_commands
        if (one.name or one.callback.__name__) == name
    ]
    kinds = _kinds(get_type_hints(callback)[parameter.name])
    words = [PLACEHOLDERS.get(kind, kind.__name__.upper()) for kind in kinds if kind is not bool]
    return code("|".join(words) + (" ..." if parameter.multiple else "")) if words else ""


PLACEHOLDERS = {Path: "PATH", str: "TEXT", int: "N", float: "NUMBER"}


def _kinds(annotation: object) -> list[type]:
    """Return the plain types an annotation is made of."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [] if annotation is type(None) else [annotation]
    if get_origin(annotation) is Literal:
        return [str]
    return [kind for one in get_args(annotation) for kind in _kinds(one)]


def _default(parameter: object) -> str:
    default = parameter.default
    if default is None or default is False or default in ((), []) or callable(default):
        return ""
    if parameter.param_type_name == "argument" and parameter.required:
        return ""
    return code(default) if isinstance(default, str | int | float) else code(str(default))
