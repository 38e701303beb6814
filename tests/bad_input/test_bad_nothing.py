"""The county nothing is wrong with: what every other test spoils."""


def test_the_untouched_county_runs(county):
    done = county.accepted()
    assert done.problems == []
    names = {p.name for p in county.result.iterdir()}
    assert names == {
        "map.html",
        "coverage.csv",
        "faults.csv",
        "sites.csv",
        "network.csv",
        "not_reached.csv",
        "people.csv",
        "candidates.csv",
        "plan.csv",
        "reasons.csv",
        "study.gpkg",
        "run.json",
    }
