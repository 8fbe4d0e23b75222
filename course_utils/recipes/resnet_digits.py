"""Plain against residual networks of 20 and 32 layers on 8×8 digits, each at a rate of its own: a race to repeat.

The networks of `resnet_race`, in a minute: scikit-learn's digits come with the course. Twelve epochs in one cycle of
the rate, whose greatest value is chosen for each network on 300 held-out digits, from a grid in whose inside it lies,
by one training a rate. Two rates are as good as level there for plain-32, so it is run at the other one as well.
"""

from course_utils.recipes.common import Parts, fit_one_cycle, standardized
from course_utils.recipes.experiment import Experiment, Job, Sweep, seed_by_seed
from course_utils.recipes.resnet_depth import build
from course_utils.recipes.resnet_race import Network, sgd
from course_utils.recipes.results import accepted

EPOCHS, BATCH, HELD = 12, 128, 300
OTHERS_RATE = 0.1  # of plain-32: that of the other three networks
VARIANTS = {
    "plain-20": Network(20, False),
    "residual-20": Network(20, True),
    "plain-32": Network(32, False),
    "residual-32": Network(32, True),
}


def parts(data) -> Parts:
    """Return digits as float32 (N, 8, 8, 1) of mean 0 and deviation 1, `HELD` of the training digits for validation."""
    few, held = data.split(HELD)
    pairs = (few, held, (data.x_test, data.y_test))
    return Parts(*((standardized(images, data), labels.astype("int32")) for images, labels in pairs))


def train(variant: str, data: Parts, *, seed: int, rate: float, epochs: int = EPOCHS, progress: bool = True):
    """Train a network with one seed; return the model and its numbers, see `common.fit_one_cycle`.

    Args:
        variant: of `VARIANTS`.
        data: what `parts` makes.
        seed: of the initial weights and shuffling.
        rate: greatest learning rate.
        epochs: how often each training digit is seen.
        progress: show a bar.
    """
    network = VARIANTS[accepted("variant", variant, VARIANTS)]
    model = build(network.depth, residual=network.residual, seed=seed)
    settings = {"rate": rate, "epochs": epochs, "seed": seed, "batch_size": BATCH, "optimizer": sgd}
    return model, fit_one_cycle(model, data, mirror=False, transform=None, progress=progress, **settings)


def plan(variants, seeds) -> list[Job]:
    """Plan every network with every seed, then plain-32 at the rate of the others."""
    second = [Job("plain-32", seed, {"rate": OTHERS_RATE}) for seed in seeds if "plain-32" in variants]
    return [*seed_by_seed(variants, seeds), *second]


EXPERIMENT = Experiment(
    name="resnet_digits",
    question="Do deeper plain networks fit digits worse when every network has a rate of its own?",
    variants=VARIANTS,
    seeds=(0, 1, 2, 3, 4),
    train=train,
    dataset="digits",
    prepare=parts,
    recipe={"epochs": EPOCHS, "batch_size": BATCH, "held": HELD},
    plan=plan,
    sweep=Sweep(values=(0.03, 0.1, 0.3), widen=2),
)
