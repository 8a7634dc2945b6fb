// Optimizers on a bowl: what is drawn and what is said, as text.

import { box, line, mark, panel, px, rule, said, spaced, words } from "../shared/draw.js";
import { MEMORY, METHODS, factor, limit, run } from "./core.js";

export const SPAN = 5; // the map shows weights from −5 to 5
const SHAPE = { SGD: "circle", momentum: "square", RMSprop: "diamond", Adam: "triangle" };
const LEVELS = spaced(Math.log10(0.003), Math.log10(20), 9).map((power) => 10 ** power);
const SMALLEST = 1e-12; // lower heights are drawn at the rim

/** The map's panel, which also says where a weight lies in pixels. */
export function ground(description = "") {
  const axis = (name) => ({
    from: -SPAN,
    to: SPAN,
    ticks: [-4, -2, 0, 2, 4],
    label: `${name} weight`,
  });
  return panel({
    size: [400, 414],
    x: axis("first"),
    y: axis("second"),
    title: "The bowl from above, and the way down",
    description,
  });
}

/** The methods that are drawn: the chosen one, last and on top, and the others if asked. */
export function shown(state) {
  const others = state.compare ? METHODS.filter((name) => name !== state.method) : [];
  return [...others, state.method].map((method) => run(state, method));
}

function map(state, runs) {
  const { x, y, drawn } = ground(
    "Contours of the bowl, and the path of every method shown, from the start to the minimum.",
  );
  const unit = x(1) - x(0);
  let content = "";
  for (const level of LEVELS) {
    const [flat, steep] = [Math.sqrt(2 * level * state.condition), Math.sqrt(2 * level)];
    const place = `translate(${px(x(0))},${px(y(0))}) rotate(${px(-state.angle)})`;
    const size = `rx="${px(flat * unit)}" ry="${px(steep * unit)}"`;
    content += `<ellipse class="contour" transform="${place}" ${size}/>`;
  }
  for (const { method, path } of runs) {
    const points = path.map(([a, b]) => [x(a), y(b)]);
    const chosen = method === state.method;
    content += line(points, `path ${method} ${chosen ? "chosen" : "other"}`);
    for (const [a, b] of chosen ? points.slice(1) : points.slice(-1)) {
      if (Number.isFinite(a + b)) content += mark(SHAPE[method], a, b, 2.6, `dot ${method}`);
    }
  }
  content += mark("star", x(0), y(0), 8, "goal");
  content += mark("circle", x(state.start[0]), y(state.start[1]), 7, "start");
  return drawn(content);
}

/** The axis of steps, with a tick for every so many. */
function overSteps({ steps }) {
  const to = Math.max(steps, 2);
  const gap = to > 50 ? 20 : to > 20 ? 10 : to > 8 ? 4 : 1;
  const ticks = Array.from({ length: Math.floor(to / gap) + 1 }, (_, k) => k * gap);
  return { from: 0, to, ticks, label: "step" };
}

function losses(state, runs) {
  const powers = [-12, -9, -6, -3, 0];
  const { x, y, drawn } = panel({
    size: [400, 205],
    x: overSteps(state),
    y: {
      from: SMALLEST,
      to: 100,
      log: true,
      ticks: powers.map((p) => [10 ** p, p ? `1e−${-p}` : "1"]),
      label: "height f(w)",
    },
    title: "Loss: height over the steps",
    description: "Height of the bowl over the steps, on a logarithmic axis.",
  });
  let content = "";
  for (const { method, heights } of runs) {
    const points = heights.map((height, t) => [x(t), y(Math.max(height, SMALLEST))]);
    content += line(points, `curve ${method} ${method === state.method ? "chosen" : "other"}`);
    const every = Math.max(1, Math.round(state.steps / 8));
    for (const [a, b] of points.filter((_, t) => t % every === 0)) {
      if (Number.isFinite(b)) content += mark(SHAPE[method], a, b, 3, `dot ${method}`);
    }
  }
  return drawn(content);
}

