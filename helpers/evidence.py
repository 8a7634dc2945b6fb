"""Results too long for a lesson's minute: stored with what made them, and made again on request.

The lesson contains the code that computes them. ``make evidence`` runs that code and stores what
it returns in ``data/results``: NAME.csv is the tidy table, NAME.json says what made it:

- ``code``: a hash of the statements of the lesson that the table depends on;
- ``helpers``: a hash of the part of each helper module that they reach;
- ``from``: the checksums of the stored tables that it was computed from, if there are any;
- settings, versions, XLA's flags, TensorFlow's threads, seconds, date;
- ``sha256``: a checksum of the CSV file, so that a damaged or exchanged file is noticed;
- ``confirmed``, where there is one: the helpers changed after the table was computed, and another,
  cheaper table of the lesson, computed anew with the changed ones, came out equal. That is a
  sample, not a proof: what only the dearer table would show stays unseen until it is made again.

The hashes are found from the notebook's text (tools/fingerprint.py) and handed to the kernel by
tools/evidence.py; a reader's kernel computes none. A test fails when a table is not of its lesson.
"""

import datetime
import hashlib
import io
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers.errors import DataError

FOLDER = Path(__file__).parent.parent / "data" / "results"
ASKED = "COURSE_EVIDENCE"  # set by tools/evidence.py: which tables to store, as JSON
DIGITS = 6  # significant ones in the stored table
KINDS = {"true or false": "bool", "whole numbers": "int64", "numbers": "float64", "text": str}


def stored(
    name: str, compute: Callable[[], pd.DataFrame], settings: dict, *, recompute: bool = False
) -> pd.DataFrame:
    """Return a table: the stored one, or with ``recompute`` what ``compute()`` gives now.

    Parameters
    ----------
    name: of the two files, without their endings; write it as a literal.
    compute: a function without arguments that returns the table, with a plain index.
    settings: the lesson's settings that the table depends on. If they differ from those it was
        stored with, a sentence says so, and the stored table is returned all the same.

    Raises
    ------
    DataError: a file is missing, damaged or cannot be read; the message names it and the cure.
    """
    settings = json.loads(json.dumps(settings))  # tuples become lists, as they do in the file
    asked = json.loads(os.environ.get(ASKED) or "null")
    if asked and name in asked["tables"]:
        folder, began = Path(asked["into"]), time.monotonic()
        table = compute()
        about = {**asked["tables"][name], "settings": settings}
        if sources := about.pop("from"):
            about["from"] = {n: _latest(n, asked)[1].get("sha256") for n in sources}
        store(name, table, about | surroundings(time.monotonic() - began), folder)
        return load(name, folder)[0]
    if recompute and not asked:
        return compute()
    table, about = _latest(name, asked) if asked else load(name)
    different = [key for key, value in settings.items() if about["settings"].get(key) != value]
    if different:
        was = ", ".join(f"{key} = {about['settings'].get(key)!r}" for key in different)
        print(
            f"Stored results of {name} belong to {was}. For yours set RECOMPUTE = True: "
            f"with the defaults that took {max(1, round(about['seconds'] / 60))} min."
        )
    return table


def _latest(name: str, asked: dict) -> tuple[pd.DataFrame, dict]:
    """Return a table that another one is computed from: just stored, or stored before."""
    return load(name, Path(asked["into" if name in asked["tables"] else "from"]))


def surroundings(seconds: float) -> dict:
    """Return what else a table was made with: versions, flags, threads; ``seconds`` it took.

    ``threads`` are those inside one operation and between operations; 0 stands for one a core.
    """
    import keras
    import numpy as np
    import tensorflow as tf

    versions = {"python": platform.python_version(), "numpy": np.__version__}
    versions |= {"tensorflow": tf.__version__, "keras": keras.__version__}
    configured = {
        "intra": tf.config.threading.get_intra_op_parallelism_threads(),
        "inter": tf.config.threading.get_inter_op_parallelism_threads(),
    }
    threads = {
        where: count or int(os.environ.get(f"TF_NUM_{where.upper()}OP_THREADS") or 0)
        for where, count in configured.items()
    }
    return {
        "versions": versions,
        "xla_flags": os.environ.get("XLA_FLAGS", ""),
        "threads": threads,
        "cores": os.cpu_count(),
        "seconds": round(seconds, 1),
        "date": datetime.date.today().isoformat(),
    }


