"""What can be wrong with a crosswalk of former units, in words."""

from collections.abc import Sequence

from ..core.errors import Problem
from ..core.text import Text

SHARE = Text("0 到 1 的比例，或带 % 的百分数", "a share from 0 to 1, or a percentage with %")


def bad_cell(file: str, row: int, column: str, found: str, expected: Text) -> Problem:
    """Return the fault of a cell that holds no share or no date."""
    return Problem(
        code="crosswalk.value",
        what=Text("对照表的这个值不能使用", "a value of the crosswalk cannot be used"),
        file=file,
        row=row,
        column=column,
        found=found,
        expected=expected,
        mend=Text("改正，或留空", "correct it, or leave it empty"),
    )


def half(file: str, row: int, found: str) -> Problem:
    """Return the fault of a row without a former or without a present unit."""
    return Problem(
        code="crosswalk.half",
        what=Text(
            "对照表的一行要写明原单元和现单元",
            "a row of the crosswalk needs a former and a present unit",
        ),
        file=file,
        row=row,
        found=found,
        expected=Text("两边各有代码或名称", "a code or name on both sides"),
        mend=Text("补全，或删去这一行", "complete it, or remove the row"),
    )


TWICE = Text("同一原单元到同一现单元写了两行", "one former unit goes into one present unit twice")
MEND_TWICE = Text("只保留一行", "keep one row")
STILL = Text(
    "这个原单元现在仍然存在，却没有留给它自己的一行",
    "this former unit is still in force, and no row leaves anything to it",
)
MEND_STILL = Text(
    "加一行“原单元→它自己”（拆分时写比例），或写明变更日期",
    "add a row from the unit to itself (with shares where it was divided), or give the date",
)
SHARES = Text(
    "一个原单元的比例必须全部给出并合计为 1，或全部留空",
    "the shares of one former unit must all be given and add up to 1, or all be empty",
)
MEND_SHARES = Text("改正比例", "correct the shares")
MEND_DIFFER = Text("改正其中一个", "correct one of them")
CIRCLE = Text("原单元的变更首尾相接，没有终点", "former units go round in a circle")
MEND_CIRCLE = Text("改正其中一行，或写明变更日期", "correct one of the rows, or give the dates")

LATER = (
    Text("行变更在研究日期之后，未采用", "changes come after the day of the study: not used"),
    Text("若应采用，改 date 或变更日期", "change date, or the dates of the changes"),
)
NEWER = (
    Text(
        "行变更在研究日期之后，边界却已是变更后的：已采用",
        "changes come after the day of the study, but the boundaries are those after them: used",
    ),
    Text("核对 date 和边界的时间", "check date, and the time the boundaries are of"),
)
"""What is said of changes after the day of a study, and how to mend it."""

_SHOWN = 6


def changes_said(
    code: str, file: str, changes: Sequence[tuple[str, str]], words: tuple[Text, Text]
) -> Problem:
    """Return the note on some changes.

    Parameters
    ----------
    code, file
        Identifier of the note, and the crosswalk.
    changes, words
        Former and present unit of each, and what is said of them and how to mend it.
    """
    first = [f"{old} → {new}" for old, new in changes[:_SHOWN]]
    first += ["…"] * (len(changes) > _SHOWN)
    what, mend = words
    return Problem(
        code=code,
        what=Text(f"{len(changes)} {what.zh}", f"{len(changes)} {what.en}"),
        file=file,
        found=Text("；".join(first), "; ".join(first)),
        mend=mend,
        severity="warning",
    )
