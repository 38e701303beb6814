const unitCount = data.units.length;
const maxMinutes = Math.min(254, data.meta.max_minutes);
const topMinutes = Math.min(
  maxMinutes,
  Math.max(30, ...data.meta.thresholds, ...data.layers.map((layer) => layer.minutes))
);
// The limits that can be asked for: every whole minute, or the only exact ones the page holds.
const limits = (data.meta.limits || Array.from({ length: topMinutes }, (_, i) => i + 1)).filter((minutes) => minutes <= topMinutes);
const presets = data.meta.thresholds.filter((minutes) => limits.includes(minutes));

const state = {
  layer: data.layers[0],
  minutes: 1,
  phase: "before",
  language: data.meta.language,
  group: data.layers[0].group,
  line: null // per cent, null where there is no line
};
state.minutes = clampMinutes(state.layer.minutes);
state.line = ownLine(state.layer);
const shown = { people: true, roads: true, water: true, protected: true, uncounted: true };
const order = { key: "missed", direction: "descending" };
const changed = new Set(); // called after every refresh
let selection = null; // {unit: index} or {site: object}
let returnFocus = null;
let printing = false;

// The nearest limit there is; of two equally near the longer, as a half is rounded up.
function clampMinutes(minutes) {
  return limits.reduce((best, limit) => (Math.abs(limit - minutes) <= Math.abs(best - minutes) ? limit : best), limits[0]);
}

// A layer's own target line: its first goal for people reached.
function ownLine(layer) {
  const goal = (layer.goals || []).find((item) => item.measure === "reached");
  return goal ? goal.percent[0] / goal.percent[1] : null;
}
