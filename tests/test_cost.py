"""Counts against Keras's own and TensorFlow's profiler; files and clocks against known cases."""

import gzip
import os
import sys
import time
import warnings

import keras
import pytest
import tensorflow as tf

from helpers import CourseError, cost

layers = keras.layers
PROFILER = tf.compat.v1.profiler


def alone(layer, shape):
    return keras.Sequential([keras.Input(shape), layer])


LAYERS = {
    "dense": alone(layers.Dense(7), (5,)),
    "dense on images": alone(layers.Dense(7), (6, 5, 3)),
    "dense without bias": alone(layers.Dense(7, use_bias=False), (5,)),
    "conv same": alone(layers.Conv2D(6, 3, strides=2, padding="same"), (28, 28, 4)),
    "conv valid": alone(layers.Conv2D(6, (5, 3), padding="valid"), (14, 12, 4)),
    "conv dilated": alone(layers.Conv2D(6, 3, dilation_rate=2, padding="same"), (14, 14, 4)),
    "transposed": alone(layers.Conv2DTranspose(6, 3, strides=2, padding="same"), (7, 7, 4)),
    "depthwise": alone(layers.DepthwiseConv2D(3, padding="same"), (14, 14, 4)),
    "depthwise times 2": alone(layers.DepthwiseConv2D(3, 2, depth_multiplier=2), (15, 15, 4)),
    "separable": alone(layers.SeparableConv2D(8, 3, padding="same"), (14, 14, 4)),
    "separable strided": alone(layers.SeparableConv2D(8, 3, 2, padding="same"), (14, 14, 4)),
    "batch norm": alone(layers.BatchNormalization(), (14, 14, 4)),
}


def profiled(model) -> int:
    """Floating-point operations of one image in inference mode, by TensorFlow's profiler."""
    image = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    graph = tf.function(lambda x: model(x, training=False)).get_concrete_function(image).graph
    ask = PROFILER.ProfileOptionBuilder(PROFILER.ProfileOptionBuilder.float_operation())
    with cost.quiet():
        return PROFILER.profile(graph, options=ask.with_empty_output().build()).total_float_ops


def additions(model) -> int:
    """What the profiler counts besides: an addition for each bias, and batch norm's set-up."""
    layer = model.layers[-1]
    if isinstance(layer, layers.BatchNormalization):
        return (
            6 * model.output_shape[-1]
        )  # a channel's scale and shift; the inverse root counts two
    size = 1
    for side in model.output_shape[1:]:
        size *= side
    return size if layer.use_bias else 0


@pytest.mark.parametrize("name", LAYERS)
def test_counts_are_those_of_keras_and_of_the_profiler(name):
    model = LAYERS[name]
    assert cost.parameters(model) == model.count_params()
    assert 2 * cost.multiply_adds(model) + additions(model) == profiled(model)


@pytest.mark.parametrize("kernel", [2, 3, 5])
def test_products_of_a_transposed_convolution_without_padding(kernel):
    """With ones everywhere every product adds one. (The profiler takes it for "same" padding.)"""
    how = {"strides": 2, "use_bias": False, "kernel_initializer": "ones"}
    model = alone(layers.Conv2DTranspose(6, kernel, **how), (7, 5, 4))
    assert cost.multiply_adds(model) == float(tf.reduce_sum(model(tf.ones((1, 7, 5, 4)))))


def chain():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(3),
            layers.Dense(64, activation="sigmoid"),
            layers.Reshape((8, 8, 1)),
        ]
    )


def test_a_whole_model_is_the_sum_of_its_layers():
    model = chain()
    table = cost.layers(model)
    assert list(table["kind"]) == [type(layer).__name__ for layer in model.layers]
    assert list(table["output"])[:2] == [(4, 4, 4), (4, 4, 4)]
    assert list(table["multiply_adds"]) == [16 * 9 * 4, 64, 0, 64 * 3, 3 * 64, 0]
    assert cost.multiply_adds(model) == table["multiply_adds"].sum()
    assert cost.parameters(model) == model.count_params()


