"""The multiply-adds of one call of each kind of Keras layer, from the shapes that it sees.

What counts, and what does not, stands at the top of ``helpers.cost``; lesson 09 derives the
formulas of dense layers and convolutions, the other ones are written out here.
tests/test_cost.py holds them all against TensorFlow's profiler.
"""

import math
from collections.abc import Callable

import keras

__all__ = ["price_of"]

Shape = tuple[int, ...]
kinds = keras.layers


def price_of(layer: keras.Layer) -> Callable[[dict[str, Shape], Shape], int] | None:
    """What one call costs, as a function of the shapes that go in and of the one that comes out.

    Those that go in have the names of the arguments of ``call``; all are those of a batch of one
    image. A method ``multiply_adds()`` of the layer's own goes
    first. None for a layer that is of no kind known here, or that has another ``call`` than
    Keras's.
    """
    own = getattr(layer, "multiply_adds", None)
    if callable(own):
        return lambda seen, made: int(own())
    if not type(layer).call.__module__.startswith("keras."):
        return None
    for known, formula in FORMULAS.items():
        if isinstance(layer, known):
            return lambda seen, made: formula(layer, seen, made)
    return None


def _size(*variables) -> int:
    return sum(math.prod(variable.shape) for variable in variables)


def _first(seen: dict[str, Shape]) -> Shape:
    return next(iter(seen.values()))


def _places(layer: keras.Layer, shape: Shape) -> int:
    """Places of an image, all channels at once, wherever its channels stand."""
    first = getattr(layer, "data_format", None) == "channels_first"
    return math.prod(shape[2:] if first else shape[1:-1])


def _at_every_output(layer, seen, made) -> int:
    """A convolution meets its whole kernel at every place of its output; a dense layer too."""
    return _places(layer, made) * _size(layer.kernel)


def _at_every_input(layer, seen, made) -> int:
    """In a transposed convolution every input number meets the whole kernel."""
    return _places(layer, _first(seen)) * _size(layer.kernel)


def _separable(layer, seen, made) -> int:
    return _places(layer, made) * _size(layer.depthwise_kernel, layer.pointwise_kernel)


def _einsum(layer, seen, made) -> int:
    """Every output number is a sum over those of the kernel's axes that the output has not."""
    axes, _, output = layer.equation.replace(" ", "").partition(",")[2].partition("->")
    summed = [n for axis, n in zip(axes, layer.kernel.shape, strict=True) if axis not in output]
    return math.prod(made) * math.prod(summed)


def _recurrent(layer, seen, made) -> int:
    """At every moment the input and the last state meet their matrices."""
    return _first(seen)[1] * _size(layer.cell.kernel, layer.cell.recurrent_kernel)


def _attention(layer, seen, made) -> int:
    """Four dense maps; each query meets keys, and each of these meetings weighs a value.

    Vaswani et al., Attention Is All You Need (2017), section 3.2.
    """
    query, value = seen["query"], seen["value"]
    key = seen.get("key", value)
    axes = layer.get_config()["attention_axes"] or range(1, len(query) - 1)
    asked, stored = math.prod(query[1:-1]), math.prod(key[1:-1])
    meetings = asked * math.prod(key[axis] for axis in axes)
    by_key = asked * query[-1] + stored * key[-1] + meetings
    by_value = stored * value[-1] + asked * made[-1] + meetings
    return layer.num_heads * (by_key * layer.key_dim + by_value * layer.value_dim)


def _once_a_number(layer, seen, made) -> int:
    """Scale and shift; averages and spreads are known beforehand."""
    return math.prod(made)


def _twice_a_number(layer, seen, made) -> int:
    """The square that goes into the spread, then scale and shift."""
    return 2 * math.prod(made)


def _nothing(layer, seen, made) -> int:
    """Looked up, or an activation function."""
    return 0


FORMULAS = {
    kinds.Conv1DTranspose: _at_every_input,
    kinds.Conv2DTranspose: _at_every_input,
    kinds.Conv3DTranspose: _at_every_input,
    kinds.Conv1D: _at_every_output,
    kinds.Conv2D: _at_every_output,
    kinds.Conv3D: _at_every_output,
    kinds.DepthwiseConv1D: _at_every_output,
    kinds.DepthwiseConv2D: _at_every_output,
    kinds.SeparableConv1D: _separable,
    kinds.SeparableConv2D: _separable,
    kinds.Dense: _at_every_output,
    kinds.EinsumDense: _einsum,
    kinds.SimpleRNN: _recurrent,
    kinds.GRU: _recurrent,
    kinds.LSTM: _recurrent,
    kinds.MultiHeadAttention: _attention,
    kinds.BatchNormalization: _once_a_number,
    kinds.Normalization: _once_a_number,
    kinds.LayerNormalization: _twice_a_number,
    kinds.GroupNormalization: _twice_a_number,
    kinds.RMSNormalization: _twice_a_number,
    kinds.Embedding: _nothing,
    kinds.PReLU: _nothing,
}
