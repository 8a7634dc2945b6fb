"""Stored results: what comes back, what a cut-off or a damage does, and when a table is stale.

The last test is about the course's own tables.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers import evidence
from helpers.errors import DataError
from tools import evidence as making
from tools.fingerprint import Table, all_tables
from tools.notebook import ROOT, load, paths
from tools.package import Package
from tools.results import State, cheapest_first, differences, states

TABLE = pd.DataFrame({"method": ["a", "b"], "rate": [0.1, 1 / 3], "diverged": [False, True]})
SETTINGS = {"CODE": 32, "GRID": (1, 2)}
STAMP = {"code": "c0de", "helpers": {"helpers.data": "da7a"}, "from": []}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that holds the stored table ``t``."""
    monkeypatch.setattr(evidence, "FOLDER", tmp_path / "results")
    monkeypatch.setattr(evidence.load, "__defaults__", (tmp_path / "results",))
    ask(monkeypatch, tmp_path / "results", "t")
    evidence.stored("t", lambda: TABLE, SETTINGS)
    monkeypatch.delenv(evidence.ASKED)
    return tmp_path / "results"


def ask(monkeypatch, folder: Path, *names: str, **stamp) -> None:
    """Ask for tables as tools/evidence.py does."""
    asked = {
        "from": str(folder),
        "into": str(folder),
        "tables": dict.fromkeys(names, STAMP | stamp),
    }
    monkeypatch.setenv(evidence.ASKED, json.dumps(asked))


def never():
    raise AssertionError("nothing should be computed")


def test_the_stored_table_comes_back(folder, capsys):
    table = evidence.stored("t", never, SETTINGS)
    assert capsys.readouterr().out == ""
    pd.testing.assert_frame_equal(table, TABLE, rtol=1e-5)


def test_what_made_it_is_stored(folder, monkeypatch):
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "3")
    monkeypatch.setenv("XLA_FLAGS", "--some")
    about = json.loads((folder / "t.json").read_text(encoding="utf-8"))
    assert about["settings"] == {"CODE": 32, "GRID": [1, 2]}
    assert (about["code"], about["helpers"]) == ("c0de", {"helpers.data": "da7a"})
    assert set(about["versions"]) == {"python", "numpy", "tensorflow", "keras"}
    assert {"cores", "seconds", "date", "xla_flags", "threads", "sha256"} < about.keys()
    assert "from" not in about
    now = evidence.surroundings(1.26)
    assert now["threads"]["intra"] == 3 and now["xla_flags"] == "--some" and now["seconds"] == 1.3


def test_a_table_computed_from_another_notes_its_checksum(folder, monkeypatch):
    ask(monkeypatch, folder, "u", **{"from": ["t"]})
    evidence.stored("u", lambda: TABLE, SETTINGS)
    noted = evidence.load("u")[1]["from"]
    assert noted == {"t": evidence.load("t")[1]["sha256"]}


def test_other_settings_are_told(folder, capsys):
    table = evidence.stored("t", never, SETTINGS | {"CODE": 8})
    said = capsys.readouterr().out
    assert "CODE = 32" in said and "RECOMPUTE = True" in said and "GRID" not in said
    assert len(table) == 2


