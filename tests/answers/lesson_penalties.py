"""Right and wrong answers to the exercises and tasks of the extra on penalties and teachers."""

import numpy as np

RIGHT = {
    "penalties.1": [(0.03, 0.55, 0.9), np.array([0.05, 0.6, 0.97])],
    "penalties.2": [(31.8, 25.4, 17.6), [np.float64(29), 28.5, 18]],
    "penalties.a": [(0.8, -0.2, 0), np.array([0.8, -0.2, 0.0]), [0.9 - 0.1, -0.3 + 0.1, 0.0]],
    "penalties.b": [np.exp(-4.8), 0.0082, 0.00815],
}

WRONG = {
    "penalties.1": [
        ((0.01, 0.36, 0.94), "fewer than half"),
        ((0.2, 0.8, 1.1), "costs error"),
        ((0.03, 55, 0.9), "between 0 and 1"),
        ((0.03, 0.55, 17.0), "divide the held-out error"),
        ((0, 0.55, 0.9), "takes nothing away"),
        ((10, 0.55, 0.9), "train once more"),
        (0.03, "give three numbers"),
    ],
    "penalties.2": [
        ((30, 17.4, 17.5), "the *target*"),
        ((30, 12.0 * 1.7, 17.5), "held-out *images*"),
        ((17, 18, 17.5), "is the teacher's code 4"),
        ((30, 30, 0.02 * 60), "between 12 and 23"),
        ((0.04, 0.04, 0.02), "per pixel"),
        (30, "give three held-out errors"),
    ],
    "penalties.a": [
        ((0.8, -0.2, -0.05), "jumped over zero"),
        ((0.8, -0.4, 0), "*nearer*"),
        ((0.81, -0.27, 0.045), "takes a share"),
        ((0.8, -0.2), "three numbers"),
        ((0, 0, 0), "keep its sign"),
    ],
    "penalties.b": [
        (np.exp(-9.6), "half of 0.01"),
        (1 - np.exp(-4.8), "is gone"),
        (0.82, "per cent"),
        (0.2, "multiply"),
    ],
}
