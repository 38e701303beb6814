"""The tables the sample county's policy targets are judged by: whole and consistent."""

import hashlib
import tomllib
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

import coverplan
from coverplan.domain.policy import policy_layers

FOLDER = Path(__file__).resolve().parents[2] / "data" / "geo" / "yunxi"
LISTS = ("民政设施.csv", "养老机构台账.csv", "儿童福利机构台账.csv")
# What the county has no list of: not places, or places that nobody there keeps.
NO_PLACES = {
    "home_bed", "home_adaptation", "social_organisation", "civil_affairs_office", "admin_unit",
}  # fmt: skip
NO_LIST = {"demonstration_community", "resettlement_village"}
STUDY_LISTS = {"social_work_station", "childrens_home", "eco_burial_site"}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the sample county is not here")


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / name, encoding="utf-8-sig", dtype=str).fillna("")


def test_every_file_is_the_one_its_manifest_tells() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    told = {entry["name"]: entry["sha256"] for entry in manifest["file"]}
    own = {p.name for p in FOLDER.iterdir()} - {
        "README.md", "manifest.toml", "study.toml", "questions.toml", "targets.toml",
    }  # fmt: skip
    assert set(told) == own
    for name, digest in told.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name


def test_every_kind_of_place_clauses_speak_of_is_listed() -> None:
    words = {w: k for k, la in policy_layers().items() for w in (la.label.zh, *la.words)}
    listed = {words[part] for cell in read("民政设施.csv")["类别"] for part in cell.split("、")}
    listed |= {"elderly_care_home", "child_welfare_institution"} | STUDY_LISTS
    single = {key for key, layer in policy_layers().items() if not layer.members}
    assert single - listed == NO_PLACES | NO_LIST
    # A list of targets that held one of these would take the place of the study's own.
    words_of_study = STUDY_LISTS & {
        words[part] for cell in read("民政设施.csv")["类别"] for part in cell.split("、")
    }
    assert words_of_study == set()


def test_units_are_those_of_the_study() -> None:
    villages = pd.read_excel(FOLDER / "villages.xlsx", dtype={"村编码": str, "乡镇代码": str})
    facts = read("村情况.csv")
    assert facts["村编码"].tolist() == villages["村编码"].tolist()
    assert facts["村名"].tolist() == villages["村名"].tolist()
    assert Counter(facts["类型"]) == {"社区": 42, "村": 218}
    named = set(zip(villages["所属乡镇"], villages["村名"], strict=True))
    places = read("民政设施.csv")
    assert set(zip(places["所属乡镇"], places["所在村"], strict=True)) <= named
    units = read("单元情况.csv")
    assert units["代码"].iloc[0] == "330999000000"
    assert set(units["代码"].iloc[1:]) == set(villages["乡镇代码"])


def test_one_premises_has_one_point() -> None:
    rows = pd.concat([read(name)[["场所编号", "经度", "纬度"]] for name in LISTS])
    assert rows.drop_duplicates()["场所编号"].is_unique
    stations = pd.read_csv(FOLDER / "社工站.csv", encoding="gb18030", dtype=str)
    at = set(zip(stations["经度"], stations["纬度"], strict=True))
    places = read("民政设施.csv")
    protection = places[places["类别"] == "未成年人保护工作站"]
    inside = [(x, y) in at for x, y in zip(protection["经度"], protection["纬度"], strict=True)]
    assert (sum(inside), len(inside)) == (4, 7)


def test_ledgers_repeat_the_plain_lists() -> None:
    for plain, ledger in (
        (pd.read_excel(FOLDER / "养老机构.xlsx"), "养老机构台账.csv"),
        (pd.read_csv(FOLDER / "儿童福利机构.csv", encoding="utf-8-sig"), "儿童福利机构台账.csv"),
    ):
        full = pd.read_csv(FOLDER / ledger, encoding="utf-8-sig")
        pd.testing.assert_frame_equal(full[plain.columns], plain)


def test_the_study_file_leaves_some_things_open() -> None:
    study = coverplan.read_study(FOLDER / "targets.toml")
    assert study.targets is not None
    asked = study.targets.settings.model_dump()
    unset = {key for key, value in asked.items() if value is None}
    assert unset == {"basically", "about", "large_area_km2", "many_clients"}
    plain = coverplan.read_study(FOLDER / "questions.toml")
    for key, layer in study.layers.items():
        assert layer == plain.layers[key], key
