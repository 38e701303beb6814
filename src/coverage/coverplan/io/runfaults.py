"""What can be wrong with a folder of results that is read back."""

from collections.abc import Mapping
from typing import Any

from ..core.errors import Problem
from ..core.text import Text

RUN_FORMAT = 1
"""Of ``run.json``: another number is another way of writing a run down."""

_RUN_AGAIN = Text(
    "用 coverplan run 重新计算，再比较新的结果文件夹",
    "run the study again with coverplan run, and compare the new folder",
)


def no_run(file: str, *, exists: bool) -> Problem:
    """Return the fault of a folder that is no run."""
    return Problem(
        code="compare.no_run",
        what=Text("这里没有 coverplan run 的结果", "there are no results of coverplan run here"),
        file=file,
        found=Text("没有 run.json", "no run.json") if exists else Text("不存在", "nothing"),
        expected=Text("coverplan run 写出的文件夹", "a folder that coverplan run wrote"),
        mend=Text(
            "检查路径；还没有结果的，先运行 coverplan run",
            "check the path; where there are no results yet use coverplan run first",
        ),
    )


def other_record(file: str, what: str) -> Problem:
    """Return the fault of another command's results."""
    return Problem(
        code="compare.other_record",
        what=Text("这是别的命令的结果，不是一次计算", "the results of another command, no run"),
        file=file,
        column="what",
        found=what,
        expected=Text("coverplan run 或 coverplan site 的结果", "results of coverplan run or site"),
        mend=Text("换成 coverplan run 的结果文件夹", "name a folder that coverplan run wrote"),
    )


def other_format(file: str, data: Mapping[str, Any]) -> Problem:
    """Return the fault of a record written in another way."""
    versions = data.get("versions")
    version = str(versions.get("coverplan", "?")) if isinstance(versions, dict) else "?"
    given = str(data["format"])[:40] if "format" in data else None
    return Problem(
        code="compare.format",
        what=Text(
            "结果是另一个版本的 coverplan 写的，格式不同，不能比较",
            "written by another version of coverplan in another format: it cannot be compared",
        ),
        file=file,
        column="format",
        found=Text(
            f"{given or '没有写明'}（coverplan {version}）",
            f"{given or 'none stated'} (coverplan {version})",
        ),
        expected=Text.same(str(RUN_FORMAT)),
        mend=_RUN_AGAIN,
    )


def damaged(file: str, column: str, found: str | Text, row: int | None = None) -> Problem:
    """Return the fault of a file that cannot be what a run wrote."""
    return Problem(
        code="compare.damaged",
        what=Text("结果文件损坏，或被改动过", "the file of results is damaged, or was altered"),
        file=file,
        row=row,
        column=column or None,
        found=found or None,
        mend=_RUN_AGAIN,
    )


def lacks(file: str, found: str) -> Problem:
    """Return the fault of a table without a result that a run writes."""
    return Problem(
        code="compare.lacks",
        what=Text("结果表缺少几行", "the table of results lacks rows"),
        file=file,
        found=Text(f"没有 {found}", f"no {found}"),
        mend=_RUN_AGAIN,
    )


def twice(file: str, found: object) -> Problem:
    """Return the fault of a result that stands twice."""
    return Problem(
        code="compare.twice",
        what=Text("同一条结果出现两次", "one result stands twice"),
        file=file,
        found=str(found),
        mend=_RUN_AGAIN,
    )


def missing_file(file: str) -> Problem:
    """Return the fault of a folder without one of its tables."""
    return Problem(
        code="compare.missing_file",
        what=Text("结果文件夹缺少这个文件", "the folder of results lacks this file"),
        file=file,
        mend=_RUN_AGAIN,
    )


def not_as_written(file: str) -> Problem:
    """Return the warning of a file that is not the one the run wrote."""
    return Problem(
        code="compare.changed",
        what=Text(
            "文件与计算时写出的不同（校验值不符）：可能用别的软件打开并另存过",
            "not the file the run wrote (its checksum differs): perhaps another program saved it",
        ),
        file=file,
        expected=Text("与 run.json 中 outputs 的 sha256 一致", "the sha256 of outputs in run.json"),
        mend=Text(
            "数字以计算结果为准：重新运行，或取回原文件",
            "trust the run's own figures: run again, or bring the first file back",
        ),
        severity="warning",
    )


def no_maps(file: str, found: Text | None) -> Problem:
    """Return the warning that there is nothing to draw maps of."""
    return Problem(
        code="compare.no_maps",
        what=Text(
            "读不到单元边界，只比较表格，不画地图",
            "the units' borders cannot be read: tables are compared, no map is drawn",
        ),
        file=file,
        found=found,
        mend=_RUN_AGAIN,
        severity="warning",
    )
