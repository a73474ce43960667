"""Layers that Keras 3 has removed: those of Keras 0 and 1, and a few of tf_keras.

The formulas are those of `build` and `get_output_shape_for` in Keras 1.2.2, or 0.3.3 and 0.2.0 for what was removed
earlier. Weights carry the names that Keras 2 would give them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from lstmlint.layers.base import Context, Layer, LayerError, UnknownShape, Weight, layer, need
from lstmlint.layers.core import Dense, PassThrough, declared_shape
from lstmlint.layers.merging import Merge as MergingLayer
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.layers.spatial import LEGACY, bad_value
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, add, format_shape, product
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show
from lstmlint.signatures.keras3 import REQUIRED

DENSE_SIGNATURE: dict[str, Any] = {
    "units": REQUIRED, "activation": "linear", "use_bias": True, "kernel_initializer": "glorot_uniform",
    "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None,
    "bias_constraint": None,
}  # fmt: skip


# Dense layers -------------------------------------------------------------------------------------------


@layer("TimeDistributedDense")
class TimeDistributedDense(Dense):
    """A Dense layer applied to every timestep, now TimeDistributed(Dense)."""

    signature: ClassVar[dict[str, Any]] = DENSE_SIGNATURE
    ndim = 3
    axes = "(batch, timesteps, features)"


@layer("MaxoutDense")
class MaxoutDense(Layer):
    """The maximum of `nb_feature` linear maps, per output unit (Goodfellow et al. 2013)."""

    signature: ClassVar[dict[str, Any]] = {**DENSE_SIGNATURE, "nb_feature": 4}
    ndim = 2
    axes = "(batch, features)"

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield kernel (nb_feature, input_dim, units) and bias (nb_feature, units)."""
        features, units = self.integer("nb_feature"), self.integer("units")
        yield self.weight("kernel", (features, self.feature_dim(input_shape), units))
        if self.config["use_bias"]:
            yield self.weight("bias", (features, units))

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, units)."""
        return (input_shape[0], self.integer("units"))

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates of `nb_feature` Dense layers."""
        shape = need(input_shapes[0])
        return product((shape[-1], self.integer("nb_feature"), self.integer("units")))


@layer("Highway")
class Highway(Layer):
    """A Dense layer with a gate that passes the input through (Srivastava et al. 2015). The number of features stays
    the
    same.
    """

    signature: ClassVar[dict[str, Any]] = {key: value for key, value in DENSE_SIGNATURE.items() if key != "units"}
    ndim = 2
    axes = "(batch, features)"

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield kernel and carry_kernel (input_dim, input_dim), bias and carry_bias (input_dim,)."""
        size = self.feature_dim(input_shape)
        yield self.weight("kernel", (size, size))
        yield self.weight("carry_kernel", (size, size))
        if self.config["use_bias"]:
            yield self.weight("bias", (size,))
            yield self.weight("carry_bias", (size,))

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates of two square kernels."""
        size = need(input_shapes[0])[-1]
        return product((2, size, size))


# Merge --------------------------------------------------------------------------------------------------


