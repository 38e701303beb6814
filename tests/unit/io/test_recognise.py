"""What a file is, told by its content: names of columns, values, shapes, cells."""

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
from rasterio import Affine
from shapely.geometry import LineString, box

from coverplan.core.errors import InputError
from coverplan.io.recognise.columns import MINORS, OLDER, code_and_name, group_columns
from coverplan.io.recognise.folder import look_through
from coverplan.io.recognise.look import look_at
from coverplan.io.recognise.raster import claims_of_raster
from coverplan.io.recognise.roles import Claim, Look
from coverplan.io.recognise.shapes import claims_of_shapes
from coverplan.io.recognise.tables import Units, claims_of_table
from coverplan.io.recognise.words import layers_of_kinds, policy_layer, study_layer

UNITS = Units(frozenset({"330001", "330002"}), frozenset({"甲镇", "乙乡"}))


def table(path: Path, **columns: list[object]) -> Look:
    pd.DataFrame(columns).to_csv(path, index=False, encoding="utf-8-sig")
    looks, skipped = look_at(path, Path(path.name))
    assert skipped == []
    return looks[0]


def best(look: Look) -> Claim:
    claims = claims_of_shapes(look) + claims_of_table(look, UNITS)
    claims += claims_of_raster(look) if look.form == "raster" else []
    return max(claims, key=lambda claim: claim.score)


AT = {"经度": [118.1, 118.2], "纬度": [30.1, 30.2]}


@pytest.mark.parametrize(
    ("file", "columns", "role", "layer"),
    [
        ("村庄.csv", {"村名": ["东村", "西村"], **AT, "常住人口": [100, 200]}, "people", ""),
        ("普查.csv", {"乡镇": ["甲镇", "乙乡"], "常住人口": [100, 200]}, "totals", ""),
        ("养老机构一览表.csv", {"名称": ["a", "b"], **AT}, "layer", "elderly_care"),
        ("名单.csv", {"名称": ["甲敬老院", "乙敬老院"], **AT}, "layer", "elderly_care"),
        ("社工站.csv", {"名称": ["a", "b"], "所属乡镇": ["甲镇", "乙乡"]}, "layer", "social_work"),
        ("儿童之家.csv", {"名称": ["a", "b"], **AT}, "layer", "childrens_home"),
        ("树葬点.csv", {"名称": ["a", "b"], **AT}, "layer", "eco_burial"),
        ("儿童福利院.csv", {"名称": ["a", "b"], **AT}, "ledger", "child_welfare_institution"),
        ("公墓.csv", {"名称": ["a", "b"], **AT}, "ledger", "public_cemetery"),
        ("名单.csv", {"名称": ["a", "b"], **AT}, "list", ""),
        ("闲置小学.csv", {"名称": ["a", "b"], **AT, "改造造价": [1, 2]}, "candidates", "reuse"),
        ("候选.csv", {"名称": ["a", "b"], **AT}, "candidates", "build"),
        ("x.csv", {"指标": ["a"], "关系": [">="], "数值": [1]}, "documents", ""),
        ("y.csv", {"项目类型": ["规划"], "进度": ["完成"], "金额": [1]}, "projects", ""),
        ("z.csv", {"代码": ["330001"], "户数": [1], "年死亡人数": [2]}, "unit_facts", ""),
        ("撤并.csv", {"原乡镇": ["丁镇"], "现乡镇": ["甲镇"]}, "crosswalk", ""),
    ],
)
def test_a_table_is_what_its_columns_and_names_say(tmp_path, file, columns, role, layer) -> None:
    claim = best(table(tmp_path / file, **columns))
    assert (claim.role, claim.layer) == (role, layer)


def test_a_cost_of_new_buildings_is_no_new_unit(tmp_path: Path) -> None:
    # 新建造价 begins as 新乡镇 does, 原类别 as 原乡镇: neither is a unit.
    look = table(tmp_path / "台账.csv", 原类别=["a"], 新建造价=[1], 所属乡镇=["甲镇"])
    assert not [c for c in claims_of_table(look, UNITS) if c.role == "crosswalk"]


