"""`coverplan fetch` on a command line, against a server on this machine."""

import osmnx
import pytest
import typer
from loopback import COUNTY, KM_X, KM_Y, SOUTH, WEST, Fault, serving
from typer.testing import CliRunner

import coverplan
from coverplan import fetchcommand, initcommand
from coverplan.io.fetch.web import Servers

APP = typer.Typer()
APP.command()(fetchcommand.fetch)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv("HTTP_PROXY", raising=False)
    monkeypatch.delenv("http_proxy", raising=False)
    with serving() as running:
        monkeypatch.setattr(osmnx._nominatim.time, "sleep", lambda _: None)
        yield running


def call(server, *arguments):
    addresses = ["--overpass", server.overpass, "--nominatim", server.nominatim]
    done = CliRunner().invoke(APP, [*arguments, *addresses])
    assert "Traceback" not in done.output
    return done


def test_what_was_written_and_what_it_is_worth_is_said(server, tmp_path):
    out = tmp_path / "out"
    done = call(server, COUNTY, "--out", str(out), "--layers", "elderly_care,social_work")
    assert done.exit_code == 0, done.output
    for words in (
        "云桥县, 某市, 某省, 中国 [R9200]", "3 个单元的边界", "图层 elderly_care：2 处设施",
        "志愿者数据不是登记台账", "© OpenStreetMap 贡献者，ODbL 1.0", "接下来", "coverplan init",
        "暂用 OpenStreetMap 编号",
    ):  # fmt: skip
        assert words in done.output
    assert not (out / "eco_burial.csv").exists()
    agents = {headers["User-Agent"] for _, _, headers in server.asked}
    assert len(agents) == 1
    assert agents.pop().startswith("coverplan/")
    other = tmp_path / "other"
    done = call(server, "R9200", "-o", str(other), "--layers", "elderly_care", "--lang", "en")
    assert "layer elderly_care: 2 facilities" in done.output
    assert "© OpenStreetMap contributors, under the ODbL 1.0" in done.output
    assert (other / "elderly_care.csv").read_text(encoding="utf-8-sig").startswith("id,name,lon")
    done = call(server, COUNTY, "-o", str(tmp_path / "quiet"), "--layers", "", "-q")
    assert (done.exit_code, done.output) == (0, "")


def test_what_went_wrong_is_said_in_one_breath(server, tmp_path):
    out = tmp_path / "out"
    done = call(server, "鼓楼区", "--out", str(out))
    assert done.exit_code == 2
    assert "2 个地方叫这个名称" in done.output
    assert "[R2] 鼓楼区, 乙市" in done.output
    server.fail("search", Fault(status=403))
    done = call(server, COUNTY, "--out", str(out), "--lang", "en")
    assert done.exit_code == 2
    assert "nothing was written" in done.output
    assert "HTTP 403" in done.output
    assert {p.name for p in out.iterdir()} == {".coverplan-fetch"}
    done = call(server, COUNTY, "--out", str(out), "--lang", "fr")
    assert done.exit_code == 2
    done = call(server, COUNTY, "--out", str(out), "--date", "yesterday")
    assert done.exit_code == 2
    assert "YYYY-MM-DD" in done.output


def test_text_from_a_server_is_no_terminal_control(server, tmp_path):
    server.places["坏"] = [dict(server.places[COUNTY][0], display_name="a\x1b[31m[bold]b\r\nc")]
    done = call(server, "坏", "--out", str(tmp_path / "out"), "--layers", "")
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output
    assert "[bold]" in done.output


def test_stopped_half_way(server, tmp_path, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    server.fail("interpreter", Fault(status=504))
    original = Servers.__init__
    monkeypatch.setattr(Servers, "__init__", lambda self, **k: original(self, sleep=stop, **k))
    done = call(server, COUNTY, "--out", str(tmp_path / "out"))
    assert done.exit_code == 130
    assert {p.name for p in (tmp_path / "out").iterdir()} == {".coverplan-fetch"}
    assert not hasattr(osmnx.settings.requests_kwargs, "hooks")


def test_what_was_fetched_and_a_table_of_people_make_a_study_by_init(server, tmp_path):
    out = tmp_path / "out"
    assert call(server, COUNTY, "--out", str(out), "-q").exit_code == 0
    rows = [f"村{i},{WEST + (i + 0.4) * KM_X},{SOUTH + 1.1 * KM_Y},100,{20 + i}" for i in range(12)]
    head = "村名,经度,纬度,常住人口,60岁及以上"
    (out / "villages.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    drafting = typer.Typer()
    drafting.command()(initcommand.init)
    done = CliRunner().invoke(drafting, [str(out), "--yes"])
    assert done.exit_code == 0, done.output
    study = coverplan.load(out / "study.toml")
    assert "OpenStreetMap" in study.notice
    assert "无法读取" not in (out / "study.toml").read_text(encoding="utf-8")
    assert study.config.region.units.name == "townships.gpkg"
    assert study.config.roads.source.name == "roads.osm.pbf"
    assert {item.layer.id for item in study.layers} == {"elderly_care", "social_work", "eco_burial"}
    assert study.demand.people("all").sum() == 1200
