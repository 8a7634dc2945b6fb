"""Explorers: interactive pictures that run in the reader's browser and need no kernel."""

import numpy as np
import pandas as pd
from IPython import display as notebook

from helpers.errors import CourseError, quoted
from helpers.explorers.document import TITLES, frame, takes_table

COLUMNS = 3  # of an explorer's table: two costs and an error


def explorer(name: str, description: str, table: pd.DataFrame | None = None) -> None:
    """Display the explorer ``name`` with its ``description`` (one or two sentences).

    name: "optimizers", SGD, momentum, RMSprop and Adam on a bowl of two weights, with the rules of
    lesson 04; "loss", MSE and BCE of one pixel, with the formulas of lesson 03; or "pick", the
    models of a ``table`` within limits, and the front of those that no other beats. Tests hold all
    three to Keras or pandas. The output is one frame that holds all it needs: the same bytes every
    time, the same piece in JupyterLab, on the website and from disk. Where scripts are off it shows
    a still picture (or a table that is not the lesson's own as numbers); an untrusted notebook
    shows the description until the cell is run.

    table: for "pick" only. One row a model, named by the index; three columns, in which less is
    better: two costs, named by their units, and an error. NaN is a number that was not measured.

    Raises
    ------
    CourseError: there is no such explorer, or the table is missing, superfluous or misshapen.
    """
    if name not in TITLES:
        known = ", ".join(f'"{known}"' for known in TITLES)
        raise CourseError(f"There is no explorer {quoted(name)}: the explorers are {known}.")
    given = given_by(name, table)
    shown = {"text/html": frame(name, description, given), "text/plain": description}
    notebook.display(shown, raw=True)


def given_by(name: str, table: pd.DataFrame | None) -> dict | None:
    """Return a data frame as an explorer's own table, with nine digits a number."""
    if not takes_table(name):
        if table is not None:
            raise CourseError(f"The explorer {quoted(name)} takes no table.")
        return None
    if not isinstance(table, pd.DataFrame) or table.shape[1] != COLUMNS or table.empty:
        raise CourseError(
            f"The explorer {quoted(name)} wants a data frame as its table: one row a model, and "
            f"{COLUMNS} columns, two costs and an error."
        )
    return {
        "columns": [str(column) for column in table.columns],
        "names": [", ".join(np.atleast_1d(name).astype(str)) for name in table.index],
        "values": rounded(table),
    }


def rounded(table: pd.DataFrame) -> list[list[float | None]]:
    """Return the numbers of a table with nine digits, and None for what was not measured."""
    try:
        values = table.to_numpy(float)
    except (TypeError, ValueError):
        raise CourseError("The columns of an explorer's table are numbers.") from None
    if np.isinf(values).any() or np.isnan(values).all(axis=0).any():
        raise CourseError("Every column of an explorer's table needs a number; none is infinite.")
    return [[None if np.isnan(v) else float(f"{v:.9g}") for v in row] for row in values]
