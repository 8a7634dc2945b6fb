"""One style for all figures, safe for colour-blind readers, and the one way to display them.

Whatever a matplotlibrc or an earlier cell has set, figures drawn here look the same: importing
this file puts Matplotlib back to its own defaults with the course's style on top, and every
drawing function does so again while it draws.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps

import matplotlib.pyplot as plt
from cycler import cycler
from IPython import display as notebook
from matplotlib.figure import Figure
from PIL import Image

# Okabe & Ito's palette (jfly.uni-koeln.de/color): distinct in all common forms of colour blindness.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

STYLE = {
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
WHITE = "white"

# For figures that a lesson draws itself; "default" leaves the backend as it is.
plt.style.use(["default", STYLE])


@contextmanager
def course_style() -> Iterator[None]:
    """Draw inside this: Matplotlib's defaults and the course's style, then what was set before."""
    with plt.style.context(["default", STYLE]):
        yield


def styled(draw):
    """A drawing function that always draws in the course's style."""

    @wraps(draw)
    def drawn(*args, **kwargs):
        with course_style():
            return draw(*args, **kwargs)

    return drawn


@styled
def figure(fig: Figure, description: str) -> None:
    """Display ``fig`` with its ``description`` (one or two sentences), then close it."""
    drawn, packed = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png", metadata={"Software": None}, bbox_inches="tight")
    plt.close(fig)
    picture = Image.open(drawn).convert("RGBA")
    paper = Image.new("RGBA", picture.size, WHITE)  # under a figure that was made transparent
    # 128 colours look the same and take a third of the bytes in the notebook.
    flat = Image.alpha_composite(paper, picture).convert("RGB").quantize(128)
    flat.save(packed, format="png", optimize=True)
    notebook.display(
        {"image/png": packed.getvalue(), "text/plain": description},
        metadata={"image/png": {"alt": description}},
        raw=True,
    )