@layer("Merge")
class Merge(MergingLayer):
    """All merging layers in one. The argument `mode` is sum, mul, ave, max, concat, dot, cos, or a function.

    Shapes must be equal in every dimension, including unknown ones; nothing is broadcast.
    """

    signature: ClassVar[dict[str, Any]] = {
        "mode": "sum", "concat_axis": -1, "dot_axes": -1, "output_shape": None, "output_mask": None,
        "arguments": None, "mode_type": "raw", "output_shape_type": "raw", "output_mask_type": "raw",
        "node_indices": None, "tensor_indices": None,
    }  # fmt: skip
    elementwise = ("sum", "mul", "ave", "max")
    contracted: Dim = None

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        mode = self.config["mode"]
        self.coded = self.config["mode_type"] in ("lambda", "function")
        # Keras 0 could join tensors into a dict, as the input of a Lambda or a Graph.
        modes = (*self.elementwise, "concat", "dot", "cos", *(["join"] if context.dialect == "keras0" else []))
        if not self.coded and mode not in modes:
            raise bad_value(self, "mode", " or ".join(f'"{word}"' for word in modes), "concat")
        self.mode: str = "" if self.coded else mode

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return one tensor.

        Raises: LayerError S112, S113 or S115 if the shapes do not match.
        """
        shapes = self.shapes(inputs)
        self.check_count(shapes)
        if self.coded:
            coded = self.config["output_shape_type"] != "raw"
            rest = None if coded else declared_shape(self.config["output_shape"])
            first = need(shapes[0])
            return Tensor(None if rest is None else (first[0] if first else None, *rest), self.compute_dtype)
        if self.mode == "join":
            raise UnknownShape
        return Tensor(self.merge([need(shape) for shape in shapes]), self.compute_dtype)

    def check_count(self, shapes: list[Shape]) -> None:
        """Raise LayerError S122 for fewer than two tensors. The modes dot and cos take exactly two."""
        if self.mode in ("dot", "cos"):
            self.exactly_two(shapes)
        elif len(shapes) < 2:
            raise LayerError(
                "S122",
                f"Merge takes two tensors or more, but gets {len(shapes)}; Keras raises an error",
                "Connect the tensors to merge as one list.",
            )

    def merge(self, shapes: list[KnownShape]) -> Shape:
        """Return the shape of the output."""
        if self.mode == "concat":
            return self.concatenated(shapes)
        if self.mode != "dot" and len(set(shapes)) > 1:
            raise LayerError(
                "S113",
                f"Merge by {show(self.mode)} needs equal shapes, but gets {listed(shapes)}; Keras raises a ValueError",
                'Make the shapes equal, with a Dense layer or a Reshape on one of them, or use mode "concat".',
                "mode",
                shapes=shapes,
            )
        if self.mode in self.elementwise:
            return shapes[0]
        return self.contract_old(shapes) if self.context.dialect == "keras0" else self.contract(shapes)

    def concatenated(self, shapes: list[KnownShape]) -> Shape:
        """Return the shape with the sum of the sizes along concat_axis.

        Raises: LayerError S111 or S112.
        """
        axis = self.config["concat_axis"]
        if not isinstance(axis, int):
            raise bad_value(self, "concat_axis", "an integer", -1)
        for shape in shapes:
            if not -len(shape) <= axis < len(shape):
                raise LayerError(
                    "S111",
                    f"concat_axis {axis} of Merge is out of range for {format_shape(shape)}",
                    "Axes count from 0 (the batch), or from -1 (the last axis).",
                    "concat_axis",
                )
        rests = {tuple(dim for i, dim in enumerate(shape) if i != axis % len(shape)) for shape in shapes}
        if len(rests) > 1:
            raise LayerError(
                "S112",
                f"Merge cannot concatenate {listed(shapes)} along axis {axis}: the other axes differ; Keras raises a"
                " ValueError",
                "Make all axes except concat_axis equal.",
                "concat_axis",
                shapes=shapes,
            )
        output = list(shapes[0])
        output[axis] = add(*(shape[axis] for shape in shapes))
        return tuple(output)

    def contract(self, shapes: list[KnownShape]) -> Shape:
        """Return the shape in Keras 1: one axis of each tensor is contracted.

        Raises: LayerError E007 or S115.
        """
        given = self.config["dot_axes"]
        if isinstance(given, int):
            axes = [given % len(shape) if given < 0 and shape else given for shape in shapes]
        elif isinstance(given, list | tuple) and len(given) == 2 and all(isinstance(axis, int) for axis in given):
            axes = list(given)
        else:
            raise bad_value(self, "dot_axes", "an integer, or one integer per input", -1)
        rests = []
        sizes = []
        for shape, axis in zip(shapes, axes, strict=True):
            if not -len(shape) <= axis < len(shape) or len(shape) < 2:
                raise self.bad_axes(shapes, f"axis {axis} is out of range for {format_shape(shape)}")
            rest = list(shape)
            sizes.append(rest.pop(axis))
            rests.append(rest)
        if sizes[0] != sizes[1]:
            raise self.bad_axes(shapes, f"{sizes[0]} is not {sizes[1]}")
        self.contracted = sizes[0]
        output = [*rests[0], *rests[1][1:]]
        return (*output, 1) if len(output) == 1 else tuple(output)

    def contract_old(self, shapes: list[KnownShape]) -> Shape:
        """Return the shape in Keras 0: a tensor product over lists of axes. An int is a number of last (or first) axes."""
        first, second = shapes
        if self.mode == "cos":
            return (first[0] if first else None, 1)
        given = self.config["dot_axes"]
        ranks = len(first), len(second)
        if isinstance(given, int) and min(ranks) > 0:
            if given < 0:
                axes = [list(range(given % rank, rank)) for rank in ranks]
            else:
                # limited to the rank, since a file may contain 10 ** 12
                axes = [list(range(max(ranks[0] - given, 0), ranks[1])), list(range(1, min(given, ranks[1]) + 1))]
        elif isinstance(given, list | tuple) and len(given) == 2 and all(map(is_axes, given)):
            axes = [list(part) for part in given]
        else:
            raise bad_value(self, "dot_axes", "an integer, or one list of axes per input", -1)
        for shape, part in zip(shapes, axes, strict=True):
            if any(not 1 <= axis < len(shape) for axis in part) or len(set(part)) != len(part):
                raise self.bad_axes(shapes, f"axes {part} are not all in {format_shape(shape)}")
        sizes = [[shape[axis] for axis in part] for shape, part in zip(shapes, axes, strict=True)]
        if sizes[0] != sizes[1]:
            raise self.bad_axes(shapes, f"{sizes[0]} is not {sizes[1]}")
        self.contracted = product(sizes[0])
        rest = [
            dim for shape, part in zip(shapes, axes, strict=True) for i, dim in enumerate(shape) if i and i not in part
        ]
        return (first[0], *(rest or [1]))

    def bad_axes(self, shapes: list[KnownShape], why: str) -> LayerError:
        """Return the error for dot_axes that do not match."""
        return LayerError(
            "S115",
            f"Merge by {show(self.mode)} cannot multiply {listed(shapes)} along dot_axes {self.config['dot_axes']}: {why};"
            " Keras raises an error",
            "Choose axes of equal size, one of each input.",
            "dot_axes",
            shapes=shapes,
        )

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates: only dot and cos have any, the size of the contracted axis per output
        element.
        """
        if self.coded:
            return None
        if self.mode not in ("dot", "cos"):
            return 0
        shape = output_shapes[0] if output_shapes else None
        return None if shape is None else product((*shape[1:], self.contracted))


