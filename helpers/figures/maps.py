"""Maps of codes of two numbers: every image a point, every class named where its points are."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.errors import CourseError
from helpers.figures.style import COLOURS, MARKERS, figure, styled

MANY_COLOURS = (*COLOURS, "#5D3A9B", "#7F4F24")
MANY_MARKERS = (*MARKERS, "+", "1")


@styled
def code_map(codes: np.ndarray, labels: np.ndarray, names, *, title: str) -> None:
    """Scatter two-dimensional codes, coloured by class, each class named near its median.

    codes: shape (n, 2); those that are not finite are left out, and the description says so.
    labels: shape (n,), of any type. names: the classes in order, or {label: name}. Labels are
    places in ``names``, counted from 0, if they can be; texts may be the names themselves;
    otherwise as many different labels as names belong to these in ascending order. A class
    without a code gets no name in the map.

    Raises
    ------
    CourseError: codes of another shape, another number of labels, labels that no name fits.
    """
    codes, labels = np.asarray(codes, "float64"), np.asarray(labels)
    if codes.ndim != 2 or codes.shape[1] != 2:
        raise CourseError(f"A map needs codes of two numbers, shape (n, 2), not {codes.shape}.")
    if labels.shape != codes.shape[:1]:
        raise CourseError(f"{len(codes)} codes cannot have labels of shape {labels.shape}.")
    classes = _classes(labels, names)
    finite = np.isfinite(codes).all(axis=1)
    groups = {name: codes[finite & (labels == label)] for label, name in classes}
    drawn = {name: group for name, group in groups.items() if len(group)}
    fig, ax = plt.subplots(figsize=(7, 5.6))
    places = dict(zip(drawn, _name_places(list(drawn.values())), strict=True))
    for i, (name, z) in enumerate(groups.items()):
        if name not in drawn:
            continue
        colour, marker = MANY_COLOURS[i % 10], MANY_MARKERS[(i + i // 10) % 10]
        ax.scatter(z[:, 0], z[:, 1], s=8, alpha=0.45, lw=0.6, color=colour, marker=marker)
        box = {"boxstyle": "round,pad=0.15", "fc": "white", "ec": colour, "alpha": 0.85}
        ax.text(*places[name], name, ha="center", va="center", weight="bold", bbox=box)
    ax.set(xlabel="first number of the code, z₁", ylabel="second number of the code, z₂")
    ax.set_title(title)
    missing = [name for name in groups if name not in drawn]
    none_of = f" No point for {', '.join(missing)}." if missing else ""
    lost = np.sum(~finite)
    left_out = f" Codes that are not finite, left out: {lost}." if lost else ""
    lead = f"{title}: scatter of two-dimensional codes, coloured by {len(drawn)} classes."
    figure(fig, f"{lead}{none_of}{left_out}")


def _classes(labels: np.ndarray, names) -> list[tuple[object, str]]:
    """(label, name) of every class, in the order of ``names``."""
    if isinstance(names, dict):
        pairs = list(names.items())
    else:
        found, names = list(np.unique(labels)), list(names)
        text, places = labels.dtype.kind in "UO", range(len(names))
        if text and set(found) <= set(names):
            pairs = [(name, name) for name in names]
        elif not text and set(found) <= set(places):
            pairs = list(zip(places, names, strict=True))
        elif len(found) == len(names):
            pairs = list(zip(found, names, strict=True))
        else:
            pairs = []
    if unknown := set(labels.tolist()) - {label for label, _ in pairs}:
        raise CourseError(
            f"No name fits the label {str(min(unknown, key=str))[:40]}: give names as "
            "{label: name}, one for every label."
        )
    twice = [name for i, (_, name) in enumerate(pairs) if name in [n for _, n in pairs[:i]]]
    if twice:
        raise CourseError(f"Two classes have the name {str(twice[0])[:40]!r}: give each its own.")
    return [(label, str(name)) for label, name in pairs]


def _name_places(groups: list[np.ndarray]) -> np.ndarray:
    """Where to write the names of groups of points: at their medians, but apart."""
    if not groups:
        return np.zeros((0, 2))
    every = np.concatenate(groups)
    spans = np.ptp(every, axis=0)
    spans[spans == 0] = 1.0  # all points on a line, or in one place
    medians = np.array([np.median(group, axis=0) for group in groups])
    return _apart(medians / spans, least=0.055) * spans


def _apart(points: np.ndarray, least: float) -> np.ndarray:
    """Points (n, 2), moved away from each other until hardly any two are nearer than ``least``."""
    points = points.copy()
    for _ in range(100):
        gaps = points[:, None] - points
        far = np.linalg.norm(gaps, axis=-1, keepdims=True)
        near = (far < least) & (far > 0)
        # Points in one place have no direction: each goes its own way.
        turn = np.arange(len(points)) * 2.4
        same = (far[..., 0] == 0).sum(axis=1, keepdims=True) > 1
        points += same * least / 20 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        points += (near * gaps / np.maximum(far, 1e-9)).sum(axis=1) * least / 20
    return points
