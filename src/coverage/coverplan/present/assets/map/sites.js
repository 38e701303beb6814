/* ---- sites ---- */

const siteMarkers = L.layerGroup();
let markerOf = new Map();

// All a mark can say, in the order of the legend; "off" and "on" are switched by hand.
const SITE_STATES = ["existing", "proposed", "closing", "off", "on", "not_counted"];

function symbol(layer, siteState, size) {
  const colour = /^#[0-9a-f]{6}$/i.test(layer.colour) ? layer.colour : "#444444";
  const path = Object.keys(SHAPES).includes(layer.shape) ? SHAPES[layer.shape] : SHAPES.circle;
  const drawing = svg("svg", { viewBox: "-7 -7 38 38", width: size, height: size, "aria-hidden": "true", focusable: "false" });
  if (siteState === "not_counted") {
    drawing.append(
      svg("path", { d: path, fill: "#ffffff", "fill-opacity": ".85", stroke: "#ffffff", "stroke-width": "6", "stroke-linejoin": "round" }),
      svg("path", { d: path, fill: "none", stroke: "#737b83", "stroke-width": "3", "stroke-linejoin": "round" })
    );
  } else if (siteState === "off") {
    drawing.append(
      svg("path", { d: path, fill: "#ffffff", "fill-opacity": ".9", stroke: "#ffffff", "stroke-width": "7", "stroke-linejoin": "round" }),
      svg("path", { d: path, fill: "none", stroke: INK, "stroke-width": "3", "stroke-dasharray": "4.5 4", "stroke-linejoin": "round" })
    );
  } else if (siteState === "on") {
    drawing.append(
      svg("circle", { cx: "12", cy: "12", r: "17.2", fill: "#ffffff", stroke: INK, "stroke-width": "2.6", "stroke-dasharray": "6 3" }),
      svg("path", { d: path, fill: colour, transform: "translate(12 12) scale(1.02) translate(-12 -12)" })
    );
  } else if (siteState === "proposed") {
    drawing.append(
      svg("circle", { cx: "12", cy: "12", r: "17.2", fill: "#ffffff", stroke: INK, "stroke-width": "2.6" }),
      svg("path", { d: path, fill: colour, transform: "translate(12 12) scale(1.06) translate(-12 -12)" }),
      svg("path", { d: STAR, fill: "#ffffff", transform: "translate(12 12.2) scale(1.12) translate(-12 -12)" })
    );
  } else if (siteState === "closing") {
    drawing.append(
      svg("path", { d: path, fill: "#ffffff", stroke: INK, "stroke-width": "5", "stroke-linejoin": "round" }),
      svg("path", { d: path, fill: colour, "fill-opacity": ".45", stroke: "#ffffff", "stroke-width": "2", "stroke-linejoin": "round" }),
      svg("path", { d: "M1 1 L23 23 M23 1 L1 23", fill: "none", stroke: "#ffffff", "stroke-width": "7", "stroke-linecap": "round" }),
      svg("path", { d: "M1 1 L23 23 M23 1 L1 23", fill: "none", stroke: "#b00020", "stroke-width": "3.4", "stroke-linecap": "round" })
    );
  } else {
    drawing.append(
      svg("path", { d: path, fill: INK, stroke: INK, "stroke-width": "7", "stroke-linejoin": "round" }),
      svg("path", { d: path, fill: colour, stroke: "#ffffff", "stroke-width": "3.6", "stroke-linejoin": "round" })
    );
  }
  return drawing;
}

// Hundreds of sites would hide the county they stand in: smaller marks till one comes nearer.
const CROWD = 80;
const crowded = () => shownSites().length > CROWD && map.getZoom() < fitZoom + 1.5;
let crowd = false;
const SIZES = { proposed: 36, existing: 26, not_counted: 23, closing: 30, off: 26, on: 34 };
const sizeOf = (siteState) => Math.round((SIZES[siteState] || 26) * (crowd ? 0.62 : 1));

// What a site is seen as: today, as planned, or as it was switched by hand.
function stateOf(site) {
  if (state.phase === "before") return site.state === "closing" ? "existing" : site.state;
  const open = isOpen(state.layer, site, "after");
  if (open === site.after) return site.state;
  return open ? "on" : "off";
}

function shownSites() {
  const today = state.phase === "before";
  return state.layer.sites.filter((site) => {
    if (site.state === "proposed") return !today;
    return site.state !== "not_counted" || shown.uncounted || (!today && isOpen(state.layer, site, "after"));
  });
}

const siteTitle = (site) => say("siteName", { name: site.name, layer: pick(state.layer.label), state: say(stateOf(site)) });
const RAISE = { not_counted: 0, off: 500, existing: 1000, closing: 1500, on: 1800, proposed: 2000 };

function markOf(site) {
  const seen = stateOf(site);
  const size = sizeOf(seen);
  return { icon: L.divIcon({ html: symbol(state.layer, seen, size), className: "site", iconSize: [size, size] }), size, raise: RAISE[seen] || 0 };
}

function drawSites() {
  const held = [...markerOf].find(([, marker]) => marker.getElement() === document.activeElement);
  siteMarkers.clearLayers();
  crowd = crowded();
  markerOf = new Map();
  for (const site of shownSites()) {
    const { icon, size, raise } = markOf(site);
    const marker = L.marker([site.lat, site.lon], { icon, keyboard: true, zIndexOffset: raise, riseOnHover: true });
    marker.bindTooltip(() => el("span", { class: "tip" }, siteTitle(site)), { direction: "top", offset: [0, -size / 3] });
    marker.on("click", () => select({ site }, false));
    siteMarkers.addLayer(marker);
    markerOf.set(site, marker);
    watchMarker(site, marker);
  }
  if (held && markerOf.has(held[0])) markerOf.get(held[0]).getElement().focus();
  markSelected();
}

function watchMarker(site, marker) {
  const node = marker.getElement();
  node.setAttribute("aria-label", siteTitle(site));
  L.DomEvent.on(node, "keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    L.DomEvent.stop(event);
    select({ site }, true);
  });
}

// A few sites were switched: only their marks are drawn again.
function redrawSites(switched) {
  const seen = new Set(shownSites());
  if (switched.length > 20 || switched.some((site) => markerOf.has(site) !== seen.has(site))) drawSites();
  else switched.filter((site) => seen.has(site)).forEach(redrawSite);
}

function redrawSite(site) {
  const marker = markerOf.get(site);
  const { icon, raise } = markOf(site);
  const focused = document.activeElement === marker.getElement();
  marker.setIcon(icon);
  marker.setZIndexOffset(raise);
  watchMarker(site, marker);
  if (focused) marker.getElement().focus();
}

function markSelected() {
  for (const [site, marker] of markerOf) {
    marker.getElement().classList.toggle("chosen", Boolean(selection && selection.site === site));
  }
}
