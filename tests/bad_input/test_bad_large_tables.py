"""Tables made to fill the memory, or merely very wide: read, or refused in so many words."""

import json
import random

import numpy as np
import pytest
import rasterio
from affine import Affine

from coverplan.core.errors import InputError
from coverplan.io import sheets
from coverplan.io.elevation import read_relief
from coverplan.io.paths import Folder
from coverplan.io.tables import read_table

V = "villages.csv"


def test_a_thousand_columns_are_read(county):
    rows = county.rows(V)
    county.table(V, [row | {f"列{i}": str(i) for i in range(1000)} for row in rows])
    county.understood()
    county.table(
        "census.csv",
        [row | {f"列{i}": "" for i in range(1000)} for row in county.rows("census.csv")],
    )
    county.understood()


@pytest.mark.parametrize("quoted", [True, False])
def test_a_cell_of_many_megabytes_is_a_fault(county, quoted):
    mark = '"' if quoted else ""
    text = county.path(V).read_text(encoding="utf-8").splitlines()
    cells = text[3].split(",")
    cells[1] = f"{mark}{'x' * 20_000_000}{mark}"
    county.path(V).write_text("\n".join([*text[:3], ",".join(cells), *text[4:]]), encoding="utf-8")
    fault = county.refused().the("file.long_cell")
    assert (fault.file, fault.row) == (V, 4)
    assert fault.found.en == "more than 1,000,000 characters"


def test_more_rows_or_cells_than_are_kept(county, monkeypatch):
    monkeypatch.setattr(sheets, "_MOST_ROWS", 6)
    fault = county.refused().the("file.too_large")
    assert (fault.file, fault.expected.en) == (V, "at most 6 rows and 200,000,000 cells")
    monkeypatch.setattr(sheets, "_MOST_ROWS", 1000)
    monkeypatch.setattr(sheets, "_MOST_CELLS", 1000)
    county.path(V).write_text("a,b\n" + "," * 2000 + "\n", encoding="utf-8")
    assert "2,003 cells" in county.refused().the("file.too_large").found.en


def test_nothing_but_commas_is_not_kept(tmp_path):
    (tmp_path / "x.csv").write_text("名称,人口\n" + ",\n" * 200_000 + "甲村,3\n", encoding="utf-8")
    table = read_table(tmp_path / "x.csv", "x.csv")
    assert len(table.frame) == 1
    assert list(table.rows) == [200_002]


def _heights(full, values):
    with rasterio.open(
        full, "w", driver="GTiff", width=64, height=64, count=1, dtype="float32", crs="EPSG:4326",
        transform=Affine(0.0025, 0, 117.99, 0, -0.0025, 30.06), tiled=True, blockxsize=16,
        blockysize=16, compress="deflate",
    ) as raster:  # fmt: skip
        raster.write(values, 1)


def test_a_raster_of_heights_with_damaged_cells_is_a_fault(county):
    """It opens, and its cells cannot be read: GDAL says so in ways of its own."""
    full = county.path("heights.tif")
    noise = np.random.default_rng(0).uniform(0, 90, (64, 64)).astype("float32")
    _heights(full, noise)
    county.edit('"roads.geojson"', '"roads.geojson"\nelevation = "heights.tif"')
    county.understood()
    data = bytearray(full.read_bytes())
    dice = random.Random(0)  # noqa: S311 - damage, not secrets
    for at in range(600, len(data)):
        data[at] = dice.randrange(256)
    full.write_bytes(bytes(data))
    fault = county.refused().the("file.unreadable")
    assert fault.file == "heights.tif"
    assert fault.found.en == "a TIFF, damaged or cut short"
    assert "GeoTIFF" in fault.expected.zh


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("heights.tif", "<VRTDataset rasterXSize='4' rasterYSize='3'/>", "file.leads_away"),
        ("heights.vrt", "<GDAL_WMS><Service/></GDAL_WMS>", "file.leads_away"),
        ("heights.tif", "<Capabilities xmlns='http://opengis.net/wmts'/>", "file.unreadable"),
        ("heights.tif", json.dumps({"type": "Collection", "stac_version": "1"}), "file.unreadable"),
    ],
)  # fmt: skip
def test_a_raster_that_leads_elsewhere_is_refused(county, name, content, code):
    county.edit('"roads.geojson"', f'"roads.geojson"\nelevation = "{name}"')
    county.path(name).write_text(content, encoding="utf-8")
    assert county.refused().the(code).file == name


def test_a_mask_beside_a_raster_that_leads_elsewhere(county):
    _heights(county.path("heights.tif"), np.zeros((64, 64), dtype="float32"))
    county.path("heights.tif.msk").write_text("<VRTDataset/>", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_relief(Folder(county.folder), county.path("heights.tif"), None, [])
    assert caught.value.problems[0].code == "file.leads_away"
