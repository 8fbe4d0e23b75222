"""Interactive exhibits: convolution explorer, receptive field, draw-a-digit, sliders over frames, lesson quizzes."""

from course_utils.widgets.drawing import draw_digit
from course_utils.widgets.explorer import ConvolutionExplorer
from course_utils.widgets.pictures import small_grey
from course_utils.widgets.questions import quiz
from course_utils.widgets.receptive import ReceptiveField
from course_utils.widgets.sliders import frames

__all__ = ["ConvolutionExplorer", "ReceptiveField", "draw_digit", "frames", "quiz", "small_grey"]
