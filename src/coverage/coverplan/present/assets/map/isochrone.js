/* ---- isochrones: for the eye only, no figure is made of them ---- */

Object.assign(WORDS, {
  showIsochrone: { zh: "等时圈", en: "Isochrone" },
  legendIsochrone: { zh: "{minutes} 分钟等时圈（仅供示意，不参与计算）", en: "{minutes} min isochrone (for the eye only, nothing is computed from it)" }
});
shown.isochrone = false;

const GAP = 2; // cells round the raster: one for the closing, one so that every outline closes

// Cells within the limit, gaps of one cell closed; a cell of people beyond the limit stays outside.
function withinCells() {
  const minutes = cellMinutes(state.phase === "before" ? "before" : "after");
  const wide = grid.columns + 2 * GAP;
  const high = grid.lines + 2 * GAP;
  const at = (c) => (Math.floor(c / grid.columns) + GAP) * wide + (c % grid.columns) + GAP;
  const within = new Uint8Array(wide * high);
  const beyond = new Uint8Array(wide * high);
  minutes.forEach((m, c) => {
    if (m === NOBODY) return;
    (m <= state.minutes ? within : beyond)[at(c)] = 1;
  });
  // Nine neighbours in two passes, along the lines and across them.
  const spread = (from, any) => {
    const passed = (cells, step) => cells.map((cell, i) => {
      const [a, b] = [cells[i - step] || 0, cells[i + step] || 0];
      return any ? cell | a | b : cell & a & b;
    });
    return passed(passed(from, 1), wide);
  };
  const closed = spread(spread(within, true), false);
  for (let i = 0; i < closed.length; i += 1) closed[i] = within[i] | (closed[i] & (beyond[i] ? 0 : 1));
  return { cells: closed, wide, high };
}

/* Outlines of cells as rings of corners [x, y], inside to the right of every step; where two cells
   meet at a corner only, their rings stay apart. */
function outlines({ cells, wide, high }) {
  const edges = new Map(); // corner -> the steps that leave it
  const add = (x, y, dx, dy) => {
    const key = y * (wide + 1) + x;
    if (!edges.has(key)) edges.set(key, []);
    edges.get(key).push([dx, dy]);
  };
  for (let y = 0; y < high; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      if (!cells[y * wide + x]) continue;
      if (!cells[(y - 1) * wide + x]) add(x, y, 1, 0);
      if (!cells[y * wide + x + 1]) add(x + 1, y, 0, 1);
      if (!cells[(y + 1) * wide + x]) add(x + 1, y + 1, -1, 0);
      if (!cells[y * wide + x - 1]) add(x, y + 1, 0, -1);
    }
  }
  const rings = [];
  for (const [start, steps] of edges) {
    while (steps.length) {
      let [x, y] = [start % (wide + 1), Math.floor(start / (wide + 1))];
      let step = steps.pop();
      const ring = [];
      for (;;) {
        // The middle of each side: a stair becomes a slope.
        ring.push([x + step[0] / 2, y + step[1] / 2]);
        [x, y] = [x + step[0], y + step[1]];
        const leaving = edges.get(y * (wide + 1) + x);
        if (!leaving.length) break;
        const right = leaving.findIndex(([dx, dy]) => dx === -step[1] && dy === step[0]);
        [step] = leaving.splice(Math.max(0, right), 1);
      }
      rings.push(ring);
    }
  }
  return rings;
}

let traced = { rows: null, rings: [] };
function isochrone() {
  if (traced.rows === rows) return traced.rings;
  const place = (line) => Float64Array.from(line.flatMap(([x, y]) => [(x - GAP + grid.left) * grid.side, (y - GAP + grid.top) * grid.side]));
  traced = { rows, rings: outlines(withinCells()).map(place) };
  return traced.rings;
}

function drawIsochrone(frame) {
  const { pen } = frame;
  pen.beginPath();
  for (const ring of isochrone()) trace(frame, ring, true);
  pen.fillStyle = "rgba(0,86,74,.10)";
  pen.fill("evenodd");
  pen.strokeStyle = "rgba(255,255,255,.9)";
  pen.lineWidth = 3.6;
  pen.stroke();
  pen.setLineDash([7, 4]);
  pen.strokeStyle = ISOCHRONE;
  pen.lineWidth = 1.8;
  pen.stroke();
  pen.setLineDash([]);
}
