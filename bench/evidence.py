"""Compute stored results anew: ``python -m bench.evidence 04``, or ``04_tuning`` for one table.

Runs the lesson's own code with ``RECOMPUTE = True`` and has ``helpers.evidence`` store every table.
The notebook stays as it is; run ``make refresh`` afterwards to draw the new results.
"""

import os
import sys
import time

import nbformat

from helpers.evidence import STORE
from tests.refresh import NOTEBOOKS, chosen
from tests.strict import Kernel, as_cell, judge, override, settings_cell

TIMEOUT = 3 * 3600  # seconds a cell


def main(name: str = "") -> None:
    lesson, _, table = name.partition("_")
    os.environ[STORE] = name if table else "all"
    for path in chosen([lesson] if lesson else [], NOTEBOOKS):
        nb = nbformat.read(path, as_version=4)
        nodes = [node for node in nb.cells if node.cell_type == "code"]
        cells = [as_cell(node, number) for number, node in enumerate(nodes, start=1)]
        if not any("RECOMPUTE =" in cell.source for cell in cells):
            print(f"{path.name}: no stored results.")
            continue
        settings = settings_cell(cells)
        with Kernel(path) as kernel:
            for cell in cells:
                began = time.monotonic()
                asked = override(cell, {"RECOMPUTE": True}) if cell is settings else cell
                judge(cell, kernel.run(asked, TIMEOUT))
                if "evidence.stored" in cell.source:
                    seconds = time.monotonic() - began
                    print(f"{path.name}, cell {cell.number}: {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
