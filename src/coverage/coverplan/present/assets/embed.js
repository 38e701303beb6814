"use strict";
/* Builds each map of this page in a frame of its own, from parts they share. Every block it puts in
   was made harmless when the page was written; what it changes itself is escaped again. */
(function () {
  const read = (name) => document.getElementById(name).textContent;
  const inJson = (value) =>
    JSON.stringify(value).replace(/[<>&\u2028\u2029\ufeff]/g, (letter) => "\\u" + letter.charCodeAt(0).toString(16).padStart(4, "0"));

  function page(place) {
    const { study, open } = place.dataset;
    const parts = Object.assign(JSON.parse(read("coverplan-assets")), JSON.parse(read("coverplan-parts-" + study)));
    const data = JSON.parse(read("coverplan-data-" + study));
    data.meta.open = JSON.parse(open);
    parts.DATA = inJson(data);
    parts.BULK = read("coverplan-bulk-" + study);
    // One pass: what is put in is never looked at again.
    return parts.PAGE.replace(/@@([A-Z]+)@@/g, (whole, name) => parts[name]);
  }

  function show(place) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts allow-downloads allow-modals");
    frame.title = place.dataset.title;
    frame.width = "100%";
    frame.height = place.dataset.height;
    frame.srcdoc = page(place);
    place.append(frame);
  }

  const places = document.querySelectorAll(".living-map");
  for (const place of places) place.hidden = false;
  if (!("IntersectionObserver" in window)) {
    places.forEach(show);
    return;
  }
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      show(entry.target);
    }
  }, { rootMargin: "600px" });
  for (const place of places) {
    place.style.minHeight = place.dataset.height + "px"; // so that the page does not jump
    watcher.observe(place);
  }
})();
