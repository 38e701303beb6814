/* ---- sites ---- */

const siteMarkers = L.layerGroup();
let markerOf = new Map();

function symbol(layer, siteState, size) {
  const colour = /^#[0-9a-f]{6}$/i.test(layer.colour) ? layer.colour : "#444444";
  const path = Object.keys(SHAPES).includes(layer.shape) ? SHAPES[layer.shape] : SHAPES.circle;
  const drawing = svg("svg", { viewBox: "-7 -7 38 38", width: size, height: size, "aria-hidden": "true", focusable: "false" });
  if (siteState === "not_counted") {
    drawing.append(
      svg("path", { d: path, fill: "#ffffff", "fill-opacity": ".85", stroke: "#ffffff", "stroke-width": "6", "stroke-linejoin": "round" }),
      svg("path", { d: path, fill: "none", stroke: "#737b83", "stroke-width": "3", "stroke-linejoin": "round" })
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

const sizeOf = (siteState) => ({ proposed: 36, existing: 26, not_counted: 23, closing: 30 })[siteState] || 26;
// What a plan closes stands as long as one looks at today.
const stateOf = (site) => (site.state === "closing" && state.phase === "before" ? "existing" : site.state);

function shownSites() {
  return state.layer.sites.filter(
    (site) =>
      (site.state !== "proposed" || state.phase !== "before") && (site.state !== "not_counted" || shown.uncounted)
  );
}

const siteTitle = (site) => say("siteName", { name: site.name, layer: pick(state.layer.label), state: say(stateOf(site)) });

function drawSites() {
  siteMarkers.clearLayers();
  markerOf = new Map();
  const raise = { not_counted: 0, existing: 1000, closing: 1500, proposed: 2000 };
  for (const site of shownSites()) {
    const seen = stateOf(site);
    const size = sizeOf(seen);
    const marker = L.marker([site.lat, site.lon], {
      icon: L.divIcon({ html: symbol(state.layer, seen, size), className: "site", iconSize: [size, size] }),
      keyboard: true,
      zIndexOffset: raise[seen] || 0,
      riseOnHover: true
    });
    marker.bindTooltip(() => el("span", { class: "tip" }, siteTitle(site)), { direction: "top", offset: [0, -size / 3] });
    marker.on("click", () => select({ site }, false));
    siteMarkers.addLayer(marker);
    const node = marker.getElement();
    node.setAttribute("aria-label", siteTitle(site));
    L.DomEvent.on(node, "keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      L.DomEvent.stop(event);
      select({ site }, true);
    });
    markerOf.set(site, marker);
  }
  markSelected();
}

function markSelected() {
  for (const [site, marker] of markerOf) {
    marker.getElement().classList.toggle("chosen", Boolean(selection && selection.site === site));
  }
}
