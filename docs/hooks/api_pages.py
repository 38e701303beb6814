"""The reference of the API: which name stands on which page. A public name without a page is an error."""

import ast
import importlib
import inspect
import sys
from dataclasses import dataclass
from itertools import pairwise

from readable import with_formulas
from words import cell, pick, table


@dataclass(frozen=True)
class Group:
    """A page of the reference."""

    id: str
    zh: str
    en: str
    names: str
    """Names of `coverplan`, in the order they are read."""


GROUPS = (
    Group(
        "studies",
        "一项研究",
        "A study",
        "run load assess read_study small_county write_small_county Study Inputs LayerInput LayerResult "
        "StudyConfig write_run write_export Goal GoalResult in_words",
    ),
    Group(
        "checking",
        "检查数据",
        "Checking data",
        "check_study CheckReport show_faults write_report Problem from_wgs84 to_wgs84 shift_metres",
    ),
    Group(
        "parts",
        "区域、道路、人口、设施",
        "Region, roads, people, facilities",
        "Region Network read_roads Demand Facilities Layer Profile builtin_layers builtin_profiles place_people "
        "largest_remainder",
    ),
    Group(
        "travel",
        "出行时间",
        "Travel times",
        "travellers Travellers mode_graph snap Snapped nearest_site Nearest k_nearest_sites KNearest "
        "travel_times TravelTimes travel_time_blocks Reach reach_sums routes Routes service_area "
        "road_kilometres isochrones",
    ),
    Group(
        "coverage",
        "覆盖与其他度量",
        "Coverage and other measures",
        "Coverage LayerView measure_layer measure_study Measures MeasureSettings write_measures "
        "two_step_floating_catchment gini theil",
    ),
    Group(
        "siting",
        "选址",
        "Siting",
        "propose SitingRequest Proposal SitingPlan SiteReason plan_summary show_plan show_plans show_rivals "
        "show_frontier show_draws CoverageFrontier coverage_frontier compare_plans recount check_candidates",
    ),
    Group(
        "models",
        "选址模型",
        "Siting models",
        "SitingProblem small_problem Sites Rules Limits Scenario solve_mclp solve_lscp solve_fewest "
        "solve_one_per_unit solve_budgeted solve_floor solve_maxmin solve_lscp_b solve_bacop solve_pmedian "
        "solve_pcenter solve_unit_median solve_cap_mclp solve_cap_pmedian solve_consolidation "
        "solve_undesirable solve_phases solve_robust",
    ),
    Group(
        "targets",
        "政策目标与实施方案",
        "Policy targets and programme",
        "check_targets TargetReport Clause Finding Ledger INDICATOR_TYPES read_register target_programme "
        "Programme report_rows write_targets",
    ),
    Group(
        "handing-on",
        "地图、报告、对比",
        "Maps, reports, comparisons",
        "show_map MapView MapFrames map_html maps_html iframe_snippet show_table study_report "
        "report_contents write_documents compare_runs Comparison write_comparison",
    ),
    Group(
        "province",
        "全省分县计算",
        "A province in pieces",
        "assess_by_county assess_in_pieces ProvinceResult",
    ),
    Group(
        "errors",
        "错误与双语文字",
        "Errors and bilingual text",
        "CoverplanError InputError MissingExtraError InternalError Text",
    ),
)
DOORS = {
    "figures": ("论文与纸上的图", "Figures for paper"),
    "siting": ("选址的各部分", "Parts of siting"),
    "travel": ("出行的各部分", "Parts of travel"),
    "measure": ("度量的各部分", "Parts of measuring"),
    "people": ("安放人口的各部分", "Parts of placing people"),
    "io": ("读文件的各部分", "Readers"),
}
"""Modules with names of their own beside those of `coverplan`."""


