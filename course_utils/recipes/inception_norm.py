"""Batch norm in the twin, and the changes of recipe that BN-Inception made with it, one at a time.

arXiv:1502.03167, section 4.2.1: a higher rate, no dropout, no local response normalisation (LRN), better shuffling.
Each is tried without batch norm and with it. Label smoothing (arXiv:1512.00567, section 7) is tried with it, and the
confidence and calibration error on the test images are stored for every run.
"""

from course_utils import datasets
from course_utils.recipes.inception_twin import EXAMPLES, RATES, SEEDS, TESTS, Arm, recipe_of, run_all

HIGH = 0.06  # the greatest rate of `inception_rates`
CHANGES = {
    "": ("", {}),
    " high": (f", rate {HIGH:g}", {"rate": HIGH}),
    " dropout": (", dropout 40 %", {"dropout": 0.4}),
    " lrn": (", LRN", {"lrn": True}),
    " fixed": (", one order for all epochs", {"reshuffled": False}),
}
PLAIN, NORM = {"rate": RATES["reduced"]}, {"rate": RATES["norm"], "batch_norm": True}
ARMS = {f"plain{key}": Arm(f"no batch norm{text}", **PLAIN | parts) for key, (text, parts) in CHANGES.items()}
ARMS |= {f"norm{key}": Arm(f"batch norm{text}", **NORM | parts) for key, (text, parts) in CHANGES.items()}
ARMS["norm smooth"] = Arm("batch norm, smoothed targets", **NORM, smoothing=0.1)


def measure(*, seeds=SEEDS, log=print) -> dict:
    """Train every arm with every seed."""
    whole = datasets.load("cifar10")
    data = whole.subset(train=EXAMPLES, test=TESTS)
    return {
        "question": "What is batch norm worth in a narrow GoogLeNet, and which change of recipe goes with it?",
        **recipe_of(whole),
        "arms": {name: arm._asdict() for name, arm in ARMS.items()},
        "runs": run_all(ARMS, data, seeds=seeds, log=log),
    }