def test_a_table_of_other_units_is_no_total(tmp_path: Path) -> None:
    look = table(tmp_path / "普查.csv", 乡镇=["丙镇", "丁镇"], 常住人口=[100, 200])
    assert not [c for c in claims_of_table(look, UNITS) if c.role == "totals"]


def test_a_mixed_list_is_several_layers(tmp_path: Path) -> None:
    kinds = ["敬老院", "社工站", "居家养老服务站", "敬老院"]
    at = {"经度": [118.1] * 4, "纬度": [30.1] * 4}
    look = table(tmp_path / "民政设施.csv", 名称=list("abcd"), 类别=kinds, **at)
    layers = {c.layer: c.where for c in claims_of_table(look, UNITS) if c.role == "layer"}
    assert layers == {
        "elderly_care": {"类别": ("敬老院",)},
        "social_work": {"类别": ("社工站",)},
    }


@pytest.mark.parametrize(
    ("header", "group"),
    [
        ("60岁及以上", "elderly"),
        ("60岁及以上人口（人）", "elderly"),
        ("人口/60岁以上", "elderly"),
        ("老年人口", "elderly"),
        ("pop60plus", "elderly"),
        ("Aged 60 and over", "elderly"),
        ("60 years or older", "elderly"),
        ("Population 0 to 14", "children"),
        ("65岁及以上", OLDER),
        ("65+", OLDER),
        ("0-14岁", "children"),
        ("0～14岁人口", "children"),
        ("14岁及以下", "children"),
        ("儿童数", "children"),
        ("0-17岁", MINORS),
        ("未成年人", MINORS),
    ],
)
def test_age_groups_by_their_headers(tmp_path: Path, header: str, group: str) -> None:
    look = table(tmp_path / "a.csv", 村名=["东村"], 常住人口=[100], **{header: [20]})
    assert group_columns(look).columns == {"all": "常住人口", group: header}


@pytest.mark.parametrize(
    "header", ["老年人占比", "10-14岁", "15-59岁", "80岁及以上", "床位数", "户数", "人口密度", "女"]
)
def test_what_is_no_group(tmp_path: Path, header: str) -> None:
    look = table(tmp_path / "a.csv", 村名=["东村"], 常住人口=[100], **{header: [20]})
    assert group_columns(look).columns == {"all": "常住人口"}


def test_registered_people_stand_in_for_residents_and_it_is_said(tmp_path: Path) -> None:
    both = table(tmp_path / "a.csv", 村名=["东村"], 户籍人口=[100], 常住人口=[80])
    assert group_columns(both).columns == {"all": "常住人口"}
    assert group_columns(both).registered == "户籍人口"
    alone = group_columns(table(tmp_path / "b.csv", 村名=["东村"], 户籍人口=[100]))
    assert alone.columns == {"all": "户籍人口"}
    assert "户籍" in alone.notes["all"].zh


def test_the_latest_year_of_several(tmp_path: Path) -> None:
    look = table(tmp_path / "a.csv", name=["x"], pop_2010=[1], pop_2020=[2])
    assert group_columns(look).columns == {"all": "pop_2020"}


def test_code_and_name_by_what_they_hold(tmp_path: Path) -> None:
    columns = {"Codigo": ["35001", "35002"], "Denominaci": ["IES A", "IES B"], "Cp": [1, 1]}
    written, found = code_and_name(table(tmp_path / "a.csv", **columns))
    assert written == found == {"code": "Codigo", "name": "Denominaci"}


def test_words_of_layers() -> None:
    assert policy_layer("云溪县养老机构名录（2024年）") == "elderly_care_home"
    assert study_layer("居家养老服务中心") == ""
    assert study_layer("公益性生态公墓") == "eco_burial"
    assert study_layer("公墓") == ""
    assert study_layer("Seniors unknown") == ""
    assert layers_of_kinds(["health", "elderly_social", "cemetery"]) == {
        "elderly_care": ("elderly_social",)
    }


