"""Looking through a folder: which files may hold data, and which are left alone, and why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...core.errors import InputError, MissingExtraError, Problem
from ...core.text import Text
from ..fetch.files import MANIFEST, SOURCE
from ..formats import is_geodatabase
from .look import look_at
from .roles import Look, Skipped, is_text
from .short import suffix_of

_TEMPORARY = (".tmp", ".temp", ".bak", ".lock", ".swp", ".crdownload", ".part", ".download")
_NOTES = (".md", ".doc", ".docx", ".pdf", ".ppt", ".pptx", ".html", ".htm", ".rtf")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".svg", ".webp")
_PARTS = (
    ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".qpj", ".qml", ".tfw",
    ".ovr", ".aux.xml", ".shp.xml", ".gpkg-wal", ".gpkg-shm", ".gpkg-journal", ".dat", ".map",
    ".id", ".ind", ".mid", ".sld",
)  # fmt: skip
_RECORD = "run.json"
_MOST_FILES = 5000


@dataclass(slots=True)
class Seen:
    """Everything a folder holds.

    Parameters
    ----------
    looks
        What could be looked at, by the order of names.
    skipped
        Everything else, and why.
    """

    looks: list[Look] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def look_through(folder: Path, progress: Callable[[int, int], None] | None = None) -> Seen:
    """Return what lies in a folder and in the folders in it, one level deep.

    Parameters
    ----------
    folder
        Where to look.
    progress
        Told how many files were looked at, and how many there are.

    Raises
    ------
    InputError
        When there is no such folder, it is a file, or it cannot be opened.
    """
    check_folder(folder)
    seen = Seen()
    files = list(_files(folder, seen))
    for done, path in enumerate(files, 1):
        _look(folder, path, seen)
        if progress is not None:
            progress(done, len(files))
    return seen


def check_folder(folder: Path) -> None:
    """Refuse what is no folder that can be opened.

    Raises
    ------
    InputError
        As `look_through`.
    """
    try:
        next(folder.iterdir(), None)
    except (OSError, ValueError) as error:
        raise InputError([_no_folder(folder)]) from error


def _look(folder: Path, path: Path, seen: Seen) -> None:
    name = path.relative_to(folder)
    why = _left_alone(path)
    if why is _PART_OF_ANOTHER:
        return
    if why is not None:
        seen.skipped.append(Skipped(name.as_posix(), why))
        return
    try:
        looks, skipped = look_at(path, name)
    except InputError as error:
        first = error.problems[0]
        found = first.found if isinstance(first.found, Text) else Text.same(first.found or "")
        why = Text(
            "无法读取：" + "；".join(t for t in (first.what.zh, found.zh) if t),
            "cannot be read: " + "; ".join(t for t in (first.what.en, found.en) if t),
        )
        seen.skipped.append(Skipped(name.as_posix(), why, damaged=True))
    except MissingExtraError as error:
        seen.skipped.append(Skipped(name.as_posix(), error.text))
    except OSError:
        seen.skipped.append(Skipped(name.as_posix(), _CLOSED, damaged=True))
    except Exception as error:  # noqa: BLE001 - damaged files fail in any way; the rest is used
        why = Text(
            f"无法读取（{type(error).__name__}）", f"cannot be read ({type(error).__name__})"
        )
        seen.skipped.append(Skipped(name.as_posix(), why, damaged=True))
    else:
        seen.looks += looks
        seen.skipped += skipped


_CLOSED = Text("无法打开：核对权限", "cannot be opened: check the rights")


def _files(folder: Path, seen: Seen) -> Iterator[Path]:
    """Yield files to look at, those of the folder itself first; note what is passed by."""
    try:
        here = sorted(folder.iterdir())
    except OSError as error:
        raise InputError([_no_folder(folder)]) from error
    count = 0
    inner = [path for path in here if path.is_dir() and not is_geodatabase(path)]
    for path in [path for path in here if path not in set(inner)] + inner:
        if path not in inner:
            count += 1
            if count <= _MOST_FILES:
                yield path
            continue
        for each in _inside(folder, path, seen):
            count += 1
            if count <= _MOST_FILES:
                yield each
    if count > _MOST_FILES:
        why = Text(f"文件多于 {_MOST_FILES} 个，其余没有看", f"only {_MOST_FILES} files are seen")
        seen.skipped.append(Skipped(f"… {count - _MOST_FILES}", why))


def _inside(folder: Path, path: Path, seen: Seen) -> list[Path]:
    """Return the files of a folder within, nothing where it is none of the planner's."""
    name = path.relative_to(folder).as_posix() + "/"
    why = None
    if path.name.startswith("."):
        why = _HIDDEN
    elif path.is_symlink():
        why = Text("是链接", "is a link")
    elif (path / _RECORD).exists():
        why = Text(f"是结果文件夹（有 {_RECORD}）", f"a folder of results (it holds {_RECORD})")
    if why is None:
        try:
            there = sorted(path.iterdir())
        except OSError:
            why = _CLOSED
        else:
            deeper = [each for each in there if each.is_dir() and not is_geodatabase(each)]
            deep = Text("再下一层的文件夹，没有看", "a folder farther down: not looked into")
            seen.skipped += [Skipped(p.relative_to(folder).as_posix() + "/", deep) for p in deeper]
            return [each for each in there if each not in set(deeper)]
    seen.skipped.append(Skipped(name, why))
    return []


