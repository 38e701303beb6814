/* ---- controls ---- */

function buildControls() {
  data.layers.forEach((layer, i) => {
    const input = el("input", { type: "radio", name: "layer", value: String(i) });
    input.addEventListener("change", () => change({ layer }));
    const text = el("span", null);
    byId("layers").append(el("label", null, input, symbol(layer, "existing", 20), text));
    layerTexts.push([layer, text, input]);
  });
  for (const minutes of presets) {
    const button = el("button", { type: "button", "aria-pressed": "false" });
    button.addEventListener("click", () => change({ minutes }));
    byId("presets").append(button);
    presetButtons.push([minutes, button]);
  }
  for (const group of Object.keys(data.groups)) {
    const option = el("option", { value: group });
    byId("group").append(option);
    groupTexts.push([group, option]);
  }
  byId("group").addEventListener("change", (event) => change({ group: event.target.value }));
  byId("line").addEventListener("change", (event) => {
    const asked = event.target.valueAsNumber;
    const none = event.target.value.trim() === "" && !event.target.validity.badInput;
    change({ line: none ? null : goodLine(asked) ? asked : state.line });
  });
  // The slider steps through the limits there are, be they every minute or a few.
  byId("slider").setAttribute("min", "0");
  byId("slider").setAttribute("max", String(limits.length - 1));
  byId("minutes").setAttribute("min", String(limits[0]));
  byId("minutes").setAttribute("max", String(limits[limits.length - 1]));
  byId("slider").addEventListener("input", (event) => later({ minutes: limits[Number(event.target.value)] }));
  byId("minutes").addEventListener("change", (event) => {
    const asked = event.target.valueAsNumber;
    change({ minutes: Number.isFinite(asked) ? clampMinutes(asked) : state.minutes });
  });
  document.querySelectorAll("input[name=phase]").forEach((input) =>
    input.addEventListener("change", () => change({ phase: input.value })));
  document.querySelectorAll("input[name=language]").forEach((input) =>
    input.addEventListener("change", () => change({ language: input.value })));
  document.querySelectorAll("#shown input[type=checkbox]").forEach((input) => {
    input.closest("label").hidden = !offered(input.name);
    input.checked = shown[input.name];
    input.addEventListener("change", () => {
      shown[input.name] = input.checked;
      refresh({ sites: input.name === "uncounted", names: input.name === "people" || input.name === "protected" });
    });
  });
  buildSwitches();
  byId("fit").addEventListener("click", () => {
    select(null, false);
    fit(true);
  });
  byId("download").addEventListener("click", download);
  byId("print").addEventListener("click", () => window.print());
  byId("app").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && selection) closeCard();
  });
}
/* What a county does not have is not offered. */
function offered(name) {
  const lies = { roads: (road) => road.lines.length, water: () => true, protected: (item) => item.shapes.length };
  return !(name in lies) || base[name].some(lies[name]);
}

const layerTexts = [];
const groupTexts = [];
const presetButtons = [];

let waiting = null;
function later(next) { // a slider fires faster than the screen shows
  if (waiting === null) window.requestAnimationFrame(() => { const wanted = waiting; waiting = null; change(wanted); });
  waiting = next;
}

function writeControls() {
  for (const [layer, text, input] of layerTexts) {
    text.textContent = pick(layer.label);
    input.checked = layer === state.layer;
  }
  for (const [minutes, button] of presetButtons) {
    button.textContent = say(minutes === state.layer.minutes ? "standard" : "preset", { minutes });
    button.setAttribute("aria-pressed", String(minutes === state.minutes));
  }
  for (const [group, option] of groupTexts) {
    option.textContent = pick(data.groups[group]) + (group === state.layer.group ? " · " + say("ownGroup") : "");
  }
  byId("group").value = state.group;
  byId("line").value = state.line === null ? "" : String(state.line);
  byId("limits").hidden = !data.meta.limits;
  byId("limits").textContent = data.meta.limits ? say("limitsOnly", { limits: limitWords() }) : "";
  byId("slider").value = String(limits.indexOf(state.minutes));
  byId("slider").setAttribute("aria-valuetext", say("preset", { minutes: state.minutes }));
  byId("minutes").value = String(state.minutes);
  document.querySelectorAll("input[name=phase]").forEach((input) => { input.checked = input.value === state.phase; });
  byId("phases").hidden = unplanned(state.layer);
  byId("phase-after").textContent = phaseWord("after");
  document.querySelectorAll("input[name=language]").forEach((input) => { input.checked = input.value === state.language; });
}

function translate() {
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  document.querySelectorAll("[data-word]").forEach((node) => { node.textContent = say(node.dataset.word); });
  document.querySelectorAll("[data-label]").forEach((node) => node.setAttribute("aria-label", say(node.dataset.label)));
  const zoom = zoomControl.getContainer().children;
  ["zoomIn", "zoomOut"].forEach((key, i) => {
    zoom[i].title = say(key);
    zoom[i].setAttribute("aria-label", say(key));
  });
  byId("north").firstChild.setAttribute("aria-label", say("north"));
  byId("title").textContent = data.meta.title;
  byId("title").title = data.meta.title;
  byId("notice").hidden = !data.meta.notice;
  byId("notice").textContent = data.meta.notice || "";
  byId("notice").title = data.meta.notice || "";
  byId("stand").textContent = say("stand", { date: data.meta.date });
  const approval = data.meta.approval ? say("approval", { number: data.meta.approval }) : say("unapproved");
  put(
    byId("foot"),
    el("strong", null, approval),
    ...[[say("crs"), data.meta.crs], [say("date"), data.meta.date], [say("run"), data.meta.run_id]].map(([term, value]) => el("span", null, term + " " + value))
  );
  showAlarm();
}
