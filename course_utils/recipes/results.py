"""What an experiment stores: plain numbers, where and with what they were made, and the runs of an unfinished one."""

import ast
import datetime
import inspect
import json
import math
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from course_utils import files, paths, runtime
from course_utils.validation import one_of

LIBRARIES = ("tensorflow", "keras", "numpy")


class Refused(ValueError):
    """An experiment was not begun; the text says why. (Any other error is one of the experiment itself.)"""


def accepted(argument: str, value, allowed):
    """Return ``value`` if it is among ``allowed``, else raise `Refused`."""
    try:
        return one_of(argument, value, allowed)
    except ValueError as error:
        raise Refused(str(error)) from None


def environment() -> dict:
    """Return what a number may depend on: date, hardware, versions."""
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "hardware": {"device": runtime.device(), "machine": platform.machine(), "system": platform.system()},
        "versions": {"python": platform.python_version()} | {name: runtime.version(name) for name in LIBRARIES},
    }


def described(data) -> dict:
    """Return name, source and checksum of an `ImageDataset` (its arrays) or an `ImageFolder` (its files)."""
    known = {"name": data.name, "source": data.source, "stand_in": data.stand_in}
    return known | {"sha256": checksum(data)}


def checksum(data) -> str:
    """Return the SHA-256 of a data set: its arrays x_train, y_train, x_test, y_test, or its files in their order."""
    if hasattr(data, "x_train"):
        return files.array_sha256(data.x_train, data.y_train, data.x_test, data.y_test)
    contents = "".join(files.sha256(path) for path in data.paths)
    return files.array_sha256(np.frombuffer(contents.encode(), "uint8"), data.labels)


def plain(value):
    """Return numbers, lists and dictionaries as JSON gives them back; what is not finite becomes None."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def code_of(function: Callable) -> str:
    """Return a checksum of the module that defines a function: without comments, docstrings and layout."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[function.__module__]))
    except (OSError, TypeError, KeyError):  # typed in at a prompt: no source
        return function.__qualname__
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list) and ast.unparse(node.body[:1]).startswith(('"', "'")):
            node.body = node.body[1:] or [ast.Pass()]
    return files.array_sha256(np.frombuffer(ast.dump(tree).encode(), "uint8"))[:16]


def told(run: Mapping[str, object]) -> str:
    """Return one line about a run: what it is, its scores (the last of a curve), its seconds."""
    shown = []
    for name, value in run.items():
        last = value[-1] if isinstance(value, list) and value else value
        if name.endswith(("accuracy", "error", "loss")) and isinstance(last, float):
            shown.append(f"{name} {last:.4f}")
        elif isinstance(value, (str, int, float)) and name != "seconds" and len(shown) < 4:
            shown.append(f"{name} {value}")
    return f"{', '.join(shown)}, {run['seconds']:.0f} s"


def folder() -> Path:
    """Return the folder of unfinished experiments."""
    return paths.runs() / "measurements"


class Unfinished:
    """The runs of an experiment so far, in one file that is whole at every moment."""

    def __init__(self, path: Path, terms: Mapping[str, object]):
        """Read the runs that are there.

        Args:
            path: of the file.
            terms: what must be equal for its runs to count.

        Raises:
            Refused: they were made on other terms.
        """
        self.path, self.terms, self.runs = path, dict(terms), {}
        try:
            with files.reading(path):
                stored = json.loads(path.read_text(encoding="utf-8"))
                terms, self.runs = stored["terms"], dict(stored["runs"])
        except files.Damaged as error:
            aside = files.set_aside(path)
            print(f"{error}; it is now {aside.name if aside else 'ignored'}, beginning anew")
        except files.Unreadable:
            pass
        changed = [name for name in self.terms if terms.get(name) != self.terms[name]]
        if changed and self.runs:
            raise Refused(
                f"the {len(self.runs)} runs in {path} have another {' and '.join(changed)}; "
                "--anew begins again without them."
            )

    def get(self, key: str) -> dict | None:
        """Return the numbers of a run, or None."""
        return self.runs.get(key)

    def put(self, key: str, numbers: dict) -> None:
        """Store the numbers of a run."""
        self.runs[key] = numbers
        files.write_text(self.path, json.dumps({"terms": self.terms, "runs": self.runs}, indent=1))


def forget_models() -> None:
    """Free what Keras keeps of the models of earlier runs."""
    if "keras" in sys.modules:
        sys.modules["keras"].backend.clear_session()
