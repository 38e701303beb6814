"""Three places counted again by an engine that shares nothing with ours, to the person.

Everybody's time must be the same whole milliseconds, and with it the people reached in every unit,
before and after the proposal. In hills one place in a thousand may be a millisecond off: who stands
at a quarter of an even slope may stand at exactly half a millisecond, and sums of slopes in another
order fall on the other side of it.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from independent import GEOD, NEVER, Roads, nearest_ms

LAYERS = [
    ("yunxi", "elderly_care"),
    ("yunxi", "social_work"),
    ("yunxi", "childrens_home"),
    ("yunxi", "eco_burial"),
    ("las_palmas", "elderly_care"),
    ("las_palmas", "health"),
    ("las_palmas", "cemetery"),
    ("wuhan", "elderly_care"),
    ("wuhan", "social_work"),
]


@pytest.fixture(scope="module")
def study(request):
    """A place by name, computed once: the sample county or a real one."""

    def run(name):
        if name == "yunxi":
            return request.getfixturevalue("yunxi")
        return request.getfixturevalue("real_study")(name)

    return run


@pytest.mark.parametrize(("place", "layer"), LAYERS)
def test_everybody_is_counted_the_same(study, place, layer):
    found = study(place)
    inputs, result = found.inputs, found.layers[layer]
    roads = Roads(inputs.network, result.profile)
    points = inputs.demand.points
    people = np.column_stack([points.geometry.x, points.geometry.y])
    counts = points[result.layer.group].to_numpy()
    units = points["unit"].to_numpy()
    thresholds = sorted({5, 10, 15, 30, int(result.layer.minutes)})
    for phase, states in (("before", ["existing"]), ("after", ["existing", "proposed"])):
        nearest = getattr(result, phase)
        if nearest is None:
            assert result.plan is None
            continue
        here = result.sites[result.sites["state"].isin(states)].geometry
        ms = nearest_ms(
            roads,
            people,
            np.column_stack([here.x, here.y]),
            fragments=inputs.ignore_fragments_metres,
            to_site=result.layer.direction == "to_site",
        )
        assert (ms != NEVER).mean() > 0.9
        apart = np.abs(nearest.ms - ms)
        hilly = inputs.network.relief is not None
        assert apart.max() <= (1 if hilly else 0)
        assert (apart > 0).mean() <= (0.001 if hilly else 0)
        for minutes in thresholds:
            within = (ms >= 0) & (ms <= minutes * 60_000)
            plain = pd.Series(np.where(within, counts, 0)).groupby(units).sum()
            table = found.coverage.select(
                layer=layer, indicator="people_reached", phase=phase, minutes=float(minutes)
            ).set_index("unit_code")["value"]
            ours = table.drop("total")
            assert ours.to_dict() == plain.reindex(ours.index, fill_value=0).to_dict()
            assert table["total"] == plain.sum()


def roads_file(request, place):
    if place == "yunxi":
        root = request.getfixturevalue("root")
        return gpd.read_file(root / "data" / "geo" / "yunxi" / "roads.gpkg").to_crs(4326)
    folder = request.getfixturevalue("test_data") / "realdata" / "cn_wuhan"
    return gpd.read_parquet(folder / "roads.parquet")


@pytest.mark.parametrize("place", ["yunxi", "wuhan"])
def test_the_roads_are_those_of_the_file(request, study, place):
    """Number and metres of every class, measured on the file: nothing lost, nothing twice."""
    network = study(place).inputs.network
    frame = roads_file(request, place)
    metres = [GEOD.geometry_length(line) for line in frame.geometry]
    given = pd.Series(metres).groupby(frame["highway"].to_numpy()).agg(["size", "sum"])
    ours = pd.Series(network.metres).groupby(network.road_class).agg(["size", "sum"])
    pd.testing.assert_frame_equal(ours, given, check_names=False, rtol=1e-9)
