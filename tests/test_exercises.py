"""The checkers accept every right way of writing an answer and give wrong ones the hint they need.

For each exercise: right answers, then wrong ones, each with a few words of the hint it must get.
"""

import importlib
import inspect
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from scipy.special import entr

from helpers import CourseError, check, exercises

FOLDER = Path(exercises.__file__).parent
LESSONS = sorted(file.stem.removeprefix("lesson_") for file in FOLDER.glob("lesson_*.py"))
IDS = [
    key
    for lesson in LESSONS
    for key in importlib.import_module(f"helpers.exercises.lesson_{lesson}").CHECKERS
]

# --- 01.2, gradient of the tied linear autoencoder -----------------------------------------------


def tied(X, W):
    E = X @ W @ W.T - X
    return 2 / len(X) * (X.T @ E @ W + E.T @ X @ W)


def tied_through_scatter(X, W):
    S = X.T @ X
    A, G = S @ W, W.T @ W
    return (2 * W @ (W.T @ A) + 2 * A @ G - 4 * A) / len(X)


def tied_by_differences(X, W, h=1e-5):
    gradient = np.zeros_like(W)
    for at in np.ndindex(*W.shape):
        for sign in (1, -1):
            V = W.copy()
            V[at] += sign * h
            gradient[at] += sign * np.sum((X @ V @ V.T - X) ** 2) / (2 * h * len(X))
    return gradient


def tied_encoder_only(X, W):
    return 2 / len(X) * X.T @ (X @ W @ W.T - X) @ W


def tied_decoder_only(X, W):
    return 2 / len(X) * (X @ W @ W.T - X).T @ X @ W


def tied_by_tape(X, W):
    import tensorflow as tf

    W = tf.Variable(W)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((X @ W @ tf.transpose(W) - X) ** 2) / len(X)
    return tape.gradient(loss, W)


# --- 01.3, the least code size -------------------------------------------------------------------


def smallest(variances, share):
    reached = np.cumsum(variances) / np.sum(variances)
    return int(np.searchsorted(reached, share - 1e-12)) + 1


def smallest_by_counting(variances, share):
    held, wanted = 0.0, share * sum(variances)
    for k, variance in enumerate(variances, start=1):
        held += variance
        if held >= wanted - 1e-9:
            return k


def smallest_by_argmax(variances, share):
    return np.argmax(np.cumsum(variances) >= share * np.sum(variances)) + 1


def smallest_off_by_one(variances, share):
    return int(np.argmax(np.cumsum(variances) >= share * np.sum(variances)))


def smallest_with_strict_inequality(variances, share):
    reached = np.cumsum(variances) / np.sum(variances)
    return int(np.sum(reached <= share)) + 1


# --- 01.4, number of weights ---------------------------------------------------------------------


def count(k):
    return sum(a * b + b for a, b in pairwise([784, 128, k, 128, 784]))


def count_with_keras(k):
    import keras

    dense = keras.layers.Dense
    layers = [dense(128), dense(k), dense(128), dense(784)]
    return keras.Sequential([keras.Input((784,)), *layers]).count_params()


def half(k):
    return 784 * 128 + 128 + 128 * k + k


# --- 02.3, Huber's loss behind a sigmoid; 02.4, excess BCE from logits ---------------------------


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def huber(a, x, delta):
    p = sigmoid(a)
    return np.clip(p - x, -delta, delta) * p * (1 - p)


def huber_in_cases(a, x, delta):
    p = sigmoid(a)
    e = p - x
    return np.where(np.abs(e) <= delta, e, delta * np.sign(e)) * p * (1 - p)


def huber_by_differences(a, x, delta, h=1e-5):
    def loss(a):
        e = np.abs(sigmoid(a) - x)
        return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2))

    return (loss(a + h) - loss(a - h)) / (2 * h)


def excess(a, x):
    return np.logaddexp(0, a) - a * x - entr(x) - entr(1 - x)


def excess_by_hand(a, x):
    with np.errstate(all="ignore"):
        entropy = -np.nan_to_num(x * np.log(x)) - np.nan_to_num((1 - x) * np.log(1 - x))
    return np.maximum(a, 0) - a * x + np.log1p(np.exp(-np.abs(a))) - entropy


