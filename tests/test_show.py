"""The figures: a picture and a sentence each, the same every time, and nothing left open."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers import show

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

    monkeypatch.setattr(show, "display", display)
    return bundles


def test_every_drawing_function_is_here():
    public = {n for n, f in vars(show).items() if getattr(f, "__module__", "") == show.__name__}
    drawn = {name.split(",")[0].split(" by")[0].replace(" ", "_") for name in FIGURES}
    assert {name for name in public if not name.startswith("_")} == drawn


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


def test_pixels_run_from_white_to_black(shown, monkeypatch):
    drawn = []
    monkeypatch.setattr(plt.Axes, "imshow", lambda ax, z, **how: drawn.append((z.shape, how)))
    show.images({"dark": np.full((1, 784), 0.9), "wide": np.zeros((1, 8, 4))})
    assert drawn == [((28, 28), {"vmin": 0, "vmax": 1}), ((8, 4), {"vmin": 0, "vmax": 1})]
    assert plt.rcParams["image.cmap"] == "gray_r"


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
