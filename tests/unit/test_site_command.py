"""`coverplan site` and `propose`: from a study file and options to a plan on disk."""

import json

import geopandas as gpd
import pandas as pd
import pytest
from street import NEW_X, OLD_X, OLDER, PEOPLE, UNIT, reached
from street_files import STUDY, write_street

import coverplan
from coverplan import InputError, cli
from coverplan.study import propose


@pytest.fixture
def study(tmp_path):
    """The study file of the street, in a folder of its own."""
    folder = tmp_path / "study"
    folder.mkdir()
    return write_street(folder)


def site(study, *words, out=None):
    """The exit code of the command, and the folder it wrote."""
    folder = study.parent.parent / "out" if out is None else out
    layers = () if "--layer" in words else ("--layer", "homes")
    return cli.execute(
        ["site", str(study), *layers, *map(str, words), "--out", str(folder)]
    ), folder


def read(folder, name):
    """A table of a run."""
    return pd.read_csv(folder / name)


def xs_of(ids):
    """Where some candidates stand."""
    return [NEW_X[int(str(i).removeprefix("new:P"))] for i in ids]


def test_the_command_prints_and_writes_its_plan(study, capsys):
    code, folder = site(study, "--sites", 1)
    assert code == cli.EXIT_OK
    printed = capsys.readouterr().out
    assert "养老站：最大覆盖（MCLP） — 已证明最优" in printed
    assert "社工站" not in printed
    plan = read(folder, "plan.csv")
    # People of the second township count twice; the one place that is excluded is not taken.
    weight = PEOPLE * (1 + (UNIT == 1))
    gain = [reached([*OLD_X, x], weight) for x in NEW_X[1:]]
    best = NEW_X[1 + gain.index(max(gain))]
    assert xs_of(plan["site_id"]) == [best]
    assert plan["status"].tolist() == ["已证明最优"]
    assert plan["what"].tolist() == ["新增"]
    assert plan["cost_yuan"].tolist() == [100]
    assert set(read(folder, "sites.csv")["layer"]) == {"homes"}
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    mine = record["plans"]["homes"]
    assert mine["people_reached_after"] == reached([*OLD_X, best])
    assert mine["sites_opened"] == plan["site_id"].tolist()
    assert mine["rejected_candidates"] == {"excluded by the list": 1}
    assert list(record["plans"]) == ["homes"]


@pytest.mark.parametrize(
    ("words", "option", "found"),
    [
        (("--model", "fewest", "--share", 90, "--frontier", 5), "--frontier", "5"),
        (("--per-unit", 0), "--per-unit", "0"),
        (("--sites", 1, "--require", "P9"), "--require", "P9"),
        (("--sites", 1, "--exclude", "P1", "--exclude", "nowhere"), "--exclude", "nowhere"),
    ],
)
def test_a_fault_of_an_option_names_the_option(study, capsys, words, option, found):
    code, folder = site(study, *words)
    assert (code, folder.exists()) == (cli.EXIT_INPUT, False)
    printed = capsys.readouterr().err
    assert f"选项“{option}”" in printed
    assert f"发现：“{found}”" in printed
    assert "study.toml" not in printed


def test_a_fault_of_the_file_names_the_file_beside_options(study, capsys):
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace('excluded = ["P0"]', 'excluded = ["P0", "P8"]'), encoding="utf-8")
    code, _ = site(study, "--sites", 1, "--exclude", "P1")
    assert code == cli.EXIT_INPUT
    printed = capsys.readouterr().err
    assert "layers.homes.siting.excluded" in printed
    assert "选项" not in printed


def test_every_candidate_is_listed_with_its_reason(study):
    _, folder = site(study, "-q")
    candidates = read(folder, "candidates.csv").set_index("candidate_id")
    assert sorted(candidates.index) == [f"P{i}" for i in range(7)]
    assert candidates.loc["P0", "rejected"] == "按名单排除"
    assert candidates["rejected"].drop("P0").isna().all()
    chosen = {i.removeprefix("new:") for i in read(folder, "plan.csv")["site_id"]}
    assert set(candidates.index[candidates["chosen"] == 1]) == chosen
    frame = gpd.read_file(folder / "study.gpkg", layer="candidates").set_index("candidate_id")
    assert set(frame.index[frame["chosen"].astype(bool)]) == chosen


def test_the_model_asked_for_answers(study):
    code, folder = site(study, "--model", "fewest", "--share", "60", "-q", "--lang", "en")
    assert code == 0
    plan = read(folder, "plan.csv")
    assert set(plan["model"]) == {"fewest sites for a share"}
    found = reached([*OLD_X, *xs_of(plan["site_id"])])
    assert found >= 0.6 * PEOPLE.sum()
    usable = NEW_X[1:]
    fewest = min(
        sum(pick >> k & 1 for k in range(6))
        for pick in range(64)
        if reached([*OLD_X, *(x for k, x in enumerate(usable) if pick >> k & 1)])
        >= 0.6 * PEOPLE.sum()
    )
    assert len(plan) == fewest


