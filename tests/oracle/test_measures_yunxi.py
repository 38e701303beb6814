"""The sample county's measures counted again, person by person, with plain arrays.

Of coverplan this takes where people are and the times between them and the sites, as one dense
table; supply comes from the lists themselves. Catchments, zones, selection, shares, ranks and
combinations are its own: people are written out one by one where inequality is of people.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from coverplan.measuring import measure_study
from coverplan.travel import snap, travel_times

LISTS = {
    "elderly_care": ("养老机构.xlsx", "床位数"),
    "social_work": ("社工站.csv", "社工人数"),
    "childrens_home": ("儿童之家.xlsx", "可容纳儿童数"),
    "eco_burial": ("生态安葬点.csv", "规划穴位数"),
}
NEVER = np.iinfo(np.int64).max
ZONES = ((1 / 3, 1.0), (2 / 3, 0.68), (1.0, 0.22))


@dataclass(frozen=True)
class Told:
    """One layer: milliseconds sites x points (NEVER), supply, people, the layer's minutes."""

    ms: np.ndarray
    supply: np.ndarray
    people: np.ndarray
    unit: np.ndarray
    minutes: float


def listed(path, column):
    """Supply by id as the list has it."""
    if path.suffix == ".xlsx":
        table = pd.read_excel(path, dtype=str)
    else:
        try:
            table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
        except UnicodeDecodeError:
            table = pd.read_csv(path, dtype=str, encoding="gb18030")
    return table.set_index("编号")[column].astype(float)


@pytest.fixture(scope="module")
def county(yunxi):
    return measure_study(yunxi)


@pytest.fixture(scope="module")
def told(yunxi, root):
    """Every layer as `Told`, by id."""
    points = yunxi.inputs.demand.points
    unit = pd.Index(yunxi.inputs.region.codes).get_indexer(points["unit"])
    found = {}
    for key, result in yunxi.layers.items():
        sites = result.sites[result.sites["state"] == "existing"].set_index("site_id")
        xy = np.column_stack([sites.geometry.x, sites.geometry.y])
        times = travel_times(
            result.graph, result.places, snap(result.graph, xy), cutoff_minutes=5000,
            demand_ids=points.index, site_ids=sites.index,
        )  # fmt: skip
        ms = np.full((len(sites), len(points)), NEVER)
        for row in range(len(sites)):
            here = slice(times.ptr[row], times.ptr[row + 1])
            ms[row, times.who[here]] = times.ms[here]
        file, column = LISTS[key]
        supply = listed(root / "data/geo/yunxi" / file, column).loc[sites.index].to_numpy()
        people = points[result.layer.group].to_numpy()
        found[key] = Told(ms, supply, people, unit, result.layer.minutes)
    return found


def row_of(frame, **where):
    for name, value in where.items():
        frame = frame[frame[name] == value]
    (found,) = frame.to_dict("records")
    return found


