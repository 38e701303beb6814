"""Figures on paper: their words and numbers are the study's, and every character is drawn."""

import dataclasses
import re
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text as Drawn
from tiny import at, demand, facilities, inputs, network, region

import coverplan
from coverplan import InputError, SitingRequest, Text
from coverplan.present.figures import (
    before_after_figure,
    charts,
    coverage_figure,
    equity_figure,
    find_font,
    fonts,
    gap_figure,
    ground,
    minutes_figure,
    plan_figure,
    save_figure,
    sheet,
)

UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500), (2000, -500, 3000, 500))
PEOPLE = demand(UNITS, [(5, 0, "a", 40), (1500, 0, "b", 60), (1510, 0, "b", 7)])
ROADS = network([[(0, 0), (2000, 0)]])


@pytest.fixture(scope="module", autouse=True)
def _some_font():
    try:
        find_font()
    except InputError:
        pytest.skip("no font with Chinese characters is installed")


def study(*, title="小县（虚构）", sites=((0, 0, "a"),), proposed=True):
    places = None
    if proposed:
        places = gpd.GeoDataFrame(
            {"name": ["新站"], "unit": ["b"]},
            index=["c"],
            geometry=gpd.points_from_xy(*at((1500, 0)).T),
            crs=UNITS.crs,
        )
    request = SitingRequest(1, places) if proposed else None
    given = inputs(UNITS, PEOPLE, ROADS, facilities(sites), siting=request, minutes=5)
    return coverplan.assess(dataclasses.replace(given, title=title))


def words_of(figure):
    return [t.get_text() for t in figure.findobj(Drawn) if t.get_text()]


def test_coverage_by_unit_today_and_after():
    words = words_of(coverage_figure(study(), "test"))
    assert "甲镇\n100.0 %" in words
    assert "申镇\n0.0 %" in words
    assert "甴镇\n—" in words  # nobody lives there
    assert any("40 / 107 人" in w and "37.4 %" in w for w in words)
    after = words_of(coverage_figure(study(), "test", phase="after", language="en"))
    assert "申镇\n100.0 %" in after
    assert any("107 of 107" in w for w in after)
    assert "Not an approved map: not for publication" in " ".join(after)


def test_shares_stand_in_the_classes_of_the_page():
    words = words_of(coverage_figure(study(), "test"))
    assert {"0–<25 %", "25–<50 %", "50–<75 %", "75–<90 %", "90–100 %"} <= set(words)
    fills = [ground.share_fill(share) for share in (24.99, 25.0, 50.0, 75.0, 89.99, 90.0, 100.0)]
    assert [ground.SHARE_FILLS.index(fill) for fill in fills] == [0, 1, 2, 3, 3, 4, 4]


def test_who_is_not_reached():
    words = words_of(gap_figure(study(), "test"))
    assert {"甲镇\n0", "申镇\n67", "甴镇\n—"} <= set(words)


def test_minutes_by_the_limits_of_the_study():
    words = words_of(minutes_figure(study(), "test", language="en"))
    assert "within 5 minutes" in words
    assert "more than 5 minutes" in words
    assert not any("30" in w and "within" in w for w in words)


def test_the_plan_and_what_it_changes():
    made = study()
    words = words_of(plan_figure(made, "test"))
    assert "1  新站（67）" in words
    both = words_of(before_after_figure(made, "test"))
    assert {"现状", "建成后"} <= set(both)
    assert any("107 / 107 人" in w and "现状 40 人" in w for w in both)
    for draw in (plan_figure, before_after_figure):
        with pytest.raises(ValueError, match="no plan"):
            draw(study(proposed=False), "test")


def test_a_layer_without_any_site():
    words = words_of(coverage_figure(study(sites=(), proposed=False), "test"))
    assert any("0 / 107 人" in w for w in words)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_bytes_twice(tmp_path, suffix):
    one, two = (
        save_figure(coverage_figure(study(), "test"), tmp_path / f"{name}{suffix}").read_bytes()
        for name in ("a", "b")
    )
    assert one == two
    assert len(one) > 5_000


