"""A programme as people read it: what each target takes, year by year, in the order of building."""

import pandas as pd
import pytest

from coverplan.present.target_programme import programme_lines, programme_sheets

YEAR_2026 = (
    "  2026: 2 sites (at most 18), 600,000 / 18,000,000 yuan, the cost of 1 not known; "
    "met by its end: S-1, S-2"
)
FIRST_SITE = (
    "  1. 2026 stations: 甲镇 南门社区 (new building, 600,000 yuan, 4,097 people newly reached)"
)


def tables(text="南门社区"):
    """Two targets, one of which sites close; two years; three sites."""
    return {
        "programme_targets": pd.DataFrame(
            {
                "target_id": ["S-1", "B-2"],
                "standing": ["in_force", "draft"],
                "applies": ["binding", "binding"],
                "deadline_basis": ["plan_end", "stated"],
                "sites": pd.array([3, None], dtype="Int64"),
                "proof": ["proven: 3 are the fewest", ""],
                "cost_yuan": pd.array([1_200_000, None], dtype="Int64"),
                "cost_unknown": pd.array([1, None], dtype="Int64"),
                "where": [text, ""],
                "what_instead": ["", "add beds: 10"],
                "in_programme": [True, False],
                "status": ["optimal", "not_sites"],
            }
        ),
        "programme_sites": pd.DataFrame(
            {
                "order": pd.array(range(1, 26), dtype="Int64"),
                "year": 2026,
                "layer_label": "stations",
                "unit_name": "甲镇",
                "name": text,
                "action_label": "new building",
                "cost_yuan": pd.array([600_000, None] + [1] * 23, dtype="Int64"),
                "newly_reached": pd.array([4097, None] + [0] * 23, dtype="Int64"),
            }
        ),
        "programme_years": pd.DataFrame(
            {
                "year": [2026, 2027],
                "sites": pd.array([2, None], dtype="Int64"),
                "sites_most": pd.array([18, 18], dtype="Int64"),
                "cost_yuan": pd.array([600_000, None], dtype="Int64"),
                "cost_unknown": pd.array([1, None], dtype="Int64"),
                "budget_yuan": pd.array([18_000_000, None], dtype="Int64"),
                "targets_met": ["S-1|S-2", None],
                "notes": ["first note; second note", ""],
            }
        ),
    }


def test_lines_in_english():
    lines = programme_lines(tables(), "en")
    assert lines[:5] == [
        "",
        "Sites that close the gaps:",
        "  S-1: 3 sites (proven: 3 are the fewest; 1,200,000 yuan, the cost of 1 not known)",
        "     南门社区",
        "  B-2 [draft]: add beds: 10",
    ]
    assert lines[5:11] == [
        "",
        "Programme by year:",
        YEAR_2026,
        "     · first note",
        "     · second note",
        "  2027: —",
    ]
    assert lines[11:15] == [
        "",
        "Order of building:",
        FIRST_SITE,
        "  2. 2026 stations: 甲镇 南门社区 (new building)",
    ]
    assert lines[-1] == "  ... the other 5 are in programme_sites.csv"


def test_lines_in_chinese():
    lines = programme_lines(tables(), "zh")
    assert lines[2] == ("  S-1：3 处（proven: 3 are the fewest；1,200,000 元，另 1 处造价未知）")
    assert lines[4] == "  B-2【征求意见稿】：add beds: 10"
    assert "  2027：—" in lines
    assert lines[-1] == "  ……其余 5 处见 programme_sites.csv"


def test_a_programme_that_is_only_partly_there():
    assert programme_lines({}, "zh") == []
    empty = {key: table.iloc[:0] for key, table in tables().items()}
    assert programme_lines(empty, "en") == []
    assert programme_lines({"programme_years": tables()["programme_years"]}, "en")[1] == (
        "Programme by year:"
    )


@pytest.mark.parametrize("text", ["一\n二", "长" * 10_000, "=1+1", "[/x]"])
def test_hostile_names_stay_on_their_line(text):
    lines = programme_lines(tables(text), "en")
    assert len(lines) == len(programme_lines(tables(), "en"))
    assert max(len(line) for line in lines) < 420
    assert not [line for line in lines if "\n" in line]


def test_sheets_have_words_for_titles_headings_and_codes():
    own = {"mine": pd.DataFrame({"a": [1]}), "breakdown": pd.DataFrame({"b": [2]})}
    sheets = programme_sheets({**tables(), **own}, "zh")
    assert list(sheets) == ["各目标所需站点", "建设清单", "分年计划", "mine", "指标分解"]
    first = sheets["各目标所需站点"]
    assert first["效力"].tolist() == ["现行", "征求意见稿"]
    assert first["在分年计划内"].tolist() == ["是", "否"]
    assert first["期限依据"].tolist() == ["规划期末，条文未写明", "条文写明"]
    assert "status" not in first.columns
    assert sheets["mine"].equals(own["mine"])
    english = programme_sheets(tables(), "en")
    assert all(frame.columns.is_unique for frame in english.values())
    assert english["programme by year"]["targets met by its end"].tolist()[0] == "S-1|S-2"
