"""The figures the policy documents themselves give, and the traps in their text.

Names and codes of real townships and counties are third parties' data, read where they are there.
"""

import csv
import dataclasses
import json
from fractions import Fraction

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.core.text import Text
from coverplan.domain.policy import unit_sets
from coverplan.domain.unit_codes import type_of
from coverplan.io.register import read_register
from coverplan.measure.policy.applies import bearing
from coverplan.measure.policy.assess import assess_targets, measured
from coverplan.measure.policy.course import Baseline
from coverplan.measure.policy.figures import percent_words
from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.judge import judge

ROWS = {row.id: row for row in read_register()}
JINJIANG = {"code": "350582", "type": "county_city"}
XINCHANG = {"code": "330624", "type": "county"}


def found(key: str, known: object) -> Measured:
    figure = measured(ROWS[key], known)
    assert isinstance(figure, Measured), figure
    return figure


# 1. Jinjiang: 285 stations, then 305 ("77 %"), then 20 more.


def jinjiang(stations: int, year: int, **more: object):
    """293 villages and 106 residents' committees, the first of them with a station."""
    villages = [
        {"code": f"3505821{i // 100:02d}{i % 100 + (201 if i < 293 else 1):03d}",
         "type": "village" if i < 293 else "community"}
        for i in range(399)
    ]  # fmt: skip
    sites = [
        {"layer": "home_care_station", "unit": v["code"],
         "opened": 2018 if i < 285 else 2019 if i < 305 else 2020}
        for i, v in enumerate(villages[:stations])
    ]  # fmt: skip
    return ledger([JINJIANG, *villages], sites, home="350582", date=f"{year}-12-31", **more)


@pytest.mark.parametrize(
    ("stations", "year", "percent"),
    [(285, 2018, "71.43"), (305, 2019, "76.44"), (325, 2020, "81.45")],
)
def test_stations_of_399_villages_and_communities(stations: int, year: int, percent: str):
    figure = found("JJ-01", jinjiang(stations, year))
    assert (figure.numerator, figure.denominator) == (stations, 399)
    assert percent_words(figure.value) == f"{percent} %"
    assert len(figure.missing) == 399 - stations


def test_77_percent_of_the_document_fits_394_to_398_villages():
    """305 / 77 % rounded: 393.5 to 398.7; of 396, 285 are 72.0 % and 325 are 82.1 %.

    The 399 of the list of 2023 are none of them: of 399 the shares are those of the test above.
    """
    fits = [n for n in range(380, 420) if Fraction("0.765") <= Fraction(305, n) < Fraction("0.775")]
    assert (fits[0], fits[-1]) == (394, 398)
    assert percent_words(Fraction(285, 396), 1) == "72 %"
    assert percent_words(Fraction(325, 396), 1) == "82.1 %"


def test_twenty_more_in_2020():
    known = jinjiang(325, 2020)
    finding = judge(ROWS["JJ-02"], found("JJ-02", known), known)
    assert (finding.figure.numerator, finding.verdict) == (20, "met")
    short = jinjiang(324, 2020)
    finding = judge(ROWS["JJ-02"], found("JJ-02", short), short)
    assert (finding.verdict, finding.gap) == ("not_met", 1)


# 2. Jinjiang: 6,073 beds (35 per 1,000), then 6,726 (38 per 1,000).


def rounded(beds: int, elderly: int) -> int:
    homes = [{"layer": "elderly_care_home", "unit": "350582", "beds": beds}]
    known = ledger([{**JINJIANG, "elderly": elderly}], homes, home="350582")
    assert found("JJ-04", known).numerator == beds
    return round(found("JJ-03", known).value)


@pytest.mark.parametrize(
    ("beds", "per_1000", "least", "most"),
    [(6_726, 38, 174_702, 179_360), (6_073, 35, 171_071, 176_028)],
)
def test_beds_per_1000_older_people(beds: int, per_1000: int, least: int, most: int):
    assert [rounded(beds, n) for n in (least - 1, least, most, most + 1)] == [
        per_1000 + 1, per_1000, per_1000, per_1000 - 1,
    ]  # fmt: skip


