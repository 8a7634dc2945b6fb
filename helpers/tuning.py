"""A learning rate of its own for every method: chosen on a grid, then run with other seeds.

The rules are those of lesson 06: equal budgets, a log grid whose best point lies inside, some seeds
to choose with and others to decide with. ``helpers.compare`` gives these names out.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from helpers.errors import CourseError

# What tells two runs apart: in tables put together from several sweeps, ``run`` counts anew.
RUN = ("use", "run", "method", "rate", "seed")


def grid(low: float, high: float, per_decade: int = 3) -> np.ndarray:
    """Learning rates from ``low`` to ``high``, a factor of at most 10^(1/per_decade) apart.

    Raises
    ------
    CourseError: the two are not a range of positive numbers.
    """
    if not 0 < low < high < np.inf or per_decade < 1:
        raise CourseError(f"A grid of rates needs 0 < low < high, not low={low}, high={high}.")
    steps = np.ceil(round(np.log10(high / low) * per_decade, 9))
    return np.geomspace(low, high, int(steps) + 1)


def last(table: pd.DataFrame) -> pd.DataFrame:
    """The last row of each run in a table of ``sweep``'s (lesson 06: ``at_the_end``)."""
    keys = [key for key in RUN if key in table]
    return table.groupby(keys, sort=False, dropna=False).tail(1) if keys else table


