"""Which services share premises, and which stand apart from their station."""

import pytest
from ledgers import ledger
from plain_travel import PlainTravel
from target_rows import target

from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.judge import judge
from coverplan.measure.policy.ledger import LayerReach
from coverplan.measure.policy.premises import anchored_share, shared_premises_share
from coverplan.measure.policy.standalone import levels_with_one, stand_alone

HOME = {"code": "330624", "name": "新昌县"}
A, B = "330624001000", "330624002000"
V = [f"33062400120{i}" for i in range(1, 7)]
VILLAGES = [{"code": code, "name": f"{i}村", "population": 100 * i} for i, code in enumerate(V, 1)]
TRIPLE = ("home_care_station", "day_care", "childrens_home")
SHARED = {"id": "JJ-12", "layers": " ".join(TRIPLE), "indicator": "shared_premises_share",
          "operator": "rule", "value": None, "level": "village",
          "denominator": "village: type=village|community"}  # fmt: skip


def site(layer, unit, premises=None, x=None, **more):
    """One facility on a line."""
    place = {} if x is None else {"x": float(x), "y": 0.0}
    return {"layer": layer, "unit": unit, "premises_id": premises, **place, **more}


def shared(sites, *, metres=None, units=VILLAGES, layers=TRIPLE, **row):
    """What the clause comes to."""
    one = ledger(units, sites, layers=layers, settings={"same_premises_metres": metres})
    clause = target(**{**SHARED, **row})
    return clause, one, shared_premises_share(clause, one)


def test_all_services_of_a_village_on_one_premises():
    sites = [
        # V1: all three on p1, and a second station elsewhere: one place holds all.
        *(site(key, V[0], "p1") for key in TRIPLE), site(TRIPLE[0], V[0], "p9"),
        # V2: two on p2, the third on p3.
        site(TRIPLE[0], V[1], "p2"), site(TRIPLE[1], V[1], "p2"), site(TRIPLE[2], V[1], "p3"),
        # V3: two services are present, together.
        site(TRIPLE[0], V[2], "p4"), site(TRIPLE[2], V[2], "p4"),
        # V4: one service; V5: a second one is closed; V6: nothing.
        site(TRIPLE[0], V[3], "p5"),
        site(TRIPLE[0], V[4], "p6"), site(TRIPLE[1], V[4], "p7", status="closed"),
    ]  # fmt: skip
    _, _, figure = shared(sites)
    assert isinstance(figure, Measured)
    assert (figure.numerator, figure.denominator) == (2, 3)
    assert [(n.code, n.people) for n in figure.missing] == [(V[1], 200)]
    assert any("3 个单元不足两类" in note.zh for note in figure.notes)


def test_by_distance_where_no_premises_are_given():
    sites = [
        site(TRIPLE[0], V[0], x=0), site(TRIPLE[1], V[0], x=50),
        site(TRIPLE[0], V[1], x=0), site(TRIPLE[1], V[1], x=51),
    ]  # fmt: skip
    figure = shared(sites, metres=50)[2]
    assert (figure.numerator, figure.denominator) == (1, 2)
    # Each within 50 m of the middle one, though the ends are 100 m apart.
    row = [site(key, V[0], x=50 * i) for i, key in enumerate(TRIPLE)]
    assert shared(row, metres=50)[2].numerator == 1


def test_numbers_of_premises_come_before_distance():
    sites = [site(TRIPLE[0], V[0], "p1", 0), site(TRIPLE[1], V[0], "p2", 0)]
    assert shared(sites, metres=50)[2].numerator == 0
    sites = [site(TRIPLE[0], V[0], "p1", 0), site(TRIPLE[1], V[0], "p1", 9999)]
    assert shared(sites, metres=50)[2].numerator == 1


def test_neither_premises_nor_metres():
    sites = [site(TRIPLE[0], V[0], x=0), site(TRIPLE[1], V[0], x=0)]
    figure = shared(sites)[2]
    assert isinstance(figure, Cannot)
    assert figure.settings == ("targets.settings.same_premises_metres",)
    # A place that is not known is not near anything.
    figure = shared([site(TRIPLE[0], V[0]), site(TRIPLE[1], V[0], x=0)], metres=50)[2]
    assert isinstance(figure, Cannot)
    assert figure.settings == ()


