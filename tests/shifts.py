"""Other seeds everywhere: what ``--course=seeds`` does to a lesson to see which claims survive.

The kernel that runs a lesson calls ``shift`` after the set-up cell. From then on every seed that
the lesson hands to ``data.load`` (the split), ``train``, ``sweep`` and ``batch_order`` (weights and
batches) and to Keras is another one, and a claim that fails is written down instead of raised.
Tables show the seeds that the lesson knows.
"""

import functools
import inspect
import json
from collections.abc import Callable
from numbers import Integral

SHIFTS = (1_000, 2_000, 3_000)

claims: list[tuple[str, bool]] = []  # of this kernel: each sentence, and whether it held


def shift(by: int, namespace: dict) -> None:
    """Shift all seeds of this kernel by ``by``, and write claims down.

    namespace: of the notebook, whose names stand for the helpers' functions already.
    """
    import keras

    import helpers

    helpers.data.load = moved(helpers.data.load, by)
    keras.utils.set_random_seed = moved(keras.utils.set_random_seed, by)
    for name, wrap in (("train", moved), ("batch_order", moved), ("sweep", swept)):
        function = wrap(getattr(helpers, name), by)
        setattr(helpers, name, function)
        if name in namespace:
            namespace[name] = function
    helpers.check.claim = written_down(helpers.check.claim)


def other(seed: object, by: int) -> object:
    """Return the seed that stands for this one; what is no seed stays, to be refused."""
    is_seed = isinstance(seed, Integral) and not isinstance(seed, bool) and seed >= 0
    return seed + by if is_seed else seed


def moved(function: Callable, by: int) -> Callable:
    """Return a function whose argument ``seed`` is another one."""
    parameters = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def shifted(*args: object, **named: object) -> object:
        place = parameters.index("seed") if "seed" in parameters else len(args)
        if place < len(args):
            args = (*args[:place], other(args[place], by), *args[place + 1 :])
        else:
            named["seed"] = other(named.get("seed", 0), by)
        return function(*args, **named)

    return shifted


def swept(function: Callable, by: int) -> Callable:
    """Return ``sweep`` with other seeds, whose table shows the lesson's."""

    @functools.wraps(function)
    def shifted(*args: object, seeds: object = (0,), **named: object) -> object:
        given = (
            [other(seed, by) for seed in seeds]
            if isinstance(seeds, list | tuple | range)
            else seeds
        )
        table = function(*args, seeds=given, **named)
        return table.assign(seed=table["seed"] - by) if "seed" in table else table

    return shifted


def written_down(claim: Callable) -> Callable:
    """Return ``check.claim`` that writes down what held instead of raising."""
    from helpers.errors import ClaimError

    @functools.wraps(claim)
    def noted(sentence: str, condition: object, **named: object) -> None:
        try:
            claim(sentence, condition, **named)
        except ClaimError as error:
            print(error)
            claims.append((sentence, False))
        else:
            claims.append((sentence, True))

    return noted


def report() -> None:
    """Print the claims of this kernel, for tests/strict.py to read."""
    print(json.dumps(claims))
