"""Wrappers: Bidirectional and TimeDistributed."""

from __future__ import annotations

import copy
from typing import Any

from lstmlint.layers.base import Context, Layer, LayerError, UnknownLayer, UnknownShape, layer, need
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.model.shapes import KnownShape, Shape, Tensor, format_shape, product, tensors_in
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show

MERGE_MODES = ("concat", "sum", "mul", "ave", None)


@layer("Bidirectional")
class Bidirectional(Layer):
    """A forward RNN and a backward RNN, each with its own weights."""

    build_shapes = ("sequences_shape",)
    optional_build_shapes = ("initial_state_shape",)
    supports_masking = uses_mask = mixes_timesteps = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        inner = self.config.get("layer")
        if not isinstance(inner, LayerSpec):
            raise LayerError("E007", "layer of Bidirectional must be a recurrent layer", argument="layer")
        if self.config["merge_mode"] not in MERGE_MODES:
            raise LayerError(
                "E007",
                f"merge_mode of Bidirectional is {show(self.config['merge_mode'])}; Keras raises a ValueError",
                'Use "concat", "sum", "mul", "ave" or null.',
                "merge_mode",
            )
        given = self.config.get("backward_layer")
        back = given if isinstance(given, LayerSpec) else copy.copy(inner)
        forward = copy.copy(inner)
        forward.name = "forward_" + inner.name.removeprefix("forward_")
        if back is not given:
            back.name = "backward_" + inner.name.removeprefix("backward_")
            # Keras 3 sets the flag; earlier releases inverted it
            backwards = context.dialect == "keras3" or not inner.config.get("go_backwards")
            back.config = {**inner.config, "go_backwards": backwards}
            if inner.records_no_shape:
                back.build_config = None
        self.forward = context.make_cached(forward)
        if not isinstance(self.forward, RecurrentLayer | UnknownLayer):
            raise LayerError(
                "E007",
                f"Bidirectional wraps {inner.class_name}, which is not recurrent; Keras raises an error",
                "Wrap LSTM, GRU, SimpleRNN, RNN or ConvLSTM.",
                "layer",
            )
        self.backward = context.make_cached(back)
        self.sublayers = [self.forward, self.backward]
        self.recurrent = isinstance(self.forward, RecurrentLayer) and isinstance(self.backward, RecurrentLayer)
        if self.recurrent:
            self.ndim, self.axes = self.forward.ndim, self.forward.axes
            self.check_pair()

    def check_pair(self) -> None:
        """Raise LayerError S133 if the two directions cannot be combined."""
        front, back = self.forward.config, self.backward.config
        if front.get("go_backwards", False) == back.get("go_backwards", False):
            raise LayerError(
                "S133",
                f"layer and backward_layer both have go_backwards={front.get('go_backwards', False)}; Keras raises a"
                " ValueError",
                "Set go_backwards to true on backward_layer, and to false on layer.",
                "backward_layer",
            )
        for argument in ("stateful", "return_sequences", "return_state"):
            if front.get(argument, False) != back.get(argument, False):
                raise LayerError(
                    "S133",
                    f"layer has {argument}={front.get(argument)}, backward_layer {back.get(argument)}; Keras raises a"
                    " ValueError",
                    f"Use the same {argument} for both.",
                    "backward_layer",
                )

    def check_inputs(self, args: list[Any]) -> list[Any]:
        """Spread the list [sequences, state, ...] that Keras 2 passes."""
        if args and isinstance(args[0], list) and len(args[0]) > 1 and self.context.dialect != "keras3":
            args = [args[0][0], args[0][1:], *args[1:]]
        return super().check_inputs(args)

    @property
    def needs_shape(self) -> bool:
        """Return whether Keras 3 needs a shape. It does not if both directions have their own build_config."""
        return any(not one.recorded_build_shape() for one in self.sublayers)

    def build(self, input_shape: Any) -> None:
        """Build both directions.

        Raises: LayerError E007 for a combination that Keras 3 cannot build.
        """
        config = self.forward.config
        if (
            self.context.dialect == "keras3"
            and self.recurrent
            and config.get("stateful")
            and config.get("return_state")
        ):
            raise LayerError(
                "E007",
                "Bidirectional wraps a layer with both stateful and return_state; Keras 3 cannot build it (its"
                " compute_mask raises a TypeError)",
                "Set return_state or stateful to false.",
                "layer",
            )
        self.forward.build_from(input_shape)
        self.backward.build_from(input_shape)

    def call(self, inputs: Any, initial_state: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the merged output (two outputs without merge_mode), and with return_state the states of both."""
        if not self.recurrent:
            raise UnknownShape
        need(inputs.shape)
        states = [] if initial_state is None else tensors_in(initial_state)
        half = len(states) // 2
        forward = self.run(self.forward, inputs, states[:half])
        backward = self.run(self.backward, inputs, states[half:])
        merged = self.merge(need(forward[0].shape), need(backward[0].shape))
        outputs = [Tensor(shape, self.compute_dtype) for shape in merged]
        if self.forward.config.get("return_state"):
            return [*outputs, *forward[1:], *backward[1:]]
        return outputs[0] if len(outputs) == 1 else outputs

    def run(self, direction: Layer, inputs: Tensor, states: list[Tensor]) -> list[Tensor]:
        """Return the outputs of one direction."""
        return tensors_in(direction.call(inputs, states or None))

    def merge(self, forward: KnownShape, backward: KnownShape) -> list[Shape]:
        """Merge both outputs by merge_mode.

        Raises: LayerError S133 if they do not match.
        """
        mode = self.config["merge_mode"]
        if mode is None:
            return [forward, backward]
        front, back = forward[-1], backward[-1]
        if mode == "concat":
            # Keras 3 infers twice the width of the forward layer, whatever the backward layer has.
            if self.context.dialect == "keras3":
                back = front
            return [(*forward[:-1], None if front is None or back is None else front + back)]
        if front != back and front is not None and back is not None:
            raise LayerError(
                "S133",
                f"merge_mode {show(mode)} needs equal widths, but layer returns {front} features and backward_layer {back}",
                'Give both the same units, or use merge_mode "concat".',
                "backward_layer",
                severity="warning" if self.context.dialect == "keras3" else "error",
            )
        return [forward]

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the sum of both directions."""
        forward = self.forward.macs(input_shapes, output_shapes)
        backward = self.backward.macs(input_shapes, output_shapes)
        return None if forward is None or backward is None else forward + backward


def one_timestep(shape: Shape) -> KnownShape:
    """Return a shape without its time axis. Raises: UnknownShape."""
    batch, _, *rest = need(shape)
    return (batch, *rest)


@layer("TimeDistributed")
class TimeDistributed(Layer):
    """Applies a layer to every timestep. Its weights count once."""

    supports_masking = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.inner = self.child("layer")

    def check_rank(self, shape: Shape) -> None:
        """Raise LayerError S120 for fewer than three dimensions."""
        if shape is not None and len(shape) < 3:
            raise LayerError(
                "S120",
                f"TimeDistributed needs at least 3 dimensions (batch, timesteps, ...), but gets {format_shape(shape)};"
                " Keras raises a ValueError",
                f"Use {self.inner.class_name} without TimeDistributed, or give it a sequence (return_sequences=true).",
                shape=shape,
            )

    def check_inputs(self, args: list[Any]) -> list[Any]:
        """Return the arguments. tf_keras accepts several tensors, and passes one timestep of each to the inner layer."""
        given = [] if not args or isinstance(args[0], Tensor) else tensors_in(args[0])
        if len(given) < 2 or self.context.dialect != "keras2":
            return super().check_inputs(args)
        for tensor in given:
            self.check_rank(tensor.shape)
        return [given, *args[1:]]

    def build(self, input_shape: Any) -> None:
        """Build the inner layer on one timestep. With several inputs, its call builds it."""
        if isinstance(input_shape, list):
            return
        if self.context.dialect == "keras3":
            self.check_rank(None if input_shape is None else need(input_shape))
        self.inner.build_from((input_shape[0], *input_shape[2:]) if isinstance(input_shape, tuple) else None)

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the output of the inner layer with the time axis restored."""
        several = isinstance(inputs, list)
        steps = [Tensor(one_timestep(tensor.shape), tensor.dtype) for tensor in (inputs if several else [inputs])]
        shape = need((inputs[0] if several else inputs).shape)
        outputs = self.run_inside(self.inner, steps if several else steps[0])
        found = tensors_in(outputs)
        if len(found) > 1 and self.context.dialect == "keras3":
            raise LayerError(
                "S121",
                f"{self.inner.class_name} returns {len(found)} tensors, but TimeDistributed needs a single one;"
                " Keras raises a ValueError",
                "Set return_state of the inner layer to false.",
                "layer",
            )
        if outputs is None or any(tensor.shape is None for tensor in found):
            raise UnknownShape
        tensors = []
        for tensor in found:
            out = need(tensor.shape)
            tensors.append(Tensor((out[0], shape[1], *out[1:]), tensor.dtype))
        return tensors[0] if len(tensors) == 1 else tensors

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return timesteps · the multiply-accumulates of the inner layer."""
        shape = need(input_shapes[0])
        inner_in: list[Shape] = [one_timestep(given) for given in input_shapes]
        inner_out: list[Shape] = [out and (out[0], *out[2:]) for out in output_shapes]
        return product((self.inner.macs(inner_in, inner_out), shape[1]))
