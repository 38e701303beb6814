/* ---- paper: one sheet with the map, and pages behind it for what the sheet has no room for ---- */

Object.assign(WORDS, {
  papers: { zh: "纸张", en: "Paper" },
  cut: { zh: "其余 {n} 个乡镇见附表；合计含全部乡镇。", en: "{n} more townships: see the annex. The total covers all." },
  planBehind: { zh: "选址方案全文见附页。", en: "The whole plan: see the annex." },
  methodBehind: { zh: "方法说明见附页。", en: "The method: see the annex." },
  annex: { zh: "附页", en: "Annex" },
  annexTable: { zh: "附表：全部乡镇", en: "Annex: all townships" },
  rank: { zh: "序", en: "No." }
});

const PAPERS = { A4: 1, A3: 1.25 }; // how large letters are on each
const PLAN_SHARE = 0.42; // of the side column a plan may take
const METHOD_SHARE = 0.16; // of the sheet's height
let paper = "A4";

const root = document.documentElement;
const ourSheet = document.styleSheets[document.styleSheets.length - 1];

// A page's size cannot hang on a class; a rule can be put in and taken out, which the policy allows.
function choosePaper(name) {
  const last = ourSheet.cssRules.length - 1;
  if (paper !== "A4") ourSheet.deleteRule(last);
  paper = name;
  if (paper !== "A4") ourSheet.insertRule("@page { size: " + paper + " landscape; margin: 8mm; }", ourSheet.cssRules.length);
  root.classList.toggle("a3", paper === "A3");
}

document.querySelectorAll("input[name=paper]").forEach((input) => {
  input.checked = input.value === paper;
  input.addEventListener("change", () => choosePaper(input.value));
});

// The screen has its own view, open boxes and rows; they are put back after.
let screenView = null;
const folds = () => [byId("legend"), byId("goals"), byId("plan").querySelector("details")];

function startPrint() {
  if (printing) return;
  printing = true;
  screenView = { centre: map.getCenter(), zoom: map.getZoom(), fitZoom, fitRadius, open: folds().map((fold) => fold.open) };
  folds().forEach((fold) => { fold.open = true; });
  root.classList.add("printing", "aside");
  refresh({});
  put(byId("sheet-method"), ...methodWords().map((words, i) => el("p", i ? null : { class: "head" }, words)));
  arrangeSheet();
  map.invalidateSize({ animate: false, pan: false });
  fit(false);
  refresh({ sites: true, names: true });
  // Chromium prints a canvas that was cleared here as an opaque white sheet; a fresh copy it prints well.
  for (const canvas of document.querySelectorAll("#map canvas")) {
    const copy = el("canvas", { class: "printed", width: canvas.width, height: canvas.height });
    copy.style.cssText = canvas.style.cssText;
    copy.getContext("2d").drawImage(canvas, 0, 0);
    canvas.after(copy);
  }
}

// What is said of the method on paper: nothing of the other layers.
function methodWords() {
  const others = data.layers.filter((layer) => layer !== state.layer).map((layer) => pick(layer.label));
  const ours = data.meta.method.map(pick).filter((line) => !others.some((label) => line.startsWith(label + "：") || line.startsWith(label + ":")));
  return [say("method"), ...ours];
}

// Height the side column leaves free, below zero where its blocks do not fit.
function freeHeight() {
  const side = byId("side");
  const used = [...side.children].reduce((sum, block) => {
    if (!block.offsetHeight) return sum;
    const style = getComputedStyle(block);
    return sum + block.offsetHeight + parseFloat(style.marginTop) + parseFloat(style.marginBottom);
  }, 0);
  return side.clientHeight - used - (root.classList.contains("aside") ? byId("legend").offsetHeight + 6 : 0);
}

/* Everything on the sheet if it fits. If not: the legend onto the map, the plan behind, smaller
   letters, and last the rows there is no room for: nothing is left out, it stands in the annex. */
function arrangeSheet() {
  const behind = [];
  const move = (name) => { root.classList.add("no-" + name); behind.push(name); };
  if (byId("sheet-method").offsetHeight > METHOD_SHARE * byId("app").offsetHeight) move("method");
  if (byId("plan").offsetHeight > PLAN_SHARE * byId("side").clientHeight) move("plan");
  if (freeHeight() < 0) root.classList.remove("aside");
  if (freeHeight() < 0) root.classList.add("dense");
  if (freeHeight() < 0 && byId("plan").offsetHeight && !behind.includes("plan")) move("plan");
  if (behind.includes("plan") && !behind.includes("method") && planUnder()) behind.splice(behind.indexOf("plan"), 1);
  const cut = cutTable();
  if (!root.classList.contains("aside")) placeLegend();
  byId("cut").hidden = !cut && !behind.length;
  const told = [cut && say("cut", { n: number(cut) }), behind.includes("plan") && byId("plan-body").childNodes.length && say("planBehind"), behind.includes("method") && say("methodBehind")];
  byId("cut").textContent = told.filter(Boolean).join(state.language === "zh" ? "" : " ");
  put(byId("annex"), ...annexText(behind), ...(cut ? annexTables() : []));
}

