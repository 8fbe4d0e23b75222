"""The changes of recipe that BN-Inception made with batch norm, one at a time.

arXiv:1502.03167, section 4.2.1: no dropout, no local response normalisation (LRN), better shuffling; the higher rate
is measured by `inception_rates`. Label smoothing (arXiv:1512.00567, section 7) is tried with batch norm; confidence
and calibration error on the test images are stored for every run. The twins without a change are "reduced" and
"reduced norm" of `inception_twin`.
"""

from course_utils.recipes import inception_twin
from course_utils.recipes.experiment import Experiment

PLAIN, NORM = inception_twin.ARMS["reduced"], inception_twin.ARMS["reduced norm"]
ARMS = {
    "plain dropout": PLAIN._replace(label="dropout 40 %", dropout=0.4),
    "plain lrn": PLAIN._replace(label="LRN in the stem", lrn=True),
    "norm dropout": NORM._replace(label="batch norm, dropout 40 %", dropout=0.4),
    "norm fixed": NORM._replace(label="batch norm, one order", reshuffled=False),
    "norm smooth": NORM._replace(label="batch norm, smoothed targets", smoothing=0.1),
}


EXPERIMENT = Experiment(
    name="inception_norm",
    question="Which change of recipe goes with batch norm in a narrow GoogLeNet, and which without?",
    variants=ARMS,
    seeds=inception_twin.SEEDS,
    dataset="cifar10",
    prepare=inception_twin.few,
    train=lambda name, data, *, seed: inception_twin.train_arm(ARMS[name], data, seed=seed),
    recipe=inception_twin.RECIPE,
)
