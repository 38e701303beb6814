"""Why there is no plan: the rule that cannot be kept, who makes it so, and the least to change."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .elastic import Relaxed, Slack, make_elastic
from .needs import Need
from .plan import DEFAULT_LIMITS, Impossible, Limits
from .problem import SitingProblem
from .rows import SiteRows, site_rows, too_near

_NAMES = 6
_LONGEST_SECONDS = 20.0
_TENTHS = 10


def why_impossible(
    problem: SitingProblem,
    rows: SiteRows | None = None,
    needs: Sequence[Need] = (),
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[Impossible, ...]:
    """Return why no plan keeps all rules and needs, with the smallest changes that would help.

    Where changing one rule is enough, there is a row for each rule of which that is true: any one
    of them will do. Where none is, the rows are to be changed together, and say so.

    Parameters
    ----------
    problem
        The question that has no answer.
    rows
        Its rules; default: `site_rows` of the problem.
    needs
        Whom a plan must reach.
    limits
        The search for changes takes at most this time, and at most 20 seconds; where it ends
        without an answer one row says that all rules together cannot be kept.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=1, unit_least=1)
    >>> for why in siting.why_impossible(problem):
    ...     print(why.constraint.en, "->", why.relaxation.en)
    at most 1 new site -> allow 1 more new site (2 in all)
    石桥乡 has at least 1 -> ask for 1 fewer in 石桥乡
    """
    rows = site_rows(problem) if rows is None else rows
    clash = _one_place(problem)
    if clash:
        return clash
    seconds = min(limits.time_limit_seconds, _LONGEST_SECONDS)
    elastic = make_elastic(problem, rows, needs, seconds)
    relaxations = elastic.relaxations()
    if not relaxations:
        return (_all_together(elastic.families),)
    found: list[Impossible | None] = []
    for relaxed in relaxations:
        words = _Words(problem, rows, tuple(needs), elastic.families, relaxed)
        found += [words.row(family) for family in relaxed.families]
    rows_found = tuple(row for row in found if row is not None)
    return rows_found or (_all_together(elastic.families),)


def places_out_of_reach(problem: SitingProblem) -> NDArray[np.bool_]:
    """Return which places with people no site that may be open reaches, shape ``(n_demand,)``."""
    usable = np.flatnonzero(~problem.sites.barred).tolist()
    return np.asarray((problem.people > 0) & ~problem.reach.covered(usable), dtype=bool)


def people_by_unit(problem: SitingProblem, mask: NDArray[np.bool_]) -> Text:
    """Return the people of some places, by unit, most first: the names of a few and how many.

    Parameters
    ----------
    problem, mask
        The places, shape ``(n_demand,)``.
    """
    people = np.bincount(
        problem.of_unit, np.where(mask, problem.people, 0), minlength=len(problem.unit_codes)
    ).astype(np.int64)
    order = [int(u) for u in np.argsort(-people, kind="stable") if people[u] > 0]
    named = [
        Text(f"{problem.unit_names[u]} {people[u]:,} 人", f"{problem.unit_names[u]} {people[u]:,}")
        for u in order
    ]
    return listed(named, Text("个单元", "units"))


def listed(names: Sequence[Text], what: Text) -> Text:
    """Return a few names, and how many there are in all if that is more.

    Parameters
    ----------
    names, what
        The names, and what they are.
    """
    zh = "、".join(name.zh for name in names[:_NAMES])
    en = ", ".join(name.en for name in names[:_NAMES])
    if len(names) <= _NAMES:
        return Text(zh, en)
    return Text(f"{zh} 等共 {len(names)} {what.zh}", f"{en} … {len(names)} {what.en} in all")


def share_words(people: int, of: int) -> Text:
    """Return people with their share, rounded down: so many can be reached.

    Parameters
    ----------
    people, of
        Reached people, and the denominator; 0: no share is said.
    """
    if of <= 0:
        return Text(f"{people:,} 人", f"{people:,} people")
    tenths = int(Fraction(people * 100 * _TENTHS, of))
    share = f"{tenths // _TENTHS}.{tenths % _TENTHS} %"
    return Text(f"{people:,} 人（{share}）", f"{people:,} people ({share})")


def _one_place(problem: SitingProblem) -> tuple[Impossible, ...]:
    """Return the places at which two sites are required: no rule can allow that."""
    must = np.flatnonzero(problem.sites.must)
    place = problem.sites.place[must]
    many = [must[place == p] for p in np.unique(place) if (place == p).sum() > 1]
    return tuple(
        Impossible(
            constraint=Text("同一地点只建一处", "one site at one place"),
            who=listed([Text.same(problem.sites.name(int(j))) for j in some], _SITES),
            people=None,
            relaxation=Text("只保留其中一处为必选", "require only one of them"),
        )
        for some in many
    )


_SITES = Text("处", "sites")
_UNITS = Text("个单元", "units")


def _all_together(families: Sequence[str]) -> Impossible:
    names = [_FAMILY_NAMES[family] for family in families]
    return Impossible(
        constraint=Text("所有规则合在一起", "all rules together"),
        who=listed(names, Text("类规则", "kinds of rules")),
        people=None,
        relaxation=Text(
            "求解时限内没有找到够用的最小放宽；请延长求解时限或逐条放宽",
            "no change that is enough was found in time: give more time, or drop rules one by one",
        ),
    )


_FAMILY_NAMES = {
    "number": Text("新增处数", "the number of new sites"),
    "budget": Text("预算", "the budget"),
    "spacing": Text("站点间距", "the spacing"),
    "unit_most": Text("各单元新增上限", "the most new sites in a unit"),
    "unit_least": Text("各单元最少处数", "the fewest sites in a unit"),
    "close_most": Text("关闭上限", "the most closures"),
    "close_least": Text("关闭下限", "the fewest closures"),
    "need": Text("要求可达的人数", "the people to be reached"),
    "other": Text("其他条件", "other conditions"),
}


class _Words:
    """Puts a relaxation into words."""

    def __init__(
        self,
        problem: SitingProblem,
        rows: SiteRows,
        needs: tuple[Need, ...],
        families: tuple[str, ...],
        relaxed: Relaxed,
    ) -> None:
        self.problem, self.rows, self.needs, self.families = problem, rows, needs, families
        self.relaxed = relaxed
        asked = problem.rules.units_asked
        every = range(len(problem.unit_codes))
        # Rows of a kind stand in the order of the units.
        self.unit_of: dict[int, int] = {}
        for kind, units in (
            ("unit_least", [u for u in every if asked is None or u in asked]),
            ("unit_most", list(every)),
        ):
            at = [i for i, k in enumerate(rows.kinds) if k == kind]
            self.unit_of |= dict(zip(at, units, strict=False))

    def row(self, family: str) -> Impossible | None:
        """Return what one kind of rule would have to give; None where it need not."""
        slack = [s for s in self.relaxed.slack if s.group.family == family]
        if not slack:
            return None
        makers: dict[str, Callable[[list[Slack]], tuple[Text, int | None, Text]]] = {
            "number": self._number,
            "budget": self._budget,
            "spacing": self._spacing,
            "unit_most": self._unit_most,
            "unit_least": self._unit_least,
            "close_most": self._close_most,
            "close_least": self._close_least,
            "need": self._need,
            "other": self._other,
        }
        who, people, change = makers[family](slack)
        return Impossible(
            constraint=listed(list(dict.fromkeys(s.group.name for s in slack)), _RULES),
            who=who,
            people=people,
            relaxation=self._with_rest(change),
        )

    def _with_rest(self, change: Text) -> Text:
        zh, en = change.zh, change.en
        if not self.relaxed.smallest:
            zh, en = f"{zh}（够用，未证明最小）", f"{en} (enough; not proven to be the least)"
        giving = {slack.group.family for slack in self.relaxed.slack}
        if len(giving) > 1:
            return Text(f"{zh}，须与其他各条一起改", f"{en}, together with the other changes")
        return Text(zh, en)

    def _against(self, family: str) -> Text:
        """Return the other rules this one cannot be kept with."""
        names: list[Text] = []
        for other in self.families:
            if other == "need":
                names += [need.name for need in self.needs]
            elif other != family:
                names.append(_FAMILY_NAMES[other])
        if not names:
            names = [Text("必选与排除的地点", "required and excluded sites")]
        return listed(names, _RULES)

    def _number(self, slack: list[Slack]) -> tuple[Text, int | None, Text]:
        more, less = slack[0].more, slack[0].less
        asked = self.problem.rules.sites
        if more:
            total = "" if asked is None else f"（共 {asked + more} 处）"
            total_en = "" if asked is None else f" ({asked + more} in all)"
            change = Text(
                f"多允许新增 {more} 处{total}", f"allow {_plural(more, 'more new site')}{total_en}"
            )
        else:
            total = "" if asked is None else f"（共 {asked - less} 处）"
            total_en = "" if asked is None else f" ({asked - less} in all)"
            change = Text(f"少要求新增 {less} 处{total}", f"ask for {less} fewer{total_en}")
        return self._against("number"), None, change

    def _budget(self, slack: list[Slack]) -> tuple[Text, int | None, Text]:
        more = slack[0].more
        total = (self.problem.rules.budget_yuan or 0) + more
        change = Text(
            f"预算增加 {more:,} 元（共 {total:,} 元）",
            f"raise the budget by {more:,} yuan (to {total:,})",
        )
        return self._against("budget"), None, change

    def _spacing(self, _: list[Slack]) -> tuple[Text, int | None, Text]:
        metres = self.relaxed.metres or 0
        pairs = too_near(self.problem.sites, self.problem.rules.spacing_metres or 0.0)
        must = self.problem.sites.must
        ids = self.problem.sites.ids
        named = [
            Text(f"{ids[a]}与{ids[b]}", f"{ids[a]} and {ids[b]}")
            for a, b in pairs
            if must[a] and must[b]
        ]
        who = listed(named, Text("对", "pairs")) if named else self._against("spacing")
        change = Text(f"间距降到 {metres:,} 米", f"lower the spacing to {metres:,} m")
        return who, None, change

    def _unit_most(self, slack: list[Slack]) -> tuple[Text, int | None, Text]:
        names = [self._unit(s) for s in slack]
        changes = [
            Text(f"{name.zh}多允许 {s.more} 处", f"allow {s.more} more in {name.en}")
            for name, s in zip(names, slack, strict=True)
        ]
        return listed(names, _UNITS), None, listed(changes, _UNITS)

    def _unit_least(self, slack: list[Slack]) -> tuple[Text, int | None, Text]:
        sites = self.problem.sites
        named: list[Text] = []
        changes: list[Text] = []
        for s in slack:
            name, unit = self._unit(s), self.unit_of.get(int(s.group.rows[0]), -1)
            n = int(((sites.unit == unit) & ~sites.barred).sum())
            named.append(
                Text(f"{name.zh}（可用地点 {n} 个）", f"{name.en} ({n} usable sites)")
                if unit >= 0
                else name
            )
            changes.append(
                Text(f"{name.zh}少要求 {s.less} 处", f"ask for {s.less} fewer in {name.en}")
            )
        return listed(named, _UNITS), None, listed(changes, _UNITS)

    def _close_most(self, slack: list[Slack]) -> tuple[Text, int | None, Text]:
        n = slack[0].less
        return (
            self._against("close_most"),
            None,
            Text(f"多允许关闭 {n} 处", f"allow {_plural(n, 'more closure')}"),
        )

    def _close_least(self, slack: list[Slack]) -> tuple[Text, int | None, Text]:
        n = slack[0].more
        return (
            self._against("close_least"),
            None,
            Text(f"少要求关闭 {n} 处", f"ask for {_plural(n, 'closure')} fewer"),
        )

    def _need(self, slack: list[Slack]) -> tuple[Text, int | None, Text]:
        short = [self.needs[int(s.group.rows[0])] for s in slack]
        usable = np.flatnonzero(self.rows.upper > 0).tolist()
        could = self.problem.reach.covered(usable)
        hopeless = [need for need in short if need.reached(could) < need.at_least]
        if hopeless:
            who, people = _never(self.problem, hopeless, could)
        else:
            opened = np.flatnonzero(self.relaxed.opened).tolist()
            asked = np.any([need.people > 0 for need in short], axis=0)
            left = asked & ~self.problem.reach.covered(opened)
            who, people = people_by_unit(self.problem, left), int(self.problem.people[left].sum())
            who = Text(f"{who.zh}：最好的方案也达不到", f"{who.en}: not reached by the best plan")
        changes = [
            Text(f"“{need.name.zh}”降到 {most.zh}", f'lower "{need.name.en}" to {most.en}')
            for need, s in zip(short, slack, strict=True)
            for most in [share_words(need.at_least - s.less, need.of)]
        ]
        return who, people, listed(changes, _RULES)

    def _other(self, slack: list[Slack]) -> tuple[Text, int | None, Text]:
        changes = [
            Text(
                f"“{s.group.name.zh}”放宽 {max(s.more, s.less):,}",
                f'relax "{s.group.name.en}" by {max(s.more, s.less):,}',
            )
            for s in slack
        ]
        return self._against("other"), None, listed(changes, _RULES)

    def _unit(self, slack: Slack) -> Text:
        unit = self.unit_of.get(int(slack.group.rows[0]))
        return slack.group.name if unit is None else Text.same(self.problem.unit_names[unit])


def _never(
    problem: SitingProblem, needs: Sequence[Need], could: NDArray[np.bool_]
) -> tuple[Text, int]:
    """Return who makes needs fail whatever is built: who is out of reach, or has no place."""
    nowhere = sum(max(need.of - int(need.people.sum()), 0) for need in needs)
    out = np.any([need.people > 0 for need in needs], axis=0) & ~could
    people = int(problem.people[out].sum())
    said: list[Text] = []
    if people:
        units = people_by_unit(problem, out)
        zh, en = "没有任何地点可达", "out of reach of every site"
        said.append(Text(f"{units.zh}：{zh}", f"{units.en}: {en}"))
    if nowhere:
        said.append(Text(f"没有落点的 {nowhere:,} 人", f"{nowhere:,} people without a place"))
    zh, en = "；".join(text.zh for text in said), "; ".join(text.en for text in said)
    return Text(zh, en), people + nowhere


def _plural(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


_RULES = Text("条", "rules")
