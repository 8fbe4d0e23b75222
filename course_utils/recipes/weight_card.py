"""The card beside a file of weights: what was trained on what, how well it does, and how to know the file again."""

import datetime
import json
import platform
from pathlib import Path

import numpy as np

from course_utils import files, runtime
from course_utils.recipes.pretraining import Recipe
from course_utils.transfer import PRETRAINED, weights_path

TEST_NOTE = "measured once on these weights, after the last epoch"
TIMES = "seconds are wall time on a machine shared with other work, pauses included; processor_seconds add up the cores"


def write(folder: Path, recipe: Recipe, model, curves: list[dict], data: dict, test_accuracy: float) -> dict:
    """Write the weights and their card into a folder and return the card.

    Args:
        folder: made when it is not there.
        recipe: what was followed.
        model: the trained `keras.Model` over raw pixels.
        curves: one dictionary an epoch.
        data: name, source and SHA-256 of the data.
        test_accuracy: from 0 to 1, measured once.

    Returns:
        The card as a dictionary.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = weights_path(recipe.name, folder)
    bare = PRETRAINED[recipe.name]()  # without the optimiser, whose state would double the file
    bare.set_weights(model.get_weights())
    bare.save_weights(path)
    probe = probe_images(model.input_shape[1:])
    card = {
        "name": recipe.name,
        "made_by": f"python -m course_utils.pretrain {recipe.name}",
        "weights_sha256": files.sha256(path),
        "parameters": model.count_params(),
        "test_accuracy": round(test_accuracy, 6),
        "test_note": TEST_NOTE,
        "validation_accuracy": round(curves[-1]["val_accuracy"], 6),
        "recipe": recipe.as_json(),
        "data": data,
        "seconds": round(sum(row["seconds"] for row in curves), 1),
        "processor_seconds": round(sum(row["processor_seconds"] for row in curves), 1),
        "times_note": TIMES,
        "hardware": f"{runtime.device()}, {platform.machine()}",
        "versions": {name: runtime.version(name) for name in ("keras", "tensorflow", "numpy")}
        | {"python": platform.python_version()},
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "probe_outputs": np.round(bare.predict(probe, verbose=0).astype("float64"), 6).tolist(),
        "curves": [{key: round(value, 5) for key, value in row.items()} for row in curves],
    }
    files.write_text(path.with_name(f"{recipe.name}.json"), json.dumps(card, indent=1) + "\n")
    return card


def probe_images(shape: tuple[int, int, int], count: int = 4) -> np.ndarray:
    """Return images (count, H, W, C) from 0 to 255 that are the same everywhere: waves of rising frequency.

    A card stores what the network says to them, so that a test can tell whether it still says the same.
    """
    height, width, channels = shape
    rows, columns, channel = np.ogrid[:height, :width, :channels]
    waves = [np.sin(0.35 * (k + 1) * rows + 0.2 * columns * (channel + 1) + k) for k in range(count)]
    return np.round(127.5 * (1 + np.stack(waves))).astype("float32")
