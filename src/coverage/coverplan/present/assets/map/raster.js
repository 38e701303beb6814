/* ---- people and minutes as cells of a raster ---- */

Object.assign(WORDS, {
  bases: { zh: "人口与时间", en: "People and time" },
  baseDots: { zh: "人口点", en: "people, dots" },
  basePeople: { zh: "人口栅格", en: "people, cells" },
  baseMinutes: { zh: "时间栅格", en: "minutes, cells" },
  baseNone: { zh: "不显示", en: "none" },
  legendCellPeople: { zh: "{group}，每格（{metres} 米见方）人数", en: "{group} in each cell ({metres} m)" },
  legendCellMinutes: { zh: "每格半数人（{group}）到最近设施的时间（{metres} 米见方）", en: "Minutes within which half of a cell's people are ({group}, cells of {metres} m)" },
  legendCellChange: { zh: "每格半数人（{group}）的变化（{metres} 米见方）", en: "Change for half of a cell's people ({group}, cells of {metres} m)" },
  legendLine: { zh: "▼ 低于目标线 {line}（其后的数字：还差多少人）", en: "▼ below the target line of {line} (a figure after it: people short)" },
  legendLeftOut: { zh: "界线中最小的 {n} 小块未画出（数字不受影响）", en: "the {n} smallest pieces of the outlines are not drawn (no figure changes)" },
  cellFrom: { zh: "{from}–{to} 人", en: "{from}–{to} people" },
  cellAbove: { zh: "≥ {from} 人", en: "{from} people or more" }
});

const CELL_METRES = [100, 200, 500, 1000, 2000, 5000, 10000];
const MOST_CELLS_ACROSS = 260; // so that a cell is seen when the whole county is
const LEAST_CELLS_ACROSS = 25; // coarser ones would say nothing
const CELL_ALPHA = 235; // of 255
const SLASHED = 7; // pixels from which on a cell beyond the limit is crossed out

let shownBase = points.count > 40000 ? "minutes" : "dots";
shown.people = shownBase === "dots";

/* Cells are squares of the map's own projection, so that the raster lies exactly at every zoom. */
function gridOf(side, metres, box) {
  const left = Math.floor(box[0] / side);
  const top = Math.floor(box[1] / side);
  const columns = Math.floor(box[2] / side) - left + 1;
  const lines = Math.floor(box[3] / side) - top + 1;
  // Points in the order of their cells: those of cell c are order[start[c]] to order[start[c + 1] - 1].
  const cell = new Uint32Array(points.count);
  const start = new Uint32Array(columns * lines + 1);
  for (let i = 0; i < points.count; i += 1) {
    cell[i] = (Math.floor(points.y[i] / side) - top) * columns + Math.floor(points.x[i] / side) - left;
    start[cell[i] + 1] += 1;
  }
  for (let c = 1; c < start.length; c += 1) start[c] += start[c - 1];
  const next = start.slice();
  const order = new Uint32Array(points.count);
  for (let i = 0; i < points.count; i += 1) {
    order[next[cell[i]]] = i;
    next[cell[i]] += 1;
  }
  return { metres, side, left, top, columns, lines, start, order, count: columns * lines };
}

// Whether most inhabited cells have no inhabited neighbour: the people lie wider apart than the cells.
function scattered({ columns, lines, start, count }) {
  const inhabited = (x, y) => x >= 0 && y >= 0 && x < columns && y < lines && start[y * columns + x + 1] > start[y * columns + x];
  let all = 0;
  let alone = 0;
  for (let c = 0; c < count; c += 1) {
    if (start[c + 1] === start[c]) continue;
    const [x, y] = [c % columns, Math.floor(c / columns)];
    all += 1;
    if (!inhabited(x - 1, y) && !inhabited(x + 1, y) && !inhabited(x, y - 1) && !inhabited(x, y + 1)) alone += 1;
  }
  return alone * 2 > all;
}

/* As fine as can be seen when the whole county is, and no finer than the people's points are. */
const grid = (() => {
  if (!points.count) return null;
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.count; i += 1) {
    if (points.x[i] < box[0]) box[0] = points.x[i];
    if (points.y[i] < box[1]) box[1] = points.y[i];
    if (points.x[i] > box[2]) box[2] = points.x[i];
    if (points.y[i] > box[3]) box[3] = points.y[i];
  }
  const metre = 256 / (40075016.686 * Math.cos((latitudeAt((box[1] + box[3]) / 2) * Math.PI) / 180));
  const longest = Math.max(box[2] - box[0], box[3] - box[1]) / metre;
  const sides = CELL_METRES.filter((side) => longest <= side * MOST_CELLS_ACROSS);
  const made = (metres) => gridOf(metres * metre, metres, box);
  const finest = made(sides.shift() || CELL_METRES[CELL_METRES.length - 1]);
  let found = finest;
  while (scattered(found)) {
    const next = sides.shift();
    if (!next || longest < next * LEAST_CELLS_ACROSS) return finest;
    found = made(next);
  }
  return found;
})();

function cellPeople() {
  const people = peopleNow();
  const sums = new Float64Array(grid.count);
  for (let c = 0; c < grid.count; c += 1) {
    for (let k = grid.start[c]; k < grid.start[c + 1]; k += 1) sums[c] += people[grid.order[k]];
  }
  return sums;
}

const NOBODY = -1;
const histogram = new Float64Array(256);

