"""What Keras refuses of the calls of layers and models, before it looks at shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.layers import find
from lstmlint.layers.base import LayerError
from lstmlint.model.pointers import escape
from lstmlint.model.shapes import Tensor, flatten
from lstmlint.model.spec import Call, LayerSpec, TensorRef
from lstmlint.model.values import show
from lstmlint.signatures.keras3 import CALLS

MODEL_CALL = "inputs training mask"
# Arguments of calls that layers of tf_keras accept beside those of Keras 3; None for any.
OLD_CALLS: dict[str, str | None] = {
    "ActivityRegularization": None, "InputLayer": None, "Lambda": None, "GroupNormalization": "mask",
    **dict.fromkeys(("RNN", "LSTM", "GRU", "SimpleRNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), "constants"),
}  # fmt: skip


def call_errors(spec: LayerSpec, call: Call, node: Any) -> Iterator[LayerError]:
    """Yield what Keras 3 refuses of a call's arguments. `node` is the call in the file."""
    error = next(_argument_errors(spec, call, node), None)
    if error is not None:
        yield error


def old_call_errors(spec: LayerSpec) -> Iterator[LayerError]:
    """Yield what tf_keras refuses of the calls of a layer: keyword arguments that it does not know."""
    takes, more = CALLS.get(spec.class_name), OLD_CALLS.get(spec.class_name, "")
    if takes is None or more is None or spec.model is not None:
        return
    names = {"inputs", "training", *takes.split(), *more.split()}
    for call in spec.calls:
        for key in call.kwargs.keys() - names:
            message = f"{spec.class_name} cannot be called with {show(key)}; tf_keras raises a TypeError"
            yield LayerError(
                "E005", message, f"Remove it from the inbound node of {show(spec.name)}.", pointer=call.pointer
            )


def _argument_errors(spec: LayerSpec, call: Call, node: Any) -> Iterator[LayerError]:
    yield from _value_errors(spec, call)
    if spec.model is None and call.args:
        yield from _structure_errors(spec, call)
    takes = CALLS.get(spec.class_name) if spec.model is None else MODEL_CALL
    if takes is not None and isinstance(node, dict):
        yield from _name_errors(spec.class_name, takes.split(), call, node.get("kwargs") or {})


def _value_errors(spec: LayerSpec, call: Call) -> Iterator[LayerError]:
    """Check for tensors and other values in the wrong place."""
    for value in flatten(call.args):
        if value is not None and not _is_tensor(value):
            yield LayerError(
                "E007",
                f"{spec.class_name} is called with {show(value)}; only tensors may be positional, and Keras raises a ValueError",
                "Move it to the kwargs of the call, under the name of its argument.",
                pointer=call.pointer,
            )
    for name, value in call.kwargs.items():
        leaves = [leaf for leaf in flatten(value) if leaf is not None] if isinstance(value, list | dict) else []
        if any(map(_is_tensor, leaves)) and not all(map(_is_tensor, leaves)):
            yield LayerError(
                "E007",
                f"{name} of {spec.class_name} mixes tensors and other values in one structure; Keras raises a ValueError",
                "Use only tensors.",
                pointer=f"{call.pointer}/kwargs/{escape(name)}",
            )


def _structure_errors(spec: LayerSpec, call: Call) -> Iterator[LayerError]:
    """Check for a list or dict with one tensor where the layer expects the tensor itself."""
    first = call.args[0]
    if not isinstance(first, list | dict) or sum(map(_is_tensor, flatten(first))) != 1:
        return
    name = spec.class_name
    facts = find(name)
    if facts is None or facts.takes_structures or facts.maps_structures:
        return
    if facts.takes_structures_when_built:
        # A BatchNormalization with another axis treats the single shape in the structure as one axis.
        fits = bool(spec.build_config) and (name != "BatchNormalization" or spec.config.get("axis", -1) in (-1, 0))
    else:
        fits = isinstance(first, list) and facts.stacks_lists
    if not fits:
        yield LayerError(
            "S122",
            f"{name} takes one tensor, but gets a {type(first).__name__} of one; Keras raises an error",
            f"Take the tensor out of the {type(first).__name__}.",
            pointer=f"{call.pointer}/args/0",
        )


def _name_errors(class_name: str, names: list[str], call: Call, kwargs: dict[str, Any]) -> Iterator[LayerError]:
    """Check for arguments that the layer does not accept, receives twice, or requires."""
    most = len(names)
    if names[:1] == ["data"]:  # these define __call__ themselves, with one positional argument
        names, most = ["inputs", *names[1:]], 1
    advice = f"It takes {', '.join(names)}."
    if len(call.args) > most:
        message = f"{class_name} is called with {len(call.args)} arguments, but takes {most}; Keras raises a TypeError"
        yield LayerError("S122", message, advice, pointer=f"{call.pointer}/args")
    for name, value in zip(names, call.args, strict=False):
        if name == "training" and value is not None:
            message = f"{class_name} gets a second tensor in the place of `training`; Keras raises an error"
            yield LayerError("S122", message, advice, pointer=f"{call.pointer}/args")
    for key in kwargs:
        if key in names[: len(call.args)]:
            message = f"{class_name} gets {show(key)} twice, by position and by name; Keras raises a TypeError"
        elif key not in names and key != "training":
            message = f"{class_name} cannot be called with {show(key)}; Keras raises a TypeError"
        else:
            continue
        yield LayerError("E005", message, advice, pointer=f"{call.pointer}/kwargs/{escape(key)}")
    if names and not any(map(_is_tensor, flatten(call.args[0] if call.args else call.kwargs.get(names[0])))):
        message = f"{class_name} is called without a tensor; Keras raises an error"
        yield LayerError("S122", message, f"Give it {names[0]}.", pointer=call.pointer)
    if "states" in names and len(call.args) < 2 and "states" not in call.kwargs:
        message = f"{class_name} is called without states; Keras raises a TypeError"
        yield LayerError("S122", message, "Give it its states, or use it in an RNN layer.", pointer=call.pointer)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, TensorRef | Tensor)
