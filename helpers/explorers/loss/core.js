// A loss by hand: the numbers of one pixel. The formulas are those of lesson 03.

export const START = { target: 0.8, logit: 0 };
export const EDGE = 10; // logits go from −10 to 10
export const LOSSES = ["MSE", "BCE"];

export const sigmoid = (a) => 1 / (1 + Math.exp(-a));

/** The logit of a prediction, held within ±EDGE. */
export function logitOf(prediction) {
  const a = Math.log(prediction) - Math.log1p(-prediction);
  return Math.max(-EDGE, Math.min(EDGE, a));
}

const part = (x) => (x > 0 ? -x * Math.log(x) : 0);

/** The entropy of a pixel's coin: the least that BCE can be. */
export const floor = (x) => part(x) + part(1 - x);

/** Both losses of one pixel, from its logit. */
export const LOSS = {
  MSE: (x, a) => (sigmoid(a) - x) ** 2,
  BCE: (x, a) => Math.max(a, 0) - a * x + Math.log1p(Math.exp(-Math.abs(a))),
};

/** Their slopes in the logit. */
export const BY_LOGIT = {
  MSE: (x, a) => 2 * (sigmoid(a) - x) * sigmoid(a) * sigmoid(-a),
  BCE: (x, a) => sigmoid(a) - x,
};

/** Their slopes in the prediction, which is the logit's sigmoid. */
export const BY_PREDICTION = {
  MSE: (x, a) => 2 * (sigmoid(a) - x),
  BCE: (x, a) => (sigmoid(a) - x) / (sigmoid(a) * sigmoid(-a)),
};

/** All numbers of a pixel, loss by loss. */
export function numbers({ target, logit }) {
  const rows = LOSSES.map((name) => {
    const loss = LOSS[name](target, logit);
    const least = name === "BCE" ? floor(target) : 0;
    return {
      name,
      loss,
      floor: least,
      excess: Math.max(0, loss - least),
      byPrediction: BY_PREDICTION[name](target, logit),
      byLogit: BY_LOGIT[name](target, logit),
    };
  });
  return { prediction: sigmoid(logit), rows };
}

/** The logit after one step of gradient descent with rate 1. */
export const stepped = (name, { target, logit }) => logit - BY_LOGIT[name](target, logit);
