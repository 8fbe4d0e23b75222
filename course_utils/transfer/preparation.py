"""What a network's pixels must look like, as a pure function of arrays and as a layer; both compute the same."""

import keras
import numpy as np
from keras import ops

from course_utils.validation import one_of

IMAGENET_BGR_MEAN = (103.939, 116.779, 123.68)  # blue, green, red: mean of the training images of VGG and ResNet
MODES = {
    "bgr_minus_mean": "channels in the order blue, green, red, minus their ImageNet means: −123.68 to 151.061",
    "minus_one_to_one": "x / 127.5 − 1: −1 to 1",
}


@keras.saving.register_keras_serializable(package="course_utils")
class Preparation(keras.layers.Layer):
    """Turn RGB pixels from 0 to 255 into what a family of networks was trained on.

    As a layer it stands inside a model, where it cannot be forgotten or applied twice; as ``of_array`` it takes
    and returns NumPy arrays and leaves what it is given alone, unlike ``keras.applications``'s functions, which
    change a float array in place.

    Args:
        mode: ``"bgr_minus_mean"`` (VGG, ResNet-50) or ``"minus_one_to_one"`` (Inception, MobileNet, our ResNet-20).

    Raises:
        ValueError: unknown mode.

    Example:
        >>> Preparation("minus_one_to_one").of_array(np.array([[[[0, 255, 51]]]]))
        array([[[[-1. ,  1. , -0.6]]]], dtype=float32)
    """

    def __init__(self, mode: str, **kwargs):
        """Keep the mode."""
        super().__init__(trainable=False, **kwargs)
        self.mode = one_of("mode", mode, MODES)

    def call(self, images):
        """(N, H, W, 3) → (N, H, W, 3)."""
        images = ops.cast(images, self.compute_dtype)
        if self.mode == "minus_one_to_one":
            return images / 127.5 - 1.0
        return ops.flip(images, axis=-1) - ops.convert_to_tensor(IMAGENET_BGR_MEAN, self.compute_dtype)

    def of_array(self, images) -> np.ndarray:
        """Return a new float32 array; the same numbers as the layer gives."""
        images = np.asarray(images)
        if images.shape[-1:] != (3,):
            raise ValueError(f"images must have three channels in the last axis; received shape {images.shape}.")
        if self.mode == "minus_one_to_one":
            prepared = np.divide(images, 127.5, dtype="float32")
            prepared -= 1.0
            return prepared
        return np.subtract(images[..., ::-1], np.array(IMAGENET_BGR_MEAN, "float32"), dtype="float32")

    def get_config(self) -> dict:
        """Return what is needed to build the layer again."""
        config = super().get_config()
        config.pop("trainable")
        return {**config, "mode": self.mode}
