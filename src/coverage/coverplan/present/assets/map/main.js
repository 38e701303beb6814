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