def test_recomputing_leaves_the_files_alone(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = evidence.stored("t", lambda: TABLE.head(1), SETTINGS, recompute=True)
    assert len(again) == 1
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_only_what_is_asked_for_is_computed(folder, monkeypatch):
    ask(monkeypatch, folder, "another")
    assert len(evidence.stored("t", never, SETTINGS, recompute=True)) == 2
    ask(monkeypatch, folder, "t")
    assert len(evidence.stored("t", lambda: TABLE.head(1), SETTINGS)) == 1
    assert len(evidence.load("t")[0]) == 1


def test_every_kind_of_value_comes_back(tmp_path):
    table = pd.DataFrame(
        {
            "truth": [True, False, True],
            "words": ["None", "NA", "nan"],
            "digits": ["1", "02", "3"],
            "gaps": ["a", None, "null"],
            "whole": [1, -2, 2**53 + 1],
            "floats": [np.inf, np.nan, -np.inf],
            "round": [1.0, 2.0, 3.0],
            "none": [np.nan] * 3,
            "maybe": [True, None, False],
        }
    )
    evidence.store("k", table, {"settings": {}, "seconds": 1}, tmp_path)
    back, _ = evidence.load("k", tmp_path)
    assert list(back["words"]) == ["None", "NA", "nan"] and list(back["digits"]) == ["1", "02", "3"]
    assert list(back["gaps"].isna()) == [False, True, False] and back["gaps"][2] == "null"
    assert list(back["maybe"][[0, 2]]) == [True, False] and back["maybe"].isna()[1]
    same = ["truth", "whole", "floats", "round", "none"]
    pd.testing.assert_frame_equal(back[same], table[same])


@pytest.mark.parametrize("ending", ["csv", "json"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"method\n", b"[]"])
def test_a_bad_file_is_named(folder, ending, content):
    path = folder / f"t.{ending}"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DataError, match=r"data/results/t\.") as caught:
        evidence.stored("t", never, SETTINGS)
    said = str(caught.value)
    assert "RECOMPUTE" in said and "\n" not in said and said.endswith(".") and len(said) <= 200


def test_one_changed_digit_is_noticed_and_a_line_end_is_not(folder):
    path = folder / "t.csv"
    text = path.read_bytes()
    path.write_bytes(text.replace(b"\n", b"\r\n"))
    assert len(evidence.stored("t", never, SETTINGS)) == 2
    path.write_bytes(text.replace(b"0.1", b"0.2"))
    with pytest.raises(DataError, match=r"t\.csv is not the table of t\.json"):
        evidence.stored("t", never, SETTINGS)


@pytest.mark.parametrize("at", range(5))
@pytest.mark.parametrize("then", [0, 1, 2, 3, 4])
def test_cut_off_anywhere_the_old_pair_or_the_new_one_is_there(folder, monkeypatch, at, then):
    """Two stores are cut off one after the other, each at one of its steps; then one is not."""
    sizes = {2}
    for size, place in ((3, at), (4, then)):
        steps = iter(range(place))

        def step(*arguments, call, steps=steps):
            if next(steps, None) is None:
                raise KeyboardInterrupt
            return call(*arguments)

        with monkeypatch.context() as patch:
            for module, name in ((os, "replace"), (os, "fsync")):
                call = getattr(module, name)
                patch.setattr(module, name, lambda *a, call=call, step=step: step(*a, call=call))
            table = pd.concat([TABLE] * size).head(size)
            try:
                evidence.store("t", table, {"settings": {}, "seconds": size}, folder)
            except KeyboardInterrupt:
                pass
        rows, about = evidence.load("t", folder)
        sizes.add(size)
        assert len(rows) in sizes and len(rows) == about["rows"]
        sizes = {len(rows)}
    evidence.store("t", TABLE.head(1), {"settings": {}, "seconds": 1}, folder)
    assert len(evidence.load("t", folder)[0]) == 1
    assert {path.name for path in folder.iterdir()} == {"t.csv", "t.json"}


# ---------------------------------------------------------------------------------------------
# States


def table(name: str = "t", code: str = "c0de", **helpers: str) -> Table:
    reached = {f"helpers.{k}": v for k, v in (helpers or {"data": "da7a"}).items()}
    return Table(name, Path("04_toy.ipynb"), 0, code, reached)


def test_a_table_that_fits_is_good(folder):
    assert states([table()], folder) == [
        State("t", "good", "", table(), evidence.load("t")[1]["seconds"])
    ]


@pytest.mark.parametrize(
    ("spoil", "expected", "said"),
    [
        (lambda folder: table("u"), "missing", "make evidence LESSON=u"),
        (lambda folder: table(code="x"), "stale", "make evidence LESSON=t"),
        (lambda folder: table(data="x"), "helpers", "python -m tools.evidence --confirm 04"),
        (lambda folder: table(cost="x"), "helpers", "helpers.cost, helpers.data"),
        (lambda folder: (folder / "t.csv").unlink(), "damaged", "make evidence LESSON=t"),
        (lambda folder: (folder / "t.csv").write_text("a\n1\n"), "damaged", "is not the table"),
        (lambda folder: forget(folder, "helpers"), "stale", "it does not say what made it"),
        (lambda folder: forget(folder, "sha256"), "stale", "it does not say what made it"),
        (lambda folder: edit(folder, **{"from": {"s": "1"}}), "stale", "s was made anew since"),
    ],
)
def test_what_is_the_matter_is_told_with_its_cure(folder, spoil, expected, said):
    wanted = spoil(folder)
    found = states([wanted if isinstance(wanted, Table) else table()], folder)
    assert found[0].kind == expected and said in found[0].said and not found[0].good


