"""Whom a fault touches: by its row, its unit or its file, and unknown where nobody knows."""

import numpy as np
import pytest

from coverplan.core.errors import Problem
from coverplan.core.text import Text
from coverplan.io.paths import Records
from coverplan.io.touches import Touches

SAME = Text("错", "wrong")


def known(**more) -> Touches:
    rows = np.array([2, 3, 5])
    records = {
        "people.csv": (
            Records("people.csv", "people", rows),
            Records("people.csv", "people", rows, people=np.array([10.0, np.nan, 30.4])),
        ),
        "census.csv": (Records("census.csv", "people.totals", rows, units=("a", "b", "")),),
        "homes.csv": (
            Records("homes.csv", "layers.care", rows),
            Records("homes.csv", "layers.other", rows),
        ),
        "spots.csv": (Records("spots.csv", "layers.care.siting.candidates", rows),),
    }
    units = {"a": 400}
    named = {"甲镇 (a)": "a", "乙镇 (b)": "b"}
    whole = {"people.csv": (None, None), "homes.csv": (None, 3), "roads.gpkg": (400, None)}
    return Touches(records, units, named, whole)


def touched(code: str, file: str | None, row: int | None = None, **more) -> tuple:
    fault = Problem(code=code, what=SAME, mend=SAME, file=file, row=row, **more)
    (filled,) = known().fill([fault])
    assert (filled.code, filled.file, filled.row) == (code, file, row)
    return filled.people, filled.sites


@pytest.mark.parametrize(
    ("row", "people"), [(2, 10), (3, None), (5, 30), (4, None), (1, None), (99, None)]
)
def test_a_row_of_people(row, people):
    assert touched("point.zero", "people.csv", row) == (people, None)


def test_a_row_of_units():
    assert touched("census.value", "census.csv", 2) == (400, None)
    assert touched("census.value", "census.csv", 3) == (None, None)
    assert touched("census.unknown_unit", "census.csv", 5) == (None, None)


def test_a_row_of_facilities_is_one_in_however_many_layers():
    assert touched("facility.year", "homes.csv", 3) == (None, 1)
    # A row that is no record, such as a total, is no facility.
    assert touched("file.totals_row", "homes.csv", 4) == (None, None)
    assert touched("point.far", "spots.csv", 3) == (None, None)


def test_a_unit_by_its_name():
    lost = {"found": "甲镇 (a)", "severity": "warning"}
    assert touched("census.missing_unit", "census.csv", **lost) == (400, None)
    assert touched("census.missing_unit", "census.csv", found="乙镇 (b)") == (None, None)


def test_a_whole_file():
    assert touched("column.missing", "homes.csv") == (None, 3)
    assert touched("file.header", "homes.csv", 4) == (None, 3)
    assert touched("crs.unknown", "roads.gpkg") == (400, None)
    assert touched("file.unreadable", "nobody.csv") == (None, None)
    # What only says where a file lies touches nobody.
    assert touched("file.outside", "homes.csv", severity="warning") == (None, None)
    assert touched("datum.shifted", "homes.csv", severity="warning") == (None, 3)
    assert touched("facility.no_status", "homes.csv", severity="warning") == (None, 3)
    assert touched("file.missing", None) == (None, None)
    # Some roads of a class nobody knows are not all roads.
    assert touched("roads.unknown_class", "roads.gpkg") == (None, None)


def test_what_a_fault_says_itself_stays():
    assert touched("facility.year", "homes.csv", 3, sites=2) == (None, 2)
    assert touched("point.zero", "people.csv", 2, people=0) == (0, None)


@pytest.mark.parametrize("code", ["point.sexagesimal", "column.several", "geometry.curves"])
def test_the_first_of_many_rows_does_not_stand_for_all(code):
    assert touched(code, "people.csv", 2) == (None, None)