function factors(state, { method, rate, memory }) {
  const edge = limit(memory);
  const { x, y, left, right, top, bottom, drawn } = panel({
    size: [400, 205],
    x: { from: 0.01, to: 10, log: true, ticks: [0.01, 0.1, 1, 10], label: "learning rate η" },
    y: { from: 0, to: 1.4, ticks: [0, 0.5, 1], label: "factor a step" },
    title: `Pace: ${method === "SGD" ? "|1 − ηλ|" : "momentum’s factor"}, steep and flat`,
    description: "What a step multiplies the steep and the flat direction by, against the rate.",
  });
  const rates = spaced(-2, 1, 241).map((power) => 10 ** power);
  const along = (curvature) => rates.map((r) => [x(r), y(factor(r, memory, curvature))]);
  const [flat, steep] = [along(1 / state.condition), along(1)];
  const slower = steep.map(([a, b], k) => [a, Math.min(b, flat[k][1])]); // pixels count downwards
  let content = box(x(edge), top, right, bottom, "beyond");
  content += rule(left, y(1), right, y(1), "one") + line(slower, `slower ${method}`);
  content += line(flat, "flat") + line(steep, "steep");
  content += rule(x(edge), top, x(edge), bottom, "edge");
  content += rule(x(rate), top, x(rate), bottom, "here");
  for (const curvature of [1 / state.condition, 1]) {
    const height = y(factor(rate, memory, curvature));
    content += mark(SHAPE[method], x(rate), height, 4.5, `dot ${method}`);
  }
  content += words(right - 4, bottom - 8, "blows up", "end", "warning");
  const kinds = [
    ["flat", `flat, λ = ${said(1 / state.condition, 1)}`],
    ["steep", "steep, λ = 1"],
  ];
  for (const [k, [kind, text]] of kinds.entries()) {
    const [start, height] = [left + 8, bottom - 26 + 15 * k];
    content += rule(start, height, start + 22, height, kind);
    content += words(start + 27, height + 4, text);
  }
  return drawn(content);
}

function lengths(state, { method, lengths: all }) {
  const { x, y, left, right, drawn } = panel({
    size: [400, 205],
    x: overSteps(state),
    y: {
      from: 0.001,
      to: 20,
      log: true,
      ticks: [0.001, 0.01, 0.1, 1, 10],
      label: "rms length (η)",
    },
    title: `Pace: ${method}’s steps, in units of η`,
    description: `Length of each step of ${method}, in units of the learning rate, over the steps.`,
  });
  const points = all.map((length, t) => [x(t + 1), y(length)]);
  let content = rule(left, y(1), right, y(1), "one") + line(points, `curve ${method} chosen`);
  for (const [a, b] of points) content += mark(SHAPE[method], a, b, 2.2, `dot ${method}`);
  return drawn(content);
}

/** The pictures of a state: the map, the losses, and the pace of the chosen method. */
export function pictures(state) {
  const runs = shown(state);
  const chosen = runs[runs.length - 1];
  const third = chosen.method === "SGD" || chosen.method === "momentum" ? factors : lengths;
  return [map(state, runs), losses(state, runs), third(state, chosen)];
}

/** A small picture of a method's line and mark, for the choice. */
export function key(method) {
  const drawn =
    rule(0, 8, 26, 8, `curve ${method} chosen`) + mark(SHAPE[method], 13, 8, 4, `dot ${method}`);
  return `<svg class="key" aria-hidden="true" viewBox="0 0 26 16">${drawn}</svg>`;
}

const point = (w) => `(${said(w[0], 3)}, ${said(w[1], 3)})`;

const end = (heights) => heights[heights.length - 1];

/** What can be said of a method's pace. */
function pace(state, { method, rate, memory, lengths: all }) {
  if (method === "RMSprop" || method === "Adam") {
    const limitless = `${method} divides the gradient’s size out, and cannot blow up.`;
    return `The last step is ${said(end(all))} η long. There is no limit: ${limitless}`;
  }
  const [edge, name] = [limit(memory), method === "SGD" ? "|1 − ηλ|" : "Factor a step"];
  const [steep, flat] = [1, 1 / state.condition].map((c) => said(factor(rate, memory, c), 3));
  const within = `The limit is η < ${said(edge, 3)}.`;
  const beyond = `η is not below the limit, ${said(edge, 3)}: the steep direction cannot shrink.`;
  return `${name}: steep ${steep}, flat ${flat}. ${rate < edge ? within : beyond}`;
}

/** The state in sentences. */
export function sentence(state) {
  const runs = shown(state);
  const chosen = end(runs);
  const { method, rate, memory, heights } = chosen;
  const constant = method === "SGD" ? "" : `, ${MEMORY[method]} = ${memory.toFixed(2)}`;
  const steps = state.steps === 1 ? "1 step" : `${state.steps} steps`;
  const parts = [
    `${method[0].toUpperCase()}${method.slice(1)} with η = ${said(rate, 3)}${constant}: from ${point(state.start)} the height`,
    `goes from ${said(heights[0])} to ${said(end(heights))} in ${steps}.`,
    pace(state, chosen),
  ];
  if (state.compare) {
    const ends = METHODS.map((name) => runs.find((one) => one.method === name));
    const each = ends.map((one) => `${one.method} ${said(end(one.heights))}`);
    parts.push(`Heights at the end: ${each.join(", ")}.`);
  }
  return parts.join(" ");
}
