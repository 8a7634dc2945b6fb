"""What runs notebooks: a kernel as a learner has it, and what came of running a cell in it.

Touches nbval's internals; tests/test_strict.py notices when an upgrade changes them.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Self

from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, RunningKernel, start_new_kernel
from nbval.plugin import coalesce_streams

from tools.notebook import Cell

POLL = 0.5  # seconds between two looks at whether the kernel is alive
SETTLE = "__import__('time').sleep(0.02)"  # lets native stderr text arrive before the verdict


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


def accept(cell: Cell, done: Execution) -> None:
    """Raise a Failure if a learner should not see what a cell gave.

    Raises
    ------
    Failure: the cell took too long, raised (or did not, where its tags say it must), or wrote to
        stderr without being tagged ``stderr-expected``.
    """
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


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a kernel that behaves as a learner's, without progress bars.

    ipykernel shows native stderr text only where pytest's variable is not set.
    """
    rest = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return {**rest, "COURSE_PROGRESS": "0", **more}


class Kernel(RunningKernel):
    """A kernel of this Python, in the notebook's folder; a context manager that shuts it down."""

    def __init__(self, notebook: Path, startup_timeout: float = 60, **more: str) -> None:
        self.km, self.kc = start_new_kernel(
            startup_timeout=startup_timeout,
            kernel_name=CURRENT_ENV_KERNEL_NAME,
            stderr=subprocess.DEVNULL,
            cwd=str(notebook.parent),
            env=environment(**more),
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
