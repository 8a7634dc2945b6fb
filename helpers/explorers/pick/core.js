// Pick your model: which models meet the limits, which of them no other beats, and which is best.

import { given } from "./given.js";

/** The table, two costs and an error a model (less is better), no limits, best by the error. */
export const START = { ...given, limits: [null, null, null], by: 2 };

const known = (value) => value ?? Infinity; // what was not measured counts as worse than all

/** For every model, whether it meets each limit; null is no limit. */
export function meets({ values, limits }) {
  return values.map((row) => limits.map((most, k) => most === null || known(row[k]) <= most));
}

/** For every model, whether it meets all limits. */
export const kept = (state) => meets(state).map((row) => row.every(Boolean));

/** How many models each limit excludes. */
export function excluded(state) {
  return state.limits.map((_, k) => meets(state).filter((row) => !row[k]).length);
}

/** Whether one model beats another: nowhere worse and somewhere better. */
export function beats(one, other) {
  const pairs = one.map((value, k) => [known(value), known(other[k])]);
  return pairs.every(([a, b]) => a <= b) && pairs.some(([a, b]) => a < b);
}

/** For every model, whether no other beats it. What beats a model meets all limits that it meets. */
export function front(values) {
  return values.map((row) => !values.some((other) => beats(other, row)));
}

/** The place of the best model by the chosen column, of the front's that meet all limits, or −1. */
export function best(state) {
  const [stays, ahead] = [kept(state), front(state.values)];
  let found = -1;
  state.values.forEach((row, k) => {
    const value = row[state.by];
    if (!stays[k] || !ahead[k] || value === null) return;
    if (found < 0 || value < state.values[found][state.by]) found = k;
  });
  return found;
}

/** The least of 1, 2, 5, 10, … times a power of ten that is no less than a number. */
export function round(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((times) => times * power).find((value) => value >= least) ?? 10 * power;
}

export const tidy = (value) => Number(value.toPrecision(9)) + 0;

/** A column's limits, in whole steps: the first excludes all that was measured, the last nothing. */
export function range(values, column) {
  const found = values.map((row) => row[column]).filter((value) => value !== null);
  const [low, high] = [Math.min(...found), Math.max(...found)];
  const step = round((high - low || Math.abs(high) || 1) / 100);
  return { first: Math.ceil(low / step) - 1, last: Math.ceil(high / step) + 1, step };
}
