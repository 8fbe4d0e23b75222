"""What makes two calls of `fit` the same training: the network, its compilation, the data, the transform.

The same program in a fresh process must give the same answer, so nothing counts that a session numbers or places: names
that Keras made, addresses, files and lines of code. Functions count by their name, their byte code, and the values and
functions of the course's reader that they use.
"""

import base64
import codecs
import dataclasses
import functools
import hashlib
import json
import marshal
import re
import types
from collections.abc import Mapping

import keras
import numpy as np

from course_utils.files import array_sha256

# numbered or drawn by the session; the state of random layers is in the checkpoint
UNSTABLE = {"name", "seed", "build_config", "compile_config", "registered_name", "shared_object_id"}


def fingerprint(model, train, validation, batch_size: int, seed: int, monitor: str | None, transform) -> dict:
    """Return what must be equal for a resumed training to be the same training, as plain numbers and words."""
    compiled = dict(getattr(getattr(model, "_compile_config", None), "config", {}))
    compiled["loss"] = getattr(model, "loss", compiled.get("loss"))
    weights = {name: value for name, value in compiled.items() if name.endswith("weights") and value is not None}
    optimizer = canonical(model.optimizer)
    rate = optimizer["config"].pop("learning_rate", None)
    return {
        "model": _short(_network(model)),
        "optimizer": json.dumps(optimizer),
        "learning_rate": rate,
        "loss": _short(canonical([compiled["loss"], weights])),
        "metrics": _short(canonical([compiled.get("metrics"), compiled.get("weighted_metrics")])),
        "transform": _short(canonical(transform)),
        "data": _short([_data(train), _data(validation)]),
        "batch_size": batch_size,
        "batches": "equal",  # an earlier version of the course left a short one at the end of each epoch
        "seed": seed,
        "monitor": monitor,
    }


