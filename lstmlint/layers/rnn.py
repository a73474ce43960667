"""Recurrent layers and their cells (keras.layers.rnn).

An LSTM has one kernel (features, 4·units), one recurrent kernel (units, 4·units), and one bias (4·units,) for the whole
layer; timesteps do not enter the count. Source: Hochreiter & Schmidhuber 1997, with a forget gate; Keras's
LSTMCell.build.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from lstmlint.layers.base import Context, Layer, LayerError, UnknownLayer, UnknownShape, Weight, layer, need, shapes_of
from lstmlint.model.releases import is_before
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, compatible, flatten, format_shape, product, tensors_in
from lstmlint.model.spec import LayerSpec
from lstmlint.signatures.built import CONV_LSTM_DILATED

# The size of a cell's state, or the sizes of a stacked cell's states.
StateSize = Any


class Gated(Layer):
    """The gates and weights of a recurrent layer or its cell."""

    gates: ClassVar[tuple[str, ...]] = ()
    states: ClassVar[tuple[str, ...]] = ("h",)

    def bias_shape(self, units: int) -> tuple[int, ...]:
        """Return the shape of the bias: one value per unit and gate."""
        return (len(self.gates) * units,)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield kernel (input_dim, gates·units), recurrent_kernel (units, gates·units), and bias."""
        units = self.integer("units")
        width = len(self.gates) * units
        yield self.weight("kernel", (self.feature_dim(input_shape), width))
        yield self.weight("recurrent_kernel", (units, width))
        if self.config["use_bias"]:
            yield self.weight("bias", self.bias_shape(units))

    def activation_shape(self, input_shape: Any) -> Shape:
        """Return the shape of one timestep's output."""
        return (None, self.output_size())

    def state_sizes(self) -> list[StateSize]:
        """Return the size of each state: an int, or a list for a stacked cell."""
        return [self.integer("units")] * len(self.states)

    def output_size(self) -> int:
        """Return the size of the output at each timestep."""
        return self.integer("units")

    def step_macs(self, input_dim: int) -> int:
        """Return the multiply-accumulates of one timestep: input and recurrent product of every gate."""
        units = self.integer("units")
        return len(self.gates) * units * (input_dim + units)


class SimpleRNNGates(Gated):
    """output = tanh(x·kernel + h·recurrent_kernel + bias)."""

    gates = ("h",)


class LSTMGates(Gated):
    """Four gates, in Keras's order: input, forget, cell, output."""

    gates = ("i", "f", "c", "o")
    states = ("h", "c")


class GRUGates(Gated):
    """Three gates. With reset_after, one bias for the input product and one for the recurrent product."""

    gates = ("z", "r", "h")

    def bias_shape(self, units: int) -> tuple[int, ...]:
        """Return (3·units,), or (2, 3·units) with reset_after."""
        return (2, 3 * units) if self.config.get("reset_after") else (3 * units,)