def test_what_is_not_known_may_decide():
    sites = [
        site(TRIPLE[0], V[0], "p1"), site(TRIPLE[1], V[0], "p1"),
        site(TRIPLE[0], V[1]), site(TRIPLE[1], V[1], "p2"),
    ]  # fmt: skip
    _, _, figure = shared(sites, operator="==", value="1")
    assert isinstance(figure, Cannot)
    assert (figure.figure.numerator, figure.figure.denominator) == (1, 1)
    # One village is apart for certain: not met, whatever the other is.
    apart = [*sites, site(TRIPLE[0], V[2], "p3"), site(TRIPLE[1], V[2], "p4")]
    clause, one, figure = shared(apart, operator="==", value="1")
    assert judge(clause, figure, one).verdict == "not_met"
    assert any("1 个单元的设施没有场所编号" in note.zh for note in figure.notes)


def test_no_unit_has_two_services():
    figure = shared([site(TRIPLE[0], V[0], "p1")])[2]
    assert "分母为零" in figure.reason.zh
    figure = shared([site(TRIPLE[0], V[0], "p1")], layers=TRIPLE[:1])[2]
    assert "名录" in figure.reason.zh
    figure = shared([], layers=())[2]
    assert "名录" in figure.reason.zh


ANCHORED = {"id": "Z21-27", "layers": "social_work_station", "indicator": "anchored_share",
            "operator": "rule", "value": None}  # fmt: skip


def anchored(sites, *, layers=("social_work_station", "day_care"), metres=None, **row):
    """What the clause comes to."""
    one = ledger([HOME, {"code": A, "name": "甲镇"}, {"code": B, "name": "乙镇"}], sites,
                 layers=layers, settings={"same_premises_metres": metres})  # fmt: skip
    return anchored_share(target(**{**ANCHORED, **row}), one)


def test_stations_that_share_premises_with_another_service():
    sites = [
        site("social_work_station", A, "p1"), site("day_care", A, "p1"),
        site("social_work_station", B, "p2", functions="社工"), site("day_care", B, "p3"),
        site("social_work_station", A, "p4", status="planned"),
    ]  # fmt: skip
    figure = anchored(sites)
    assert (figure.numerator, figure.denominator) == (1, 2)
    assert [n.note.zh for n in figure.missing] == ["乙镇"]
    assert [(p.numerator, p.denominator) for p in figure.parts] == [(1, 2)]


def test_a_station_where_nothing_else_is_stands_alone():
    sites = [site("social_work_station", A, x=0), site("day_care", B, x=0)]
    figure = anchored(sites, metres=100)
    # The day-care centre at the same spot belongs to another township by its own words.
    assert (figure.numerator, figure.denominator) == (0, 1)


def test_stations_of_no_known_premises():
    sites = [site("social_work_station", A, x=0), site("day_care", A, x=0)]
    figure = anchored(sites)
    assert isinstance(figure, Cannot)
    assert figure.settings == ("targets.settings.same_premises_metres",)
    assert anchored(sites, metres=0).numerator == 1


def test_only_the_layer_named_as_anchor_counts():
    sites = [site("social_work_station", A, "p1"), site("day_care", A, "p1"),
             site("childrens_home", A, "p2")]  # fmt: skip
    layers = ("social_work_station", "day_care", "childrens_home")
    assert anchored(sites, layers=layers).numerator == 1
    assert anchored(sites, layers=layers, condition="anchor=childrens_home").numerator == 0
    assert isinstance(anchored(sites, layers=layers, condition="anchor=columbarium"), Cannot)


def test_nothing_to_share_with():
    sites = [site("social_work_station", A, "p1")]
    assert "其他服务" in anchored(sites, layers=("social_work_station",)).reason.zh
    assert "没有在运营" in anchored([], layers=("social_work_station", "day_care")).reason.zh


ALONE = {"id": "Z21-43", "indicator": "stand_alone", "operator": "==", "value": "0",
         "layers": "relief_office minor_protection_station",
         "condition": "anchor=social_work_station; at_level=township; since=2021"}  # fmt: skip
TOWNS = [HOME, {"code": A, "name": "甲镇"}, {"code": B, "name": "乙镇"}]
LISTS = ("relief_office", "minor_protection_station", "social_work_station")


def relief(unit, premises, x, opened=2022, level="township", layer="relief_office", **more):
    return site(layer, unit, premises, x, opened=opened, at_level=level, **more)


def alone(sites, *, metres=None, people=(), layers=LISTS, before=False, units=TOWNS):
    """What the clause comes to."""
    one = ledger(
        units, sites, layers=layers, settings={"same_premises_metres": metres},
        travel=PlainTravel(people, {"walk": 60}),
        reach_of={"elderly_care_home": LayerReach("walk", 15, "elderly")},
    )  # fmt: skip
    words = ALONE["condition"].replace("since", "before") if before else ALONE["condition"]
    clause = target(**{**ALONE, "condition": words})
    return clause, one, stand_alone(clause, one)


