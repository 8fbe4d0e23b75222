"""Interactive exhibits: the convolution explorer, and the quiz at the end of each lesson."""

from course_utils.widgets.explorer import ConvolutionExplorer
from course_utils.widgets.pictures import small_grey
from course_utils.widgets.questions import quiz

__all__ = ["ConvolutionExplorer", "quiz", "small_grey"]
