"""Rooms of estates, service centres at fault, and what places can reach."""

import pytest
from ledgers import ledger
from plain_travel import PlainTravel
from target_rows import target

from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.judge import judge
from coverplan.measure.policy.ledger import LayerReach
from coverplan.measure.policy.reachable import access_of_places
from coverplan.measure.policy.rooms import estate_rooms, service_centre_faults

HOME = {"code": "330624", "name": "新昌县"}
A = "330624001000"
V = [f"33062400120{i}" for i in range(1, 5)]
UNITS = [HOME, {"code": A, "name": "甲镇"}]
ESTATES = {"id": "XC-20", "layers": "residential_area", "operator": "==", "value": "1",
           "indicator": "estate_rooms", "denominator": "facility",
           "condition": "delivered>=2020"}  # fmt: skip


def estate(households, area, delivered=2021, **more):
    return {"layer": "residential_area", "unit": A, "households": households,
            "floor_area_m2": area, "delivered": delivered, **more}  # fmt: skip


def estates(rows, *, per=20, layers=("residential_area",), extra=(), **row):
    one = ledger(
        UNITS, [*rows, *extra], layers=layers,
        settings={"estate_m2_per_100_households": per},
        travel=PlainTravel([], {"walk": 60}),
        reach_of={"elderly_care_home": LayerReach("walk", 15, "elderly")},
    )  # fmt: skip
    clause = target(**{**ESTATES, **row})
    return clause, one, estate_rooms(clause, one)


def test_estates_with_enough_rooms():
    # 20 m2 for 100 households: 300 need 60, 250 need 50.
    clause, one, figure = estates([
        estate(300, 60), estate(300, 59.5), estate(250, 10),
        estate(300, 0, delivered=2019),  # handed over before
        estate(300, 0, delivered=2026),  # not handed over yet
    ])  # fmt: skip
    assert isinstance(figure, Measured)
    assert (figure.numerator, figure.denominator) == (1, 3)
    assert [n.code for n in figure.missing] == ["f3", "f2"]
    assert figure.missing[1].note.zh == "有 59.5 平方米，应有 60 平方米"
    verdict = judge(clause, figure, one)
    # 40 and 0.5 m2 are wanting.
    assert (verdict.verdict, verdict.gap, verdict.gap_unit.en) == ("not_met", 81 / 2, "m2")


def test_an_estate_of_nobody_needs_nothing():
    assert estates([estate(0, 0)])[2].numerator == 1


def test_rings_around_services_for_older_people():
    rows = [estate(1, 9, x=float(x), y=0.0) for x in (300, 301, 900, 901)]
    site = {"layer": "day_care", "unit": A, "x": 0.0, "y": 0.0}
    figure = estates(rows, layers=("residential_area", "day_care"), extra=[site])[2]
    assert [(p.numerator, p.denominator) for p in figure.parts] == [(1, 4), (2, 4), (3, 4)]


def test_estates_not_known():
    figure = estates([estate(300, 60), estate(None, 60)])[2]
    assert isinstance(figure, Cannot)
    assert (figure.figure.numerator, figure.figure.denominator) == (1, 1)
    clause, one, figure = estates([estate(300, 0), estate(300, None)])
    assert judge(clause, figure, one).verdict == "not_met"
    assert "1 个小区" in estates([estate(300, None)])[2].reason.zh
    assert "分母为零" in estates([])[2].reason.zh
    assert estates([], per=None)[2].settings == ("targets.settings.estate_m2_per_100_households",)
    assert "名录" in estates([], layers=())[2].reason.zh


CENTRES = {"id": "XC-13", "layers": "community_service_centre", "operator": "==", "value": "0",
           "indicator": "service_centre_faults", "level": "village"}  # fmt: skip
VILLAGES = [*UNITS, *({"code": code, "households": 100} for code in V)]
PEOPLE = [(0.0, A, V[0], {"all": 10}), (0.0, A, V[1], {"all": 6}), (700.0, A, V[1], {"all": 4})]
ALL = {"service_m2_per_100_households": 30, "service_minutes": 10, "served_share": 0.7,
       "service_profile": "walk"}  # fmt: skip


def centre(village, area=30, *, step_free=True, full_time=True, x=0.0, **more):
    return {"layer": "community_service_centre", "unit": village, "floor_area_m2": area,
            "step_free": step_free, "full_time": full_time, "x": x, "y": 0.0, **more}  # fmt: skip


