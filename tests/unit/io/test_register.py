"""The built-in register of targets: complete, true to its sources, in words of its own."""

import csv
import re
import unicodedata
from collections import Counter
from fractions import Fraction

import pytest

from coverplan.domain.conditions import settings_of
from coverplan.domain.policy import unit_sets
from coverplan.domain.targets_config import SettingsConfig
from coverplan.io.register import read_register
from coverplan.io.targetwords import is_share

TARGETS = {target.id: target for target in read_register()}

READINGS = {
    # id: (operator, value) of ours, where the source's is a rule or counts something else.
    "Z20-05": (">=", Fraction(1, 3)),  # the share of homes; 60 beds is the condition
    "Z20-15": (">=", None),  # @basically
    "Z20-16": (">=", None),
    "Z20-20": ("==", 0),
    "Z20-31": (">=", 1),
    "Z20-34": ("exists", 1),
    "Z20-40": ("==", 5),
    "XA-05": ("exists", 1),
    "XA-15": (">=", 1),  # one assistant: two do no harm
    "XA-16": ("exists", 1),
    "Z21-09": ("==", 1),  # the share of prefectures with a plan, not 11 plans
    "Z21-10": ("==", 1),
    "Z21-37": ("==", 0),
    "Z21-38": ("rule", None),  # one database and one index are the thing, not its measure
    "Z21-40": ("rule", None),
    "Z21-42": ("==", 1),
    "Z21-43": ("==", 0),
    "Z21-44": ("==", 0),
    "Z21-49": ("==", 1),
    "JJ-11": ("==", 0),
    "JJ-23": ("exists", 1),
    "JJ-35": (">=", 3),
    "XC-11": ("==", 1),  # the share of stations at grade 3, not the 3
    "XC-13": ("==", 0),
    "XC-20": ("==", 1),
    "XC-25": ("exists", 1),
    "XC-29": (">=", 3),
}
LAYERS = {
    "Z20-24", "XA-09", "XA-21", "XA-23", "Z21-11", "Z21-41", "Z21-42", "Z21-43", "Z21-44",
    "JJ-07", "JJ-12", "XC-14", "XC-20",
}  # fmt: skip
"""Rows that speak of other layers, or of more, than the source's one."""


@pytest.fixture(scope="module")
def source(test_data):
    with (test_data / "policy/targets.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_every_row_of_the_source_is_there_in_its_order(source):
    assert list(TARGETS) == list(source)
    assert len(TARGETS) == 184


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("year", "year"),
        ("standing", "doc_status"),
        ("clause", "clause"),
        ("level", "admin_level"),
        ("deadline", "deadline_year"),
        ("strength", "strength"),
        ("computability", "computability"),
    ],
)
def test_what_is_cited_and_how_firmly_is_the_source_s(source, field, column):
    def shown(value):
        return "" if value is None else str(value)

    differ = {k for k, t in TARGETS.items() if shown(getattr(t, field)) != source[k][column]}
    assert differ == set()


def test_a_year_that_is_implied_is_never_called_stated(source):
    meaning = {
        "explicit": "stated", "document_year": "document_year", "plan_end_implied": "plan_end",
        "none": "none",
    }  # fmt: skip
    differ = {
        k for k, t in TARGETS.items() if t.deadline_basis != meaning[source[k]["deadline_basis"]]
    }
    assert differ == set()
    assert Counter(t.deadline_basis for t in TARGETS.values()) == {
        "stated": 38, "document_year": 75, "plan_end": 70, "none": 1,
    }  # fmt: skip


def test_operators_and_values_are_the_source_s_but_for_the_readings(source):
    ours = {}
    for key, target in TARGETS.items():
        row = source[key]
        low, _, high = row["value"].partition("-")
        wanted = (row["operator"], Fraction(low) if low else None)
        assert target.value_high == (Fraction(high) if high else None)
        if (target.operator, target.value) != wanted:
            ours[key] = (target.operator, target.value)
    assert ours == READINGS


