const UNREACHED = 255;
const DEGREE = 1e5;

/* Light to dark, kept apart for every common colour vision; see the legend for the classes. */
const SHARE_EDGES = [0, 25, 50, 75, 90];
const SHARE_FILLS = ["#fff6cf", "#b2d6af", "#6eb2b7", "#3d84b0", "#22528a"];
const GAIN_EDGES = [5, 15, 30];
const GAIN_FILLS = ["#f6f3f8", "#dccde9", "#b996d5", "#8e5db3", "#5d2c83"];
const LOSS_FILL = "#c9a66b";
const NOBODY_FILL = "#dcdcd8";
const NEAR_DOTS = [["#12375f"], ["#12375f", "#5a94bd"], ["#12375f", "#3a78a8", "#82b4d2"], ["#12375f", "#2f6c9d", "#5f9cc4", "#9cc6de"]];
const FAR_DOT = "#e4480b";
const FARTHEST_DOT = "#7a0c2e";
const NEW_DOT = "#4a148c";
const OLD_DOT = "#8d99a3";
const LOST_DOT = "#111111";
/* People in a cell, few to many, on bare ground. */
const CELL_FILLS = ["#fbd3a8", "#f39a6d", "#d4586a", "#8f2d76", "#3f1460"];
const BARE_FILL = "#f8f6f0";
const ISOCHRONE = "#00564a";
const INK = "#1b2733";
const SHAPES = {
  circle: "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19z",
  square: "M3.5 3.5h17v17h-17z",
  triangle: "M12 1.5L22.6 20.5H1.4z",
  diamond: "M12 0.8L23.2 12L12 23.2L0.8 12z"
};
const STAR = "M12 6.2l1.7 3.6 3.9.5-2.9 2.7.8 3.9-3.5-1.9-3.5 1.9.8-3.9-2.9-2.7 3.9-.5z";
const PHASES = ["before", "after", "difference"];

const byId = (id) => document.getElementById(id);
