"""The checkers accept every right way of writing an answer and give wrong ones the hint they need.

The answers are in tests/answers, one module a lesson.
"""

import importlib
import inspect
from pathlib import Path

import pytest

from helpers import CourseError, check, exercises
from tests import answers
from tests.answers.lesson_02 import tied

FOLDER = Path(exercises.__file__).parent
LESSONS = sorted(file.stem.removeprefix("lesson_") for file in FOLDER.glob("lesson_*.py"))
IDS = [
    key
    for lesson in LESSONS
    for key in importlib.import_module(f"helpers.exercises.lesson_{lesson}").CHECKERS
]
RIGHT, WRONG = {}, {}
for file in sorted(Path(answers.__file__).parent.glob("lesson_*.py")):
    tables = importlib.import_module(f"tests.answers.{file.stem}")
    RIGHT |= tables.RIGHT
    WRONG |= tables.WRONG


def kind(key):
    """Return the call, the word and what a stub is told: of an exercise "NN.k" or a task "NN.a"."""
    if key.split(".")[1].isdigit():
        return check.answer, "Exercise", "not attempted yet."
    return check.task, "Task", "not done yet."


def raises(*_):
    raise ZeroDivisionError("by nought")


def cases(table):
    return [
        pytest.param(key, case, id=f"{key}-{i}")
        for key, listed in table.items()
        for i, case in enumerate(listed)
    ]


@pytest.mark.parametrize("exercise", IDS)
def test_every_exercise_is_in_the_table(exercise):
    assert len(RIGHT[exercise]) >= 1
    assert len(WRONG[exercise]) >= 2


def test_the_table_holds_nothing_else():
    assert set(RIGHT) == set(WRONG) == set(IDS) and len(IDS) == len(set(IDS))
    assert all(key.split(".")[0] in LESSONS for key in IDS)


@pytest.mark.parametrize(("exercise", "given"), cases(RIGHT))
def test_right(exercise, given, capsys):
    call, word, _ = kind(exercise)
    assert check.hint(exercise, given) is None
    assert call(exercise, given) is None
    assert capsys.readouterr().out == f"✓ {word} {exercise}: right.\n"


@pytest.mark.parametrize(("exercise", "case"), cases(WRONG))
def test_wrong(exercise, case, capsys):
    given, words = case
    hint = check.hint(exercise, given)
    assert words in hint
    call, word, _ = kind(exercise)
    assert call(exercise, given) is None
    assert capsys.readouterr().out == f"✗ {word} {exercise}: {hint}\n"


@pytest.mark.parametrize("exercise", IDS)
def test_hints_are_sentences(exercise):
    for given, _ in WRONG[exercise]:
        hint = check.hint(exercise, given)
        assert hint.endswith((".", "?")) and "\n" not in hint


@pytest.mark.parametrize("exercise", IDS)
def test_stub(exercise, capsys):
    stubs = [...]
    if callable(RIGHT[exercise][0]):
        names = ", ".join(inspect.signature(RIGHT[exercise][0]).parameters)
        stubs = [..., eval(f"lambda {names}: ...")]
    for stub in stubs:
        with pytest.raises(check.NotAttempted):
            check.hint(exercise, stub)
        call, word, said = kind(exercise)
        assert call(exercise, stub) is None
        assert capsys.readouterr().out == f"{word} {exercise}: {said}\n"


@pytest.mark.parametrize("exercise", IDS)
@pytest.mark.parametrize("given", [raises, lambda: 0, "text", None, [], {}])
def test_whatever_is_given_there_is_a_hint(exercise, given, capsys):
    assert isinstance(check.hint(exercise, given), str)
    call, word, _ = kind(exercise)
    call(exercise, given)
    assert capsys.readouterr().out.startswith(f"✗ {word} {exercise}: ")


def test_error_of_the_learner_is_named():
    assert "ZeroDivisionError: by nought" in check.hint("02.2", raises)


def test_answers_do_not_change_what_they_are_checked_with():
    def spoils(X, W):
        gradient = tied(X, W)
        X[:], W[:] = 0, 0
        return gradient

    assert check.hint("02.2", spoils) is None


@pytest.mark.parametrize("exercise", ["01.99", "99.1", "nonsense", "", "1.2"])
def test_unknown_exercise(exercise):
    for call in (check.hint, check.answer):
        with pytest.raises(CourseError, match=f"There is no exercise.* '{exercise}'"):
            call(exercise, 1)


@pytest.mark.parametrize(("call", "key"), [(check.answer, "template.a"), (check.task, "01.1")])
def test_exercises_and_tasks_are_not_mixed_up(call, key):
    with pytest.raises(CourseError, match="There is no"):
        call(key, 1)
