"""Lines of text in pictures."""

import pytest

from coverplan.present.svgtext import broken, text_width

LONG = (
    "服务：养老服务 15 分钟（老年人步行）、社会工作站（骑行），a-word-that-does-not-break and more"
)


@pytest.mark.parametrize("width", [40, 90, 200, 390, 2000])
def test_lines_fit_and_nothing_is_lost(width):
    lines = broken(LONG, width)
    assert "".join(lines).replace(" ", "") == LONG.replace(" ", "")
    assert all(text_width(line) <= width for line in lines)
    assert all(line == line.strip() for line in lines)


def test_lines_do_not_begin_with_a_full_stop_or_end_with_an_opening():
    for width in range(120, 900, 7):
        for line in broken(LONG, width)[1:]:
            assert line[0] not in "，、）：", width
        for line in broken(LONG, width)[:-1]:
            assert line[-1] != "（", width


def test_short_words_stay_as_they_are():
    assert broken("盲区", 100) == ["盲区"]
    assert broken("", 100) == [""]
    assert broken("无", 1) == ["无"]
