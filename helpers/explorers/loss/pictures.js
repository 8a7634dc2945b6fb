// A loss by hand: what is drawn and what is said, as text.

import { box, line, mark, panel, rule, said, spaced, words } from "../shared/draw.js";
import { BY_LOGIT, BY_PREDICTION, EDGE, LOSS, LOSSES, logitOf, numbers, sigmoid } from "./core.js";

const SHAPE = { MSE: "circle", BCE: "square" };
const INSIDE = spaced(0.002, 0.998, 250); // predictions at which curves are drawn
const UNITS = {
  from: 0,
  to: 1,
  ticks: [0, 0.25, 0.5, 0.75, 1],
};
const TICKS = [-6, -3, 0, 3, 6];

/** Curves of both losses with a mark where the pixel is. */
function both({ x, y }, xs, value, here) {
  return LOSSES.map((name) => {
    const points = xs.map((at) => [x(at), y(value(name, at))]);
    return (
      line(points, `curve ${name} chosen`) +
      mark(SHAPE[name], x(here), y(value(name, here)), 5, `dot ${name}`)
    );
  }).join("");
}

function key(left, top, least) {
  const lines = LOSSES.map((name, k) => {
    const y = top + 16 * k;
    return (
      rule(left, y, left + 24, y, `curve ${name} chosen`) +
      mark(SHAPE[name], left + 12, y, 4, `dot ${name}`) +
      words(left + 30, y + 4, name)
    );
  });
  const last = top + 16 * LOSSES.length;
  return (
    lines.join("") +
    rule(left, last, left + 24, last, "floor") +
    words(left + 30, last + 4, `floor, ${said(least, 3)}`)
  );
}

function losses({ target }, { prediction, rows }) {
  const shown = panel({
    size: [400, 250],
    x: { ...UNITS, label: "prediction x̂" },
    y: {
      from: 0,
      to: 2.5,
      ticks: [0, 0.5, 1, 1.5, 2, 2.5],
      label: "loss",
    },
    title: "The loss: BCE cannot go below its floor",
    description: "Both losses against the prediction; BCE stays above its floor.",
  });
  const { x, y, left, right, top, bottom } = shown;
  const least = rows[1].floor;
  let content = rule(x(target), top, x(target), bottom, "here");
  content += box(left, y(least), right, bottom, "below");
  content += rule(left, y(least), right, y(least), "floor");
  content += rule(x(prediction), y(least), x(prediction), y(rows[1].loss), "excess");
  content += both(shown, INSIDE, (name, at) => LOSS[name](target, logitOf(at)), prediction);
  content += key((left + right) / 2 - 45, top + 12, least);
  return shown.drawn(content);
}

function byPrediction({ target }, { prediction }) {
  const shown = panel({
    size: [400, 215],
    x: { ...UNITS, label: "prediction x̂" },
    y: { from: -8, to: 8, ticks: TICKS, label: "slope ∂loss/∂x̂" },
    title: "Slope in the prediction",
    description: "Slopes of both losses in the prediction, against the prediction.",
  });
  const { x, y, left, right, top, bottom } = shown;
  let content =
    rule(left, y(0), right, y(0), "axis") + rule(x(target), top, x(target), bottom, "here");
  content += both(
    shown,
    INSIDE,
    (name, at) => BY_PREDICTION[name](target, logitOf(at)),
    prediction,
  );
  return shown.drawn(content);
}

function byLogit({ target, logit }) {
  const shown = panel({
    size: [400, 215],
    x: { from: -EDGE, to: EDGE, ticks: [-10, -5, 0, 5, 10], label: "logit a" },
    y: {
      from: -1.1,
      to: 1.1,
      ticks: [-1, -0.5, 0, 0.5, 1],
      label: "slope ∂loss/∂a",
    },
    title: "Slope in the logit: MSE’s dies at both ends",
    description: "Slopes of both losses in the logit, against the logit.",
  });
  const { x, y, left, right, top, bottom } = shown;
  const correct = logitOf(target);
  let content = rule(left, y(0), right, y(0), "axis");
  if (Math.abs(correct) < EDGE) content += rule(x(correct), top, x(correct), bottom, "here");
  content += both(shown, spaced(-EDGE, EDGE, 201), (name, at) => BY_LOGIT[name](target, at), logit);
  return shown.drawn(content);
}

/** The two greys, 0 white and 1 black: what the pixel is, and what the model says. */
function greys({ target, logit }) {
  const patch = (value, name) => {
    const grey = Math.round(255 * (1 - value));
    const fill = `fill="rgb(${grey},${grey},${grey})"`;
    const drawn = `<rect class="pixel" x="1" y="1" width="38" height="38" ${fill}/>`;
    const picture = `<svg viewBox="0 0 40 40" aria-hidden="true">${drawn}</svg>`;
    return `<figure>${picture}<figcaption>${name}</figcaption></figure>`;
  };
  const guess = `prediction x̂ = ${said(sigmoid(logit), 3)}`;
  return patch(target, `pixel x = ${target.toFixed(2)}`) + patch(sigmoid(logit), guess);
}

function table({ rows }) {
  const lines = [
    ["loss", "loss"],
    ["its floor", "floor"],
    ["excess", "excess"],
    ["∂loss/∂x̂", "byPrediction"],
    ["∂loss/∂a", "byLogit"],
  ];
  const cells = (values) => values.map((value) => `<td>${value}</td>`).join("");
  const head = LOSSES.map((name) => `<th scope="col">${name}</th>`).join("");
  const body = lines.map(([label, what]) => {
    const values = cells(rows.map((row) => said(row[what], 3)));
    return `<tr><th scope="row">${label}</th>${values}</tr>`;
  });
  return `<table><thead><tr><td></td>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

/** The pictures of a state: the pixel with its numbers, the losses, and the two slopes. */
export function pictures(state) {
  const found = numbers(state);
  const pixel = `<div class="greys">${greys(state)}</div>${table(found)}`;
  return [
    `<div class="pixel-numbers">${pixel}</div>`,
    losses(state, found),
    byPrediction(state, found),
    byLogit(state),
  ];
}

/** The state in sentences. */
export function sentence(state) {
  const { prediction, rows } = numbers(state);
  const [mse, bce] = rows;
  const ratio = bce.byLogit / mse.byLogit;
  const [guess, logit] = [said(prediction, 3), said(state.logit, 3)];
  const [least, excess] = [said(bce.floor, 3), said(bce.excess, 3)];
  return (
    [
      `Pixel ${state.target.toFixed(2)}, prediction ${guess} (logit ${logit}).`,
      `MSE ${said(mse.loss, 3)}; BCE ${said(bce.loss, 3)}, of which`,
      `${least} is floor and ${excess} excess.`,
      `Slope in the logit: MSE ${said(mse.byLogit, 3)}, BCE ${said(bce.byLogit, 3)}`,
    ].join(" ") + (ratio > 3 ? `: BCE pushes ${said(ratio)} times as hard.` : ".")
  );
}
