"use strict";
/* The panel of `coverplan serve`: asks the server this page came from for another plan. It knows the
   map page only through window.coverplan; every text reaches the document as a text node. */
(function () {
  const WORDS = {
    region: { zh: "重新求解", en: "Solve again" },
    shown: { zh: "当前：{label}", en: "Shown: {label}" },
    model: { zh: "求解什么", en: "What to solve" },
    sites: { zh: "新增处数", en: "New sites" },
    share: { zh: "要达到的可达率（%）", en: "Share to reach (%)" },
    seconds: { zh: "最多求解（秒）", en: "Solve for at most (s)" },
    keep: { zh: "保留页面上开着的建议点（{n} 处）", en: "Keep the proposed sites that are on ({n})" },
    bar: { zh: "不用页面上关掉的建议点（{n} 处）", en: "Leave out the proposed sites that are off ({n})" },
    pickKeep: { zh: "点地图：必建在这里附近", en: "Click the map: build near here" },
    pickBar: { zh: "点地图：不建在这里附近", en: "Click the map: do not build near here" },
    centre: { zh: "用地图中心", en: "Use the middle of the map" },
    picking: { zh: "请在地图上点一处；按 Esc 取消。", en: "Click a place on the map; Esc cancels." },
    must: { zh: "必建", en: "must" },
    mustNot: { zh: "不建", en: "must not" },
    remove: { zh: "去掉：{name}", en: "Take away: {name}" },
    taken: { zh: "{kind}：{name}（{unit}），离点选处 {metres} 米", en: "{kind}: {name} ({unit}), {metres} m from the click" },
    refused: { zh: "更近的 {name} 不能用：{reason}。", en: "{name}, which is nearer, may not be used: {reason}. " },
    none: { zh: "附近没有可用的候选点。", en: "There is no candidate that may be used." },
    both: { zh: "这一处已在另一张名单里。", en: "It stands in the other list already." },
    solve: { zh: "求解", en: "Solve" },
    cancel: { zh: "取消求解", en: "Cancel" },
    save: { zh: "保存本方案的结果文件夹", en: "Save this plan as a folder of results" },
    saved: { zh: "已保存到 {folder}", en: "saved to {folder}" },
    running: { zh: "{step} · {seconds} 秒", en: "{step} · {seconds} s" },
    parts: { zh: "（{done}/{total}）", en: " ({done} of {total})" },
    found: { zh: "目前 {value}，界 {bound}", en: "now {value}, bound {bound}" },
    cancelled: { zh: "已取消，方案没有改动。", en: "Cancelled; the plan is unchanged." },
    lost: { zh: "连不上本机程序：可能已停止。重新运行 coverplan serve。", en: "The program on this machine does not answer: it may have been stopped. Start coverplan serve again." },
    plans: { zh: "本次的方案", en: "Plans of this session" },
    joint: { zh: "研究文件把几个图层联合选址；这里只为当前图层单独求解。", en: "The study sites several layers at once; here the current layer alone is solved." },
    onlyNew: { zh: "现有设施一律按在用计；页面上关掉的现有设施不影响求解。", en: "Existing sites all count; switching one off on the page does not alter what is solved." },
    cannot: { zh: "这个图层没有可求解的设定。", en: "There is nothing to solve for this layer." }
  };

  const serve = JSON.parse(document.getElementById("coverplan-data").textContent).meta.serve;
  const lists = { keep: new Map(), bar: new Map() }; // id -> {name, lon, lat}, of one layer
  const spots = window.L.layerGroup();
  let map = null;
  let page = null; // window.coverplan, once it stands
  let layer = null;
  let picking = null; // "keep" or "bar"
  let running = false;
  let status = { words: () => "", alarm: false };

  window.L.Map.addInitHook(function () { map = this; });

  const language = () => page.state().language;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => String((values || {})[key]));
  const say = (key, values) => fill(WORDS[key][language()], values);
  const pick = (text) => text[language()];
  const number = (value) => (value === null ? "?" : value.toLocaleString(language() === "zh" ? "zh-CN" : "en"));
  const byId = (id) => document.getElementById(id);

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

  /* ---- the panel ---- */

  const say_ = {}; // nodes whose words change with the language
  function worded(key, tag, attributes) {
    const node = el(tag, attributes);
    say_[key] = node;
    return node;
  }

  function button(key, act) {
    const node = worded(key, "button", { type: "button", id: "solve-" + key });
    node.addEventListener("click", act);
    return node;
  }

  function numberField(key, attributes) {
    const input = el("input", Object.assign({ type: "number", id: "solve-" + key }, attributes));
    return el("label", { class: "number", id: "solve-" + key + "-line" }, worded(key, "span"), input);
  }

  function box(key) {
    return el("label", null, el("input", { type: "checkbox", id: "solve-" + key }), worded(key, "span"));
  }

  function build() {
    const model = el("select", { id: "solve-model" });
    model.addEventListener("change", write);
    const body = el("div", { id: "solve-body" },
      el("p", { id: "solve-shown" }),
      el("p", { id: "solve-joint", class: "remark", hidden: "" }),
      el("label", { class: "field" }, worded("model", "span"), model),
      el("div", { class: "line" },
        numberField("sites", { min: "1", max: "10000", step: "1", inputmode: "numeric" }),
        numberField("share", { min: "0.1", max: "100", step: "any", inputmode: "decimal" }),
        numberField("seconds", { min: "1", max: "600", step: "1", inputmode: "numeric" })),
      box("keep"), box("bar"),
      el("div", { class: "line" }, button("pickKeep", () => pickOn("keep")), button("pickBar", () => pickOn("bar"))),
      el("p", { id: "solve-picking", hidden: "" }, worded("picking", "span"), " ", button("centre", () => near(map.getCenter()))),
      el("ul", { id: "solve-picked" }),
      worded("onlyNew", "p", { class: "remark" }),
      el("div", { class: "line" }, button("solve", solve), button("cancel", cancel), button("save", save)),
      el("p", { id: "solve-status", role: "status", "aria-live": "polite" }),
      el("div", { id: "solve-plans" }));
    const panel = el("details", { id: "solve", class: "block", open: "" },
      el("summary", null, worded("region", "h2")), body);
    byId("side").insertBefore(panel, byId("plan"));
    byId("solve-bar").checked = true;
    watch();
  }

  function watch() {
    // A click while picking is ours: neither the map nor a site of it hears of it.
    const stage = byId("stage");
    for (const kind of ["click", "mousedown", "pointerdown"]) {
      stage.addEventListener(kind, (event) => {
        if (picking === null || !byId("map").contains(event.target) || event.target.closest(".leaflet-control")) return;
        event.stopPropagation();
        event.preventDefault();
        if (kind === "click") near(map.mouseEventToLatLng(event));
      }, true);
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && picking !== null) {
        event.stopPropagation();
        pickOn(null);
        byId("solve-solve").focus();
      }
    }, true);
    // The page tells nobody of a change; its headline and its language do.
    new MutationObserver(write).observe(byId("headline"), { childList: true, characterData: true, subtree: true });
    new MutationObserver(write).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
  }

  const offered = () => serve.layers[layer];
  const offer = () => offered().offers.find((item) => item.id === byId("solve-model").value) || offered().offers[0];

  function useLayer(id) {
    layer = id;
    lists.keep.clear();
    lists.bar.clear();
    byId("solve-model").textContent = "";
    if (!offered()) return;
    for (const item of offered().offers) byId("solve-model").append(el("option", { value: item.id }));
    byId("solve-seconds").value = String(offered().seconds);
    const { ask } = serve;
    if (ask && ask.layer === id) {
      byId("solve-model").value = ask.model;
      byId("solve-seconds").value = String(ask.seconds);
      for (const key of ["keep", "bar"]) for (const one of ask[key]) if (serve.picked[one]) lists[key].set(one, serve.picked[one]);
    }
    useOffer();
    if (ask && ask.layer === id) {
      if (ask.sites !== null) byId("solve-sites").value = String(ask.sites);
      if (ask.share_percent !== null) byId("solve-share").value = String(ask.share_percent);
    }
  }

  let offeredFor = null;
  function useOffer() {
    const { sites, share } = offer();
    offeredFor = layer + " " + offer().id;
    byId("solve-sites").value = sites === null ? "" : String(sites);
    byId("solve-share").value = share === null ? "" : String(share);
  }

  function proposed() {
    // Sites this page's plan proposes: on ones may be kept, off ones left out.
    const all = page.sites().filter((site) => site.state === "proposed" && site.id.startsWith("new:"));
    return { keep: all.filter((site) => site.open), bar: all.filter((site) => !site.open) };
  }

  function write() {
    const now = page.state();
    if (now.layer !== layer) useLayer(now.layer);
    for (const [key, node] of Object.entries(say_)) if (key !== "keep" && key !== "bar") node.textContent = say(key);
    byId("solve-shown").textContent = say("shown", { label: pick(serve.label) });
    const can = Boolean(offered());
    byId("solve-joint").hidden = can && !offered().joint;
    byId("solve-joint").textContent = say(can ? "joint" : "cannot");
    for (const key of ["solve", "pickKeep", "pickBar"]) byId("solve-" + key).disabled = !can || running;
    byId("solve-model").disabled = !can;
    byId("solve-cancel").hidden = !running;
    byId("solve-status").setAttribute("aria-busy", String(running)); // heard: the end, not each second
    byId("solve-save").hidden = !serve.saves;
    if (can) {
      Array.from(byId("solve-model").options).forEach((option, i) => { option.textContent = pick(offered().offers[i].label); });
      if (offeredFor !== layer + " " + offer().id) useOffer();
      byId("solve-sites-line").hidden = offer().sites === null;
      byId("solve-share-line").hidden = offer().share === null;
    }
    const sites = proposed();
    for (const key of ["keep", "bar"]) {
      say_[key].textContent = say(key, { n: number(sites[key].length) });
      byId("solve-" + key).disabled = sites[key].length === 0;
    }
    byId("solve-picking").hidden = picking === null;
    byId("map").classList.toggle("picking", picking !== null);
    for (const [kind, key] of [["keep", "pickKeep"], ["bar", "pickBar"]]) byId("solve-" + key).setAttribute("aria-pressed", String(picking === kind));
    writePicked();
    writeStatus();
  }

  function writePicked() {
    const lines = [];
    for (const [kind, word] of [["keep", "must"], ["bar", "mustNot"]]) {
      for (const [id, { name }] of lists[kind]) {
        const gone = el("button", { type: "button", "aria-label": say("remove", { name }), title: say("remove", { name }) }, "×");
        gone.addEventListener("click", () => {
          lists[kind].delete(id);
          write();
          byId("solve-solve").focus();
        });
        lines.push(el("li", { class: kind }, el("strong", null, say(word)), " ", el("bdi", null, name), " ", gone));
      }
    }
    put(byId("solve-picked"), ...lines);
    drawPicked();
  }

  function drawPicked() {
    spots.clearLayers();
    for (const kind of ["keep", "bar"]) {
      const look = kind === "keep" ? { color: "#22528a", dashArray: null } : { color: "#8a3d00", dashArray: "4 4" };
      for (const { lon, lat } of lists[kind].values()) {
        const spot = window.L.circleMarker([lat, lon], Object.assign({ radius: 15, weight: 3, fill: false, interactive: false }, look));
        spots.addLayer(spot);
      }
    }
  }

  function tell(words, alarm) {
    status = { words, alarm: Boolean(alarm) };
    writeStatus();
  }

  function writeStatus() {
    const words = status.words();
    if (byId("solve-status").textContent !== words) byId("solve-status").textContent = words;
    byId("solve-status").classList.toggle("alarm", status.alarm);
  }

  const faults = (problems) => () => problems.map(pick).join("\n");

  /* ---- asking ---- */

  async function order(path, data) {
    const options = data === undefined ? { cache: "no-store" } : {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Coverplan-Token": serve.token },
      body: JSON.stringify(data)
    };
    const answer = await fetch(path, options);
    return { ok: answer.ok, data: await answer.json() };
  }

  async function asking(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // what fetch throws when nobody answers
      running = false;
      tell(() => say("lost"), true);
      write();
    }
  }

  function pickOn(kind) {
    picking = picking === kind ? null : kind;
    write();
  }

  function near(place) {
    const [kind, asked] = [picking, layer];
    picking = null;
    write();
    asking(async () => {
      const { ok, data } = await order("/near", { layer: asked, lon: place.lng, lat: place.lat });
      if (asked !== layer) return undefined; // an answer for the layer that was shown before
      if (!ok) return tell(faults(data.problems), true);
      const { candidate, refused } = data;
      if (candidate === null) return tell(() => why(refused) + say("none"), true);
      if (lists[kind === "keep" ? "bar" : "keep"].has(candidate.id)) return tell(() => say("both"), true);
      lists[kind].set(candidate.id, candidate);
      tell(() => why(refused) + say("taken", {
        kind: say(kind === "keep" ? "must" : "mustNot"), name: candidate.name, unit: candidate.unit, metres: number(candidate.metres)
      }));
      return write();
    });
  }

  const why = (refused) => (refused === null ? "" : say("refused", { name: refused.name, reason: pick(refused.reason) }));

  function question() {
    const sites = proposed();
    const ids = (kind) => {
      const found = new Set(lists[kind].keys());
      if (byId("solve-" + kind).checked) for (const site of sites[kind]) found.add(site.id);
      // What was picked by hand outweighs what happens to be switched.
      for (const other of lists[kind === "keep" ? "bar" : "keep"].keys()) found.delete(other);
      return Array.from(found);
    };
    const given = (key) => (byId("solve-" + key + "-line").hidden || byId("solve-" + key).value === "" ? null : Number(byId("solve-" + key).value));
    return {
      layer, model: offer().id, sites: given("sites"), share_percent: given("share"),
      keep: ids("keep"), bar: ids("bar"), seconds: Number(byId("solve-seconds").value)
    };
  }

  function solve() {
    picking = null;
    asking(async () => {
      const { ok, data } = await order("/solve", question());
      if (!ok) return tell(faults(data.problems), true);
      running = true;
      write();
      byId("solve-cancel").focus();
      return follow();
    });
  }

  async function follow() {
    for (;;) {
      const { data } = await order("/progress");
      if (data.state !== "running") return ended(data);
      tell(() => {
        const parts = data.total ? say("parts", { done: number(data.done), total: number(data.total) }) : "";
        const far = data.value === null && data.bound === null ? "" : "\n" + say("found", { value: number(data.value), bound: number(data.bound) });
        return say("running", { step: pick(data.step) + parts, seconds: number(data.seconds) }) + far;
      });
      await new Promise((go) => window.setTimeout(go, 300));
    }
  }

  function ended(data) {
    running = false;
    write();
    byId("solve-solve").focus();
    if (data.state === "cancelled") return tell(() => say("cancelled"));
    if (data.state === "failed") return tell(faults(data.problems), true);
    return open(data.plan);
  }

  function open(plan) {
    const parts = new URLSearchParams(page.fragment(false).slice(1));
    if (plan) parts.set("phase", "after");
    window.location.assign("/" + (plan ? "?plan=" + plan : "") + "#" + parts.toString());
  }

  const cancel = () => asking(() => order("/cancel", {}));

  function save() {
    asking(async () => {
      const { ok, data } = await order("/save", { plan: serve.plan });
      if (!ok) return tell(faults(data.problems), true);
      return tell(() => say("saved", { folder: data.folder }));
    });
  }

  async function listPlans() {
    const { ok, data } = await order("/plans");
    if (!ok || data.plans.length < 2) return;
    const items = data.plans.map((plan) => {
      const link = el("button", { type: "button", class: "link" }, pick(plan.label));
      if (plan.number === serve.plan) link.setAttribute("aria-current", "true");
      link.addEventListener("click", () => open(plan.number));
      return el("li", null, link);
    });
    put(byId("solve-plans"), el("h3", null, say("plans")), el("ol", { start: "0" }, ...items));
  }

  function begin() {
    if (!window.coverplan || !map) return window.requestAnimationFrame(begin);
    page = window.coverplan;
    build();
    spots.addTo(map);
    write();
    new MutationObserver(() => asking(listPlans)).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
    asking(listPlans);
    return asking(async () => {
      // A page opened anew while a search runs shows it.
      const { data } = await order("/progress");
      if (data.state !== "running") return;
      running = true;
      write();
      await follow();
    });
  }

  begin();
})();
