"""Stored results: what comes back, what is said, and what happens when a file is not good."""

import json

import pandas as pd
import pytest

from helpers import evidence
from helpers.errors import DataError

TABLE = pd.DataFrame({"method": ["a", "b"], "rate": [0.1, 1 / 3], "diverged": [False, True]})
SETTINGS = {"CODE": 32, "GRID": (1, 2)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence, "FOLDER", tmp_path / "results")
    monkeypatch.setenv(evidence.STORE, "all")
    evidence.stored("t", lambda: TABLE, SETTINGS, recompute=True)
    monkeypatch.delenv(evidence.STORE)
    return tmp_path / "results"


def never():
    raise AssertionError("nothing should be computed")


def test_the_stored_table_comes_back(folder, capsys):
    table = evidence.stored("t", never, SETTINGS)
    assert capsys.readouterr().out == ""
    pd.testing.assert_frame_equal(table, TABLE, rtol=1e-5)


def test_what_made_it_is_stored(folder):
    about = json.loads((folder / "t.json").read_text(encoding="utf-8"))
    assert about["settings"] == {"CODE": 32, "GRID": [1, 2]}
    assert set(about["versions"]) == {"python", "numpy", "tensorflow", "keras"}
    assert {"cores", "seconds"} < about.keys()


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


def test_one_table_by_its_name(folder, monkeypatch):
    monkeypatch.setenv(evidence.STORE, "t")
    assert len(evidence.stored("t", lambda: TABLE.head(1), SETTINGS, recompute=True)) == 1
    assert len(evidence.stored("t", never, SETTINGS)) == 1
    monkeypatch.setenv(evidence.STORE, "another")
    assert len(evidence.stored("t", never, SETTINGS, recompute=True)) == 1


@pytest.mark.parametrize("ending", ["csv", "json"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"method\n"])
def test_a_bad_file_is_named(folder, ending, content):
    path = folder / f"t.{ending}"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DataError, match=r"data/results/t\.") as caught:
        evidence.stored("t", never, SETTINGS)
    assert "RECOMPUTE" in str(caught.value) and "\n" not in str(caught.value)
