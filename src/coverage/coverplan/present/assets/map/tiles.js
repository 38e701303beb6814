/* ---- tiles of a host, only in a page that was asked to have them ---- */

WORDS.calls = {
  zh: "本页联网：底图取自 {hosts}（{credit}）。该主机会知道谁在看、看哪里。",
  en: "This page goes online: its base map comes from {hosts} ({credit}). That host learns who looks, and where."
};

if (data.tiles) {
  const { url, credit, hosts } = data.tiles;
  L.tileLayer(url, { subdomains: "abc", maxZoom: 18, referrerPolicy: "no-referrer" }).addTo(map);
  map.getPane("ground").style.opacity = "0.7"; // so that the tiles show through
  const note = el("span", { id: "calls", role: "note" });
  const write = () => { note.textContent = say("calls", { hosts: hosts.map((host) => host.replace(/^https?:\/\//, "")).join(", "), credit }); };
  byId("heading").append(note);
  onLanguage(write);
  const source = L.control({ position: "bottomright" });
  source.onAdd = () => el("div", { class: "tile-credit" }, credit);
  source.addTo(map);
}
