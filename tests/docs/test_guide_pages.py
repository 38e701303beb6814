"""The guides say the same in both languages, and their commands and components are there."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from guidepages import LANGUAGES, Page, first_cells, names, page
from typer.testing import CliRunner

from coverplan.cli import app

GUIDES = [*names("guide"), "reference/files.md", "reference/targets-facts.md", "limits.md"]


def everything(language: str) -> list[Page]:
    return [page(language, name) for name in GUIDES]


def test_both_languages_have_the_same_pages() -> None:
    assert names("guide", "zh") == names("guide", "en")
    assert len(GUIDES) > 10


@pytest.mark.parametrize("name", GUIDES)
def test_both_languages_tell_the_same_in_the_same_order(name: str) -> None:
    zh, en = (page(language, name) for language in LANGUAGES)
    assert zh.anchors == en.anchors
    assert "" not in zh.anchors[1:]  # every part can be linked to
    assert first_cells(zh.text) == first_cells(en.text)
    lists = [len(re.findall(r"^(?:- |\d+\. )", one.text, re.MULTILINE)) for one in (zh, en)]
    assert lists[0] == lists[1]
    shown = [[b.replace("我的县", "my-county") for b in one.fenced("sh")] for one in (zh, en)]
    assert shown[0] == shown[1]
    links = [re.findall(r"\]\(([^)#]*#?[^)]*)\)", one.text) for one in (zh, en)]
    assert sorted(set(links[0])) == sorted(set(links[1]))


@pytest.mark.parametrize("name", GUIDES)
def test_every_link_between_pages_leads_to_a_part(name: str) -> None:
    for language in LANGUAGES:
        one = page(language, name)
        for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([\w-]+))?\)", one.text):
            there = (Path(name).parent / target).as_posix() if target else name
            there = re.sub(r"(^|/)[\w-]+/\.\./", r"\1", there)
            if there in GUIDES and anchor:
                assert anchor in page(language, there).anchors, (target, anchor)


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_parse_and_their_files_are_there(language: str, root: Path) -> None:
    lines = [
        line for one in everything(language) for b in one.fenced("sh") for line in b.splitlines()
    ]
    ours = {tuple(shlex.split(line)[1:]) for line in lines if line.startswith("coverplan ")}
    assert len(ours) > 20
    for args in sorted(ours):
        done = CliRunner().invoke(app, [*args, "--help"])
        assert done.exit_code == 0, (args, done.output)
        named = [a for a in args if a.endswith(".toml") and not re.search("我的县|my-county", a)]
        assert [a for a in named if not (root / a).is_file()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_component_named_is_there(language: str, root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = "\n".join(one.text for one in everything(language))
    named = set(re.findall(r'-c constraints\.txt (?:-e )?"\.\[(\w+)\]"', text))
    assert {"osm", "postgis", "cluster", "folium", "figures", "report"} <= named
    assert named <= set(project["optional-dependencies"])
