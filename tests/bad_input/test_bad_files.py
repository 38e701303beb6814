"""Files that are missing, empty, or not what their names say."""

import zipfile

import pytest

HEAD = "村编码,村名,乡镇代码,经度,纬度,常住人口,60岁及以上\n"
TABLES = ["villages.csv", "homes.csv", "census.csv"]


def test_several_missing_files_at_once(county):
    for name in ("towns.geojson", "villages.csv", "roads.geojson", "homes.csv", "stations.xlsx"):
        county.path(name).unlink()
    faults = county.refused().of("file.missing")
    assert {p.file for p in faults} == {
        "towns.geojson", "villages.csv", "roads.geojson", "homes.csv", "stations.xlsx",
    }  # fmt: skip


def test_missing_forbidden_candidates_and_map_files_at_once(county):
    county.edit(
        "sites = 1",
        'sites = 1\nforbidden = [{ source = "no1.gpkg" }, { source = "no2.gpkg" }]\n'
        'candidates = { source = "no3.csv" }',
    )
    county.edit("[output]", '[map]\nwater = "no4.gpkg"\nprotected = "no5.gpkg"\n[output]')
    county.path("census.csv").unlink()
    files = {p.file for p in county.refused().of("file.missing")}
    assert files == {"no1.gpkg", "no2.gpkg", "no3.csv", "no4.gpkg", "no5.gpkg", "census.csv"}
    county.path("towns.geojson").unlink()
    assert {p.file for p in county.refused().of("file.missing")} == files | {"towns.geojson"}


def test_missing_file_names_its_neighbour(county):
    county.edit("homes.csv", "home.csv")
    problem = county.refused().the("file.missing")
    assert "homes.csv" in problem.mend.zh
    assert "homes.csv" in problem.mend.en


@pytest.mark.parametrize("name", ["homes.csv", "towns.geojson", "stations.xlsx", "roads.geojson"])
def test_a_folder_where_a_file_belongs(county, name):
    county.path(name).unlink()
    county.path(name).mkdir()
    assert county.refused().the("file.missing").file == name


ZERO = [
    "villages.csv",
    "homes.csv",
    "census.csv",
    "stations.xlsx",
    "towns.geojson",
    "roads.geojson",
]


@pytest.mark.parametrize("name", ZERO)
def test_zero_bytes(county, name):
    county.path(name).write_bytes(b"")
    problem = county.refused().the("file.empty")
    assert problem.file == name


@pytest.mark.parametrize("name", TABLES)
def test_header_only(county, name):
    head = county.path(name).read_text(encoding="utf-8").splitlines()[0]
    county.path(name).write_text(head + "\n", encoding="utf-8")
    assert county.refused().the("file.empty").file == name


@pytest.mark.parametrize("name", TABLES)
def test_lines_of_commas_only(county, name):
    head = county.path(name).read_text(encoding="utf-8").splitlines()[0]
    county.path(name).write_text(head + "\n,,,\n,,,\n", encoding="utf-8")
    assert county.refused().the("file.empty").file == name


def test_header_only_workbook(county):
    county.table("stations.xlsx", [dict.fromkeys(county.rows("stations.xlsx")[0])])
    assert county.refused().the("file.empty").file == "stations.xlsx"


def test_workbook_that_is_a_csv(county):
    text = county.path("homes.csv").read_bytes()
    county.path("stations.xlsx").write_bytes(text)
    problem = county.refused().the("file.unreadable")
    assert problem.file == "stations.xlsx"
    assert problem.found.zh == "内容是：文字"
    assert "扩展名" in problem.mend.zh


def test_csv_that_is_a_workbook(county):
    county.path("homes.csv").write_bytes(county.path("stations.xlsx").read_bytes())
    problem = county.refused().the("file.unreadable")
    assert problem.file == "homes.csv"
    assert ".xlsx" in problem.mend.zh


