/* ---- figures: whole numbers, exact, found anew whenever a site is switched ---- */

const NO_SITE = 65535;
const points = {
  count: bulk.unit.length,
  unit: bulk.unit,
  place: bulk.place,
  x: new Float64Array(bulk.unit.length),
  y: new Float64Array(bulk.unit.length)
};

/* Everybody's minutes to the nearest of the open sites, and which site that is: the first of equals. */
class Nearest {
  constructor(rows, open) {
    this.rows = rows; // sites by points, whole minutes rounded up
    this.open = Uint8Array.from(open, Number);
    this.minutes = new Uint8Array(points.count).fill(UNREACHED);
    this.site = new Uint16Array(points.count).fill(NO_SITE);
    this.search();
  }

  // The same people with other sites open.
  other(open) {
    const copy = new Nearest(this.rows, []);
    copy.open = this.open;
    copy.minutes.set(this.minutes);
    copy.site.set(this.site);
    copy.become(open);
    return copy;
  }

  row(site) {
    return this.rows.subarray(site * points.count, (site + 1) * points.count);
  }

  search() {
    this.minutes.fill(UNREACHED);
    this.site.fill(NO_SITE);
    this.open.forEach((open, site) => { if (open) this.offer(site); });
  }

  offer(site) {
    const row = this.row(site);
    const { minutes, site: whose } = this;
    for (let i = 0; i < row.length; i += 1) {
      const m = row[i];
      if (m > minutes[i] || m === UNREACHED) continue;
      if (m < minutes[i] || site < whose[i]) {
        minutes[i] = m;
        whose[i] = site;
      }
    }
  }

  // Only those whose nearest it was look for another one.
  withdraw(site) {
    const { minutes, site: whose } = this;
    const left = new Uint32Array(points.count);
    let count = 0;
    for (let i = 0; i < whose.length; i += 1) if (whose[i] === site) left[count++] = i;
    for (let k = 0; k < count; k += 1) {
      minutes[left[k]] = UNREACHED;
      whose[left[k]] = NO_SITE;
    }
    this.open.forEach((open, other) => {
      if (!open) return;
      const row = this.row(other);
      for (let k = 0; k < count; k += 1) {
        const i = left[k];
        if (row[i] >= minutes[i]) continue;
        minutes[i] = row[i];
        whose[i] = other;
      }
    });
  }

  // Go over to another set of open sites; the arrays stay the same ones.
  become(open) {
    const moved = [...open.keys()].filter((site) => Boolean(open[site]) !== Boolean(this.open[site]));
    this.open = Uint8Array.from(open, Number);
    const off = moved.filter((site) => !open[site]);
    if (off.length > 2) {
      this.search();
      return;
    }
    moved.filter((site) => open[site]).forEach((site) => this.offer(site));
    off.forEach((site) => this.withdraw(site));
  }
}

const worlds = new Map(data.layers.map((layer, i) => {
  const rows = bulk["minutes." + i];
  const today = new Nearest(rows, layer.sites.map((site) => site.before));
  const plan = today.other(layer.sites.map((site) => site.after));
  return [layer, { before: today, after: plan, never: bulk["never." + i], tallies: new Map() }];
}));
data.layers.forEach((layer) => {
  const world = worlds.get(layer);
  data.points.minutes[layer.id] = { before: world.before.minutes, after: world.after.minutes };
});

const groupNow = () => state.group;
const peopleNow = () => data.points.people[state.group];
const minutesNow = (phase) => worlds.get(state.layer)[phase].minutes;
const nearestSite = (layer, phase) => worlds.get(layer)[phase].site;
const siteIndex = new Map(data.layers.flatMap((layer) => layer.sites.map((site, i) => [site, i])));
const isOpen = (layer, site, phase) => Boolean(worlds.get(layer)[phase].open[siteIndex.get(site)]);

