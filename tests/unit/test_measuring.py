"""A study measured beside coverage: small counties by hand, the sample county by recounting."""

import io
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import shapely
from rich.console import Console
from street import people, street, units
from tiny import demand, facilities, inputs, network, profile, region

from coverplan import Demand, InputError, Layer, LayerInput, Text
from coverplan.measure.measures import MeasureSettings, beside, residents_of
from coverplan.measureoutputs import write_measures
from coverplan.measuring import measure_study
from coverplan.present.measure_summary import measures_summary
from coverplan.present.measure_tables import measure_files


def of(frame, **where):
    """The one row that fits."""
    for name, value in where.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1, f"{len(frame)} rows fit {where}"
    return frame.iloc[0]


def lane(*, siting_capacity=(6, None), extra=()):
    """A lane of 3 km, a metre a second: 10 people at 100 m, 20 at 500 m of unit a, 30 in b.

    Nobody lives at the one place of unit c, 2,500 m. Sites at 100 m and 1,900 m; minutes 5 (300 m).
    """
    places = region((0, -500, 1000, 500), (1000, -500, 2000, 500), (2000, -500, 3000, 500))
    homes = [(100, 0, "a", 10), (500, 0, "a", 20), (1700, 0, "b", 30), (2500, 0, "c", 0)]
    who = demand(places, homes)
    sites = facilities([(100, 0, "a"), (1900, 0, "b")], capacity=list(siting_capacity))
    made = inputs(places, who, network([[(0, 0), (1000, 0)], [(1000, 0), (3000, 0)]]), sites,
                  minutes=5)  # fmt: skip
    more = tuple(
        LayerInput(Layer(key, Text(key, key), "all", "test", minutes), facilities(rows, layer=key))
        for key, minutes, rows in extra
    )
    return replace(made, layers=(*made.layers, *more))


@pytest.fixture(scope="module")
def found():
    return measure_study(lane(extra=[("none", 5, []), ("far", 30, [(2900, 0, "c")])]))


def test_minutes_to_nearest_and_second(found):
    a = of(found.nearest, layer="test", unit_code="a", rank=1)
    # 10 people at the door, 20 at 400 m: 6 min 40 s.
    assert a["mean_minutes"] == pytest.approx(20 * 400 / 60 / 30)
    assert (a["reaching"], a["profile"]) == (30, "test")
    second = of(found.nearest, layer="test", unit_code="a", rank=2)
    assert second["max_minutes"] == pytest.approx(1800 / 60)
    alone = of(found.nearest, layer="far", unit_code="total", rank=2)
    assert (alone["reaching"], alone["short"]) == (0, 60)


def test_a_layer_without_sites_misses_everybody(found):
    row = of(found.nearest, layer="none", unit_code="total", rank=1)
    assert (row["reaching"], row["short"]) == (0, 60)
    access = of(found.access, layer="none", method="e2sfca", unit_code="total")
    assert (access["per_1000"], access["people_without"]) == (0, 60)
    given = of(found.assignment, layer="none", unit_code="total")
    assert (given["served"], given["no_site"]) == (0, 60)
    gini = of(found.inequality, layer="none", subject="access", index="gini")
    assert pd.isna(gini["value"])


def test_a_unit_of_nobody_stays_in_every_table(found):
    for name in ("nearest", "blind_spots", "access", "assignment"):
        frame = getattr(found, name)
        mine = frame[frame["unit_code"] == "c"]
        assert len(mine) == len(frame[frame["unit_code"] == "a"]), name
        assert (mine["note_en"] != "").all(), name
    assert found.units.loc["c", "missing_3"] == 0
    assert pd.isna(found.units.loc["c", "test_mean_minutes"])


def test_blind_spots(found):
    """Within 5 minutes (300 m): 10 people of site 0, 30 of site 1; far: 30 min are 1,800 m."""
    points = found.points
    assert points["missing"].tolist() == [2, 3, 1, 2]
    assert points["missing_layers"].tolist() == ["none+far", "test+none+far", "none", "test+none"]
    total = found.blind_spots.query("unit_code == 'total' and scope == 'every'")
    assert total["value"].tolist() == [0, 30, 10, 20, 0]
    assert total["value"].sum() == 60


