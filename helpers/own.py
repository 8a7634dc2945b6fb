"""Store the reader's own images beside the course's: checked first, then written all at once."""

import hashlib
import re
import shutil
import uuid
from pathlib import Path

import numpy as np

from helpers.errors import DataError, quoted
from helpers.idx import COURSE, FILES, FOLDER, NAMES, SUMS, pack

RESERVED = (*COURSE, "results")
UNLABELLED = "unlabelled"  # the one class of a set without labels


def add(
    name: str, x_train, y_train, x_test, y_test, *, replace: bool = False, folder: Path = FOLDER
) -> None:
    """Store your own images as ``data/<name>``, with their checksums.

    The same arrays always give the same bytes; adding them once more changes nothing. The set
    appears under its name when everything is written, or not at all.

    Parameters
    ----------
    name: of the new folder, which ``data.load`` and a lesson's ``DATASET`` then know.
    x_train, x_test: images, (number, height, width) in grey or (number, height, width, 3) in
        colour, whole numbers from 0 (background) to 255; True and False become 255 and 0.
    y_train, y_test: for each image a whole number from 0 to 255, or the name of its class as text.
        None for both: no labels.
    replace: overwrite an own set of that name which holds something else.

    Raises
    ------
    DataError: a name that is taken or cannot name a folder, arrays that do not fit together,
        pixels in [0, 1], masked or missing entries; nothing is written then.
    """
    _check_name(name)
    x = {key: _images(key, given) for key, given in (("x_train", x_train), ("x_test", x_test))}
    if x["x_train"].shape[1:] != x["x_test"].shape[1:]:
        raise DataError("x_train and x_test hold images of different sizes.")
    y, classes = _labels({"y_train": y_train, "y_test": y_test}, [len(i) for i in x.values()])
    content = {FILES[key]: pack(array) for key, array in (x | y).items()}
    if classes:
        content[NAMES] = "".join(f"{line}\n" for line in classes).encode("utf-8")
    sums = {file: hashlib.sha256(packed).hexdigest() for file, packed in sorted(content.items())}
    content[SUMS] = "".join(f"{digest}  {file}\n" for file, digest in sums.items()).encode()
    _write(folder, name, content, replace)


def _check_name(name: str) -> None:
    if not (isinstance(name, str) and re.fullmatch(r"[\w-]+", name)):
        raise DataError(f"{quoted(name)} cannot name a folder: use letters, digits and hyphens.")
    if name.casefold() in RESERVED:
        raise DataError(f"{name!r} belongs to the course: give your images another name.")


def _plain(key: str, given) -> np.ndarray:
    """The argument as an ordinary array."""
    if np.ma.is_masked(given):
        raise DataError(f"{key} has masked entries: fill them first, with {key}.filled(0) say.")
    try:
        return np.asarray(given)
    except ValueError:
        raise DataError(f"{key} holds parts of several sizes: bring them to one first.") from None


def _bytes(key: str, array: np.ndarray) -> np.ndarray:
    """Whole numbers from 0 to 255 as uint8, unchanged."""
    if array.dtype.kind in "buif":
        with np.errstate(invalid="ignore"):  # NaN is refused, not warned of
            small = array.astype("uint8")
        if np.array_equal(array, small):
            return small
    text = ", or text" if key.startswith("y") else ""
    raise DataError(f"{key} must hold whole numbers from 0 to 255{text}.")


def _images(key: str, given) -> np.ndarray:
    array = _plain(key, given)
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    colour = array.ndim == 4 and array.shape[-1] == 3
    if array.size == 0 or not (array.ndim == 3 or colour):
        raise DataError(
            f"{key} has shape {array.shape}: images need (number, height, width), "
            "or (number, height, width, 3) in colour."
        )
    if array.dtype == bool:
        return array.astype("uint8") * 255
    # Nothing is guessed: as bytes, an image that runs from 0 to 1 would be practically empty.
    if array.dtype.kind in "uif" and array.min() >= 0 and 0 < array.max() <= 1:
        raise DataError(
            f"{key} runs from 0 to {array.max():g}, but pixels are bytes from 0 to 255: "
            f"give np.round(255 * {key})."
        )
    return _bytes(key, array)


def _labels(
    given: dict[str, object], lengths: list[int]
) -> tuple[dict[str, np.ndarray], list[str] | None]:
    """Both label arrays as uint8, and the names of the classes if the labels are text."""
    if all(labels is None for labels in given.values()):
        zeros = [np.zeros(length, "uint8") for length in lengths]
        return dict(zip(given, zeros, strict=True)), [UNLABELLED]
    if any(labels is None for labels in given.values()):
        raise DataError("One of y_train and y_test is None: give labels for both, or for neither.")
    found = {key: _plain(key, labels) for key, labels in given.items()}
    for (key, array), length in zip(found.items(), lengths, strict=True):
        if array.ndim != 1 or array.size == 0:
            raise DataError(f"{key} has shape {array.shape}: labels need (number,).")
        if len(array) != length:
            raise DataError(f"x{key[1:]} and {key} differ in length.")
    text = {key: _is_text(array) for key, array in found.items()}
    if not any(text.values()):
        return {key: _bytes(key, array) for key, array in found.items()}, None
    for key, is_text in text.items():
        if not is_text:
            raise DataError(f"{key} must hold text only, one name for every image.")
    classes = sorted({str(label) for array in found.values() for label in array})
    if len(classes) > 256 or not all(name.strip() and name.isprintable() for name in classes):
        raise DataError("Names of classes need a letter, no line break, and 256 are the most.")
    places = {name: place for place, name in enumerate(classes)}
    return {
        key: np.array([places[str(label)] for label in array], "uint8")
        for key, array in found.items()
    }, classes


def _is_text(array: np.ndarray) -> bool:
    return array.dtype.kind in "UT" or (
        array.dtype.kind == "O" and all(isinstance(label, str) for label in array)
    )


def _write(folder: Path, name: str, content: dict[str, bytes], replace: bool) -> None:
    """Write everything into a folder beside the place, then move it there in one step."""
    place = folder / name
    if place.is_symlink() or place.exists():
        there = {path.name for path in place.iterdir()} if place.is_dir() else set()
        if not (place / SUMS).is_file() or not there <= {*FILES.values(), NAMES, SUMS}:
            raise DataError(f"data/{name} holds other files than a set of images: choose a name.")
        if all(file in there and (place / file).read_bytes() == content[file] for file in content):
            return
        if not replace:
            raise DataError(f"data/{name} holds other images: replace them with replace=True.")
    unique = uuid.uuid4().hex
    new, old = folder / f".{name}-{unique}", folder / f".{name}-{unique}-old"
    try:
        new.mkdir(parents=True)
        for file, packed in content.items():
            (new / file).write_bytes(packed)
        if place.exists():
            place.rename(old)
        new.rename(place)
    except OSError as error:
        if old.exists() and not place.exists():
            old.rename(place)
        why = error.strerror or type(error).__name__
        raise DataError(f"data/{name} could not be written ({why}).") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