def excess_by_keras(a, x):
    import keras

    bce = keras.losses.binary_crossentropy(x[:, None], a[:, None], from_logits=True)
    return np.asarray(bce) - entr(x) - entr(1 - x)


def excess_unstable(a, x):
    return np.log(1 + np.exp(a)) - a * x - entr(x) - entr(1 - x)


def excess_clipped(a, x):
    p = np.clip(sigmoid(a), 1e-7, 1 - 1e-7)
    return -x * np.log(p) - (1 - x) * np.log(1 - p) - entr(x) - entr(1 - x)


def excess_without_limits(a, x):
    return np.logaddexp(0, a) - a * x + x * np.log(x) + (1 - x) * np.log(1 - x)


# --- 03.3, Lion ----------------------------------------------------------------------------------


def lion(w, g, m, rate):
    step = np.sign(0.9 * m + 0.1 * g)
    return w - rate * step, 0.99 * m + 0.01 * g


def lion_in_place(w, g, m, rate):
    w -= rate * np.where(m + (g - m) / 10 > 0, 1, -1)
    return [w, m + 0.01 * (g - m)]


def lion_with(first=0.9, second=0.99, late=False, shape=np.sign, way=-1):
    def rule(w, g, m, rate):
        new = second * m + (1 - second) * g
        mean = new if late else first * m + (1 - first) * g
        return w + way * rate * shape(mean), new

    return rule


# --- 04, choosing, comparing, timing, warming up ------------------------------------------------


def pick(rates, errors):
    means = np.where(np.isfinite(errors).all(axis=1), errors.mean(axis=1), np.inf)
    i = int(np.argmin(means))
    return "widen the grid" if i in (0, len(rates) - 1) else rates[i]


def pick_in_a_loop(rates, errors):
    means = [math.inf if any(math.isnan(e) for e in row) else sum(row) / len(row) for row in errors]
    i = means.index(min(means))
    return float(rates[i]) if 0 < i < len(means) - 1 else "widen the grid"


def paired(a, b):
    return paired_with(a, b, scipy.stats.t.ppf(0.975, len(a) - 1))


def paired_with(a, b, t, ddof=1, root=True):
    d = a - b
    return d.mean(), t * d.std(ddof=ddof) / (len(d) ** 0.5 if root else 1)


def paired_by_scipy(a, b):
    interval = scipy.stats.ttest_rel(a, b).confidence_interval()
    return [(interval.low + interval.high) / 2, (interval.high - interval.low) / 2]


def unpaired(a, b):
    width = 2.7764451 * np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return (a - b).mean(), width


def steps_to(target, steps, errors):
    below = np.flatnonzero(errors < target)
    if len(below) == 0:
        return np.nan
    i = below[0]
    return steps[0] if i == 0 else np.interp(-target, -errors[i - 1 : i + 1], steps[i - 1 : i + 1])


def steps_to_by_hand(target, steps, errors):
    for i, error in enumerate(errors):
        if error <= target:
            if i == 0:
                return steps[0]
            share = (errors[i - 1] - target) / (errors[i - 1] - error)
            return steps[i - 1] + share * (steps[i] - steps[i - 1])
    return math.nan


def last_crossing(target, steps, errors):
    above = np.flatnonzero(errors > target)
    i = above[-1] + 1 if len(above) else 0
    if i == len(steps):
        return np.nan
    return steps[0] if i == 0 else np.interp(-target, -errors[i - 1 : i + 1], steps[i - 1 : i + 1])


def warm_cosine(t, total, warm, peak):
    if t < warm:
        return peak * t / warm
    return peak * (1 + math.cos(math.pi * (t - warm) / (total - warm))) / 2


def warm_cosine_by_sine(t, total, warm, peak):
    left = (total - t) / (total - warm)
    return min(peak * t / warm, peak * math.sin(math.pi / 2 * min(left, 1)) ** 2)


def warm_then(shape):
    return lambda t, total, warm, peak: (
        peak * (t / warm if t < warm else shape(t, total, warm, (t - warm) / (total - warm)))
    )


