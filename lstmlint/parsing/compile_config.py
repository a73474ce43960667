"""Checks of a compile_config that Keras 3 makes when it loads a model: optimizers, losses, and metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lstmlint.model.findings import Problem
from lstmlint.model.pointers import escape
from lstmlint.model.values import show

ARGUMENTS = frozenset(
    "optimizer loss loss_weights metrics weighted_metrics run_eagerly steps_per_execution jit_compile"
    " auto_scale_loss".split()
)
# Arguments that every optimizer accepts, and those that its from_config removes.
OPTIMIZER_EXTRAS = frozenset({"is_legacy_optimizer", "decay"})


def check_compile(config: Any, pointer: str, built: bool = True) -> Iterator[Problem]:
    """Yield what Keras 3 refuses of a compile_config. built: whether the model knows its input shape."""
    if not isinstance(config, dict):
        if config:
            message = f"compile_config is {show(config)}, not an object; Keras cannot load the model"
            yield Problem("E007", message[:300], "Remove it: a model loads without.", pointer=pointer)
        return
    for key, value in config.items():
        if key not in ARGUMENTS:
            known = ", ".join(sorted(ARGUMENTS))
            yield Problem(
                "E005", f"compile does not accept the argument {show(key)}; Keras raises a TypeError", f"It takes {known}.",
                pointer=f"{pointer}/{escape(key)}",
            )  # fmt: skip
        yield from check_objects(value, f"{pointer}/{escape(key)}")
    for key in ("metrics", "weighted_metrics"):
        if config.get(key) and not isinstance(config[key], list | dict):
            message = f"{key} is {show(config[key])}; Keras takes a list or an object"
            yield Problem("E007", message, f'Write "{key}": ["mae"], for instance.', pointer=f"{pointer}/{key}")
    if "optimizer" in config:
        yield from check_optimizer(config["optimizer"], f"{pointer}/optimizer", built)


def check_optimizer(value: Any, pointer: str, built: bool) -> Iterator[Problem]:
    """Yield what Keras 3 refuses of an optimizer that is not a serialized object."""
    if isinstance(value, str):
        from lstmlint.signatures.compile import OPTIMIZERS

        if value.lower() not in {name.lower() for name in OPTIMIZERS}:
            yield unknown(value, "optimizer", OPTIMIZERS, pointer)
    elif (value is None and built) or (value is not None and not is_object(value)):
        message = f"the optimizer is {json.dumps(value)[:60]}; Keras cannot load the model"
        yield Problem("E007", message[:300], 'Write "adam", for instance, or remove it.', pointer=pointer)


def is_object(value: Any) -> bool:
    """Return whether a value looks like a serialized object."""
    return isinstance(value, dict) and "class_name" in value and "config" in value


def check_objects(value: Any, pointer: str, inside: bool = False) -> Iterator[Problem]:
    """Check every object in a part of it. inside: whether it is in the config of another object, which Keras does not
    search.
    """
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from check_objects(item, f"{pointer}/{i}", inside)
    elif isinstance(value, dict):
        if is_object(value):
            inside = inside and pointer.rpartition("/")[2] not in ("learning_rate", "inner_optimizer")
            yield from check_object(value, pointer, inside)
            inside = True
            value = value["config"] if isinstance(value["config"], dict) else {}
            pointer = f"{pointer}/config"
        for key, item in value.items():
            yield from check_objects(item, f"{pointer}/{escape(key)}", inside)


def check_object(value: dict[str, Any], pointer: str, inside: bool) -> Iterator[Problem]:
    """Check one serialized object: a class of Keras and its arguments."""
    from lstmlint.signatures.compile import LOSSES, METRICS, OPTIMIZERS, SCHEDULES

    class_name, module = value["class_name"], value.get("module")
    kinds = {
        "keras.optimizers": (OPTIMIZERS, "optimizer"), "keras.losses": (LOSSES, "loss"),
        "keras.metrics": (METRICS, "metric"), "keras.optimizers.schedules": (SCHEDULES, "learning rate schedule"),
    }  # fmt: skip
    if class_name in ("function", "__lambda__") or str(class_name).startswith("__"):
        return
    if not isinstance(class_name, str):
        yield Problem("E007", f"the class_name {show(class_name)} is not a string", pointer=f"{pointer}/class_name")
        return
    if not isinstance(module, str) or module not in kinds:
        found = next((key for key, (table, _) in kinds.items() if class_name in table), None)
        registered = value.get("registered_name")
        custom = isinstance(registered, str) and isinstance(module, str) and module.partition(".")[0] != "keras"
        if registered is None and not str(module).startswith("keras") and not inside:
            message = f"there is no {class_name} in {show(module)}, and no registered_name: Keras cannot load it"
            advice = f'Write "module": "{found}".' if found else "Write the name alone."
            yield Problem("E007", message, advice, pointer=f"{pointer}/module" if "module" in value else pointer)
        elif found and not str(module).startswith("keras.src") and not custom:
            yield Problem(
                "E007", f"there is no {class_name} in {show(module)}; Keras cannot load it", f'Write "module": "{found}".',
                pointer=f"{pointer}/module",
            )  # fmt: skip
        return
    table, what = kinds[module]
    if class_name not in table:
        yield unknown(class_name, what, table, f"{pointer}/class_name")
        return
    registered = value.get("registered_name")
    if registered and registered != class_name:
        yield Problem(
            "E007", f"{class_name} of Keras carries the registered_name {show(registered)}; Keras raises a ValueError",
            'Write "registered_name": null.', pointer=f"{pointer}/registered_name",
        )  # fmt: skip
    config = {} if value["config"] is None else value["config"]
    if not isinstance(config, dict):
        message = f"the config of {class_name} is not an object; Keras raises a TypeError"
        yield Problem("E007", message, 'Write "config": {}.', pointer=f"{pointer}/config")
    else:
        yield from check_arguments(class_name, what, table[class_name], config, f"{pointer}/config")


def check_arguments(class_name: str, what: str, takes: str, config: dict[str, Any], pointer: str) -> Iterator[Problem]:
    """Check the arguments of a class. takes: their names, with "!" after required ones and "*" for any."""
    from lstmlint.parsing.compile_values import CHECKS, OF_CLASS, pairs_wrong

    if what == "optimizer" and not isinstance(config.get("name", ""), str | None):
        message = f"the name of {class_name} is {show(config['name'])}; Keras takes a string"
        yield Problem("E007", message, 'Write "adam", for instance.', pointer=f"{pointer}/name")
    names = [name.rstrip("!") for name in takes.split()]
    for key in config:
        if key not in names and "*" not in names and key not in OPTIMIZER_EXTRAS:
            message = f"{class_name} does not accept the argument {show(key)}; Keras refuses it"
            yield Problem("E005", message, f"It takes {', '.join(names)}.", pointer=f"{pointer}/{escape(key)}")
    for name in takes.split():
        if name.endswith("!") and name[:-1] not in config:
            message = f"{class_name} has no {name[:-1]}; Keras raises an error"
            yield Problem("E006", message, f"Add {name[:-1]} to its config.", pointer=pointer)
    checks = {**CHECKS.get(what, {}), **OF_CLASS.get(class_name, {})}
    for key, item in config.items():
        check = checks.get(key)
        if check is not None and not check.accepts(item):
            message = f"{key} of {class_name} is {json.dumps(item)[:60]}; Keras takes {check.wants}"
            yield Problem("E007", message, f"Set {key} to {check.wants}.", pointer=f"{pointer}/{escape(key)}")
    wrong = pairs_wrong(class_name, config)
    if wrong is not None:
        yield Problem("E007", wrong[1], "Remove or correct one of them.", pointer=f"{pointer}/{wrong[0]}")


def unknown(name: str, what: str, table: dict[str, str], pointer: str) -> Problem:
    """Return E007 for a name that Keras does not have."""
    from lstmlint.model.suggestions import close_match

    lowered = {known.lower(): known for known in table}
    close = close_match(name.lower(), lowered, 0.7)
    advice = f"Did you mean {show(lowered[close])}?" if close else f"Keras has {', '.join(table)}."
    return Problem(
        "E007", f"{show(name)} is not a built-in Keras {what}; Keras cannot load the model", advice, pointer=pointer
    )
