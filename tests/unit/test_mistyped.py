"""A command typed wrong is answered as every other fault is: what, the nearest, how to mend."""

import sys

import pytest
import typer
from typer.testing import CliRunner

from coverplan import cli
from coverplan.cli import app
from coverplan.mistyped import mistyped

TYPED = [
    (["rnu", "study.toml"], ("没有这个命令", "“rnu”", "run"), "there is no such command"),
    (["run", "a", "b/study.toml"], ("多写了几个词", "英文双引号括起来"), "straight double quotes"),
    (["run"], ("命令没有写完", "研究文件"), "expected: the study file"),
    (["site", "study.toml"], ("命令没有写完", "选项“--layer”"), 'option "--layer"'),
    (
        ["run", "study.toml", "--ot", "x"],
        ("没有这个选项", "应为：--out"),
        'option "--ot": there is',
    ),
    (["--version"], ("没有这个选项", "应为：version"), "expected: version"),
    (["--nope"], ("没有这个选项", "coverplan --help 列出全部命令"), 'option "--nope"'),
    (
        ["run", "study.toml", "--date"],
        ("选项后面缺少值", "coverplan run --help"),
        'option "--date"',
    ),
    (["run", "study.toml", "--quiet=yes"], ("这个选项后面不写值",), "takes no value"),
    (
        ["province", "study.toml", "--workers", "0"],
        ("选项“--workers”：值不合要求", "发现：“0”", "应为：不小于 1 的整数"),
        "a whole number, 1 or more",
    ),
    (
        ["areas", "study.toml", "--minutes=5.5"],
        ("选项“--minutes”：值不合要求", "发现：“5.5”", "应为：整数"),
        'found: "5.5"',
    ),
    (
        ["run", "study.toml", "——out", "x"],
        ("两个英文短横线", "发现：“——out”", "应为：--out"),
        "two plain hyphens",
    ),
]
"""What was typed, and words of the answer in both languages."""


@pytest.mark.parametrize(("typed", "chinese", "english"), TYPED)
def test_in_both_languages_where_none_is_asked_for(typed, chinese, english):
    done = CliRunner().invoke(app, typed, env={"COLUMNS": "80"})
    assert done.exit_code == 2
    for words in chinese:
        assert words in done.output
    assert english in done.output
    assert "Traceback" not in done.output
    assert "Usage:" not in done.output


def test_in_the_language_asked_for_or_of_the_study(tmp_path, capsys):
    study = tmp_path / "s.toml"
    study.write_text('[output]\nlanguage = "en"\n', encoding="utf-8")
    for typed in (["run", "x.toml", "--ot", "--lang", "en"], ["run", str(study), "--ot"]):
        assert cli.execute(typed) == 2
        said = capsys.readouterr().err
        assert "there is no such option" in said
        assert "没有" not in said
    assert cli.execute(["run", str(study), "--ot", "--lang=zh"]) == 2
    said = capsys.readouterr().err
    assert "没有这个选项" in said
    assert "no such" not in said


def test_what_was_typed_cannot_act_on_the_terminal(capsys):
    assert cli.execute(["\x1b[31mrun[bold]"]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "[bold]" in said


@pytest.mark.parametrize("typed", [[], ["--help"], ["run", "--help"]])
def test_help_is_no_fault(typed, capsys):
    assert cli.execute(typed) == 0
    printed = capsys.readouterr()
    assert printed.out.count("Usage:") == 1
    assert "没有执行" not in printed.err


def test_the_program_itself_says_it_too(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["coverplan", "rnu"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "没有这个命令" in capsys.readouterr().err


CODES = [
    "usage.command", "usage.extra", "usage.missing", "usage.missing", "usage.option",
    "usage.option", "usage.option", "usage.value", "usage.value", "usage.value", "usage.value",
    "usage.dash",
]  # fmt: skip
"""Of each of `TYPED`."""


@pytest.mark.parametrize(
    ("typed", "code"), [(typed, code) for (typed, *_), code in zip(TYPED, CODES, strict=True)]
)
def test_each_has_its_code_and_says_how_to_go_on(typed, code):
    with pytest.raises(typer.BadParameter.__base__) as raised:
        app(args=typed, standalone_mode=False)
    problem = mistyped(raised.value, typed)
    assert problem.code == code
    assert problem.severity == "error"
    assert problem.mend.zh
    assert problem.mend.en
