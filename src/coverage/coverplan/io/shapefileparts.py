"""Shapefiles that came without the files that belong to them."""

from pathlib import Path

from ..core.errors import InputError, Problem
from ..core.text import Text
from .paths import companions

_NEEDED = (".shx", ".dbf")
_BEGIN = b"\x00\x00\x27\x0a"


def check_whole(full: Path, file: str) -> None:
    """Refuse a shapefile without its index or its table; other files pass.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.

    Raises
    ------
    InputError
        When ``.shx`` or ``.dbf`` is not beside the ``.shp``.
    """
    if full.suffix.lower() != ".shp" or not _is_shapefile(full):
        return
    beside = companions(full)
    there = {path.suffix.lower() for path in beside}
    lost = [suffix for suffix in _NEEDED if suffix not in there]
    if not lost:
        return
    raise InputError(
        [
            Problem(
                code="vector.parts",
                what=Text(
                    f"shapefile 缺少同名的 {'、'.join(lost)} 文件",
                    f"the shapefile lacks its {' and '.join(lost)} of the same name",
                ),
                file=file,
                found=", ".join(path.name for path in beside),
                expected=Text(
                    "同名的 .shp、.shx、.dbf（最好还有 .prj 和 .cpg）",
                    ".shp, .shx and .dbf of one name, best with .prj and .cpg",
                ),
                mend=Text(
                    "把同名的文件一并复制到研究文件夹，或打包成 .zip",
                    "copy all files of the name into the folder of the study, or zip them",
                ),
            )
        ]
    )


def _is_shapefile(full: Path) -> bool:
    """Whether a file begins as shapefiles do; what is something else is said by its reader."""
    if not full.is_file():
        return False
    with full.open("rb") as stream:
        return stream.read(len(_BEGIN)) == _BEGIN
