"""Columns of plain numbers read at once say what cell by cell says."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverplan.core.errors import Problems
from coverplan.core.text import Text
from coverplan.io.cells import as_number
from coverplan.io.plainnumbers import blocks_of, plain_numbers
from coverplan.io.tables import numbers, read_table

cells = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(lambda x: f"{x:f}"),
    st.integers(-(10**20), 10**20).map(str),
    st.text("0123456789.+-,", max_size=6),
)


@given(st.lists(cells, min_size=1, max_size=8))
def test_a_block_is_what_its_cells_are(block):
    ((begin, same, text),) = blocks_of(block)
    assert (begin, same) == (0, block)
    found = None if text is None else plain_numbers(text)
    alone = [as_number(cell) for cell in block]
    if found is not None:
        assert found.tolist() == alone
    elif not any("," in cell for cell in block):
        assert None in alone


@pytest.mark.parametrize(
    "block", [["1-2", ""], ["1.2.3"], ["", "5"], ["5", ""], ["-"], ["9" * 400]]
)
def test_what_is_no_number_is_looked_at_alone(block):
    ((_, _, text),) = blocks_of(block)
    assert text is None or plain_numbers(text) is None


def test_a_wrong_cell_among_a_hundred_thousand_is_named(tmp_path):
    n = 100_000
    path = tmp_path / "people.csv"
    values = [str(i % 50) for i in range(n)]
    values[70_000] = "约300"
    path.write_text("人数\n" + "\n".join(values), encoding="utf-8")
    table, problems = read_table(path, "people.csv"), Problems()
    found = numbers(table, "人数", problems, code="x", expected=Text("数", "a number"), low=0)
    (fault,) = problems
    assert (fault.row, fault.found) == (70_002, "约300")
    assert np.flatnonzero(np.isnan(found)).tolist() == [70_000]
    assert np.nansum(found) == sum(i % 50 for i in range(n) if i != 70_000)


def peak(path):
    """The most memory Python held while a table was read, in bytes."""
    tracemalloc.start()
    try:
        read_table(path, path.name)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_memory_of_a_table_is_a_small_multiple_of_its_rows(tmp_path):
    def write(n):
        lines = [f"P{i:07d},119.{i:06d},28.{i:06d},城关镇,{i % 40}\n" for i in range(n)]
        path = tmp_path / f"{n}.csv"
        path.write_text("编号,经度,纬度,所属乡镇,人数\n" + "".join(lines), encoding="utf-8")
        return path

    peak(write(10))
    small, large = peak(write(5_000)), peak(write(20_000))
    assert large < 4.3 * small
    # Cells of a row, each once: about 60 bytes for each of five, and their list.
    assert large / 20_000 < 600


def test_a_reading_says_how_far_it_is(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("编号,人数\n" + "".join(f"P{i},1\n" for i in range(10_000)), encoding="utf-8")
    done = []
    read_table(path, "people.csv", done=done.append)
    assert len(done) >= 3
    assert sum(done) == path.stat().st_size
