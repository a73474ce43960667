"""Weights, errors, and dtypes, and the shapes in calls and files."""

from __future__ import annotations

from typing import Any, NamedTuple

from lstmlint.model.findings import Severity
from lstmlint.model.shapes import Dim, KnownShape, Tensor, format_shape

DTYPE_BITS = {
    "bool": 8, "int4": 4, "int8": 8, "uint8": 8, "int16": 16, "uint16": 16, "float16": 16, "bfloat16": 16,
    "int32": 32, "uint32": 32, "float32": 32, "int64": 64, "uint64": 64, "float64": 64,
    "float8_e4m3fn": 8, "float8_e5m2": 8,
}  # fmt: skip

# Prefixes of quantized policies. `quantization` handles them; few models need it.
QUANTIZATION_MODES = ("int8", "float8", "int4", "gptq", "awq")


class Weight(NamedTuple):
    """One variable of a layer. All its dimensions are ints."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    trainable: bool

    @property
    def size(self) -> int:
        """Return the number of elements."""
        total = 1
        for dim in self.shape:
            total *= dim
        return total

    @property
    def bytes(self) -> int:
        """Return the size in memory. int4 packs two numbers into one byte."""
        return (self.size * DTYPE_BITS.get(self.dtype, 32) + 7) // 8


class LayerError(Exception):
    """An error that Keras would raise for this layer.

    code: the rule's code. argument: the argument at fault, if any. severity: replaces the rule's severity if the
        dialects differ.
    """

    def __init__(
        self,
        code: str,
        message: str,
        help: str = "",
        argument: str | None = None,
        severity: Severity | None = None,
        **data: Any,
    ) -> None:
        super().__init__(message)
        self.severity = severity
        self.code = code
        self.message = message
        self.help = help
        self.argument = argument
        self.data = data

    def at_run_time(self) -> None:
        """Make it a warning: Keras builds the model, and raises the error only when the model runs."""
        self.severity = "warning"
        message, _, _ = self.message.partition("; Keras raises")
        self.message = f"{message}; Keras builds the model, but fails when it runs"


def absurd(what: str) -> LayerError:
    """Return the error for a tensor that no machine can hold."""
    return LayerError("C512", f"{what} would have more than 10^100 elements", "Write the intended number.")


class UnknownShape(Exception):
    """The result depends on an unknown shape. It is unknown, not wrong."""


def need(shape: Any) -> KnownShape:
    """Return the shape if it is known.

    Raises: UnknownShape if it is not; LayerError E007 for a malformed shape, which only a build_config can contain.
    """
    if shape is None:
        raise UnknownShape
    if not isinstance(shape, tuple):
        raise LayerError(
            "E007",
            f"build_config records {shown_shapes(shape)} instead of a single shape; Keras cannot build the layer",
            "Record the input's shape, for instance [null, 13, 5], or remove build_config.",
            "build_config",
        )
    return shape


def need_dim(dim: Dim) -> int:
    """Return the dimension if it is a number. Raises: UnknownShape otherwise."""
    if dim is None:
        raise UnknownShape
    return dim


def shapes_of(structure: Any) -> Any:
    """Return the shapes of the tensors in a structure, in the same structure; None for other values."""
    if isinstance(structure, Tensor):
        return structure.shape
    if isinstance(structure, list | tuple):
        return [shapes_of(item) for item in structure]
    if isinstance(structure, dict):
        return {key: shapes_of(value) for key, value in structure.items()}
    return None


def recorded_shapes(value: Any) -> Any:
    """Return a shape, or a list or dict of shapes, from a build_config."""
    if isinstance(value, dict):
        return {key: recorded_shapes(item) for key, item in value.items()}
    if not isinstance(value, list):
        return None
    if value and isinstance(value[0], list) and all(isinstance(item, list) for item in value):
        return [recorded_shapes(item) for item in value]
    # Keras reads only the dimensions that weights depend on, so an invalid dimension counts as unknown.
    return tuple([int(dim) if isinstance(dim, int) and dim >= 0 else None for dim in value])


def shown_shapes(shapes: Any) -> str:
    """Format the shapes in a structure for a message."""
    if isinstance(shapes, list):
        return "[" + ", ".join(map(shown_shapes, shapes)) + "]"
    if isinstance(shapes, dict):
        return "{" + ", ".join(f"{key}: {shown_shapes(value)}" for key, value in shapes.items()) + "}"
    return format_shape(shapes)


def dtypes_of(policy: Any) -> tuple[str, str]:
    """Return (compute dtype, variable dtype) of a layer's `dtype`: a name, a policy's name, or a policy object."""
    if policy is None or policy == "float32":
        return "float32", "float32"
    if isinstance(policy, dict):
        config = policy.get("config")
        if not isinstance(config, dict):
            return "float32", "float32"
        if "source_name" in config:
            return dtypes_of(config["source_name"])
        if "default_policy" in config:
            return dtypes_of(config["default_policy"])
        return dtypes_of(config.get("name"))
    if isinstance(policy, str):
        if policy.startswith("mixed_"):
            return policy.removeprefix("mixed_"), "float32"
        if "_from_" in policy:
            return dtypes_of(policy.partition("_from_")[2])
        return policy, policy
    return "float32", "float32"


def as_count(value: Any) -> int | None:
    """Return the units of a Dense in tf_keras, which passes them to `int`; None if that or the kernel fails."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return number if number >= 0 else None
