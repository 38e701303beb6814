"""The page on open data, done word for word against a server on this machine."""

from pathlib import Path

import numpy as np
import osmnx
import pandas as pd
import pytest
import rasterio
from loopback import KM_X, KM_Y, SOUTH, WEST, serving
from walkthrough import Walk, prepare, skeleton

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = {
    language: ROOT / "docs" / language / "how-to" / "open-data.md" for language in ("zh", "en")
}
CELLS = 12
"""Cells of the raster to a kilometre."""


def raster(file: Path) -> None:
    """Write what somebody would have downloaded: people in cells, most of them empty."""
    random = np.random.default_rng(7)
    shape = (4 * CELLS, 12 * CELLS)
    people = random.gamma(1, 60, shape) * (random.random(shape) < 0.2)
    place = rasterio.Affine(KM_X / CELLS, 0, WEST, 0, -KM_Y / CELLS, SOUTH + 4 * KM_Y)
    file.parent.mkdir(parents=True)
    with rasterio.open(
        file, "w", driver="GTiff", height=shape[0], width=shape[1], count=1, dtype="float32",
        crs=4326, nodata=-99999, transform=place,
    ) as out:  # fmt: skip
        out.write(people.astype("float32"), 1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_leads_from_a_name_to_a_map(language, tmp_path, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(osmnx._nominatim.time, "sleep", lambda _: None)
    folder = prepare(tmp_path / "clone", ROOT)
    raster(folder / "downloads" / "chn_pop_2025.tif")
    with serving() as server:
        monkeypatch.setenv("COVERPLAN_OVERPASS", server.overpass)
        monkeypatch.setenv("COVERPLAN_NOMINATIM", server.nominatim)
        Walk(folder).read(PAGES[language], f"{language}/how-to/open-data.md")
        assert server.count("search") == 1
    place = folder / "yunqiao"
    study = (place / "study.toml").read_text(encoding="utf-8")
    assert 'source = "chn_pop_2025.tif"' in study
    assert 'totals = "census.csv"' in study
    people = pd.read_csv(place / "result" / "people.csv", encoding="utf-8-sig", dtype={"unit": str})
    everybody = people[(people["unit"] == "total") & (people["group"] == "all")].iloc[0]
    assert (everybody["given"], everybody["placed"]) == (59_300, 59_300)
    assert everybody["read"] > 0
    page = (place / "result" / "map.html").read_text(encoding="utf-8")
    assert "OpenStreetMap" in page


def test_both_languages_have_the_same_blocks():
    assert skeleton(PAGES["zh"]) == skeleton(PAGES["en"])