class Cell(Gated):
    """One step of a recurrent layer. It takes (batch, features) and states, and returns the output and states."""

    multiple_inputs = True
    needs_states = True

    def call(self, inputs: Any, states: Any = None, **kwargs: Any) -> Any:
        """Return [output, *states].

        Raises: LayerError S130 if Keras 3 runs it on other features than it was built for.
        """
        shape = need(inputs.shape)
        self.check_kernel(shape)
        return [
            Tensor((shape[0], size), self.compute_dtype) for size in [self.output_size(), *flatten(self.state_sizes())]
        ]

    def check_kernel(self, shape: KnownShape) -> None:
        """Raise LayerError S130 if build_config led to another kernel than `shape` requires, or to none."""
        if not self.spec.build_config or self.sublayers or not self.weights_known:
            return
        built = self.own_weights[0].shape[0] if self.own_weights else None
        if shape[-1] is not None and built != shape[-1]:
            kernel = f"a kernel for {built} features" if self.own_weights else "no kernel"
            message = f"build_config gives {self.class_name} {kernel}, but it receives {format_shape(shape)}; Keras cannot run it"
            advice = "Remove build_config, or save the model again from Keras."
            raise LayerError("S130", message, advice, "build_config", severity="error")

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates of one timestep, for a cell that is called directly."""
        features = need(input_shapes[0])[-1]
        return None if features is None else self.step_macs(features)


@layer("SimpleRNNCell")
class SimpleRNNCell(SimpleRNNGates, Cell):
    """The cell of SimpleRNN."""


@layer("LSTMCell")
class LSTMCell(LSTMGates, Cell):
    """The cell of LSTM."""


@layer("GRUCell")
class GRUCell(GRUGates, Cell):
    """The cell of GRU."""


@layer("StackedRNNCells")
class StackedRNNCells(Cell):
    """Cells stacked within one timestep."""

    takes_structures = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        cells = self.config.get("cells")
        if not isinstance(cells, list) or not cells or not all(isinstance(cell, LayerSpec) for cell in cells):
            raise LayerError("E007", "cells of StackedRNNCells must be a list of cells", argument="cells")
        self.sublayers = [context.make_cached(cell) for cell in cells]

    def cells(self) -> list[Gated]:
        """Return the cells. Raises: UnknownShape if one of them has an unknown class."""
        return [as_cell(cell) for cell in self.sublayers]

    def build(self, input_shape: Any) -> None:
        """Build each cell on the output of the one before it."""
        shape = input_shape if isinstance(input_shape, tuple) else None
        for cell in self.sublayers:
            cell.build_from(shape)
            if not isinstance(cell, Gated):
                shape = None
            elif shape is not None:
                shape = (*shape[:1], cell.output_size())

    def state_sizes(self) -> list[StateSize]:
        """Return one entry per cell: a size, or a list of sizes."""
        sizes = [cell.state_sizes() for cell in self.cells()]
        return [size[0] if len(size) == 1 and not isinstance(cell, LSTMGates) else size
                for size, cell in zip(sizes, self.cells(), strict=True)]  # fmt: skip

    def output_size(self) -> int:
        """Return the output size of the last cell."""
        return self.cells()[-1].output_size()

    def step_macs(self, input_dim: int) -> int:
        """Return the sum over the cells. Each takes the output of the one below."""
        total = 0
        for cell in self.cells():
            total += cell.step_macs(input_dim)
            input_dim = cell.output_size()
        return total


def as_cell(cell: Layer) -> Gated:
    """Return a known cell.

    Raises: UnknownShape for a custom cell; LayerError E007 for a layer that is not a cell.
    """
    if isinstance(cell, Cell) or (isinstance(cell, Gated) and not isinstance(cell, RecurrentLayer)):
        return cell
    if isinstance(cell, UnknownLayer):
        raise UnknownShape
    raise LayerError(
        "E007",
        f"{cell.class_name} is not an RNN cell: it has no state_size; Keras raises a ValueError",
        "Use LSTMCell, GRUCell, SimpleRNNCell or StackedRNNCells; for a layer, use the layer itself.",
        "cell",
    )


class RecurrentLayer(Gated):
    """The base of recurrent layers, which take sequences.

    They return the last output or all outputs, and the states if return_state is set.
    """

    ndim: int | None = 3
    axes = "(batch, timesteps, features)"
    build_shapes = ("sequences_shape",)
    optional_build_shapes = ("initial_state_shape",)
    supports_masking = uses_mask = mixes_timesteps = True

    def check_inputs(self, args: list[Any]) -> list[Any]:
        """Spread the list [sequences, state, ...] that Keras 2 passes."""
        if args and isinstance(args[0], list) and len(args[0]) > 1 and self.context.dialect != "keras3":
            args = [args[0][0], args[0][1:], *args[1:]]
        return super().check_inputs(args)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield the weights of the cell, built on the shape without the time axis."""
        shape = need(input_shape)
        if len(shape) < 3:  # only TimeDistributed of Keras 3 and a build_config lead here
            shape = (*shape[:1], *shape[2:])
        yield from super().weights(shape)

    def times_first(self, shape: KnownShape) -> KnownShape:
        """Return the shape with the batch first. time_major of tf_keras swaps batch and time."""
        return (shape[1], shape[0], *shape[2:]) if self.config.get("time_major") and len(shape) > 1 else shape

    def build(self, input_shape: Any) -> None:
        """Build the cell, whose weights serve all timesteps.

        Raises: LayerError R203 for stateful without a batch size.
        """
        super().build(input_shape)
        if self.config.get("stateful") and isinstance(input_shape, tuple) and len(input_shape) > 1:
            self.check_stateful(self.times_first(input_shape))

    def check_stateful(self, shape: KnownShape) -> None:
        """Raise LayerError R203 if stateful is set and the batch size is unknown."""
        if shape[0] is None:
            argument = "batch_shape" if self.context.dialect == "keras3" else "batch_input_shape"
            raise LayerError(
                "R203",
                f"{self.class_name} is stateful, but its input {format_shape(shape)} has no fixed batch size;"
                " Keras raises a ValueError",
                f"Set the batch size of the input, for instance {argument} {format_shape((32, *shape[1:]))}, or set stateful"
                " to false.",
                "stateful",
                batch_argument=argument,
            )

    def call(self, inputs: Any, initial_state: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the output, or [output, *states] with return_state."""
        shape = self.times_first(need(inputs.shape))
        self.check_unroll(shape)
        outputs = self.output_shapes(shape)
        if initial_state is not None:
            self.check_states(tensors_in(initial_state), outputs[1:] or self.all_shapes(shape)[1:])
        tensors = [Tensor(output, self.compute_dtype) for output in outputs]
        return tensors if self.config.get("return_state") else tensors[0]

    def check_unroll(self, shape: KnownShape) -> None:
        """Check unroll over an unknown number of timesteps: tf_keras refuses it, Keras 3 fails when it runs."""
        if self.config.get("unroll") and shape[1] is None and self.context.dialect == "keras2":
            raise LayerError(
                "R206",
                f"{self.class_name} has unroll=true, but the number of timesteps in {format_shape(shape)} is unknown;"
                " Keras raises a ValueError",
                "Use an input with a fixed number of timesteps, or set unroll to false.",
                "unroll",
                severity="error",
            )

    def output_shapes(self, shape: KnownShape) -> list[Shape]:
        """Return the shapes of the output and of returned states. `shape` has the batch first."""
        shapes = self.all_shapes(shape)
        return shapes if self.config.get("return_state") else shapes[:1]

    def all_shapes(self, shape: KnownShape) -> list[Shape]:
        """Return the shapes of the output and of all states."""
        batch, steps = shape[0], shape[1]
        size = self.output_size()
        if not self.config.get("return_sequences"):
            output: KnownShape = (batch, size)
        elif self.config.get("time_major"):
            output = (steps, batch, size)
        else:
            output = (batch, steps, size)
        return [output, *((batch, state) for state in flatten(self.state_sizes()))]

    def check_states(self, given: list[Tensor], expected: list[Shape]) -> None:
        """Report initial states that do not fit. Keras 2 refuses them; Keras 3 fails when the model runs."""
        constants = self.config.get("num_constants")
        if isinstance(constants, int) and constants > 0:
            given = given[: len(given) - constants]
        if not given:
            return
        shapes = [tensor.shape for tensor in given]
        fits = len(shapes) == len(expected) and all(map(compatible, shapes, expected))
        if not fits:
            later = self.context.dialect == "keras3"
            surplus = self.class_name == "GRU" and len(shapes) > 1 and compatible(shapes[0], expected[0])
            effect = "Keras 3 ignores the others" if surplus else "Keras 3 fails when the model runs"
            self.context.report(
                self,
                LayerError(
                    "S123",
                    f"{self.class_name} takes {len(expected)} initial state{'s' if len(expected) != 1 else ''}"
                    f" {', '.join(map(format_shape, expected))}, but gets {len(shapes)}:"
                    f" {', '.join(map(format_shape, shapes))};"
                    f" {effect if later else 'Keras raises a ValueError'}",
                    self._fitting_states(shapes, expected),
                    severity="warning" if later else "error",
                ),
            )

    def _fitting_states(self, shapes: list[Shape], expected: list[Shape]) -> str:
        """Return advice for initial states that do not fit."""
        output = next(
            (shape for shape in shapes if shape is not None and expected[0] and len(shape) > len(expected[0])), None
        )
        if output is not None:
            width, both = output[-1], ", h and c," if len(expected) == 2 else ""
            units = f", and set units to {width}" if "units" in self.config and width != self.output_size() else ""
            return (
                f"{format_shape(output)} is an output, not a state: set return_state to true on the layer that returns it,"
                f" and pass only its state{'s' if both else ''}{both} of shape {format_shape((output[0], width))}{units}. For a"
                " Bidirectional, concatenate those of the two directions."
            )
        widths = {shape[-1] if shape else None for shape in shapes}
        width = widths.pop() if len(widths) == 1 else None
        if len(shapes) == 2 * len(expected) == 4 and width is not None:
            return (
                "If they are those of a Bidirectional, forward h and c, then backward h and c, concatenate the two h and the"
                f" two c, and set units to {2 * width}."
            )
        if (len(shapes), len(expected)) == (2, 1):
            return "If they are h and c of an LSTM, pass only h: only an LSTM has a c."
        if (len(shapes), len(expected)) == (1, 2):
            return "Pass both states of an LSTM, h and c."
        if len(shapes) != len(expected):
            return f"Pass {len(expected)} states."
        if width is not None and "units" in self.config:
            return f"Set units to {width}, or pass states of width {self.output_size()}."
        return f"Pass states of the shapes {', '.join(map(format_shape, expected))}."

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return timesteps · the multiply-accumulates of one step."""
        shape = self.times_first(need(input_shapes[0]))
        steps, features = shape[1:][:1], shape[-1:]
        if not steps or steps[0] is None or features[0] is None:
            return None
        return steps[0] * self.step_macs(features[0])


@layer("SimpleRNN")
class SimpleRNN(SimpleRNNGates, RecurrentLayer):
    """A fully connected layer whose output feeds back into it. Parameters: units·(features + units) + units."""


@layer("LSTM")
class LSTM(LSTMGates, RecurrentLayer):
    """Long short-term memory (Hochreiter & Schmidhuber 1997). `units` is the width of its output and of both states.

    Parameters: 4·(units·(features + units) + units), for any number of timesteps.
    """


@layer("GRU")
class GRU(GRUGates, RecurrentLayer):
    """Gated recurrent unit (Cho et al. 2014).

    Parameters: 3·(units·(features + units) + units), or 3·(units·(features + units) + 2·units) with reset_after, the
    default of Keras 3.
    """


class CuDNN(RecurrentLayer):
    """A layer of Keras 2 that runs on NVIDIA's cuDNN. It always has two biases."""

    signature: ClassVar[dict[str, Any]] = {
        "units": None, "kernel_initializer": "glorot_uniform", "recurrent_initializer": "orthogonal",
        "bias_initializer": "zeros", "unit_forget_bias": True, "kernel_regularizer": None,
        "recurrent_regularizer": None, "bias_regularizer": None, "kernel_constraint": None,
        "recurrent_constraint": None, "bias_constraint": None, "return_sequences": False, "return_state": False,
        "go_backwards": False, "stateful": False, "time_major": False, "use_bias": True,
    }  # fmt: skip

    def bias_shape(self, units: int) -> tuple[int, ...]:
        """Return one bias vector for the input product and one for the recurrent product."""
        return (2 * len(self.gates) * units,)


@layer("CuDNNLSTM")
class CuDNNLSTM(LSTMGates, CuDNN):
    """LSTM with a second bias vector. Parameters: 4·(units·(features + units) + 2·units)."""

    bias_shape = CuDNN.bias_shape
    signature = CuDNN.signature


@layer("CuDNNGRU")
class CuDNNGRU(GRUGates, CuDNN):
    """GRU with a second bias vector. Parameters: 3·(units·(features + units) + 2·units)."""

    bias_shape = CuDNN.bias_shape
    signature = CuDNN.signature


@layer("RNN")
class RNN(RecurrentLayer):
    """A cell, or a list of cells, that runs over a sequence."""

    ndim: int | None = None

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        cell = self.config.get("cell")
        if isinstance(cell, list):
            cell = LayerSpec("stacked_rnn_cells", "StackedRNNCells", {"cells": cell}, f"{spec.config_pointer}/cell")
            self.config["cell"] = cell
        self.cell = self.child("cell")
        if not isinstance(self.cell, UnknownLayer):
            as_cell(self.cell)

    def check_rank(self, shape: Shape) -> None:
        """Check the rank: tf_keras requires timesteps and features, Keras 3 only timesteps.

        Raises: LayerError S101.
        """
        self.min_ndim = 2 if self.context.dialect == "keras3" else 3
        super().check_rank(shape)

    def build(self, input_shape: Any) -> None:
        """Build the cell on one timestep."""
        if isinstance(input_shape, list) and input_shape:
            input_shape = input_shape[0]
        if input_shape is None:
            self.cell.build_from(None)
            return
        shape = self.times_first(need(input_shape))
        if not shape:
            self.check_rank(shape)
        self.cell.build_from((*shape[:1], *shape[2:]))
        if self.config.get("stateful"):
            self.check_stateful(shape)

    def state_sizes(self) -> list[StateSize]:
        """Return the state sizes of the cell."""
        return as_cell(self.cell).state_sizes()

    def output_size(self) -> int:
        """Return the output size of the cell."""
        return as_cell(self.cell).output_size()

    def step_macs(self, input_dim: int) -> int:
        """Return the multiply-accumulates of the cell."""
        return as_cell(self.cell).step_macs(input_dim)


class ConvLSTM(RecurrentLayer):
    """An LSTM with convolutions instead of products (Shi et al. 2015). The spatial axes are between timesteps and
    features.
    """

    gates = LSTMGates.gates
    states = LSTMGates.states
    rank: ClassVar[int] = 2
    weights_follow_trainable = False

    def misfit_output(self, inputs: Tensor, error: LayerError) -> Any:
        """Raise LayerError: a kernel has as many axes as its input."""
        raise error

    def channels_first(self) -> bool:
        """Return whether the features come before the spatial axes."""
        return str(self.config.get("data_format")).lower() == "channels_first"

    def window(self, argument: str) -> tuple[int, ...]:
        """Return kernel_size, strides, or dilation_rate as one int per spatial axis.

        Raises: LayerError E006 if it is missing, E007 if it is neither an int nor a list of the right length.
        """
        from lstmlint.layers.spatial import integers  # other recurrent layers do not need it

        return integers(self, argument, self.rank, floats=argument != "kernel_size")

    def split(self, step: KnownShape) -> tuple[tuple[Dim, ...], Dim]:
        """Return (spatial dims, features) of the shape of one timestep with the batch first."""
        return (step[2:], step[1]) if self.channels_first() else (step[1:-1], step[-1])

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield kernel (*kernel_size, features, 4·filters), recurrent_kernel (*kernel_size, filters, 4·filters), and
        bias.
        """
        filters = self.integer("filters", 0)
        kernel_size = self.window("kernel_size")
        shape = need(input_shape)
        if len(shape) < 3:  # only a build_config leads here
            self.check_rank(shape)
        step = (shape[0], *shape[2:])
        spatial, _ = self.split(step)
        if None in spatial and self.context.dialect == "keras3":
            raise LayerError(
                "S106",
                f"{self.class_name} gets {format_shape(shape)}, but needs known spatial dimensions; Keras raises a"
                " ValueError",
                "Use an input with fixed spatial dimensions; only batch and timesteps may be None.",
                shape=shape,
            )
        features = self.feature_dim(step, 1 if self.channels_first() else -1)
        yield self.weight("kernel", (*kernel_size, features, 4 * filters))
        yield self.weight("recurrent_kernel", (*kernel_size, filters, 4 * filters))
        if self.config["use_bias"]:
            yield self.weight("bias", (4 * filters,))

    def all_shapes(self, shape: KnownShape) -> list[Shape]:
        """Return the shapes of the output and of both states."""
        from lstmlint.layers.spatial import window_length

        spatial, _ = self.split((shape[0], *shape[2:]))
        strides, dilation = self.window("strides"), self.window("dilation_rate")
        if max(strides) > 1 and max(dilation) > 1 and not is_before(self.context.release, CONV_LSTM_DILATED):
            raise LayerError(
                "S118",
                f"{self.class_name} has strides {strides} and dilation_rate {dilation}; Keras allows one of them above 1",
                "Set strides or dilation_rate to 1.",
                "dilation_rate",
            )
        padding = str(self.config.get("padding")).lower()
        windows = [(kernel - 1) * rate + 1 for kernel, rate in zip(self.window("kernel_size"), dilation, strict=True)]
        out = [
            window_length(dim, window, stride, padding)
            for dim, window, stride in zip(spatial, windows, strides, strict=True)
        ]
        if any(dim is not None and dim <= 0 for dim in out):
            raise LayerError(
                "S103",
                f"kernel_size {self.window('kernel_size')} does not fit into the spatial dimensions {format_shape(spatial)}:"
                f" the output would be {format_shape(tuple(out))}; Keras raises a ValueError",
                'Use a smaller kernel_size, or padding "same".',
                "kernel_size",
            )
        filters = self.integer("filters", 0)
        frame = (filters, *out) if self.channels_first() else (*out, filters)
        state = (shape[0], *frame)
        output = (shape[0], shape[1], *frame) if self.config.get("return_sequences") else state
        return [output, state, state]

    def activation_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the state."""
        return self.all_shapes(need(input_shape))[1]

    def output_size(self) -> int:
        """Return the number of filters."""
        return self.integer("filters", 0)

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return, for every output position and gate, the products of both kernels."""
        shape = need(input_shapes[0])
        filters = self.integer("filters", 0)
        state = need(self.all_shapes(shape)[1])
        positions, _ = self.split(state)
        _, features = self.split((shape[0], *shape[2:]))
        per_position = product((*self.window("kernel_size"), 4 * filters))
        if features is None or per_position is None:
            return None
        return product((shape[1], *positions, per_position, features + filters))


@layer("ConvLSTM1D")
class ConvLSTM1D(ConvLSTM):
    """ConvLSTM over frames with one spatial axis."""

    rank = 1
    ndim = 4
    axes = "(batch, timesteps, length, features)"


@layer("ConvLSTM2D")
class ConvLSTM2D(ConvLSTM):
    """ConvLSTM over frames with two spatial axes."""

    rank = 2
    ndim = 5
    axes = "(batch, timesteps, rows, columns, features)"


@layer("ConvLSTM3D")
class ConvLSTM3D(ConvLSTM):
    """ConvLSTM over frames with three spatial axes."""

    rank = 3
    ndim = 6
    axes = "(batch, timesteps, depth, rows, columns, features)"


__all__ = ["RNN", "Cell", "Gated", "RecurrentLayer", "StackedRNNCells", "as_cell", "shapes_of"]
