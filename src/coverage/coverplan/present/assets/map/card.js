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
  const { site } = selection;
  select(null, false);
  // The mark the focus came from may have been drawn anew since.
  if (returnFocus && returnFocus.isConnected) returnFocus.focus();
  else if (returnFocus && markerOf.has(site)) markerOf.get(site).getElement().focus();
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
  const held = card.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const close = el("button", { type: "button", class: "close", "aria-label": say("close"), "data-key": "close" }, "×");
  close.addEventListener("click", closeCard);
  put(card, close, ...("unit" in selection ? unitCard(selection.unit) : siteCard(selection.site)));
  if (held) [...card.querySelectorAll("[data-key]")].find((node) => node.dataset.key === held)?.focus();
}

function unitCard(unit) {
  const row = rows[unit];
  const { layer, group } = state;
  const phase = state.phase === "before" ? "before" : "after";
  const info = data.units[unit];
  const head = (text) => el("th", { scope: "col" }, text);
  const line = (text, cells) => el("tr", null, el("th", { scope: "row" }, text), ...cells.map((cell) => el("td", null, cell)));
  const share = (count) => (row.people ? number(count) + " (" + percent(count, row.people) + ")" : percent(count, row.people));
  const gap = (count) => (row.need === null ? say("unknown") : row.need <= count ? "✓" : number(row.need - count));
  const overview = el("table", null,
    el("thead", null, el("tr", null, el("td", null), head(say("before")), head(phaseWord("after")))),
    el("tbody", null,
      line(say("reachedRow", { minutes: state.minutes }), [share(row.before), share(row.after)]),
      line(say("missedRow"), [row.before, row.after].map((count) => share(count === null ? null : row.people - count))),
      ...(state.line !== null && row.people ? [line(say("gapRow", { line: lineText() }), [row.before, row.after].map(gap))] : []),
      line(say("hasRow"), [say(row.hasBefore ? "yes" : "no"), say(row.hasAfter ? "yes" : "no")])
    ));
  const steps = el("table", null,
    el("thead", null, el("tr", null, el("td", null), ...presets.map((minutes) => head(say("within", { to: minutes }))))),
    el("tbody", null, ...["before", "after"].map((name) =>
      line(phaseWord(name), presets.map((minutes) => number(row.people === null ? null : reachedIn(layer, name, group, unit, minutes)))))));
  return [
    el("h2", { tabindex: "-1" }, info.name),
    el("p", { class: "sub" }, [info.kind, pick(layer.label)].filter(Boolean).join(" · ")),
    el("p", { class: "big" }, pick(data.groups[group]) + " ", el("strong", null, row.people ? persons(row.people) : percent(0, row.people)), row.people === 0 ? " " + say("nobody") : ""),
    overview,
    el("h3", null, say("whoMissed", { phase: phaseWord(phase) })),
    missedList(unit, phase),
    ...villageTable(unit, phase),
    el("h3", null, say("nearestHere", { phase: phaseWord(phase) })),
    servedBy(unit, phase),
    el("h3", null, say("howFar")),
    steps,
    ...medianLine(unit, phase),
    el("h3", null, say("sitesHere")),
    ...sitesOf(unit)
  ];
}

// Points of a unit whose people are not reached in a view.
function missedPoints(unit, phase) {
  const people = peopleNow();
  const minutes = minutesNow(phase);
  const found = [];
  for (let i = 0; i < points.count; i += 1) {
    if (points.unit[i] === unit && people[i] > 0 && minutes[i] > state.minutes) found.push(i);
  }
  return found;
}

const REASON = { noRoad: 1, cutOff: 2, noSite: 3 };
const BITS = { noRoad: 1, before: 2, after: 4 };

/* Why nobody comes to a site from there, as far as it is known: of today's sites and of the plan's the
   run said which people no road leads to; any part of such a set leads to them no better. */
function reasonOf(never, minutes, phase, sets) {
  if (minutes !== UNREACHED) return null;
  if (!sets.open) return REASON.noSite;
  if (never & BITS.noRoad) return REASON.noRoad;
  if (phase === "before") return never & BITS.before ? REASON.cutOff : null;
  return (sets.inPlan && never & BITS.after) || (sets.inToday && never & BITS.before) ? REASON.cutOff : null;
}

