"""Rooms and their place: estates without rooms for older people, service centres at fault."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.policy import Target
from .counted import facilities_of
from .facts import exact, whole
from .figures import number_words, percent_words
from .filters import Chosen, setting
from .found import Cannot, Found, Measured, Named, Part
from .ledger import Ledger
from .places import has_point, points, walker
from .registry import measures
from .threefold import decided, fulfils

_RINGS = (5, 10, 15)
"""Minutes of the rings a living circle is planned by (GB 50180-2018)."""

_M2 = Text("平方米", "m2")


@measures(
    "estate_rooms",
    zh="养老服务用房达标的小区占比",
    en="share of estates with enough rooms for older people",
    formula=Text(
        "养老服务用房面积 ≥ 户数 ÷ 100 × 设定标准的小区 ÷ 小区",
        "estates whose rooms for older people come to the standard set for each 100 households / "
        "estates",
    ),
)
def estate_rooms(target: Target, ledger: Ledger) -> Found:
    """Return the share of estates with enough rooms for older people (XA-21, XC-20).

    Parameters
    ----------
    target, ledger
        The clause, and what is known: of an estate its ``households`` and, as ``floor_area_m2``,
        its rooms for older people. An estate handed over after the day does not count yet.
    """
    per = setting(ledger.config, "estate_m2_per_100_households")
    if isinstance(per, Cannot):
        return per
    sites = facilities_of(target, ledger, ())
    if isinstance(sites, Cannot):
        return sites
    later = (sites.rows["delivered"] > ledger.date.year).fillna(value=False)
    rows = sites.rows[~later.to_numpy(dtype=bool)]
    asked = fulfils(rows, target.condition, ledger.config)
    if isinstance(asked, Cannot):
        return asked
    short = _short(rows["floor_area_m2"], rows["households"], per)
    counts = asked.fillna(value=False).to_numpy(dtype=bool) & short.notna().to_numpy(dtype=bool)
    unknown = int(asked.isna().sum()) + int((asked & short.isna()).fillna(value=False).sum())
    rows, short = rows[counts], short[counts]
    if not len(rows):
        return _no_estates(unknown)
    wanting = short > 0
    figure = Measured(
        numerator=int((~wanting).sum()),
        denominator=len(rows),
        unit=_ESTATES,
        of=_ESTATES,
        missing=_estates(rows[wanting], per),
        shortfall=whole(sum(short, Fraction(0))),
        shortfall_unit=_M2,
        parts=_rings(rows, ledger),
        notes=sites.notes,
    )
    return decided(target, figure, unknown, _NO_AREA, ledger.config)


_ESTATES = Text("个小区", "estates")
_NO_AREA = Text(
    "个小区的户数、用房面积或交付年份未知",
    "estates of which households, rooms or the year of handing over are not known",
)


def _no_estates(unknown: int) -> Cannot:
    if unknown:
        return Cannot(Text(f"{unknown} {_NO_AREA.zh}", f"{unknown} {_NO_AREA.en}"))
    return Cannot(
        Text(
            "研究区没有属于这一条文的小区（分母为零）",
            "no estate of the study falls under this clause (the denominator is zero)",
        )
    )


def _short(area: pd.Series, households: pd.Series, per: Fraction) -> pd.Series:
    """Return the square metres wanting at each place, 0 where none is, None where not known."""
    found: list[Fraction | None] = []
    for have, homes in zip(area, households, strict=True):
        known = not (pd.isna(have) or pd.isna(homes))
        lack = exact(homes) * per / 100 - exact(have) if known else None
        found.append(None if lack is None else max(lack, Fraction(0)))
    return pd.Series(found, index=area.index, dtype=object)


def _estates(rows: pd.DataFrame, per: Fraction) -> tuple[Named, ...]:
    named = []
    for _, row in rows.iterrows():
        need = exact(row["households"]) * per / 100
        note = _area(exact(row["floor_area_m2"]), need)
        lack = exact(row["floor_area_m2"]) - need
        named.append((lack, Named(str(row["id"]), str(row["name"]), note)))
    return tuple(one for _, one in sorted(named, key=lambda pair: (pair[0], pair[1].code)))


def _area(have: Fraction, need: Fraction) -> Text:
    a, b = number_words(have), number_words(need)
    return Text(f"有 {a} 平方米，应有 {b} 平方米", f"has {a} m2, needs {b} m2")


def _rings(rows: pd.DataFrame, ledger: Ledger) -> tuple[Part, ...]:
    """Return how many estates lie within 5, 10 and 15 minutes of a service for older people."""
    layers, profile = ledger.known_layers(("all_elderly_layers",)), walker(ledger)
    if ledger.travel is None or profile is None or not layers:
        return ()
    sites = ledger.working(layers)
    placed = rows[has_point(rows)]
    minutes = ledger.travel.minutes(points(placed), points(sites)[has_point(sites)], profile)
    return tuple(
        Part(
            Text(
                f"{ring} 分钟内有养老设施的小区（{profile}）",
                f"estates within {ring} minutes of a service for older people ({profile})",
            ),
            int((minutes <= ring).sum()),
            len(placed),
            unit=_ESTATES,
        )
        for ring in _RINGS
    )


@dataclass(frozen=True, slots=True)
class _Test:
    """One of the faults a service centre may have.

    Parameters
    ----------
    label
        What the fault is.
    faults
        ``boolean`` by centre, <NA> where not known; None where the test is not made.
    why
        Why it is not made; of one that is made, how.
    settings
        Settings that would let it be made.
    """

    label: Text
    faults: pd.Series | None
    why: Text = Text("", "")
    settings: tuple[str, ...] = ()


@measures(
    "service_centre_faults",
    zh="有问题的综合服务设施",
    en="service centres at fault",
    formula=Text(
        "面积不达标、离本村居民过远、或不便使用（无障碍、开放时间）的在运营综合服务设施数",
        "working service centres that are too small for their households, too far from their "
        "village's people, or hard to use (steps, opening hours)",
    ),
)
def service_centre_faults(target: Target, ledger: Ledger) -> Found:
    """Return how many service centres are too small, badly placed or hard to use (XC-13).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.

    Notes
    -----
    Too small: less than ``settings.service_m2_per_100_households`` for each 100 households, the
    centre's own or its village's. Badly placed: less than ``settings.served_share`` of its
    village's people within ``settings.service_minutes`` of a centre by
    ``settings.service_profile``. Hard to use: not step-free,
    or not open all hours. A test whose settings or columns are not there is not made, and said;
    no fault found while a test is not made is no proof.
    """
    sites = facilities_of(target, ledger, target.condition)
    if isinstance(sites, Cannot):
        return sites
    tests = (_small(sites, ledger), _far(sites, ledger), _hard(sites))
    made = [test for test in tests if test.faults is not None]
    keys = tuple(dict.fromkeys(key for test in tests for key in test.settings))
    if not made:
        zh, en = "；".join(t.why.zh for t in tests), "; ".join(t.why.en for t in tests)
        return Cannot(Text(zh, en), settings=keys)
    fault = pd.Series(data=False, index=sites.rows.index, dtype="boolean")
    for test in made:
        fault = fault | test.faults
    bad = sites.rows[fault.fillna(value=False).to_numpy(dtype=bool)]
    not_made = [test.why for test in tests if test.faults is None]
    figure = Measured(
        numerator=len(bad),
        denominator=None,
        unit=Text("处有问题的设施", "centres at fault"),
        better="low",
        missing=_named(bad, made),
        parts=tuple(_part(test) for test in made),
        notes=(*sites.notes, *not_made, *(test.why for test in made if test.why.zh)),
    )
    if not_made and not len(bad) and len(sites.rows):
        return Cannot(not_made[0], settings=keys, figure=figure)
    return decided(target, figure, int(fault.isna().sum()), _UNTESTED, ledger.config)


_CENTRES = Text("处", "centres")
_UNTESTED = Text(
    "处设施没有查出问题，但有一项的数据未知",
    "centres without a fault found lack the facts of a test",
)


def _named(bad: pd.DataFrame, made: list[_Test]) -> tuple[Named, ...]:
    named = []
    for index, row in bad.iterrows():
        found = [t.label for t in made if _has(t, index)]
        note = Text("、".join(t.zh for t in found), ", ".join(t.en for t in found))
        named.append((-len(found), Named(str(row["id"]), str(row["name"]), note)))
    return tuple(one for _, one in sorted(named, key=lambda pair: (pair[0], pair[1].code)))


def _has(test: _Test, index: object) -> bool:
    return test.faults is not None and bool(test.faults.fillna(value=False).loc[index])


def _part(test: _Test) -> Part:
    faults = pd.Series(dtype="boolean") if test.faults is None else test.faults.dropna()
    return Part(test.label, int(faults.sum()), len(faults), unit=_CENTRES)


def _unset(label: Text, missing: list[Cannot]) -> _Test:
    keys = tuple(key for one in missing for key in one.settings)
    why = Text(
        f"未查“{label.zh}”：{'、'.join(keys)} 没有设定",
        f"not tested for “{label.en}”: {', '.join(keys)} is not set",
    )
    return _Test(label, None, why, keys)


def _small(sites: Chosen, ledger: Ledger) -> _Test:
    label = Text("面积不达标", "too small")
    per = setting(ledger.config, "service_m2_per_100_households")
    if isinstance(per, Cannot):
        return _unset(label, [per])
    rows = sites.rows
    of_village = ledger.units["households"].reindex(rows["village"].fillna("")).to_numpy()
    homes = rows["households"].fillna(pd.Series(of_village, index=rows.index, dtype="Float64"))
    short = _short(rows["floor_area_m2"], homes, per)
    faults = [None if lack is None else lack > 0 for lack in short]
    how = Text(
        f"“{label.zh}”：每百户不足 {number_words(per)} 平方米",
        f"“{label.en}”: less than {number_words(per)} m2 per 100 households",
    )
    return _Test(label, pd.Series(pd.array(faults, dtype="boolean"), index=rows.index), how)


def _far(sites: Chosen, ledger: Ledger) -> _Test:
    label = Text("离居民过远", "too far from its people")
    asked = [setting(ledger.config, key) for key in ("service_minutes", "served_share")]
    profile = ledger.config.settings.service_profile
    missing = [one for one in asked if isinstance(one, Cannot)]
    missing += [_NO_PROFILE] if profile is None else []
    if missing:
        return _unset(label, missing)
    if ledger.travel is None or profile is None:
        why = Text(f"未查“{label.zh}”：没有路网", f"not tested for “{label.en}”: no road network")
        return _Test(label, None, why)
    minutes, share = (one for one in asked if isinstance(one, Fraction))
    rows = sites.rows
    xy = points(rows)[has_point(rows)]
    people = ledger.travel.villages(xy, profile, float(minutes), "all")
    here = people.reindex(rows["village"].fillna("").astype(str))
    faults: list[bool | None] = []
    for reached, all_ in zip(here["reached"], here["people"], strict=True):
        known = not (pd.isna(reached) or pd.isna(all_))
        faults.append(Fraction(int(reached)) < share * int(all_) if known else None)
    how = Text(
        f"“{label.zh}”：本村不足 {percent_words(share)} 的人能在"
        f" {float(minutes):g} 分钟内到达任一综合服务设施（出行方式 {profile}）",
        f"“{label.en}”: less than {percent_words(share)} of the village's people are within "
        f"{float(minutes):g} minutes of any centre (profile {profile})",
    )
    return _Test(label, pd.Series(pd.array(faults, dtype="boolean"), index=rows.index), how)


_NO_PROFILE = Cannot(Text("", ""), settings=("targets.settings.service_profile",))


def _hard(sites: Chosen) -> _Test:
    label = Text("使用不便", "hard to use")
    step_free, full_time = sites.rows["step_free"], sites.rows["full_time"]
    if len(sites.rows) and step_free.isna().all() and full_time.isna().all():
        why = Text(
            f"未查“{label.zh}”：没有无障碍和开放时间的数据",
            f"not tested for “{label.en}”: no table gives step-free or opening hours",
        )
        return _Test(label, None, why)
    return _Test(label, ~step_free.astype("boolean") | ~full_time.astype("boolean"))
