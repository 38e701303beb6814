"""What the guide to figures and travel says of services, speeds and hills is what is built in."""

import re
from dataclasses import replace

import pytest
from guidepages import LANGUAGES, Page, page, row_of, rows, unnamed

import coverplan
from coverplan.domain.profile import Profile
from coverplan.travel.slope import SLOPE_RULES


@pytest.fixture(params=LANGUAGES)
def guide(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "guide/figures-and-travel.md")


def test_every_service_is_told(guide: Page) -> None:
    told = guide.part("services")
    assert set(rows(told)) == set(coverplan.builtin_layers())
    for layer in coverplan.builtin_layers().values():
        row = row_of(layer.id, told)
        assert f"`{layer.group}`" in row
        assert f"`{layer.profile}` | {layer.minutes:g} |" in row


def test_every_way_of_travelling_is_told(guide: Page) -> None:
    told = guide.part("travel")
    for profile in coverplan.builtin_profiles().values():
        row = row_of(profile.id, told)
        speeds = sorted({kmh for name, kmh in profile.speeds_kmh.items() if name != "steps"})
        shown = f"{speeds[0]:g}–{speeds[-1]:g}" if len(speeds) > 1 else f"{speeds[0]:.1f}"
        assert f"{shown} km/h" in row
        assert f"{profile.access_kmh:g} km/h" in row


def test_every_rule_for_hills_is_told(guide: Page) -> None:
    assert unnamed(SLOPE_RULES, guide.part("hills")) == []


@pytest.fixture(scope="module")
def flat_and_hilly(yunxi: coverplan.Study) -> dict[str, tuple[int, int]]:
    """People the sample reaches on flat roads, and with hills."""
    found = {}
    for name in ("elderly_care", "social_work", "childrens_home"):
        there = coverplan.travellers(yunxi, name)
        flat = coverplan.travellers(yunxi, name, profile=level(there.profile))
        found[name] = tuple(
            int(one.people[one.nearest().within(one.layer.minutes)].sum()) for one in (flat, there)
        )
    return found


def level(profile: Profile) -> Profile:
    return replace(profile, slope="none")


def test_what_hills_do_to_the_sample_is_told(
    guide: Page, flat_and_hilly: dict[str, tuple[int, int]]
) -> None:
    numbers = [int(n.replace(",", "")) for n in re.findall(r"\d+,\d{3}", guide.part("hills"))]
    for flat, hilly in flat_and_hilly.values():
        assert numbers[numbers.index(flat) + 1] == hilly


def test_what_visits_reach_is_told(guide: Page, yunxi: coverplan.Study) -> None:
    there = coverplan.travellers(yunxi, "elderly_care")
    visits = replace(there, layer=replace(there.layer, direction="from_site"))
    reached = int(visits.people[visits.nearest().within(15)].sum())
    assert f"{reached:,}" in guide.part("hills").split("from_site")[1]
