"""Interactive exhibits: the convolution explorer, the receptive field, and the quiz at the end of each lesson."""

from course_utils.widgets.explorer import ConvolutionExplorer
from course_utils.widgets.pictures import small_grey
from course_utils.widgets.questions import quiz
from course_utils.widgets.receptive import ReceptiveField

__all__ = ["ConvolutionExplorer", "ReceptiveField", "quiz", "small_grey"]
