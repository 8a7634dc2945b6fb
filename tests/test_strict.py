"""The harness on trial: notebooks that must fail, each for its own reason, and one that passes.

Two runs of pytest, one of the defaults and one of the rest, go over all the notebooks; the tests
look up what was said about theirs. An upgrade of nbval or ipykernel that breaks tests/strict.py
shows here. No TensorFlow is involved.
"""

import os
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.notebook import Failure, code_cell, override

ROOT = Path(__file__).parent.parent

SETTINGS = """
    CODE = 32  # numbers in the code – at least 1
    NAME = "größe"; SIZES = [
        1,
        2,
    ]  # several
    check.settings(CODE=(32, 1, 256))
"""

CHECKER = """
    class SettingsError(ValueError): ...
    class check:
        def settings(**specs):
            if CODE < 1:
                raise SettingsError({message})
"""


def code(source: str, *tags: str, stored: str | None = None, count: int | None = 1) -> dict:
    """Return a code cell; ``stored`` is what it printed when it was last run."""
    outputs = [] if stored is None else [new_output("stream", name="stdout", text=stored)]
    source = textwrap.dedent(source).strip()
    return new_code_cell(source, metadata={"tags": [*tags]}, outputs=outputs, execution_count=count)


def lesson(message: str, *rest: dict) -> list[dict]:
    """Return the cells of a notebook with settings, which answers nonsense with ``message``."""
    return [code(CHECKER.format(message=message)), code(SETTINGS, "parameters"), *rest]


COMPARED = "nbval-check-output"
AFTER = code("print('after')")
NONE_PRINTED = (
    "get_ipython().showtraceback = lambda *args, **kwargs: None\nraise ValueError('hidden')"
)
THREAD = """
    import threading
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
"""
CLEAN = [
    *lesson("'CODE = 0 does not work: give a number from 1 to 256.'"),
    code("import os; print(os.environ['COURSE_PROGRESS'], CODE)", COMPARED, stored="0 32\n"),
    code("1 / 0", "raises-exception"),
    code("import sys; print('as announced', file=sys.stderr)", "stderr-expected"),
    code("import time; print(time.perf_counter())", "volatile"),
    code("assert 'PYTEST_CURRENT_TEST' not in os.environ"),
]

# name: cells, and what the default run must say (None: nothing)
DEFAULTS: dict[str, tuple[list[dict], str | None]] = {
    "clean": (CLEAN, None),
    "exit": ([code("import os; os._exit(1)"), AFTER], "The kernel died."),
    "kill": ([code("import os; os.kill(os.getpid(), 9)"), AFTER], "The kernel died."),
    "slow": ([code("import time; time.sleep(60)"), AFTER], "It took too long"),
    "magic": ([code("%no_such_magic"), AFTER], "It raised UsageError"),
    "reply": ([code(NONE_PRINTED), AFTER], "It raised ValueError: hidden"),
    "thread": ([code(THREAD), AFTER], "ZeroDivisionError: division by zero"),
    "native": (
        [code("import os; os.write(2, b'from C')"), AFTER],
        "It wrote to stderr:\nfrom C",
    ),
    "python": (
        [code("import sys; print('from Python', file=sys.stderr)"), AFTER],
        "It wrote to stderr:\nfrom Python",
    ),
    "warning": ([code("import warnings; warnings.warn('odd')"), AFTER], "UserWarning: odd"),
    "harmless": (
        [code("1 / 1", "raises-exception"), AFTER],
        "It is tagged raises-exception, but raised nothing.",
    ),
    "raises": ([code("x = 1\nx / 0"), AFTER], "It raised ZeroDivisionError: division by zero"),
    "differs": (
        [code("print(2)", COMPARED, stored="3\n"), AFTER],
        "Its output differs from the stored one.",
    ),
    "unrun": ([code("print(2)", COMPARED, count=None), AFTER], "It was never run"),
}

SENTENCE = "'CODE = 0 does not work.'"
NEEDS_SMALL = code("assert CODE > 2, CODE")
SECOND = "x = x * 0.5 if 'x' in globals() else 1.0\nprint(x)"