def test_a_reading_of_ours_is_said_to_be_one():
    silent = {"Z20-15", "Z20-16", "Z20-40", "Z21-38", "Z21-40"}  # nothing asked, or a setting
    for key in set(READINGS) - silent:
        note = TARGETS[key].note
        assert re.search("我们|按|读法|此处", note.zh), key
        assert re.search("read|here|Here|judged", note.en), key


def test_regions_and_layers_are_the_source_s_but_for_the_readings(source):
    zj26 = tuple(sorted(unit_sets()["zj26"].codes))
    for key, target in TARGETS.items():
        codes = tuple(source[key]["adcode"].split(";"))
        assert target.regions == (zj26 if key in {"Z20-21", "Z21-26"} else codes)
    differ = {k for k, t in TARGETS.items() if t.layers != (source[k]["facility_layer"],)}
    assert differ == LAYERS


def test_baselines_are_the_source_s_where_they_count_the_same(source):
    have = {k: (t.baseline, t.baseline_year) for k, t in TARGETS.items() if t.baseline is not None}
    assert have == {"JJ-03": (35, 2018), "JJ-04": (6073, 2018), "JJ-08": (5, 2019)}
    # 285 and 305 are stations, while the rows are a share and a number of new ones.
    stated = {k for k, row in source.items() if row["baseline_value"]}
    assert stated - set(have) == {"JJ-01", "JJ-02"}
    assert "285" in TARGETS["JJ-01"].note.zh
    assert "305" in TARGETS["JJ-02"].note.zh


def test_drafts_and_classes():
    drafts = [key for key, target in TARGETS.items() if target.draft]
    assert len(drafts) == 57
    assert {key.split("-")[0] for key in drafts} == {"XA", "XC"}
    classes = Counter(target.computability for target in TARGETS.values())
    assert classes == {"A": 96, "B": 73, "C": 15}


