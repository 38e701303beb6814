"""One map and one set of data: what is on the map, what has a place, what is known of units."""

import pandas as pd

from ...core.text import Text
from ...domain.policy import LEVELS, Target
from ...domain.policy_columns import BURIAL_TYPES, UNIT_FACTS
from .counted import facilities_of, layer_words, level_text, missing_lists, unit_parts
from .facts import people_of, total
from .filters import column_label
from .found import Cannot, Found, Measured, Named, NoTarget, Part
from .ledger import Ledger
from .places import has_point
from .projects import covers, ids_in
from .registry import measures

_SITES = Text("处", "facilities")


@measures(
    "geocoded_share",
    zh="已落图的设施占比",
    en="share of facilities with a place",
    formula=Text(
        "有坐标的设施 ÷ 名录中的全部设施（已关闭的除外）",
        "facilities with coordinates / all facilities in the lists but closed ones",
    ),
)
def geocoded_share(target: Target, ledger: Ledger) -> Found:
    """Return the share of facilities that have a place on the map (Z21-38).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    wanting = missing_lists(target.layers, ledger)
    if isinstance(wanting, Cannot):
        return wanting
    rows = ledger.all_of(target.layers)
    rows = rows[(rows["status"] != "closed").fillna(value=True).to_numpy(dtype=bool)]
    # A facility of two kinds is one facility.
    rows = rows[~rows.duplicated(["id", "name", "x", "y"]).to_numpy(dtype=bool)]
    if not len(rows):
        return Cannot(
            Text(
                "名录中没有一处未关闭的设施（分母为零）",
                "the lists hold no facility that is not closed (the denominator is zero)",
            )
        )
    there = has_point(rows)
    lost = rows[~there]
    addressed = int(lost["address"].notna().sum())
    part = Part(Text("无坐标但有地址", "without a place, but with an address"), addressed,
                unit=_SITES)  # fmt: skip
    return Measured(
        numerator=int(there.sum()),
        denominator=len(rows),
        unit=_SITES,
        of=_SITES,
        missing=tuple(
            Named(str(code), str(name), layer_words((str(key),)))
            for code, name, key in zip(lost["id"], lost["name"], lost["layer"], strict=True)
        ),
        parts=(part,),
        notes=wanting,
    )


@measures(
    "map_layers",
    zh="一张图",
    en="one map",
    formula=Text(
        "登记表中有已完成的地图，或名录中的各类设施都在本研究的图上，计 1 张图；否则计 0",
        "1 map where the register of projects holds a finished one, or every layer there is a "
        "list of is on the study's map; else 0",
    ),
)
def map_layers(target: Target, ledger: Ledger) -> Found:
    """Return whether one map shows every layer the study has a list of (Z20-31).

    A finished map of these layers in the register of projects is one; else the study's own map is,
    when it shows all of them.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    wanting = missing_lists(target.layers, ledger)
    if isinstance(wanting, Cannot):
        return wanting
    known = ledger.known_layers(target.layers)
    off = [key for key in known if key not in ledger.on_map]
    maps = _finished_maps(target, ledger)
    by = tuple(
        Text(f"依据项目登记表：{name}", f"by the register of projects: {name}") for name in maps[:1]
    )
    label = Text("本研究图上的设施类别", "layers on the study's map")
    return Measured(
        numerator=0 if off and not maps else 1,
        denominator=None,
        unit=Text("张图", "maps"),
        missing=tuple(
            Named(key, layer_words((key,)).zh, Text("没有上图", "not on the map"))
            for key in (() if maps else off)
        ),
        parts=(Part(label, len(known) - len(off), len(known), unit=Text("类", "layers")),),
        notes=(*wanting, *by),
    )


def _finished_maps(target: Target, ledger: Ledger) -> list[str]:
    """Return the names of finished maps of a clause's layers in the register of projects."""
    rows = ledger.projects
    done = rows["kind"].eq("map") & rows["status"].eq("done")
    late = rows["year"] > ledger.date.year
    rows = rows[(done & ~late.fillna(value=False)).fillna(value=False).to_numpy(dtype=bool)]
    return [
        str(row["name"])
        for _, row in rows.iterrows()
        if target.id in ids_in(row["target"]) or covers(row["layer"], target.layers)
    ]


@measures(
    "counted_types",
    zh="计入的安葬方式",
    en="kinds of burial that count",
    formula=Text(
        "有所列安葬方式的安葬点 ÷ 安葬方式已知的安葬点（定义，不作目标）",
        "sites of the kinds named / sites whose kinds are known (a definition, no target)",
    ),
)
def counted_types(target: Target, ledger: Ledger) -> Found:
    """Return how many sites are of the kinds a clause counts (Z20-36, Z21-30).

    A definition: it asks nothing. Sea burial counts in the rate of eco-burials and has no site.

    Parameters
    ----------
    target, ledger
        The clause, ``burial_type=`` the kinds, and what is known.
    """
    sites = facilities_of(target, ledger, ())
    if isinstance(sites, Cannot):
        return _defined(sites.reason)
    words = next((c.words for c in target.condition if c.key == "burial_type"), ())
    kinds = sites.rows["burial_type"].dropna()
    if not len(kinds):
        reason = Text("名录没有安葬方式", "no list gives the kinds of burial")
        return _defined(reason)
    counted = sum(bool(kind & set(words)) for kind in kinds)
    lost = len(sites.rows) - len(kinds)
    unknown = Text(f"{lost} 处安葬方式未知", f"of {lost} sites the kinds are not known")
    figure = Measured(
        numerator=counted,
        denominator=len(kinds),
        unit=Text("处安葬点", "burial sites"),
        of=Text("处安葬点", "burial sites"),
        parts=tuple(
            Part(_kind(word), sum(word in kind for kind in kinds), len(kinds), unit=_SITES)
            for word in words
        ),
        notes=(*sites.notes, _SEA, *((unknown,) if lost else ())),
    )
    return NoTarget(_DEFINITION, figure)


