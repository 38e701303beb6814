"""Faults of the study file itself."""

import pytest


def test_no_study_file(county):
    county.study.unlink()
    problem = county.refused().the("study.no_file")
    assert problem.file.endswith("study.toml")
    assert "cd" in problem.mend.zh
    assert "cd" in problem.mend.en


def test_the_study_was_saved_with_another_ending(county):
    county.study.rename(county.study.with_name("study.toml.txt"))
    problem = county.refused().the("study.no_file")
    assert problem.found.zh == "study.toml.txt"
    assert problem.mend.zh == "文件名末尾多了 .txt：去掉"


def test_study_is_a_folder(county):
    county.study.unlink()
    county.study.mkdir()
    problem = county.refused().the("study.no_file")
    assert problem.mend.zh == f'还没有研究文件：coverplan init "{county.study}"'
    inside = county.study / "study.toml"
    inside.write_text("", encoding="utf-8")
    assert county.refused().the("study.no_file").mend.en == f'say "{inside}"'


def test_syntax_error_names_its_line(county):
    county.edit('title = "小县"', 'title = "小县')
    problem = county.refused().the("study.not_toml")
    assert (problem.file, problem.row) == ("study.toml", 1)


def test_syntax_error_at_the_end_names_a_line(county):
    county.edit('folder = "result"\n', "folder = ")
    assert county.refused().the("study.not_toml").row == 25


def test_a_day_that_does_not_exist(county):
    county.edit("date = 2025-12-31", "date = 2025-13-31")
    problem = county.refused().the("study.not_toml")
    assert problem.row == 2
    assert "要有这一天" in problem.mend.zh


def test_key_twice_names_its_line(county):
    county.edit("sites = 1", "sites = 1\nsites = 2")
    problem = county.refused().the("study.not_toml")
    assert problem.row == 20


def test_curly_quotes_are_explained(county):
    county.edit('"villages.csv"', "“villages.csv”")
    problem = county.refused().the("study.not_toml")
    assert problem.row == 8
    assert "引号" in problem.mend.zh


def test_backslashes_are_explained(county):
    county.edit('"villages.csv"', '"C:\\users\\villages.csv"')
    problem = county.refused().the("study.not_toml")
    assert problem.row == 8
    assert "/" in problem.mend.zh


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        ("share_percent = ７０", "半角"),
        ("share_percent ＝ 70", "半角"),
        ("share_percent = 70 ＃ 七成", "半角"),
        ('required = ["a"，"b"]', "半角"),
        ('required = ["a"、"b"]', "半角"),
        ("【people】", "半角"),
        ("share_percent = 70%", "不写 %"),
        ("share_percent = 70 people # 七成，够了", "英文双引号"),
    ],
)
def test_what_a_chinese_keyboard_writes_is_explained(county, line, mend):
    county.edit("sites = 1", f"sites = 1\n{line}")
    problem = county.refused().the("study.not_toml")
    assert problem.row == 20
    assert mend in problem.mend.zh
    assert ("ASCII" in problem.mend.en) == (mend == "半角")


@pytest.mark.parametrize(
    "line",
    ['类别 = "敬老院"', 'where = { 类别 = ["敬老院"] }', 'where = { a = "b", 类别_2 = ["c"] }'],
)
def test_keys_in_chinese_want_quotes(county, line):
    county.edit("sites = 1", f"sites = 1\n{line}")
    problem = county.refused().the("study.not_toml")
    assert problem.row == 20
    assert 'where = { "类别" = ["敬老院"] }' in problem.mend.zh
    assert problem.mend.en.startswith("put keys in Chinese in straight double quotes")


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_windows_line_ends_and_mark_are_read(county, ending):
    text = county.study.read_text(encoding="utf-8")
    county.study.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", ending).encode())
    county.accepted()


def test_study_in_gbk_is_read_or_explained(county):
    county.study.write_bytes(county.study.read_text(encoding="utf-8").encode("gbk"))
    problem = county.refused().the("study.encoding")
    assert "UTF-8" in problem.mend.zh


def test_binary_study_is_explained(county):
    county.study.write_bytes(b"\xff\xfe\x00\x01" + bytes(range(256)))
    county.refused().the("study.encoding")


def test_empty_study_names_every_missing_key(county):
    county.study.write_text("", encoding="utf-8")
    missing = {p.column for p in county.refused().of("study.missing")}
    assert missing == {"title", "date", "region", "people", "roads", "layers"}


