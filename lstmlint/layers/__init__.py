"""What each Keras layer does: one small class per layer, in modules named after Keras's families of layers."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lstmlint.layers.base import REGISTRY, Layer
from lstmlint.model.findings import UsageError
from lstmlint.model.spec import Dialect
from lstmlint.signatures.keras3 import SIGNATURES

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

# The most common families first: a lookup imports families until one contains the name, so a common model imports few.
FAMILIES = (
    "core", "rnn", "wrappers", "convolutional", "pooling", "normalization", "reshaping", "merging",
    "attention", "activations", "regularization", "einsum", "applications", "legacy", "locally_connected",
    "preprocessing", "vocabulary", "scaling", "image_preprocessing", "audio_preprocessing",
    "experimental",
)  # fmt: skip


# Classes whose family is imported only when a model names them.
ELSEWHERE = dict.fromkeys(
    ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod", "InstanceProperty", "InstanceMethod"),
    "ops.tensorflow",
)


@lru_cache(maxsize=1024)
def find(class_name: str) -> type[Layer] | None:
    """Return the class for a Keras class name (Keras 3's spelling or an alias), or None if there is none."""
    if class_name in REGISTRY:
        return REGISTRY[class_name]
    for family in (ELSEWHERE[class_name],) if class_name in ELSEWHERE else FAMILIES:
        import_module(f"lstmlint.layers.{family}")
        if class_name in REGISTRY:
            return REGISTRY[class_name]
    return _plugin(class_name)


def _plugin(class_name: str) -> type[Layer] | None:
    """Return the layer that an installed package provides under the entry point `lstmlint.layers`, by its class name.

    Raises: UsageError if it cannot be loaded or is not a Layer.
    """
    for entry in plugins():
        if entry.name != class_name:
            continue
        try:
            cls = entry.load()
        except Exception as error:
            raise UsageError(
                f"the plugin {entry.value} for the layer {class_name} cannot be loaded: {error}"
            ) from error
        if not (isinstance(cls, type) and issubclass(cls, Layer)):
            raise UsageError(f"the plugin {entry.value} for the layer {class_name} is not a subclass of lstmlint.Layer")
        REGISTRY.setdefault(class_name, cls)
        return cls
    return None


def is_plugin(cls: type[Layer]) -> bool:
    """Return whether a class comes from a plugin."""
    return not cls.__module__.startswith("lstmlint.")


@lru_cache(maxsize=1)
def plugins() -> tuple[EntryPoint, ...]:
    """Return the entry points that installed packages provide as `lstmlint.layers`. The lookup takes milliseconds."""
    from importlib.metadata import entry_points

    return tuple(entry_points(group="lstmlint.layers"))


def find_operation(module: str | None, class_name: str) -> type[Layer] | None:
    """Return the class for an operation of keras.ops, or None if there is none."""
    from lstmlint.layers.ops import find_operation as find_in_table

    return find_in_table(module, class_name)


def known_names() -> list[str]:
    """Return every class name that `find` knows."""
    _load_families()
    return sorted(REGISTRY)


@lru_cache(maxsize=1)
def _load_families() -> None:
    for family in (*FAMILIES, *ELSEWHERE.values()):
        import_module(f"lstmlint.layers.{family}")


def is_computed(class_name: str) -> bool:
    """Return whether lstmlint knows the shapes and weights of a Keras class."""
    return class_name in known_names()


def signature(class_name: str, dialect: Dialect = "keras3") -> dict[str, Any] | None:
    """Return the arguments of a layer with the defaults of the dialect's Keras.

    None if this Keras does not have the layer.

    Raises: UsageError if no Keras has it and its class here does not declare a signature.
    """
    cls = find(class_name)
    declared = cls is not None and cls.signature is not Layer.signature
    if cls is not None and declared and ("signature" in cls.__dict__ or is_plugin(cls)):
        return cls.signature  # plugins may inherit it
    if dialect == "keras3":
        table = SIGNATURES
    else:
        from lstmlint.signatures.keras2 import SIGNATURES as KERAS2

        table = KERAS2
    names = (class_name, *(cls.keras_names if cls else ()))
    for name in names:
        if name in table:
            return table[name]
    if class_name in SIGNATURES:
        return SIGNATURES[class_name]
    if cls is not None and cls.defaults is Layer.defaults:
        require_signature(cls, names)
    return None


def require_signature(cls: type[Layer], names: tuple[str, ...]) -> None:
    """Raise UsageError if no Keras has a layer of these names."""
    from lstmlint.signatures.keras2 import SIGNATURES as KERAS2

    if any(name in SIGNATURES or name in KERAS2 for name in names):
        return
    if is_plugin(cls):
        raise UsageError(
            f"the plugin {cls.__module__}:{cls.__qualname__} for the layer {names[0]} does not declare `signature`: set it"
            " to a dict of the constructor's arguments and their defaults"
        )
    raise UsageError(
        f"the layer {names[0]} has no signature: run scripts/generate_signatures.py with a Keras that has the layer, or set"
        f" `signature` on {cls.__module__}.{cls.__qualname__} to a dict of the constructor's arguments and their defaults"
    )