// The minutes within which at least half of a cell's people are; NOBODY where there is nobody.
function cellMinutes(phase) {
  const people = peopleNow();
  const minutes = minutesNow(phase);
  const halves = new Int16Array(grid.count).fill(NOBODY);
  for (let c = 0; c < grid.count; c += 1) {
    let all = 0;
    let least = 255;
    for (let k = grid.start[c]; k < grid.start[c + 1]; k += 1) {
      const i = grid.order[k];
      if (!people[i]) continue;
      all += people[i];
      histogram[minutes[i]] += people[i];
      if (minutes[i] < least) least = minutes[i];
    }
    if (!all) continue;
    let m = least;
    for (let within = histogram[m]; within * 2 < all; within += histogram[m]) m += 1;
    halves[c] = m;
    for (let k = grid.start[c]; k < grid.start[c + 1]; k += 1) histogram[minutes[grid.order[k]]] = 0;
  }
  return halves;
}

/* Where the classes of people begin: round numbers near the 40th, 65th, 85th and 96th hundredth of the inhabited cells. */
const peopleSteps = new Map();
function peopleEdges() {
  const key = state.group;
  if (!peopleSteps.has(key)) {
    const inhabited = cellPeople().filter((n) => n > 0).sort();
    const edges = [0.4, 0.65, 0.85, 0.96].map((part) => roundNumber(inhabited[Math.floor(part * inhabited.length)] || 1));
    peopleSteps.set(key, [1, ...new Set(edges.filter((edge) => edge > 1))]);
  }
  return peopleSteps.get(key);
}

function roundNumber(value) {
  const ten = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((k) => k * ten).reduce((best, k) => (Math.abs(k - value) < Math.abs(best - value) ? k : best));
}

// What each cell is painted with: the place of its colour in `fills`, 255 for none; `far` says which colours are beyond the limit.
function cellClasses() {
  const classes = new Uint8Array(grid.count).fill(255);
  if (shownBase === "people") {
    const edges = peopleEdges();
    const fills = CELL_FILLS.slice(CELL_FILLS.length - edges.length);
    cellPeople().forEach((n, c) => { if (n > 0) classes[c] = edges.filter((edge) => n >= edge).length - 1; });
    return { classes, fills, far: [] };
  }
  const dots = dotClasses();
  const before = cellMinutes("before");
  const after = state.phase === "before" ? before : cellMinutes("after");
  for (let c = 0; c < grid.count; c += 1) if (before[c] !== NOBODY) classes[c] = dots.of(before[c], after[c]);
  return { classes, fills: dots.fills, far: dots.far };
}

let painted = { rows: null, base: "" };
const sheet = grid && el("canvas", { width: grid.columns, height: grid.lines });

// Paint one pixel a cell, unless it stands so already; every refresh makes new rows.
function paintCells() {
  if (painted.rows === rows && painted.base === shownBase) return;
  const { classes, fills, far } = cellClasses();
  const bytes = new Uint8ClampedArray(grid.count * 4);
  const channels = fills.map((fill) => [1, 3, 5].map((k) => parseInt(fill.slice(k, k + 2), 16)));
  for (let c = 0; c < grid.count; c += 1) {
    const channel = channels[classes[c]];
    if (!channel) continue;
    [bytes[4 * c], bytes[4 * c + 1], bytes[4 * c + 2]] = channel;
    bytes[4 * c + 3] = CELL_ALPHA;
  }
  sheet.getContext("2d").putImageData(new ImageData(bytes, grid.columns, grid.lines), 0, 0);
  painted = { rows, base: shownBase, classes, far };
}

const rastered = () => Boolean(grid) && (shownBase === "people" || shownBase === "minutes");

function drawCells(frame) {
  paintCells();
  const { pen, scale } = frame;
  const size = grid.side * scale;
  // Only the cells that are seen: a browser does not draw a picture far larger than its window well.
  const first = (edge, corner) => Math.max(0, Math.floor(edge / size) - corner);
  const [c0, l0] = [first(frame.left, grid.left), first(frame.top, grid.top)];
  const c1 = Math.min(grid.columns, Math.ceil((frame.left + frame.width) / size) - grid.left);
  const l1 = Math.min(grid.lines, Math.ceil((frame.top + frame.height) / size) - grid.top);
  if (c1 <= c0 || l1 <= l0) return;
  const x = (grid.left + c0) * size - frame.left;
  const y = (grid.top + l0) * size - frame.top;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(sheet, c0, l0, c1 - c0, l1 - l0, x, y, (c1 - c0) * size, (l1 - l0) * size);
  pen.imageSmoothingEnabled = true;
  if (size < SLASHED || !painted.far.length) return;
  pen.beginPath();
  for (let line = l0; line < l1; line += 1) {
    for (let column = c0; column < c1; column += 1) {
      if (!painted.far.includes(painted.classes[line * grid.columns + column])) continue;
      pen.moveTo(x + (column - c0) * size, y + (line - l0 + 1) * size);
      pen.lineTo(x + (column - c0 + 1) * size, y + (line - l0) * size);
    }
  }
  pen.strokeStyle = "rgba(255,255,255,.75)";
  pen.lineWidth = 1;
  pen.stroke();
}

document.querySelectorAll("input[name=base]").forEach((input) => {
  input.checked = input.value === shownBase;
  input.addEventListener("change", () => {
    shownBase = input.value;
    shown.people = shownBase === "dots";
    refresh({ names: true });
  });
});
