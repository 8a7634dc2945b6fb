// Pick your model: the page around the pictures.

import { choice, element, follow, put, slider, speaker, stateOf } from "../shared/controls.js";
import { START, range, tidy } from "./core.js";
import { most, pictures, sentence } from "./pictures.js";

export function render({ model, el }) {
  const state = () => stateOf(model, START);
  const limit = (column) => {
    const { first, last, step } = range(START.values, column);
    const write = (place) => {
      const limits = [...state().limits];
      limits[column] = place < last ? tidy(place * step) : null;
      put(model, { limits });
    };
    return slider({
      label: () => `Limit for ${START.columns[column]}`,
      ...{ min: first, max: last, step: 1 },
      read: () => (state().limits[column] === null ? last : state().limits[column] / step),
      write,
      say: () => most(state(), column),
    });
  };
  const limits = [0, 1, 2].map(limit);
  const by = choice({
    label: "Best by",
    name: "by",
    options: START.columns,
    read: () => START.columns[state().by],
    write: (name) => put(model, { by: START.columns.indexOf(name) }),
    decorate: () => "",
  });
  const again = element(
    "button",
    { type: "button", onclick: () => put(model, structuredClone(START)) },
    "Start again",
  );
  const panels = element("div", { class: "panels" });
  const spoken = speaker();
  const hint =
    "Less is better everywhere. On the front is what no other model beats: nowhere worse and " +
    "somewhere better. What was not measured (–) meets no limit and counts as the worst.";
  const asked = element("span", { "aria-hidden": "true" }, "Best by");
  el.replaceChildren(
    element("h1", {}, "Pick your model"),
    element("div", { class: "sliders" }, ...limits.map((control) => control.node)),
    element("div", { class: "row buttons" }, asked, by.node, again),
    spoken.node,
    panels,
    element("p", { class: "hint" }, hint),
  );
  return follow(model, () => {
    const now = state();
    panels.innerHTML = pictures(now).join("");
    [by, ...limits].forEach((control) => control.show());
    spoken.say(sentence(now));
  });
}
