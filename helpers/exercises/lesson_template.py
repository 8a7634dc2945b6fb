"""Checkers for the template lesson."""

from helpers.exercises import close


def one_pixel(given) -> str | None:
    """Truth 0.9, value 1.3, clipped to 1.0: 0.16 − 0.01."""
    if close(given, 0.15):
        return None
    if close(given, 0.01):
        return "that is the error which remains; by how much did it fall?"
    if close(given, 0.3):
        return "square the two distances before you subtract."
    return "compare (1.3 − 0.9)² with the squared error of the clipped value."


def after_clipping(given) -> str | None:
    """Truth 0.5, value −0.2, clipped to 0: 0.25."""
    if close(given, 0.25):
        return None
    if close(given, 0.49):
        return "that is the error before clipping; which legal value is nearest to −0.2?"
    if close(given, 0.5):
        return "that is the distance; square it."
    return "clip −0.2 to [0, 1], then square its distance from 0.5."


CHECKERS = {"template.1": one_pixel, "template.a": after_clipping}
