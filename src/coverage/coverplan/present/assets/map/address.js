/* ---- the view in the address: a page opened anew shows what it showed ---- */

const FRAGMENT_KEYS = ["layer", "group", "minutes", "language", "line", "sites", "phase"];
const LONGEST_FRAGMENT = 3000;

function fragment(withSites) {
  const parts = new URLSearchParams({
    layer: state.layer.id,
    minutes: String(state.minutes),
    phase: state.phase,
    language: state.language,
    group: state.group,
    line: state.line === null ? "" : String(state.line)
  });
  if (withSites && edits(state.layer)) {
    // By position, and only for this run: another plan has other sites.
    const sites = edited(state.layer).map((site) => siteIndex.get(site));
    parts.set("run", data.meta.run_id);
    parts.set("switched", sites.join("."));
  }
  return "#" + parts.toString();
}

let writing = null;
function keepInAddress() {
  window.clearTimeout(writing);
  writing = window.setTimeout(() => {
    const text = fragment(true);
    // Inside another page's frame there is no address of our own to write.
    try { if (text.length <= LONGEST_FRAGMENT) window.history.replaceState(null, "", text); } catch (error) { return; }
  }, 600);
}

function fromFragment(text) {
  const parts = new URLSearchParams(text.replace(/^#/, ""));
  const asked = {};
  for (const key of ["layer", "group", "language", "phase"]) if (parts.has(key)) asked[key] = parts.get(key);
  if (parts.has("minutes")) asked.minutes = Number(parts.get("minutes"));
  if (parts.has("line")) asked.line = parts.get("line") === "" ? null : Number(parts.get("line"));
  const layer = data.layers.find((item) => item.id === parts.get("layer"));
  if (layer && parts.get("run") === data.meta.run_id) {
    const sites = (parts.get("switched") || "").split(".").filter((i) => /^\d+$/.test(i)).map((i) => layer.sites[i]).filter(Boolean);
    asked.sites = { on: sites.filter((site) => !site.after).map((site) => site.id), off: sites.filter((site) => site.after).map((site) => site.id) };
  }
  return asked;
}

// Whatever of it cannot be is left out: an address may be old, cut off or somebody's joke.
function askLeniently(asked) {
  const good = {};
  for (const key of FRAGMENT_KEYS) {
    if (asked[key] === undefined) continue;
    const more = Object.assign({}, good, { [key]: asked[key] });
    try {
      wanted(more);
      Object.assign(good, more);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  if (Object.keys(good).length) ask(good);
}
