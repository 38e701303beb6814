/* ---- CSV ---- */

function csvCell(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = String(value);
  const guarded = /^[\t\r\n]|^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? "'" + text : text;
  return '"' + guarded.replace(/"/g, '""') + '"';
}

const openCount = (layer, phase) => worlds.get(layer)[phase].open.reduce((sum, one) => sum + one, 0);

// Open sites of each unit; those outside the county stand in the total only.
function sitesByHome(layer, phase) {
  const counts = new Array(unitCount).fill(0);
  const { open } = worlds.get(layer)[phase];
  layer.sites.forEach((site, i) => { if (open[i] && site.home !== null) counts[site.home] += 1; });
  return counts;
}

// A table that leaves the page says itself that somebody switched sites by hand, and which.
function csvNote() {
  const list = edited(state.layer);
  if (!list.length) return "";
  const names = (on) => list.filter((site) => isOpen(state.layer, site, "after") === on).map((site) => site.name);
  const part = (key, found) => (found.length ? [say(key, { names: found.slice(0, 20).join(state.language === "zh" ? "、" : ", "), n: number(found.length) })] : []);
  return [say("ownPlan"), ...part("noteOn", names(true)), ...part("noteOff", names(false))].join(state.language === "zh" ? "；" : "; ");
}

function csv() {
  const head = ["Code", "Unit", "Layer", "Group", "Profile", "Phase", "Minutes", "People", "Reached", "Share", "Missed", "Has", "Before", "After", "Change", "Line", "Need", "Gap", "Sites", "Note"].map((key) => say("csv" + key));
  const record = (row, code, name, has) => [
    code, name, pick(state.layer.label), pick(data.groups[state.group]), pick(state.layer.profile), phaseWord(state.phase), state.minutes,
    row.people, row.reached, row.share === null ? null : Math.round(row.share * 1e4) / 100, row.missed, has, row.before, row.after, row.change,
    state.line, row.need, row.gap, row.sites, note
  ];
  const seen = state.phase === "before" ? "before" : "after";
  const sites = sitesByHome(state.layer, seen);
  const note = seen === "after" ? csvNote() : "";
  const total = Object.assign(totalOf(rows), { sites: openCount(state.layer, seen) });
  const records = [
    head,
    ...sortedRows().map((row) => record(Object.assign({ sites: sites[row.unit] }, row), data.units[row.unit].code, data.units[row.unit].name, say(row.has ? "yes" : "no"))),
    record(total, "", say("total"), total.has + "/" + unitCount)
  ];
  return "\ufeff" + records.map((cells) => cells.map(csvCell).join(",") + "\r\n").join("");
}

function download() {
  const address = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
  const safe = state.layer.id.replace(/[^\w-]+/g, "_").slice(0, 60);
  const link = el("a", { href: address, download: "coverplan-" + safe + "-" + state.minutes + "-" + state.phase + (edits(state.layer) && state.phase !== "before" ? "-own" : "") + ".csv" });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10000);
}