function openSets(layer, phase) {
  const { open } = worlds.get(layer)[phase];
  return {
    open: open.some(Boolean),
    inPlan: layer.sites.every((site, i) => !open[i] || site.after),
    inToday: layer.sites.every((site, i) => !open[i] || site.before)
  };
}

function missedList(unit, phase) {
  const { layer, group } = state;
  const people = peopleNow();
  const minutes = minutesNow(phase);
  const { never } = worlds.get(layer);
  const sets = openSets(layer, phase);
  const counts = new Map();
  const add = (key, count) => { if (count) counts.set(key, (counts.get(key) || 0) + count); };
  for (const i of missedPoints(unit, phase)) {
    const reason = reasonOf(never[i], minutes[i], phase, sets);
    add(reason && data.reasons[reason] ? reason : minutes[i] === UNREACHED ? "farthest" : "farther", people[i]);
  }
  add("unplaced", data.units[unit].unplaced[group]);
  if (peopleOf(group, unit) === null) return el("p", null, say("unknown"));
  if (!counts.size) return el("p", null, say(peopleOf(group, unit) ? "nobodyMissed" : "nobody"));
  const values = { minutes: state.minutes, max: maxMinutes };
  return el("ul", { class: "counts" }, ...[...counts].sort((a, b) => b[1] - a[1]).map(([key, count]) =>
    el("li", null, el("strong", null, persons(count)), el("span", null, typeof key === "number" ? pick(data.reasons[key]) : say(key, values)))));
}

const MOST_VILLAGES = 12;

// Who is not reached, village by village: how many, which open site is nearest, and how far it is.
function villageTable(unit, phase) {
  const people = peopleNow();
  const minutes = minutesNow(phase);
  const nearest = nearestSite(state.layer, phase);
  const villages = new Map();
  for (const i of missedPoints(unit, phase)) {
    if (!villages.has(points.place[i])) villages.set(points.place[i], { people: 0, least: UNREACHED, most: 0, to: new Map() });
    const village = villages.get(points.place[i]);
    village.people += people[i];
    village.least = Math.min(village.least, minutes[i]);
    village.most = Math.max(village.most, minutes[i]);
    village.to.set(nearest[i], (village.to.get(nearest[i]) || 0) + people[i]);
  }
  if (!villages.size || peopleOf(state.group, unit) === null) return [];
  const list = [...villages].sort((a, b) => b[1].people - a[1].people || a[0] - b[0]);
  const body = list.slice(0, MOST_VILLAGES).map(([place, village]) => {
    const [site] = [...village.to].sort((a, b) => (a[0] === NO_SITE) - (b[0] === NO_SITE) || b[1] - a[1])[0];
    return el("tr", null,
      el("th", { scope: "row" }, data.places[place] || say("placeless")),
      el("td", null, number(village.people)),
      el("td", { class: "to" }, site === NO_SITE ? "—" : siteButton(state.layer.sites[site], state.layer.sites[site].name)),
      el("td", null, span(village.least, village.most)));
  });
  const rest = list.slice(MOST_VILLAGES);
  return [
    el("table", { class: "villages" },
      el("thead", null, el("tr", null, ...["place", "missed", "nearestOpen", "minutesColumn"].map((key) => el("th", { scope: "col" }, say(key))))),
      el("tbody", null, ...body)),
    ...(rest.length ? [el("p", { class: "remark" }, say("moreVillages", { n: number(rest.length), people: number(rest.reduce((sum, item) => sum + item[1].people, 0)) }))] : [])
  ];
}

function span(least, most) {
  if (least === UNREACHED) return ">" + maxMinutes;
  if (most === UNREACHED) return "≥" + least; // some of them beyond what the page knows
  return least === most ? String(least) : least + "–" + most;
}

