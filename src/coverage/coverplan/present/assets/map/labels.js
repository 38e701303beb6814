/* ---- township names ---- */

const labels = units.map((unit, i) => {
  if (!unit.middle) return null;
  const name = el("b", null, data.units[i].name);
  const value = el("span", null);
  const gap = el("span", { class: "gap" });
  const body = el("div", { class: "label-body" }, name, el("i", null, value, gap));
  const position = L.latLng(latitudeAt(unit.middle.y), longitudeAt(unit.middle.x));
  return { body, value, gap, position, size: area(unit.shapes[0].lines[0]) };
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
    const short = row.gap > 0; // below the target line: how many people are missing
    label.value.textContent =
      (state.phase === "difference" && row.people !== 0 ? signed(row.change) : percent(row.reached, row.people)) +
      (short ? " ▼" : "");
    label.gap.textContent = short ? number(row.gap) : "";
    label.body.classList.toggle("short", short);
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
  // Where townships are small on the screen, a name alone has to do.
  const grounds = labels.filter(Boolean).map((label) => label.size).sort((a, b) => a - b);
  const across = grounds.length > 1 ? Math.sqrt(grounds[grounds.length >> 1]) * scale : Infinity;
  labels.filter(Boolean).forEach(({ body }) => {
    body.classList.toggle("compact", across < 62);
    body.classList.toggle("brief", across < 110);
  });
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
      const least = (clear(box, symbols) ? 0 : 10) + 0.12 * drift;
      if (best && least >= best.cost) continue; // counting whom a name hides is the slow part
      const cost = least + (shown.people ? 3 * hidden(box, unit) : 0);
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
