"""A network kept on disk is the network that was made, or it is made anew."""

import dataclasses
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import Affine
from tiny import X0, Y0, at, network, profile

from coverplan import InputError
from coverplan.core.errors import Problem, Problems
from coverplan.core.text import Text
from coverplan.domain.arrays import frozen
from coverplan.domain.relief import Relief
from coverplan.io import keep, kept_network, netcache, read_kept
from coverplan.io.paths import Folder
from coverplan.travel import mode_graph, nearest_site, snap

CROSS = [[(0, 0), (300, 10), (600, 0)], [(600, 0), (900, 0)], [(600, 0), (600, 500)]]


def hilly():
    roads = network(CROSS, road_class=["residential", "footway", "道路"], oneway=[0, 1, -1])
    relief = Relief(
        frozen([0, 2, 5, 7], np.int64),
        frozen([0, 1, 0, 0.5, 1, 0, 1], np.float64),
        frozen([5, 6, 6, np.nan, 8, 6, 9], np.float64),
    )
    walls = frozen([shapely.LineString([(X0, Y0 - 9), (X0 + 50, Y0 - 9)])], np.object_)
    return roads.with_relief(relief).with_walls(walls)


def same(a, b):
    for field in dataclasses.fields(a):
        one, two = getattr(a, field.name), getattr(b, field.name)
        if dataclasses.is_dataclass(one):
            same(one, two)
        elif isinstance(one, np.ndarray) and one.dtype == object:
            assert one.tolist() == two.tolist()
            assert not two.flags.writeable
        elif isinstance(one, np.ndarray):
            np.testing.assert_array_equal(one, two)
            assert one.dtype == two.dtype
            assert not two.flags.writeable
        else:
            assert one == two


@pytest.mark.parametrize("roads", [network(CROSS), hilly()], ids=["flat", "hilly"])
def test_what_is_kept_comes_back_whole(roads, tmp_path):
    keep(roads, tmp_path / "n.npz")
    same(roads, read_kept(tmp_path / "n.npz"))


def test_times_are_the_same(tmp_path):
    keep(network(CROSS), tmp_path / "n.npz")
    found = []
    for roads in (network(CROSS), read_kept(tmp_path / "n.npz")):
        graph = mode_graph(roads, profile())
        found.append(nearest_site(graph, snap(graph, at((100, 30))), snap(graph, at((600, 400)))))
    assert found[0].ms.tolist() == found[1].ms.tolist()


class Roads:
    """Counts how often the roads are read."""

    def __init__(self, tmp_path):
        (tmp_path / "roads.bin").write_bytes(b"1")
        self.folder, self.read, self.problems = Folder(tmp_path), 0, Problems()

    def make(self, notes):
        self.read += 1
        notes.add(
            Problem("a.warning", Text("提醒", "careful"), Text("", ""), row=3, severity="warning")
        )
        full = self.folder.root / "roads.bin"
        self.folder.note(full.relative_to(self.folder.root), full, 3)
        return network(CROSS)

    def get(self, settings="a", source="roads.bin"):
        self.problems = Problems()
        self.folder = Folder(self.folder.root)
        sources = [self.folder.root / source]
        sources = [source.relative_to(self.folder.root) for source in sources]
        return kept_network(
            sources[0].parent / "cache", self.folder, sources, settings, self.problems, self.make
        )


def test_a_network_is_read_once_and_its_warnings_are_repeated(tmp_path):
    roads = Roads(tmp_path)
    first = roads.get()
    warned, files = list(roads.problems), list(roads.folder.read)
    same(first, roads.get())
    assert roads.read == 1
    assert list(roads.problems) == warned
    assert roads.folder.read == files
    assert len(files) == 1
    assert len(files[0].sha256) == 64


def test_another_file_or_setting_is_another_network(tmp_path):
    roads = Roads(tmp_path)
    roads.get()
    roads.get("b")
    assert roads.read == 2
    (tmp_path / "roads.bin").write_bytes(b"2")
    roads.get()
    assert roads.read == 3


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 nothing", None])
def test_a_damaged_one_is_made_anew(tmp_path, damage):
    roads = Roads(tmp_path)
    roads.get()
    (path,) = (tmp_path / "cache").iterdir()
    path.write_bytes(path.read_bytes()[:-200] if damage is None else damage)
    same(network(CROSS), roads.get())
    assert roads.read == 2
    with pytest.raises(InputError, match="whole"):
        path.write_bytes(b"x")
        read_kept(path)


def test_a_folder_that_cannot_be_made_is_a_warning(tmp_path):
    roads = Roads(tmp_path)
    (tmp_path / "cache").write_text("a file")
    roads.get()
    assert [p.code for p in roads.problems] == ["a.warning", "cache.not_written"]
    assert roads.problems.items[1].severity == "warning"


def test_every_part_of_a_shapefile_counts(tmp_path):
    lines = [shapely.LineString([(0, 0), (9, 9)])]
    frame = gpd.GeoDataFrame({"highway": ["primary"]}, geometry=lines, crs=32650)
    frame.to_file(tmp_path / "r.shp", encoding="utf-8")
    roads = Roads(tmp_path)
    roads.get(source="r.shp")
    for read, name in enumerate(["r.dbf", "r.prj", "r.cpg", "r.shx", "r.shp", "r.shp.xml"], 2):
        path = tmp_path / name
        path.write_bytes((path.read_bytes() if path.is_file() else b"") + b" ")
        roads.get(source="r.shp")
        assert roads.read == read, name
        roads.get(source="r.shp")
        assert roads.read == read, name
    (tmp_path / "r2.dbf").write_bytes(b"another file")
    roads.get(source="r.shp")
    assert roads.read == read


