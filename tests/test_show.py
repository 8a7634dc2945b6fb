"""The figures: a picture and a sentence each, the same every time, and nothing left open."""

import io
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers import CourseError, show
from helpers.figures import style

ROOT = Path(__file__).parent.parent
RNG = np.random.default_rng(0)
DIGITS = RNG.random((5, 784))
TABLE = pd.DataFrame(
    [(epoch, seed, 50 / epoch + seed) for epoch in (1, 2, 4) for seed in (0, 1)],
    columns=["epoch", "seed", "error"],
)
AXES = {"labels": ("epochs", "error (sq.err/image)"), "title": "Learning"}
NAMES = ("shirt", "coat", "bag")
CODES, LABELS = RNG.normal(size=(30, 2)), np.arange(30) % 3


def own_figure():
    show.figure(plt.subplots()[0], "An empty axis.")


FIGURES = {
    "figure": (own_figure, ["An empty axis."]),
    "images": (lambda: show.images({"original": DIGITS}), ["1 rows of 5 images", "original"]),
    "images, uneven": (
        lambda: show.images(
            {"a\nb": DIGITS[:2], "c": DIGITS}, columns=["x", "y"], title="Two", size=0.5
        ),
        ["Two: 2 rows of 5 images", "a b; c."],
    ),
    "images, square": (
        lambda: show.images(
            {"3": DIGITS.reshape(5, 28, 28), "4": DIGITS.reshape(5, 28, 28, 1)}, title="Shapes"
        ),
        ["Shapes", "3; 4."],
    ),
    "curves": (
        lambda: show.curves(TABLE, "epoch", "error", **AXES),
        ["Learning: error (sq.err/image) against epochs."],
    ),
    "curves by": (
        lambda: show.curves(
            *(TABLE, "epoch", "error"),
            **{"by": "seed", "references": {"PCA": 9.0, "mean": 52}, "log": "xy"} | AXES,
        ),
        ["Curves: 0, 1.", "Reference lines: PCA, mean."],
    ),
    "pipeline": (
        lambda: show.pipeline(
            [("$x$", "(784,)"), ("$z$", "(N, 32)"), (r"$\hat{x}$", "(784,)")],
            ["$f_E$", r"$\times\ W_D$"],
            title="Bottleneck",
        ),
        ["Bottleneck: x(784,) –[f_E]→ z(N, 32) –[times W_D]→ reconstructed x(784,)."],
    ),
    "code map": (
        lambda: show.code_map(CODES, LABELS, NAMES, title="Map"),
        ["Map: scatter of two-dimensional codes", "3 classes"],
    ),
}


@pytest.fixture
def shown(monkeypatch):
    """The bundles that a notebook would get."""
    bundles = []

    def display(bundle, *, metadata, raw):
        assert raw
        bundles.append((bundle, metadata))

    monkeypatch.setattr(style.notebook, "display", display)
    return bundles


def test_every_drawing_function_is_here():
    public = {name for name in show.__all__ if callable(getattr(show, name))}
    drawn = {name.split(",")[0].split(" by")[0].replace(" ", "_") for name in FIGURES}
    assert public - {"course_style", "explorer", "styled"} == drawn


@pytest.mark.parametrize("name", FIGURES)
def test_picture_and_sentence(shown, name):
    draw, words = FIGURES[name]
    draw()
    ((bundle, metadata),) = shown
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["image/png"].startswith(b"\x89PNG")
    description = bundle["text/plain"]
    assert all(word in description for word in words), description
    assert description.endswith(".") and not re.search(r" at 0x|[\n$\\{}]", description)
    assert metadata == {"image/png": {"alt": description}}
    assert not plt.get_fignums()


@pytest.mark.parametrize("name", FIGURES)
def test_same_bytes_on_two_calls(shown, name):
    for _ in range(2):
        FIGURES[name][0]()
    assert shown[0] == shown[1]