def test_words_that_mean_something_elsewhere_mean_nothing_here(tmp_path):
    title = r"$\frac{1}{0}$ <script>{{1}} ${x} \u4e00 & 县"
    figure = coverage_figure(study(title=title), "test")
    assert any(title in w for w in words_of(figure))
    text = save_figure(figure, tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<script" not in text


def test_very_long_names_stay_on_the_sheet(tmp_path):
    figure = coverage_figure(study(title="县" * 10_000), "test")
    assert max(len(w) for w in words_of(figure)) < 400
    save_figure(figure, tmp_path / "a.png")


def test_a_character_the_font_lacks_is_an_error(tmp_path):
    figure = coverage_figure(study(title="县🦄"), "test")
    with pytest.raises(InputError) as caught:
        save_figure(figure, tmp_path / "a.png")
    (found,) = caught.value.problems
    assert found.code == "figure.glyph"
    assert "U+1F984" in found.render("zh")
    assert "字库更全" in found.render("zh")
    assert not list(tmp_path.iterdir())


def test_another_suffix(tmp_path):
    with pytest.raises(InputError) as caught:
        save_figure(coverage_figure(study(), "test"), tmp_path / "a.docx")
    (found,) = caught.value.problems
    assert (found.code, found.found) == ("figure.suffix", ".docx")


def test_no_font_tells_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FAMILIES", ("No Such Font",) * 5)
    monkeypatch.setattr(fonts, "_PLACES", ())
    with pytest.raises(InputError) as caught:
        find_font()
    (found,) = caught.value.problems
    assert found.code == "figure.no_font"
    assert "apt install fonts-noto-cjk" in found.render("zh")
    (tmp_path / "x.ttf").write_bytes(b"no font")
    with pytest.raises(InputError) as caught:
        find_font(tmp_path / "x.ttf")
    assert caught.value.problems[0].code == "figure.font_unreadable"
    plain = find_font(_plain_font())
    assert fonts.missing_glyphs(["县"], plain) == ["县"]


def _plain_font():
    return Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"


def test_every_word_has_the_chosen_font():
    font = find_font()
    for drawn in coverage_figure(study(), "test").findobj(Drawn):
        if drawn.get_text():
            properties: FontProperties = drawn.get_fontproperties()
            assert str(properties.get_file()) == str(font), drawn.get_text()


def test_curves_of_equality():
    curve = pd.DataFrame({"people_share": [0, 0.5, 1], "value_share": [0, 0.2, 1]})
    figure = equity_figure(
        study(), {"x": (Text("床位", "beds"), curve)}, Text("床位分布", "beds"), language="en"
    )
    words = words_of(figure)
    assert {"beds", "people, cumulated (%)"} <= set(words)


def test_a_frontier():
    made = study()

    @dataclasses.dataclass
    class Plan:
        value: int
        bound: int

    @dataclasses.dataclass
    class Frontier:
        at: list
        plans: list

    curve = Frontier([1, 2], [Plan(10, 10), Plan(15, 20)])
    figure = charts.frontier_figure(made, "test", curve)
    (axes,) = [a for a in figure.axes if a.lines]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [10, 15])
    assert any(re.search("没有阴影即已证明最优", w) for w in words_of(figure))


def test_scale_and_north():
    assert [sheet._round_metres(m) for m in (1, 199, 999, 12_345)] == [1, 100, 500, 10_000]
    made = study()
    # On the central meridian north is straight up; east of it the meridian leans to the left.
    assert sheet.meridian_turn(made, (500_000.0, 3_200_000.0)) == pytest.approx(0, abs=1e-9)
    assert sheet.meridian_turn(made, (600_000.0, 3_200_000.0)) < -0.005
