"""The loss on a plane through the weights of a trained network.

Each kernel's part of a direction is scaled, filter by filter, to the length of the kernel's own filters; or else
networks with larger weights would look flatter. Batch norm's γ and β stay where they are, and the images are
normalised by their own means and variances: stored ones would not fit the moved weights.

Reference: H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, "Visualizing the loss landscape of neural nets", 2017,
arXiv:1712.09913, section 4.
"""

import numpy as np


def direction(model, rng) -> list[np.ndarray]:
    """Return one random array for each weight: each filter as long as the model's, 0 where it is no kernel."""
    parts = []
    for weight in model.weights:
        kernel = np.asarray(weight)
        if not weight.path.endswith("kernel"):
            parts.append(np.zeros_like(kernel))
            continue
        random, axes = rng.normal(size=kernel.shape), tuple(range(kernel.ndim - 1))
        scale = np.sqrt((kernel**2).sum(axes) / (random**2).sum(axes))
        parts.append((random * scale).astype("float32"))
    return parts


def landscape(model, images, labels, steps, *, seed: int = 0) -> np.ndarray:
    """Measure the loss on a grid around the weights.

    Args:
        model: a network that returns probabilities; its weights are the same afterwards, moving statistics included.
        images: array (N, …) as the model reads it.
        labels: class numbers (N,).
        steps: positions along both directions; 0 is where the model stands.
        seed: seed of the two directions.

    Returns:
        Mean cross-entropy, array (len(steps), len(steps)).
    """
    rng, start = np.random.default_rng(seed), model.get_weights()
    first, second = direction(model, rng), direction(model, rng)
    losses = np.empty((len(steps), len(steps)))
    for i, j in np.ndindex(*losses.shape):
        moves = zip(start, first, second, strict=True)
        model.set_weights([weight + steps[i] * one + steps[j] * other for weight, one, other in moves])
        right = np.asarray(model(images, training=True))[np.arange(len(labels)), labels]
        losses[i, j] = -np.log(np.maximum(right, 1e-7)).mean()
    model.set_weights(start)
    return losses
