"""Guesses and tasks: kind, exact, silent without a guess, and never an error for the reader."""

import numpy as np
import pandas as pd
import pytest

from helpers import CourseError, check


def said(capsys, guess, truth, **options) -> str:
    check.guess(guess, truth, **({"what": "the gain"} | options))
    return capsys.readouterr().out


@pytest.mark.parametrize("truth", [3.4, "Adam", True, ["SGD", "Adam"], float("nan")])
def test_no_guess_prints_nothing(truth, capsys):
    assert said(capsys, ..., truth) == ""


PERCENT = {"unit": "%"}
LOOK = "A surprise is worth a second look: "
NUMBERS = [
    (3.4, 3.4, {}, "You guessed 3.4 for the gain, and it is 3.4: exactly."),
    (5, 3.4, PERCENT, "{} 5 % {} 3.4 %: well guessed, within a factor of 1.47."),
    (1.7, 3.4, PERCENT, "{} 1.7 % {} 3.4 %: well guessed, within a factor of 2."),
    (3.41, 3.4, PERCENT, "{} 3.41 % {} 3.4 %: well guessed, within a factor of 1.01."),
    (10, 3.4, PERCENT, "{} 10 % {} 3.4 %. Your guess lies above it by a factor of 2.94: "),
    (1, 3.4, PERCENT, "{} 1 % {} 3.4 %. Your guess lies below it by a factor of 3.4: "),
    (10, 3.4, PERCENT | {"within": 3}, "{} 10 % {} 3.4 %: well guessed, within a factor of 2.94."),
    (-3, -6, {}, "{} -3 {} -6: well guessed, within a factor of 2."),
    (-3, -9, {}, "{} -3 {} -9. Your guess lies below it by a factor of 3: "),
    (3, -3, {}, "{} 3 {} -3. " + LOOK),
    (0, 3, {}, "{} 0 {} 3. " + LOOK),
    (3, 0, {}, "{} 3 {} 0. " + LOOK),
    (0, 0, {}, "{} 0 {} 0: exactly."),
    (3, np.inf, {}, "{} 3 {} inf. " + LOOK),
    (3, np.nan, {}, "{} 3 {} nan. " + LOOK),
    (20_000, 54_321, {"unit": "steps"}, "{} 20,000 steps {} 54,321 steps. Your guess lies below"),
    (np.int64(2), np.float32(2), {}, "{} 2 {} 2: exactly."),
]


@pytest.mark.parametrize(("guess", "truth", "options", "text"), NUMBERS)
def test_numbers(guess, truth, options, text, capsys):
    out = said(capsys, guess, truth, **options)
    assert out.startswith(text.format("You guessed", "for the gain, and it is"))
    assert out.count("\n") == 1 and out.rstrip()[-1] in ".?"


NAMES = [
    ("Adam", "Adam", {}, "You guessed Adam for the winner, and Adam it is."),
    (" adam", "Adam", {}, "You guessed Adam for the winner, and Adam it is."),
    ("sgd", "Adam", {}, "You guessed sgd for the winner, and it is Adam. " + LOOK),
    ("sgd", "Adam", {"choices": ["SGD", "Adam"]}, "You guessed SGD for the winner, and it is Ad"),
    (True, True, {}, "You guessed True for the winner, and True it is."),
    (np.False_, True, {}, "You guessed False for the winner, and it is True. " + LOOK),
    (
        "yes",
        np.True_,
        {},
        "Your guess for the winner cannot be compared: write one of True, False.",
    ),
    (1, "Adam", {}, "Your guess for the winner cannot be compared: write a name, between quotes."),
    ("Adm", "Adam", {"choices": ["SGD", "Adam"]}, "{} cannot be compared: write one of SGD, Adam."),
]


@pytest.mark.parametrize(("guess", "truth", "options", "text"), NAMES)
def test_names(guess, truth, options, text, capsys):
    out = said(capsys, guess, truth, what="the winner", **options)
    assert out.startswith(text.format("Your guess for the winner"))


RACE = ["Adam", "RMSprop", "momentum", "SGD"]
ORDERS = [
    (RACE, "You guessed the order, best first exactly: Adam, RMSprop, momentum, SGD."),
    (("adam", "rmsprop", "Momentum", "sgd"), "You guessed the order, best first exactly: "),
    (np.array(RACE), "You guessed the order, best first exactly: "),
    (RACE[::-1], "{} Of 6 pairs you have 0 the right way round."),
    (["RMSprop", "Adam", *RACE[2:]], "{} Of 6 pairs you have 5 the right way round."),
    *(
        (wrong, "Your guess for the order, best first cannot be compared: list each of Adam, RMS")
        for wrong in (RACE[:3], [*RACE, "Lion"], "Adam", 1, [], [1, 2, 3, 4], RACE[:3] + RACE[:1])
    ),
]


@pytest.mark.parametrize(("guess", "text"), ORDERS)
def test_orders(guess, text, capsys):
    out = said(capsys, guess, RACE, what="the order, best first")
    start = "For the order, best first it is Adam, RMSprop, momentum, SGD."
    assert out.startswith(text.format(start))


ODD = [
    *(None, float("nan"), "", "a" * 9_999, "two\nlines", 10**400, -(10**400), 1j, [], {}),
    *(print, object(), np.zeros((2, 2)), np.array("Adam"), pd.Series([1]), pd.NA, [None], [[1]]),
]


@pytest.mark.parametrize("place", range(len(ODD)))
@pytest.mark.parametrize("truth", [3.4, "Adam", True, RACE])
def test_no_guess_breaks_a_lesson(truth, place, capsys):
    out = said(capsys, ODD[place], truth)
    assert out.count("\n") == 1 and len(out) < 300


@pytest.mark.parametrize("truth", [None, {}, [1, 2], np.zeros(3), ...])
def test_truth_of_no_kind_is_the_authors_mistake(truth):
    with pytest.raises(CourseError, match=r"^A guess is compared with a number, a name or a list"):
        check.guess(1, truth, what="the gain")


# --- tasks ---------------------------------------------------------------------------------------


def test_task(capsys):
    for given in (..., 0.25, 0.5):
        check.task("template.a", given)
    stub, right, wrong = capsys.readouterr().out.splitlines()
    assert stub == "Task template.a: not done yet."
    assert right == "✓ Task template.a: right."
    assert wrong.startswith("✗ Task template.a: ") and wrong.endswith(".")


def test_task_with_the_stub_of_a_function(capsys):
    check.task("template.a", lambda: ...)
    assert capsys.readouterr().out.startswith("✗ Task template.a: your answer could not be checked")


@pytest.mark.parametrize("key", ["template.1", "template.b", "template", "", "99.a", None, 1.5])
def test_no_such_task(key):
    with pytest.raises(CourseError, match=r"^There is no (exercise or )?task .*\.$"):
        check.task(key, 1)


@pytest.mark.parametrize("key", ["template.a", "template.9", "", None])
def test_no_such_exercise(key):
    with pytest.raises(CourseError, match=r"^There is no exercise .*\.$"):
        check.answer(key, 1)
