"""Whose clauses bind: by code, as if, and by membership of a set."""

from dataclasses import replace

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.domain.policy import unit_sets
from coverplan.measure.policy.applies import bearing


@pytest.mark.parametrize(
    ("regions", "applies", "scope"),
    [
        ("330624", "binding", "same"),
        ("330624003", "binding", "same"),
        ("330600", "binding", "wider"),
        ("330000", "binding", "wider"),
        ("330500 330400", "elsewhere", "other"),
        ("330383", "elsewhere", "other"),
        ("350582", "elsewhere", "other"),
        ("3306", "binding", "wider"),
    ],
)
def test_ancestors_and_parts_bind(regions: str, applies: str, scope: str) -> None:
    found = bearing(target(regions=regions), ledger(home="330624"))
    assert (found.applies, found.scope) == (applies, scope)


def test_a_county_that_begins_alike_is_another() -> None:
    assert bearing(target(regions="330621"), ledger(home="330624")).applies == "elsewhere"


def test_a_made_up_county_lies_where_the_study_says() -> None:
    row = target(regions="330624")
    assert bearing(row, ledger(home="330999")).applies == "elsewhere"
    as_if = bearing(row, ledger(home="330999", as_if=["330624"]))
    assert (as_if.applies, as_if.scope) == ("binding", "same")
    wider = bearing(target(regions="330600"), ledger(home="330999", as_if=["330624"]))
    assert (wider.applies, wider.scope) == ("binding", "wider")
    mark = bearing(row, ledger(home="330999", reference=["330624"]))
    assert (mark.applies, mark.scope) == ("reference", "other")


def test_the_26_counties_bind_their_members_only() -> None:
    row = target(regions=" ".join(sorted(unit_sets()["zj26"].codes)))
    # Xinchang is not one of the 26; Jiangshan is.
    assert bearing(row, ledger(home="330624")).applies == "elsewhere"
    assert "26" in bearing(row, ledger(home="330624")).why.zh
    assert bearing(row, ledger(home="330881")).applies == "binding"
    # A county of the sample may say of itself that it is one.
    mine = ledger([{"code": "330999", "set": "zj26"}], home="330999")
    assert bearing(row, mine).applies == "binding"


def test_a_clause_on_parts_of_the_study_counts_those_parts_only() -> None:
    whole = ledger(
        [{"code": "330881001"}, {"code": "330624001"}, {"code": "330624"}],
        [{"layer": "childrens_home", "unit": "330624001"},
         {"layer": "childrens_home", "unit": "330881001"}],
        home="330000",
    )  # fmt: skip
    part = whole.inside(("330881",))
    assert list(part.units.index) == ["330881001000"]
    assert list(part.facilities["township"]) == ["330881001000"]
    assert whole.inside(("330000",)) is whole
    assert whole.inside(("350582",)) is whole


def test_a_study_of_no_known_place_is_bound_by_nobody():
    known = replace(ledger(), home="")
    for place in ("330000", "350582", "330624"):
        found = bearing(target(regions=place), known)
        assert found.applies == "elsewhere"
        assert "targets.as_if" in found.why.en
    there = replace(ledger(as_if=["330624"]), home="")
    assert bearing(target(regions="330000"), there).applies == "binding"


def test_a_study_of_another_province_is_bound_by_its_own_only():
    known = ledger(home="421202", as_if=[])
    assert bearing(target(regions="330000"), known).applies == "elsewhere"
    assert bearing(target(regions="421202"), known).applies == "binding"
    assert bearing(target(regions="420000"), known).scope == "wider"
