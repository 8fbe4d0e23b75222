"""Standing on what others trained: backbones with compared weights, features cached on disk, new heads, fine-tuning.

>>> base = transfer.best_backbone()
>>> features = transfer.features(base, images)  # (N, C); from disk the second time
>>> model = transfer.classifier(base, classes=2)
"""

from course_utils.transfer.backbones import Backbone, Preprocessing, backbone, best_backbone
from course_utils.transfer.classifiers import augmentation, base_of, classifier, frozen_copy, unfreeze
from course_utils.transfer.extraction import features
from course_utils.transfer.practice import Practice, practice
from course_utils.transfer.shipped import PRETRAINED, card, load_pretrained, weights_path, with_preprocessing
from course_utils.transfer.weights import BACKBONES, WeightsUnavailable

__all__ = [
    "BACKBONES",
    "PRETRAINED",
    "Backbone",
    "Practice",
    "Preprocessing",
    "WeightsUnavailable",
    "augmentation",
    "backbone",
    "base_of",
    "best_backbone",
    "card",
    "classifier",
    "features",
    "frozen_copy",
    "load_pretrained",
    "practice",
    "unfreeze",
    "weights_path",
    "with_preprocessing",
]
