"""Faults that only follow from another fault: not said twice."""

from collections.abc import Iterable

from ..core.errors import Problem


def without_echoes(problems: Iterable[Problem]) -> list[Problem]:
    """Return faults without those of cells that read as empty for a formula without its result.

    Parameters
    ----------
    problems
        In any order; what is left keeps it. Left out are errors of a row with such a formula that
        found nothing: once the formula is mended, what is really missing is said.
    """
    given = list(problems)
    rows = {(p.file, p.row) for p in given if p.code == "file.formula"}
    return [
        p
        for p in given
        if p.code == "file.formula"
        or p.severity == "warning"
        or p.found
        or (p.file, p.row) not in rows
    ]