# --- the table -----------------------------------------------------------------------------------

inv = np.linalg.inv

RIGHT = {
    "00.1": [24.5, 784 / 32, np.float32(24.5), 28 * 28 / 32],
    "01.1": [0.0128 * 784, 10.04, np.float64(10.035)],
    "01.2": [tied, tied_through_scatter, tied_by_differences, tied_by_tape],
    "01.3": [smallest, smallest_by_counting, smallest_by_argmax],
    "01.4": [count, lambda k: 201_744 + 257 * k, count_with_keras],
    "01.5": [
        lambda E, D, A: (E @ A, inv(A) @ D),
        lambda E, D, A: (E @ A, np.linalg.solve(A, D)),
        lambda E, D, A: [np.dot(E, A), np.linalg.pinv(A).dot(D)],
    ],
    "02.1": [10 / 784, 0.01276],
    "02.2": [0.2880 * 784 - 188.3, 37.5],
    "02.3": [huber, huber_in_cases, huber_by_differences],
    "02.4": [excess, excess_by_hand, excess_by_keras],
    "02.5": [
        lambda values: (np.mean(values), np.mean(values), np.median(values)),
        lambda values: np.array([sum(values) / len(values)] * 2 + [np.quantile(values, 0.5)]),
    ],
    "03.1": [
        lambda t: 1e-7 / np.sqrt(1 - 0.999**t),
        lambda t: 1e-7 * (1 - 0.999**t) ** -0.5,
    ],
    "03.2": [
        lambda curvature, mu: 2 * (1 + mu) / curvature,
        lambda curvature, mu: (2 + 2 * mu) * curvature**-1,
    ],
    "03.3": [lion, lion_in_place],
    "03.4": [288, 32 * 3**2, 288.0],
    "03.5": [
        lambda kappa, share: np.log(share) / np.log((kappa - 1) / (kappa + 1)),
        lambda kappa, share: math.ceil(math.log(share, (kappa - 1) / (kappa + 1))),
    ],
    "04.1": [lambda sgd, adam: (sgd / 784, adam), lambda sgd, adam: [sgd / 28**2, adam]],
    "04.2": [pick, pick_in_a_loop],
    "04.3": [paired, paired_by_scipy],
    "04.4": [steps_to, steps_to_by_hand],
    "04.5": [warm_cosine, warm_cosine_by_sine],
    "template.1": [0.15, 0.4**2 - 0.1**2],
}

