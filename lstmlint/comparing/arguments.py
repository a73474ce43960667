"""Compare the arguments of two layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.comparing.differences import ABSENT, Change
from lstmlint.model.spec import LayerSpec, TensorRef
from lstmlint.parsing.common import snake_case

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary
    from lstmlint.layers.base import Layer


def argument_changes(old: LayerSummary, new: LayerSummary, strict: bool) -> Iterator[Change]:
    """Yield the arguments that differ. strict: whether an argument that only one side has is a difference."""
    before, after = arguments(old), arguments(new)
    others: tuple[str, ...] = ()  # where a layer inside is of another class now
    for name in [*before, *(name for name in after if name not in before)]:
        left, right = before.get(name, ABSENT), after.get(name, ABSENT)
        if left is ABSENT or right is ABSENT:
            if not strict or name.startswith(others) or (name.startswith("call") and (left is None or right is None)):
                continue
        elif alike(left, right, strict, name):
            continue
        elif f"{name}.trainable" in before and f"{name}.trainable" in after:
            others = (*others, f"{name}.")
        yield Change("argument", left, right, name)


def arguments(row: LayerSummary) -> dict[str, Any]:
    """Return a layer's arguments as plain data, with defaults; those of layers inside it as layer.units.

    Constants among the arguments of its calls are included, as call.axis.
    """
    found: dict[str, Any] = {}
    if row.nested is None:
        for name, value in row.config.items():
            collect(name, value, row.layer, found)
    calls = row.spec.calls
    for k, call in enumerate(calls):
        prefix = "call" if len(calls) == 1 else f"call[{k}]"
        for i, value in enumerate(call.args):
            constants(f"{prefix}[{i}]", value, found)
        for name, value in call.kwargs.items():
            constants(f"{prefix}.{name}", value, found)
    return found


def collect(name: str, value: Any, layer: Layer, found: dict[str, Any]) -> None:
    """Add the value of an argument, or the arguments of the layers in it."""
    if isinstance(value, LayerSpec):
        found[name] = value.class_name
        found[f"{name}.trainable"] = value.trainable
        found[f"{name}.dtype"] = policy(value.dtype)
        if value.model is not None:
            for inner in value.model.layers:
                collect(f"{name}/{inner.name}", inner, layer, found)
            return
        for key, item in {**layer.context.defaults(value.class_name), **value.config}.items():
            collect(f"{name}.{key}", item, layer, found)
    elif isinstance(value, list | tuple) and any(isinstance(item, LayerSpec) for item in value):
        for i, item in enumerate(value):
            collect(f"{name}[{i}]", item, layer, found)
    else:
        found[name] = plain(value)


def constants(name: str, value: Any, found: dict[str, Any]) -> None:
    """Add the arguments of a call that are not tensors."""
    if isinstance(value, list | tuple) and holds_tensors(value):
        for i, item in enumerate(value):
            constants(f"{name}[{i}]", item, found)
    elif isinstance(value, dict) and holds_tensors(value.values()):
        for key, item in value.items():
            constants(f"{name}.{key}", item, found)
    elif not isinstance(value, TensorRef):
        found[name] = plain(value)


def holds_tensors(values: Iterable[Any]) -> bool:
    """Check whether a value is or contains a tensor."""
    return any(
        isinstance(value, TensorRef)
        or (isinstance(value, list | tuple) and holds_tensors(value))
        or (isinstance(value, dict) and holds_tensors(value.values()))
        for value in values
    )


def plain(value: Any) -> Any:
    """Return a value as JSON: of an object only the class and its config, of a function its name."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        name, config = value.get("class_name"), value.get("config")
        if name == "function" and isinstance(config, str):
            return config
        if isinstance(name, str) and "config" in value:
            return {"class_name": name, "config": plain(config)}
        return {str(key): plain(item) for key, item in value.items()}
    return str(value)


def alike(old: Any, new: Any, strict: bool, name: str) -> bool:
    """Check whether two values are equivalent: "glorot_uniform", and GlorotUniform without a seed."""
    if old == new or (name.endswith("activation") and (old or "linear") == (new or "linear")):
        return True
    left, right = as_object(old, name), as_object(new, name)
    if left is None or right is None or left[0] != right[0]:
        return False
    before, after = left[1], right[1]
    for key in {**before, **after}:
        if not strict and (key not in before or key not in after):
            continue
        if before.get(key) != after.get(key):
            return False
    return True


def as_object(value: Any, name: str) -> tuple[str, dict[str, Any]] | None:
    """Return (class, arguments) of an initializer, regularizer or similar object; None for any other value."""
    if isinstance(value, str) and name.endswith(("initializer", "regularizer", "constraint", "activation")):
        return snake_case(value), {}
    if isinstance(value, dict) and isinstance(value.get("class_name"), str):
        config = value.get("config")
        if config is None or isinstance(config, dict):
            return snake_case(value["class_name"]), config or {}
    return None


def policy(dtype: Any) -> Any:
    """Return the name of a dtype policy, which can be written in several ways."""
    if dtype is None:
        return "float32"
    if isinstance(dtype, dict):
        config = dtype.get("config")
        if isinstance(config, dict):
            if "mode" in config:
                return f"{config['mode']}_from_{policy(config.get('source_name'))}"
            if isinstance(config.get("name"), str):
                return config["name"]
    return plain(dtype)