@pytest.fixture
def drawn(monkeypatch):
    """What is drawn as a picture: the values, and how."""
    pictures = []
    monkeypatch.setattr(plt.Axes, "imshow", lambda ax, z, **how: pictures.append((z, how)))
    return pictures


def test_pixels_run_from_white_to_black(shown, drawn):
    show.images({"dark": np.full((1, 784), 0.9), "wide": np.zeros((1, 8, 4))})
    how = {"vmin": 0, "vmax": 1}
    assert [(z.shape, how) for z, how in drawn] == [((28, 28), how), ((8, 4), how)]
    assert plt.rcParams["image.cmap"] == "gray_r"


GIVEN = np.linspace(0, 1, 4 * 6 * 3)


@pytest.mark.parametrize(
    ("given", "shape", "wanted"),
    [
        (GIVEN.reshape(4, 6, 3), None, GIVEN.reshape(4, 6, 3)),  # in colour
        (GIVEN, (4, 6, 3), GIVEN.reshape(4, 6, 3)),
        (GIVEN, (6, 12), GIVEN.reshape(6, 12)),
        (GIVEN[:24], (4, 6, 1), GIVEN[:24].reshape(4, 6)),
        (GIVEN[:24].reshape(4, 6, 1), (9, 9), GIVEN[:24].reshape(4, 6)),  # says its own shape
        (GIVEN[:49], None, GIVEN[:49].reshape(7, 7)),
        (np.float64([[[2.0, -1.0, np.nan]]]), None, np.float64([[[1, 0, 1]]])),
        (np.array([[True, False]]), None, np.array([[1.0, 0.0]])),
        (np.array([[0, 1]]), None, np.array([[0.0, 1.0]])),
    ],
)
def test_every_shape_of_an_image_is_drawn_as_it_is(shown, drawn, given, shape, wanted):
    show.images({"row": [given]}, shape=shape)
    assert (drawn[0][0] == wanted).all() and drawn[0][0].shape == wanted.shape


def test_colours_are_those_of_the_image(shown):
    """A red image, seen in the picture."""
    red = np.zeros((1, 20, 40, 3))
    red[..., 0] = 1
    show.images({"red": red}, size=2)
    picture = np.asarray(Image.open(io.BytesIO(shown[0][0]["image/png"])).convert("RGB"))
    rows, columns = np.nonzero((picture == [255, 0, 0]).all(axis=-1))
    assert np.ptp(columns) > 150 and np.ptp(columns) == pytest.approx(2 * np.ptp(rows), abs=4)


@pytest.mark.parametrize(
    ("rows", "how", "words"),
    [
        ({}, {}, "no images"),
        ({"none": []}, {}, "no images"),
        ({"one image": np.zeros((30, 28))}, {}, r"28 values are none of 5 × 5.*shape="),
        ({"colour": np.zeros((2, 3072))}, {}, "3072 values"),
        ({"other": np.zeros((2, 784))}, {"shape": (28, 27)}, "28 × 27: tell .* another `shape`"),
        ({"first": np.zeros((2, 3, 8, 8))}, {}, r"\(3, 8, 8\)"),
        ({"four": np.zeros((2, 8, 8, 4))}, {}, r"\(8, 8, 4\)"),
        ({"empty": np.zeros((2, 0, 8))}, {}, r"\(0, 8\)"),
        ({"numbers": np.zeros(5)}, {}, r"\(\)"),
        ({"a\nb" * 50: np.full((2, 8, 8), 200, "uint8")}, {}, "divide them by 255"),
    ],
)
def test_images_of_no_known_shape_are_refused(rows, how, words):
    with pytest.raises(CourseError, match=rf"{words}.*\.$") as refusal:
        show.images(rows, **how)
    assert len(str(refusal.value)) <= 200 and "\n" not in str(refusal.value)
    assert not plt.get_fignums()


