"""The base of all layers: arguments with Keras's defaults, weights, and an output shape.

A layer class has two main methods in Keras's vocabulary: `weights(input_shape)`, the weights that Keras's `build`
creates, and `output_shape(input_shape)`, the result of `compute_output_shape`. Layers with several inputs or outputs
override `call`; wrappers also override `build`. Nothing here depends on graphs or files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from lstmlint.layers.weights import (
    DTYPE_BITS,
    LayerError,
    UnknownShape,
    Weight,
    absurd,
    dtypes_of,
    need,
    need_dim,
    recorded_shapes,
    shapes_of,
    shown_shapes,
)
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, format_shape, product, tensors_in, too_large
from lstmlint.model.spec import Dialect, LayerSpec
from lstmlint.model.values import show

# The arguments that every layer takes besides its own (name, trainable and dtype are read elsewhere).
BASE_ARGUMENTS = {
    "keras3": frozenset({"activity_regularizer", "autocast", "input_shape", "input_dim"}),
    "keras2": frozenset({"activity_regularizer", "autocast", "dynamic", "weights", "batch_size", "implementation"}),
}

MaskedInputs = Literal["first", "all", "any"] | None


class Context(Protocol):
    """What a layer can ask of the analysis that runs it."""

    dialect: Dialect
    release: str

    def defaults(self, class_name: str) -> dict[str, Any]:
        """Return the arguments of a class with the defaults of the dialect's Keras."""

    def make_cached(self, spec: LayerSpec) -> Layer:
        """Return the layer, or nested model, that a wrapper contains."""

    def bind_input(self, name: str, shape: Shape) -> Shape:
        """Return an input's shape with the user's batch size, timesteps, or shape."""

    def report(self, layer: Layer, error: LayerError) -> None:
        """Report an error that does not stop the layer."""


