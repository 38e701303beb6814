"""Degrees, minutes and seconds: every notation by hand, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverplan.io.angles import Angle, as_angle

# 48' 12.5" are 0.8 + 12.5 / 3600 = 0.803472222... degrees.
SAME = [
    "119°48'12.5\"", "119°48′12.5″", "119°48’12.5”", "119度48分12.5秒", "119:48:12.5",
    "119 48 12.5", "119° 48' 12.5\"", "１１９°４８′１２．５″", "119d48m12.5s", "119º48'12.5''",
]  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_one_place_in_every_notation(text):
    assert as_angle(text) == Angle(119.803472222, None)


@pytest.mark.parametrize(
    ("text", "degrees", "axis"),
    [
        ("119°48′E", 119.8, "lon"),
        ("E119°48′", 119.8, "lon"),
        ("东经119度48分", 119.8, "lon"),
        ("经度：119.8", 119.8, "lon"),
        ("北纬30.1", 30.1, "lat"),
        ("30.1N", 30.1, "lat"),
        ("30°06'S", -30.1, "lat"),
        ("S30.1", -30.1, "lat"),
        ("西经0度30分", -0.5, "lon"),
        ("-0°30'", -0.5, None),
        ("119°48.5'", 119.808333333, None),
        ("119°", 119.0, None),
    ],
)
def test_sides_and_parts(text, degrees, axis):
    assert as_angle(text) == Angle(degrees, axis)


@pytest.mark.parametrize(
    "text",
    [
        "", "119.8", "-119.8", "119,8", "约119度", "119°60'", "119°48'60\"", "119.5°30'",
        "119°30.5'10\"", "30.0.1", "1:2:3:4", "12:30", "119 48", "N", "东经", "W-3", "E+3",
        "1e5E", "inf", "NaN", "119'", "东经西经118.05",
    ],
)  # fmt: skip
def test_what_is_none(text):
    assert as_angle(text) is None


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59_999))
def test_any_angle_comes_back(degrees, minutes, thousandths):
    seconds = thousandths / 1000
    found = as_angle(f"{degrees}°{minutes}′{seconds}″")
    whole = degrees * 3_600_000 + minutes * 60_000 + thousandths
    assert found is not None
    assert abs(found.degrees * 3_600_000 - whole) < 0.01


@given(st.text("0123456789.°'′\"度分秒:東东经北NSEWnsew -+", max_size=24))
def test_any_text_is_an_angle_or_none(text):
    found = as_angle(text)
    assert found is None or found.axis in {None, "lon", "lat"}
