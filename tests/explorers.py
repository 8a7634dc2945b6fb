"""What the explorers have to calculate, from Keras, pandas and the lessons' own cells.

``python -m tests.explorers`` writes ``tests/explorers.json``: calls of the explorers' JavaScript
and what they have to return; and ``given.js``, lesson 12's table, from its stored results.
tests/test_explorers.py calculates these numbers anew; the website's
tests hold the JavaScript to them, since only its environment is sure to run JavaScript.
"""

import ast
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.explorers import document
from helpers.figures.explorers import given_by
from tools.notebook import NOTEBOOKS, ROOT, load

STORED = Path(__file__).with_suffix(".json")
CLOSE = 1e-6  # of the greatest number of a call, a tenth of what is promised
EXACT_BETA_2 = 1 - 2**-10  # held exactly by float32, to which Keras rounds some constants
# method, rate, memory, condition, angle, start, steps: constants that float32 holds exactly
BOWLS = [
    ("SGD", 1.75, 0, 25, 45, [-3.5, -2.25], 40),
    ("SGD", 2.125, 0, 4, 0, [1, 1], 20),
    ("momentum", 0.3125, 0.875, 25, 45, [-3.5, -2.25], 40),
    ("momentum", 3, 0.5, 1000, 20, [4.5, -5], 30),
    ("RMSprop", 0.3125, 0.875, 25, 45, [-3.5, -2.25], 40),
    ("RMSprop", 0.015625, 0, 100, 0, [2, -0.5], 30),
    ("Adam", 0.5, 0.875, 25, 45, [-3.5, -2.25], 40),
    ("Adam", 4, 0.5, 2, 80, [0.25, 5], 30),
]
# the same with constants as people set them
USUAL = [
    ("momentum", 0.3, 0.9, 25, 45, [-3.54, -2.12], 40),
    ("RMSprop", 0.3, 0.9, 25, 45, [-3.54, -2.12], 40),
    ("Adam", 0.5, 0.9, 25, 45, [-3.54, -2.12], 40),
]
PIXELS = [(x, a) for x in (0, 0.05, 0.3, 0.8, 1) for a in (-10, -6, -1.5, 0, 0.7, 8)]


def taught(number: str, *names: str) -> dict[str, object]:
    """The functions and values that a lesson's cells bind to ``names``."""
    lesson = load(next(NOTEBOOKS.glob(f"{number}_*.ipynb")))
    found = []
    for node in (node for cell in lesson.code for node in cell.tree.body):
        bound = [getattr(node, "name", "")]
        if isinstance(node, ast.Assign):
            bound = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if set(bound) & set(names):
            found.append(node)
    from scipy.special import entr, expit

    known = {"np": np, "sigmoid": expit, "entr": entr}
    exec(compile(ast.Module(found, []), lesson.path.name, "exec"), known)
    return {name: known[name] for name in names}


RULES = {"SGD": "sgd", "momentum": "momentum", "RMSprop": "rmsprop", "Adam": "adam"}
CONSTANT = {"momentum": "mu", "RMSprop": "rho", "Adam": "beta_1"}


def lessons_path(lesson: dict, case: tuple) -> np.ndarray:
    """The path that lesson 04's own rule takes."""
    method, rate, memory, condition, angle, start, steps = case
    constants = {CONSTANT[method]: memory} if method in CONSTANT else {}
    H = lesson["bowl"](condition, angle)
    return lesson["path_of"](lesson[RULES[method]], start, H, rate, steps, **constants)


def keras_path(lesson: dict, case: tuple) -> np.ndarray:
    """The path that Keras's optimizer takes, fed with the gradients where it stands."""
    import keras

    method, rate, memory, condition, angle, start, steps = case
    rate, memory, make = float(rate), float(memory), keras.optimizers
    optimizer = {
        "SGD": lambda: make.SGD(rate),
        "momentum": lambda: make.SGD(rate, momentum=memory),
        "RMSprop": lambda: make.RMSprop(rate, rho=memory),
        "Adam": lambda: make.Adam(rate, beta_1=memory, beta_2=EXACT_BETA_2),
    }[method]()
    H, path = lesson["bowl"](condition, angle), [np.array(start, "float64")]
    w = keras.Variable(path[0], dtype="float64")
    for _ in range(steps):
        optimizer.apply([keras.ops.convert_to_tensor(H @ path[-1])], [w])
        path.append(w.numpy())
    return np.array(path)


