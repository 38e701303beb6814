/* ---- words and numbers ---- */

const locale = () => (state.language === "zh" ? "zh-CN" : "en");
const pick = (text) => text[state.language];
const number = (value) => (value === null ? say("unknown") : value.toLocaleString(locale()));

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
  return (tenths / 10).toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }) + "\u00a0%";
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
