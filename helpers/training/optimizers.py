"""An optimizer taken apart and put together again, so that one object can serve many runs.

Keras's own way to copy an optimizer is its configuration, which loses whatever a class of the
reader's does not write into it, and cannot hold a schedule or a rate that is a function. Here the
copy gets every plain value that the original holds, and no variable of it.
"""

from collections.abc import Callable

import keras
import numpy as np

from helpers import compat
from helpers.errors import TrainingError

# What keras.optimizers.Optimizer itself is told; all else belongs to the class.
COMMON = (
    *("weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum"),
    *("ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps"),
)


def parts(optimizer: keras.Optimizer) -> tuple[type, dict, dict]:
    """(its class, what every optimizer is told, what this class remembers besides).

    All three can be pickled if the reader's own functions can; the learning rate is left out.
    """
    common = {name: getattr(optimizer, name, None) for name in COMMON}
    bare = vars(_made(keras.optimizers.Optimizer, common, 1.0)).keys()
    own = {
        name: value
        for name, value in vars(optimizer).items()
        if name not in bare and not _holds_variables(value)
    }
    return type(optimizer), common, own


def copied(optimizer: keras.Optimizer, learning_rate=None) -> keras.Optimizer:
    """A fresh optimizer with the same settings, or with another learning rate, not built."""
    rate = compat.learning_rate_of(optimizer) if learning_rate is None else learning_rate
    return assembled(*parts(optimizer), rate)


def assembled(kind: type, common: dict, own: dict, rate) -> keras.Optimizer:
    """The optimizer that these parts make, with ``rate``: a number, a schedule or a function."""
    made = _made(kind, common, rate)
    for name, value in own.items():
        setattr(made, name, value)
    return made


def fingerprint(optimizer: keras.Optimizer) -> tuple:
    """Equal for optimizers that compute the same from the same gradients and rates."""
    kind, common, own = parts(optimizer)
    plain = {name: v for name, v in own.items() if not isinstance(v, dict) or v}
    return kind, repr(sorted(common.items())), repr(sorted(plain.items()))


def rates(optimizer: keras.Optimizer, steps: int) -> np.ndarray:
    """The learning rate of every step, shape (steps,), asked before the first one.

    Raises
    ------
    TrainingError: the schedule or function fails, or gives something that is no number.
    """
    rate = compat.learning_rate_of(optimizer)
    if not callable(rate):
        return np.full(steps, rate, "float32")
    by_step = isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)
    try:
        if by_step:
            return _scheduled(rate, steps)
        return np.full(steps, float(rate()), "float32")
    except Exception as error:
        what = type(rate).__name__ if by_step else "the function given as learning rate"
        raise TrainingError(
            f"{what} cannot be asked for a rate, it raised {type(error).__name__}: "
            f"{' '.join(str(error).split())[:80].rstrip('.')}."
        ) from error


def _scheduled(schedule: Callable, steps: int) -> np.ndarray:
    """All rates in one call where the schedule takes an array of steps; step by step if not."""
    count = np.arange(steps)
    if steps > 2:
        try:
            together = np.asarray(schedule(count.astype("float32")), "float32")
            few = [0, steps // 2, steps - 1]
            alone = [float(schedule(int(i))) for i in few]
            if together.shape == (steps,) and np.allclose(together[few], alone, rtol=1e-6, atol=0):
                return together
        except Exception:  # written for one step at a time, as most are
            pass
    return np.array([float(schedule(int(i))) for i in count], "float32")


def check(optimizer: keras.Optimizer) -> None:
    """Refuse what cannot be carried to a model that does not exist yet.

    Raises
    ------
    TrainingError: a wrapper for scaled losses, or weight decay switched off by variable.
    """
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        raise TrainingError("LossScaleOptimizer is not supported: pass the optimizer inside it.")
    if any(isinstance(found, set) and found for found in compat.weight_decay_exclusions(optimizer)):
        raise TrainingError(
            "exclude_from_weight_decay(var_list=...) names variables of another model: "
            "use var_names=, such as ['bias']."
        )


def _made(kind: type, common: dict, rate) -> keras.Optimizer:
    """An optimizer of this class that has seen no constructor but the common one."""
    made = kind.__new__(kind)
    rate = rate if callable(rate) else float(rate)
    keras.optimizers.Optimizer.__init__(made, learning_rate=rate, **common)
    return made


def _holds_variables(value) -> bool:
    return any(isinstance(leaf, keras.Variable) for leaf in keras.tree.flatten(value))
