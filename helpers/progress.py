"""A progress bar for notebooks that leaves nothing behind in the stored output."""

import os

from IPython import get_ipython
from IPython.display import display
from tqdm import tqdm


class Progress(tqdm):
    """tqdm, shown through one updatable notebook output a cell, emptied at the end.

    Off without a notebook and wherever the environment says ``COURSE_PROGRESS=0`` (tests, stored
    outputs). tqdm's own notebook bar needs widgets and stays in the file as their remains.
    """

    shown = (None, None)  # the execution count of the last cell with a bar, and its output

    def __init__(self, total: int, label: str = "", unit: str = "step"):
        shell = get_ipython()
        off = os.environ.get("COURSE_PROGRESS") == "0" or not hasattr(shell, "kernel")
        self.cell = None if off else shell.execution_count
        super().__init__(
            total=total, desc=label or None, disable=off, leave=False, file=_Nowhere(), unit=unit
        )

    def update(self, n: int = 1, loss: float | None = None) -> None:
        if loss is not None and not self.disable:
            self.set_postfix_str(f"loss {loss:.4g}", refresh=False)
        super().update(n)

    def display(self, *_, **__) -> None:
        bar = {"text/plain": str(self)}
        cell, output = Progress.shown
        if cell == self.cell:  # many runs in one cell share one output
            output.update(bar, raw=True)
        else:
            Progress.shown = (self.cell, display(bar, raw=True, display_id=True))

    def close(self) -> None:
        shown = not self.disable and Progress.shown[0] == self.cell
        super().close()
        if shown:
            Progress.shown[1].update({}, raw=True)


class _Nowhere:
    """A file that swallows what tqdm writes to the terminal."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass
