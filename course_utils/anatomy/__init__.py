"""The layer table of any Keras model: shapes, parameters, multiply-adds, receptive fields, activation memory."""

from course_utils.anatomy.describe import Anatomy, describe
from course_utils.anatomy.trace import Row

__all__ = ["Anatomy", "Row", "describe"]
