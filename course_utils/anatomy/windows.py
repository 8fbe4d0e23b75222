"""What a layer does to its input, in the words of a table: window, strides, groups, activation."""


def of(layer) -> dict:
    """Return the fields ``kernel``, ``steps``, ``groups`` and ``activation`` of the row of a layer."""
    window = next((getattr(layer, name) for name in ("kernel_size", "pool_size") if hasattr(layer, name)), None)
    kernel = sizes(window)
    return {
        "kernel": kernel,
        "steps": sizes(getattr(layer, "strides", None), axes=len(kernel or (0, 0))),
        "groups": groups(layer),
        "activation": activation(layer),
    }


def sizes(window, *, axes: int = 2) -> tuple[int, ...] | None:
    """Return a window or a stride as one number an axis; None where there is none."""
    if window is None:
        return None
    return (window,) * axes if isinstance(window, int) else tuple(int(side) for side in window)


def groups(layer) -> int:
    """Return into how many groups the channels are divided; a depthwise convolution has one group a channel."""
    if "Depthwise" in type(layer).__name__ and getattr(layer, "kernel", None) is not None:
        return int(layer.kernel.shape[-2])
    found = getattr(layer, "groups", 1)
    return found if isinstance(found, int) else 1


def activation(layer) -> str | None:
    """Return the name of the function that follows the weights; None for the identity."""
    function = getattr(layer, "activation", None)
    name = getattr(function, "__name__", type(function).__name__) if function is not None else "linear"
    return None if name == "linear" else name