def test_a_site_of_unknown_places_is_left_out_and_named(found):
    access = of(found.access, layer="test", method="2sfca", unit_code="total")
    # The first site's 6 places are for the 10 people within 300 m.
    assert access["places"] == pytest.approx(6)
    assert access["per_1000"] == pytest.approx(100)
    assert access["people_without"] == 50
    assert "站1" in access["note_zh"]
    state = of(found.supply, layer="test", method="2sfca", site_id="s001")
    assert state["state"] == "unknown_supply"
    given = of(found.assignment, layer="test", unit_code="total")
    assert given[["served", "full", "no_site", "capacity_unknown"]].tolist() == [6, 4, 20, 30]
    assert "every person" in given["note_en"]
    assert pd.isna(of(found.loads, layer="test", site_id="s001")["capacity"])
    assert [p.code for p in found.problems] == ["measures.no_places", "measures.no_places"]
    own = of(found.access, layer="test", method="own_unit", unit_code="b")
    assert pd.isna(own["places"])
    unequal = of(found.inequality, layer="test", subject="places_per_1000", index="gini")
    assert (unequal["people"], unequal["left_out"]) == (30, 30)


def test_no_place_stated_at_all_is_a_reason_and_no_number(found):
    rows = found.access[(found.access["layer"] == "far") & (found.access["unit_code"] == "total")]
    assert rows["method"].tolist() == ["own_unit"]
    assert pd.isna(rows["per_1000"].iloc[0])
    assert "states its beds" in rows["note_en"].iloc[0]
    given = of(found.assignment, layer="far", unit_code="total")
    assert pd.isna(given["served"])
    assert "states its beds" in given["note_en"]
    subjects = set(found.inequality.loc[found.inequality["layer"] == "far", "subject"])
    assert subjects == {"minutes", "reached_share"}
    assert found.points["far_access"].isna().all()


def test_settings_change_what_they_say():
    asked = MeasureSettings(
        catchment_minutes={"test": 10.0},
        need_share={"test": Fraction(1, 5)},
        people_per_place={"test": Fraction(2)},
        zone_weights=(1.0, 0.5),
        urban={"a": True},
    )
    found = measure_study(lane(siting_capacity=(6, 6)), asked)
    access = of(found.access, layer="test", method="e2sfca", unit_code="a")
    # Zones of 300 m and 600 m: 10 people count whole, 20 at 400 m half.
    assert access["places"] == pytest.approx(6)
    assert found.points["test_access"].tolist() == pytest.approx([300, 150, 200, 100])
    given = of(found.assignment, layer="test", unit_code="total")
    # 2 of the first ten, 4 of the next twenty and 6 of the last thirty ask.
    assert given[["asking", "served", "no_site"]].tolist() == [12, 8, 4]
    assert given["note_en"] == ""
    assert of(found.loads, layer="test", site_id="s000")["capacity"] == 12
    gap = of(found.inequality, subject="access", index="difference")
    assert gap["part"] == "urban - rural"
    assert gap["value"] == pytest.approx(200 - 200)
    by_minutes = of(found.inequality, subject="minutes", index="difference")
    assert by_minutes["value"] == pytest.approx(20 * 400 / 60 / 30 - 200 / 60)


