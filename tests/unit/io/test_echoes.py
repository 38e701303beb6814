"""What only follows from a formula without its result is not said as a fault of its own."""

from dataclasses import replace

from coverplan.core.errors import Problem
from coverplan.core.text import Text
from coverplan.io.echoes import without_echoes

FORMULA = Problem(
    code="file.formula", what=Text("公式", "formula"), mend=Text("改", "mend"), file="a.xlsx",
    row=5, column="C", found="=1+1",
)  # fmt: skip
EMPTY = replace(FORMULA, code="people.value", column="常住人口", found="")


def test_errors_of_the_row_that_found_nothing_are_left_out():
    kept = [
        FORMULA,
        replace(EMPTY, row=6),
        replace(EMPTY, file="b.xlsx"),
        replace(EMPTY, found="约300"),
        replace(EMPTY, severity="warning"),
    ]
    echoes = [EMPTY, replace(EMPTY, code="point.none", column=None, found=None)]
    assert without_echoes([EMPTY, *kept, *echoes]) == kept


def test_without_formulas_everything_stays():
    assert without_echoes([EMPTY]) == [EMPTY]
