"""Curves over epochs, sizes or rates: means over seeds, with bands and reference lines."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator

from helpers.figures.style import COLOURS, DASHES, MARKERS, figure, styled


@styled
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
        above = values[values > 0]
        if scale in log and len(above):
            getattr(own, f"set_{scale}scale")("log")
            few = scale == "x" and len(values) <= 8
            wide = above.max() > 1e3 * above.min()
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
