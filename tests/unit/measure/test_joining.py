"""How people stand to the network, and what the way to the road does to coverage."""

from tiny import demand, facilities, inputs, network, profile, region

import coverplan

UNITS = region((0, -2000, 4000, 2000))
ROADS = network([[(0, 0), (3000, 0)], [(0, 500), (300, 500)]])


def rows(*people, minutes=15):
    """One person a second at 1 m/s: people at ``(x, y, number)``, a site at the origin."""
    points = [(x, y, "a", n) for x, y, n in people]
    given = inputs(
        UNITS, demand(UNITS, points), ROADS, facilities([(0, 0, "a")]), minutes=minutes,
        prof=profile(cap=400),
    )  # fmt: skip
    return coverplan.assess(given).layers["test"].joining


def test_what_the_way_to_the_road_costs():
    # 890 + 10, 890 + 11 and 700 + 300 seconds; the limit is 900 seconds.
    found = rows((890, 10, 1), (890, -11, 2), (700, 300, 4), (950, 0, 8))
    assert found.reached == 1
    assert found.reached_without_way == 1 + 2 + 4
    bands = found.rows[found.rows["kind"] == "distance"]
    assert bands["people"].tolist() == [1 + 2 + 8, 0, 4, 0]
    assert bands["reached"].tolist() == [1, 0, 0, 0]
    assert bands["reached_without_way"].tolist() == [3, 0, 4, 0]
    assert bands["to_metres"].tolist() == [25, 100, 300, 400]


def test_everybody_stands_once_in_a_piece_and_once_in_a_band():
    found = rows((10, 0, 3), (50, 510, 5), (50, 1900, 7))
    pieces = found.rows[found.rows["kind"].isin(["piece", "other_pieces"])]
    assert set(pieces["by"]) == {"piece"}
    assert pieces["people"].tolist() == [5, 3, 0]
    assert pieces["reached"].tolist() == [0, 3, 0]
    assert [round(km, 2) for km in pieces["kilometres"]] == [0.3, 3.0, 0.0]
    # Who has no road and who has no place are rows of both countings.
    first, second = (found.rows[found.rows["by"] == by] for by in ("piece", "distance"))
    assert first["people"].sum() == second["people"].sum() == found.everybody == 15
    assert second["kind"].tolist() == ["distance"] * 4 + ["no_road", "unplaced"]
    assert found.rows.loc[found.rows["kind"] == "no_road", "people"].tolist() == [7, 7]


def test_who_walks_straight_across_gains_nothing_from_a_road_nearer_by():
    # 600 s straight to the site against 900 s to the road: the road is not his way.
    units = region((0, -2000, 4000, 2000))
    given = inputs(
        units, demand(units, [(0, 900, "a", 5)]), network([[(0, 0), (3000, 0)]]),
        facilities([(600, 900, "a")]), minutes=9, prof=profile(cap=1000),
    )  # fmt: skip
    found = coverplan.assess(given).layers["test"].joining
    assert (found.reached, found.reached_without_way) == (0, 0)


def test_bands_end_at_the_cap():
    units = region((0, -2000, 4000, 2000))
    given = inputs(
        units, demand(units, [(0, 190, "a", 5)]), network([[(0, 0), (3000, 0)]]),
        facilities([(0, 0, "a")]), prof=profile(cap=200),
    )  # fmt: skip
    rows = coverplan.assess(given).layers["test"].joining.rows
    bands = rows[rows["kind"] == "distance"]
    assert bands["from_metres"].tolist() == [0, 25, 100]
    assert bands["to_metres"].tolist() == [25, 100, 200]
    assert bands["people"].tolist() == [0, 0, 5]
