"""What stops a draft of a study file, with its code and its words."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from coverplan import cli, guarding
from coverplan.core.errors import InputError
from coverplan.io.recognise import folder as recognisefolder


@pytest.fixture
def heard(monkeypatch):
    found, say = [], guarding.print_problems

    def hear(error, language, err):
        found.extend(error.problems)
        say(error, language, err)

    monkeypatch.setattr(guarding, "print_problems", hear)
    return found


def init(*words):
    return CliRunner().invoke(cli.app, ["init", *map(str, words)])


def test_nobody_to_ask(county, heard):
    county.study.unlink()
    done = init(county.folder)
    assert done.exit_code == cli.EXIT_INPUT
    assert [p.code for p in heard] == ["init.no_terminal"]
    assert "--yes" in heard[0].render("zh")
    assert not county.study.exists()


def test_a_study_file_that_stands_there(county, heard):
    before = county.study.read_bytes()
    done = init(county.folder, "--yes")
    assert done.exit_code == cli.EXIT_INPUT
    assert [p.code for p in heard] == ["init.out"]
    assert "没有覆盖" in heard[0].render("zh")
    assert "--force" in heard[0].render("en")
    assert county.study.read_bytes() == before


def test_a_file_that_ends_in_txt_once_more(county, heard):
    county.study.unlink()
    towns = county.path("towns.geojson")
    towns.rename(towns.with_name("towns.geojson.txt"))
    assert init(county.folder, "--yes").exit_code == cli.EXIT_INPUT
    (found,) = [p for p in heard if (p.file or "").endswith(".txt")]
    assert found.what.zh == "没有使用：文件名末尾多了 .txt：去掉再试"
    assert "take that away" in found.what.en


def test_files_that_were_not_used_are_named(county, heard):
    county.study.unlink()
    county.path("homes.csv").unlink()
    county.path("stations.xlsx").unlink()
    county.path("读我.docx").write_bytes(b"PK\x03\x04")
    assert init(county.folder, "--yes").exit_code == cli.EXIT_INPUT
    unused = [p for p in heard if p.code == "init.not_used"]
    assert "读我.docx" in {p.file for p in unused}
    assert all(p.severity == "warning" for p in unused)
    assert all("没有使用" in p.what.zh and "not used" in p.what.en for p in unused)
    assert not county.study.exists()


def test_a_folder_that_may_not_be_opened(tmp_path, monkeypatch):
    def closed(*_):
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "iterdir", closed)
    with pytest.raises(InputError) as caught:
        recognisefolder.look_through(tmp_path)
    (found,) = caught.value.problems
    assert found.code == "init.no_access"
    assert "文件夹" in found.what.zh
