"""Who wins, by how much, and is it shown: paired runs, their intervals, a table and a forest plot.

Lesson 06 writes the core out (``by_seed``, ``interval``, ``written``, ``differs``, ``arrival``) and
says why; tests/test_compare.py holds its cells and this file together. What chooses learning rates
is in ``helpers.tuning`` and handed on here.

A run that diverged, or did not arrive, is NaN: it is counted and never averaged, and a summary of
runs of which none is left says so.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

from helpers import show
from helpers.errors import CourseError
from helpers.tuning import at_rates, best_rates, choose, finished, grid, last, tuned

__all__ = [
    "arrivals",
    "arrived",
    "at_rates",
    "best_rates",
    "by_seed",
    "choose",
    "differs",
    "forest",
    "grid",
    "holm",
    "interval",
    "last",
    "listed",
    "table",
    "tuned",
    "two_valued",
    "verdicts",
    "written",
]

LEVEL = 0.95  # of every interval; 1 − LEVEL is the limit for corrected p-values
APART, SHARE = 5, 0.05  # two-valued: a gap of 5 times the spread within, and 5 % of the values


def by_seed(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """What the runs end with: one row a seed, one column a method; NaN where a run diverged.

    Written out in lesson 06. Tuning runs and interrupted ones are left out.

    Raises
    ------
    CourseError: a column is missing, or a method ran twice with one seed.
    """
    for name in ("method", "seed", column):
        if name not in table:
            raise CourseError(f"There is no column {name!r} to compare runs by.")
    ends = finished(last(table[table["use"] == "final"] if "use" in table else table))
    for twice in ends.loc[ends.duplicated(["method", "seed"]), "method"]:
        raise CourseError(f"{twice!r} ran twice with one seed: compare one kind of runs at a time.")
    if "diverged" in ends:
        ends = ends.assign(**{column: ends[column].mask(ends["diverged"].astype(bool))})
    return ends.pivot(index="seed", columns="method", values=column)


def _finite(values) -> pd.Series:
    values = pd.Series(values, dtype="float64")
    return values[np.isfinite(values)]


def interval(values) -> tuple[float, float]:
    """Mean, and half-width of its 95 % interval: t s/√n, Student's t with n − 1 degrees of freedom.

    Written out in lesson 06. Give it paired differences for theirs. Values that are not finite are
    left out; of fewer than two the half-width is NaN.
    """
    values = _finite(values)
    n = len(values)
    half = stats.t.ppf((1 + LEVEL) / 2, n - 1) * values.std(ddof=1) / n**0.5 if n > 1 else np.nan
    return float(values.mean()), float(half)


def written(values, digits: int = 2) -> str:
    """``interval`` in words, and how many runs diverged. Written out in lesson 06."""
    values = pd.Series(values, dtype="float64")
    (mean, half), n = interval(values), len(_finite(values))
    lost = f" ({len(values) - n} of {len(values)} diverged)" if n < len(values) else ""
    if n < 2:
        return (f"{mean:.{digits}f} (one run)" if n else "–") + lost
    return f"{mean:.{digits}f} ± {half:.{digits}f}{lost}"


def listed(values, digits: int = 2) -> str:
    """Every run's value, in the order of the seeds: the honest form of two-valued results."""
    cells = [f"{v:.{digits}f}" if np.isfinite(v) else "lost" for v in np.asarray(values, float)]
    return " · ".join(cells)


def two_valued(values, *, size: float = 0.0) -> bool:
    """Whether runs fall into two groups (stuck or not), so that their mean describes none of them.

    So it is if the widest gap between neighbours is over 5 times the wider of the two groups, and
    over 5 % of the largest value or of ``size``, whichever is more. For differences near zero,
    ``size`` is what the compared errors themselves come to. At least four runs are needed; of five
    numbers from one normal distribution, 2 % look like that by chance.
    """
    ordered = np.sort(_finite(values))
    if len(ordered) < 4:
        return False
    at = int(np.diff(ordered).argmax()) + 1
    within = max(np.ptp(ordered[:at]), np.ptp(ordered[at:]))
    gap = ordered[at] - ordered[at - 1]
    return bool(gap > max(APART * within, SHARE * max(np.abs(ordered).max(), size)))


def differs(a, b) -> int:
    """Sign of the paired difference a − b if its 95 % interval leaves out zero, otherwise 0.

    Written out in lesson 06. For one comparison; several from one table go to ``verdicts``.
    """
    mean, half = interval(a - b)
    return int(np.sign(mean)) if abs(mean) > half else 0


def holm(pvalues) -> pd.Series:
    """P-values corrected for their number: the k-th least of m times m − k + 1, never falling.

    Holm, Scandinavian Journal of Statistics 6 (1979). The chance that any of several true "no
    difference" is rejected stays below the level. NaN stays NaN, and counts as a comparison made.
    """
    pvalues = pd.Series(pvalues, dtype="float64")
    ordered = pvalues.fillna(1.0).sort_values(kind="stable")
    corrected = (ordered * np.arange(len(ordered), 0, -1)).cummax().clip(upper=1.0)
    return corrected.reindex(pvalues.index).mask(pvalues.isna())


