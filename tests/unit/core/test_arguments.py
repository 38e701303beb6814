"""What is handed in from Python: said as a fault of a file is, in both languages."""

from fractions import Fraction

import numpy as np
import pytest

from coverplan import InputError, Problem, Text
from coverplan.core.arguments import (
    expect,
    expect_choice,
    people_of,
    positions,
    real_number,
    several,
    whole_number,
)


def refused(code, check, *given, **more):
    with pytest.raises(InputError) as caught:
        check(*given, **more)
    [problem] = caught.value.problems
    assert problem.code == f"argument.{code}"
    return problem


def test_another_type_names_what_it_is_and_how_to_come_by_the_right_one():
    mend = Text("用 dict(...)", "take dict(...)")
    problem = refused("kind", expect, "table", [1], dict, mend=mend)
    assert problem.render("en").splitlines() == [
        'argument "table": cannot be used',
        '  found: "list"',
        "  expected: dict",
        "  to mend: take dict(...)",
    ]
    assert problem.render("zh").splitlines()[0] == "参数“table”：不能使用"
    either = refused("kind", expect, "table", "x", (dict, list), mend=mend)
    assert either.expected.en == "dict / list"
    expect("table", {}, dict, mend=mend)


def test_a_word_that_is_none_of_those_there_are():
    problem = refused("choice", expect_choice, "direction", "back", ("to_site", "from_site"))
    assert (problem.found, problem.expected.zh) == ("back", "to_site、from_site")
    expect_choice("direction", "to_site", ("to_site", "from_site"))


@pytest.mark.parametrize("value", [0, -3, 1.0, 2.5, "2", True, None, [1]])
def test_whole_numbers(value):
    problem = refused("number", whole_number, "k", value, 1)
    assert (problem.column, problem.found) == ("k", repr(value))
    assert problem.expected.en == "a whole number, 1 or more"
    whole_number("k", np.int64(1), 1)


@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf, "15", [15], None, False])
def test_real_numbers(value):
    assert refused("number", real_number, "minutes", value).found == repr(value)
    assert [real_number("minutes", good) for good in (0, 7.5, np.float32(3), Fraction(1, 2))] == [
        None
    ] * 4


def test_several_numbers():
    assert several("minutes", np.array([5, 7.5])) == [5.0, 7.5]
    assert refused("kind", several, "minutes", 15).expected.en == "several numbers, such as [5, 15]"
    assert refused("kind", several, "minutes", "15").found == "'15'"
    assert refused("number", several, "minutes", [5, -1]).found == "-1"


def test_positions():
    assert positions("who", [2, 0], 3).tolist() == [2, 0]
    assert refused("number", positions, "who", [0, 3], 3).found == "3"
    assert refused("number", positions, "who", [-1], 3).expected.en.endswith("0 to 2")
    assert refused("kind", positions, "who", 0, 3).found == "0"
    assert refused("kind", positions, "who", [0.5], 3).found == "[0.5]"
    assert positions("who", [], 3).tolist() == []


@pytest.mark.parametrize(
    ("people", "code", "found"),
    [
        ([1, 2], "size", "(2,)"),
        ([[1, 2, 3]], "size", "(1, 3)"),
        (5, "size", "()"),
        ([1.5, 2, 3], "people", "float64"),
        ([1, np.nan, 3], "people", "float64"),
        ([1, -2, 3], "people", "int64"),
        (["1", "2", "3"], "people", "<U1"),
    ],
)
def test_people_are_whole_numbers_one_for_each_place(people, code, found):
    assert refused(code, people_of, "people", people, 3).found == found
    assert people_of("people", [1.0, 2.0, 3.0], 3).tolist() == [1, 2, 3]


def test_a_fault_that_found_no_text_is_said_all_the_same():
    problem = Problem("inputs.layer", Text("甲", "a"), Text("乙", "b"), column="layer", found=5)
    assert '  found: "5"' in problem.render("en")
    assert repr(problem) == '<Problem inputs.layer, error: argument "layer": a>'
