"""Right and wrong answers to the exercises and tasks of lesson 02."""

from functools import cache

import numpy as np

from helpers import data

inv = np.linalg.inv


def axes_of_the_reconstructions(X, W_E, W_D):
    return np.linalg.svd(X @ W_E @ W_D, full_matrices=False)[2][: W_D.shape[0]]


def axes_inside_the_subspace(X, W_E, W_D):
    basis = np.linalg.qr(W_D.T)[0]
    inside = X @ basis
    turn = np.linalg.eigh(inside.T @ inside)[1][:, ::-1]
    return (basis @ turn).T


def axes_by_covariance(X, W_E, W_D):
    X_hat = X @ W_E @ W_D
    return np.linalg.eigh(X_hat.T @ X_hat)[1][:, ::-1][:, : W_D.shape[0]].T


def axes_of_the_decoder(X, W_E, W_D):
    return np.linalg.svd(W_D, full_matrices=False)[2]


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


@cache
def pca_128():
    """Mean, standard deviations and directions of the lesson's default images."""
    x = data.load("mnist", n=10_240).x_train.astype("float64")
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    return x, mean, values[::-1][:128] ** 0.5, vectors[:, ::-1][:, :128]


def encoder(x, training=False):
    _, mean, deviations, vectors = pca_128()
    return (np.asarray(x, "float64") - mean) @ vectors / deviations


def clipped_pca(z, training=False):
    _, mean, deviations, vectors = pca_128()
    return ((z * deviations) @ vectors.T + mean).clip(0, 1)


def features(z):
    """PCA's numbers and 500 random hinges of them."""
    rng = np.random.default_rng(0)
    hinges = z @ rng.normal(size=(128, 500)) / 128**0.5 + rng.uniform(-1, 1, 500)
    return np.hstack([z, np.maximum(hinges, 0), np.ones((len(z), 1))])


@cache
def readout():
    x = pca_128()[0]
    seen = features(encoder(x))
    price = np.r_[np.full(128, 0.1), np.full(500, 100.0), 0.1]
    return np.linalg.solve(seen.T @ seen + np.diag(price), seen.T @ x)


def hinged(z, training=False):
    """A nonlinear decoder that needs no training: least squares on random hinges."""
    return (features(z) @ readout()).clip(0, 1)


RIGHT = {
    "02.a": [5, 3 + 2, np.float64(5)],
    "02.b": [
        lambda A, D: inv(A) @ D,
        lambda A, D: np.linalg.solve(A, D),
        lambda A, D: np.linalg.pinv(A).dot(D),
    ],
    "02.1": [axes_of_the_reconstructions, axes_inside_the_subspace, axes_by_covariance],
    "02.2": [tied, tied_through_scatter, tied_by_differences, tied_by_tape],
    "02.3": [2.4, np.float64(2.5)],
    "02.4": [(encoder, hinged), [encoder, hinged]],
}

WRONG = {
    "02.a": [(6, "the variance it keeps"), (3, "PCA's choice"), (2, "add up the eigenvalues")],
    "02.b": [
        (lambda A, D: D, "the code has changed"),
        (lambda A, D: A.T @ D, "only if A is a rotation"),
        (lambda A, D: A @ D, "must undo what A did"),
        (lambda A, D: D @ A, "the shapes do not fit"),
        (lambda A, D: (inv(A) @ D).T, "the shape of the old one"),
        (lambda A, D: inv(A).T @ D, "between A and W_D"),
        (np.eye(3), "give a function"),
    ],
    "02.1": [
        (axes_of_the_decoder, "the decoder's own SVD says nothing"),
        (lambda X, E, D: D, "one basis among infinitely many"),
        (lambda X, E, D: axes_of_the_reconstructions(X, E, D).T, "transpose"),
        (lambda X, E, D: axes_of_the_reconstructions(X, E, D)[::-1], "the weakest first"),
        (lambda X, E, D: 2 * axes_of_the_reconstructions(X, E, D), "divide each axis"),
        (lambda X, E, D: np.linalg.svd(X)[2], "keep the first k"),
        (lambda X, E, D: np.linalg.svd(X)[2][:3], "PCA of X, whatever was learned"),
        (lambda X, E, D: E.T, "which directions does it vary in most"),
        (lambda X, E, D: X @ E, "the axes have the shape (3, 7)"),
        (np.eye(3), "give a function"),
    ],
    "02.2": [
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
    "02.3": [(0, "must be above 0"), (0.3, "too weak: 8 of"), (4.0, "too strong: only 1 of")],
    "02.4": [
        ((encoder, clipped_pca), "close: its validation error is"),
        ((lambda x, training=False: x, lambda z, training=False: z), "128 numbers, and yours"),
        ((encoder, lambda z, training=False: 0.5 * clipped_pca(z)), "are its weights trained"),
        ((encoder, lambda z, training=False: 0.9 * clipped_pca(z)), "more steps, a rate"),
        (encoder, "two models in a tuple"),
    ],
}
