"""The plumbing that the lessons share: a handful of names, each doing one thing.

======================  =============================================================
``data.load``           MNIST, Fashion-MNIST or your own images, checked, offline
``train``               build, seed and fit a Keras model in one fast, repeatable call
``sweep``               the same for methods × learning rates × seeds, as one tidy table
``compare``             tuned comparisons: choosing rates, intervals, verdicts, forest plots
``evidence.stored``     results too long for a lesson's minute, and how to make them again
``measure``             errors in the course's units, reference values
``cost``                what a model costs: sizes, multiply-adds, memory, bytes, milliseconds
``show``                the course's figures, each with a text description
``check``               settings, claims, guesses, tasks and exercise answers
======================  =============================================================

Subject matter is not hidden here: what the course teaches is written out in the lesson that
teaches it. Importing this package first keeps TensorFlow's log lines away from the reader.
"""

import os
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from platform import machine

from helpers.silence import quiet
from helpers.surroundings import neutral

if "tensorflow" not in sys.modules:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with suppress(PackageNotFoundError):
        here = sys.platform, machine(), version("tensorflow").rpartition(".")[0]
        if here == ("linux", "x86_64", "2.21"):
            # Eigen's matrix products instead of YNNPACK's: faster (`XLA_FLAGS= make bench` is
            # without), but the last digits then depend on the number of cores. Only where it was
            # tried: a flag that TensorFlow does not know ends the process.
            products = "--xla_cpu_experimental_ynn_fusion_type=LIBRARY_FUSION_TYPE_REDUCE"
            os.environ.setdefault("XLA_FLAGS", products)
with neutral():
    with quiet():
        import tensorflow as tf
    tf.get_logger().setLevel("ERROR")

from helpers import check, compare, cost, data, evidence, measure, show
from helpers.compare import best_rates
from helpers.errors import CourseError
from helpers.training import Run, batch_order, sweep, train, workers

__all__ = [
    "CourseError",
    "Run",
    "batch_order",
    "best_rates",
    "check",
    "compare",
    "cost",
    "data",
    "evidence",
    "measure",
    "show",
    "sweep",
    "train",
    "workers",
]
