/* ---- CSV ---- */

function csvCell(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = String(value);
  const guarded = /^[\t\r\n]|^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? "'" + text : text;
  return '"' + guarded.replace(/"/g, '""') + '"';
}

function csv() {
  const head = ["Code", "Unit", "Layer", "Group", "Profile", "Phase", "Minutes", "People", "Reached", "Share", "Missed", "Has", "Before", "After", "Change"].map((key) => say("csv" + key));
  const record = (row, code, name, has) => [
    code, name, pick(state.layer.label), pick(data.groups[state.layer.group]), pick(state.layer.profile), say(state.phase), state.minutes,
    row.people, row.reached, row.share === null ? null : Math.round(row.share * 1e4) / 100, row.missed, has, row.before, row.after, row.change
  ];
  const total = totalOf(rows);
  const records = [
    head,
    ...sortedRows().map((row) => record(row, data.units[row.unit].code, data.units[row.unit].name, say(row.has ? "yes" : "no"))),
    record(total, "", say("total"), total.has + "/" + unitCount)
  ];
  return "\ufeff" + records.map((cells) => cells.map(csvCell).join(",") + "\r\n").join("");
}

function download() {
  const address = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
  const safe = state.layer.id.replace(/[^\w-]+/g, "_").slice(0, 60);
  const link = el("a", { href: address, download: "coverplan-" + safe + "-" + state.minutes + "-" + state.phase + ".csv" });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10000);
}