def test_beds_grew_by_10_8_percent_and_stations_by_7():
    assert percent_words(Fraction(6_726, 6_073) - 1, 1) == "10.8 %"
    assert percent_words(Fraction(305, 285) - 1, 1) == "7 %"


# 3, 4. Zhejiang: 1,387 township-level codes, of which 1,365 are townships, towns and streets.

KINDS = (("street", 488, 1), ("town", 619, 100), ("township", 258, 200), ("zone", 22, 400))


def zhejiang(layer: str, have: int, date: str = "2020-12-31", **facts: object):
    units = [{"code": "330000"}]
    for kind, count, first in KINDS:
        units += [
            {"code": f"33{i // 80 + 1:04d}{first + i % 80:03d}", "type": kind} for i in range(count)
        ]
    real = [u["code"] for u in units if u.get("type") in {"street", "town", "township"}]
    sites = [{"layer": layer, "unit": code, **facts} for code in real[:have]]
    return ledger(units, sites, home="330000", date=date)


def test_40_percent_of_the_townships_are_546():
    known = zhejiang("eco_burial_site", 545)
    finding = judge(ROWS["Z20-17"], found("Z20-17", known), known)
    assert (finding.figure.denominator, finding.need, finding.gap) == (1_365, 546, 1)


def test_more_than_70_percent_are_956():
    known = zhejiang("home_care_centre", 955, grade="示范型", opened=2020)
    finding = judge(ROWS["Z20-03"], found("Z20-03", known), known)
    assert (finding.verdict, finding.need, finding.gap) == ("not_met", 956, 1)


def test_300_stations_are_22_percent_and_350_centres_25_6():
    known = zhejiang("social_work_station", 300)
    figure = found("Z20-10", known)
    assert judge(ROWS["Z20-10"], figure, known).verdict == "met"
    share = figure.parts[0]
    assert percent_words(Fraction(share.numerator, share.denominator), 1) == "22 %"
    centres = zhejiang("home_care_centre", 350, grade="示范型", opened=2020)
    new, have = found("Z20-02", centres), found("Z20-03", centres)
    assert judge(ROWS["Z20-02"], new, centres).verdict == "met"
    assert percent_words(have.value, 1) == "25.6 %"


def test_from_546_to_all_is_164_a_year():
    known = zhejiang("eco_burial_site", 546)
    finding = judge(ROWS["Z21-29"], found("Z21-29", known), known)
    assert (finding.need, finding.gap) == (1_365, 819)
    assert -(-finding.gap // 5) == 164


def test_nursing_beds_rise_by_1_4_points_a_year():
    stood = Baseline(Fraction("0.51"), 2020, Text("文件", "the document"))
    courses = []
    for nursing in (524, 523):
        home = {"layer": "elderly_care_home", "unit": "330624101", "beds": 1000}
        home["beds_nursing"] = nursing
        known = ledger([XINCHANG], [home], date="2021-12-31")
        courses.append(judge(ROWS["Z21-05"], found("Z21-05", known), known, None, stood).course)
    assert courses == ["on_course", "behind"]


# 5. Xian'an: 13 townships and streets, a farm, and three zones.


@pytest.fixture(scope="module")
def townships(test_data) -> list[dict[str, str]]:
    path = test_data / "realdata" / "cn_township_facts" / "townships.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            {"code": row["code"], "name": row["name"], "county": row["county_code"],
             "type": type_of(row["code"].ljust(12, "0"), "township", row["name"])}
            for row in csv.DictReader(file)
        ]  # fmt: skip


def county(townships: list[dict[str, str]], code: str, *layers: str, **facts: object):
    units = [
        {**{k: v for k, v in unit.items() if k != "county"}, **facts}
        for unit in townships if unit["county"] == code
    ]  # fmt: skip
    return ledger([{"code": code, "type": "county"}, *units], layers=layers, home=code)


