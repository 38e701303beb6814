"""The benchmarks run, their engines agree, and they say so where engines do not."""

import contextlib
import dataclasses
import importlib
import io
import json
import subprocess
import sys

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

ENGINES = ["coverplan", "scipy", "scipy, tiled", "networkx"]


@pytest.fixture
def bench(root, monkeypatch):
    """Import a module of the benchmarks, and forget it afterwards: their names are short."""
    monkeypatch.syspath_prepend(root / "benchmarks")
    before = set(sys.modules)
    yield importlib.import_module
    folder = str(root / "benchmarks")
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(folder):
            del sys.modules[name]


def test_a_generated_network_looks_like_roads_and_comes_again_the_same(bench):
    roads = bench("roads")
    made, again = roads.bent_grid(10_000), roads.bent_grid(10_000)
    assert all(np.array_equal(getattr(made, k), getattr(again, k)) for k in made.__slots__)
    assert 2.6 < 2 * len(made.u) / len(made.xy) < 2.8
    assert set(np.unique(np.concatenate([made.u, made.v]))) == set(range(len(made.xy)))
    step = np.hypot(*np.diff(made.xy, axis=0).T)
    assert np.median(step) < 2 * roads.SPACING_METRES  # next in number is next in space


def test_the_cutoff_reaches_about_three_thousand_nodes(bench):
    roads, measuring = bench("roads"), bench("measuring")
    made = roads.bent_grid(40_000)
    ms, n = roads.whole_ms(made).astype(float), len(made.xy)
    graph = csr_matrix((ms, (made.u, made.v)), shape=(n, n))
    middle = np.argsort(np.abs(made.xy - made.xy.mean(axis=0)).sum(axis=1))[:20]
    found = dijkstra(graph, directed=False, indices=middle, limit=measuring.LIMIT_MS)
    assert 2_500 < np.isfinite(found).sum(axis=1).mean() < 4_000


def test_links_keep_the_shortest_of_parallel_streets(bench):
    measuring = bench("measuring")
    arrays = measuring.Arrays(
        np.array([0, 2, 4]),
        np.array([1, 1, 0, 0]),
        np.array([7, 5, 7, 5]),
        np.zeros((2, 2)),
        *measuring.drawn(2),
    )
    assert [a.tolist() for a in arrays.links()] == [[0], [1], [5]]


def test_windows_lose_no_pair(bench):
    peer, roads = bench("peer_scipy"), bench("roads")
    made = roads.bent_grid(3_000)
    ms, n = roads.whole_ms(made), len(made.xy)
    both = np.concatenate([made.u, made.v]), np.concatenate([made.v, made.u])
    graph = csr_matrix((np.concatenate([ms, ms]).astype(float), both), shape=(n, n))
    at = np.random.default_rng(0).permutation(n)[:70]
    whole = dijkstra(graph, indices=at, limit=peer.LIMIT_MS)
    tiled = np.full(whole.shape, np.inf)
    for who, where, found in peer.tiles(graph, at):
        tiled[who, where] = found
    assert np.array_equal(np.where(whole <= peer.LIMIT_MS, whole, np.inf), tiled)


@pytest.mark.parametrize(("engine", "said"), [("scipy", True), ("pandana", False)])
def test_engines_that_disagree_are_named_and_rounding_is_let_pass(bench, engine, said):
    rows = [
        {"place": "9", "task": "reach", "engine": "coverplan", "checks": {"found": 10_000}},
        {"place": "9", "task": "reach", "engine": engine, "checks": {"found": 9_999}},
    ]
    wrong = bench("table").disagreements(rows)
    assert bool(wrong) is said
    assert all(engine in words and "9,999" in words for words in wrong)


def test_a_run_ends_in_a_table_and_its_engines_agree(root, tmp_path, bench, monkeypatch, capsys):
    """Once as it is run, an engine in a process of its own; what is missing then in this one."""
    results = tmp_path / "rows.json"
    script = root / "benchmarks" / "travel.py"
    kept = ["--places", "1500", "--results", str(results), "--folder", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(script), *kept, "--engines", "scipy", "--tasks", "nearest"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first = json.loads(results.read_text(encoding="utf-8"))
    assert [(row["task"], row["engine"]) for row in first] == [
        ("prepare", "coverplan"),
        ("nearest", "scipy"),
    ]

    travel = bench("travel")
    tasks = ["nearest", "k_nearest", "reach", "sums"]
    words = [*kept, "--engines", *ENGINES, "--tasks", *tasks]
    monkeypatch.setattr(sys, "argv", [str(script), *words])
    monkeypatch.setattr(travel, "_run", lambda of, out, cap: travel._child(*of[1:]) and "failed")
    monkeypatch.setattr(travel, "copy_gb_per_second", lambda: 1.0)
    assert travel.main() == 0, capsys.readouterr().err
    rows = json.loads(results.read_text(encoding="utf-8"))
    assert rows[: len(first)] == first  # what is there is not run again
    assert [row["failed"] for row in rows if row.get("failed")] == []
    pairs = [(row["task"], row["engine"]) for row in rows]
    assert len(set(pairs)) == len(pairs)
    assert {("nearest", "networkx"), ("reach", "scipy, tiled"), ("sums", "coverplan")} <= set(pairs)
    shared = [row["checks"] for row in rows if row["task"] == "reach"]
    assert all(checks["found_20"] == shared[0]["found_20"] > 20 for checks in shared)
    assert "| 1,500 | 35 | networkx |" in capsys.readouterr().out


def test_a_province_is_measured_from_network_to_coverage_table(bench):
    roads, province, coverplan = bench("roads"), bench("province"), bench("coverplan")
    network = coverplan.Network.from_edges(roads.as_edges(roads.bent_grid(2_500)), crs=roads.ZONE)
    given = province.inputs(network)
    assert len(given.region) == 1_400
    assert len(given.demand) == 100_000
    assert given.demand.points["unit"].notna().all()
    assert [len(item.facilities) for item in given.layers] == list(province.SITES.values())


def test_large_inputs_are_made_and_both_ways_count_the_same_people(
    tmp_path, bench, monkeypatch, capsys
):
    """One way in a process of its own, as always; the other in this one."""
    inputs = bench("inputs")
    own_process = inputs.measured

    def measured(way, path):
        if way != "plainly":
            return own_process(way, path)
        with contextlib.redirect_stdout(io.StringIO()) as said:
            inputs.one(way, path)
        return json.loads(said.getvalue())

    words = ["people", "--rows", "3000", "--kinds", ".csv", "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["inputs.py", *words])
    monkeypatch.setattr(inputs, "measured", measured)
    assert inputs.main() == 0
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[1] for row in rows] == ["plainly", "coverplan, people"]
    assert len({row[-1] for row in rows}) == 1


def test_a_page_is_measured_and_numpy_finds_the_study_s_people(bench):
    pages, coverplan = bench("pages"), bench("coverplan")
    made = pages.make(400, 8, {"walking": 15})
    assert made.page.count("<html") == 1
    assert made.parts["times"] > 0
    _, people = pages.by_numpy(made)
    (item,) = made.study.inputs.layers
    standing = item.facilities.sites.index[item.facilities.sites["status"] == "operating"]
    fewer = item.facilities.take(item.facilities.sites.index != standing[0])
    layers = (dataclasses.replace(item, facilities=fewer),)
    again = coverplan.assess(dataclasses.replace(made.study.inputs, layers=layers))
    reached = again.coverage.value(
        indicator="people_reached", unit_code="total", minutes=15, phase="before"
    )
    assert people == reached > 0
