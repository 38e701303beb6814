"""The times the guide quotes stand in the results of the benchmarks."""

import re
from pathlib import Path

import pytest
from guidepages import LANGUAGES, page

MEASURED = {
    "0.05": r"\| 500,000 \| 1,000 \| coverplan \| 0\.04[5-9]",
    "2.9": r"\| 500,000 \| 1,000 \| scipy \| [\d.]+ \| [\d.]+ \| 2\.9 ",
    "0.66": r"\| 500,000 \| 10,000 \| coverplan \| 0\.66 .*31\.8 M pairs",
    "7.4": r"\| 500,000 \| 10,000 \| scipy, tiled \| [\d.]+ \| [\d.]+ \| 7\.4 ",
    "23": r"\| province \|  \| coverplan, whole study \| 23\.0 ",
    "0.2": r"\| coverplan \| 124,493 \| 124,493 \| 0\.00 \| [\d.]+ \| [\d.]+ \| 0\.19 ",
    "3.4": r"\| scipy milp \| 124,493 \| 124,500 \| 0\.01 \| 3\.37 ",
    "11": r"\| spopt \+ CBC \| 124,493 \| 124,493 \| 0\.00 \| [\d.]+ \| [\d.]+ \| 11\.1 ",
    "35": r"\| coverplan \| 1,297,150 \| 1,297,150 \| 0\.00 \| [\d.]+ \| [\d.]+ \| 35\.2 ",
    "25": r"25 to 33 ms",
    "58": r"44 to 58 ms",
    "10.6": r"\| CSV \| coverplan, every cell checked \| 10\.6 \| 2\.3 \| 745 \| 0\.9 \|",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_measured_is_what_is_said(language: str, root: Path) -> None:
    results = (root / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    told = page(language, "guide/speed.md").part("measured")
    for number, row in MEASURED.items():
        assert re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d.,])", told), number
        assert re.search(row, results), number
    assert "no plan" in re.findall(r"\| scipy milp \|.*", results)[-1]
