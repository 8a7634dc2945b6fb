"""Results too long for a lesson's minute: stored with what made them, and made again on request.

The lesson contains the code that computes them; ``make evidence`` runs that code and stores what
it returns in ``data/results``: NAME.csv is the tidy table, NAME.json says how it was made.
"""

import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers.errors import DataError

FOLDER = Path(__file__).parent.parent / "data" / "results"
STORE = "COURSE_STORE_EVIDENCE"  # set by ``make evidence``: "all", or the name of one table
DIGITS = 6  # significant ones in the stored table


def stored(
    name: str, compute: Callable[[], pd.DataFrame], settings: dict, *, recompute: bool = False
) -> pd.DataFrame:
    """Return a table: the stored one, or with ``recompute`` what ``compute()`` gives now.

    Parameters
    ----------
    name: of the two files, without their endings.
    compute: a function without arguments that returns the table, with a plain index.
    settings: the lesson's settings that the table depends on. If they differ from those it was
        stored with, a sentence says so, and the stored table is returned all the same.

    Raises
    ------
    DataError: a file is missing or cannot be read; the message names it and the cure.
    """
    settings = json.loads(json.dumps(settings))  # tuples become lists, as they do in the file
    wanted = os.environ.get(STORE)
    if recompute and wanted in (None, "all", name):
        began = time.monotonic()
        table = compute()
        if wanted:
            _store(name, table, settings, time.monotonic() - began)
        return table
    table, about = _load(name)
    different = [key for key, value in settings.items() if about["settings"].get(key) != value]
    if different:
        was = ", ".join(f"{key} = {about['settings'].get(key)!r}" for key in different)
        print(
            f"Stored results of {name} belong to {was}. For yours set RECOMPUTE = True: "
            f"with the defaults that took {max(1, round(about['seconds'] / 60))} min."
        )
    return table


def _store(name: str, table: pd.DataFrame, settings: dict, seconds: float) -> None:
    import keras
    import numpy as np
    import tensorflow as tf

    versions = {"python": platform.python_version(), "numpy": np.__version__}
    versions |= {"tensorflow": tf.__version__, "keras": keras.__version__}
    about = {"settings": settings, "versions": versions}
    about |= {"cores": os.cpu_count(), "seconds": round(seconds)}
    FOLDER.mkdir(exist_ok=True)
    text = table.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")
    (FOLDER / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
    text = json.dumps(about, indent=2) + "\n"
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")


def _load(name: str) -> tuple[pd.DataFrame, dict]:
    cure = "restore it (`git checkout data/results`), or set RECOMPUTE = True in the lesson."
    table, about = FOLDER / f"{name}.csv", FOLDER / f"{name}.json"
    for path in (table, about):
        if not path.is_file():
            raise DataError(f"data/results/{path.name} is missing: {cure}")
    try:
        rows, made = pd.read_csv(table), json.loads(about.read_text(encoding="utf-8"))
        made["settings"], made["seconds"]
    except (ValueError, KeyError, TypeError, pd.errors.ParserError):
        raise DataError(f"data/results/{name}.csv or .json cannot be read: {cure}") from None
    if rows.empty:
        raise DataError(f"data/results/{name}.csv holds no rows: {cure}")
    return rows, made
