"""Training that can be trusted: best weights by a validation split, resume after an interruption, honest timing.

`fit` trains a compiled Keras model on arrays; `prepare` compiles one with the settings that are fast on this machine;
`one_cycle` is the learning-rate schedule of the course. Nothing a training shows on its way stays in a stored notebook.
"""

from course_utils.training.fitting import Result, fit
from course_utils.training.setup import OneCycle, one_cycle, prepare, several_devices

__all__ = ["OneCycle", "Result", "fit", "one_cycle", "prepare", "several_devices"]
