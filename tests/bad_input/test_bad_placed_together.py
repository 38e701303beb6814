"""Facilities without coordinates: in a township of which two have the name, several at one village,
and beside others that are in the datum of a web map.
"""

import numpy as np

from coverplan.core.datum import from_wgs84

HOMES = "homes.csv"


def placed_at_villages(county) -> None:
    county.edit('source = "homes.csv"', 'source = "homes.csv"\nplace_missing = "village"')


def without_point(row: dict, **more: str) -> dict:
    return row | {"经度": "", "纬度": ""} | more


def test_of_two_townships_of_one_name_the_county_tells_which(county):
    towns = county.read_features("towns.geojson")
    for town, (name, parent) in zip(
        towns, [("城关镇", "东县"), ("乙乡", "东县"), ("城关镇", "西县")], strict=True
    ):
        town["properties"] |= {"name": name, "所属县": parent}
    county.features("towns.geojson", towns)
    homes = county.rows(HOMES)
    homes[2] = without_point(homes[2], 乡镇="城关镇", 所属县="西县")
    homes[0] |= {"乡镇": "城关镇", "所属县": "东县"}
    county.table(HOMES, homes)
    stations = [row | {"乡镇": ""} for row in county.rows("stations.xlsx")]
    county.table("stations.xlsx", stations)
    placed_at_villages(county)
    done = county.accepted()
    assert done.the("facility.at_township").row == 4
    sites = county.studies[-1].layers["elderly_care"].sites
    rough = sites[sites["precision"] == "township"]
    assert list(rough["unit"]) == ["330003"]

    homes[2]["所属县"] = ""
    county.table(HOMES, homes)
    fault = county.refused().the("point.none")
    assert (fault.row, fault.found) == (4, "城关镇")


def test_facilities_placed_at_one_village_are_not_said_to_be_on_one_spot(county):
    homes = county.rows(HOMES)
    more = [without_point(homes[0], 编号=f"再{i}", 名称=f"再{i}院") for i in range(4)]
    county.table(HOMES, [*homes, *more])
    placed_at_villages(county)
    done = county.understood()
    assert len(done.of("facility.at_township")) == 4
    assert "facility.same_spot" not in done.codes
    county.table(HOMES, [*homes, *more, homes[1] | {"编号": "又", "名称": "又一院"}])
    assert len(county.understood().of("facility.same_spot")) == 1


def test_the_datum_of_a_list_is_judged_though_some_have_no_point(county):
    rng = np.random.default_rng(2)
    east, north = rng.uniform(0.2, 11.8, 30), rng.integers(0, 5, 30)
    lon, lat = from_wgs84(118.0 + 0.01037 * east, 30.0 + 0.00902 * north, "GCJ-02")
    first = county.rows(HOMES)[0] | {"乡镇": ""}
    homes = [
        first | {"编号": f"H{i}", "名称": f"第{i}院", "经度": f"{x:.7f}", "纬度": f"{y:.7f}"}
        for i, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    homes.append(without_point(first, 编号="无", 名称="无点院", 乡镇="甲镇"))
    county.table(HOMES, homes)
    placed_at_villages(county)
    warning = county.understood().the("datum.shifted")
    assert warning.file == HOMES
    assert 'crs = "GCJ-02"' in warning.mend.zh
    assert "layers.elderly_care" in warning.mend.en
