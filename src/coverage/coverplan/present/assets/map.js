"use strict";
/* The map page. Every text of the data reaches the document as a text node or an attribute, never as
   markup. Figures are recounted here from the people's points and compared with the run's own. */
(function () {
  const UNREACHED = 255;
  const DEGREE = 1e5;

  const WORDS = {
    print: { zh: "打印", en: "Print" },
    stand: { zh: "数据截至 {date}", en: "Data as of {date}" },
    mapRegion: { zh: "地图", en: "Map" },
    mapHelp: {
      zh: "覆盖地图。方向键移动，加减键缩放；设施可用 Tab 键逐个选中；各乡镇的数字见表格。",
      en: "Coverage map. Arrow keys move, plus and minus zoom, Tab steps through the sites; the table holds every township's figures."
    },
    zoomIn: { zh: "放大", en: "Zoom in" },
    zoomOut: { zh: "缩小", en: "Zoom out" },
    north: { zh: "上北", en: "North is up" },
    legend: { zh: "图例", en: "Legend" },
    cardRegion: { zh: "所选对象", en: "Selection" },
    controlsRegion: { zh: "显示设置", en: "Display settings" },
    planRegion: { zh: "选址方案", en: "Siting plan" },
    rankingRegion: { zh: "乡镇排名", en: "Townships ranked" },
    layer: { zh: "设施类别", en: "Facility layer" },
    phase: { zh: "时点", en: "View" },
    before: { zh: "现状", en: "Now" },
    after: { zh: "建成后", en: "With the plan" },
    difference: { zh: "变化", en: "Difference" },
    threshold: { zh: "时间界限（含）", en: "Time limit (inclusive)" },
    slider: { zh: "时间界限滑块，分钟", en: "Time limit slider, minutes" },
    minutesLabel: { zh: "时间界限，分钟", en: "Time limit, minutes" },
    minutesUnit: { zh: "分钟", en: "min" },
    preset: { zh: "{minutes} 分钟", en: "{minutes} min" },
    standard: { zh: "{minutes} 分钟 · 标准", en: "{minutes} min · standard" },
    shown: { zh: "显示内容", en: "Show" },
    showPeople: { zh: "人口点", en: "People" },
    showRoads: { zh: "道路", en: "Roads" },
    showWater: { zh: "水域", en: "Water" },
    showProtected: { zh: "保护区", en: "Protected areas" },
    showUncounted: { zh: "未计入的设施", en: "Sites not counted" },
    fit: { zh: "回到全县", en: "Whole county" },
    download: { zh: "下载表格（CSV）", en: "Download table (CSV)" },
    method: { zh: "方法、数据来源与提示", en: "Method, sources and warnings" },
    warned: { zh: "提示 {n} 条", en: "Warnings: {n}" },
    headline: {
      zh: "{layer} · {phase} · {minutes} 分钟{by}：{group} {people} 人中 {reached} 人可达（{share}）；{units} 个乡镇中 {has} 个有设施",
      en: "{layer} · {phase} · {minutes} min{by}: {reached} of {people} people ({group}) are reached ({share}); {has} of {units} townships have a facility"
    },
    headlineAfter: {
      zh: "{layer} · {phase} · {minutes} 分钟{by}：{group} {people} 人中 {reached} 人可达（{share}）；{units} 个乡镇中 {has} 个有设施",
      en: "{layer} · {phase} · {minutes} min{by}: {reached} of {people} people ({group}) would be reached ({share}); {has} of {units} townships would have a facility"
    },
    headlineDifference: {
      zh: "{layer} · 变化（建成后比现状）· {minutes} 分钟{by}：{group} {people} 人中，可达由 {before} 人（{beforeShare}）变为 {after} 人（{afterShare}），{gain} 人；{units} 个乡镇中有设施的由 {hasBefore} 个变为 {hasAfter} 个",
      en: "{layer} · difference (plan against now) · {minutes} min{by}: of {people} people ({group}), reached goes from {before} ({beforeShare}) to {after} ({afterShare}), {gain}; townships with a facility go from {hasBefore} to {hasAfter} of {units}"
    },
    byBrackets: { zh: "（{profile}）", en: " ({profile})" },
    byComma: { zh: "，{profile}", en: ", {profile}" },
    kpi: { zh: "{minutes} 分钟可达率", en: "reached in {minutes} min" },
    kpiDifference: { zh: "可达人数变化", en: "change in people reached" },
    caption: {
      zh: "{layer} · {phase} · {minutes} 分钟 · {group}（人）",
      en: "{layer} · {phase} · {minutes} min · {group} (people)"
    },
    unit: { zh: "乡镇", en: "Township" },
    people: { zh: "人数", en: "People" },
    reached: { zh: "可达", en: "Reached" },
    share: { zh: "可达率", en: "Share" },
    missed: { zh: "未可达", en: "Not reached" },
    has: { zh: "有设施", en: "Has one" },
    change: { zh: "变化", en: "Change" },
    yes: { zh: "是", en: "yes" },
    no: { zh: "否", en: "no" },
    total: { zh: "合计", en: "Total" },
    cut: { zh: "另有 {n} 个乡镇未印出，合计行含全部乡镇。", en: "{n} more townships are not printed; the total covers all." },
    close: { zh: "关闭", en: "Close" },
    unknown: { zh: "未知", en: "unknown" },
    unknownUnits: { zh: "；另有 {n} 个乡镇人数未知，未计入", en: "; townships of unknown population, not counted: {n}" },
    nobody: { zh: "没有这一人群", en: "nobody of this group" },
    legendShare: { zh: "{minutes} 分钟可达人口占比", en: "Share of people reached in {minutes} min" },
    legendChange: { zh: "可达率变化（百分点）", en: "Change of share reached (points)" },
    belowHalf: { zh: "斜线：可达不足 50 %", en: "Hatched: below 50 % reached" },
    noChange: { zh: "无变化", en: "no change" },
    decrease: { zh: "下降", en: "decrease" },
    legendPeople: { zh: "{group}（点大小 = 人数）", en: "{group} (dot size = people)" },
    within: { zh: "≤ {to} 分钟", en: "≤ {to} min" },
    between: { zh: "{from}–{to} 分钟", en: "{from}–{to} min" },
    beyond: { zh: "未可达：{from}–{to} 分钟", en: "not reached: {from}–{to} min" },
    beyondAll: { zh: "未可达：{to} 分钟内到不了", en: "not reached within {to} min" },
    already: { zh: "现状已可达", en: "already reached" },
    newly: { zh: "新增可达", en: "newly reached" },
    still: { zh: "仍未可达", en: "still not reached" },
    lost: { zh: "不再可达", en: "no longer reached" },
    legendSites: { zh: "设施：{layer}", en: "Sites: {layer}" },
    existing: { zh: "现有", en: "existing" },
    proposed: { zh: "建议新增", en: "proposed" },
    not_counted: { zh: "未计入", en: "not counted" },
    closing: { zh: "建议关闭", en: "to be closed" },
    legendBase: { zh: "底图", en: "Base map" },
    road1: { zh: "主要道路", en: "main road" },
    road2: { zh: "次要道路", en: "secondary road" },
    road3: { zh: "其他道路", en: "other road" },
    border: { zh: "乡镇界", en: "township border" },
    water: { zh: "水域", en: "water" },
    protected: { zh: "保护区", en: "protected area" },
    peopleCount: { zh: "{n} 人", en: "{n} people" },
    reachedRow: { zh: "{minutes} 分钟可达", en: "Reached in {minutes} min" },
    missedRow: { zh: "未可达", en: "Not reached" },
    hasRow: { zh: "本乡镇有设施", en: "Has a facility" },
    whoMissed: { zh: "谁还不可达（{phase}）", en: "Who is not reached ({phase})" },
    nobodyMissed: { zh: "全部可达。", en: "Everybody is reached." },
    farther: { zh: "最近设施在 {minutes} 分钟以外（{max} 分钟以内）", en: "nearest facility beyond {minutes} min (within {max})" },
    farthest: { zh: "{max} 分钟内没有可到的设施", en: "no facility within {max} min" },
    unplaced: { zh: "没有落到地图上的人口", en: "people not placed on the map" },
    howFar: { zh: "到最近设施的时间（累计人数）", en: "Time to the nearest facility (people, cumulative)" },
    median: { zh: "半数人到最近设施不超过 {minutes} 分钟（{phase}）。", en: "Half of the people are within {minutes} min of the nearest facility ({phase})." },
    medianBeyond: { zh: "半数以上的人 {max} 分钟内到不了任何设施（{phase}）。", en: "More than half of the people have no facility within {max} min ({phase})." },
    sitesHere: { zh: "本乡镇的设施", en: "Sites in this township" },
    noSitesHere: { zh: "本乡镇没有这一类设施。", en: "No site of this layer in this township." },
    nearestSite: { zh: "离乡镇中部最近：{name}，直线 {km} 公里", en: "Nearest to its middle: {name}, {km} km in a straight line" },
    siteState: { zh: "状态", en: "State" },
    siteReason: { zh: "理由", en: "Reason" },
    siteUnit: { zh: "所在乡镇", en: "Township" },
    sitePeople: { zh: "{minutes} 分钟内的{group}", en: "{group} within {minutes} min" },
    siteNewly: { zh: "其中新增可达", en: "Of them newly reached" },
    siteProfile: { zh: "出行方式", en: "Travel" },
    siteName: { zh: "{name}，{layer}，{state}", en: "{name}, {layer}, {state}" },
    planStatus: { zh: "求解状态", en: "Status" },
    planModel: { zh: "模型", en: "Model" },
    methodLines: { zh: "方法", en: "Method" },
    warnings: { zh: "提示", en: "Warnings" },
    sources: { zh: "数据来源", en: "Sources" },
    sourceLabel: { zh: "数据", en: "Data" },
    sourceFile: { zh: "文件", en: "File" },
    sourceRows: { zh: "行数", en: "Rows" },
    meanings: {
      zh: "“可达”指 {minutes} 分钟内能到达设施的人口占该人群总人口的比例，分母含未落到地图上的人；“有设施”指乡镇内至少有一处运营设施。两者不可混用。",
      en: "'Reached' is the share of the group's people within {minutes} min of a facility, those not placed on the map included in the denominator; 'has a facility' means that at least one working facility stands in the township. The two are not the same."
    },
    run: { zh: "运行编号", en: "Run" },
    date: { zh: "数据截至", en: "Data as of" },
    crs: { zh: "坐标系", en: "Coordinate system" },
    noticeLabel: { zh: "说明", en: "Notice" },
    recount: { zh: "本页已由人口点复算 {n} 个数字，与计算结果一致。", en: "This page recounted {n} figures from the people's points; all agree with the run." },
    unapproved: { zh: "内部工作用图，未经审核不得公开", en: "Internal working map, not approved for publication" },
    approval: { zh: "审图号：{number}", en: "Map approval number: {number}" },
    mismatch: {
      zh: "本页复算的数字与计算结果不一致（{n} 处），请勿使用本页。",
      en: "The figures recounted by this page differ from the run's ({n} places). Do not use this page."
    },
    mismatchAt: {
      zh: "{layer} · {phase} · {minutes} 分钟 · {unit}：本页 {page}，计算结果 {run}",
      en: "{layer} · {phase} · {minutes} min · {unit}: page {page}, run {run}"
    },
    mismatchPeople: { zh: "{group} · {unit}：人口点合计 {page}，总人数 {run}", en: "{group} · {unit}: points add up to {page}, people are {run}" },
    broken: { zh: "交互地图无法显示，以下为静态表格。", en: "The interactive map cannot be shown; static tables follow." },
    csvCode: { zh: "代码", en: "code" },
    csvUnit: { zh: "乡镇", en: "township" },
    csvLayer: { zh: "设施类别", en: "layer" },
    csvGroup: { zh: "人群", en: "group" },
    csvProfile: { zh: "出行方式", en: "profile" },
    csvPhase: { zh: "时点", en: "view" },
    csvMinutes: { zh: "分钟", en: "minutes" },
    csvPeople: { zh: "人数", en: "people" },
    csvReached: { zh: "可达人数", en: "people reached" },
    csvShare: { zh: "可达率（%）", en: "share reached (%)" },
    csvMissed: { zh: "未可达人数", en: "people not reached" },
    csvHas: { zh: "有设施", en: "has a facility" },
    csvBefore: { zh: "现状可达人数", en: "reached now" },
    csvAfter: { zh: "建成后可达人数", en: "reached with the plan" },
    csvChange: { zh: "变化（人）", en: "change (people)" }
  };

  /* Light to dark, kept apart for every common colour vision; see the legend for the classes. */
  const SHARE_EDGES = [0, 25, 50, 75, 90];
  const SHARE_FILLS = ["#fff6cf", "#b2d6af", "#6eb2b7", "#3d84b0", "#22528a"];
  const GAIN_EDGES = [5, 15, 30];
  const GAIN_FILLS = ["#f6f3f8", "#dccde9", "#b996d5", "#8e5db3", "#5d2c83"];
  const LOSS_FILL = "#c9a66b";
  const NOBODY_FILL = "#dcdcd8";
  const NEAR_DOTS = [["#12375f"], ["#12375f", "#5a94bd"], ["#12375f", "#3a78a8", "#82b4d2"], ["#12375f", "#2f6c9d", "#5f9cc4", "#9cc6de"]];
  const FAR_DOT = "#e4480b";
  const FARTHEST_DOT = "#7a0c2e";
  const NEW_DOT = "#4a148c";
  const OLD_DOT = "#8d99a3";
  const LOST_DOT = "#111111";
  const INK = "#1b2733";
  const SHAPES = {
    circle: "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19z",
    square: "M3.5 3.5h17v17h-17z",
    triangle: "M12 1.5L22.6 20.5H1.4z",
    diamond: "M12 0.8L23.2 12L12 23.2L0.8 12z"
  };
  const STAR = "M12 6.2l1.7 3.6 3.9.5-2.9 2.7.8 3.9-3.5-1.9-3.5 1.9.8-3.9-2.9-2.7 3.9-.5z";
  const PHASES = ["before", "after", "difference"];

  const byId = (id) => document.getElementById(id);

  function start() {
    const data = JSON.parse(byId("coverplan-data").textContent);
    const unitCount = data.units.length;
    const maxMinutes = Math.min(254, data.meta.max_minutes);
    const topMinutes = Math.min(
      maxMinutes,
      Math.max(30, ...data.meta.thresholds, ...data.layers.map((layer) => layer.minutes))
    );
    const presets = data.meta.thresholds.filter((minutes) => minutes >= 1 && minutes <= topMinutes);

    const state = { layer: data.layers[0], minutes: 1, phase: "before", language: data.meta.language };
    state.minutes = clampMinutes(state.layer.minutes);
    const shown = { people: true, roads: true, water: true, protected: true, uncounted: true };
    const order = { key: "missed", direction: "descending" };
    let selection = null; // {unit: index} or {site: object}
    let returnFocus = null;
    let printing = false;

    function clampMinutes(minutes) {
      return Math.max(1, Math.min(topMinutes, Math.round(minutes)));
    }

    /* ---- words and numbers ---- */

    const locale = () => (state.language === "zh" ? "zh-CN" : "en");
    const pick = (text) => text[state.language];
    const number = (value) => (value === null ? say("unknown") : value.toLocaleString(locale()));

    function fill(template, values) {
      // One pass: a brace inside a value stays what it is.
      return template.replace(/\{(\w+)\}/g, (whole, key) => String(values[key]));
    }
    const say = (key, values) => fill(pick(WORDS[key]), values || {});

    function sayParts(key, values, strong) {
      return pick(WORDS[key])
        .split(/(\{\w+\})/)
        .filter((part) => part !== "")
        .map((part) => {
          const name = /^\{(\w+)\}$/.exec(part);
          if (!name) return document.createTextNode(part);
          const text = String(values[name[1]]);
          return strong.includes(name[1]) ? el("strong", null, text) : document.createTextNode(text);
        });
    }

    function percent(part, whole) {
      if (part === null || whole === null) return say("unknown");
      if (whole === 0) return "—";
      const tenths = Math.floor((2000 * part + whole) / (2 * whole));
      if (tenths === 0 && part > 0) return "<0.1\u00a0%";
      if (tenths === 1000 && part < whole) return ">99.9\u00a0%";
      return (tenths / 10).toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }) + "\u00a0%";
    }

    function signed(value) {
      if (value === null) return say("unknown");
      if (value === 0) return "0";
      return (value > 0 ? "+" : "−") + number(Math.abs(value));
    }

    function el(tag, attributes, ...children) {
      const node = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
      node.append(...children);
      return node;
    }

    function put(node, ...children) {
      node.textContent = "";
      node.append(...children);
    }

    function svg(tag, attributes, ...children) {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      node.append(...children);
      return node;
    }

    const persons = (count) => say("peopleCount", { n: number(count) });

    /* ---- figures ---- */

    const points = {
      count: data.points.unit.length,
      unit: data.points.unit,
      x: new Float64Array(data.points.unit.length),
      y: new Float64Array(data.points.unit.length)
    };

    // reached[unit * 256 + minutes] = people of the layer's group within so many whole minutes
    const tallies = new Map();
    for (const layer of data.layers) {
      tallies.set(layer, { before: tally(layer, "before"), after: tally(layer, "after") });
    }

    function tally(layer, phase) {
      const people = data.points.people[layer.group];
      const minutes = data.points.minutes[layer.id][phase];
      const table = new Float64Array(unitCount * 256);
      for (let i = 0; i < points.count; i += 1) table[points.unit[i] * 256 + minutes[i]] += people[i];
      for (let u = 0; u < unitCount; u += 1) {
        for (let m = 1; m < UNREACHED; m += 1) table[u * 256 + m] += table[u * 256 + m - 1];
      }
      return table;
    }

    const peopleOf = (layer, unit) => data.units[unit].people[layer.group];
    const reachedIn = (layer, phase, unit, minutes) => tallies.get(layer)[phase][unit * 256 + Math.min(minutes, 254)];

    // Where the people of a township are not known (null), neither is any count of them.
    function rowOf(layer, unit, minutes) {
      const people = peopleOf(layer, unit);
      return finish({
        unit,
        people,
        before: people === null ? null : reachedIn(layer, "before", unit, minutes),
        after: people === null ? null : reachedIn(layer, "after", unit, minutes),
        hasBefore: layer.has_one.before[unit] ? 1 : 0,
        hasAfter: layer.has_one.after[unit] ? 1 : 0
      });
    }

    function finish(row) {
      row.reached = state.phase === "before" ? row.before : row.after;
      row.has = state.phase === "before" ? row.hasBefore : row.hasAfter;
      row.missed = row.people === null ? null : row.people - row.reached;
      row.change = row.people === null ? null : row.after - row.before;
      row.share = row.people ? row.reached / row.people : null;
      return row;
    }

    function currentRows() {
      return data.units.map((unit, i) => rowOf(state.layer, i, state.minutes));
    }

    function totalOf(rows) {
      const known = rows.filter((row) => row.people !== null);
      const sum = (list, key) => list.reduce((all, row) => all + row[key], 0);
      const people = (key) => (known.length ? sum(known, key) : null);
      return finish({
        unit: null,
        unknown: rows.length - known.length,
        people: people("people"),
        before: people("before"),
        after: people("after"),
        hasBefore: sum(rows, "hasBefore"),
        hasAfter: sum(rows, "hasAfter")
      });
    }

    function recount() {
      const wrong = [];
      let compared = 0;
      for (const layer of data.layers) {
        const figures = data.table[layer.id] || {};
        // The run's own list of limits, each layer's own among them, and all the page must be able to show.
        const limits = new Set([...Object.keys(figures).map(Number), ...data.meta.thresholds, layer.minutes]);
        for (const minutes of limits) {
          for (const phase of ["before", "after"]) {
            for (let u = 0; u < unitCount; u += 1) {
              const run = ((figures[minutes] || {})[phase] || [])[u];
              const page = reachedIn(layer, phase, u, minutes);
              if (run === null && peopleOf(layer, u) === null) continue;
              compared += 1;
              if (run !== page) wrong.push({ key: "mismatchAt", layer, phase, minutes, unit: u, page, run });
            }
          }
        }
      }
      for (const group of new Set(data.layers.map((layer) => layer.group))) {
        const sums = data.units.map((unit) => unit.unplaced[group] || 0);
        for (let i = 0; i < points.count; i += 1) sums[points.unit[i]] += data.points.people[group][i];
        data.units.forEach((unit, u) => {
          if (unit.people[group] === null) return;
          compared += 1;
          if (sums[u] !== unit.people[group]) {
            wrong.push({ key: "mismatchPeople", group, unit: u, page: sums[u], run: unit.people[group] });
          }
        });
      }
      return { wrong, compared };
    }
    const checked = recount();

    function showAlarm() {
      const box = byId("alarm");
      box.hidden = checked.wrong.length === 0;
      if (box.hidden) return;
      const lines = checked.wrong.slice(0, 5).map((item) =>
        el("li", null, say(item.key, {
          layer: item.layer ? pick(item.layer.label) : "",
          group: item.group ? pick(data.groups[item.group]) : "",
          phase: item.phase ? say(item.phase) : "",
          minutes: item.minutes,
          unit: data.units[item.unit].name,
          page: number(item.page),
          run: Number.isFinite(item.run) ? number(item.run) : "—"
        }))
      );
      put(box, el("strong", null, say("mismatch", { n: number(checked.wrong.length) })), el("ul", null, ...lines));
    }

    /* ---- geometry: web mercator at zoom 0, in pixels ---- */

    const worldX = (longitude) => (longitude / 360 + 0.5) * 256;
    const worldY = (latitude) => {
      const sine = Math.sin((latitude * Math.PI) / 180);
      return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256;
    };
    const longitudeAt = (x) => (x / 256 - 0.5) * 360;
    const latitudeAt = (y) => (Math.atan(Math.sinh(Math.PI * (1 - y / 128))) * 180) / Math.PI;

    function worldLine(flat) {
      const line = new Float64Array(flat.length);
      let x = 0;
      let y = 0;
      for (let i = 0; i + 1 < flat.length; i += 2) {
        x += flat[i];
        y += flat[i + 1];
        line[i] = worldX(x / DEGREE);
        line[i + 1] = worldY(y / DEGREE);
      }
      return line;
    }

    function boxOf(lines) {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (const line of lines) {
        for (let i = 0; i + 1 < line.length; i += 2) {
          box[0] = Math.min(box[0], line[i]);
          box[1] = Math.min(box[1], line[i + 1]);
          box[2] = Math.max(box[2], line[i]);
          box[3] = Math.max(box[3], line[i + 1]);
        }
      }
      return box;
    }
    const boxAround = (boxes) => boxOf(boxes.map((box) => Float64Array.from(box)));
    const boxFound = (box) => box.every(Number.isFinite);

    function area(line) {
      let twice = 0;
      for (let i = 0, j = line.length - 2; i < line.length; j = i, i += 2) {
        twice += line[j] * line[i + 1] - line[i] * line[j + 1];
      }
      return Math.abs(twice) / 2;
    }

    const shapeOf = (rings) => {
      const lines = rings.map(worldLine);
      return { lines, box: boxOf(lines) };
    };

    function inside(lines, x, y) {
      let odd = false;
      for (const line of lines) {
        for (let i = 0, j = line.length - 2; i < line.length; j = i, i += 2) {
          const crosses = line[i + 1] > y !== line[j + 1] > y;
          if (crosses && x < ((line[j] - line[i]) * (y - line[i + 1])) / (line[j + 1] - line[i + 1]) + line[i]) odd = !odd;
        }
      }
      return odd;
    }

    function toEdge(lines, x, y) {
      let best = Infinity;
      for (const line of lines) {
        for (let i = 0, j = line.length - 2; i < line.length; j = i, i += 2) {
          const dx = line[i] - line[j];
          const dy = line[i + 1] - line[j + 1];
          const length = dx * dx + dy * dy;
          const t = length ? Math.max(0, Math.min(1, ((x - line[j]) * dx + (y - line[j + 1]) * dy) / length)) : 0;
          best = Math.min(best, (x - line[j] - t * dx) ** 2 + (y - line[j + 1] - t * dy) ** 2);
        }
      }
      return Math.sqrt(best);
    }

    // The place deepest inside a polygon: a grid, then finer grids around the best place.
    function middle(shape) {
      let [left, top, right, bottom] = shape.box;
      let best = { x: (left + right) / 2, y: (top + bottom) / 2, depth: -Infinity };
      for (let round = 0; round < 3; round += 1) {
        const stepX = (right - left) / 9;
        const stepY = (bottom - top) / 9;
        for (let i = 0; i <= 9; i += 1) {
          for (let j = 0; j <= 9; j += 1) {
            const x = left + i * stepX;
            const y = top + j * stepY;
            const depth = inside(shape.lines, x, y) ? toEdge(shape.lines, x, y) : -1;
            if (depth > best.depth) best = { x, y, depth };
          }
        }
        [left, top, right, bottom] = [best.x - stepX, best.y - stepY, best.x + stepX, best.y + stepY];
      }
      return best;
    }

    // Places for a name: the middle first, then a grid of places not too near the border.
    function nameSpots(shape, centre) {
      const spots = [];
      const [left, top, right, bottom] = shape.box;
      for (let i = 1; i < 12; i += 1) {
        for (let j = 1; j < 12; j += 1) {
          const x = left + ((right - left) * i) / 12;
          const y = top + ((bottom - top) * j) / 12;
          if (inside(shape.lines, x, y) && toEdge(shape.lines, x, y) > 0.3 * centre.depth) spots.push({ x, y });
        }
      }
      const away = (spot) => Math.hypot(spot.x - centre.x, spot.y - centre.y);
      return [centre, ...spots.sort((a, b) => away(a) - away(b))];
    }

    const units = data.units.map((unit) => {
      const shapes = unit.rings.map(shapeOf);
      const largest = shapes.reduce((best, shape) => (!best || area(shape.lines[0]) > area(best.lines[0]) ? shape : best), null);
      const centre = largest && middle(largest);
      return {
        shapes,
        box: boxAround(shapes.map((shape) => shape.box)),
        middle: centre,
        spots: centre ? nameSpots(largest, centre) : []
      };
    });
    const base = {
      roads: data.base.roads
        .map((road) => ({ rank: road.rank, lines: road.lines.map((line) => shapeOf([line])) }))
        .sort((a, b) => b.rank - a.rank),
      water: data.base.water.map(shapeOf),
      protected: data.base.protected.map((item) => ({ name: item.name, shapes: item.rings.map(shapeOf) }))
    };
    for (let i = 0, x = 0, y = 0; i < points.count; i += 1) {
      x += data.points.x[i];
      y += data.points.y[i];
      points.x[i] = worldX(x / DEGREE);
      points.y[i] = worldY(y / DEGREE);
    }
    const countyBox = (() => {
      const boxes = units.filter((unit) => unit.middle).map((unit) => unit.box);
      if (boxes.length) return boxAround(boxes);
      const places = data.layers.flatMap((layer) => layer.sites.flatMap((site) => [worldX(site.lon), worldY(site.lat)]));
      return boxOf([places, Array.from(points.x).flatMap((x, i) => [x, points.y[i]])]);
    })();

    const boundsOf = (box) => L.latLngBounds([latitudeAt(box[3]), longitudeAt(box[0])], [latitudeAt(box[1]), longitudeAt(box[2])]);

    /* ---- map ---- */

    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map("map", {
      attributionControl: false,
      zoomControl: false,
      preferCanvas: true,
      maxZoom: 18,
      zoomSnap: 0.1,
      zoomDelta: 0.75,
      zoomAnimation: !calm,
      fadeAnimation: !calm,
      markerZoomAnimation: !calm
    });
    const zoomControl = L.control.zoom({ position: "topleft" }).addTo(map);
    const arrow = L.control({ position: "bottomright" });
    arrow.onAdd = () => {
      const drawing = svg("svg", { viewBox: "0 0 24 34", width: "22", height: "31", role: "img" },
        svg("path", { d: "M12 1l7 19-7-4-7 4z", fill: INK }));
      const letter = svg("text", { x: "12", y: "32", "text-anchor": "middle", "font-size": "11", "font-weight": "700", fill: INK });
      letter.textContent = "N";
      drawing.append(letter);
      return el("div", { id: "north" }, drawing);
    };
    arrow.addTo(map);
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 140 }).addTo(map);

    function pane(name, height) {
      const node = map.createPane(name);
      node.style.zIndex = String(height);
      node.style.pointerEvents = "none";
      return node;
    }
    pane("ground", 310);
    pane("dots", 320);
    pane("outline", 330);
    pane("labels", 590);

    /* A canvas that follows the map; `draw` gets the frame that turns world pixels into its own. */
    const Painter = L.Renderer.extend({
      initialize(draw, options) {
        this._draw = draw;
        L.Renderer.prototype.initialize.call(this, Object.assign({ padding: 0.2 }, options));
      },
      _initContainer() {
        this._container = el("canvas", { "aria-hidden": "true" });
      },
      _destroyContainer() {
        this._container.remove();
        delete this._container;
      },
      _update() {
        if (this._map._animatingZoom && this._bounds) return;
        L.Renderer.prototype._update.call(this);
        const size = this._bounds.getSize();
        const corner = this._map.getPixelOrigin().add(this._bounds.min);
        const ratio = printing ? 3 : Math.max(1, Math.min(3, window.devicePixelRatio || 1));
        const canvas = this._container;
        L.DomUtil.setPosition(canvas, this._bounds.min);
        canvas.width = Math.round(size.x * ratio);
        canvas.height = Math.round(size.y * ratio);
        canvas.style.width = size.x + "px";
        canvas.style.height = size.y + "px";
        const pen = canvas.getContext("2d");
        pen.scale(ratio, ratio);
        pen.lineJoin = "round";
        pen.lineCap = "round";
        const scale = 2 ** this._map.getZoom();
        this._draw({ pen, scale, left: corner.x, top: corner.y, width: size.x, height: size.y });
      },
      redraw() {
        if (this._map) this._update();
      }
    });

    function visible(frame, box) {
      return (
        box[2] * frame.scale >= frame.left && box[0] * frame.scale <= frame.left + frame.width &&
        box[3] * frame.scale >= frame.top && box[1] * frame.scale <= frame.top + frame.height
      );
    }

    function trace(frame, line, closed) {
      const { pen, scale, left, top } = frame;
      let x = line[0] * scale - left;
      let y = line[1] * scale - top;
      pen.moveTo(x, y);
      for (let i = 2; i < line.length; i += 2) {
        const nextX = line[i] * scale - left;
        const nextY = line[i + 1] * scale - top;
        if (Math.abs(nextX - x) + Math.abs(nextY - y) < 0.7 && i < line.length - 2) continue;
        pen.lineTo(nextX, nextY);
        x = nextX;
        y = nextY;
      }
      if (closed) pen.closePath();
    }

    function outline(frame, shapes) {
      frame.pen.beginPath();
      let any = false;
      for (const shape of shapes) {
        if (!visible(frame, shape.box)) continue;
        any = true;
        for (const line of shape.lines) trace(frame, line, true);
      }
      return any;
    }

    const hatches = new Map();
    function hatch(frame, colour, step, width) {
      const key = colour + step;
      if (!hatches.has(key)) {
        const tile = el("canvas", { width: step * 4, height: step * 4 });
        const pen = tile.getContext("2d");
        pen.scale(4, 4);
        pen.strokeStyle = colour;
        pen.lineWidth = width;
        pen.beginPath();
        for (const shift of [-step, 0, step]) {
          pen.moveTo(shift - 1, step + 1);
          pen.lineTo(shift + step + 1, -1);
        }
        pen.stroke();
        hatches.set(key, { tile, step });
      }
      const { tile } = hatches.get(key);
      const pattern = frame.pen.createPattern(tile, "repeat");
      const { pen } = frame;
      pen.save();
      pen.translate(-(frame.left % step), -(frame.top % step)); // fixed to the ground, not to the canvas
      pen.scale(0.25, 0.25);
      pen.fillStyle = pattern;
      pen.fill("evenodd");
      pen.restore();
    }

    function shareClass(row) {
      if (!row.people) return null;
      let found = 0;
      SHARE_EDGES.forEach((edge, i) => { if (row.reached * 100 >= edge * row.people) found = i; });
      return found;
    }

    function gainClass(row) {
      if (!row.people) return null;
      if (row.change < 0) return -1;
      if (row.change === 0) return 0;
      return 1 + GAIN_EDGES.filter((edge) => row.change * 100 >= edge * row.people).length;
    }

    function fillOf(row) {
      const found = state.phase === "difference" ? gainClass(row) : shareClass(row);
      if (found === null) return NOBODY_FILL;
      if (found === -1) return LOSS_FILL;
      return (state.phase === "difference" ? GAIN_FILLS : SHARE_FILLS)[found];
    }
    const belowHalf = (row) => row.people > 0 && row.reached * 2 < row.people;

    let rows = currentRows();

    const ground = new Painter((frame) => {
      const { pen } = frame;
      units.forEach((unit, i) => {
        if (!outline(frame, unit.shapes)) return;
        pen.globalAlpha = 0.92;
        pen.fillStyle = fillOf(rows[i]);
        pen.fill("evenodd");
        pen.globalAlpha = 1;
        if (belowHalf(rows[i])) hatch(frame, state.phase === "difference" ? "rgba(60,50,70,.22)" : "rgba(84,74,40,.28)", 9, 1);
      });
      if (shown.protected) {
        for (const item of base.protected) {
          if (!outline(frame, item.shapes)) continue;
          pen.fillStyle = "rgba(58,125,68,.20)";
          pen.fill("evenodd");
          pen.strokeStyle = "rgba(38,96,52,.85)";
          pen.lineWidth = 1.4;
          pen.setLineDash([2, 4]);
          pen.stroke();
          pen.setLineDash([]);
        }
      }
      if (shown.water) {
        if (outline(frame, base.water)) {
          pen.fillStyle = "#b9d9f2";
          pen.fill("evenodd");
          pen.strokeStyle = "#7fb0da";
          pen.lineWidth = 0.7;
          pen.stroke();
        }
      }
      for (const unit of units) {
        if (!outline(frame, unit.shapes)) continue;
        pen.strokeStyle = "rgba(255,255,255,.9)";
        pen.lineWidth = 3;
        pen.stroke();
      }
      for (const unit of units) {
        if (!outline(frame, unit.shapes)) continue;
        pen.strokeStyle = "rgba(58,68,80,.9)";
        pen.lineWidth = 1.1;
        pen.setLineDash([7, 3, 1.5, 3]);
        pen.stroke();
        pen.setLineDash([]);
      }
      if (shown.roads) for (const road of base.roads) drawRoads(frame, road);
      if (units.some((unit) => unit.middle)) {
        // Whatever lies outside the county steps back.
        outline(frame, units.flatMap((unit) => unit.shapes));
        pen.rect(0, 0, frame.width, frame.height);
        pen.fillStyle = "rgba(238,236,230,.62)";
        pen.fill("evenodd");
      }
    });

    function drawRoads(frame, road) {
      const { pen } = frame;
      const grow = Math.max(0.75, Math.min(2.2, 1 + (map.getZoom() - fitZoom) * 0.22));
      pen.beginPath();
      for (const line of road.lines) if (visible(frame, line.box)) trace(frame, line.lines[0], false);
      if (road.rank >= 3) {
        pen.strokeStyle = "rgba(92,84,76,.5)";
        pen.lineWidth = 0.8 * grow;
        pen.stroke();
        return;
      }
      pen.strokeStyle = road.rank === 1 ? "#6d6257" : "#8b8177";
      pen.lineWidth = (road.rank === 1 ? 4 : 2.8) * grow;
      pen.stroke();
      pen.strokeStyle = road.rank === 1 ? "#fff3c9" : "#ffffff";
      pen.lineWidth = (road.rank === 1 ? 2.4 : 1.4) * grow;
      pen.stroke();
    }

    function dotClasses() {
      if (state.phase === "difference") {
        return {
          fills: [OLD_DOT, FAR_DOT, NEW_DOT, LOST_DOT],
          sizes: [0.8, 1.1, 1.5, 1.5],
          of: (before, after) =>
            after <= state.minutes ? (before <= state.minutes ? 0 : 2) : before <= state.minutes ? 3 : 1
        };
      }
      const edges = nearEdges();
      const fills = NEAR_DOTS[edges.length - 1].concat([FAR_DOT, FARTHEST_DOT]);
      return {
        fills,
        sizes: edges.map(() => 0.9).concat([1.2, 1.2]),
        of: (before, after) => {
          const minutes = state.phase === "before" ? before : after;
          if (minutes > state.minutes) return minutes === UNREACHED ? edges.length + 1 : edges.length;
          return edges.findIndex((edge) => minutes <= edge);
        }
      };
    }

    function nearEdges() {
      return presets.filter((minutes) => minutes < state.minutes).slice(-3).concat([state.minutes]);
    }

    const dots = new Painter((frame) => {
      if (!shown.people) return;
      const { pen, scale, left, top } = frame;
      const people = data.points.people[state.layer.group];
      const { before, after } = data.points.minutes[state.layer.id];
      const classes = dotClasses();
      const many = points.count > 40000;
      const radius = Math.max(0.6, Math.min(5.5, Math.min(2.3, fitRadius) + (map.getZoom() - fitZoom) * 0.6));
      let all = 0;
      let inhabited = 0;
      for (let i = 0; i < points.count; i += 1) if (people[i] > 0) { all += people[i]; inhabited += 1; }
      const mean = inhabited ? all / inhabited : 1;
      const bins = classes.fills.map(() => []);
      for (let i = 0; i < points.count; i += 1) {
        if (people[i] <= 0) continue;
        const x = points.x[i] * scale - left;
        const y = points.y[i] * scale - top;
        if (x < -8 || y < -8 || x > frame.width + 8 || y > frame.height + 8) continue;
        const group = classes.of(before[i], after[i]);
        const size = radius * classes.sizes[group] * Math.max(0.65, Math.min(2.2, Math.sqrt(people[i] / mean)));
        bins[group].push(x, y, size);
      }
      bins.forEach((bin, group) => {
        const fresh = classes.sizes[group] > 1;
        if (!many) stamp(pen, bin, fresh ? 1 : 0.7, fresh ? "rgba(255,255,255,.95)" : "rgba(255,255,255,.6)");
        stamp(pen, bin, 0, classes.fills[group]);
      });
    });

    function stamp(pen, bin, extra, colour) {
      pen.fillStyle = colour;
      pen.beginPath();
      for (let i = 0; i < bin.length; i += 3) {
        const size = bin[i + 2] + extra;
        pen.moveTo(bin[i] + size, bin[i + 1]);
        pen.arc(bin[i], bin[i + 1], size, 0, 2 * Math.PI);
      }
      pen.fill();
    }

    let hovered = null;
    const marks = new Painter((frame) => {
      const { pen } = frame;
      const chosen = selection && "unit" in selection ? selection.unit : null;
      for (const [unit, width] of [[hovered, 2.2], [chosen, 3.6]]) {
        if (unit === null || !outline(frame, units[unit].shapes)) continue;
        pen.strokeStyle = "#ffffff";
        pen.lineWidth = width + 2.4;
        pen.stroke();
        pen.strokeStyle = INK;
        pen.lineWidth = width;
        pen.stroke();
      }
    });

    let fitZoom = 10;
    let fitRadius = 1.5;

    // Padding that keeps the county clear of the legend and takes no more room than that needs.
    function fitPadding() {
      const size = map.getSize();
      const key = byId("legend");
      const edge = 14;
      const padding = (left) => ({ paddingTopLeft: [left, edge], paddingBottomRight: [edge, edge] });
      const full = key.offsetLeft + key.offsetWidth + 6;
      if (!key.open || full > size.x / 2) return padding(edge);
      const bounds = boundsOf(countyBox);
      for (const part of [0, 0.25, 0.5, 0.75]) {
        const left = edge + part * (full - edge);
        const zoom = Math.min(15, map.getBoundsZoom(bounds, false, L.point(left + edge, 2 * edge)));
        const scale = 2 ** zoom;
        const frame = {
          left: ((countyBox[0] + countyBox[2]) / 2) * scale - (left + size.x - edge) / 2,
          top: ((countyBox[1] + countyBox[3]) / 2) * scale - size.y / 2
        };
        const box = [key.offsetLeft - 6, key.offsetTop - 6, full, size.y].map((pixel, i) => (pixel + (i % 2 ? frame.top : frame.left)) / scale);
        if (!touches(box)) return padding(left);
      }
      return padding(full);
    }

    // Whether ground of any township, or its edge, lies in the box.
    function touches(box) {
      const corners = [[0, 1], [2, 1], [2, 3], [0, 3]];
      return units.some((unit) => unit.shapes.some((shape) =>
        corners.some(([x, y]) => inside(shape.lines, box[x], box[y])) ||
        shape.lines.some((line) => {
          for (let i = 0; i < line.length; i += 2) {
            if (line[i] >= box[0] && line[i] <= box[2] && line[i + 1] >= box[1] && line[i + 1] <= box[3]) return true;
          }
          return false;
        })));
    }

    function fit(animate) {
      if (!boxFound(countyBox)) {
        map.setView([0, 0], 2, { animate: false });
        return;
      }
      map.fitBounds(boundsOf(countyBox), Object.assign({ animate: animate && !calm, maxZoom: 15 }, fitPadding()));
      if (animate) return;
      fitZoom = map.getZoom();
      const ground = units.reduce((sum, unit) => sum + unit.shapes.reduce((part, shape) => part + area(shape.lines[0]), 0), 0);
      fitRadius = 0.17 * Math.sqrt((ground * 4 ** fitZoom) / Math.max(1, points.count)); // dots fill a like share of any map
    }

    /* ---- sites ---- */

    const siteMarkers = L.layerGroup();
    let markerOf = new Map();

    function symbol(layer, siteState, size) {
      const colour = /^#[0-9a-f]{6}$/i.test(layer.colour) ? layer.colour : "#444444";
      const path = Object.keys(SHAPES).includes(layer.shape) ? SHAPES[layer.shape] : SHAPES.circle;
      const drawing = svg("svg", { viewBox: "-7 -7 38 38", width: size, height: size, "aria-hidden": "true", focusable: "false" });
      if (siteState === "not_counted") {
        drawing.append(
          svg("path", { d: path, fill: "#ffffff", "fill-opacity": ".85", stroke: "#ffffff", "stroke-width": "6", "stroke-linejoin": "round" }),
          svg("path", { d: path, fill: "none", stroke: "#737b83", "stroke-width": "3", "stroke-linejoin": "round" })
        );
      } else if (siteState === "proposed") {
        drawing.append(
          svg("circle", { cx: "12", cy: "12", r: "17.2", fill: "#ffffff", stroke: INK, "stroke-width": "2.6" }),
          svg("path", { d: path, fill: colour, transform: "translate(12 12) scale(1.06) translate(-12 -12)" }),
          svg("path", { d: STAR, fill: "#ffffff", transform: "translate(12 12.2) scale(1.12) translate(-12 -12)" })
        );
      } else if (siteState === "closing") {
        drawing.append(
          svg("path", { d: path, fill: "#ffffff", stroke: INK, "stroke-width": "5", "stroke-linejoin": "round" }),
          svg("path", { d: path, fill: colour, "fill-opacity": ".45", stroke: "#ffffff", "stroke-width": "2", "stroke-linejoin": "round" }),
          svg("path", { d: "M1 1 L23 23 M23 1 L1 23", fill: "none", stroke: "#ffffff", "stroke-width": "7", "stroke-linecap": "round" }),
          svg("path", { d: "M1 1 L23 23 M23 1 L1 23", fill: "none", stroke: "#b00020", "stroke-width": "3.4", "stroke-linecap": "round" })
        );
      } else {
        drawing.append(
          svg("path", { d: path, fill: INK, stroke: INK, "stroke-width": "7", "stroke-linejoin": "round" }),
          svg("path", { d: path, fill: colour, stroke: "#ffffff", "stroke-width": "3.6", "stroke-linejoin": "round" })
        );
      }
      return drawing;
    }

    const sizeOf = (siteState) => ({ proposed: 36, existing: 26, not_counted: 23, closing: 30 })[siteState] || 26;
    // What a plan closes stands as long as one looks at today.
    const stateOf = (site) => (site.state === "closing" && state.phase === "before" ? "existing" : site.state);

    function shownSites() {
      return state.layer.sites.filter(
        (site) =>
          (site.state !== "proposed" || state.phase !== "before") && (site.state !== "not_counted" || shown.uncounted)
      );
    }

    const siteTitle = (site) => say("siteName", { name: site.name, layer: pick(state.layer.label), state: say(stateOf(site)) });

    function drawSites() {
      siteMarkers.clearLayers();
      markerOf = new Map();
      const raise = { not_counted: 0, existing: 1000, closing: 1500, proposed: 2000 };
      for (const site of shownSites()) {
        const seen = stateOf(site);
        const size = sizeOf(seen);
        const marker = L.marker([site.lat, site.lon], {
          icon: L.divIcon({ html: symbol(state.layer, seen, size), className: "site", iconSize: [size, size] }),
          keyboard: true,
          zIndexOffset: raise[seen] || 0,
          riseOnHover: true
        });
        marker.bindTooltip(() => el("span", { class: "tip" }, siteTitle(site)), { direction: "top", offset: [0, -size / 3] });
        marker.on("click", () => select({ site }, false));
        siteMarkers.addLayer(marker);
        const node = marker.getElement();
        node.setAttribute("aria-label", siteTitle(site));
        L.DomEvent.on(node, "keydown", (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          L.DomEvent.stop(event);
          select({ site }, true);
        });
        markerOf.set(site, marker);
      }
      markSelected();
    }

    function markSelected() {
      for (const [site, marker] of markerOf) {
        marker.getElement().classList.toggle("chosen", Boolean(selection && selection.site === site));
      }
    }

    /* ---- township names ---- */

    const labels = units.map((unit, i) => {
      if (!unit.middle) return null;
      const name = el("b", null, data.units[i].name);
      const value = el("i", null);
      const body = el("div", { class: "label-body" }, name, value);
      const position = L.latLng(latitudeAt(unit.middle.y), longitudeAt(unit.middle.x));
      return { body, value, position, size: area(unit.shapes[0].lines[0]) };
    });

    const wilds = base.protected.filter((item) => item.shapes.length).map((item) => {
      const largest = item.shapes.reduce((best, shape) => (area(shape.lines[0]) > area(best.lines[0]) ? shape : best));
      const spot = middle(largest);
      return { body: el("div", { class: "label-body wild" }, item.name), spot, position: L.latLng(latitudeAt(spot.y), longitudeAt(spot.x)) };
    });

    function addLabels() {
      [...labels, ...wilds].forEach((label) => {
        if (!label) return;
        const marker = L.marker(label.position, {
          icon: L.divIcon({ html: label.body, className: "label", iconSize: [0, 0] }),
          interactive: false,
          keyboard: false,
          pane: "labels"
        }).addTo(map);
        marker.getElement().setAttribute("aria-hidden", "true"); // the table says it all
      });
    }

    function writeLabels() {
      labels.forEach((label, i) => {
        if (!label) return;
        const row = rows[i];
        label.value.textContent =
          state.phase === "difference" && row.people !== 0 ? signed(row.change) : percent(row.reached, row.people);
      });
    }

    // At most 300 points of each township, enough to see where its people are.
    const samples = (() => {
      const found = units.map(() => []);
      for (let i = 0; i < points.count; i += 1) found[points.unit[i]].push(i);
      return found.map((list) => list.filter((point, k) => k % Math.ceil(list.length / 300) === 0));
    })();

    // A name stands where it hides neither a site nor another name, and as few people as may be.
    function placeLabels() {
      if (!map._loaded) return;
      const scale = 2 ** map.getZoom();
      const taken = [];
      const symbols = shownSites().map((site) => {
        const half = sizeOf(stateOf(site)) / 2 - 2;
        const x = worldX(site.lon) * scale;
        const y = worldY(site.lat) * scale;
        return [x - half, y - half, x + half, y + half];
      });
      const clear = (box, others) =>
        others.every((other) => box[2] <= other[0] || box[0] >= other[2] || box[3] <= other[1] || box[1] >= other[3]);
      const hidden = (box, unit) => {
        let count = 0;
        for (const i of samples[unit]) {
          const x = points.x[i] * scale;
          const y = points.y[i] * scale;
          if (x > box[0] && x < box[2] && y > box[1] && y < box[3]) count += 1;
        }
        return count / samples[unit].length || 0;
      };
      const sized = labels
        .map((label, unit) => label && { label, unit, wide: label.body.offsetWidth, high: label.body.offsetHeight })
        .filter(Boolean)
        .sort((a, b) => b.label.size - a.label.size);
      for (const { label, unit, wide, high } of sized) {
        const centre = units[unit].middle;
        let best = null;
        for (const spot of units[unit].spots) {
          const x = spot.x * scale;
          const y = spot.y * scale;
          const box = [x - wide / 2, y - high / 2, x + wide / 2, y + high / 2];
          if (!clear(box, taken)) continue;
          const drift = Math.hypot(spot.x - centre.x, spot.y - centre.y) / centre.depth;
          const cost = (clear(box, symbols) ? 0 : 10) + (shown.people ? 3 * hidden(box, unit) : 0) + 0.12 * drift;
          if (!best || cost < best.cost) best = { cost, box, dx: x - centre.x * scale, dy: y - centre.y * scale };
        }
        label.body.classList.toggle("away", !best);
        if (!best) continue;
        taken.push(best.box);
        label.body.style.left = Math.round(best.dx) + "px";
        label.body.style.top = Math.round(best.dy) + "px";
      }
      for (const { body, spot } of wilds) {
        const [x, y] = [spot.x * scale, spot.y * scale];
        const [wide, high] = [body.offsetWidth / 2, body.offsetHeight / 2];
        const box = [x - wide, y - high, x + wide, y + high];
        const free = shown.protected && clear(box, taken) && clear(box, symbols);
        body.classList.toggle("away", !free);
        if (free) taken.push(box);
      }
    }

    /* ---- legend ---- */

    const swatchLine = (...parts) => svg("svg", { viewBox: "0 0 26 14", width: "26", height: "14", "aria-hidden": "true" }, ...parts);

    function swatchFill(colour, hatched) {
      const parts = [svg("rect", { x: ".5", y: ".5", width: "25", height: "13", fill: colour, "fill-opacity": ".92", stroke: "#5b6670", "stroke-width": ".8" })];
      if (hatched) {
        for (const x of [-2, 6, 14, 22]) {
          parts.push(svg("path", { d: "M" + x + " 13.5L" + (x + 11) + " .5", stroke: "#544a28", "stroke-opacity": ".5", "stroke-width": "1" }));
        }
      }
      return swatchLine(...parts);
    }
    const swatchDot = (colour, size) =>
      swatchLine(svg("circle", { cx: "13", cy: "7", r: String(size), fill: colour, stroke: "#ffffff", "stroke-width": ".8" }));
    const entry = (drawing, text) => el("li", null, drawing, el("span", null, text));
    const entries = (title, items) => [el("h3", null, title), el("ul", null, ...items)];

    function drawLegend() {
      const blocks = [];
      if (state.phase === "difference") {
        const names = [say("noChange"), ">0–<5", "5–<15", "15–<30", "≥30"];
        const items = GAIN_FILLS.map((colour, i) => entry(swatchFill(colour, false), names[i]));
        items.push(entry(swatchFill(GAIN_FILLS[0], true), say("belowHalf")));
        if (rows.some((row) => row.change < 0)) items.unshift(entry(swatchFill(LOSS_FILL, false), say("decrease")));
        blocks.push(...entries(say("legendChange"), items));
      } else {
        const names = ["0–<25 %", "25–<50 %", "50–<75 %", "75–<90 %", "90–100 %"];
        const items = SHARE_FILLS.map((colour, i) => entry(swatchFill(colour, i < 2), names[i]));
        blocks.push(...entries(say("legendShare", { minutes: state.minutes }), items), el("p", { class: "remark" }, say("belowHalf")));
      }
      const blanks = [];
      if (rows.some((row) => row.people === 0)) blanks.push("— " + say("nobody"));
      if (rows.some((row) => row.people === null)) blanks.push(say("unknown"));
      if (blanks.length) blocks[1].append(entry(swatchFill(NOBODY_FILL, false), blanks.join(" / ")));
      if (shown.people) blocks.push(...entries(say("legendPeople", { group: pick(data.groups[state.layer.group]) }), dotEntries()));
      const states = ["existing", "proposed", "closing", "not_counted"].filter((name) => shownSites().some((site) => stateOf(site) === name));
      if (states.length) {
        blocks.push(...entries(
          say("legendSites", { layer: pick(state.layer.label) }),
          states.map((name) => entry(symbol(state.layer, name, name === "proposed" ? 26 : 20), say(name)))
        ));
      }
      const items = baseEntries();
      if (items.length) blocks.push(...entries(say("legendBase"), items));
      put(byId("legend-body"), ...blocks);
    }

    function dotEntries() {
      if (state.phase === "difference") {
        const items = [entry(swatchDot(NEW_DOT, 4.4), say("newly")), entry(swatchDot(FAR_DOT, 4.2), say("still")), entry(swatchDot(OLD_DOT, 3), say("already"))];
        const { before, after } = data.points.minutes[state.layer.id];
        if (before.some((minutes, i) => minutes <= state.minutes && after[i] > state.minutes)) items.push(entry(swatchDot(LOST_DOT, 4.4), say("lost")));
        return items;
      }
      const edges = nearEdges();
      const items = edges.map((to, i) =>
        entry(swatchDot(NEAR_DOTS[edges.length - 1][i], 3.2), i ? say("between", { from: edges[i - 1], to }) : say("within", { to })));
      if (state.minutes < maxMinutes) items.push(entry(swatchDot(FAR_DOT, 4.2), say("beyond", { from: state.minutes, to: maxMinutes })));
      items.push(entry(swatchDot(FARTHEST_DOT, 4.2), say("beyondAll", { to: maxMinutes })));
      return items;
    }

    function baseEntries() {
      const items = [];
      if (shown.roads) {
        for (const rank of [1, 2, 3]) {
          if (!base.roads.some((road) => road.rank === rank && road.lines.length)) continue;
          const stroke = (colour, width) => svg("path", { d: "M1 7H25", stroke: colour, "stroke-width": String(width) });
          const parts = rank === 1 ? [stroke("#6d6257", 4.4), stroke("#fff3c9", 2.6)] : rank === 2 ? [stroke("#8b8177", 3), stroke("#ffffff", 1.5)] : [stroke("#8f877f", 1)];
          items.push(entry(swatchLine(...parts), say("road" + rank)));
        }
      }
      if (unitCount > 1) {
        items.push(entry(swatchLine(svg("path", { d: "M1 7H25", stroke: "#3a4450", "stroke-width": "1.2", "stroke-dasharray": "7 3 1.5 3" })), say("border")));
      }
      const patch = (attributes) => swatchLine(svg("rect", Object.assign({ x: "1", y: "1", width: "24", height: "12" }, attributes)));
      if (shown.water && base.water.length) items.push(entry(patch({ fill: "#b9d9f2", stroke: "#6fa6d3" }), say("water")));
      if (shown.protected && base.protected.length) {
        items.push(entry(patch({ fill: "#3a7d44", "fill-opacity": ".25", stroke: "#266034", "stroke-dasharray": "2 3", "stroke-width": "1.4" }), say("protected")));
      }
      return items;
    }

    /* ---- headline, table, plan ---- */

    function headlineValues(total) {
      const profile = pick(state.layer.profile);
      return {
        layer: pick(state.layer.label),
        phase: say(state.phase),
        minutes: state.minutes,
        by: say(/[(（]/.test(profile) ? "byComma" : "byBrackets", { profile }), // no brackets in brackets
        group: pick(data.groups[state.layer.group]),
        people: number(total.people),
        reached: number(total.reached),
        share: percent(total.reached, total.people),
        units: number(unitCount),
        has: number(total.has),
        before: number(total.before),
        after: number(total.after),
        beforeShare: percent(total.before, total.people),
        afterShare: percent(total.after, total.people),
        gain: signed(total.change),
        hasBefore: number(total.hasBefore),
        hasAfter: number(total.hasAfter)
      };
    }

    function writeHeadline(total) {
      const key = { before: "headline", after: "headlineAfter", difference: "headlineDifference" }[state.phase];
      const strong = state.phase === "difference" ? ["before", "after", "gain", "layer"] : ["reached", "layer"];
      put(
        byId("headline"),
        ...sayParts(key, headlineValues(total), strong),
        total.unknown ? say("unknownUnits", { n: number(total.unknown) }) : ""
      );
      const different = state.phase === "difference";
      byId("kpi-value").textContent = different ? signed(total.change) : percent(total.reached, total.people);
      byId("kpi-label").textContent = different ? say("kpiDifference") : say("kpi", { minutes: state.minutes });
    }

    const COLUMNS = ["unit", "people", "reached", "share", "missed", "has", "change"];
    const table = byId("table");
    const headers = new Map();
    const lines = data.units.map((unit, i) => {
      const button = el("button", { type: "button" }, unit.name);
      const cells = COLUMNS.slice(1).map(() => el("td", null));
      const bar = el("span", { class: "bar", "aria-hidden": "true" }, el("span", null));
      const text = el("span", null);
      cells[2].append(text, bar);
      const line = el("tr", null, el("th", { scope: "row" }, button), ...cells);
      // A click made with a key has no count: only then does the focus go along to the card.
      line.addEventListener("click", (event) => select({ unit: i }, event.detail === 0, true));
      return { line, cells, bar: bar.firstChild, text };
    });
    const totalCells = COLUMNS.slice(1).map(() => el("td", null));
    const totalHead = el("th", { scope: "row" });

    function buildTable() {
      const cells = COLUMNS.map((key) => {
        const button = el("button", { type: "button" });
        button.addEventListener("click", () => {
          const same = order.key === key;
          const first = key === "unit" || key === "share" ? "ascending" : "descending";
          order.direction = same ? (order.direction === "ascending" ? "descending" : "ascending") : first;
          order.key = key;
          writeTable();
        });
        const cell = el("th", { scope: "col", class: "column-" + key }, button);
        headers.set(key, { cell, button });
        return cell;
      });
      table.tHead.append(el("tr", null, ...cells));
      table.tBodies[0].append(...lines.map((item) => item.line));
      table.tFoot.append(el("tr", null, totalHead, ...totalCells));
    }

    function sortedRows() {
      const flip = order.direction === "ascending" ? 1 : -1;
      const { key } = order;
      return rows.slice().sort((a, b) => {
        if (key === "unit") return flip * data.units[a.unit].name.localeCompare(data.units[b.unit].name, locale()) || a.unit - b.unit;
        if (a[key] === null || b[key] === null) return (a[key] === null) - (b[key] === null) || a.unit - b.unit;
        return flip * (a[key] - b[key]) || a.unit - b.unit;
      });
    }

    function writeTable() {
      const total = totalOf(rows);
      byId("caption").textContent = say("caption", headlineValues(total));
      for (const [key, { cell, button }] of headers) {
        button.textContent = say(key);
        if (order.key === key) cell.setAttribute("aria-sort", order.direction);
        else cell.removeAttribute("aria-sort");
      }
      rows.forEach((row) => {
        const { cells, bar, text } = lines[row.unit];
        writeCells(cells, row, text);
        bar.style.width = Math.round((row.share || 0) * 1000) / 10 + "%";
        cells[4].textContent = row.has ? say("yes") : say("no");
        cells[4].classList.toggle("lack", !row.has);
      });
      totalHead.textContent = say("total");
      writeCells(totalCells, total, totalCells[2]);
      table.classList.toggle("tight", total.people >= 1e6 || Math.abs(total.change) >= 1e5); // long numbers need the room
      totalCells[4].textContent = number(total.has) + "/" + number(unitCount);
      const sorted = sortedRows();
      const body = table.tBodies[0];
      sorted.forEach((row, i) => {
        const { line } = lines[row.unit];
        if (body.rows[i] !== line) body.insertBefore(line, body.rows[i] || null);
      });
      markRow();
      return total;
    }

    function writeCells(cells, row, shareCell) {
      cells[0].textContent = number(row.people);
      cells[1].textContent = number(row.reached);
      shareCell.textContent = percent(row.reached, row.people);
      cells[3].textContent = number(row.missed);
      cells[5].textContent = signed(row.change);
    }

    function markRow() {
      lines.forEach(({ line }, i) => line.classList.toggle("chosen", Boolean(selection && selection.unit === i)));
    }

    function facts(pairs) {
      return el("dl", null, ...pairs.flatMap(([term, value]) => [el("dt", null, term), el("dd", null, value)]));
    }

    function writePlan() {
      const { plan } = state.layer;
      const box = byId("plan");
      box.hidden = !plan || (plan.built && state.phase === "before");
      if (box.hidden) return;
      put(
        box,
        el("h2", null, say("planRegion")),
        el("p", null, pick(plan.text)),
        facts([
          [say("planStatus"), pick(plan.status)],
          [say("planModel"), pick(plan.model)],
          ...plan.rows.map(([label, value]) => [pick(label), pick(value)])
        ]),
        ...(plan.notes.length ? [el("ul", null, ...plan.notes.map((note) => el("li", null, pick(note))))] : [])
      );
    }

    /* ---- the card of a township or a site ---- */

    function select(next, focus, move) {
      if (focus) returnFocus = document.activeElement;
      selection = next;
      if (next && "site" in next) markerOf.get(next.site)?.closeTooltip();
      drawCard();
      marks.redraw();
      markRow();
      markSelected();
      if (next && move && "unit" in next && units[next.unit].middle) {
        const wide = map.getSize().x > 760;
        map.fitBounds(boundsOf(units[next.unit].box), {
          animate: !calm,
          maxZoom: 15,
          paddingTopLeft: [wide ? fitPadding().paddingTopLeft[0] : 20, 20],
          paddingBottomRight: wide ? [byId("card").offsetWidth + 30, 20] : [20, byId("card").offsetHeight + 20]
        });
        byId("stage").scrollIntoView({ block: "nearest" });
      }
      if (focus && next) byId("card").querySelector("h2").focus();
    }

    function closeCard() {
      select(null, false);
      if (returnFocus && returnFocus.isConnected) returnFocus.focus();
      returnFocus = null;
    }

    function drawCard() {
      const card = byId("card");
      if (selection && "site" in selection && !shownSites().includes(selection.site)) selection = null;
      card.hidden = !selection;
      if (!selection) {
        put(card);
        return;
      }
      const close = el("button", { type: "button", class: "close", "aria-label": say("close") }, "×");
      close.addEventListener("click", closeCard);
      put(card, close, ...("unit" in selection ? unitCard(selection.unit) : siteCard(selection.site)));
    }

    function unitCard(unit) {
      const row = rows[unit];
      const layer = state.layer;
      const phase = state.phase === "before" ? "before" : "after";
      const info = data.units[unit];
      const head = (text) => el("th", { scope: "col" }, text);
      const line = (text, cells) => el("tr", null, el("th", { scope: "row" }, text), ...cells.map((cell) => el("td", null, cell)));
      const share = (count) => (row.people ? number(count) + " (" + percent(count, row.people) + ")" : percent(count, row.people));
      const overview = el("table", null,
        el("thead", null, el("tr", null, el("td", null), head(say("before")), head(say("after")))),
        el("tbody", null,
          line(say("reachedRow", { minutes: state.minutes }), [share(row.before), share(row.after)]),
          line(say("missedRow"), [row.before, row.after].map((count) => share(count === null ? null : row.people - count))),
          line(say("hasRow"), [say(row.hasBefore ? "yes" : "no"), say(row.hasAfter ? "yes" : "no")])
        ));
      const steps = el("table", null,
        el("thead", null, el("tr", null, el("td", null), ...presets.map((minutes) => head(say("within", { to: minutes }))))),
        el("tbody", null, ...["before", "after"].map((name) =>
          line(say(name), presets.map((minutes) => number(row.people === null ? null : reachedIn(layer, name, unit, minutes)))))));
      return [
        el("h2", { tabindex: "-1" }, info.name),
        el("p", { class: "sub" }, [info.kind, pick(layer.label)].filter(Boolean).join(" · ")),
        el("p", { class: "big" }, pick(data.groups[layer.group]) + " ", el("strong", null, row.people ? persons(row.people) : percent(0, row.people)), row.people === 0 ? " " + say("nobody") : ""),
        overview,
        el("h3", null, say("whoMissed", { phase: say(phase) })),
        missedList(unit, phase),
        el("h3", null, say("howFar")),
        steps,
        ...medianLine(unit, phase),
        el("h3", null, say("sitesHere")),
        ...sitesOf(unit)
      ];
    }

    // Reasons mostly repeat: [value, how often, ...]; a plain list is taken as it is.
    function spelledOut(list) {
      if (Array.isArray(list)) return list;
      const all = [];
      for (let i = 0; i < list.runs.length; i += 2) {
        for (let n = 0; n < list.runs[i + 1]; n += 1) all.push(list.runs[i]);
      }
      return all;
    }

    function missedList(unit, phase) {
      const layer = state.layer;
      const people = data.points.people[layer.group];
      const minutes = data.points.minutes[layer.id][phase];
      const reasons = spelledOut(data.points.reason[layer.id][phase]);
      const counts = new Map();
      const add = (key, count) => { if (count) counts.set(key, (counts.get(key) || 0) + count); };
      for (let i = 0; i < points.count; i += 1) {
        if (points.unit[i] !== unit || minutes[i] <= state.minutes) continue;
        const reason = reasons[i];
        add(reason && data.reasons[reason] ? reason : minutes[i] === UNREACHED ? "farthest" : "farther", people[i]);
      }
      add("unplaced", data.units[unit].unplaced[layer.group]);
      if (peopleOf(layer, unit) === null) return el("p", null, say("unknown"));
      if (!counts.size) return el("p", null, say(peopleOf(layer, unit) ? "nobodyMissed" : "nobody"));
      const values = { minutes: state.minutes, max: maxMinutes };
      return el("ul", { class: "counts" }, ...[...counts].sort((a, b) => b[1] - a[1]).map(([key, count]) =>
        el("li", null, el("strong", null, persons(count)), el("span", null, typeof key === "number" ? pick(data.reasons[key]) : say(key, values)))));
    }

    function medianLine(unit, phase) {
      const people = peopleOf(state.layer, unit);
      if (!people) return [];
      let minutes = 0;
      while (minutes <= maxMinutes && reachedIn(state.layer, phase, unit, minutes) * 2 < people) minutes += 1;
      const key = minutes > maxMinutes ? "medianBeyond" : "median";
      return [el("p", null, say(key, { minutes, max: maxMinutes, phase: say(phase) }))];
    }

    const homeOf = (site) => data.units.findIndex((unit) => unit.code === site.unit || unit.name === site.unit);

    function sitesOf(unit) {
      const here = shownSites().filter((site) => homeOf(site) === unit);
      if (here.length) return [el("ul", { class: "sites" }, ...here.map((site) => el("li", null, siteButton(site, site.name + " · " + say(stateOf(site))))))];
      const nodes = [el("p", null, say("noSitesHere"))];
      const centre = labels[unit] && labels[unit].position;
      const working = shownSites().filter((site) => !["not_counted", "closing"].includes(stateOf(site)));
      if (!centre || !working.length) return nodes;
      const away = (site) => map.distance(centre, [site.lat, site.lon]);
      const nearest = working.reduce((best, site) => (away(site) < away(best) ? site : best));
      const km = (away(nearest) / 1000).toLocaleString(locale(), { maximumFractionDigits: 1 });
      nodes.push(el("p", null, siteButton(nearest, say("nearestSite", { name: nearest.name, km }))));
      return nodes;
    }

    function siteButton(site, text) {
      const button = el("button", { type: "button", class: "link" }, text);
      button.addEventListener("click", () => {
        map.panTo([site.lat, site.lon], { animate: !calm });
        select({ site }, true);
      });
      return button;
    }

    function siteCard(site) {
      const layer = state.layer;
      const home = data.units[homeOf(site)];
      const pairs = [[say("siteState"), say(stateOf(site))]];
      if (site.reason) pairs.push([say("siteReason"), pick(site.reason)]);
      pairs.push([say("siteUnit"), home ? home.name : site.unit]);
      if (site.people !== null && site.people !== undefined) {
        pairs.push([say("sitePeople", { minutes: layer.minutes, group: pick(data.groups[layer.group]) }), persons(site.people)]);
      }
      if (site.newly !== null && site.newly !== undefined) pairs.push([say("siteNewly"), persons(site.newly)]);
      pairs.push([say("siteProfile"), pick(layer.profile)]);
      for (const [label, value] of site.details || []) pairs.push([pick(label), typeof value === "object" ? pick(value) : value]);
      return [
        el("h2", { tabindex: "-1" }, symbol(layer, stateOf(site), 24), site.name),
        el("p", { class: "sub" }, pick(layer.label)),
        facts(pairs)
      ];
    }

    /* ---- method ---- */

    function writeMethod() {
      const { meta } = data;
      const list = (title, items) => (items.length ? [el("h3", null, title), el("ul", null, ...items.map((text) => el("li", null, text)))] : []);
      const head = ["sourceLabel", "sourceFile", "sourceRows"].map((key) => el("th", { scope: "col" }, say(key)));
      const sources = el("table", null,
        el("thead", null, el("tr", null, ...head, el("th", { scope: "col" }, "sha256"))),
        el("tbody", null, ...meta.sources.map((source) =>
          el("tr", null,
            el("th", { scope: "row" }, source.label),
            el("td", null, source.file, ...(source.crs ? [el("div", { class: "crs" }, say("crs") + " " + pick(source.crs))] : [])),
            el("td", null, number(source.rows)),
            el("td", { title: source.sha256 }, el("code", null, source.sha256.slice(0, 10)))))));
      const pairs = [[say("date"), meta.date], [say("crs"), meta.crs], [say("run"), meta.run_id]];
      if (meta.notice) pairs.unshift([say("noticeLabel"), meta.notice]);
      byId("warned").hidden = meta.warnings.length === 0;
      byId("warned").textContent = say("warned", { n: number(meta.warnings.length) });
      put(
        byId("method-body"),
        el("p", null, say("meanings", { minutes: state.minutes })),
        ...list(say("warnings"), meta.warnings.map(pick)),
        ...list(say("methodLines"), meta.method.map(pick)),
        el("h3", null, say("sources")),
        sources,
        facts(pairs),
        checked.wrong.length ? "" : el("p", null, say("recount", { n: number(checked.compared) }))
      );
    }

    /* ---- CSV ---- */

    function csvCell(value) {
      if (value === null) return "";
      if (typeof value === "number") return String(value);
      const text = String(value);
      const guarded = /^[\t\r\n]|^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? "'" + text : text;
      return '"' + guarded.replace(/"/g, '""') + '"';
    }

    function csv() {
      const head = ["Code", "Unit", "Layer", "Group", "Profile", "Phase", "Minutes", "People", "Reached", "Share", "Missed", "Has", "Before", "After", "Change"].map((key) => say("csv" + key));
      const record = (row, code, name, has) => [
        code, name, pick(state.layer.label), pick(data.groups[state.layer.group]), pick(state.layer.profile), say(state.phase), state.minutes,
        row.people, row.reached, row.share === null ? null : Math.round(row.share * 1e4) / 100, row.missed, has, row.before, row.after, row.change
      ];
      const total = totalOf(rows);
      const records = [
        head,
        ...sortedRows().map((row) => record(row, data.units[row.unit].code, data.units[row.unit].name, say(row.has ? "yes" : "no"))),
        record(total, "", say("total"), total.has + "/" + unitCount)
      ];
      return "\ufeff" + records.map((cells) => cells.map(csvCell).join(",") + "\r\n").join("");
    }

    function download() {
      const address = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
      const safe = state.layer.id.replace(/[^\w-]+/g, "_").slice(0, 60);
      const link = el("a", { href: address, download: "coverplan-" + safe + "-" + state.minutes + "-" + state.phase + ".csv" });
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(address), 10000);
    }

    /* ---- controls ---- */

    function buildControls() {
      data.layers.forEach((layer, i) => {
        const input = el("input", { type: "radio", name: "layer", value: String(i) });
        input.addEventListener("change", () => change({ layer }));
        const text = el("span", null);
        byId("layers").append(el("label", null, input, symbol(layer, "existing", 20), text));
        layerTexts.push([layer, text, input]);
      });
      for (const minutes of presets) {
        const button = el("button", { type: "button", "aria-pressed": "false" });
        button.addEventListener("click", () => change({ minutes }));
        byId("presets").append(button);
        presetButtons.push([minutes, button]);
      }
      for (const input of [byId("slider"), byId("minutes")]) input.setAttribute("max", String(topMinutes));
      byId("slider").addEventListener("input", (event) => later({ minutes: Number(event.target.value) }));
      byId("minutes").addEventListener("change", (event) => {
        const asked = event.target.valueAsNumber;
        change({ minutes: Number.isFinite(asked) ? clampMinutes(asked) : state.minutes });
      });
      document.querySelectorAll("input[name=phase]").forEach((input) =>
        input.addEventListener("change", () => change({ phase: input.value })));
      document.querySelectorAll("input[name=language]").forEach((input) =>
        input.addEventListener("change", () => change({ language: input.value })));
      document.querySelectorAll("#shown input").forEach((input) => {
        input.checked = shown[input.name];
        input.addEventListener("change", () => {
          shown[input.name] = input.checked;
          refresh({ sites: input.name === "uncounted", names: input.name === "people" || input.name === "protected" });
        });
      });
      byId("fit").addEventListener("click", () => {
        select(null, false);
        fit(true);
      });
      byId("download").addEventListener("click", download);
      byId("print").addEventListener("click", () => window.print());
      byId("app").addEventListener("keydown", (event) => {
        if (event.key === "Escape" && selection) closeCard();
      });
    }
    const layerTexts = [];
    const presetButtons = [];

    let waiting = null;
    function later(next) { // a slider fires faster than the screen shows
      if (waiting === null) window.requestAnimationFrame(() => { const wanted = waiting; waiting = null; change(wanted); });
      waiting = next;
    }

    function writeControls() {
      for (const [layer, text, input] of layerTexts) {
        text.textContent = pick(layer.label);
        input.checked = layer === state.layer;
      }
      for (const [minutes, button] of presetButtons) {
        button.textContent = say(minutes === state.layer.minutes ? "standard" : "preset", { minutes });
        button.setAttribute("aria-pressed", String(minutes === state.minutes));
      }
      byId("slider").value = String(state.minutes);
      byId("slider").setAttribute("aria-valuetext", say("preset", { minutes: state.minutes }));
      byId("minutes").value = String(state.minutes);
      document.querySelectorAll("input[name=phase]").forEach((input) => { input.checked = input.value === state.phase; });
      byId("phases").hidden = unplanned(state.layer);
      document.querySelectorAll("input[name=language]").forEach((input) => { input.checked = input.value === state.language; });
    }

    function translate() {
      document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
      document.querySelectorAll("[data-word]").forEach((node) => { node.textContent = say(node.dataset.word); });
      document.querySelectorAll("[data-label]").forEach((node) => node.setAttribute("aria-label", say(node.dataset.label)));
      const zoom = zoomControl.getContainer().children;
      ["zoomIn", "zoomOut"].forEach((key, i) => {
        zoom[i].title = say(key);
        zoom[i].setAttribute("aria-label", say(key));
      });
      byId("north").firstChild.setAttribute("aria-label", say("north"));
      byId("title").textContent = data.meta.title;
      byId("title").title = data.meta.title;
      byId("notice").hidden = !data.meta.notice;
      byId("notice").textContent = data.meta.notice || "";
      byId("notice").title = data.meta.notice || "";
      byId("stand").textContent = say("stand", { date: data.meta.date });
      const approval = data.meta.approval ? say("approval", { number: data.meta.approval }) : say("unapproved");
      put(
        byId("foot"),
        el("strong", null, approval),
        ...[[say("crs"), data.meta.crs], [say("date"), data.meta.date], [say("run"), data.meta.run_id]].map(([term, value]) => el("span", null, term + " " + value))
      );
      showAlarm();
    }

    /* ---- state ---- */

    // An answer that there is no plan has no "with the plan" to look at.
    const unplanned = (layer) => Boolean(layer.plan && !layer.plan.built);

    function change(next) {
      const moved = {};
      if (next.layer && next.layer !== state.layer) {
        // A limit that was the old layer's own becomes the new layer's own; any other choice is kept.
        if (state.minutes === clampMinutes(state.layer.minutes)) state.minutes = clampMinutes(next.layer.minutes);
        state.layer = next.layer;
        moved.sites = true;
      }
      if (unplanned(state.layer)) next = Object.assign({}, next, { phase: "before" });
      if (next.minutes !== undefined) state.minutes = next.minutes;
      if (next.phase && next.phase !== state.phase) {
        state.phase = next.phase;
        moved.sites = true;
      }
      if (next.language && next.language !== state.language) {
        state.language = next.language;
        moved.sites = true;
        moved.words = true;
      }
      refresh(moved);
    }

    function refresh(moved) {
      rows = currentRows();
      if (moved.words) translate();
      writeControls();
      writeHeadline(writeTable());
      writePlan();
      writeMethod();
      drawLegend();
      if (moved.sites) drawSites();
      drawCard();
      markRow();
      markSelected();
      ground.redraw();
      dots.redraw();
      marks.redraw();
      writeLabels();
      if (moved.sites || moved.names) placeLabels();
    }

    function unitAt(position) {
      const x = worldX(position.lng);
      const y = worldY(position.lat);
      const found = units.findIndex((unit) => unit.shapes.some((shape) =>
        x >= shape.box[0] && x <= shape.box[2] && y >= shape.box[1] && y <= shape.box[3] && inside(shape.lines, x, y)));
      return found < 0 ? null : found;
    }

    function watchMap() {
      map.on("click", (event) => {
        const unit = unitAt(event.latlng);
        select(unit === null ? null : { unit }, false);
      });
      map.on("mousemove", (event) => {
        const unit = unitAt(event.latlng);
        if (unit === hovered) return;
        hovered = unit;
        byId("map").classList.toggle("over", unit !== null);
        marks.redraw();
      });
      map.on("mouseout", () => {
        hovered = null;
        marks.redraw();
      });
      map.on("zoomend", placeLabels);
      const keep = [byId("legend"), byId("card")];
      keep.forEach((node) => {
        L.DomEvent.disableClickPropagation(node);
        L.DomEvent.disableScrollPropagation(node);
      });
      new ResizeObserver(() => { if (!printing) map.invalidateSize({ animate: false }); }).observe(byId("map"));
    }

    /* Printing: the sheet has its own map size, so the view is fitted to it and put back after. */
    let screenView = null;
    function startPrint() {
      if (printing) return;
      printing = true;
      screenView = { centre: map.getCenter(), zoom: map.getZoom(), fitZoom, fitRadius, open: byId("legend").open };
      byId("legend").open = true;
      document.documentElement.classList.add("printing", "aside");
      refresh({});
      // The legend goes under the table if both have room there, and stays on the map if not.
      if (tableRoom(byId("legend").offsetHeight) < 0) document.documentElement.classList.remove("aside");
      map.invalidateSize({ animate: false, pan: false });
      fit(false);
      refresh({ names: true });
      cutTable();
      // Chromium prints a canvas that was cleared here as an opaque white sheet; a fresh copy it prints well.
      for (const canvas of document.querySelectorAll("#map canvas")) {
        const copy = el("canvas", { class: "printed", width: canvas.width, height: canvas.height });
        copy.style.cssText = canvas.style.cssText;
        copy.getContext("2d").drawImage(canvas, 0, 0);
        canvas.after(copy);
      }
    }
    // Height of the sheet's side column that its blocks leave free.
    function tableRoom(reserved) {
      table.tBodies[0].querySelectorAll("tr").forEach((line) => line.classList.remove("unprinted"));
      const used = [...byId("side").children].reduce((sum, block) => sum + (block.offsetHeight && block.offsetHeight + 8), reserved);
      return byId("side").clientHeight - used;
    }

    // As many rows as there is room for, and a line saying how many there are not.
    function cutTable() {
      const aside = document.documentElement.classList.contains("aside");
      const free = tableRoom(aside ? byId("legend").offsetHeight : 0);
      const rowsShown = [...table.tBodies[0].rows];
      const high = rowsShown.reduce((sum, line) => sum + line.offsetHeight, 0);
      const count = free >= 0 ? unitCount : Math.max(5, Math.floor(((high + free - 30) / high) * unitCount));
      rowsShown.forEach((line, i) => line.classList.toggle("unprinted", i >= count));
      byId("cut").hidden = count >= unitCount;
      byId("cut").textContent = say("cut", { n: number(unitCount - Math.min(count, unitCount)) });
    }

    function endPrint() {
      if (!printing) return;
      printing = false;
      document.documentElement.classList.remove("printing", "aside");
      for (const copy of document.querySelectorAll("canvas.printed")) copy.remove();
      byId("cut").hidden = true;
      byId("legend").open = screenView.open;
      ({ fitZoom, fitRadius } = screenView);
      map.invalidateSize({ animate: false, pan: false });
      map.setView(screenView.centre, screenView.zoom, { animate: false });
      refresh({ names: true });
    }
    window.addEventListener("beforeprint", startPrint);
    window.addEventListener("afterprint", endPrint);

    /* ---- for embedders and tests ---- */

    function ask(asked) {
      const next = {};
      if (asked.layer !== undefined) {
        next.layer = data.layers.find((layer) => layer.id === asked.layer);
        if (!next.layer) throw new RangeError("no such layer: " + asked.layer);
      }
      if (asked.minutes !== undefined) {
        if (!Number.isInteger(asked.minutes) || asked.minutes < 1 || asked.minutes > topMinutes) throw new RangeError("minutes: a whole number from 1 to " + topMinutes);
        next.minutes = asked.minutes;
      }
      if (asked.phase !== undefined) {
        if (!PHASES.includes(asked.phase)) throw new RangeError("phase: " + PHASES.join(", "));
        next.phase = asked.phase;
      }
      if (asked.language !== undefined) {
        if (asked.language !== "zh" && asked.language !== "en") throw new RangeError("language: zh, en");
        next.language = asked.language;
      }
      change(next);
    }

    function figures() {
      const plain = (row) => ({ people: row.people, reached: row.reached, before: row.before, after: row.after });
      const found = Object.create(null);
      rows.forEach((row) => { found[data.units[row.unit].code] = plain(row); });
      return { units: found, total: plain(totalOf(rows)) };
    }

    byId("static").hidden = true;
    byId("app").hidden = false;
    if (window.innerWidth <= 640) byId("legend").open = false;
    buildControls();
    buildTable();
    translate();
    writeControls();
    writeHeadline(writeTable());
    drawLegend();
    map.invalidateSize({ animate: false });
    fit(false);
    map.setMinZoom(Math.max(0, fitZoom - 2));
    ground.options.pane = "ground";
    dots.options.pane = "dots";
    marks.options.pane = "outline";
    [ground, dots, marks].forEach((painter) => painter.addTo(map));
    siteMarkers.addTo(map);
    addLabels();
    watchMap();
    refresh({ sites: true });

    window.coverplan = Object.freeze({
      state: () => ({ layer: state.layer.id, minutes: state.minutes, phase: state.phase, language: state.language }),
      set: ask,
      figures,
      csv
    });
  }

  try {
    start();
  } catch (error) {
    // The static tables stay; say why there is no map, in both languages.
    byId("app").hidden = true;
    byId("static").hidden = false;
    byId("alarm").hidden = false;
    byId("alarm").textContent = WORDS.broken.zh + " " + WORDS.broken.en;
    console.error(error);
  }
})();