def finished(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` without the runs that were interrupted."""
    return table[~table["interrupted"].astype(bool)] if "interrupted" in table else table


def choose(
    table: pd.DataFrame, by: str = "val_loss", *, margin: int = 0, reference: float | None = None
) -> pd.DataFrame:
    """The learning rate of each method: least mean of ``by`` over the seeds, away from the cliff.

    A rate at which any seed diverged is out. The *cliff* is the first rate, above one at which all
    seeds learn, at which a seed diverges, or collapses: ends no better than ``reference``. At low
    rates a run that has not got below the reference is only slow, and that is no cliff.

    Parameters
    ----------
    table: runs as ``sweep`` returns them, with the columns ``method``, ``rate`` and ``by``. Runs
        marked ``interrupted`` are left out.
    margin: grid points that must lie between the chosen rate and the cliff. 0: only the best mean
        counts (lesson 06). 1: the final runs, with other seeds, should not fall off.
    reference: an error that means "nothing learned", in the unit of ``by``: a little less than the
        mean image's, say. None: only divergence makes a cliff.

    Returns
    -------
    One row a method: ``rate``, its mean error ``by``, ``inside`` (the rate lies inside the grid),
    ``cliff`` (its rate, NaN if the grid has none), ``why`` ("diverged", "collapsed" or ""), and
    ``moved`` (a better mean stood too near the cliff). Rate and error are NaN where none is left.

    Raises
    ------
    CourseError: a column is missing, no rates were tried, or ``margin`` is no whole number.
    """
    missing = [name for name in ("method", "rate", by) if name not in table]
    if missing:
        raise CourseError(f"There is no column {missing[0]!r} to choose a learning rate by.")
    if isinstance(margin, bool) or not isinstance(margin, int | np.integer) or margin < 0:
        raise CourseError(f"margin={margin!r} must be 0, 1 or another whole number of grid points.")
    ends = finished(last(table))
    if ends["rate"].isna().all():
        raise CourseError("There are no learning rates to choose from: give `sweep` its `rates`.")
    error = ends[by].astype(float)
    lost = ~np.isfinite(error)
    if "diverged" in ends:
        lost |= ends["diverged"].astype(bool)
    stuck = ~lost & (error >= (np.inf if reference is None else reference))
    ends = ends.assign(error=error.mask(lost), lost=lost, stuck=stuck)
    rows = {
        method: _choose(runs.groupby("rate"), by, margin)
        for method, runs in ends.groupby("method", sort=False)
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("method")


def _choose(by_rate, by: str, margin: int) -> dict:
    """One row of ``choose``: ``by_rate`` groups a method's runs by their rate, in rising order."""
    lost, stuck = by_rate["lost"].any(), by_rate["stuck"].any()
    error, places = by_rate["error"].mean().mask(lost), np.arange(len(lost))
    bad = (lost | stuck).to_numpy()
    learned = places[~bad]
    cliffs = places[bad & (places > learned[0])] if len(learned) else []
    near = places >= cliffs[0] - margin if margin and len(cliffs) else places < 0
    allowed = error.mask(near)
    row = {"rate": np.nan, by: np.nan, "inside": False, "cliff": np.nan, "why": "", "moved": False}
    if len(cliffs):
        why = "diverged" if lost.iloc[cliffs[0]] else "collapsed"
        row |= {"cliff": lost.index[cliffs[0]], "why": why}
    if allowed.notna().any():
        best = allowed.idxmin()
        row |= {"rate": best, by: allowed[best], "moved": bool(best != error.idxmin())}
        row["inside"] = bool(lost.index[0] < best < lost.index[-1])
    return row


def best_rates(table: pd.DataFrame, by: str = "val_loss") -> pd.DataFrame:
    """The learning rate of each method with the least mean of ``by`` at the end of its runs.

    A rate at which any seed diverged does not count. Returns one row a method: ``rate``, ``by``,
    and ``inside``: whether the best rate lies inside the grid. A method that diverged at every
    rate has NaN for the first two. ``choose`` also keeps away from the cliff.
    """
    return choose(table, by)[["rate", by, "inside"]]


def at_rates(methods: Mapping[str, object], rates: Mapping[str, float]) -> dict[str, dict]:
    """``methods`` as ``sweep`` takes them, each with the one learning rate of ``rates``.

    Raises
    ------
    CourseError: a method has no rate, or NaN.
    """
    chosen = {}
    for method, what in methods.items():
        if pd.isna(rates.get(method)):
            raise CourseError(f"{method!r} has no learning rate: none of its grid was usable.")
        changes = what if isinstance(what, Mapping) else {"optimizer": what}
        chosen[method] = {**changes, "rates": [float(rates[method])]}
    return chosen


def tuned(
    race: Callable[..., pd.DataFrame],
    methods: Mapping[str, object],
    *,
    by: str = "val_loss",
    tuning_seeds: Iterable[int],
    seeds: Iterable[int],
    margin: int = 0,
    reference: float | None = None,
    both: bool = False,
    whole: bool = False,
    **changes,
) -> pd.DataFrame:
    """Choose each method's learning rate with some seeds, then run it with others.

    Parameters
    ----------
    race: ``sweep`` with a lesson's model, images and budget; it is called as
        ``race(methods, seeds=..., **changes)``, once to choose and once to decide.
    methods: as ``sweep`` takes them; the rates to choose from are in their ``"rates"``, or in what
        ``race`` adds.
    by, margin, reference: as in ``choose``.
    both: return the tuning runs, too, told apart by a column ``use``: "tuning" or "final".
    whole: return every epoch, not only the last row of each run.

    Returns
    -------
    A table as ``race`` returns it, with the column ``inside``: whether the method's rate lies
    inside its grid. A method without a usable rate is not run again, and a printed sentence says
    so: it has one row a seed, marked as diverged, without numbers.

    Raises
    ------
    CourseError: the two kinds of seeds overlap. KeyboardInterrupt: while the rates were chosen; a
    final race that is interrupted returns the runs so far.
    """
    tuning_seeds, seeds = list(tuning_seeds), list(seeds)
    for shared in sorted(set(tuning_seeds) & set(seeds)):
        raise CourseError(
            f"Seed {shared} is to choose the rates and to decide: give `tuned` other seeds."
        )
    tuning = race(methods, seeds=tuning_seeds, **changes)
    if "interrupted" in tuning and tuning["interrupted"].any():
        raise KeyboardInterrupt
    found = choose(tuning, by, margin=margin, reference=reference)
    usable = {m: what for m, what in methods.items() if pd.notna(found["rate"].get(m))}
    final = race(at_rates(usable, found["rate"]), seeds=seeds, **changes) if usable else tuning[:0]
    if unusable := [m for m in methods if m not in usable]:
        print(f"Without a usable rate, and so without final runs: {', '.join(unusable)}.")
        lost = [{"method": m, "seed": s, "diverged": True} for m in unusable for s in seeds]
        lost = pd.DataFrame(lost, columns=final.columns.astype(object))
        final = pd.concat([final, lost], ignore_index=True) if usable else lost
    if both:
        final = pd.concat([tuning.assign(use="tuning"), final.assign(use="final")])
    final = (final if whole else last(final)).reset_index(drop=True)
    return final.assign(inside=final["method"].map(found["inside"]))
