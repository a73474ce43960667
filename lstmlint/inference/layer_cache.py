"""A cache of layers: large models repeat a few layers many times.

Everything of a layer except its name, calls, and recorded shapes decides whether Keras accepts it and how its class
initializes it. Together with the recorded shape and the tensors of its first call, it also decides the layer's weights
and output. Only results without problems are cached, so each finding is still computed for its own layer.
"""

from __future__ import annotations

from marshal import dumps
from typing import Any

from lstmlint.layers import is_plugin
from lstmlint.layers.base import Context, Layer
from lstmlint.model.shapes import Shape, Tensor
from lstmlint.model.spec import LayerSpec

# Attributes that differ between identical layers, or that the context sets.
_OWN = frozenset({"cache_entry", "context", "name", "spec"})
_SHARED = frozenset({"config", "own_weights", "sublayers"})
_FIXED = frozenset({bool, float, int, str, type(None)})
# Not JSON values, so they cannot be confused with any.
_ABSENT, _RECORDED = ..., b"input_shape"
_ONLY_SHAPE = {"input_shape"}
# marshal tells 1, 1.0, and true apart. Its later versions depend on an object's reference count.
Key = bytes
_VERSION = 2
# The tensors of a call and the recorded build_config.
Signature = tuple[Any, ...]
State = dict[str, Any]


def key_of(spec: LayerSpec) -> Key | None:
    """Return the key under which a Keras 3 layer is cached; None if it cannot be cached (it contains layers)."""
    raw = spec.raw
    config = raw.get("config")
    if spec.model is not None or not isinstance(config, dict) or spec.is_operation:
        return None
    build = raw.get("build_config", _ABSENT)
    header = (
        spec.class_name,
        raw.get("module", _ABSENT),
        raw.get("registered_name", _ABSENT),
        # For a recorded shape, only its presence matters here; its value is part of the signature.
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
    """Return the key of a first call with one tensor or one list of tensors; None for any other call."""
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
    """The state of the layers with one key: when they are created, and after each kind of first call.

    A state is inspected when it is first needed, since many layers are unique.
    macs: (id of the weights, input shape, output shape) -> the multiply-accumulates of a call.
    """

    __slots__ = ("_calls", "_kind", "_made", "macs")

    def __init__(self, layer: Layer) -> None:
        self._kind = type(layer)
        self._made = Snapshot(layer)
        self._calls: dict[Signature, Snapshot] = {}
        self.macs: dict[tuple[int, Shape, Shape], int | None] = {}

    def copy_for(self, spec: LayerSpec, context: Context) -> Layer | None:
        """Create another layer for `spec`; None if the class must create it."""
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

    def restore_call(self, layer: Layer, signature: Signature) -> Tensor | None:
        """Return the cached output of a layer's first call and set the layer's state; None if there is none."""
        known = self._calls.get(signature)
        state = None if known is None else known.shared()
        if known is None or state is None:
            return None
        layer.__dict__.update(state)
        return Tensor(known.shape, known.dtype)

    def store_call(self, layer: Layer, signature: Signature, output: Any) -> None:
        """Cache a first call without problems."""
        if type(output) is Tensor and output.value is None and not layer.failed:
            self._calls[signature] = Snapshot(layer, output.shape, output.dtype)


class Snapshot:
    """A layer's state at one time, and the output of its call."""

    __slots__ = ("_checked", "_state", "dtype", "shape")

    def __init__(self, layer: Layer, shape: Shape = None, dtype: str | None = None) -> None:
        self._state: State | None = None
        # A plugin's layer may depend on its name. Layers that contain layers are not compared.
        self._checked = bool(layer.sublayers) or is_plugin(type(layer))
        if not self._checked:
            self._state = layer.__dict__.copy()
            self._state.pop("cache_entry", None)  # refers to this entry
            del self._state["context"]  # refers to all entries
        self.shape = shape
        self.dtype = dtype

    def shared(self) -> State | None:
        """Return the state that identical layers can share; None if part of it cannot be shared."""
        if not self._checked:
            self._checked = True
            self._state = _shared(self._state or {})
        return self._state


def _shared(state: State) -> State | None:
    """Return the shareable part of a state. Config, weights, and the empty list of sublayers are only ever replaced."""
    found = {key: value for key, value in state.items() if key not in _OWN}
    fixed = all(key in _SHARED or _is_fixed(value) for key, value in found.items())
    return found if fixed else None


def _is_fixed(value: Any) -> bool:
    return type(value) in _FIXED or (isinstance(value, tuple) and all(map(_is_fixed, value)))
