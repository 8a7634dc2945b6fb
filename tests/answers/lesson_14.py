"""Right and wrong answers to the tasks and exercises of lesson 14."""

RIGHT = {
    "14.a": [124.2, 131],
    "14.b": [0.5, 0.52],
    "14.1": [1.36, 1.3],
    "14.2": [(1.04, 0.988), [1.041, 0.985]],
    "14.3": [5.1, 4.7],
    "14.4": [26, 26.0, 22],
}

WRONG = {
    "14.a": [
        (3.9, "one place"),
        (89.5, "with the shares"),
        (86.1, "base 2"),
        (37.4, "base 2"),
        (15.5, "not in bytes"),
        (400, "the sum over the places"),
    ],
    "14.b": [
        (400, "bits an image"),
        (0.37, "WebP begins"),
        (1.0, "where the two curves cross"),
    ],
    "14.1": [
        (1 / 1.36, "wrong way round"),
        (1.04, "the code itself"),
        (2.0, "the same bits"),
        (0.4, "more error, not less"),
    ],
    "14.2": [
        ((0.988, 1.04), "the bits first"),
        ((1.04, 6.0), "cut the borders off"),
        ((0.796, 0.988), "for an image"),
        ((2.0, 1.0), "two pixels on every side"),
    ],
    "14.3": [
        (0.051, "in per cent"),
        (-5.1, "a positive number"),
        (94.9, "what is left"),
        (9.5, "clip the pictures"),
        (30, "too much"),
        (1.0, "is the smaller one"),
    ],
    "14.4": [
        (38, "still speak"),
        (12.5, "a whole number"),
        (0, "more than that"),
        (60, "fewer"),
    ],
}