class Layer:
    """A layer of a model: its arguments and, once built, its weights.

    Subclasses set `ndim`, `min_ndim`, and `max_ndim` to the ranks (including the batch) that Keras accepts, and `axes`
    to the meaning of the axes, for messages.
    """

    signature: ClassVar[dict[str, Any]] = {}
    keras_names: ClassVar[tuple[str, ...]] = ()
    ndim: int | None = None
    min_ndim: int | None = None
    max_ndim: int | None = None
    axes: str = ""
    multiple_inputs: bool = False
    # Whether it is an input layer, which takes no tensors.
    is_input: ClassVar[bool] = False
    # Whether a call requires states besides its input, which a Sequential cannot pass.
    needs_states: ClassVar[bool] = False
    # Whether Keras 3 accepts any structure of tensors and returns the same structure.
    maps_structures: ClassVar[bool] = False
    # Whether Keras 3 stacks a list of tensors into one tensor with an additional axis.
    stacks_lists: bool = False
    # Whether Keras 3 treats a list or a dict of one tensor as the tensor itself: always, or once the layer is built.
    takes_structures: ClassVar[bool] = False
    takes_structures_when_built: ClassVar[bool] = False
    # Whether it merges a list of tensors into one.
    merges_lists: ClassVar[bool] = False
    # Whether Keras 3 builds it in its constructor, and so ignores build_config.
    built_when_made: ClassVar[bool] = False
    # The shapes that `build` of Keras 3 requires, and those that it takes as well.
    build_shapes: ClassVar[tuple[str, ...]] = ("input_shape",)
    optional_build_shapes: ClassVar[tuple[str, ...]] = ()
    # Whether it can be quantized: Keras 3 gives it weights for quantized dtype policies.
    quantizable: ClassVar[bool] = False
    # Whether it returns a mask (Keras's attribute). If not, Keras 3 warns and drops the mask.
    supports_masking: ClassVar[bool] = False
    # Which inputs must carry a mask for the output to carry one; None if the output never does.
    masked_inputs: ClassVar[MaskedInputs] = "first"
    # Whether it makes a mask: always, or if `mask_zero` is among its arguments and true.
    makes_mask: ClassVar[bool] = False
    # Whether it computes over timesteps and leaves out those that are masked.
    uses_mask: ClassVar[bool] = False
    # Whether it takes (batch, timesteps, features) and its output has no timesteps.
    removes_timesteps: ClassVar[bool] = False
    # Whether an output timestep can depend on other timesteps of the input.
    mixes_timesteps: ClassVar[bool] = False
    # Whether it acts in training only: otherwise it returns its input. `drops_units`: it drops a `rate` of its input.
    training_only: ClassVar[bool] = False
    drops_units: ClassVar[bool] = False
    # Whether its output holds the values of its input (outside of training), perhaps in another shape.
    keeps_values: ClassVar[bool] = False
    # Whether it is an activation and nothing else, and which; None if an argument says so.
    is_activation: ClassVar[bool] = False
    activation: ClassVar[str | None] = None
    # Whether it has weights and applies its argument `activation` to its output last.
    applies_activation: ClassVar[bool] = False
    known: bool = True
    # Whether Keras 3 needs the shapes in build_config even if there are no weights to build.
    needs_build_shape: ClassVar[bool] = False
    # False if Keras 3 keeps the weights in inner layers that do not receive this layer's `trainable`.
    weights_follow_trainable: ClassVar[bool] = True
    # The cache entry shared by identical layers.
    cache_entry: Any = None
    # The class of a layer that could not be created.
    stands_for: type[Layer] | None = None

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        self.spec = spec
        self.context = context
        self.name = spec.name
        self.trainable = spec.trainable
        self.config = {**self.defaults(), **spec.config}
        self.compute_dtype, self.variable_dtype = dtypes_of(spec.dtype)
        self.own_weights: list[Weight] = []
        self.sublayers: list[Layer] = []
        self.built = False
        self.weights_known = True
        self.failed = False

    # Methods that layer classes override --------------------------------------------------------------

    def defaults(self) -> dict[str, Any]:
        """Return the arguments of the class with their defaults."""
        return self.context.defaults(self.spec.class_name)

    def weights(self, input_shape: Any) -> Iterable[Weight]:
        """Return the weights that `build(input_shape)` creates.

        input_shape: a shape, or a list or dict of shapes, structured like the first argument of the call.
        """
        return ()

    def activation_weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield the weights of a PReLU that is the layer's activation: tf_keras tracks them, Keras 3 does not."""
        for argument in ("activation", "recurrent_activation"):
            value = self.config.get(argument)
            if value == "PReLU" or (isinstance(value, dict) and value.get("class_name") == "PReLU"):
                config = value.get("config") if isinstance(value, dict) else None
                own = dict(config) if isinstance(config, dict) else {}
                name, trainable = own.pop("name", "p_re_lu"), own.pop("trainable", True) is not False
                own.pop("dtype", None)
                prelu = self.context.make_cached(LayerSpec(name, "PReLU", own, self.spec.pointer))
                for weight in prelu.weights(self.activation_shape(input_shape)):
                    yield Weight(f"{name}/{weight.name}", weight.shape, weight.dtype, trainable)

    def activation_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the tensor to which the layer applies its activation."""
        return self.output_shape(need(input_shape))

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the output shape for an input shape of known rank. The batch comes first."""
        return input_shape

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates of one forward pass of one sample; None if they depend on an unknown
        dimension.
        """
        return 0

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs of one call: a Tensor, or a list or dict of them."""
        if not isinstance(inputs, Tensor) and self.maps_structures:
            if isinstance(inputs, dict):
                return {key: self.call(item) for key, item in inputs.items()}
            return [self.call(item) for item in inputs] if isinstance(inputs, list | tuple) else None
        shape = inputs.shape
        return Tensor(None if shape is None else self.output_shape(shape), self.output_dtype(inputs))

    def known_inputs(self) -> list[Tensor]:
        """Return the input tensors that do not depend on a call: those of a nested model."""
        return []

    def run_inside(self, layer: Layer, inputs: Any) -> Any:
        """Call an inner layer. Keras 3 only computes its output shape, so a wrong input fails when the model runs."""
        try:
            return layer.apply([inputs], {})
        except LayerError as error:
            if error.code not in ("S101", "S134") or self.context.dialect != "keras3":
                raise
            outputs = layer.misfit_output(inputs, error)
            error.at_run_time()
            self.context.report(layer, error)
            return outputs

    def misfit_output(self, inputs: Tensor, error: LayerError) -> Any:
        """Return what Keras 3 computes for an input that `check_rank` refuses with `error`, if it does not check the
        rank.

        Raises: LayerError if the computation fails, too; UnknownShape if its result is meaningless.
        """
        return self.call(inputs)

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return the dtype of the output."""
        return self.compute_dtype

    def build(self, input_shape: Any) -> None:
        """Create the weights. Wrappers build their inner layers instead.

        Raises: LayerError if Keras's build would fail.
        """
        try:
            self.own_weights = list(self.weights(input_shape))
            if self.context.dialect == "keras2":
                self.own_weights += self.activation_weights(input_shape)
        except UnknownShape:
            self.weights_known = False
        for weight in self.own_weights:
            if too_large(weight.shape):
                self.own_weights = []
                raise absurd(f"{weight.name} of {self.class_name} {show(self.name)}")
        if self.own_weights and self.variable_dtype == "string" and self.context.dialect == "keras3":
            message = f"{self.class_name} has weights, and its dtype is 'string'; Keras cannot make them"
            raise LayerError("P609", message, 'Write "dtype": "float32".', "dtype")

    # Methods that the analysis calls ------------------------------------------------------------------

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Build the layer on its first call, and return the outputs of the call.

        Raises: LayerError if Keras would fail.
        """
        if not args and not (kwargs and self.multiple_inputs) and not self.is_input:
            args, kwargs = self.named_input(kwargs)
        args = self.check_inputs(args)
        self.ensure_built(args, kwargs)
        try:
            return self.call(*args, **kwargs)
        except UnknownShape:
            return None

    def named_input(self, kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of a call with the first tensor among the named ones as the positional argument.

        Raises: LayerError S122 if there is none.
        """
        for name, value in kwargs.items():
            if tensors_in(value):
                return [value], {key: given for key, given in kwargs.items() if key != name}
        raise LayerError(
            "S122",
            f"{self.class_name} is called without a tensor; Keras raises an error",
            "Connect the layer before it.",
        )

    def ensure_built(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Build the layer on its first call, with the shapes that Keras 3 recorded or else with those of the call."""
        if self.built:
            return
        self.built = True
        if self.spec.records_no_shape:
            self.leave_unbuilt(self.build_shape(args, kwargs))
            return
        recorded = self.recorded_build_shape() if self.spec.build_config else None
        if recorded is None:
            self.build(self.build_shape(args, kwargs))
            if self.spec.build_config and (self.own_weights or self.sublayers or self.needs_build_shape):
                self.check_build_config()
        else:
            self.build_recorded(recorded, self.build_shape(args, kwargs))
            self._compare_build_shapes(recorded, args, kwargs)

    def build_recorded(self, recorded: Any, given: Any) -> None:
        """Build with the shapes of build_config.

        Raises: LayerError S130 if that fails and the layer receives another shape.
        """
        try:
            self.build(recorded)
        except LayerError as error:
            if recorded == given or error.code == "S130":
                raise
            message = f"build_config records the input shape {shown_shapes(recorded)}: {error.message}"
            advice = "Remove build_config, or save the model again from Keras."
            raise LayerError("S130", message, advice, "build_config", severity="error") from error

    def leave_unbuilt(self, input_shape: Any) -> None:
        """Leave the layer without weights, as Keras 3 does if build_config has no shape. Inner layers keep theirs."""
        self.built = True
        for layer in self.sublayers:
            layer.build_as_recorded()
        try:
            wanted = bool(self.sublayers or list(self.weights(input_shape)))
        except (UnknownShape, LayerError):
            return
        if wanted:
            message = f"build_config has no input_shape: Keras treats {self.class_name} as built and creates no weights"
            advice = "Remove build_config, or save the model again from Keras."
            self.context.report(self, LayerError("S130", message, advice, "build_config"))

    def build_as_recorded(self) -> None:
        """Build from its own build_config only, since the layer around it does not build it."""
        if self.built:
            return
        if self.spec.build_config and not self.spec.records_no_shape:
            self.build_from(None)
        else:
            self.leave_unbuilt(None)

    def check_build_config(self) -> None:
        """Raise LayerError S130 if the layer has weights that Keras cannot build from build_config."""
        if "input_shape" in self.spec.build_config and self.needs_shape:
            message = f"build_config has no shape from which {self.class_name} can be built; Keras cannot load it"
            advice = "Remove build_config, or save the model again from Keras."
            raise LayerError("S130", message, advice, "build_config", severity="error")

    @property
    def needs_shape(self) -> bool:
        """Whether Keras 3 needs a shape to build the layer."""
        if self.sublayers or self.needs_build_shape:
            return True
        try:
            return not list(self.weights(None))
        except (UnknownShape, LayerError):
            return True

    def build_from(self, input_shape: Any) -> None:
        """Build as a wrapper builds its inner layer: once, with the recorded shape or else `input_shape`."""
        if self.built:
            return
        self.built = True
        if self.spec.records_no_shape:
            self.leave_unbuilt(input_shape)
            return
        recorded = self.recorded_build_shape() if self.spec.build_config else None
        if recorded is None:
            self.build(input_shape)
        else:
            self.build_recorded(recorded, input_shape)
        if recorded is None and self.spec.build_config and self.own_weights:
            self.check_build_config()

    def _compare_build_shapes(self, recorded: Any, args: list[Any], kwargs: dict[str, Any]) -> None:
        given = self.build_shape(args, kwargs)
        if given == recorded or not self.own_weights:
            return
        try:
            wanted = list(self.weights(given))
        except (UnknownShape, LayerError):
            return
        for built, needed in zip(self.own_weights, wanted, strict=False):
            if built.shape != needed.shape:
                self.context.report(
                    self,
                    LayerError(
                        "S130",
                        f"build_config records the input shape {shown_shapes(recorded)}, but the layer receives"
                        f" {shown_shapes(given)}: Keras builds {built.name} {format_shape(built.shape)} from the recorded shape,"
                        f" and the layer needs {format_shape(needed.shape)}",
                        f"Set build_config's shape to {shown_shapes(given)}, or save the model again from Keras.",
                        "build_config",
                    ),
                )
                return

    def build_shape(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the argument of `build` for a call: the shapes of its first argument, in the same structure."""
        return shapes_of(args[0]) if args else None

    def recorded_build_shape(self) -> Any:
        """Return the argument of `build` that Keras 3's build_config records; None if it records none."""
        config = self.spec.build_config
        if not isinstance(config, dict):
            return None
        shape = config.get("input_shape")
        if shape is None:
            shapes = config.get("shapes_dict")
            shape = next(iter(shapes.values()), None) if isinstance(shapes, dict) else None
        return recorded_shapes(shape)

    def check_inputs(self, args: list[Any]) -> list[Any]:
        """Return the positional arguments after the checks of Keras's input_spec.

        Raises: LayerError S101 for a wrong rank, S122 for several tensors where one is expected.
        """
        if self.multiple_inputs or not args:
            return args
        first = args[0]
        if not isinstance(first, Tensor):
            tensors = tensors_in(first)
            if self.maps_structures and tensors and self.context.dialect == "keras3":
                return args
            if self.stacks_lists and isinstance(first, list) and self.context.dialect == "keras3":
                self.built = True
                message = f"{self.class_name} takes one tensor, but gets a list: Keras stacks the list along a new axis"
                advice = "Connect the tensor itself instead of a list."
                self.context.report(self, LayerError("S122", message, advice, severity="warning"))
                raise UnknownShape
            if len(tensors) != 1:
                raise LayerError(
                    "S122",
                    f"{self.class_name} takes one input tensor, but gets {len(tensors)}",
                    "Merge them first (Concatenate, Add, ...), or connect only one of them.",
                )
            first = tensors[0]
            args = [first, *args[1:]]
        self.check_rank(first.shape)
        return args

    def check_rank(self, shape: Shape) -> None:
        """Raise LayerError S101 if the layer does not accept the rank of `shape`."""
        if shape is None:
            return
        rank = len(shape)
        if self.ndim is not None and rank != self.ndim:
            wanted = f"{self.ndim} dimensions"
        elif self.min_ndim is not None and rank < self.min_ndim:
            wanted = f"at least {self.min_ndim} dimensions"
        elif self.max_ndim is not None and rank > self.max_ndim:
            wanted = f"at most {self.max_ndim} dimensions"
        else:
            return
        meaning = f" {self.axes}" if self.axes else ""
        advice = f"Use an input with {wanted}{meaning}."
        declared = shape == self.spec.input_shape and self.spec.renamed.get("batch_shape") == "batch_input_shape"
        lacks_batch = declared and rank + 1 == (self.ndim or self.min_ndim) and shape[:1] not in ((), (None,))
        if lacks_batch:
            dims = ", ".join("null" if dim is None else str(dim) for dim in (None, *shape))
            advice = f"batch_input_shape begins with the batch: [{dims}], unless {shape[0]} is the batch size."
        raise LayerError(
            "S101",
            f"{self.class_name} expects {wanted}{meaning}, but gets {rank}: {format_shape(shape)};"
            " Keras raises a ValueError",
            advice,
            shape=shape,
            wanted=self.ndim or self.min_ndim or self.max_ndim,
            lacks_batch=lacks_batch,
        )

    @property
    def facts(self) -> type[Layer]:
        """The class whose attributes describe the layer, even if the layer itself could not be made."""
        return self.stands_for or type(self)

    # Methods that layer classes use -------------------------------------------------------------------

    @property
    def class_name(self) -> str:
        """The class name in Keras 3."""
        return self.spec.class_name

    def feature_dim(self, input_shape: Shape, axis: int = -1) -> int:
        """Return the size of the feature axis, on which weights depend.

        Raises: UnknownShape if the input is unknown; LayerError S106 if the dimension is None.
        """
        shape = need(input_shape)
        if not -len(shape) <= axis < len(shape):
            raise LayerError(
                "S111", f"axis {axis} is out of range for the input {format_shape(shape)}", argument="axis"
            )
        dim = shape[axis]
        if dim is None:
            raise LayerError(
                "S106",
                f"{self.class_name} needs a known size of axis {axis} to build its weights, but gets"
                f" {format_shape(shape)}; Keras raises a ValueError",
                "Set that dimension to a number in the input's shape: only the batch and, for recurrent"
                " layers, the timesteps may be None.",
                shape=shape,
                axis=axis,
            )
        return dim

    def integer(self, argument: str, minimum: int = 1) -> int:
        """Return an argument that must be an int of at least `minimum`.

        Raises: LayerError E006 if it is missing, E007 if it has another value.
        """
        value = self.config.get(argument)
        if isinstance(value, int) and value >= minimum:
            return int(value)  # Keras reads True as 1
        if argument not in self.spec.config:
            raise LayerError("E006", f"{self.class_name} needs {argument}", f"Add {argument}, an integer.", argument)
        raise LayerError(
            "E007",
            f"{argument} of {self.class_name} is {show(value)}; Keras takes integers of at least {minimum}",
            f"Set {argument} to an integer of at least {minimum}.",
            argument,
        )

    def weight(self, name: str, shape: Iterable[int], trainable: bool = True, dtype: str | None = None) -> Weight:
        """Return a weight of this layer, in its variable dtype by default."""
        return Weight(name, tuple(shape), dtype or self.variable_dtype, trainable)

    def child(self, argument: str) -> Layer:
        """Return the layer in an argument.

        Raises: LayerError E007 if the argument is not a layer.
        """
        spec = self.config.get(argument)
        if not isinstance(spec, LayerSpec) or spec.is_operation:
            raise LayerError("E007", f"{argument} of {self.class_name} must be a layer", argument=argument)
        layer = self.context.make_cached(spec)
        self.sublayers.append(layer)
        return layer

    def all_weights(self, trainable: bool = True, prefix: str = "") -> Iterator[Weight]:
        """Yield its own weights and those of inner layers. A weight is trainable only if all layers around it are."""
        trainable = trainable and self.trainable
        for weight in self.own_weights:
            if prefix or (weight.trainable and not trainable):
                yield Weight(prefix + weight.name, weight.shape, weight.dtype, weight.trainable and trainable)
            else:
                yield weight
        for layer in self.sublayers:
            yield from layer.all_weights(trainable, f"{prefix}{layer.name}/")

    def trained(self, frozen: bool = False) -> Iterator[Weight]:
        """Yield the weights that the model trains.

        Keras 3 reads the flag of each weight: a flag that a wrapper receives in its constructor does not reach the
        weights inside. tf_keras reads the flags of all layers on the way.
        """
        own_frozen = frozen or not self.trains()
        if not own_frozen:
            yield from (weight for weight in self.own_weights if weight.trainable)
        inside_frozen = frozen if self.context.dialect == "keras3" else own_frozen
        for layer in self.sublayers:
            yield from layer.trained(inside_frozen)

    def trains(self) -> bool:
        """Return whether the layer's own flag lets its own weights train."""
        return self.trainable or (self.context.dialect == "keras3" and not self.weights_follow_trainable)

    def trained_params(self) -> int:
        """Return the number of parameters that the model trains."""
        return sum(weight.size for weight in self.trained())

    def all_known(self) -> bool:
        """Return whether all weights, including those of inner layers, are known."""
        if not (self.known and self.built and self.weights_known) or self.failed:
            return False
        return all(layer.all_known() for layer in self.sublayers)


class UnknownLayer(Layer):
    """A layer of an unknown class. Its outputs and weights are unknown."""

    known = False
    multiple_inputs = True

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return unknown outputs."""
        self.built = True
        return None


L = TypeVar("L", bound=type[Layer])
REGISTRY: dict[str, type[Layer]] = {}


def layer(*names: str) -> Callable[[L], L]:
    """Register a class for a Keras class name and its aliases."""

    def register(cls: L) -> L:
        cls.keras_names = names
        for name in names:
            if name in REGISTRY:
                raise ValueError(f"two classes for the layer {name}")
            REGISTRY[name] = cls
        return cls

    return register


__all__ = [
    "BASE_ARGUMENTS", "DTYPE_BITS", "REGISTRY", "Context", "Dim", "KnownShape", "Layer", "LayerError", "Problem", "Shape",
    "Tensor",
    "UnknownLayer", "UnknownShape", "Weight", "absurd", "dtypes_of", "format_shape", "layer", "need", "need_dim", "product",
    "recorded_shapes", "shapes_of",
]  # fmt: skip
