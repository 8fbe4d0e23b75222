"""Data sets: real ones when they can be had, bundled ones that always work.

>>> mnist = datasets.load("mnist")
>>> mnist.x_train.shape, mnist.source
"""

from course_utils.datasets.bundled import PHOTOGRAPHS, photograph
from course_utils.datasets.dataset import ImageDataset
from course_utils.datasets.sources import load

__all__ = ["PHOTOGRAPHS", "ImageDataset", "load", "photograph"]
