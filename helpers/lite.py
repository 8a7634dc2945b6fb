"""A Keras model as a LiteRT file, as phones and other small devices run it (lesson 12).

Four forms, by the name that ``convert`` takes:

=========  ===========================  ==========================  ======================
form       weights                      activations                 what it needs
=========  ===========================  ==========================  ======================
float32    32 bits                      32 bits                     nothing
float16    16 bits                      32 bits                     nothing
dynamic    8 bits, a scale an output    rounded inside a product    nothing
int8       8 bits, a scale an output    8 bits throughout           images to calibrate
=========  ===========================  ==========================  ======================

Inputs and outputs of the file stay float32 in every form. The rounding is the one of B. Jacob et
al., *Quantization and training of neural networks for efficient integer-arithmetic-only inference*,
CVPR 2018, section 2.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from helpers.errors import CourseError
from helpers.silence import quiet

__all__ = ["FORMS", "convert", "reconstruct", "runner"]

FORMS = ("float32", "float16", "dynamic", "int8")
PART = 1_000  # images at a time in ``reconstruct``


def convert(
    model: keras.Model, form: str = "float32", *, calibration: np.ndarray | None = None
) -> bytes:
    """The model as the bytes of a LiteRT file.

    Parameters
    ----------
    model: of one input; it is not changed.
    form: one of ``FORMS``.
    calibration: images of the model's own input shape, (n, ...), for ``"int8"``: their activations
        choose the scales.

    Raises
    ------
    CourseError: an unknown form, or "int8" without images.
    """
    if form not in FORMS:
        raise CourseError(f"form={form!r} is none of {', '.join(FORMS)}.")
    if form == "int8" and (calibration is None or not len(calibration)):
        raise CourseError("The form 'int8' needs images as `calibration`, to choose its scales.")
    with quiet():
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        if form != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if form == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if form == "int8":
            images = np.asarray(calibration, "float32")[:, None]
            converter.representative_dataset = lambda: ([image] for image in images)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        return converter.convert()


def runner(file: bytes, batch: int) -> Callable[[np.ndarray], np.ndarray]:
    """A function that runs the file, on one thread, for ``batch`` images at a time.

    It takes and returns float32 arrays whose first axis is ``batch``.

    Raises
    ------
    CourseError: when it is called with another number of images.
    """
    with quiet():
        ready = tf.lite.Interpreter(model_content=file, num_threads=1)
        place, shape = (ready.get_input_details()[0][key] for key in ("index", "shape"))
        ready.resize_tensor_input(place, (batch, *shape[1:]))
        ready.allocate_tensors()
    answer = ready.get_output_details()[0]["index"]

    def run(x: np.ndarray) -> np.ndarray:
        if len(x) != batch:
            raise CourseError(f"This runner takes {batch} images at a time, not {len(x)}.")
        ready.set_tensor(place, np.asarray(x, "float32"))
        ready.invoke()
        return ready.get_tensor(answer)

    return run


def reconstruct(file: bytes, x: np.ndarray) -> np.ndarray:
    """What the file makes of the images ``x``, shape (n, ...), in parts of at most 1,000."""
    parts = [x[start : start + PART] for start in range(0, len(x), PART)]
    runners = {size: runner(file, size) for size in {len(part) for part in parts}}
    return np.concatenate([runners[len(part)](part) for part in parts])
