"""The checkers behind ``check.answer``, one module a lesson.

A checker takes the learner's answer (a value, or a function it calls on cases of its own) and
returns ``None`` if it is right, otherwise a hint at the idea that is missing. It must accept every
right way of writing the answer; ``tests/test_exercises.py`` holds it to that, and to rejecting
plausible wrong ones with the hint that fits.
"""


def close(a, b, tolerance: float = 1e-6) -> bool:
    """Equal up to ``tolerance``, relative to b (absolute where b is zero)."""
    a, b = float(a), float(b)
    return abs(a - b) <= tolerance * (abs(b) or 1.0)
