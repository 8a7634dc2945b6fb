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

``--course=all`` does both. tests/test_strict.py feeds the plug-in bad notebooks.
"""

import ast
import difflib
import math
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty
from typing import Self

import pytest
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, RunningKernel, start_new_kernel
from nbval.plugin import IPyNbCell, IPyNbFile, coalesce_streams
from xdist.scheduler import LoadScopeScheduling

POLL = 0.5  # seconds between two looks at whether the kernel is alive
SETTLE = "__import__('time').sleep(0.02)"  # lets native stderr text arrive before a cell is judged
CELL = "Cell "  # how the nodes of a default run begin
SHOWN = 6  # lines of a failing cell that a report shows


class Failure(Exception):
    """Something that a learner should not meet; the message is the report."""


# ---------------------------------------------------------------------------------------------
# Cells, and what came of running one


@dataclass(frozen=True)
class Cell:
    """A code cell."""

    number: int
    source: str
    tags: frozenset[str] = frozenset()

    def failure(self, what: str, detail: str = "") -> Failure:
        """Return a report: the cell, its first lines, what is wrong and the evidence."""
        lines = self.source.splitlines()
        shown = [f"    {line}" for line in lines[:SHOWN]]
        if len(lines) > SHOWN:
            shown.append(f"    … ({len(lines) - SHOWN} more lines)")
        report = "\n".join([f"code cell {self.number}", *shown, what, detail])
        return Failure(re.sub(r"\x1b\[[0-9;]*m", "", report).rstrip())


@dataclass
class Execution:
    """What one execution of a cell gave."""

    outputs: list[NotebookNode] = field(default_factory=list)
    stderr: str = ""
    error: NotebookNode | None = None
    timed_out: bool = False

    def take(self, message: dict, msg_id: str) -> None:
        """Add a message of the kernel."""
        kind, content = message["msg_type"], message["content"]
        if kind == "stream" and content["name"] == "stderr":
            self.stderr += content["text"]  # whichever cell it says it belongs to
        if message["parent_header"].get("msg_id") != msg_id:
            return
        if kind in ("stream", "display_data", "execute_result", "error"):
            self.outputs.append(output_from_msg(message))
        elif kind == "clear_output":
            self.outputs.clear()
        if kind == "error":
            self.error = self.outputs[-1]

    def text(self) -> str:
        """Return the outputs' text: what is left when images and numbers of cells are dropped."""
        parts = []
        for output in coalesce_streams(self.outputs):
            if output.output_type == "stream":
                parts.append(output.text)
            elif output.output_type == "error":
                parts.append(f"{output.ename}: {output.evalue}")
            else:
                kinds = ("text/plain", "text/html")
                parts += [output.data[kind] for kind in kinds if kind in output.data]
        return "\n".join(part.rstrip("\n") for part in parts)


def judge(cell: Cell, done: Execution) -> None:
    """Raise a Failure if a learner should not see this."""
    traceback = "\n".join(done.error.traceback) if done.error else ""
    if done.timed_out:
        raise cell.failure("It took too long and was interrupted.", traceback)
    expected = cell.tags & {"raises-exception", "nbval-raises-exception"}
    if done.error and not expected:
        raise cell.failure(f"It raised {done.error.ename}: {done.error.evalue}", traceback)
    if expected and not done.error:
        raise cell.failure("It is tagged raises-exception, but raised nothing.")
    if done.stderr and "stderr-expected" not in cell.tags:
        raise cell.failure("It wrote to stderr:", done.stderr)


# ---------------------------------------------------------------------------------------------
# The kernel


def kernel_environment() -> dict[str, str]:
    """Return the environment of a kernel that behaves as a learner's, without progress bars.

    ipykernel shows native stderr text only where pytest's variable is not set.
    """
    rest = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return {**rest, "COURSE_PROGRESS": "0"}


