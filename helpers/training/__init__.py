"""Build, seed and fit a Keras model in one fast, repeatable call.

``train`` does what ``model.compile`` and ``model.fit`` do, with Keras's own ``train_step``, loss,
optimizer and metrics; lesson 00 shows the two side by side. What it adds: the same call always
gives the same numbers, the images live in memory as one tensor, a whole stretch of steps is one
compiled call, and a diverged or interrupted run still hands back what there is. ``sweep`` does
many such runs and returns one table.

The files, each building on those before it: ``settings`` (what a run is told), ``optimizers``
(copies of them), ``refuse`` (what cannot be trained), ``loop`` (the compiled steps), ``reuse``
(what runs share), ``run`` (one run), ``sweeps`` (many), ``remote`` (many, on other processes).
"""

from helpers.training.remote import workers
from helpers.training.run import Run, batch_order, train
from helpers.training.sweeps import sweep

__all__ = ["Run", "batch_order", "sweep", "train", "workers"]
