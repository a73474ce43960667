"""Ask the Keras that is installed which arguments its classes take: python history_probe.py PACKAGE < tasks.json

Each task is {"kind", "name", "path", "base": {argument: value}, "tries": {argument: value}}. `base` holds what the class needs,
and each of the tries is added to it in turn. The answers are one JSON line for each task: {"found": whether there is such a
class, "base": the error without a try or null, "taken": {argument: true, false, or null if another error came first}}.

This file does not import lstmlint, so that any release can run it.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import json
import os
import re
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# How the releases say that they do not take an argument.
REFUSALS = (
    r"keyword arguments?\b.*\b{0}\b",
    r"multiple values for (keyword )?argument ['\"]{0}\b",
    r"takes no arguments",
    r"does not support arguments: .*`{0}`",
    r"Argument\(s\) not recognized: .*['\"]{0}['\"]",
    r"\b{0}\b.*(is not a valid argument|(is|are) deprecated in)",
)
MODULES = {
    "layers": "layers.serialization",
    "schedules": "optimizers.schedules.learning_rate_schedule",
    "dtype_policies": "mixed_precision.policy",
}


def by_path(package: str, path: str, name: str) -> Any:
    """Return a class or function that a config names with a module, or None."""
    if package == "keras":
        try:
            registered = importlib.import_module("keras.src.api_export").get_symbol_from_name(f"{path}.{name}")
        except ImportError:
            registered = None
    else:
        registered = importlib.import_module("tensorflow.python.util.tf_export").get_symbol_from_name(f"{path}.{name}")
    if registered is not None:
        return registered
    try:
        return getattr(importlib.import_module(path), name, None)
    except ImportError:
        return None


def by_name(package: str, kind: str, name: str) -> Any:
    """Return what an identifier without a module stands for, or None."""
    if package == "keras":
        space = importlib.import_module(f"keras.src.{kind}")
        return space.ALL_OBJECTS_DICT.get(name) if hasattr(space, "ALL_OBJECTS_DICT") else getattr(space, name, None)
    space = importlib.import_module(f"{package}.src.{MODULES.get(kind, kind)}")
    if kind == "optimizers":
        legacy = name.startswith("legacy.")
        if "lossscale" in name.lower():  # it cannot be created without an optimizer
            scaling = importlib.import_module(f"{package}.src.mixed_precision.loss_scale_optimizer")
            new = name.lower().endswith("v3") or not (legacy or name.endswith("v1"))
            return scaling.LossScaleOptimizerV3 if new else scaling.LossScaleOptimizer
        selected = {"name": "x"} if legacy else {"is_legacy_optimizer": False}
        config = {"class_name": name.removeprefix("legacy."), "config": selected}
        return type(space.deserialize(config))
    if hasattr(space, "populate_deserializable_objects"):
        space.populate_deserializable_objects()
        return space.LOCAL.ALL_OBJECTS.get(name)
    return getattr(space, "Policy" if name == "PolicyV1" else name, None)


def error_of(item: Any, config: dict[str, Any]) -> str | None:
    """Return the error of creating an object from a config, or None."""
    try:
        if not inspect.isclass(item):
            inspect.signature(item).bind_partial(**config)
        elif hasattr(item, "from_config"):
            item.from_config(copy.deepcopy(config))
        else:
            item(**config)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def taken(argument: str, error: str | None, base: str | None) -> bool | None:
    """Return whether an argument is taken, judging by the error with it and the error without it."""
    if error is None:
        return True
    if any(re.search(pattern.format(re.escape(argument)), error, re.DOTALL | re.IGNORECASE) for pattern in REFUSALS):
        return False
    if base is not None:
        return None
    return "unexpected keyword argument" not in error  # which names the argument differently


def main() -> None:
    package = sys.argv[1]
    importlib.import_module(package)
    for task in json.load(sys.stdin):
        name = task["name"]
        if task["path"]:
            item = by_path(package, task["path"], name.removeprefix("legacy."))
        else:
            item = by_name(package, task["kind"], name)
        answer: dict[str, Any] = {"found": item is not None}
        if item is not None:
            answer["base"] = error_of(item, task["base"])
            answer["taken"] = {
                argument: taken(argument, error_of(item, {**task["base"], argument: value}), answer["base"])
                for argument, value in task["tries"].items()
            }
            answer["needed"] = {
                argument: error_of(item, {k: v for k, v in task["base"].items() if k != argument}) is not None
                for argument in task["base"]
                if inspect.isclass(item)
            }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
