"""``sweep``: every run equals a single one, and an interrupt loses nothing that is finished."""

import keras
import numpy as np
import pandas as pd
import pytest

from helpers import best_rates, sweep, train
from helpers.errors import TrainingError
from helpers.progress import Progress
from helpers.training import reuse
from tests.training.models import VAL, X, chain, dense, numbers, weights

layers, optimizers = keras.layers, keras.optimizers
SHORT = {"epochs": 2, "batch_size": 16}


def test_sweep_runs_are_single_runs(compiled, graph):
    options = {"epochs": 2, "batch_size": 50, "validation": VAL}  # 50 leaves ten images over
    methods = {"Adam": {}, "wide": {"build": lambda: dense(6), "rates": [0.02]}}
    table = sweep(
        *(dense, X, methods),
        rates=[0.01, 0.1],
        seeds=(0, 1),
        schedule=optimizers.schedules.CosineDecay,
        judge=lambda model: {"weights": model.count_params()},
        **options,
    )
    assert compiled() <= 4  # two models, full and leftover batches
    assert table["run"].nunique() == 6 and len(table) == 12 and not table["interrupted"].any()
    assert set(table.loc[table["method"] == "wide", "weights"]) == {dense(6).count_params()}
    schedule = optimizers.schedules.CosineDecay(0.1, 8)
    alone = train(dense, X, optimizer=optimizers.Adam(schedule), seed=1, **options).history
    row = table.query("method == 'Adam' and rate == 0.1 and seed == 1")
    for name in ("step", "loss", "val_loss"):
        assert list(row[name]) == list(alone[name])


