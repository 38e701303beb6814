"""A formula whose result nobody saved does not hide what else is wrong with its file."""

from coverplan import load


def test_all_faults_of_the_file_are_said_and_none_twice(county):
    rows = county.rows("homes.csv")
    rows[0]["床位数"] = "=10+20"
    rows[1]["经度"], rows[1]["纬度"] = rows[1]["纬度"], rows[1]["经度"]
    rows[2]["经度"] = "=118+0.1"
    county.table("homes.xlsx", rows)
    county.edit("homes.csv", "homes.xlsx")
    done = county.refused()
    assert sorted((p.code, p.row, p.column) for p in done.problems) == [
        ("file.formula", 2, "H"),
        ("file.formula", 4, "D"),
        ("point.swapped", 3, None),
    ]
    assert {p.found for p in done.of("file.formula")} == {"=10+20", "=118+0.1"}


def test_people_of_a_formula_are_not_asked_for_twice(county):
    rows = county.rows("villages.csv")
    rows[4]["常住人口"] = "=100+10"
    rows[5]["常住人口"] = "约300"
    county.table("villages.xlsx", rows)
    county.edit("villages.csv", "villages.xlsx")
    done = county.refused()
    assert sorted((p.code, p.row, p.found) for p in done.problems) == [
        ("file.formula", 6, "=100+10"),
        ("people.value", 7, "约300"),
    ]


def test_a_total_that_is_a_formula_stops_nothing(county):
    rows = county.rows("homes.csv")
    county.edit('"homes.csv"', '"homes.xlsx"')
    total = dict.fromkeys(rows[0], "") | {"编号": "合计", "床位数": "=SUM(H2:H4)"}
    county.table("homes.xlsx", [*rows, total])
    found = county.understood()
    assert "file.formula" not in found.codes
    assert len(load(county.study).layers[0].facilities.sites) == 3
    rows[0]["床位数"] = "=15+15"
    county.table("homes.xlsx", [*rows, total])
    assert county.refused().the("file.formula").row == 2
