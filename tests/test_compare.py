"""The comparison helpers against SciPy and lesson 06's own cells, and where nothing is left."""

import ast
import json
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import CourseError, compare, show

LESSON = Path(__file__).parent.parent / "notebooks" / "06_compare_training_curves.ipynb"
TAUGHT = ("at_the_end", "interval", "written", "by_seed", "differs", "arrival")


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def runs_of(errors: dict, seeds=(0, 1), epochs=2, diverged=()) -> pd.DataFrame:
    """A table like ``sweep``'s: {(method, rate): final error, or one a seed}; runs fall to it."""
    rows, run = [], 0
    for (method, rate), ends in errors.items():
        ends = np.broadcast_to(ends, len(seeds))
        for seed, end in zip(seeds, ends, strict=True):
            lost = (method, rate) in diverged or not np.isfinite(end)
            about = {"run": run, "method": method, "rate": rate, "seed": seed, "diverged": lost}
            run += 1
            for epoch in range(1, epochs + 1):
                value = end + (epochs - epoch)
                rows.append(about | {"epoch": epoch, "step": 10 * epoch, "seconds": epoch / 4})
                rows[-1]["val_sq_err"] = value
    return pd.DataFrame(rows)


def final_of(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=float).rename_axis(index="seed", columns="method")


# --- lesson 06 writes it out ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def lesson():
    """The functions that lesson 06 writes out, taken from its cells; its target is 11.5."""
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    trees = [ast.parse("".join(c["source"])) for c in cells if c["cell_type"] == "code"]
    found = [n for t in trees for n in t.body if getattr(n, "name", None) in TAUGHT]
    assert sorted(node.name for node in found) == sorted(TAUGHT)
    names = {"np": np, "pd": pd, "stats": stats, "target": 11.5}
    exec(compile(ast.Module(found, []), str(LESSON), "exec"), names)
    return names


