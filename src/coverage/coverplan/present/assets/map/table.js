/* ---- headline, table, plan ---- */

function headlineValues(total) {
  const profile = pick(state.layer.profile);
  return {
    layer: pick(state.layer.label),
    phase: phaseWord(state.phase),
    plan: phaseWord("after"),
    minutes: state.minutes,
    by: say(/[(（]/.test(profile) ? "byComma" : "byBrackets", { profile }), // no brackets in brackets
    group: pick(data.groups[state.group]),
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
    total.unknown ? say("unknownUnits", { n: number(total.unknown) }) : "",
    lineVerdict(total),
    state.phase !== "before" && edits(state.layer) ? say("editedBy", { n: number(edits(state.layer)) }) : ""
  );
  const different = state.phase === "difference";
  byId("kpi-value").textContent = different ? signed(total.change) : percent(total.reached, total.people);
  byId("kpi-label").textContent = different ? say("kpiDifference") : say("kpi", { minutes: state.minutes });
}

// Whether the county as a whole stands on the target line, and how many townships do not.
function lineVerdict(total) {
  if (state.line === null || total.gap === null || !total.people) return "";
  const below = rows.filter((row) => row.gap > 0).length;
  return say(total.gap ? "lineShort" : "lineMet", { line: lineText(), n: number(total.gap), below: number(below) });
}

const lineText = () => state.line.toLocaleString(locale(), { maximumFractionDigits: 4 }) + "\u00a0%";

const COLUMNS = ["unit", "people", "reached", "share", "missed", "has", "change", "gap"];
const table = byId("table");
const headers = new Map();
const lines = data.units.map((unit, i) => {
  const button = el("button", { type: "button" }, unit.name);
  const cells = COLUMNS.slice(1).map(() => el("td", null));
  const tick = el("i", null);
  const bar = el("span", { class: "bar", "aria-hidden": "true" }, el("span", null), tick);
  const text = el("span", null);
  cells[2].append(text, bar);
  const line = el("tr", null, el("th", { scope: "row" }, button), ...cells);
  // A click made with a key has no count: only then does the focus go along to the card.
  line.addEventListener("click", (event) => select({ unit: i }, event.detail === 0, true));
  return { line, cells, bar: bar.firstChild, tick, text };
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
    button.title = key === "gap" && state.line !== null ? say("gapTitle", { line: lineText() }) : "";
    if (order.key === key) cell.setAttribute("aria-sort", order.direction);
    else cell.removeAttribute("aria-sort");
  }
  table.classList.toggle("lined", state.line !== null);
  rows.forEach((row) => {
    const { cells, bar, tick, text } = lines[row.unit];
    writeCells(cells, row, text);
    bar.style.width = Math.round((row.share || 0) * 1000) / 10 + "%";
    tick.hidden = state.line === null;
    tick.style.left = (state.line || 0) + "%";
    cells[6].classList.toggle("lack", row.gap > 0);
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
  // A gap of nobody is a line that is met.
  cells[6].textContent = state.line === null || row.people === 0 ? "—" : row.gap === 0 ? "✓" : number(row.gap);
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
    byId("plan-body"),
    ...(edits(state.layer) ? [el("p", { class: "remark" }, say("planEdited", { n: number(edits(state.layer)) }))] : []),
    el("p", null, pick(plan.text)),
    facts([
      [say("planStatus"), pick(plan.status)],
      [say("planModel"), pick(plan.model)],
      ...plan.rows.map(([label, value]) => [pick(label), pick(value)])
    ]),
    ...(plan.notes.length ? [el("ul", null, ...plan.notes.map((note) => el("li", null, pick(note))))] : [])
  );
}
