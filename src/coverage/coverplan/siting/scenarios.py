"""Plans side by side: people, sites, money, and whose answer to a target changes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.arguments import expect
from ..core.text import Text
from .plan import SitingPlan
from .problem import SitingProblem
from .recount import open_sites, recount_facts
from .stages import fault, refuse

TODAY = "today"
"""Name of the row of what stands now."""

_TAKEN = (TODAY, "name", "n_changed", "alike")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A plan and the question it answers.

    Parameters
    ----------
    problem, plan
        The question, and its answer. Problems that are compared may differ in candidates and
        rules, but not in people and units.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.siting import Scenario
    >>> problem = cp.small_problem().with_rules(sites=1)
    >>> scenario = Scenario(problem, cp.solve_mclp(problem))
    >>> scenario.reached.tolist()
    [True, True, False, True, True, True, False, False, False]
    """

    problem: SitingProblem
    plan: SitingPlan

    def __repr__(self) -> str:
        return f"<Scenario: {self.plan!r}>"

    @property
    def reached(self) -> NDArray[np.bool_]:
        """Whether each place is reached by a site that is open in the plan."""
        opened = open_sites(self.problem, self.plan.chosen, self.plan.closed)
        return self.problem.reach.covered(opened)


def compare_plans(scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """Return one row per scenario, after one for what stands today.

    Parameters
    ----------
    scenarios
        By name. Those without a plan have a row with its status and nothing else.

    Returns
    -------
    pandas.DataFrame
        Index ``scenario``; ``model``, ``status``, ``gap_percent``, ``sites`` (new ones),
        ``closed``, ``cost_yuan``, ``people`` (everybody), ``reached``, ``share_percent``,
        ``newly``, ``yuan_per_newly``, ``least_share_percent`` and ``least_unit`` (worst off, units
        nobody lives in left out), ``mean_minutes``, ``farthest_minutes``, ``beyond_cutoff``.

    Raises
    ------
    InputError
        When there is no scenario, one is called as today's row is, or people differ.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> one = cp.small_problem().with_rules(sites=1)
    >>> two = cp.small_problem().with_rules(sites=2)
    >>> scenarios = {
    ...     "one": siting.Scenario(one, cp.solve_mclp(one)),
    ...     "two": siting.Scenario(two, cp.solve_mclp(two)),
    ... }
    >>> cp.compare_plans(scenarios)[["sites", "reached", "newly", "cost_yuan"]]
              sites  reached  newly  cost_yuan
    scenario
    today         0      314      0          0
    one           1      647    333     900000
    two           2      757    443    1300000
    """
    _check(scenarios)
    first = next(iter(scenarios.values())).problem
    rows = {TODAY: {"status": "", **_facts(first, (), ())}}
    for name, scenario in scenarios.items():
        plan = scenario.plan
        row: dict[str, object] = {
            "model": plan.model,
            "status": plan.status,
            "gap_percent": plan.gap_percent,
        }
        if plan.value is not None:
            row |= _facts(scenario.problem, plan.chosen, plan.closed)
        rows[name] = row
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=list(_COLUMNS))
    table.index.name = "scenario"
    whole = ["sites", "closed", "cost_yuan", "people", "reached", "newly", "beyond_cutoff"]
    return table.astype(dict.fromkeys(whole, "Int64"))


_COLUMNS = (
    "model",
    "status",
    "gap_percent",
    "sites",
    "closed",
    "cost_yuan",
    "people",
    "reached",
    "share_percent",
    "newly",
    "yuan_per_newly",
    "least_share_percent",
    "least_unit",
    "mean_minutes",
    "farthest_minutes",
    "beyond_cutoff",
)


