"""The course's figures: one style, safe for colour-blind readers, each with a description.

Every function displays its figure, together with a sentence that says in words what it shows
(for screen readers, and for the tests, which compare the sentence), and closes it.
"""

import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from cycler import cycler
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator
from PIL import Image

# Okabe & Ito's palette (jfly.uni-koeln.de/color): distinct in all common forms of colour blindness.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

plt.rcParams.update(
    {
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 12,
        "axes.titlelocation": "left",
        "axes.labelsize": 11,
        "axes.grid": True,
        "grid.alpha": 0.25,
        "font.size": 11,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "image.cmap": "gray_r",
        "figure.dpi": 100,
        "figure.constrained_layout.use": True,
    }
)


def figure(fig: Figure, description: str) -> None:
    """Display ``fig`` with its ``description`` (one or two sentences), then close it."""
    drawn, packed = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png", metadata={"Software": None}, bbox_inches="tight")
    plt.close(fig)
    # 128 colours look the same and take a third of the bytes in the notebook.
    Image.open(drawn).convert("RGB").quantize(128).save(packed, format="png", optimize=True)
    display(
        {"image/png": packed.getvalue(), "text/plain": description},
        metadata={"image/png": {"alt": description}},
        raw=True,
    )


def images(rows: dict[str, np.ndarray], *, columns=None, title: str = "", size: float = 0.8):
    """Draw one labelled row of images for each entry: originals above reconstructions, say.

    rows: {label: (n, D) or (n, height, width[, 1])}, values shown from 0 (white) to 1 (black).
    columns: a label for each column. size: inches an image.
    """
    count = max(len(row) for row in rows.values())
    fig, axes = plt.subplots(
        len(rows), count, figsize=(size * count + 1.6, size * len(rows) + 0.5), squeeze=False
    )
    for line, (label, row) in zip(axes, rows.items(), strict=True):
        line[0].set_ylabel(label, rotation=0, ha="right", va="center")
        for ax, image in zip(line, list(row) + [None] * (count - len(row)), strict=True):
            ax.grid(False)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
            if image is not None:
                ax.imshow(_square(image), vmin=0, vmax=1)
    for ax, label in zip(axes[0], columns if columns is not None else [], strict=False):
        ax.set_title(label, loc="center", fontsize=10)
    if title:
        fig.suptitle(title, fontsize=12)
    labels = "; ".join(str(label).replace("\n", " ") for label in rows)
    lead = f"{title}: " if title else ""
    figure(fig, f"{lead}{len(rows)} rows of {count} images, from top to bottom: {labels}.")


