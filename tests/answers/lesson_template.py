"""Right and wrong answers to the exercise and the task of the template."""

RIGHT = {
    "template.1": [0.15, 0.4**2 - 0.1**2],
    "template.a": [0.25, 0.5**2],
}

WRONG = {
    "template.1": [
        (0.01, "the error which remains"),
        (0.3, "square the two distances"),
        (7, "compare"),
    ],
    "template.a": [
        (0.49, "the error before clipping"),
        (0.5, "the distance; square it"),
        (7, "clip −0.2"),
    ],
}
