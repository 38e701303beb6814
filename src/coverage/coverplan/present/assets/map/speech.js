/* ---- words and numbers ---- */

const locale = () => (state.language === "zh" ? "zh-CN" : "en");
const pick = (text) => text[state.language];
// Made once: thousands of numbers are written at every change.
const FORMATS = Object.fromEntries(["zh-CN", "en"].map((tag) => [tag, {
  whole: new Intl.NumberFormat(tag),
  tenths: new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
}]));
const number = (value) => (value === null ? say("unknown") : FORMATS[locale()].whole.format(value));

function fill(template, values) {
  // One pass: a brace inside a value stays what it is.
  return template.replace(/\{(\w+)\}/g, (whole, key) => String(values[key]));
}
const say = (key, values) => fill(pick(WORDS[key]), values || {});

function sayParts(key, values, strong) {
  return pick(WORDS[key])
    .split(/(\{\w+\})/)
    .filter((part) => part !== "")
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part);
      if (!name) return document.createTextNode(part);
      const text = String(values[name[1]]);
      return strong.includes(name[1]) ? el("strong", null, text) : document.createTextNode(text);
    });
}

function percent(part, whole) {
  if (part === null || whole === null) return say("unknown");
  if (whole === 0) return "—";
  const tenths = Math.floor((2000 * part + whole) / (2 * whole));
  if (tenths === 0 && part > 0) return "<0.1\u00a0%";
  if (tenths === 1000 && part < whole) return ">99.9\u00a0%";
  return FORMATS[locale()].tenths.format(tenths / 10) + "\u00a0%";
}

function signed(value) {
  if (value === null) return say("unknown");
  if (value === 0) return "0";
  return (value > 0 ? "+" : "−") + number(Math.abs(value));
}

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function put(node, ...children) {
  node.textContent = "";
  node.append(...children);
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const persons = (count) => say("peopleCount", { n: number(count) });

// What came of it is read out once things have come to rest, not at every step of a slider.
let speaking = null;
function announce(text) {
  window.clearTimeout(speaking);
  speaking = window.setTimeout(() => { byId("announce").textContent = text; }, 700);
}

const goodLine = (line) => Number.isFinite(line) && line > 0 && line <= 100 && Number(line.toFixed(4)) === line;
