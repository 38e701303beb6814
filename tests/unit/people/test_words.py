"""One sentence says where people were put; the study file decides which."""

import pytest

from coverplan.domain.people_config import PeopleConfig
from coverplan.people import spread_text

GROUPS = {"all": "人口"}


def words(**config):
    return spread_text(PeopleConfig.model_validate({"groups": GROUPS, **config}))


def test_points_and_streets_of_a_table():
    assert words(source="d/villages.xlsx").zh == "人口位于 villages.xlsx 给出的点位"
    text = words(source="v.csv", totals="d/census.csv", spread="streets")
    assert text.zh == (
        "v.csv 各地点的人口按长度分摊到 1500 米内的街道（residential、living_street）"
        "，并按 census.csv 的各单元总数调整（整数，合计不差一人）"
    )
    assert text.en == (
        "the people of each place of v.csv are spread by length along streets within 1500 m "
        "(residential, living_street), raked to the unit totals of census.csv"
    )


def test_a_raster_says_how_cells_become_points():
    text = words(
        source="ppp.TIF",
        totals="census.csv",
        groups={**GROUPS, "old": "老年", "young": {"share": 0.125}, "sick": {"raster": "s.tif"}},
    )
    for word in (
        "divided by area",
        "merged",
        "raked to the unit totals of census.csv",
        "old is known by unit only",
        "young is 0.125 of everybody",
        "raster s.tif",
    ):
        assert word in text.en
    for word in ("按面积分摊", "合并", "census.csv", "old 只知各单元总数", "0.125", "s.tif"):
        assert word in text.zh
    assert "within 900 m" in words(source="p.tif", spread="streets", spread_metres=900.0).en


@pytest.mark.parametrize(
    ("config", "zh", "en"),
    [
        ({"spread": "streets"}, "街道（residential、living_street）", "along the streets"),
        ({"spread": "buildings", "buildings": "b.gpkg"}, "按面积分摊到本单元的房屋", "by area"),
        (
            {"spread": "areas", "areas": {"source": "a.gpkg", "weight": "户数"}},
            "按户数分摊到本单元的居民点范围（a.gpkg）",
            "by 户数 over the settlements",
        ),
    ],
)
def test_totals_alone_are_called_estimates(config, zh, en):
    text = words(totals="census.csv", **config)
    assert zh in text.zh
    assert en in text.en
    assert "位置是估计的" in text.zh
    assert "estimates" in text.en


def test_shares_of_a_column():
    groups = {**GROUPS, "old": {"share_column": "占比"}}
    assert "“占比”列的比例" in words(source="v.csv", groups=groups).zh