def polygons(path: Path, shapes: list, **columns: list) -> Look:
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4490).to_file(path)
    return look_at(path, Path(path.name))[0][0]


def test_units_tile_and_have_codes_and_names(tmp_path: Path) -> None:
    shapes = [box(118 + i / 10, 30, 118.1 + i / 10, 30.1) for i in range(3)]
    named = {"代码": ["330001", "330002", "330003"], "名称": ["甲镇", "乙乡", "丙乡"]}
    claim = best(polygons(tmp_path / "a.geojson", shapes, **named))
    assert claim.role == "units"
    assert claim.shown == {"code": "代码", "name": "名称"}
    assert "3 个面，互不重叠" in claim.why.zh
    over = [box(118, 30, 118.2, 30.2)] * 3
    claims = claims_of_shapes(polygons(tmp_path / "b.geojson", over, **named))
    assert [c.role for c in claims] == []
    one = best(polygons(tmp_path / "c.geojson", shapes[:1], 代码=["330"], 名称=["县"]))
    assert one.role == "outline"


def test_land_by_name_and_kind(tmp_path: Path) -> None:
    shape = [box(118, 30, 118.1, 30.1), box(118, 30, 118.1, 30.1)]
    assert best(polygons(tmp_path / "水系.geojson", shape, 名称=["a", "b"])).role == "water"
    kinds = {"kind": ["自然保护区", "基本农田"]}
    assert best(polygons(tmp_path / "x.geojson", shape, **kinds)).role == "protected"
    tiny = [box(118 + i / 1e3, 30, 118 + i / 1e3 + 1e-4, 30.0001) for i in range(60)]
    assert best(polygons(tmp_path / "y.geojson", tiny, n=list(range(60)))).role == "buildings"


def test_roads_by_their_classes(tmp_path: Path) -> None:
    lines = [LineString([(118, 30), (118.1, 30)]), LineString([(118, 30), (118, 30.1)])]
    claim = best(polygons(tmp_path / "a.geojson", lines, 技术等级=["国道", "县道"]))
    assert (claim.role, claim.columns["class"]) == ("roads", "技术等级")
    rivers = polygons(tmp_path / "b.geojson", lines, 名称=["甲江", "乙溪"])
    assert claims_of_shapes(rivers) == []


def raster(path: Path, cells: np.ndarray) -> Look:
    profile = {"driver": "GTiff", "width": cells.shape[1], "height": cells.shape[0], "count": 1}
    where = Affine(0.01, 0, 118, 0, -0.01, 31)
    with rasterio.open(path, "w", dtype=cells.dtype, crs=4326, transform=where, **profile) as out:
        out.write(cells, 1)
    return look_at(path, Path(path.name))[0][0]


def test_heights_are_smooth_and_people_are_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.linspace(0, 3, 90), np.linspace(0, 3, 80))
    heights = (300 + 200 * np.sin(x) * np.cos(y)).astype("float32")
    people = (rng.poisson(0.4, (80, 90)) * rng.uniform(0, 30, (80, 90))).astype("float32")
    assert best(raster(tmp_path / "a.tif", heights)).role == "elevation"
    assert best(raster(tmp_path / "b.tif", people)).role == "people_raster"
    # A name says it too; three bands are a picture.
    assert best(raster(tmp_path / "dem.tif", heights)).score > 0.8
    assert best(raster(tmp_path / "demand.tif", people)).role == "people_raster"


