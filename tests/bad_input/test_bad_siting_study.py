"""Siting tables that contradict themselves, their model or the rest of the study."""

import pytest

SITING = "layers.elderly_care.siting"


def siting(county, lines, *, roads=""):
    """Put a siting table in place of the one that works."""
    county.edit("sites = 1\n", lines + "\n")
    if roads:
        county.edit('source = "roads.geojson"\n', f'source = "roads.geojson"\n{roads}\n')


NEEDED = [
    ("mclp", "sites"), ("floor", "share_percent"), ("fewest", "share_percent"),
    ("budget", "budget_yuan"), ("maxmin", "sites"), ("bacop", "sites"), ("pmedian", "sites"),
    ("pcenter", "sites"), ("cap_mclp", "sites"), ("cap_pmedian", "sites"),
    ("consolidate", "close"), ("undesirable", "sites"), ("phases", "years"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "key"), NEEDED)
def test_what_a_model_cannot_do_without(county, model, key):
    siting(county, f'model = "{model}"')
    missing = county.refused().of("study.missing")
    assert f"{SITING}.{key}" in {p.column for p in missing}
    assert all(p.expected for p in missing)


@pytest.mark.parametrize("model", ["lscp", "one_per_unit", "lscp_b", "unit_median"])
def test_models_that_need_no_number(county, model):
    siting(county, f'model = "{model}"')
    county.understood()


UNUSED = [
    ('model = "mclp"\nsites = 1\nshare_percent = 80', "share_percent", "fewest、floor"),
    ('model = "fewest"\nshare_percent = 80\ntheta = 0.5', "theta", "bacop"),
    ('model = "mclp"\nsites = 1\nwithin = "all"', "within", "fewest"),
    ('model = "phases"\nsites = 1\nyears = [{ year = 2026, sites = 1 }]', "sites", "mclp"),
    ('model = "mclp"\nsites = 1\nyears = [{ year = 2026, sites = 1 }]', "years", "phases"),
    ('model = "consolidate"\nclose = 1\nbudget_yuan = 5', "budget_yuan", "budget"),
    ('model = "unit_median"\nmoves = 1', "moves", "mclp"),
    ('model = "phases"\nclose = 1\nyears = [{ year = 2026, sites = 1 }]', "close", "consolidate"),
    (
        'model = "mclp"\nsites = 1\nunreachable = "leave"',
        "unreachable",
        "lscp、one_per_unit、pcenter、cap_pmedian",
    ),
]


@pytest.mark.parametrize(("lines", "key", "users"), UNUSED)
def test_a_key_the_model_does_not_use_is_named_with_those_that_do(county, lines, key, users):
    siting(county, lines)
    problem = county.refused().the("study.value")
    assert problem.column == f"{SITING}.{key}"
    assert users in problem.expected.zh
    assert "does not use it" in problem.expected.en


VALUES = [
    ("sites = 1\nbudget_yuan = -1", "budget_yuan"),
    ("sites = 1\ncost_yuan = -1", "cost_yuan"),
    ("sites = 1\ncost_yuan = 1.5", "cost_yuan"),
    ("sites = 1\nclasses = [{ name = '', cost_yuan = 1 }]", "classes.0.name"),
    ("sites = 1\nclasses = [{ name = 'a#b', cost_yuan = 1 }]", "classes.0.name"),
    ("sites = 1\nclasses = [{ name = 'a', cost_yuan = -5 }]", "classes.0.cost_yuan"),
    ("model = 'fewest'\nshare_percent = 0", "share_percent"),
    ("model = 'fewest'\nshare_percent = 101", "share_percent"),
    ("model = 'fewest'\nshare_percent = nan", "share_percent"),
    ("model = 'phases'\nyears = []", "years"),
    ("model = 'phases'\nyears = [{ year = 2027, sites = 1 }, { year = 2026, sites = 1 }]", "years"),
    ("model = 'phases'\nyears = [{ year = 2026 }]", "years"),
    ("sites = 1\nunit_weights = { 330001 = -1 }", "unit_weights.330001"),
    ("sites = 1\nunit_weights = { 330001 = 0.5 }", "unit_weights.330001"),
    ("sites = 1\nspacing_metres = -1", "spacing_metres"),
    ("sites = 1\nmost_slope_percent = -1", "most_slope_percent"),
    ("sites = 1\nforbidden = [{ source = 'x.geojson', metres = -1 }]", "forbidden.0.metres"),
    ("sites = 1\ncandidates = ['people', 'nowhere']", "candidates.1"),
    ("sites = 1\ncandidates = []", "candidates"),
    ("sites = 1\ncutoff_minutes = 0", "cutoff_minutes"),
    ("sites = 1\nuncertainty = { draws = 0 }", "uncertainty.draws"),
    ("sites = 1\nuncertainty = { speed_percent = 100 }", "uncertainty.speed_percent"),
]


