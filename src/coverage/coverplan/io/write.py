"""Writing results: tables that are safe in a spreadsheet, a GeoPackage, a folder all or nothing."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from ..core.errors import InputError, Problem
from ..core.text import Text

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

RECORD = "run.json"
"""The file that marks a folder as a run of coverplan."""

_GPKG_DATE = "2000-01-01T00:00:00Z"


def harmless(value: object) -> object:
    """Return text that no spreadsheet takes for a formula; anything else as it is.

    Examples
    --------
    >>> harmless("=1+1")
    "'=1+1"
    """
    if not isinstance(value, str):
        return value
    # A lone carriage return would end the row for some readers: only quoted newlines stay.
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def write_text(text: str, path: Path) -> None:
    """Write text as UTF-8 with the same line ends on every machine."""
    path.write_text(text, encoding="utf-8", newline="\n")


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder, by name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 with a mark, which Excel opens as it should."""
    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype == object:
            # Not by `map`, which turns whole numbers beside empty cells into 12.0.
            cells = [harmless(value) for value in safe[column]]
            safe[column] = pd.Series(cells, index=safe.index, dtype=object)
        elif not pd.api.types.is_numeric_dtype(safe[column]):
            # A column says few different things, and hardly ever one that is harmful.
            said = safe[column].unique()
            mended = {value: text for value in said if (text := harmless(value)) is not value}
            if mended:
                safe[column] = safe[column].map(lambda value, by=mended: by.get(value, value))
    safe.columns = [str(harmless(str(column))) for column in safe.columns]
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def write_gpkg(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Write layers into one GeoPackage, the same bytes for the same layers."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _GPKG_DATE})
    try:
        for name, frame in layers.items():
            pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=path.exists())
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of ``path`` when all is done.

    Raises
    ------
    InputError
        When the file cannot be written; what was there is unchanged.
    """
    draft: Path | None = None
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".coverplan-", dir=path.parent))
        yield draft / path.name
        (draft / path.name).replace(path)
    except OSError as error:
        raise InputError([_cannot_write(path, error)]) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to write into, whose files replace those of ``folder`` when all is done.

    When writing fails nothing changes. Files in ``folder`` that a run does not write stay.

    Raises
    ------
    InputError
        When the folder holds other things and no run of coverplan, or cannot be written.
    """
    check_folder(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        closed = Path(tempfile.mkdtemp(prefix=".coverplan-", dir=folder.parent))
    except OSError as error:
        raise InputError([_cannot_write(folder, error)]) from error
    try:
        # A temporary folder is closed to others; what is handed on is as open as any new folder.
        draft = closed / "draft"
        draft.mkdir()
        yield draft
        _replace(draft, folder)
    except OSError as error:
        raise InputError([_cannot_write(folder, error)]) from error
    finally:
        shutil.rmtree(closed, ignore_errors=True)


def check_folder(folder: Path) -> None:
    """Raise `InputError` if results may not be written into ``folder``: before any work is done."""
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError([_not_a_folder(folder)])
        if folder.is_dir() and any(folder.iterdir()) and not (folder / RECORD).is_file():
            raise InputError([_foreign(folder)])
        above = next((p for p in folder.absolute().parents if p.exists()), None)
        if above is not None and not above.is_dir():
            raise InputError([_not_a_folder(above)])
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError([_cannot_write(folder, error)]) from error


def _replace(draft: Path, folder: Path) -> None:
    """Move every file of the draft into the folder, or none: what was there is put back."""
    if not folder.exists():
        draft.replace(folder)
        return
    # The record goes last: a folder without it is not taken for a finished run.
    names = sorted((p.name for p in draft.iterdir()), key=lambda name: (name == RECORD, name))
    move_in(draft, folder, names)


def move_in(draft: Path, folder: Path, names: Sequence[str], gone: Sequence[str] = ()) -> None:
    """Move files of a draft into a folder, or none: what was there is put back.

    Parameters
    ----------
    draft, folder
        Where they are, and where they go; both on one disk.
    names
        The files, in the order they are moved.
    gone
        Files of the folder that go.

    Raises
    ------
    OSError
        When one cannot be moved; everything is as it was then.
    """
    kept = draft / ".previous"
    kept.mkdir()
    undo: list[Callable[[], object]] = []
    try:
        for name in gone:
            (folder / name).replace(kept / name)
            undo.append(lambda t=folder / name, k=kept / name: k.replace(t))  # type: ignore[misc]
        for name in names:
            target = folder / name
            if target.exists():
                target.replace(kept / name)
                undo.append(lambda t=target, k=kept / name: k.replace(t))  # type: ignore[misc]
            else:
                undo.append(lambda t=target: t.unlink(missing_ok=True))  # type: ignore[misc]
            (draft / name).replace(target)
    except OSError:
        for put_back in reversed(undo):
            put_back()
        raise


def _foreign(folder: Path) -> Problem:
    return Problem(
        code="output.foreign",
        what=Text(
            "输出文件夹里有别的文件，且不是 coverplan 的结果，未写入",
            "the output folder holds other files and no run of coverplan: nothing was written",
        ),
        file=str(folder),
        mend=Text("换一个空文件夹，或用 --out 指定", "name an empty folder, or use --out"),
    )


def _not_a_folder(path: Path) -> Problem:
    return Problem(
        code="output.not_a_folder",
        what=Text("输出路径是一个文件，不是文件夹", "the output path is a file, not a folder"),
        file=str(path),
        expected=Text("一个文件夹", "a folder"),
        mend=Text("换一个文件夹名，或用 --out 指定", "name a folder, or use --out"),
    )


WRITE_REASONS = {
    errno.EACCES: Text("没有写入权限", "no right to write there"),
    errno.EPERM: Text("没有写入权限", "no right to write there"),
    errno.EROFS: Text("磁盘只读", "the disk is read-only"),
    errno.ENOSPC: Text("磁盘已满", "the disk is full"),
    errno.ENAMETOOLONG: Text("路径太长", "the path is too long"),
    errno.EBUSY: Text("文件正被占用", "a file is in use"),
    errno.EISDIR: Text("是一个文件夹", "a folder"),
}
"""Why something could not be written, by the number of the error."""


def _cannot_write(folder: Path, error: Exception) -> Problem:
    return Problem(
        code="output.cannot_write",
        what=Text("结果无法写入，原有结果未改动", "results cannot be written; nothing was changed"),
        file=str(folder),
        found=WRITE_REASONS.get(error.errno or 0) if isinstance(error, OSError) else None,
        mend=Text(
            "检查权限和磁盘空间；结果文件若在 Excel 或 QGIS 中打开，请先关闭",
            "check rights and space; close result files that are open in Excel or QGIS",
        ),
    )