def listed(shapes: Iterable[Shape]) -> str:
    """Format shapes for a message."""
    return " and ".join(map(format_shape, shapes))


def is_axes(value: Any) -> bool:
    """Return whether a value is a list of ints."""
    return isinstance(value, list | tuple) and all(isinstance(axis, int) for axis in value)


# Activations with weights ---------------------------------------------------------------------------------


class ParametricActivation(Layer):
    """An activation whose parameters are learned for each element of a sample, or shared along axes."""

    parameters: ClassVar[tuple[str, ...]] = ()

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield each parameter with the shape of one sample, 1 on shared axes (which count from 1)."""
        shape = need(input_shape)
        dims = [-1] * (len(shape) - 1)
        given = self.config["shared_axes"]
        for axis in given if isinstance(given, list | tuple) else () if given is None else (given,):
            if not isinstance(axis, int) or not -len(dims) <= axis - 1 < len(dims):
                raise LayerError(
                    "S111",
                    f"shared_axes {given} of {self.class_name} are out of range for {format_shape(shape)}",
                    "Axes count from 1, the first axis after the batch.",
                    "shared_axes",
                )
            dims[axis - 1] = 1
        sizes = [self.feature_dim(shape, i + 1) if dim < 0 else dim for i, dim in enumerate(dims)]
        for name in self.parameters:
            yield self.weight(name, sizes)


@layer("SReLU")
class SReLU(ParametricActivation):
    """A piecewise linear function with two bends (Jin et al. 2015)."""

    is_activation = True
    activation = "leaky_relu"
    signature: ClassVar[dict[str, Any]] = {
        "t_left_initializer": "zeros", "a_left_initializer": "glorot_uniform",
        "t_right_initializer": "glorot_uniform", "a_right_initializer": "ones", "shared_axes": None,
    }  # fmt: skip
    parameters = ("t_left", "a_left", "t_right", "a_right")


@layer("ParametricSoftplus")
class ParametricSoftplus(ParametricActivation):
    """alpha · log(1 + exp(beta · x))."""

    is_activation = True
    activation = "softplus"
    signature: ClassVar[dict[str, Any]] = {"alpha_init": 0.2, "beta_init": 5.0, "shared_axes": None}
    parameters = ("alpha", "beta")


@layer("ThresholdedReLU", "ThresholdedLinear")
class ThresholdedReLU(PassThrough):
    """x if x > theta (ThresholdedLinear: or x < -theta), else 0."""

    is_activation = True
    activation = "relu"
    signature: ClassVar[dict[str, Any]] = {"theta": 1.0}

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        theta = self.config["theta"]
        if context.dialect not in LEGACY and not (isinstance(theta, int | float) and theta >= 0):
            raise bad_value(self, "theta", "a number of at least 0", 1.0)


# Layers of Keras 0 only ------------------------------------------------------------------------------------


class OldRecurrent(RecurrentLayer):
    """Recurrent layers that Keras 0.3 removed. Each lists its weights."""

    signature: ClassVar[dict[str, Any]] = {
        "units": REQUIRED, "activation": "tanh", "recurrent_activation": "sigmoid",
        "kernel_initializer": "glorot_uniform", "recurrent_initializer": "orthogonal", "return_sequences": False,
        "go_backwards": False, "stateful": False, "return_state": False,
    }  # fmt: skip
    # The kernels of the input, those of the state, and the biases.
    kernels: ClassVar[tuple[str, ...]] = ()
    recurrent_kernels: ClassVar[tuple[str, ...]] = ()
    biases: ClassVar[tuple[str, ...]] = ()

    def state_products(self) -> tuple[str, ...]:
        """Return the names of the kernels of the state."""
        return self.recurrent_kernels

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield (input_dim, units) per kernel of the input, (units, units) per kernel of the state, (units,) per bias."""
        units, features = self.integer("units"), self.feature_dim(input_shape)
        for name in self.kernels:
            yield self.weight(name, (features, units))
        for name in self.state_products():
            yield self.weight(name, (units, units))
        for name in self.biases:
            yield self.weight(name, (units,))

    def step_macs(self, input_dim: int) -> int:
        """Return the multiply-accumulates of a timestep, which uses every kernel once."""
        units = self.integer("units")
        return units * (len(self.kernels) * input_dim + len(self.state_products()) * units)


