/* Printing: the sheet has its own map size, so the view is fitted to it and put back after. */
let screenView = null;
function startPrint() {
  if (printing) return;
  printing = true;
  screenView = { centre: map.getCenter(), zoom: map.getZoom(), fitZoom, fitRadius, open: byId("legend").open };
  byId("legend").open = true;
  document.documentElement.classList.add("printing", "aside");
  refresh({});
  // The legend goes under the table if both have room there, and stays on the map if not.
  if (tableRoom(byId("legend").offsetHeight) < 0) document.documentElement.classList.remove("aside");
  map.invalidateSize({ animate: false, pan: false });
  fit(false);
  refresh({ names: true });
  cutTable();
  // Chromium prints a canvas that was cleared here as an opaque white sheet; a fresh copy it prints well.
  for (const canvas of document.querySelectorAll("#map canvas")) {
    const copy = el("canvas", { class: "printed", width: canvas.width, height: canvas.height });
    copy.style.cssText = canvas.style.cssText;
    copy.getContext("2d").drawImage(canvas, 0, 0);
    canvas.after(copy);
  }
}
// Height of the sheet's side column that its blocks leave free.
function tableRoom(reserved) {
  table.tBodies[0].querySelectorAll("tr").forEach((line) => line.classList.remove("unprinted"));
  const used = [...byId("side").children].reduce((sum, block) => sum + (block.offsetHeight && block.offsetHeight + 8), reserved);
  return byId("side").clientHeight - used;
}

// As many rows as there is room for, and a line saying how many there are not.
function cutTable() {
  const aside = document.documentElement.classList.contains("aside");
  const free = tableRoom(aside ? byId("legend").offsetHeight : 0);
  const rowsShown = [...table.tBodies[0].rows];
  const high = rowsShown.reduce((sum, line) => sum + line.offsetHeight, 0);
  const count = free >= 0 ? unitCount : Math.max(5, Math.floor(((high + free - 30) / high) * unitCount));
  rowsShown.forEach((line, i) => line.classList.toggle("unprinted", i >= count));
  byId("cut").hidden = count >= unitCount;
  byId("cut").textContent = say("cut", { n: number(unitCount - Math.min(count, unitCount)) });
}

function endPrint() {
  if (!printing) return;
  printing = false;
  document.documentElement.classList.remove("printing", "aside");
  for (const copy of document.querySelectorAll("canvas.printed")) copy.remove();
  byId("cut").hidden = true;
  byId("legend").open = screenView.open;
  ({ fitZoom, fitRadius } = screenView);
  map.invalidateSize({ animate: false, pan: false });
  map.setView(screenView.centre, screenView.zoom, { animate: false });
  refresh({ names: true });
}
window.addEventListener("beforeprint", startPrint);
window.addEventListener("afterprint", endPrint);