def test_an_impossible_question_is_answered_and_is_no_error(study, capsys):
    code, folder = site(study, "--model", "fewest", "--share", "99.9")
    assert code == cli.EXIT_OK
    printed = capsys.readouterr().out
    assert "无法满足" in printed
    assert "最小的让步" in printed
    assert not (folder / "plan.csv").exists() or read(folder, "plan.csv").empty
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))["plans"]["homes"]
    assert record["status"] == "impossible"
    assert record["value"] is None
    assert record["sites_opened"] == []
    assert all(row["relaxation"]["zh"] and row["relaxation"]["en"] for row in record["impossible"])
    assert record["impossible"]
    assert set(read(folder, "coverage.csv")["phase"]) == {"before"}
    assert set(read(folder, "sites.csv")["state"]) == {"existing"}
    assert len(read(folder, "candidates.csv")) == 7
    people = gpd.read_file(folder / "study.gpkg", layer="people")
    assert "homes_minutes_after" not in people.columns
    assert (folder / "map.html").stat().st_size > 10_000


def test_years_frontier_and_draws_have_tables_of_their_own(study):
    code, folder = site(study, "--model", "phases", "--years", "2026:1,2027:1", "-q")
    assert code == 0
    phases = read(folder, "phases.csv")
    assert phases["year"].tolist() == [2026, 2027]
    assert phases["layer_label"].tolist() == ["养老站"] * 2
    plan = read(folder, "plan.csv").set_index("site_id")
    for row in phases.itertuples():
        assert plan.loc[row.opened.split(), "year"].tolist() == [row.year]
    opened = read(folder, "sites.csv").set_index("site_id")["opened"].dropna()
    assert opened.astype(int).to_dict() == plan["year"].to_dict()

    options = ["--frontier", 3, "--draws", 4, "--seed", 5, "--speed-percent", 20, "-q"]
    code, folder = site(study, *options, out=folder.parent / "more")
    assert code == 0
    assert read(folder, "frontier.csv")["sites"].tolist()[:3] == [1, 2, 3]
    spread = read(folder, "uncertainty.csv")
    assert spread["unit"].isna().tolist() == [False, False, False, True]
    assert (spread["reached_p5"] <= spread["reached_p95"]).all()
    robust = read(folder, "robustness.csv").set_index("site_id")
    plan = read(folder, "plan.csv").set_index("site_id")
    shown = plan["chosen_in_draws_percent"]
    mine = robust.loc[shown.index, "share_of_draws"] * 100
    assert shown.tolist() == mine.round(1).tolist()
    assert not (folder / "phases.csv").exists()


def test_closing_from_the_command_line(study):
    code, folder = site(study, "--sites", 1, "--moves", 1, "-q")
    assert code == 0
    sites = read(folder, "sites.csv").set_index("site_id")
    plan = read(folder, "plan.csv").set_index("site_id")
    closing = sites.index[sites["state"] == "closing"]
    assert len(closing) <= 1
    assert sorted(plan.index[plan["what"] == "关闭"]) == sorted(closing)
    stays = [x for i, x in enumerate(OLD_X) if f"H{i}" not in set(closing)]
    new = plan.index[plan["what"] == "新增"]
    facts = read(folder, "coverage.csv")
    row = facts[
        (facts["indicator"] == "people_reached")
        & (facts["phase"] == "after")
        & (facts["unit_code"] == "total")
        & (facts["minutes"] == 5)
    ]
    assert row["value"].tolist() == [reached([*stays, *xs_of(new)])]


def test_two_layers_without_a_joint_table_are_sited_together(study):
    words = ["--layer", "homes", "--layer", "stations", "--together", "-q", "--lang", "en"]
    code, folder = site(study, *words)
    assert code == 0
    plan = read(folder, "plan.csv")
    assert set(plan["model"]) == {"several layers sited together"}
    spots = {layer: {*OLD_X, *xs_of(part["site_id"])} for layer, part in plan.groupby("layer")}
    for part in plan.itertuples():
        (other,) = {"homes", "stations"} - {part.layer}
        assert xs_of([part.site_id])[0] in spots[other]
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))["plans"]
    assert record["stations"]["people"] == OLDER.sum()


def test_joint_numbers_of_the_file_hold(study):
    study.write_text(STUDY + '\n[joint]\nlayers = ["homes", "stations"]\nbuildings_most = 1\n')
    _, folder = site(study, "--layer", "homes", "--layer", "stations", "-q")
    plan = read(folder, "plan.csv")
    assert len(set(xs_of(plan["site_id"]))) == 1
    code, folder = site(study, "-q", out=folder.parent / "alone")
    assert code == 0
    assert len(read(folder, "plan.csv")) == 2


# ---- what cannot be asked ------------------------------------------------------------------------


def refused(study, capsys, *words):
    """What the command says where it refuses; nothing is written."""
    code, folder = site(study, *words)
    assert code == cli.EXIT_INPUT
    assert not folder.exists()
    assert sorted(p.name for p in study.parent.parent.iterdir()) == ["study"]
    return capsys.readouterr().err