@pytest.fixture
def written(monkeypatch):
    """The names that are written into a map, and where."""
    texts = {}

    def text(ax, x, y, name, **how):
        assert np.isfinite([x, y]).all()
        texts[name] = (x, y)

    monkeypatch.setattr(plt.Axes, "text", text)
    return texts


SAME = np.ones((30, 2))
ABC = np.array(["a", "b", "c"])
MAPS = {
    "an empty class": ((CODES, LABELS * 2, tuple("abcde")), "ace", "No point for b, d."),
    "from 1": ((CODES, LABELS + 1, tuple("abc")), "abc", "3 classes."),
    "with gaps": ((CODES, LABELS * 7 + 5, tuple("abc")), "abc", "3 classes."),
    "by text": ((CODES, ABC[LABELS], ABC), "abc", "3 classes."),
    "by text, one empty": ((CODES, ABC[LABELS % 2], list("abc")), "ab", "No point for c."),
    "other texts": ((CODES, ABC[LABELS], tuple("xyz")), "xyz", "3 classes."),
    "by label": ((CODES, LABELS - 1, {-1: "x", 0: "y", 1: "z"}), "xyz", "3 classes."),
    "all equal": ((SAME, LABELS, tuple("abc")), "abc", "3 classes."),
    "on a line": ((CODES * [1, 0], LABELS, tuple("abc")), "abc", "3 classes."),
    "one image": ((CODES[:1], LABELS[:1], tuple("abc")), "a", "No point for b, c."),
    "no image": ((CODES[:0], LABELS[:0], tuple("abc")), "", "No point for a, b, c."),
    "not finite": (
        (np.where(np.arange(30)[:, None] < 3, [np.nan, np.inf], CODES), LABELS, tuple("abc")),
        "abc",
        "left out: 3.",
    ),
    "nothing finite": ((CODES * np.nan, LABELS, tuple("abc")), "", "left out: 30."),
    "whole numbers": ((np.arange(60).reshape(30, 2), LABELS, tuple("abc")), "abc", "3 classes."),
}


@pytest.mark.parametrize("name", MAPS)
def test_maps_of_all_kinds_of_codes_and_labels(shown, written, name):
    arguments, names, words = MAPS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        show.code_map(*arguments, title="Map")
    assert "".join(written) == names
    assert len(set(written.values())) == len(names)  # no name upon another
    description = shown[0][0]["text/plain"]
    assert words in description and f"by {len(names)} classes" in description
    assert not plt.get_fignums()


def test_names_stand_at_the_medians_of_their_classes(shown, written):
    far = np.array([[0.0, 0], [10, 0], [0, 10]])
    show.code_map(far[LABELS] + 0.01 * CODES, LABELS + 4, tuple("abc"), title="Map")
    assert np.allclose([written[name] for name in "abc"], far, atol=0.1)


def test_more_classes_than_colours_look_different(shown, monkeypatch):
    looks, scatter = [], plt.Axes.scatter

    def noted(ax, x, y, **how):
        looks.append((how["color"], how["marker"]))
        return scatter(ax, x, y, **how)

    monkeypatch.setattr(plt.Axes, "scatter", noted)
    show.code_map(RNG.normal(size=(60, 2)), np.arange(60) % 30, range(30), title="Map")
    assert len(looks) == len(set(looks)) == 30


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((RNG.normal(size=(30, 3)), LABELS, NAMES), r"shape \(n, 2\), not \(30, 3\)"),
        ((CODES[:, 0], LABELS, NAMES), r"not \(30,\)"),
        ((CODES, LABELS[:4], NAMES), "30 codes"),
        ((CODES, LABELS, NAMES[:2]), "No name fits the label 0"),
        ((CODES, LABELS, {0: "a", 1: "b"}), "No name fits the label 2"),
        ((CODES, ABC[LABELS], {"a": "a", "b": "b"}), "No name fits the label c"),
        ((CODES, LABELS, ("a", "b", "a")), "Two classes have the name 'a'"),
    ],
)
def test_maps_that_no_name_fits_are_refused(arguments, words):
    with pytest.raises(CourseError, match=rf"{words}.*\.$") as refusal:
        show.code_map(*arguments, title="Map")
    assert len(str(refusal.value)) <= 200
    assert not plt.get_fignums()


