"""Layers alike: large models repeat a few layers many times, and what was found out about one holds for the others.

What a layer is made of (class, arguments, dtype; everything but its name, its calls and the shapes recorded for it)
decides whether Keras takes it and what its class makes of it; with the recorded shape and the tensors of its first
call, also its weights and its output. Only what went without a word is kept, so every finding is still worked out for
its own layer.
"""

from __future__ import annotations

from marshal import dumps
from typing import Any

from lstmlint.layers.base import Context, Layer
from lstmlint.shapes import Shape, Tensor
from lstmlint.spec import LayerSpec

# What every layer has of its own, or gets from whoever runs it.
_OWN = frozenset({"alike", "context", "name", "spec", "sublayers"})
_SHARED = frozenset({"config", "own_weights"})
_FIXED = frozenset({bool, float, int, str, type(None)})
# No JSON values, so that they are taken for none.
_ABSENT, _RECORDED = ..., b"input_shape"
_ONLY_SHAPE = {"input_shape"}
# As marshal writes them: it tells 1, 1.0 and true apart. Its later versions depend on who else holds an object.
Key = bytes
_VERSION = 2
# The tensors of a call, and what build_config records.
Signature = tuple[Any, ...]
State = dict[str, Any]


def key_of(spec: LayerSpec) -> Key | None:
    """What makes two layers of a Keras 3 file alike; None where they cannot be compared (there are layers inside)."""
    raw = spec.raw
    config = raw.get("config")
    if spec.model is not None or not isinstance(config, dict) or spec.is_operation:
        return None
    build = raw.get("build_config", _ABSENT)
    header = (
        spec.class_name,
        raw.get("module", _ABSENT),
        raw.get("registered_name", _ABSENT),
        # Of a shape alone, which the signature has, only its being there matters to those who make a layer.
        _RECORDED if type(build) is dict and build.keys() == _ONLY_SHAPE else build,
        raw.get("compile_config", _ABSENT),
        config.get("trainable", _ABSENT),
        config.get("dtype", _ABSENT),
        spec.input_shape,
        spec.config,
    )
    try:
        return dumps(header, _VERSION)
    except ValueError:
        return None


def signature_of(spec: LayerSpec, args: list[Any]) -> Signature | None:
    """What tells first calls with one tensor, or a list of them, and nothing else, apart; None for every other call."""
    if len(args) != 1:
        return None
    first = args[0]
    recorded = spec.build_config and dumps(spec.build_config, _VERSION)
    if type(first) is Tensor:
        return None if first.value is not None else (recorded, first.shape, first.dtype)
    if type(first) is not list:
        return None
    signature: list[Any] = [recorded, len(first)]
    for item in first:
        if type(item) is not Tensor or item.value is not None:
            return None
        signature += (item.shape, item.dtype)
    return tuple(signature)


class Alike:
    """What is known of all layers with one key: their state when they are made, and after each kind of first call."""

    __slots__ = ("_calls", "_kind", "_state")

    def __init__(self, layer: Layer, state: State) -> None:
        self._kind = type(layer)
        self._state = state
        self._calls: dict[Signature, tuple[State, Shape, str | None]] = {}

    @classmethod
    def of(cls, layer: Layer) -> Alike | None:
        """What a layer that was just made says of others; None where its state is its own alone."""
        state = _shared(layer, {})
        return None if state is None else cls(layer, state)

    def another(self, spec: LayerSpec, context: Context) -> Layer:
        """A layer for `spec`, as its class would make it."""
        layer = self._kind.__new__(self._kind)
        layer.__dict__.update(self._state)
        layer.spec = spec
        layer.context = context
        layer.name = spec.name
        layer.own_weights = []
        layer.sublayers = []
        layer.alike = self
        return layer

    def recall(self, layer: Layer, signature: Signature) -> Tensor | None:
        """The output of a layer's first call, if one like it was called so before; then it is built as that one was."""
        known = self._calls.get(signature)
        if known is None:
            return None
        state, shape, dtype = known
        layer.__dict__.update(state)
        return Tensor(shape, dtype)

    def keep(self, layer: Layer, signature: Signature, output: Any) -> None:
        """Remember a first call that went without a word."""
        if type(output) is Tensor and output.value is None and (state := _shared(layer, self._state)) is not None:
            self._calls[signature] = state, output.shape, output.dtype


def _shared(layer: Layer, before: State) -> State | None:
    """What of a layer's state has changed, and holds for others like it; None where some of it cannot be shared.

    Its config and its weights are not changed any more once the layer is made, and built.
    """
    if layer.sublayers or layer.failed:
        return None
    state = {}
    for key, value in layer.__dict__.items():
        if (key in before and before[key] is value) or key in _OWN:
            continue
        if key not in _SHARED and not _is_fixed(value):
            return None
        state[key] = value
    return state


def _is_fixed(value: Any) -> bool:
    return type(value) in _FIXED or (isinstance(value, tuple) and all(map(_is_fixed, value)))
