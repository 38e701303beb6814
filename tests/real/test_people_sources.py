"""Districts with nothing but a census, and a raster of them, on the roads of a real city."""

import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import Affine

from coverplan import load

CODES = ["420102", "420103", "420104", "420105", "420106", "420107"]

STUDY = """
title = "武汉六区"
date = 2020-11-01
[region]
units = "{data}/districts.geojson"
only = {codes}
[people]
{source}
totals = "census.csv"
totals_columns = {{ unit = "code" }}
groups = {{ all = "pop", elderly = {{ share_column = "old" }} }}
[roads]
source = "{data}/roads.parquet"
[layers.social_work]
source = "sites.csv"
"""


@pytest.fixture
def wuhan(test_data, tmp_path):
    """Write a study of six districts; returns what reads it, given how people are known."""
    data = test_data / "realdata" / "cn_wuhan"
    if not data.is_dir():
        pytest.skip("the folder of test data is not here")
    census = pd.read_csv(data / "census2020_districts.csv")["pop_2020"].iloc[: len(CODES)]
    table = pd.DataFrame({"code": CODES, "pop": census, "old": "20%"})
    table.to_csv(tmp_path / "census.csv", index=False)
    site = pd.DataFrame({"编号": ["1"], "名称": ["站"], "经度": [114.28], "纬度": [30.58]})
    site.to_csv(tmp_path / "sites.csv", index=False)

    def read(source):
        study = tmp_path / "study.toml"
        text = STUDY.format(data=data.as_posix(), codes=CODES, source=source)
        study.write_text(text, encoding="utf-8")
        return load(study), dict(zip(CODES, census.tolist(), strict=True))

    return data, tmp_path, read


def test_districts_alone_are_spread_over_their_streets(wuhan):
    inputs, census = wuhan[2]('spread = "streets"')
    assert inputs.demand.placed()["all"].to_dict() == census
    assert inputs.reconciliation["read"].isna().all()
    assert len(inputs.demand) > 10_000


def test_a_raster_is_raked_to_the_districts(wuhan):
    data, folder, read = wuhan
    points = pd.read_csv(data / "population_points_MODELLED.csv")
    west, north, cell = 113.9, 30.9, 1 / 1200
    people = np.histogram2d(
        (north - points["lat"]) / cell,
        (points["lon"] - west) / cell,
        bins=(np.arange(721), np.arange(961)),
        weights=points["pop"],
    )[0]
    with rasterio.open(
        folder / "people.tif", "w", driver="GTiff", width=960, height=720, count=1,
        dtype="float32", crs=4326, nodata=-99999, transform=Affine(cell, 0, west, 0, -cell, north),
    ) as raster:  # fmt: skip
        raster.write(people.astype(np.float32), 1)
    inputs, census = read('source = "people.tif"')
    assert inputs.demand.placed()["all"].to_dict() == census
    rows = inputs.reconciliation.set_index(["group", "unit"]).loc["all"]
    assert rows["read"].between(0.8 * rows["given"], 1.2 * rows["given"]).all()
    assert rows["read"].sum() == pytest.approx(people.sum(), rel=0.01)
