"""A network kept on disk is the network that was made, or it is made anew."""

import dataclasses

import numpy as np
import pytest
import shapely
from tiny import X0, Y0, at, network, profile

from coverplan import InputError
from coverplan.core.errors import Problem, Problems
from coverplan.core.text import Text
from coverplan.domain.arrays import frozen
from coverplan.domain.relief import Relief
from coverplan.io import keep, kept_network, read_kept
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

    def get(self, settings="a"):
        self.problems = Problems()
        self.folder = Folder(self.folder.root)
        sources = [self.folder.root / "roads.bin"]
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