// The legend beside the county or under it, whichever leaves the county larger.
function placeLegend() {
  const [wide, high] = [byId("stage").clientWidth, byId("stage").clientHeight];
  const [across, down] = [countyBox[2] - countyBox[0], countyBox[3] - countyBox[1]];
  const beside = Math.min((wide - byId("legend").offsetWidth) / across, high / down);
  root.classList.add("strip");
  const strip = byId("legend").offsetHeight;
  if (Math.min(wide / across, (high - strip) / down) > beside) byId("map").style.bottom = strip + "px";
  else root.classList.remove("strip");
}

// The plan among the small print under the map, if there is room.
function planUnder() {
  const under = byId("sheet-method");
  const words = [...byId("plan-body").querySelectorAll("p, dl, li")].map((node) =>
    (node.tagName === "DL" ? [...node.children].map((part, i) => part.textContent + (i % 2 ? "; " : ": ")).join("") : node.textContent));
  const added = [say("planRegion"), ...words].map((text, i) => el("p", i ? null : { class: "head" }, text));
  under.prepend(...added);
  if (under.offsetHeight <= METHOD_SHARE * byId("app").offsetHeight) return true;
  added.forEach((node) => node.remove());
  return false;
}

// As many rows as there is room for; returns how many there are not.
function cutTable() {
  const free = freeHeight();
  const rowsShown = [...table.tBodies[0].rows];
  if (free >= 0) return 0;
  const high = rowsShown.reduce((sum, line) => sum + line.offsetHeight, 0);
  const count = Math.max(5, Math.floor(((high + free - 24) / high) * unitCount));
  rowsShown.forEach((line, i) => line.classList.toggle("unprinted", i >= count));
  return Math.max(0, unitCount - count);
}

function annexHead(title) {
  return el("header", { class: "annex-head" }, el("b", null, title), el("span", null, data.meta.title), el("span", null, byId("caption").textContent));
}
const annexFoot = () => el("footer", { class: "annex-foot" }, ...[...byId("foot").childNodes].map((node) => node.cloneNode(true)));

function annexText(behind) {
  const parts = [];
  if (behind.includes("plan") && byId("plan-body").childNodes.length) {
    parts.push(el("h2", null, say("planRegion")), ...[...byId("plan-body").childNodes].map((node) => node.cloneNode(true)));
  }
  if (behind.includes("method")) {
    const [title, ...words] = methodWords();
    parts.push(el("h2", null, title), ...words.map((line) => el("p", null, line)));
  }
  if (!parts.length) return [];
  return [el("section", { class: "annex-page text" }, annexHead(say("annex")), el("div", { class: "annex-text" }, ...parts), annexFoot())];
}

// Every township, in the order of the table, in columns on as many pages as that takes.
function annexTables() {
  const columns = 3;
  const high = paper === "A3" ? 62 : 44; // lines of a column
  const keys = COLUMNS.filter((key) => key !== "gap" || state.line !== null);
  const sorted = sortedRows();
  const pages = [];
  for (let first = 0; first < sorted.length; first += columns * high) {
    const tables = [];
    for (let from = first; from < Math.min(first + columns * high, sorted.length); from += high) {
      tables.push(annexTable(keys, sorted.slice(from, from + high), from));
    }
    pages.push(el("section", { class: "annex-page" }, annexHead(say("annexTable")), el("div", { class: "annex-tables" }, ...tables), annexFoot()));
  }
  return pages;
}

const shortened = (name) => (name.length > 24 ? name.slice(0, 23) + "…" : name); // a line of the annex has its height

function annexTable(keys, some, from) {
  const head = el("tr", null, el("th", { scope: "col" }, say("rank")), ...keys.map((key) => el("th", { scope: "col" }, say(key))));
  return el("table", null, el("thead", null, head), el("tbody", null, ...some.map((row, i) => {
    const shownCells = [...lines[row.unit].line.cells].slice(1, keys.length).map((cell) => el("td", null, cell.textContent));
    return el("tr", null, el("td", null, number(from + i + 1)), el("th", { scope: "row" }, shortened(data.units[row.unit].name)), ...shownCells);
  })));
}

function endPrint() {
  if (!printing) return;
  printing = false;
  root.classList.remove("printing", "aside", "strip", "dense", "no-plan", "no-method");
  byId("map").style.bottom = "";
  for (const copy of document.querySelectorAll("canvas.printed")) copy.remove();
  for (const line of table.tBodies[0].rows) line.classList.remove("unprinted");
  put(byId("annex"));
  put(byId("sheet-method"));
  byId("cut").hidden = true;
  folds().forEach((fold, i) => { fold.open = screenView.open[i]; });
  ({ fitZoom, fitRadius } = screenView);
  map.invalidateSize({ animate: false, pan: false });
  map.setView(screenView.centre, screenView.zoom, { animate: false });
  refresh({ sites: true, names: true });
}
window.addEventListener("beforeprint", startPrint);
window.addEventListener("afterprint", endPrint);
