"""Load the course's images: real, complete, checked and offline.

A data set is a folder below ``data/`` with four gzipped IDX files (the format of LeCun, Cortes and
Burges' MNIST page) and one line for each file in ``data/SHA256SUMS``. TensorFlow, Keras and
scikit-learn can only download these sets, so the few lines that read IDX are here.
"""

import gzip
import hashlib
import math
import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.errors import DataError

FOLDER = Path(__file__).resolve().parents[1] / "data"
FILES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}
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
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray
    y_val: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    classes: tuple[str, ...]

    def __repr__(self) -> str:
        sizes = f"train {self.x_train.shape}, val {self.x_val.shape}, test {self.x_test.shape}"
        return f"Images({self.name}: {sizes})"


def load(
    name: str = "mnist",
    *,
    n: int | None = None,
    validation: int = 6_000,
    seed: int = 0,
    shape: tuple[int, ...] = (-1,),
    folder: Path = FOLDER,
) -> Images:
    """Load a data set and cut a validation set from its training images.

    Parameters
    ----------
    name: a folder of ``data/``: ``"mnist"``, ``"fashion-mnist"`` or your own (``data.add``).
    n: how many training images to keep (``None``: all that are left). Classes keep their
        proportions; a smaller subset is part of a larger one of the same seed.
    validation: images cut from the training set for validation; 0 leaves the training set whole.
    seed: decides which images go to validation and into the subset. The test set never changes.
    shape: the shape of one image: ``(-1,)`` for flat rows of 784, ``(28, 28, 1)`` for convolutions.

    Raises
    ------
    DataError: an unknown name, a split that does not fit, or a file that is missing, truncated,
        altered or mislabelled; one sentence names it and the cure.
    """
    digests = _digests(folder)
    known = sorted({file.split("/")[0] for file in digests})
    if name not in known:
        raise DataError(
            f"There is no data set called {name!r}: choose one of {', '.join(known)}, "
            "or add your own as data/README.md shows."
        )
    arrays = {key: _read(folder, f"{name}/{file}", digests) for key, file in FILES.items()}
    for part in ("train", "test"):
        images, labels = len(arrays[f"x_{part}"]), len(arrays[f"y_{part}"])
        if images != labels:
            raise DataError(
                f"The {part} files of data/{name} do not belong together: "
                f"{images} images but {labels} labels; copy both anew from one source."
            )
    total = len(arrays["y_train"])
    if not isinstance(validation, int | np.integer) or not 0 <= validation < total:
        raise DataError(f"validation={validation} must be a whole number from 0 to {total - 1}.")
    if n is not None and not (isinstance(n, int | np.integer) and 1 <= n <= total - validation):
        raise DataError(
            f"n={n} must be a whole number from 1 to {total - validation}, "
            f"the training images of {name} left after {validation} for validation."
        )

    order = _stratified_order(arrays["y_train"], seed)
    val = np.sort(order[:validation])
    train = np.sort(order[validation:][:n])

    try:
        one = arrays["x_train"][0].reshape(shape).shape  # -1 worked out, also for an empty part
    except ValueError:
        found = arrays["x_train"].shape[1:]
        raise DataError(f"shape={shape} does not fit images of {found} pixels.") from None

    def scaled(x: np.ndarray) -> np.ndarray:
        return (x.astype("float32") / 255).reshape(len(x), *one)

    y = {part: arrays[f"y_{part}"].astype("int64") for part in ("train", "test")}
    return Images(
        name=name,
        x_train=scaled(arrays["x_train"][train]),
        y_train=y["train"][train],
        x_val=scaled(arrays["x_train"][val]),
        y_val=y["train"][val],
        x_test=scaled(arrays["x_test"]),
        y_test=y["test"],
        classes=CLASSES.get(name, tuple(str(c) for c in range(int(y["train"].max()) + 1))),
    )


def verify(folder: Path = FOLDER) -> pd.DataFrame:
    """Check every data file; one row a file with its size in MB and "ok" or what is wrong."""
    digests, rows = _digests(folder), []
    for file in sorted(digests):
        try:
            _read(folder, file, digests)
            state = "ok"
        except DataError as error:
            state = str(error)
        path = folder / file
        size = path.stat().st_size / 1e6 if path.is_file() else 0.0
        rows.append({"file": file, "MB": round(size, 1), "state": state})
    return pd.DataFrame(rows)


