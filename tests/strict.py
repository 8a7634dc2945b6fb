"""A pytest plug-in that makes nbval strict about what learners see, and tries what they do.

nbval runs every notebook, one node a code cell, and compares the outputs of the cells tagged
``nbval-check-output``. This plug-in closes its holes. A cell fails as well if

- it wrote to stderr, natively or from Python, and is not tagged ``stderr-expected``;
- it raised in whatever way: bad magic, an error that only the execute reply reports;
- it is tagged ``raises-exception`` and raised nothing;
- its outputs are to be compared and were never stored;
- its kernel died, which is noticed at once.

After the first failure, the rest of that notebook is skipped. Cells are numbered from 1, as in
Jupyter's ``[1]``.

``--course=rest`` does not run the defaults but what learners do to them, each in its own kernel:

- *variant*: the notebook runs to its end with changed settings;
- *nonsense*: an impossible setting gives one clear sentence, as a ``SettingsError``;
- *twice*: every cell runs twice in a row and prints the same text again (a cell tagged
  ``volatile``, because it prints seconds, is not compared).

The notebook's metadata lists the first two; they edit the cell tagged ``parameters``::

    {"course": {"variants": [{"CODE": 2}], "nonsense": [{"CODE": 0}]}}

``--course=seeds`` runs every lesson at its defaults with other seeds, three times, and fails where
a claim does not survive (tests/shifts.py); the summary counts the claims.

``--course=all`` does the first two, and ``--course=part`` does the rest for the notebooks that
changed lately and for a part of the others that comes round (tools/rotation.py).
tests/test_strict.py feeds the plug-in bad notebooks.
"""

import difflib
import json
import math
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile, coalesce_streams
from xdist.scheduler import LoadScopeScheduling

from tests.shifts import SHIFTS
from tools import rotation
from tools.kernel import Execution, Kernel, accept
from tools.notebook import Failure, Notebook, code_cell, override

CELL = "Cell "  # how the nodes of a default run begin
PART = pytest.StashKey[set[Path]]()  # the notebooks that --course=part tries


def described(settings: dict[str, object]) -> str:
    """Return settings as a short text, to name a test."""
    return ", ".join(f"{name}={value!r}" for name, value in settings.items())


# ---------------------------------------------------------------------------------------------
# Nodes for pytest


class Readable(pytest.Item):
    """An item whose failures read well."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> object:
        if isinstance(excinfo.value, Failure):
            return f"{self.path.relative_to(self.config.rootpath)}, {excinfo.value}"
        return pytest.Item.repr_failure(self, excinfo)

    @property
    def timeout(self) -> float:
        """Seconds that a cell may take."""
        return self.config.option.nbval_cell_timeout


class DefaultCell(Readable, IPyNbCell):
    """A cell of a notebook as it is stored; the notebook's cells share a kernel."""

    def setup(self) -> None:
        if self.parent.failed:
            pytest.skip(f"code cell {self.parent.failed} failed")

    def runtest(self) -> None:
        if self.options["skip"]:
            pytest.skip("tagged nbval-skip")
        try:
            self._run()
        except BaseException:
            self.parent.failed = self.cell_num
            raise

    def _run(self) -> None:
        cell = self.parent.notebook.code[self.cell_num - 1]
        compared = self.options["check"]
        if compared and self.cell.execution_count is None:
            raise cell.failure("It was never run, so there is no output to compare: make refresh.")
        done = self.parent.running_kernel().run(cell, self.timeout)
        accept(cell, done)
        stored = coalesce_streams(self.cell.outputs)
        if compared and not self.compare_outputs(coalesce_streams(done.outputs), stored):
            detail = "\n".join(self.comparison_traceback)
            raise cell.failure("Its output differs from the stored one.", detail)


class WholeRun(Readable):
    """One run of a whole notebook, in a kernel of its own."""

    def __init__(self, *, notebook: Notebook, **rest: object) -> None:
        super().__init__(**rest)
        self.notebook = notebook
        self.cells = [cell for cell in notebook.code if "nbval-skip" not in cell.tags]

    def runtest(self) -> None:
        with Kernel(self.path) as kernel:
            self.play(kernel)

    def play(self, kernel: Kernel) -> None:
        """Run the cells and raise a Failure at the first thing that is wrong."""
        raise NotImplementedError

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


