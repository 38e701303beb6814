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

const encloses = (rings) => rings.length > 0 && rings[0].length >= 6;
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
  const shapes = unit.rings.filter(encloses).map(shapeOf);
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
  water: data.base.water.filter(encloses).map(shapeOf),
  protected: data.base.protected.map((item) => ({ name: item.name, shapes: item.rings.filter(encloses).map(shapeOf) }))
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
