"""The releases of Keras 3 that load a model, as far as a look at the names in the file tells: one line of a usual report.

It needs neither the history of all releases nor the document, so that a report does not pay for `lstmlint compat`.
"""

from __future__ import annotations

from typing import Any

from lstmlint.model.releases import KERAS3, span
from lstmlint.model.spec import ModelSpec, TensorRef
from lstmlint.signatures.built import ACTIVATION_LAYERS, NESTED_ENDS
from lstmlint.signatures.changes import ALL, CHANGES

SKIPPED = ("build_config", "inbound_nodes")  # they name no classes that change


def line(spec: ModelSpec) -> str | None:
    """Return a line that names the releases of Keras 3 that load a model; None if all do."""
    known = releases(spec)
    if known == ALL:
        return None
    loading = [release for index, release in enumerate(KERAS3) if known >> index & 1]
    which = f"Loads in {span(loading)}" if loading else "No release of Keras 3 loads the model"
    return f"{which} (lstmlint compat says why)"


def releases(spec: ModelSpec) -> int:
    """Return the releases that load a model, as a number: bit n for Keras 3.n."""
    known = ALL
    if not spec.sequential and not (is_list_of_tensors(spec.inputs) and is_list_of_tensors(spec.outputs)):
        known &= since(NESTED_ENDS)
    for layer in spec.layers:
        known &= of_value(layer.raw)
    if spec.compile_config is not None:
        known &= of_value(spec.compile_config)
    return known


def since(first: tuple[int, int]) -> int:
    """Return a release of Keras 3 and all later ones, as a number."""
    return ALL & ~((1 << first[1]) - 1)


def of_value(value: Any) -> int:
    """Return the releases that know all classes and arguments in a value."""
    known = ALL
    if isinstance(value, list):
        for item in value:
            if isinstance(item, list | dict):
                known &= of_value(item)
        return known
    config = value.get("config")
    module, name = value.get("module"), value.get("class_name")
    if name == "__lambda__":
        return 0
    if isinstance(module, str) and isinstance(config, dict):
        changes = CHANGES.get(kind_of(module), {}).get(name) if isinstance(name, str) else None
        if changes is not None:
            known &= changes.get("", ALL)
            if not changes.keys().isdisjoint(config):
                for argument in config:
                    known &= changes.get(argument, ALL)
        if name in ("Functional", "Model") and is_flat(config):
            known &= since(NESTED_ENDS)
    for key, item in value.items():
        if isinstance(item, dict | list):
            if key not in SKIPPED:
                known &= of_value(item)
            if key.endswith("activation") and isinstance(item, dict) and is_layer(item):
                known &= since(ACTIVATION_LAYERS)
        elif isinstance(item, str) and key.endswith("activation") and item in CHANGES["activations"]:
            known &= CHANGES["activations"][item].get("", ALL)
    return known


def is_layer(value: dict[str, Any]) -> bool:
    """Check whether an object is a layer of Keras."""
    module = value.get("module")
    return isinstance(module, str) and kind_of(module) == "layers"


def is_list_of_tensors(ends: Any) -> bool:
    """Check whether inputs or outputs are a list or dict of tensors, the form that all releases read."""
    items = ends.values() if isinstance(ends, dict) else ends
    return not isinstance(ends, TensorRef) and all(isinstance(item, TensorRef) for item in items)


def kind_of(module: str) -> str:
    """Return the kind of the classes in a module of Keras."""
    if module == "keras":
        return "dtype_policies"
    parts = module.removeprefix("keras.").removeprefix("src.").split(".")
    return "operations" if parts[0] == "ops" else parts[0]


def is_flat(config: dict[str, Any]) -> bool:
    """Check whether a functional model names its only input or output without a list around it."""
    ends = [config.get("input_layers"), config.get("output_layers")]
    return any(isinstance(end, list) and len(end) == 3 and isinstance(end[0], str) for end in ends)
