"""Support package of the course: model builders, data sets, plots, checks and interactive exhibits.

Importing the package loads neither TensorFlow nor Keras: lessons 01 and 02 need neither.
Import the package you need, for instance ``from course_utils import convolution, plots``.
"""

__version__ = "0.1.0"