def _facts(
    problem: SitingProblem, chosen: tuple[int, ...], closed: tuple[int, ...]
) -> dict[str, object]:
    facts = recount_facts(problem, chosen, closed)
    peopled = np.flatnonzero(facts.unit_people > 0)
    share = facts.unit_after[peopled] / facts.unit_people[peopled] * 100
    worst = int(np.argmin(share)) if len(peopled) else None
    return {
        "sites": facts.opened,
        "closed": facts.closed,
        "cost_yuan": facts.cost_yuan,
        "people": facts.people,
        "reached": facts.reached_after,
        "share_percent": facts.share_percent,
        "newly": facts.newly,
        "yuan_per_newly": facts.cost_yuan / facts.newly if facts.newly > 0 else None,
        "least_share_percent": None if worst is None else float(share[worst]),
        "least_unit": None if worst is None else problem.unit_names[peopled[worst]],
        "mean_minutes": facts.mean_minutes,
        "farthest_minutes": facts.farthest_minutes,
        "beyond_cutoff": facts.beyond_cutoff,
    }


def compare_units(scenarios: Mapping[str, Scenario], *, target_percent: float) -> pd.DataFrame:
    """Return one row per unit: its share today and in each scenario, and where a target flips.

    Parameters
    ----------
    scenarios
        By name; those without a plan are left out.
    target_percent
        Share of its people that must be reached; exactly at it is met.

    Returns
    -------
    pandas.DataFrame
        Index ``unit`` (code); ``name``, ``people``, for today and each scenario ``share_percent``
        (None where nobody lives) and ``met``, as columns ``(what, scenario)``, and
        ``("changes", "")``: whether the answer to the target is not the same in all of them.

    Raises
    ------
    InputError
        As `compare_plans`, and when the target is no share.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> scenarios = {"two": siting.Scenario(problem, cp.solve_mclp(problem))}
    >>> units = siting.compare_units(scenarios, target_percent=80)
    >>> units["met"]["two"].to_dict()
    {'330999201': False, '330999202': True, '330999203': False}
    >>> units["changes"].to_dict()
    {'330999201': False, '330999202': True, '330999203': False}
    """
    _check(scenarios)
    if not 0 <= target_percent <= 100:  # noqa: PLR2004 - per cent
        what = Text("目标不是百分比", "the target is no percentage")
        mend = Text("应为 0 至 100", "give 0 to 100")
        refuse([fault("target_percent", what, f"{target_percent:g}", mend)])
    problem = next(iter(scenarios.values())).problem
    people = problem.totals
    reached = {TODAY: recount_facts(problem, (), ()).unit_after}
    for name, scenario in scenarios.items():
        if scenario.plan.value is not None:
            reached[name] = scenario.plan.facts.unit_after
    columns: dict[tuple[str, str], object] = {
        ("name", ""): list(problem.unit_names),
        ("people", ""): people,
    }
    lived = people > 0
    met = {}
    for name, number in reached.items():
        share = np.full(len(people), np.nan)
        np.divide(number * 100.0, people, out=share, where=lived)
        columns["share_percent", name] = share
        # In people, so that rounding never decides: 100 n >= target people.
        met[name] = lived & (number * 100.0 >= target_percent * people - _TINY)
        columns["met", name] = pd.arrays.BooleanArray(met[name], ~lived)
    answers = np.array(list(met.values()))
    columns["changes", ""] = (answers.any(axis=0) & ~answers.all(axis=0)) & lived
    table = pd.DataFrame(columns, index=pd.Index(problem.unit_codes, name="unit"))
    table.columns = pd.MultiIndex.from_tuples(list(columns), names=["what", "scenario"])
    return table


_TINY = 1e-6


