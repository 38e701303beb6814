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
    const ratio = printing ? (paper === "A3" ? 2 : 3) : Math.max(1, Math.min(3, window.devicePixelRatio || 1));
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
    pen.fillStyle = rastered() ? BARE_FILL : fillOf(rows[i]);
    pen.fill("evenodd");
    pen.globalAlpha = 1;
    if (!rastered() && belowHalf(rows[i])) hatch(frame, state.phase === "difference" ? "rgba(60,50,70,.22)" : "rgba(84,74,40,.28)", 9, 1);
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
  if (rastered()) drawCells(frame);
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
      far: [1, 3],
      of: (before, after) =>
        after <= state.minutes ? (before <= state.minutes ? 0 : 2) : before <= state.minutes ? 3 : 1
    };
  }
  const edges = nearEdges();
  const fills = NEAR_DOTS[edges.length - 1].concat([FAR_DOT, FARTHEST_DOT]);
  return {
    fills,
    sizes: edges.map(() => 0.9).concat([1.2, 1.2]),
    far: [edges.length, edges.length + 1],
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
  if (shown.people) drawDots(frame);
  if (shown.isochrone && grid) drawIsochrone(frame);
});

function drawDots(frame) {
  const { pen, scale, left, top } = frame;
  const people = peopleNow();
  const [before, after] = [minutesNow("before"), minutesNow("after")];
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
}

function stamp(pen, bin, extra, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  for (let i = 0; i < bin.length; i += 3) {
    const size = bin[i + 2] + extra;
    if (size < 1.5) { // too small to be seen as round
      pen.rect(bin[i] - size, bin[i + 1] - size, 2 * size, 2 * size);
      continue;
    }
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
