"""The ways to train that the benchmark compares, each as a user of that library would write it.

A way is a function of a case and its images that prepares everything and returns ``run``: it
trains for so many epochs (Adam, binary cross-entropy, a new order in every epoch) and returns the
last one's mean loss. ``run`` is called twice: the first call may compile, the second counts.
"""

from itertools import pairwise

import numpy as np

from bench.models import BATCH, Case
from helpers import train
from helpers.training import loop

LOSS = "binary_crossentropy"


def by_train(case: Case, x: np.ndarray):
    """``helpers.train``, whole: building, copying and handing over count."""
    how = {"loss": LOSS, "batch_size": BATCH}
    return lambda epochs: train(case.build, x, epochs=epochs, **how).history["loss"].iloc[-1]


def by_train_with(xla: bool):
    """The same, with XLA or with the plain graph, whatever ``train`` would choose."""

    def way(case: Case, x: np.ndarray):
        loop.suits_xla = lambda model: xla
        return by_train(case, x)

    return way


def by_fit(jit: bool | str = "auto", at_once: int = 1, dataset: bool = False):
    """Keras's ``fit``: as it comes, or with the switches it has.

    jit: ``jit_compile``. at_once: ``steps_per_execution``. dataset: batches from a ``tf.data`` set
    that holds the images in memory, instead of an array.
    """

    def way(case: Case, x: np.ndarray):
        model = case.build()
        model.compile("adam", loss=LOSS, jit_compile=jit, steps_per_execution=at_once)
        given = (_dataset(x),) if dataset else (x, x)
        how = {"verbose": 0} | ({} if dataset else {"batch_size": BATCH})
        return lambda epochs: model.fit(*given, epochs=epochs, **how).history["loss"][-1]

    return way


def _dataset(x: np.ndarray):
    """Batches in a new order every epoch: whole batches are gathered, not image by image."""
    import tensorflow as tf

    images = tf.constant(x)

    def pair(chosen):
        batch = tf.gather(images, chosen)
        return batch, batch

    order = tf.data.Dataset.range(len(x)).shuffle(len(x), reshuffle_each_iteration=True)
    return order.batch(BATCH, drop_remainder=True).map(pair).prefetch(tf.data.AUTOTUNE)


def by_torch(compiled: bool):
    """PyTorch: eager with its own Adam, or ``torch.compile`` and the fused Adam."""

    def way(case: Case, x: np.ndarray):
        import torch
        from torch import nn

        torch.manual_seed(0)
        if case.convolutional:
            x = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
        model, images = _torch_model(case, nn), torch.from_numpy(x)
        adam = torch.optim.Adam(model.parameters(), fused=compiled)

        def loss_of(batch):
            return nn.functional.binary_cross_entropy_with_logits(model(batch), batch)

        loss_of = torch.compile(loss_of) if compiled else loss_of

        def run(epochs: int) -> float:
            for _ in range(epochs):
                total = torch.zeros(())
                for chosen in torch.randperm(len(images)).split(BATCH):
                    adam.zero_grad()
                    loss = loss_of(images[chosen])
                    loss.backward()
                    adam.step()
                    total += loss.detach()
            return float(total) / case.steps

        return run

    return way


def _torch_model(case: Case, nn):
    acts = {"relu": [nn.ReLU()], "sigmoid": [nn.Sigmoid()], "linear": []}
    if not case.convolutional:
        pairs = zip(pairwise(case.widths), [*case.activations, "linear"], strict=True)
        return nn.Sequential(*[part for ab, act in pairs for part in (nn.Linear(*ab), *acts[act])])
    down, up = [1, *case.units], [*case.units[::-1], 1]
    parts = []
    for a, b in pairwise(down):
        parts += [nn.Conv2d(a, b, 3, stride=2, padding=1), *acts[case.act]]
    for a, b in pairwise(up):
        how = {"stride": 2, "padding": 1, "output_padding": 1}
        parts += [nn.ConvTranspose2d(a, b, 3, **how), *acts[case.act]]
    return nn.Sequential(*parts[:-1])


