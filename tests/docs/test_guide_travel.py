"""What the guide to figures and travel says of services, speeds and hills is what is built in."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from guidepages import LANGUAGES, Page, page, row_of, rows, unnamed
from rasterio.transform import Affine
from tiny import CRS, X0, Y0, network

import coverplan
from coverplan.core.errors import Problems
from coverplan.domain.profile import Profile
from coverplan.io import surface
from coverplan.io.elevation import read_relief
from coverplan.io.paths import Folder
from coverplan.travel.slope import SLOPE_RULES, pace_along


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


def slower_by(folder: Path) -> dict[str, float]:
    """Return by how many per cent errors of cells slow journeys there and back on flat ground."""
    streets = [[(x, y), (x + 20, y)] for x in range(0, 1200, 60) for y in range(-400, 400, 80)] + [
        [(x, -400), (x, 0)] for x in range(31, 1200, 60)
    ]
    roads = network(streets)
    found: dict[str, list[float]] = {"tobler": [], "cycling": []}
    for seed in range(8):
        heights = 100 + np.random.default_rng(seed).uniform(-3, 3, (80, 80))
        shape = {"count": 1, "height": 80, "width": 80, "dtype": "float64", "crs": CRS}
        corner = Affine(30, 0, X0 - 600, 0, -30, Y0 + 600)
        file = folder / f"{seed}.tif"
        with rasterio.open(file, "w", driver="GTiff", transform=corner, **shape) as raster:
            raster.write(heights[None])
        relief = read_relief(Folder(folder), Path(file.name), roads, Problems(), step_metres=None)
        for rule, factors in found.items():
            pace = pace_along(relief, roads.metres, SLOPE_RULES[rule])
            both = (pace.ahead[pace.ptr[1:] - 1] + pace.back[pace.ptr[1:] - 1]) / 2
            factors.append(100 * (float(both @ roads.metres) / float(roads.metres.sum()) - 1))
    return {rule: float(np.mean(factors)) for rule, factors in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_errors_of_a_raster_do_is_told(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_care = slower_by(tmp_path)
    monkeypatch.setattr(surface, "FILTERED_BELOW_METRES", 0.0)
    without = slower_by(tmp_path)
    told = [f"{with_care['tobler']:.1f} %", f"{with_care['cycling']:.0f} %"]
    told += [f"{without['tobler']:.0f} %", f"{without['cycling']:.0f} %"]
    guide = page(language, "guide/figures-and-travel.md").part("hills")
    (sentence,) = [line for line in guide.splitlines() if told[0] in line]
    assert re.findall(r"[\d.]+ %", sentence) == told
