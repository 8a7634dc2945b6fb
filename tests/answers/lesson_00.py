"""Right and wrong answers to the exercises of lesson 00."""

import numpy as np

RIGHT = {
    "00.1": [24.5, 784 / 32, np.float32(24.5), 28 * 28 / 32],
}

WRONG = {
    "00.1": [
        (32 / 784, "the share that is left"),
        (784 - 32, "divide instead of subtracting"),
        (28 / 32, "28 rows of 28"),
        (784 * 32, "divide the numbers that go in"),
    ],
}
