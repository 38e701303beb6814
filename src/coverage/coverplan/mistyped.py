"""What is wrong with a command as it was typed: said as every other fault is, in both languages.

Typer finds the fault and says it in English. Here its exceptions are read by their name, as Typer
brings its own Click or uses the one installed.
"""

import difflib
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import typer
from rich.console import Console
from typer.core import TyperGroup

from .core.errors import Problem
from .core.text import Language, Text
from .guarding import EXIT_INPUT, EXIT_INTERRUPTED, EXIT_OK
from .io.studyfile import stated_language
from .present.terminal import plain

__all__ = ["Commands", "mistyped"]

_UsageError: Any = typer.BadParameter.__base__
"""Typer brings its own Click or uses the one installed; both call it so."""

_NEAR = 3
_DASHES = "—–－﹣−"
"""What a word processor or a Chinese keyboard makes of the hyphens before an option."""


class Commands(TyperGroup):
    """The commands; what was typed wrong is told as every other fault is."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - as Typer has it
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,
    ) -> Any:
        """Run the command that was typed, and end the process.

        Parameters
        ----------
        args
            The words typed after the name of the program; None: those of this process.
        standalone_mode
            Whether the process is to end, and faults to be told; else they are raised.
        prog_name, complete_var, windows_expand_args, **extra
            As `typer.core.TyperGroup.main` takes them.
        """
        words = list(sys.argv[1:] if args is None else args)
        # Without a word: what there is to be typed.
        typed = args if words else ["--help"]
        as_typed = (typed, prog_name, complete_var, False, windows_expand_args)
        if not standalone_mode:
            return super().main(*as_typed, **extra)
        try:
            code = super().main(*as_typed, **extra)
        except _UsageError as error:
            _tell(mistyped(error, words), _language(words))
            sys.exit(EXIT_INPUT)
        except typer.Abort:
            sys.exit(EXIT_INTERRUPTED)
        sys.exit(code if isinstance(code, int) else EXIT_OK)


def _tell(problem: Problem, language: Language | None) -> None:
    """Print a fault, in both languages where none is asked for."""
    err = Console(stderr=True, highlight=False)
    languages: tuple[Language, ...] = ("zh", "en") if language is None else (language,)
    head = Text("命令没有执行", "nothing was done")
    mark = ":" if language == "en" else "："
    words = " / ".join(head.of(one) for one in languages)
    err.print(plain(f"{words}{mark}", "red bold"), soft_wrap=True)
    for one in languages:
        err.print(plain(problem.render(one)), soft_wrap=True)


def _language(words: Sequence[str]) -> Language | None:
    """Return the language asked for, else that of the study named; None: of neither."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        option, _, value = word.partition("=")
        if option == "--lang" and (value or following) in get_args(Language):
            return "en" if (value or following) == "en" else "zh"
    paths = [Path(word) for word in words if word.endswith(".toml")]
    return next((stated_language(path) for path in paths if path.is_file()), None)


def mistyped(error: Any, words: Sequence[str]) -> Problem:
    """Return the fault of a command as it was typed.

    Parameters
    ----------
    error
        What Typer raised.
    words
        The words that were typed after the name of the program.

    Examples
    --------
    >>> import typer
    >>> print(mistyped(typer.BadParameter("no"), ["run"]).render("en"))
    the command cannot be read
      found: "no"
      to mend: coverplan --help lists the commands
    """
    kinds = [kind.__name__ for kind in type(error).__mro__]
    for kind, told in _BY_KIND.items():
        if kind in kinds and getattr(error, "param", error) is not None:
            return told(error, words)
    said = str(error.message or "")
    for part, told in _BY_WORDS.items():
        if part in said:
            return told(error, words)
    return Problem(
        code="usage",
        what=Text("命令不能这样写", "the command cannot be read"),
        found=said,
        mend=_help(error),
    )


def _help(error: Any) -> Text:
    """Return how to see what may be typed."""
    command = _name(error)
    if command == _PROGRAM:
        return Text(f"{command} --help 列出全部命令", f"{command} --help lists the commands")
    return Text(
        f"{command} --help 列出这个命令的写法和全部选项",
        f"{command} --help tells how it is written, with all options",
    )


_PROGRAM = "coverplan"


def _name(error: Any) -> str:
    context = getattr(error, "ctx", None)
    if context is None or context.parent is None:
        return _PROGRAM
    return f"{_PROGRAM} {context.info_name}"


def _no_option(error: Any, _: Sequence[str]) -> Problem:
    name = str(error.option_name)
    near = difflib.get_close_matches(name, _options(error.ctx), n=_NEAR, cutoff=0.5)
    # "coverplan --version" means "coverplan version".
    near = [c for c in _commands(error.ctx) if c == name.lstrip("-")] or near
    return Problem(
        code="usage.option",
        what=Text("没有这个选项", "there is no such option"),
        column=name,
        expected=_any_of(near),
        mend=_help(error),
    )


def _options(context: Any) -> list[str]:
    if context is None:
        return []
    return [
        name
        for param in context.command.get_params(context)
        for name in (*param.opts, *param.secondary_opts)
        if name.startswith("-")
    ]


