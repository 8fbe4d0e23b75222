"""Data sets: real ones where they are available, bundled ones that always work.

>>> mnist = datasets.load("mnist")
>>> mnist.x_train.shape, mnist.source
>>> flowers = datasets.load_folder("flowers17")
"""

from course_utils.datasets.bundled import PHOTOGRAPHS, photograph
from course_utils.datasets.catalogue import ARRAY_SETS, CATALOGUE, FOLDER_SETS
from course_utils.datasets.dataset import ImageDataset, ImageFolder
from course_utils.datasets.folders import load_folder
from course_utils.datasets.pipeline import Augmentation, stream
from course_utils.datasets.sources import expected_source, load

__all__ = [
    "ARRAY_SETS",
    "CATALOGUE",
    "FOLDER_SETS",
    "PHOTOGRAPHS",
    "Augmentation",
    "ImageDataset",
    "ImageFolder",
    "expected_source",
    "load",
    "load_folder",
    "photograph",
    "stream",
]
