"""Files of a study: found beside the study file, named as the planner wrote them."""

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from ..core.errors import InputError, Problem
from ..core.text import Text
from ..domain.arrays import frozen
from ..domain.database import DatabaseUrl, is_address
from .archives import archive_of
from .columns import ColumnUse, columns_used
from .database import digest_of_rows
from .formats import is_geodatabase
from .plainfiles import not_plain, outside, strange_kind
from .repair.report import RepairReport

CrsFrom = Literal["", "file", "study", "assumed"]
"""Who says what system coordinates are in: "" where a file has none."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read, for the record of the run.

    Parameters
    ----------
    label, path
        The file as the study names it, and where it is.
    rows
        How many records were read.
    sha256
        Of its content: of its bytes. For a file whose content lies in several files beside each
        other (a shapefile: ``.shp``, ``.shx``, ``.dbf``, ``.prj``, ``.cpg``; MapInfo's ``.tab``
        and ``.mif`` likewise; an Esri geodatabase: all of its folder), of the name of each, a zero
        byte and the SHA-256 of its bytes, one after the other in the order of their names. For a
        file within a zip, of the zip; for a table of a database, of its rows (see
        `coverplan.io.database.digest_of_rows`).
    crs
        The system of its coordinates, such as ``"EPSG:4490"`` or ``"GCJ-02"``; empty for a table
        without any.
    crs_from
        Who says so: the file, the study, or nobody (longitude and latitude are taken as WGS 84).
    """

    label: str
    path: Path
    rows: int
    sha256: str
    crs: str = ""
    crs_from: CrsFrom = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where the records of one file lie, for the check of its datum.

    Parameters
    ----------
    file, key
        The file as the study names it, and the table of the study file that names it.
    stated
        The coordinate system the study states for it; empty where it states none.
    xy
        Metres in the working system, shape ``(n, 2)``: the points, or a part of many.
    units
        Code of the unit each record names, empty where it names none of the study's.
    """

    file: str
    key: str
    stated: str
    xy: NDArray[np.float64]
    units: tuple[str, ...]

    def __post_init__(self) -> None:
        """Keep the array from being changed."""
        object.__setattr__(self, "xy", frozen(self.xy, np.float64))


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one file, for what a fault in one of their rows touches.

    Parameters
    ----------
    file, part
        The file as the study names it, and the table of the study file that does.
    rows
        Their row numbers as a spreadsheet shows them, shape ``(n,)``.
    people
        Everybody of each record, NaN where not known, shape ``(n,)``; None where records hold no
        people of their own.
    units
        Code of the unit each record speaks of, empty where of none, length ``n``; or nothing.
    """

    file: str
    part: str
    rows: NDArray[np.int64]
    people: NDArray[np.float64] | None = None
    units: tuple[str, ...] = ()


@dataclass(slots=True)
class Folder:
    """The folder paths of a study are relative to, and a record of what was read from it.

    ``graph`` is a road graph in memory that takes the place of the road file; None: there is none.
    """

    root: Path
    read: list[InputFile] = field(default_factory=list)
    seen: list[Sighting] = field(default_factory=list)
    repairs: list[RepairReport] = field(default_factory=list)
    columns: list[ColumnUse] = field(default_factory=list)
    records: list[Records] = field(default_factory=list)
    graph: object | None = None
    notes: list[Problem] = field(default_factory=list)

    def took(
        self,
        file: str,
        part: str,
        frame: pd.DataFrame,
        taken: Mapping[str, str | None],
        given: Mapping[str, str],
    ) -> None:
        """Record what the columns of a file were taken for; said once for each file and part.

        Parameters
        ----------
        file, part, frame, taken, given
            As for `coverplan.io.columns.columns_used`.
        """
        told = {(one.file, one.part, one.key) for one in self.columns}
        fresh = {key: column for key, column in taken.items() if (file, part, key) not in told}
        self.columns.extend(columns_used(file, part, frame, fresh, given))

    def find(self, path: Path, key: str) -> Path:
        """Return where a file is; a table of a database is where its address says.

        A file within a zip is found by the zip, an Esri geodatabase is a folder. What lies outside
        the study's folder is noted in ``notes``.

        Raises
        ------
        InputError
            When there is no such file, or it is a pipe, a device or a folder.
        """
        if isinstance(path, DatabaseUrl):
            return path
        full = path if path.is_absolute() else self.root / path
        strange = strange_kind(full)
        if strange is not None:
            raise InputError([not_plain(path.as_posix(), strange)])
        try:
            if full.is_file() or archive_of(full) is not None or is_geodatabase(full):
                note = outside(self.root, full, path.as_posix())
                if note is not None and note not in self.notes:
                    self.notes.append(note)
                return full
            near = sorted(p.name for p in full.parent.glob("*")) if full.parent.is_dir() else []
        except (OSError, ValueError):
            near = []
        raise InputError([_missing(path, full, key, near)])

    def note(
        self,
        label: Path,
        full: Path,
        rows: int,
        *,
        crs: CRS | str | None = None,
        crs_from: CrsFrom = "",
    ) -> None:
        """Record a file that was read; a file read twice is recorded once.

        Parameters
        ----------
        label, full, rows
            The file as the study names it, where it is, and how many records were read.
        crs, crs_from
            The system of its coordinates (or the name of a shifted datum), and who says so;
            nothing for a file without any.
        """
        name = _crs_name(crs) if crs is not None else ""
        for i, seen in enumerate(self.read):
            if seen.path == full:
                # Totals may stand in the same table as places: its coordinates count.
                if name and not seen.crs:
                    self.read[i] = replace(seen, crs=name, crs_from=crs_from)
                return
        self.read.append(InputFile(label.as_posix(), full, rows, _sha256(full), name, crs_from))