def verdicts(final: pd.DataFrame, against: str, *, digits: int = 2) -> pd.DataFrame:
    """Paired differences of every other method minus ``against``, and what they show together.

    final: one row a seed, one column a method, as ``by_seed`` returns it.

    Returns
    -------
    One row a rival, in the order of the columns: ``mean`` and ``half`` (of the 95 % interval),
    ``p`` (paired t-test, two-sided), ``corrected`` (by ``holm``), ``verdict`` (sign of the mean if
    corrected < 0.05, otherwise 0) and ``sentence``: "lower by …", "suggestive: …" where only the
    correction undoes it, or "not shown: ± …". Two-valued differences are listed and not tested.

    Raises
    ------
    CourseError: there is no column ``against``, or no other.
    """
    rivals = [method for method in final if method != against]
    if against not in final or not rivals:
        raise CourseError(f"Nothing to compare with {against!r}: give a table with it and others.")
    gaps = {method: final[method] - final[against] for method in rivals}
    sizes = {method: _finite(final[[method, against]].stack()).abs().max() for method in rivals}
    split = pd.Series({m: two_valued(gap, size=sizes[m]) for m, gap in gaps.items()})
    rows = pd.DataFrame({m: interval(gap) for m, gap in gaps.items()}, ["mean", "half"]).T
    rows["p"] = [_p(gap) for gap in gaps.values()]
    rows.loc[split] = np.nan
    rows["corrected"] = holm(rows["p"])
    rows["verdict"] = np.sign(rows["mean"]).where(rows["corrected"] < 1 - LEVEL, 0).astype(int)
    rows["sentence"] = [
        f"two-valued: {listed(gaps[method], digits)}" if split[method] else _sentence(row, digits)
        for method, row in rows.iterrows()
    ]
    return rows.rename_axis("method")


def _p(gap: pd.Series) -> float:
    """Two-sided p-value of "the mean of these paired differences is zero"; NaN of fewer than 2."""
    gap = _finite(gap)
    if len(gap) < 2:
        return np.nan
    error = gap.std(ddof=1) / len(gap) ** 0.5
    if error == 0:
        return float(gap.mean() == 0)  # nothing is random here
    return float(2 * stats.t.sf(abs(gap.mean()) / error, len(gap) - 1))


def _sentence(row: pd.Series, digits: int) -> str:
    if np.isnan(row["half"]):
        return "not shown: too few runs"
    by = f"{'lower' if row['mean'] < 0 else 'higher'} by {abs(row['mean']):.{digits}f}"
    by += f" ± {row['half']:.{digits}f}"
    if row["verdict"]:
        return by
    return f"suggestive: {by}" if row["p"] < 1 - LEVEL else f"not shown: ± {row['half']:.{digits}f}"


def table(
    final: pd.DataFrame, against: str, *, unit: str = "sq.err/image", digits: int = 2
) -> pd.DataFrame:
    """Every method's error, and the verdict on it, sorted by the mean; ``final`` as ``by_seed``'s.

    Two-valued results are listed run by run.
    """
    order = final.mean().sort_values(na_position="last").index
    cells = {m: (listed if two_valued(final[m]) else written)(final[m], digits) for m in order}
    said = verdicts(final, against, digits=digits)["sentence"].reindex(order).fillna("–")
    return pd.DataFrame({unit: pd.Series(cells), f"against {against}": said}).rename_axis("method")


def forest(
    final: pd.DataFrame, against: str, *, title: str, unit: str = "sq.err/image", ax=None
) -> None:
    """Draw paired differences to ``against``: a dot a seed, mean and 95 % interval, best on top.

    A filled mark is a difference that ``verdicts`` shows, a hollow one is not shown. final: as
    ``by_seed`` returns it. title: the finding. ax: draw there, and leave displaying to the caller.
    """
    rows = verdicts(final, against)
    gaps = final[rows.index].sub(final[against], axis=0)
    order = gaps.mean().sort_values(na_position="last", kind="stable").index
    fig, own = (None, ax) if ax else plt.subplots(figsize=(7, 0.45 * len(order) + 1.3))
    own.axvline(0, color="#555555", lw=1.2, ls="--")
    for place, method in enumerate(order):
        runs, row = _finite(gaps[method]), rows.loc[method]
        own.plot(runs, [place + 0.22] * len(runs), "o", ms=3.5, alpha=0.6, color=show.COLOURS[7])
        fill = {"mfc": show.COLOURS[0] if row["verdict"] else "white", "ms": 7, "capsize": 4}
        if np.isfinite(row["mean"]):
            own.errorbar(row["mean"], place, xerr=row["half"], fmt="o", c=show.COLOURS[0], **fill)
    own.set_yticks(range(len(order)), list(order))
    own.set(xlabel=f"{unit} minus that of {against}", title=title)
    own.set_ylim(len(order) - 0.5, -0.5)
    if fig:
        names = ", ".join(map(str, rows.index))
        show.figure(fig, f"{title}: differences from {against} with 95 % intervals. {names}.")


def arrivals(table: pd.DataFrame, target: float, column: str) -> pd.DataFrame:
    """``step`` and ``seconds`` of the first epoch with ``column`` below ``target``, for each run.

    Written out in lesson 06 (``arrival``). One row for each (method, seed); NaN where none was.
    """
    key = ["method", "seed"]
    every = pd.MultiIndex.from_frame(table[key].drop_duplicates())
    first = table[table[column] < target].drop_duplicates(key).set_index(key)
    return first[["step", "seconds"]].astype("float64").reindex(every)


def arrived(found: pd.DataFrame) -> pd.DataFrame:
    """What ``arrivals`` found, a row a method: how many runs, and mean (range) if there are any."""
    rows = {}
    for method, runs in found.groupby(level="method", sort=False):
        there = runs.dropna()
        rows[method] = {"arrived": f"{len(there)} of {len(runs)}"}
        for column, digits in (("step", 0), ("seconds", 2)):
            mean, low, high = there[column].agg(["mean", "min", "max"])
            told = f"{mean:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"
            rows[method][column] = told if len(there) else "–"
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("method")
