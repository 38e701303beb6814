"""Arguments handed in from Python: what is wrong with one is said as it is of a file."""

import math
from collections.abc import Iterable, Sequence
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import InputError, Problem
from .text import Text


def refused(
    code: str, name: str, found: str | Text, *, expected: Text, mend: Text | None = None
) -> InputError:
    """Return the error of an argument that cannot be used.

    Parameters
    ----------
    code
        What is wrong with it: ``kind``, ``choice``, ``number``, ``size`` or ``people``.
    name, found, expected
        The argument, what was given, and what would have been right.
    mend
        What to do about it; to give what is expected, where None.

    Examples
    --------
    >>> error = refused("number", "k", "0", expected=Text("1 或以上", "1 or more"))
    >>> print(error.render("en"))
    argument "k": cannot be used
      found: "0"
      expected: 1 or more
      to mend: give what is expected
    """
    return InputError(
        [
            Problem(
                code=f"argument.{code}",
                what=Text("不能使用", "cannot be used"),
                column=name,
                found=found,
                expected=expected,
                mend=mend or Text("改为应有的写法", "give what is expected"),
            )
        ]
    )


def expect(name: str, value: object, kind: type | tuple[type, ...], *, mend: Text) -> None:
    """Raise where an argument is of another type than it should be.

    Parameters
    ----------
    name, value
        What it is called, and what was given.
    kind
        The type it should be of, or several.
    mend
        How one comes by such a value.

    Raises
    ------
    InputError
        When it is not.
    """
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        names = " / ".join(each.__name__ for each in kinds)
        raise refused("kind", name, type(value).__name__, expected=Text.same(names), mend=mend)


def expect_choice(name: str, value: object, known: Sequence[str]) -> None:
    """Raise where an argument is none of the words it may be.

    Parameters
    ----------
    name, value, known
        What it is called, what was given, and the words there are.

    Raises
    ------
    InputError
        When it is none of them.
    """
    if value not in known:
        words = Text("、".join(known), ", ".join(known))
        mend = Text("改用其中之一", "name one of these")
        raise refused("choice", name, str(value), expected=words, mend=mend)


def whole_number(name: str, value: object, least: int) -> None:
    """Raise where something is no whole number from ``least`` upwards.

    Parameters
    ----------
    name, value, least
        What it is called, what was given, and the least that will do.

    Raises
    ------
    InputError
        When it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        expected = Text(f"{least} 或以上的整数", f"a whole number, {least} or more")
        raise refused("number", name, repr(value), expected=expected)


def real_number(name: str, value: object, least: float = 0.0) -> None:
    """Raise where something is no number, or one below ``least``.

    Parameters
    ----------
    name, value, least
        What it is called, what was given, and the least that will do.

    Raises
    ------
    InputError
        When it is not: text, a list, NaN, infinity or less.
    """
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < least:  # type: ignore[arg-type, operator]
        expected = Text(f"{least:g} 或以上的一个数", f"one number, {least:g} or more")
        raise refused("number", name, repr(value), expected=expected)


def several(name: str, values: object) -> list[float]:
    """Return several numbers.

    Parameters
    ----------
    name, values
        What they are called, and what was given.

    Raises
    ------
    InputError
        When it is no list, or one of them no number from 0 upwards.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        expected = Text("若干个数，如 [5, 15]", "several numbers, such as [5, 15]")
        raise refused("kind", name, repr(values), expected=expected)
    numbers = list(values)
    for number in numbers:
        real_number(name, number)
    return [float(number) for number in numbers]


def positions(name: str, given: object, size: int) -> NDArray[np.int64]:
    """Return positions of some places.

    Parameters
    ----------
    name, given, size
        What they are called, what was given, and how many places there are.

    Raises
    ------
    InputError
        When they are no list of whole numbers below ``size``.
    """
    found = np.asarray(given)
    expected = Text(f"0 至 {size - 1} 的整数列表", f"a list of whole numbers, 0 to {size - 1}")
    if found.ndim != 1 or (len(found) and found.dtype.kind not in "iu"):
        raise refused("kind", name, repr(given), expected=expected)
    wrong = found[(found < 0) | (found >= size)]
    if len(wrong):
        raise refused("number", name, str(wrong[0]), expected=expected)
    return found.astype(np.int64)


def people_of(name: str, people: ArrayLike, size: int) -> NDArray[np.int64]:
    """Return people as whole numbers, one for each place.

    Parameters
    ----------
    name, people
        What they are called, and what was given, shape ``(n,)``.
    size
        How many places there are.

    Raises
    ------
    InputError
        When they are no whole numbers from 0 upwards, or not one for each place.
    """
    given = np.asarray(people)
    mend = Text("按 demand 的次序逐个给出", "give one for each place, in the order of demand")
    if given.shape != (size,):
        expected = Text(f"{size} 个数，每个地点一个", f"{size} numbers, one for each place")
        raise refused("size", name, str(given.shape), expected=expected, mend=mend)
    if given.dtype.kind == "f" and np.isfinite(given).all() and (given == np.floor(given)).all():
        given = given.astype(np.int64)
    if given.dtype.kind not in "biu" or (size and given.min() < 0):
        expected = Text("0 或以上的整数", "whole numbers, 0 or more")
        mend = Text(
            "先取整：coverplan.largest_remainder", "round them first: coverplan.largest_remainder"
        )
        raise refused("people", name, str(given.dtype), expected=expected, mend=mend)
    return np.ascontiguousarray(given, dtype=np.int64)