class Kernel(RunningKernel):
    """A kernel of this Python, in the notebook's folder; a context manager that shuts it down."""

    def __init__(self, notebook: Path, startup_timeout: float = 60) -> None:
        self.km, self.kc = start_new_kernel(
            startup_timeout=startup_timeout,
            kernel_name=CURRENT_ENV_KERNEL_NAME,
            stderr=subprocess.DEVNULL,
            cwd=str(notebook.parent),
            env=kernel_environment(),
            extra_arguments=["--HistoryManager.hist_file=:memory:"],  # not the learner's history
        )
        self._ensure_iopub_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self, cell: Cell, timeout: float) -> Execution:
        """Run a cell and return what came of it. A dying kernel raises a Failure."""
        try:
            return self._run(cell.source, timeout)
        except ChildProcessError:
            raise cell.failure("The kernel died.") from None

    def _run(self, source: str, timeout: float) -> Execution:
        done = Execution()
        msg_id = self.kc.execute(source, allow_stdin=False, stop_on_error=False)
        try:
            for message in self._messages(msg_id, timeout):
                done.take(message, msg_id)
        except TimeoutError:
            done.timed_out = True
            self.interrupt()
            with suppress(TimeoutError):
                for message in self._messages(msg_id, 5):
                    done.take(message, msg_id)
            return done
        reply = self._reply(msg_id)
        if reply["status"] != "ok" and not done.error:  # what iopub did not tell
            done.error = NotebookNode(
                ename=reply.get("ename", reply["status"]),
                evalue=reply.get("evalue", "the kernel did not run the cell"),
                traceback=reply.get("traceback", []),
            )
        settled = self.kc.execute(SETTLE, silent=True, allow_stdin=False)
        for message in self._messages(settled, timeout):
            done.take(message, msg_id)
        return done

    def _messages(self, msg_id: str, timeout: float) -> Iterator[dict]:
        """Yield what the kernel publishes until it has finished the request."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                message = self.kc.get_iopub_msg(timeout=POLL)
            except Empty:
                if not self.is_alive():
                    raise ChildProcessError from None
                continue
            yield message
            ours = message["parent_header"].get("msg_id") == msg_id
            if ours and message["content"].get("execution_state") == "idle":
                return
        raise TimeoutError

    def _reply(self, msg_id: str) -> dict:
        """Return the content of the kernel's reply to a request that is finished."""
        while True:
            reply = self.kc.get_shell_msg(timeout=10)
            if reply["parent_header"].get("msg_id") == msg_id:
                return reply["content"]


# ---------------------------------------------------------------------------------------------
# Changed settings