class Variant(WholeRun):
    """The notebook with changed settings runs to its end."""

    def __init__(self, *, settings: dict[str, object], **rest: object) -> None:
        super().__init__(**rest)
        self.settings = settings

    def play(self, kernel: Kernel) -> None:
        target = self.notebook.settings_cell()
        for cell in self.cells:
            changed = override(cell, self.settings) if cell is target else cell
            accept(changed, kernel.run(changed, self.timeout))


class Nonsense(WholeRun):
    """Every impossible setting is answered with one sentence."""

    def __init__(self, *, entries: list[dict[str, object]], **rest: object) -> None:
        super().__init__(**rest)
        self.entries = entries

    def play(self, kernel: Kernel) -> None:
        target = self.notebook.settings_cell()
        for cell in self.cells[: self.cells.index(target)]:
            accept(cell, kernel.run(cell, self.timeout))
        complaints = []
        for settings in self.entries:
            done = kernel.run(override(target, settings), self.timeout)
            complaints += [f"{described(settings)}: {what}" for what in complain(settings, done)]
        if complaints:
            raise target.failure("\n".join(complaints))


def complain(settings: dict[str, object], done: Execution) -> Iterator[str]:
    """Yield what is wrong with the answer to nonsense."""
    if done.stderr:
        yield f"it wrote to stderr: {done.stderr.strip()}"
    if done.timed_out:
        yield "it took too long"
    elif not done.error:
        yield "it was accepted"
    elif done.error.ename != "SettingsError":
        yield f"it raised {done.error.ename}, not SettingsError: {done.error.evalue}"
    else:
        message = done.error.evalue
        if "\n" in message or not message.endswith(".") or re.search(r"[.!?] +[A-Z]", message):
            yield f"the message is not one sentence with a full stop: {message!r}"
        if len(message) > 200:
            yield f"the message has {len(message)} characters, more than 200: {message!r}"
        if not any(name in message for name in settings):
            yield f"the message does not name the setting: {message!r}"


class Twice(WholeRun):
    """Every cell runs twice in a row and says the same again."""

    def play(self, kernel: Kernel) -> None:
        for cell in self.cells:
            first = kernel.run(cell, self.timeout)
            accept(cell, first)
            second = kernel.run(cell, self.timeout)
            try:
                accept(cell, second)
            except Failure as failure:
                raise Failure(
                    f"{failure}\n(This was its second run; the first was fine.)"
                ) from None
            before, after = first.text(), second.text()
            if before != after and "volatile" not in cell.tags:
                raise cell.failure("Run twice, it says two things:", difference(before, after))


class Shifted(WholeRun):
    """Every claim of a lesson holds with other seeds."""

    def __init__(self, *, by: int, **rest: object) -> None:
        super().__init__(**rest)
        self.by = by

    def play(self, kernel: Kernel) -> None:
        for cell in self.cells:
            accept(cell, kernel.run(cell, self.timeout))
            if "setup" in cell.tags:
                source = f"from tests.shifts import report, shift\nshift({self.by}, globals())"
                accept(cell, kernel.run(code_cell(source), self.timeout))
        claims = json.loads(kernel.run(code_cell("report()"), self.timeout).text())
        lost = [sentence for sentence, held in claims if not held]
        self.user_properties.append(("claims", (len(claims), len(lost))))
        if lost:
            raise Failure("\n".join([f"Lost with seeds shifted by {self.by}:", *lost]))


