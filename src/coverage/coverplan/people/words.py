"""Where people were put, and by what, in one sentence for every report."""

from ..core.text import Text
from ..domain.people_config import PeopleConfig


def spread_text(people: PeopleConfig) -> Text:
    """Return how the people of a study came to their points.

    Parameters
    ----------
    people
        What the study says of people.

    Examples
    --------
    >>> from coverplan import people, read_study
    >>> study = read_study("data/geo/yunxi/study.toml")
    >>> words = people.spread_text(study.people).en
    >>> print(words.split(" along")[0])
    the people of each place of villages.xlsx are spread by length
    """
    where = _alone(people) if people.totals_alone else _given(people)
    raked = Text("", "")
    if people.totals is not None:
        file = people.totals.name
        raked = Text(
            f"，并按 {file} 的各单元总数调整（整数，合计不差一人）",
            f", raked to the unit totals of {file}",
        )
        if people.totals_alone:
            raked = Text("（整数，合计不差一人）", ", in whole numbers that add up to them")
    parts = _groups(people)
    return Text(where.zh + raked.zh + parts.zh, where.en + raked.en + parts.en)


def _given(people: PeopleConfig) -> Text:
    name = people.source.name
    if people.from_raster:
        cells = Text(
            f"人口取自栅格 {name}（单元格中心；边界切开的单元格按面积分摊；"
            "不足一人的相邻单元格合并）",
            f"people are those of the raster {name} (at the middle of each cell; cells on a border "
            "divided by area; neighbouring cells of less than a person merged)",
        )
        if people.spread == "points":
            return cells
        streets = _streets(people)
        return Text(
            f"{cells.zh}，再按长度分摊到 {people.spread_metres:g} 米内的街道（{streets.zh}）",
            f"{cells.en}, spread by length along streets within {people.spread_metres:g} m "
            f"({streets.en})",
        )
    by = _located(people)
    if people.spread == "points":
        return Text(
            f"人口位于 {name} 给出的点位{by.zh}", f"people stand at the points of {name}{by.en}"
        )
    streets = _streets(people)
    return Text(
        f"{name} 各地点的人口{by.zh}按长度分摊到 {people.spread_metres:g} 米内的街道"
        f"（{streets.zh}）",
        f"the people of each place of {name}{by.en} are spread by length along streets "
        f"within {people.spread_metres:g} m ({streets.en})",
    )


def _located(people: PeopleConfig) -> Text:
    """Return where records without coordinates got their point, or their people theirs."""
    zh, en = [], []
    if people.located_by is not None:
        file = people.located_by.source.name
        zh.append(f"没有坐标的取自 {file}")
        en.append(f"those without coordinates from {file}")
    if people.place_missing == "unit":
        zh.append("没有点位的分给本单元其他点位")
        en.append("people of records without a point shared among others of their unit")
    if not zh:
        return Text("", "")
    return Text(f"（{'，'.join(zh)}）", f" ({', '.join(en)})")


def _streets(people: PeopleConfig) -> Text:
    return Text("、".join(people.spread_classes), ", ".join(people.spread_classes))


def _alone(people: PeopleConfig) -> Text:
    name, given = people.source.name, people.spread_file
    if given is None:
        streets = _streets(people)
        return Text(
            f"只有 {name} 的各单元总数：按长度分摊到本单元的街道（{streets.zh}），位置是估计的",
            f"only totals by unit are known ({name}): spread by length along the streets of each "
            f"unit ({streets.en}), so places are estimates",
        )
    file = given.source.name
    by = Text("面积", "area") if given.weight is None else Text.same(given.weight)
    what = (
        Text("房屋", "buildings")
        if people.spread == "buildings"
        else Text("居民点范围", "settlements")
    )
    return Text(
        f"只有 {name} 的各单元总数：按{by.zh}分摊到本单元的{what.zh}（{file}），位置是估计的",
        f"only totals by unit are known ({name}): spread by {by.en} over the {what.en} of each "
        f"unit ({file}), so places are estimates",
    )


def _groups(people: PeopleConfig) -> Text:
    """Return what is said of groups that are not counted place by place."""
    zh, en = [], []
    for name, group in people.tables.items():
        if group.share is not None:
            zh.append(f"{name} 为全部人口的 {group.share:.4g}")
            en.append(f"{name} is {group.share:.4g} of everybody")
        elif group.share_column is not None:
            zh.append(f"{name} 按“{group.share_column}”列的比例计")
            en.append(f'{name} is the share of everybody in column "{group.share_column}"')
        elif group.raster is not None:
            zh.append(f"{name} 取自栅格 {group.raster.name}")
            en.append(f"{name} is that of the raster {group.raster.name}")
        elif people.from_raster and name != "all":
            zh.append(f"{name} 只知各单元总数，与全部人口同样分布")
            en.append(f"{name} is known by unit only and spread as everybody")
    if people.totals_alone and len(people.groups) > 1:
        zh.append("各人群分布相同")
        en.append("all groups are spread alike")
    return Text("".join(f"；{word}" for word in zh), "".join(f"; {word}" for word in en))
