"""Rows of images: grey ones from white to black, coloured ones as they are."""

import math

import matplotlib.pyplot as plt
import numpy as np

from helpers.errors import CourseError
from helpers.figures.style import figure, styled


@styled
def images(
    rows: dict[str, np.ndarray],
    *,
    columns=None,
    title: str = "",
    size: float = 0.8,
    shape: tuple[int, ...] | None = None,
) -> None:
    """Draw one labelled row of images for each entry: originals above reconstructions, say.

    rows: {label: images}; images have the shape (n, height, width), (n, height, width, 1) or, in
    colour, (n, height, width, 3), or are flat rows (n, D). Grey values are shown from 0 (white) to
    1 (black), colours from 0 (dark) to 1; what lies outside is cut off.
    columns: a label for each column. size: inches an image, along its longer side. shape: what
    flat rows are, (height, width) or (height, width, 3); without it, squares.

    Raises
    ------
    CourseError: no images, images of another shape, whole bytes (0 to 255).
    """
    drawn = {
        label: [_picture(np.asarray(image), shape, label) for image in row]
        for label, row in rows.items()
    }
    count = max(map(len, drawn.values()), default=0)
    if not count:
        raise CourseError("There are no images to show: give each row at least one.")
    sides = np.max([image.shape[:2] for row in drawn.values() for image in row], axis=0)
    height, width = size * sides / sides.max()
    fig, axes = plt.subplots(
        len(drawn),
        count,
        figsize=(width * count + 1.6, height * len(drawn) + 0.5),
        squeeze=False,
    )
    for line, (label, row) in zip(axes, drawn.items(), strict=True):
        line[0].set_ylabel(label, rotation=0, ha="right", va="center")
        for ax, image in zip(line, row + [None] * (count - len(row)), strict=True):
            ax.grid(False)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
            if image is not None:
                ax.imshow(image, vmin=0, vmax=1)
    for ax, label in zip(axes[0], columns if columns is not None else [], strict=False):
        ax.set_title(label, loc="center", fontsize=10)
    if title:
        fig.suptitle(title, fontsize=12)
    labels = "; ".join(str(label).replace("\n", " ") for label in drawn)
    lead = f"{title}: " if title else ""
    figure(fig, f"{lead}{len(drawn)} rows of {count} images, from top to bottom: {labels}.")


def _picture(image: np.ndarray, shape: tuple[int, ...] | None, label) -> np.ndarray:
    """One image as (height, width), or as (height, width, 3) with colours in [0, 1]."""
    if image.dtype.kind in "iu" and image.size and image.max() > 1:
        raise CourseError(
            f"The images of row {str(label)[:40]!r} are whole bytes: divide them by 255."
        )
    if image.ndim == 1:
        side = math.isqrt(image.size)
        into = tuple(shape) if shape is not None else (side, side)
        if math.prod(into) != image.size:
            cure = "another `shape`" if shape is not None else "`shape=(height, width)`"
            raise CourseError(
                f"Flat images of {image.size} values are none of {into[0]} × {into[1]}: tell "
                f"show.images {cure}, with a third number 3 if they are coloured."
            )
        image = image.reshape(into)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    coloured = image.ndim == 3 and image.shape[-1] == 3
    if not image.size or not (coloured or image.ndim == 2):
        raise CourseError(
            f"show.images cannot draw an image of shape {image.shape}: it takes (height, width), "
            "or (height, width, 3) for colours, or flat rows."
        )
    if coloured:  # a value that is not a number stays white
        return np.clip(np.nan_to_num(image.astype("float64"), nan=1, posinf=1, neginf=0), 0, 1)
    return image.astype("float64")
