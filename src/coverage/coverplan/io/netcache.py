"""A prepared network on disk: reading it back costs a fraction of reading the roads anew.

The name of a kept network is a hash of everything it was made from: its files, the part of the
study that speaks of roads, the working system and the version of the format. A file counts with
all that lie beside it under the same name (a shapefile's table and system, a raster's georeference)
and, where it only points to others (``.vrt``), with those. A kept network is never out of date.

Inside, a seal covers every array with its name, type and shape: whatever is damaged or strange is
made anew, and nothing of it is used.
"""

import hashlib
import html
import json
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.arrays import frozen
from ..domain.edges import EdgeFacts
from ..domain.network import Network
from ..domain.relief import Relief
from .archives import archive_of
from .columns import ColumnUse
from .formats import is_geodatabase
from .paths import Folder, InputFile, companions, digest_of
from .repair.report import RepairReport, report_from

FORMAT = 2
"""To be raised whenever a network is made or kept differently."""

_PLAIN = ("u", "v", "metres", "direction", "node_xy", "twin", "reverse")
_FACTS = ("limit_kmh", "barred", "both_ways", "raised", "headway_minutes", "crossing_minutes")
_RELIEF = ("ptr", "fraction", "height_metres")
_POINTERS = re.compile(r"<(?:SrcDataSource|SourceFilename|SourceDataset)[^>]*>([^<]+)<")


def kept_network(
    cache: Path,
    folder: Folder,
    sources: Iterable[Path],
    settings: str,
    problems: Problems,
    make: Callable[[Problems], Network],
) -> Network:
    """Return the network kept for these files and settings, or make and keep it.

    Parameters
    ----------
    cache
        Where networks are kept; made if it is not there.
    folder, sources
        The study's folder, and every file the network is made from.
    settings
        What else it depends on, as text: two settings that differ must not read alike.
    problems
        Where the warnings of reading go, those of the first reading too.
    make
        Reads the roads; notes warnings in what it is given.

    Raises
    ------
    InputError
        When the roads cannot be read. Nothing is kept then.

    Examples
    --------
    The roads are read once; the second time nobody asks for them:

    >>> from pathlib import Path
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.io import kept_network
    >>> from coverplan.io.paths import Folder
    >>> def make(problems):
    ...     print("reading the roads")
    ...     return cp.small_county().network
    >>> with tempfile.TemporaryDirectory() as place:
    ...     _ = cp.write_small_county(place)
    ...     for _ in range(2):
    ...         network = kept_network(
    ...             Path(place) / "cache",
    ...             Folder(Path(place)),
    ...             [Path("roads.geojson")],
    ...             "settings",
    ...             Problems(),
    ...             make,
    ...         )
    reading the roads
    """
    name = _name(folder, sources, settings)
    path = (folder.root / cache) / f"network-{name}.npz"
    kept = _read(path)
    if kept is not None:
        network, warned, files, columns, repairs = kept
        problems.extend(warned)
        known = {file.path for file in folder.read}
        folder.read.extend(f for f in files if f.path not in known)
        folder.columns.extend(one for one in columns if one not in folder.columns)
        folder.repairs.extend(one for one in repairs if one not in folder.repairs)
        return network
    own, before, told = Problems(), len(folder.read), len(folder.columns)
    done = len(folder.repairs)
    try:
        network = make(own)
    finally:
        problems.extend(own)
    if not own.errors:
        try:
            _keep(
                path,
                network,
                list(own),
                folder.read[before:],
                folder.columns[told:],
                folder.repairs[done:],
            )
        except OSError as error:
            problems.add(_not_kept(cache, error))
    return network


def _name(folder: Folder, sources: Iterable[Path], settings: str) -> str:
    digest = hashlib.sha256(f"{FORMAT}\n{settings}\n".encode())
    for source in sources:
        digest.update(f"{source.as_posix()}\n".encode("utf-8", "surrogateescape"))
        for path in _all_files(folder.root / source):
            digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0" + digest_of(path))
    return digest.hexdigest()[:32]


def _all_files(full: Path) -> list[Path]:
    """Return every file the content of one may depend on, each once, always in one order."""
    archive = archive_of(full)
    if archive is not None:
        return [archive[0]]
    if is_geodatabase(full):
        return sorted(path for path in full.iterdir() if path.is_file())
    found: dict[Path, None] = {}
    ahead = [full]
    while ahead:
        for path in companions(ahead.pop()):
            if path not in found:
                found[path] = None
                if path.suffix.lower() == ".vrt":
                    ahead += _pointed_to(path)
    return list(found)


