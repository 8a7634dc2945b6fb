"""How fast is ``helpers.train``? ``python -m bench.train_speed [rounds]``, on a quiet machine.

Three autoencoders (a small dense one, the network of 2006, a convolutional one), trained by
``train``, by Keras's ``fit`` as it comes and with the best of its own switches, by PyTorch, by
``torch.compile`` and by JAX; and, for the dense ones, their multiply-adds alone, which no training
here can beat. Seconds an epoch: medians of processes that take turns. Building, copying and handing
over count for ``train``, compiling counts for nobody. PyTorch and JAX are no part of the course;
what is not installed is left out. Last, ``train`` with and without XLA: the measurements behind
``suits_xla`` in helpers/training/loop.py.
"""

import os
import sys
from importlib.util import find_spec

from bench.models import CASES
from bench.rivals import CHOICES, NEEDS, SWITCHES, WAYS
from bench.turns import in_turns, middle, ranged

ROUNDS = 5


def installed(case: str) -> list[str]:
    """The ways that can be measured here."""
    missing = [way for way, module in NEEDS.items() if find_spec(module) is None]
    if CASES[case].convolutional:
        missing.append("products alone")
    return [way for way in WAYS if way not in missing]


def best_switches(case: str) -> str:
    """The switches of ``fit`` that cost least here: one try each, the best three tried again."""
    once = in_turns(case, list(SWITCHES), 1)
    first = sorted(once, key=lambda way: middle(once[way], "wall"))[:3]
    again = in_turns(case, first, 2)
    return min(first, key=lambda way: middle(once[way] + again[way], "wall"))


def table(case: str, rounds: int) -> None:
    """Measure all ways on one model and print them, the fastest first."""
    what = CASES[case]
    print(f"\n{what.title}; seconds an epoch of {what.steps} steps")
    best = best_switches(case)
    names = {way: way for way in installed(case)} | {best: f"fit, {best}"}
    found = in_turns(case, list(names), rounds)
    train = middle(found["train"], "wall"), middle(found["train"], "cpu")
    print(f"{'':58} {'wall':>23} {'processor':>23}  {'/ train':>11}   loss")
    for way in sorted(found, key=lambda way: middle(found[way], "wall")):
        each = found[way]
        over = f"{middle(each, 'wall') / train[0]:.2f}, {middle(each, 'cpu') / train[1]:.2f}"
        cells = f"{ranged(each, 'wall'):>23} {ranged(each, 'cpu'):>23}  {over:>11}"
        loss = middle(each, "loss")
        print(f"{names[way]:58} {cells}   {'' if loss != loss else f'{loss:.3f}'}")
    if "products alone" in found:
        limit = middle(found["products alone"], "wall") / train[0]
        print(f"`train` reaches {limit:.0%} of what the multiply-adds alone allow.")


def choices(rounds: int) -> None:
    print("\n`train` with and without XLA, seconds an epoch by the wall")
    for case, what in CASES.items():
        found = in_turns(case, list(CHOICES), rounds)
        print(
            f"{what.title:58} " + "   ".join(f"{k}: {ranged(v, 'wall')}" for k, v in found.items())
        )


def main(rounds: int) -> None:
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}; medians of {rounds} rounds (least – greatest)")
    for module in sorted({module for module in NEEDS.values() if find_spec(module) is None}):
        print(f"{module} is not installed: left out.")
    for case in CASES:
        table(case, rounds)
    choices(rounds)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")
    if os.getloadavg()[0] > 1.5 * os.cpu_count():
        print("Something else was running: these numbers mean little.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