def test_orphans_are_told(folder):
    (folder / "u.csv").write_text("a\n1\n")
    (folder / "v.json.new").touch()
    found = states([table()], folder)
    assert [(state.name, state.kind) for state in found[1:]] == [
        ("u", "orphaned"),
        ("v", "orphaned"),
    ]
    assert found[1].cure == "git rm data/results/u.*"


def edit(folder: Path, **changes) -> None:
    about = json.loads((folder / "t.json").read_text(encoding="utf-8"))
    evidence.write_about("t", about | changes, folder)


def forget(folder: Path, key: str) -> None:
    about = json.loads((folder / "t.json").read_text(encoding="utf-8"))
    del about[key]
    evidence.write_about("t", about, folder)


NUMBERS = pd.DataFrame(
    {"method": ["a", "b"], "error": [1.0, np.nan], "seconds": [1.0, 2.0], "step_ms": [1.0, 2.0]}
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.assign(error=[1.00005, np.nan]), ""),
        (lambda t: t.assign(seconds=9, step_ms=0), ""),
        (lambda t: t.assign(error=[1.0002, np.nan]), "error in row 0 is 1.0002, and was 1.0"),
        (lambda t: t.assign(error=[1.0, 2.0]), "error in row 1 is 2.0"),
        (lambda t: t.assign(method=["a", "c"]), "method in row 1 is c, and was b"),
        (lambda t: t.head(1), "1 rows instead of 2"),
        (lambda t: t.rename(columns={"error": "items"}), "other columns"),
    ],
)
def test_tables_are_compared_to_one_part_in_ten_thousand_times_apart(change, said):
    found = differences(NUMBERS, change(NUMBERS))
    assert said in found and bool(said) == bool(found)


def test_columns_that_only_look_like_times_are_compared():
    for name in ("terms", "items", "atoms"):
        old = pd.DataFrame({name: [1.0]})
        assert differences(old, old * 2)


def test_the_cheapest_is_tried_and_of_equals_the_one_that_reaches_most():
    few, many = frozenset({"a"}), frozenset({"a", "b"})
    found = [State("x", "helpers", seconds=9), State("y", "helpers", seconds=1, changed=few)]
    found.append(State("z", "helpers", seconds=1, changed=many))
    assert [state.name for state in cheapest_first(found)] == ["z", "y", "x"]


# ---------------------------------------------------------------------------------------------
# Making tables, in a lesson of two, with real kernels

TOY = [
    f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom helpers import evidence, measure\n"
    "import numpy as np, pandas as pd",
    "FACTOR = 2.0\nRECOMPUTE = False",
    "def one():\n    x = np.full((2, 3), FACTOR)\n"
    "    return pd.DataFrame({'error': [measure.sq_err(x, 0 * x)]})",
    "first = evidence.stored('01_first', one, {'FACTOR': FACTOR}, recompute=RECOMPUTE)",
    "raise RuntimeError('this cell is no part of any table')",
    "import os",
    "def two():\n    if os.path.exists('stop'):\n        raise RuntimeError('stopped')\n"
    "    return first.assign(error=first['error'] + measure.sq_err(np.eye(2), 0 * np.eye(2)))",
    "second = evidence.stored('01_second', two, {'FACTOR': FACTOR}, recompute=RECOMPUTE)",
]


def write(notebooks: Path, cells: list[str]) -> None:
    """Write the lesson ``01_toy``."""
    notebooks.mkdir()
    nb = new_notebook(cells=[new_code_cell(source) for source in cells])
    nb.cells[0].metadata.tags = ["setup"]
    nbformat.write(nb, notebooks / "01_toy.ipynb")


