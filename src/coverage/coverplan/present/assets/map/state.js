const unitCount = data.units.length;
const maxMinutes = Math.min(254, data.meta.max_minutes);
const topMinutes = Math.min(
  maxMinutes,
  Math.max(30, ...data.meta.thresholds, ...data.layers.map((layer) => layer.minutes))
);
const presets = data.meta.thresholds.filter((minutes) => minutes >= 1 && minutes <= topMinutes);

const state = { layer: data.layers[0], minutes: 1, phase: "before", language: data.meta.language };
state.minutes = clampMinutes(state.layer.minutes);
const shown = { people: true, roads: true, water: true, protected: true, uncounted: true };
const order = { key: "missed", direction: "descending" };
let selection = null; // {unit: index} or {site: object}
let returnFocus = null;
let printing = false;

function clampMinutes(minutes) {
  return Math.max(1, Math.min(topMinutes, Math.round(minutes)));
}
