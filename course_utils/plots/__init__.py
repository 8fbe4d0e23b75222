"""Figures of the course: arrays in, matplotlib Axes out. Knows nothing of models or data sets.

Every function takes ``ax=None`` where it draws on one Axes and returns what it drew on. `show` shows a figure with
the description that a screen reader reads out, `figure` composes one, and every drawing function takes ``alt=`` and
then shows its figure at once. One module a subject; all public names can be taken from here.
"""

from course_utils.plots.anatomy import cost_shares, receptive_growth
from course_utils.plots.architecture import architecture
from course_utils.plots.arithmetic import (
    shift_curves,
    sliding_window,
    sum_of_grids,
    top_patches,
    window_positions,
)
from course_utils.plots.borrowing import answer_columns, moving_parts
from course_utils.plots.comparison import answers, before_after, fold, two_ends, unit_inputs
from course_utils.plots.connectivity import connection_kinds, connections, stacked_fields
from course_utils.plots.evidence import filter_on_channels, map_to_number, shift_bars
from course_utils.plots.family import FAMILIES, Place, family_map
from course_utils.plots.filters import (
    direction_histogram,
    direction_map,
    kernel_pictures,
    signed_maps,
)
from course_utils.plots.images import feature_maps, number_grid, show_image, show_images
from course_utils.plots.kernels import kernels_and_maps, loss_valley, marked_shapes, row_profile, wrong_and_right
from course_utils.plots.mixing import mixed_pixel
from course_utils.plots.showing import figure, show
from course_utils.plots.signals import fate_table, layer_histograms, signal_by_layer
from course_utils.plots.style import COLOURS, DIVERGING, SEQUENTIAL, name_lines, set_theme
from course_utils.plots.trade import reliability
from course_utils.plots.training import confusion_matrix, connection_table, curves, mistakes, spread
from course_utils.plots.travel import layer_maps

__all__ = [
    "COLOURS",
    "DIVERGING",
    "FAMILIES",
    "SEQUENTIAL",
    "Place",
    "answer_columns",
    "answers",
    "architecture",
    "before_after",
    "confusion_matrix",
    "connection_kinds",
    "connection_table",
    "connections",
    "cost_shares",
    "curves",
    "direction_histogram",
    "direction_map",
    "family_map",
    "fate_table",
    "feature_maps",
    "figure",
    "filter_on_channels",
    "fold",
    "kernel_pictures",
    "kernels_and_maps",
    "layer_histograms",
    "layer_maps",
    "loss_valley",
    "map_to_number",
    "marked_shapes",
    "mistakes",
    "mixed_pixel",
    "moving_parts",
    "name_lines",
    "number_grid",
    "receptive_growth",
    "reliability",
    "row_profile",
    "set_theme",
    "shift_bars",
    "shift_curves",
    "show",
    "show_image",
    "show_images",
    "signal_by_layer",
    "signed_maps",
    "sliding_window",
    "spread",
    "stacked_fields",
    "sum_of_grids",
    "top_patches",
    "two_ends",
    "unit_inputs",
    "window_positions",
    "wrong_and_right",
]
