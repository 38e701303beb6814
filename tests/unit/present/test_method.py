"""The method box says how people stand to the network, and says it aloud when that is odd."""

import io

from rich.console import Console
from tiny import demand, facilities, inputs, network, region

import coverplan
from coverplan.present.method import method_lines, warning_lines
from coverplan.present.terminal import print_warnings

UNITS = region((0, -2000, 4000, 2000))
ROADS = network([[(0, 0), (3000, 0)], [(0, 500), (300, 500)]])


def study(off, people=96, far=40):
    """Some people 40 m from the long road and 10 m from it, and some on a piece of their own."""
    rows = [(100, far, "a", people - 40), (200, -10, "a", 40), (50, 500, "a", off)]
    rows.append((300, 480, "a", 0))  # nobody there: no way to the road of anybody
    return coverplan.assess(inputs(UNITS, demand(UNITS, rows), ROADS, facilities([(0, 0, "a")])))


def terminal(the_study, language):
    file = io.StringIO()
    print_warnings(Console(file=file, width=500), the_study, language)
    return file.getvalue()


def test_mean_is_over_people_and_the_largest_is_somebodys():
    one = study(4)
    found = one.layers["test"].joining
    assert (found.everybody, found.off_largest) == (100, 4)
    assert abs(found.mean_metres - (56 * 40 + 40 * 10) / 100) < 0.1
    assert abs(found.most_metres - 40) < 0.1
    line = next(text for text in method_lines(one) if text.zh.startswith("测试："))
    words = "接到路上的人到路边平均 26.4 米、最远 40 米；若这一段不计时间，可达人数会多 0 人。"
    assert words + "附近没有道路的有 0 人，不在最大的连通路网上的有 4 人" in line.zh
    assert "live 26.4 m from it on average, 40 m at most; if that way took no time, 0" in line.en


def test_nobody_on_a_road():
    rows = [(100, 1900, "a", 5)]
    units, far = region((0, -2000, 4000, 2000)), demand(UNITS, rows)
    one = coverplan.assess(inputs(units, far, ROADS, facilities([(0, 0, "a")])))
    assert one.layers["test"].joining.mean_metres is None
    assert any("没有人接到路上" in text.zh for text in method_lines(one))
    assert [p.code for p in one.problems] == []


def test_more_than_a_twentieth_off_the_largest_piece_is_said():
    for off, people, said in ((5, 95, False), (6, 94, True)):
        one = study(off, people)
        assert [p.code for p in one.problems] == ["network.off_largest"] * said
        shown = [text.zh for text in warning_lines(one)]
        assert any("不在最大的连通路网上" in text for text in shown) == said
        assert ("道路文件可能没有在路口打断" in terminal(one, "zh")) == said
        assert ("may not be cut at junctions" in terminal(one, "en")) == said
    first = warning_lines(one)[0]
    assert "6.0 % 的全部人口（6 人）不在最大的连通路网上" in first.zh
    assert first.zh.splitlines()[0] in terminal(one, "zh").splitlines()[1]


def test_the_sample_county_is_in_one_piece(yunxi):
    assert "network.off_largest" not in {p.code for p in yunxi.problems}
    for key, result in yunxi.layers.items():
        found = result.joining
        people = yunxi.inputs.demand.totals[result.layer.group].sum()
        assert found.everybody == people, key