# name: cells, metadata, node, and what the rest must say
REST: dict[str, tuple[list[dict], dict, str, str | None]] = {
    "changed": (
        lesson(SENTENCE, NEEDS_SMALL),
        {"variants": [{"CODE": 2}]},
        "variant 1 [CODE=2]",
        "It raised AssertionError: 2",
    ),
    "unknown": (
        lesson(SENTENCE),
        {"variants": [{"COED": 2}]},
        "variant 1 [COED=2]",
        "COED is no setting; there are CODE, NAME, SIZES.",
    ),
    "no-settings": (
        [AFTER],
        {"variants": [{"CODE": 2}]},
        "variant 1 [CODE=2]",
        "no cell is tagged parameters",
    ),
    "accepted": (
        lesson(SENTENCE),
        {"nonsense": [{"CODE": 0}, {"NAME": "?"}]},
        "nonsense",
        "NAME='?': it was accepted",
    ),
    "several-lines": (
        lesson(r"'CODE is\nwrong.'"),
        {"nonsense": [{"CODE": 0}]},
        "nonsense",
        "CODE=0: the message is not one sentence",
    ),
    "two-sentences": (
        lesson("'CODE is wrong. Choose another.'"),
        {"nonsense": [{"CODE": 0}]},
        "nonsense",
        "CODE=0: the message is not one sentence",
    ),
    "nameless": (
        lesson("'This does not work.'"),
        {"nonsense": [{"CODE": 0}]},
        "nonsense",
        "CODE=0: the message does not name the setting",
    ),
    "other-error": (
        lesson(SENTENCE),
        {"nonsense": [{"CODE": "two"}]},
        "nonsense",
        "CODE='two': it raised TypeError, not SettingsError",
    ),
    "halved": ([AFTER, code(SECOND)], {}, "twice", "-1.0\n+0.5"),
    "once": (
        [code("import os\nos.environ['ONCE'] = '1' if 'ONCE' not in os.environ else 1 / 0")],
        {},
        "twice",
        "This was its second run; the first was fine.",
    ),
    "exits": ([code("import os; os._exit(1)")], {}, "twice", "The kernel died."),
    "killed": ([code("import os; os.kill(os.getpid(), 9)")], {}, "twice", "The kernel died."),
}


@dataclass(frozen=True)
class Verdict:
    """What pytest said about a node."""

    outcome: str
    said: str
    seconds: float


def run_pytest(folder: Path, *options: str) -> dict[tuple[str, str], Verdict]:
    """Run pytest with the course's own configuration; return its verdicts by file and node."""
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", folder]
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", f"--junitxml={report}", *options, folder],
        env=inherited,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert report.exists(), done.stdout + done.stderr
    verdicts = {}
    for case in ET.parse(report).iter("testcase"):
        child = next(
            (child for child in case if child.tag in ("failure", "error", "skipped")), None
        )
        outcome, said = ("passed", "") if child is None else (child.tag, f"{child.text}")
        if outcome == "skipped":
            said = child.get("message")
        verdicts[case.get("classname"), case.get("name")] = Verdict(
            outcome, said, float(case.get("time"))
        )
    return verdicts


def write(folder: Path, name: str, cells: list[dict], course: dict) -> None:
    """Write a notebook."""
    metadata = {"course": course, "language_info": {"name": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), folder / f"{name}.ipynb")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future]]:
    """The two runs of pytest, at the same time."""
    folder = tmp_path_factory.mktemp("strict")
    for name in ("defaults", "rest"):
        (folder / name).mkdir()
    for name, (cells, _) in DEFAULTS.items():
        write(folder / "defaults", name, cells, {})
    for name, (cells, course, _, _) in REST.items():
        write(folder / "rest", name, cells, course)
    course = {"variants": [{"CODE": 2}, {"SIZES": [3]}], "nonsense": [{"CODE": 0}, {"CODE": -1}]}
    other = code("if CODE != 32 or SIZES == [3]: print(CODE, SIZES, NAME)", COMPARED, stored="no")
    write(folder / "rest", "clean", [*CLEAN, other], course)
    twice = [name for name, (_, _, node, _) in REST.items() if node == "twice"]
    wanted = " or ".join(["not twice", "clean", *twice])
    with ThreadPoolExecutor() as pool:
        yield {
            "defaults": pool.submit(
                run_pytest, folder / "defaults", "-n2", "--nbval-cell-timeout=3"
            ),
            "rest": pool.submit(run_pytest, folder / "rest", "--course=rest", "-k", wanted),
        }


