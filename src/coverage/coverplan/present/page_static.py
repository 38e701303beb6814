"""The part of the map page that works without JavaScript: figures, plans, goals and tables.

The page's script hides it once the map stands; where there is no script, or a page is damaged, it
is what a planner reads. Nothing is computed here but shares of figures that are given.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..core.text import Text
from .markup import escape
from .static_map import Phase, StaticMaps
from .static_words import approval_words, share_words

__all__ = ["static_part"]

_MOST_ROWS = 2000
"""Townships a table lists; beyond, a reader is better served by the files."""

_PHASES: tuple[Phase, Phase] = ("before", "after")
_Payload = Mapping[str, Any]

_WORDS = {
    "intro": Text(
        "以下为静态图表。交互地图需要浏览器启用 JavaScript。",
        "These are static figures and tables. The interactive map needs JavaScript.",
    ),
    "date": Text("数据截至", "Data as of"),
    "figure": Text(
        "{layer} · {phase}：{minutes} 分钟可达人口占比（{profile}；人群：{group}）",
        "{layer}, {phase}: share of people reached in {minutes} min ({profile}; people: {group})",
    ),
    "no_figure": Text(
        "乡镇太多，此图从略；数字见表。", "Too many townships for this figure; see the table."
    ),
    "phase_before": Text("现状", "now"),
    "phase_after": Text("建成后", "with the plan"),
    "caption": Text(
        "{layer} · {minutes} 分钟内可达（{profile}）· 人群：{group}",
        "{layer} · reached within {minutes} min ({profile}) · people: {group}",
    ),
    "absent": Text("{layer}：没有可显示的数字。", "{layer}: there are no figures to show."),
    "unit": Text("乡镇", "Township"),
    "people": Text("人数", "People"),
    "before": Text("现状可达（人）", "Reached now (people)"),
    "before_share": Text("现状可达率", "Reached now (share)"),
    "after": Text("建成后可达（人）", "Reached with the plan (people)"),
    "after_share": Text("建成后可达率", "Reached with the plan (share)"),
    "before_has": Text("现状有设施", "Has one now"),
    "after_has": Text("建成后有设施", "Has one with the plan"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "more_rows": Text(
        "另有 {n} 个乡镇，见结果文件夹的表格；合计含全部。",
        "{n} more townships: see the tables of the results; the total covers all.",
    ),
    "total": Text("合计", "Total"),
    "unknown": Text("未知", "unknown"),
    "plan": Text("选址方案", "Siting plan"),
    "status": Text("求解状态", "Status"),
    "model": Text("模型", "Model"),
    "proposals": Text("建议及理由", "Proposals and reasons"),
    "build": Text("新增", "new"),
    "close": Text("关闭", "close"),
    "site": Text("{name}（{state}，{unit}）", "{name} ({state}, {unit})"),
    "goals": Text("目标", "Goals"),
    "goal": Text("{label}：{judged}", "{label}: {judged}"),
    "met": Text(
        "{phase} {have} / {of}，已达到（需 {need}）",
        "{phase} {have} of {of}, met ({need} needed)",
    ),
    "open": Text(
        "{phase} {have} / {of}，不能判断（需 {need}；有人没有落到地图上）",
        "{phase} {have} of {of}, cannot be judged ({need} needed; some people have no place)",
    ),
    "nobody": Text("{phase} 没有这一人群，不能判断", "{phase} nobody of this group to judge by"),
    "not_met": Text(
        "{phase} {have} / {of}，未达到（需 {need}，差 {short}）",
        "{phase} {have} of {of}, not met ({need} needed, {short} short)",
    ),
    "method": Text("方法", "Method"),
    "warnings": Text("提示", "Warnings"),
    "sources": Text("数据来源", "Sources"),
    "rows": Text("{rows} 行", "{rows} rows"),
    "run": Text("运行编号", "Run"),
    "crs": Text("坐标系", "Coordinate system"),
}


def static_part(payload: _Payload, language: str) -> str:
    """Return what stands on the page for a reader without JavaScript.

    Parameters
    ----------
    payload
        What the page is made of, see `render_page`; none of its texts is trusted.
    language
        "zh" or "en".
    """
    return "\n".join(filter(None, _Part(payload, language).lines()))


class _Part:
    def __init__(self, payload: _Payload, language: str) -> None:
        self._payload = payload
        self._language = language
        self._maps = StaticMaps(payload, language)

    def lines(self) -> Iterable[str]:
        meta = self._payload["meta"]
        yield f"<h1>{escape(meta['title'])}</h1>"
        if meta.get("notice"):
            yield f'<p class="notice">{escape(meta["notice"])}</p>'
        yield f'<p class="st-screen">{self._say("intro")}</p>'
        yield f"<p>{self._say('date')} {escape(meta['date'])}</p>"
        yield self._maps.shared()
        for layer in self._payload["layers"]:
            yield from self._layer(layer)
        yield self._list("method", [text[self._language] for text in meta["method"]])
        yield self._list("warnings", [text[self._language] for text in meta["warnings"]])
        yield self._list("sources", [self._source(source) for source in meta["sources"]])
        yield f"<p>{self._say('crs')} {escape(meta['crs'])}</p>"
        yield f"<p>{self._say('run')} {escape(meta['run_id'])}</p>"
        approval = approval_words(meta.get("approval"), self._language)
        yield f"<p><strong>{escape(approval)}</strong></p>"

    def _plain(self, key: str, **values: object) -> str:
        text = _WORDS[key]
        words = text.zh if self._language == "zh" else text.en
        # A brace inside a value stays what it is: `format` reads the template alone.
        return words.format(**values) if values else words

    def _say(self, key: str, **values: object) -> str:
        return escape(self._plain(key, **values))

    def _list(self, heading: str, lines: Iterable[str]) -> str:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        return f"<h2>{self._say(heading)}</h2><ul>{items}</ul>" if items else ""

    def _source(self, source: _Payload) -> str:
        parts = [source["label"], source["file"], self._plain("rows", rows=source["rows"])]
        if source.get("crs"):
            parts.append(source["crs"][self._language])
        return " · ".join([*parts, f"sha256 {source['sha256']}"])

    def _layer(self, layer: _Payload) -> Iterable[str]:
        """Show a layer at its own minutes; at the others only if those are missing."""
        figures = self._payload["table"].get(layer["id"], {})
        own = f"{layer['minutes']:g}"
        limits = [own] if own in figures else list(figures)
        label = layer["label"][self._language]
        yield f'<section class="st-layer"><h2>{escape(label)}</h2>'
        if limits:
            yield from self._goals(layer)
            yield from self._plan(layer)
            yield from self._figures(layer, limits[0])
        else:
            yield f"<p>{self._say('absent', layer=label)}</p>"
        for limit in limits:
            yield self._table(layer, limit)
        yield "</section>"

    def _goals(self, layer: _Payload) -> Iterable[str]:
        goals = layer.get("goals") or ()
        if not goals:
            return
        lines = [
            self._plain(
                "goal",
                label=goal["label"][self._language],
                judged=self._joined(self._judged(goal[phase], phase) for phase in _shown(layer)),
            )
            for goal in goals
        ]
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        yield f"<h3>{self._say('goals')}</h3><ul>{items}</ul>"

    def _joined(self, parts: Iterable[str]) -> str:
        return ("；" if self._language == "zh" else "; ").join(parts)

    def _judged(self, goal: _Payload, phase: str) -> str:
        values = {key: f"{goal[key]:,}" for key in ("have", "of", "need", "short")}
        undecided = "open" if goal["of"] else "nobody"
        key = {True: "met", False: "not_met", None: undecided}[goal["met"]]
        return self._plain(key, phase=self._plain(f"phase_{phase}"), **values)

    def _plan(self, layer: _Payload) -> Iterable[str]:
        plan = layer["plan"]
        if not plan:
            return
        rows = [
            (self._plain("status"), plan["status"][self._language]),
            (self._plain("model"), plan["model"][self._language]),
            *((k[self._language], v[self._language]) for k, v in plan["rows"]),
        ]
        pairs = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in rows)
        notes = "".join(f"<li>{escape(note[self._language])}</li>" for note in plan["notes"])
        yield f'<div class="st-plan"><h3>{self._say("plan")}</h3>'
        yield f"<p>{escape(plan['text'][self._language])}</p><dl>{pairs}</dl>"
        yield f"<ul>{notes}</ul>" if notes else ""
        yield from self._proposals(layer["sites"])
        yield "</div>"

    def _proposals(self, sites: Iterable[_Payload]) -> Iterable[str]:
        items = []
        for site in sites:
            if site["state"] not in {"proposed", "closing"}:
                continue
            state = self._plain("build" if site["state"] == "proposed" else "close")
            head = self._say("site", name=site["name"], state=state, unit=self._home(site))
            reason = site["reason"][self._language] if site["reason"] else ""
            reason = reason.removeprefix(f"{site['name']}：")  # it stands before it in bold
            items.append(f"<li><b>{head}</b> {escape(reason)}</li>")
        if items:
            yield f"<h4>{self._say('proposals')}</h4><ul>{''.join(items)}</ul>"

    def _home(self, site: _Payload) -> str:
        """Return the unit a site stands in, by name where it is one of the page's."""
        home = site.get("home")
        return str(site["unit"] if home is None else self._payload["units"][home]["name"])

    def _figures(self, layer: _Payload, limit: str) -> Iterable[str]:
        for phase in _PHASES if _planned(layer) else _PHASES[:1]:
            drawing = self._maps.figure(layer, phase, limit)
            if not drawing:
                yield f"<p>{self._say('no_figure')}</p>" if self._maps.too_many else ""
                return
            words = self._say(
                "figure",
                **self._described(layer, limit),
                phase=self._plain(f"phase_{phase}"),
            )
            yield f'<figure class="st"><figcaption>{words}</figcaption>{drawing}</figure>'

    def _described(self, layer: _Payload, limit: str) -> dict[str, str]:
        return {
            "layer": layer["label"][self._language],
            "minutes": limit,
            "profile": layer["profile"][self._language],
            "group": self._payload["groups"][layer["group"]][self._language],
        }

    def _table(self, layer: _Payload, limit: str) -> str:
        units = self._payload["units"]
        reached = self._payload["table"][layer["id"]][limit]
        people = [unit["people"][layer["group"]] for unit in units]
        columns = [key for key in _COLUMNS if _planned(layer) or not key.startswith("after")]
        head = "".join(f'<th scope="col">{self._say(key)}</th>' for key in columns)
        rows = [
            self._row(
                unit["name"],
                people[i],
                [reached[phase][i] for phase in _shown(layer)],
                [self._plain("yes" if layer["has_one"][p][i] else "no") for p in _shown(layer)],
            )
            for i, unit in enumerate(units)
        ]
        if len(rows) > _MOST_ROWS:
            left = self._say("more_rows", n=f"{len(rows) - _MOST_ROWS:,}")
            rows = [*rows[:_MOST_ROWS], f'<tr><td colspan="{len(columns)}">{left}</td></tr>']
        known = [i for i, count in enumerate(people) if count is not None]
        total = self._row(
            self._plain("total"),
            sum(people[i] for i in known) if known else None,
            [sum(reached[phase][i] or 0 for i in known) for phase in _shown(layer)],
            [f"{sum(layer['has_one'][phase])} / {len(people)}" for phase in _shown(layer)],
        )
        return (
            f"<table><caption>{self._say('caption', **self._described(layer, limit))}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
            f"<tfoot>{total}</tfoot></table>"
        )

    def _row(
        self, name: str, people: int | None, reached: Sequence[int | None], has: Iterable[str]
    ) -> str:
        cells = [self._count(people)]
        for count in reached:
            shown = None if people is None else count
            cells += [self._count(shown), share_words(shown, people, self._language)]
        body = "".join(f"<td>{escape(cell)}</td>" for cell in (*cells, *has))
        return f'<tr><th scope="row">{escape(name)}</th>{body}</tr>'

    def _count(self, count: int | None) -> str:
        return self._plain("unknown") if count is None else f"{count:,}"


_COLUMNS = (
    "unit",
    "people",
    "before",
    "before_share",
    "after",
    "after_share",
    "before_has",
    "after_has",
)


def _planned(layer: _Payload) -> bool:
    """Return whether there is anything to see with the plan that is not there today."""
    return bool(layer["plan"] and layer["plan"]["built"])


def _shown(layer: _Payload) -> tuple[Phase, ...]:
    return _PHASES if _planned(layer) else _PHASES[:1]