def store(name: str, table: pd.DataFrame, about: dict, folder: Path = FOLDER) -> None:
    """Write a table and what made it, so that whenever this is cut off, one good pair is there.

    The new NAME.json counts from the moment it takes its place; until NAME.csv has followed it,
    the table is read from NAME.csv.new, which the checksum tells from the old one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settle(name, folder)
    text = table.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")
    kinds = {str(column): kind_of(table[column]) for column in table.columns}
    about = {**about, "rows": len(table), "columns": kinds, "sha256": checksum(text)}
    _write(folder / f"{name}.csv.new", text)
    write_about(name, about, folder)
    os.replace(folder / f"{name}.csv.new", folder / f"{name}.csv")


def write_about(name: str, about: dict, folder: Path = FOLDER) -> None:
    """Write NAME.json in one step."""
    _write(folder / f"{name}.json.new", json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    os.replace(folder / f"{name}.json.new", folder / f"{name}.json")


def settle(name: str, folder: Path = FOLDER) -> None:
    """Finish what was cut off while it was stored: NAME.csv.new takes its place, or goes."""
    waiting = folder / f"{name}.csv.new"
    if waiting.exists():
        try:
            due = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            due = None
        if checksum(waiting.read_bytes().decode("utf-8", "replace")) == due:
            os.replace(waiting, folder / f"{name}.csv")
    for ending in ("csv.new", "json.new"):
        (folder / f"{name}.{ending}").unlink(missing_ok=True)


def load(name: str, folder: Path = FOLDER) -> tuple[pd.DataFrame, dict]:
    """Return a stored table and what made it.

    Texts such as "None" or "NA" are texts; only an empty cell is a missing value.

    Raises
    ------
    DataError: a file is missing, damaged or cannot be read; the message names it and the cure.
    """
    cure = "restore it (`git checkout data/results`), or set RECOMPUTE = True in the lesson."
    csv, about = folder / f"{name}.csv", folder / f"{name}.json"
    waiting = folder / f"{name}.csv.new"
    for path in (about, csv):
        if not path.is_file() and not (path is csv and waiting.is_file()):
            raise DataError(f"data/results/{path.name} is missing: {cure}")
    try:
        made = json.loads(about.read_text(encoding="utf-8"))
        made["settings"], made["seconds"]
        due = made.get("sha256")
        texts = [path.read_text(encoding="utf-8") for path in (csv, waiting) if path.is_file()]
        right = [text for text in texts if due in (None, checksum(text))]
        if not right:
            raise DataError(f"data/results/{name}.csv is not the table of {name}.json: {cure}")
        kinds = {column: KINDS[k] for column, k in made.get("columns", {}).items() if k in KINDS}
        rows = pd.read_csv(
            io.StringIO(right[0]),
            keep_default_na=False,
            na_values=[""],
            dtype=kinds,
        )
    except DataError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pd.errors.ParserError):
        raise DataError(f"data/results/{name}.csv or .json cannot be read: {cure}") from None
    if rows.empty:
        raise DataError(f"data/results/{name}.csv holds no rows: {cure}")
    return rows, made


def kind_of(column: pd.Series) -> str:
    """Return what a column holds, so that it is read as it was: see ``KINDS``; "mixed" is left."""
    if pd.api.types.is_bool_dtype(column) and not column.isna().any():
        return "true or false"
    if pd.api.types.is_integer_dtype(column) and not column.isna().any():
        return "whole numbers"
    if pd.api.types.is_float_dtype(column):
        return "numbers"
    held = column.dropna()
    return "text" if len(held) and held.map(lambda value: isinstance(value, str)).all() else "mixed"


def checksum(text: str) -> str:
    """Return the SHA-256 of a text, whichever line ends it was saved with."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
