"""What Keras 3 looks at of a compile_config when it loads a model: optimizers, losses and metrics as objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.findings import Problem
from lstmlint.pointers import escape

ARGUMENTS = frozenset(
    "optimizer loss loss_weights metrics weighted_metrics run_eagerly steps_per_execution jit_compile"
    " auto_scale_loss".split()
)
# What every optimizer takes beside its own, and what its from_config takes out.
OPTIMIZER_EXTRAS = frozenset({"is_legacy_optimizer"})


def check_compile(config: dict[str, Any], pointer: str) -> Iterator[Problem]:
    """What Keras 3 would refuse of a compile_config."""
    for key, value in config.items():
        if key not in ARGUMENTS:
            known = ", ".join(sorted(ARGUMENTS))
            yield Problem(
                "E005", f"compile takes no argument {key!r}; Keras raises a TypeError", f"It takes {known}.",
                pointer=f"{pointer}/{escape(key)}",
            )  # fmt: skip
        yield from check_objects(value, f"{pointer}/{escape(key)}")
    optimizer = config.get("optimizer")
    if isinstance(optimizer, str):
        from lstmlint.parsing.compile_signatures import OPTIMIZERS

        if optimizer.lower() not in {name.lower() for name in OPTIMIZERS}:
            yield unknown(optimizer, "optimizer", OPTIMIZERS, f"{pointer}/optimizer")


def check_objects(value: Any, pointer: str) -> Iterator[Problem]:
    """The same for every object in a part of it."""
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from check_objects(item, f"{pointer}/{i}")
    elif isinstance(value, dict):
        if "class_name" in value and "config" in value:
            yield from check_object(value, pointer)
            value = value["config"] if isinstance(value["config"], dict) else {}
            pointer = f"{pointer}/config"
        for key, item in value.items():
            yield from check_objects(item, f"{pointer}/{escape(key)}")


def check_object(value: dict[str, Any], pointer: str) -> Iterator[Problem]:
    """The same for one serialized object: a class of Keras, with arguments that it takes."""
    from lstmlint.parsing.compile_signatures import LOSSES, METRICS, OPTIMIZERS, SCHEDULES

    class_name, module = value["class_name"], value.get("module")
    kinds = {
        "keras.optimizers": (OPTIMIZERS, "optimizer"), "keras.losses": (LOSSES, "loss"),
        "keras.metrics": (METRICS, "metric"), "keras.optimizers.schedules": (SCHEDULES, "learning rate schedule"),
    }  # fmt: skip
    if class_name in ("function", "__lambda__") or str(class_name).startswith("__"):
        return
    if not isinstance(class_name, str):
        yield Problem("E007", f"the class_name {class_name!r} is no string", pointer=f"{pointer}/class_name")
        return
    if not isinstance(module, str) or module not in kinds:
        found = next((key for key, (table, _) in kinds.items() if class_name in table), None)
        registered = value.get("registered_name")
        custom = isinstance(registered, str) and isinstance(module, str) and module.partition(".")[0] != "keras"
        if found and not str(module).startswith("keras.src") and not custom:
            yield Problem(
                "E007", f"there is no {class_name} in {module!r}; Keras cannot load it", f'Write "module": "{found}".',
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
            "E007", f"{class_name} of Keras carries the registered_name {registered!r}; Keras raises a ValueError",
            'Write "registered_name": null.', pointer=f"{pointer}/registered_name",
        )  # fmt: skip
    takes, config = table[class_name], value["config"]
    if takes is None or not isinstance(config, dict):
        return
    if what == "optimizer" and not isinstance(config.get("name", ""), str | None):
        message = f"the name of {class_name} is {config['name']!r}; Keras takes a string"
        yield Problem("E007", message, 'Write "adam", for instance.', pointer=f"{pointer}/config/name")
    names = takes.split()
    for key in config:
        if key not in names and key not in OPTIMIZER_EXTRAS:
            yield Problem(
                "E005", f"{class_name} takes no argument {key!r}; Keras refuses it", f"It takes {', '.join(names)}.",
                pointer=f"{pointer}/config/{escape(key)}",
            )  # fmt: skip


def unknown(name: str, what: str, table: dict[str, str | None], pointer: str) -> Problem:
    """E007 for a name that Keras does not have."""
    from lstmlint.suggest import close_match

    lowered = {known.lower(): known for known in table}
    close = close_match(name.lower(), lowered, 0.7)
    advice = f"Did you mean {lowered[close]!r}?" if close else f"Keras has {', '.join(table)}."
    return Problem("E007", f"{name!r} is no {what} of Keras; Keras cannot load the model", advice, pointer=pointer)
