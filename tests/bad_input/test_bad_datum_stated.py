"""A list from one web map, said to be from another: both are shifted, and not alike."""

import numpy as np
import pytest

from coverplan.core.datum import from_wgs84


def homes_from(county, datum: str) -> list[dict]:
    """Homes on streets, as a web map of a datum shows them."""
    rng = np.random.default_rng(3)
    east, north = rng.uniform(0.2, 11.8, 40), rng.integers(0, 5, 40)
    lon, lat = from_wgs84(118.0 + 0.01037 * east, 30.0 + 0.00902 * north, datum)
    first = county.rows("homes.csv")[0] | {"乡镇": ""}
    return [
        first | {"编号": f"H{i}", "名称": f"第{i}院", "经度": f"{x:.7f}", "纬度": f"{y:.7f}"}
        for i, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]


@pytest.mark.parametrize(
    ("datum", "stated"), [("BD-09", "GCJ-02"), ("GCJ-02", "BD-09"), ("BD-09", "高德")]
)
def test_the_other_web_map_is_named_with_the_evidence(county, datum, stated):
    county.table("homes.csv", homes_from(county, datum))
    county.edit('"homes.csv"', f'"homes.csv"\ncrs = "{stated}"')
    warning = county.understood().the("datum.stated_wrong")
    assert (warning.file, warning.found) == ("homes.csv", stated)
    assert warning.what.zh.startswith(f"按 crs = {stated} 换算后不吻合，像是 {datum}")
    assert f"it seems to be in {datum}: converted, 4" in warning.what.en
    assert f'改为 crs = "{datum}"' in warning.mend.zh


@pytest.mark.parametrize("datum", ["BD-09", "GCJ-02"])
def test_a_web_map_rightly_stated_is_not_doubted(county, datum):
    county.table("homes.csv", homes_from(county, datum))
    county.edit('"homes.csv"', f'"homes.csv"\ncrs = "{datum}"')
    assert not {code for code in county.understood().codes if code.startswith("datum")}
