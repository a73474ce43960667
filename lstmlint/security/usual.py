"""Class paths that need no closer look, as most files have no others."""

from __future__ import annotations

# Modules whose objects Keras itself writes.
_USUAL_MODULES = frozenset(
    {
        None, "keras", "keras.layers", "keras.initializers", "keras.regularizers", "keras.constraints", "keras.losses",
        "keras.metrics", "keras.optimizers", "keras.optimizers.schedules", "keras.activations",
        "keras.dtype_policies", "keras.random", "keras.src.models.functional",
        "keras.src.models.sequential", "keras.src.engine.functional", "keras.src.ops.numpy", "keras.src.ops.nn",
        "tf_keras.src.engine.functional",
    }
)  # fmt: skip
# Classes that need a closer look.
CLOSER = frozenset(
    {
        "function", "Lambda", "__lambda__", "__bytes__", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFOpLambda",
        "TensorFlowOpLayer", "StringLookup", "IntegerLookup", "IndexLookup", "TextVectorization",
    }
)  # fmt: skip


def is_usual(path: tuple[object, object, object]) -> bool:
    """Check whether a class path (class, module, registered name) is one that Keras writes and that needs no closer look."""
    class_name, module, registered = path
    if class_name in CLOSER or module not in _USUAL_MODULES:
        return False
    return registered in (None, class_name) or (module is None and isinstance(registered, str))
