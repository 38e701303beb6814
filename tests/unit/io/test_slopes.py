import numpy as np
import pyproj
import pytest
import rasterio
from rasterio import Affine
from tiny import CRS, X0, Y0, at

from coverplan import InputError
from coverplan.io import read_slopes
from coverplan.io.paths import Folder

HERE = pyproj.CRS.from_epsg(CRS)


def raster(tmp_path, heights, *, cell=30.0, nodata=-9999.0):
    """Write heights with the place (0, 0) in the middle of the raster."""
    height, width = heights.shape
    west, north = X0 - width * cell / 2, Y0 + height * cell / 2
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=width, height=height, count=1,
        dtype="float64", crs=HERE.to_wkt(), nodata=nodata,
        transform=Affine(cell, 0, west, 0, -cell, north),
    ) as file:  # fmt: skip
        file.write(heights, 1)


def slopes(tmp_path, *points):
    return read_slopes(Folder(tmp_path), tmp_path / "dem.tif", at(*points), HERE)


def plane(east, north, n=60, cell=30.0):
    """Heights that rise by so many metres per metre to the east and to the north."""
    along = (np.arange(n) - n / 2 + 0.5) * cell
    return 100 + east * along[None, :] - north * along[:, None]


@pytest.mark.parametrize(
    ("east", "north", "percent"),
    [(0, 0, 0), (0.1, 0, 10), (0, -0.25, 25), (0.3, 0.4, 50), (-0.06, 0.08, 10)],
)
@pytest.mark.parametrize("cell", [10.0, 30.0, 90.0])
def test_a_plane_has_its_slope_everywhere(tmp_path, east, north, percent, cell):
    raster(tmp_path, plane(east, north, cell=cell), cell=cell)
    found = slopes(tmp_path, (0, 0), (37, -91), (-120, 13))
    assert found == pytest.approx(percent, abs=1e-6)


def test_unknown_where_the_raster_ends_or_knows_nothing(tmp_path):
    heights = plane(0.1, 0)
    heights[:, :20] = -9999
    raster(tmp_path, heights)
    found = slopes(tmp_path, (0, 0), (-700, 0), (5000, 0))
    assert found[0] == pytest.approx(10)
    assert np.isnan(found[1:]).all()


def test_heights_that_cannot_be_are_not_known(tmp_path):
    heights = plane(0.0, 0)
    heights[:, 40:] = 20_000
    raster(tmp_path, heights)
    assert np.isnan(slopes(tmp_path, (600, 0))).all()


def test_no_places_and_no_raster(tmp_path):
    raster(tmp_path, plane(0, 0))
    assert slopes(tmp_path).shape == (0,)
    (tmp_path / "dem.tif").write_text("x")
    with pytest.raises(InputError) as caught:
        slopes(tmp_path, (0, 0))
    assert caught.value.problems[0].file.endswith("dem.tif")