UNKNOWN_KEYS = [
    ('title = "小县"', 'titel = "小县"\ntitle = "小县"', "titel", "title", 1),
    ("[people]", "[peeple]\n[people]", "peeple", "people", 7),
    ("totals =", 'total = "x"\ntotals =', "people.total", "totals", 9),
    ('"roads.geojson"', '"roads.geojson"\nignore_fragment = 3', "roads.ignore_fragment",
     "ignore_fragments_metres", 14),
    ('"homes.csv"', '"homes.csv"\nprofil = "walking"', "layers.elderly_care.profil", "profile", 17),
    ("sites = 1", "sites = 1\nsite = 2", "layers.elderly_care.siting.site", "sites", 20),
    ("sites = 1", 'sites = 1\nforbidden = [{ sorce = "a", source = "b" }]',
     "layers.elderly_care.siting.forbidden.0.sorce", "source", 20),
    ('folder = "result"', 'folder = "result"\nlangauge = "en"', "output.langauge", "language", 26),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "near", "row"), UNKNOWN_KEYS)
def test_unknown_key_is_named_with_the_nearest(county, old, new, path, near, row):
    county.edit(old, new)
    problem = county.refused().the("study.unknown_key")
    assert (problem.column, problem.row) == (path, row)
    assert near in problem.mend.zh
    assert near in problem.mend.en


def test_unknown_key_in_candidates(county):
    county.edit("sites = 1", 'sites = 1\ncandidates = { source = "villages.csv", cr = "x" }')
    problem = county.refused().the("study.unknown_key")
    assert problem.column == "layers.elderly_care.siting.candidates.cr"
    assert "crs" in problem.mend.en


def test_all_faults_of_the_study_at_once(county):
    county.edit('title = "小县"', 'titel = "小县"')
    county.edit("sites = 1", 'sites = "five"')
    county.edit("date = 2025-12-31", 'date = "yesterday"')
    done = county.refused()
    assert done.codes == {"study.unknown_key", "study.missing", "study.value"}
    assert {p.column for p in done.of("study.value")} == {
        "date", "layers.elderly_care.siting.sites",
    }  # fmt: skip


WRONG_VALUES = [
    ("sites = 1", 'sites = "five"', "layers.elderly_care.siting.sites", "整数"),
    ("sites = 1", "sites = 0", "layers.elderly_care.siting.sites", "1"),
    ("sites = 1", "sites = -3", "layers.elderly_care.siting.sites", "1"),
    ("sites = 1", "sites = 1.5", "layers.elderly_care.siting.sites", "整数"),
    ("sites = 1", "sites = true", "layers.elderly_care.siting.sites", "整数"),
    ("sites = 1", "sites = inf", "layers.elderly_care.siting.sites", "整数"),
    ("sites = 1", "sites = 1\ntime_limit_seconds = nan",
     "layers.elderly_care.siting.time_limit_seconds", "数"),
    ("sites = 1", "sites = 1\ntime_limit_seconds = inf",
     "layers.elderly_care.siting.time_limit_seconds", "数"),
    ("sites = 1", "sites = 1\nmodel = 'pmedien'", "layers.elderly_care.siting.model", "mclp"),
    ("sites = 1", "sites = 1\ncandidates = 'villages'",
     "layers.elderly_care.siting.candidates", "people"),
    ('"homes.csv"', '"homes.csv"\nminutes = 0', "layers.elderly_care.minutes", "1"),
    ('"homes.csv"', '"homes.csv"\nminutes = 12.5', "layers.elderly_care.minutes", "整数"),
    ('"homes.csv"', '"homes.csv"\nminutes = 255', "layers.elderly_care.minutes", "254"),
    ('"homes.csv"', '"homes.csv"\nminutes = inf', "layers.elderly_care.minutes", "数"),
    ('"homes.csv"', '"homes.csv"\nminutes = 1e9', "layers.elderly_care.minutes", "254"),
    ('"homes.csv"', '"homes.csv"\ncolour = "red"', "layers.elderly_care.colour", "#"),
    ('"homes.csv"', '"homes.csv"\nshape = "star"', "layers.elderly_care.shape", "circle"),
    ('"homes.csv"', "3", "layers.elderly_care.source", "文字"),
    ("date = 2025-12-31", "date = 2025-12-31T10:00:00", "date", "2025-12-31"),
    ("date = 2025-12-31", 'date = "二〇二五"', "date", "2025-12-31"),
    ("date = 2025-12-31", "date = 2025", "date", "2025-12-31"),
    ('title = "小县"', 'title = ""', "title", "1"),
    ('title = "小县"', "title = 5", "title", "文字"),
    ('title = "小县"', 'title = "小县"\nthresholds = []', "thresholds", "1"),
    ('title = "小县"', 'title = "小县"\nthresholds = 15', "thresholds", "列表"),
    ('title = "小县"', 'title = "小县"\nthresholds = [15, 500]', "thresholds.1", "254"),
    ('folder = "result"', 'folder = "result"\nlanguage = "fr"', "output.language", "zh"),
    ('all = "常住人口", ', "", "people.groups", "all"),
    ('groups = { all = "常住人口", elderly = "60岁及以上" }', 'groups = "常住人口"',
     "people.groups", "表"),
    ('"villages.csv"', '"villages.csv"\nspread = "roads"', "people.spread", "streets"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "expected"), WRONG_VALUES)