def keras_pixels() -> dict[str, np.ndarray]:
    """Both losses and their slopes, from TensorFlow's functions and its tape, a row a loss."""
    import keras
    import tensorflow as tf

    x, a = (tf.constant(column, "float64") for column in zip(*PIXELS, strict=True))
    guess = tf.sigmoid(a)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([a, guess])
        inner = tf.sigmoid(a)
        by_logit = [(inner - x) ** 2, tf.nn.sigmoid_cross_entropy_with_logits(x, a)]
        of_guess = [(guess - x) ** 2, -x * tf.math.log(guess) - (1 - x) * tf.math.log(1 - guess)]
    tame = np.abs(a) < 2  # where float32, in which Keras calculates, is exact enough
    theirs = keras.losses.binary_crossentropy(x[:, None], guess[:, None])
    assert np.allclose(np.array(theirs)[tame], np.array(by_logit[1])[tame], rtol=1e-5)
    return {
        "LOSS": np.array(by_logit),
        "BY_LOGIT": np.array([tape.gradient(loss, a) for loss in by_logit]),
        "BY_PREDICTION": np.array([tape.gradient(loss, guess) for loss in of_guess]),
    }


def files_table() -> pd.DataFrame:
    """Lesson 12's files, from its stored results: bytes and errors are means over five seeds."""
    files, times = (
        pd.read_csv(ROOT / "data" / "results" / f"12_{name}.csv") for name in ("files", "times")
    )
    means = files[files["calibration"] == 200].groupby(["model", "form"])[["packed", "val"]].mean()
    one = times[times["batch"] == 1].pivot_table("median", "model", "runtime", "median")
    without_call = 1_000 * (one - one.loc["empty"]).rename(columns=lambda name: name.split()[-1])
    table = means.join(without_call.stack().rename("µs").rename_axis(["model", "form"]))
    table = table.rename(columns={"packed": "kB", "val": "error"})
    return table[["kB", "µs", "error"]]


def on_the_front(table: np.ndarray) -> np.ndarray:
    """True for every row that no other beats: nowhere worse and somewhere better."""
    one, other = table[None], table[:, None]
    return ~((other <= one).all(axis=2) & (other < one).any(axis=2)).any(axis=0)


def some_table() -> pd.DataFrame:
    """Forty models with ties, equal rows and numbers that were not measured."""
    rng = np.random.default_rng(12)
    table = pd.DataFrame(rng.integers(1, 9, (40, 3)).astype(float), columns=["a", "b", "c"])
    return table.mask(rng.random(table.shape) < 0.1)


def some_limits(table: pd.DataFrame) -> list[list[float | None]]:
    """Limits in every column from none to too low, some of them equal to a model's number."""
    column = [[None, *table[name].quantile([0.3, 0.8], "lower")] for name in table]
    low = [0.5 * table[name].min() for name in table]
    return [*map(list, itertools.product(*column)), low, [None, low[1], None]]


def picked(table: pd.DataFrame, limits: list[float | None]) -> dict[str, list[int]]:
    """What stays, how many each limit excludes, and the best by each column (−1: none)."""
    costs = table.fillna(np.inf).to_numpy()
    meets = costs <= np.array([np.inf if most is None else most for most in limits])
    stays = meets.all(axis=1)
    ahead = table.reset_index(drop=True)[stays & on_the_front(costs)]
    best = [column.idxmin() if column.notna().any() else -1 for _, column in ahead.items()]
    return {"kept": stays, "excluded": (~meets).sum(axis=0), "best": best}


def picks() -> Iterator[tuple[str, str, np.ndarray]]:
    """Calls of *Pick your model*: the table, its front, and what limits leave of it."""
    shown = "START.values.map((row) => row.map((value) => value ?? -1))"
    yield "pick", shown, files_table().fillna(-1).to_numpy()
    for table in (files_table(), some_table()):
        values = given_by("pick", table)["values"]
        table = pd.DataFrame(values, columns=table.columns, dtype=float)
        ahead = on_the_front(table.fillna(np.inf).to_numpy())
        yield "pick", f"front({json.dumps(values)}).map(Number)", ahead.astype(float)
        limits = some_limits(table)
        found = [picked(table, some) for some in limits]
        for name, how in (
            ("kept", "kept({ values, limits }).map(Number)"),
            ("excluded", "excluded({ values, limits })"),
            ("best", "[0, 1, 2].map((by) => best({ values, limits, by }))"),
        ):
            each = f"{json.dumps(limits)}.map((limits) => {how})"
            call = f"((values) => {each})({json.dumps(values)})"
            yield "pick", call, np.array([one[name] for one in found], float)


