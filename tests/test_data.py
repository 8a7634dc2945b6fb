"""The images: complete, unaltered, split fairly, and every fault named in one sentence."""

import gzip
import hashlib
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import data
from helpers.errors import DataError

ROOT = Path(__file__).parents[1]
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


def relist(folder, change, name="small"):
    """Rewrite the list of checksums of a set through ``change``, a function of its text."""
    sums = folder / name / "SHA256SUMS"
    sums.write_text(change(sums.read_text(encoding="utf-8")), encoding="utf-8")


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
CURE = "add the set again with data.add(..., replace=True)."
COURSE_CURE = "restore it with `git checkout -- data/{}`."


def alter(folder, file=X):
    """Flip one byte of one image and pack it again, as an archive in good order."""
    raw = bytearray(gzip.decompress((folder / file).read_bytes()))
    raw[100] ^= 1
    (folder / file).write_bytes(gzip.compress(bytes(raw), mtime=0))


def truncate(folder):
    (folder / X).write_bytes((folder / X).read_bytes()[:-50])


def bless(folder, content: bytes, file=X):
    """Give a file new content and make its checksum right."""
    old = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    (folder / file).write_bytes(content)
    relist(folder, lambda text: text.replace(old, hashlib.sha256(content).hexdigest()))


def forget(folder):
    file = data.FILES["y_train"]
    relist(folder, lambda text: "".join(x for x in text.splitlines(True) if file not in x))


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
    "labels, listed": (lambda f: bless(f, (f / Y).read_bytes()), X, "is not an IDX file of images"),
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
    assert message.endswith(CURE)
    states = data.verify(folder).set_index("file")["state"]
    assert states[file] == message and (states.drop(file) == "ok").all()
    assert len(load(folder, "other").x_test) == 50


def test_unlisted_file(folder):
    forget(folder)
    with pytest.raises(DataError, match=f"data/{Y} is not listed in SHA256SUMS.*data.add") as error:
        load(folder)
    one_sentence(error)


def test_fashion_under_the_name_of_mnist(tmp_path):
    shutil.copy(data.FOLDER / "SHA256SUMS", tmp_path / "SHA256SUMS")
    (tmp_path / "mnist").mkdir()
    file = data.FILES["x_test"]
    shutil.copy(data.FOLDER / "fashion-mnist" / file, tmp_path / "mnist" / file)
    states = data.verify(tmp_path).set_index("file")["state"]
    assert states[f"mnist/{file}"] == (
        f"data/mnist/{file} is mislabelled, it holds data/fashion-mnist/{file}: "
        + COURSE_CURE.format(f"mnist/{file}")
    )


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


@pytest.mark.parametrize("validation", [-1, 1_000, 1_001, 0.1, "all"])
def test_validation_out_of_range(original, validation):
    with pytest.raises(DataError, match=f"validation={validation!r} .* from 0 to 999") as error:
        load(original, validation=validation)
    one_sentence(error)


@pytest.mark.parametrize("n", [0, -5, 1e2, "all"])
def test_n_out_of_range(original, n):
    with pytest.raises(DataError, match=f"n={n!r} .* of at least 1") as error:
        load(original, n=n)
    one_sentence(error)


@pytest.mark.parametrize("seed", [-1, 0.5, None, "1"])
def test_seed_that_is_none(original, seed):
    with pytest.raises(DataError, match=f"seed={seed!r} must be a whole number") as error:
        load(original, seed=seed)
    one_sentence(error)


def test_more_than_there_are_takes_all(original, capsys):
    assert numbers(load(original, n=5_000).x_train) == numbers(load(original).x_train)
    said = "small has no 5,000 training images: all the 800 it has are used."
    assert capsys.readouterr().out == f"{said}\n"


def test_n_at_the_edges(original, capsys):
    assert len(load(original, n=800).x_train) == 800
    assert capsys.readouterr().out == ""
    assert len(load(original, n=1).x_train) == 1
    assert len(load(original, validation=999).x_train) == 1


def test_shape_that_does_not_fit(original):
    with pytest.raises(DataError, match=r"shape=\(28, 28, 1\) does not fit.*\(4, 4\)") as error:
        load(original, shape=(28, 28, 1))
    one_sentence(error)


BAD_LIST = [None, b"three words here\n", b"\xff\xfe"]


@pytest.mark.parametrize("content", BAD_LIST)
def test_course_list_of_checksums_missing_or_damaged(folder, content):
    (folder / "mnist").mkdir()
    if content:
        (folder / "SHA256SUMS").write_bytes(content)
    what = "damaged" if content else "missing"
    for call in (load, data.verify):
        with pytest.raises(DataError, match=f"data/SHA256SUMS is {what}") as error:
            call(folder)
        assert one_sentence(error).endswith(COURSE_CURE.format("SHA256SUMS"))


