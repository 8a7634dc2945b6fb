"""The units: values computed by hand, and how the units belong together."""

import keras
import numpy as np
import pytest

from helpers import measure

X = np.array([[0.0, 1.0, 0.5, 0.25], [1.0, 1.0, 0.0, 0.0]])
X_HAT = np.array([[0.0, 0.5, 0.5, 0.75], [1.0, 1.0, 1.0, 0.0]])


@pytest.fixture(scope="module")
def grey():
    """Images of 784 pixels and reconstructions, all between 0 and 1."""
    rng = np.random.default_rng(0)
    return rng.random((50, 784), "float32"), rng.random((50, 784), "float32")


def test_by_hand():
    assert measure.per_image(X, X_HAT) == pytest.approx([0.5, 1.0])  # ¼ + ¼, and 1
    assert measure.sq_err(X, X_HAT) == pytest.approx(0.75)
    assert measure.mse(X, X_HAT) == pytest.approx(0.75 / 4)


def test_bce_by_hand():
    x, x_hat = np.array([[1.0, 0.0], [0.5, 1.0]]), np.array([[0.5, 0.25], [0.5, 1.0]])
    wanted = ((np.log(2) + np.log(4 / 3)) + np.log(2)) / 2
    assert measure.bce(x, x_hat) == pytest.approx(wanted, rel=1e-6)
    assert measure.entropy_floor(x) == pytest.approx(np.log(2) / 2)
    assert measure.excess_bce(x, x_hat) == pytest.approx(wanted - np.log(2) / 2, rel=1e-6)


def test_units_differ_by_the_number_of_pixels(grey):
    assert measure.sq_err(*grey) == pytest.approx(784 * measure.mse(*grey), rel=1e-12)


@pytest.mark.parametrize("shape", [(50, 784), (50, 28, 28), (50, 28, 28, 1)])
def test_every_shape_of_an_image_counts_its_pixels(grey, shape):
    x, x_hat = (array.reshape(shape) for array in grey)
    assert measure.errors(x, x_hat) == pytest.approx(measure.errors(*grey), rel=1e-6)


def test_keras_agrees(grey):
    for name, unit in (("mse", measure.sq_err), ("binary_crossentropy", measure.bce)):
        keras_mean = float(np.mean(keras.losses.get(name)(*grey)))
        assert unit(*grey) == pytest.approx(784 * keras_mean, rel=1e-5)


def test_keras_agrees_where_probabilities_are_clipped():
    x, x_hat = np.float32([[1, 0, 0.5]]), np.float32([[0, 1, 0]])
    keras_mean = float(np.mean(keras.losses.binary_crossentropy(x, x_hat)))
    assert measure.bce(x, x_hat) == pytest.approx(3 * keras_mean, rel=0.01)  # float32 near 1


def test_floor_of_black_and_white_images_is_zero():
    x = np.random.default_rng(0).integers(0, 2, (20, 28, 28))
    assert measure.entropy_floor(x) == 0
    assert measure.excess_bce(x, x) == pytest.approx(0, abs=1e-3)  # 784 clipped logarithms


def test_floor_of_grey_images_is_the_bce_of_a_perfect_reconstruction(grey):
    assert measure.entropy_floor(grey[0]) == pytest.approx(measure.bce(grey[0], grey[0]), rel=1e-9)
    assert measure.excess_bce(grey[0], grey[0]) == pytest.approx(0, abs=1e-6)


def test_excess_is_never_negative(grey):
    x = grey[0]
    for amount in (0.0, 1e-3, 0.1, 1.0):
        assert measure.excess_bce(x, (1 - amount) * x + amount * grey[1]) > -1e-6


def test_table_of_errors():
    table = measure.errors(X, X_HAT)
    assert list(table) == ["sq.err/image", "MSE/pixel", "BCE/image", "excess BCE/image"]
    assert table["BCE/image"] - table["excess BCE/image"] == pytest.approx(measure.entropy_floor(X))
    assert all(type(value) is float for value in table.values())


def test_bytes_that_would_wrap_around_are_refused():
    black, white = np.zeros((1, 4), "uint8"), np.full((1, 4), 255, "uint8")
    with pytest.raises(ValueError, match="divide them by 255"):
        measure.sq_err(black, white)


@pytest.mark.parametrize("unit", [measure.per_image, measure.mse, measure.bce, measure.excess_bce])
@pytest.mark.parametrize("other", [X[:1], X[:, :1], X.reshape(2, 2, 2)])
def test_shapes_that_would_broadcast_are_refused(unit, other):
    with pytest.raises(ValueError, match="differ in shape"):
        unit(X, other)


@pytest.fixture(scope="module")
def model():
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(5, "relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(784, "sigmoid"),
        ]
    )


def test_reconstruct_in_chunks(model, grey):
    whole = measure.reconstruct(model, grey[0], batch=1_000)
    assert isinstance(whole, np.ndarray) and whole.shape == grey[0].shape
    assert np.allclose(measure.reconstruct(model, grey[0], batch=7), whole, atol=1e-6)
    assert np.allclose(whole, model.predict(grey[0], verbose=0), atol=1e-6)  # no dropout


def test_parameters_are_the_trainable_ones(model):
    dense = 784 * 5 + 5 + 5 * 784 + 784
    assert measure.parameters(model) == dense + 2 * 5  # BatchNormalization trains two a unit
    assert model.count_params() == dense + 4 * 5  # and keeps two more