def references() -> Iterator[tuple[str, str, np.ndarray]]:
    """Explorer, call and what it has to return."""
    yield from bowls()
    yield from pixels()
    yield from picks()


def bowls() -> Iterator[tuple[str, str, np.ndarray]]:
    """Calls of *Optimizers on a bowl*."""
    lesson = taught("04", *RULES.values(), "axes_at", "bowl", "path_of", "momentum_factor")
    for cases, path_of in ((BOWLS, keras_path), (USUAL, lessons_path)):
        for case in cases:
            names = ("rate", "memory", "condition", "angle", "start", "steps")
            asked = dict(zip(names, case[1:], strict=True))
            if path_of is keras_path:
                asked["beta2"] = EXACT_BETA_2
            path = path_of(lesson, case)
            yield "optimizers", f"pathOf({json.dumps(case[0])}, {json.dumps(asked)})", path
    H = lesson["bowl"](25, 30)
    yield "optimizers", "bowl(25, 30)", H
    yield "optimizers", "turned([-4, 1], 45)", lesson["axes_at"](45) @ [-4, 1]
    yield "optimizers", "height(bowl(25, 30), [-4, 1.5])", 0.5 * np.array([-4, 1.5]) @ H @ [-4, 1.5]
    grid = [(rate, mu, c) for rate in (0.1, 1, 2.5) for mu in (0, 0.44, 0.9) for c in (0.04, 1)]
    factors = np.array([lesson["momentum_factor"](*row) for row in grid])
    yield "optimizers", f"{json.dumps(grid)}.map((row) => factor(...row))", factors


def pixels() -> Iterator[tuple[str, str, np.ndarray]]:
    """Calls of *A loss by hand*."""
    pixels = json.dumps(PIXELS)
    for kind, wanted in keras_pixels().items():
        call = f"LOSSES.map((name) => {pixels}.map(([x, a]) => {kind}[name](x, a)))"
        yield "loss", call, wanted
    lesson = taught("03", "slopes", "steps_to_unlearn", "entr")
    xs = np.array([x for x, _ in PIXELS], float)
    floors = lesson["entr"](xs) + lesson["entr"](1 - xs)
    yield "loss", f"{pixels}.map(([x]) => floor(x))", floors
    counted = [
        [lesson["steps_to_unlearn"](lesson["slopes"][name], a) for a in (2.0, 8.0)]
        for name in ("MSE", "BCE")
    ]
    count = "(name, a) => { let n = 0; for (; a >= 0; n += 1) "
    count += "a = stepped(name, { target: 0, logit: a }); return n; }"
    yield "loss", f"LOSSES.map((name) => [2, 8].map((a) => ({count})(name, a)))", np.array(counted)


def stored() -> list[dict]:
    """The stored calls, each with its explorer and its value."""
    return json.loads(STORED.read_text(encoding="utf-8"))


def far(found: object, wanted: object) -> float:
    """The largest difference, as a share of the greatest number wanted (of 1, if it is less)."""
    found, wanted = np.array(found, float), np.array(wanted, float)
    assert found.shape == wanted.shape
    return float(np.abs(found - wanted).max() / max(1, np.abs(wanted).max()))


def written(value: np.ndarray) -> object:
    """A value with ten digits, for the file."""
    if np.ndim(value):
        return [written(part) for part in value]
    return float(f"{value:.10g}")


if __name__ == "__main__":
    calls = [
        {"explorer": explorer, "call": call, "value": written(value)}
        for explorer, call, value in references()
    ]
    lines = ",\n".join(json.dumps(call, ensure_ascii=False) for call in calls)
    table = document.written(given_by("pick", files_table()))
    (document.FOLDER / "pick" / "given.js").write_text(table, encoding="utf-8")
    STORED.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
