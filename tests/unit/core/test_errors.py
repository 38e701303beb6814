import pytest

from coverplan import InputError, Problem, Text
from coverplan.core.errors import Problems, render_problems


def fault(row, found, *, severity="error", code="x.y"):
    return Problem(
        code=code,
        what=Text("人数不对", "wrong number"),
        file="村.xlsx",
        row=row,
        column="常住人口",
        found=found,
        expected=Text("0 或更大", "0 or more"),
        mend=Text("改正", "correct it"),
        severity=severity,
    )


def test_rows_of_one_kind_are_gathered():
    lines = render_problems([fault(9, "-1"), fault(3, "abc"), fault(4, "abc")], "zh")
    assert lines == [
        (
            "村.xlsx · 第 3、4、9 行 · 列“常住人口”：人数不对\n"
            "  发现：“abc”、“-1”\n  应为：0 或更大\n  改法：改正"
        )
    ]
    assert render_problems([fault(3, "abc")], "en") == [
        (
            '村.xlsx · row 3 · column "常住人口": wrong number\n'
            '  found: "abc"\n  expected: 0 or more\n  to mend: correct it'
        )
    ]


def test_many_rows_are_counted_not_listed():
    (line,) = render_problems([fault(i, str(-i)) for i in range(2, 500)], "zh")
    assert "共 498 行" in line
    assert len(line) < 250


def test_errors_stand_before_warnings_and_only_they_stop():
    problems = Problems()
    problems.add(fault(1, "a", severity="warning"))
    problems.raise_if_any()
    problems.add(fault(2, "b", code="z.z"))
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    assert [p.severity for p in caught.value.problems] == ["warning", "error"]
    assert render_problems(caught.value.problems, "en")[0].startswith("村.xlsx · row 2")
    assert len(problems.warnings) == 1
    assert isinstance(caught.value, ValueError)


def test_long_and_broken_text_is_shortened():
    (line,) = render_problems([fault(1, "a\nb" + "x" * 10_000)], "zh")
    assert len(line) < 200
    assert "a b" in line
