/* Read what the page carries, then start; where that fails the static tables stay. */
const TYPES = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array };

class Damaged extends Error {}

function bytesOf(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

async function inflated(text) {
  try {
    const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(stream).arrayBuffer(); // gzip carries its own checksum
  } catch (error) {
    throw new Damaged("the block of numbers cannot be unpacked: " + error);
  }
}

/* Each number was written as its step from the one before, modulo 256. */
function addedUp(steps) {
  for (let i = 1; i < steps.length; i += 1) steps[i] += steps[i - 1];
  return steps;
}

async function unpacked(packed) {
  const buffer = await inflated(byId("coverplan-bulk").textContent);
  if (buffer.byteLength !== packed.bytes) throw new Damaged(buffer.byteLength + " bytes instead of " + packed.bytes);
  const parts = Object.create(null);
  for (const [name, type, offset, length] of packed.parts) {
    if (type === "json") parts[name] = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, offset, length)));
    else if (type === "d1") parts[name] = addedUp(new Uint8Array(buffer, offset, length));
    else parts[name] = new TYPES[type](buffer, offset, length);
  }
  return parts;
}

function wholeOrDamaged(data, bulk) {
  const count = bulk.unit && bulk.unit.length;
  const expect = (name, length) => {
    if (!bulk[name] || bulk[name].length !== length) throw new Damaged("no " + name);
  };
  for (const name of ["unit", "place", "x", "y"]) expect(name, count);
  Object.keys(data.groups).forEach((group, i) => expect("people." + i, count));
  data.layers.forEach((layer, i) => {
    expect("minutes." + i, layer.sites.length * count);
    expect("never." + i, count);
  });
}

function giveUp(error) {
  // The static tables stay; say why there is no map, in both languages.
  byId("app").hidden = true;
  byId("static").hidden = false;
  byId("alarm").hidden = false;
  const why = typeof DecompressionStream === "undefined" ? WORDS.tooOld : error instanceof Damaged || error instanceof SyntaxError ? WORDS.damaged : WORDS.broken;
  byId("alarm").textContent = why.zh + " " + why.en;
  if (why !== WORDS.tooOld) console.error(error);
}

/* Geometry and people go where the drawing looks for them. */
function laidOut(data, bulk) {
  const { geometry } = bulk;
  data.units.forEach((unit, i) => { unit.rings = geometry.units[i]; });
  data.base = {
    no_roads: data.base.no_roads,
    roads: geometry.roads,
    water: geometry.water,
    protected: data.base.protected.map((name, i) => ({ name, rings: geometry.protected[i] }))
  };
  data.points = { unit: bulk.unit, x: bulk.x, y: bulk.y, people: Object.create(null), minutes: Object.create(null) };
  Object.keys(data.groups).forEach((group, i) => { data.points.people[group] = bulk["people." + i]; });
  return data;
}

async function boot() {
  if (typeof DecompressionStream === "undefined") throw new Error("no DecompressionStream");
  const data = JSON.parse(byId("coverplan-data").textContent);
  const bulk = await unpacked(data.bulk);
  wholeOrDamaged(data, bulk);
  start(laidOut(data, bulk), bulk);
}

boot().catch(giveUp);