FolderLike: TypeAlias = Folder | str | Path
"""A folder with its record, or where it is: then nobody keeps the record."""


def folder_at(folder: FolderLike) -> Folder:
    """Return a study's folder, of its path where it is none yet."""
    return folder if isinstance(folder, Folder) else Folder(Path(folder))


_PARTS = {
    ".shp": frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"}),
    ".tab": frozenset({".tab", ".dat", ".map", ".id", ".ind", ".dbf"}),
    ".mif": frozenset({".mif", ".mid"}),
}
"""Formats that spread one content over several files of one name."""


def companions(full: Path) -> list[Path]:
    """Return a file and all files beside it that share its name up to the last dot.

    Parameters
    ----------
    full
        A file such as ``dem.tif``; ``dem.tfw`` and ``dem.tif.aux.xml`` belong to it too. The
        case of letters does not count.

    Returns
    -------
    list of Path
        In the order of their names; empty where there is no such file.
    """
    if not full.is_file():
        return []
    start = f"{full.stem}.".casefold()
    beside = [path for path in full.parent.iterdir() if path.name.casefold().startswith(start)]
    return sorted((p for p in beside if p.is_file()), key=lambda path: path.name)


def digest_of(full: Path) -> bytes:
    """Return the SHA-256 of the bytes of a file."""
    with full.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _sha256(full: Path) -> str:
    if isinstance(full, DatabaseUrl):
        return digest_of_rows(full)
    archive = archive_of(full)
    if archive is not None:
        return digest_of(archive[0]).hex()
    if full.is_dir():
        return _of_all(path for path in sorted(full.iterdir()) if path.is_file())
    parts = _PARTS.get(full.suffix.lower())
    if parts is None:
        return digest_of(full).hex()
    stem = full.stem.casefold()
    return _of_all(
        path
        for path in companions(full)
        if path.stem.casefold() == stem and path.suffix.lower() in parts
    )


def _of_all(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0" + digest_of(path))
    return digest.hexdigest()


def _crs_name(crs: CRS | str) -> str:
    """Return the code of a system, or its name where no register has it."""
    if isinstance(crs, str):
        return crs
    known = crs.to_authority()
    return ":".join(known) if known is not None else str(crs.name)


_SHOWN = 12
_SHOWN_CHARACTERS = 30


def _shown(name: str) -> str:
    """Return a file name short, without characters a terminal would act upon."""
    plain = "".join(c if c.isprintable() else " " for c in name)
    return plain if len(plain) <= _SHOWN_CHARACTERS else plain[:_SHOWN_CHARACTERS] + "…"


def _address(path: Path, key: str) -> Problem:
    """Return the fault of an address where a file is wanted: nothing is fetched while reading."""
    return Problem(
        code="file.missing",
        what=Text(
            f"{key} 写的是网址或数据库连接，不是文件；读数据时不联网",
            f"{key} is an address, not a file; nothing is fetched while data are read",
        ),
        file=path.as_posix(),
        expected=Text(
            "研究文件夹里的文件，或 postgresql:// 开头的地址",
            "a file in the study's folder, or an address that begins with postgresql://",
        ),
        mend=Text(
            "先下载，把文件放进研究文件夹；PostGIS 写成 postgresql://用户@主机:端口/库#模式.表",
            "download it into the study's folder; PostGIS is written "
            "postgresql://user@host:port/database#schema.table",
        ),
    )


def _missing(path: Path, full: Path, key: str, near: list[str]) -> Problem:
    there = [_shown(name) for name in near[:_SHOWN]] + ["…"] * (len(near) > _SHOWN)
    alike = difflib.get_close_matches(full.name, near, n=1, cutoff=0.6)
    alike = [name for name in alike if name != full.name]
    hint_zh = f"是否指 {alike[0]}？" if alike else ""
    hint_en = f"did you mean {alike[0]}? " if alike else ""
    folder = full.parent.name
    if is_address(path):
        return _address(path, key)
    return Problem(
        code="file.missing",
        what=Text(f"{key} 所指的文件不存在", f"the file named by {key} does not exist"),
        file=path.as_posix(),
        found=Text("是一个文件夹", "a folder")
        if full.name in near
        else Text("、".join(there), ", ".join(there)),
        expected=Text(f"文件夹 {folder}/ 中的一个文件", f"one of the files in {folder}/"),
        mend=Text(
            f"{hint_zh}核对文件名和扩展名；路径相对于研究文件所在的文件夹",
            f"{hint_en}check name and extension; paths are relative to the study file",
        ),
    )