def heights(path, metres):
    shape = {"width": 4, "height": 3, "count": 1, "dtype": "float32"}
    place = Affine(30, 0, X0, 0, -30, Y0)
    with rasterio.open(path, "w", driver="GTiff", crs=32650, transform=place, **shape) as raster:
        raster.write(np.full((1, 3, 4), metres, np.float32))


VIRTUAL = """<VRTDataset rasterXSize="4" rasterYSize="3"><VRTRasterBand dataType="Float32" band="1">
<SimpleSource><SourceFilename relativeToVRT="1">{}</SourceFilename><SourceBand>1</SourceBand>
</SimpleSource></VRTRasterBand></VRTDataset>"""


def test_what_a_virtual_raster_points_to_counts(tmp_path):
    (tmp_path / "far").mkdir()
    heights(tmp_path / "far" / "dem.tif", 5)
    (tmp_path / "inner.vrt").write_text(VIRTUAL.format("far/dem.tif"))
    (tmp_path / "dem.vrt").write_text(VIRTUAL.format("inner.vrt"))
    roads = Roads(tmp_path)
    roads.get(source="dem.vrt")
    roads.get(source="dem.vrt")
    assert roads.read == 1
    heights(tmp_path / "far" / "dem.tif", 6)
    roads.get(source="dem.vrt")
    assert roads.read == 2
    (tmp_path / "far" / "dem.tfw").write_text("30\n0\n0\n-30\n0\n0\n")
    roads.get(source="dem.vrt")
    assert roads.read == 3


def test_what_a_virtual_vector_file_points_to_counts(tmp_path):
    source = '<SrcDataSource relativeToVRT="1">a &amp; b.csv</SrcDataSource>'
    (tmp_path / "r.vrt").write_text(f"<OGRVRTDataSource>{source}</OGRVRTDataSource>")
    roads = Roads(tmp_path)
    for text in ("one", "two"):
        (tmp_path / "a & b.csv").write_text(text)
        roads.get(source="r.vrt")
    assert roads.read == 2


@pytest.mark.parametrize("content", [b"", b"<VRTDataset", b"\xff\x00"])
def test_a_virtual_file_that_cannot_be_read_counts_by_itself(tmp_path, content):
    (tmp_path / "x.vrt").write_bytes(content)
    roads = Roads(tmp_path)
    roads.get(source="x.vrt")
    roads.get(source="x.vrt")
    assert roads.read == 1


def test_no_flipped_bit_gives_another_network(tmp_path):
    """Anywhere in the file; its list of entries, where a name may change, throughout."""
    path, roads = tmp_path / "n.npz", hilly()
    keep(roads, path)
    whole = path.read_bytes()
    rng = np.random.default_rng(20250101)
    entries = whole.find(b"PK\x01\x02")
    places = [*rng.choice(entries, 300, replace=False), *range(entries, len(whole), 5)]
    anew = 0
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            found = read_kept(path)
        except InputError:
            anew += 1
            continue
        same(roads, found)
    assert anew > len(places) / 2


STRANGE = {
    "u": np.array([99, 0, 0], np.int32),
    "v": np.array([0, -1, 0], np.int32),
    "twin": np.array([0, 1, 3]),
    "metres": np.array([-1.0, 1, 1]),
    "class_code": np.array([5, 0, 0], np.int32),
    "surface_code": np.array([-1, 0, 0], np.int32),
    "facts_barred": np.zeros(0, np.uint8),
    "offsets": np.array([0, 999, 999, 999]),
    "relief_ptr": np.array([0, 2, 5, 99]),
    "note": np.array("{}"),
    "walls_size": None,
    "direction": None,
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_one_is_not_read_though_it_is_sealed(tmp_path, name):
    path = tmp_path / "n.npz"
    keep(hilly(), path)
    with np.load(path) as kept:
        arrays = {**kept, name: STRANGE[name]}
    arrays = {key: array for key, array in arrays.items() if array is not None}
    arrays["seal"] = np.array(netcache._seal(arrays))
    np.savez(path, **arrays)
    with pytest.raises(InputError, match="whole"):
        read_kept(path)


@pytest.mark.parametrize("name", ["relief_ptr", "walls", "seal"])
def test_one_that_lost_a_part_is_not_read(tmp_path, name):
    path = tmp_path / "n.npz"
    keep(hilly(), path)
    with np.load(path) as kept:
        arrays = dict(kept)
    del arrays[name]
    np.savez(path, **arrays)
    with pytest.raises(InputError, match="whole"):
        read_kept(path)


def test_columns_are_told_from_the_cache_as_from_the_file(tmp_path):
    (tmp_path / "roads.csv").write_text("x", encoding="utf-8")
    read, taken = [], []
    for _ in range(2):
        folder = Folder(tmp_path)

        def make(_: Problems, folder: Folder = folder):
            frame = pd.DataFrame({"highway": ["residential"]})
            folder.took("roads.csv", "roads", frame, {"class": "highway", "u": None}, {})
            read.append(1)
            return network(CROSS)

        kept_network(Path("cache"), folder, [Path("roads.csv")], "x", Problems(), make)
        taken.append(folder.columns)
    assert len(read) == 1
    assert taken[0] == taken[1]
    assert [(one.key, one.sample) for one in taken[1]] == [("class", ("residential",)), ("u", ())]
