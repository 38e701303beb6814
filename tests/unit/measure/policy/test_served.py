"""Villages served: 60 metres a minute, a burial site within its own 30 minutes."""

import pytest
from ledgers import ledger
from plain_travel import PlainTravel
from target_rows import target

from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.judge import judge
from coverplan.measure.policy.ledger import LayerReach
from coverplan.measure.policy.served import served_share

T = "330624001000"
V = [f"33062400120{i}" for i in range(1, 6)]
UNITS = [{"code": T, "name": "甲镇"}] + [
    {"code": code, "name": f"{i}村"} for i, code in enumerate(V, 1)
]
PEOPLE = [
    (0.0, T, V[0], {"all": 10}),
    (1800.0, T, V[1], {"all": 8}),
    (1900.0, T, V[1], {"all": 2}),
    (1700.0, T, V[2], {"all": 7}),
    (5000.0, T, V[2], {"all": 3}),
    (9000.0, T, V[3], {"all": 0}),
]
SITE = [{"layer": "eco_burial_site", "unit": T, "x": 0.0, "y": 0.0}]
ROW = {
    "id": "XC-28", "layers": "eco_burial_site", "indicator": "served_share", "operator": "==",
    "value": "1", "level": "village", "denominator": "village: type=village",
}  # fmt: skip
REACH = {"eco_burial_site": LayerReach("walk", 30, "all")}


def found(units=UNITS[:5], *, share=0.8, reach=REACH, sites=SITE, roads=True, **row):
    """What the clause comes to."""
    one = ledger(
        units,
        sites,
        travel=PlainTravel(PEOPLE, {"walk": 60}) if roads else None,
        reach_of=reach,
        settings={} if share is None else {"served_share": share},
    )
    clause = target(**{**ROW, **row})
    return clause, one, served_share(clause, one)


def test_villages_served_though_the_site_lies_elsewhere():
    # Within 1,800 m: all 10 of V1, 8 of 10 of V2 (exactly the share), 7 of 10 of V3; V4 has
    # nobody. Two of three.
    clause, one, figure = found()
    assert isinstance(figure, Measured)
    assert (figure.numerator, figure.denominator, figure.kind) == (2, 3, "served")
    assert [(n.code, n.name, n.people) for n in figure.missing] == [(V[2], "3村", 3)]
    assert "甲镇" in figure.missing[0].note.zh
    assert "70 %" in figure.missing[0].note.zh
    assert any("1 个村没有该人群" in note.zh for note in figure.notes)
    verdict = judge(clause, figure, one)
    assert (verdict.verdict, verdict.gap) == ("not_met", 1)


def test_a_larger_share_serves_fewer_villages():
    assert found(share=0.81)[2].numerator == 1
    assert found(share=0.7)[2].numerator == 3


def test_a_village_whose_people_are_nowhere_is_not_known():
    # V5 has no point of people. Not met either way: two of three, or three of four.
    _, _, figure = found(UNITS)
    assert (figure.numerator, figure.denominator) == (2, 3)
    assert any("1 个村的人口位置未知" in note.zh for note in figure.notes)
    # All known villages are served: whether all are hangs on V5.
    _, _, figure = found(UNITS, share=0.7)
    assert isinstance(figure, Cannot)
    assert (figure.figure.numerator, figure.figure.denominator) == (3, 3)
    # Three of four would do for 70 %: V5 decides nothing.
    assert isinstance(found(UNITS, share=0.7, value="0.7")[2], Measured)


def test_a_layer_that_reaches_more_counts():
    sites = [*SITE, {"layer": "columbarium", "unit": T, "x": 5000.0, "y": 0.0}]
    reach = {**REACH, "columbarium": LayerReach("walk", 60, "all")}
    # From 5,000 m within 3,600 m: V2 (3,200 and 3,100 m) and V3 (3,300 and 0 m) wholly.
    figure = found(sites=sites, reach=reach, layers="eco_burial_site columbarium", share=1.0)[2]
    assert (figure.numerator, figure.denominator) == (3, 3)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"share": None}, "targets.settings.served_share"),
        ({"reach": {}}, "不是本研究的图层"),
        ({"sites": []}, "名录"),
        ({"roads": False}, "路网"),
        ({"units": UNITS[:1]}, "没有"),
        ({"units": [UNITS[0], UNITS[5]]}, "没有一个村"),
    ],
)
def test_what_cannot_be_judged_says_why(given, says):
    figure = found(**given)[2]
    assert isinstance(figure, Cannot)
    assert says in figure.reason.zh
