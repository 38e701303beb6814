"""The reference of the command line, from the commands themselves."""

import typer
from cli_values import default_of, meaning_of, unused, value_of
from words import anchored, cell, code, half, pick, table

from coverplan.cli import app


def command_page(language: str) -> str:
    """Return the page of all commands.

    Raises
    ------
    ValueError
        When something is said of an option that no command has.
    """
    if wrong := unused():
        raise ValueError(f"docs/hooks/cli_values.py: no such option: {wrong}")
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
        lines += ["```text", usage(name, command, language), "```", ""]
        lines += [pick(language, *NOTES[name]), ""] if name in NOTES else []
        lines += _options(name, command, language)
    return "\n".join(lines) + "\n"


NOTES = {
    "site": (
        "没有写的选项，以研究文件该图层的 `siting` 表为准。",
        "An option left out is as the `siting` table of the layer in the study file says.",
    )
}


def usage(name: str, command: object, language: str) -> str:
    """Return how a command is written."""
    words = ["coverplan", name]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            shown = parameter.name.upper() + ("..." if parameter.nargs == -1 else "")
            words.append(shown if parameter.required else f"[{shown}]")
    return " ".join([*words, pick(language, "[选项]", "[OPTIONS]")])


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
        anchor = f"{name}--{names[0].lstrip('-').lower()}"
        rows.append(
            [
                anchored(anchor, ", ".join(map(code, names))),
                value_of(name, parameter, language),
                meaning_of(name, parameter, language),
                default_of(name, parameter, language),
            ]
        )
    return table(heads, rows) if rows else []
