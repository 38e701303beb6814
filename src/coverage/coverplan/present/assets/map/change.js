/* ---- state ---- */

function change(next) {
  const moved = {};
  if (next.layer && next.layer !== state.layer) {
    const old = state.layer;
    // What was the old layer's own becomes the new layer's own; any other choice is kept.
    if (state.minutes === clampMinutes(old.minutes)) state.minutes = clampMinutes(next.layer.minutes);
    if (state.group === old.group) state.group = next.layer.group;
    if (state.line === ownLine(old)) state.line = ownLine(next.layer);
    state.layer = next.layer;
    moved.sites = true;
  }
  let { phase } = next;
  if (next.open) {
    const old = openNow();
    openSites(state.layer, next.open);
    // Whoever switches a site wants to see what comes of it.
    if (!phase && state.phase === "before") phase = "after";
    moved.switched = state.layer.sites.filter((site, i) => Boolean(next.open[i]) !== Boolean(old[i]));
  }
  if (unplanned(state.layer)) phase = "before";
  for (const key of ["minutes", "group", "line"]) if (next[key] !== undefined) state[key] = next[key];
  if (phase && phase !== state.phase) {
    state.phase = phase;
    moved.sites = true;
  }
  if (next.language && next.language !== state.language) {
    state.language = next.language;
    moved.sites = true;
    moved.words = true;
  }
  refresh(moved);
  announce(byId("headline").textContent);
  keepInAddress();
}

function refresh(moved) {
  rows = currentRows();
  if (moved.words) translate();
  writeControls();
  writeHeadline(writeTable());
  writeGoals();
  writeSwitches();
  writePlan();
  writeMethod();
  drawLegend();
  if (moved.sites) drawSites();
  else if (moved.switched) redrawSites(moved.switched);
  drawCard();
  markRow();
  markSelected();
  ground.redraw();
  dots.redraw();
  marks.redraw();
  writeLabels();
  if (moved.sites || moved.names) placeLabels();
  changed.forEach((follow) => follow(moved));
}

function unitAt(position) {
  const x = worldX(position.lng);
  const y = worldY(position.lat);
  const found = units.findIndex((unit) => unit.shapes.some((shape) =>
    x >= shape.box[0] && x <= shape.box[2] && y >= shape.box[1] && y <= shape.box[3] && inside(shape.lines, x, y)));
  return found < 0 ? null : found;
}

function watchMap() {
  map.on("click", (event) => {
    const unit = unitAt(event.latlng);
    select(unit === null ? null : { unit }, false);
  });
  map.on("mousemove", (event) => {
    const unit = unitAt(event.latlng);
    if (unit === hovered) return;
    hovered = unit;
    byId("map").classList.toggle("over", unit !== null);
    marks.redraw();
  });
  map.on("mouseout", () => {
    hovered = null;
    marks.redraw();
  });
  map.on("zoomend", () => {
    if (crowd !== crowded()) drawSites();
    placeLabels();
  });
  const keep = [byId("legend"), byId("card")];
  keep.forEach((node) => {
    L.DomEvent.disableClickPropagation(node);
    L.DomEvent.disableScrollPropagation(node);
  });
  new ResizeObserver(() => { if (!printing) map.invalidateSize({ animate: false }); }).observe(byId("map"));
}
