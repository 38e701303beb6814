"""Premises of their own beside the station that should house them, and levels that have one."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.text import Text
from ...domain.policy import Target, layer_members
from .counted import facilities_of, layer_words, level_text, no_list
from .facts import special, without
from .found import Cannot, Found, Measured, Named, Part
from .ledger import Ledger
from .places import has_point, points, walker
from .premises import NO, UNKNOWN, YES, same_premises_metres, together, with_key
from .registry import measures
from .roads import minutes_of
from .threefold import decided, fulfils


@measures(
    "stand_alone",
    zh="单独设立的服务场所",
    en="premises of their own",
    formula=Text(
        "所列各类乡镇级服务中，没有与本乡镇社会工作站同处一处的在运营场所数（按设立年份）",
        "working premises of the township services that are not on the premises of their "
        "township's station, by year of opening",
    ),
)
def stand_alone(target: Target, ledger: Ledger) -> Found:
    """Return how many premises stand apart from their township's station (Z21-43, Z21-44).

    Parameters
    ----------
    target, ledger
        The clause: ``anchor=`` the layer of stations, ``since=`` or ``before=`` the year of
        opening; and what is known.

    Notes
    -----
    Named with each: metres and minutes to the nearest station of the township, and by how much the
    mean way of the township's people to this service changes when all premises that stand apart
    move to their stations. A township without a station has no premises to move into; its services
    count as apart, and the note says so.
    """
    anchor = special(target, "anchor") or "social_work_station"
    sites = facilities_of(target, ledger, ())
    if isinstance(sites, Cannot):
        return sites
    stations = facilities_of(target, ledger, (), layers=(anchor,))
    if isinstance(stations, Cannot):
        return stations
    rest = without(target.condition, "anchor", "since", "before")
    asked = fulfils(sites.rows, rest, ledger.config)
    if isinstance(asked, Cannot):
        return asked
    apart = _apart(sites.rows, stations.rows, same_premises_metres(ledger))
    alone = asked & _years(sites.rows, target) & apart
    rows = sites.rows[alone.fillna(value=False).to_numpy(dtype=bool)]
    figure = Measured(
        # Two services in one house are one premises.
        numerator=rows["premises_id"].fillna(rows["id"]).nunique(),
        denominator=None,
        unit=Text("处单独设立的场所", "stand-alone premises"),
        better="low",
        missing=_named(rows, sites.rows, stations.rows, anchor, ledger),
        parts=_by_layer(rows, ledger.known_layers(target.layers)),
        notes=(*sites.notes, *_by(ledger, rows)),
    )
    unknown = int(alone.isna().sum())
    unlisted = [key for key in layer_members(target.layers) if key not in ledger.layers]
    if unlisted and not len(rows):
        # None found is no proof of none where a list is wanting.
        return replace(no_list(tuple(unlisted)), figure=figure)
    return with_key(decided(target, figure, unknown, _UNKNOWN, ledger.config), ledger)


_UNKNOWN = Text(
    "处场所的级别、设立年份、所在乡镇或场所不明，是否单独设立未知",
    "premises whose level, year, township or premises are not known: they may stand apart",
)


def _by(ledger: Ledger, rows: pd.DataFrame) -> tuple[Text, ...]:
    profile = walker(ledger)
    if ledger.travel is None or profile is None or not len(rows):
        return ()
    return (Text(f"分钟按出行方式 {profile}", f"minutes by the profile {profile}"),)


def _years(rows: pd.DataFrame, target: Target) -> pd.Series:
    opened = rows["opened"].astype("Int64")
    found = pd.Series(data=True, index=rows.index, dtype="boolean")
    if since := special(target, "since"):
        found = found & (opened >= int(since))
    if before := special(target, "before"):
        found = found & (opened < int(before))
    return found


def _apart(sites: pd.DataFrame, stations: pd.DataFrame, metres: float | None) -> pd.Series:
    """Return whether each facility stands apart from all stations of its township."""
    answers = np.full(len(sites), UNKNOWN, dtype=np.int8)
    at = sites["township"].fillna("").to_numpy(dtype=object)
    theirs = stations["township"].fillna("").to_numpy(dtype=object)
    for code in sorted(set(at) - {""}):
        mine = np.flatnonzero(at == code)
        pairs = together(sites.iloc[mine], stations[theirs == code], metres)
        answers[mine] = pairs.max(axis=1, initial=NO)
    values = [{YES: False, NO: True}.get(int(one)) for one in answers]
    return pd.Series(pd.array(values, dtype="boolean"), index=sites.index)


def _by_layer(rows: pd.DataFrame, layers: tuple[str, ...]) -> tuple[Part, ...]:
    unit = Text("处", "premises")
    return tuple(
        Part(layer_words((key,)), int((rows["layer"] == key).sum()), unit=unit) for key in layers
    )


@dataclass(frozen=True, slots=True)
class _Move:
    """The way from one premises to its station."""

    metres: float
    minutes: float
    change: float | None


def _named(
    rows: pd.DataFrame, all_sites: pd.DataFrame, stations: pd.DataFrame, anchor: str, ledger: Ledger
) -> tuple[Named, ...]:
    moves = _moves(rows, all_sites, stations, ledger)
    named = []
    for i, row in enumerate(rows.rename(columns={"name": "title"}).itertuples()):
        town, move = str(row.township), moves.get(i)
        if move is None:
            bare = not (stations["township"] == town).any()
            note = _no_way(ledger.name(town), anchor, bare=bare)
        else:
            note = _way(ledger.name(town), anchor, move)
        named.append((-(move.metres if move else 0.0), Named(str(row.id), str(row.title), note)))
    in_order = [one for _, one in sorted(named, key=lambda pair: (pair[0], pair[1].code))]
    return tuple({one.code: one for one in reversed(in_order)}.values())[::-1]


def _no_way(town: str, anchor: str, *, bare: bool) -> Text:
    word = layer_words((anchor,))
    if bare:
        return Text(f"{town}；本乡镇没有{word.zh}", f"{town}; no {word.en} in the township")
    return Text(f"{town}；距离未知", f"{town}; distance not known")


def _way(town: str, anchor: str, move: _Move) -> Text:
    word = layer_words((anchor,))
    zh = f"{town}；距{word.zh} {move.metres:,.0f} 米"
    en = f"{town}; {move.metres:,.0f} m from the {word.en}"
    if not np.isnan(move.minutes):
        zh, en = f"{zh}、{move.minutes:.1f} 分钟", f"{en}, {move.minutes:.1f} minutes"
    if move.change is not None:
        zh += f"；归并后全乡镇居民平均 {move.change:+.1f} 分钟"
        en += f"; {move.change:+.1f} minutes for the township's people on average when merged"
    return Text(zh, en)


def _moves(
    rows: pd.DataFrame, all_sites: pd.DataFrame, stations: pd.DataFrame, ledger: Ledger
) -> dict[int, _Move]:
    """Return for each premises, by position, the way to the nearest station of its township."""
    profile, moves = walker(ledger), dict[int, _Move]()
    goals = np.full((len(rows), 2), np.nan)
    at = rows["township"].to_numpy(dtype=object)
    xy, there = points(rows), has_point(stations)
    for code in sorted(set(at)):
        theirs = points(stations[(stations["township"] == code).to_numpy(dtype=bool) & there])
        mine = np.flatnonzero((at == code) & has_point(rows))
        if not len(theirs) or not len(mine):
            continue
        far = np.hypot(*(xy[mine][:, None, :] - theirs[None, :, :]).transpose(2, 0, 1))
        goals[mine] = theirs[far.argmin(axis=1)]
        minutes = np.full(len(mine), np.nan)
        if ledger.travel is not None and profile is not None:
            minutes = ledger.travel.minutes(xy[mine], theirs, profile)
        for i, metres, way in zip(mine, far.min(axis=1), minutes, strict=True):
            moves[int(i)] = _Move(float(metres), float(way), None)
    changes = _changes(rows, all_sites, goals, profile, ledger)
    return {i: _Move(m.metres, m.minutes, changes.get(i)) for i, m in moves.items()}


def _changes(
    rows: pd.DataFrame,
    all_sites: pd.DataFrame,
    goals: NDArray[np.float64],
    profile: str | None,
    ledger: Ledger,
) -> dict[int, float]:
    """Return by how many minutes the mean way of a township's people changes, by position."""
    travel, changes = ledger.travel, dict[int, float]()
    if profile is None or travel is None:
        return changes
    for key in sorted(set(rows["layer"])):
        of_layer = all_sites[all_sites["layer"] == key]
        mine = np.flatnonzero((rows["layer"] == key).to_numpy(dtype=bool))
        staying = points(of_layer[~of_layer.index.isin(rows.index)])
        movers, ends = points(rows)[mine], goals[mine]
        ends = np.where(np.isnan(ends), movers, ends)
        before = travel.person_minutes(np.vstack([staying, movers]), profile, "all")
        after = travel.person_minutes(np.vstack([staying, ends]), profile, "all")
        for i in mine:
            town = str(rows["township"].iloc[i])
            change = _change(before, after, town)
            if change is not None:
                changes[int(i)] = change
    return changes