// How many sites stand otherwise than the plan has them.
const edited = (layer) => layer.sites.filter((site, i) => Boolean(worlds.get(layer).after.open[i]) !== site.after);
const edits = (layer) => edited(layer).length;

function openSites(layer, open) {
  const world = worlds.get(layer);
  world.after.become(open);
  for (const key of world.tallies.keys()) if (key.startsWith("after ")) world.tallies.delete(key);
}

// tally[unit * 256 + minutes] = people of the group within so many whole minutes
function tally(layer, phase, group) {
  const { tallies, [phase]: nearest } = worlds.get(layer);
  const key = phase + " " + group;
  if (!tallies.has(key)) tallies.set(key, counted(data.points.people[group], nearest.minutes));
  return tallies.get(key);
}

function counted(people, minutes) {
  const table = new Float64Array(unitCount * 256);
  for (let i = 0; i < minutes.length; i += 1) table[points.unit[i] * 256 + minutes[i]] += people[i];
  for (let u = 0; u < unitCount; u += 1) {
    for (let m = 1; m < UNREACHED; m += 1) table[u * 256 + m] += table[u * 256 + m - 1];
  }
  return table;
}

const peopleOf = (group, unit) => data.units[unit].people[group];
const reachedIn = (layer, phase, group, unit, minutes) => tally(layer, phase, group)[unit * 256 + Math.min(minutes, 254)];

// Which units have an open site of their own.
function homes(layer, phase) {
  const have = new Uint8Array(unitCount);
  const { open } = worlds.get(layer)[phase];
  layer.sites.forEach((site, i) => { if (open[i] && site.home !== null) have[site.home] = 1; });
  return have;
}

// The fewest whole people that make a share: exact, whatever the decimals.
function needed(share, of) {
  if (share === null || of === null) return null;
  const [whole, decimals = ""] = (typeof share === "number" ? share.toFixed(4) : share).split(".");
  const part = BigInt(whole + decimals);
  const one = 100n * 10n ** BigInt(decimals.length);
  return Number((part * BigInt(of) + one - 1n) / one);
}

function currentRows() {
  const { layer, minutes, group } = state;
  const has = { before: homes(layer, "before"), after: homes(layer, "after") };
  return data.units.map((unit, i) => {
    // Where the people of a township are not known (null), neither is any count of them.
    const people = peopleOf(group, i);
    const reached = (phase) => (people === null ? null : reachedIn(layer, phase, group, i, minutes));
    return finish({ unit: i, people, before: reached("before"), after: reached("after"), hasBefore: has.before[i], hasAfter: has.after[i] });
  });
}

function finish(row) {
  row.reached = state.phase === "before" ? row.before : row.after;
  row.has = state.phase === "before" ? row.hasBefore : row.hasAfter;
  row.missed = row.people === null ? null : row.people - row.reached;
  row.change = row.people === null ? null : row.after - row.before;
  row.share = row.people ? row.reached / row.people : null;
  row.need = needed(state.line, row.people);
  row.gap = row.need === null ? null : Math.max(0, row.need - row.reached);
  return row;
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

/* ---- one site ---- */

// People of a group within so many minutes of a site, whatever else is open.
function peopleWithin(layer, index, group, minutes) {
  const people = data.points.people[group];
  const row = worlds.get(layer).after.row(index);
  let sum = 0;
  for (let i = 0; i < row.length; i += 1) if (row[i] <= minutes) sum += people[i];
  return sum;
}

// People whom, of the open sites, this one alone reaches.
function reachedAlone(layer, index, phase) {
  const nearest = worlds.get(layer)[phase];
  const people = peopleNow();
  const row = nearest.row(index);
  let left = [];
  for (let i = 0; i < row.length; i += 1) if (row[i] <= state.minutes) left.push(i);
  nearest.open.forEach((open, other) => {
    if (!open || other === index || !left.length) return;
    const others = nearest.row(other);
    left = left.filter((i) => others[i] > state.minutes);
  });
  return left.reduce((sum, i) => sum + people[i], 0);
}