def test_xianan_asks_13_with_stations_14_with_the_farm_and_3_streets(townships):
    layers = ("social_work_station", "left_behind_children_station", "home_care_centre")
    known = county(townships, "421202", *layers, eligible=True)
    assert len(known.units_at("township")) == 17
    asked = {key: found(key, known).denominator for key in ("XA-03", "XA-10", "XA-18", "XA-19")}
    assert asked == {"XA-03": 13, "XA-10": 14, "XA-18": 3, "XA-19": 10}
    farm = {m.name for m in found("XA-10", known).missing}
    assert farm - {m.name for m in found("XA-03", known).missing} == {"向阳湖奶牛良种场"}


def test_townships_that_nobody_calls_eligible_are_not_judged(townships):
    stop = measured(ROWS["XA-19"], county(townships, "421202", "home_care_centre"))
    assert isinstance(stop, Cannot)
    assert "eligible" in stop.reason.en
    none = measured(ROWS["XA-19"], county(townships, "421202", "home_care_centre", eligible=False))
    assert isinstance(none, Cannot)
    assert "denominator is zero" in none.reason.en


@pytest.mark.parametrize(
    ("code", "codes", "real"), [("421202", 17, 13), ("350582", 22, 19), ("330624", 12, 12)]
)
def test_pseudo_units_are_no_townships(townships, code: str, codes: int, real: int):
    known = county(townships, code, "social_work_station")
    assert len(known.units_at("township")) == codes
    assert found("Z21-25", known).denominator == real


# 6. About 20,000 villages; 19,708 in the list.


@pytest.mark.parametrize(("about", "verdict"), [("0.015", "met"), ("0.014", "not_met")])
def test_19708_are_within_1_5_percent_of_20000(about: str, verdict: str):
    small = ledger([{"code": "330624101201"}])
    unit = small.units.iloc[[0] * 19_708]
    unit.index = [f"33{i:010d}" for i in range(19_708)]
    known = dataclasses.replace(small, units=unit, home="330000000000")
    row = dataclasses.replace(ROWS["Z20-06"], strength="must")
    assert found("Z20-06", known).numerator == 19_708
    unset = judge(row, found("Z20-06", known), known)
    assert (unset.verdict, unset.settings) == ("cannot_judge", ("targets.settings.about",))
    config = ledger(settings={"about": float(about)}).config
    set_ = dataclasses.replace(known, config=config)
    assert judge(row, found("Z20-06", set_), set_).verdict == verdict


# 7, 8. Xinchang: the strictest document and its year; none of the 26 counties.


def test_the_strictest_of_four_documents_on_nursing_beds():
    keys = ("Z20-04", "XC-03", "Z21-05", "XA-07")
    assert [ROWS[key].value for key in keys] == [Fraction(n, 100) for n in (51, 55, 58, 60)]
    home = {"layer": "elderly_care_home", "unit": "330624101", "beds": 100, "beds_nursing": 57}
    known = ledger([XINCHANG], [home], date="2023-12-31")
    findings = assess_targets([ROWS[key] for key in keys], known)
    # 57 %: enough for 2020 and the county's own draft of 2022, one bed short of the province's 58.
    assert [f.verdict for f in findings] == ["met", "met", "not_met", "elsewhere"]
    assert [f.rank for f in findings] == [3, 2, 1, 0]
    assert (findings[2].gap, findings[2].target.deadline) == (1, 2025)
    assert findings[1].target.draft
    assert findings[1].target.deadline == 2022


def test_xinchang_is_none_of_the_26_counties():
    assert len(unit_sets()["zj26"].codes) == 26
    assert "330624" not in unit_sets()["zj26"].codes
    known = ledger([XINCHANG])
    assert {bearing(ROWS[key], known).applies for key in ("Z20-21", "Z21-26")} == {"elsewhere"}
    one_of_them = ledger([{"code": "330824"}], home="330824")
    assert bearing(ROWS["Z20-21"], one_of_them).applies == "binding"


def test_xinchangs_centres_are_due_before_the_provinces():
    assert (ROWS["XC-01"].deadline, ROWS["XC-01"].implied) == (2022, False)
    assert (ROWS["Z21-11"].deadline, ROWS["Z21-11"].implied) == (2025, True)


