"""The images: complete, unaltered, split fairly, and every fault named in one sentence."""

import gzip
import hashlib
import re
import shutil
import socket
import struct

import numpy as np
import pytest

from helpers import data
from helpers.errors import DataError

SETS = ("mnist", "fashion-mnist")
MNIST_TRAIN = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)  # images of 0, 1, ... 9
MNIST_TEST = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)


@pytest.fixture(scope="module", params=SETS)
def whole(request):
    """A data set with an uncut training set."""
    return data.load(request.param, validation=0)


@pytest.fixture(scope="module")
def mnist():
    return data.load("mnist")


# --- the real sets -------------------------------------------------------------------------------


def test_complete(whole):
    assert whole.x_train.shape == (60_000, 784) and whole.x_test.shape == (10_000, 784)
    assert whole.x_val.shape == (0, 784) and whole.y_val.shape == (0,)
    assert whole.y_train.shape == (60_000,) and whole.y_test.shape == (10_000,)
    assert len(whole.classes) == 10
    assert f"Images({whole.name}: train (60000, 784)" in repr(whole)


def test_values(whole):
    for x in (whole.x_train, whole.x_test):
        assert x.dtype == np.float32
        assert x.min() == 0 and x.max() == 1


def test_class_counts(whole):
    counts = [tuple(np.bincount(y)) for y in (whole.y_train, whole.y_test)]
    fashion = [(6_000,) * 10, (1_000,) * 10]
    assert counts == ([MNIST_TRAIN, MNIST_TEST] if whole.name == "mnist" else fashion)


def test_mean_and_spread(whole):
    mean, spread = (0.1307, 0.3081) if whole.name == "mnist" else (0.2860, 0.3530)
    x = whole.x_train.astype("float64")
    assert x.mean() == pytest.approx(mean, abs=5e-5)
    assert np.sqrt((x**2).mean() - x.mean() ** 2) == pytest.approx(spread, abs=5e-5)


def test_checksums():
    table = data.verify()
    assert list(table["state"]) == ["ok"] * 8
    assert {file.split("/")[0] for file in table["file"]} >= set(SETS)


def test_test_set_is_the_file_in_its_order(mnist):
    packed = (data.FOLDER / "mnist" / data.FILES["x_test"]).read_bytes()
    raw = np.frombuffer(gzip.decompress(packed), np.uint8, offset=16).reshape(10_000, 784)
    assert np.array_equal(mnist.x_test, (raw / 255).astype("float32"))
    assert tuple(mnist.y_test[:10]) == (7, 2, 1, 0, 4, 1, 4, 9, 5, 9)  # as every MNIST page shows
    other = data.load("mnist", seed=5)
    assert np.array_equal(mnist.x_test, other.x_test)
    assert np.array_equal(mnist.y_test, other.y_test)


def test_classes_keep_their_shares(mnist):
    whole = np.array(MNIST_TRAIN) / 60_000
    for y in (mnist.y_train, mnist.y_val, data.load("mnist", n=1_000).y_train):
        assert np.abs(np.bincount(y) / len(y) - whole).max() < 0.01


def test_no_network(monkeypatch):
    def blocked(*_, **__):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", blocked)
    monkeypatch.setattr(socket, "create_connection", blocked)
    assert len(data.load("fashion-mnist", n=100).x_train) == 100


# --- small sets, in which every image is a number of its own -------------------------------------


