"""Notebooks run from a clean kernel, cell by cell, and are committed without outputs."""

import json
import re
import unicodedata

import pandas as pd
import pytest
from notebooks import NOTEBOOKS, by_column, executed

MARK = "<!-- en -->"
MOST_COLUMNS = 98


def cells_of(file, kind):
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda file: file.stem)
def file(request):
    return request.param


def test_runs_from_the_first_cell_to_the_last(file, tmp_path_factory):
    done = executed(file, tmp_path_factory)
    codes = cells_of(done, "code")
    assert [cell["execution_count"] for cell in codes] == list(range(1, len(codes) + 1))
    outputs = [output for cell in codes for output in cell["outputs"]]
    # What a reader must not see: warnings, tracebacks, figures that only print their name.
    assert [o["text"] for o in outputs if o.get("name") == "stderr"] == []
    bare = [o["data"]["text/plain"] for o in outputs if set(o.get("data", ())) == {"text/plain"}]
    assert [
        t for text in bare if re.match(r"<[\w.]+ (object )?at 0x|<Figure", t := "".join(text))
    ] == []
    kinds = {kind for output in outputs for kind in output.get("data", ())}
    assert {"image/png", "text/html"} <= kinds
    html = "".join(
        "".join(o["data"]["text/html"]) for o in outputs if "text/html" in o.get("data", {})
    )
    assert "<iframe" in html, "no living map"


def test_is_committed_without_outputs(file):
    assert all(not cell["outputs"] for cell in cells_of(file, "code"))
    assert all(cell["execution_count"] is None for cell in cells_of(file, "code"))
    book = json.loads(file.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert all(cell["metadata"] == {} for cell in book["cells"])


def test_speaks_both_languages(file):
    first = source(cells_of(file, "code")[0])
    assert '\nlanguage = "zh"' in f"\n{first}"
    for cell in cells_of(file, "markdown"):
        text = source(cell)
        headings = [line for line in text.splitlines() if line.startswith("#")]
        assert all(line.count(" · ") == 1 for line in headings), text
        body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        if body.strip():
            chinese, mark, english = body.partition(MARK)
            assert mark, text
            assert re.search(r"[\u4e00-\u9fff]", chinese), text
            assert len(re.findall(r"[a-z]+", english)) > 3, text


def test_uses_public_names_alone(file):
    for cell in cells_of(file, "code"):
        code = source(cell)
        assert not re.search(r"\bcp\._|\bcoverplan\._|\._[a-z]", code), code
        inner = re.findall(r"(?:from|import) coverplan\.([\w.]+)", code)
        assert set(inner) <= {"figures", "siting", "travel", "measure", "people", "io"}, code


def test_code_is_seen_without_scrolling(file):
    wide = [
        line
        for cell in cells_of(file, "code")
        for line in source(cell).splitlines()
        if sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in line) > MOST_COLUMNS
    ]
    assert wide == []


def test_on_a_page_numbers_stand_to_the_right_and_words_to_the_left():
    words = ["social work", "every township has one of its own", "—"]
    frame = pd.DataFrame({"n": [1.5, None, -2], "word": ["a", "b", 3], "said": words})
    table = by_column(frame.to_html())
    assert re.findall(r"<td>(.*?)</td>", table) == ["1.5", "NaN", "-2.0"]
    assert re.findall(r'<td class="cp-words">(.*?)</td>', table) == ["a", "b", "3"]
    assert re.findall(r'<td class="cp-words cp-prose">(.*?)</td>', table) == words
    assert re.findall(r'<th class="([\w -]+)">', table) == ["cp-words", "cp-words cp-prose"]
    # Of an index of two levels, the rows of one name have a heading less.
    grouped = by_column(frame.assign(k="x").set_index(["k", "word"])[["n", "said"]].to_html())
    assert re.findall(r"<td>(.*?)</td>", grouped) == ["1.5", "NaN", "-2.0"]
    assert "<table" in by_column(pd.DataFrame({"empty": []}).to_html())


def test_there_are_the_five():
    names = [file.stem[:2] for file in NOTEBOOKS]
    assert names == ["01", "02", "03", "04", "05"]
