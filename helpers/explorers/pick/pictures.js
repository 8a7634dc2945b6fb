// Pick your model: what is drawn and what is said, as text.

import { box, mark, panel, rule, said } from "../shared/draw.js";
import { best, excluded, front, kept, meets, range, round, tidy } from "./core.js";

// what a model can be, from the back of a picture to its front
const KINDS = {
  out: { shape: "circle", radius: 2.8, text: "over a limit" },
  beaten: { shape: "square", radius: 4, text: "beaten" },
  front: { shape: "diamond", radius: 4.2, text: "on the front" },
  best: { shape: "star", radius: 9, text: "best" },
};
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign]);
const minus = (value) => String(value).replace("-", "−");

/** For every model, what it is: one of KINDS. */
export function kinds(state) {
  const [stays, ahead, first] = [kept(state), front(state.values), best(state)];
  return state.values.map((_, k) => {
    if (k === first) return "best";
    if (!stays[k]) return "out";
    return ahead[k] ? "front" : "beaten";
  });
}

const point = (kind, x, y) => mark(KINDS[kind].shape, x, y, KINDS[kind].radius, `model ${kind}`);

/** An axis for a column, a little wider than its limits, with about five ticks. */
function axis({ values, columns }, column) {
  const { first, last, step } = range(values, column);
  const [low, high] = [(first - 4) * step, (last + 4) * step];
  const gap = round((high - low) / 6);
  const count = Math.floor(high / gap) - Math.ceil(low / gap) + 1;
  const ticks = Array.from({ length: count }, (_, k) => tidy((Math.ceil(low / gap) + k) * gap));
  return { from: low, to: high, ticks, label: escaped(columns[column]) };
}

/** The limits of a panel as lines, with what lies beyond them shaded. */
function limitLines({ limits }, cost, { x, y, left, top, right, bottom }) {
  const [most, worst] = [limits[cost], limits[2]];
  let content = "";
  if (most !== null) {
    content += box(x(most), top, right, bottom, "beyond");
    content += rule(x(most), top, x(most), bottom, "edge");
  }
  if (worst !== null) {
    content += box(left, top, right, y(worst), "beyond");
    content += rule(left, y(worst), right, y(worst), "edge");
  }
  return content;
}

/** Error against a cost, a mark a model. */
function against(state, cost) {
  const [name, error] = [cost, 2].map((column) => escaped(state.columns[column]));
  const missing = state.values.filter((row) => row[cost] === null).length;
  const count = state.values.length;
  const shown = panel({
    size: [400, 262],
    x: axis(state, cost),
    y: axis(state, 2),
    title: `${error} against ${name}${missing ? `, ${missing} of ${count} not measured` : ""}`,
    description: `${error} against ${name}, a mark a model; the limits are lines.`,
  });
  const { x, y, drawn } = shown;
  const found = kinds(state);
  let content = limitLines(state, cost, shown);
  for (const kind of Object.keys(KINDS)) {
    for (const [k, row] of state.values.entries()) {
      if (found[k] !== kind || row[cost] === null || row[2] === null) continue;
      content += point(kind, x(row[cost]), y(row[2]));
    }
  }
  return drawn(content);
}

/** A small picture of a mark. */
function key(kind) {
  const drawn = point(kind, 13, 9);
  return `<svg class="key" aria-hidden="true" viewBox="0 0 26 18">${drawn}</svg>`;
}

function legend() {
  const all = Object.entries(KINDS).reverse();
  return all.map(([kind, { text }]) => `<span class="option">${key(kind)}${text}</span>`).join("");
}

/** The numbers of all models; those over a limit are struck out. */
function table(state) {
  const [found, good] = [kinds(state), meets(state)];
  const cell = (value, met) => {
    const text = value === null ? "–" : said(value, 3);
    return `<td>${met || value === null ? text : `<s>${text}</s>`}</td>`;
  };
  const body = state.names.map((name, k) => {
    const cells = state.values[k].map((value, column) => cell(value, good[k][column])).join("");
    const head = `<th scope="row">${escaped(name)}</th>`;
    return `<tr class="${found[k]}">${head}${cells}<td>${key(found[k])}${found[k]}</td></tr>`;
  });
  const names = state.columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join("");
  const head = `<tr><td></td>${names}<td></td></tr>`;
  return `<table><thead>${head}</thead><tbody>${body.join("")}</tbody></table>`;
}

/** The pictures of a state: what the marks mean, error against both costs, and the numbers. */
export function pictures(state) {
  return [
    `<div class="wide legend">${legend()}</div>`,
    against(state, 0),
    against(state, 1),
    `<div class="wide numbers">${table(state)}</div>`,
  ];
}

/** A column's value in words: costs are named by their units. */
function amount({ columns }, column, value) {
  if (value === null) return `${columns[column]} not measured`;
  return column < 2 ? `${said(value, 3)} ${columns[column]}` : `${columns[2]} ${said(value, 3)}`;
}

/** A column's limit in words. */
export function most({ columns, limits }, column) {
  if (limits[column] === null) return "no limit";
  const text = minus(limits[column]);
  return column < 2 ? `${text} ${columns[column]}` : `${columns[2]} ${text}`;
}

const joinedBy = (parts, last) =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1)}`;

/** Which limit excludes most, when no model meets them all. */
function nothingLeft(state) {
  const counts = excluded(state);
  const worst = [0, 1, 2].filter((column) => counts[column] === Math.max(...counts));
  const names = joinedBy(
    worst.map((column) => most(state, column)),
    "and",
  );
  const [limit, verb] = worst.length > 1 ? ["limits", "exclude"] : ["limit", "excludes"];
  const missing = state.values.filter((row) => row[worst[0]] === null).length;
  const why = missing && worst.length === 1 ? `, ${missing} of them not measured` : "";
  const number = `${counts[worst[0]]} of ${state.values.length}${worst.length > 1 ? " each" : ""}`;
  return `No model meets all limits: the ${limit} of ${names} ${verb} most, ${number}${why}.`;
}

/** The best by the chosen column. */
function winner(state) {
  const [first, name] = [best(state), state.columns[state.by]];
  if (first < 0) return `None of them has its ${name} measured.`;
  const numbers = state.values[first].map((value, column) => amount(state, column, value));
  return `Best by ${name}: ${state.names[first]}, with ${joinedBy(numbers, "and")}.`;
}

/** The state in sentences. */
export function sentence(state) {
  const stays = kept(state);
  const [count, all] = [stays.filter(Boolean).length, stays.length];
  if (!count) return nothingLeft(state);
  const ahead = front(state.values).filter((good, k) => good && stays[k]).length;
  const set = [0, 1, 2].filter((column) => state.limits[column] !== null);
  const limits = joinedBy(
    set.map((column) => most(state, column)),
    "and",
  );
  const within = set.length ? `With at most ${limits}` : "Without limits";
  const stay = `${count} of ${all} models ${count === 1 ? "stays" : "stay"}`;
  return `${within}, ${stay}, ${ahead} on the front. ${winner(state)}`;
}
