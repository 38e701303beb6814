"""Figures on paper: their words and numbers are the study's, and every character is drawn."""

import copy
import dataclasses
import functools
import re
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text as Drawn
from shapely.geometry import box
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
    frame,
    gap_figure,
    ground,
    labels,
    lettering,
    minutes_figure,
    plan_figure,
    save_figure,
    sheet,
)
from coverplan.present.figures.cells import cells_of
from coverplan.present.looks import SHARE_FILLS, UNKNOWN_FILL, minute_classes
from coverplan.siting.frontier import CoverageFrontier
from coverplan.siting.plan import NEWLY

UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500), (2000, -500, 3000, 500))
PEOPLE = demand(UNITS, [(5, 0, "a", 40), (1500, 0, "b", 60), (1510, 0, "b", 7)])
ROADS = network([[(0, 0), (2000, 0)]])


@pytest.fixture(scope="module", autouse=True)
def _some_font():
    try:
        find_font()
    except InputError:
        pytest.skip("no font with Chinese characters is installed")


@functools.cache
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
    assert "甴镇\n人数未知" in words  # no total was given
    assert any("40 / 107 人" in w and "37.4 %" in w for w in words)
    after = words_of(coverage_figure(study(), "test", phase="after", language="en"))
    assert "申镇\n100.0 %" in after
    assert any("107 of 107" in w for w in after)
    assert "Not an approved map: not for publication" in " ".join(after)


def test_shares_stand_in_the_classes_of_the_page():
    words = words_of(coverage_figure(study(), "test"))
    assert {"0–<25 %", "25–<50 %", "50–<75 %", "75–<90 %", "90–100 %"} <= set(words)
    told = [ground.fill_of(10_000, reached) for reached in (2499, 2500, 5000, 8999, 9000, 10_000)]
    assert [SHARE_FILLS.index(fill) for fill, _ in told] == [0, 1, 2, 3, 4, 4]
    assert [hatch for _, hatch in told] == [ground.LOW_HATCH] * 2 + [""] * 4
    # Nobody and unknown look different, and unlike any share.
    blank = [ground.fill_of(0, 0), ground.fill_of(None, None)]
    assert blank[1] == (UNKNOWN_FILL, ground.UNKNOWN_HATCH)
    assert len({*blank, *told}) == len(set(told)) + 2


def test_who_is_not_reached():
    words = words_of(gap_figure(study(), "test"))
    assert {"甲镇\n0", "申镇\n67", "甴镇\n人数未知", "未覆盖人数最多的单元"} <= set(words)
    after = words_of(gap_figure(study(), "test", phase="after", language="en"))
    assert {"甲镇\n0", "申镇\n0"} <= set(after)
    assert any("with the sites proposed" in w for w in after)


def test_minutes_by_the_limits_of_the_study():
    words = words_of(minutes_figure(study(), "test", language="en"))
    assert {"within 5 minutes", "more than 5, up to 30", "more than 30 minutes"} <= set(words)
    assert any("most people in them" in w for w in words)
    after = words_of(minutes_figure(study(), "test", phase="after"))
    assert any("建成后" in w for w in after)
    own = [(c.over, c.to) for c in minute_classes((5, 10, 15, 30), 30)]
    assert own == [(None, 5), (5, 10), (10, 15), (15, 30), (30, None)]


def test_the_plan_and_what_it_changes():
    made = study()
    words = words_of(plan_figure(made, "test"))
    assert {"1", "1 新站", "67"} <= set(words)
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
    made = copy.deepcopy(study(title="县" * 10_000))
    made.inputs.region.units["name"] = "乡" * 10_000
    figure = coverage_figure(made, "test")
    assert max(len(w) for w in words_of(figure)) < 400
    assert any(w.startswith("乡乡") and "…" in w for w in words_of(figure))
    inside(figure)
    save_figure(figure, tmp_path / "a.png")


