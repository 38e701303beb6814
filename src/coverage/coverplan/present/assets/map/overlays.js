/* ---- layers that were added: read from folium, drawn here, every text as text ---- */

Object.assign(WORDS, {
  overlays: { zh: "附加图层", en: "Added layers" },
  overlayKey: { zh: "附加图层", en: "Added layers" },
  overlayMark: { zh: "标记", en: "Marker" }
});

/* What is written once in each language, and again when the language changes. */
function onLanguage(write) {
  write();
  new MutationObserver(write).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
}

const MANY_PINS = 500; // more of them are drawn as dots: a page with thousands of nodes crawls
const PIN_COLOUR = "#2a6fb5";
const PIN = "M12 1a8 8 0 0 0-8 8c0 6 8 14 8 14s8-8 8-14a8 8 0 0 0-8-8z";

function overlayPane(name, height, hears) {
  const node = map.createPane(name);
  node.style.zIndex = String(height);
  if (!hears) node.style.pointerEvents = "none";
}

/* Leaflet's canvas, as sharp as paper is when it is printed; a coarse one Chromium also prints askew. */
const SharpCanvas = L.Canvas.extend({
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const ratio = printing ? 3 : Math.max(1, Math.min(3, window.devicePixelRatio || 1));
    const canvas = this._container;
    L.DomUtil.setPosition(canvas, this._bounds.min);
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    canvas.style.width = size.x + "px";
    canvas.style.height = size.y + "px";
    this._ctx.scale(ratio, ratio);
    this._ctx.translate(-this._bounds.min.x, -this._bounds.min.y);
    this.fire("update");
  }
});

function drawOverlays(overlays) {
  overlayPane("overlay-images", 316, false);
  overlayPane("overlay-paths", 340, true);
  const renderer = new SharpCanvas({ pane: "overlay-paths", padding: 0.2 });
  const pins = overlays.reduce((sum, overlay) => sum + overlay.items.filter((item) => item.kind === "pin").length, 0);
  const box = el("fieldset", { id: "overlays" }, el("legend", { "data-word": "overlays" }));
  const key = el("div", { id: "overlay-key" });
  byId("shown").after(box);
  byId("legend-body").after(key);
  const switches = overlays.map((overlay) => overlaySwitch(overlay, { renderer, dotted: pins > MANY_PINS }));
  box.append(...switches.map((one) => one.line));
  onLanguage(() => {
    box.firstChild.textContent = say("overlays");
    switches.forEach((one) => one.write());
    drawKey();
  });
  switches.forEach((one) => one.input.addEventListener("change", drawKey));

  function drawKey() {
    const on = switches.filter((one) => one.input.checked && one.overlay.items.length);
    put(key, ...(on.length ? [el("h3", null, say("overlayKey")), el("ul", null, ...on.map((one) => entry(swatchOf(one.overlay), one.name())))] : []));
  }
}

function overlaySwitch(overlay, drawing) {
  const layer = L.layerGroup(overlay.items.map((item) => drawItem(item, drawing)).filter(Boolean));
  const name = () => (typeof overlay.name === "string" ? overlay.name : pick(overlay.name));
  const input = el("input", { type: "checkbox" });
  const text = el("span", null);
  input.checked = overlay.show !== false;
  const turn = () => { if (input.checked) layer.addTo(map); else layer.remove(); };
  input.addEventListener("change", turn);
  turn();
  const keys = (overlay.keys || []).map((key) =>
    el("div", { class: "overlay-colours" }, el("span", null, key.caption),
      el("ul", null, ...key.rows.map(([colour, words]) => entry(swatchFill(colour || NOBODY_FILL, false), words)))));
  const label = overlay.items.length ? [el("label", null, input, text)] : []; // a key of colours alone has nothing to switch
  return { overlay, input, name, line: el("div", { class: "overlay" }, ...label, ...keys), write: () => { text.textContent = name(); } };
}

function swatchOf(overlay) {
  const first = overlay.items[0];
  const colour = first.color || (first.kind === "pin" ? PIN_COLOUR : "#3388ff");
  if (first.kind === "area" || first.kind === "circle") return swatchFill(first.fillColor || colour, false);
  if (first.kind === "image") return swatchLine(svg("rect", { x: "1", y: "1", width: "24", height: "12", fill: "#c9ced3", stroke: "#5b6670" }), svg("path", { d: "M3 12l6-7 4 5 3-3 6 5", fill: "none", stroke: "#5b6670" }));
  if (first.kind === "line") return swatchLine(svg("path", { d: "M1 7H25", stroke: colour, "stroke-width": "2.4" }));
  return swatchDot(colour, 4.4);
}

function drawItem(item, { renderer, dotted }) {
  const look = { renderer, pane: "overlay-paths", bubblingMouseEvents: false, color: "#3388ff", weight: 3, fillOpacity: 0.2 };
  for (const name of ["color", "fillColor", "weight", "opacity", "fillOpacity", "stroke", "fill", "dashArray"]) {
    if (item[name] !== undefined) look[name] = item[name];
  }
  const dot = () => L.circleMarker(item.at, Object.assign(look, { radius: item.radius === undefined ? 5 : item.radius, fill: item.fill !== false }));
  const draw = {
    pin: () => (dotted ? dot() : pinOf(item)),
    dot,
    circle: () => L.circle(item.at, Object.assign(look, { radius: item.metres })),
    line: () => L.polyline(item.lines, look),
    area: () => L.polygon(item.areas, look),
    image: () => L.imageOverlay(item.data, item.bounds, { pane: "overlay-images", interactive: false, opacity: item.opacity === undefined ? 1 : item.opacity, alt: item.tip || "" })
  }[item.kind];
  if (!draw) return null;
  const layer = draw();
  if (item.kind === "image") return layer;
  if (item.text) layer.bindPopup(() => el("div", { class: "added-text", tabindex: "0" }, item.text), { maxWidth: 300, minWidth: 120 });
  if (item.tip) layer.bindTooltip(() => el("span", { class: "tip added-tip" }, item.tip), { sticky: item.kind !== "pin", direction: item.kind === "pin" ? "top" : "auto" });
  return layer;
}

function pinOf(item) {
  const body = el("div", { class: "added-pin" },
    svg("svg", { viewBox: "0 0 24 24", width: "26", height: "26", "aria-hidden": "true", focusable: "false" },
      svg("path", { d: PIN, fill: item.color || PIN_COLOUR, stroke: "#ffffff", "stroke-width": "1.6" }),
      svg("circle", { cx: "12", cy: "9", r: "3", fill: "#ffffff" })));
  if (item.label) body.append(el("span", { class: "added-label" }, item.label));
  const marker = L.marker(item.at, {
    icon: L.divIcon({ html: body, className: "added", iconSize: [26, 26], iconAnchor: [13, 25], tooltipAnchor: [0, -22], popupAnchor: [0, -22] }),
    keyboard: true,
    zIndexOffset: -500,
    bubblingMouseEvents: false
  });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", (item.tip || item.label || item.text || say("overlayMark")).slice(0, 200)));
  return marker;
}

if (data.overlays && data.overlays.length) {
  drawOverlays(data.overlays);
  map.on("popupopen", ({ popup }) => {
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) close.setAttribute("aria-label", say("close"));
  });
}