def _commands(context: Any) -> list[str]:
    """Return the commands there are at this place; nothing within one of them."""
    known = getattr(getattr(context, "command", None), "list_commands", None)
    return [] if known is None else list(known(context))


def _any_of(near: Iterable[str]) -> Text | None:
    words = list(near)
    return Text("、".join(words), ", ".join(words)) if words else None


def _missing(error: Any, _: Sequence[str]) -> Problem:
    zh, _slash, en = str(getattr(error.param, "help", None) or "").partition(" / ")
    said, name = Text(zh, en or zh), str(error.param.opts[0])
    return Problem(
        code="usage.missing",
        what=Text("命令没有写完，缺少必须写的一项", "something that must be given is missing"),
        column=name if name.startswith("-") else None,
        expected=said if said.zh else Text.same(name),
        mend=_help(error),
    )


def _option_alone(error: Any, words: Sequence[str]) -> Problem:
    name = str(error.option_name)
    flag = "does not take" in str(error.message) or "takes no" in str(error.message)
    what = (
        Text("这个选项后面不写值", "this option takes no value")
        if flag
        else Text("选项后面缺少值", "the value after the option is missing")
    )
    command = next((word for word in words if not word.startswith("-")), "")
    path = f"{_PROGRAM} {command}".strip()
    return Problem(
        code="usage.value",
        what=what,
        column=name,
        mend=Text(f"{path} --help 列出全部选项", f"{path} --help lists all options"),
    )


def _bad_value(error: Any, words: Sequence[str]) -> Problem:
    param = error.param
    names = [str(name) for name in param.opts]
    found = _value_of(names, words)
    option = max(names, key=len)
    return Problem(
        code="usage.value",
        what=Text("值不合要求", "the value cannot be used"),
        column=option if option.startswith("-") else None,
        found=found,
        expected=_number_wanted(param, str(error.message)),
        mend=_help(error),
    )


def _value_of(names: Sequence[str], words: Sequence[str]) -> str | None:
    """Return what was typed after an option the last time, None where it cannot be told."""
    found = None
    for word, following in zip(words, [*words[1:], None], strict=True):
        option, equals, value = word.partition("=")
        if option in names:
            found = value if equals else following
    return found


def _number_wanted(param: Any, said: str) -> Text:
    """Return what a value should be: a whole number, one from here to there; else as Typer says."""
    least, most = getattr(param, "min", None), getattr(param, "max", None)
    whole = "integer" in said or isinstance(least, int)
    if not whole and "number" not in said and least is None and most is None:
        return Text.same(said)
    kind = Text("整数", "a whole number") if whole else Text("数", "a number")
    if least is not None and most is not None:
        return Text(f"{least} 至 {most} 的{kind.zh}", f"{kind.en} from {least} to {most}")
    if least is not None:
        return Text(f"不小于 {least} 的{kind.zh}", f"{kind.en}, {least} or more")
    return kind


def _no_command(error: Any, words: Sequence[str]) -> Problem:
    quoted = re.search(r"'([^']*)'", str(error.message))
    found = quoted[1] if quoted else next((w for w in words if not w.startswith("-")), "")
    known = _commands(error.ctx)
    return Problem(
        code="usage.command",
        what=Text("没有这个命令", "there is no such command"),
        found=found,
        expected=_any_of(difflib.get_close_matches(found, known, n=_NEAR, cutoff=0.5)),
        mend=_help(error),
    )


def _too_much(error: Any, words: Sequence[str]) -> Problem:
    quoted = re.search(r"\((.*)\)", str(error.message))
    found = quoted[1] if quoted else ""
    dashed = [word for word in words if word[:1] in _DASHES]
    if dashed:
        meant = ["--" + word.lstrip(_DASHES + "-") for word in dashed]
        return Problem(
            code="usage.dash",
            what=Text(
                "选项前面要写两个英文短横线 --", "an option begins with two plain hyphens, --"
            ),
            found=dashed[0],
            expected=_any_of(
                difflib.get_close_matches(meant[0], _options(error.ctx), n=1, cutoff=0.5) or meant
            ),
            mend=Text("改成英文短横线，再运行一次", "type plain hyphens, and run it again"),
        )
    return Problem(
        code="usage.extra",
        what=Text("多写了几个词", "there are words too many"),
        found=found,
        mend=Text(
            "路径里有空格的，整个路径用英文双引号括起来；" + _help(error).zh,
            "a path with spaces wants straight double quotes around it; " + _help(error).en,
        ),
    )


_BY_KIND: Mapping[str, Callable[[Any, Sequence[str]], Problem]] = MappingProxyType(
    {
        "NoSuchOption": _no_option,
        "MissingParameter": _missing,
        "BadOptionUsage": _option_alone,
        "BadParameter": _bad_value,
    }
)
"""By the name of Typer's exception; a missing parameter is a bad one too, and stands first."""

_BY_WORDS: Mapping[str, Callable[[Any, Sequence[str]], Problem]] = MappingProxyType(
    {"No such command": _no_command, "unexpected extra argument": _too_much}
)
"""By what it says, where it has no name of its own."""