_HIDDEN = Text("隐藏文件", "hidden")


def _left_alone(path: Path) -> Text | None:
    """Return why a file is not looked at, None where it is."""
    name = path.name.lower()
    suffix = suffix_of(path)
    if not is_text(str(path)):
        return Text("文件名不是有效的文字", "its name is no valid text")
    tests = (
        (path.name.startswith("."), _HIDDEN),
        (name.startswith("~$") or name.endswith((*_TEMPORARY, "~")), _TEMPORARY_FILE),
        (not (path.is_file() or is_geodatabase(path)), Text("不是普通文件", "no regular file")),
        (name == _RECORD, Text("coverplan 的运行记录", "a record of a run")),
        (
            path.name in {MANIFEST, SOURCE},
            Text("数据来源的记录", "the record of where data are from"),
        ),
        (suffix == ".toml", Text("研究文件或说明", "a study file or a note")),
        (suffix in _NOTES, Text("不是数据文件", "no file of data")),
        (suffix in _PICTURES, Text("图片", "a picture")),
    )
    why = next((text for met, text in tests if met), None)
    if why is None and name.endswith(_PARTS):
        return _companion(path)
    return why


_ORIGIN = Text("数据来源的记录", "the record of where data are from")
_PART_OF_ANOTHER = Text("另一文件的一部分", "a part of another file")
"""Read with that file: no word is said of it."""

_TEMPORARY_FILE = Text("临时文件", "a temporary file")


def _companion(path: Path) -> Text | None:
    """Return whether a file is read with another, or why it cannot be used alone."""
    stem = path.name.split(".")[0].casefold()
    wholes = (".shp", ".tab", ".mif", ".tif", ".tiff", ".gpkg", ".img", ".asc", ".parquet")
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return _CLOSED
    for each in beside:
        if each.suffix.lower() in wholes and each.name.split(".")[0].casefold() == stem:
            return _PART_OF_ANOTHER
    return Text("附属文件，主文件不在", "belongs to a file that is not there")


def _no_folder(folder: Path) -> Problem:
    is_file, exists = folder.is_file(), folder.exists()
    found = Text("一个文件", "a file") if is_file else None
    return Problem(
        code="init.no_access" if exists and not is_file else "init.no_folder",
        what=Text("这个文件夹打不开", "this folder cannot be opened")
        if exists and not is_file
        else Text("没有这个文件夹", "there is no such folder"),
        file=str(folder),
        found=found,
        expected=Text("放有数据文件的文件夹", "a folder with files of data"),
        mend=Text("核对路径和权限", "check the path and the rights"),
    )
