"""Checkers for lesson 10, Repair a published autoencoder."""

import keras
import numpy as np

from helpers import data, measure
from helpers.training import train

BOUND = 20.0  # sq.err/image; PCA-32 has 12, the mean image 53
LETTERS = {"A": "slow averages", "B": "code too small", "C": "dead output", "D": "sound"}


def share_below_zero(given) -> str | None:
    """Squared error where the output is negative, over all of it."""
    if not callable(given):
        return "give a function of the images and the outputs."
    rng = np.random.default_rng(0)
    for _ in range(2):
        x, x_hat = rng.random((5, 4, 4, 1)), rng.uniform(-1, 1, (5, 4, 4, 1))
        squares, below = (x - x_hat) ** 2, x_hat < 0
        right = squares[below].sum() / squares.sum()
        got = np.asarray(given(x.copy(), x_hat.copy()), dtype=float)
        if got.shape != ():
            return "return one number: sum over the pixels that count, divided by the whole sum."
        known = (
            (100 * right, "that is per cent; a share lies between 0 and 1."),
            (below.mean(), "that is the share of the pixels; weigh them with their squared error."),
            (1 - right, "that is the share of all other pixels."),
            (squares[below].mean(), "divide the sum over those pixels by the sum over all."),
            (squares[below].sum(), "divide by the sum over all pixels."),
        )
        if np.isclose(got, right):
            continue
        for wrong, hint in known:
            if np.isclose(got, wrong):
                return hint
        return "sum (x − x_hat)² over the pixels with x_hat < 0, and divide by the sum over all."
    return None


def momentum_for_the_run(given) -> str | None:
    """m ** 128 < 0.01, and not so small that one batch decides."""
    momentum = float(given)
    if not 0 < momentum < 1:
        return "a momentum lies between 0 and 1."
    if momentum**128 >= 0.01:
        return f"after 128 steps {100 * momentum**128:.2g} % of the starting values are left."
    if momentum < 0.5:
        return "that forgets, but then the last batch or two decide alone; stay at 0.5 or above."
    return None


def _outputs(layer) -> int:
    return int(np.prod(layer.output.shape[1:]))


def mended(given) -> str | None:
    """The new patient without softmax, second rescaling and dropout; trained, and measured."""
    if not callable(given):
        return "give the function that builds the model, not a model."
    model = given()
    if not isinstance(model, keras.Model):
        return "your function must return a Keras model."
    if model.input_shape[1:] != (28, 28, 1) or model.output_shape[1:] != (28, 28, 1):
        return "images of (28, 28, 1) go in, and images of (28, 28, 1) must come out."
    if min(_outputs(layer) for layer in model.layers) > 32:
        return "the code must stay: somewhere at most 32 numbers pass."
    images = data.load("mnist", n=4_096, shape=(28, 28, 1))
    some = images.x_val[:64]
    out = measure.reconstruct(model, some)
    if np.allclose(out.reshape(64, -1).sum(axis=1), 1, atol=1e-3):
        return "look at the outputs of one image: they add up to 1, however much ink there is."
    if any(isinstance(layer, keras.layers.Rescaling) for layer in model.layers):
        return "print what reaches the first dense layer: the images are in [0, 1] already."
    if any(isinstance(layer, keras.layers.Dropout) for layer in model.layers):
        return "compare the two modes: while it trains, half the code is missing."
    adam = keras.optimizers.Adam(3e-3)
    how = {"loss": "binary_crossentropy", "optimizer": adam, "epochs": 3, "batch_size": 32}
    done = train(given, images.x_train, **how)
    x = images.x_val[:1_000]
    error = measure.sq_err(x, measure.reconstruct(done.model, x))
    if error < BOUND:
        return None
    return f"it ends at {error:.0f} sq.err/image, and a sound one gets below {BOUND:.0f} here."


def _lagging() -> tuple[keras.Model, np.ndarray]:
    """A small network whose moving averages are far behind."""
    rng = np.random.default_rng(0)
    layers = [keras.layers.Dense(8, "relu"), keras.layers.BatchNormalization()]
    model = keras.Sequential([keras.Input((6,)), *layers, keras.layers.Dense(6)])
    for weight in model.trainable_weights:
        if len(weight.shape) == 2:
            weight.assign(rng.normal(size=weight.shape).astype("float32"))
    x = (5 + 3 * rng.random((200, 6))).astype("float32")
    return model, x


