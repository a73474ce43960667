"""Layers alike: large models repeat a few layers many times, and what was found out about one holds for the others.

What a layer is made of (class, arguments, dtype; everything but its name, its calls and the shapes recorded for it)
decides whether Keras takes it and what its class makes of it; with the recorded shape and the tensors of its first
call, also its weights and its output. Only what went without a word is kept, so every finding is still worked out for
its own layer.
"""

from __future__ import annotations

from marshal import dumps
from typing import Any

from lstmlint.layers import is_plugin
from lstmlint.layers.base import Context, Layer
from lstmlint.model.shapes import Shape, Tensor
from lstmlint.model.spec import LayerSpec

# What every layer has of its own, or gets from whoever runs it.
_OWN = frozenset({"cache_entry", "context", "name", "spec"})
_SHARED = frozenset({"config", "own_weights", "sublayers"})
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


class CachedLayer:
    """What is known of all layers with one key: their state when they are made, and after each kind of first call.

    A state is looked through when it is first asked for: most layers of some models are like no other. macs: (id of the
    weights, the input's shape, the output's) -> the multiply-accumulates of a call.
    """

    __slots__ = ("_calls", "_kind", "_made", "macs")

    def __init__(self, layer: Layer) -> None:
        self._kind = type(layer)
        self._made = Snapshot(layer)
        self._calls: dict[Signature, Snapshot] = {}
        self.macs: dict[tuple[int, Shape, Shape], int | None] = {}

    def another(self, spec: LayerSpec, context: Context) -> Layer | None:
        """A layer for `spec`, as its class would make it; None where each must be made by itself."""
        state = self._made.shared()
        if state is None:
            return None
        layer = self._kind.__new__(self._kind)
        layer.__dict__.update(state)
        layer.spec = spec
        layer.context = context
        layer.name = spec.name
        layer.cache_entry = self
        return layer

    def recall(self, layer: Layer, signature: Signature) -> Tensor | None:
        """The output of a layer's first call, if one like it was called so before; then it is built as that one was."""
        known = self._calls.get(signature)
        state = None if known is None else known.shared()
        if known is None or state is None:
            return None
        layer.__dict__.update(state)
        return Tensor(known.shape, known.dtype)

    def keep(self, layer: Layer, signature: Signature, output: Any) -> None:
        """Remember a first call that went without a word."""
        if type(output) is Tensor and output.value is None and not layer.failed:
            self._calls[signature] = Snapshot(layer, output.shape, output.dtype)


class Snapshot:
    """A layer's state at one time, and what its call gave."""

    __slots__ = ("_checked", "_state", "dtype", "shape")

    def __init__(self, layer: Layer, shape: Shape = None, dtype: str | None = None) -> None:
        self._state: State | None = None
        # What a plugin's layer says may depend on its name; what has layers inside is not compared either.
        self._checked = bool(layer.sublayers) or is_plugin(type(layer))
        if not self._checked:
            self._state = layer.__dict__.copy()
            self._state.pop("cache_entry", None)  # which holds this one
            del self._state["context"]  # which holds all of them
        self.shape = shape
        self.dtype = dtype

    def shared(self) -> State | None:
        """What of it holds for layers alike; None where some of it cannot be shared."""
        if not self._checked:
            self._checked = True
            self._state = _shared(self._state or {})
        return self._state


def _shared(state: State) -> State | None:
    """The same. Config, weights and the empty list of layers inside are replaced, if anything, and never changed."""
    found = {key: value for key, value in state.items() if key not in _OWN}
    fixed = all(key in _SHARED or _is_fixed(value) for key, value in found.items())
    return found if fixed else None


def _is_fixed(value: Any) -> bool:
    return type(value) in _FIXED or (isinstance(value, tuple) and all(map(_is_fixed, value)))
