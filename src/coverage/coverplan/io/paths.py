"""Files of a study: found beside the study file, named as the planner wrote them."""

import difflib
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from ..core.errors import InputError, Problem
from ..core.text import Text


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read, for the record of the run."""

    label: str
    path: Path
    rows: int
    sha256: str


@dataclass(slots=True)
class Folder:
    """The folder paths of a study are relative to, and a record of what was read from it."""

    root: Path
    read: list[InputFile] = field(default_factory=list)

    def find(self, path: Path, key: str) -> Path:
        """Return where a file is.

        Raises
        ------
        InputError
            When there is no such file.
        """
        full = path if path.is_absolute() else self.root / path
        try:
            if full.is_file():
                return full
            near = sorted(p.name for p in full.parent.glob("*")) if full.parent.is_dir() else []
        except (OSError, ValueError):
            near = []
        raise InputError([_missing(path, full, key, near)])

    def note(self, label: Path, full: Path, rows: int) -> None:
        """Record a file that was read; a file read twice is recorded once."""
        if any(seen.path == full for seen in self.read):
            return
        with full.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        self.read.append(InputFile(label.as_posix(), full, rows, digest))


def _missing(path: Path, full: Path, key: str, near: list[str]) -> Problem:
    alike = difflib.get_close_matches(full.name, near, n=1, cutoff=0.6)
    alike = [name for name in alike if name != full.name]
    hint_zh = f"是否指 {alike[0]}？" if alike else ""
    hint_en = f"did you mean {alike[0]}? " if alike else ""
    folder = full.parent.name
    return Problem(
        code="file.missing",
        what=Text(f"{key} 所指的文件不存在", f"the file named by {key} does not exist"),
        file=path.as_posix(),
        found=Text("是一个文件夹", "a folder") if full.name in near else "、".join(near[:12]),
        expected=Text(f"文件夹 {folder}/ 中的一个文件", f"one of the files in {folder}/"),
        mend=Text(
            f"{hint_zh}核对文件名和扩展名；路径相对于研究文件所在的文件夹",
            f"{hint_en}check name and extension; paths are relative to the study file",
        ),
    )