@layer("JZS1")
class JZS1(OldRecurrent):
    """MUT1 of Jozefowicz et al. 2015. Its kernel P projects the input to the units; Keras trains it, too."""

    kernels = ("W_z", "W_r", "P")
    recurrent_kernels = ("U_r", "U_h")
    biases = ("b_z", "b_r", "b_h")
    signature = OldRecurrent.signature


@layer("JZS2")
class JZS2(OldRecurrent):
    """MUT2 of Jozefowicz et al. 2015."""

    kernels = ("W_z", "W_h", "P")
    recurrent_kernels = ("U_z", "U_r", "U_h")
    biases = ("b_z", "b_r", "b_h")
    signature = OldRecurrent.signature


@layer("JZS3")
class JZS3(OldRecurrent):
    """MUT3 of Jozefowicz et al. 2015."""

    kernels = ("W_z", "W_r", "W_h")
    recurrent_kernels = ("U_z", "U_r", "U_h")
    biases = ("b_z", "b_r", "b_h")
    signature = OldRecurrent.signature


@layer("SimpleDeepRNN")
class SimpleDeepRNN(OldRecurrent):
    """A SimpleRNN whose input includes its last `depth` outputs."""

    kernels = ("W",)
    biases = ("b",)
    signature: ClassVar[dict[str, Any]] = {**OldRecurrent.signature, "depth": 3}

    def state_products(self) -> tuple[str, ...]:
        """Return U_1, U_2, ..."""
        depth = self.integer("depth", 0)
        if depth > 10_000:
            raise bad_value(self, "depth", "a number of timesteps to look back", 3)
        return tuple(f"U_{i + 1}" for i in range(depth))


