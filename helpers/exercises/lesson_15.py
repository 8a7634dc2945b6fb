"""Checkers for lesson 15, Detect the unusual."""

import numpy as np

from helpers.exercises import close


def pairs_by_hand(given) -> str | None:
    """Errors 1, 3 against 2, 4, 5: one wrong pair of six."""
    wrong = float(given)
    if close(wrong, 100 / 6, 0.01):
        return None
    if close(wrong, 1) or close(wrong, 1 / 6, 0.01):
        return "the right count: one of six pairs. In a hundred?"
    if close(wrong, 500 / 6, 0.01) or close(wrong, 5 / 6, 0.01):
        return "these are the pairs in the right order, the AUROC; asked are the wrong ones."
    return "2 × 3 pairs: in how many has the normal image the higher error?"


def far_on_the_axis(given) -> str | None:
    """30 away along an axis of variance 9: error 0, d² = 900 / 9."""
    error, distance = float(given[0]), float(given[1])
    if error != 0:
        return "the image lies in the plane, and line 2 of the proof says what PCA does with it."
    if close(distance, 100):
        return None
    if close(distance, 10):
        return "that is d; asked is its square."
    if close(distance, 30) or close(distance, 900):
        return "in units of the spread: divide by the variance."
    if close(distance, 900 / 81, 1e-3):
        return "9 is the variance already: divide 30² by it, not by its square."
    return "d² = (z − z̄)² / variance, along a single axis."


SHIFTED = ((7.0, 30.0), (35.0, 75.0))  # per cent of alarms after one pixel, after two


def shifts(given) -> str | None:
    """Alarms at a threshold of 95 %, one and two pixels to the right."""
    one, two = float(given[0]), float(given[1])
    if max(one, two) <= 1:
        return "give per cent, not shares."
    if two < one:
        return "two pixels cannot cost less than one: is the first number that of one pixel?"
    (low, high), (low_two, high_two) = SHIFTED
    if one < low and abs(one - 5) < 2:
        return "five per cent is what unmoved images give: np.roll along the columns, axis 2?"
    if not low <= one <= high:
        return "after one pixel: the threshold is the 95 % quantile of the errors of `v_usual`."
    if not low_two <= two <= high_two:
        return "one pixel is right; for two, move the unmoved images by two."
    return None


SETTLED = 2.0  # mean error after fifty copies is far below


def fed_back(given) -> str | None:
    """The error of the images that fifty copies of copies end with: close to zero."""
    error = float(given)
    if error < 0:
        return "an error is a sum of squares."
    if error < SETTLED:
        return None
    if error < 25:
        return "as with eights, but not yet settled: fifty times, each from the last copy?"
    return "that is the error of clothes, or between first and last image: take error_of(end)."


def guarantee(given) -> str | None:
    """The ⌈(n + 1)(1 − rate)⌉-th smallest score, or infinity."""
    if not callable(given):
        return "give a function of scores and rate."
    scores = np.random.default_rng(0).permutation(np.arange(1.0, 100.0))
    got = float(given(scores.copy(), 0.05))
    if got in (5.0, 4.0):
        return "that is at the low end: the k-th *smallest*, with k near n."
    if got == 94.0 or 94.0 < got < 95.0:
        return "one rank short: with k = 94 of 99 the chance is 6 in 100. Count n + 1 places."
    if got > 95.0:
        return "safe, but not the smallest: with k = 95 of 99 the chance is exactly 5 in 100."
    if got != 95.0:
        return "of the scores 1 to 99, shuffled, and 5 % it should be 95: are they sorted?"
    if given(np.arange(1.0, 11.0), 0.05) != np.inf:
        return "ten scores can promise 1 in 11 at best: for 5 % return np.inf."
    if float(given(np.arange(1.0, 11.0), 0.1)) != 10.0:
        return "ten scores, 10 %: the largest promises 1 in 11, which is enough."
    if float(given(np.arange(1.0, 20.0), 0.05)) != 19.0:
        return "nineteen scores, 5 %: the largest promises exactly 1 in 20. Rounding errors?"
    return None


IDENTITY = ((1.5, 6.0), (28.0, 42.0))  # wrong pairs with 32 components and with 600


def identity(given) -> str | None:
    """PCA of clothes against digits: 3 wrong pairs at 32 components, 35 at 600."""
    small, large = float(given[0]), float(given[1])
    if max(small, large) <= 1:
        return "in a hundred pairs, not as a share."
    if small > 80:
        return "those are the pairs in the right order: wrong_pairs(usual, unusual), clothes first."
    if small > large:
        return "the other way round: first 32 components, then 600."
    (low, high), (low_large, high_large) = IDENTITY
    if not low <= small <= high:
        return "at 32: PCA learns `clothes`; then wrong_pairs of `v_clothes` and `digits`."
    if not low_large <= large <= high_large:
        return "32 is right; at 600: the same with another size, clipped like the first?"
    return None


CLEANED = ((12.0, 32.0), 0.92)  # wrong pairs before; after / before at most


def cleaned(given) -> str | None:
    """Ten per cent dirt among the eights, before and after dropping the strangest 15 %."""
    before, after = float(given[0]), float(given[1])
    (low, high), most = CLEANED
    if max(before, after) <= 1:
        return "in a hundred pairs, not as a share."
    if not low <= before <= high:
        return "before: train on with_dirt('mnist', 8, 10), and count with the plain error."
    if after > before:
        return "cleaning should help: were the *highest* relative errors dropped?"
    if after > most * before:
        return "hardly better: drop 15 % by error / (1 + ink), then train anew on the rest."
    return None


CHECKERS = {
    "15.a": pairs_by_hand,
    "15.b": far_on_the_axis,
    "15.1": shifts,
    "15.2": fed_back,
    "15.3": guarantee,
    "15.4": identity,
    "15.5": cleaned,
}
