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
  if (rastered()) blocks.push(...cellEntries());
  else if (state.phase === "difference") {
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
  if (rows.some((row) => row.gap > 0)) blocks.push(el("p", { class: "remark" }, say("legendLine", { line: lineText() })));
  if (blanks.length && !rastered()) blocks[1].append(entry(swatchFill(NOBODY_FILL, false), blanks.join(" / ")));
  if (shown.people) blocks.push(...entries(say("legendPeople", { group: pick(data.groups[groupNow()]) }), dotEntries()));
  if (shown.isochrone && grid) {
    const stroke = (colour, width, dash) => svg("path", { d: "M1 7H25", stroke: colour, "stroke-width": width, "stroke-dasharray": dash });
    blocks.push(el("ul", { class: "apart" }, entry(swatchLine(stroke(ISOCHRONE, "1.8", "7 4")), say("legendIsochrone", { minutes: state.minutes }))));
  }
  const states = SITE_STATES.filter((name) => shownSites().some((site) => stateOf(site) === name));
  if (states.length) {
    blocks.push(...entries(
      say("legendSites", { layer: pick(state.layer.label) }),
      states.map((name) => entry(symbol(state.layer, name, ["proposed", "on"].includes(name) ? 26 : 20), say(name)))
    ));
  }
  const items = baseEntries();
  if (items.length) blocks.push(...entries(say("legendBase"), items));
  if (data.meta.left_out) blocks.push(el("p", { class: "remark" }, say("legendLeftOut", { n: number(data.meta.left_out) })));
  put(byId("legend-body"), ...blocks);
}

// What the colours of dots, and of cells of minutes, mean: [colour, size of a dot, words, beyond the limit].
function minuteClasses() {
  if (state.phase === "difference") {
    const items = [[NEW_DOT, 4.4, say("newly")], [FAR_DOT, 4.2, say("still"), true], [OLD_DOT, 3, say("already")]];
    const [before, after] = [minutesNow("before"), minutesNow("after")];
    if (before.some((minutes, i) => minutes <= state.minutes && after[i] > state.minutes)) items.push([LOST_DOT, 4.4, say("lost"), true]);
    return items;
  }
  const edges = nearEdges();
  const items = edges.map((to, i) =>
    [NEAR_DOTS[edges.length - 1][i], 3.2, i ? say("between", { from: edges[i - 1], to }) : say("within", { to })]);
  if (state.minutes < maxMinutes) items.push([FAR_DOT, 4.2, say("beyond", { from: state.minutes, to: maxMinutes }), true]);
  items.push([FARTHEST_DOT, 4.2, say("beyondAll", { to: maxMinutes }), true]);
  return items;
}
const dotEntries = () => minuteClasses().map(([colour, size, words]) => entry(swatchDot(colour, size), words));

function swatchCell(colour, far) {
  const slash = far ? [svg("path", { d: "M7 13L19 1", stroke: "#ffffff", "stroke-width": "1.2" })] : [];
  return swatchLine(svg("rect", { x: "7", y: "1", width: "12", height: "12", fill: colour }), ...slash);
}

function cellEntries() {
  const values = { group: pick(data.groups[groupNow()]), metres: number(grid.metres) };
  if (shownBase === "minutes") {
    const title = state.phase === "difference" ? "legendCellChange" : "legendCellMinutes";
    return entries(say(title, values), minuteClasses().map(([colour, , words, far]) => entry(swatchCell(colour, far), words)));
  }
  const edges = peopleEdges();
  const fills = CELL_FILLS.slice(CELL_FILLS.length - edges.length);
  return entries(say("legendCellPeople", values), edges.map((from, i) => {
    const to = edges[i + 1];
    return entry(swatchCell(fills[i], false), to ? say("cellFrom", { from: number(from), to: number(to - 1) }) : say("cellAbove", { from: number(from) }));
  }));
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
