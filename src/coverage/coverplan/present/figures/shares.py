"""What the figures of a layer say: read from the facts of the study, with their words."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from ...core.arguments import refused
from ...core.text import Text
from ...domain.groups import group_label
from ...measure.coverage import TOTAL
from ...measure.indicators import Phase
from ...results import LayerResult, Study
from ..looks import NOBODY, UNKNOWN
from ..report.wording import share_words

WHEN: dict[Phase, Text] = {
    "before": Text("现状", "today"),
    "after": Text("建成后", "with the sites proposed"),
}


@dataclass(frozen=True, slots=True)
class UnitShare:
    """A unit at the layer's own minutes: people of the group and reached, None where unknown."""

    code: str
    name: str
    people: int | None
    reached: int | None

    @property
    def short(self) -> int | None:
        """People not reached."""
        if self.people is None or self.reached is None:
            return None
        return self.people - self.reached

    @property
    def percent(self) -> Text:
        """The share in words; nobody there, and unknown, are said."""
        if self.people is None or self.reached is None:
            return UNKNOWN
        if self.people == 0:
            return NOBODY
        return Text.same(share_words(Fraction(100 * self.reached, self.people)))


@dataclass(frozen=True, slots=True)
class Shares:
    """The units of a layer in a phase, and the whole study."""

    units: list[UnitShare]
    whole: UnitShare

    @property
    def nobody(self) -> bool:
        """Whether some unit has nobody of the group."""
        return any(unit.people == 0 for unit in self.units)

    @property
    def unknown(self) -> bool:
        """Whether somewhere it is not known how many people there are."""
        return any(unit.people is None for unit in self.units)


def shares(study: Study, layer: str, phase: Phase) -> Shares:
    """Return people and people reached of each unit, as the study's facts have them."""
    facts = study.coverage.shares
    rows = facts[
        (facts["layer"] == layer)
        & (facts["indicator"] == "people_reached")
        & (facts["minutes"] == study.layer(layer).layer.minutes)
        & (facts["phase"] == phase)
    ].set_index("unit_code")
    names = study.inputs.region.names

    def one(code: str, name: str) -> UnitShare:
        row = rows.loc[code] if code in rows.index else None
        people, reached = (
            (None, None) if row is None else (_whole(row["denominator"]), _whole(row["value"]))
        )
        return UnitShare(code, name, people, reached)

    units = [one(code, str(names[code])) for code in study.inputs.region.codes]
    return Shares(units, one(TOTAL, ""))


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def planned(study: Study, layer: str) -> LayerResult:
    """Return a layer that has a plan to draw.

    Raises
    ------
    InputError
        When it has none.
    """
    result = study.layer(layer)
    if result.after is None:
        found = Text(f"{layer}：没有方案", f"{layer}: no plan")
        expected = Text("有方案的图层", "a layer with a plan")
        mend = Text(
            "先求方案：coverplan.propose(inputs, 图层, sites=5)",
            "make one first: coverplan.propose(inputs, layer, sites=5)",
        )
        raise refused("no_plan", "layer", found, expected=expected, mend=mend)
    return result


def titled(result: LayerResult, words: Text, phase: Phase | None = None) -> Text:
    """Return the title of a figure: the layer, what is drawn, and of when."""
    label = result.layer.label
    when = Text("", "") if phase is None else WHEN[phase]
    return Text(
        f"{label.zh}：{words.zh}" + (f"（{when.zh}）" if phase else ""),
        f"{label.en}: {words.en}" + (f", {when.en}" if phase else ""),
    )


def headline(study: Study, layer: str, phase: Phase) -> Text:
    """Return the figure of the whole study with its denominator and which coverage it is."""
    result, whole = study.layer(layer), shares(study, layer, phase).whole
    minutes, group = int(result.layer.minutes), group_label(result.layer.group)
    how, share = result.profile.summary, whole.percent
    people, reached = (
        ("—", "—") if whole.people is None else (f"{whole.people:,}", f"{whole.reached:,}")
    )
    return Text(
        f"可达（人）：{minutes} 分钟内 {reached} / {people} 人（{group.zh}，{share.zh}），{how.zh}",
        f"Reached (people): {reached} of {people} ({group.en}, {share.en}) within "
        f"{minutes} minutes, {how.en}",
    )


def change(study: Study, layer: str) -> Text:
    """Return the figure of the whole study with the plan, and today's."""
    today, words = shares(study, layer, "before").whole, headline(study, layer, "after")
    if today.reached is None:
        return words
    return Text(f"{words.zh}；现状 {today.reached:,} 人", f"{words.en}; today {today.reached:,}")


def no_place(study: Study, layer: str) -> Text | None:
    """Return what is said of people without a point, who are on no map; None where all have one."""
    unplaced = int(study.inputs.demand.unplaced[study.layer(layer).layer.group].sum())
    if unplaced == 0:
        return None
    return Text(
        f"另有 {unplaced:,} 人没有点位，不在图上",
        f"{unplaced:,} more people have no point and are not on the map",
    )
