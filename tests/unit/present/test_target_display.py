"""Tables of targets with headings in words."""

import pandas as pd

import coverplan as cp


def test_each_kind_of_table_has_its_words():
    targets = pd.DataFrame({"target_id": ["Z"], "verdict": ["met"], "numerator": [1], "year": [1]})
    assert list(cp.in_words(targets)) == ["目标编号", "现有", "年份"]
    assert list(cp.in_words(targets, "en")) == ["target", "have", "year"]
    years = pd.DataFrame({"year": [2026], "sites": [1], "cost_unknown": [0], "status": ["x"]})
    assert list(cp.in_words(years)) == ["年份", "站点数", "造价未知的处数"]
    parts = pd.DataFrame({"unit": ["1"], "name": ["甲镇"], "have": [1], "add": [2], "part": [3]})
    assert list(cp.in_words(parts, "en")) == ["unit", "have", "add", "part"]
    assert cp.in_words(parts)["合计"].tolist() == [3]


def test_what_is_not_known_is_a_dash_and_never_a_zero():
    table = pd.DataFrame({"target_id": ["Z", "Y"], "denominator": [None, 12], "year": [1, 2]})
    shown = cp.in_words(table, "en")
    assert shown["denominator"].tolist() == ["—", 12]
    assert shown["year"].tolist() == [1, 2]
    assert pd.isna(table["denominator"][0])  # the table itself stays as it was