WRONG = {
    "00.1": [
        (32 / 784, "the share that is left"),
        (784 - 32, "divide instead of subtracting"),
        (28 / 32, "28 rows of 28"),
        (784 * 32, "divide the numbers that go in"),
    ],
    "01.1": [
        (0.0128 / 784, "wrong way round"),
        (0.0128 * 28, "28 rows of 28"),
        (0.0128 * 784 / 2, "no factor ½"),
        (0.0128, "undo that"),
    ],
    "01.2": [
        (tied_encoder_only, "twice, as encoder and as decoder"),
        (tied_decoder_only, "twice, as encoder and as decoder"),
        (lambda X, W: -tied(X, W), "the sign is wrong"),
        (lambda X, W: tied(X, W) / 2, "yours is 0.5 times"),
        (lambda X, W: tied(X, W) * len(X), "yours is 11 times"),
        (lambda X, W: tied(X, W).T, "must have the shape of W, (6, 2), not (2, 6)"),
        (lambda X, W: tied(X, W) + W, "mind a transpose"),
        (lambda X, W: None, "returned nothing"),
        (np.ones((6, 2)), "give a function of X and W"),
    ],
    "01.3": [
        (smallest_off_by_one, "one too few"),
        (smallest_with_strict_inequality, "one too many"),
        (lambda variances, share: share * sum(variances), "need k = 2"),
        (lambda variances, share: None, "returned nothing"),
        (2, "give a function"),
    ],
    "01.4": [
        (lambda k: 2 * 784 * 128 + 2 * 128 * k, "also has a bias"),
        (half, "the decoder has weights too"),
        (lambda k: 2 * half(k), "differ in their biases"),
        (lambda k: 784 * k + k, "there are four layers"),
        (210_096, "give a function of k"),
    ],
    "01.5": [
        (lambda E, D, A: (E, D), "the code must change"),
        (lambda E, D, A: (E @ A, A.T @ D), "only if A is a rotation"),
        (lambda E, D, A: (E @ A, A @ D), "must undo what A did"),
        (lambda E, D, A: (E @ inv(A), A @ D), "the new code should be z A"),
        (lambda E, D, A: (inv(A) @ D, E @ A), "the shapes of the old ones"),
        (lambda E, D, A: (E @ A, D), "must equal W_E W_D"),
        ((1, 2), "give a function"),
    ],
    "02.1": [
        ((10 / 784) ** 0.5, "that is σ; the question asks"),
        (10, "summed over 784"),
        (10 / 784 / 2, "a factor ½ too much"),
        (784 / 10, "set the derivative"),
    ],
    "02.2": [
        (0.2880 - 188.3 / 784, "but for one pixel"),
        (0.2880 * 784, "the floor is still in it"),
        (0.2880 - 188.3, "bring both to one unit"),
        (188.3 - 0.2880 * 784, "the sign is wrong"),
        (1.0, "then subtract the floor"),
    ],
    "02.3": [
        (lambda a, x, d: np.clip(sigmoid(a) - x, -d, d), "adds the slope of the sigmoid"),
        (lambda a, x, d: -huber(a, x, d), "the sign is wrong"),
        (lambda a, x, d: 2 * huber(a, x, d), "twice too large"),
        (lambda a, x, d: huber(a, x, 9), "its slope in x̂ stops growing"),
        (
            lambda a, x, d: np.sign(sigmoid(a) - x) * d * sigmoid(a) * (1 - sigmoid(a)),
            "within δ the loss is a parabola",
        ),
        (lambda a, x, d: huber(a, x, d).sum(), "so must the slope be"),
        (lambda a, x, d: np.zeros_like(a), "two cases"),
    ],
    "02.4": [
        (lambda a, x: excess(a, x) + entr(x) + entr(1 - x), "subtract the entropy"),
        (lambda a, x: excess(a, x) + 2 * (entr(x) + entr(1 - x)), "the entropy has the wrong sign"),
        (excess_without_limits, "NaN for pixels of exactly 0 or 1"),
        (excess_unstable, "not finite for large logits"),
        (excess_clipped, "start from a, not from x̂"),
        (lambda a, x: excess(a, x).sum(), "one value a pixel"),
        (lambda a, x: np.logaddexp(0, a) + a * x, "mind the signs"),
    ],
    "02.5": [
        (lambda values: [np.mean(values)] * 3, "not a mean"),
        (lambda values: [np.mean(values)] + [np.median(values)] * 2, "the derivative of BCE"),
        (lambda values: [np.median(values)] + [np.mean(values)] * 2, "the order is MSE, BCE, MAE"),
        (lambda values: [np.mean(values)] * 2 + [round(np.mean(values))], "rounding the mean"),
        (lambda values: np.mean(values), "return three numbers"),
        (lambda values: [0, 0, 0], "find each minimum"),
    ],
    "03.1": [
        (lambda t: 1e-7 * np.sqrt(1 - 0.999**t), "wrong way round"),
        (lambda t: 1e-7 / (1 - 0.999**t), "under a root together with v"),
        (lambda t: 1e-7, "ε has to change with t"),
        (lambda t: 1e-7 / np.sqrt(1 - 0.9**t), "which of the two averages"),
        (lambda t: 1e-7 / t, "take the common factor out"),
        (1e-7, "give a function"),
    ],
    "03.2": [
        (lambda curvature, mu: 2 / curvature, "without momentum"),
        (lambda curvature, mu: 2 * (1 - mu) / curvature, "widens the range"),
        (lambda curvature, mu: 2 / (1 - mu) / curvature, "under a constant gradient"),
        (lambda curvature, mu: (1 + mu**0.5) ** 2 / curvature, "the roots become real"),
        (lambda curvature, mu: curvature, "solve for η"),
    ],
    "03.3": [
        (lion_with(way=1), "goes uphill"),
        (lion_with(late=True), "its own mean, with β₁"),
        (lion_with(first=0.99, second=0.9), "are exchanged"),
        (lion_with(shape=lambda mean: mean), "every weight moves by η"),
        (lion_with(first=0), "of memory and gradient, not of the gradient"),
        (lambda w, g, m, rate: lion(w, g, m, rate)[::-1], "return w first"),
        (lambda w, g, m, rate: (w.sum(), m), "must keep its shape"),
    ],
    "03.4": [
        (96, "the noise itself falls more slowly"),
        (32 / 9, "a larger batch is quieter"),
        (32 * 3**0.5, "square where you took the root"),
        (64, "how much larger"),
    ],
    "03.5": [
        (
            lambda k, share: np.log(share) / np.log((k**0.5 - 1) / (k**0.5 + 1)),
            "momentum's pace",
        ),
        (lambda k, share: np.log(share) / np.log(1 - 1 / k), "the pace at η = 1/λ_max"),
        (lambda k, share: -np.log(share) * k / 2, "approximation for large κ"),
        (lambda k, share: np.log(share) / np.log((k - 1) / (k + 1)) / 2, "about the distance"),
        (lambda k, share: -np.log(share) / np.log((k - 1) / (k + 1)), "both logarithms"),
        (lambda k, share: k, "solve for t"),
    ],
    "04.1": [
        (lambda sgd, adam: (sgd * 784, adam), "wrong way round"),
        (lambda sgd, adam: (sgd / 784, adam / 784), "right for SGD; but Adam"),
        (lambda sgd, adam: (sgd, adam), "the gradient has grown"),
        (lambda sgd, adam: (sgd / 28, adam), "with no root anywhere"),
        (lambda sgd, adam: sgd / 784, "return two numbers"),
        (lambda sgd, adam: (2 * sgd, adam), "multiplied by 784"),
        ((10 / 784, 0.005), "give a function"),
    ],
    "04.2": [
        (lambda rates, errors: rates[np.nanmin(errors, axis=1).argmin()], "one lucky seed"),
        (lambda rates, errors: rates[np.nanmean(errors[:4], axis=1).argmin()], "must not win"),
        (lambda rates, errors: rates[errors.mean(axis=1).argmin()], "nor spoil the others"),
        (lambda rates, errors: rates[np.nan_to_num(errors, nan=99).mean(1).argmin()], "at an end"),
        (lambda rates, errors: rates[0], "where it is least"),
        (1.0, "give a function"),
    ],
    "04.3": [
        (unpaired, "take the differences first"),
        (lambda a, b: paired(b, a), "first minus second"),
        (lambda a, b: paired_with(a, b, 1.959964), "Student's t"),
        (lambda a, b: paired_with(a, b, 2.570582), "four degrees of freedom"),
        (lambda a, b: paired_with(a, b, 2.131847), "2.5 % on either side"),
        (lambda a, b: paired_with(a, b, 2.7764451, ddof=0), "use n − 1"),
        (lambda a, b: paired_with(a, b, 2.7764451, root=False), "√n smaller"),
        (lambda a, b: paired_with(a, b, 1, root=False), "multiply by t"),
        (lambda a, b: paired_with(a, b, 2.7764451), "must follow the number of seeds"),
        (lambda a, b: (a - b).mean(), "return two numbers"),
    ],
    "04.4": [
        (lambda target, steps, errors: steps[np.argmax(errors < target)], "400 is the first point"),
        (
            lambda target, steps, errors: steps[np.argmax(errors < target) - 1],
            "300 is the last point",
        ),
        (last_crossing, "the first one counts"),
        (
            lambda target, steps, errors: np.nan_to_num(steps_to(target, steps, errors), nan=500),
            "return NaN",
        ),
        (lambda target, steps, errors: 0, "go along a straight line"),
        (350, "give a function"),
    ],
    "04.5": [
        (
            lambda t, total, warm, peak: peak * (1 + math.cos(math.pi * t / total)) / 2,
            "warm-up is missing",
        ),
        (
            warm_then(lambda t, total, warm, share: (1 + math.cos(math.pi * t / total)) / 2),
            "count its steps from there",
        ),
        (warm_then(lambda t, total, warm, share: 1 - share), "a straight line"),
        (warm_then(lambda t, total, warm, share: math.cos(math.pi * share)), "lift it by one"),
        (warm_then(lambda t, total, warm, share: math.cos(math.pi * share / 2)), "half a wave"),
        (
            lambda t, total, warm, peak: warm_cosine(max(t, warm), total, warm, peak),
            "rises from 0",
        ),
        (lambda t, total, warm, peak: peak, "0 at t = total"),
        (0.02, "give a function"),
    ],
    "template.1": [
        (0.01, "the error which remains"),
        (0.3, "square the two distances"),
        (7, "compare"),
    ],
}

