"""The parsed model: layers, their calls, inputs, and outputs.

Models of all dialects use Keras 3's names here. Shapes are only those that the file states.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from reprlib import repr as short
from typing import Any, Literal

from lstmlint.model.findings import Problem
from lstmlint.model.pointers import escape
from lstmlint.model.releases import KERAS2, KERAS3, TFJS, in_order, release_of
from lstmlint.model.shapes import Shape

Dialect = Literal["keras0", "keras1", "keras2", "keras3"]

# The keys of a build_config that Keras 3 reads, in this order.
BUILD_KEYS = frozenset({"input_shape", "shapes_dict"})


@dataclass(slots=True)
class TensorRef:
    """A reference to one output tensor of one call of a layer in the same model.

    `node` counts the layer's calls from 0. `shape` is the shape that the file records for the tensor, if any.
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

    `references` lists the TensorRefs in the order of the arguments.
    """

    args: list[Any]
    kwargs: dict[str, Any]
    pointer: str
    references: list[TensorRef] = field(default_factory=list)


@dataclass(slots=True)
class LayerSpec:
    """One layer of a model, in Keras 3's names.

    config: arguments by their Keras 3 names, without `name`, `trainable`, and `dtype`. Layers in it (a wrapper's
        `layer`, an RNN's `cell` or list of cells) are LayerSpecs.
    written_class: the class name in the file.
    renamed: argument -> its name in the file, if the two differ.
    input_shape: the batch input shape that the layer declares (Keras 0 to 2), else None.
    build_config: what Keras 3 recorded when it built the layer; None if it is empty.
    calls: in a functional model, the calls in file order; empty in a Sequential.
    model: for a nested model, its layers.
    own_name: in Keras 3, the name in the layer's config, which must be unique in the model. `name` is the one that
        other layers refer to. They are usually equal.
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

    def __repr__(self) -> str:
        return f"<LayerSpec {short(self.name)} ({self.class_name:.80})>"

    @property
    def is_operation(self) -> bool:
        """Return whether it is a function of keras.ops. Its class name may be that of a layer, so the module decides."""
        module = self.module
        return (  # called for every layer, so the most common answer comes first
            module != "keras.layers" and isinstance(module, str) and module.startswith(("keras.src.ops", "keras.ops"))
        )

    @property
    def records_no_shape(self) -> bool:
        """Return whether build_config has no shape, in which case Keras 3 treats the layer as built."""
        config = self.build_config
        return bool(config) and (not isinstance(config, dict) or not BUILD_KEYS & config.keys())

    def argument_pointer(self, argument: str) -> str:
        """Return the pointer to an argument, or to the layer if the file does not contain the argument."""
        written = self.renamed.get(argument, argument)
        if argument in ("module", "registered_name", "build_config", "compile_config") and argument in self.raw:
            return f"{self.pointer}/{argument}"
        config = self.raw.get("config", self.raw)
        if isinstance(config, dict) and written in config:
            return f"{self.config_pointer}/{escape(written)}"
        return self.pointer


@dataclass(slots=True)
class ModelSpec:
    """A model: the layers of a Sequential in order, or a functional graph.

    inputs, outputs: nested lists or dicts of TensorRefs (functional), None in a Sequential.
    header: what a Keras 3 file says of the model outside its config (module, registered_name).
    wired: whether it is known how its layers are connected; not in a subclassed model.
    build_input_shape: the recorded input shape of a Sequential without an InputLayer.
    container: the kind of file that the outermost model comes from.
    targets: the releases that must load the outermost model.
    compile_config: as in the file (`compile_config`, `training_config`, or Keras 0's loss), else None.
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
    container: str = ""
    backend: str | None = None
    problems: list[Problem] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=dict)
    wired: bool = True
    targets: tuple[str, ...] = ()

    @property
    def release(self) -> str:
        """The release of Keras that rules and messages are about, by its name in model/releases.py.

        It is the target; of several targets, the oldest of the file's generation. Otherwise, it is the release that wrote
        the file, or the newest of its generation.
        """
        line = KERAS3 if self.dialect == "keras3" else KERAS2
        if len(self.targets) == 1 and self.targets[0] != TFJS:
            return self.targets[0]
        known = (*in_order(self.targets), release_of(self.keras_version))
        return next((release for release in known if release in line), line[-1])

    def __repr__(self) -> str:
        return f"<ModelSpec {short(self.name)} ({self.class_name:.80}): {len(self.layers):,} layers>"
