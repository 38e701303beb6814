import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from tiny import CRS, X0, Y0, network, region

from coverplan import InputError, place_people
from coverplan.core.errors import Problems
from coverplan.people.streets import PIECE_METRES


def places(rows, groups=("all",)):
    """Rows ``(id, unit, declared, metres, x, y, people...)``."""
    return gpd.GeoDataFrame(
        {
            "name": [f"村{r[0]}" for r in rows],
            "unit": [r[1] for r in rows],
            "declared": [r[2] for r in rows],
            "metres": [r[3] for r in rows],
            **{g: [float(r[6 + i]) for r in rows] for i, g in enumerate(groups)},
        },
        index=[r[0] for r in rows],
        geometry=gpd.points_from_xy([X0 + r[4] for r in rows], [Y0 + r[5] for r in rows]),
        crs=CRS,
    )


def totals(units, **groups):
    frame = pd.DataFrame(np.nan, index=units.codes, columns=list(groups))
    for group, values in groups.items():
        for unit, value in values.items():
            frame.loc[unit, group] = value
    return frame


UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500))


def test_points_are_raked_to_the_census():
    rows = [("p", "a", True, np.nan, 5, 0, 10), ("q", "a", True, np.nan, 9, 0, 20)]
    placed = place_people(UNITS, places(rows), ("all",), totals(UNITS, all={"a": 100}))
    assert placed.demand.points["all"].tolist() == [33, 67]
    row = placed.reconciliation.set_index("unit").loc["a"]
    assert (row["given"], row["read"], row["placed"], row["unplaced"]) == (100, 30, 100, 0)
    assert row["factor"] == pytest.approx(100 / 30)
    assert pd.isna(placed.demand.totals.loc["b", "all"])


def test_without_a_census_the_points_are_the_total():
    rows = [("p", "a", True, np.nan, 5, 0, 10.4), ("q", "b", True, np.nan, 1500, 0, 20.4)]
    placed = place_people(UNITS, places(rows), ("all",), totals(UNITS, all={}))
    assert int(placed.demand.totals["all"].sum()) == 31
    assert placed.demand.points["all"].sum() == 31


def test_a_total_without_places_is_unplaced_and_said():
    notes = Problems()
    rows = [("p", "a", True, np.nan, 5, 0, 10)]
    placed = place_people(
        UNITS, places(rows), ("all",), totals(UNITS, all={"a": 10, "b": 70}), problems=notes
    )
    assert placed.demand.unplaced["all"].tolist() == [0, 70]
    assert [n.code for n in notes] == ["people.unplaced"]


def test_streets_take_people_by_length():
    net = network([[(0, 0), (300, 0)], [(0, 0), (0, 100)], [(0, 0), (900, 400)]],
                  road_class=["residential", "residential", "tertiary"])  # fmt: skip
    rows = [("p", "a", True, np.nan, 5, 5, 400)]
    placed = place_people(
        UNITS, places(rows), ("all",), totals(UNITS, all={}),
        network=net, spread_classes=["residential"], spread_metres=1000,
    )  # fmt: skip
    points = placed.demand.points
    assert points["all"].tolist() == [100, 100, 100, 100]
    assert len(points) == 400 / PIECE_METRES
    assert set(points["place"]) == {"村p"}
    assert sorted((points.geometry.x - X0).round().tolist()) == [0, 50, 150, 250]


def test_a_street_drawn_once_each_way_has_its_houses_once():
    net = network([[(0, 0), (300, 0)], [(300, 0), (0, 0)], [(0, 0), (0, 300)]], oneway=[1, 1, 0])
    rows = [("p", "a", True, np.nan, 5, 5, 600)]
    placed = place_people(
        UNITS, places(rows), ("all",), totals(UNITS, all={}),
        network=net, spread_classes=["residential"], spread_metres=1000,
    )  # fmt: skip
    assert placed.demand.points["all"].tolist() == [100] * 6


def test_the_smaller_radius_goes_first():
    """A hamlet within a city keeps its own streets; the city takes the rest."""
    net = network([[(0, 0), (100, 0)], [(500, 0), (900, 0)]])
    rows = [("city", "a", False, 5000, 90, 0, 1000), ("hamlet", "a", False, 200, 50, 0, 7)]
    placed = place_people(
        UNITS, places(rows), ("all",), totals(UNITS, all={}), network=net,
        spread_classes=["residential"],
    )  # fmt: skip
    by_place = placed.demand.points.groupby("place")["all"].sum()
    assert by_place.to_dict() == {"村city": 1000, "村hamlet": 7}
    hamlet = placed.demand.points[placed.demand.points["place"] == "村hamlet"]
    assert (hamlet.geometry.x - X0 < 100).all()