def difference(before: str, after: str) -> str:
    """Return the first lines that differ between two texts."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "first run", "second run", lineterm="", n=1
    )
    return "\n".join(list(lines)[:20])


class NotebookFile(IPyNbFile):
    """A notebook: nodes for its cells, for the other runs, or for both."""

    failed: int | None = None  # the cell after which the rest is skipped

    def setup(self) -> None:
        """Leave the kernel to the first cell, so that a failing start is reported once."""
        self.setup_sanitize_files()

    def running_kernel(self) -> Kernel:
        """Return the kernel that the cells share."""
        if self.kernel is None:
            timeout = self.config.option.nbval_kernel_startup_timeout
            self.kernel = Kernel(self.path, timeout)
        return self.kernel

    def teardown(self) -> None:
        if self.kernel is not None:
            self.kernel.stop()
            self.kernel = None

    @cached_property
    def notebook(self) -> Notebook:
        """The notebook in our own terms."""
        return Notebook(self.path, self.nb)

    def collect(self) -> Iterator[pytest.Item]:
        mode = self.config.option.course
        nodes = list(super().collect())  # nbval reads the file here
        notebook = self.notebook
        seconds = notebook.course.get("seconds", rotation.UNKNOWN)
        if mode in ("default", "all"):
            yield from self._defaults(nodes, seconds)
        if mode in ("rest", "all") or (mode == "part" and self.path in self.config.stash[PART]):
            yield from self._rest(notebook, seconds)

        if mode == "seeds" and "parameters" in {tag for cell in notebook.code for tag in cell.tags}:
            for by in SHIFTS:
                item = Shifted.from_parent(self, name=f"seeds + {by}", notebook=notebook, by=by)
                item.weight = seconds
                yield item

    def _defaults(self, nodes: list[IPyNbCell], seconds: float) -> Iterator[pytest.Item]:
        for node in nodes:
            number = node.cell_num + 1
            item = DefaultCell.from_parent(
                self, name=f"{CELL}{number}", cell_num=number, cell=node.cell, options=node.options
            )
            item.weight = seconds
            yield item

    def _rest(self, notebook: Notebook, seconds: float) -> Iterator[pytest.Item]:
        twice = Twice.from_parent(self, name="twice", notebook=notebook)
        twice.weight = 2 * seconds
        yield twice
        for number, settings in enumerate(notebook.course.get("variants", []), start=1):
            name = f"variant {number} [{described(settings)}]"
            variant = Variant.from_parent(
                self, name=name, notebook=notebook, settings=dict(settings)
            )
            variant.weight = seconds
            yield variant
        if entries := [dict(entry) for entry in notebook.course.get("nonsense", [])]:
            yield Nonsense.from_parent(self, name="nonsense", notebook=notebook, entries=entries)


# ---------------------------------------------------------------------------------------------
# Hooks


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("nbval").addoption(
        "--course",
        choices=("default", "rest", "all", "part", "seeds"),
        default="default",
        help="run notebooks as stored; or the rest: changed settings, nonsense, twice; or all; "
        "or the rest for a part of them: what changed lately, and some that come round; "
        "or the defaults with other seeds",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose the notebooks of ``--course=part``, and give each of several workers one core.

    Two notebooks that both want two cores take half as long again as two that want one each.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
            os.environ.setdefault(name, "1")
    if config.option.course == "part":
        root = config.rootpath
        config.stash[PART] = set(rotation.chosen_now(root, root / "notebooks"))


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which notebooks ``--course=part`` tries."""
    names = sorted(path.stem for path in config.stash.get(PART, ()))
    return [f"changed settings, nonsense and twice: {', '.join(names)}"] if names else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the claims that held with other seeds."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    counts = [value for r in reports for name, value in r.user_properties if name == "claims"]
    if counts:
        told, lost = map(sum, zip(*counts, strict=True))
        terminalreporter.write_line(f"claims with other seeds: {told - lost} of {told} held")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Iterator[None]:
    """Put our notebook in the place of nbval's."""
    return [
        NotebookFile.from_parent(parent, path=file_path) if isinstance(found, IPyNbFile) else found
        for found in (yield)
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the plain tests, then what takes longest, so that two workers end together."""
    items.sort(key=lambda item: -getattr(item, "weight", math.inf))


class Scheduler(LoadScopeScheduling):
    """Deals out test modules, the default runs of notebooks, and each other run by itself.

    xdist 3.8's own ``--dist loadgroup`` does nothing under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        scope, _, name = nodeid.rpartition("::")
        together = name.startswith(CELL) or not scope.endswith(".ipynb")
        return scope if together else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduler:
    """Keep the cells of a notebook together, in order, under ``pytest -n 2``."""
    config.option.loadscopereorder = False
    return Scheduler(config, log)
