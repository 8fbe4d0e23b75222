"""Interactive exhibits: convolution explorer, receptive field, sliders over frames, and the quiz of each lesson."""

from course_utils.widgets.explorer import ConvolutionExplorer
from course_utils.widgets.pictures import small_grey
from course_utils.widgets.questions import quiz
from course_utils.widgets.receptive import ReceptiveField
from course_utils.widgets.sliders import frames

__all__ = ["ConvolutionExplorer", "ReceptiveField", "frames", "quiz", "small_grey"]
