"""Vector files within a zip, unpacked to a place of their own under limits that hold.

``source = "towns.zip"`` takes the one vector file in it; where there are several,
``source = "towns.zip/inner.shp"`` says which. What the directory of a zip states of sizes is
believed only where it refuses: while unpacking, bytes are counted.
"""

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ..core.errors import InputError, Problem
from ..core.text import Text
from .content import MOST_VECTOR_BYTES, kind_of, unreadable

_SUFFIXES = frozenset({".zip", ".kmz", ".shz"})
_VECTORS = frozenset(
    {
        ".fgb", ".geojson", ".geojsonl", ".geojsons", ".geoparquet", ".gml", ".gpkg", ".json",
        ".kml", ".mif", ".parquet", ".shp", ".tab", ".topojson",
    }
)  # fmt: skip
_MOST_MEMBERS = 10_000
_MOST_RATIO = 1000
_SMALL_BYTES = 16 << 20
_CHUNK = 1 << 20
_ENCRYPTED = 1
_SHOWN = 12


def archive_of(full: Path) -> tuple[Path, str] | None:
    """Return the zip a path leads into and the member it names; None where it leads into none.

    Parameters
    ----------
    full
        Such as ``data/towns.zip`` (the member is "" then) or ``data/towns.zip/inner/towns.shp``.
    """
    for at in (full, *full.parents):
        if at.suffix.lower() in _SUFFIXES and at.is_file():
            return at, full.relative_to(at).as_posix() if at != full else ""
    return None


@contextmanager
def unpacked(archive: Path, member: str, file: str, formats: str) -> Iterator[Path]:
    """Unpack a vector file of a zip, and what belongs to it, for as long as it is read.

    Parameters
    ----------
    archive, member
        The zip, and the file in it; the only vector file in it where that is empty.
    file, formats
        Its name for messages, and the key of `coverplan.io.content.FORMATS`.

    Raises
    ------
    InputError
        When it is no zip, is damaged, encrypted or made to fill the disk, holds names that lead out
        of it, or has not the one file that is meant.
    """
    with tempfile.TemporaryDirectory(prefix="coverplan-") as place:
        try:
            found = _unpack(archive, member, file, Path(place))
        except (
            zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError,
            NotImplementedError, RuntimeError,
        ) as error:  # fmt: skip
            if isinstance(error, InputError):
                raise
            why = None
            if kind_of(archive)[0] == "zip":
                why = Text("压缩包已损坏或不完整", "a zip, damaged or cut short")
            raise InputError([unreadable(archive, file, formats, why)]) from error
        yield found


def _unpack(archive: Path, member: str, file: str, place: Path) -> Path:
    with _opened(archive) as parts:
        infos = [info for info in parts.infolist() if not info.is_dir()]
        _check(infos, file)
        inner = {_name(info): info for info in infos}
        wanted = _wanted(list(inner), member, file)
        group = _belonging(wanted, list(inner))
        _check_sizes([inner[name] for name in group], file)
        left = MOST_VECTOR_BYTES
        for name in group:
            target = place / PurePosixPath(name).name
            if wanted.lower().endswith(".gdb"):
                target = place / Path(wanted).name / PurePosixPath(name).name
                target.parent.mkdir(exist_ok=True)
            left = _write(parts, inner[name], target, left, file)
    return place / PurePosixPath(wanted).name


def _opened(archive: Path) -> zipfile.ZipFile:
    """Open a zip; names not marked as UTF-8 are GBK, as Windows in Chinese writes them."""
    try:
        return zipfile.ZipFile(archive, metadata_encoding="gb18030")
    except UnicodeDecodeError:
        return zipfile.ZipFile(archive)