STATION = site("social_work_station", A, "s1", 0)


def test_new_premises_beside_the_station():
    sites = [
        STATION,
        relief(A, "p1", 1200),  # new and apart: 1,200 m, 20 minutes
        relief(A, "s1", 0),  # in the station
        relief(A, "p2", 600, opened=2020),  # there before
        relief(A, "p3", 600, level="county"),  # another level
        relief(A, "p4", 600, status="closed"),
        relief(B, "p5", 9000, opened=2021, layer="minor_protection_station"),  # B has no station
    ]
    clause, one, figure = alone(sites)
    assert isinstance(figure, Measured)
    assert (figure.numerator, figure.denominator, figure.better) == (2, None, "low")
    notes = {n.code: n.note.zh for n in figure.missing}
    assert notes["f2"].startswith("甲镇；距社会工作站 1,200 米、20.0 分钟")
    assert notes["f7"] == "乙镇；本乡镇没有社会工作站"
    assert [p.numerator for p in figure.parts] == [1, 1]
    verdict = judge(clause, figure, one)
    assert (verdict.verdict, verdict.gap) == ("not_met", 2)
    # Before 2021: the one of 2020, 600 m away.
    assert [n.code for n in alone(sites, before=True)[2].missing] == ["f4"]


def test_two_services_in_one_house_are_one_premises():
    two = [relief(A, "p1", 1200, layer=key, id="h") for key in LISTS[:2]]
    figure = alone([STATION, *two])[2]
    assert figure.numerator == 1
    assert [n.code for n in figure.missing] == ["h"]
    assert [p.numerator for p in figure.parts] == [1, 1]


def test_what_merging_changes_for_the_townships_people():
    # 10 people at 0 m, 30 at 1,200 m. Now: 10 x 20 minutes; merged: 30 x 20 minutes. The mean
    # goes from 5 to 15 minutes.
    people = [(0.0, A, "", {"all": 10}), (1200.0, A, "", {"all": 30})]
    figure = alone([STATION, relief(A, "p1", 1200)], people=people)[2]
    assert "平均 +10.0 分钟" in figure.missing[0].note.zh
    assert "+10.0 minutes" in figure.missing[0].note.en


def test_none_apart_is_met_only_where_all_are_known():
    clause, one, figure = alone([STATION, relief(A, "s1", 0)])
    assert judge(clause, figure, one).verdict == "met"
    for unknown in (
        relief(A, None, 0),
        relief(A, "p1", 0, opened=None),
        relief(A, "p1", 0, level=None),
        relief("330624", "p1", 0),
    ):
        clause, one, figure = alone([STATION, relief(A, "s1", 0), unknown])
        assert isinstance(figure, Cannot)
        assert figure.figure.numerator == 0
        assert "1 处场所" in figure.reason.zh
    # What fails one condition for certain fails, whatever else is not known.
    for known in (relief(A, "s1", 0, opened=None), relief(A, None, 0, opened=2019)):
        assert isinstance(alone([STATION, relief(A, "s1", 0), known])[2], Measured)


def test_no_list_is_not_none():
    figure = alone([STATION, relief(A, "s1", 0)], layers=LISTS[::2])[2]
    assert isinstance(figure, Cannot)
    assert "未成年人保护工作站" in figure.reason.zh
    assert "社会工作站" in alone([relief(A, "p1", 0)], layers=LISTS[:2])[2].reason.zh


LEVELS = {"id": "JJ-35", "layers": "charity_base", "indicator": "levels_with_one", "value": "3",
          "condition": "at_level=county|township|village"}  # fmt: skip


def levels(*words):
    one = ledger([HOME], [site("charity_base", A, at_level=word) for word in words],
                 layers=["charity_base"])  # fmt: skip
    return levels_with_one(target(**LEVELS), one)


def test_levels_that_have_one():
    figure = levels("county", "township", "township")
    assert (figure.numerator, figure.denominator) == (2, None)
    assert [n.code for n in figure.missing] == ["village"]
    assert [p.numerator for p in figure.parts] == [1, 2, 0]
    assert levels("county", "township", "village").numerator == 3
    assert levels().numerator == 0


@pytest.mark.parametrize(
    ("words", "kind"),
    [(("county", "township", None), Cannot), (("county", None), Measured), ((None,), Measured)],
)
def test_a_level_not_given_may_be_the_one_wanting(words, kind):
    assert isinstance(levels(*words), kind)