_DEFINITION = Text(
    "规定哪些安葬方式计入节地生态安葬，没有提出数值",
    "says which kinds of burial count as eco-burial, and asks no figure",
)
_SEA = Text("海葬计入比例，但没有地点", "sea burial counts in the rate and has no place")


def _defined(reason: Text) -> NoTarget:
    return NoTarget(
        Text(f"{_DEFINITION.zh}；{reason.zh}", f"{_DEFINITION.en}; {reason.en}"),
    )


def _kind(word: str) -> Text:
    zh = next((name for name, key in BURIAL_TYPES.items() if key == word), word)
    return Text(zh, word)


@measures(
    "known_groups",
    zh="服务对象人数已知的单元",
    en="units whose target groups are known",
    formula=Text(
        "各类服务对象人数都已知的单元 ÷ 范围内单元（定义，不作目标）",
        "units of which the number of every group is known / units in scope (a definition)",
    ),
)
def known_groups(target: Target, ledger: Ledger) -> Found:
    """Return in how many units the numbers of all target groups are known (Z20-26).

    The clause defines whom a station serves: it asks nothing, but without their numbers no demand
    can be weighed.

    Parameters
    ----------
    target, ledger
        The clause, ``facts=`` the groups, and what is known.
    """
    units = unit_parts(target, ledger)
    if isinstance(units, Cannot):
        reason = units.reason
        return NoTarget(Text(f"{_GROUPS.zh}；{reason.zh}", f"{_GROUPS.en}; {reason.en}"))
    (part, chosen), rows = units[0], units[0][1].rows
    given = next((c.words for c in target.condition if c.key == "facts"), ())
    keys = [key for key in given if key in {fact.key for fact in UNIT_FACTS}]
    known = rows[keys].notna()
    complete = known.all(axis=1).to_numpy(dtype=bool)
    word = level_text(part.level)
    parts = []
    for key in keys:
        label = column_label(key)
        parts.append(Part(label, int(known[key].sum()), len(rows), unit=word))
        label = Text(f"{label.zh}（合计）", f"{label.en}, in all")
        parts.append(Part(label, total(rows[key]), unit=Text("人", "people")))
    figure = Measured(
        numerator=int(complete.sum()),
        denominator=len(rows),
        unit=word,
        of=word,
        missing=tuple(
            Named(str(code), ledger.name(str(code)), people=people_of(rows, str(code)))
            for code in rows.index[~complete]
        ),
        parts=tuple(parts),
        notes=chosen.notes,
    )
    return NoTarget(_GROUPS, figure)


_GROUPS = Text("说明服务哪些人群，没有提出数值", "says which groups are served, and asks no figure")


@measures(
    "levels_known",
    zh="已贯通的层级",
    en="levels that roll up",
    formula=Text(
        "省、市、县、乡、村五级中，单元表里有单元的层级数",
        "levels, of province, prefecture, county, township and village, that have units in the "
        "tables",
    ),
)
def levels_known(target: Target, ledger: Ledger) -> Found:
    """Return at how many of the five levels units are known (Z20-40).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    del target  # the five levels are those of the code
    counts = {level: ledger.units_at(level) for level in LEVELS}
    lacking = [level for level, rows in counts.items() if not len(rows)]
    loose = sum(_loose(rows, ledger) for rows in counts.values())
    note = Text(
        f"{loose} 个单元的上级不在表中（按代码归属）",
        f"{loose} units whose unit above is not in the tables (their codes say where they belong)",
    )
    return Measured(
        numerator=len(LEVELS) - len(lacking),
        denominator=None,
        unit=Text("级", "levels"),
        missing=tuple(Named(level, _both(level_text(level))) for level in lacking),
        parts=tuple(
            Part(level_text(level), len(rows), unit=Text("个", "units"))
            for level, rows in counts.items()
        ),
        notes=(note,) if loose else (),
    )


def _both(word: Text) -> str:
    return f"{word.zh} / {word.en}"


def _loose(rows: pd.DataFrame, ledger: Ledger) -> int:
    above = rows["parent"].fillna("").astype(str)
    top = rows["level"] == _widest(ledger)
    return int((~above.isin(ledger.units.index) & ~top).sum())


def _widest(ledger: Ledger) -> str:
    present = set(ledger.units["level"].dropna())
    return next((level for level in LEVELS if level in present), "")