// Which open sites are nearest to the people of a unit, wherever they stand.
function servedBy(unit, phase) {
  const people = peopleNow();
  const minutes = minutesNow(phase);
  const nearest = nearestSite(state.layer, phase);
  const found = new Map();
  for (let i = 0; i < points.count; i += 1) {
    if (points.unit[i] !== unit || !people[i]) continue;
    if (!found.has(nearest[i])) found.set(nearest[i], { people: 0, least: UNREACHED, most: 0 });
    const item = found.get(nearest[i]);
    item.people += people[i];
    item.least = Math.min(item.least, minutes[i]);
    item.most = Math.max(item.most, minutes[i]);
  }
  // Of nobody whose place is known, there is no nearest site.
  if (!found.size) return el("p", null, say(peopleOf(state.group, unit) === 0 ? "nobody" : "unknown"));
  found.delete(NO_SITE);
  if (!found.size) return el("p", null, say("nobodyNear", { max: maxMinutes }));
  const list = [...found].sort((a, b) => b[1].people - a[1].people || a[0] - b[0]).slice(0, 5);
  return el("ul", { class: "sites" }, ...list.map(([site, item]) =>
    el("li", null, siteButton(state.layer.sites[site], state.layer.sites[site].name), " ", say("servedBy", { n: number(item.people), minutes: span(item.least, item.most) }))));
}

function medianLine(unit, phase) {
  const people = peopleOf(state.group, unit);
  if (!people) return [];
  // People without a place may live anywhere: no half is told that hangs on them.
  const placed = people - (data.units[unit].unplaced[state.group] || 0);
  if ((placed - reachedIn(state.layer, phase, state.group, unit, maxMinutes)) * 2 <= people &&
    reachedIn(state.layer, phase, state.group, unit, maxMinutes) * 2 < people) return [];
  let minutes = 0;
  while (minutes <= maxMinutes && reachedIn(state.layer, phase, state.group, unit, minutes) * 2 < people) minutes += 1;
  const key = minutes > maxMinutes ? "medianBeyond" : "median";
  return [el("p", null, say(key, { minutes, max: maxMinutes, phase: phaseWord(phase) }))];
}

function sitesOf(unit) {
  const here = shownSites().filter((site) => site.home === unit);
  if (here.length) return [el("ul", { class: "sites" }, ...here.map((site) => el("li", null, siteButton(site, site.name + " · " + say(stateOf(site))))))];
  const nodes = [el("p", null, say("noSitesHere"))];
  const centre = labels[unit] && labels[unit].position;
  const phase = state.phase === "before" ? "before" : "after";
  const working = shownSites().filter((site) => isOpen(state.layer, site, phase));
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

function siteSwitch(site) {
  const box = el("input", { type: "checkbox", "data-key": "switch" });
  box.checked = isOpen(state.layer, site, "after");
  box.addEventListener("change", () => switchSite(site, box.checked));
  return el("label", { class: "switch" }, box, el("span", null, say(planBuilt(state.layer) ? "openInPlan" : "openInOwn")));
}

function siteCard(site) {
  const { layer, minutes } = state;
  const index = siteIndex.get(site);
  const phase = state.phase === "before" ? "before" : "after";
  const group = pick(data.groups[state.group]);
  const pairs = [[say("siteState"), say(stateOf(site))]];
  if (site.reason) pairs.push([say("siteReason"), pick(site.reason)]);
  pairs.push([say("siteUnit"), homeName(site)]);
  pairs.push([say("sitePeople", { minutes, group }), persons(peopleWithin(layer, index, state.group, minutes))]);
  pairs.push([
    say(isOpen(layer, site, phase) ? "siteAlone" : "siteWould", { phase: phaseWord(phase) }),
    persons(reachedAlone(layer, index, phase))
  ]);
  if (site.newly !== null && site.newly !== undefined) {
    pairs.push([say("siteNewly", { minutes: layer.minutes, group: pick(data.groups[layer.group]) }), persons(site.newly)]);
  }
  pairs.push([say("siteProfile"), pick(layer.profile)]);
  for (const [label, value] of site.details || []) pairs.push([pick(label), typeof value === "object" ? pick(value) : value]);
  return [
    el("h2", { tabindex: "-1" }, symbol(layer, stateOf(site), 24), site.name),
    el("p", { class: "sub" }, pick(layer.label)),
    siteSwitch(site),
    facts(pairs)
  ];
}
