"""References of what is registered in the code: models, services, travel, indicators, faults."""

from words import anchored, cell, code, pick, table

from coverplan.domain import builtin_layers, builtin_profiles
from coverplan.domain.fault_reasons import fault_reasons
from coverplan.domain.siting_config import NEEDS
from coverplan.measure import INDICATORS
from coverplan.measure.policy import INDICATOR_TYPES
from coverplan.siting import MODELS, SitingModel

COVERAGE = {
    "reached": ("可达（人）", "reached (people)"),
    "has_one": ("有设施（单元）", "has one (units)"),
}


NEEDS_BESIDE = {"undesirable": ("`forbidden` 中的 `homes`", "`homes` in `forbidden`")}
"""What a model cannot do without that is no key of its own."""


def model_page(language: str) -> str:
    """Return the page of the siting models."""
    lines = [f"# {pick(language, '选址模型', 'Siting models')}", ""]
    lines += [
        pick(
            language,
            '`coverplan site --model 名称`，或研究文件中 `model = "名称"`。每个模型的数学式和证明见'
            "[证明与差距](../concepts/proof-and-gap.md)，怎样选见[选址](../guide/siting.md)。",
            '`coverplan site --model NAME`, or `model = "NAME"` in the study file. Statements and proofs: '
            "[proof and gap](../concepts/proof-and-gap.md); which to choose: [siting](../guide/siting.md).",
        ),
        "",
    ]
    heads = [
        pick(language, "名称", "name"),
        pick(language, "回答什么", "what it answers"),
        pick(language, "必须给出", "needs"),
        pick(language, "还用到", "also uses"),
        pick(language, "文献", "paper"),
    ]
    nothing = pick(language, "无", "nothing")
    rows = []
    for model in MODELS.values():
        needs = [
            pick(language, " 或 ", " or ").join(code(key) for key in group)
            for group in NEEDS.get(model.id, ())
        ]
        if model.id in NEEDS_BESIDE:
            needs.append(pick(language, *NEEDS_BESIDE[model.id]))
        rows.append(
            [
                anchored(model.id, code(model.id)),
                f"[{cell(model.label.of(language))}](../concepts/proof-and-gap.md#{model.id})",
                pick(language, "；", "; ").join(needs) or nothing,
                _uses(model, language),
                cell(model.paper),
            ]
        )
    return "\n".join([*lines, *table(heads, rows)]) + "\n"


def _uses(model: SitingModel, language: str) -> str:
    """Return what a model looks at beside who is within the limit of which site."""
    words = [
        *([pick(language, "分钟数", "minutes")] if model.times else []),
        *([pick(language, "容量", "capacities")] if model.capacity else []),
    ]
    return pick(language, "、", ", ").join(words)


def services_page(language: str) -> str:
    """Return the page of built-in services and ways of travelling."""
    lines = [
        f"# {pick(language, '内置的设施与出行方式', 'Built-in services and ways of travelling')}",
        "",
    ]
    heads = [
        pick(language, "名称", "name"),
        pick(language, "设施", "service"),
        pick(language, "人群", "people"),
        pick(language, "出行", "travel"),
        pick(language, "分钟", "minutes"),
    ]
    lines += [f"## {pick(language, '设施', 'Services')} {{#services}}", ""]
    lines += table(
        heads,
        (
            [
                anchored(x.id, code(x.id)),
                cell(x.label.of(language)),
                code(x.group),
                code(x.profile),
                f"{x.minutes:g}",
            ]
            for x in builtin_layers().values()
        ),
    )
    lines += [f"## {pick(language, '出行方式', 'Ways of travelling')} {{#profiles}}", ""]
    heads = [
        pick(language, "名称", "name"),
        pick(language, "谁", "who"),
        pick(language, "速度（公里/时）", "speed (km/h)"),
        pick(language, "到路上的速度（公里/时）", "to the road (km/h)"),
        pick(language, "最远离路（米）", "farthest from a road (m)"),
        pick(language, "坡度规则", "hills"),
        pick(language, "单行", "oneway"),
        pick(language, "依据", "source"),
    ]
    rows = []
    for profile in builtin_profiles().values():
        speeds = sorted({kmh for name, kmh in profile.speeds_kmh.items() if name != "steps"})
        shown = f"{speeds[0]:g}" + (f"–{speeds[-1]:g}" if len(speeds) > 1 else "")
        rows.append(
            [
                anchored(profile.id, code(profile.id)),
                cell(profile.label.of(language)),
                shown,
                f"{profile.access_kmh:g}",
                f"{profile.access_cap_metres:,.0f}",
                code(profile.slope),
                pick(language, "遵守", "binds") if profile.oneway else "",
                cell(profile.source.of(language)),
            ]
        )
    return "\n".join([*lines, *table(heads, rows)]) + "\n"


def indicator_page(language: str) -> str:
    """Return the page of indicators: those of coverage.csv, and those of policy targets."""
    lines = [f"# {pick(language, '指标', 'Indicators')}", ""]
    lines += [f"## {pick(language, 'coverage.csv 中的指标', 'In coverage.csv')} {{#coverage}}", ""]
    heads = [
        pick(language, "名称", "name"),
        pick(language, "数什么", "what is counted"),
        pick(language, "单位", "counts"),
        pick(language, "哪一种覆盖", "which coverage"),
    ]
    units = {
        "people": ("人", "people"),
        "units": ("单元", "units"),
        "sites": ("处", "sites"),
    }
    lines += table(
        heads,
        (
            [
                anchored(one.id, code(one.id)),
                cell(one.label.of(language)),
                pick(language, *units[one.measure]),
                pick(language, *COVERAGE.get(one.kind, ("", ""))),
            ]
            for one in INDICATORS.values()
        ),
    )
    lines += [
        f"## {pick(language, '政策目标的指标类型', 'Types of policy targets')} {{#targets}}",
        "",
    ]
    heads = [
        pick(language, "名称", "name"),
        pick(language, "指标", "indicator"),
        pick(language, "怎样算", "how it is computed"),
        pick(language, "新址能补吗", "can sites help"),
    ]
    lines += table(
        heads,
        (
            [
                anchored(kind.id, code(kind.id)),
                cell(kind.label.of(language)),
                cell(kind.formula.of(language)),
                pick(language, "是", "yes") if kind.sites else pick(language, "否", "no"),
            ]
            for kind in INDICATOR_TYPES.values()
        ),
    )
    return "\n".join(lines) + "\n"


def fault_page(language: str) -> str:
    """Return the page of reasons: why a fault of the input matters."""
    lines = [f"# {pick(language, '数据问题一览', 'Faults of the input')}", ""]
    lines += [
        pick(
            language,
            "`coverplan check` 和 `faults.csv` 用这些代码称呼数据问题；没有单列的代码按点号前的一族说明。",
            "`coverplan check` and `faults.csv` call faults by these codes; a code without a row of its "
            "own is explained by its family, the part before the dot.",
        ),
        "",
    ]
    heads = [pick(language, "代码", "code"), pick(language, "为什么要紧", "why it matters")]
    rows = (
        [anchored(key, code(key)), cell(text.of(language))]
        for key, text in sorted(fault_reasons().items())
    )
    return "\n".join([*lines, *table(heads, rows)]) + "\n"