def by_jax(case: Case, x: np.ndarray):
    """JAX: one compiled ``scan`` over the steps of an epoch, Adam written out."""
    import jax
    import jax.numpy as jnp

    forward, shapes = _jax_model(case, jax)
    rng = np.random.default_rng(0)
    weights = [
        (
            rng.normal(0, np.sqrt(2 / (np.prod(s[:-1]) + s[-1])), s).astype("float32"),
            np.zeros(s[-1], "float32"),
        )
        for s in shapes
    ]
    zeros = jax.tree.map(np.zeros_like, weights)
    images = jnp.asarray(x)

    def loss_of(weights, batch):
        z = forward(weights, batch)
        return jnp.mean(jnp.maximum(z, 0) - z * batch + jnp.log1p(jnp.exp(-jnp.abs(z))))

    def step(state, chosen):
        t, weights, m, v = state
        loss, g = jax.value_and_grad(loss_of)(weights, images[chosen])
        t = t + 1
        m = jax.tree.map(lambda m, g: m + 0.1 * (g - m), m, g)
        v = jax.tree.map(lambda v, g: v + 0.001 * (g * g - v), v, g)
        rate = 0.001 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), weights, m, v)
        return (t, weights, m, v), loss

    epoch = jax.jit(lambda state, order: jax.lax.scan(step, state, order), donate_argnums=0)
    state = [jax.tree.map(jnp.array, (np.float32(0), weights, zeros, zeros))]

    def run(epochs: int) -> float:
        for _ in range(epochs):
            order = rng.permutation(len(x)).astype("int32").reshape(-1, BATCH)
            state[0], losses = epoch(state[0], order)
        return float(losses.mean())

    return run


def _jax_model(case: Case, jax):
    """(a function of weights and a batch that returns logits, the shapes of the kernels)."""
    acts = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "linear": lambda x: x}
    if not case.convolutional:
        names = [*case.activations, "linear"]

        def dense(weights, x):
            for (w, b), act in zip(weights, names, strict=True):
                x = acts[act](x @ w + b)
            return x

        return dense, list(pairwise(case.widths))
    down, up = [1, *case.units], [*case.units[::-1], 1]
    kernels = [(3, 3, a, b) for a, b in [*pairwise(down), *pairwise(up)]]
    how = {"strides": (2, 2), "padding": "SAME"}
    layout = ("NHWC", "HWIO", "NHWC")

    def convolutions(weights, x):
        for i, (w, b) in enumerate(weights):
            if i < len(case.units):
                x = jax.lax.conv_general_dilated(x, w, (2, 2), "SAME", dimension_numbers=layout)
            else:
                x = jax.lax.conv_transpose(x, w, dimension_numbers=layout, **how)
            x = x + b if i == len(weights) - 1 else acts[case.act](x + b)
        return x

    return convolutions, kernels


def by_products(case: Case, x: np.ndarray, side: int = 1_024):
    """No training: the multiply-adds of a dense model alone, as large matrix products.

    Forward, towards the weights and (but for the first layer) towards the inputs: three products.
    """
    pairs = [a * b for a, b in pairwise(case.widths)]
    an_epoch = len(x) * (3 * sum(pairs) - pairs[0])
    a, b = np.ones((2, side, side), "float32")

    def run(epochs: int) -> float:
        for _ in range(round(epochs * an_epoch / side**3)):
            a @ b
        return np.nan

    return run


SWITCHES = {  # of `fit`; the benchmark tries them all on each model and takes the best
    f"jit_compile={jit}, steps_per_execution={k}{', tf.data' * d}": by_fit(jit, k, bool(d))
    for jit in (True, False)
    for k in (8, 32)
    for d in (0, 1)
}
WAYS = {
    "train": by_train,
    "fit": by_fit(),
    "PyTorch": by_torch(compiled=False),
    "torch.compile": by_torch(compiled=True),
    "JAX scan": by_jax,
    "products alone": by_products,
}
CHOICES = {"train, XLA": by_train_with(xla=True), "train, graph": by_train_with(xla=False)}
NEEDS = {"PyTorch": "torch", "torch.compile": "torch", "JAX scan": "jax"}