def test_settings_that_fit_nothing_are_all_named():
    asked = MeasureSettings(
        catchment_minutes={"no": 10.0}, groups=("nobody",), urban={"z": True},
        partitions={"hills": {"y": "in"}},
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        measure_study(lane(), asked)
    columns = {p.column for p in caught.value.problems}
    assert columns == {"catchment_minutes.no", "groups.nobody", "urban.z", "hills.y"}


@pytest.mark.parametrize(
    "given",
    [
        {"need_share": {"x": Fraction(0)}},
        {"need_share": {"x": Fraction(3, 2)}},
        {"people_per_place": {"x": Fraction(0)}},
        {"catchment_minutes": {"x": -5.0}},
        {"zone_weights": (0.2, 0.6)},
        {"edge_weight": 1.0},
        {"catchment_minutes": {"x": float("inf")}},
        {"catchment_minutes": {"x": 255.0}},
        {"people_per_place": {"x": Fraction(10**10)}},
        {"need_share": {"x": float("nan")}},
        {"partitions": {"urban_rural": {}}},
        {"partitions": {"unit": {}}},
    ],
)
def test_numbers_that_cannot_be_are_refused(given):
    with pytest.raises(InputError):
        MeasureSettings(**given)


def test_groups_beside_the_layers_own():
    found = measure_study(street(group="all"), MeasureSettings(groups=("elderly",)))
    assert list(dict.fromkeys(found.nearest["group"])) == ["all", "elderly"]
    rows = found.nearest.query("unit_code == 'total' and rank == 1")
    assert rows["people"].tolist() == people(units()).totals[["all", "elderly"]].sum().tolist()
    # Unset: the registered beside the residents, and there are none here.
    assert set(measure_study(street()).nearest["group"]) == {"all"}
    assert (beside("all"), residents_of("registered_elderly")) == ("registered", "elderly")


def test_services_meant_for_a_group_are_its_own_and_those_for_everybody():
    found = measure_study(street(group="all")).blind_spots
    own = found[(found["scope"] == "own") & (found["unit_code"] == "total")]
    assert own.groupby("group")["services"].first().to_dict() == {"all": 1, "elderly": 1}
    for_elderly = measure_study(street(group="elderly")).blind_spots
    assert set(for_elderly.loc[for_elderly["scope"] == "own", "group"]) == {"elderly"}


def test_registered_people_known_by_unit_only_are_compared_over_units():
    told = MeasureSettings(unit_people={"registered": {"a": 60, "c": 0}})
    found = measure_study(lane(siting_capacity=(6, 3)), told)
    row = of(found.access, layer="test", group="registered", unit_code="a")
    assert (row["method"], row["per_1000"]) == ("own_unit", 100)
    assert pd.isna(of(found.access, layer="test", group="registered", unit_code="b")["per_1000"])
    gini = of(found.inequality, layer="test", group="registered", index="gini")
    assert gini["people"] == 60
    # Asked for by name, they are the same; and those of another group come beside too.
    more = replace(told, groups=("registered",))
    pd.testing.assert_frame_equal(measure_study(lane(siting_capacity=(6, 3)), more).access,
                                  found.access)  # fmt: skip
    other = replace(told, groups=("registered", "newcomers"), unit_people={"newcomers": {"a": 5},
                    **told.unit_people})  # fmt: skip
    beside_too = measure_study(lane(siting_capacity=(6, 3)), other).access
    assert list(dict.fromkeys(beside_too["group"])) == ["all", "registered", "newcomers"]
    assert "1 unit of unknown people" in gini["note_en"]


def test_unplaced_people_are_in_every_total():
    found = measure_study(street(unplaced=(3, 0, 5)))
    spots = found.blind_spots.query("scope == 'every' and unit_code == 'total' and group == 'all'")
    census = people(units(), unplaced=(3, 0, 5)).totals["all"].sum()
    assert spots["value"].sum() == census
    assert spots["value"].iloc[-1] == 8


@pytest.fixture(scope="module")
def county(yunxi):
    """The sample county measured; a place of elderly care is asked for by three in a hundred."""
    return measure_study(yunxi, MeasureSettings(need_share={"elderly_care": Fraction(3, 100)}))


def test_the_county_agrees_with_its_coverage(yunxi, county):
    for key, result in yunxi.layers.items():
        group = result.layer.group
        facts = yunxi.coverage.select(
            layer=key, indicator="people_reached", phase="before", minutes=result.layer.minutes
        ).set_index("unit_code")
        points = county.points
        within = ~points["missing_layers"].str.split("+", regex=False).map(lambda k, x=key: x in k)
        assert int(points.loc[within, group].sum()) == facts.loc["total", "value"]
        minutes = result.minutes("before")
        assert np.allclose(points[f"{key}_minutes"], minutes, atol=5e-4, equal_nan=True)
        row = of(county.nearest, layer=key, group=group, unit_code="total", rank=1)
        people = points[group].to_numpy()
        here = ~np.isnan(minutes)
        assert row["mean_minutes"] == pytest.approx(np.average(minutes[here], weights=people[here]))
        two = of(county.access, layer=key, group=group, unit_code="total", method="2sfca")
        # Every site of the sample has places: whoever is reached has some, and nobody else.
        assert two["people_without"] == two["people"] - facts.loc["total", "value"]


def test_the_county_loses_no_place(yunxi, county):
    counted = county.supply[county.supply["state"] == "counted"]
    tables = dict(list(county.access.groupby(["layer", "method"])))
    for (layer, method), rows in counted.groupby(["layer", "method"]):
        by_unit = tables[layer, method].set_index("unit_code")["places"]
        assert by_unit["total"] == pytest.approx(rows["supply"].sum(), rel=1e-9)
        assert by_unit.drop("total").sum() == pytest.approx(by_unit["total"], rel=1e-9)
        sites = yunxi.layers[layer].sites
        open_ = sites.loc[sites["state"] == "existing", "capacity"]
        assert rows["supply"].sum() <= open_.sum()


def test_the_county_shares_out_what_there_is(county):
    units = county.assignment[county.assignment["unit_code"] != "total"]
    parts = units[["served", "no_site", "full", "capacity_unknown", "unplaced"]].sum(axis=1)
    assert (parts == units["asking"]).all()
    assert (county.loads["served"] <= county.loads["capacity"]).all()
    care = of(county.assignment, layer="elderly_care", unit_code="total")
    assert care["asking"] == round(care["people"] * 0.03)
    loads = county.loads.groupby("layer")["served"].sum(min_count=1)
    served = county.assignment.query("unit_code == 'total'").set_index("layer")["served"]
    shared = served.dropna().to_dict()
    assert set(served.index) - set(shared) == {"social_work"}
    assert loads.dropna().to_dict() == shared


def test_social_workers_are_no_places(yunxi, county):
    """A worker serves many: who gets "a place" is not said until it is said how many."""
    kinds = {key: (unit.column, unit.places) for key, unit in county.supply_units.items()}
    assert kinds == {
        "elderly_care": ("床位数", True),
        "social_work": ("社工人数", False),
        "childrens_home": ("可容纳儿童数", True),
        "eco_burial": ("规划穴位数", True),
    }
    row = of(county.assignment, layer="social_work", unit_code="total")
    parts = ["asking", "served", "no_site", "full", "capacity_unknown", "unplaced", "minutes"]
    assert row[parts].isna().all()
    assert row["people"] == 420_000
    assert "社工人数" in row["note_zh"]
    loads = county.loads[county.loads["layer"] == "social_work"]
    assert loads["supply"].notna().all()
    assert loads[["capacity", "served"]].isna().all(axis=None)
    told = MeasureSettings(people_per_place={"social_work": Fraction(2000)})
    again = measure_study(yunxi, told)
    row = of(again.assignment, layer="social_work", unit_code="total")
    assert row[parts[1:-1]].sum() == row["asking"] == 420_000
    loads = again.loads[again.loads["layer"] == "social_work"]
    assert (loads["capacity"] == 2000 * loads["supply"]).all()
    written = measure_files(yunxi.inputs, again, "zh")
    for name in ("access.csv", "supply.csv", "assignment.csv", "inequality.csv"):
        mine = written[name][written[name]["layer"] == "social_work"]
        assert set(mine["supply_column"]) == {"社工人数"}, name
        assert set(mine["supply_label"]) == {"社工"}, name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_county_nobody_was_counted_in(tmp_path, language):
    """Nothing is known of anybody: every table, picture and line of the terminal still comes."""
    made = street(capacity=[5, 5])
    counted = made.demand
    unknown = Demand(
        counted.points.iloc[:0],
        counted.groups,
        counted.totals.where(counted.totals.isna()),
        counted.unplaced,
    )
    made = replace(made, demand=unknown)
    found = measure_study(made)
    row = of(found.access, method="own_unit", unit_code="total")
    assert row[["people", "places", "per_1000", "people_without"]].isna().all()
    assert found.assignment["asking"].isna().all()
    write_measures(made, found, tmp_path / "out", language=language)
    console = Console(file=io.StringIO(), width=80)
    console.print(measures_summary(made, found, language))
    assert "—" in console.file.getvalue()


def test_the_terminal_accounts_for_everybody():
    found = measure_study(street(unplaced=(3, 0, 5), capacity=[5, 5]))
    console = Console(file=io.StringIO(), width=200)
    console.print(measures_summary(street(unplaced=(3, 0, 5), capacity=[5, 5]), found, "zh"))
    said = console.file.getvalue()
    assert "共 810 人" in said
    assert "都不缺 152 人，缺 1 项 650 人，没有点位 8 人" in said
    assert "没有点位 8" in said
    assert "≤1.67: 1" in said


def test_supply_as_large_or_small_as_it_comes():
    """Half a place serves nobody; a billion serve those who come."""
    found = measure_study(lane(siting_capacity=(0.5, 1e9)))
    loads = found.loads.set_index("site_id")
    assert loads["supply"].tolist() == [0.5, 1e9]
    assert loads["served"].tolist() == [0, 30]
    access = of(found.access, layer="test", method="2sfca", unit_code="a")
    assert access["places"] == pytest.approx(0.5)
    huge = measure_study(
        lane(siting_capacity=(1e300, 1)),
        MeasureSettings(people_per_place={"test": Fraction(10**9)}),
    )
    assert huge.loads["served"].tolist() == [10, 30]


@pytest.mark.parametrize("capacity", [float("inf"), -1.0])
def test_supply_that_is_no_number_of_anything_is_refused(capacity):
    with pytest.raises(InputError) as caught:
        measure_study(lane(siting_capacity=(capacity, 1)))
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("measures.supply", "s000")


def test_everybody_on_an_island():
    """Roads that do not meet: nobody reaches anything, and nothing is 0 minutes."""
    places = region((0, -500, 6000, 500))
    who = demand(places, [(100, 0, "a", 10), (500, 0, "a", 20)])
    roads = network([[(0, 0), (1000, 0)], [(3000, 0), (4000, 0)]])
    found = measure_study(inputs(places, who, roads, facilities([(3500, 0, "a")], capacity=[3])))
    row = of(found.nearest, unit_code="total", rank=1)
    assert (row["reaching"], row["short"]) == (0, 30)
    assert row[["mean_minutes", "median_minutes", "max_minutes"]].isna().all()
    assert of(found.supply, method="2sfca")["state"] == "nobody_in_reach"
    assert of(found.access, method="2sfca", unit_code="total")["people_without"] == 30
    # The unit has its own site all the same: that measure knows of no roads.
    assert of(found.access, method="own_unit", unit_code="total")["per_1000"] == 100
    gini = of(found.inequality, subject="minutes", index="gini")
    assert pd.isna(gini["value"])
    assert (gini["people"], gini["left_out"]) == (0, 30)


def test_a_service_that_goes_out_is_measured_going_out():
    """Round a block of one-way roads: 400 m to the site, 3,600 m from it."""
    block = [[(0, 0), (1000, 0)], [(1000, 0), (1000, 1000)],
             [(1000, 1000), (0, 1000)], [(0, 1000), (0, 0)]]  # fmt: skip
    places = region((-100, -500, 1100, 1500))
    who = demand(places, [(100, 0, "a", 10)])
    made = inputs(places, who, network(block, oneway=[1] * 4),
                  facilities([(500, 0, "a")], capacity=[2]), prof=profile(oneway=True))  # fmt: skip
    (item,) = made.layers
    for direction, minutes, near in (("to_site", 400 / 60, 10), ("from_site", 60, 0)):
        layer = replace(item.layer, direction=direction, minutes=10.0)
        found = measure_study(replace(made, layers=(replace(item, layer=layer),)))
        assert of(found.nearest, rank=1, unit_code="a")["max_minutes"] == pytest.approx(minutes)
        assert 10 - of(found.access, method="2sfca", unit_code="a")["people_without"] == near
        assert of(found.assignment, unit_code="a")["no_site"] == 10 - near


def test_zones_end_where_they_say():
    """100 m are 100 s, a third of 5 minutes: the first zone to the metre, the second beyond."""
    places = region((0, -500, 1000, 500))
    who = demand(places, [(x, 0, "a", 10) for x in (100, 101, 200, 201, 300, 301)])
    made = inputs(places, who, network([[(0, 0), (1000, 0)]]),
                  facilities([(0, 0, "a")], capacity=[10]), minutes=5)  # fmt: skip
    found = measure_study(made)
    ratio = 10 / (10 * (1 + 0.68 + 0.68 + 0.22 + 0.22))
    expected = [1000 * ratio * weight for weight in (1, 0.68, 0.68, 0.22, 0.22, 0)]
    assert found.points["test_access"].tolist() == pytest.approx(expected)


def test_two_sites_on_one_spot():
    found = measure_study(street(old=(500.0, 500.0), capacity=[5, 5]))
    first, second = (of(found.nearest, unit_code="total", rank=rank) for rank in (1, 2))
    assert first["mean_minutes"] == second["mean_minutes"]
    assert found.loads["served"].tolist() == [5, 5]
    assert of(found.access, method="3sfca", unit_code="total")["places"] == pytest.approx(10)


def test_people_without_a_point_are_left_out_of_inequality_aloud():
    found = measure_study(street(unplaced=(3, 0, 5), capacity=[5, 5]))
    placed = int(people(units()).totals["all"].sum())
    for subject in ("access", "minutes"):
        row = of(found.inequality, subject=subject, index="gini")
        assert (row["people"], row["left_out"]) == (placed, 8)
        assert "8 people without a point" in row["note_en"]


def test_the_county_is_a_blind_spot_to_the_person(yunxi, county):
    spots = county.blind_spots
    for _, rows in spots.groupby(["scope", "group", "unit_code"]):
        assert rows["value"].sum() == rows["denominator"].iloc[0]
    which = county.combinations.query("scope == 'every' and unit_code == 'total'")
    totals = yunxi.inputs.demand.totals.sum()
    assert which.groupby("group")["value"].sum().to_dict() == totals.to_dict()


def test_the_county_is_taken_apart_exactly(county):
    rows = county.inequality
    whole = rows[rows["index"] == "theil"].set_index(["layer", "subject"])["value"]
    parts = rows[rows["index"].isin(["theil_between", "theil_within"])]
    for (layer, subject, _), group in parts.groupby(["layer", "subject", "partition"]):
        assert group["value"].sum() == pytest.approx(whole[layer, subject], rel=1e-9)
    gini = rows[rows["index"] == "gini"]["value"]
    assert ((gini >= 0) & (gini < 1)).all()


def test_every_word_has_two_languages(yunxi, county):
    zh, en = (measure_files(yunxi.inputs, county, speak) for speak in ("zh", "en"))
    assert list(zh) == list(en)
    names = set(yunxi.inputs.region.names) | {""}
    for name in zh:
        assert list(zh[name].columns) == list(en[name].columns)
        labels = [c for c in en[name].columns if c.endswith("_label") or c in {"note", "decay"}]
        for column in labels:
            words = set(en[name][column].astype(str)) - names
            assert not any("\u4e00" <= c <= "\u9fff" for word in words for c in word), column
    assert shapely.is_valid(county.units.geometry.to_numpy()).all()
