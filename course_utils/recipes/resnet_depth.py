"""Degradation on a laptop: the same networks with and without shortcuts, deeper and deeper, on 8×8 digits.

The networks are the paper's for small images (6n+2 layers, option A) at half their width, the recipe is the paper's
too: batches of 128, momentum 0.9, rate 0.1, here constant. Scikit-learn's 1,797 digits come with the course, so every
reader trains on the same data. Training accuracy decides nothing about the networks' use; it is the question. The test
set is looked at after each epoch to draw the curves, and decides nothing either.

Reference: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, arXiv:1512.03385,
figures 1 and 6.
"""

import time

import keras

from course_utils import training
from course_utils.models import resnet_cifar
from course_utils.recipes.common import Epochs, accuracy, rounded, standardized
from course_utils.recipes.experiment import Experiment, Job
from course_utils.validation import whole_number

DEPTHS = (8, 20, 32, 56)
SEEDS = (0, 1, 2, 3, 4)
WIDTH, RATE, MOMENTUM, BATCH, EPOCHS = 0.5, 0.1, 0.9, 128, 8
# would the plain networks arrive, given time? (depth, with shortcuts): five times the epochs, two seeds
PATIENT, PATIENT_EPOCHS, PATIENT_SEEDS = ((32, False), (56, False), (56, True)), 40, 2
VARIANTS = {"plain": False, "residual": True}


def build(depth: int, *, residual: bool, seed: int) -> keras.Model:
    """Return the network of 6n+2 layers with initial weights drawn from ``seed``."""
    n = whole_number("depth", depth, minimum=8) // 6
    if 6 * n + 2 != depth:
        raise ValueError(f"depth must be 6n+2 (8, 14, 20, …); received {depth!r}.")
    keras.utils.set_random_seed(seed)
    return resnet_cifar(n=n, residual=residual, input_shape=(8, 8, 1), width=WIDTH)


def train(depth: int, data, *, residual: bool, seeds=SEEDS, epochs: int = EPOCHS, progress: bool = True):
    """Train one network once for each seed.

    The network is compiled once and begun anew for each seed: compiling 56 layers takes as long as training them.

    Returns:
        An uncompiled network with the weights that the last seed reached, and one dictionary of plain numbers a seed:
        ``arm, depth, seed, loss, train_accuracy, test_accuracy`` (one an epoch; training values are means over the
        epoch's batches), ``final_train_accuracy`` (after the last epoch, as the network would be used), ``seconds``.

    Raises:
        ValueError: depth is not 6n+2.
    """
    model, runs = None, []
    settings = {"residual": residual, "epochs": epochs, "progress": progress}
    for seed in seeds:
        model, numbers = train_once(depth, data, seed=seed, model=model, **settings)
        runs.append(numbers)
    kept = build(depth, residual=residual, seed=seeds[-1])
    kept.set_weights(model.get_weights())  # the compiled one and all that trained it can go: memory
    return kept, runs


def train_once(depth: int, data, *, residual: bool, seed: int, epochs: int, model=None, progress: bool = True):
    """Train one network with one seed, or a compiled one of the same depth begun anew; see `train`."""
    x, y = standardized(data.x_train, data), data.y_train.astype("int32")
    fresh = build(depth, residual=residual, seed=seed)
    if model is None:
        model = fresh
        training.prepare(model, optimizer=keras.optimizers.SGD(RATE, momentum=MOMENTUM))
    else:
        begin_anew(model, fresh)
    curve = Epochs(standardized(data.x_test, data), data.y_test, transform=None)
    begun = time.perf_counter()
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "progress": progress, "callbacks": [curve]}
    history = training.fit(model, (x, y), **settings).history
    return model, {
        "arm": "residual" if residual else "plain",
        "depth": depth,
        "seed": seed,
        **rounded({"loss": history["loss"], "train_accuracy": history["accuracy"]}),
        **rounded({"test_accuracy": curve.test_accuracy}),
        "final_train_accuracy": round(accuracy(model, x, y, transform=None), 5),
        "seconds": round(time.perf_counter() - begun, 2),
    }


def begin_anew(model, fresh) -> None:
    """Give a compiled model the initial weights of another, and an optimizer that remembers nothing."""
    model.set_weights(fresh.get_weights())
    for variable in model.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    model.optimizer.learning_rate = RATE


def plan(names, seeds) -> list[Job]:
    """Plan every depth with all seeds, one after the other: they share a compiled network; then the patient ones."""
    jobs = [(depth, name, tuple(seeds), EPOCHS) for depth in DEPTHS for name in names]
    patient = [(depth, "residual" if residual else "plain") for depth, residual in PATIENT]
    jobs += [(depth, name, tuple(seeds)[:PATIENT_SEEDS], PATIENT_EPOCHS) for depth, name in patient if name in names]
    return [Job(name, s, {"depth": depth, "epochs": epochs}) for depth, name, some, epochs in jobs for s in some]


def _train(name: str, data, *, seed: int, depth: int, epochs: int, shared: dict):
    model, numbers = train_once(
        depth, data, residual=VARIANTS[name], seed=seed, epochs=epochs, model=shared.get("model")
    )
    shared["model"] = model
    return numbers


EXPERIMENT = Experiment(
    name="resnet_depth",
    question="Do deeper plain networks fit the training data worse, and do shortcuts fix it?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="digits",
    train=_train,
    recipe={"width": WIDTH, "rate": RATE, "momentum": MOMENTUM, "batch_size": BATCH, "epochs": EPOCHS},
    plan=plan,
    shared=lambda data, job: {},
    shared_by=lambda job: (job.variant, *job.options.values()),
)
