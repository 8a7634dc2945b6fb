// Optimizers on a bowl: the page around the pictures.

import { choice, element, follow, put, slider, speaker, stateOf } from "../shared/controls.js";
import { said } from "../shared/draw.js";
import { MEMORY, METHODS, START, turned } from "./core.js";
import { SPAN, ground, key, pictures, sentence } from "./pictures.js";

/** A point within SPAN of the minimum, so that it stays on the map when it is turned. */
function held(a, b) {
  const shrink = Math.min(1, SPAN / Math.hypot(a, b));
  return [a, b].map((value) => Math.round(100 * shrink * value) / 100);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export function render({ model, el }) {
  const state = () => stateOf(model, START);
  const own = (kind) => state()[kind][state().method];
  const setOwn = (kind, value) =>
    put(model, { [kind]: { ...state()[kind], [state().method]: value } });

  const controls = [
    slider({
      label: () => "Learning rate η",
      ...{ min: -2, max: 1, step: 0.01 },
      read: () => Math.log10(own("rates")),
      write: (power) => setOwn("rates", Number((10 ** power).toPrecision(3))),
      say: () => said(own("rates"), 3),
    }),
    slider({
      label: () => (MEMORY[state().method] ? `Memory ${MEMORY[state().method]}` : "Memory"),
      ...{ min: 0, max: 0.99, step: 0.01 },
      read: () => own("memories"),
      write: (value) => setOwn("memories", value),
      say: () => (MEMORY[state().method] ? own("memories").toFixed(2) : "SGD has none"),
      off: () => !MEMORY[state().method],
    }),
    slider({
      label: () => "Condition number κ",
      ...{ min: Math.log10(2), max: 3, step: 0.001 },
      read: () => Math.log10(state().condition),
      write: (power) => put(model, { condition: Number((10 ** power).toPrecision(3)) }),
      say: () => String(state().condition),
    }),
    slider({
      label: () => "Bowl turned by",
      ...{ min: 0, max: 90, step: 1 },
      read: () => state().angle,
      write: (angle) => {
        const start = turned(state().start, angle - state().angle);
        put(model, { angle, start });
      },
      say: () => `${state().angle}°`,
    }),
    slider({
      label: () => "Steps",
      ...{ min: 1, max: 100, step: 1 },
      read: () => state().steps,
      write: (steps) => put(model, { steps }),
      say: () => String(state().steps),
    }),
  ];
  const method = choice({
    label: "Method",
    name: "method",
    options: METHODS,
    read: () => state().method,
    write: (value) => put(model, { method: value }),
    decorate: key,
  });
  const compare = element("input", {
    type: "checkbox",
    onchange: () => put(model, { compare: compare.checked }),
  });
  const again = element(
    "button",
    { type: "button", onclick: () => put(model, structuredClone(START)) },
    "Start again",
  );

  const map = element("div", {
    class: "map",
    tabindex: 0,
    role: "slider",
    "aria-roledescription": "slider in two directions",
    "aria-label": "Start: the arrow keys move it",
    "aria-valuemin": -SPAN,
    "aria-valuemax": SPAN,
    onkeydown(event) {
      const way = ARROWS[event.key];
      const [a, b] = state().start;
      const far = event.shiftKey ? 1 : 0.1;
      if (way) put(model, { start: held(a + far * way[0], b + far * way[1]) });
      else if (event.key === "Home") put(model, { start: [...START.start] });
      else return;
      event.preventDefault();
    },
    onclick: (event) => startAt(event),
    onpointermove(event) {
      if (event.buttons === 1 && event.pointerType !== "touch") startAt(event);
    },
  });
  function startAt(event) {
    const picture = map.querySelector("svg");
    const box = picture.getBoundingClientRect();
    const zoom = picture.viewBox.baseVal.width / box.width;
    const { x, y } = ground();
    const a = ((event.clientX - box.left) * zoom - x(0)) / (x(1) - x(0));
    const b = ((event.clientY - box.top) * zoom - y(0)) / (y(1) - y(0));
    put(model, { start: held(a, b) });
  }

  const side = element("div", { class: "side" });
  const spoken = speaker();
  const hint =
    "Click on the bowl to start there, or use the arrow keys on it. The start turns with the bowl; " +
    "each method keeps its own rate.";
  const both = element("label", { class: "option" }, compare, "Compare all four");
  el.replaceChildren(
    element("h1", {}, "Optimizers on a bowl"),
    element("div", { class: "row" }, method.node, both),
    element("div", { class: "sliders" }, ...controls.map((control) => control.node), again),
    spoken.node,
    element("div", { class: "panels" }, map, side),
    element("p", { class: "hint" }, hint),
  );

  return follow(model, () => {
    const now = state();
    const [top, ...others] = pictures(now);
    map.innerHTML = top;
    map.firstChild.setAttribute("aria-hidden", "true");
    map.setAttribute("aria-valuenow", now.start[0]);
    map.setAttribute(
      "aria-valuetext",
      `first weight ${said(now.start[0], 3)}, second weight ${said(now.start[1], 3)}`,
    );
    side.innerHTML = others.join("");
    compare.checked = now.compare;
    [method, ...controls].forEach((control) => control.show());
    spoken.say(sentence(now));
  });
}
