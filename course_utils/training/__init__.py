"""Training that can be trusted: best weights by a validation split, resume after an interruption, honest timing.

`fit` trains a compiled Keras model on arrays; `prepare` compiles one with the settings that are fast on this machine;
`one_cycle` is the learning-rate schedule of the course; `ShuffledBatches` feeds Keras's own `fit`; `several_devices`
trains on several GPUs or machines. Nothing a training shows on its way stays in a stored notebook.
"""

from course_utils.training.devices import several_devices
from course_utils.training.fitting import Result, fit
from course_utils.training.setup import OneCycle, one_cycle, prepare
from course_utils.training.shuffled import ShuffledBatches

__all__ = ["OneCycle", "Result", "ShuffledBatches", "fit", "one_cycle", "prepare", "several_devices"]
