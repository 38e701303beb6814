"""Several plans on one sheet, several maps in one page, charts of one's own."""

import html
import re

import matplotlib as mpl
import pytest
from matplotlib.text import Text as Drawn

import coverplan as cp
from coverplan.figures import (
    find_font,
    frontier_figure,
    plans_figure,
    save_figure,
    use_chinese_font,
    write_figures,
)

LAYER = "elderly_care"


@pytest.fixture(scope="module")
def plans():
    county = cp.small_county()
    return {f"{n} 处": cp.propose(county, LAYER, sites=n, frontier=2) for n in (1, 2, 3)}


@pytest.fixture(autouse=True)
def _some_font():
    try:
        find_font()
    except cp.InputError:
        pytest.skip("no font with Chinese characters is installed")


def words_of(figure):
    return [drawn.get_text() for drawn in figure.findobj(Drawn) if drawn.get_text()]


def test_each_plan_has_its_name_and_its_figure(plans, tmp_path):
    figure = plans_figure(plans, LAYER)
    words = words_of(figure)
    for name, study in plans.items():
        facts = study.layers[LAYER].plan.facts
        assert name in words
        share = f"{facts.share_percent:.1f} %"
        assert f"新增 {facts.opened} 处，可达 {facts.reached_after:,} 人（{share}）" in words
    assert any(word.startswith("现状：可达（人）：15 分钟内 314 / 933 人") for word in words)
    stars = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "*"]
    assert sum(len(star.get_xdata()) for star in stars if star.axes.get_xlim()[1] > 2) == 6
    first, second = (save_figure(plans_figure(plans, LAYER), tmp_path / f"{n}.png") for n in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_plans_that_cannot_be_side_by_side(plans):
    one = next(iter(plans.values()))
    with pytest.raises(ValueError, match="give 2 to 9"):
        plans_figure({"one": one}, LAYER)
    with pytest.raises(ValueError, match="give 2 to 9"):
        plans_figure({str(n): one for n in range(10)}, LAYER)
    none = cp.propose(one, LAYER, model="floor", share_percent=90, sites=2)
    with pytest.raises(ValueError, match="no plan"):
        plans_figure({"one": one, "none": none}, LAYER)


def test_the_frontier_of_a_layer_need_not_be_named(plans):
    one = plans["1 处"]
    curve = one.layers[LAYER].proposal.frontier
    assert words_of(frontier_figure(one, LAYER)) == words_of(frontier_figure(one, LAYER, curve))
    with pytest.raises(ValueError, match="no frontier"):
        frontier_figure(cp.assess(cp.small_county()), LAYER)


def test_figures_are_asked_for_by_name(plans, tmp_path):
    asked = {"layers": [LAYER], "kinds": ["gap", "plan"], "formats": ["svg"], "paper": "a5"}
    written = write_figures(plans["1 处"], tmp_path / "figures", **asked)
    names = [path.name for path in written]
    assert names == ["elderly_care-gap.svg", "elderly_care-plan.svg", "run.json"]


def test_charts_of_ones_own_have_chinese_letters():
    with mpl.rc_context():
        name = use_chinese_font()
        assert mpl.rcParams["font.family"][0] == name
        found = mpl.font_manager.findfont(name, fallback_to_default=False)
        assert not mpl.rcParams["axes.unicode_minus"]
        assert mpl.font_manager.FontProperties(fname=found).get_name() == name


def test_maps_of_one_study_share_its_data(plans):
    study = plans["1 处"]
    views = [
        cp.show_map(study, layer=LAYER, phase="after"),
        cp.show_map(study, layer=LAYER, phase="difference", minutes=10),
    ]
    page = cp.maps_html(views, title="<两张> & 图", language="zh")
    assert html.escape("<两张> & 图") in page
    assert "<两张>" not in page
    assert page.count('class="living-map"') == 2
    assert page.count('id="coverplan-data-') == 1
    assert html.escape('"phase":"difference"') in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "http" not in policy
    assert page == cp.maps_html(views, title="<两张> & 图", language="zh")
    with pytest.raises(ValueError, match="several maps"):
        cp.maps_html([])
