"""The units: values computed by hand, and how the units belong together."""

import keras
import numpy as np
import pytest

from helpers import CourseError, measure

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
    with pytest.raises(CourseError, match="divide them by 255"):
        measure.sq_err(black, white)


@pytest.mark.parametrize("unit", [measure.per_image, measure.mse, measure.bce, measure.excess_bce])
@pytest.mark.parametrize("other", [X[:1], X[:, :1], X.reshape(2, 2, 2)])
def test_shapes_that_would_broadcast_are_refused(unit, other):
    with pytest.raises(CourseError, match="differ in shape"):
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


@pytest.mark.parametrize(
    ("shape", "batch"),
    [
        ((784,), 1_000),
        ((28, 28, 1), 1_000),
        ((2,), 1_000),  # codes
        ((28, 28, 3), 333),
        ((32, 32, 1), 765),
        ((128, 128, 3), 15),
        ((2_000, 2_000, 3), 1),
        ((), 1_000),
    ],
)
def test_batches_hold_fewer_images_if_these_are_large(shape, batch):
    assert measure.batch_for(shape) == batch


@pytest.fixture
def watched(monkeypatch):
    """A model that notes how many images it is given at once."""
    layers, given = keras.layers, []
    shape = (64, 64, 3)
    inner = keras.Sequential([keras.Input(shape), layers.Conv2D(3, 3, padding="same")])

    def model(x, training):
        assert training is False
        given.append(len(x))
        return inner(x, training=training)

    model.given = given
    return model


def test_large_images_go_through_in_small_batches(watched):
    x = np.random.default_rng(0).random((150, 64, 64, 3), "float32")
    chosen = measure.reconstruct(watched, x)
    assert watched.given == [63, 63, 24]
    at_once = measure.reconstruct(watched, x, batch=150)
    assert watched.given[3:] == [150]
    assert chosen.dtype == np.float32 and np.allclose(chosen, at_once, rtol=0, atol=1e-6)


def test_an_output_of_another_shape():
    flat = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    x = np.random.default_rng(0).random((5, 8, 8, 1), "float32")
    assert (measure.reconstruct(flat, x, batch=2) == x.reshape(5, 64)).all()


def test_what_cannot_be_reconstructed_is_refused(model, grey):
    two = keras.Model(model.inputs[0], [model.outputs[0], model.layers[0].output])
    for wrong, sentence in (
        (lambda: measure.reconstruct(model, grey[0][:0]), "shape"),
        (lambda: measure.reconstruct(model, grey[0][0]), "shape"),
        (lambda: measure.reconstruct(model, grey[0], batch=0), "batch=0"),
        (lambda: measure.reconstruct(model, grey[0], batch=2.5), "batch=2.5"),
        (lambda: measure.reconstruct(two, grey[0]), "several outputs"),
        (lambda: measure.sq_err([], []), "shape"),
    ):
        with pytest.raises(CourseError, match=rf"{sentence}.*\.$") as refusal:
            wrong()
        assert len(str(refusal.value)) <= 200 and "\n" not in str(refusal.value)


def similarity(x, x_hat):
    """Structural similarity of two grey images, window by window, from the formula."""
    places = np.arange(11) - 5
    bell = np.exp(-(places**2) / (2 * 1.5**2))
    weights = np.outer(bell, bell) / bell.sum() ** 2
    values = []
    for i in range(x.shape[0] - 10):
        for j in range(x.shape[1] - 10):
            a, b = x[i : i + 11, j : j + 11], x_hat[i : i + 11, j : j + 11]
            mean_a, mean_b = (weights * a).sum(), (weights * b).sum()
            var_a = (weights * (a - mean_a) ** 2).sum()
            var_b = (weights * (b - mean_b) ** 2).sum()
            both = (weights * (a - mean_a) * (b - mean_b)).sum()
            light = (2 * mean_a * mean_b + 1e-4) / (mean_a**2 + mean_b**2 + 1e-4)
            values.append(light * (2 * both + 9e-4) / (var_a + var_b + 9e-4))
    return np.mean(values)


@pytest.mark.parametrize("shape", [(2, 12, 20), (2, 20, 12, 1), (2, 14, 14), (2, 13, 15, 3)])
def test_similarity_by_the_formula(shape):
    rng = np.random.default_rng(0)
    x = rng.random(shape)
    x_hat = np.clip(x + 0.2 * rng.normal(size=shape), 0, 1)
    planes = [np.moveaxis(part.reshape(*shape[:3], -1), -1, 1) for part in (x, x_hat)]
    flat = [part.reshape(-1, *shape[1:3]) for part in planes]
    wanted = np.mean([similarity(*both) for both in zip(*flat, strict=True)])
    assert measure.ssim(x, x_hat) == pytest.approx(wanted, abs=1e-4)  # float32


def test_similarity_of_flat_rows_is_that_of_square_images(grey):
    square = [part.reshape(-1, 28, 28) for part in grey]
    assert measure.ssim(*grey) == measure.ssim(*square)
    assert measure.ssim(grey[0], grey[0]) == pytest.approx(1)


def test_similarity_of_many_images_is_the_mean_of_all(monkeypatch, grey):
    whole = measure.ssim(*grey)
    monkeypatch.setattr(measure, "batch_for", lambda shape: 7)
    assert measure.ssim(*grey) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((4, 12 * 20), r"no height and width"),
        ((4, 32 * 32 * 3), r"no height and width"),
        ((4, 12, 12, 3, 2), r"no height and width"),
        ((4, 10, 20), r"10 × 20"),
        ((4, 100), r"10 × 10"),
        ((4, 3, 32, 32), r"3 × 32"),  # channels first
    ],
)
def test_similarity_of_unknown_shapes_is_refused(shape, sentence):
    with pytest.raises(CourseError, match=rf"{sentence}.*\.$") as refusal:
        measure.ssim(np.zeros(shape), np.zeros(shape))
    assert len(str(refusal.value)) <= 200


def test_sizes_are_counted_elsewhere():
    """One name, one meaning: ``cost.parameters`` and ``cost.trainable``."""
    assert not hasattr(measure, "parameters")
