"""The changes of recipe that BN-Inception made with batch norm, one at a time, without batch norm and with it.

arXiv:1502.03167, section 4.2.1: a higher rate, no dropout, no local response normalisation (LRN), better shuffling.
Label smoothing (arXiv:1512.00567, section 7) is tried with batch norm; confidence and calibration error on the test
images are stored for every run. The twins without a change are "reduced" and "reduced norm" of `inception_twin`.
"""

from course_utils import datasets
from course_utils.recipes.inception_twin import EXAMPLES, RATES, SEEDS, TESTS, Arm, recipe_of, run_all

HIGH = 0.06  # the greatest rate of `inception_rates`
CHANGES = {
    "high": (f"rate {HIGH:g}", {"rate": HIGH}),
    "dropout": ("dropout 40 %", {"dropout": 0.4}),
    "lrn": ("LRN in the stem", {"lrn": True}),
    "fixed": ("one order for all epochs", {"reshuffled": False}),
    "smooth": ("smoothed targets", {"smoothing": 0.1}),
}
PLAIN, NORM = {"rate": RATES["reduced"]}, {"rate": RATES["norm"], "batch_norm": True}
ARMS = {f"plain {key}": Arm(CHANGES[key][0], **PLAIN | CHANGES[key][1]) for key in ("high", "dropout", "lrn")}
ARMS |= {f"norm {key}": Arm(f"batch norm, {text}", **NORM | parts) for key, (text, parts) in CHANGES.items()}


def measure(*, seeds=SEEDS, log=print) -> dict:
    """Train every arm with every seed."""
    whole = datasets.load("cifar10")
    data = whole.subset(train=EXAMPLES, test=TESTS)
    return {
        "question": "Which change of recipe goes with batch norm in a narrow GoogLeNet, and which without?",
        **recipe_of(whole),
        "arms": {name: arm._asdict() for name, arm in ARMS.items()},
        "runs": run_all(ARMS, data, seeds=seeds, log=log),
    }