@pytest.mark.parametrize(("lines", "key"), VALUES)
def test_values_that_cannot_be(county, lines, key):
    siting(county, lines)
    problem = county.refused().the("study.value")
    assert problem.column == f"{SITING}.{key}"
    assert problem.expected.zh
    assert problem.row is not None


def test_a_class_without_a_name(county):
    siting(county, "sites = 1\nclasses = [{ cost_yuan = 5 }]")
    assert county.refused().the("study.missing").column == f"{SITING}.classes.0.name"


def test_an_area_without_a_source(county):
    siting(county, "sites = 1\nforbidden = [{ kind = 'farmland', metres = 5 }]")
    assert county.refused().the("study.missing").column == f"{SITING}.forbidden.0.source"


def test_all_contradictions_at_once(county):
    siting(
        county,
        """\
sites = 1
existing = "keep"
close = 1
cost_yuan = 5
classes = [{ name = "a", cost_yuan = 1 }, { name = "a", cost_yuan = 2 }]
required = ["V00"]
excluded = ["V00"]
most_slope_percent = 25
unit_most = 0
ground_rules = "burial_utopia"
candidates = ["layer:social_wrok", "layer:elderly_care"]
group_weights = { elderly = 0, old = 0 }""",
    )
    done = county.refused()
    assert done.codes == {
        "siting.required_excluded", "siting.existing", "siting.classes", "siting.classes_cost",
        "siting.most_slope_percent", "siting.unit_most", "siting.ground_rules", "siting.layer",
        "siting.group_weights", "siting.no_weight",
    }  # fmt: skip
    assert "social_work" in done.of("siting.layer")[0].mend.en
    assert len(done.of("siting.layer")) == 2
    assert all(p.row is not None for p in done.problems)


AREAS = [
    ('forbidden = [{ source = "homes" }]', "homes"),
    ('forbidden = [{ kind = "homes" }]', "homes"),
    ('forbidden = [{ kind = "railway", source = "a.geojson" }]', "railways"),
    ('forbidden = [{ kind = "farmland", source = "a.geojson" }]\nground_rules = "burial_zhejiang"',
     "farmland"),
    ('ground_rules = "burial_shandong"\nforbidden = [{ kind = "homes" }]', "homes"),
    ('forbidden = [{ kind = "scenic", source = "a.geojson" }]\nground_rules = "elderly_national"',
     "scenic areas"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "what"), AREAS)
def test_an_unknown_distance_is_asked_for_never_zero(county, lines, what):
    siting(county, f"sites = 1\n{lines}")
    problem = county.refused().the("siting.distance_unknown")
    assert what in problem.what.en
    assert "metres" in problem.mend.zh


def test_a_kind_nobody_knows(county):
    siting(county, 'sites = 1\nforbidden = [{ kind = "farmlnd", source = "a", metres = 5 }]')
    assert "farmland" in county.refused().the("siting.kind").mend.en


def test_models_about_what_stands(county):
    siting(county, 'model = "consolidate"\nclose = 0')
    county.refused().the("siting.close")
    county.edit("close = 0", 'close = 1\nexisting = "keep"')
    county.refused().the("siting.existing")


def test_an_undesirable_service_needs_a_distance_from_homes(county):
    siting(county, 'model = "undesirable"\nsites = 1')
    county.refused().the("siting.no_homes")
    county.edit("sites = 1", 'sites = 1\nforbidden = [{ source = "homes", metres = 100 }]')
    # All candidates are villages here, and villages are homes.
    assert "100" in county.refused().the("siting.no_candidate").found.zh


def test_keys_without_effect(county):
    lines = """\
sites = 1
candidate_spacing_metres = 300
candidates = [{ source = "people", columns = { name = "村名" } }]"""
    siting(county, lines)
    faults = county.refused().of("siting.no_effect")
    assert {p.column for p in faults} == {
        f"{SITING}.candidate_spacing_metres", f"{SITING}.candidates",
    }  # fmt: skip
    assert "columns" in "".join(p.what.en for p in faults)


def test_an_unknown_key_in_a_list_of_candidates(county):
    siting(county, 'sites = 1\ncandidates = ["people", { source = "c.csv", cost_yaun = 5 }]')
    problem = county.refused().the("study.unknown_key")
    assert problem.column == f"{SITING}.candidates.1.cost_yaun"
    assert "cost_yuan" in problem.mend.en


def test_joint_layers(county):
    county.edit("[output]", '[joint]\nlayers = ["elderly_care", "social_wrk"]\n\n[output]')
    assert county.refused().the("siting.joint").column == "joint.layers"
    county.edit('"social_wrk"', '"elderly_care"')
    county.refused().the("siting.joint")
    county.edit('"elderly_care", "elderly_care"', '"elderly_care"')
    assert county.refused().the("study.value").column == "joint.layers"
    county.edit('layers = ["elderly_care"]', 'layers = ["elderly_care", "social_work"]')
    county.edit('"stations.xlsx"', '"stations.xlsx"\nsiting = { sites = 1 }')
    county.understood()
