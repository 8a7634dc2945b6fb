"""Checkers for lesson 13, Put the code to work."""

import functools

import numpy as np

from helpers import data, measure
from helpers.training import train

FOUR, SIXTEEN = 71.9, 89.9  # per cent, measured in the solutions


def by_chance(given) -> str | None:
    """One in ten."""
    share = float(given)
    if abs(share - 0.1) < 0.003:
        return None
    if abs(share - 10) < 0.3:
        return "that is per cent; precision is a share, from 0 to 1."
    if abs(share - 1) < 0.01:
        return "that is the expected number of hits among ten; divide by ten."
    return "whatever the query, which share of the collection has its class?"


def largest_lead(given) -> str | None:
    """Of k-NN by the code over k-NN by pixels, on digits: at 100 labels."""
    count = float(given)
    if count == 100:
        return None
    if count == 5_000:
        return "there the interval is short, and the lead about a point; look for the highest mark."
    if count in (10, 30, 300, 1_000):
        return "there is a higher mark; read the lower left panel, the code's."
    return "give one of the numbers of labels on the axis."


@functools.lru_cache(maxsize=1)
def _two_searches() -> tuple[list, list]:
    rng = np.random.default_rng(0)
    pixels = rng.random((60, 12))
    codes = pixels @ rng.normal(size=(12, 3))
    asked = rng.random((5, 12))
    return [codes, pixels], [asked @ np.linalg.lstsq(pixels, codes, rcond=None)[0], asked]


def _nearest(rows, query, k):
    return np.argsort(((rows - query) ** 2).sum(axis=1), kind="stable")[:k]


def two_stages(given) -> str | None:
    """A shortlist by code, put in order by pixels."""
    if not callable(given):
        return "give a function (codes, pixels, code, image, m, k)."
    (codes, pixels), (asked_codes, asked) = _two_searches()
    for code, image in zip(asked_codes, asked, strict=True):
        for m, k in ((15, 4), (60, 5), (4, 4)):
            short = _nearest(codes, code, m)
            right = short[_nearest(pixels[short], image, k)]
            got = np.asarray(given(codes.copy(), pixels.copy(), code, image, m, k))
            if got.shape != (k,):
                return f"return the places of {k} images, not something of shape {got.shape}."
            if np.array_equal(got, right):
                continue
            if np.array_equal(got, _nearest(pixels[short], image, k)):
                return "these are places within the shortlist; return places in the collection."
            if np.array_equal(got, short[:k]):
                return "that is the order by code; the pixels should decide inside the shortlist."
            if np.array_equal(got, _nearest(pixels, image, k)):
                return "that searches all pixels; only the m nearest by code may be looked at."
            if sorted(got) == sorted(right):
                return "the right images, in another order: nearest first, please."
            return "take the m nearest by code, and of these the k nearest by pixels."
    return None


def _correlated():
    rng = np.random.default_rng(1)
    mix = np.array([[3.0, 0, 0], [2.0, 1.0, 0], [0.5, -1.0, 0.2]])
    return rng.normal(size=(500, 3)) @ mix.T + 4, 0.5 * rng.normal(size=(200, 3)) @ mix.T + 5


def whitened(given) -> str | None:
    """Mean zero and covariance one on the training codes; the same map for the others."""
    if not callable(given):
        return "give a function of the training codes and the others."
    seen, others = _correlated()
    got = given(seen.copy(), others.copy())
    if not isinstance(got, list | tuple) or len(got) != 2:
        return "return two arrays: the training codes and the others, both whitened."
    first, second = (np.asarray(part, float) for part in got)
    if first.shape != seen.shape or second.shape != others.shape:
        return "the shapes must stay as they are."
    if np.abs(first.mean(axis=0)).max() > 1e-3:
        return "the training codes must have mean zero."
    cov = np.cov(first.T)
    if np.abs(np.diag(cov) - 1).max() > 0.02:
        return "after it, every column of the training codes must have variance one."
    if np.abs(cov - np.eye(3)).max() > 0.02:
        return "each column has variance one, but the columns still go together: rotate first."
    centred = seen - seen.mean(axis=0)
    means = (others - seen.mean(axis=0)) @ np.linalg.lstsq(centred, first, rcond=None)[0]
    if np.abs(second - means).max() > 1e-3:
        return "treat the others with the mean and the map of the *training* codes."
    return None


@functools.lru_cache(maxsize=1)
def _shifted() -> dict[str, float]:
    """Precision at 10 for queries as they are and shifted, by pixels and by code, in per cent."""
    import keras
    from sklearn.neighbors import NearestNeighbors

    def through_code():
        dense = keras.layers.Dense
        encoder = keras.Sequential([keras.Input((784,)), dense(128, "relu"), dense(32)])
        decoder = [keras.Input((32,)), dense(128, "relu"), dense(784, "sigmoid")]
        return keras.Sequential([encoder, keras.Sequential(decoder)])

    images = data.load("mnist", n=10_240)
    adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1.07e-2, 800))
    how = {"loss": "binary_crossentropy", "batch_size": 128, "epochs": 10, "optimizer": adam}
    encoder = train(through_code, images.x_train, **how).model.layers[0]
    asked = images.x_val[:2_000]
    moved = np.roll(asked.reshape(-1, 28, 28), 2, axis=2).reshape(asked.shape)
    found = {}
    for name, view in (("pixels", np.asarray), ("code", lambda x: measure.reconstruct(encoder, x))):
        search = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(view(images.x_train))
        for how_asked, x in (("", asked), (" shifted", moved)):
            near = search.kneighbors(view(x), return_distance=False)
            same = images.y_train[near] == images.y_val[:2_000, None]
            found[name + how_asked] = 100 * float(same.mean())
    return found


def shifted(given) -> str | None:
    """(pixels, code) after a shift of two pixels, in per cent."""
    pixels, code = map(float, given)
    truth = _shifted()
    if max(pixels, code) <= 1:
        return "give per cent."
    right = truth["pixels shifted"], truth["code shifted"]
    if abs(pixels - right[0]) < 1.5 and abs(code - right[1]) < 4:
        return None
    if abs(pixels - truth["pixels"]) < 1.5 and abs(code - truth["code"]) < 4:
        return "that is as without a shift: move the queries, and leave the collection in place."
    return "shift the queries by two columns (np.roll of 28 × 28 images), and search again."


def short_codes(given) -> str | None:
    """Precision at 10 by codes of 4 and of 16 numbers, in per cent."""
    four, sixteen = map(float, given)
    if max(four, sixteen) <= 1:
        return "give per cent."
    if four > sixteen:
        return "the other way round: 4 numbers first, then 16."
    if abs(four - FOUR) < 6 and abs(sixteen - SIXTEEN) < 2:
        return None
    if abs(four - sixteen) < 0.5:
        return "the same number twice: was a network trained for each size?"
    return (
        "ten passes over the 10,240 images, the rate falling from 1.07e-2, and the nearest codes "
        "of the training images."
    )


CHECKERS = {
    "13.a": by_chance,
    "13.b": largest_lead,
    "13.1": shifted,
    "13.2": short_codes,
    "13.3": two_stages,
    "13.4": whitened,
}
