"""`load`: find a data set, verify it, and say in one line where it came from."""

import hashlib

import numpy as np

from course_utils import paths
from course_utils.datasets import bundled
from course_utils.datasets.dataset import ImageDataset
from course_utils.validation import one_of

MNIST = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}


def load(name: str) -> ImageDataset:
    """Return the data set ``name``."""
    one_of("name", name, ("mnist", "digits"))
    source, arrays, stand_in = "bundled", None, False
    if name == "digits":
        arrays = bundled.digits()
    else:
        mirror = paths.mirror()
        if mirror and (mirror / "mnist.npz").exists():
            with np.load(mirror / "mnist.npz", allow_pickle=False) as archive:
                arrays = [archive[part] for part in MNIST]
            for part, array in zip(MNIST, arrays, strict=True):
                if hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest() != MNIST[part]:
                    raise ValueError(f"{part} is not MNIST's")
            source = "mirror"
        else:
            arrays, stand_in = bundled.digits_like_mnist(), True
    dataset = ImageDataset(*arrays, tuple("0123456789"), name, source, stand_in, "", "")
    print(dataset)
    return dataset