def _pointed_to(vrt: Path) -> list[Path]:
    """Return the files a virtual raster or vector file points to, which is not opened for that."""
    words = _POINTERS.findall(vrt.read_text(encoding="utf-8", errors="replace"))
    names = [html.unescape(word.strip()) for word in words]
    # Relative to the file, or to where the program runs: the tags differ, so both are taken.
    return [folder / name for name in names for folder in (vrt.parent, Path())]


def _keep(
    path: Path,
    network: Network,
    warned: list[Problem],
    files: list[InputFile],
    columns: list[ColumnUse],
    repairs: list[RepairReport],
) -> None:
    """Write beside, then rename: nobody ever reads half a network."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            arrays = _arrays(network)
            arrays["note"] = np.array(_note(network, warned, files, columns, repairs))
            arrays["seal"] = np.array(_seal(arrays))
            np.savez(stream, allow_pickle=False, **arrays)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _arrays(network: Network) -> dict[str, NDArray[Any]]:
    _, coordinates, (offsets,) = shapely.to_ragged_array(network.lines)
    kept = {name: getattr(network, name) for name in _PLAIN}
    kept |= {f"facts_{name}": getattr(network.facts, name) for name in _FACTS}
    kept |= {"coordinates": coordinates, "offsets": offsets}
    for name, words in (("class", network.road_class), ("surface", network.facts.surface)):
        code, known = pd.factorize(words)
        kept |= {f"{name}_code": code.astype(np.int32), f"{name}_word": known.astype(str)}
    if network.relief is not None:
        kept |= {f"relief_{name}": getattr(network.relief, name) for name in _RELIEF}
    if network.walls is not None:
        walls = [shapely.to_wkb(wall) for wall in network.walls]
        kept["walls"] = np.frombuffer(b"".join(walls), dtype=np.uint8)
        kept["walls_size"] = np.array([len(wall) for wall in walls], dtype=np.int64)
    return kept


def _seal(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return the SHA-256 over all arrays but the seal: name, type, shape and bytes of each."""
    digest = hashlib.sha256()
    for name in sorted(set(arrays) - {"seal"}):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}\n{array.dtype.str}\n{array.shape}\n".encode())
        digest.update(array.view(np.uint8).data if array.size else b"")
    return digest.hexdigest()


def _note(
    network: Network,
    warned: list[Problem],
    files: list[InputFile],
    columns: list[ColumnUse],
    repairs: list[RepairReport],
) -> str:
    record = {
        "crs": network.crs.to_wkt(),
        "scale": network.scale,
        "warnings": [asdict(problem) for problem in warned],
        "files": [asdict(replace(f, path=Path())) | {"path": str(f.path)} for f in files],
        "columns": [asdict(one) for one in columns],
        "repairs": [asdict(one) for one in repairs],
    }
    return json.dumps(record, ensure_ascii=False, default=str)


_Kept = tuple[Network, list[Problem], list[InputFile], list[ColumnUse], list[RepairReport]]


def _read(path: Path) -> _Kept | None:
    """Return what is kept, None where there is nothing, or nothing whole."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
                arrays = {name: kept[name] for name in kept.files}
        if str(arrays["seal"]) != _seal(arrays) or not _agree(arrays):
            return None
        note = json.loads(str(arrays["note"]))
        warned = [_problem(given) for given in note["warnings"]]
        files = [InputFile(**(f | {"path": Path(f["path"])})) for f in note["files"]]
        columns = [ColumnUse(**one | {"sample": tuple(one["sample"])}) for one in note["columns"]]
        repairs = [report_from(one) for one in note["repairs"]]
        return _network(arrays, note), warned, files, columns, repairs
    except Exception:  # noqa: BLE001 - damage shows in many ways; each means: make it anew
        return None


def _agree(arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Return whether edges have one number throughout, and every number names what is there.

    Compiled searches go by these numbers without looking.
    """
    n, m = len(arrays["node_xy"]), len(arrays["u"])
    edges = [name for name in _PLAIN if name != "node_xy"]
    edges += [f"facts_{name}" for name in _FACTS] + ["class_code", "surface_code"]
    below = [("u", n), ("v", n), ("twin", m), ("offsets", len(arrays["coordinates"]) + 1)]
    below += [(f"{name}_code", len(arrays[f"{name}_word"])) for name in ("class", "surface")]
    if "relief_ptr" in arrays:
        below.append(("relief_ptr", len(arrays["relief_fraction"]) + 1))
    return (
        all(arrays[name].shape == (m,) for name in edges)
        and arrays["node_xy"].shape == (n, 2)
        and len(arrays["offsets"]) == m + 1
        and all(_within(arrays[name], end) for name, end in below)
    )