def test_an_optimizer_alone_is_a_method(graph):
    by_name = {"Adam": "adam", "SGD": optimizers.SGD(0.5)}
    in_full = {"Adam": {"optimizer": "adam"}, "SGD": {"optimizer": optimizers.SGD(0.5)}}
    tables = [numbers(sweep(dense, X, methods, **SHORT)) for methods in (by_name, in_full)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_code_of_the_readers_is_compiled_once_a_sweep(compiled, graph):
    def build():
        return chain(layers.Dense(4, lambda z: z * 2))

    table = sweep(build, X, {"a": {}, "b": {"optimizer": "sgd"}}, seeds=range(3), **SHORT)
    assert compiled() == 2 and table["run"].nunique() == 6
    sweep(build, X, {"a": {}}, **SHORT)
    assert compiled() == 1  # the code may have changed in between


def test_what_the_numbers_of_a_build_decide_is_not_shared(graph):
    """A constant drawn in ``build`` differs from seed to seed, though every shape is the same."""

    def build():
        mask = np.random.random(16) < 0.5  # noqa: NPY002
        return chain(layers.Lambda(lambda z: z * mask), layers.Dense(4))

    together = sweep(build, X, {"Adam": {}}, seeds=range(3), **SHORT)
    for seed in range(3):
        alone = train(build, X, seed=seed, **SHORT).history
        mine = together.query("seed == @seed")["loss"]
        assert np.allclose(mine, alone["loss"], rtol=1e-6, atol=0)


class Interrupted:
    """Raises KeyboardInterrupt at the n-th call, and does what it stands for at all others."""

    def __init__(self, at: int, otherwise=lambda *args, **how: None):
        self.calls, self.at, self.otherwise = 0, at, otherwise

    def __call__(self, *args, **how):
        self.calls += 1
        if self.calls == self.at:
            raise KeyboardInterrupt
        return self.otherwise(*args, **how)


def three_runs(judge=None):
    return sweep(dense, X, {"Adam": {}}, rates=[0.01], seeds=range(3), judge=judge, **SHORT)


def whole(table) -> list[int]:
    return list(table.loc[~table["interrupted"], "run"].unique())


def test_an_interrupt_while_a_method_compiles(fresh, graph, monkeypatch, capsys):
    monkeypatch.setattr(reuse.Memory, "_serves", Interrupted(2, fresh._serves))
    table = three_runs()
    assert whole(table) == [0, 1]
    assert "Interrupted: 2 of 3 runs are complete." in capsys.readouterr().out


def test_an_interrupt_while_a_model_is_built(fresh, graph, monkeypatch, capsys):
    monkeypatch.setattr(reuse.Memory, "build", Interrupted(3, reuse.MEMORY.build))
    assert whole(three_runs()) == [0, 1]
    assert "Interrupted: 2 of 3 runs are complete." in capsys.readouterr().out


def test_an_interrupt_in_judge_keeps_the_runs_and_is_not_ranked(graph, capsys):
    table = three_runs(judge=Interrupted(2, lambda model: {"judged": 1.0}))
    assert whole(table) == [0] and set(table["run"]) == {0, 1}
    assert table.query("run == 1")["judged"].isna().all()
    assert "Interrupted: 1 of 3 runs are complete." in capsys.readouterr().out


def test_a_run_that_was_cut_off_is_marked_and_not_ranked(graph, monkeypatch, capsys):
    steps = 2 * 10  # of a run
    with monkeypatch.context() as patch:
        at = Interrupted(steps + 15, Progress.update)
        patch.setattr(Progress, "update", lambda self, *args: at(self, *args))
        patch.setattr("helpers.training.loop.STRETCH", 1)
        table = sweep(dense, X, {"Adam": {}}, rates=[0.01, 0.1], epochs=2, batch_size=16)
    assert whole(table) == [0]
    assert "Interrupted: 1 of 2 runs are complete." in capsys.readouterr().out
    assert set(table["run"]) == {0, 1} and table.query("run == 1")["epoch"].tolist() == [1]
    table.loc[table["run"] == 1, "loss"] = 0.0  # however good it looks
    assert best_rates(table, by="loss").loc["Adam", "rate"] == 0.01


def test_an_interrupt_before_anything_is_finished(graph, monkeypatch):
    monkeypatch.setattr(reuse.Memory, "build", Interrupted(1))
    with pytest.raises(KeyboardInterrupt):
        three_runs()


REFUSED = {
    "seed": ({"seed": 1}, r"sweep does not take `seed=`: give `seeds=`"),
    "label": ({"label": "x"}, r"sweep does not take `label=`"),
    "no methods": ({"methods": {}}, "must be a dict of at least one method"),
    "a list of methods": ({"methods": ["adam"]}, "must be a dict of at least one method"),
    "a number": ({"methods": {"Adam": 3}}, "the method 'Adam' must be a dict .*not 3"),
    "no seeds": ({"seeds": []}, "seeds is empty: there is nothing to run"),
    "one seed": ({"seeds": 3}, r"seeds=3 must be a list"),
    "no rates": ({"rates": []}, "rates is empty"),
    "one rate": ({"rates": 0.1}, r"rates=0.1 must be a list"),
    "negative rate": ({"rates": [0.1, -1]}, "rates must be numbers of at least 0, not -1"),
    "a rate by name": ({"rates": ["high"]}, "rates must be numbers of at least 0, not 'high'"),
    "a bad seed": ({"seeds": [0, -1]}, "seed=-1 must be a whole number from 0"),
    "no build": ({"build": None}, "the method 'Adam' has no build"),
    "unknown": ({"methods": {"Adam": {"rate": 1}}}, "the method 'Adam' does not take `rate=`"),
    "epochs": ({"methods": {"a": {}, "b": {"epochs": 0}}}, "epochs=0"),
    "optimizer": ({"methods": {"a": {}, "b": "adom"}}, "optimizer='adom'"),
    "on": ({"on": "cluster"}, r"on=str is no client"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_before_the_first_run(case, monkeypatch):
    changes, complaint = REFUSED[case]
    given = {"build": dense, "images": X, "methods": {"Adam": {}}} | SHORT | changes
    monkeypatch.setattr(reuse.Memory, "build", lambda *_: pytest.fail("a model was built"))
    with pytest.raises(TrainingError, match=complaint) as error:
        sweep(**given)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


def test_a_judge_that_returns_no_columns(graph):
    with pytest.raises(TrainingError, match="judge must return a dict of columns, not 1"):
        three_runs(judge=lambda model: 1)


def test_judges_see_trained_models(graph):
    table = three_runs(judge=lambda model: {"w": weights(model)[0]})
    alone = [
        weights(train(dense, X, optimizer=optimizers.Adam(0.01), seed=s, **SHORT).model)[0]
        for s in range(3)
    ]
    assert list(table.groupby("run")["w"].first()) == alone
