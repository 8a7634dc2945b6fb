"""Right and wrong answers to the exercises of lesson 01."""

from itertools import pairwise

import numpy as np

inv = np.linalg.inv


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


def count(k):
    return sum(a * b + b for a, b in pairwise([784, 128, k, 128, 784]))


def count_with_keras(k):
    import keras

    dense = keras.layers.Dense
    layers = [dense(128), dense(k), dense(128), dense(784)]
    return keras.Sequential([keras.Input((784,)), *layers]).count_params()


def half(k):
    return 784 * 128 + 128 + 128 * k + k


RIGHT = {
    "01.1": [0.0128 * 784, 10.04, np.float64(10.035)],
    "01.2": [tied, tied_through_scatter, tied_by_differences, tied_by_tape],
    "01.3": [smallest, smallest_by_counting, smallest_by_argmax],
    "01.4": [count, lambda k: 201_744 + 257 * k, count_with_keras],
    "01.5": [
        lambda E, D, A: (E @ A, inv(A) @ D),
        lambda E, D, A: (E @ A, np.linalg.solve(A, D)),
        lambda E, D, A: [np.dot(E, A), np.linalg.pinv(A).dot(D)],
    ],
}

WRONG = {
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
}
