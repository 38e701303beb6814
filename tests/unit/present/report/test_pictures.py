"""Figures of a report: each kind drawn, light, and in colours that agree with their key."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from street import new_places, request, street

import coverplan
from coverplan.core.errors import InputError
from coverplan.present.report.blocks import Figure
from coverplan.present.report.build import build_report
from coverplan.present.report.pictures import draw_pictures, in_palette


def test_the_commonest_colours_stay_exactly_what_they_are():
    rng = np.random.default_rng(0)
    dots = np.full((40, 40, 3), 255, dtype=np.uint8)
    dots[:20] = (31, 119, 180)
    dots[20:24, :5] = (90, 90, 91)
    dots[30, :] = rng.integers(0, 256, (40, 3))
    palette, places = in_palette(dots, 3)
    again = palette[places]
    assert len(palette) == 3
    for part in (np.s_[:20], np.s_[20:24, :5], np.s_[35:]):
        np.testing.assert_array_equal(again[part], dots[part])
    odd = dots[30].astype(int)
    nearest = ((odd[:, None] - palette.astype(int)[None]) ** 2).sum(axis=2).min(axis=1)
    np.testing.assert_array_equal(((again[30].astype(int) - odd) ** 2).sum(axis=1), nearest)


def test_a_picture_of_few_colours_is_unchanged():
    dots = np.zeros((3, 4, 3), dtype=np.uint8)
    dots[1] = 7
    palette, places = in_palette(dots, 128)
    np.testing.assert_array_equal(palette[places], dots)


@pytest.fixture(scope="module")
def drawn():
    places = new_places(cost_yuan=pd.array([100_000] * 7, dtype="Int64"))
    study = coverplan.assess(street(request(2, places, frontier=2), capacity=[9, 5]))
    measures = coverplan.measure_study(study)
    report = build_report(study, measures=measures)
    done = []
    return report, draw_pictures(study, report, measures=measures, on_figure=done.append), done


def test_every_figure_named_in_the_report_is_drawn(drawn):
    report, pictures, done = drawn
    figures = [block for block in report.blocks() if isinstance(block, Figure)]
    assert {f.kind for f in figures} == {
        "coverage", "minutes", "gap", "plan", "before_after", "frontier", "equity",
    }  # fmt: skip
    assert list(pictures) == [f.id for f in figures]
    assert done == [1] * len(figures)


def test_pictures_are_light_and_of_the_size_they_say(drawn):
    for picture in drawn[1].values():
        with Image.open(io.BytesIO(picture.png)) as png:
            assert png.mode == "P"
            assert png.width / png.height == pytest.approx(
                picture.width_mm / picture.height_mm, rel=1e-2
            )
        assert len(picture.png) < 200_000
        assert picture.svg.lstrip().startswith(b"<?xml")


def test_a_name_the_font_cannot_draw_is_named():
    found = street()
    units = found.region.units.assign(name=["甲\U0001f3e5镇", "乙镇", "丙镇"])
    object.__setattr__(found, "region", coverplan.Region(units))
    study = coverplan.assess(found)
    with pytest.raises(InputError) as caught:
        draw_pictures(study, build_report(study))
    assert [p.code for p in caught.value.problems] == ["figure.glyph"]
