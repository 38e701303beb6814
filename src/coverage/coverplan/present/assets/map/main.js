/* ---- for embedders and tests ---- */

// The view that is asked for, every part of it looked at before any is shown.
function wanted(asked) {
  const next = {};
  const refuse = (words) => { throw new RangeError(words); };
  if (asked === null || typeof asked !== "object" || Array.isArray(asked)) refuse("a view: layer, minutes, ...");
  if (asked.layer !== undefined) {
    next.layer = data.layers.find((layer) => layer.id === asked.layer) || refuse("no such layer: " + asked.layer);
  }
  if (asked.minutes !== undefined) {
    next.minutes = limits.includes(asked.minutes) ? asked.minutes
      : refuse(data.meta.limits ? "minutes: " + limits.join(", ") : "minutes: a whole number from 1 to " + topMinutes);
  }
  if (asked.phase !== undefined) next.phase = PHASES.includes(asked.phase) ? asked.phase : refuse("phase: " + PHASES.join(", "));
  if (asked.language !== undefined) next.language = ["zh", "en"].includes(asked.language) ? asked.language : refuse("language: zh, en");
  if (asked.group !== undefined) {
    next.group = Object.keys(data.groups).includes(asked.group) ? asked.group : refuse("group: " + Object.keys(data.groups).join(", "));
  }
  if (asked.line !== undefined) {
    next.line = asked.line === null || goodLine(asked.line) ? asked.line : refuse("line: above 0 to 100, four decimals at most, or null");
  }
  if (asked.sites !== undefined) next.open = openFrom(next.layer || state.layer, asked.sites);
  return next;
}
const ask = (asked) => change(wanted(asked));

function figures() {
  const plain = (row) => ({ people: row.people, reached: row.reached, before: row.before, after: row.after, has: row.has, gap: row.gap });
  const found = Object.create(null);
  rows.forEach((row) => { found[data.units[row.unit].code] = plain(row); });
  const goals = goalsNow(state.layer).map(({ goal, have, of, need, met, short }) => ({ id: goal.id, have, of, need, met, short }));
  return { units: found, total: plain(totalOf(rows)), goals };
}

// People reached of every unit within every limit there is, of the view that is shown.
function curves() {
  const phase = state.phase === "before" ? "before" : "after";
  const found = Object.create(null);
  data.units.forEach((unit, u) => {
    found[unit.code] = peopleOf(state.group, u) === null ? null : limits.map((minutes) => reachedIn(state.layer, phase, state.group, u, minutes));
  });
  return { minutes: limits, units: found };
}

function sitesNow() {
  const { layer } = state;
  return layer.sites.map((site) => ({
    id: site.id, name: site.name, state: site.state, status: site.status,
    open: isOpen(layer, site, "after"), plan: site.after, today: site.before
  }));
}

byId("static").hidden = true;
byId("app").hidden = false;
// Where the page is small, in a frame or on a phone, the legend would hide half the map.
if (window.innerWidth <= 860 || window.innerHeight <= 600) byId("legend").open = false;
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
if (data.meta.open) askLeniently(data.meta.open);
askLeniently(fromFragment(window.location.hash));
window.addEventListener("hashchange", () => askLeniently(fromFragment(window.location.hash)));

window.coverplan = Object.freeze({
  state: () => ({
    layer: state.layer.id, minutes: state.minutes, phase: state.phase, language: state.language,
    group: state.group, line: state.line, sites: siteChanges(state.layer)
  }),
  set: ask,
  figures,
  curves,
  sites: sitesNow,
  fragment,
  csv
});