def test_sheets_layers_zips_and_geodatabases(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["填表说明"])
    for name in ("养老机构", "社工站"):
        sheet = book.create_sheet(name)
        sheet.append(["名称", "经度", "纬度"])
        sheet.append(["a", 118.1, 30.1])
    book.create_sheet("空")
    hidden = book.create_sheet("旧")
    hidden.append(["名称", "经度"])
    hidden.append(["b", 1])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "设施.xlsx")
    shapes = gpd.GeoDataFrame({"n": [1]}, geometry=[box(118, 30, 119, 31)], crs=4490)
    shapes.to_file(tmp_path / "two.gpkg", layer="水系")
    shapes.to_file(tmp_path / "two.gpkg", layer="b")
    seen = look_through(tmp_path)
    assert [look.name for look in seen.looks] == [
        "two.gpkg [水系]",
        "two.gpkg [b]",
        "设施.xlsx [说明]",
        "设施.xlsx [养老机构]",
        "设施.xlsx [社工站]",
    ]
    assert [(s.name, s.why.zh) for s in seen.skipped] == [("设施.xlsx [旧]", "隐藏的工作表")]
    best_of = {look.table: best(look).layer for look in seen.looks[3:]}
    assert best_of["养老机构"] == "elderly_care"
    assert best_of["社工站"] == "social_work"


def test_a_table_with_faults_is_known_all_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["名称", "经度", "纬度", "床位数"])
    for i in range(5):
        book.active.append([f"甲{i}敬老院", 118.1, 30.1, "=40+20"])
    book.save(tmp_path / "名单.xlsx")
    look = look_at(tmp_path / "名单.xlsx", Path("名单.xlsx"))[0][0]
    assert (look.rows, best(look).layer) == (5, "elderly_care")
    rows = ["名称,经度,纬度", "甲敬老院,118.1,30.1", "乙敬老院,118.1,30.1,多出一格"]
    (tmp_path / "名单.csv").write_text("\n".join(rows), encoding="gb18030")
    look = look_at(tmp_path / "名单.csv", Path("名单.csv"))[0][0]
    assert (look.rows, look.columns, best(look).layer) == (
        2,
        ("名称", "经度", "纬度"),
        "elderly_care",
    )


def test_files_within_a_zip(tmp_path: Path) -> None:
    shapes = [box(118 + i / 10, 30, 118.1 + i / 10, 30.1) for i in range(3)]
    columns = {"code": ["1", "2", "3"], "name": ["甲镇", "乙乡", "丙乡"]}
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=4490)
    inner = tmp_path / "inner"
    inner.mkdir()
    frame.to_file(inner / "a.shp", encoding="gbk")
    frame.to_file(inner / "b.geojson")
    for name, files in (("one.zip", ["a"]), ("two.zip", ["a", "b"]), ("none.zip", [])):
        with zipfile.ZipFile(tmp_path / name, "w") as out:
            for path in sorted(inner.iterdir()):
                if path.stem in files:
                    out.write(path, path.name)
    assert [look.name for look in look_at(tmp_path / "one.zip", Path("one.zip"))[0]] == ["one.zip"]
    both = look_at(tmp_path / "two.zip", Path("two.zip"))[0]
    assert [look.name for look in both] == ["two.zip/a.shp", "two.zip/b.geojson"]
    assert [best(look).role for look in both] == ["units", "units"]
    assert "没有矢量文件" in look_at(tmp_path / "none.zip", Path("none.zip"))[1][0].why.zh


def test_what_leads_elsewhere_is_not_opened(tmp_path: Path) -> None:
    vrt = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource>'
    (tmp_path / "towns.gpkg").write_text(vrt + "</OGRVRTLayer></OGRVRTDataSource>")
    seen = look_through(tmp_path)
    assert seen.looks == []
    assert seen.skipped[0].why.zh.startswith("无法读取：")


def test_a_missing_folder_and_a_file(tmp_path: Path) -> None:
    for path, found in ((tmp_path / "none", None), (tmp_path / "a.csv", "一个文件")):
        if found:
            path.write_text("a")
        with pytest.raises(InputError) as error:
            look_through(path)
        problem = error.value.problems[0]
        assert problem.code == "init.no_folder"
        assert "没有这个文件夹" in problem.render("zh")
        assert (found or "数据文件的文件夹") in problem.render("zh")