def test_broken_workbook(county):
    data = county.path("stations.xlsx").read_bytes()
    county.path("stations.xlsx").write_bytes(data[: len(data) // 2])
    assert county.refused().the("file.unreadable").file == "stations.xlsx"


def test_workbook_with_a_broken_sheet(county):
    path = county.path("stations.xlsx")
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row><c"
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)
    assert county.refused().the("file.unreadable").file == "stations.xlsx"


def test_zip_without_a_workbook(county):
    with zipfile.ZipFile(county.path("stations.xlsx"), "w") as new:
        new.writestr("hello.txt", "x")
    assert county.refused().the("file.unreadable").file == "stations.xlsx"


def test_sheet_that_is_not_there(county):
    county.edit('"stations.xlsx"', '"stations.xlsx"\ntable = "表一"')
    problem = county.refused().the("file.no_table")
    assert problem.found == "表一"
    assert "Sheet" in problem.expected.zh


def test_layer_that_is_not_there(county):
    county.edit('"towns.geojson"', '"towns.geojson"\ntable = "nothing"')
    problem = county.refused().the("file.no_table")
    assert problem.found == "nothing"
    assert "towns" in problem.expected.en


def test_unbalanced_quotes(county):
    county.edit("甲镇养老院", '"甲镇养老院', "homes.csv")
    problem = county.refused().the("file.quotes")
    assert (problem.file, problem.row) == ("homes.csv", 2)


def test_more_cells_than_columns(county):
    county.edit("甲镇养老院,", "甲镇养老院,再来,一个,", "homes.csv")
    problem = county.refused().the("file.cells")
    assert (problem.file, problem.row) == ("homes.csv", 2)


def test_fewer_cells_than_columns_are_named(county):
    text = county.path("homes.csv").read_text(encoding="utf-8").splitlines()
    text[2] = "X,短的一行"
    county.path("homes.csv").write_text("\n".join(text), encoding="utf-8")
    assert {p.row for p in county.refused().problems} == {3}


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["villages.csv", "homes.csv"])
def test_encodings_of_chinese_offices_are_read(county, encoding, name):
    text = county.path(name).read_text(encoding="utf-8")
    county.path(name).write_bytes(text.encode(encoding))
    county.understood()


@pytest.mark.parametrize("mark", ["\t", ";", "；", "，"])
def test_other_separators_are_read_or_named(county, mark):
    text = county.path("homes.csv").read_text(encoding="utf-8")
    county.path("homes.csv").write_text(text.replace(",", mark), encoding="utf-8")
    if mark in "\t;":
        county.understood()
    else:
        assert county.refused().the("file.separator").found == mark


def test_nul_bytes_in_a_csv(county):
    data = county.path("homes.csv").read_bytes()
    county.path("homes.csv").write_bytes(data.replace(b"2019", b"20\x0019"))
    assert county.run().code in {0, 2}


def test_a_title_line_above_the_header(county):
    text = county.path("homes.csv").read_text(encoding="utf-8")
    county.path("homes.csv").write_text("养老机构一览表,,,,,,,\n" + text, encoding="utf-8")
    problem = county.understood().the("file.header")
    assert (problem.row, problem.found, problem.severity) == (2, "养老机构一览表", "warning")


def test_a_title_line_above_no_header(county):
    lines = county.path("homes.csv").read_text(encoding="utf-8").splitlines()[1:]
    county.path("homes.csv").write_text("\n".join(["养老机构一览表", *lines]), encoding="utf-8")
    problem = county.refused().the("file.header")
    assert (problem.row, problem.severity) == (2, "error")


def test_binary_noise_as_csv(county):
    county.path("homes.csv").write_bytes(bytes(range(256)) * 20)
    assert county.refused().problems[0].file == "homes.csv"


def test_old_excel_format(county):
    county.path("stations.xlsx").rename(county.path("stations.xls"))
    county.edit("stations.xlsx", "stations.xls")
    problem = county.refused().the("file.unreadable")
    assert ".xlsx" in problem.mend.zh


@pytest.mark.parametrize("name", ["stations.docx", "stations.json", "stations"])
def test_formats_nobody_reads(county, name):
    county.path("stations.xlsx").rename(county.path(name))
    county.edit("stations.xlsx", name)
    problem = county.refused().the("file.unreadable")
    assert problem.file == name
    assert ".xlsx" in (problem.expected or problem.mend).zh


def test_every_bad_file_is_named_at_once(county):
    county.path("villages.csv").write_bytes(b"")
    county.path("roads.geojson").write_text("{", encoding="utf-8")
    county.path("homes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    county.path("stations.xlsx").write_bytes(b"PK")
    assert {p.file for p in county.refused().problems} == {
        "villages.csv", "roads.geojson", "homes.csv", "stations.xlsx",
    }  # fmt: skip


def test_every_bad_file_is_named_even_without_units(county):
    county.features("towns.geojson", [])
    county.path("homes.csv").unlink()
    county.path("villages.csv").write_bytes(b"")
    assert {p.file for p in county.refused().problems} >= {"towns.geojson", "homes.csv"}


def test_files_beside_a_missing_one_are_named_in_few_harmless_words(county):
    for i in range(14):
        county.path(f"{'长' * 60}\x1b[31m{i}.txt").write_text("x", encoding="utf-8")
    county.edit("homes.csv", "nothing.csv")
    problem = county.refused().the("file.missing")
    assert "\x1b" not in problem.render("zh")
    assert problem.found.zh.endswith("、…")
    assert problem.found.en.endswith(", …")


def test_a_missing_table_of_totals_is_one_fault(county):
    county.path("census.csv").unlink()
    found = county.refused().the("file.missing")
    assert found.file == "census.csv"
    assert "people.totals" in found.render("zh")


def test_a_missing_list_of_village_points_is_one_fault(county):
    county.edit('"villages.csv"', '"villages.csv"\nlocations = "points.csv"')
    found = county.refused().the("file.missing")
    assert found.file == "points.csv"
    assert "people.locations" in found.render("en")