def compare_sites(scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """Return one row per site that some scenario opens or closes.

    Parameters
    ----------
    scenarios
        By name; those without a plan are left out.

    Returns
    -------
    pandas.DataFrame
        Index ``site_id``; ``name``, for each scenario ``opened``, ``closed`` or an empty string,
        then ``n_changed`` (scenarios that change the site) and ``alike`` (whether all of them do
        the same with it).

    Raises
    ------
    InputError
        As `compare_plans`.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> one = cp.small_problem().with_rules(sites=1)
    >>> two = cp.small_problem().with_rules(sites=2)
    >>> scenarios = {
    ...     "one": siting.Scenario(one, cp.solve_mclp(one)),
    ...     "two": siting.Scenario(two, cp.solve_mclp(two)),
    ... }
    >>> siting.compare_sites(scenarios)[["one", "two", "alike"]]
                one     two  alike
    site_id
    new:C2   opened  opened   True
    new:C4           opened  False
    """
    _check(scenarios)
    done: dict[str, dict[str, str]] = {}
    called: dict[str, str] = {}
    planned = {name: s for name, s in scenarios.items() if s.plan.value is not None}
    for name, scenario in planned.items():
        sites = scenario.problem.sites
        for word, positions in (("opened", scenario.plan.chosen), ("closed", scenario.plan.closed)):
            for site in positions:
                done.setdefault(str(sites.ids[site]), {})[name] = word
                called.setdefault(str(sites.ids[site]), sites.name(site))
    words = [[row.get(name, "") for name in planned] for row in done.values()]
    index = pd.Index(list(done), name="site_id", dtype=object)
    table = pd.DataFrame(words, index=index, columns=list(planned), dtype=object)
    table.insert(0, "name", list(called.values()))
    return table.assign(
        n_changed=[sum(word != "" for word in row) for row in words],
        alike=[len(set(row)) == 1 for row in words],
    )


def compare_people(scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """Return one row per pair of scenarios: whom both reach, and whom only one of them.

    Parameters
    ----------
    scenarios
        By name; those without a plan are left out.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second``, ``both``, ``only_first``, ``only_second`` and ``neither``, in
        people with a place.

    Raises
    ------
    InputError
        As `compare_plans`.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=1)
    >>> scenarios = {
    ...     "most people": siting.Scenario(problem, cp.solve_mclp(problem)),
    ...     "least minutes": siting.Scenario(problem, siting.solve_pmedian(problem)),
    ... }
    >>> siting.compare_people(scenarios)[["both", "only_first", "only_second", "neither"]]
       both  only_first  only_second  neither
    0   647           0            0      286
    """
    _check(scenarios)
    planned = {name: s for name, s in scenarios.items() if s.plan.value is not None}
    reached = {name: scenario.reached for name, scenario in planned.items()}
    rows = []
    names = list(planned)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            people = planned[a].problem.people
            rows.append(
                {
                    "first": a,
                    "second": b,
                    "both": int(people[reached[a] & reached[b]].sum()),
                    "only_first": int(people[reached[a] & ~reached[b]].sum()),
                    "only_second": int(people[~reached[a] & reached[b]].sum()),
                    "neither": int(people[~reached[a] & ~reached[b]].sum()),
                }
            )
    columns = ["first", "second", "both", "only_first", "only_second", "neither"]
    return pd.DataFrame(rows, columns=columns)


_SCENARIO = Text(
    "方案和它回答的问题放在一起：coverplan.Scenario(problem, plan)",
    "a plan with the question it answers: coverplan.Scenario(problem, plan)",
)


def _check(scenarios: Mapping[str, Scenario]) -> None:
    """Refuse scenarios that cannot be compared."""
    if not scenarios:
        what = Text("没有方案可比较", "there is no scenario to compare")
        mend = Text("至少给出一个方案", "give at least one")
        refuse([fault("scenarios", what, "0", mend)])
    what = Text("方案不能用这个名字", "a scenario cannot have this name")
    mend = Text("改名", "call it something else")
    refuse([fault("scenarios", what, name, mend) for name in _TAKEN if name in scenarios])
    for each, scenario in scenarios.items():
        expect(f"scenarios.{each}", scenario, Scenario, mend=_SCENARIO)
    first = next(iter(scenarios.values())).problem
    mend = Text("只比较同一批人口、同样单元的方案", "compare plans for the same people and units")
    what = Text("方案的人口或单元不同", "people or units of the scenarios differ")
    refuse(
        [
            fault("scenarios", what, name, mend)
            for name, scenario in scenarios.items()
            if not _same(first, scenario.problem)
        ]
    )


def _same(a: SitingProblem, b: SitingProblem) -> bool:
    return (
        np.array_equal(a.people, b.people)
        and np.array_equal(a.of_unit, b.of_unit)
        and np.array_equal(a.totals, b.totals)
        and a.unit_codes == b.unit_codes
    )