def random_table(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    methods = ("SGD", "momentum", "Adam")
    table = runs_of({(m, 0.1): rng.normal(11, 1, 6) for m in methods}, seeds=range(6), epochs=3)
    table["diverged"] = table["run"].isin(rng.choice(18, size=2, replace=False))
    return table


@pytest.mark.parametrize("seed", range(5))
def test_the_lesson_and_the_helper_agree(lesson, seed):
    table = random_table(seed)
    pd.testing.assert_frame_equal(lesson["at_the_end"](table), compare.last(table))
    theirs, ours = lesson["by_seed"](table), compare.by_seed(table, "val_sq_err")
    pd.testing.assert_frame_equal(theirs, ours)
    assert ours.isna().sum().sum() == 2
    for a in ours:
        assert lesson["interval"](ours[a]) == pytest.approx(compare.interval(ours[a]), rel=1e-12)
        assert lesson["written"](ours[a]) == compare.written(ours[a])
        for b in ours:
            assert lesson["differs"](ours[a], ours[b]) == compare.differs(ours[a], ours[b])
    found = compare.arrivals(table, 11.5, "val_sq_err")
    for key, run in table.groupby(["method", "seed"]):
        expected = lesson["arrival"](run)[["step", "seconds"]].astype(float)
        np.testing.assert_array_equal(found.loc[key], expected)
    assert 0 < found["step"].notna().sum() < len(found)


def test_last_keeps_apart_runs_of_tables_put_together():
    one, two = runs_of({("Adam", 0.1): 5.0}), runs_of({("SGD", 0.1): 7.0})
    both = pd.concat([one, two], ignore_index=True)
    assert compare.last(both)["val_sq_err"].tolist() == [5, 5, 7, 7]
    twice = pd.concat([one.assign(use="tuning"), one.assign(use="final")])
    assert len(compare.last(twice)) == 4


def test_last_of_runs_without_a_rate():
    table = runs_of({("Adam", 0.1): 5.0}).assign(rate=None)
    assert compare.last(table)["epoch"].tolist() == [2, 2]


# --- choosing a rate -----------------------------------------------------------------------------


def test_grid():
    rates = compare.grid(1e-3, 1e-1)
    assert rates[[0, -1]] == pytest.approx([1e-3, 1e-1]) and len(rates) == 7
    steps = np.diff(np.log10(compare.grid(1e-3, 0.07)))
    assert np.allclose(steps, steps[0]) and 0.25 < steps[0] <= 1 / 3 + 1e-12
    assert compare.grid(1, 100, per_decade=1) == pytest.approx([1, 10, 100])
    for low, high, per in (
        (0, 1, 3),
        (1, 1, 3),
        (1, np.inf, 3),
        (2, 1, 3),
        (np.nan, 1, 3),
        (1, 2, 0),
    ):
        with pytest.raises(CourseError, match=r"grid .* low"):
            compare.grid(low, high, per)


VALLEY = {("m", r): e for r, e in zip((1, 2, 4, 8, 16, 32), (60, 20, 15, 10, 9, np.nan))}  # noqa: B905


def test_best_rates_takes_the_least_mean_inside_the_grid():
    found = compare.best_rates(runs_of(VALLEY), by="val_sq_err")
    assert list(found.columns) == ["rate", "val_sq_err", "inside"]
    assert found.loc["m"].tolist() == [16, 9, True]
    edge = compare.best_rates(runs_of({k: v for k, v in VALLEY.items() if k[1] < 16}), "val_sq_err")
    assert edge.loc["m", ["rate", "inside"]].tolist() == [8, False]
    low = runs_of({("m", 1): 5, ("m", 2): 6, ("m", 4): 7})
    assert compare.best_rates(low, "val_sq_err").loc["m", ["rate", "inside"]].tolist() == [1, False]


def test_best_rates_are_means_over_seeds_and_one_lost_seed_is_enough():
    table = runs_of({("m", 1): 20, ("m", 2): (9, 15), ("m", 4): (11, 11.5), ("m", 8): (1, np.nan)})
    found = compare.best_rates(table, by="val_sq_err").loc["m"]
    assert (found["rate"], found["val_sq_err"]) == (4, 11.25)


def test_best_rates_believes_the_mark_and_not_the_number():
    table = runs_of({("m", 1): 20, ("m", 2): 12, ("m", 4): 2, ("m", 8): 30}, diverged=[("m", 4)])
    assert compare.best_rates(table, by="val_sq_err")["rate"]["m"] == 2


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_method_that_diverged_everywhere_has_no_rate(value):
    table = runs_of({("bad", 1): value, ("bad", 2): value, ("m", 1): 5, ("m", 2): 4, ("m", 4): 6})
    found = compare.best_rates(table, by="val_sq_err")
    assert np.isnan(found["rate"]["bad"]) and np.isnan(found["val_sq_err"]["bad"])
    assert found["inside"].tolist() == [False, True] and found["rate"]["m"] == 2


@pytest.mark.parametrize(("margin", "rate", "moved"), [(0, 16, False), (1, 8, True), (2, 4, True)])
def test_choose_keeps_away_from_the_rate_at_which_runs_diverge(margin, rate, moved):
    found = compare.choose(runs_of(VALLEY), "val_sq_err", margin=margin).loc["m"]
    assert found["rate"] == rate and found["moved"] == moved and found["inside"]
    assert (found["cliff"], found["why"]) == (32, "diverged")


def test_choose_without_a_cliff_does_not_move():
    errors = {("m", r): e for r, e in ((1, 30), (2, 10), (4, 12), (8, 20))}
    found = compare.choose(runs_of(errors), "val_sq_err", margin=1).loc["m"]
    assert found["rate"] == 2 and not found["moved"] and found["why"] == ""
    assert np.isnan(found["cliff"])


def test_choose_knows_a_collapse_by_its_reference_and_a_slow_run_is_no_cliff():
    errors = {("m", r): e for r, e in ((1, 53), (2, 40), (4, 20), (8, 10), (16, (9, 53)), (32, 60))}
    table = runs_of(errors)
    found = compare.choose(table, "val_sq_err", margin=1, reference=52).loc["m"]
    assert (found["rate"], found["cliff"], found["why"]) == (4, 16, "collapsed")
    exactly = compare.choose(table, "val_sq_err", margin=1, reference=53).loc["m"]
    assert (exactly["rate"], exactly["cliff"]) == (4, 16)
    blind = compare.choose(table, "val_sq_err", margin=1).loc["m"]
    assert blind["rate"] == 8 and blind["why"] == ""
    stuck = compare.choose(runs_of({("m", r): 53 + r for r in (1, 2, 4)}), "val_sq_err", margin=1,
                           reference=52).loc["m"]  # fmt: skip
    assert stuck["rate"] == 1 and stuck["why"] == "" and not stuck["inside"]


def test_choose_finds_the_first_cliff_not_the_last():
    errors = {("m", r): e for r, e in ((1, 30), (2, 20), (4, 15), (8, np.nan), (16, 5), (32, 6))}
    found = compare.choose(runs_of(errors), "val_sq_err", margin=1).loc["m"]
    assert (found["rate"], found["cliff"], found["moved"]) == (2, 8, True)


def test_choose_says_when_the_cliff_leaves_no_room():
    errors = {("m", 1): 30, ("m", 2): np.nan, ("m", 4): np.nan}
    found = compare.choose(runs_of(errors), "val_sq_err", margin=1).loc["m"]
    assert np.isnan(found["rate"]) and not found["inside"] and found["cliff"] == 2
    assert not found["moved"]


def test_choose_leaves_out_runs_that_were_cut_off():
    table = runs_of({("m", 1): 30, ("m", 2): 20, ("m", 4): 10, ("m", 8): 25})
    table["interrupted"] = (table["rate"] == 4) & (table["seed"] == 1)
    table.loc[table["interrupted"], "val_sq_err"] = 1_000
    assert compare.choose(table, "val_sq_err")["rate"]["m"] == 4


def test_a_method_without_rates_has_none_beside_one_that_has():
    table = runs_of({("m", 1): 5, ("m", 2): 4, ("m", 4): 6, ("given", 9): 3})
    table["rate"] = table["rate"].mask(table["method"] == "given")
    found = compare.choose(table, "val_sq_err", margin=1)
    assert found["rate"]["m"] == 2 and np.isnan(found["rate"]["given"])


def test_choose_refuses_in_one_sentence():
    table = runs_of(VALLEY)
    for given, kwargs, word in (
        (table, {"by": "nonsense"}, "nonsense"),
        (table.drop(columns="rate"), {"by": "val_sq_err"}, "rate"),
        (table.assign(rate=None), {"by": "val_sq_err"}, "rates"),
        (table.iloc[:0], {"by": "val_sq_err"}, "rates"),
        (table, {"by": "val_sq_err", "margin": -1}, "margin"),
        (table, {"by": "val_sq_err", "margin": 0.5}, "margin"),
        (table, {"by": "val_sq_err", "margin": True}, "margin"),
    ):
        with pytest.raises(CourseError, match=word) as caught:
            compare.choose(given, **kwargs)
        assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_choose_takes_a_plain_table_of_one_row_a_run():
    table = pd.DataFrame({"method": "m", "rate": [1, 2, 4], "val": [5.0, 3.0, np.inf]})
    assert compare.best_rates(table, by="val").loc["m"].tolist() == [2, 3, True]


# --- tuning, then the final runs -----------------------------------------------------------------


def race(log, errors):
    """A stand-in for ``sweep``: each run ends with errors[method, rate], plus its seed."""

    def run(methods, *, seeds, **changes):
        log.append((methods, list(seeds), changes))
        wanted = {
            (m, r): errors[m, r] + np.array(seeds) for m in methods for r in methods[m]["rates"]
        }
        return runs_of(wanted, seeds)

    return run


METHODS = {"Adam": {"optimizer": "adam", "rates": [1, 2, 4]}, "SGD": {"rates": [10, 20, 40]}}
ERRORS = {("Adam", 1): 9, ("Adam", 2): 5, ("Adam", 4): 7, ("SGD", 10): 9, ("SGD", 20): 8}
ERRORS |= {("SGD", 40): 4}
SEEDS = {"by": "val_sq_err", "tuning_seeds": (100,), "seeds": range(3)}


def test_tuned_chooses_with_some_seeds_and_decides_with_others():
    log = []
    ends = compare.tuned(race(log, ERRORS), METHODS, **SEEDS, epochs=7)
    assert [(seeds, more) for _, seeds, more in log] == [
        ([100], {"epochs": 7}),
        ([0, 1, 2], {"epochs": 7}),
    ]
    assert log[1][0] == {"Adam": {"optimizer": "adam", "rates": [2]}, "SGD": {"rates": [40]}}
    assert compare.by_seed(ends, "val_sq_err")["Adam"].tolist() == [5, 6, 7]
    assert ends.groupby("method")["inside"].first().to_dict() == {"Adam": True, "SGD": False}
    assert list(ends) == [*runs_of(VALLEY), "inside"] and ends.index.equals(pd.RangeIndex(6))


def test_tuned_returns_both_kinds_of_runs_on_request():
    ends = compare.tuned(race([], ERRORS), METHODS, **SEEDS, both=True)
    assert ends["use"].value_counts().to_dict() == {"tuning": 6, "final": 6}
    assert compare.by_seed(ends, "val_sq_err").shape == (3, 2)


def test_tuned_passes_the_margin_on():
    errors = ERRORS | {("Adam", 4): np.nan}
    log = []
    ends = compare.tuned(race(log, errors), METHODS, **SEEDS, margin=1)
    assert log[1][0]["Adam"]["rates"] == [1]
    assert not ends.loc[ends["method"] == "Adam", "inside"].any()
    compare.tuned(race(log, errors), METHODS, **SEEDS)
    assert log[3][0]["Adam"]["rates"] == [2]


def test_tuned_keeps_a_lost_method_in_the_table_and_says_so(capsys):
    errors = ERRORS | {("Adam", r): np.nan for r in (1, 2, 4)}
    ends = compare.tuned(race([], errors), METHODS, **SEEDS)
    assert capsys.readouterr().out == "Without a usable rate, and so without final runs: Adam.\n"
    final = compare.by_seed(ends, "val_sq_err")
    assert final["SGD"].tolist() == [4, 5, 6]
    assert compare.written(final["Adam"]) == "– (3 of 3 diverged)"
    assert ends.loc[ends["method"] == "Adam", "rate"].isna().all()
    assert ends.groupby("method")["inside"].any().to_dict() == {"SGD": False, "Adam": False}


@pytest.mark.parametrize("both", [False, True])
def test_tuned_survives_that_every_method_is_lost(capsys, both):
    log = []
    ends = compare.tuned(race(log, dict.fromkeys(ERRORS, np.nan)), METHODS, **SEEDS, both=both)
    assert len(log) == 1 and capsys.readouterr().out.endswith("final runs: Adam, SGD.\n")
    final = compare.by_seed(ends, "val_sq_err")
    assert final.shape == (3, 2) and final.isna().all(axis=None) and not ends["inside"].any()
    assert len(ends) == 6 + 6 * both


def test_tuned_returns_every_epoch_on_request():
    ends = compare.tuned(race([], ERRORS), METHODS, **SEEDS)
    whole = compare.tuned(race([], ERRORS), METHODS, **SEEDS, whole=True)
    assert len(whole) == 2 * len(ends)
    pd.testing.assert_frame_equal(compare.last(whole).reset_index(drop=True), ends)


def test_tuned_refuses_to_decide_with_the_seeds_it_chose_by():
    log = []
    with pytest.raises(CourseError, match="Seed 2 "):
        compare.tuned(
            race(log, ERRORS), METHODS, by="val_sq_err", tuning_seeds=(2,), seeds=range(3)
        )
    assert not log


def test_tuned_stops_if_the_choice_was_interrupted():
    log = []

    def cut(methods, *, seeds):
        return race(log, ERRORS)(methods, seeds=seeds).assign(interrupted=True)

    with pytest.raises(KeyboardInterrupt):
        compare.tuned(cut, METHODS, **SEEDS)
    assert len(log) == 1


def test_at_rates_takes_an_optimizer_alone_as_sweep_does():
    assert compare.at_rates({"Adam": "adam"}, {"Adam": 2}) == {
        "Adam": {"optimizer": "adam", "rates": [2.0]}
    }


def test_at_rates_refuses_a_missing_rate():
    assert compare.at_rates(METHODS, {"Adam": 3, "SGD": 4})["Adam"]["rates"] == [3.0]
    assert METHODS["Adam"]["rates"] == [1, 2, 4]
    for rates in ({"Adam": 1}, pd.Series({"Adam": 1, "SGD": np.nan})):
        with pytest.raises(CourseError, match="SGD"):
            compare.at_rates(METHODS, rates)


# --- intervals and verdicts ----------------------------------------------------------------------


def test_interval_is_scipys():
    values = np.random.default_rng(0).normal(3, 2, 7)
    mean, half = compare.interval(values)
    low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (mean - half, mean + half) == pytest.approx((low, high))
    assert compare.interval([*values, np.nan, np.inf]) == pytest.approx((mean, half))


@pytest.mark.parametrize("values", [[], [np.nan], [4.0], [4.0, np.nan]])
def test_of_fewer_than_two_runs_there_is_no_interval_and_no_warning(values):
    mean, half = compare.interval(values)
    assert np.isnan(half) and (mean == 4.0 or np.isnan(mean))
    assert compare.differs(pd.Series(values), 0) == 0


def test_written_and_listed():
    assert compare.written([1.0, 2.0, 3.0]) == "2.00 ± 2.48"
    assert compare.written([1.0, np.nan, 3.0], digits=0) == "2 ± 13 (1 of 3 diverged)"
    assert compare.written([1.0, np.nan]) == "1.00 (one run) (1 of 2 diverged)"
    assert compare.written([np.nan, np.inf]) == "– (2 of 2 diverged)"
    assert compare.listed([1.0, np.nan, 3.25], digits=1) == "1.0 · lost · 3.2"
    assert compare.listed([1.0, 2.0]) == "1.00 · 2.00"


def test_differs():
    a = pd.Series([1.0, 2.0, 3.0, 4.0])
    assert compare.differs(a, a + np.array([1.0, 1.1, 0.9, 1.0])) == -1
    assert compare.differs(a + 1, a) == 1 and compare.differs(a, a) == 0
    assert compare.differs(a, a + np.array([3.0, -3.0, 2.0, -1.0])) == 0


def test_two_valued_results_of_the_lessons():
    assert compare.two_valued([44.9, 53.4, 53.5, 45.2, 45.0])  # stuck or not
    assert compare.two_valued([53.6, 53.6, 53.6, 50.1, 53.6])
    assert compare.two_valued([53.6, np.nan, 53.6, 50.1, 53.6])
    assert not compare.two_valued([18.4, 17.9, 18.9, 18.2, 17.7])
    assert not compare.two_valued([54.2, 45.0, 47.7, 46.7, 41.5])
    assert not compare.two_valued([10.0, 10.0, 10.0, 10.1])  # a gap of one per cent
    assert not compare.two_valued([1.0, 1.0, 9.0]) and not compare.two_valued([])
    assert not compare.two_valued([7.0] * 5)
    assert compare.two_valued([10.0, 11.0, 16.5, 17.5])  # a gap of 5.5 times the spread
    assert not compare.two_valued([10.0, 11.0, 15.5, 16.5])


def test_two_valued_seldom_sees_two_groups_in_one():
    draws = np.random.default_rng(0).normal(10, 2, (4_000, 5))
    share = np.mean([compare.two_valued(draw) for draw in draws])
    assert 0.005 < share < 0.03


def test_holm():
    given = pd.Series({"a": 0.04, "b": 0.01, "c": 0.03, "d": 0.9})
    assert compare.holm(given).to_dict() == pytest.approx(
        {"a": 0.09, "b": 0.04, "c": 0.09, "d": 0.9}
    )
    assert compare.holm([0.8, 0.9]).tolist() == [1, 1]
    with_gap = compare.holm(pd.Series({"a": 0.01, "b": np.nan, "c": 0.02}))
    assert with_gap["a"] == pytest.approx(0.03) and with_gap["c"] == pytest.approx(0.04)
    assert np.isnan(with_gap["b"]) and compare.holm([]).empty


def test_holm_keeps_its_promise():
    """True "no differences": any is rejected in about 5 % of tables, uncorrected in many more."""
    draws = stats.uniform(0, 1).rvs((2_000, 8), random_state=0)
    rejected = np.mean([compare.holm(p).min() < 0.05 for p in draws])
    assert 0.035 < rejected < 0.065 < np.mean(draws.min(axis=1) < 0.05)


def spread_around(mean, scale=1.0):
    """Five numbers with this mean, spread evenly: no two groups."""
    return mean + scale * np.array([-1.0, -0.5, 0.0, 0.5, 1.0])


def test_verdicts():
    base = np.array([10.0, 12.0, 11.0, 13.0, 9.0])
    final = final_of(
        Adam=base,
        worse=base + spread_around(5),
        better=base + spread_around(-5),
        level=base + spread_around(0.2),
        perhaps=base + spread_around(1.1),
    )
    seen = compare.verdicts(final, "Adam")
    assert list(seen.index) == ["worse", "better", "level", "perhaps"]
    assert seen["verdict"].to_dict() == {"worse": 1, "better": -1, "level": 0, "perhaps": 0}
    for method in seen.index:
        assert seen["p"][method] == pytest.approx(stats.ttest_rel(final[method], base).pvalue)
    pd.testing.assert_series_equal(seen["corrected"], compare.holm(seen["p"]), check_names=False)
    assert seen["p"]["perhaps"] < 0.05 < seen["corrected"]["perhaps"]
    assert seen["sentence"].to_dict() == {
        "worse": "higher by 5.00 ± 0.98",
        "better": "lower by 5.00 ± 0.98",
        "level": "not shown: ± 0.98",
        "perhaps": "suggestive: higher by 1.10 ± 0.98",
    }


def test_verdicts_where_runs_were_lost_or_are_two_valued_or_equal():
    base = np.array([10.0, 12.0, 11.0, 13.0, 9.0])
    final = final_of(
        Adam=base,
        lost=np.full(5, np.nan),
        one=[9.0, *[np.nan] * 4],
        stuck=base + np.array([0.0, 8.0, 0.1, 8.1, 0.2]),
        same=base,
    )
    seen = compare.verdicts(final, "Adam")
    assert (seen["verdict"] == 0).all()
    assert seen["sentence"].to_dict() == {
        "lost": "not shown: too few runs",
        "one": "not shown: too few runs",
        "stuck": "two-valued: 0.00 · 8.00 · 0.10 · 8.10 · 0.20",
        "same": "not shown: ± 0.00",
    }
    assert seen["p"]["same"] == 1 and seen.loc["stuck", ["mean", "half", "p"]].isna().all()
    assert compare.verdicts(final_of(a=base, b=base + 2), "a")["verdict"]["b"] == 1


def test_differences_near_zero_are_not_two_valued_beside_the_errors_they_come_from():
    adam = pd.Series([7.95, 7.78, 7.81, 7.70, 7.92])
    gap = np.array([-0.07, 0.16, -0.11, -0.07, -0.08])  # AdamW's, in lesson 06
    assert compare.two_valued(gap) and not compare.two_valued(gap, size=7.95)
    seen = compare.verdicts(final_of(Adam=adam, AdamW=adam + gap), "Adam")
    assert seen["sentence"]["AdamW"] == "not shown: ± 0.14"
    stuck = adam + np.array([0, 45, 0.1, 45.2, 0])
    assert "two-valued" in compare.verdicts(final_of(a=adam, b=stuck), "a")["sentence"]["b"]


def test_two_runs_are_enough_for_a_verdict():
    final = final_of(a=[1.0, 2.0], b=[2.0, 3.5])
    expected = stats.ttest_rel(final["b"], final["a"]).pvalue
    assert compare.verdicts(final, "a")["p"]["b"] == pytest.approx(expected)
    assert compare.table(final, "a")["sq.err/image"]["a"] == "1.50 ± 6.35"


def test_verdicts_refuse_a_table_without_a_rival():
    for final in (final_of(Adam=[1.0, 2.0]), final_of(SGD=[1.0, 2.0], Lion=[2.0, 3.0])):
        with pytest.raises(CourseError, match="Adam"):
            compare.verdicts(final, "Adam")


def test_by_seed_refuses_in_one_sentence():
    table = runs_of({("m", 1): 5, ("m", 2): 6})
    with pytest.raises(CourseError, match="'m' ran twice"):
        compare.by_seed(table, "val_sq_err")
    with pytest.raises(CourseError, match="'score'"):
        compare.by_seed(table, "score")


def test_by_seed_leaves_out_a_run_that_was_cut_off():
    table = runs_of({("m", 1): (5, 900), ("k", 1): 6})
    table["interrupted"] = (table["method"] == "m") & (table["seed"] == 1)
    found = compare.by_seed(table, "val_sq_err")
    assert found["m"][0] == 5 and np.isnan(found["m"][1]) and found["k"].tolist() == [6, 6]


def test_table_sorts_lists_and_judges():
    base = np.array([10.0, 12.0, 11.0, 13.0, 9.0])
    stuck = [45.0, 53.4, 53.5, 45.2, 45.1]
    final = final_of(stuck=stuck, Adam=base, SGD=base + spread_around(5), lost=[np.nan] * 5)
    seen = compare.table(final, "Adam", unit="error", digits=1)
    assert list(seen.index) == ["Adam", "SGD", "stuck", "lost"]
    assert list(seen.columns) == ["error", "against Adam"]
    assert seen["error"].to_dict() == {
        "Adam": "11.0 ± 2.0",
        "SGD": "16.0 ± 2.1",
        "stuck": "45.0 · 53.4 · 53.5 · 45.2 · 45.1",
        "lost": "– (5 of 5 diverged)",
    }
    assert seen["against Adam"]["Adam"] == "–"
    assert seen["against Adam"]["SGD"] == "higher by 5.0 ± 1.0"


# --- the forest plot -----------------------------------------------------------------------------


def test_forest_draws_every_run_the_interval_and_the_verdict():
    base = np.array([10.0, 12.0, 11.0, 13.0, 9.0])
    final = final_of(
        Adam=base,
        worse=base + spread_around(5),
        level=base + spread_around(0.2),
        stuck=base + np.array([0.0, 8.0, 0.1, 8.1, 0.2]),
        lost=[np.nan] * 5,
    )
    fig, ax = plt.subplots()
    compare.forest(final, "Adam", title="The finding", ax=ax)
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels == ["level", "stuck", "worse", "lost"] and ax.yaxis_inverted()
    assert list(ax.lines[0].get_xdata()) == [0, 0]
    assert ax.get_title(loc="left") == "The finding"
    assert ax.get_xlabel() == "sq.err/image minus that of Adam"
    bars = {labels[round(b.lines[0].get_ydata()[0])]: b for b in ax.containers}
    assert set(bars) == {"worse", "level"}  # nothing is averaged that is two-valued or lost
    assert bars["worse"].lines[0].get_markerfacecolor() == show.COLOURS[0]
    assert bars["level"].lines[0].get_markerfacecolor() == "white"
    assert bars["worse"].lines[0].get_xdata() == pytest.approx([5.0])
    low, high = bars["worse"].lines[2][0].get_segments()[0][:, 0]
    assert (high - low) / 2 == pytest.approx(compare.interval(spread_around(5))[1])
    dots = [line for line in ax.lines if len(line.get_xdata()) == 5]
    assert len(dots) == 3
    plt.close(fig)


def test_forest_shows_itself_with_a_description(monkeypatch):
    shown = []

    def figure(fig, text):
        plt.close(fig)
        shown.append(text)

    monkeypatch.setattr(show, "figure", figure)
    compare.forest(final_of(a=[1.0, 2.0], b=[2.0, 3.5]), "a", title="b is worse")
    assert shown == ["b is worse: differences from a with 95 % intervals. b."]


# --- runs of which none arrived ------------------------------------------------------------------


def test_arrivals_and_their_summary():
    table = runs_of({("Adam", 1): (5, 7), ("SGD", 1): 30}, epochs=3)
    found = compare.arrivals(table, 7.5, "val_sq_err")
    assert found.loc[("Adam", 0)].tolist() == [10, 0.25]
    assert found.loc[("Adam", 1)].tolist() == [30, 0.75]
    assert found.loc["SGD"].isna().all(axis=None)
    seen = compare.arrived(found)
    assert seen.loc["Adam"].tolist() == ["2 of 2", "20 (10–30)", "0.50 (0.25–0.75)"]
    assert seen.loc["SGD"].tolist() == ["0 of 2", "–", "–"]


@pytest.mark.parametrize("target", [-1.0, np.nan])
def test_none_arrived(target):
    found = compare.arrivals(runs_of({("Adam", 1): 5, ("SGD", 1): 6}), target, "val_sq_err")
    assert found.shape == (4, 2) and found.isna().all(axis=None)
    assert compare.arrived(found)["arrived"].tolist() == ["0 of 2", "0 of 2"]