def _within(numbers: NDArray[Any], end: int) -> bool:
    """Return whether all are whole numbers from 0 to below ``end``."""
    whole = numbers.dtype.kind in "iu"
    return whole and (not numbers.size or bool(numbers.min() >= 0 and numbers.max() < end))


def _network(kept: Mapping[str, NDArray[Any]], note: dict[str, Any]) -> Network:
    coordinates, offsets = kept["coordinates"], kept["offsets"]
    kind = shapely.GeometryType.LINESTRING
    lines = shapely.from_ragged_array(kind, coordinates, (offsets,))
    plain: dict[str, Any] = {name: _locked(kept[name]) for name in _PLAIN}
    facts = {name: _locked(kept[f"facts_{name}"]) for name in _FACTS}
    relief = None
    if "relief_ptr" in kept:
        relief = Relief(*(_locked(kept[f"relief_{name}"]) for name in _RELIEF))
    walls = None
    if "walls" in kept:
        cuts = np.cumsum(kept["walls_size"])[:-1]
        pieces = np.split(kept["walls"], cuts) if len(kept["walls_size"]) else []
        walls = frozen([shapely.from_wkb(piece.tobytes()) for piece in pieces], np.object_)
    return Network(
        **plain,
        road_class=_words(kept, "class"),
        lines=frozen(lines, np.object_),
        crs=CRS.from_wkt(note["crs"]),
        scale=float(note["scale"]),
        facts=EdgeFacts(surface=_words(kept, "surface"), **facts),
        relief=relief,
        walls=walls,
    )


def _locked(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array


def _words(kept: Mapping[str, NDArray[Any]], name: str) -> NDArray[np.object_]:
    words: NDArray[np.object_] = kept[f"{name}_word"].astype(object)
    return frozen(words[kept[f"{name}_code"]], np.object_)


def _problem(given: dict[str, Any]) -> Problem:
    def text(value: object) -> Any:
        return Text(value["zh"], value["en"]) if isinstance(value, dict) else value

    return Problem(**{key: text(value) for key, value in given.items()})


def _not_kept(cache: Path, error: OSError) -> Problem:
    return Problem(
        code="cache.not_written",
        what=Text("处理好的路网没有存下来", "the prepared network could not be kept"),
        file=cache.as_posix(),
        found=error.strerror or type(error).__name__,
        mend=Text(
            "换一个可写的文件夹，或删去 roads.cache；结果不受影响",
            "name another folder, or leave roads.cache out; results do not depend on it",
        ),
        severity="warning",
    )


def read_kept(path: Path) -> Network:
    """Return the network of one kept file.

    Raises
    ------
    InputError
        When it is no such file, or not whole.

    Examples
    --------
    >>> from pathlib import Path
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.io import keep, read_kept
    >>> with tempfile.TemporaryDirectory() as place:
    ...     keep(cp.small_county().network, Path(place) / "roads.npz")
    ...     kept = read_kept(Path(place) / "roads.npz")
    >>> int(kept.metres.sum().round())
    7000
    """
    kept = _read(path)
    if kept is None:
        raise InputError(
            [
                Problem(
                    code="cache.unreadable",
                    what=Text("不是完整的路网缓存文件", "not a whole file of a prepared network"),
                    file=path.name,
                    mend=Text("删除它，重新运行研究", "delete it and run the study again"),
                )
            ]
        )
    return kept[0]


def keep(network: Network, path: Path) -> None:
    """Keep a prepared network in one file, to be read back by `read_kept`.

    Parameters
    ----------
    network, path
        What to keep, and the file (``.npz``), which is whole or unchanged.

    Examples
    --------
    >>> from pathlib import Path
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.io import keep, read_kept
    >>> with tempfile.TemporaryDirectory() as place:
    ...     keep(cp.small_county().network, Path(place) / "roads.npz")
    ...     read_kept(Path(place) / "roads.npz").n_edges
    6
    """
    _keep(path, network, [], [], [], [])