def canonical(value, seen: tuple = ()):
    """Return a value in JSON's words, the same in every session."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, Mapping):
        if value.get("class_name") == "__lambda__":
            return _lambda(value["config"], seen)
        return {str(key): canonical(part, seen) for key, part in value.items() if key not in UNSTABLE}
    if isinstance(value, (list, tuple, set, frozenset)):
        parts = [canonical(part, seen) for part in value]
        return sorted(parts, key=str) if isinstance(value, (set, frozenset)) else parts
    if isinstance(value, np.generic):
        return value.item()
    if hasattr(value, "__array__"):
        return array_sha256(np.asarray(value), shapes=True)
    if any(value is other for other in seen):
        return "…"
    return _object(value, (*seen, value))


def _object(value, seen: tuple):
    if isinstance(value, functools.partial):
        return ["partial", *(canonical(part, seen) for part in (value.func, value.args, value.keywords))]
    if isinstance(value, types.MethodType):
        return [canonical(value.__func__, seen), canonical(value.__self__, seen)]
    if isinstance(value, types.FunctionType):
        return _function(value, seen)
    if isinstance(value, type) or not hasattr(type(value), "__dict__") or isinstance(value, types.BuiltinFunctionType):
        return getattr(value, "__qualname__", _without_addresses(repr(value)))
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if hasattr(value, "get_config"):
        return {"class": kind, "config": canonical(value.get_config(), seen), "own": _plain_attributes(value)}
    if dataclasses.is_dataclass(value):
        return {"class": kind, "fields": canonical(vars(value), seen)}
    if callable(value):
        return {"class": kind, "call": canonical(type(value).__call__, seen), "own": _plain_attributes(value)}
    return [kind, _without_addresses(repr(value))]


def _plain_attributes(value) -> dict:
    """Return the numbers and words among an object's public attributes: of losses and metrics of the reader's own."""
    found = getattr(value, "__dict__", {}).items()
    plain = {key: part for key, part in found if isinstance(part, (bool, int, float, str)) and key[0] != "_"}
    return {key: part for key, part in plain.items() if key not in UNSTABLE | {"built"}}


def _function(function: types.FunctionType, seen: tuple):
    """Return name and code of a function; of one of a library the name alone."""
    name = f"{function.__module__}.{function.__qualname__}"
    if str(function.__module__).partition(".")[0] in {"keras", "tensorflow", "numpy", "jax", "torch"}:
        return name
    used = _names(function.__code__)
    outside = {key: function.__globals__[key] for key in sorted(used & set(function.__globals__))}
    outside = {key: part for key, part in outside.items() if not isinstance(part, types.ModuleType)}
    closed = [_content(cell) for cell in function.__closure__ or ()]
    context = [function.__defaults__, function.__kwdefaults__, closed, outside]
    return [name, _code(function.__code__), canonical(context, seen)]


def _content(cell):
    try:
        return cell.cell_contents
    except ValueError:  # not yet given a value
        return None


def _names(code: types.CodeType) -> set[str]:
    inner = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return set(code.co_names).union(*(_names(part) for part in inner))


def _code(code: types.CodeType) -> list:
    """Return byte code, constants and names: not the file, not the lines."""
    constants = [_code(part) if isinstance(part, types.CodeType) else repr(part) for part in code.co_consts]
    return [base64.b85encode(code.co_code).decode(), constants, list(code.co_names), list(code.co_varnames)]


def _lambda(config: Mapping, seen: tuple):
    """Return what Keras stored of a lambda, its code without file and lines."""
    code = marshal.loads(codecs.decode(config["code"].encode("ascii"), "base64"))
    return ["lambda", _code(code), canonical([config.get("defaults"), config.get("closure")], seen)]


def _network(model) -> list:
    """Return layers, settings, connections and sizes of a network."""
    try:
        config = keras.saving.serialize_keras_object(model)
        names = {found: f"#{number}" for number, found in enumerate(_named(config))}
        described = canonical(_renamed(config, names))
    except (NotImplementedError, TypeError, ValueError):  # a subclass that cannot tell: its code
        described = [canonical(type(model)), _function(type(model).call, ())]
    trained = [bool(variable.trainable) for variable in model.variables]
    return [described, [list(variable.shape) for variable in model.variables], trained]


def _named(config) -> dict:
    """Return all names in a model's configuration, in order."""
    found: dict = {}
    if isinstance(config, Mapping):
        if isinstance(config.get("name"), str):
            found[config["name"]] = None
        config = list(config.values())
    if isinstance(config, (list, tuple)):
        for part in config:
            found |= _named(part)
    return found


def _renamed(config, names: Mapping[str, str]):
    """Return a configuration whose connections, [name, number, number], name the layers by their order."""
    if isinstance(config, Mapping):
        return {key: _renamed(part, names) for key, part in config.items()}
    if isinstance(config, (list, tuple)):
        if len(config) >= 3 and isinstance(config[0], str) and config[0] in names and isinstance(config[1], int):
            return [names[config[0]], *(_renamed(part, names) for part in config[1:])]
        return [_renamed(part, names) for part in config]
    return config


def _data(given):
    """Return a checksum of arrays; of a dataset its shapes, length, steps, functions, and the arrays it is made of."""
    if given is None:
        return None
    if isinstance(given, (tuple, list)):
        return [array_sha256(np.asarray(part), shapes=True) for part in given]
    told = [str(getattr(given, "element_spec", type(given).__name__)), int(given.cardinality())]
    waiting = [given]
    while waiting:
        step = waiting.pop()
        told.append(type(step).__name__)
        told += [array_sha256(np.asarray(tensor), shapes=True) for tensor in getattr(step, "_tensors", ())]
        told.append(canonical(getattr(getattr(step, "_map_func", None), "_func", None)))
        waiting += list(step._inputs()) if hasattr(step, "_inputs") else []
    return told


def _without_addresses(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "", text)


def _short(value) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