def _name(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/")


def _check(infos: list[zipfile.ZipInfo], file: str) -> None:
    """Refuse names that lead out of the zip, links, encryption, and too many members."""
    if len(infos) > _MOST_MEMBERS:
        raise InputError([_bomb(file, Text(f"{len(infos):,} 个文件", f"{len(infos):,} files"))])
    for info in infos:
        path = PurePosixPath(_name(info))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise InputError([_fault("outside", file, info.filename)])
        if stat.S_ISLNK(info.external_attr >> 16):
            raise InputError([_fault("link", file, info.filename)])
    locked = [info.filename for info in infos if info.flag_bits & _ENCRYPTED]
    if locked:
        raise InputError([_fault("encrypted", file, locked[0])])


def _wanted(names: list[str], member: str, file: str) -> str:
    """Return the vector file that is meant, by its name or because it is the only one."""
    known = sorted(name for name in names if PurePosixPath(name).suffix.lower() in _VECTORS)
    bases = {str(p) for n in names for p in PurePosixPath(n).parents if p.suffix.lower() == ".gdb"}
    known = sorted({*(n for n in known if not _within(n, bases)), *bases})
    known = [name for name in known if not PurePosixPath(name).parts[0].startswith("__MACOSX")]
    if member:
        fitting = [name for name in known if member in {name, PurePosixPath(name).name}]
        if len(fitting) != 1:
            raise InputError([_which(file, fitting or known, member)])
        return fitting[0]
    if len(known) != 1:
        raise InputError([_which(file, known) if known else _none(file, names)])
    return known[0]


def _within(name: str, folders: set[str]) -> bool:
    return any(str(parent) in folders for parent in PurePosixPath(name).parents)


def _belonging(wanted: str, names: list[str]) -> list[str]:
    """Return the members that make up one vector file: all beside it of its name up to the dot."""
    if wanted.lower().endswith(".gdb"):
        return [name for name in names if PurePosixPath(name).parent == PurePosixPath(wanted)]
    path = PurePosixPath(wanted)
    start = f"{path.stem}.".casefold()
    return [
        name
        for name in names
        if PurePosixPath(name).parent == path.parent
        and PurePosixPath(name).name.casefold().startswith(start)
    ]


def _check_sizes(infos: list[zipfile.ZipInfo], file: str) -> None:
    whole, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    if whole > MOST_VECTOR_BYTES or whole > max(_SMALL_BYTES, packed * _MOST_RATIO):
        size = Text(
            f"{packed / 1e6:.1f} MB 解压为 {whole / 1e6:,.0f} MB",
            f"{packed / 1e6:.1f} MB that unpack to {whole / 1e6:,.0f} MB",
        )
        raise InputError([_bomb(file, size)])


def _write(
    parts: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int, file: str
) -> int:
    """Unpack one member; return how many bytes may still be written."""
    with parts.open(info) as packed, target.open("wb") as plain:
        while chunk := packed.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise InputError([_bomb(file, Text("大小与声明不符", "more than it states"))])
            plain.write(chunk)
    return left


def _bomb(file: str, found: Text) -> Problem:
    most = f"{MOST_VECTOR_BYTES / 1e9:.1f} GB"
    return Problem(
        code="zip.too_large",
        what=Text(
            "压缩包解压后过大（像是压缩炸弹），没有读取",
            "the zip would unpack to too much (like a zip bomb); it was not read",
        ),
        file=file,
        found=found,
        expected=Text(
            f"解压后不超过 {most}，且不超过压缩后的 {_MOST_RATIO} 倍",
            f"at most {most} unpacked, and at most {_MOST_RATIO} times what it is packed",
        ),
        mend=Text(
            "核对来源；解压后直接给出文件", "check where it comes from; give the file itself"
        ),
    )


_WORDS = {
    "outside": (
        Text("压缩包里的文件名指向包外", "a name in the zip leads out of it"),
        Text("重新打包；文件名中不要有 .. 和盘符", "pack it anew, without .. and drives in names"),
    ),
    "link": (
        Text("压缩包里有链接，不是文件", "there is a link in the zip, not a file"),
        Text("把文件本身打包", "pack the file itself"),
    ),
    "encrypted": (
        Text("压缩包有密码", "the zip is encrypted"),
        Text("用密码解压后给出文件", "unpack it with its password, and give the file"),
    ),
}


def _fault(kind: str, file: str, found: str) -> Problem:
    what, mend = _WORDS[kind]
    return Problem(code=f"zip.{kind}", what=what, file=file, found=found, mend=mend)


def _which(file: str, there: list[str], member: str = "") -> Problem:
    base = file.removesuffix(f"/{member}") if member else file
    example = f'"{base}/{there[0]}"' if there else '"…"'
    unknown = Text("压缩包里没有这个文件", "the zip has no such file")
    several = Text(
        "压缩包里有几个矢量文件，不知用哪一个", "the zip has several vector files: which one?"
    )
    return Problem(
        code="file.which_table",
        what=several if len(there) > 1 and not member else unknown,
        file=file,
        found=Text("、".join(there[:_SHOWN]), ", ".join(there[:_SHOWN])),
        mend=Text(f"在研究文件中写明，例如 {example}", f"say in the study file, such as {example}"),
    )


def _none(file: str, names: list[str]) -> Problem:
    return Problem(
        code="zip.nothing",
        what=Text("压缩包里没有矢量文件", "there is no vector file in the zip"),
        file=file,
        found=Text("、".join(names[:_SHOWN]) or "空", ", ".join(names[:_SHOWN]) or "nothing"),
        expected=Text(".shp、.gpkg、.geojson 等", ".shp, .gpkg, .geojson and others"),
        mend=Text(
            "表格（.csv、.xlsx）和压缩包中的压缩包要先解压",
            "unpack tables (.csv, .xlsx) and zips within the zip first",
        ),
    )
