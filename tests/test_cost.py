"""Counts against Keras's own and TensorFlow's profiler; files and clocks against known cases."""

import gzip
import math
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import keras
import pytest
import tensorflow as tf

import helpers
from helpers import CourseError, cost

ROOT = Path(__file__).parent.parent
layers = keras.layers
PROFILER = tf.compat.v1.profiler


def alone(layer, shape):
    return keras.Sequential([keras.Input(shape), layer])


# The profiler does not look into loops.
UNROLL = {"unroll": True, "use_bias": False, "return_sequences": True}
# What it counts besides at every moment for every unit: sums of the two products, and the gates.
GATES = {layers.SimpleRNN: 1, layers.GRU: 3 + 5, layers.LSTM: 4 + 4}
LAYERS = {
    "dense": alone(layers.Dense(7), (5,)),
    "dense on images": alone(layers.Dense(7), (6, 5, 3)),
    "dense without bias": alone(layers.Dense(7, use_bias=False), (5,)),
    "conv same": alone(layers.Conv2D(6, 3, strides=2, padding="same"), (28, 28, 4)),
    "conv valid": alone(layers.Conv2D(6, (5, 3), padding="valid"), (14, 12, 4)),
    "conv dilated": alone(layers.Conv2D(6, 3, dilation_rate=2, padding="same"), (14, 14, 4)),
    "transposed": alone(layers.Conv2DTranspose(6, 3, strides=2, padding="same"), (7, 7, 4)),
    "conv 1": alone(layers.Conv1D(3, 3, strides=2), (8, 2)),
    "conv 1 causal": alone(layers.Conv1D(3, 3, padding="causal"), (8, 2)),
    "conv 3": alone(layers.Conv3D(3, 2), (4, 5, 4, 2)),
    "conv channels first": alone(layers.Conv2D(6, 3, data_format="channels_first"), (4, 14, 12)),
    "transposed 1": alone(layers.Conv1DTranspose(3, 2, strides=2), (4, 2)),
    "depthwise": alone(layers.DepthwiseConv2D(3, padding="same"), (14, 14, 4)),
    "depthwise times 2": alone(layers.DepthwiseConv2D(3, 2, depth_multiplier=2), (15, 15, 4)),
    "separable": alone(layers.SeparableConv2D(8, 3, padding="same"), (14, 14, 4)),
    "separable strided": alone(layers.SeparableConv2D(8, 3, 2, padding="same"), (14, 14, 4)),
    "separable 1": alone(layers.SeparableConv1D(3, 3), (8, 2)),
    "separable channels first": alone(
        layers.SeparableConv2D(8, 3, data_format="channels_first"), (4, 14, 12)
    ),
    "depthwise 1": alone(layers.DepthwiseConv1D(3), (8, 2)),
    "depthwise channels first": alone(
        layers.DepthwiseConv2D(3, data_format="channels_first"), (4, 14, 12)
    ),
    "einsum": alone(layers.EinsumDense("abc,cd->abd", (5, 7)), (5, 4)),
    "einsum over two axes": alone(layers.EinsumDense("abcd,cde->abe", (5, 7)), (5, 4, 3)),
    "simple recurrent": alone(layers.SimpleRNN(3, **UNROLL), (8, 2)),
    "gated recurrent": alone(layers.GRU(3, **UNROLL), (8, 2)),
    "long short-term": alone(layers.LSTM(3, **UNROLL), (8, 2)),
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
    """What the profiler counts besides: an addition for each bias, batch norm's set-up, gates."""
    layer, size = model.layers[-1], math.prod(model.output_shape[1:])
    match layer:
        case layers.BatchNormalization():  # a channel's scale, shift; the inverse root counts two
            return 6 * model.output_shape[-1]
        case layers.SimpleRNN() | layers.GRU() | layers.LSTM():
            return GATES[type(layer)] * size
        case layers.EinsumDense():
            return 0
    return size if layer.use_bias else 0


@pytest.mark.parametrize("name", LAYERS)
def test_counts_are_those_of_keras_and_of_the_profiler(name):
    model = LAYERS[name]
    assert cost.parameters(model) == model.count_params()
    assert 2 * cost.multiply_adds(model) + additions(model) == profiled(model)


ONES = {"use_bias": False, "kernel_initializer": "ones"}


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        *((layers.Conv2DTranspose(6, k, strides=2, **ONES), (7, 5, 4)) for k in (2, 3, 5)),
        (layers.Conv3DTranspose(3, 2, strides=2, **ONES), (4, 3, 4, 2)),
        (layers.Conv1DTranspose(3, 3, **ONES), (4, 2)),
        (layers.Conv2D(6, 3, groups=2, **ONES), (8, 7, 4)),
        (layers.EinsumDense("...x,xyz->...yz", (7, 2), kernel_initializer="ones"), (5, 4)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_products_that_the_profiler_misses(layer, shape):
    """With ones everywhere every product adds one.

    (The profiler takes every transposed convolution for one with "same" padding, and knows
    neither groups nor einsum.)
    """
    model = alone(layer, shape)
    assert cost.multiply_adds(model) == float(tf.reduce_sum(model(tf.ones((1, *shape)))))


def test_transposed_convolutions_with_channels_first():
    """(TensorFlow cannot compute these on a CPU.)"""
    last = alone(layers.Conv2DTranspose(6, 3, strides=2), (7, 5, 4))
    first = alone(layers.Conv2DTranspose(6, 3, 2, data_format="channels_first"), (4, 7, 5))
    assert cost.multiply_adds(first) == cost.multiply_adds(last) == 7 * 5 * 4 * 9 * 6


@pytest.mark.parametrize(
    ("layer", "shape", "products"),
    [
        (layers.LayerNormalization(), (5, 4), 2 * 20),
        (layers.GroupNormalization(2), (5, 4), 2 * 20),
        (layers.RMSNormalization(), (5, 4), 2 * 20),
        (layers.Normalization(), (5, 4), 20),
        (layers.PReLU(), (5, 4), 0),
        (layers.Dropout(0.5), (5, 4), 0),
        (layers.Bidirectional(layers.LSTM(3)), (8, 2), 2 * 8 * (2 + 3) * 12),
        (layers.GRU(3), (8, 2), 8 * (2 + 3) * 9),  # in a loop
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_products_by_hand(layer, shape, products):
    model = alone(layer, shape)
    assert cost.multiply_adds(model) == products
    assert cost.parameters(model) == model.count_params()


def test_looking_up_costs_nothing():
    model = keras.Sequential([keras.Input((4,), dtype="int32"), layers.Embedding(5, 3)])
    assert (cost.multiply_adds(model), cost.parameters(model)) == (0, 15)


ATTENTION = {"num_heads": 2, "key_dim": 3, "value_dim": 5}


def test_attention_by_hand():
    """Heads × (queries, keys, values, meetings of both kinds, output)."""
    image = keras.Input((5, 4))
    model = keras.Model(image, layers.MultiHeadAttention(**ATTENTION)(image, image))
    assert cost.multiply_adds(model) == 2 * (60 + 60 + 100 + 25 * (3 + 5) + 100)
    assert cost.parameters(model) == model.count_params()


def test_attention_to_something_else_by_hand():
    image = keras.Input((5, 4))
    layer = layers.MultiHeadAttention(**ATTENTION, output_shape=9)
    by_name = {"key": image[:, 1:4], "value": image[:, :3], "query": image[:, :2]}
    model = keras.Model(image, layer(**by_name))
    assert cost.multiply_adds(model) == 2 * (24 + 36 + 60 + 6 * (3 + 5) + 2 * 5 * 9)


def test_attention_along_one_axis_by_hand():
    image = keras.Input((6, 5, 4))
    layer = layers.MultiHeadAttention(**ATTENTION, attention_axes=(2,))
    model = keras.Model(image, layer(image, image))
    assert cost.multiply_adds(model) == 2 * (360 + 360 + 600 + 30 * 5 * (3 + 5) + 600)


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
    assert cost.memory(keras.Model(model.inputs, model.outputs)) == cost.memory(model)
    inside = keras.Sequential([keras.Input((8, 8, 1)), layers.Dropout(0.5), model])
    assert cost.memory(inside) == cost.memory(model)


def shortcut(join):
    image = keras.Input((8,))
    return keras.Model(image, join(image, layers.Dense(8)(image)))


@pytest.mark.parametrize(
    "model",
    [
        shortcut(lambda x, y: layers.Add()([x, y])),
        shortcut(lambda x, y: x + y),
        shortcut(lambda x, y: layers.Dense(3)(x + y)),
        shortcut(lambda x, y: [layers.Dense(3)(x), y]),
        keras.Sequential([keras.Input((8,)), shortcut(lambda x, y: layers.Dense(3)(x + y))]),
    ],
    ids=["layer", "operation at the end", "operation", "two ends", "inside"],
)
def test_memory_of_more_than_a_chain_is_refused(model):
    with pytest.raises(CourseError, match=r"only a chain of layers.*\.$"):
        cost.memory(model)


class Cell(layers.Layer):
    """One moment of a recurrent network."""

    state_size = 3

    def build(self, shape):
        self.w = self.add_weight(shape=(2, 3))

    def call(self, x, states):
        state = x @ self.w + states[0]
        return state, [state]

    def multiply_adds(self):
        return 2 * 3


def test_a_cell_of_ones_own_counts_at_every_moment():
    assert cost.multiply_adds(alone(layers.RNN(Cell(), unroll=True), (8, 2))) == 8 * 6
    with pytest.raises(CourseError, match="RNN is a kind"):  # a loop, into which nobody looks
        cost.multiply_adds(alone(layers.RNN(Cell()), (8, 2)))


def test_calls_count_and_weights_count_once():
    image, twice = keras.Input((6,)), layers.Dense(6)
    model = keras.Model(image, twice(twice(twice(twice(image)))))
    assert cost.multiply_adds(model) == 4 * 36
    assert cost.parameters(model) == cost.trainable(model) == 36 + 6
    table = cost.layers(model)
    assert list(table["layer"]) == 4 * [twice.name]
    assert list(table["parameters"]) == [42, 0, 0, 0]
    assert list(table["multiply_adds"]) == 4 * [36]


def test_a_layer_called_on_images_of_two_sizes():
    shared = layers.Conv2D(2, 3, padding="same")
    image = keras.Input((8, 8, 1))
    half = layers.AveragePooling2D(2)(image)
    model = keras.Model(image, [shared(image), shared(half)])
    assert cost.multiply_adds(model) == (64 + 16) * 9 * 2
    assert sorted(cost.layers(model)["output"]) == [(4, 4, 1), (4, 4, 2), (8, 8, 2)]


def test_a_model_called_twice_counts_twice():
    inner = chain()
    image = keras.Input((8, 8, 1))
    siamese = keras.Model(image, inner(inner(image)))
    assert cost.multiply_adds(siamese) == 2 * cost.multiply_adds(inner)
    assert (
        cost.parameters(siamese) == inner.count_params() == cost.layers(siamese)["parameters"].sum()
    )


def test_several_inputs_by_name():
    given = {"b": keras.Input((3,), name="b"), "a": keras.Input((5,), name="a")}
    model = keras.Model(given, layers.Dense(2)(given["a"]) + layers.Dense(2)(given["b"]))
    assert cost.multiply_adds(model) == 5 * 2 + 3 * 2


class Own(keras.Model):
    """Uses one layer of two, as often as it is told."""

    def __init__(self, times, unused=False):
        super().__init__()
        self.used, self.times = layers.Dense(5), times
        self.other = layers.Dense(5) if unused else None

    def build(self, shape):
        self.used.build(shape)
        if self.other is not None:
            self.other.build(shape)

    def call(self, x):
        for _ in range(self.times):
            x = self.used(x)
        return x


def test_models_of_ones_own_are_counted_inside():
    image = keras.Input((5,))
    assert cost.multiply_adds(keras.Model(image, Own(3)(image))) == 3 * 25
    with pytest.raises(CourseError, match=r"Own is a kind .* multiply_adds\(\)\.$"):
        cost.multiply_adds(keras.Model(image, Own(1, unused=True)(image)))


def test_what_goes_into_the_model_must_be_known():
    for model in (Own(1), keras.Sequential([layers.Dense(2)])):
        with pytest.raises(CourseError, match=r"give it its shape, .*\.$"):
            cost.multiply_adds(model)
        with pytest.raises(CourseError, match="has no weights yet"):
            cost.parameters(model)
    with pytest.raises(CourseError, match=r"images of any size, .*\.$"):
        cost.layers(alone(layers.Conv2D(2, 3), (None, None, 1)))


def test_counting_leaves_keras_as_it_was():
    before = keras.Layer.__call__
    cost.multiply_adds(chain())
    with pytest.raises(CourseError):
        cost.multiply_adds(alone(Strange(), (5,)))
    assert keras.Layer.__call__ is before


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


class Masked(layers.Dense):
    """A kind of Keras's that computes something else."""

    def call(self, x):
        return super().call(x) @ tf.ones((2, 9))


def both(layer, shape=(8, 2)):
    image = keras.Input(shape)
    return keras.Model(image, layer([image, image]))


SHADOWS = {
    "TimeDistributed": alone(layers.TimeDistributed(layers.Dense(3)), (8, 2)),
    "LSTMCell": alone(layers.RNN(layers.LSTMCell(3)), (8, 2)),
    "ConvLSTMCell": alone(layers.ConvLSTM1D(3, 2), (4, 8, 2)),
    "SpectralNormalization": alone(layers.SpectralNormalization(layers.Dense(3)), (8,)),
    "Dot": both(layers.Dot(2)),
    "Attention": both(layers.Attention()),
    "Lambda": alone(layers.Lambda(lambda x: x @ tf.transpose(x, (0, 2, 1))), (8, 2)),
    "Masked": alone(Masked(2), (5,)),
    "Functional": keras.Model(i := keras.Input((8, 2)), keras.ops.matmul(i, tf.ones((2, 3)))),
}


@pytest.mark.parametrize("name", SHADOWS)
def test_products_that_nobody_can_count_are_refused(name):
    with pytest.raises(CourseError) as refusal:
        cost.multiply_adds(SHADOWS[name])
    sentence = str(refusal.value)
    assert sentence.startswith(f"{name} is a kind of layer or model") and len(sentence) <= 200
    assert sentence.endswith("give it a method multiply_adds().")


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


class Clock:
    """Seconds that pass only while somebody waits."""

    def __init__(self):
        self.now = 0.0

    def wait(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(cost.time, "perf_counter", lambda: made.now)
    return made


@pytest.mark.parametrize("slow", [1, 3, 4])
def test_four_calls_warm_up(clock, slow):
    called = []

    def call():
        called.append(1)
        clock.wait(5.0 if len(called) <= slow else 0.001)

    table = cost.latency({"it": call}, rounds=6, seconds=1e-4)
    assert table.loc["it", ["low", "median", "high"]].tolist() == pytest.approx([1, 1, 1])
    assert len(called) == 4 + 6


def test_a_fifth_slow_call_is_counted(clock):
    called = []

    def call():
        called.append(1)
        clock.wait(5.0 if len(called) == 5 else 0.001)

    assert cost.latency({"it": call}, rounds=6, seconds=1e-4)["high"]["it"] == pytest.approx(5_000)


def test_a_round_lasts_as_long_as_is_asked(clock):
    """By the fastest of the calls that warm up: compiling and a busy moment do not count."""
    called = []

    def call():
        called.append(1)
        clock.wait(0.002 if len(called) not in (1, 3) else 5)

    cost.latency({"it": call}, rounds=6, seconds=0.02)
    assert len(called) == 4 + 6 * 10


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


@pytest.mark.parametrize(
    ("told", "environment", "cores", "threads"),
    [
        (5, None, {0}, 5),
        (5, "2", {0}, 5),
        (0, "2", {0}, 2),
        (0, None, {0, 3, 7}, 3),
        (0, "", {1}, 1),
    ],
)
def test_threads_are_those_that_tensorflow_uses(monkeypatch, told, environment, cores, threads):
    asked = tf.config.threading
    monkeypatch.setattr(asked, "get_intra_op_parallelism_threads", lambda: told)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: cores, raising=False)
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    if environment is not None:
        monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", environment)
    assert cost.threads() == threads


def test_threads_without_affinity(monkeypatch):
    """(macOS and Windows know only how many cores there are.)"""
    monkeypatch.setattr(tf.config.threading, "get_intra_op_parallelism_threads", lambda: 0)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 12)
    assert cost.threads() == 12


def test_threads_in_a_fresh_process(tmp_path):
    """What TensorFlow was told is what it says."""
    ask = (
        "from helpers import cost; import tensorflow as tf; "
        "tf.config.threading.set_intra_op_parallelism_threads(3); print(cost.threads())"
    )
    where = {"env": os.environ | {"PYTHONPATH": str(ROOT)}, "cwd": tmp_path}
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, **where)
    assert done.stdout.strip() == "3", done.stderr


def test_trainable_are_those_that_training_moves():
    model = chain()
    assert cost.parameters(model) - cost.trainable(model) == 2 * 4  # batch norm's averages
    assert cost.trainable(model.layers[1]) == 2 * 4 and cost.parameters(model.layers[1]) == 4 * 4
    model.layers[0].trainable = False
    assert cost.parameters(model) - cost.trainable(model) == 2 * 4 + (9 * 4 + 4)


def test_a_chain_of_models_has_its_weights_before_anything_is_given_to_it():
    encoder = keras.Sequential([keras.Input((6,)), layers.Dense(2)])
    decoder = keras.Sequential([keras.Input((2,)), layers.Dense(6)])
    whole = keras.Sequential([encoder, decoder])
    assert cost.trainable(whole) == cost.parameters(whole) == 12 + 2 + 12 + 6
    with pytest.raises(CourseError, match="has no weights yet"):
        cost.trainable(keras.Sequential([layers.Dense(6), encoder]))


def test_the_function_quiet_hides_no_module():
    assert "helpers.quiet" not in sys.modules and callable(helpers.quiet)


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
