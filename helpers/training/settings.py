"""What a run is told, in one frozen object: the arguments of ``train`` are listed here, once."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from numbers import Integral

from helpers.errors import TrainingError, quoted

MOST_SEEDS = 2**32  # NumPy's legacy generator, from which Keras draws, takes seeds below this

# What readers know from `fit` and `compile`, and what does the same here.
ADVICE = {
    "x": "the images are the second argument, and `inputs=` what the model sees instead of them",
    "y": "the images are their own targets: give other inputs as `inputs=`",
    "validation_data": "give the held-out images as `validation=`",
    "validation_split": "give held-out images as `validation=`, such as `images.x_val`",
    "sample_weight": "leave images out, or repeat them, or use `model.fit`",
    "class_weight": "leave images out, or repeat them, or use `model.fit`",
    "shuffle": "the order of the batches follows from `seed=`, as `batch_order` tells",
    "verbose": "a progress bar shows by itself; `label=` is the text before it",
    "steps_per_epoch": "give `epochs=` and `batch_size=`",
    "learning_rate": "give an optimizer, such as `optimizer=keras.optimizers.Adam(0.01)`",
    "jit_compile": "XLA is used where it pays",
    "seeds": "one run has one `seed=`; `sweep` takes several",
}


@dataclass(frozen=True)
class Settings:
    """Everything about a run but the model and the images; ``train`` says what each means."""

    inputs: object = None
    validation: object = None
    validation_inputs: object = None
    loss: object = "mse"
    optimizer: object = "adam"
    metrics: object = ()
    callbacks: object = ()
    epochs: int = 10
    batch_size: int = 256
    seed: int = 0
    label: str = ""

    def __post_init__(self) -> None:
        """Whole numbers of any kind are fine; everything else is refused by name.

        Raises
        ------
        TrainingError: ``epochs``, ``batch_size`` or ``seed`` is not a whole number in its range.
        """
        for name, low in (("epochs", 1), ("batch_size", 1), ("seed", 0)):
            value = getattr(self, name)
            whole = isinstance(value, Integral) and not isinstance(value, bool)
            if not whole or value < low or (name == "seed" and value >= MOST_SEEDS):
                least = f"of at least {low}" if name != "seed" else f"from 0 to {MOST_SEEDS - 1:,}"
                raise TrainingError(f"{name}={quoted(value)} must be a whole number {least}.")
            object.__setattr__(self, name, int(value))
        for name in ("metrics", "callbacks"):
            value = getattr(self, name)
            several = isinstance(value, list | tuple)
            one = () if value is None else (value,)
            object.__setattr__(self, name, tuple(value) if several else one)

    @classmethod
    def of(cls, given: dict, caller: str = "train") -> "Settings":
        """The settings with these changes to the defaults.

        Raises
        ------
        TrainingError: a name that is no setting, with what to use instead; a bad value.
        """
        for name in given:
            if name not in NAMES:
                cure = ADVICE.get(name, f"it takes {', '.join(NAMES)}")
                raise TrainingError(f"{caller} does not take `{name}=`: {cure}.")
        return cls(**given)


NAMES = tuple(field.name for field in fields(Settings))


def takes_settings(function: Callable) -> Callable:
    """Show the settings, with their defaults, in the help of a function that takes ``**given``."""
    shown = inspect.signature(function)
    named = [p for p in shown.parameters.values() if p.kind is not p.VAR_KEYWORD]
    listed = [
        inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default)
        for f in fields(Settings)
        if f.name not in shown.parameters
    ]
    function.__signature__ = shown.replace(parameters=[*named, *listed])
    return function
