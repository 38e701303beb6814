"""What a fetch writes beside its data: where everything is from, and what may be done with it."""

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...core.errors import InputError, Problem
from ...core.text import Text
from ..write import WRITE_REASONS, move_in
from .faults import in_the_way

MANIFEST = "fetch.json"
"""The record of a fetch: where each file is from."""

SOURCE = "SOURCE.txt"

_MOST_BYTES = 1_000_000

KEPT = ".coverplan-fetch"
"""The folder within the output folder that keeps answers, so that a fetch can go on."""

LICENCE = {
    "name": "Open Database License (ODbL) 1.0",
    "url": "https://opendatacommons.org/licenses/odbl/1-0/",
    "attribution": "© OpenStreetMap contributors",
    "attribution_url": "https://www.openstreetmap.org/copyright",
}

ATTRIBUTION = Text(
    "数据：© OpenStreetMap 贡献者，ODbL 1.0 许可（https://www.openstreetmap.org/copyright）；"
    "使用和发布时须写明来源",
    "data: © OpenStreetMap contributors, under the ODbL 1.0 "
    "(https://www.openstreetmap.org/copyright); name the source wherever they are used or shown",
)

_WORDS = """\
本文件夹中的数据由 coverplan fetch 从 OpenStreetMap 下载。
{attribution.zh}
由这些数据得到的数据库在公开时须以同一许可提供（ODbL 第 4.4 条）。
OpenStreetMap 由志愿者绘制：边界不是法定界线，设施不是登记台账。公开出版地图须按规定送审。

The data in this folder were downloaded from OpenStreetMap by coverplan fetch.
{attribution.en}
A database made from these data must be offered under the same licence when it is published
(ODbL 4.4). OpenStreetMap is mapped by volunteers: its boundaries are not official, its facilities
no register. In China maps for the public must be submitted for approval.

{facts}
"""


def written_before(folder: Path) -> dict[str, Any]:
    """Return the files an earlier fetch recorded in a folder, by name; nothing where there is none.

    Parameters
    ----------
    folder
        The output folder.
    """
    try:
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = record["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return files if isinstance(files, dict) else {}


def check_free(folder: Path, names: list[str]) -> None:
    """Raise `InputError` if files to be written are there and are not as a fetch wrote them."""
    before = written_before(folder)
    if (folder / MANIFEST).is_file() and not before:
        raise InputError([in_the_way([MANIFEST], str(folder))])
    taken = [name for name in names if (folder / name).exists() and not _same(folder, name)]
    taken = [name for name in taken if name != SOURCE or not before]
    if taken:
        raise InputError([in_the_way(taken, str(folder))])


def _same(folder: Path, name: str) -> bool:
    """Return whether a file is as an earlier fetch wrote it."""
    record = written_before(folder).get(name)
    path = folder / name
    if not isinstance(record, dict) or path.name != name:
        return False
    try:
        return path.is_file() and _sha256(path) == record.get("sha256")
    except OSError:
        return False


def describe(folder: Path, what: Mapping[str, Text], facts: Mapping[str, Any]) -> None:
    """Write the manifest and the words on source and licence into a folder of data.

    Parameters
    ----------
    folder
        Where the data files are.
    what
        What each file holds, by name.
    facts
        Place, servers, dates, queries: plain data.
    """
    files = {
        name: {"what": words.as_dict(), "sha256": _sha256(folder / name)}
        for name, words in sorted(what.items())
    }
    record = {**facts, "licence": LICENCE, "notice": ATTRIBUTION.as_dict(), "files": files}
    text = json.dumps(record, ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items()]
    lines += [f"{name}: {words.zh} / {words.en}" for name, words in sorted(what.items())]
    source = _WORDS.format(attribution=ATTRIBUTION, facts="\n".join(lines))
    (folder / SOURCE).write_text(source, encoding="utf-8", newline="\n")


def attribution_of(folder: Path) -> Text | None:
    """Return the words that must stand wherever fetched data are shown, None where none are.

    Parameters
    ----------
    folder
        A folder that may hold what a fetch wrote. The words are ours, never those of the file.
    """
    try:
        with (folder / MANIFEST).open("rb") as stream:
            record = json.loads(stream.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    fetched = isinstance(record, dict) and record.get("licence") == LICENCE
    return ATTRIBUTION if fetched else None


@contextmanager
def all_or_nothing(folder: Path) -> Iterator[Path]:
    """Give a folder to write into, whose files are moved into ``folder`` when all is done.

    Raises
    ------
    InputError
        When it cannot be written; what was there is as it was.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".coverplan-", dir=folder))
    except (OSError, ValueError) as error:
        raise InputError([_cannot_write(folder, error)]) from error
    try:
        yield draft
        _move_in(draft, folder)
    except OSError as error:
        raise InputError([_cannot_write(folder, error)]) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def check_writable(folder: Path) -> None:
    """Raise `InputError` if nothing can be written into a folder: before anything is asked for."""
    with all_or_nothing(folder):
        return


def _move_in(draft: Path, folder: Path) -> None:
    """Move every file of the draft in, or none; what an earlier fetch wrote beside them goes."""
    names = sorted((p.name for p in draft.iterdir()), key=lambda name: (name == MANIFEST, name))
    old = [name for name in written_before(folder) if name not in names and _same(folder, name)]
    move_in(draft, folder, names, gone=old)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


_REASONS = WRITE_REASONS | {
    errno.EEXIST: Text("是一个文件", "a file"),
    errno.ENOTDIR: Text("上级路径是一个文件", "a file stands on the way"),
}


def _cannot_write(folder: Path, error: Exception) -> Problem:
    number = error.errno if isinstance(error, OSError) else None
    return Problem(
        code="fetch.cannot_write",
        what=Text("文件夹无法写入", "the folder cannot be written to"),
        file=os.fspath(folder),
        found=_REASONS.get(number or 0),
        mend=Text("检查路径、权限和磁盘空间", "check path, rights and space"),
    )
