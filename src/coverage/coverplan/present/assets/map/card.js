/* ---- the card of a township or a site ---- */

function select(next, focus, move) {
  if (focus) returnFocus = document.activeElement;
  selection = next;
  if (next && "site" in next) markerOf.get(next.site)?.closeTooltip();
  drawCard();
  marks.redraw();
  markRow();
  markSelected();
  if (next && move && "unit" in next && units[next.unit].middle) {
    const wide = map.getSize().x > 760;
    map.fitBounds(boundsOf(units[next.unit].box), {
      animate: !calm,
      maxZoom: 15,
      paddingTopLeft: [wide ? fitPadding().paddingTopLeft[0] : 20, 20],
      paddingBottomRight: wide ? [byId("card").offsetWidth + 30, 20] : [20, byId("card").offsetHeight + 20]
    });
    byId("stage").scrollIntoView({ block: "nearest" });
  }
  if (focus && next) byId("card").querySelector("h2").focus();
}

function closeCard() {
  select(null, false);
  if (returnFocus && returnFocus.isConnected) returnFocus.focus();
  returnFocus = null;
}

function drawCard() {
  const card = byId("card");
  if (selection && "site" in selection && !shownSites().includes(selection.site)) selection = null;
  card.hidden = !selection;
  if (!selection) {
    put(card);
    return;
  }
  const close = el("button", { type: "button", class: "close", "aria-label": say("close") }, "×");
  close.addEventListener("click", closeCard);
  put(card, close, ...("unit" in selection ? unitCard(selection.unit) : siteCard(selection.site)));
}

function unitCard(unit) {
  const row = rows[unit];
  const layer = state.layer;
  const phase = state.phase === "before" ? "before" : "after";
  const info = data.units[unit];
  const head = (text) => el("th", { scope: "col" }, text);
  const line = (text, cells) => el("tr", null, el("th", { scope: "row" }, text), ...cells.map((cell) => el("td", null, cell)));
  const share = (count) => (row.people ? number(count) + " (" + percent(count, row.people) + ")" : percent(count, row.people));
  const overview = el("table", null,
    el("thead", null, el("tr", null, el("td", null), head(say("before")), head(say("after")))),
    el("tbody", null,
      line(say("reachedRow", { minutes: state.minutes }), [share(row.before), share(row.after)]),
      line(say("missedRow"), [row.before, row.after].map((count) => share(count === null ? null : row.people - count))),
      line(say("hasRow"), [say(row.hasBefore ? "yes" : "no"), say(row.hasAfter ? "yes" : "no")])
    ));
  const steps = el("table", null,
    el("thead", null, el("tr", null, el("td", null), ...presets.map((minutes) => head(say("within", { to: minutes }))))),
    el("tbody", null, ...["before", "after"].map((name) =>
      line(say(name), presets.map((minutes) => number(row.people === null ? null : reachedIn(layer, name, unit, minutes)))))));
  return [
    el("h2", { tabindex: "-1" }, info.name),
    el("p", { class: "sub" }, [info.kind, pick(layer.label)].filter(Boolean).join(" · ")),
    el("p", { class: "big" }, pick(data.groups[layer.group]) + " ", el("strong", null, row.people ? persons(row.people) : percent(0, row.people)), row.people === 0 ? " " + say("nobody") : ""),
    overview,
    el("h3", null, say("whoMissed", { phase: say(phase) })),
    missedList(unit, phase),
    el("h3", null, say("howFar")),
    steps,
    ...medianLine(unit, phase),
    el("h3", null, say("sitesHere")),
    ...sitesOf(unit)
  ];
}

// Reasons mostly repeat: [value, how often, ...]; a plain list is taken as it is.
function spelledOut(list) {
  if (Array.isArray(list)) return list;
  const all = [];
  for (let i = 0; i < list.runs.length; i += 2) {
    for (let n = 0; n < list.runs[i + 1]; n += 1) all.push(list.runs[i]);
  }
  return all;
}

