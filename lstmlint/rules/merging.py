"""S: layers that take several tensors: merges, attention, initial states, the two directions of a Bidirectional."""

from __future__ import annotations

from lstmlint.rules.registry import reported


@reported("S112", "concat-mismatch", "error")
def concat_mismatch() -> None:
    """Concatenate's inputs differ in an axis along which they are not joined.

    Fix: make the shapes equal but for the axis of concatenation.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Concatenate", "name": "c", "config": {"axis": -1}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Concatenate", "name": "c", "config": {"axis": 1}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """


@reported("S113", "merge-mismatch", "error")
def merge_mismatch() -> None:
    """An element-wise merge (Add, Multiply, Average, ...) gets shapes that do not fit each other.

    Fix: make the shapes equal, for instance with a Dense on one branch.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 13, 4]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """


@reported("S114", "merge-silent-broadcast", "warning")
def merge_silent_broadcast() -> None:
    """An element-wise merge gets different shapes that happen to broadcast: Keras builds it without a word.

    Fix: reshape the smaller one where that is meant; otherwise make the shapes equal.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 13, 1]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """


@reported("S115", "dot-axes", "error")
def dot_axes() -> None:
    """Dot's axes have different sizes, or do not exist.

    Fix: axes of equal size in both inputs, the batch (0) excluded.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Dot", "name": "c", "config": {"axes": 1}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Dot", "name": "c", "config": {"axes": 2}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """


@reported("S116", "attention-dim", "warning")
def attention_dim() -> None:
    """Query and key of an attention have different widths: Keras builds the layer and fails when it runs.

    Fix: equal last dimensions, for instance by a Dense on one of them.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 4]}, "inbound_nodes": []},
          {"class_name": "Attention", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Attention", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """


@reported("S123", "initial-states", "error")
def initial_states() -> None:
    """The initial states given to a recurrent layer are not as many, or not as wide, as its own. Keras 2 refuses
    them; Keras 3 builds the model and fails when it runs (a warning there).

    Fix: an LSTM takes two states (h, c), GRU and SimpleRNN one, a Bidirectional twice that, all as wide as `units`.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "encoder", "config": {"units": 8, "return_state": true}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "InputLayer", "name": "y", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "GRU", "name": "decoder", "config": {"units": 8}, "inbound_nodes": [[["y", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2]]]}],
          "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [["decoder", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "encoder", "config": {"units": 8, "return_state": true}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "InputLayer", "name": "y", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "decoder", "config": {"units": 8}, "inbound_nodes": [[["y", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2]]]}],
          "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [["decoder", 0, 0]]}}
    """


@reported("S133", "bidirectional-branches", "error")
def bidirectional_branches() -> None:
    """The two directions of a Bidirectional do not fit each other.

    Fix: a backward_layer with go_backwards true and the same return_sequences, return_state and stateful.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Bidirectional", "config": {"layer": {"class_name": "LSTM", "config": {"units": 4}}, "backward_layer": {"class_name": "LSTM", "config": {"name": "back", "units": 4, "go_backwards": false}}, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Bidirectional", "config": {"layer": {"class_name": "LSTM", "config": {"units": 4}}, "backward_layer": {"class_name": "LSTM", "config": {"name": "back", "units": 4, "go_backwards": true}}, "batch_input_shape": [null, 13, 5]}}]}}
    """
