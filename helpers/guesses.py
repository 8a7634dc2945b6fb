"""Compare a reader's guess with what came out, kindly; without a guess, say nothing."""

from itertools import combinations
from numbers import Real

import numpy as np

from helpers.errors import CourseError, quoted
from helpers.say import say


def guess(
    guess,
    truth,
    *,
    what: str,
    unit: str = "",
    within: float = 2.0,
    choices: list[str] | None = None,
) -> None:
    """Print how near a guess came. Nothing is printed while the guess is the stub's ``...``.

    Whatever a reader writes is answered in a sentence, never with an error: a guess cannot break
    a lesson, and no result depends on it.

    Parameters
    ----------
    guess: what the reader wrote: a number, a name, or a list of names in an order.
    truth: what came out, of the same kind; it decides how the two are compared.
    what: names the thing in the sentence, as in "the gain" or "the order, best first".
    unit: of a number, written after it: "%", "steps".
    within: numbers up to this factor apart count as well guessed.
    choices: all names that could have been guessed, where ``truth`` is one.

    Raises
    ------
    CourseError: ``truth`` is neither a number, a name, nor a list of names.
    """
    if guess is ...:
        return
    if isinstance(truth, np.generic):
        truth = truth.item()
    if isinstance(truth, str | bool):
        say(_name(guess, truth, what, choices))
    elif isinstance(truth, Real):
        say(_number(guess, float(truth), what, unit, within))
    elif isinstance(truth, list | tuple) and all(isinstance(name, str) for name in truth):
        say(_order(guess, list(truth), what))
    else:
        raise CourseError(
            f"A guess is compared with a number, a name or a list of names, not {quoted(truth)}."
        )


def _number(guess, truth: float, what: str, unit: str, within: float) -> str:
    try:
        guess = float("nan" if isinstance(guess, bool | str) else guess)
    except (TypeError, ValueError, OverflowError):
        guess = float("nan")
    if np.isnan(guess):
        return f"Your guess for {what} cannot be compared: write a number, such as 10."
    said = f"You guessed {_written(guess, unit)} for {what}, and it is {_written(truth, unit)}"
    if guess == truth:
        return f"{said}: exactly."
    if not np.isfinite([guess, truth]).all() or guess * truth <= 0:
        return f"{said}. A surprise is worth a second look: where does the difference come from?"
    ratio = abs(guess / truth)
    factor = max(ratio, 1 / ratio)
    if factor <= within:
        return f"{said}: well guessed, within a factor of {max(factor, 1.01):.3g}."
    side = "above" if ratio > 1 else "below"
    return f"{said}. Your guess lies {side} it by a factor of {factor:.3g}: what did it leave out?"


def _written(number: float, unit: str) -> str:
    digits = f"{number:,.0f}" if 1_000 <= abs(number) < 1e9 else f"{number:.3g}"
    return f"{digits} {unit}".strip()


def _name(guess, truth: str | bool, what: str, choices: list[str] | None) -> str:
    if isinstance(truth, bool):
        choices = ["True", "False"]
    known = {str(name).casefold(): str(name) for name in choices or []}
    given = str(guess).strip() if isinstance(guess, str | bool | np.bool_) else ""
    if not given or (known and given.casefold() not in known):
        wanted = f"one of {', '.join(known.values())}" if known else "a name, between quotes"
        return f"Your guess for {what} cannot be compared: write {wanted}."
    given = known.get(given.casefold(), quoted(given)[1:-1])
    if given.casefold() == str(truth).casefold():
        return f"You guessed {truth} for {what}, and {truth} it is."
    return (
        f"You guessed {given} for {what}, and it is {truth}. "
        "A surprise is worth a second look: what speaks for yours, and what outweighed it?"
    )


def _order(guess, truth: list[str], what: str) -> str:
    wanted = sorted(name.casefold() for name in truth)
    given = [str(name).strip().casefold() for name in guess] if _is_list(guess) else []
    if sorted(given) != wanted:
        listed = ", ".join(sorted(truth))
        return f"Your guess for {what} cannot be compared: list each of {listed} once."
    if given == [name.casefold() for name in truth]:
        return f"You guessed {what} exactly: {', '.join(truth)}."
    place = {name: given.index(name.casefold()) for name in truth}
    pairs = list(combinations(truth, 2))
    right = sum(place[first] < place[second] for first, second in pairs)
    return (
        f"For {what} it is {', '.join(truth)}. "
        f"Of {len(pairs)} pairs you have {right} the right way round."
    )


def _is_list(guess) -> bool:
    return isinstance(guess, list | tuple) or (isinstance(guess, np.ndarray) and guess.ndim > 0)
