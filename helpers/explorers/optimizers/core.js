// Optimizers on a bowl: the numbers. The rules are those of lesson 04 and of Keras 3.

export const METHODS = ["SGD", "momentum", "RMSprop", "Adam"];
export const MEMORY = { momentum: "μ", RMSprop: "ρ", Adam: "β₁" };
export const START = {
  method: "SGD",
  rates: { SGD: 1.8, momentum: 0.3, RMSprop: 0.3, Adam: 0.5 },
  memories: { SGD: 0, momentum: 0.9, RMSprop: 0.9, Adam: 0.9 },
  condition: 25,
  angle: 45,
  steps: 40,
  start: [-3.54, -2.12],
  compare: false,
};
const EPSILON = 1e-7;
const BETA_2 = 0.999; // Keras’s, as is ε

/** A point turned about the minimum by an angle in degrees. */
export function turned([a, b], angle) {
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  return [c * a - s * b, s * a + c * b];
}

/** The matrix of a bowl with curvatures 1/condition and 1, turned by an angle in degrees. */
export function bowl(condition, angle) {
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const flat = 1 / condition;
  const mixed = (flat - 1) * c * s;
  return [
    [flat * c * c + s * s, mixed],
    [mixed, flat * s * s + c * c],
  ];
}

export const gradient = (H, w) => H.map((row) => row[0] * w[0] + row[1] * w[1]);

/** The height of the bowl, ½ wᵀHw. */
export function height(H, w) {
  const g = gradient(H, w);
  return 0.5 * (w[0] * g[0] + w[1] * g[1]);
}

// Each rule takes weights, gradient, memory, rate and its constant, and returns weights and memory.
export const RULES = {
  SGD: (w, g, state, rate) => [w.map((value, i) => value - rate * g[i]), state],

  momentum(w, g, state, rate, mu) {
    const m = g.map((slope, i) => mu * (state ? state[i] : 0) - rate * slope);
    return [w.map((value, i) => value + m[i]), m];
  },

  RMSprop(w, g, state, rate, rho) {
    const v = g.map((slope, i) => rho * (state ? state[i] : 0) + (1 - rho) * slope ** 2);
    return [w.map((value, i) => value - (rate * g[i]) / Math.sqrt(v[i] + EPSILON)), v];
  },

  Adam(w, g, state, rate, beta, beta2 = BETA_2) {
    const old = state || { m: [0, 0], v: [0, 0], t: 0 };
    const m = g.map((slope, i) => beta * old.m[i] + (1 - beta) * slope);
    const v = g.map((slope, i) => beta2 * old.v[i] + (1 - beta2) * slope ** 2);
    const t = old.t + 1;
    const size = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta ** t);
    return [w.map((value, i) => value - (size * m[i]) / (Math.sqrt(v[i]) + EPSILON)), { m, v, t }];
  },
};

/** The points that a method visits, the start among them. */
export function pathOf(method, { rate, memory, condition, angle, start, steps, beta2 }) {
  const H = bowl(condition, angle);
  const path = [start];
  let state = null;
  for (let step = 0; step < steps; step += 1) {
    const here = path[step];
    const [next, kept] = RULES[method](here, gradient(H, here), state, rate, memory, beta2);
    path.push(next);
    state = kept;
  }
  return path;
}

/** Momentum's factor a step along a curvature: the larger root of z² − (1 + μ − ηλ) z + μ. */
export function factor(rate, memory, curvature) {
  const b = 1 + memory - rate * curvature;
  const inside = b ** 2 - 4 * memory;
  return inside < 0 ? Math.sqrt(memory) : (Math.abs(b) + Math.sqrt(inside)) / 2;
}

/** The rate from which SGD and momentum blow up on a steepest curvature of 1. */
export const limit = (memory) => 2 * (1 + memory);

/** Root mean square over both weights of every step, in units of the rate. */
export function stepLengths(path, rate) {
  return path.slice(1).map((w, t) => {
    const [a, b] = [w[0] - path[t][0], w[1] - path[t][1]];
    return Math.sqrt((a * a + b * b) / 2) / rate;
  });
}

/** What a method does under a state of the explorer: path, heights, steps. */
export function run(state, method) {
  const [rate, memory] = [state.rates[method], state.memories[method]];
  const path = pathOf(method, { ...state, rate, memory });
  const H = bowl(state.condition, state.angle);
  const heights = path.map((w) => height(H, w));
  return { method, rate, memory, path, heights, lengths: stepLengths(path, rate) };
}
