// A loss by hand: the page around the pictures.

import { element, follow, put, slider, speaker, stateOf } from "../shared/controls.js";
import { said } from "../shared/draw.js";
import { EDGE, LOSSES, START, logitOf, sigmoid, stepped } from "./core.js";
import { pictures, sentence } from "./pictures.js";

export function render({ model, el }) {
  const state = () => stateOf(model, START);
  const controls = [
    slider({
      label: () => "Pixel x",
      ...{ min: 0, max: 1, step: 0.01 },
      read: () => state().target,
      write: (target) => put(model, { target }),
      say: () => state().target.toFixed(2),
    }),
    slider({
      label: () => "Prediction x̂",
      ...{ min: 0, max: 1, step: 0.01 },
      read: () => sigmoid(state().logit),
      write: (prediction) => put(model, { logit: logitOf(prediction) }),
      say: () => said(sigmoid(state().logit), 3),
    }),
    slider({
      label: () => "Logit a, with x̂ = σ(a)",
      ...{ min: -EDGE, max: EDGE, step: 0.1 },
      read: () => state().logit,
      write: (logit) => put(model, { logit }),
      say: () => state().logit.toFixed(1).replace("-", "−"),
    }),
  ];
  const steps = LOSSES.map((name) =>
    element(
      "button",
      { type: "button", onclick: () => put(model, { logit: stepped(name, state()) }) },
      `One step down ${name}`,
    ),
  );
  const again = element(
    "button",
    { type: "button", onclick: () => put(model, structuredClone(START)) },
    "Start again",
  );
  const panels = element("div", { class: "panels" });
  const spoken = speaker();
  el.replaceChildren(
    element("h1", {}, "A loss by hand"),
    element("div", { class: "sliders" }, ...controls.map((control) => control.node)),
    element("div", { class: "row buttons" }, ...steps, again),
    spoken.node,
    panels,
    element(
      "p",
      { class: "hint" },
      "A step is gradient descent on the logit with rate 1. Thin upright lines: a right prediction.",
    ),
  );
  return follow(model, () => {
    const now = state();
    panels.innerHTML = pictures(now).join("");
    controls.forEach((control) => control.show());
    spoken.say(sentence(now));
  });
}
