/* ---- switches: which sites are open in the plan ---- */

const FILTER_FROM = 20;
const switchLines = new Map(); // of the layer whose list stands: site -> {box, line, mark}
let switchList = null; // what the list was made for

const SWITCH_GROUPS = ["groupExisting", "groupPlanned", "groupProposed", "groupClosing", "groupNotCounted"];
function switchGroup(site) {
  if (site.state === "not_counted") return ["planned", "building"].includes(site.status) ? "groupPlanned" : "groupNotCounted";
  return { proposed: "groupProposed", closing: "groupClosing" }[site.state] || "groupExisting";
}

const planBuilt = (layer) => Boolean(layer.plan && layer.plan.built);
// With no plan there is nothing to look at but today, until a site is switched.
const unplanned = (layer) => !planBuilt(layer) && edits(layer) === 0;

function phaseWord(phase) {
  if (phase !== "after" || edits(state.layer) === 0) return say(phase);
  return say(planBuilt(state.layer) ? "edited" : "ownChoice");
}

const openNow = () => Array.from(worlds.get(state.layer).after.open);

function switchSite(site, on) {
  const open = openNow();
  open[siteIndex.get(site)] = on ? 1 : 0;
  change({ open });
}

// People within the layer's own limit: the run's figure, or counted here where the run has none.
const withinCache = new Map();
function within(layer, site) {
  if (site.people !== null && site.people !== undefined) return site.people;
  if (!withinCache.has(site)) withinCache.set(site, peopleWithin(layer, siteIndex.get(site), layer.group, layer.minutes));
  return withinCache.get(site);
}

const homeName = (site) => (data.units[site.home] ? data.units[site.home].name : site.unit);

function buildSwitches() {
  byId("switch-plan").addEventListener("click", () => change({ open: state.layer.sites.map((site) => site.after) }));
  byId("switch-today").addEventListener("click", () => change({ open: state.layer.sites.map((site) => site.before) }));
  byId("switch-filter").addEventListener("input", filterSwitches);
  byId("switches").addEventListener("toggle", writeSwitches);
}

function writeSwitches() {
  const { sites } = state.layer;
  const open = openNow();
  const count = edits(state.layer);
  byId("switches").hidden = sites.length === 0;
  byId("switch-count").textContent = say(count ? "switchCountEdited" : "switchCount", {
    open: number(open.reduce((sum, one) => sum + one, 0)), all: number(sites.length), n: number(count)
  });
  byId("switch-plan").textContent = say(planBuilt(state.layer) ? "switchPlan" : "switchBack");
  byId("switch-plan").disabled = count === 0;
  byId("switch-today").hidden = !planBuilt(state.layer);
  if (!byId("switches").open) return; // a list of hundreds is only made for who looks at it
  const made = state.layer.id + " " + state.language;
  if (switchList !== made) listSwitches();
  switchList = made;
  sites.forEach((site, i) => {
    const { box, line, mark } = switchLines.get(site);
    box.checked = Boolean(open[i]);
    const hand = Boolean(open[i]) !== site.after;
    line.classList.toggle("edited", hand);
    mark.textContent = hand ? say("byHand") : "";
  });
}

function listSwitches() {
  const { layer } = state;
  switchLines.clear();
  const groups = SWITCH_GROUPS.map((key) => {
    const list = layer.sites.filter((site) => switchGroup(site) === key);
    if (!list.length) return "";
    return el("fieldset", null, el("legend", null, say(key, { n: number(list.length) })), ...list.map(switchLine));
  });
  put(byId("switch-list"), ...groups);
  byId("switch-search").hidden = layer.sites.length <= FILTER_FROM;
  if (byId("switch-search").hidden) byId("switch-filter").value = "";
  filterSwitches();
}

function switchLine(site) {
  const { layer } = state;
  const box = el("input", { type: "checkbox" });
  const mark = el("em", null);
  box.addEventListener("change", () => switchSite(site, box.checked));
  const line = el("label", null,
    box,
    symbol(layer, site.state, 18),
    el("span", { class: "who" }, el("b", null, site.name), el("small", null, [homeName(site), switchWord(site)].filter(Boolean).join(" · ")), mark),
    el("span", { class: "n", title: say("sitePeople", { minutes: layer.minutes, group: pick(data.groups[layer.group]) }) }, persons(within(layer, site))));
  switchLines.set(site, { box, line, mark });
  return line;
}

// Why a site is not counted stands beside its switch.
const switchWord = (site) => (site.state === "not_counted" && site.reason ? pick(site.reason) : "");

function filterSwitches() {
  const asked = byId("switch-filter").value.trim().toLowerCase();
  let left = 0;
  for (const [site, { line }] of switchLines) {
    line.hidden = asked !== "" && ![site.name, site.id, homeName(site)].some((text) => text.toLowerCase().includes(asked));
    if (!line.hidden) left += 1;
  }
  byId("switch-list").querySelectorAll("fieldset").forEach((group) => { group.hidden = !group.querySelector("label:not([hidden])"); });
  byId("switch-none").hidden = left > 0;
}

// Deviations from the plan by id: what `set` takes.
function siteChanges(layer) {
  const { open } = worlds.get(layer).after;
  const ids = (wanted) => layer.sites.filter((site, i) => open[i] === wanted && Boolean(open[i]) !== site.after).map((site) => site.id);
  return { on: ids(1), off: ids(0) };
}

function openFrom(layer, asked) {
  const open = layer.sites.map((site) => site.after);
  if (asked === null) return open;
  if (typeof asked !== "object" || Array.isArray(asked)) throw new RangeError("sites: null, or lists of ids: on, off");
  for (const [key, value] of [["on", true], ["off", false]]) {
    const ids = asked[key] === undefined ? [] : asked[key];
    if (!Array.isArray(ids)) throw new RangeError("sites." + key + ": a list of ids");
    for (const id of ids) {
      const i = layer.sites.findIndex((site) => site.id === id);
      if (i < 0) throw new RangeError("no such site: " + id);
      open[i] = value;
    }
  }
  return open;
}