READERS_OWN = """text.usetex: True
savefig.transparent: True
savefig.dpi: 30
figure.facecolor: none
axes.facecolor: black
axes.grid: False
font.size: 30
lines.linewidth: 9
image.origin: lower
figure.figsize: 1, 1
"""
DRAW = """
import hashlib, sys
from helpers import show
from helpers.figures import style
import matplotlib.pyplot as plt, numpy as np
def display(bundle, metadata, raw):
    print(hashlib.sha256(bundle["image/png"]).hexdigest())
style.notebook.display = display
show.images({"a": np.linspace(0, 1, 49)[None]}, title="Own")
fig, ax = plt.subplots()
ax.plot([1, 2])
show.figure(fig, "A line.")
"""


def test_a_matplotlibrc_changes_no_figure(tmp_path):
    (tmp_path / "matplotlibrc").write_text(READERS_OWN)
    printed = []
    for settings in ({}, {"MATPLOTLIBRC": str(tmp_path)}):
        environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"} | settings
        done = subprocess.run(
            [sys.executable, "-c", DRAW], capture_output=True, text=True, env=environment, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout.split())
    assert len(printed[0]) == 2 and printed[0] == printed[1]


CHANGED = {
    "savefig.transparent": True,
    "text.usetex": True,
    "axes.facecolor": "black",
    "figure.facecolor": "none",
    "image.cmap": "jet",
    "font.size": 30,
}


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "figure"])
def test_settings_of_an_earlier_cell_change_no_figure(shown, name):
    FIGURES[name][0]()
    with plt.rc_context(CHANGED):
        FIGURES[name][0]()
        assert all(plt.rcParams[key] == value for key, value in CHANGED.items())  # the reader's
    assert shown[0] == shown[1]


def test_a_transparent_figure_lies_on_white(shown):
    fig, ax = plt.subplots()
    for patch in (fig.patch, ax.patch):
        patch.set_alpha(0)
    ax.axis("off")
    ax.axhspan(0, 1, color="red", alpha=0.4)
    show.figure(fig, "A light red field.")
    picture = np.asarray(Image.open(io.BytesIO(shown[0][0]["image/png"])).convert("RGB"))
    assert (picture[0, 0] == 255).all()
    assert np.abs(np.median(picture, axis=(0, 1)) - [255, 153, 153]).max() <= 2


def test_curves_of_values_that_no_logarithm_has(shown):
    nothing = TABLE.assign(error=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        show.curves(nothing, "epoch", "error", log="y", **AXES)
    assert len(shown) == 1


def test_curve_is_the_mean_and_band_the_range():
    fig, ax = plt.subplots()
    show.curves(TABLE, "epoch", "error", ax=ax, references={"floor": 3.0}, **AXES)
    assert list(ax.lines[0].get_ydata()) == [50.5, 25.5, 13.0]
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == 12.5 and band[:, 1].max() == 51.0
    assert ax.lines[1].get_ydata()[0] == 3.0
    assert plt.get_fignums() == [fig.number]  # the caller's own, left to the caller
    plt.close(fig)


def test_colours_differ_for_the_colour_blind():
    """Linear RGB through the deuteranopia matrix of Machado et al. (2009), then CIE L*a*b*."""
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in show.COLOURS])
    linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    blind = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
    xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    for seen in (linear, (linear @ np.transpose(blind)).clip(0, 1)):
        x, y, z = np.cbrt(seen @ np.transpose(xyz) / [0.9505, 1, 1.089]).T
        lab = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
        apart = np.linalg.norm(lab[:, None] - lab, axis=2) + 1e3 * np.eye(len(lab))
        assert apart[:7, :7].min() > 15 and apart.min() > 7, apart.round()  # grey: the last resort