# Later lessons keep their cases in files of their own, exercises_NN.py.
for file in sorted(Path(__file__).parent.glob("exercises_*.py")):
    tables = importlib.import_module(f"tests.{file.stem}")
    RIGHT |= tables.RIGHT
    WRONG |= tables.WRONG


def raises(*_):
    raise ZeroDivisionError("by nought")


def cases(table):
    return [
        pytest.param(key, case, id=f"{key}-{i}")
        for key, listed in table.items()
        for i, case in enumerate(listed)
    ]


@pytest.mark.parametrize("exercise", IDS)
def test_every_exercise_is_in_the_table(exercise):
    assert len(RIGHT[exercise]) >= 1
    assert len(WRONG[exercise]) >= 2


def test_the_table_holds_nothing_else():
    assert set(RIGHT) == set(WRONG) == set(IDS) and len(IDS) == len(set(IDS))
    assert all(key.split(".")[0] in LESSONS for key in IDS)


@pytest.mark.parametrize(("exercise", "given"), cases(RIGHT))
def test_right(exercise, given, capsys):
    assert check.hint(exercise, given) is None
    assert check.answer(exercise, given) is None
    assert capsys.readouterr().out == f"✓ Exercise {exercise}: right.\n"


@pytest.mark.parametrize(("exercise", "case"), cases(WRONG))
def test_wrong(exercise, case, capsys):
    given, words = case
    hint = check.hint(exercise, given)
    assert words in hint
    assert check.answer(exercise, given) is None
    assert capsys.readouterr().out == f"✗ Exercise {exercise}: {hint}\n"


