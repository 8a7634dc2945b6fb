"""helpers/lite.py: files that compute what the model computes, smaller and only a little worse."""

import keras
import numpy as np
import pytest

from helpers import lite
from helpers.errors import CourseError

layers = keras.layers


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    how = {"strides": 4, "padding": "same"}
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 8, activation="relu", **how),
            layers.Flatten(),
            layers.Dense(784, activation="sigmoid"),
            layers.Reshape((28, 28, 1)),
        ]
    )


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).random((1_030, 28, 28, 1), dtype="float32")


@pytest.fixture(scope="module")
def files(model, images) -> dict[str, bytes]:
    return {form: lite.convert(model, form, calibration=images[:50]) for form in lite.FORMS}


def test_a_file_computes_what_the_model_computes(model, images, files) -> None:
    wanted = model.predict(images, verbose=0)
    got = lite.reconstruct(files["float32"], images)
    assert got.shape == wanted.shape and got.dtype == np.float32
    np.testing.assert_allclose(got, wanted, atol=1e-5)


@pytest.mark.parametrize(("form", "low", "high"), [("float16", 0, 2e-3), ("dynamic", 1e-6, 2e-2)])
def test_fewer_bits_are_a_little_off(form, low, high, model, images, files) -> None:
    off = np.abs(
        lite.reconstruct(files[form], images[:100]) - model.predict(images[:100], verbose=0)
    )
    assert low <= off.max() < high


def test_int8_rounds_activations_too(images, files) -> None:
    got = lite.reconstruct(files["int8"], images[:10])
    assert len(np.unique(got)) <= 256  # the output has eight bits


def test_each_form_is_smaller(files) -> None:
    sizes = {form: len(file) for form, file in files.items()}
    assert sizes["float16"] < 0.6 * sizes["float32"]
    assert max(sizes["int8"], sizes["dynamic"]) < 0.35 * sizes["float32"]


def test_the_model_is_not_changed(model) -> None:
    before = [w.copy() for w in model.get_weights()]
    lite.convert(model, "dynamic")
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_a_runner_takes_its_batch_and_no_other(images, files) -> None:
    run = lite.runner(files["float32"], 3)
    assert run(images[:3]).shape == (3, 28, 28, 1)
    with pytest.raises(CourseError, match="takes 3 images at a time, not 4"):
        run(images[:4])


@pytest.mark.parametrize("calibration", [None, np.empty((0, 28, 28, 1))])
def test_int8_without_images(calibration, model) -> None:
    with pytest.raises(CourseError, match="needs images as `calibration`"):
        lite.convert(model, "int8", calibration=calibration)


def test_an_unknown_form(model) -> None:
    with pytest.raises(CourseError, match="form='int4' is none of float32, float16, dynamic, int8"):
        lite.convert(model, "int4")
