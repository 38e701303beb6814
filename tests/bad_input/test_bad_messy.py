"""The tiny county with its tables as a bureau keeps them: the same study comes out of them."""

import openpyxl
import pytest

from coverplan import load

H, V, S = "homes.csv", "villages.csv", "stations.xlsx"


def dms(text):
    """A coordinate in degrees, minutes and seconds with three decimals: 3 cm on the ground."""
    thousandths = round(float(text) * 3_600_000)
    whole, seconds = divmod(thousandths, 60_000)
    return f"{whole // 60}°{whole % 60}′{seconds / 1000:.3f}″"


def sites(county, layer):
    return next(x for x in load(county.study).layers if x.layer.id == layer).facilities.sites


def test_a_workbook_with_every_mess_gives_the_same_sites(county):
    before = sites(county, "social_work")
    rows = county.rows(S)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["社工站一览表"])
    sheet.append(["填报单位：民政局", None, None, None, None, "2024年12月"])
    sheet.append(
        ["编号", "名称", "所在乡镇（街道）", "坐标", None, "状态", "成立年份", "床位数（张）"]
    )
    sheet.append([None, None, None, "经度", "纬度", None, None, None])
    for row in rows:
        sheet.append(
            [
                row["编号"], row["名称"], row["乡镇"] + "\u00a0", dms(row["经度"]) + "E",
                dms(row["纬度"]), "运营\u200b", "２０１９年", "３０",
            ]
        )  # fmt: skip
    sheet.append(["合 计", None, None, None, None, None, None, 91])
    sheet.append(["注：床位数为核定数"])
    for cells in ("A1:H1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4", "G3:G4", "H3:H4"):
        sheet.merge_cells(cells)
    book.create_sheet("填表说明").append(["一站一行"])
    book.save(county.path(S))

    done = county.understood()
    assert done.codes == {
        "file.header", "file.header_levels", "file.totals", "file.totals_differ", "file.notes",
        "file.sheets", "point.sexagesimal",
    }  # fmt: skip
    assert {p.severity for p in done.problems} == {"warning"}
    assert done.the("file.header").row == 3
    assert done.the("file.totals").row == 8
    assert (done.the("file.totals_differ").found, done.the("file.notes").row) == ("91", 9)
    assert "6 个" in done.the("point.sexagesimal").what.zh
    after = sites(county, "social_work")
    assert after.drop(columns="geometry").equals(before.drop(columns="geometry"))
    assert after.geometry.distance(before.geometry).max() < 0.05


def test_longitudes_that_say_they_are_latitudes(county):
    county.column(H, "经度", lambda x: f"{x}E")
    county.column(H, "纬度", lambda x: f"北纬{x}")
    assert county.understood().codes == {"point.sexagesimal"}
    rows = county.rows(H)
    county.table(H, [row | {"经度": row["纬度"], "纬度": row["经度"]} for row in rows])
    refused = county.refused()
    assert refused.codes == {"point.swapped"}
    faults = refused.of("point.swapped")
    assert {(p.row, p.column) for p in faults} == {
        (r, c) for r in (2, 3, 4) for c in ("经度", "纬度")
    }


def test_a_total_among_the_villages_is_not_counted_as_people(county):
    people = load(county.study).demand.people("all").sum()
    rows = county.rows(V)
    total = str(sum(int(row["常住人口"]) for row in rows))
    county.table(V, [*rows, dict.fromkeys(rows[0], "") | {"村编码": "合计", "常住人口": total}])
    done = county.understood()
    assert done.codes == {"file.totals"}
    assert load(county.study).demand.people("all").sum() == people


def test_a_total_in_the_census(county):
    rows = county.rows("census.csv")
    whole = {"乡镇代码": "全县合计", "常住人口": "1203", "60岁及以上": "244"}
    county.table("census.csv", [whole, *rows])
    problem = county.understood().the("file.totals_differ")
    assert (problem.row, problem.column, problem.found) == (2, "60岁及以上", "244")


def test_people_merged_over_villages_are_refused(county):
    rows = county.rows(V)
    county.edit("villages.csv", "villages.xlsx")
    county.table("villages.xlsx", rows)
    book = openpyxl.load_workbook(county.path("villages.xlsx"))
    for line in book.active.iter_rows(min_row=2):
        line[5].value, line[6].value = int(line[5].value), int(line[6].value)
    book.active.merge_cells("F3:F4")
    book.save(county.path("villages.xlsx"))
    faults = county.refused().of("file.merged_number")
    assert [(p.row, p.column) for p in faults] == [(3, "常住人口"), (4, "常住人口")]


def test_two_columns_of_beds_that_differ(county):
    county.table(H, [row | {"核定床位": "31"} for row in county.rows(H)])
    problem = county.understood().the("column.several")
    assert (problem.column, problem.row) == ("床位数", 2)
    county.edit('"homes.csv"', '"homes.csv"\ncolumns = { capacity = "核定床位" }')
    assert county.understood().problems == []
    assert sites(county, "elderly_care")["capacity"].tolist() == [31, 31, 31]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_titles_in_other_encodings(county, encoding):
    text = "养老机构一览表\n" + county.path(H).read_text(encoding="utf-8")
    county.path(H).write_bytes(text.encode(encoding))
    assert county.understood().codes == {"file.header"}
