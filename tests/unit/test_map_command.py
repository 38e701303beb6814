"""`coverplan map`: one page, whole or not at all, that calls nobody unless asked to."""

import os
from contextlib import nullcontext
from pathlib import Path

import pytest
import typer
from street_files import write_street
from typer.testing import CliRunner

from coverplan.core.errors import InputError
from coverplan.guarding import EXIT_INPUT, EXIT_OK
from coverplan.mapcommand import MapOptions, _check, map_page, write_map
from coverplan.present import weight
from coverplan.present.bulk import pack
from coverplan.present.embedding import iframe_snippet
from coverplan.present.weight import check_weight, heaviest_part

APP = typer.Typer(pretty_exceptions_enable=False)
APP.command("map")(map_page)
TILES = "https://tiles.example/{z}/{x}/{y}.png"


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    return write_street(folder)


@pytest.fixture
def run(study, tmp_path, capfd):
    """The exit code of the command, what it printed, and the page where it wrote one."""

    def _run(*words, out="map.html"):
        file = tmp_path / out
        ended = CliRunner().invoke(APP, [str(study), "--out", str(file), *words])
        printed = ended.output + "".join(capfd.readouterr())
        # A terminal breaks lines where it likes.
        return ended.exit_code, " ".join(printed.split()), file

    return _run


def test_the_page_is_the_one_of_a_run(run, study):
    code, printed, file = run()
    assert code == EXIT_OK
    assert "已写入" in printed
    page = file.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "街（虚构）" in page
    assert "img-src data: blob:;" in page
    assert sorted(one.name for one in file.parent.iterdir()) == ["map.html", "study"]
    again = run(out="again.html")[2]
    assert again.read_bytes() == file.read_bytes()


def test_language_layer_and_snippet(run):
    code, printed, file = run("--lang", "en", "--layer", "stations", "--snippet", "--quiet")
    assert code == EXIT_OK
    page = file.read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert '"open":{"layer":"stations"}' in page
    assert printed.startswith('<iframe src="./map.html" title="街（虚构）"')
    assert "sandbox=" in printed
    assert "written" not in printed


def test_a_title_stays_a_title_in_the_lines_that_embed():
    lines = iframe_snippet("a.html", 'A\x1b[31m\x9b1m\n\u202e"><script>')
    assert 'title="A\ufffd[31m\ufffd1m \ufffd&quot;&gt;&lt;script&gt;"' in lines
    assert "\n" not in lines


def test_tiles_only_where_asked(run):
    code, _, file = run("--tiles", TILES, "--tiles-credit", "某省测绘")
    assert code == EXIT_OK
    page = file.read_text(encoding="utf-8")
    assert "img-src data: blob: https://tiles.example;" in page
    assert "某省测绘" in page


@pytest.mark.parametrize(
    ("words", "out", "said"),
    [
        (["--layer", "nothing"], "map.html", ["研究里没有这个图层", "homes、stations"]),
        ([], "map.pdf", ["地图写成网页文件", ".html"]),
        ([], "study", ["地图写成网页文件", "一个文件夹"]),
        ([], "x" * 300 + ".html", ["地图不能写在这里", "路径太长"]),
        (["--tiles", TILES], "map.html", ["没有写明底图来源", "--tiles-credit"]),
        (
            ["--tiles", TILES + "?tk=SECRET", "--tiles-credit", "x"],
            "map.html",
            ["地址里有密钥", "tk=…"],
        ),
        (
            ["--tiles", "https://a.is.autonavi.com/{z}/{x}/{y}", "--tiles-credit", "x"],
            "map.html",
            ["GCJ-02", "数百米"],
        ),
        (["--date", "soon"], "map.html", ["soon"]),
        (["--lang", "fr"], "map.html", ["--lang"]),
    ],
)
def test_what_cannot_be_stops_before_anything_is_computed(run, monkeypatch, words, out, said):
    monkeypatch.setattr("coverplan.mapcommand.run", lambda *_, **__: pytest.fail("computed"))
    code, printed, file = run(*words, out=out)
    assert code == EXIT_INPUT
    for part in said:
        assert part in printed
    assert "SECRET" not in printed
    assert not list(file.parent.glob("*.htm*"))


def test_everything_wrong_is_said_at_once(run):
    code, printed, _ = run("--layer", "x", "--tiles", TILES + "?key=1", out="map.doc")
    assert code == EXIT_INPUT
    for part in ("研究里没有这个图层", "地图写成网页文件", "没有写明底图来源", "地址里有密钥"):
        assert part in printed


def test_a_file_where_the_folder_should_be(run, tmp_path):
    (tmp_path / "taken").touch()
    code, printed, _ = run(out="taken/map.html")
    assert code == EXIT_INPUT
    assert "地图不能写在这里" in printed


def test_a_place_that_takes_no_file_is_told_before_anything_is_computed(study, tmp_path):
    if os.name == "nt" or not Path("/proc/self").is_dir():
        pytest.skip("no such place here")
    asked = MapOptions()
    with pytest.raises(InputError) as refused:
        write_map(study, Path("/proc/map.html"), asked, "zh", lambda: pytest.fail("ran"))
    (problem,) = refused.value.problems
    assert problem.code == "map.out"
    assert "cannot be written there" in problem.what.en
    assert "--out" in problem.mend.zh
    # Looking leaves nothing behind, not even folders.
    _check(tmp_path / "new" / "deep" / "map.html", asked, [])
    assert [one.name for one in tmp_path.iterdir()] == ["study"]


def test_a_heavy_page_is_said_and_a_too_heavy_one_refused(run, monkeypatch):
    monkeypatch.setattr(weight, "WARN_BYTES", 1000)
    code, printed, file = run()
    assert code == EXIT_OK
    assert "地图网页太大" in printed
    assert file.is_file()
    file.write_text("before", encoding="utf-8")
    monkeypatch.setattr(weight, "MOST_BYTES", 2000)
    code, printed, file = run()
    assert code == EXIT_INPUT
    assert "--force" in printed
    assert "最重的是" in printed
    assert file.read_text(encoding="utf-8") == "before"
    code, printed, file = run("--force")
    assert code == EXIT_OK
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE")


def test_what_weighs_most_is_named(make_payload):
    for name, part in (("overlays", "附加图层"), ("layers", "设施清单"), ("meta", "方法")):
        payload = make_payload() | {name: ["x" * 3_000_000]}
        found, its = heaviest_part(payload)
        assert part in found.zh
        assert its > 3_000_000
    with pytest.raises(InputError) as caught:
        check_weight("长" * 20_000_000, make_payload() | {"overlays": ["x" * 9_000_000]})
    (problem,) = caught.value.problems
    assert (problem.code, problem.severity) == ("map.weight", "error")
    assert problem.found == "60.0 MB"
    assert "9.0 MB" in problem.what.zh
    assert "layers that were added" in problem.what.en
    forced = check_weight("x" * 60_000_000, make_payload(), force=True)
    assert forced.severity == "warning"
    assert check_weight("x" * 10_000_000, make_payload()) is None


@pytest.fixture
def make_payload():
    bulk = pack({"minutes.0": [0], "geometry": {}})
    return lambda: {"bulk": bulk, "layers": [], "meta": {}}


def test_a_map_is_a_page(study, tmp_path):
    with pytest.raises(InputError) as caught:
        write_map(study, tmp_path / "map.png", MapOptions(), "zh", nullcontext)
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("map.suffix", ".png")
    assert "html" in problem.mend.en