function missedList(unit, phase) {
  const layer = state.layer;
  const people = data.points.people[layer.group];
  const minutes = data.points.minutes[layer.id][phase];
  const reasons = spelledOut(data.points.reason[layer.id][phase]);
  const counts = new Map();
  const add = (key, count) => { if (count) counts.set(key, (counts.get(key) || 0) + count); };
  for (let i = 0; i < points.count; i += 1) {
    if (points.unit[i] !== unit || minutes[i] <= state.minutes) continue;
    const reason = reasons[i];
    add(reason && data.reasons[reason] ? reason : minutes[i] === UNREACHED ? "farthest" : "farther", people[i]);
  }
  add("unplaced", data.units[unit].unplaced[layer.group]);
  if (peopleOf(layer, unit) === null) return el("p", null, say("unknown"));
  if (!counts.size) return el("p", null, say(peopleOf(layer, unit) ? "nobodyMissed" : "nobody"));
  const values = { minutes: state.minutes, max: maxMinutes };
  return el("ul", { class: "counts" }, ...[...counts].sort((a, b) => b[1] - a[1]).map(([key, count]) =>
    el("li", null, el("strong", null, persons(count)), el("span", null, typeof key === "number" ? pick(data.reasons[key]) : say(key, values)))));
}

function medianLine(unit, phase) {
  const people = peopleOf(state.layer, unit);
  if (!people) return [];
  let minutes = 0;
  while (minutes <= maxMinutes && reachedIn(state.layer, phase, unit, minutes) * 2 < people) minutes += 1;
  const key = minutes > maxMinutes ? "medianBeyond" : "median";
  return [el("p", null, say(key, { minutes, max: maxMinutes, phase: say(phase) }))];
}

const homeOf = (site) => data.units.findIndex((unit) => unit.code === site.unit || unit.name === site.unit);

function sitesOf(unit) {
  const here = shownSites().filter((site) => homeOf(site) === unit);
  if (here.length) return [el("ul", { class: "sites" }, ...here.map((site) => el("li", null, siteButton(site, site.name + " · " + say(stateOf(site))))))];
  const nodes = [el("p", null, say("noSitesHere"))];
  const centre = labels[unit] && labels[unit].position;
  const working = shownSites().filter((site) => !["not_counted", "closing"].includes(stateOf(site)));
  if (!centre || !working.length) return nodes;
  const away = (site) => map.distance(centre, [site.lat, site.lon]);
  const nearest = working.reduce((best, site) => (away(site) < away(best) ? site : best));
  const km = (away(nearest) / 1000).toLocaleString(locale(), { maximumFractionDigits: 1 });
  nodes.push(el("p", null, siteButton(nearest, say("nearestSite", { name: nearest.name, km }))));
  return nodes;
}

function siteButton(site, text) {
  const button = el("button", { type: "button", class: "link" }, text);
  button.addEventListener("click", () => {
    map.panTo([site.lat, site.lon], { animate: !calm });
    select({ site }, true);
  });
  return button;
}

function siteCard(site) {
  const layer = state.layer;
  const home = data.units[homeOf(site)];
  const pairs = [[say("siteState"), say(stateOf(site))]];
  if (site.reason) pairs.push([say("siteReason"), pick(site.reason)]);
  pairs.push([say("siteUnit"), home ? home.name : site.unit]);
  if (site.people !== null && site.people !== undefined) {
    pairs.push([say("sitePeople", { minutes: layer.minutes, group: pick(data.groups[layer.group]) }), persons(site.people)]);
  }
  if (site.newly !== null && site.newly !== undefined) pairs.push([say("siteNewly"), persons(site.newly)]);
  pairs.push([say("siteProfile"), pick(layer.profile)]);
  for (const [label, value] of site.details || []) pairs.push([pick(label), typeof value === "object" ? pick(value) : value]);
  return [
    el("h2", { tabindex: "-1" }, symbol(layer, stateOf(site), 24), site.name),
    el("p", { class: "sub" }, pick(layer.label)),
    facts(pairs)
  ];
}
