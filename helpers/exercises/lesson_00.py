"""Checkers for lesson 00, Start here."""

from helpers.exercises import close


def compression(given) -> str | None:
    """How many pixels there are for each number of a 32-number code: 784 / 32."""
    if close(given, 784 / 32):
        return None
    if close(given, 32 / 784):
        return "that is the share that is left; the question asks how many times smaller."
    if close(given, 784 - 32):
        return "that is how many numbers are saved; divide instead of subtracting."
    if close(given, 28 / 32):
        return "an image has 28 rows of 28 pixels, not 28 pixels."
    return "divide the numbers that go in by the numbers in the code."


CHECKERS = {"00.1": compression}
