"""Train the small networks of ``data/weights`` again: ``python -m course_utils.pretrain NAME``.

A stopped training goes on where it left off. Existing weights are left alone unless ``--force`` says otherwise.
"""

import argparse
import dataclasses
import sys
from pathlib import Path

import numpy as np

from course_utils import files, paths, runtime
from course_utils.validation import one_of

QUICK: dict = {"cycles": ((2, 0.1),), "batch_size": 50, "validation": 100}


def pretrain(name: str, *, folder: Path | None = None, quick: bool = False, force: bool = False, log=print) -> dict:
    """Train one network by its recipe, measure it once on the test set, and write its weights and card.

    Args:
        name: ``"lenet5_mnist"``, ``"lenet5_1998_mnist"`` or ``"resnet20_cifar10"``.
        folder: where the weights and the card go; ``data/weights`` when None (with ``quick``, the folder of runs).
        quick: two epochs on a few hundred made-up images: tries the whole way in seconds.
        force: write over weights that are there.
        log: called with lines of progress.

    Returns:
        The card as a dictionary.

    Raises:
        ValueError: unknown name, or the unfinished training belongs to other data or numbers.
        FileExistsError: the weights are there already and ``force`` is False.
        RuntimeError: the real data are unavailable.

    Example:
        >>> pretrain("lenet5_mnist", quick=True)["parameters"]
        61706
    """
    from course_utils import transfer
    from course_utils.recipes import pretraining, weight_card

    recipe = pretraining.RECIPES[one_of("name", name, pretraining.RECIPES)]
    state = paths.runs() / "pretrain" / f"{name}{'_quick' if quick else ''}.npz"
    folder = Path(folder) if folder else state.parent if quick else paths.WEIGHTS
    written = transfer.weights_path(name, folder)
    if written.exists() and not force:
        raise FileExistsError(f"{written} exists; use --force to write over it, or --folder to write elsewhere.")
    if quick:
        peak = min(recipe.cycles[0][1], QUICK["cycles"][0][1])
        recipe = dataclasses.replace(recipe, **{**QUICK, "cycles": ((2, peak),)})
        state.unlink(missing_ok=True)
    x_train, y_train, x_test, y_test, data = made_up(name) if quick else real(recipe.dataset)
    model, curves = pretraining.train(recipe, x_train, y_train, state, log=log)
    if recipe.half_precision:
        model.set_weights([array.astype("float16") for array in model.get_weights()])
    accuracy = model.evaluate(x_test, y_test, batch_size=500, verbose=0)[1]
    card = weight_card.write(folder, recipe, model, curves, data, accuracy)
    log(f"{written}: test accuracy {accuracy:.4f} (goal {recipe.goal}), {card['seconds']:.0f} s")
    return card


def real(dataset: str):
    """Return the four arrays of the published data set, images with channels, and what identifies them."""
    from course_utils import datasets

    found = datasets.load(dataset)
    if found.stand_in:
        raise RuntimeError(f"The real {dataset} is needed to train these weights, and only a stand-in is here.")
    arrays = found.x_train, found.y_train, found.x_test, found.y_test
    x_train, x_test = (x if x.ndim == 4 else x[..., None] for x in (found.x_train, found.x_test))
    return x_train, found.y_train, x_test, found.y_test, identity(dataset, arrays)


def made_up(name: str):
    """Return four small arrays of the right shapes, noise with a bar at each class's height, and their identity."""
    shape = (28, 28, 1) if name.endswith("mnist") else (32, 32, 3)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 600).astype("uint8")
    images = rng.integers(0, 100, (600, *shape)).astype("uint8")
    for image, label in zip(images, labels, strict=True):
        image[2 * label + 4 : 2 * label + 7] += 120
    arrays = images[:500], labels[:500], images[500:], labels[500:]
    return *arrays, identity("made up", arrays)


def identity(dataset: str, arrays) -> dict:
    """Return the name, the SHA-256 of the arrays' bytes (training, then test; images, then labels), and the sizes."""
    digest = files.array_sha256(*arrays)
    return {"name": dataset, "sha256": digest, "training": len(arrays[0]), "test": len(arrays[2])}


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, train, and return 0, or 1 with one line of explanation."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.pretrain", description=__doc__.split("\n")[0])
    parser.add_argument("name", help="lenet5_mnist, lenet5_1998_mnist or resnet20_cifar10")
    parser.add_argument("--folder", type=Path, help="write here instead of data/weights")
    parser.add_argument("--quick", action="store_true", help="two epochs on made-up images, to try the whole way")
    parser.add_argument("--force", action="store_true", help="write over existing weights")
    chosen = parser.parse_args(arguments)
    runtime.import_keras()
    try:
        pretrain(chosen.name, folder=chosen.folder, quick=chosen.quick, force=chosen.force)
    except (ValueError, FileExistsError, RuntimeError) as error:
        print(f"pretrain: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