def faults(rows, settings=ALL, *, roads=True):
    one = ledger(
        VILLAGES, rows, layers=["community_service_centre"], settings=settings,
        travel=PlainTravel(PEOPLE, {"walk": 60}) if roads else None,
        reach_of={"elderly_care_home": LayerReach("walk", 15, "elderly")},
    )  # fmt: skip
    clause = target(**CENTRES)
    return clause, one, service_centre_faults(clause, one)


def test_each_fault_is_named():
    # 30 m2 for the 100 households of each village; within 600 m: 10 of 10 in V1, 6 of 10 in V2.
    clause, one, figure = faults([
        centre(V[0]),
        centre(V[0], 29, step_free=False),
        centre(V[0], 30, households=101),  # its own households: 30.3 m2
        centre(V[1], full_time=False),
        centre(V[1], status="closed"),
    ])  # fmt: skip
    assert isinstance(figure, Measured)
    assert (figure.numerator, figure.better) == (3, "low")
    assert {n.code: n.note.zh for n in figure.missing} == {
        "f2": "面积不达标、使用不便", "f3": "面积不达标", "f4": "离居民过远、使用不便",
    }  # fmt: skip
    assert [(p.numerator, p.denominator) for p in figure.parts] == [(2, 4), (1, 4), (2, 4)]
    assert judge(clause, figure, one).gap == 3


def test_a_test_that_is_not_made_is_said():
    rows = [centre(V[0], 29), centre(V[1])]
    _, _, figure = faults(rows, {**ALL, "service_minutes": None})
    assert figure.numerator == 1
    assert any("targets.settings.service_minutes" in note.zh for note in figure.notes)


def test_no_fault_is_no_proof_while_a_test_is_not_made():
    clause, one, figure = faults([centre(V[0])])
    assert judge(clause, figure, one).verdict == "met"
    figure = faults([centre(V[0])], {**ALL, "service_minutes": None})[2]
    assert isinstance(figure, Cannot)
    assert figure.settings == ("targets.settings.service_minutes",)
    assert figure.figure.numerator == 0
    assert isinstance(faults([centre(V[0])], roads=False)[2], Cannot)
    assert isinstance(faults([centre(V[0], None)])[2], Cannot)
    assert isinstance(faults([centre(V[3])])[2], Cannot)  # nobody knows where V4 lives


def test_no_test_at_all():
    figure = faults([centre(V[0], step_free=None, full_time=None)], {})[2]
    assert isinstance(figure, Cannot)
    assert len(figure.settings) == 4
    assert "无障碍" in figure.reason.zh


def test_how_people_come_to_a_centre_is_never_guessed():
    figure = faults([centre(V[0])], {**ALL, "service_profile": None})[2]
    assert figure.settings == ("targets.settings.service_profile",)


PLACES = {"id": "Z21-39", "layers": "resettlement_village", "operator": "rule", "value": None,
          "indicator": "access_of_places"}  # fmt: skip
REACH = {"social_work_station": LayerReach("bike", 15, "all"),
         "elderly_care_home": LayerReach("walk", 15, "elderly")}  # fmt: skip


def place(x, **more):
    where = {} if x is None else {"x": float(x), "y": 0.0}
    return {"layer": "resettlement_village", "unit": A, **where, **more}


def access(rows, *, reach=REACH, roads=True):
    sites = [{"layer": "social_work_station", "unit": A, "x": 0.0, "y": 0.0},
             {"layer": "elderly_care_home", "unit": A, "x": 2000.0, "y": 0.0}]  # fmt: skip
    one = ledger(UNITS, [*rows, *sites], reach_of=reach,
                 travel=PlainTravel([], {"walk": 60, "bike": 200}) if roads else None)  # fmt: skip
    return access_of_places(target(**PLACES), one)


def test_places_within_the_minutes_of_every_service():
    # Station 3,000 m by bicycle, home 900 m on foot (from 1,100 to 2,900 m).
    figure = access([place(1100), place(1000, status="planned"), place(3100),
                     place(1500, status="closed")])  # fmt: skip
    assert (figure.numerator, figure.denominator) == (1, 3)
    assert [n.code for n in figure.missing] == ["f3", "f2"]
    assert figure.missing[1].note.zh == "养老机构 16.7 分钟（应在 15 以内）"
    assert [(p.numerator, p.denominator) for p in figure.parts] == [(1, 3), (2, 3)]


@pytest.mark.parametrize(
    ("rows", "given", "says"),
    [
        ([place(None)], {}, "坐标"),
        ([place(0)], {"reach": {}}, "图层"),
        ([place(0)], {"roads": False}, "路网"),
        ([], {}, "名录"),
    ],
)
def test_places_that_cannot_be_judged(rows, given, says):
    figure = access(rows, **given)
    assert isinstance(figure, Cannot)
    assert says in figure.reason.zh
