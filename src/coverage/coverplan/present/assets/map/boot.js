/* Read what the page carries, then start; where that fails the static tables stay. */
const TYPES = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array };

async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(byId("coverplan-bulk").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const buffer = await new Response(stream).arrayBuffer();
  if (buffer.byteLength !== packed.bytes) throw new Error("damaged page: " + buffer.byteLength + " bytes instead of " + packed.bytes);
  const parts = Object.create(null);
  for (const [name, type, offset, length] of packed.parts) {
    if (type === "json") parts[name] = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, offset, length)));
    else parts[name] = new TYPES[type](buffer, offset, length);
  }
  return parts;
}

function giveUp(error) {
  // The static tables stay; say why there is no map, in both languages.
  byId("app").hidden = true;
  byId("static").hidden = false;
  byId("alarm").hidden = false;
  byId("alarm").textContent = WORDS.broken.zh + " " + WORDS.broken.en;
  console.error(error);
}

/* Everybody's minutes to the nearest of some sites. */
function nearestMinutes(rows, count, open) {
  const best = new Uint8Array(count).fill(UNREACHED);
  open.forEach((isOpen, s) => {
    if (!isOpen) return;
    const row = rows.subarray(s * count, (s + 1) * count);
    for (let i = 0; i < count; i += 1) if (row[i] < best[i]) best[i] = row[i];
  });
  return best;
}

function laidOut(data, bulk) {
  const { geometry } = bulk;
  data.units.forEach((unit, i) => { unit.rings = geometry.units[i]; });
  data.base = {
    no_roads: data.base.no_roads,
    roads: geometry.roads,
    water: geometry.water,
    protected: data.base.protected.map((name, i) => ({ name, rings: geometry.protected[i] }))
  };
  const count = bulk.unit.length;
  data.points = { unit: bulk.unit, x: bulk.x, y: bulk.y, people: Object.create(null), minutes: Object.create(null), reason: Object.create(null) };
  Object.keys(data.groups).forEach((group, i) => { data.points.people[group] = bulk["people." + i]; });
  data.layers.forEach((layer, i) => {
    const never = bulk["never." + i];
    const at = (phase) => nearestMinutes(bulk["minutes." + i], count, layer.sites.map((site) => site[phase]));
    const why = (phase, bit) => {
      const none = !layer.sites.some((site) => site[phase]);
      return Array.from(never, (bits) => (!(bits & bit) ? 0 : none ? 3 : bits & 1 ? 1 : 2));
    };
    data.points.minutes[layer.id] = { before: at("before"), after: at("after") };
    data.points.reason[layer.id] = { before: why("before", 2), after: why("after", 4) };
  });
  return data;
}

async function boot() {
  const data = JSON.parse(byId("coverplan-data").textContent);
  const bulk = await unpacked(data.bulk);
  start(laidOut(data, bulk), bulk);
}

boot().catch(giveUp);
