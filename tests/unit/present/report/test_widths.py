"""Tables are fitted to paper: upright where they read well, across where they must."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.present.report.widths import Measure, characters, fitted, lines_of

NAME = Measure.of("乡镇", ["青石镇", "白鹤乡"], numeric=False)
PEOPLE = Measure.of("人数", ["12,345", "未知"], numeric=True)
REASON = Measure.of("理由", ["理由" * 40], numeric=False)


def test_a_small_table_stands_upright_in_large_letters_across_the_page():
    fit = fitted([NAME, PEOPLE, REASON], 156, 225)
    assert (fit.across, fit.points) == (False, 10.5)
    assert sum(fit.widths_mm) == pytest.approx(156)
    assert fit.widths_mm[2] > 2 * fit.widths_mm[0]


def test_many_columns_take_smaller_letters_then_lie_across_then_are_squeezed():
    fits = [fitted([NAME] + [PEOPLE] * n, 156, 225) for n in (4, 10, 14, 80)]
    assert [(f.across, f.points) for f in fits] == [
        (False, 10.5), (False, 9.0), (True, 9.0), (True, 7.5),
    ]  # fmt: skip
    assert all(sum(f.widths_mm) == pytest.approx(225 if f.across else 156) for f in fits)


WORDS = st.lists(st.text(max_size=80), max_size=3)
COLUMNS = st.builds(Measure.of, st.text(max_size=20), WORDS, numeric=st.booleans())


@settings(deadline=None)
@given(st.lists(COLUMNS, min_size=1, max_size=30))
def test_no_table_leaves_the_paper(columns):
    fit = fitted(columns, 156, 225)
    assert len(fit.widths_mm) == len(columns)
    assert sum(fit.widths_mm) <= (225 if fit.across else 156) + 0.001
    assert all(width > 0 for width in fit.widths_mm)


def test_words_are_measured_in_chinese_characters():
    assert characters("乡镇") == 2
    assert characters("第3村") == pytest.approx(2 + 0.54 + 0.5)
    assert lines_of("长" * 20, 3 + 10 * 10.5 * 25.4 / 72 + 0.01, 10.5) == 2
    assert lines_of("", 20, 9) == 1