def test_bad_options_are_all_named(study, capsys):
    words = ["--model", "best", "--years", "x", "--forbid", "homes=far", "--lang", "en"]
    text = refused(study, capsys, *words)
    for word in ("--model", "best", "--years", "--forbid", "homes=far", "3 kinds of errors"):
        assert word in text
    assert "an option of the command cannot be used" in text


def test_an_unknown_layer_is_named_with_those_there_are(study, capsys):
    text = refused(study, capsys, "--layer", "schools")
    assert "schools" in text
    assert "homes、stations" in text


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--model", "fewest"], "share_percent"),
        (["--model", "mclp", "--share", "50"], "share_percent"),
        (["--sites", "0"], "sites"),
        (["--sites", "9"], "可用的候选点只有 6 个"),
        (["--model", "budget", "--budget", "50"], "50 < 100"),
        (["--candidates", "layer:schools"], "layer:schools"),
        (["--candidates", "nowhere"], "candidates"),
        (["--forbid", "missing.gpkg=5"], "missing.gpkg"),
        (["--forbid", "homes=-3"], "选项“--forbid”"),
        (["--draws", "0"], "选项“--draws”"),
        (["--speed-percent", "100"], "选项“--speed-percent”"),
        (["--spacing", "-1"], "spacing_metres"),
        (["--per-unit", "0"], "--per-unit"),
        (["--gap", "-1"], "gap_percent"),
        (["--layer", "homes", "--layer", "homes"], "joint"),
        (["--layer", "homes", "--layer", "stations", "--model", "lscp"], "lscp"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_written(study, capsys, words, named):
    assert named in refused(study, capsys, *words)


def test_a_language_nobody_speaks_is_refused(study, capsys):
    assert "--lang" in refused(study, capsys, "--lang", "fr")


def test_a_folder_of_other_things_is_not_written_into(study, capsys):
    folder = study.parent.parent / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("x")
    code, _ = site(study)
    assert code == cli.EXIT_INPUT
    assert [p.name for p in folder.iterdir()] == ["mine.txt"]
    assert "out" in capsys.readouterr().err


def test_a_study_without_layers_is_said(study, capsys):
    study.write_text("title = 'x'\n", encoding="utf-8")
    assert "layers" in refused(study, capsys, "--lang", "en")


def test_names_that_look_like_formulas_are_none_in_the_tables(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    names = ["=1+1", "+SUM(A1)", "-2", "@x", "＝1", "=cmd|' /C calc'!A0", '=HYPERLINK("x")']
    study = write_street(folder, new_names=names, old_names=["=0", "+1"])
    code, out = site(study, "--sites", 6, "--frontier", 2, "--draws", 2, "--speed-percent", 5, "-q")
    assert code == 0
    seen = set()
    for path in out.glob("*.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column in table.columns:
            for cell in table[column]:
                number = cell.lstrip("+-").replace(".", "", 1).isdigit()
                assert number or not cell.startswith(("=", "+", "-", "@", "＝")), (path.name, cell)
                seen.add(cell)
    assert "'=1+1" in seen
    assert "'=0" in seen


# ---- in Python -----------------------------------------------------------------------------------


def test_propose_equals_the_command(study):
    found = propose(study, "homes", model="fewest", share_percent=60.0)
    _, folder = site(study, "--model", "fewest", "--share", "60", "-q")
    plan = found.layers["homes"].plan
    ids = plan.chosen_ids(found.layers["homes"].proposal.problem.sites.ids)
    assert ids == read(folder, "plan.csv")["site_id"].tolist()
    assert list(found.layers) == ["homes"]
    assert found.joint is None
    assert found.sites.crs.is_projected
    assert set(found.sites["state"]) == {"existing", "proposed"}


def test_propose_tells_steps_and_bounds(study):
    steps, bounds = [], []
    propose(
        study, "homes", on_step=lambda t: steps.append(t.zh), on_bounds=lambda *b: bounds.append(b)
    )
    assert "选址：养老站" in steps
    assert all(len(pair) == 2 for pair in bounds)


def test_propose_for_several_layers(study):
    found = propose(study, ["homes", "stations"], together=True)
    assert found.joint is not None
    assert set(found.joint.plan.plans) == {"homes", "stations"}
    assert found.layers["homes"].proposal.overall == found.joint.plan.proof


def test_propose_refuses_what_is_no_key(study):
    with pytest.raises(InputError) as error:
        propose(study, "homes", model="mclp", site=3)
    (problem,) = [p for p in error.value.problems if p.severity == "error"]
    assert problem.column == "layers.homes.siting.site"
    with pytest.raises(InputError, match="--layer"):
        propose(study, "schools")


def test_the_study_file_is_not_changed(study):
    before = study.read_bytes()
    propose(study, "homes", sites=1)
    assert study.read_bytes() == before
    whole = coverplan.run(study)
    assert set(whole.layers) == {"homes", "stations"}
    assert len(whole.layers["homes"].plan.chosen) == 2
