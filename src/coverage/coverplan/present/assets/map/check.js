/* ---- the page's own check: every figure of the run that it can find by itself ---- */

function recount() {
  const wrong = [];
  let compared = 0;
  const compare = (run, page, about) => {
    compared += 1;
    if (run !== page) wrong.push(Object.assign({ page, run }, about));
  };
  for (const layer of data.layers) {
    compareTable(layer, compare);
    compareHomes(layer, compare);
    compareSites(layer, compare);
    compareGoals(layer, compare);
  }
  comparePeople(compare);
  return { wrong, compared };
}

function compareTable(layer, compare) {
  const figures = data.table[layer.id] || {};
  // The run's own list of limits, each layer's own among them, and all the page must be able to show.
  const asked = new Set([...Object.keys(figures).map(Number), ...data.meta.thresholds, layer.minutes]);
  for (const minutes of asked) {
    for (const phase of ["before", "after"]) {
      for (let u = 0; u < unitCount; u += 1) {
        const run = ((figures[minutes] || {})[phase] || [])[u];
        if (run === null && peopleOf(layer.group, u) === null) continue;
        compare(run, reachedIn(layer, phase, layer.group, u, minutes), { key: "mismatchAt", layer, phase, minutes, unit: u });
      }
    }
  }
}

function compareHomes(layer, compare) {
  for (const phase of ["before", "after"]) {
    const have = homes(layer, phase);
    for (let u = 0; u < unitCount; u += 1) {
      compare(layer.has_one[phase][u], have[u], { key: "mismatchHas", layer, phase, unit: u });
    }
  }
}

function compareSites(layer, compare) {
  layer.sites.forEach((site, i) => {
    if (site.people === null || site.people === undefined) return;
    compare(site.people, peopleWithin(layer, i, layer.group, layer.minutes), { key: "mismatchSite", layer, minutes: layer.minutes, site });
  });
}

function compareGoals(layer, compare) {
  for (const goal of layer.goals || []) {
    for (const phase of ["before", "after"]) {
      const run = goal[phase];
      const page = goalStand(layer, goal, phase);
      for (const key of ["have", "of", "need", "met"]) {
        compare(run[key], page[key], { key: "mismatchGoal", layer, phase, goal });
      }
    }
  }
}

function comparePeople(compare) {
  for (const group of Object.keys(data.groups)) {
    const sums = data.units.map((unit) => unit.unplaced[group] || 0);
    const people = data.points.people[group];
    for (let i = 0; i < points.count; i += 1) sums[points.unit[i]] += people[i];
    data.units.forEach((unit, u) => {
      if (unit.people[group] !== null) compare(unit.people[group], sums[u], { key: "mismatchPeople", group, unit: u });
    });
  }
}
const checked = recount();

function showAlarm() {
  const box = byId("alarm");
  box.hidden = checked.wrong.length === 0;
  if (box.hidden) return;
  const plain = (value) => (Number.isFinite(value) ? number(value) : value === undefined || value === null ? "—" : String(value));
  const lines = checked.wrong.slice(0, 5).map((item) =>
    el("li", null, say(item.key, {
      layer: item.layer ? pick(item.layer.label) : "",
      group: item.group ? pick(data.groups[item.group]) : "",
      phase: item.phase ? say(item.phase) : "",
      minutes: item.minutes,
      unit: item.unit === undefined ? "" : data.units[item.unit].name,
      site: item.site ? item.site.name : "",
      goal: item.goal ? pick(item.goal.label) : "",
      page: plain(item.page),
      run: plain(item.run)
    }))
  );
  put(box, el("strong", null, say("mismatch", { n: number(checked.wrong.length) })), el("ul", null, ...lines));
}
