"""Boxes joined by arrows: how the shape of the data changes on its way through a model."""

import re

import matplotlib.pyplot as plt
import numpy as np

from helpers.figures.style import COLOURS, figure, styled


@styled
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
