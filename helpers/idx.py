"""Read and write the data's files: gzipped IDX, each held against its SHA-256.

IDX is the format of LeCun, Cortes and Burges' MNIST page: two zero bytes, 8 for bytes, the number
of dimensions, each dimension as four bytes (most significant first), then the bytes themselves.
TensorFlow, Keras and scikit-learn can only download these sets, so the few lines are here.
The course's own sets are listed in ``data/SHA256SUMS``, every added one in a ``SHA256SUMS`` of its
own folder.
"""

import gzip
import hashlib
import math
import os
import struct
from pathlib import Path

import numpy as np

from helpers.errors import DataError

# COURSE_DATA names another folder than data/, for a shared disk or a test.
FOLDER = Path(os.environ.get("COURSE_DATA") or Path(__file__).parents[1] / "data").resolve()
COURSE = ("mnist", "fashion-mnist")  # the sets that belong to the course
FILES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}
NAMES = "labels.txt"  # of the classes, one a line; only in sets whose labels were given as text
SUMS = "SHA256SUMS"


def digests(folder: Path = FOLDER) -> dict[str, str]:
    """{"set/file": SHA-256} of all sets in ``folder``, as listed.

    Raises
    ------
    DataError: the course's own list is missing or damaged. A damaged list of an added set leaves
        its files without a valid checksum, so that reading them says so.
    """
    listed = {}
    if (folder / SUMS).exists() or any((folder / name).exists() for name in COURSE):
        try:
            listed = _parsed(folder / SUMS)
        except (OSError, ValueError) as error:
            what = "missing" if isinstance(error, OSError) else "damaged"
            raise DataError(
                f"data/{SUMS} is {what}: restore it with `git checkout -- data/{SUMS}`."
            ) from None
    for sums in sorted(folder.glob(f"[!.]*/{SUMS}")):
        try:
            own = _parsed(sums)
        except (OSError, ValueError):
            own = dict.fromkeys(FILES.values(), "")
        listed |= {f"{sums.parent.name}/{file}": digest for file, digest in own.items()}
    return listed


def sets(folder: Path = FOLDER) -> list[str]:
    """The names of all sets in ``folder``, the course's and the added ones."""
    return sorted({file.split("/")[0] for file in digests(folder)})


def pack(array: np.ndarray) -> bytes:
    """A uint8 array as gzipped IDX; the same array always gives the same bytes."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), 9, mtime=0)


def read(folder: Path, file: str, digests: dict[str, str]) -> np.ndarray:
    """One IDX file as a uint8 array: images (n, height, width[, 3]) or labels (n,).

    Raises
    ------
    DataError: it is missing, not listed, truncated, altered, mislabelled or no IDX file.
    """
    packed = checked(folder, file, digests)
    images = "images" in Path(file).name  # the file's name: a folder may be called my-images
    try:
        raw = gzip.decompress(packed)
        zero, kind, ndim = struct.unpack_from(">HBB", raw)
        shape = struct.unpack_from(f">{ndim}I", raw, 4)
        good = (zero, kind) == (0, 8) and ndim in ((3, 4) if images else (1,))
        good = good and len(raw) == 4 + 4 * ndim + math.prod(shape)
    except (EOFError, OSError, gzip.zlib.error, struct.error):
        good = False
    if not good:
        what = "images" if images else "labels"
        raise DataError(f"data/{file} is not an IDX file of {what}: {cure(file)}")
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * ndim).reshape(shape)


def names(folder: Path, name: str, digests: dict[str, str]) -> tuple[str, ...] | None:
    """The names of a set's classes, indexed by label, if its labels were given as text."""
    if f"{name}/{NAMES}" not in digests:
        return None
    return tuple(checked(folder, f"{name}/{NAMES}", digests).decode("utf-8").splitlines())


def image_shape(folder: Path, name: str) -> tuple[int, ...] | None:
    """(height, width) or (height, width, 3) from the head of a file; None if it has none."""
    try:
        with gzip.open(folder / name / FILES["x_train"]) as file:
            ndim = file.read(4)[3]
            return struct.unpack(f">{ndim}I", file.read(4 * ndim))[1:]
    except (EOFError, OSError, IndexError, gzip.zlib.error, struct.error):
        return None


def checked(folder: Path, file: str, digests: dict[str, str]) -> bytes:
    """A file's bytes, after its checksum was found right."""
    path = folder / file
    if not path.is_file():
        raise DataError(f"data/{file} is missing: {cure(file)}")
    if file not in digests:
        raise DataError(f"data/{file} is not listed in {SUMS}: {cure(file)}")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest == digests[file]:
        return content
    twin = next((other for other, known in digests.items() if known == digest), None)
    if twin:
        raise DataError(f"data/{file} is mislabelled, it holds data/{twin}: {cure(file)}")
    raise DataError(f"data/{file} {_what_is_wrong(file, content)}: {cure(file)}")


def cure(file: str) -> str:
    """What brings a damaged file back: the course's from git, others from their owner."""
    if file.split("/")[0] in COURSE:
        return f"restore it with `git checkout -- data/{file}`."
    return "add the set again with data.add(..., replace=True)."


def _parsed(sums: Path) -> dict[str, str]:
    lines = sums.read_text(encoding="utf-8").splitlines()
    return {file: digest for digest, file in (line.split() for line in lines if line.strip())}


def _what_is_wrong(file: str, content: bytes) -> str:
    """Tell a truncated file from an altered one."""
    if content.startswith(b"version https://git-lfs"):
        return "is only a pointer to the real file"
    try:
        if file.endswith(".gz"):
            gzip.decompress(content or b"?")  # nothing at all would count as a whole archive
    except EOFError:
        return f"is truncated after {len(content):,} bytes"
    except (OSError, ValueError, gzip.zlib.error):
        return "is damaged and cannot be unpacked"
    return f"was altered, its SHA-256 differs from the one in {SUMS}"