# The traps of the text.


def test_city_and_county_are_64_and_all_counties_are_90(test_data):
    path = test_data / "realdata" / "cn_datum_fixture" / "zhejiang_counties_wgs84_osm.geojson"
    places = [f["properties"] for f in json.loads(path.read_text(encoding="utf-8"))["features"]]
    counties = [
        {"code": p["code"], "type": type_of(p["code"].ljust(12, "0"), "county", p["name"])}
        for p in places
    ]
    cities = [{"code": code} for code in sorted({p["code"][:4] + "00" for p in places})]
    layers = ["elderly_care_home", "rehab_care_union"]
    known = ledger([{"code": "330000"}, *cities, *counties], home="330000", layers=layers)
    parts = {p.label.en: p.denominator for p in found("Z21-14", known).parts}
    assert parts == {"prefectures": 11, "counties and districts": 53}
    assert found("Z21-14", known).denominator == 64
    assert found("Z21-17", known).denominator == 90


def test_a_number_lost_in_the_text_stays_unknown():
    row = ROWS["XC-04"]
    assert row.value is None
    county_ = {**XINCHANG, "population": 419_036, "social_workers_certified": 0}
    finding = judge(row, found("XC-04", ledger([county_])), ledger([county_]))
    assert finding.verdict == "cannot_judge"
    assert finding.asked is None
    assert "missing in the text" in finding.reason.en


def test_a_columbarium_or_a_cemetery_counts():
    """XA-23: the bracket is broken; either is one."""
    villages = [{"code": f"42120210020{i}", "is_central": True} for i in range(5)]
    sites = [
        {"layer": "columbarium", "unit": villages[0]["code"]},
        {"layer": "columbarium", "unit": villages[1]["code"]},
        {"layer": "public_cemetery", "unit": villages[1]["code"]},
        {"layer": "public_cemetery", "unit": villages[2]["code"]},
    ]
    known = ledger([{"code": "421202"}, *villages], sites, home="421202")
    finding = judge(ROWS["XA-23"], found("XA-23", known), known)
    assert (finding.figure.numerator, finding.figure.denominator, finding.verdict) == (3, 5, "met")


@pytest.mark.parametrize(
    ("key", "setting"),
    [
        ("Z20-15", "targets.settings.basically"),
        ("Z20-16", "targets.settings.basically"),
        ("Z21-35", "targets.settings.should_have_children"),
        ("XC-07", "targets.settings.concentrated_density"),
    ],
)
def test_words_without_a_number_wait_for_the_planner(key: str, setting: str):
    units = [
        {"code": "330600", "type": "prefecture"},
        XINCHANG,
        {"code": "330624101", "population": 20_000, "area_km2": 10},
        {"code": "330624101201", "children": 80},
    ]
    sites = [
        {"layer": layer, "unit": "330624101201", "grade": "规范化"}
        for layer in ("minor_protection_centre", "childrens_home", "disability_home")
    ]
    known = ledger(units, sites, home="330600" if key == "Z20-15" else "330624")
    finding = judge(ROWS[key], measured(ROWS[key], known), known)
    assert (finding.verdict, finding.settings) == ("cannot_judge", (setting,))
    name = setting.rpartition(".")[2]
    given = dataclasses.replace(
        known, config=ledger(settings={name: 0.9 if name == "basically" else 50}).config
    )
    assert judge(ROWS[key], measured(ROWS[key], given), given).verdict == "met"


def test_communities_with_demand_are_those_the_tables_name():
    """Z21-13: without a column that says where there is demand, nothing is judged."""
    known = ledger(
        [XINCHANG, {"code": "330624101001", "type": "community"}], layers=["meal_service"]
    )
    assert isinstance(measured(ROWS["Z21-13"], known), Cannot)


def test_has_one_is_never_called_reached():
    known = jinjiang(10, 2020)
    assert found("JJ-01", known).kind == "has_one"
    row = target(layers="home_care_station", denominator="village: type=village")
    assert measured(row, known).kind == "has_one"
