"""A planner's own words reach the terminal as they are: brackets, codes and all."""

import dataclasses
import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console
from tiny import demand, facilities, inputs, network, region

import coverplan
from coverplan import Text, cli
from coverplan.core.errors import Problem
from coverplan.present.terminal import print_summary, print_warnings

HOSTILE = [
    "[/foo] 站",
    "[bold]粗[/bold]",
    "[link=http://x]点[/link]",
    ":hospital: 院",
    "尾\\",
    "[/]",
]


def forced():
    """A console that believes it stands before a person."""
    return Console(
        file=io.StringIO(), force_terminal=True, force_interactive=True, width=300,
        highlight=False, _environ={"TERM": "xterm-256color"},
    )  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_summary_and_warnings(words):
    units = region((0, -500, 1000, 500))
    people = demand(units, [(5, 0, "a", 4)])
    given = inputs(units, people, network([[(0, 0), (2000, 0)]]), facilities([(0, 0, "a")]))
    item = given.layers[0]
    layer = dataclasses.replace(item.layer, label=Text.same(words))
    profile = dataclasses.replace(given.profiles["test"], label=Text.same(words))
    problem = Problem("x", Text.same(words), Text.same(words), found=words, severity="warning")
    study = coverplan.assess(
        dataclasses.replace(
            given,
            title=words + "甲",
            notice=words + "乙",
            layers=(dataclasses.replace(item, layer=layer),),
            profiles={"test": profile},
            problems=(problem,),
        )
    )
    console = forced()
    print_summary(console, study, "zh")
    print_warnings(console, study, "zh")
    shown = console.file.getvalue()
    assert words + "甲" in shown
    assert words + "乙" in shown
    assert shown.count(words) >= 6
    assert "\x1b]8" not in shown  # no link


def test_control_characters_do_nothing():
    units = region((0, -500, 1000, 500))
    people = demand(units, [(5, 0, "a", 4)])
    given = inputs(units, people, network([[(0, 0), (2000, 0)]]), facilities([(0, 0, "a")]))
    study = coverplan.assess(dataclasses.replace(given, title="甲\x1b[2J乙\x9b2J"))
    console = forced()
    print_summary(console, study, "zh")
    assert "\x1b[2J" not in console.file.getvalue()
    assert "\x9b" not in console.file.getvalue()


@pytest.mark.parametrize(
    ("width", "heads"), [(120, "有设施：现状"), (80, "有设施："), (68, "有设施：")]
)
def test_words_and_numbers_stay_whole(yunxi, width, heads):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_summary(console, yunxi, "zh")
    table = [line for line in console.file.getvalue().splitlines() if line[:1] in "┃│"]
    cells = [[cell.strip() for cell in re.split("[┃│]", line)[1:-1]] for line in table]
    assert max(cell_len(line) for line in table) <= width
    assert heads in (cells[0][3], cells[1][3])
    at = [row[0] for row in cells].index("养老服务")
    assert cells[at + 1][0] == "60 岁及以上"
    assert "已证明最优" in cells[at + 1]
    figures = [cells[at + i][1] for i in range(3)]
    if width > 68:
        assert figures == ["12,649 / 109,199", "11.6 %", ""]
    else:
        assert figures == ["12,649", "/ 109,199", "11.6 %"]
    assert [cells[at + i][3] for i in range(3)] == ["10 / 12", "83.3 %", "乡镇"]


@pytest.mark.parametrize("words", HOSTILE)
def test_progress(words, monkeypatch, tmp_path):
    monkeypatch.setattr(cli, "_err", console := forced())

    def compute(path, date, on_step, on_progress):
        on_step(Text.same(words))

    monkeypatch.setattr(cli, "run_study", compute)
    monkeypatch.setattr(cli, "write_run", lambda *args, **kwargs: [])
    cli._compute(tmp_path, tmp_path, "zh", quiet=False)
    assert words + "…" in console.file.getvalue()


def test_a_whole_run(root, tmp_path, monkeypatch):
    study = tmp_path / "study.toml"
    data = (root / "data/geo/yunxi").as_posix()
    text = (root / "data/geo/yunxi/study.toml").read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title"))
    text = text.replace(title, 'title = "[/县] [bold]甲"')
    text = text.replace("[layers.social_work]", '[layers.social_work]\nlabel = "[/foo] 站"')
    for name in ("gpkg", "xlsx", "csv", "tif"):
        text = re.sub(rf'"([^"/]+\.{name})"', rf'"{data}/\1"', text)
    study.write_text(text, encoding="utf-8")
    out, err = forced(), forced()
    monkeypatch.setattr(cli, "_out", out)
    monkeypatch.setattr(cli, "_err", err)
    assert cli.execute(["run", str(study), "-o", str(tmp_path / "[run]")]) == cli.EXIT_OK
    assert "[/县] [bold]甲" in out.file.getvalue()
    assert "[/foo] 站" in out.file.getvalue()
    assert "[run]" in out.file.getvalue()
    assert "[/foo] 站…" in err.file.getvalue()
