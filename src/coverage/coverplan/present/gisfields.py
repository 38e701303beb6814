"""What every field of the layers for a GIS is called, in both languages, and its unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from ..core.text import Language, Text
from ..domain.groups import group_label
from ..domain.layer import Layer
from ..results import Study
from .visible import visible

_LONGEST = 60
_NONE = Text("", "")
PEOPLE, METRES, MINUTES = Text("人", "people"), Text("米", "metres"), Text("分钟", "minutes")
_PERCENT, _YUAN = Text.same("%"), Text("元", "yuan")
_YEAR, _DEGREES = Text("年", "year"), Text("度", "degrees")
_YES = Text("1 是，0 否", "1 yes, 0 no")


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name in files, what it is called, its unit (empty where it has none)."""

    name: str
    alias: Text
    unit: Text = _NONE


_FIXED = {
    "study": (Text("研究", "study"), _NONE),
    "notice": (Text("说明", "notice"), _NONE),
    "code": (Text("单元代码", "unit code"), _NONE),
    "name": (Text("名称", "name"), _NONE),
    "kind": (Text("类别", "kind"), _NONE),
    "layer": (Text("图层", "layer"), _NONE),
    "site_id": (Text("设施编号", "site id"), _NONE),
    "state": (Text("状态（系统）", "state"), _NONE),
    "unit": (Text("所在单元代码", "unit code"), _NONE),
    "unit_name": (Text("所在单元", "unit name"), _NONE),
    "status": (Text("运营状态", "status"), _NONE),
    "opened": (Text("启用年份", "opened"), _YEAR),
    "closed": (Text("停用年份", "closed"), _YEAR),
    "capacity": (Text("容量", "capacity"), _NONE),
    "class_name": (Text("等级", "class"), _NONE),
    "cost_yuan": (Text("造价", "cost"), _YUAN),
    "reason_zh": (Text("理由", "reason (Chinese)"), _NONE),
    "reason_en": (Text("理由（英文）", "reason"), _NONE),
    "road_metres": (Text("到路边的距离", "way to the road"), METRES),
    "people_within": (Text("时限内的人数", "people within the minutes"), PEOPLE),
    "newly_reached": (Text("新增可达", "newly reached"), PEOPLE),
    "newly_alone": (Text("仅此一处可达", "reached by it alone"), PEOPLE),
    "lost_without": (Text("缺它即不可达", "lost without it"), PEOPLE),
    "precision": (Text("位置精度", "precision of the place"), _NONE),
    "demand_id": (Text("人口点编号", "id of the point"), _NONE),
    "place": (Text("村社区", "village"), _NONE),
    "candidate_id": (Text("候选点编号", "candidate id"), _NONE),
    "source": (Text("来源", "source"), _NONE),
    "slope_percent": (Text("坡度", "slope"), _PERCENT),
    "chosen": (Text("入选", "chosen"), _YES),
    "rejected_zh": (Text("不可用的原因", "why not (Chinese)"), _NONE),
    "rejected_en": (Text("不可用的原因（英文）", "why not"), _NONE),
    "class": (Text("道路等级", "road class"), _NONE),
    "direction": (
        Text("通行方向", "direction"),
        Text("0 双向，1 沿线方向，-1 逆线方向", "0 both ways, 1 along the line, -1 against it"),
    ),
    "metres": (Text("长度", "length"), METRES),
    "lon": (Text("经度", "longitude"), _DEGREES),
    "lat": (Text("纬度", "latitude"), _DEGREES),
    "x_metres": (Text("横坐标（东）", "x, easting"), METRES),
    "y_metres": (Text("纵坐标（北）", "y, northing"), METRES),
    "lon_to": (Text("终点经度", "longitude of the end"), _DEGREES),
    "lat_to": (Text("终点纬度", "latitude of the end"), _DEGREES),
    "x_metres_to": (Text("终点横坐标（东）", "x of the end"), METRES),
    "y_metres_to": (Text("终点纵坐标（北）", "y of the end"), METRES),
}

_LATER = {"candidates": {"place": Text("候选点序号", "number of the place")}}
"""Names that mean something else in one table."""


def fields_of(study: Study, table: str, columns: Iterable[str]) -> list[Field]:
    """Return what the columns of a table are called, each differently, in their order.

    Parameters
    ----------
    study
        Whose layers and groups the names hold.
    table
        ``units``, ``sites``, ``people``, ``candidates`` or ``roads``.
    columns
        Names of the columns, geometry left out.
    """
    layers = [result.layer for result in study.layers.values()]
    known = {name: Field(name, *told) for name, told in _FIXED.items()}
    known |= {name: Field(name, alias) for name, alias in _LATER.get(table, {}).items()}
    if table == "people":
        for group in study.inputs.demand.groups:
            known[group] = Field(group, _short(group_label(group)), PEOPLE)
    for layer in layers:
        known |= {field.name: field for field in _of_layer(layer)}
    return _told_apart([known.get(name, Field(name, Text.same(name))) for name in columns])


def _of_layer(layer: Layer) -> list[Field]:
    key, label, minutes = layer.id, _short(layer.label), int(layer.minutes)
    group = _short(group_label(layer.group))
    found = [
        Field(
            f"{key}_has_one",
            Text(f"{label.zh}：有设施", f"{label.en}: has one"),
            _YES,
        ),
        Field(
            f"{key}_people",
            Text(f"{label.zh}：{group.zh}人数", f"{label.en}: {group.en}"),
            PEOPLE,
        ),
    ]
    phases = (("before", Text("现状", "today")), ("after", Text("建成后", "with the plan")))
    for phase, when in phases:
        zh, en = f"{label.zh}：{minutes} 分钟可达", f"{label.en}: within {minutes} minutes"
        found += [
            Field(
                f"{key}_reached_{phase}",
                Text(f"{zh}人数（{when.zh}）", f"{en}, people ({when.en})"),
                PEOPLE,
            ),
            Field(
                f"{key}_percent_{phase}",
                Text(f"{zh}比例（{when.zh}）", f"{en}, share ({when.en})"),
                _PERCENT,
            ),
            Field(
                f"{key}_minutes" + ("_after" if phase == "after" else ""),
                Text(
                    f"{label.zh}：到最近一处（{when.zh}）",
                    f"{label.en}: to the nearest ({when.en})",
                ),
                MINUTES,
            ),
        ]
    return found


def _short(words: Text) -> Text:
    return Text(visible(words.zh, _LONGEST), visible(words.en, _LONGEST))


def _told_apart(fields: Sequence[Field]) -> list[Field]:
    """Name the field where two are called alike, as layers of one name make them."""
    counts = {
        spoken: pd.Series([f.alias.of(spoken) for f in fields]).value_counts()
        for spoken in ("zh", "en")
    }

    def alias(field: Field, language: Language) -> str:
        words = field.alias.of(language)
        return words if counts[language][words] == 1 else f"{words}（{field.name}）"

    return [Field(f.name, Text(alias(f, "zh"), alias(f, "en")), f.unit) for f in fields]