@pytest.mark.parametrize("key", LISTS)
@pytest.mark.parametrize("rank", [1, 2])
def test_minutes_person_by_person(county, told, key, rank):
    here = told[key]
    near = np.sort(here.ms, axis=0)[rank - 1]
    before = np.sort(here.ms, axis=0)[max(rank - 2, 0)]
    each = np.sort(np.repeat(near, here.people))
    reach = each[each < NEVER] / 60_000
    row = row_of(county.nearest, layer=key, unit_code="total", rank=rank)
    assert row["reaching"] == len(reach)
    alone = near == NEVER
    if rank > 1:
        alone &= before < NEVER
    assert row["short"] == here.people[alone].sum()
    assert row["mean_minutes"] == pytest.approx(reach.mean(), rel=1e-12)
    assert row["max_minutes"] == pytest.approx(reach[-1], rel=1e-12)
    for name, tenths in (("median_minutes", 5), ("p90_minutes", 9)):
        # The person at that rank, counted from 1.
        person = each[-(-len(each) * tenths // 10) - 1] / 60_000
        assert row[name] == pytest.approx(person, rel=1e-12), name


def weights(here, method):
    """Weights sites x points, within the layer's own minutes."""
    minutes = here.ms / 60_000
    inside = minutes <= here.minutes
    if method == "2sfca":
        return inside.astype(float)
    if method == "e2sfca_gaussian":
        return np.where(inside, np.exp(np.log(0.01) * (minutes / here.minutes) ** 2), 0.0)
    found = np.zeros(minutes.shape)
    for share, weight in reversed(ZONES):
        found[minutes <= here.minutes * share] = weight
    return found


def access(here, method):
    """Supply per person at each point: two or three steps, site by site."""
    weight = weights(here, method)
    choose = np.ones(weight.shape)
    if method == "3sfca":
        own = weight.sum(axis=0)
        choose = np.divide(weight, own, out=np.zeros(weight.shape), where=own > 0)
    found = np.zeros(len(here.people))
    for site, supply in enumerate(here.supply):
        asking = (here.people * choose[site] * weight[site]).sum()
        if asking:
            found += supply / asking * choose[site] * weight[site]
    return found


@pytest.mark.parametrize("method", ["2sfca", "e2sfca", "e2sfca_gaussian", "3sfca"])
@pytest.mark.parametrize("key", LISTS)
def test_access_site_by_site(county, told, key, method):
    here = told[key]
    each = access(here, method)
    if method == "e2sfca":
        assert county.points[f"{key}_access"].to_numpy() == pytest.approx(each * 1000, rel=1e-9)
    rows = county.access[(county.access["layer"] == key) & (county.access["method"] == method)]
    rows = rows.set_index("unit_code")
    total = rows.loc["total"]
    assert total["places"] == pytest.approx((each * here.people).sum(), rel=1e-9)
    assert total["people_without"] == here.people[each == 0].sum()
    for unit, (_, row) in enumerate(rows.drop("total").iterrows()):
        mine = here.unit == unit
        mean = 1000 * (each * here.people)[mine].sum() / here.people[mine].sum()
        assert row["per_1000"] == pytest.approx(mean, rel=1e-9, abs=1e-12)


def first_of(people, share):
    """What the first so many hold; a person on the border is cut."""
    number = share * len(people)
    whole = int(number)
    rest = people[whole] * (number - whole) if whole < len(people) else 0.0
    return people[:whole].sum() + rest


@pytest.mark.parametrize("key", LISTS)
@pytest.mark.parametrize("subject", ["access", "minutes"])
def test_inequality_person_by_person(county, told, key, subject):
    here = told[key]
    near = here.ms.min(axis=0)
    each = access(here, "e2sfca") if subject == "access" else near / 60_000
    counted = here.people.copy()
    if subject == "minutes":
        counted[near == NEVER] = 0
    person = np.repeat(each, counted)
    unit = np.repeat(here.unit, counted)
    order = np.argsort(person, kind="stable")
    person, unit = person[order], unit[order]
    n, mean = len(person), person.mean()
    rank = np.arange(1, n + 1)
    ratio = person / mean
    said = np.where(ratio > 0, ratio * np.log(np.where(ratio > 0, ratio, 1)), 0)
    sums = np.bincount(unit, person)
    size = np.bincount(unit, minlength=len(sums))
    some = sums > 0
    between = (sums[some] / person.sum() * np.log(sums[some] / size[some] / mean)).sum()
    low, fifth = first_of(person, 0.4), first_of(person, 0.2)
    expected = {
        ("gini", ""): ((2 * rank - n - 1) * person).sum() / (n * person.sum()),
        ("theil", ""): said.mean(),
        ("palma", ""): first_of(person[::-1], 0.1) / low if low else None,
        ("ratio_20_20", ""): first_of(person[::-1], 0.2) / fifth if fifth else None,
        ("theil_between", "unit"): between,
        ("theil_within", "unit"): said.mean() - between,
    }
    for (index, partition), value in expected.items():
        row = row_of(
            county.inequality, layer=key, subject=subject, index=index, partition=partition
        )
        assert (row["people"], row["people"] + row["left_out"]) == (n, here.people.sum())
        if value is None:
            assert pd.isna(row["value"]), index
            assert row["note_zh"]
        else:
            assert row["value"] == pytest.approx(value, rel=1e-7), index


def test_blind_spots_person_by_person(county, told, yunxi):
    near = {key: here.ms.min(axis=0) / 60_000 <= here.minutes for key, here in told.items()}
    missing = sum((~reached).astype(int) for reached in near.values())
    for group in yunxi.inputs.demand.groups:
        people = yunxi.inputs.demand.people(group)
        rows = county.blind_spots
        rows = rows[(rows["scope"] == "every") & (rows["group"] == group)]
        total = rows[rows["unit_code"] == "total"]["value"].tolist()
        assert total == [*(people[missing == k].sum() for k in range(5)), 0]
        which = county.combinations.query("scope == 'every' and unit_code == 'total'")
        which = which[which["group"] == group].set_index("combination")["value"]
        for combination, value in which.items():
            keys = combination.split("+") if combination else []
            here = np.all([near[k] != (k in keys) for k in near], axis=0)
            assert people[here].sum() == value, combination


@pytest.mark.parametrize("key", ["childrens_home", "elderly_care"])
def test_places_by_a_linear_programme(county, told, key):
    """Most served, and then the least travel: two programmes of HiGHS, not of flows."""
    here = told[key]
    site, point = np.nonzero((here.ms <= here.minutes * 60_000) & (here.people > 0))
    ms, ones, pair = here.ms[site, point] / 60_000, np.ones(len(site)), np.arange(len(site))
    of_point = csr_matrix((ones, (point, pair)), shape=(len(here.people), len(site)))
    of_site = csr_matrix((ones, (site, pair)), shape=(len(here.supply), len(site)))
    used = np.unique(point)
    rows = csr_matrix(np.vstack([of_point[used].toarray(), of_site.toarray()]))
    most = np.concatenate([here.people[used], here.supply])
    served = -linprog(-ones, A_ub=rows, b_ub=most).fun
    least = linprog(ms, A_ub=rows, b_ub=most, A_eq=csr_matrix(ones), b_eq=[served]).fun
    row = row_of(county.assignment, layer=key, unit_code="total")
    assert row["served"] == pytest.approx(served, abs=1e-6)
    assert row["minutes"] * row["served"] == pytest.approx(least, rel=1e-9)
    nobody = ~(here.ms <= here.minutes * 60_000).any(axis=0)
    assert row["no_site"] == here.people[nobody].sum()
    assert row["full"] == here.people[~nobody].sum() - row["served"]
