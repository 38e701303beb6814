"""The reasons for a site: a small place worked out by hand, the sentences and the table."""

from dataclasses import replace

import numpy as np
import pytest
from siting_cases import times_of

from coverplan import Text
from coverplan.siting import Rules, Sites, SitingProblem
from coverplan.siting.finish import Found, finish
from coverplan.siting.plan import NEWLY, PERSON_MS, SITES
from coverplan.siting.reason_text import as_frame, reason_text
from coverplan.siting.reasons import site_reasons

MIN = 60_000
# Places: north and south villages, a far one that nobody reaches in 15 minutes.
MS = np.array(
    [
        [5, 30, -1, -1],  # s0 stands
        [20, 10, 15, -1],  # s1
        [-1, 10, 14, -1],  # s2: the same people, nearer
        [10, 39, -1, 12],  # s3
        [16, 16, 16, 16],  # s4: nobody in reach
    ]
)
PEOPLE = np.array([100, 40, 60, 7])
NAMES = np.array(["东村", "南村", "西村", "北村"], dtype=object)


def problem(**rules):
    times = times_of(np.where(MS < 0, -1, MS * MIN))
    sites = Sites.make(times.sites, existing=[True, False, False, False, False])
    return SitingProblem(
        sites,
        times.within(15),
        PEOPLE,
        rules=Rules(**(rules or {"sites": 2})),
        times=times,
        unit=np.array([0, 0, 1, 1], dtype=np.int32),
        unit_codes=("330001", "330002"),
        unit_names=("甲镇", "乙镇"),
    )


def plan_of(the_problem, opened, objective=NEWLY):
    return finish(the_problem, Found("any", objective, opened, None, None), 0.0)