def test_wrong_value_is_named_in_chinese_too(county, old, new, path, expected):
    county.edit(old, new)
    problem = county.refused().the("study.value")
    assert problem.column == path
    assert problem.row is not None
    assert problem.found is not None
    assert expected in problem.expected.zh


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('source = "villages.csv"\n', "", "people.source"),
        ('units = "towns.geojson"\n', "", "region.units"),
        ("sites = 1\n", "", "layers.elderly_care.siting.sites"),
        ('source = "stations.xlsx"\n', "", "layers.social_work.source"),
        ("date = 2025-12-31\n", "", "date"),
    ],
)
def test_missing_key_is_named_and_explained(county, old, new, path):
    county.edit(old, new)
    problem = county.refused().the("study.missing")
    assert problem.column == path
    assert problem.expected


def test_a_table_where_a_value_belongs(county):
    county.edit("[layers.social_work]", "[layers]\nsocial_work = 5\n[layers.other]")
    assert county.refused().codes & {"study.value", "study.not_toml"}


def test_layer_name_near_a_builtin_one(county):
    county.edit("layers.elderly_care", "layers.elderly_cares")
    problem = county.refused().the("study.layer")
    assert "elderly_care" in problem.mend.zh
    assert problem.row == 15


def test_layer_of_ones_own_names_what_it_lacks(county):
    county.edit("[layers.social_work]", "[layers.zzz]\nminutes = 10")
    problem = county.refused().the("study.layer")
    assert "group" in problem.mend.zh
    assert "profile" in problem.mend.en


def test_unknown_group_and_profile_at_once(county):
    county.edit('"homes.csv"', '"homes.csv"\ngroup = "elders"\nprofile = "walk"')
    group, profile = county.refused().of("study.reference")
    assert (group.found, group.row) == ("elders", 17)
    assert (profile.found, profile.row) == ("walk", 18)
    assert "elderly" in group.expected.en
    assert "walking" in profile.mend.zh


def test_profile_without_speed(county):
    county.edit("[output]", "[profiles.boat]\nlabel = '船'\n[output]")
    problem = county.refused().the("study.profile")
    assert problem.column == "profiles.boat"
    assert problem.found is None or "give kmh" not in problem.found


def test_profile_speed_out_of_range(county):
    county.edit("[output]", "[profiles.boat]\nkmh = 900\n[output]")
    assert county.refused().the("study.value").column == "profiles.boat.kmh"


@pytest.mark.parametrize("name", ["boat", "walking_older"])
def test_profile_of_unknown_classes(county, name):
    county.edit("[output]", f"[profiles.{name}.kmh_by_class]\nresidental = 5\n[output]")
    problem = county.refused().the("study.road_class")
    assert problem.found == "residental"
    assert "residential" in problem.mend.zh


def test_column_keys_nobody_knows(county):
    county.edit('"homes.csv"', '"homes.csv"\ncolumns = { longitude = "经度" }')
    problem = county.refused().the("study.unknown_key")
    assert problem.column == "layers.elderly_care.columns.longitude"
    assert "lon" in problem.mend.zh


def test_status_words_to_nowhere(county):
    county.edit('"homes.csv"', '"homes.csv"\nstatus_words = { "运营" = "open" }')
    problem = county.refused().the("study.status_word")
    assert problem.found == "open"
    assert "operating" in problem.expected.zh


def test_road_classes_to_nowhere(county):
    county.edit('"roads.geojson"', '"roads.geojson"\nclasses = { "县道" = "teriary" }')
    problem = county.refused().the("study.road_class")
    assert problem.found == "teriary"
    assert "tertiary" in problem.mend.zh


def test_spread_classes_nobody_knows(county):
    county.edit('"villages.csv"', '"villages.csv"\nspread = "streets"\nspread_classes = ["x"]')
    assert county.refused().the("study.road_class").found == "x"


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:99999", "nonsense", "", "EPSG:2225"])
def test_working_crs_that_cannot_be(county, crs):
    county.edit("date = 2025-12-31", f'date = 2025-12-31\ncrs = "{crs}"')
    problem = county.refused().the("crs.not_metric")
    assert (problem.file, problem.column, problem.found) == ("study.toml", "crs", crs)


def test_working_crs_of_another_place(county):
    county.edit("date = 2025-12-31", 'date = 2025-12-31\ncrs = "EPSG:32601"')
    problem = county.refused().the("crs.far_away")
    assert problem.found == "EPSG:32601"


def test_english_on_request(county):
    county.edit("sites = 1", "sites = 0")
    done = county.refused("--lang", "en")
    assert "to mend:" in done.text
    assert "改法" not in done.text


def test_study_language_holds_for_faults_of_files(county):
    county.edit('folder = "result"', 'folder = "result"\nlanguage = "en"')
    county.path("homes.csv").unlink()
    assert "to mend:" in county.refused().text


def test_unknown_language(county):
    done = county.run("--lang", "fr")
    assert done.code == 2
    assert "zh" in done.text
