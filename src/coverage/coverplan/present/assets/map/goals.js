/* ---- what is aimed at ---- */

// How a goal stands; `met` is null where it cannot be said.
function goalStand(layer, goal, phase) {
  const share = (goal.percent[0] / goal.percent[1]).toFixed(4);
  if (goal.measure === "has_one") {
    const have = homes(layer, phase).reduce((sum, one) => sum + one, 0);
    return judged(have, unitCount, needed(share, unitCount), 0);
  }
  const group = goal.group || layer.group;
  const known = data.units.map((unit, u) => u).filter((u) => peopleOf(group, u) !== null);
  const sum = (of) => known.reduce((all, u) => all + of(u), 0);
  const of = sum((u) => peopleOf(group, u));
  const have = sum((u) => reachedIn(layer, phase, group, u, goal.minutes || layer.minutes));
  return judged(have, of, needed(share, of), sum((u) => data.units[u].unplaced[group] || 0));
}

// People without a place do not count as reached, and may be.
function judged(have, of, need, undecided) {
  const met = !of ? null : have >= need ? true : have + undecided >= need ? null : false;
  return { have, of, need, met, short: Math.max(0, need - have) };
}

const goalsNow = (layer) => (layer.goals || []).map((goal) =>
  Object.assign({ goal }, goalStand(layer, goal, state.phase === "before" ? "before" : "after")));

const GOAL_MARKS = { true: "✓", false: "✗", null: "?" };

function writeGoals() {
  const box = byId("goals");
  const found = goalsNow(state.layer);
  box.hidden = found.length === 0;
  put(
    byId("goals-body"),
    el("p", { class: "remark" }, say("goalsAt", { phase: phaseWord(state.phase) })),
    el("ul", null, ...found.map((stand) => {
      const word = stand.met === null ? "goalOpen" : stand.met ? "goalMet" : stand.goal.measure === "has_one" ? "goalShortUnits" : "goalShort";
      return el("li", { class: "goal", "data-met": String(stand.met) },
        el("span", { class: "mark", "aria-hidden": "true" }, GOAL_MARKS[stand.met]),
        el("span", null,
          el("b", null, pick(stand.goal.label)), " ",
          el("span", { class: "verdict" }, say(word, { n: number(stand.short) })),
          el("span", { class: "stand" }, say(stand.goal.measure === "has_one" ? "goalUnits" : "goalPeople", {
            have: number(stand.have), of: number(stand.of), need: number(stand.need), share: percent(stand.have, stand.of)
          })),
          ...(stand.goal.source ? [el("span", { class: "source" }, pick(stand.goal.source))] : [])));
    }))
  );
}
