"""Targets in the terminal in short: nothing that is not met is left out, nothing is made up."""

import dataclasses
import io

import made_up_report as made
import pandas as pd
import pytest
from rich.console import Console

from coverplan.core.text import Text
from coverplan.measure.policy.registry import INDICATOR_TYPES
from coverplan.present.target_clause import clause_lines
from coverplan.present.target_programme import programme_short
from coverplan.present.targets_brief import print_brief


@pytest.fixture(autouse=True)
def _indicators(monkeypatch):
    for key, kind in made.INDICATORS.items():
        monkeypatch.setitem(INDICATOR_TYPES, key, kind)


def printed(findings, language, tables=None):
    console = Console(file=io.StringIO(), width=100, highlight=False, _environ={})
    print_brief(console, "云溪县", findings, made.known(), tables or {}, language)
    return console.file.getvalue()


def test_a_line_for_each_unmet_clause_and_its_meaning_of_coverage():
    said = printed(made.findings(), "zh").splitlines()
    start = said.index("未达到（3 条）：")
    assert said[start + 1 : start + 4] == [
        "  S-1 S-1 的要求：单元内有设施 9 / 12，差 3 个乡镇（街道）；进度落后",
        "  B-2【征求意见稿】 B-2 的要求：现有 540 / 1,000，差 10 张护理型床位；已到期未达到",
        "  T-1 T-1 的要求：人口可达 69,999 / 100,000，差 1 人；进度未知",
    ]
    assert "外地文件，仅作参照：未达到 1 条：R-1" in said


def test_what_cannot_be_judged_names_the_number_that_is_missing():
    said = printed(made.findings(), "en")
    tail = said.partition("Cannot be judged (4), for want of:\n")[2].splitlines()
    assert tail[:2] == [
        "  · set targets.quotas to judge 2: C-2, C-3",
        "  · set targets.settings.basically to judge 1: C-1",
    ]
    assert tail[2].startswith("  · data, or the place a clause names is not in the study: 1: C-4")


def test_nothing_found_and_nothing_unmet_are_said():
    assert "No target is unmet." in printed([], "en")
    met = [f for f in made.findings() if f.verdict == "met"]
    said = printed(met, "zh")
    assert "没有未达到的目标。" in said
    assert "无法判断（" not in said
    assert "--clause" in said


def test_the_programme_in_short_has_a_line_for_each_target_and_year():
    targets = pd.DataFrame(
        {
            "target_id": ["S-1", "B-2"],
            "sites": pd.array([3, None], dtype="Int64"),
            "proof": ["proven: 3 are the fewest", ""],
            "where": ["甲镇 甲村", ""],
        }
    )
    years = pd.DataFrame({"year": [2026], "sites": [3], "notes": ["a; b"], "cost_yuan": [5]})
    sites = pd.DataFrame({"order": [1, 2, 3]})
    tables = {"programme_targets": targets, "programme_years": years, "programme_sites": sites}
    lines = programme_short(tables, "en")
    assert lines == [
        "",
        "Sites that close the gaps:",
        "  S-1: 3 sites (proven: 3 are the fewest)",
        "  sites do not close 1: B-2 (what it takes: programme_targets.csv)",
        "",
        "Programme by year:",
        "  2026: 3 sites, 5 yuan; met by its end: —",
        "  order and places of building (3 sites): programme_sites.csv",
    ]
    assert programme_short({}, "zh") == []


@pytest.mark.parametrize("text", ["\x1b[31m红", "一\n二\r\n三", "[/x][bold]", "长" * 5000])
def test_words_of_a_file_break_neither_line_nor_terminal(text):
    first = made.findings()[2]
    target = dataclasses.replace(first.target, id=text, words=Text(text, text), document=text)
    for verdict, settings in (("not_met", ()), ("cannot_judge", (text,)), ("cannot_judge", ())):
        finding = dataclasses.replace(first, target=target, verdict=verdict, settings=settings)
        for said in (printed([finding], "en"), "\n".join(clause_lines(finding, text, "en"))):
            assert "二" not in [line.strip() for line in said.splitlines()]
            assert max(len(line) for line in said.splitlines()) < 1300
        assert "\x1b" not in printed([finding], "en")