def api_pages(language: str) -> dict[str, str]:
    """Return the pages of the API by their path.

    Raises
    ------
    ValueError
        When a public name stands on no page, or on two.
    """
    top = importlib.import_module("coverplan").__all__
    placed = [name for group in GROUPS for name in group.names.split()]
    wrong = sorted({*top} ^ {*placed}) or sorted(n for n in {*placed} if placed.count(n) > 1)
    if wrong:
        raise ValueError(f"docs/hooks/api_pages.py: no page, two, or no such name: {wrong}")
    pages = {}
    index = [f"# {pick(language, 'Python 接口', 'The Python API')}", ""]
    index += [pick(language, *INTRO), ""]
    for group in GROUPS:
        names = group.names.split()
        title = pick(language, group.zh, group.en)
        pages[f"reference/api/{group.id}.md"] = _page(title, "coverplan", names, language)
        links = ", ".join(f"[`{n}`]({group.id}.md#{path_of('coverplan', n)})" for n in names)
        index += [f"**[{title}]({group.id}.md)**: {links}", ""]
    for door, titles in DOORS.items():
        module = importlib.import_module(f"coverplan.{door}")
        names = [name for name in module.__all__ if name not in top or door == "figures"]
        title = pick(language, *titles)
        name = f"module-{door}"
        pages[f"reference/api/{name}.md"] = _page(
            f"{title}（coverplan.{door}）" if language == "zh" else f"{title} (coverplan.{door})",
            f"coverplan.{door}",
            names,
            language,
        )
        index += [f"**[`coverplan.{door}`]({name}.md)**: {title}", ""]
    pages["reference/api/index.md"] = "\n".join(index) + "\n"
    return pages


INTRO = (
    "以下各名称都可由 `import coverplan as cp` 得到。说明文字是英文，每个名称都有一个经过测试的例子。"
    "从例子学起请看[各篇笔记本](../../notebooks/index.md)和[在 Python 中](../../guide/python.md)。",
    "All names come with `import coverplan as cp`; each has an example that the tests run. To learn by "
    "examples, see the [notebooks](../../notebooks/index.md) and [in Python](../../guide/python.md).",
)


def _page(title: str, module: str, names: list[str], language: str) -> str:
    heads = [pick(language, "名称", "name"), pick(language, "做什么", "what it is for")]
    rows = [[f"[`{n}`](#{path_of(module, n)})", _first_line(module, n)] for n in names]
    blocks = [_described(module, name) for name in names]
    return "\n\n".join([f"# {title}", "\n".join(table(heads, rows)), *blocks]) + "\n"


def _described(module: str, name: str) -> str:
    """Return the order for the description of a name; a register is filled after it was written."""
    named = getattr(importlib.import_module(module), name)
    written = f"::: {path_of(module, name)}"
    hidden = "\n    options:\n      show_attribute_values: false"
    return written + hidden if isinstance(named, dict) else written


def _first_line(module: str, name: str) -> str:
    """Return what a name is for, as its docstring begins.

    Raises
    ------
    ValueError
        When a constant says nothing of itself.
    """
    named = getattr(importlib.import_module(module), name)
    described = inspect.isclass(named) or inspect.isroutine(named)
    text = inspect.getdoc(named) if described else _below(name, named)
    if not text:
        raise ValueError(f"docs/hooks/api_pages.py: no docstring below {module}.{name}")
    return cell(with_formulas(text.partition("\n")[0]))


def _below(name: str, value: object) -> str:
    """Return the string that stands below a constant, in the module that sets it."""
    for module in [m for n, m in sorted(sys.modules.items()) if n.split(".")[0] == "coverplan"]:
        if getattr(module, name, None) is value:
            lines = ast.parse(inspect.getsource(module)).body
            for line, after in pairwise(lines):
                match line, after:
                    case (
                        ast.Assign(targets=[ast.Name(id=found)])
                        | ast.AnnAssign(target=ast.Name(id=found)),
                        ast.Expr(value=ast.Constant(value=str(text))),
                    ) if found == name:
                        return inspect.cleandoc(text)
    return ""


def path_of(module: str, name: str) -> str:
    """Return how a name is called; its full path where a module has the same name."""
    origin = str(getattr(getattr(importlib.import_module(module), name), "__module__", ""))
    return f"{origin}.{name}" if origin.rpartition(".")[2] == name else f"{module}.{name}"