def curves(
    table: pd.DataFrame,
    x: str,
    y: str,
    *,
    by: str | None = None,
    references: dict[str, float] | None = None,
    labels: tuple[str, str],
    title: str,
    log: str = "",
    order: list[str] | None = None,
    ax: plt.Axes | None = None,
):
    """Draw ``y`` against ``x``, one curve for each value of ``by``, with reference lines.

    Rows that share ``by`` and ``x`` (seeds) become a line through their mean and a band from the
    least to the greatest. table: tidy, one row a measurement. references: {label: height}, drawn
    as thin horizontal lines. labels: text of the x and y axes, with units. log: "x", "y" or "xy".
    order: names whose places fix colour and marker, so that figures with other subsets agree.
    ax: draw into this axis and leave displaying to the caller.
    """
    fig, own = (None, ax) if ax is not None else plt.subplots(figsize=(7, 4))
    groups = table.groupby(by, sort=False) if by else [("", table)]
    names = []
    for place, (name, group) in enumerate(groups):
        i = order.index(name) if order else place
        stats = group.groupby(x)[y].agg(["mean", "min", "max"])
        style = {"color": COLOURS[i % 8], "ls": DASHES[(i // 8 + i) % 4], "marker": MARKERS[i % 8]}
        own.plot(stats.index, stats["mean"], label=str(name), ms=4, **style)
        own.fill_between(stats.index, stats["min"], stats["max"], color=style["color"], alpha=0.2)
        names.append(str(name))
    for i, (name, height) in enumerate((references or {}).items()):
        own.axhline(height, color="#555555", lw=1.2, ls=DASHES[(i + 1) % 4], label=name)
    own.set(xlabel=labels[0], ylabel=labels[1], title=title)
    for scale, axis in (("x", own.xaxis), ("y", own.yaxis)):
        values = np.unique(table[{"x": x, "y": y}[scale]])
        if scale in log:
            getattr(own, f"set_{scale}scale")("log")
            few = scale == "x" and len(values) <= 8
            wide = values[values > 0].max() > 1e3 * values[values > 0].min()
            ticks = LogLocator(subs=(1,) if wide else (1, 2, 5), numticks=20)
            axis.set_major_locator(FixedLocator(values) if few else ticks)
            axis.set_major_formatter("{x:g}")
            axis.set_minor_formatter("")
        elif np.issubdtype(values.dtype, np.integer):
            axis.set_major_locator(MaxNLocator(integer=True))
    if by or references:
        entries = len(names) + len(references or {})
        outside = {"loc": "upper left", "bbox_to_anchor": (1, 1)}
        own.legend(**outside if entries > 5 else {})
    if fig is None:
        return
    lines = f" Curves: {', '.join(names)}." if by else ""
    marks = f" Reference lines: {', '.join(references)}." if references else ""
    figure(fig, f"{title}: {labels[1]} against {labels[0]}.{lines}{marks}")


def _apart(points: np.ndarray, least: float) -> np.ndarray:
    """Points (n, 2), moved away from each other until hardly any two are nearer than ``least``."""
    points = points.copy()
    for _ in range(100):
        gaps = points[:, None] - points
        far = np.linalg.norm(gaps, axis=-1, keepdims=True)
        near = (far < least) & (far > 0)
        points += (near * gaps / np.maximum(far, 1e-9)).sum(axis=1) * least / 20
    return points


def _square(image: np.ndarray) -> np.ndarray:
    """A flat or single-channel image as (height, width)."""
    image = np.asarray(image)
    if image.ndim == 1:
        side = round(image.size**0.5)
        return image.reshape(side, -1)
    return image[..., 0] if image.ndim == 3 else image


def pipeline(stages: list[tuple[str, str]], arrows: list[str], *, title: str) -> None:
    """Draw boxes joined by labelled arrows: the shapes of the data on its way through a model.

    stages: (name, shape) of each box, box heights follow the sizes in the shape; arrows: the
    function on each of the len(stages) − 1 arrows. Mathematics goes between dollar signs.
    """
    fig, ax = plt.subplots(figsize=(1.75 * len(stages) + 0.5, 2.6))
    numbers = [re.findall(r"\d+", shape) for _, shape in stages]  # an "N" does not count
    sizes = [np.prod([int(n) for n in row]) for row in numbers]
    for i, ((name, shape), size) in enumerate(zip(stages, sizes, strict=True)):
        height = 0.35 + 0.65 * np.log(size + 1) / np.log(max(sizes) + 1)
        box = plt.Rectangle((i - 0.16, -height / 2), 0.32, height, fc=COLOURS[5], alpha=0.45)
        ax.add_patch(box)
        ax.text(i, 0, name, ha="center", va="center", fontsize=14)
        ax.text(i, -height / 2 - 0.06, shape, ha="center", va="top", fontsize=10)
    for i, label in enumerate(arrows):
        ax.annotate("", (i + 0.82, 0), (i + 0.18, 0), arrowprops={"arrowstyle": "->", "lw": 1.6})
        ax.text(i + 0.5, 0.05, label, ha="center", va="bottom", fontsize=11)
    ax.set(xlim=(-0.4, len(stages) - 0.6), ylim=(-0.75, 0.6))
    ax.set_title(f"{title}\n", pad=0)
    ax.text(len(stages) - 0.6, -0.75, "heights: logarithm of the size", ha="right", fontsize=8)
    ax.axis("off")
    chain = stages[0][0] + stages[0][1]
    for arrow, (name, shape) in zip(arrows, stages[1:], strict=True):
        chain += f" –[{arrow}]→ {name}{shape}".replace("\n", " ")
    for mark, word in (
        ("$", ""),
        (r"\hat{", "reconstructed {"),
        (r"\times\ ", "times "),
        ("{", ""),
    ):
        chain = chain.replace(mark, word)
    figure(fig, f"{title}: {chain.replace('}', '')}.")


def code_map(codes: np.ndarray, labels: np.ndarray, names: tuple[str, ...], *, title: str) -> None:
    """Scatter two-dimensional codes (n, 2), coloured by label, each class named near its median."""
    colours, markers = (*COLOURS, "#5D3A9B", "#7F4F24"), (*MARKERS, "+", "1")
    fig, ax = plt.subplots(figsize=(7, 5.6))
    spans = np.ptp(codes, axis=0)
    medians = np.array([np.median(codes[labels == i], axis=0) for i in range(len(names))])
    places = _apart(medians / spans, least=0.055) * spans
    for i, name in enumerate(names):
        z = codes[labels == i]
        style = {"color": colours[i % 10], "marker": markers[i % 10]}
        ax.scatter(z[:, 0], z[:, 1], s=8, alpha=0.45, lw=0.6, **style)
        box = {"boxstyle": "round,pad=0.15", "fc": "white", "ec": colours[i % 10], "alpha": 0.85}
        ax.text(*places[i], name, ha="center", va="center", weight="bold", bbox=box)
    ax.set(xlabel="first number of the code, z₁", ylabel="second number of the code, z₂")
    ax.set_title(title)
    figure(fig, f"{title}: scatter of two-dimensional codes, coloured by {len(names)} classes.")