def _change(before: pd.DataFrame, after: pd.DataFrame, town: str) -> float | None:
    """Return the change of the mean; None where other people have a way after than before."""
    if town not in before.index or town not in after.index:
        return None
    people = int(before.loc[town, "people"])
    if not people or people != int(after.loc[town, "people"]):
        return None
    ms = int(after.loc[town, "milliseconds"]) - int(before.loc[town, "milliseconds"])
    return minutes_of(ms, people)


@measures(
    "levels_with_one",
    zh="有设施的层级数",
    en="levels that have one",
    formula=Text(
        "所列层级中，至少有一处该级别在运营设施的层级数",
        "levels, of those named, with at least one working facility of that level",
    ),
)
def levels_with_one(target: Target, ledger: Ledger) -> Found:
    """Return at how many levels there is a facility (JJ-35: city, town and village).

    Parameters
    ----------
    target, ledger
        The clause (``at_level=`` the levels that count), and what is known.
    """
    levels = next((c.words for c in target.condition if c.key == "at_level"), ())
    rest = without(target.condition, "at_level")
    sites = facilities_of(target, ledger, rest)
    if isinstance(sites, Cannot):
        return sites
    counts = {level: int((sites.rows["at_level"] == level).sum()) for level in levels}
    lacking = [level for level in levels if not counts[level]]
    figure = Measured(
        numerator=len(levels) - len(lacking),
        denominator=None,
        unit=Text("个层级", "levels"),
        missing=tuple(Named(level, _both(level_text(level))) for level in lacking),
        parts=tuple(
            Part(level_text(level), n, unit=Text("处", "facilities")) for level, n in counts.items()
        ),
        notes=sites.notes,
    )
    # Each facility whose level is not known may stand for one of the levels that lack one.
    unknown = min(int(sites.rows["at_level"].isna().sum()), len(lacking))
    return decided(target, figure, unknown, _NO_LEVEL, ledger.config)


def _both(word: Text) -> str:
    return f"{word.zh} / {word.en}"


_NO_LEVEL = Text("个层级可能由级别未知的设施补上", "levels may have one whose level is not given")