@pytest.mark.parametrize("exercise", IDS)
def test_hints_are_sentences(exercise):
    for given, _ in WRONG[exercise]:
        hint = check.hint(exercise, given)
        assert hint.endswith((".", "?")) and "\n" not in hint


@pytest.mark.parametrize("exercise", IDS)
def test_stub(exercise, capsys):
    stubs = [...]
    if callable(RIGHT[exercise][0]):
        names = ", ".join(inspect.signature(RIGHT[exercise][0]).parameters)
        stubs = [..., eval(f"lambda {names}: ...")]
    for stub in stubs:
        with pytest.raises(check.NotAttempted):
            check.hint(exercise, stub)
        assert check.answer(exercise, stub) is None
        assert capsys.readouterr().out == f"Exercise {exercise}: not attempted yet.\n"


@pytest.mark.parametrize("exercise", IDS)
@pytest.mark.parametrize("given", [raises, lambda: 0, "text", None, [], {}])
def test_whatever_is_given_there_is_a_hint(exercise, given, capsys):
    assert isinstance(check.hint(exercise, given), str)
    check.answer(exercise, given)
    assert capsys.readouterr().out.startswith(f"✗ Exercise {exercise}: ")


def test_error_of_the_learner_is_named():
    assert "ZeroDivisionError: by nought" in check.hint("01.2", raises)


def test_answers_do_not_change_what_they_are_checked_with():
    def spoils(X, W):
        gradient = tied(X, W)
        X[:], W[:] = 0, 0
        return gradient

    assert check.hint("01.2", spoils) is None


@pytest.mark.parametrize("exercise", ["01.99", "99.1", "nonsense", "", "1.2"])
def test_unknown_exercise(exercise):
    for call in (check.hint, check.answer):
        with pytest.raises(CourseError, match=f"There is no exercise '{exercise}'"):
            call(exercise, 1)
