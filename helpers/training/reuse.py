"""What runs share: one compiled loop for runs that compute the same, and tensors in memory.

Compiling takes longer than many a run. A loop is offered to a later run if the description of the
two agrees (``_description``), and taken only if it also takes the new model's first step as the
model itself would (``Loop.steps_like``): a loop that learnt another computation cannot be used,
whatever the description overlooks. (That step costs a tenth of a second; runs of one sweep that
are made of Keras's own layers alone do without.)
"""

import inspect
import random
import re
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from helpers import compat
from helpers.errors import TrainingError
from helpers.training.loop import Loop
from helpers.training.optimizers import fingerprint

KEPT_LOOPS = 8  # compiled loops remembered
KEPT_TENSORS = 2  # image tensors remembered: those to learn from and those held out
KEPT_KERNELS = 16  # runs between two clearings of TensorFlow's own memory; one costs 0.1 s


@dataclass(frozen=True)
class Built:
    """A new model; ``written``: as Keras writes it down, None if code of the reader's is in it;
    ``shares``: whether it has (frozen) layers of an earlier one."""

    model: keras.Model
    written: str | None
    shares: bool


class Memory:
    """Everything that outlives a run."""

    def __init__(self):
        self.loops: OrderedDict[tuple, Loop] = OrderedDict()
        self.tensors: list[tf.Tensor] = []
        self.handed_out: weakref.WeakSet = weakref.WeakSet()  # layers that a build gave already
        self.runs = 0

    def build(self, build: Callable, seed: int) -> Built:
        """A new model, everything random in it from ``seed``.

        Raises
        ------
        TrainingError: ``build`` is no function, or what it makes is no new model.
        """
        if isinstance(build, keras.Model) or not callable(build):
            raise TrainingError(
                "The first argument must be a function that makes a model, not a model: "
                "write `train(build, images)` with `def build(): ... return model`."
            )
        model, written = _seeded(build, seed)
        if not isinstance(model, keras.Model):
            raise TrainingError(f"build() must return a Keras model, not {type(model).__name__}.")
        return Built(model, written, self._shares_layers(model))

    def loop(self, built: Built, build, seed, origin, optimizer, loss, metrics, data) -> Loop:
        """A compiled loop that starts from the model's weights: a remembered one if there is one.

        data: the keyword arguments of ``Loop`` that hold images. origin: see ``_description``.
        """
        model = built.model
        key = None
        if not built.shares:
            key = _description(model, built.written, origin, optimizer, loss, metrics, data)
        known = self.loops.get(key)
        if known is not None and self._serves(known, built, origin, data):
            self.loops.move_to_end(key)
            return known
        twin, _ = _seeded(build, seed)  # what else is random in it is then the same, too
        shares = self._shares_layers(twin) or built.shares
        if not twin.built:
            twin(data["x"][:1], training=False)
        own_code = compat.global_seed(seed, tensorflow=True) if not built.written else nullcontext()
        with own_code:
            loop = Loop(twin, optimizer, loss, metrics, **data)
        loop.start_from(model)
        loop.proven.add(origin)
        if key and not shares:
            self.loops[key] = loop
            self.loops.move_to_end(key)
            while len(self.loops) > KEPT_LOOPS:
                self.loops.popitem(last=False)
        return loop

    def _serves(self, loop: Loop, built: Built, origin: str | None, data: dict) -> bool:
        """Make a loop start from this model, if it computes what the model computes.

        From run to run of a sweep, Keras's own layers cannot differ in more than is written down.
        """
        if built.written and origin and origin in loop.proven:
            loop.start_from(built.model)
            return True
        same = loop.steps_like(built.model, data["x"], data["y"])
        if same:
            loop.proven.add(origin)
        return same

    def pair(self, x: np.ndarray, y: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
        """Both as tensors: one and the same if the images are their own targets."""
        inputs = self._tensor(x)
        return inputs, inputs if y is x else self._tensor(y)

    def run_ended(self) -> None:
        """Clear TensorFlow's kernels now and then: they grow by about 1 MB a run."""
        self.runs += 1
        if self.runs % KEPT_KERNELS == 0:
            compat.clear_kernel_cache()

    def _tensor(self, x: np.ndarray) -> tf.Tensor:
        """A tensor of these numbers: the one of an earlier run, if its numbers are the same.

        Comparing costs less than asking the system for fresh memory again and again.
        """
        for i, known in enumerate(self.tensors):
            if known.shape == x.shape and np.array_equal(known, x):
                self.tensors.append(self.tensors.pop(i))
                return known
        self.tensors[:] = [*self.tensors[1 - KEPT_TENSORS :], tf.constant(x)]
        return self.tensors[-1]

    def _shares_layers(self, model: keras.Model) -> bool:
        """Whether layers of ``model`` were in an earlier one: allowed only if they are frozen."""
        layers = compat.all_layers(model)
        known = [layer for layer in layers if layer in self.handed_out]
        if any(layer.trainable_weights for layer in known):
            raise TrainingError(
                "build() returned a model or layers that it gave out before: make the layers "
                "inside build(), so that every run starts from new weights."
            )
        self.handed_out.update(layers)
        return any(layer.weights for layer in known)


MEMORY = Memory()


def _seeded(build: Callable, seed: int) -> tuple[object, str | None]:
    """What ``build`` makes when everything random starts from ``seed``, and ``_architecture``.

    Afterwards the reader's own generators go on where they were.
    """
    state = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        model = _built(build, seed)
        written = _architecture(model) if isinstance(model, keras.Model) else None
        if isinstance(model, keras.Model) and written is None:
            model = _built(build, seed, tensorflow=True)  # code of the reader's may draw from it
        return model, written
    finally:
        random.setstate(state[0])
        np.random.set_state(state[1])  # noqa: NPY002


def _built(build: Callable, seed: int, **how):
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    with compat.global_seed(seed, **how):
        return build()


def _description(model, written, origin, optimizer, loss, metrics, data) -> tuple | None:
    """Equal for runs that may share a loop, with a step to prove it; None for a run by itself.

    origin: a text that stands for the reader's own code where it cannot have changed, as it cannot
    from run to run of a sweep; None elsewhere.
    """
    if (written or origin) is None:
        return None
    if isinstance(loss, keras.Loss) and type(loss).__module__.startswith("keras."):
        loss = (type(loss), repr(sorted(compat.loss_arguments(loss).items(), key=str)))
    elif not isinstance(loss, str):
        loss = origin and (origin, id(loss))
    measured = [m if isinstance(m, str) else origin and (origin, id(m)) for m in metrics]
    if loss is None or None in measured:
        return None
    weights = [(tuple(v.shape), str(v.dtype), v.trainable) for v in model.variables]
    limits = [getattr(v, "constraint", None) for v in model.variables]
    limits = [limit and (type(limit).__name__, limit.get_config()) for limit in limits]
    shapes = [data["x"].shape, data["y"].shape, data["y"] is data["x"], data["batch_size"]]
    shapes += [part.shape for part in data["held_out"] or ()]
    what = [written or origin, type(model), weights, limits, loss, measured, shapes]
    return (*map(str, what), *map(str, fingerprint(optimizer)))


def _architecture(model: keras.Model) -> str | None:
    """The model as Keras writes it down, without running numbers; None if not Keras's alone."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # given for a lambda, whose code may change
            text = model.to_json()
    except (NotImplementedError, TypeError, ValueError, UserWarning):
        return None
    modules = re.findall(r'"module": "([^"]*)"', text)
    parts = [part for layer in compat.all_layers(model) for part in vars(layer).values()]
    own = [f for f in parts if inspect.isfunction(f) and not f.__module__.startswith("keras.")]
    if own or "__lambda__" in text or not all(name.startswith("keras") for name in modules):
        return None
    return re.sub(r'_\d+"', '"', text)
