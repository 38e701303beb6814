"""Goals that cannot be used are told with their place, whatever else is wrong."""

from fractions import Fraction

import pytest
from tiny import demand, facilities, inputs, network, region

from coverplan import InputError, load
from coverplan.domain.goal import Goal
from coverplan.results import LayerInput

HOMES = '[layers.elderly_care]\nsource = "homes.csv"\n'


def with_goals(county, *goals):
    county.edit(HOMES, HOMES + f"goals = [{', '.join(goals)}]\n")


def test_every_fault_of_the_goals_at_once(county):
    county.edit(
        "[output]",
        '[[layers.social_work.goals]]\nmeasure = "reached"\npercent = 50\n\n'
        '[[layers.social_work.goals]]\nmeasure = "has_one"\npercent = 90\nminutes = 15\n\n'
        '[[layers.social_work.goals]]\nmeasure = "reached"\npercent = 90\ngroup = "elder"\n'
        'target = "Z21-255"\n\n[output]',
    )
    outcome = county.refused()
    assert outcome.codes == {"goal.unused", "study.reference", "targets.id"}
    text = county.study.read_text(encoding="utf-8").splitlines()
    unused = outcome.the("goal.unused")
    assert text[unused.row - 1] == "minutes = 15"
    assert (unused.column, unused.found) == ("layers.social_work.goals.1.minutes", "15")
    assert "has_one" in unused.render("zh")
    assert "counts units" in unused.render("en")
    assert "删去这一行" in unused.render("zh")
    group = outcome.the("study.reference")
    assert text[group.row - 1] == 'group = "elder"'
    assert "elderly" in group.render("zh")
    target = outcome.the("targets.id")
    assert text[target.row - 1] == 'target = "Z21-255"'
    assert target.column == "layers.social_work.goals.2.target"
    assert "Z21-25" in target.render("zh")
    assert "Z21-25" in target.render("en")


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        ('{ measure = "served", percent = 80 }', "reached"),
        ('{ measure = "reached" }', "percent"),
        ('{ measure = "reached", percent = 0 }', "大于 0"),
        ('{ measure = "reached", percent = 100.5 }', "不大于 100"),
        ('{ measure = "reached", percent = "80" }', "一个数"),
        ('{ measure = "reached", percent = true }', "一个数"),
        ('{ measure = "reached", percent = nan }', "一个数"),
        ('{ measure = "reached", percent = 33.33333 }', "最多四位小数"),
        ('{ measure = "reached", percent = 80, minutes = 7.5 }', "整数"),
        ('{ measure = "reached", percent = 80, minutes = 255 }', "不大于 254"),
        ('{ measure = "reached", percent = 80, share = 3 }', "percent"),
    ],
)
def test_a_value_no_goal_can_have(county, goal, words):
    with_goals(county, goal)
    outcome = county.refused()
    assert outcome.codes <= {"study.value", "study.missing", "study.unknown_key"}
    assert words in "".join(p.render("zh") for p in outcome.problems)
    assert all(p.row == 17 or p.code == "study.missing" for p in outcome.problems)


def test_a_target_of_the_countys_own_document(county):
    """Looked up where the built-in register does not have it; in neither it is a fault."""
    county.path("own.csv").write_text(
        "id,document,issuer,year,standing,clause,region,level,layer,indicator,operator,value,"
        "unit_zh,unit_en,deadline,deadline_basis,strength,computability,zh,en\n"
        "BX-1,《本县规划》,本县,2024,in_force,三,330001,township,social_work_station,"
        "unit_coverage_share,==,1,占比,share,2025,stated,must,A,每个都有,All have one\n",
        encoding="utf-8",
    )
    own = '[targets]\ndocuments = [{ source = "own.csv" }]\n\n[output]'
    county.edit("[output]", own)
    with_goals(
        county,
        '{ measure = "has_one", percent = 100, target = "BX-1" }',
        '{ measure = "has_one", percent = 100, target = "Z21-25" }',
    )
    sources = [goal.source.zh for goal in load(county.study).layers[0].goals]
    assert sources[0] == "BX-1：《本县规划》（本县，2024）条款 三"
    assert sources[1].startswith("Z21-25：《推进民政事业")
    county.edit('"BX-1"', '"BX-2"')
    missing = county.refused().the("targets.id")
    assert missing.column == "layers.elderly_care.goals.0.target"
    assert missing.row == 17
    assert "BX-1" in missing.render("zh")


@pytest.mark.parametrize(
    ("make", "zh"),
    [
        (lambda: Goal("reached", Fraction(0)), "大于 0"),
        (lambda: Goal("reached", Fraction(1, 3)), "四位小数"),
        (lambda: Goal("reached", Fraction(50), minutes=2.5), "整数"),
        (lambda: Goal("has_one", Fraction(50), group="all"), "数的是单元"),
    ],
)
def test_a_goal_made_in_code(make, zh):
    with pytest.raises(InputError) as caught:
        make()
    (problem,) = caught.value.problems
    assert problem.code == "goal.value"
    assert zh in problem.render("zh")
    assert "goal" in problem.render("en")


def test_a_group_nobody_counted():
    units = region((0, -500, 1000, 500))
    plain = inputs(
        units, demand(units, [(5, 0, "a", 4)]), network([[(0, 0), (2000, 0)]]), facilities([])
    )
    item = plain.layers[0]
    goal = Goal("reached", Fraction(50), group="elderly")
    with pytest.raises(InputError) as caught:
        type(plain)(
            title="x", date=plain.date, region=plain.region, demand=plain.demand,
            network=plain.network, profiles=plain.profiles,
            layers=(LayerInput(item.layer, item.facilities, None, (goal,)),),
        )  # fmt: skip
    assert [p.code for p in caught.value.problems] == ["inputs.unknown"]
    assert "layers.test.goals.0.group" in caught.value.problems[0].render("zh")
