"""Explorers: interactive pictures that run in the reader's browser and need no kernel."""

from IPython import display as notebook

from helpers.errors import CourseError, quoted
from helpers.explorers.document import TITLES, frame


def explorer(name: str, description: str) -> None:
    """Display the explorer ``name`` with its ``description`` (one or two sentences).

    name: "optimizers", SGD, momentum, RMSprop and Adam on a bowl of two weights, with the rules of
    lesson 04; or "loss", MSE and BCE of one pixel, with the formulas of lesson 03. A test holds
    both to Keras. The output is one frame that holds all it needs: the same bytes every time, the
    same piece in JupyterLab, on the website and from disk. Where scripts are off it shows a still
    picture; an untrusted notebook shows the description until the cell is run.

    Raises
    ------
    CourseError: there is no such explorer.
    """
    if name not in TITLES:
        known = ", ".join(f'"{known}"' for known in TITLES)
        raise CourseError(f"There is no explorer {quoted(name)}: the explorers are {known}.")
    notebook.display({"text/html": frame(name, description), "text/plain": description}, raw=True)