def override(cell: Cell, settings: dict[str, object]) -> Cell:
    """Return the settings cell with other literals, as if a learner had edited it."""
    source = cell.source.encode()  # ast counts bytes
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    literals = {
        target.id: statement.value
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    if unknown := sorted(settings.keys() - literals.keys()):
        raise cell.failure(f"{', '.join(unknown)} is no setting; there are {', '.join(literals)}.")
    for name in sorted(settings, key=lambda name: literals[name].lineno, reverse=True):
        literal = literals[name]
        start = starts[literal.lineno - 1] + literal.col_offset
        end = starts[literal.end_lineno - 1] + literal.end_col_offset
        source = source[:start] + repr(settings[name]).encode() + source[end:]
    return replace(cell, source=source.decode())


def settings_cell(cells: list[Cell]) -> Cell:
    """Return the cell that the settings are in."""
    for cell in cells:
        if "parameters" in cell.tags:
            return cell
    raise Failure("no cell is tagged parameters, yet metadata.course changes settings")


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
        cell = as_cell(self.cell, self.cell_num)
        compared = self.options["check"]
        if compared and self.cell.execution_count is None:
            raise cell.failure("It was never run, so there is no output to compare: make refresh.")
        done = self.parent.running_kernel().run(cell, self.timeout)
        judge(cell, done)
        stored = coalesce_streams(self.cell.outputs)
        if compared and not self.compare_outputs(coalesce_streams(done.outputs), stored):
            detail = "\n".join(self.comparison_traceback)
            raise cell.failure("Its output differs from the stored one.", detail)


class WholeRun(Readable):
    """One run of a whole notebook, in a kernel of its own."""

    def __init__(self, *, cells: list[Cell], **rest: object) -> None:
        super().__init__(**rest)
        self.cells = cells

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
        target = settings_cell(self.cells)
        for cell in self.cells:
            changed = override(cell, self.settings) if cell is target else cell
            judge(changed, kernel.run(changed, self.timeout))


class Nonsense(WholeRun):
    """Every impossible setting is answered with one sentence."""

    def __init__(self, *, entries: list[dict[str, object]], **rest: object) -> None:
        super().__init__(**rest)
        self.entries = entries

    def play(self, kernel: Kernel) -> None:
        target = settings_cell(self.cells)
        for cell in self.cells[: self.cells.index(target)]:
            judge(cell, kernel.run(cell, self.timeout))
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
            judge(cell, first)
            second = kernel.run(cell, self.timeout)
            try:
                judge(cell, second)
            except Failure as failure:
                raise Failure(
                    f"{failure}\n(This was its second run; the first was fine.)"
                ) from None
            before, after = first.text(), second.text()
            if before != after and "volatile" not in cell.tags:
                raise cell.failure("Run twice, it says two things:", difference(before, after))


def difference(before: str, after: str) -> str:
    """Return the first lines that differ between two texts."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "first run", "second run", lineterm="", n=1
    )
    return "\n".join(list(lines)[:20])


def as_cell(cell: NotebookNode, number: int) -> Cell:
    """Return a notebook's code cell as ours."""
    return Cell(number, cell.source, frozenset(cell.metadata.get("tags", [])))


class Notebook(IPyNbFile):
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

    def collect(self) -> Iterator[pytest.Item]:
        mode = self.config.option.course
        nodes = list(super().collect())
        if mode in ("default", "all"):
            yield from self._defaults(nodes)
        if mode in ("rest", "all"):
            cells = [as_cell(node.cell, node.cell_num + 1) for node in nodes]
            yield from self._rest([cell for cell in cells if "nbval-skip" not in cell.tags])

    def _defaults(self, nodes: list[IPyNbCell]) -> Iterator[pytest.Item]:
        for node in nodes:
            number = node.cell_num + 1
            item = DefaultCell.from_parent(
                self, name=f"{CELL}{number}", cell_num=number, cell=node.cell, options=node.options
            )
            item.weight = len(nodes)
            yield item

    def _rest(self, cells: list[Cell]) -> Iterator[pytest.Item]:
        course = self.nb.metadata.get("course", {})
        twice = Twice.from_parent(self, name="twice", cells=cells)
        twice.weight = 2 * len(cells)
        yield twice
        for number, settings in enumerate(course.get("variants", []), start=1):
            name = f"variant {number} [{described(settings)}]"
            variant = Variant.from_parent(self, name=name, cells=cells, settings=dict(settings))
            variant.weight = len(cells)
            yield variant
        if entries := [dict(entry) for entry in course.get("nonsense", [])]:
            yield Nonsense.from_parent(self, name="nonsense", cells=cells, entries=entries)


# ---------------------------------------------------------------------------------------------
# Hooks


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("nbval").addoption(
        "--course",
        choices=("default", "rest", "all"),
        default="default",
        help="run notebooks as stored; or the rest: changed settings, nonsense, twice; or all",
    )


def pytest_configure() -> None:
    """Give each of several workers, and the kernels it starts, one core.

    Two notebooks that both want two cores take half as long again as two that want one each.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
            os.environ.setdefault(name, "1")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Iterator[None]:
    """Put our notebook in the place of nbval's."""
    return [
        Notebook.from_parent(parent, path=file_path) if isinstance(found, IPyNbFile) else found
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