def test_models_inside_a_model_are_counted():
    inner = chain()
    outer = keras.Sequential([keras.Input((8, 8, 1)), inner])
    assert cost.multiply_adds(outer) == cost.multiply_adds(inner)


def test_memory_is_the_largest_pair_and_the_parameters():
    model = chain()  # the pair with most numbers: 64 in, 64 out
    assert cost.memory(model) == 4 * (64 + 64 + model.count_params())
    assert cost.memory(model, batch=10) == 4 * (10 * 128 + model.count_params())
    with pytest.raises(CourseError, match="only a chain"):
        cost.memory(keras.Model(model.inputs, model.outputs))


class Strange(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(5,))

    def call(self, x):
        return x * self.w


class Counted(Strange):
    def multiply_adds(self):
        return 5


def test_layers_of_ones_own_say_what_they_cost():
    assert cost.multiply_adds(alone(Counted(), (5,))) == 5
    with pytest.raises(CourseError, match=r"Strange is a kind .* multiply_adds\(\)"):
        cost.multiply_adds(alone(Strange(), (5,)))


class Mirror(layers.Layer):
    """Uses the matrix of another layer, transposed."""

    def __init__(self, of):
        super().__init__()
        self.kernel = of.kernel

    def call(self, x):
        return x @ keras.ops.transpose(self.kernel)

    def multiply_adds(self):
        return 5 * 2


def test_shared_weights_count_once():
    first = layers.Dense(2, use_bias=False)
    first.build((None, 5))
    model = keras.Sequential([keras.Input((5,)), first, Mirror(first)])
    assert cost.parameters(model) == model.count_params() == 10
    assert cost.multiply_adds(model) == 20


def test_bytes_are_those_of_a_file(tmp_path):
    model = chain()
    model.save_weights(tmp_path / "x.weights.h5")
    assert cost.bytes_on_disk(model) == (tmp_path / "x.weights.h5").stat().st_size
    assert cost.bytes_on_disk(b"0123456789" * 100) == 1_000
    packed = cost.bytes_on_disk(b"0123456789" * 100, packed=True)
    assert packed == len(gzip.compress(b"0123456789" * 100, 9, mtime=0)) < 100


def test_latency_of_a_known_wait():
    waits = {"short": lambda: time.sleep(0.002), "long": lambda: time.sleep(0.02)}
    table = cost.latency(waits, rounds=7)
    assert (table["low"] <= table["median"]).all() and (table["median"] <= table["high"]).all()
    assert table["median"]["short"] >= 2 and table["median"]["long"] >= 20
    assert list(table["rounds"]) == [7, 7]


def test_latency_does_not_count_the_first_calls():
    calls = []

    def slow_at_first():
        time.sleep(0.3 if not calls else 0)
        calls.append(1)

    assert cost.latency({"it": slow_at_first}, rounds=6, seconds=1e-4)["high"]["it"] < 100


@pytest.mark.parametrize(("n", "place"), [(6, 0), (8, 0), (9, 1), (11, 1), (12, 2), (15, 3)])
def test_ranks_of_the_interval_are_those_of_the_binomial_tables(n, place):
    assert cost._rank(n) == place


def test_too_few_rounds_are_refused():
    with pytest.raises(CourseError, match="fewer than 6"):
        cost.latency({"it": list}, rounds=5)


def test_threads_are_stated():
    assert 1 <= cost.threads() <= (os.cpu_count() or 1) or cost.threads() >= 1


def test_quiet_hides_all_ways_of_talking_and_no_error(capfd):
    with cost.quiet():
        print("out")
        print("err", file=sys.stderr)
        os.write(1, b"native out")
        os.write(2, b"native err")
        warnings.warn("warned", stacklevel=1)
    print("afterwards")
    assert capfd.readouterr() == ("afterwards\n", "")
    with pytest.raises(ZeroDivisionError), cost.quiet():
        1 / 0  # noqa: B018