@pytest.mark.parametrize("content", BAD_LIST[1:])
def test_damaged_list_of_one_set_leaves_the_others(folder, content):
    (folder / "small" / "SHA256SUMS").write_bytes(content)
    with pytest.raises(DataError, match=f"data/{X} was altered") as error:
        load(folder)
    assert one_sentence(error).endswith(CURE)
    assert len(load(folder, "other").x_test) == 50
    states = data.verify(folder).groupby(lambda row: row // 4)["state"].unique()
    assert list(states[0]) == ["ok"] and "ok" not in states[1]  # other, small


def test_set_without_a_list_is_none(folder):
    (folder / "small" / "SHA256SUMS").unlink()
    with pytest.raises(DataError, match=r"no data set called 'small': choose one of other,"):
        load(folder)


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
        for file in (*data.FILES.values(), "SHA256SUMS"):
            mine, theirs = tmp_path / "small" / file, original / "small" / file
            assert mine.read_bytes() == theirs.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["small"]  # nothing else is left


def test_add_takes_whole_floats_and_lists(tmp_path):
    x, y = numbered(10)
    data.add("lists", x.astype(float), list(y), x, y, folder=tmp_path)
    assert numbers(load(tmp_path, "lists", validation=0).x_train) == list(range(10))


def labelled(folder, y_train, y_test, **options):
    """Ten training and ten test images with these labels, stored and loaded again."""
    x, _ = numbered(10)
    data.add("own", x, y_train, x, y_test, folder=folder)
    return load(folder, "own", validation=0, **options)


def test_labels_as_text(tmp_path):
    pets = np.array(["dog", "cat", "dog", "cat", "dog", "cat", "dog", "cat", "dog", "dog"])
    images = labelled(tmp_path, pets, pd.Series(["älg", *pets[1:]]))
    assert images.classes == ("cat", "dog", "älg")
    assert [images.classes[label] for label in images.y_train] == list(pets)
    assert [images.classes[label] for label in images.y_test] == ["älg", *pets[1:]]
    assert (tmp_path / "own" / "labels.txt").read_text(encoding="utf-8") == "cat\ndog\nälg\n"
    assert list(data.verify(tmp_path)["state"]) == ["ok"] * 5


def test_names_are_checked_too(tmp_path):
    labelled(tmp_path, ["cat", "dog"] * 5, ["cat"] * 10)
    (tmp_path / "own" / "labels.txt").write_text("dog\ncat\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"data/own/labels.txt was altered") as error:
        load(tmp_path, "own", validation=0)
    assert one_sentence(error).endswith(CURE)


def test_without_labels(tmp_path):
    images = labelled(tmp_path, None, None)
    assert images.classes == ("unlabelled",)
    assert set(images.y_train) == set(images.y_test) == {0}


def test_numbers_that_do_not_occur_have_names_all_the_same(tmp_path):
    images = labelled(tmp_path, [3] * 10, [7] * 10)
    assert images.classes == ("0", "1", "2", "3", "4", "5", "6", "7")
    assert set(images.y_train) == {3} and set(images.y_test) == {7}


def test_true_and_false_images_are_black_and_white(tmp_path):
    x, y = numbered(10)
    data.add("own", x > 4, y, x > 4, y, folder=tmp_path)
    images = load(tmp_path, "own", shape=(4, 4), validation=0)
    assert np.array_equal(images.x_train, (x > 4).astype("float32"))


def test_cure_for_images_from_0_to_1_gives_back_the_bytes(tmp_path):
    x, y = numbered(1_000)
    data.add("own", np.round(255 * (x / 255)), y, np.round(255 * (x / 255)), y, folder=tmp_path)
    assert numbers(load(tmp_path, "own", validation=0).x_train) == list(range(1_000))


def test_colour(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (10, 5, 4, 3), "uint8")
    data.add("photos", x, None, x[:3], None, folder=tmp_path)
    images = data.load("photos", shape=(5, 4, 3), validation=0, folder=tmp_path)
    assert np.array_equal(np.round(255 * images.x_train), x)
    assert images.shape == (5, 4, 3) == data.load("photos", folder=tmp_path).shape
    assert data.load("photos", folder=tmp_path).x_test.shape == (3, 60)


def test_a_single_channel_is_grey(tmp_path):
    x, y = numbered(10)
    data.add("own", x[..., None], y, x[..., None], y, folder=tmp_path)
    assert load(tmp_path, "own", validation=0).shape == (4, 4)


@pytest.mark.parametrize(("n", "validation"), [(1, 0), (2, 1), (19, 1), (20, 2), (300, 30)])
def test_validation_is_a_tenth_of_a_small_set(tmp_path, n, validation):
    x = np.full((n, 4, 4), 7, "uint8")
    data.add("own", x, None, x, None, folder=tmp_path)
    images = data.load("own", folder=tmp_path)
    assert (len(images.x_val), len(images.x_train)) == (validation, n - validation)


@pytest.mark.parametrize("name", SETS)
def test_validation_of_the_course_is_6000(name):
    assert len(data.load(name).x_val) == 6_000


def test_a_set_called_images(tmp_path):
    """The folder's name says nothing about what a file holds."""
    x, y = numbered(20)
    for name in ("my-images", "labels", "train-images-idx3-ubyte"):
        data.add(name, x, y, x, y, folder=tmp_path)
        assert numbers(data.load(name, validation=0, folder=tmp_path).x_train) == list(range(20))
    assert set(data.verify(tmp_path)["state"]) == {"ok"}


# --- what is there already -----------------------------------------------------------------------


def state(folder):
    """Every file below ``folder``, with its bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_other_images_need_leave(folder):
    x, y = numbered(20)
    before = state(folder)
    with pytest.raises(DataError, match=r"data/small holds other images.*replace=True") as error:
        data.add("small", x, y, x, y, folder=folder)
    one_sentence(error)
    assert state(folder) == before
    data.add("small", x, ["a", "b"] * 10, x, ["a", "b"] * 10, folder=folder, replace=True)
    assert load(folder, validation=0).classes == ("a", "b")
    data.add("small", x, y, x, y, folder=folder, replace=True)
    assert load(folder, validation=0).classes == ("0", "1", "2", "3")  # no names are left behind
    assert sorted(path.name for path in folder.iterdir()) == ["other", "small"]


@pytest.mark.parametrize("content", ["notes.txt", "mine/notes.txt", "mine/SHA256SUMS/notes.txt"])
@pytest.mark.parametrize("replace", [False, True])
def test_foreign_files_are_never_replaced(tmp_path, content, replace):
    path = tmp_path / "mine" / content if "/" not in content else tmp_path / content
    path.parent.mkdir(parents=True)
    path.write_text("dear diary", encoding="utf-8")
    x, y = numbered(10)
    with pytest.raises(DataError, match="data/mine holds other files than") as error:
        data.add("mine", x, y, x, y, folder=tmp_path, replace=replace)
    one_sentence(error)
    assert path.read_text(encoding="utf-8") == "dear diary"


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "mine").write_text("dear diary", encoding="utf-8")
    x, y = numbered(10)
    with pytest.raises(DataError, match="data/mine holds other files than"):
        data.add("mine", x, y, x, y, folder=tmp_path, replace=True)
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "dear diary"


@pytest.mark.parametrize("step", ["mkdir", "write_bytes", "rename"])
def test_a_full_disk_leaves_what_was_there(folder, monkeypatch, step):
    before, (x, y) = state(folder), numbered(20)
    works, calls = getattr(Path, step), []

    def second_fails(*args, **kwargs):
        calls.append(args)
        if len(calls) == {"mkdir": 1, "write_bytes": 3, "rename": 2}[step]:
            raise OSError(28, "No space left on device")
        return works(*args, **kwargs)

    monkeypatch.setattr(Path, step, second_fails)
    with pytest.raises(DataError, match=r"could not be written \(No space") as error:
        data.add("small", x, y, x, y, folder=folder, replace=True)
    monkeypatch.undo()
    one_sentence(error)
    assert state(folder) == before and len(list(folder.iterdir())) == 2


x, y = numbered(10)
masked = np.ma.masked_array(x, mask=x == 3)
BAD = {
    "flat images": (("own", x.reshape(10, 16), y, x, y), r"x_train has shape \(10, 16\)"),
    "four channels": (
        ("own", np.stack([x] * 4, -1), y, x, y),
        r"x_train has shape \(10, 4, 4, 4\)",
    ),
    "channels first": (
        ("own", np.stack([x] * 3, 1), y, x, y),
        r"x_train has shape \(10, 3, 4, 4\)",
    ),
    "one-hot labels": (("own", x, np.eye(10), x, y), r"y_train has shape \(10, 10\)"),
    "no images": (("own", x, y, x[:0], y[:0]), r"x_test has shape \(0, 4, 4\)"),
    "no image at all": (("own", None, y, x, y), r"x_train has shape \(\)"),
    "several sizes": (("own", [x[0], x[1, :3]], y, x, y), "x_train holds parts of several sizes"),
    "fractions": (
        ("own", x / 9, y, x, y),
        r"x_train runs from 0 to 1, .* np.round\(255 \* x_train",
    ),
    "a mask": (
        ("own", x, y, (x > 4) * 1, y),
        r"x_test runs from 0 to 1, .* np.round\(255 \* x_test",
    ),
    "half a grey": (("own", x + 0.5, y, x, y), "x_train must hold whole numbers from 0 to 255."),
    "too large": (("own", x, y, x + 250.0, y), "x_test must hold whole numbers from 0 to 255."),
    "negative": (("own", x - 1.0, y, x, y), "x_train must hold whole numbers from 0 to 255."),
    "text for images": (("own", x.astype(str), y, x, y), "x_train must hold whole numbers from 0"),
    "complex": (("own", x + 0j, y, x, y), "x_train must hold whole numbers from 0 to 255."),
    "negative labels": (("own", x, y - 1, x, y), "y_train must hold whole numbers .* 255, or text"),
    "large labels": (("own", x, y + 256, x, y), "y_train must hold whole numbers .* 255, or text"),
    "lost labels": (("own", x, ["a", None] * 5, x, y), "y_train must hold whole .* 255, or text"),
    "NaN": (("own", x * np.nan, y, x, y), "x_train must hold whole numbers from 0 to 255."),
    "masked": (("own", masked, y, x, y), r"x_train has masked entries.*x_train.filled\(0\)"),
    "masked labels": (("own", x, y, x, np.ma.masked_equal(y, 1)), "y_test has masked entries"),
    "lengths": (("own", x, y, x, y[:9]), "x_test and y_test differ in length"),
    "one without labels": (("own", x, y, x, None), "One of y_train and y_test is None"),
    "text and numbers": (("own", x, ["a"] * 10, x, y), "y_test must hold text only"),
    "a line break": (("own", x, ["a\nb"] * 10, x, ["a"] * 10), "Names of classes need a letter"),
    "an empty name": (("own", x, [""] * 10, x, ["a"] * 10), "Names of classes need a letter"),
    "sizes": (("own", x, y, x[:, :3], y), "x_train and x_test hold images of different sizes"),
    "no name": (("", x, y, x, y), "'' cannot name a folder"),
    "number": ((7, x, y, x, y), "7 cannot name a folder"),
    "path": (("a/b", x, y, x, y), "'a/b' cannot name a folder"),
    "parent": (("..", x, y, x, y), "'..' cannot name a folder"),
    "space": (("my images", x, y, x, y), "'my images' cannot name a folder"),
    "long name": (("a b" * 200, x, y, x, y), "cannot name a folder"),
    "course": (("mnist", x, y, x, y), "'mnist' belongs to the course"),
    "in capitals": (("Fashion-MNIST", x, y, x, y), "'Fashion-MNIST' belongs to the course"),
    "results": (("results", x, y, x, y), "'results' belongs to the course"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("replace", [False, True])
def test_add_refuses(tmp_path, case, replace):
    arguments, complaint = BAD[case]
    with pytest.raises(DataError, match=complaint) as error:
        data.add(*arguments, folder=tmp_path / "data", replace=replace)
    assert len(one_sentence(error)) <= 200
    assert not (tmp_path / "data").exists()


def test_too_many_names(tmp_path):
    x, names = np.full((257, 4, 4), 7, "uint8"), [f"class {i}" for i in range(257)]
    with pytest.raises(DataError, match="256 are the most"):
        data.add("own", x, names, x, names, folder=tmp_path)


# --- the documentation ---------------------------------------------------------------------------


def examples(file: str) -> list[str]:
    """The Python examples of a text: indented blocks that import from the course, in order."""
    blocks = re.findall(
        r"(?m)(?:^ {4}.*\n|^\n(?= {4}))+", (ROOT / file).read_text(encoding="utf-8")
    )
    blocks = [textwrap.dedent(block) for block in blocks]
    return [block for block in blocks if re.search(r"(?m)^(from|import|data\.|images)\b", block)]


def test_examples_are_found():
    assert len(examples("data/README.md")) >= 4


def test_every_documented_example_runs(tmp_path):
    """Word for word, in one process that has only the arrays and a data folder of its own."""
    for name in SETS:
        shutil.copytree(data.FOLDER / name, tmp_path / name)
    shutil.copy(data.FOLDER / "SHA256SUMS", tmp_path)
    x = np.random.default_rng(0).integers(0, 256, (60, 28, 28), "uint8")
    np.savez(tmp_path / "arrays.npz", x=x, y=np.arange(60) % 3)
    lines = [
        f"import numpy as np\nfile = np.load({str(tmp_path / 'arrays.npz')!r})",
        "x_train, y_train, x_test, y_test = file['x'], file['y'], file['x'][:9], file['y'][:9]",
        *(example for file in ("data/README.md", "README.md") for example in examples(file)),
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        env=os.environ | {"COURSE_DATA": str(tmp_path)},
        **{"cwd": ROOT, "capture_output": True, "text": True},
    )
    assert done.returncode == 0, done.stderr
    assert "Images(my-images: train (54, 784), val (6, 784), test (9, 784))" in done.stdout
    assert done.stdout.count(" ok") >= 8  # verify
    assert (tmp_path / "my-images").is_dir()  # where COURSE_DATA says, and not in the course
    assert not (data.FOLDER / "my-images").exists()