def test_a_declared_unit_keeps_its_people():
    """Streets across the line are not taken, and the census of the unit is kept."""
    net = network([[(900, 0), (1100, 0)]])
    rows = [("p", "a", True, np.nan, 950, 0, 50)]
    placed = place_people(
        UNITS, places(rows), ("all",), totals(UNITS, all={"a": 50}), network=net,
        spread_classes=["residential"],
    )  # fmt: skip
    assert placed.demand.placed()["all"].tolist() == [50, 0]
    assert (placed.demand.points.geometry.x - X0 < 1000).all()


def test_an_undeclared_place_follows_its_streets():
    net = network([[(800, 0), (1200, 0)]])
    rows = [("p", "a", False, np.nan, 950, 0, 50)]
    placed = place_people(
        UNITS, places(rows), ("all",), totals(UNITS, all={}), network=net,
        spread_classes=["residential"],
    )  # fmt: skip
    assert sorted(placed.demand.placed()["all"].tolist()) == [25, 25]


def test_a_village_without_streets_keeps_its_point():
    notes = Problems()
    net = network([[(800, 0), (1200, 0)]])
    rows = [("p", "a", True, np.nan, 100, 400, 50), ("q", "a", True, np.nan, 900, 0, 5)]
    placed = place_people(
        UNITS, places(rows), ("all",), totals(UNITS, all={}), network=net,
        spread_classes=["residential"], spread_metres=200, problems=notes,
    )  # fmt: skip
    lonely = placed.demand.points.loc["p#0000"]
    assert (lonely.geometry.x - X0, lonely["all"]) == (100, 50)
    assert [n.code for n in notes] == ["people.no_street"]


def test_older_people_are_never_more_than_all():
    rng = np.random.default_rng(1)
    rows = [
        (f"p{i}", "a", True, np.nan, i, 0, n, n * rng.uniform(0.5, 1))
        for i, n in enumerate(rng.integers(0, 4, 60))
    ]
    placed = place_people(
        UNITS, places(rows, ("all", "elderly")), ("all", "elderly"),
        totals(UNITS, all={"a": 90}, elderly={"a": 88}),
    )  # fmt: skip
    points = placed.demand.points
    assert (points["elderly"] <= points["all"]).all()
    assert (points["all"].sum(), points["elderly"].sum()) == (90, 88)


def weighted(rows, groups=("all",)):
    """Like `places`; the last number of a row is its weight."""
    frame = places(rows, groups)
    return frame.assign(weight=[float(r[-1]) for r in rows])


def test_what_is_not_known_by_place_is_spread_by_weight():
    rows = [
        ("p", "a", True, np.nan, 5, 0, 30, np.nan, 1),
        ("q", "a", True, np.nan, 9, 0, 70, np.nan, 3),
        ("r", "b", True, np.nan, 1500, 0, 40, 8, 1),
    ]
    groups = ("all", "elderly")
    given = totals(UNITS, all={"a": 100, "b": 40}, elderly={"a": 40})
    placed = place_people(UNITS, weighted(rows, groups), groups, given)
    assert placed.demand.points["elderly"].tolist() == [10, 30, 8]
    rows = placed.reconciliation.set_index(["unit", "group"])
    assert pd.isna(rows.loc[("a", "elderly"), "read"])
    assert rows.loc[("b", "elderly"), "read"] == 8


def test_what_nobody_knows_stays_unknown():
    rows = [("p", "a", True, np.nan, 5, 0, 30, np.nan, 1)]
    groups = ("all", "elderly")
    placed = place_people(UNITS, weighted(rows, groups), groups, totals(UNITS, all={}, elderly={}))
    assert pd.isna(placed.demand.totals.loc["a", "elderly"])
    assert placed.demand.totals.loc["a", "all"] == 30


@pytest.mark.parametrize("frame", [places, weighted])
def test_one_unknown_number_among_known_ones_is_refused(frame):
    rows = [
        ("p", "a", True, np.nan, 5, 0, 30, 1),
        ("q", "a", True, np.nan, 9, 0, np.nan, 1),
    ]
    with pytest.raises(InputError) as caught:
        place_people(UNITS, frame(rows), ("all",), totals(UNITS, all={"a": 5}))
    assert [p.code for p in caught.value.problems] == ["people.not_known"]


def test_without_weights_nothing_may_be_unknown():
    rows = [("p", "a", True, np.nan, 5, 0, np.nan)]
    with pytest.raises(InputError):
        place_people(UNITS, places(rows), ("all",), totals(UNITS, all={"a": 5}))


def test_registered_people_may_be_more_than_all():
    rows = [("p", "a", True, np.nan, 5, 0, 10, 40), ("q", "a", True, np.nan, 9, 0, 90, 80)]
    groups = ("all", "registered")
    given, notes = totals(UNITS, all={"a": 100}, registered={"a": 96}), Problems()
    placed = place_people(
        UNITS, places(rows, groups), groups, given, beyond_all={"registered"}, problems=notes
    )
    assert placed.demand.points["registered"].tolist() == [32, 64]
    assert list(notes) == []
    capped = place_people(UNITS, places(rows, groups), groups, given)
    assert capped.demand.points["registered"].tolist() == [10, 86]
