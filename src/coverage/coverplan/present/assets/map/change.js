/* ---- state ---- */

// An answer that there is no plan has no "with the plan" to look at.
const unplanned = (layer) => Boolean(layer.plan && !layer.plan.built);

function change(next) {
  const moved = {};
  if (next.layer && next.layer !== state.layer) {
    // A limit that was the old layer's own becomes the new layer's own; any other choice is kept.
    if (state.minutes === clampMinutes(state.layer.minutes)) state.minutes = clampMinutes(next.layer.minutes);
    state.layer = next.layer;
    moved.sites = true;
  }
  if (unplanned(state.layer)) next = Object.assign({}, next, { phase: "before" });
  if (next.minutes !== undefined) state.minutes = next.minutes;
  if (next.phase && next.phase !== state.phase) {
    state.phase = next.phase;
    moved.sites = true;
  }
  if (next.language && next.language !== state.language) {
    state.language = next.language;
    moved.sites = true;
    moved.words = true;
  }
  refresh(moved);
}

function refresh(moved) {
  rows = currentRows();
  if (moved.words) translate();
  writeControls();
  writeHeadline(writeTable());
  writePlan();
  writeMethod();
  drawLegend();
  if (moved.sites) drawSites();
  drawCard();
  markRow();
  markSelected();
  ground.redraw();
  dots.redraw();
  marks.redraw();
  writeLabels();
  if (moved.sites || moved.names) placeLabels();
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
  map.on("zoomend", placeLabels);
  const keep = [byId("legend"), byId("card")];
  keep.forEach((node) => {
    L.DomEvent.disableClickPropagation(node);
    L.DomEvent.disableScrollPropagation(node);
  });
  new ResizeObserver(() => { if (!printing) map.invalidateSize({ animate: false }); }).observe(byId("map"));
}
