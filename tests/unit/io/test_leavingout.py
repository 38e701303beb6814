"""Which units are zones and farms, by their kind, their code or their name."""

import geopandas as gpd
import pytest
from shapely.geometry import box

from coverplan import Region
from coverplan.io.leavingout import kinds_of


@pytest.mark.parametrize(
    ("code", "name", "kind", "expected"),
    [
        ("330624001", "南明街道", "", "street"),
        ("330624001", "南明街道", "镇", "town"),
        ("350582400", "安平开发区", "", "zone"),
        ("421202450", "向阳湖奶牛良种场", "", "farm"),
        ("421202450000", "向阳湖奶牛良种场", "农场", "farm"),
        ("421202570", "咸宁市经济技术开发区", "", "zone"),
        ("421202451", "某水库", "", "zone"),
        # Districts of a city are no zones, whatever their code.
        ("420102", "江岸区", "", "district"),
        ("420100000000", "武汉市", "", "county_city"),
        ("A", "江岸区", "", ""),
        ("A", "某工业园区", "", "zone"),
        ("school-7", "CEIP Las Palmas", "", ""),
    ],
)
def test_kinds_of_units(code, name, kind, expected):
    frame = gpd.GeoDataFrame(
        {"code": [code], "name": [name], "kind": [kind]}, geometry=[box(0, 0, 9, 9)], crs=4549
    )
    assert kinds_of(Region.from_frame(frame, kind="kind")) == {code: expected}
