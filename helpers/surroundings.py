"""Make the course independent of the reader's own settings of Keras and Matplotlib.

A keras.json with another layout of images, half precision or another epsilon, KERAS_BACKEND, or a
matplotlibrc with transparent figures would change every lesson's numbers and pictures. What was
set outside is put back to the libraries' own defaults, for this process only; no file is touched.
What the reader changes afterwards, in a cell, stays.
"""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from helpers.errors import CourseError
from helpers.say import say

KERAS = {
    "backend": "tensorflow",
    "floatx": "float32",
    "epsilon": "1e-07",
    "image_data_format": "channels_last",
    "dtype_policy": "float32",
}
RUNS_CUT_SHORT = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")
RESTART = "restart the kernel, and run the set-up cell before anything else"


@contextmanager
def neutral() -> Iterator[None]:
    """Import TensorFlow inside this: Keras and Matplotlib then have their own defaults.

    Where Keras was imported before, its settings may be meant and stay; if they are not the
    course's, one sentence says so (and ``check.machine`` repeats it).

    Raises
    ------
    CourseError: Keras runs already, on another backend, which cannot be changed any more, or its
        settings cannot be read.
    """
    fresh = "keras" not in sys.modules
    if fresh:
        os.environ["KERAS_BACKEND"] = KERAS["backend"]
        for limit in RUNS_CUT_SHORT:
            os.environ.pop(limit, None)
    elif (found := keras_settings()["backend"]) != KERAS["backend"]:
        raise CourseError(f"Keras runs on {found}, and the course needs TensorFlow: {RESTART}.")
    try:
        yield
        import keras
    except (AssertionError, ValueError) as error:  # TensorFlow reads keras.json, too
        where = traceback.extract_tb(error.__traceback__)[-1].filename
        if not ("keras" in where and "backend" in where):
            raise
        raise CourseError(
            "Keras cannot read its settings: mend or remove the file keras.json in your folder "
            ".keras, or in the one that KERAS_HOME names."
        ) from None
    if fresh:
        keras.config.set_floatx(KERAS["floatx"])
        keras.config.set_epsilon(float(KERAS["epsilon"]))
        keras.config.set_image_data_format(KERAS["image_data_format"])
        keras.config.set_dtype_policy(KERAS["dtype_policy"])
    elif found := {value for key, value in keras_settings().items() if value != KERAS[key]}:
        listed = ", ".join(sorted(found))
        say(f"Keras is set to {listed}, which changes the course's numbers: {RESTART}.")
    import matplotlib

    matplotlib.rcdefaults()  # all but the backend, whatever a matplotlibrc says


def keras_settings() -> dict[str, str]:
    """What Keras is set to, with the keys of ``KERAS``."""
    import keras

    return {
        "backend": keras.config.backend(),
        "floatx": keras.config.floatx(),
        "epsilon": str(keras.config.epsilon()),
        "image_data_format": keras.config.image_data_format(),
        "dtype_policy": keras.config.dtype_policy().name,
    }
