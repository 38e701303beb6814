"""A comparison in a browser without network: it opens, fits, prints, and shows what differs."""

import shutil
from pathlib import Path

import pytest
from tiny import demand, facilities, inputs, network, region

import coverplan
from coverplan.comparisons import compare_runs
from coverplan.present import comparison_map
from coverplan.present.comparison_page import comparison_html

BAD = '"><img src=x onerror="alert(1)"><script>alert(2)</script>${alert(3)}{{7*7}}'


@pytest.fixture(scope="module")
def found():
    units = region((0, -500, 2000, 500), (2000, -500, 4000, 500), (4000, -500, 5000, 500))
    some = demand(units, [(5, 0, "a", 40), (1995, 0, "a", 60), (3900, 0, "b", 50)])
    roads = network([[(0, 0), (5000, 0)]])
    studies = [
        coverplan.assess(inputs(units, some, roads, facilities(sites, name=[BAD] * len(sites))))
        for sites in ([(5, 0, "a"), (1500, 0, "a")], [(5, 0, "a"), (3905, 0, "b")])
    ]
    return compare_runs(*studies)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_without_network_and_fits(show, found, width):
    page = show(comparison_html(found, "zh"), width=width, height=900)
    assert page.requests == [page.address]
    assert page.errors == []
    assert page.dialogs == []
    assert page.evaluate("document.images.length + document.scripts.length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelectorAll('svg.map').length") == 3
    assert BAD in page.evaluate("document.body.innerText")


def test_maps_are_painted_with_colours_and_hatches(show, found):
    page = show(comparison_html(found, "zh"), script=False)
    painted = page.evaluate(
        "[...document.querySelectorAll('svg.map')].map(m => [...m.querySelectorAll('use')]"
        ".map(u => [u.getAttribute('fill'), u.getBoundingClientRect().width > 20]))"
    )
    assert all(wide for map_ in painted for _, wide in map_)
    shares, gains = comparison_map.SHARE_FILLS, comparison_map.GAIN_FILLS
    a, b, difference = ([fill for fill, _ in map_] for map_ in painted)
    assert a == [shares[4], shares[0], comparison_map.NOBODY_FILL, "url(#half)"]
    assert b == [shares[1], shares[4], comparison_map.NOBODY_FILL, "url(#half)"]
    assert difference == [
        comparison_map.LOSS_FILLS[3], gains[4], comparison_map.NOBODY_FILL, "url(#loss)",
    ]  # fmt: skip
    # A site that A alone has is a square A, one that B alone has a round B.
    signs = page.evaluate(
        "[...document.querySelectorAll('svg.map')[2].querySelectorAll('.sign')]"
        ".map(s => s.textContent)"
    )
    assert sorted(signs) == ["A", "B"]


def test_it_prints_on_a4(show, found, tmp_path):
    printed = show(comparison_html(found, "zh")).pdf()
    assert b"/MediaBox [0 0 594" in printed or b"/MediaBox [0 0 595" in printed
    if shutil.which("pdftotext"):
        (tmp_path / "page.pdf").write_bytes(printed)
        assert (tmp_path / "page.pdf").stat().st_size > 10_000


def test_colours_are_those_of_the_map_page():
    script = Path(comparison_map.__file__).parent / "assets" / "map" / "looks.js"
    words = script.read_text(encoding="utf-8")
    for name, fills in (
        ("SHARE_FILLS", comparison_map.SHARE_FILLS), ("GAIN_FILLS", comparison_map.GAIN_FILLS),
    ):  # fmt: skip
        listed = ", ".join(f'"{fill}"' for fill in fills)
        assert f"const {name} = [{listed}];" in words
    assert f'NOBODY_FILL = "{comparison_map.NOBODY_FILL}"' in words
    assert f'LOSS_FILL = "{comparison_map.LOSS_FILLS[1]}"' in words