@layer("TimeDistributedMerge")
class TimeDistributedMerge(Layer):
    """The sum, product or average of all timesteps."""

    signature: ClassVar[dict[str, Any]] = {"mode": "sum"}
    ndim = 3
    axes = "(batch, timesteps, features)"

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (None, features), since Keras drops the batch size."""
        return (None, input_shape[2])


@layer("WordContextProduct")
class WordContextProduct(Layer):
    """The product of a word's vector and a context word's vector (Mikolov et al. 2013)."""

    signature: ClassVar[dict[str, Any]] = {
        "input_dim": REQUIRED, "proj_dim": 128, "embeddings_initializer": "uniform", "activation": "sigmoid",
    }  # fmt: skip
    ndim = 2
    axes = "(batch, 2)"

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield one table (input_dim, proj_dim) for words and one for contexts."""
        shape = (self.integer("input_dim"), self.integer("proj_dim"))
        yield self.weight("word_embeddings", shape)
        yield self.weight("context_embeddings", shape)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, 1)."""
        return (input_shape[0], 1)


@layer("AutoEncoder")
class AutoEncoder(Layer):
    """An encoder, followed by a decoder unless output_reconstruction is false."""

    signature: ClassVar[dict[str, Any]] = {"encoder": REQUIRED, "decoder": REQUIRED, "output_reconstruction": True}

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.parts = [self.child("encoder")]
        if self.config["output_reconstruction"]:
            self.parts.append(self.child("decoder"))

    def check_rank(self, shape: Shape) -> None:
        """Leave the check to the encoder."""

    def build(self, input_shape: Any) -> None:
        """Do nothing: each part is built on its first call."""

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the output of the last part."""
        value: Any = inputs
        for part in self.parts:
            if value is None:
                value = Tensor(None, None)
            value = part.apply([value], {})
        return value

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return None, since the shapes between the parts are not stored."""
        return None


@layer("AddLoss")
class AddLoss(PassThrough):
    """The result of tf.keras's `add_loss`: returns its input, and adds it to the loss."""

    signature: ClassVar[dict[str, Any]] = {"unconditional": REQUIRED}


@layer("AddMetric")
class AddMetric(PassThrough):
    """The result of tf.keras's `add_metric`. The weights of the metric do not belong to the model."""

    signature: ClassVar[dict[str, Any]] = {"aggregation": None, "metric_name": None}


@layer("SiameseHead", "LRN2D")
class Unchanged(PassThrough):
    """Layers that do not change the shape: SiameseHead selects a result of a shared layer; LRN2D normalizes channels."""

    signature: ClassVar[dict[str, Any]] = {"head": 0, "alpha": 1e-4, "k": 2, "beta": 0.75, "n": 5}


@layer("Siamese")
class Siamese(Layer):
    """A layer shared between inputs that the file describes within it, outside of the model. Its outputs are unknown."""

    signature: ClassVar[dict[str, Any]] = {
        "layer": None, "merge_mode": "concat", "concat_axis": 1, "dot_axes": -1,
    }  # fmt: skip
    multiple_inputs = True

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return unknown outputs."""
        self.built, self.weights_known = True, False
        return None


__all__ = ["Merge", "ThresholdedReLU", "TimeDistributedDense"]
