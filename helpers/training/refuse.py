"""What cannot be trained is refused before the first step, in one sentence that says what to do."""

import keras
import numpy as np

from helpers import compat, measure
from helpers.errors import TrainingError
from helpers.training import optimizers
from helpers.training.settings import Settings

LOOK = 256  # images whose outputs are looked at
ROUNDING = 1e-3  # this little outside [0, 1] comes from rounding, not from another scale


def images(images, inputs, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(inputs, targets) as float32 arrays; the same object twice if there are no other inputs.

    Raises
    ------
    TrainingError: no numbers, no images, values outside [0, 1], or lengths that differ.
    """
    if isinstance(images, tuple) and len(images) == 2 and np.ndim(images[0]) > 1:
        raise TrainingError(
            f"{name} is a pair: give the targets as `{name}=` and what the model sees as "
            f"`{'inputs' if name == 'images' else 'validation_inputs'}=`."
        )
    y = _numbers(images, name)
    if y.ndim < 2 or y.size == 0:
        raise TrainingError(f"{name} must have the shape (number, ...), not {y.shape}.")
    low, high = _finite(y, f"{name} hold")
    if low < 0 or high > 1:
        raise TrainingError(
            f"{name} must lie in [0, 1], but these run from {low:.8g} to {high:.8g}: "
            f"{_rescaling(low, high)}."
        )
    if inputs is None:
        return y, y
    x = _numbers(inputs, f"the inputs of {name}")
    if len(np.atleast_1d(x)) != len(y):
        raise TrainingError(f"{len(np.atleast_1d(x))} inputs cannot belong to {len(y)} {name}.")
    _finite(x, f"the inputs of {name} hold")
    return x, y


def mismatch(seen: tuple, held_out: tuple) -> None:
    """Refuse held-out images of another shape than those to learn from."""
    for name, a, b in zip(("inputs", "images"), seen, held_out, strict=True):
        if a.shape[1:] != b.shape[1:]:
            raise TrainingError(
                f"The {name} have shape {a.shape[1:]}, those for validation {b.shape[1:]}: "
                "the two must be equal."
            )


def parts(settings: Settings) -> tuple:
    """(optimizer, loss) as Keras understands them.

    Raises
    ------
    TrainingError: Keras knows no such name, or the part cannot serve a model made later.
    """
    optimizer = _known("optimizer", settings.optimizer, keras.optimizers.get)
    _known("loss", settings.loss, keras.losses.get)
    for metric in settings.metrics:
        _known("metrics", metric, keras.metrics.get)
    if optimizer is None:
        raise TrainingError("optimizer=None does not train: name one, such as 'adam'.")
    optimizers.check(optimizer)
    for callback in settings.callbacks:
        _check_callback(callback)
    return optimizer, settings.loss


def model(model: keras.Model, x: np.ndarray, y: np.ndarray, loss) -> None:
    """Refuse a model whose output cannot be compared with the targets.

    One with a ``train_step`` or ``compute_loss`` of its own compares them in its own way.
    """
    takes = getattr(model, "input_shape", None)  # None for a subclassed model not called yet
    if isinstance(takes, tuple) and not _fits(x.shape[1:], takes[1:]):
        raise TrainingError(
            f"The model takes inputs of shape {takes[1:]}, but these have {x.shape[1:]}: "
            "reshape them, or load the images with another `shape`."
        )
    for layer in compat.all_layers(model):
        if getattr(layer, "stateful", False):
            raise TrainingError(
                f"The layer {layer.name} carries its state from batch to batch, which shuffled "
                "images cannot mean: leave out stateful=True."
            )
    few = min(LOOK, measure.batch_for(x.shape[1:]))  # images of any size fit memory
    output = model(x[:few], training=False)
    kind = type(model)
    own_step = kind.train_step is not keras.Model.train_step
    if own_step or kind.compute_loss is not keras.Model.compute_loss:
        return
    if loss is None:
        raise TrainingError("loss=None gives nothing to train on: name one, such as 'mse'.")
    if isinstance(output, tuple | list | dict):
        raise TrainingError(
            f"The model has {len(output)} outputs, but one is compared with the images: return the "
            "reconstruction alone, or write a train_step of its own."
        )
    if tuple(output.shape[1:]) != y.shape[1:]:
        raise TrainingError(
            f"The model's output has shape {tuple(output.shape[1:])}, but the target images have "
            f"{y.shape[1:]}: the two must be equal."
        )
    if _is_bce_of_probabilities(loss):
        low, high = float(np.min(output)), float(np.max(output))
        saturated = compat.logits_of(output) is not None  # a sigmoid may round to exactly 0 or 1
        if not (low > 0 and high < 1) and not (saturated and 0 <= low <= high <= 1):
            raise TrainingError(
                "Binary cross-entropy needs outputs between 0 and 1, but this model's run from "
                f"{low:.3g} to {high:.3g}: end it with a sigmoid, or use "
                "keras.losses.BinaryCrossentropy(from_logits=True)."
            )


def _numbers(given, name: str) -> np.ndarray:
    """An array of float32, or a sentence about what was given instead."""
    cure = "stack them into one array of shape (number, ...)"
    if hasattr(given, "element_spec") or hasattr(given, "__next__"):
        kind = type(given).__name__
        raise TrainingError(
            f"{name} must be an array in memory, not a {kind}: stack its images with np.stack, "
            "or use `model.fit`."
        )
    if isinstance(given, dict):
        raise TrainingError(f"{name} must be one array, not a dict: {cure}.")
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        raise TrainingError(f"{name} have masked pixels: fill them first, such as with .filled(0).")
    try:
        array = np.asarray(given)
        if array.dtype.kind in "USO":
            raise TypeError
        return np.asarray(array, "float32")
    except (TypeError, ValueError):
        shapes = {np.shape(part) for part in given} if isinstance(given, list | tuple) else ()
        shapes = shapes or ({np.shape(p) for p in given} if np.ndim(given) == 1 else ())
        if len(shapes) > 1:
            what = f"images of several sizes ({', '.join(map(str, sorted(shapes)[:2]))}, ...)"
            raise TrainingError(f"{name} hold {what}: bring them to one size.") from None
        raise TrainingError(f"{name} must hold numbers: {cure}.") from None


def _finite(array: np.ndarray, who: str) -> tuple[float, float]:
    low, high = array.min(), array.max()
    if not np.isfinite([low, high]).all():
        raise TrainingError(f"{who} values that are not finite (NaN or infinite).")
    return low, high


def _rescaling(low: float, high: float) -> str:
    """How images of this range come into [0, 1]."""
    if low >= -ROUNDING and high <= 1 + ROUNDING:
        return "that is rounding, so clip them with np.clip(images, 0, 1)"
    for top in (255, 65_535):
        if low >= 0 and 2 <= high <= top:
            return f"divide them by {top}"
    return "rescale them"


def _fits(shape: tuple, wanted: tuple) -> bool:
    return len(shape) == len(wanted) and all(
        b in (a, None) for a, b in zip(shape, wanted, strict=True)
    )


def _known(kind: str, given, get):
    """What Keras makes of ``given``, or a sentence if it knows no such thing."""
    try:
        return get(given)
    except (ValueError, TypeError):
        cure = "check the spelling of the name" if isinstance(given, str) else "give one by name"
        shown = repr(given) if isinstance(given, str) else f"a {type(given).__name__}"
        raise TrainingError(f"{kind}={shown} is no {kind} that Keras knows: {cure}.") from None


def _check_callback(callback) -> None:
    """Callbacks act at the ends of epochs and of the run; steps are one compiled call."""
    if not isinstance(callback, keras.callbacks.Callback):
        raise TrainingError(f"callbacks must be Keras callbacks, not a {type(callback).__name__}.")
    name, kind = type(callback).__name__, type(callback)
    rates = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)
    if isinstance(callback, rates):
        raise TrainingError(
            f"{name} changes the learning rate during the run: give the optimizer a schedule from "
            "keras.optimizers.schedules instead."
        )
    batchwise = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    plain = keras.callbacks.Callback
    once = getattr(callback, "save_freq", None) == "epoch"  # ModelCheckpoint, as it comes
    if not once and any(getattr(kind, hook) is not getattr(plain, hook) for hook in batchwise):
        raise TrainingError(
            f"{name} wants to act after every batch, which one compiled call does not stop for: "
            "use a callback that acts once an epoch, or `model.fit`."
        )


def _is_bce_of_probabilities(loss) -> bool:
    loss = keras.losses.get(loss)
    if isinstance(loss, keras.losses.BinaryCrossentropy):
        return not loss.get_config()["from_logits"]
    return loss is keras.losses.binary_crossentropy
