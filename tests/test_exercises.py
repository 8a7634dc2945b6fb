"""The checkers accept every right way of writing an answer and give wrong ones the hint they need.

For each exercise: right answers, then wrong ones, each with a few words of the hint it must get.
"""

import importlib
import inspect
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

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
        (lambda X, W: tied(X, W) / 2, "the factor is not (yours is 0.5"),
        (lambda X, W: tied(X, W) * len(X), "the factor is not (yours is 11"),
        (lambda X, W: tied(X, W).T, "must have the shape of W, (6, 2), not (2, 6)"),
        (lambda X, W: tied(X, W) + W, "mind a transpose"),
        (lambda X, W: None, "must have the shape of W"),
        (np.ones((6, 2)), "give a function of X and W"),
    ],
    "01.3": [
        (smallest_off_by_one, "one too few"),
        (smallest_with_strict_inequality, "one too many"),
        (lambda variances, share: share * sum(variances), "need 2 directions, yours says 6.5"),
        (lambda variances, share: None, "yours says None"),
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
    "template.1": [
        (0.01, "the error which remains"),
        (0.3, "square the two distances"),
        (7, "compare"),
    ],
}


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
