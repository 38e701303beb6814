"""Which paths may be opened: plain files, and folders only where the folder is the file."""

import stat
from pathlib import Path

from ..core.errors import InputError, Problem
from ..core.text import Text

_KINDS = (
    (stat.S_ISFIFO, Text("管道", "a pipe")),
    (stat.S_ISCHR, Text("设备", "a device")),
    (stat.S_ISBLK, Text("设备", "a device")),
    (stat.S_ISSOCK, Text("套接字", "a socket")),
)


_OF_THE_SYSTEM = (("/", "proc"), ("/", "sys"))
"""What looks like files there may be waited for without end."""


def strange_kind(full: Path) -> Text | None:
    """Return what something is that is no file; None for a file and where there is nothing.

    It is not opened: a pipe nobody writes to would be waited for without end.
    """
    try:
        mode = full.stat().st_mode
        where = full.resolve().parts[:2]
    except (OSError, ValueError, RuntimeError):
        return None
    if where in _OF_THE_SYSTEM:
        return Text("系统接口", "an interface of the system")
    return next((words for test, words in _KINDS if test(mode)), None)


def check_companions(full: Path, file: str) -> None:
    """Refuse a file beside which something else than files has its name up to the last dot.

    Raises
    ------
    InputError
        When its reader would open a pipe or a device with it.
    """
    start = f"{full.stem}.".casefold()
    for path in sorted(full.parent.iterdir()):
        if path.name.casefold().startswith(start) and path.name != full.name:
            kind = strange_kind(path)
            if kind is not None and not path.is_dir():
                raise InputError([not_plain(file, Text(f"{path.name}：{kind.zh}",
                                                       f"{path.name}: {kind.en}"))])  # fmt: skip


def not_plain(file: str, found: Text) -> Problem:
    """Return the fault of something that is no file."""
    return Problem(
        code="file.not_plain",
        what=Text("不是普通文件", "it is no plain file"),
        file=file,
        found=found,
        expected=Text("普通文件", "a plain file"),
        mend=Text("核对路径，给出文件本身", "check the path, and give the file itself"),
    )


def outside(root: Path, full: Path, file: str) -> Problem | None:
    """Return what to say of a file that lies outside the folder of the study; None within it.

    Parameters
    ----------
    root, full
        The folder, and where the file is: links are followed.
    file
        Its name for messages.
    """
    try:
        inside = full.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return None
    if inside:
        return None
    return Problem(
        code="file.outside",
        what=Text(
            "文件不在研究文件夹之内：文件夹移动或交给他人后就读不到它",
            "the file lies outside the study's folder: whoever is given that folder lacks it",
        ),
        file=file,
        found=Text("链接" if full.is_symlink() else "别处的路径",
                   "a link" if full.is_symlink() else "a path that leads elsewhere"),
        expected=Text("研究文件夹内的文件", "a file within the folder of the study"),
        mend=Text("把文件复制到研究文件夹内", "copy it into the folder of the study"),
        severity="warning",
    )  # fmt: skip