def add(name: str, x_train, y_train, x_test, y_test, *, folder: Path = FOLDER) -> None:
    """Store your own images as ``data/<name>`` and record their checksums.

    ``x_*``: uint8 arrays (images, height, width); ``y_*``: integer labels from 0 to 255.
    The files are byte-for-byte the same whenever the arrays are.
    """
    arrays = dict(x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    if not re.fullmatch(r"[\w-]+", name):
        raise DataError(f"{name!r} cannot name a folder: use letters, digits and hyphens.")
    for key, array in arrays.items():
        array = np.asarray(array)
        wanted = 3 if key.startswith("x") else 1
        if array.ndim != wanted or array.size == 0:
            raise DataError(
                f"{key} has shape {array.shape}: images need (number, height, width), "
                "labels (number,)."
            )
        with np.errstate(invalid="ignore"):  # NaN is refused, not warned of
            arrays[key] = array.astype("uint8")
        if not np.array_equal(array, arrays[key]):
            raise DataError(f"{key} must hold whole numbers from 0 to 255.")
    for part in ("train", "test"):
        if len(arrays[f"x_{part}"]) != len(arrays[f"y_{part}"]):
            raise DataError(f"x_{part} and y_{part} differ in length.")
    if arrays["x_train"].shape[1:] != arrays["x_test"].shape[1:]:
        raise DataError("x_train and x_test hold images of different sizes.")
    (folder / name).mkdir(parents=True, exist_ok=True)
    sums = folder / "SHA256SUMS"
    digests = _digests(folder) if sums.exists() else {}
    for key, file in FILES.items():
        array = arrays[key]
        head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        packed = gzip.compress(head + array.tobytes(), 9, mtime=0)
        (folder / name / file).write_bytes(packed)
        digests[f"{name}/{file}"] = hashlib.sha256(packed).hexdigest()
    lines = [f"{digest}  {file}\n" for file, digest in sorted(digests.items())]
    sums.write_text("".join(lines), encoding="utf-8", newline="\n")


def _digests(folder: Path) -> dict[str, str]:
    """{file: SHA-256} as listed in SHA256SUMS."""
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        return {file: digest for digest, file in (line.split() for line in lines if line.strip())}
    except (OSError, ValueError) as error:
        what = "missing" if isinstance(error, OSError) else "damaged"
        raise DataError(
            f"data/SHA256SUMS is {what}: restore it with `git checkout -- data/SHA256SUMS`."
        ) from None


def _read(folder: Path, file: str, digests: dict[str, str]) -> np.ndarray:
    """One IDX file as a uint8 array, after its checksum and its header were found right."""
    path, cure = folder / file, f"restore it with `git checkout -- data/{file}`."
    if not path.is_file():
        raise DataError(f"data/{file} is missing: {cure}")
    if file not in digests:
        raise DataError(f"data/{file} is not listed in data/SHA256SUMS: add it with data.add.")
    packed = path.read_bytes()
    digest = hashlib.sha256(packed).hexdigest()
    if digest != digests[file]:
        twin = next((other for other, known in digests.items() if known == digest), None)
        if twin:
            raise DataError(f"data/{file} is mislabelled, it holds data/{twin}: {cure}")
        raise DataError(f"data/{file} {_what_is_wrong(packed)}: {cure}")
    ndim = 3 if "images" in file else 1
    try:
        raw = gzip.decompress(packed)
        head, shape = struct.unpack_from(">HBB", raw), struct.unpack_from(f">{ndim}I", raw, 4)
    except (EOFError, OSError, gzip.zlib.error, struct.error):
        head = None
    if head != (0, 8, ndim) or len(raw) != 4 + 4 * ndim + math.prod(shape):
        raise DataError(f"data/{file} is not an IDX file of {ndim}-dimensional bytes: {cure}")
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * ndim).reshape(shape)


def _what_is_wrong(packed: bytes) -> str:
    """Tell a truncated file from an altered one."""
    if packed.startswith(b"version https://git-lfs"):
        return "is only a pointer to the real file"
    try:
        gzip.decompress(packed or b"?")  # nothing at all would count as a whole archive
    except EOFError:
        return f"is truncated after {len(packed):,} bytes"
    except (OSError, ValueError, gzip.zlib.error):
        return "is damaged and cannot be unpacked"
    return "was altered, its SHA-256 differs from the one in data/SHA256SUMS"


def _stratified_order(labels: np.ndarray, seed: int) -> np.ndarray:
    """A random order whose every beginning holds the classes in their proportions.

    scikit-learn's splitters draw each size afresh; here subsets are nested, which lessons on
    training-set size need.
    """
    rng = np.random.default_rng(seed)
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        place[members] = (rng.permutation(len(members)) + rng.random()) / len(members)
    return np.argsort(place, kind="stable")
