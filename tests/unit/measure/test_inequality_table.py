"""Indices as rows: partitions, parts, and what cannot be said."""

import numpy as np
import pandas as pd
import pytest
from known_times import people_of
from tiny import region

from coverplan.core.text import Text
from coverplan.measure.inequality_table import Shared, inequality_rows, lorenz_rows
from coverplan.measure.own_unit import own_unit_ratio
from coverplan.measure.partitions import partitions_of, urban_rural

NAN = float("nan")


def shared(values, people, groups=(), *, known=None, scale=1.0, name="urban_rural"):
    x = np.array(values)
    known = np.ones(len(x), dtype=bool) if known is None else np.array(known)
    of = {name: np.array(groups, dtype=object)} if len(groups) else {}
    return Shared("access", "people", x, known, np.array(people), of, Text("", ""), scale)


def rows_of(one):
    return inequality_rows(one).set_index(["index", "part"])


def test_town_and_country():
    """Town: 2 and 6, mean 4; country: 1 and 3 twice, mean 2."""
    one = shared([2, 6, 1, 3], [1, 1, 2, 2], ["urban", "urban", "rural", "rural"], scale=0.5)
    rows = rows_of(one)
    assert rows.loc[("mean", "urban"), "value"] == 2
    assert rows.loc[("mean", "rural"), "value"] == 1
    assert rows.loc[("difference", "urban - rural"), "value"] == 1
    parts = rows.loc[("theil_between", ""), "value"] + rows.loc[("theil_within", ""), "value"]
    assert parts == pytest.approx(rows.loc[("theil", ""), "value"])
    percent = 100 * rows.loc[("theil_between", ""), "value"] / rows.loc[("theil", ""), "value"]
    assert rows.loc[("between_percent", ""), "value"] == pytest.approx(percent)
    assert set(rows["people"]) == {6}


def test_all_town_is_no_difference():
    rows = rows_of(shared([2, 6], [1, 1], ["urban", "urban"]))
    assert pd.isna(rows.loc[("difference", "urban - rural"), "value"])
    assert pd.isna(rows.loc[("mean", "rural"), "value"])
    assert rows.loc[("difference", "urban - rural"), "note_en"] == "all units are in one group"


def test_a_group_that_is_not_known_is_said_and_nothing_is_guessed():
    rows = rows_of(shared([2, 6], [1, 1], ["urban", ""]))
    assert rows.loc[("gini", ""), "value"] == 0.25
    assert pd.isna(rows.loc[("theil_between", ""), "value"])
    assert "not known" in rows.loc[("theil_between", ""), "note_en"]
    # Nobody lives where it is not known: it does not matter.
    nobody = rows_of(shared([2, 6, 3], [1, 1, 0], ["urban", "rural", ""]))
    assert nobody.loc[("difference", "urban - rural"), "value"] == -4


def test_nothing_for_anybody():
    rows = rows_of(shared([0, 0], [1, 5], ["urban", "rural"]))
    assert rows["value"].isna().all()
    assert rows["note_en"].str.contains("everybody has 0").all()
    assert len(lorenz_rows(shared([0, 0], [1, 5]))) == 0


def test_the_least_have_nothing():
    rows = rows_of(shared([0, 4], [3, 1]))
    assert rows.loc[("gini", ""), "value"] == 0.75
    assert pd.isna(rows.loc[("palma", ""), "value"])
    assert rows.loc[("palma", ""), "note_en"] == "those with least have 0: there is no ratio"


def test_who_is_left_out_is_counted():
    rows = rows_of(shared([1.0, 3.0, NAN], [1, 1, 8], known=[True, True, False]))
    assert rows.loc[("gini", ""), ["value", "people", "left_out"]].tolist() == [0.25, 2, 8]


def test_units_by_themselves_have_no_rows_of_means():
    rows = inequality_rows(shared([2, 6], [1, 1], ["a", "b"], name="unit"))
    assert "mean" not in set(rows["index"])
    assert {"theil_between", "theil_within"} <= set(rows["index"])


def kinds(*given):
    """A region of units of some kinds, named after them."""
    found = region(*[(i, 0, i + 1, 1) for i in range(len(given))])
    found.units["kind"] = [kind for kind, _ in given]
    found.units["name"] = [name for _, name in given]
    return found


def test_streets_are_urban():
    places = kinds(("街道", "甲"), ("镇", "乙街道"), ("", "丙街道"), ("", "丁乡"), ("", "戊"),
                   ("Subdistrict", "己"), ("农场", "庚"))  # fmt: skip
    found = urban_rural(places, {"d": True})
    assert found.tolist() == ["urban", "rural", "urban", "urban", "", "urban", "rural"]
    assert urban_rural(places, {})[3] == "rural"


def test_further_partitions():
    found = partitions_of(kinds(("镇", "甲"), ("镇", "乙")), {}, {"hills": {"b": "in"}})
    assert found["hills"].tolist() == ["", "in"]
    assert found["unit"].tolist() == ["a", "b"]


def test_places_of_a_unit_over_its_own_people():
    """a: 8 beds for 200; b: a home whose beds nobody knows; c: none for 50; d: nobody."""
    who = people_of(["a", "b", "c"], [200, 100, 50], codes=["a", "b", "c", "d"])
    beds, units = np.array([3.0, 5.0, NAN, 9.0]), np.array(["a", "a", "b", ""], dtype=object)
    table = own_unit_ratio(who, beds, units).set_index("unit_code")
    assert table.loc["a", ["places", "per_1000", "people_without"]].tolist() == [8, 40, 0]
    assert table.loc["b", ["places", "per_1000"]].isna().all()
    assert "supply of 1 site not known" in table.loc["b", "note_en"]
    assert table.loc["c", ["places", "per_1000", "people_without"]].tolist() == [0, 0, 50]
    assert pd.isna(table.loc["d", "per_1000"])
    assert table.loc["total", ["places", "people_without"]].isna().all()
    known = own_unit_ratio(who, beds[[0, 1, 3]], units[[0, 1, 3]]).set_index("unit_code")
    assert known.loc["total", ["places", "people_without"]].tolist() == [8, 150]
    assert known.loc["total", "per_1000"] == pytest.approx(8000 / 350)


def test_a_unit_of_unknown_people_takes_its_sites_with_it():
    """5 beds of b are for people nobody counted: they must not stand over the 200 of a."""
    who = people_of(["a"], [200], codes=["a", "b"], totals=[200, None])
    beds, units = np.array([3.0, 5.0]), np.array(["a", "b"], dtype=object)
    table = own_unit_ratio(who, beds, units).set_index("unit_code")
    assert table.loc["total", ["people", "places", "per_1000"]].tolist() == [200, 3, 15]
    assert "1 unit of unknown people" in table.loc["total", "note_en"]
    assert table.loc["b", "places"] == 5
    assert pd.isna(table.loc["b", "per_1000"])
    # The places of sites that count are known, whatever another unit's are.
    unknown = own_unit_ratio(who, np.array([3.0, NAN]), units).set_index("unit_code")
    assert unknown.loc["total", "places"] == 3
    # Nothing known of anybody is nothing known, not 0 people without.
    nothing = people_of([], [], codes=["a", "b"], totals=[None, None])
    total = own_unit_ratio(nothing, beds, units).set_index("unit_code").loc["total"]
    assert total[["people", "places", "per_1000", "people_without"]].isna().all()