def test_making_going_on_and_confirming(tmp_path, capsys):
    notebooks, folder = tmp_path / "notebooks", tmp_path / "results"

    def run(*arguments: str) -> tuple[int, str]:
        status = making.main([*arguments], notebooks, folder)
        return status, capsys.readouterr().out

    def kinds() -> list[str]:
        tables = all_tables([load(path) for path in paths(notebooks)], Package())
        return [state.kind for state in states(tables, folder)]

    write(notebooks, TOY)
    (notebooks / "stop").touch()
    status, said = run()
    assert status == 1 and "[1 of 2] 01_first" in said and "[2 of 2] 01_second" in said
    assert "It raised RuntimeError: stopped" in said
    assert kinds() == ["good", "missing"]  # what was finished is kept

    (notebooks / "stop").unlink()
    status, said = run()
    assert status == 0 and "[1 of 1] 01_second" in said and "01_first" not in said
    assert evidence.load("01_second", folder)[0]["error"][0] == 12 + 1
    assert run() == (0, "All stored results are up to date.\n")

    for name in ("01_first", "01_second"):  # as if helpers had changed since
        about = evidence.load(name, folder)[1]
        old = about["helpers"] | {"helpers.measure": "0ld"}
        evidence.write_about(name, about | {"helpers": old, "seconds": len(name)}, folder)
    assert kinds() == ["helpers", "helpers"]
    status, said = run("--confirm", "01")
    assert status == 0 and "01_first: equal. Confirmed: 01_first, 01_second." in said
    assert kinds() == ["good", "good"]
    confirmed = evidence.load("01_second", folder)[1]["confirmed"]
    assert confirmed["by"] == "01_first" and confirmed["old"]["helpers.measure"] == "0ld"

    rows, about = evidence.load("01_first", folder)
    about |= {"helpers": about["helpers"] | {"helpers.measure": "0ld"}}
    evidence.store("01_first", rows * 1.001, about, folder)
    status, said = run("--confirm", "01_first")
    assert status == 1 and "error in row 0 is 12.0, and was 12.012" in said
    assert kinds() == ["helpers", "stale"]  # the second was computed from another first
    with pytest.raises(SystemExit, match="No lesson names stored results '02'"):
        run("02")


def test_an_interrupt_keeps_what_is_done_and_leaves_no_kernel(tmp_path):
    """Ctrl-C while the second table is computed."""
    endless = (
        "    open('pid', 'w').write(f'{os.getpid()}')\n    while True:\n        pass\n    if os"
    )
    slow = TOY[-2].replace("    if os", endless)
    write(tmp_path / "notebooks", [*TOY[:-2], slow, TOY[-1]])
    code = (
        "import sys; from pathlib import Path; from tools.evidence import main; "
        f"sys.exit(main([], Path({str(tmp_path / 'notebooks')!r}), Path({str(tmp_path)!r}, 'out')))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    noted = tmp_path / "notebooks" / "pid"
    wait_for(lambda: noted.exists() and noted.read_text())
    kernel = int(noted.read_text())
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130 and "Interrupted: finished tables are kept" in said
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"01_first.csv", "01_first.json"}
    wait_for(lambda: not psutil.pid_exists(kernel))


def wait_for(condition) -> None:
    """Return when a condition holds; fail if it does not within two minutes."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_source_that_is_not_good_is_made_first():
    one, two = table("one"), Table("two", Path("04_toy.ipynb"), 1, "c", {}, ["one"])
    every = [State("one", "stale", table=one), State("two", "stale", table=two)]
    assert making.with_sources(every[1:], every) == every
    good = [State("one", "good", table=one), every[1]]
    assert making.with_sources(good[1:], good) == good[1:]


# ---------------------------------------------------------------------------------------------
# The course's own tables


def test_the_course_s_tables_are_those_of_its_lessons():
    tables = all_tables([load(path) for path in paths()])
    assert tables
    wrong = [state for state in states(tables, evidence.FOLDER) if not state.good]
    assert not wrong, "\n".join(["", *(f"{state.name}: {state.said}" for state in wrong)])
