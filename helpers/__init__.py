"""The plumbing that the lessons share: a handful of names, each doing one thing.

======================  ==========================================================
``data.load``           MNIST, Fashion-MNIST or your own images, checked, offline
``train``               build, seed and fit a Keras model in one fast, repeatable call
``sweep``               the same for methods × learning rates × seeds, as one tidy table
``evidence.stored``     results too long for a lesson's minute, and how to make them again
``measure``             errors in the course's units, reference values, sizes
``cost``                what a model costs: multiply-adds, memory, bytes, milliseconds
``show``                the course's figures, each with a text description
``check``               settings, claims and exercise answers
======================  ==========================================================

Subject matter is not hidden here: what the course teaches is written out in the lesson that
teaches it. Importing this package first keeps TensorFlow's log lines away from the reader.
"""

import os
import sys


def _import_tensorflow_quietly() -> None:
    """Import TensorFlow with the native stderr closed; its C++ start-up ignores every setting."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    sys.stderr.flush()
    saved = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            import tensorflow as tf
    finally:
        os.dup2(saved, 2)
        os.close(saved)
    tf.get_logger().setLevel("ERROR")


if "tensorflow" not in sys.modules:
    _import_tensorflow_quietly()

from helpers import check, cost, data, evidence, measure, show  # noqa: E402
from helpers.errors import CourseError  # noqa: E402
from helpers.training import Run, batch_order, best_rates, sweep, train  # noqa: E402

__all__ = [
    "CourseError",
    "Run",
    "batch_order",
    "best_rates",
    "check",
    "cost",
    "data",
    "evidence",
    "measure",
    "show",
    "sweep",
    "train",
]
