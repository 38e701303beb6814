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
