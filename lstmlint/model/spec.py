"""What parsing makes of a document: layers, the calls that join them, inputs and outputs.

All dialects end here, in Keras 3's names. Nothing in here knows a shape that the file does not state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from lstmlint.model.findings import Problem
from lstmlint.model.pointers import escape
from lstmlint.model.shapes import Shape

Dialect = Literal["keras0", "keras1", "keras2", "keras3"]

# What of a build_config Keras 3 looks at, in this order.
BUILD_KEYS = frozenset({"input_shape", "shapes_dict"})


@dataclass(slots=True)
class TensorRef:
    """Names one output tensor of one call of a layer of the same model.

    `node` counts the layer's calls from 0. `shape` is the shape the file records for it, if any.
    """

    layer: str
    node: int
    tensor: int
    shape: Shape = None
    dtype: str | None = None
    pointer: str = ""


@dataclass(slots=True)
class Call:
    """One call of a layer. Arguments hold TensorRefs in nested lists and dicts, and constants.

    `references` are those TensorRefs, flat, in the order of the arguments.
    """

    args: list[Any]
    kwargs: dict[str, Any]
    pointer: str
    references: list[TensorRef] = field(default_factory=list)


@dataclass(slots=True)
class LayerSpec:
    """One layer of a model, in Keras 3's names.

    config: arguments by their Keras 3 names; layers inside it (a wrapper's `layer`, an RNN's `cell`,
        or a list of cells) are LayerSpecs. Without `name`, `trainable` and `dtype`.
    written_class: the class as the file names it. renamed: argument -> its name in the file, where
        the two differ.
    input_shape: the batch input shape the layer itself declares (Keras 0 to 2), else None.
    build_config: what Keras 3 recorded when it built the layer, as the file has it; None where that is empty.
    calls: in a functional model, the calls in file order; empty in a Sequential.
    model: for a nested model, its layers.
    own_name: in Keras 3, the name that the layer's config gives it, which must be unique in the model; `name` is
        what the calls of other layers go by. Mostly they are the same.
    """

    name: str
    class_name: str
    config: dict[str, Any]
    pointer: str = ""
    written_class: str = ""
    module: str | None = None
    registered_name: str | None = None
    trainable: bool = True
    dtype: Any = None
    input_shape: Shape = None
    input_dtype: str | None = None
    build_config: Any = None
    calls: list[Call] = field(default_factory=list)
    model: ModelSpec | None = None
    renamed: dict[str, str] = field(default_factory=dict)
    named: bool = True
    own_name: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
    config_pointer: str = ""

    @property
    def is_operation(self) -> bool:
        """Whether it is a function of keras.ops; many share a layer's class name, so the module says it."""
        module = self.module
        return (  # asked of every layer, so the usual answer comes first
            module != "keras.layers" and isinstance(module, str) and module.startswith(("keras.src.ops", "keras.ops"))
        )

    @property
    def records_no_shape(self) -> bool:
        """Whether there is a build_config of no use to Keras 3, which takes the layer for built all the same."""
        config = self.build_config
        return bool(config) and (not isinstance(config, dict) or not BUILD_KEYS & config.keys())

    def argument_pointer(self, argument: str) -> str:
        """The place of an argument in the document, the layer's own where it is not written."""
        written = self.renamed.get(argument, argument)
        if argument in ("module", "registered_name", "build_config", "compile_config") and argument in self.raw:
            return f"{self.pointer}/{argument}"
        config = self.raw.get("config", self.raw)
        if isinstance(config, dict) and written in config:
            return f"{self.config_pointer}/{escape(written)}"
        return self.pointer


@dataclass(slots=True)
class ModelSpec:
    """A model: a Sequential's layers in order, or a functional graph.

    inputs, outputs: nested lists or dicts of TensorRefs (functional), None in a Sequential.
    header: what a Keras 3 file says of the model beside its config (module, registered_name).
    build_input_shape: the shape that a Sequential without an Input was built with, if recorded.
    compile_config: as the file has it (`compile_config`, `training_config`, Keras 0's loss), else None.
    """

    name: str
    class_name: str
    dialect: Dialect
    layers: list[LayerSpec]
    sequential: bool
    inputs: Any = None
    outputs: Any = None
    pointer: str = ""
    trainable: bool = True
    build_input_shape: Shape = None
    compile_config: dict[str, Any] | None = None
    compile_pointer: str = ""
    keras_version: str | None = None
    backend: str | None = None
    problems: list[Problem] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=dict)
