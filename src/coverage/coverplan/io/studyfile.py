"""Reading the study file: TOML, checked against the schema, faults in plain sentences."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..core.errors import InputError, Problem, Problems
from ..core.text import Language, Text
from ..domain.config import StudyConfig
from ..domain.database import redacted, without_passwords
from .studychecks import check_study
from .studyfaults import StudyText, not_toml, schema_faults

Change = Callable[[dict[str, Any]], None]
"""What alters the tables of a study file before they are checked."""


def read_study(path: str | Path, change: Change | None = None) -> StudyConfig:
    """Return the configuration a study file holds.

    Parameters
    ----------
    path
        The file.
    change
        Alters what was read, in place, before it is checked: what a command line asks for.

    Raises
    ------
    InputError
        When there is no such file, it is not TOML, or it breaks the schema: every unknown key
        (with the nearest known one), missing key and wrong value at once.

    Examples
    --------
    >>> import coverplan as cp
    >>> config = cp.read_study("data/geo/yunxi/study.toml")
    >>> config.people.groups["elderly"]
    '60岁及以上'
    >>> config.layers["social_work"].siting.model
    'mclp'
    """
    path = Path(path)
    file = path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError([_cannot_read(path, error)]) from error
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise InputError([not_toml(StudyText(file, redacted(text)), str(error))]) from error
    if change is not None:
        change(data)
    return study_from_dict(data, file=file, text=text)


def stated_language(path: Path) -> Language:
    """Return the language a study file asks for, as far as it can be read; else Chinese."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return "zh"
    output = data.get("output")
    return "en" if isinstance(output, dict) and output.get("language") == "en" else "zh"


def study_from_dict(data: Mapping[str, Any], *, file: str = "study", text: str = "") -> StudyConfig:
    """Return the configuration of a dictionary of the form of a study file.

    Parameters
    ----------
    data
        The tables of the file.
    file, text
        Name and text of the file, for messages with line numbers.

    Raises
    ------
    InputError
        As `read_study`.
    """
    # What the file says is shown in faults: no password may be among it.
    study, data = StudyText(file, redacted(text)), without_passwords(data)
    try:
        config = StudyConfig.model_validate(data)
    except ValidationError as error:
        raise InputError(schema_faults(error.errors(), data, study)) from error
    problems = Problems()
    check_study(config, study, problems)
    problems.raise_if_any()
    return config


def _cannot_read(path: Path, error: Exception) -> Problem:
    if isinstance(error, UnicodeDecodeError):
        return Problem(
            code="study.encoding",
            what=Text("研究文件不是 UTF-8 编码的文字", "the study file is not text in UTF-8"),
            file=path.name,
            mend=Text(
                "用记事本打开，“另存为”时编码选 UTF-8",
                "open it in a text editor and save it with the encoding UTF-8",
            ),
        )
    if path.is_file():
        return Problem(
            code="study.no_access",
            what=Text("研究文件无法打开", "the study file cannot be opened"),
            file=str(path),
            mend=Text(
                "关闭正在打开它的程序，核对权限",
                "close the program that has it open, and check the rights",
            ),
        )
    found, mend = _instead(path)
    return Problem(
        code="study.no_file",
        what=Text("研究文件不存在", "there is no such study file"),
        file=str(path),
        found=found,
        expected=Text("研究文件，如 study.toml", "a study file such as study.toml"),
        mend=mend,
    )


def _instead(path: Path) -> tuple[Text | None, Text]:
    """Return what is there in place of a study file, and what to do."""
    if path.is_dir():
        folder = Text("文件夹", "a folder")
        if (path / "study.toml").is_file():
            inside = path / "study.toml"
            return folder, Text(f'写成 "{inside}"', f'say "{inside}"')
        return folder, Text(
            f'还没有研究文件：coverplan init "{path}"',
            f'draft a study file: coverplan init "{path}"',
        )
    longer = path.with_name(f"{path.name}.txt")
    if longer.is_file():
        return Text(longer.name, longer.name), Text(
            "文件名末尾多了 .txt：去掉", "rename it: it ends in .txt"
        )
    return None, Text(
        "核对路径和文件名；命令要在项目文件夹里输入，不在的先用 cd 进入",
        "check the path and the name; paths begin at the folder you are in: cd to the project's",
    )


def file_of(study: object) -> str | Path | StudyConfig:
    """Return what a study is read from; what is read already is told apart.

    Parameters
    ----------
    study
        A path, or a configuration.

    Raises
    ------
    InputError
        When it is neither: inputs, say.
    """
    if isinstance(study, str | Path | StudyConfig):
        return study
    raise InputError(
        [
            Problem(
                code="study.type",
                what=Text("这里要的是研究文件的路径", "this takes the path of a study file"),
                found=type(study).__name__,
                expected=Text("如 study.toml", 'such as "study.toml"'),
                mend=Text(
                    "已经读入的数据用 coverplan.assess 计算",
                    "compute what is read already with coverplan.assess",
                ),
            )
        ]
    )