def recalibrated(given) -> str | None:
    """Averages anew, by passes in training mode; no weight is trained."""
    if not callable(given):
        return "give a function of a model and images."
    model, x = _lagging()
    before = [weight.numpy().copy() for weight in model.trainable_weights]
    saved = model.get_weights()
    aim = np.asarray(model(x, training=True))
    model.set_weights(saved)
    lag = np.abs(np.asarray(model(x, training=False)) - aim).mean()
    result = given(model, x.copy())
    if not isinstance(result, keras.Model):
        return "return the model."
    moved = any(
        np.abs(w.numpy() - b).max() > 1e-6
        for w, b in zip(result.trainable_weights, before, strict=True)
    )
    if moved:
        return "weights were trained; only the moving averages should move."
    left = np.abs(np.asarray(result(x, training=False)) - aim).mean() / lag
    if left < 0.1:
        return None
    if left > 0.99:
        return "nothing moved: the averages move only in calls with training=True."
    return f"on the way: {100 * left:.0f} % of the gap between the modes is left; go on."


def read_letters(given) -> str | None:
    """Four runs, told by two modes and two lines."""
    if not isinstance(given, dict) or set(given) != set(LETTERS):
        return "give a dict with the letters A, B, C and D."
    wrong = [letter for letter, fault in LETTERS.items() if given[letter] != fault]
    if not wrong:
        return None
    unknown = [str(v)[:30] for v in given.values() if v not in LETTERS.values()]
    if unknown:
        return f"there is no {unknown[0]!r} among the four diagnoses."
    hints = {
        "A": "in A the two modes disagree.",
        "B": "in B the modes agree, between two of the lines.",
        "C": "in C both modes are above the mean image.",
        "D": "in D both modes are below every line.",
    }
    return f"look again at {', '.join(wrong)}: {hints[wrong[0]]}"


def _cases() -> list[tuple[keras.Model, set[str]]]:
    layers = keras.layers

    def net(*parts):
        return keras.Sequential([keras.Input((8, 8, 1)), *parts])

    def conv(last, channels=1):
        below = "zeros" if last != "tanh" else keras.initializers.Constant(-1.0)
        how = {"padding": "same", "activation": last, "bias_initializer": below}
        return layers.Conv2D(channels, 3, **how)

    norm = [layers.BatchNormalization(), layers.Activation("sigmoid")]
    blind = layers.Dense(64, "sigmoid", kernel_initializer="zeros", bias_initializer="normal")
    return [
        (net(conv("sigmoid")), set()),
        (net(conv("sigmoid", 3)), {"shape"}),
        (net(conv("tanh")), {"range"}),
        (net(conv(None), *norm), {"modes"}),
        (net(layers.Flatten(), blind, layers.Reshape((8, 8, 1))), {"constant"}),
        (net(layers.Dropout(0.5), conv("tanh")), {"range", "modes"}),
    ]


def check_up(given) -> str | None:
    """Names of faults that need no training to be seen."""
    if not callable(given):
        return "give a function of a model and images."
    x = np.random.default_rng(0).random((16, 8, 8, 1)).astype("float32")
    about = {
        "shape": "an output of another shape than the images",
        "range": "an output outside [0, 1]",
        "modes": "a model whose two modes differ",
        "constant": "a model that gives the same picture for every image",
    }
    for model, faults in _cases():
        found = set(given(model, x))
        if missed := sorted(faults - found):
            return f"it missed {about[missed[0]]}."
        if extra := sorted(str(name) for name in found - faults):
            kind = " and ".join(sorted(faults)) or "nothing"
            return f"it reports {extra[0][:20]!r} of a model that has {kind}."
    return None


CHECKERS = {
    "10.a": share_below_zero,
    "10.b": momentum_for_the_run,
    "10.1": mended,
    "10.2": recalibrated,
    "10.3": read_letters,
    "10.4": check_up,
}