def inside(figure):
    """Every word stands within the sheet, measured as it is drawn."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    wide, high = figure.get_size_inches() * figure.dpi
    for drawn in figure.findobj(Drawn):
        box = drawn.get_window_extent(canvas.get_renderer())
        if drawn.get_text() and drawn.get_visible():
            assert box.x0 >= -1, drawn.get_text()
            assert box.y0 >= -1, drawn.get_text()
            assert box.x1 <= wide + 1, drawn.get_text()
            assert box.y1 <= high + 1, drawn.get_text()


def test_words_stay_on_the_sheet(yunxi):
    inside(before_after_figure(yunxi, "elderly_care", language="en"))
    figure = gap_figure(study(), "test", paper="a3")
    assert tuple(figure.get_size_inches()) == sheet._SIZES["a3"][:2]
    inside(figure)


def test_names_hide_neither_sites_nor_each_other(yunxi):
    figure = coverage_figure(yunxi, "childrens_home", phase="after")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    axes = figure.axes[0]
    names = set(yunxi.inputs.region.names)
    boxes = [
        drawn.get_window_extent(canvas.get_renderer())
        for drawn in axes.findobj(Drawn)
        if drawn.get_text().split("\n")[0] in names
    ]
    assert len(boxes) >= len(names) - 2
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])
    sites = yunxi.layers["childrens_home"].sites
    places = axes.transData.transform(np.column_stack([sites.geometry.x, sites.geometry.y]))
    for x, y in places:
        assert not any(box.contains(x, y) for box in boxes)


def many(count, across):
    """A county of small units with long names, so many in a row."""
    corners = [(i % across * 100, i // across * 100) for i in range(count)]
    units = gpd.GeoDataFrame(
        {
            "code": [f"u{i:03d}" for i in range(count)],
            "name": [f"第{i}乡镇人民街道" for i in range(count)],
        },
        geometry=[box(*at((x, y))[0], *at((x + 100, y + 100))[0]) for x, y in corners],
        crs=UNITS.crs,
    )
    made = coverplan.Region.from_frame(units)
    people = demand(made, [(x + 50, y + 20, f"u{i:03d}", i) for i, (x, y) in enumerate(corners)])
    roads = network([[(0, 20), (across * 100, 20)]])
    return coverplan.assess(inputs(made, people, roads, facilities([(0, 20, "u000")]), minutes=5))


def test_names_that_do_not_fit_become_numbers_in_a_list():
    words = words_of(coverage_figure(many(15, 15), "test"))
    assert "图上编号的单元" in words
    assert sum(bool(re.fullmatch(r"\d+ 第\d+乡镇人民街道", w)) for w in words) >= 5


def test_three_hundred_units():
    words = words_of(coverage_figure(many(300, 20), "test"))
    assert any("个单元的名称放不下" in w for w in words)
    assert sum("%" in w for w in words) > 200
    assert "图上编号的单元" not in words


def test_one_unit_and_no_site():
    one = region((0, 0, 3000, 2000))
    given = inputs(one, demand(one, [(500, 500, "a", 30)]), ROADS, facilities([]))
    made = coverplan.assess(given)
    assert "甲镇\n0.0 %" in words_of(coverage_figure(made, "test"))
    assert any(w == "没有设施" for w in words_of(gap_figure(made, "test")))
    assert "no way to any" in words_of(minutes_figure(made, "test", language="en"))


def test_cells_take_the_class_of_most_of_their_people():
    axes = frame.map_frame(
        sheet.Sheet.of(study(), Text("a", "a"), Text("b", "b"), find_font(), "en"),
        (0.1, 0.2, 0.5, 0.5),
    )
    xy = at((100, 0), (100.1, 0), (100.2, 0), (1500, 0), (2500, 0))
    classes = np.array([0, 2, 0, 1, 2])
    cells = cells_of(axes, xy, np.array([3, 5, 2, 7, 0]), classes)
    found = cells.classes[cells.classes >= 0]
    # Three and two against five: as many, so the farther class; nobody lives at the last place.
    assert sorted(found.tolist()) == [1, 2]
    west, south = cells.corner
    column = int((xy[3, 0] - west) // cells.metres)
    row = int((xy[3, 1] - south) // cells.metres)
    assert cells.classes[row, column] == 1


def test_letters_are_measured_as_they_are_drawn():
    font = find_font()
    figure = coverage_figure(study(), "test")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    for drawn in figure.texts:
        words = drawn.get_text()
        size = drawn.get_fontproperties().get_size_in_points()
        real = drawn.get_window_extent(canvas.get_renderer()).width * 72 / figure.dpi
        assert lettering.width(words, size, font) >= real * 0.99 - 1, words
    assert lettering.wrapped("甲乙丙丁", 10, font, 25, 3) == ["甲乙", "丙丁"]
    assert lettering.wrapped("aaa bbb", 10, font, 30, 2) == ["aaa", "bbb"]
    assert lettering.fitted("甲乙丙丁", 10, font, 35).endswith("…")
    # Marks without a shape are no characters a font would have to have.
    assert lettering.seen("甲\u202e\u200b\x07乙\ufeff") == "甲乙"
    assert labels.Names(shortened=[1], left_out=[2]).nameless == 2


def test_a_character_the_font_lacks_is_an_error(tmp_path):
    figure = coverage_figure(study(title="县🦄"), "test")
    with pytest.raises(InputError) as caught:
        save_figure(figure, tmp_path / "a.png")
    (found,) = caught.value.problems
    assert found.code == "figure.glyph"
    assert "U+1F984" in found.render("zh")
    assert "字库更全" in found.render("zh")
    assert "fonts-noto-cjk" in found.render("en")
    assert found.file == find_font().name
    assert not list(tmp_path.iterdir())


def test_a_font_here_that_has_the_character_is_named(monkeypatch):
    monkeypatch.setattr(fonts, "FAMILIES", ("DejaVu Sans", *fonts.FAMILIES))
    with pytest.raises(InputError) as caught:
        fonts.check_glyphs(["县"], _plain_font())
    assert f"本机的 {find_font()} 有" in caught.value.problems[0].mend.zh


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
    assert {"beds", "all alike", "what they have, cumulated (%)"} <= set(words)


@dataclasses.dataclass
class Plan:
    value: int
    bound: int
    objective: object = NEWLY


def test_a_frontier():
    made = study()
    curve = CoverageFrontier("sites", (1, 2), (Plan(10, 10), Plan(15, 20)), 40, complete=False)
    figure = charts.frontier_figure(made, "test", curve)
    axes = next(a for a in figure.axes if a.lines)
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [0, 10, 15])
    hollow = [line.get_markerfacecolor() == "#ffffff" for line in axes.lines[1:3]]
    assert hollow == [False, True]  # what is proven is full
    words = words_of(figure)
    assert {"10", "15 (≤ 20)", "新增可达人数（人）"} <= set(words)
    assert any("最多 40" in w for w in words)
    money = CoverageFrontier("yuan", (500_000, 1_000_000), curve.plans, 40, complete=True)
    words = words_of(charts.frontier_figure(made, "test", money))
    assert any(w.endswith("万") for w in words)


def test_scale_and_north():
    assert [frame.round_metres(m) for m in (1, 199, 999, 12_345)] == [1, 100, 500, 10_000]
    made = study()
    # On the central meridian north is straight up; east of it the meridian leans to the left.
    assert frame.meridian_turn(made, (500_000.0, 3_200_000.0)) == pytest.approx(0, abs=1e-9)
    assert frame.meridian_turn(made, (600_000.0, 3_200_000.0)) < -0.005
