/* ---- method ---- */

function writeMethod() {
  const { meta } = data;
  const list = (title, items) => (items.length ? [el("h3", null, title), el("ul", null, ...items.map((text) => el("li", null, text)))] : []);
  const head = ["sourceLabel", "sourceFile", "sourceRows"].map((key) => el("th", { scope: "col" }, say(key)));
  const sources = el("table", null,
    el("thead", null, el("tr", null, ...head, el("th", { scope: "col" }, "sha256"))),
    el("tbody", null, ...meta.sources.map((source) =>
      el("tr", null,
        el("th", { scope: "row" }, source.label),
        el("td", null, source.file, ...(source.crs ? [el("div", { class: "crs" }, say("crs") + " " + pick(source.crs))] : [])),
        el("td", null, number(source.rows)),
        el("td", { title: source.sha256 }, el("code", null, source.sha256.slice(0, 10)))))));
  const pairs = [
    [say("date"), meta.date], [say("crs"), meta.crs], [say("run"), meta.run_id],
    ...(data.bulk.sha256 ? [[say("dataHash"), el("code", null, data.bulk.sha256)]] : [])
  ];
  if (meta.notice) pairs.unshift([say("noticeLabel"), meta.notice]);
  byId("warned").hidden = meta.warnings.length === 0;
  byId("warned").textContent = say("warned", { n: number(meta.warnings.length) });
  put(
    byId("method-body"),
    el("p", null, say("meanings", { minutes: state.minutes })),
    ...list(say("warnings"), meta.warnings.map(pick)),
    ...list(say("methodLines"), meta.method.map(pick)),
    ...list(say("thisPage"), [
      say("recomputed"),
      meta.limits ? say("roundingLimits", { limits: limitWords() }) : say("rounding", { max: maxMinutes }),
      say("switching"),
      ...((state.layer.goals || []).length ? [say("goalsRule")] : [])
    ]),
    el("h3", null, say("sources")),
    sources,
    facts(pairs),
    checked.wrong.length ? "" : el("p", null, say("recount", { n: number(checked.compared) }))
  );
}

const limitWords = () => limits.map((minutes) => number(minutes)).join(state.language === "zh" ? "、" : ", ");
