"""Right and wrong answers to the exercises of lesson 07."""

import numpy as np


def clipped(gradients, limit):
    length = sum((g**2).sum() for g in gradients) ** 0.5
    return [g * min(1, limit / length) for g in gradients]


def clipped_shorter(gradients, limit):
    length = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    return gradients if length <= limit else [limit / length * g for g in gradients]


def one_by_one(gradients, limit):
    return [g * min(1, limit / np.linalg.norm(g)) for g in gradients]


def always(gradients, limit):
    length = sum((g**2).sum() for g in gradients) ** 0.5
    return [g * limit / length for g in gradients]


def stop(errors, patience):
    best = 0
    for epoch in range(1, len(errors)):
        if errors[epoch] < errors[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best + 1, epoch + 1


def stop_by_slices(errors, patience):
    for end in range(1, len(errors) + 1):
        best = errors.index(min(errors[:end])) + 1
        if end - best >= patience:
            break
    return best, end


def from_zero(errors, patience):
    kept, end = stop(errors, patience)
    return kept - 1, end - 1


def hindsight(errors, patience):
    return errors.index(min(errors)) + 1, stop(errors, patience)[1]


def keeps_the_last(errors, patience):
    _, end = stop(errors, patience)
    return end, end


def no_new_start(errors, patience):
    worse = 0
    best = 0
    for epoch in range(1, len(errors)):
        if errors[epoch] < errors[best]:
            best = epoch
        else:
            worse += 1
        if worse >= patience:
            break
    return best + 1, epoch + 1


RIGHT = {
    "07.1": [
        lambda n, s, depth: (n**0.5 * s / 4) ** depth,
        lambda n, s, depth: (n * s**2 / 16) ** (depth / 2),
    ],
    "07.2": [10.15, 10, np.float64(10.14926)],
    "07.3": [
        lambda n, a: 2 / (n * (1 + a**2)),
        lambda n, a: 1 / (n * (0.5 + 0.5 * a * a)),
    ],
    "07.4": [clipped, clipped_shorter],
    "07.5": [stop, stop_by_slices],
}
WRONG = {
    "07.1": [
        (lambda n, s, depth: (n * s**2 / 16) ** depth, "size goes with the root"),
        (lambda n, s, depth: (n * s / 4) ** depth, "like √n"),
        (lambda n, s, depth: (s / 4) ** depth, "where is the width"),
        (lambda n, s, depth: (n**0.5 * s) ** depth, "slope of the logistic unit"),
        (lambda n, s, depth: n**0.5 * s / 4 * depth, "compound interest"),
        (lambda n, s, depth: (n**0.5 * s / 16) ** depth, "squared slope"),
        (lambda n, s, depth: (4 / (n**0.5 * s)) ** depth, "wrong way round"),
        (lambda n, s, depth: 1.0, "χ = n s²"),
    ],
    "07.2": [
        (4.0, "let q settle"),
        (103.0, "the standard deviation is asked for"),
        (1.0, "Glorot's rule"),
        (6.0, "until it settles"),
        (-10.13, "positive number"),
    ],
    "07.3": [
        (lambda n, a: (2 / (n * (1 + a**2))) ** 0.5, "standard deviation"),
        (lambda n, a: 2 / n, "what do the units with h < 0 add"),
        (lambda n, a: 2 / (n * (1 + a)), "enters as a²"),
        (lambda n, a: 1 / (n * (1 + a**2)), "weight ½"),
        (lambda n, a: (1 + a**2) / (2 * n), "wrong way round"),
        (lambda n, a: 2 / (n * (1 - a / 2)), "right for a = 0"),
    ],
    "07.4": [
        (one_by_one, "one length of all"),
        (lambda gradients, limit: [np.clip(g, -limit, limit) for g in gradients], "one length"),
        (always, "shorter than the limit must stay"),
        (lambda gradients, limit: gradients, "nothing was shortened"),
        (
            lambda gradients, limit: [
                g * min(1, limit / sum((h**2).sum() for h in gradients)) for g in gradients
            ],
            "square root is missing",
        ),
        (
            lambda gradients, limit: [
                g * min(1, limit / sum(np.linalg.norm(h) for h in gradients)) for g in gradients
            ],
            "lengths do not add up",
        ),
    ],
    "07.5": [
        (from_zero, "count from 1"),
        (hindsight, "never comes"),
        (keeps_the_last, "keep the best epoch"),
        (no_new_start, "starts the count anew"),
        (lambda errors, patience: stop(errors, patience - 1), "in a row"),
    ],
}
