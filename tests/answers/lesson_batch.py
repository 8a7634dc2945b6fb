"""Right and wrong answers to the exercises of the extra Choose a batch size."""

import math


def noise_scale(small, short, large, long):
    noise = (short - long) / (1 / small - 1 / large)
    return noise / (short - noise / small)


def upside_down(small, short, large, long):
    return 1 / noise_scale(small, short, large, long)


def noise_alone(small, short, large, long):
    return (short - long) / (1 / small - 1 / large)


def without_its_noise(small, short, large, long):
    return noise_alone(small, short, large, long) / long


def difference(small, short, large, long):
    return short - long


RIGHT = {
    "batch.a": [(0.5, 0.002), [2 / 4, 0.004 / 2]],
    "batch.1": [noise_scale],
    "batch.2": [(8, 52.9, 3.0, 16.2), (8.0, math.nan, 2.0, 18.0)],
    "batch.3": [(9.2, 11.5, 8.1)],
}

WRONG = {
    "batch.a": [
        ((8, 0.008), "wrong way round"),
        ((1, 0.001), "exchanged"),
        ((0.5, 0.001), "momentum's is right"),
        ((2, 0.004), "divide by 4"),
        (0.5, "two rates"),
    ],
    "batch.1": [
        (upside_down, "signal over noise"),
        (noise_alone, "noise N alone"),
        (without_its_noise, "still holds"),
        (difference, "two unknowns"),
    ],
    "batch.2": [
        ((4, 20.0, 3.0, 16.0), "the linear rule makes 8"),
        ((8, math.nan, 9.0, math.nan), "diverged as well"),
        ((8, 30.0, 6.0, 35.0), "still does better"),
        ((8, 0.07, 3.0, 0.02), "the column val_sq_err"),
        ((8, 52.9, 8.0, 52.9), "not the rule's"),
        ((52.9, 16.2), "four numbers"),
    ],
    "batch.3": [
        ((9.2, 11.5), "three errors"),
        ((9.2, math.nan, 8.1), "diverged"),
        ((0.014, 0.02, 0.012), "mean over pixels"),
        ((9.2, 11.5, 60.0), "between 5 and 30"),
        ((9.2, 11.5, 9.2), "one of the others"),
        ((11.5, 9.2, 8.1), "exchanged"),
        ((9.2, 11.5, 18.9), "began with new weights"),
        ((9.2, 11.5, 9.7), "ends below both"),
    ],
}
