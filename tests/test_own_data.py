"""A reader's own small images in the lessons: they run, or say in one sentence why not.

Two sets as readers have them: 300 grey images of 28 × 28 without any difference of label, and
300 of three classes that are named by text. Each lesson runs from top to bottom in a kernel whose
data folder holds them beside the course's sets. A lesson that never looks at a label runs with the
second only. The longer lessons belong to what ``--course=rest`` tries:
``python -m pytest --course=rest tests/test_own_data.py``.
"""

import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from helpers import check, data, idx
from helpers.errors import SettingsError

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LESSONS = [*sorted(NOTEBOOKS.glob("[0-9]*.ipynb")), NOTEBOOKS / "template" / "new_lesson.ipynb"]
QUICK = [LESSONS[0], LESSONS[-1]]
SMALLER = {  # settings that keep a run short; none of them depends on how many images there are
    "SEEDS": "1",
    "CODES": "[2, 32]",
    "STEPS": "60",
    "EPOCHS": "2",
}


def images(kind: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Blurred bars, standing (0), lying (1) or crossed (2), at random places."""
    x = np.zeros((n, 28, 28))
    for image in x:
        a, b = rng.integers(4, 22, 2)
        if kind != 1:
            image[4:24, a : a + 3] = rng.uniform(0.5, 1)
        if kind != 0:
            image[b : b + 3, 4:24] = rng.uniform(0.5, 1)
    return np.round(255 * x).astype("uint8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for name in ("mnist", "fashion-mnist"):
        shutil.copytree(data.FOLDER / name, folder / name)
    shutil.copy(data.FOLDER / "SHA256SUMS", folder)
    rng = np.random.default_rng(0)
    x = np.concatenate([images(kind, 120, rng) for kind in range(3)])
    x = x[rng.permutation(len(x))]
    names = np.array(["standing", "lying", "crossed"])[np.arange(360) % 3]
    data.add("plain", x[:300], np.zeros(300, int), x[300:], np.zeros(60, int), folder=folder)
    data.add("bars", x[:300], names[:300], x[300:], names[300:], folder=folder)
    return folder


def settings_cell(notebook):
    return next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))


def takes_own_images(path: Path) -> bool:
    source = settings_cell(nbformat.read(path, 4)).source
    return re.search(r"DATASET=\[[^\]]*\.\.\.\]", source) is not None


def run(path: Path, folder: Path, monkeypatch, **settings: str):
    """Run a lesson with other settings; returns the notebook, or raises what a cell raised."""
    monkeypatch.setenv("COURSE_DATA", str(folder))
    monkeypatch.setenv("COURSE_PROGRESS", "0")
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    notebook = nbformat.read(path, 4)
    cell = settings_cell(notebook)
    for name, value in settings.items():
        cell.source = re.sub(rf"(?m)^{name} = .*?(?=  #)", f"{name} = {value}", cell.source)
    assert f"DATASET = {settings['DATASET']}" in cell.source
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    return notebook


def printed(notebook) -> str:
    outputs = (out for cell in notebook.cells for out in cell.get("outputs", []))
    return "".join(out.get("text", "") for out in outputs)


ACCEPTING = [path for path in LESSONS if takes_own_images(path)]
OTHERS = [path for path in LESSONS if path not in ACCEPTING]


def test_the_first_lessons_take_own_images():
    assert {path.stem[:2] for path in ACCEPTING} >= {"00", "01"}


def with_sets() -> list:
    """Each accepting lesson with the sets that it can tell apart."""
    pairs = []
    for path in ACCEPTING:
        labels = re.search(r"\.y_(train|val|test)|\.classes", path.read_text(encoding="utf-8"))
        for name in ("plain", "bars") if labels else ("bars",):
            pairs.append(pytest.param(path, name, id=f"{path.stem}-{name}"))
    return pairs


@pytest.mark.parametrize(("path", "name"), with_sets())
def test_lesson_runs_with_own_images(path, name, folder, monkeypatch, request):
    if path not in QUICK and request.config.getoption("--course") not in ("rest", "all"):
        pytest.skip("a longer lesson: --course=rest runs it")
    text = printed(run(path, folder, monkeypatch, DATASET=f'"{name}"', **SMALLER))
    assert f"Changed settings: DATASET = '{name}'" in text
    assert not re.search(r"Traceback|nan\b", text)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_lesson_says_why_not(path, folder, monkeypatch):
    monkeypatch.setattr(idx, "FOLDER", folder)
    source = settings_cell(nbformat.read(path, 4)).source
    changed = re.sub(r'(?m)^DATASET = "mnist"', 'DATASET = "bars"', source)
    assert changed != source
    with pytest.raises(SettingsError) as error:
        exec(changed, {"check": check})
    assert str(error.value) == (
        "DATASET = 'bars' does not work: this lesson's results exist only for "
        "'mnist', 'fashion-mnist'."
    )
