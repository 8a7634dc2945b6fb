"""The one place that knows private names of Keras and TensorFlow, so that an upgrade is safe.

Keras and TensorFlow may rename a private name in any release. Every function here then does
without it, as well as it can, and the course goes on; tests/test_compat.py fails and names the
function whose private name is gone. No other file of the course may use such a name.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

__all__ = [
    "all_layers",
    "clear_kernel_cache",
    "global_seed",
    "learning_rate_of",
    "logits_of",
    "loss_arguments",
    "weight_decay_exclusions",
]

Schedule = keras.optimizers.schedules.LearningRateSchedule
EXCLUSIONS = ("_exclude_from_weight_decay", "_exclude_from_weight_decay_pattern")


def learning_rate_of(optimizer: keras.Optimizer) -> float | Schedule | Callable[[], float]:
    """The learning rate as it was given: a number, a schedule object or a function.

    (The public ``optimizer.learning_rate`` asks a schedule or a function at once and hands back a
    number.) Without the private name, a schedule is made anew from the optimizer's configuration,
    and a function appears as the number that it gives now.
    """
    given = getattr(optimizer, "_learning_rate", None)
    if given is None:
        given = optimizer.get_config().get("learning_rate")
        if isinstance(given, dict):
            return keras.optimizers.schedules.deserialize(given)
    if isinstance(given, Schedule) or callable(given):
        return given
    return float(optimizer.learning_rate)


def all_layers(model: keras.Layer, *, itself: bool = True) -> list[keras.Layer]:
    """Every layer at any depth, each once; first the model, unless ``itself`` is false.

    Layers inside layers (a wrapper's, a bidirectional network's two) are among them; the public
    ``model.layers`` names the outermost only. Without the private name, layers are looked for
    in the public attributes of each, which may miss those that a layer keeps out of sight.
    """
    flatten = getattr(model, "_flatten_layers", None)
    if flatten is not None:
        return list(flatten(include_self=itself))
    found = {id(layer): layer for layer in _walk(model)}
    if not itself:
        found.pop(id(model))
    return list(found.values())


def _walk(layer: keras.Layer) -> Iterator[keras.Layer]:
    """The layer, and the layers in its attributes and in lists and dicts among these."""
    yield layer
    inside = [getattr(layer, "layers", []), *vars(layer).values()]
    for part in keras.tree.flatten(inside):
        if isinstance(part, keras.Layer) and part is not layer:
            yield from _walk(part)


def logits_of(tensor):
    """What a sigmoid or a softmax was computed from, where Keras noted it; None elsewhere.

    Keras computes cross-entropies from these logits, which do not round to 0 or 1.
    """
    return getattr(tensor, "_keras_logits", None)


def clear_kernel_cache() -> None:
    """Let go of TensorFlow's compiled kernels, about 1 MB a training run (takes 0.1 s)."""
    try:
        from tensorflow.python.eager import context

        context.context().clear_kernel_cache()
    except (ImportError, AttributeError):
        return


def weight_decay_exclusions(optimizer: keras.Optimizer) -> tuple:
    """What ``exclude_from_weight_decay`` was told: a set of variables' keys, a compiled pattern.

    Empty if nothing is excluded. No configuration mentions them: a copy made by ``from_config``
    has lost them.
    """
    told = [getattr(optimizer, name, None) for name in EXCLUSIONS]
    return tuple(part for part in told if part)


def loss_arguments(loss: keras.Loss) -> dict:
    """All arguments that decide what a Keras loss object computes.

    Its public configuration, and what was given to the function inside: Huber's configuration,
    for one, leaves out its ``delta``. Without the private name, the configuration alone.
    """
    return loss.get_config() | (getattr(loss, "_fn_kwargs", None) or {})


@contextmanager
def global_seed(seed: int, *, tensorflow: bool = False) -> Iterator[None]:
    """Keras's own generators start from ``seed``, and with ``tensorflow`` TensorFlow's too.

    Keras draws the seeds of initial weights and of dropout from Python's ``random``, from which
    other threads (Dask's, say) may draw at the same time: here it gets a generator of its own,
    which gives the numbers that ``random.seed(seed)`` would lead to. Afterwards the reader's
    generators are where they were. Setting TensorFlow's seed empties its kernel cache, which slows
    the next calls down. Without the private names, Keras's public function sets the seeds, and
    they stay set.
    """
    try:
        from keras.src.backend.common import global_state
        from keras.src.random import seed_generator
        from tensorflow.python.eager import context

        names = ("global_random_seed", "global_seed_generator")
        kept = [global_state.get_global_attribute(name) for name in names]
        running = context.context()
        drawn = running._seed, getattr(running, "_rng", None)  # none before a first seed
        shared = seed_generator.python_random
    except (ImportError, AttributeError):
        keras.utils.set_random_seed(seed)
        yield
        return
    try:
        seed_generator.python_random = random.Random(seed)
        global_state.set_global_attribute(names[0], seed)
        global_state.set_global_attribute(names[1], None)
        if tensorflow:
            tf.random.set_seed(seed)
        yield
    finally:
        for name, value in zip(names, kept, strict=True):
            global_state.set_global_attribute(name, value)
        running._seed, running._rng = drawn
        seed_generator.python_random = shared
