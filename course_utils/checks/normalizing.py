"""The check on batch norm of feature maps, against Keras's layer with copied weights."""

import numpy as np

from course_utils.checks.core import Verdict, called, failed, is_blank, not_attempted, passed, shortened


def norm_of_maps(function, layer) -> Verdict:
    """Exercise 8: batch norm of feature maps, ``function(maps, gamma, beta, mean, variance, training)``.

    It returns the output and the new running averages. ``layer`` is Keras's, with momentum 0.9; it is given the same
    weights, and says what is right.
    """
    random = np.random.default_rng(8)
    maps = random.normal(1.0, 2.0, (6, 4, 5, 3)) * [1.0, 0.3, 4.0] + np.arange(6).reshape(6, 1, 1, 1)
    weights = random.uniform(0.5, 2.0, 3), random.normal(size=3), random.normal(size=3), random.uniform(0.5, 2.0, 3)
    for training in (True, False):
        named = dict(zip(("maps", "gamma", "beta", "mean", "variance"), (maps, *weights), strict=True))
        answer, verdict = called("8", function, named | {"training": training}, name="norm_of_maps", advice=_axes)
        if verdict:
            return verdict
        if not isinstance(answer, (tuple, list)) or len(answer) != 3:
            return failed("8", f"return three things: output, mean, variance (received {shortened(answer)})")
        if is_blank(answer[0]):
            return not_attempted("8")
        hint = _norm_hint(answer, _keras_norm(layer, maps, weights, training), maps, weights, training)
        if hint:
            return failed("8", f"{'training' if training else 'in use'}: {hint}")
    return passed("8", "the same numbers as Keras's layer, in training and in use")


def _axes(error: Exception) -> str:
    """Return the hint on an error: shapes that do not fit come from means over the wrong axes."""
    return (
        "Over which axes of (N, H, W, C) is there one mean for each channel?" if isinstance(error, ValueError) else ""
    )


def _keras_norm(layer, maps, weights, training: bool) -> list:
    """Return what Keras's layer gives with these weights: output, running mean, running variance."""
    if not layer.built:
        layer.build(maps.shape)
    layer.set_weights(list(weights))
    output = np.asarray(layer(maps.astype("float32"), training=training))
    return [output, np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)]


def _norm_hint(answer, right, maps, weights, training: bool) -> str:
    """Return what to look at in a wrong answer, nothing for a right one."""
    mean = weights[2]
    near = [_close(one, other) for one, other in zip(answer, right, strict=True)]
    if all(near):
        return ""
    if np.shape(answer[0]) != maps.shape:
        return f"the output has shape {np.shape(answer[0])}; it should have that of the maps, {maps.shape}."
    if not near[0]:
        return _output_hint(answer[0], maps, weights, training)
    if not training:
        return "the output is right; do the running averages change when nothing is learned?"
    if _close(answer[1], 0.1 * mean + 0.9 * maps.mean((0, 1, 2))):
        return "the output is right; which of old and new weighs 0.9 in a running average?"
    if _close(answer[1], mean):
        return "the output is right; the running averages have not moved."
    if near[1]:
        return "output and running mean are right; compare what you do with the variance."
    return "the output is right; the running averages are not."


def _output_hint(output, maps, weights, training: bool) -> str:
    """Return what is wrong with an output of the right shape."""
    gamma, beta, mean, variance = weights

    def normalized(centre, square, epsilon=0.001):
        return gamma * (maps - centre) / np.sqrt(square + epsilon) + beta

    batch, running = (maps.mean((0, 1, 2)), maps.var((0, 1, 2))), (mean, variance)
    moved = [0.9 * old + 0.1 * new for old, new in zip(running, batch, strict=True)]
    used, other = (batch, running) if training else (running, batch)
    wrong = [
        (normalized(*other), "which mean and variance belong to this mode?"),
        (normalized(*moved), "you use running averages that have just moved; which numbers belong to this mode?"),
        (normalized(maps.mean(0), maps.var(0)), "one mean for each channel, not one for each place."),
        (normalized(*(f(maps, axis=(1, 2), keepdims=True) for f in (np.mean, np.var))), "the batch counts, too."),
        (normalized(maps.mean(), maps.var()), "each channel has a mean and a variance of its own."),
        ((normalized(*used) - beta) / gamma, "two learned numbers for each channel are still to be used."),
        (normalized(*used) - beta, "one of the two learned numbers is not used."),
        ((normalized(*used) - beta) / gamma + beta, "one of the two learned numbers is not used."),
        (gamma * (maps - used[0]) / (used[1] + 0.001) + beta, "variance or standard deviation?"),
        (normalized(used[0], maps.var((0, 1, 2), ddof=1) if training else variance), "divide by the number of values."),
        (normalized(*used, epsilon=0), "where is ε?"),
        (gamma * (maps - used[0]) / (np.sqrt(used[1]) + 0.001) + beta, "ε belongs under the root."),
    ]
    text = next((what for result, what in wrong if _close(output, result)), "")
    return text or "the output differs from Keras's: mean away, spread divided out, then γ and β, channel by channel."


def _close(one, other) -> bool:
    """Say whether two arrays are equal up to float32."""
    try:
        one = np.asarray(one, dtype=float)
    except (TypeError, ValueError):
        return False
    return one.shape == np.shape(other) and bool(np.allclose(one, other, rtol=1e-4, atol=2e-5))
