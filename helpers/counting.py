"""Watch a model compute for one image, and count the multiply-adds of every call of a layer.

Calls are counted, not layers: TensorFlow traces the model (no number is computed), and each call
of a layer is noted with the shapes that it sees. So a layer or model that is used four times
costs four times as much, whether the model is a chain, a graph or a class of one's own inside
either. A product of matrices or a convolution that nobody here can name is refused, never
overlooked. What is counted, and how, stands at the top of ``helpers.cost``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from typing import Any

import keras
import tensorflow as tf

from helpers.compat import all_layers
from helpers.errors import CourseError
from helpers.products import price_of

__all__ = ["Call", "Trace", "trace"]

# TensorFlow's names of what multiplies and sums, and of loops, inside which nobody can look.
PRODUCTS = ("MatMul", "Einsum", "Conv", "While", "Dot")


@dataclass(frozen=True)
class Call:
    """One call of a layer: what went in and came out (tensors of one image), and its price."""

    layer: keras.Layer
    inputs: list
    output: Any
    multiply_adds: int


@dataclass(frozen=True)
class Trace:
    """All calls of layers in the order in which one image meets them, and what comes out."""

    calls: list[Call]
    result: Any

    @property
    def is_chain(self) -> bool:
        """Whether every call takes only what the call before it gave, and the last one ends it."""
        given = [call.inputs for call in self.calls]
        made = [call.output for call in self.calls]
        taken = [*given[1:], keras.tree.flatten(self.result)]
        return bool(made) and all(
            len(tensors) == 1 and tensors[0] is output
            for tensors, output in zip(taken, made, strict=True)
        )


def trace(model: keras.Model) -> Trace:
    """Follow one image through the model.

    Raises
    ------
    CourseError: the shape of the model's input is not known; or something in it multiplies in a
        way that nobody here can count and has no method ``multiply_adds()``.
    """
    images = _images(model)
    watch, results = _Watch(), []

    def once(given):
        results.append(model(given, training=False))
        return results[-1]

    with watch.watching():
        tf.function(once, autograph=False).get_concrete_function(images)
    for sentence in watch.refused:
        raise CourseError(sentence)
    return Trace(watch.noted, results[-1])


def _images(model: keras.Model):
    """The specification of one image for each of the model's inputs."""
    try:
        given = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    except (AttributeError, ValueError):
        raise CourseError(
            "cost cannot see what goes into this model: give it its shape, as in "
            "`x = keras.Input(shape)` and `keras.Model(x, model(x))`."
        ) from None
    if any(None in part.shape[1:] for part in keras.tree.flatten(given)):
        raise CourseError(
            "The model takes images of any size, and its cost depends on the size: build it for "
            "one size, all numbers given in `keras.Input(shape)`."
        )
    return keras.tree.map_structure(
        lambda part: tf.TensorSpec((1, *part.shape[1:]), part.dtype), given
    )


class _Watch:
    """Notes every call of a layer while a model is traced."""

    def __init__(self):
        self.noted, self.refused = [], []
        self.inside = 0  # layers around this one whose price includes it
        self.known = set()  # operations of TensorFlow that are paid for already

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Let every layer of Keras report to this watch."""
        plain, watch = keras.Layer.__call__, self

        def reporting(layer, *args, **kwargs):
            return watch.call(plain, layer, args, kwargs)

        keras.Layer.__call__ = reporting
        try:
            yield
        finally:
            keras.Layer.__call__ = plain

    def call(self, plain, layer: keras.Layer, args, kwargs):
        """Call the layer; note its price, unless a layer around it has one that includes it."""
        if self.inside:
            return plain(layer, *args, **kwargs)
        graph = tf.compat.v1.get_default_graph()
        begin, first, price = len(graph.get_operations()), len(self.noted), price_of(layer)
        self.inside += price is not None
        try:
            output = plain(layer, *args, **kwargs)
        finally:
            self.inside -= price is not None
        done = [(id(graph), o.name, o.type) for o in graph.get_operations()[begin:]]
        inputs = [t for t in keras.tree.flatten((args, kwargs)) if tf.is_tensor(t)]
        if price is None:
            self._look_inside(layer, [o for o in done if o not in self.known], first)
            if len(all_layers(layer)) == 1:
                self.noted.append(Call(layer, inputs, output, 0))
        else:
            seen, made = _named(layer, args, kwargs), keras.tree.flatten(output)[0].shape
            self.noted.append(Call(layer, inputs, output, price(seen, tuple(made))))
        self.known.update(done)
        return output

    def _look_inside(self, layer: keras.Layer, operations: list, first: int) -> None:
        """Refuse weights or products of this layer that no call inside it has paid for."""
        called = [call.layer for call in self.noted[first:]]
        paid = {id(w) for inner in called for w in inner.weights}
        unknown = any(id(w) not in paid for w in layer.weights)
        unknown |= any(word in kind for *_, kind in operations for word in PRODUCTS)
        unknown |= isinstance(layer, keras.layers.TimeDistributed)  # calls its layer once too often
        if unknown:
            self.refused.append(
                f"{type(layer).__name__} is a kind of layer or model that nobody here can count: "
                "give it a method multiply_adds()."
            )


def _named(layer: keras.Layer, args, kwargs) -> dict[str, tuple[int, ...]]:
    """The shapes of the tensors that a call is given, by the names of the arguments."""
    arguments = signature(layer.call)
    kwargs = {name: value for name, value in kwargs.items() if name in arguments.parameters}
    given = arguments.bind(*args, **kwargs).arguments
    return {name: tuple(t.shape) for name, t in given.items() if tf.is_tensor(t)}
