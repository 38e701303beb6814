"""The fast way to everybody's nearest line finds what asking one by one finds, ties included."""

import numpy as np
import pytest
import shapely

from coverplan.travel import nearlines
from coverplan.travel.nearlines import NO_LINE, nearest_lines


def grid(side=12, step=10.0):
    """Lines of a grid: a point in the middle of a cell is as far from four of them."""
    across = [[(0, i * step), ((side - 1) * step, i * step)] for i in range(side)]
    return shapely.linestrings(across + [[(y, x) for x, y in line] for line in across])


def brute(lines, points, cap):
    metres = shapely.distance(lines[None, :], points[:, None])
    near = metres.argmin(axis=1)
    return np.where(metres.min(axis=1) <= cap, near, NO_LINE)


@pytest.mark.parametrize("cap", [0.0, 3.0, 5.0, 400.0])
@pytest.mark.parametrize("n", [0, 5, 3000])
def test_equal_to_looking_at_every_line(n, cap):
    rng = np.random.default_rng(n)
    # Half of them on whole numbers: many exactly between two lines, on a crossing, or far away.
    xy = rng.uniform(-60, 170, (n, 2))
    xy[::2] = np.rint(xy[::2] / 5) * 5
    points, lines = shapely.points(xy), grid()
    found = nearest_lines(shapely.STRtree(lines), points, cap)
    assert found.tolist() == brute(lines, points, max(cap, 1e-3)).tolist()


@pytest.fixture
def asked(monkeypatch):
    """How many points are asked one by one, each time."""
    numbers, plain = [], nearlines._one_by_one
    monkeypatch.setattr(
        nearlines, "_one_by_one", lambda t, p, c: numbers.append(len(p)) or plain(t, p, c)
    )
    return numbers


def test_the_few_beyond_the_usual_distance_are_asked_for_apart(asked):
    rng = np.random.default_rng(0)
    xy = np.vstack([rng.uniform(0, 110, (2000, 2)), rng.uniform(300, 900, (100, 2))])
    points, lines = shapely.points(xy), grid()
    found = nearest_lines(shapely.STRtree(lines), points, 2000.0)
    assert found.tolist() == brute(lines, points, 2000.0).tolist()
    assert 100 <= asked[0] < 1000


def test_all_are_asked_one_by_one_where_most_are_far_from_many_lines(asked):
    """Looking at every line within the usual distance would take many times as long."""
    xy = np.random.default_rng(1).uniform(-900, 900, (1500, 2))
    points, lines = shapely.points(xy), grid()
    found = nearest_lines(shapely.STRtree(lines), points, 2000.0)
    assert found.tolist() == brute(lines, points, 2000.0).tolist()
    assert asked == [1500]