def plain(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def test_no_run_of_8_characters_is_copied(source, test_data):
    texts = [plain(row["quote_zh"]) for row in source.values()]
    files = sorted((test_data / "policy/sources").glob("*.txt"))
    assert len(files) == 5
    texts += [plain(file.read_text(encoding="utf-8")) for file in files]
    runs = {text[i : i + 8] for text in texts for i in range(len(text) - 7)}
    copied = {
        (key, ours[i : i + 8])
        for key, target in TARGETS.items()
        for ours in map(plain, (target.words.zh, target.note.zh, target.unit.zh))
        for i in range(len(ours) - 7)
        if ours[i : i + 8] in runs
    }
    assert copied == set()


def test_every_row_says_what_it_asks_in_both_languages():
    for key, target in TARGETS.items():
        assert 15 <= len(plain(target.words.zh)) <= 45, key
        assert re.search("[a-z]{3}", target.words.en), key
        assert not re.search("[\u4e00-\u9fff]", target.words.en + target.note.en + target.unit.en)
        assert target.unit.zh, key
        assert target.unit.en, key
        assert bool(target.note.zh) == bool(target.note.en), key
    words = Counter(target.words.zh for target in TARGETS.values())
    assert [word for word, times in words.items() if times > 1] == []


def test_shares_are_shares():
    for key, target in TARGETS.items():
        if is_share(target.indicator) and target.value is not None:
            assert 0 < target.value <= 1, key


def test_the_number_that_is_lost_stays_unknown():
    lost = TARGETS["XC-04"]
    assert (lost.operator, lost.value, lost.value_setting) == (">=", None, "")
    assert "丢失" in lost.note.zh
    assert "not 0" in lost.note.en


def test_the_broken_bracket_is_read_as_cemetery_or_columbarium():
    assert TARGETS["XA-23"].layers == ("public_cemetery", "columbarium")
    assert "括号" in TARGETS["XA-23"].note.zh


@pytest.mark.parametrize(
    ("key", "setting"),
    [
        ("Z20-15", "basically"),
        ("Z20-16", "basically"),
        ("Z21-35", "should_have_children"),
        ("XC-07", "concentrated_density"),
        ("XC-29", "large_area_km2"),
        ("XC-29", "many_clients"),
        ("Z20-20", "few_children"),
    ],
)
def test_what_a_clause_leaves_open_is_a_setting_without_a_default(key, setting):
    target = TARGETS[key]
    conditions = [*target.condition, *(c for part in target.denominator for c in part.conditions)]
    assert setting in {target.value_setting, *(c.setting for c in conditions)}
    assert SettingsConfig.model_fields[setting].default is None
    if key != "XC-29":
        assert setting in target.note.zh or "设置" in target.note.zh


@pytest.mark.parametrize(("key", "flag"), [("XA-19", "eligible"), ("Z21-13", "meal_demand")])
def test_what_units_must_be_flagged_for(key, flag):
    (part,) = TARGETS[key].denominator
    assert flag in {c.key for c in part.conditions if not c.op}


def types(key):
    return {
        (part.level, word)
        for part in TARGETS[key].denominator
        for c in part.conditions
        if c.key == "type"
        for word in c.words
    }


def test_urban_districts_are_left_out_where_the_wording_does():
    assert types("Z21-14") == {("county", "county"), ("county", "county_city")}
    assert [part.level for part in TARGETS["Z21-14"].denominator] == ["prefecture", "county"]
    assert types("Z21-17") == types("Z21-14") | {("county", "district")}
    assert "64" in TARGETS["Z21-14"].note.zh
    assert "90" in TARGETS["Z21-17"].note.zh


def test_thirteen_without_the_farm_and_fourteen_with_it():
    real = {("township", word) for word in ("street", "town", "township")}
    assert types("XA-03") == real
    assert types("XA-10") == real | {("township", "farm")}
    assert "14" in TARGETS["XA-10"].note.zh


def test_no_share_of_townships_counts_zones():
    for target in TARGETS.values():
        for part in target.denominator:
            if part.level == "township" and target.indicator == "unit_coverage_share":
                words = [w for c in part.conditions if c.key == "type" for w in c.words]
                assert words, target.id
                assert "zone" not in words


def test_tiers_of_posts_meet_without_overlap():
    def fits(people):
        return [
            key
            for key in ("XA-12", "XA-13", "XA-14")
            if all(
                {"<": people < c.number, ">": people > c.number,
                 "<=": people <= c.number, ">=": people >= c.number}[c.op]
                for c in TARGETS[key].denominator[0].conditions
                if c.key == "population"
            )
        ]  # fmt: skip

    assert [fits(n) for n in (0, 29_999, 30_000, 60_000, 60_001)] == [
        ["XA-12"], ["XA-12"], ["XA-13"], ["XA-13"], ["XA-14"],
    ]  # fmt: skip


def test_the_circle_has_minutes_and_nothing_else():
    circle = TARGETS["Z21-12"]
    assert (circle.indicator, circle.operator, circle.value) == ("travel_time", "<=", 15)
    assert "circle" in circle.note.zh


def test_served_is_not_has_one():
    assert TARGETS["XC-28"].indicator == "served_share"
    assert TARGETS["XC-27"].indicator == "at_least_one_per_unit"


def test_sea_burial_has_no_place():
    for key in ("Z20-36", "Z21-30"):
        assert "海葬" in TARGETS[key].note.zh
    assert "sea" in {w for c in TARGETS["Z21-30"].condition for w in c.words}


def test_nursing_beds_in_four_documents():
    shares = {k: t.value for k, t in TARGETS.items() if t.indicator == "bed_share"}
    shares.pop("XC-22")
    assert shares == {
        "Z20-04": Fraction(51, 100),
        "XA-07": Fraction(60, 100),
        "Z21-05": Fraction(58, 100),
        "XC-03": Fraction(55, 100),
    }


def test_every_setting_a_row_names_exists(root):
    table = root / "src/coverage/coverplan/domain/targets.csv"
    raw = table.read_bytes()
    assert b"\r" not in raw
    assert set(settings_of(raw.decode("utf-8"))) <= set(SettingsConfig.model_fields)
