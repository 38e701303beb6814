"""A formula whose result nobody saved does not hide what else is wrong with its file."""


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