@pytest.fixture
def defaults(runs: dict[str, Future]) -> dict[tuple[str, str], Verdict]:
    """The verdicts of the default run, over two workers."""
    return runs["defaults"].result()


@pytest.fixture
def rest(runs: dict[str, Future]) -> dict[tuple[str, str], Verdict]:
    """The verdicts of the rest."""
    return runs["rest"].result()


def of(verdicts: dict[tuple[str, str], Verdict], notebook: str) -> dict[str, Verdict]:
    """Return the verdicts on one notebook, by node."""
    return {
        node: verdict for (file, node), verdict in verdicts.items() if Path(file).stem == notebook
    }


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults(name: str, defaults: dict) -> None:
    cells, said = DEFAULTS[name]
    found = of(defaults, name)
    assert list(found) == [f"Cell {k}" for k in range(1, len(cells) + 1)]
    if said is None:
        assert {verdict.outcome for verdict in found.values()} == {"passed"}, found
    else:
        first, second = found.values()
        assert first.outcome == "failure" and said in first.said, first
        assert first.said.startswith(f"{name}.ipynb, code cell 1\n    "), first
        assert second.outcome == "skipped" and second.said == "code cell 1 failed", second


@pytest.mark.parametrize("name", REST)
def test_rest(name: str, rest: dict) -> None:
    _, _, node, said = REST[name]
    verdict = of(rest, name)[node]
    assert verdict.outcome == "failure" and said in verdict.said, verdict


def test_rest_passes_what_is_clean(rest: dict) -> None:
    found = of(rest, "clean")
    assert set(found) == {"twice", "variant 1 [CODE=2]", "variant 2 [SIZES=[3]]", "nonsense"}
    assert {verdict.outcome for verdict in found.values()} == {"passed"}, found


@pytest.mark.parametrize("name", ["exits", "killed"])
def test_a_dead_kernel_is_noticed_early(name: str, rest: dict) -> None:
    assert of(rest, name)["twice"].seconds < 20  # a cell may take ten minutes


def test_rest_leaves_out_the_defaults(rest: dict) -> None:
    assert not any(node.startswith("Cell") for _, node in rest)


def test_part_is_the_rest_of_the_chosen_notebooks(tmp_path: Path) -> None:
    """Three notebooks of 200 s make two blocks; without a history it is the turn of the first."""
    (tmp_path / "notebooks").mkdir()
    course = {"variants": [{"CODE": 2}], "seconds": 40}
    for name in ("a", "b", "c"):
        write(tmp_path / "notebooks", name, lesson(SENTENCE), course)
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", tmp_path]
    done = subprocess.run(
        [*command, "--course=part", "--collect-only", "-q", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    nodes = [line.split("/")[-1] for line in done.stdout.splitlines() if "::" in line]
    assert {node.split(".")[0] for node in nodes} == {"a", "c"}, done.stdout + done.stderr
    assert {node.split("::")[1] for node in nodes} == {"twice", "variant 1 [CODE=2]"}


def test_override_edits_nothing_but_the_literal() -> None:
    cell = code_cell(textwrap.dedent(SETTINGS).strip())
    changed = override(cell, {"SIZES": [3], "CODE": 2, "NAME": "é"}).source
    assert (
        changed
        == textwrap.dedent("""
        CODE = 2  # numbers in the code – at least 1
        NAME = 'é'; SIZES = [3]  # several
        check.settings(CODE=(32, 1, 256))
    """).strip()
    )
    with pytest.raises(Failure, match="COED is no setting"):
        override(cell, {"COED": 1})
