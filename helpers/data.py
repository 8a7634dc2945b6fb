"""Load images split in three, real, complete, checked and offline; add your own.

A data set is a folder below ``data/`` with four gzipped IDX files (``helpers/idx.py``), each with
a recorded SHA-256. ``add`` makes such a folder from your arrays (``helpers/own.py``).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import idx
from helpers.errors import DataError, quoted
from helpers.idx import FILES, FOLDER
from helpers.own import add

__all__ = ["CLASSES", "FILES", "FOLDER", "Images", "add", "load", "verify"]

CLASSES = {
    "fashion-mnist": (
        *("T-shirt", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    )
}


@dataclass(frozen=True)
class Images:
    """A data set split in three; ``x_*`` are float32 in [0, 1], ``y_*`` are int labels.

    Choose everything (rates, sizes, when to stop) on ``x_val``. Touch ``x_test`` once, at the end.
    ``classes[label]`` names a label, also where a part of the split holds no image of it.
    ``shape`` is that of one image as stored, (height, width) or (height, width, 3), however the
    ``x_*`` were reshaped.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray
    y_val: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: tuple[str, ...]
    shape: tuple[int, ...]

    def __repr__(self) -> str:
        sizes = f"train {self.x_train.shape}, val {self.x_val.shape}, test {self.x_test.shape}"
        return f"Images({self.name}: {sizes})"


def load(
    name: str = "mnist",
    *,
    n: int | None = None,
    validation: int | None = None,
    seed: int = 0,
    shape: tuple[int, ...] = (-1,),
    folder: Path = FOLDER,
) -> Images:
    """Load a data set and cut a validation set from its training images.

    Parameters
    ----------
    name: a folder of ``data/``: ``"mnist"``, ``"fashion-mnist"`` or your own (``data.add``).
    n: how many training images to keep (``None``: all that are left). Classes keep their
        proportions; a smaller subset is part of a larger one of the same seed. Where fewer are
        left, all of them are kept, and a printed sentence says so.
    validation: images cut from the training set for validation; 0 leaves the training set whole.
        ``None``: a tenth of them, at least 1 and at most 6,000 (6,000 of MNIST's 60,000).
    seed: decides which images go to validation and into the subset. The test set never changes.
    shape: the shape of one image: ``(-1,)`` for flat rows of 784, ``(28, 28, 1)`` for convolutions.

    Raises
    ------
    DataError: an unknown name, a split that does not fit, or a file that is missing, truncated,
        altered or mislabelled; one sentence names it and the cure.
    """
    digests, known = idx.digests(folder), idx.sets(folder)
    if name not in known:
        raise DataError(
            f"There is no data set called {quoted(name)}: choose one of {', '.join(known)}, "
            "or add your own as data/README.md shows."
        )
    arrays = {key: idx.read(folder, f"{name}/{file}", digests) for key, file in FILES.items()}
    for part in ("train", "test"):
        images, labels = len(arrays[f"x_{part}"]), len(arrays[f"y_{part}"])
        if images != labels:
            raise DataError(
                f"The {part} files of data/{name} do not belong together: "
                f"{images} images but {labels} labels; copy both anew from one source."
            )
    validation = _validation(validation, len(arrays["y_train"]))
    n = _count(name, n, len(arrays["y_train"]) - validation)
    order = _stratified_order(arrays["y_train"], seed)
    val = np.sort(order[:validation])
    train = np.sort(order[validation:][:n])

    stored = arrays["x_train"].shape[1:]
    try:
        one = arrays["x_train"][0].reshape(shape).shape  # -1 worked out, also for an empty part
    except (TypeError, ValueError):
        raise DataError(f"shape={quoted(shape)} does not fit images of {stored} pixels.") from None

    def scaled(x: np.ndarray) -> np.ndarray:
        return (x.astype("float32") / 255).reshape(len(x), *one)

    y = {part: arrays[f"y_{part}"].astype("int64") for part in ("train", "test")}
    labels = 1 + max(int(part.max()) for part in y.values())
    named = CLASSES.get(name) or idx.names(folder, name, digests)
    return Images(
        name=name,
        x_train=scaled(arrays["x_train"][train]),
        y_train=y["train"][train],
        x_val=scaled(arrays["x_train"][val]),
        y_val=y["train"][val],
        x_test=scaled(arrays["x_test"]),
        y_test=y["test"],
        classes=named or tuple(str(label) for label in range(labels)),
        shape=stored,
    )


def verify(folder: Path = FOLDER) -> pd.DataFrame:
    """Check every data file; one row a file with its size in MB and "ok" or what is wrong."""
    digests, rows = idx.digests(folder), []
    for file in sorted(digests):
        try:
            if file.endswith(idx.NAMES):
                idx.checked(folder, file, digests)
            else:
                idx.read(folder, file, digests)
            state = "ok"
        except DataError as error:
            state = str(error)
        path = folder / file
        size = path.stat().st_size / 1e6 if path.is_file() else 0.0
        rows.append({"file": file, "MB": round(size, 1), "state": state})
    return pd.DataFrame(rows, columns=["file", "MB", "state"])


def _validation(asked: int | None, total: int) -> int:
    """How many of ``total`` training images go to validation."""
    if asked is None:
        return min(max(1, total // 10), 6_000, total - 1)
    if not isinstance(asked, int | np.integer) or not 0 <= asked < total:
        raise DataError(f"validation={quoted(asked)} must be a whole number from 0 to {total - 1}.")
    return int(asked)


def _count(name: str, asked: int | None, left: int) -> int:
    """How many of the training images that are left are kept."""
    if asked is None:
        return left
    if not isinstance(asked, int | np.integer) or asked < 1:
        raise DataError(f"n={quoted(asked)} must be a whole number of at least 1, or None for all.")
    if asked > left:
        print(f"{name} has no {asked:,} training images: all the {left:,} it has are used.")
    return min(int(asked), left)


def _stratified_order(labels: np.ndarray, seed: int) -> np.ndarray:
    """A random order whose every beginning holds the classes in their proportions.

    scikit-learn's splitters draw each size afresh; here subsets are nested, which lessons on
    training-set size need.
    """
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise DataError(f"seed={quoted(seed)} must be a whole number from 0 upwards.")
    rng = np.random.default_rng(seed)
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        place[members] = (rng.permutation(len(members)) + rng.random()) / len(members)
    return np.argsort(place, kind="stable")