def cards(opened=(0, 1, 3), objective=NEWLY, names=NAMES, **rules):
    the_problem = problem(**rules)
    return site_reasons(
        the_problem, plan_of(the_problem, opened, objective), {"elderly": PEOPLE // 2}, names
    )


def test_the_card_of_a_site_by_hand():
    first, second = cards()
    assert (first.id, first.rank, first.newly, first.alone) == ("s1", 1, 100, 100)
    assert [(g.key, g.newly) for g in first.groups] == [("elderly", 50)]
    assert [(u.name, u.newly) for u in first.units] == [("乙镇", 60), ("甲镇", 40)]
    assert [v.name for v in first.villages] == ["西村", "南村"]
    assert (first.backs_up, first.lost) == (0, 100)
    # South: from 30 to 10 minutes; west: from none within 40 to 15.
    assert first.minutes.saved_person_minutes == 40 * 20 + 60 * 25
    assert (first.minutes.nearer, first.minutes.first) == (100, 60)
    assert first.minutes.mean_minutes == pytest.approx(23)
    assert (first.rival.id, first.rival.loss, first.rival.people) == ("s2", 0, 0)
    assert [r.id for r in first.alternatives] == ["s2"]
    assert (second.id, second.newly, second.backs_up) == ("s3", 7, 100)
    assert second.rival.id == "s2"
    assert second.rival.loss == 7
    assert second.near_ties == ()


def test_the_sentences():
    first, second = (reason_text(c, {"elderly": Text("老年人", "older people")}) for c in cards())
    assert first.zh == (
        "s1：新增可达 100 人（其中老年人 50 人），在乙镇（60 人）、甲镇（40 人），包括西村、南村；"
        "100 人有了更近的站点，平均至少省 23.0 分钟。若不建，100 人在时限内无站点可去。"
        "换成 s2，目标值不变。"
    )
    assert first.en == (
        "s1 newly reaches 100 people (older people: 50) in 乙镇 (60) and 甲镇 (40), among them "
        "西村, 南村; 100 people get a nearer site and save at least 23.0 minutes on average. "
        "Without it 100 people have no site within reach. With s2 instead the value stays the same."
    )
    assert "另有 100 人因它多一处可去" in second.zh
    assert "最好的替代点是 s2，换成它差 7 人" in second.zh
    assert "Its best rival, s2, is worse by 7 people." in second.en


def test_the_sentences_of_odd_sites():
    useless = reason_text(cards(opened=(0, 4))[0])
    assert "没有新增可达的人" in useless.zh
    assert "其余站点仍能覆盖" in useless.zh
    assert "反而更好（107 人）" not in useless.zh
    assert "换成 s1 反而更好（100 人）" in useless.zh
    assert "would even be better, by 100 people" in useless.en
    required = problem(sites=2)
    must = required.sites.must.copy()
    must[3] = True
    required = replace(required, sites=replace(required.sites, must=must))
    (card,) = site_reasons(required, plan_of(required, [0, 3]))
    assert card.rival is None
    assert "没有别的候选点能按规则代替它" in reason_text(card).zh
    assert "under the rules" in reason_text(card).en
    nameless = reason_text(cards(names=None)[0]).zh
    assert "包括" not in nameless


def test_minutes_are_what_counts_where_they_are_the_objective():
    (first, _) = cards(opened=(0, 1, 3), objective=PERSON_MS)
    assert first.objective == PERSON_MS
    # With s2 instead of s1 the west needs one minute less.
    assert (first.rival.id, first.rival.loss) == ("s2", -60 * MIN)
    assert "换成 s2 反而更好（60.00 人·分钟）" in reason_text(first).zh
    assert "60.00 person-minutes" in reason_text(first).en


def test_without_times_there_are_no_minutes():
    the_problem = replace(problem(), times=None)
    card = site_reasons(the_problem, plan_of(the_problem, [0, 1]))[0]
    assert card.minutes is None
    assert "分钟" not in reason_text(card).zh
    assert "minutes_saved" not in set(as_frame([card])["fact"])


def test_where_the_fewest_are_asked_nobody_may_be_left_behind():
    first, second = cards(objective=SITES)
    assert [r.id for r in first.alternatives] == ["s2"]
    assert second.rival is None

    class Most:
        people, at_least = PEOPLE, 200

    the_problem = problem()
    plan = plan_of(the_problem, [0, 1, 3], SITES)
    _, second = site_reasons(the_problem, plan, needs=[Most()])
    assert [r.id for r in second.alternatives] == ["s2", "s4"]


def test_names_of_sites_are_used():
    the_problem = problem()
    names = np.array(["老站", "文化站", "粮站", "小学", "山口"], dtype=object)
    card = site_reasons(the_problem, plan_of(the_problem, [0, 1]), site_names=names)[0]
    assert (card.id, card.name, card.rival.name) == ("s1", "文化站", "粮站")
    assert reason_text(card).zh.startswith("文化站：")


def test_places_of_one_village_are_one():
    names = np.array(["东村", "南村", "南村", ""], dtype=object)
    first, second = cards(names=names)
    # South village in two units: two villages of one name.
    assert [(v.name, v.people, v.places) for v in first.villages] == [
        ("南村", 60, 1),
        ("南村", 40, 1),
    ]
    assert [(v.name, v.people) for v in second.villages] == [("", 7)]
    the_problem = replace(problem(), unit=np.zeros(4, dtype=np.int32), unit_people=None)
    (card,) = site_reasons(the_problem, plan_of(the_problem, [0, 1]), place_names=names)
    assert [(v.name, v.people, v.places, v.place) for v in card.villages] == [("南村", 100, 2, 2)]
    assert "包括南村；" in reason_text(card).zh


def test_many_villages_are_counted():
    many = replace(cards()[0], villages=cards()[0].villages * 3)
    assert "包括西村、南村、西村等 6 个村（居）" in reason_text(many).zh
    assert "(6 villages in all)" in reason_text(many).en


def test_a_plan_without_sites_has_no_reasons():
    the_problem = problem()
    plan = plan_of(the_problem, [0])
    assert site_reasons(the_problem, plan) == ()
    frame = as_frame([])
    assert list(frame.columns) == ["rank", "site_id", "fact", "about", "name", "value"]
    assert len(frame) == 0


def test_the_table_has_a_row_for_each_fact():
    frame = as_frame(cards())
    facts = frame[frame["site_id"] == "s1"].set_index("fact")["value"]
    assert facts["newly"] == 100
    assert facts["minutes_saved"] == 2300
    assert facts["rival_loss"] == 0
    villages = frame[(frame["fact"] == "village") & (frame["rank"] == 1)]
    assert villages["name"].tolist() == ["西村", "南村"]
    assert villages["value"].tolist() == [60, 40]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("柳树村", "换成柳树村，目标值不变"),
        ("s2", "换成 s2，目标值不变"),
        ("2 号", "换成 2 号，目标值不变"),
    ],
)
def test_a_space_in_chinese_parts_only_letters_and_figures(name, words):
    card = cards()[0]
    assert words in reason_text(replace(card, rival=replace(card.rival, name=name))).zh
