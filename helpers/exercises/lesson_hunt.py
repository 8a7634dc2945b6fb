"""Checkers for the extra "Find the bug in this Adam"."""

from collections.abc import Callable

import numpy as np


def _letters(given) -> str:
    """The letters of an answer, in order: "d", "D", ["D"] and ("D",) are the same."""
    text = given if isinstance(given, str) else "".join(map(str, given))
    return "".join(sorted(letter for letter in text.upper() if letter.isalpha()))


def innocent(given) -> str | None:
    """Only D passes a constant gradient, silence and another unit."""
    if not isinstance(given, str | list | tuple | set) or not _letters(given):
        return 'give letters, such as "AB".'
    letters = _letters(given)
    if letters == "D":
        return None
    if set(letters) - set("ABCDEFGH") or len(set(letters)) < len(letters):
        return "the suspects are A to H, each named once."
    if "E" in letters:
        return "E keeps to η, and yields no number for a weight without gradient."
    if "B" in letters:
        return "B yields no number at all."
    return "look at the figure once more: whose steps lie on the grey line all the way?"


def without_hats(given) -> str | None:
    """F steps along m/√v as they are."""
    if not isinstance(given, str) or len(given.strip()) != 1:
        return 'give one letter, such as "A".'
    letter = given.strip().upper()
    if letter == "F":
        return None
    if letter == "H":
        return "H has a hat on m."
    if letter == "A":
        return "A has hats, of the wrong form."
    return "look for a step in which no power of t occurs."


def _adam(update=None, step=None) -> Callable:
    """An Adam whose memory or step may be another one."""

    def means(m, v, g):
        return 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2

    def right(w, m, v, t, rate):
        return w - rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    def rule(w, g, state, rate):
        m, v, t = state or (0, 0, 0)
        m, v = (update or means)(m, v, g)
        return (step or right)(w, m, v, t + 1, rate), (m, v, t + 1)

    return rule


def _hats(m, v, t):
    return m / (1 - 0.9**t), np.sqrt(v / (1 - 0.999**t))


def _keras_form(w, m, v, t, rate):
    size = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return w - size * m / (np.sqrt(v) + 1e-7)


RIGHT_ONES = [_adam(), _adam(step=_keras_form)]
WRONG_ONES = {  # what it lets pass, and the rule
    "whose step is uphill": _adam(
        step=lambda w, m, v, t, r: w + r * _hats(m, v, t)[0] / (_hats(m, v, t)[1] + 1e-8)
    ),
    "without hats": _adam(step=lambda w, m, v, t, r: w - r * m / (np.sqrt(v) + 1e-8)),
    "without a hat on v": _adam(
        step=lambda w, m, v, t, r: w - r * m / (1 - 0.9**t) / (np.sqrt(v) + 1e-8)
    ),
    "without a hat on m": _adam(step=lambda w, m, v, t, r: w - r * m / (_hats(m, v, t)[1] + 1e-8)),
    "with (1 − β)^t for 1 − β^t": _adam(
        step=lambda w, m, v, t, r: w - r * m / 0.1**t / (np.sqrt(v / 0.001**t) + 1e-8)
    ),
    "with β₁ for β₂": _adam(update=lambda m, v, g: (0.9 * m + 0.1 * g, 0.9 * v + 0.1 * g**2)),
    "whose v lacks (1 − β₂)": _adam(update=lambda m, v, g: (0.9 * m + 0.1 * g, 0.999 * v + g**2)),
    "that divides 0 by 0 where a weight has no gradient": _adam(
        step=lambda w, m, v, t, r: w - r * _hats(m, v, t)[0] / _hats(m, v, t)[1] + 1e-8
    ),
    "that depends on the unit of the loss, for lack of a root": _adam(
        step=lambda w, m, v, t, r: w - r * _hats(m, v, t)[0] / (_hats(m, v, t)[1] ** 2 + 1e-8)
    ),
    "that forgets m: it steps along the last gradient alone": _adam(
        update=lambda m, v, g: ((1 - 0.9) * g, 0.999 * v + 0.001 * g**2),
        step=lambda w, m, v, t, r: w - r * m / 0.1 / (_hats(m, v, t)[1] + 1e-8),
    ),
}


def is_adam(given) -> str | None:
    """A test of a rule: True for right ones, False for wrong ones."""
    if not callable(given):
        return "give a function of a rule that returns True or False."

    def verdict(rule) -> object:
        with np.errstate(all="ignore"):
            return given(rule)

    if not isinstance(verdict(RIGHT_ONES[0]), bool | np.bool_):
        return "it must return True or False."
    if not verdict(RIGHT_ONES[0]):
        return "it convicts an innocent: Algorithm 1 with ε = 1e-8, exactly as in the paper."
    if not verdict(RIGHT_ONES[1]):
        return "it convicts an innocent: Keras's form, which differs by rounding and ε alone."
    for what, rule in WRONG_ONES.items():
        if verdict(rule):
            return f"it lets one pass {what}."
    return None


def mended(given) -> str | None:
    """The three mistakes: v from m, t too late, ε outside the denominator."""
    if not callable(given):
        return "give the mended function itself."
    grads = np.random.default_rng(11).normal(size=(30, 20)) * np.geomspace(1e-3, 10, 20)
    grads[:, 0] = 0  # a weight without gradient
    start = np.linspace(-1, 1, 20)

    def run(rule) -> np.ndarray:
        w, state, path = start.copy(), 0, []
        with np.errstate(all="ignore"):
            for g in grads:
                w, state = rule(w, g.copy(), state, 0.01)
                path.append(np.asarray(w, dtype=float))
        return np.array(path)

    got = run(given)
    if got.shape != grads.shape:
        return f"w must keep its shape, {start.shape}."
    if np.allclose(got, run(RIGHT_ONES[0]), atol=1e-4):
        return None
    if not np.isfinite(got[0, 1:]).all():
        return "its first step is no number: with t = 0 the hats divide by 0."
    if not np.isfinite(got[:, 0]).all():
        return "a weight without gradient yields no number: ε belongs to the denominator."
    from_m = _adam(
        update=lambda m, v, g: (
            0.9 * m + 0.1 * g,
            0.999 * v + 0.001 * (0.9 * m + 0.1 * g) ** 2,
        )
    )
    if np.allclose(got, run(from_m), atol=1e-4):
        return "v is still a mean of m², and should be one of g²."
    inside = _adam(
        step=lambda w, m, v, t, r: w - r * m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + 1e-7)
    )
    if np.allclose(got, run(inside), atol=1e-5):
        return "inside the root, ε acts like √ε: add it after the root is taken."
    return "it is another rule than Algorithm 1: compare the first step with η, and the later ones."


CHECKERS = {
    "hunt.a": innocent,
    "hunt.b": without_hats,
    "hunt.1": is_adam,
    "hunt.2": mended,
}