def numbered(n: int, first: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """n 4 × 4 images that spell their own number, and labels in proportions 4 : 3 : 2 : 1."""
    x = np.zeros((n, 4, 4), "uint8")
    x[:, 0, 0], x[:, 0, 1] = np.divmod(np.arange(first, first + n), 256)
    y = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 3] * (n // 10))
    return x, y


def numbers(x: np.ndarray) -> list[int]:
    """Undo ``numbered``, after ``data.load`` scaled and flattened."""
    return [round(float(image[0] * 255 * 256 + image[1] * 255)) for image in x.reshape(len(x), -1)]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    x, y = numbered(1_000)
    data.add("small", x, y, *numbered(100, first=5_000), folder=folder)
    data.add("other", 255 - x, y[::-1], *numbered(50), folder=folder)
    return folder


@pytest.fixture
def folder(original, tmp_path):
    """A copy to be damaged."""
    return shutil.copytree(original, tmp_path / "data")


def load(folder, name="small", **options):
    return data.load(name, folder=folder, **({"validation": 200} | options))


def test_split_is_disjoint_and_complete(original):
    images = load(original)
    train, val = numbers(images.x_train), numbers(images.x_val)
    assert len(train) == 800 and len(val) == 200
    assert sorted(train + val) == list(range(1_000))


def test_labels_stay_with_their_images(original):
    images, (_, labels) = load(original), numbered(1_000)
    assert list(images.y_train) == [labels[i] for i in numbers(images.x_train)]
    assert list(images.y_val) == [labels[i] for i in numbers(images.x_val)]


def test_seed_decides_the_split(original):
    first, same, other = (numbers(load(original, seed=s).x_val) for s in (3, 3, 4))
    assert first == same
    assert first != other


def test_subsets_are_nested_and_stratified(original):
    subsets = {n: load(original, n=n) for n in (20, 100, 400)}
    small, middle, large = (set(numbers(images.x_train)) for images in subsets.values())
    assert small < middle < large < set(numbers(load(original).x_train))
    for n, images in subsets.items():
        assert len(images.x_train) == n
        assert np.abs(np.bincount(images.y_train) - np.array([4, 3, 2, 1]) * n / 10).max() <= 1
        assert numbers(images.x_val) == numbers(load(original).x_val)


def test_without_validation(original):
    images = load(original, validation=0)
    assert numbers(images.x_train) == list(range(1_000))
    assert images.x_val.shape == (0, 16)


@pytest.mark.parametrize("validation", [0, 200])
def test_shape_for_convolutions(original, validation):
    images = load(original, shape=(4, 4, 1), validation=validation)
    assert images.x_train.shape == (1_000 - validation, 4, 4, 1)
    assert images.x_val.shape == (validation, 4, 4, 1)
    assert numbers(images.x_test) == list(range(5_000, 5_100))


def test_shape_of_mnist_for_convolutions():
    assert data.load("mnist", n=10, shape=(28, 28, 1)).x_train.shape == (10, 28, 28, 1)


# --- faults --------------------------------------------------------------------------------------

X, Y = (f"small/{data.FILES[key]}" for key in ("x_train", "y_train"))
CURE = "restore it with `git checkout -- data/{}`."


def alter(folder, file=X):
    """Flip one byte of one image and pack it again, as an archive in good order."""
    raw = bytearray(gzip.decompress((folder / file).read_bytes()))
    raw[100] ^= 1
    (folder / file).write_bytes(gzip.compress(bytes(raw), mtime=0))


def truncate(folder):
    (folder / X).write_bytes((folder / X).read_bytes()[:-50])


def bless(folder, content: bytes, file=X):
    """Give a file new content and make its checksum right."""
    sums, old = folder / "SHA256SUMS", hashlib.sha256((folder / file).read_bytes()).hexdigest()
    (folder / file).write_bytes(content)
    new = hashlib.sha256(content).hexdigest()
    sums.write_text(sums.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def forget(folder):
    sums = folder / "SHA256SUMS"
    lines = sums.read_text(encoding="utf-8").splitlines(keepends=True)
    sums.write_text("".join(line for line in lines if Y not in line), encoding="utf-8")


def wrong_header(folder, head: bytes):
    bless(folder, gzip.compress(head + bytes(1_000 * 16), mtime=0))


FAULTS = {
    "missing": (lambda f: (f / X).unlink(), X, "is missing"),
    "truncated": (truncate, X, "is truncated after [0-9,]+ bytes"),
    "emptied": (lambda f: (f / X).write_bytes(b""), X, "is damaged"),
    "altered": (alter, X, "was altered"),
    "altered labels": (lambda f: alter(f, Y), Y, "was altered"),
    "garbage": (lambda f: (f / X).write_bytes(b"not an archive " * 9), X, "is damaged"),
    "lfs": (
        lambda f: (f / X).write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0"),
        *(X, "is only a pointer"),
    ),
    "labels for images": (lambda f: shutil.copy(f / Y, f / X), X, f"is mislabelled.*data/{Y}"),
    "other set": (
        lambda f: shutil.copy(f / X.replace("small", "other"), f / X),
        *(X, f"is mislabelled.*data/{X.replace('small', 'other')}"),
    ),
    "not IDX": (lambda f: bless(f, gzip.compress(b"Once upon a time")), X, "is not an IDX file"),
    "not gzip": (lambda f: bless(f, b"Once upon a time"), X, "is not an IDX file"),
    "nothing": (lambda f: bless(f, gzip.compress(b"")), X, "is not an IDX file"),
    "labels, listed": (lambda f: bless(f, (f / Y).read_bytes()), X, "is not an IDX file of 3-dim"),
    "floats": (
        lambda f: wrong_header(f, struct.pack(">HBB3I", 0, 13, 3, 1_000, 4, 4)),
        *(X, "is not an IDX file"),
    ),
    "too few bytes": (
        lambda f: wrong_header(f, struct.pack(">HBB3I", 0, 8, 3, 1_001, 4, 4)),
        *(X, "is not an IDX file"),
    ),
}


def one_sentence(error: pytest.ExceptionInfo) -> str:
    """The message, if it is a single sentence without the remains of another error."""
    message = str(error.value)
    assert "\n" not in message and message.endswith("."), message
    assert not re.search(r"\. [A-Z]", message), message
    assert error.value.__suppress_context__ or error.value.__context__ is None
    return message


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_file(folder, fault):
    damage, file, complaint = FAULTS[fault]
    damage(folder)
    with pytest.raises(DataError) as error:
        load(folder)
    message = one_sentence(error)
    assert re.match(f"data/{file} {complaint}", message), message
    assert message.endswith(CURE.format(file))
    states = data.verify(folder).set_index("file")["state"]
    assert states[file] == message and (states.drop(file) == "ok").all()
    assert len(load(folder, "other").x_test) == 50


def test_unlisted_file(folder):
    forget(folder)
    with pytest.raises(DataError, match=f"data/{Y} is not listed.*data.add") as error:
        load(folder)
    one_sentence(error)


def test_fashion_under_the_name_of_mnist(tmp_path):
    shutil.copy(data.FOLDER / "SHA256SUMS", tmp_path / "SHA256SUMS")
    (tmp_path / "mnist").mkdir()
    file = data.FILES["x_test"]
    shutil.copy(data.FOLDER / "fashion-mnist" / file, tmp_path / "mnist" / file)
    states = data.verify(tmp_path).set_index("file")["state"]
    assert f"is mislabelled, it holds data/fashion-mnist/{file}" in states[f"mnist/{file}"]


@pytest.mark.parametrize("part", ["train", "test"])
def test_counts_that_do_not_match(folder, part):
    file = f"small/{data.FILES[f'y_{part}']}"
    labels = np.zeros(7, "uint8")
    content = gzip.compress(struct.pack(">HBBI", 0, 8, 1, 7) + labels.tobytes(), mtime=0)
    bless(folder, content, file)
    with pytest.raises(DataError, match=f"{part} files of data/small .* but 7 labels.*copy") as e:
        load(folder)
    one_sentence(e)


def test_unknown_name(original):
    with pytest.raises(DataError, match=r"'smal'.*choose one of other, small") as error:
        load(original, "smal")
    one_sentence(error)


@pytest.mark.parametrize("validation", [-1, 1_000, 1_001, 0.1])
def test_validation_out_of_range(original, validation):
    with pytest.raises(DataError, match=f"validation={validation} .* from 0 to 999") as error:
        load(original, validation=validation)
    one_sentence(error)


@pytest.mark.parametrize("n", [0, -5, 801, 1e2])
def test_n_out_of_range(original, n):
    with pytest.raises(DataError, match=f"n={n} .* from 1 to 800") as error:
        load(original, n=n)
    one_sentence(error)


def test_n_at_the_edges(original):
    assert len(load(original, n=800).x_train) == 800
    assert len(load(original, n=1).x_train) == 1
    assert len(load(original, validation=999).x_train) == 1


def test_shape_that_does_not_fit(original):
    with pytest.raises(DataError, match=r"shape=\(28, 28, 1\) does not fit.*\(4, 4\)") as error:
        load(original, shape=(28, 28, 1))
    one_sentence(error)


@pytest.mark.parametrize("content", [None, b"three words here\n", b"\xff\xfe"])
def test_list_of_checksums_missing_or_damaged(folder, content):
    (folder / "SHA256SUMS").unlink()
    if content:
        (folder / "SHA256SUMS").write_bytes(content)
    what = "damaged" if content else "missing"
    for call in (load, data.verify):
        with pytest.raises(DataError, match=f"data/SHA256SUMS is {what}") as error:
            call(folder)
        assert one_sentence(error).endswith(CURE.format("SHA256SUMS"))


# --- adding --------------------------------------------------------------------------------------


def test_add_and_load(original):
    images = load(original)
    assert numbers(images.x_test) == list(range(5_000, 5_100))
    assert images.classes == ("0", "1", "2", "3")
    assert set(data.verify(original)["state"]) == {"ok"}


def test_add_twice_gives_the_same_bytes(original, tmp_path):
    x, y = numbered(1_000)
    for _ in range(2):  # into an empty folder, and over itself
        data.add("small", x, y, *numbered(100, first=5_000), folder=tmp_path)
        for file in data.FILES.values():
            mine, theirs = tmp_path / "small" / file, original / "small" / file
            assert mine.read_bytes() == theirs.read_bytes()
    assert len((tmp_path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()) == 4


def test_add_takes_whole_floats_and_lists(tmp_path):
    x, y = numbered(10)
    data.add("lists", x.astype(float), list(y), x, y, folder=tmp_path)
    assert numbers(load(tmp_path, "lists", validation=0).x_train) == list(range(10))


x, y = numbered(10)
BAD = {
    "flat images": (("own", x.reshape(10, 16), y, x, y), r"x_train has shape \(10, 16\)"),
    "one-hot labels": (("own", x, np.eye(10), x, y), r"y_train has shape \(10, 10\)"),
    "no images": (("own", x, y, x[:0], y[:0]), r"x_test has shape \(0, 4, 4\)"),
    "fractions": (("own", x / 255, y, x, y), "x_train must hold whole numbers from 0 to 255"),
    "too large": (("own", x, y, x + 250.0, y), "x_test must hold whole numbers from 0 to 255"),
    "negative": (("own", x, y - 1, x, y), "y_train must hold whole numbers from 0 to 255"),
    "NaN": (("own", x * np.nan, y, x, y), "x_train must hold whole numbers from 0 to 255"),
    "lengths": (("own", x, y, x, y[:9]), "x_test and y_test differ in length"),
    "sizes": (("own", x, y, x[:, :3], y), "x_train and x_test hold images of different sizes"),
    "no name": (("", x, y, x, y), "'' cannot name a folder"),
    "path": (("a/b", x, y, x, y), "'a/b' cannot name a folder"),
    "parent": (("..", x, y, x, y), "'..' cannot name a folder"),
    "space": (("my images", x, y, x, y), "'my images' cannot name a folder"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", BAD)
def test_add_refuses(tmp_path, case):
    arguments, complaint = BAD[case]
    with pytest.raises(DataError, match=complaint) as error:
        data.add(*arguments, folder=tmp_path / "data")
    one_sentence(error)
    assert not (tmp_path / "data").exists()
