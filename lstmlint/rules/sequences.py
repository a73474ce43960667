"""Group R: what happens around recurrent layers: masks, states, and the layers after a sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Problem, listing
from lstmlint.model.shapes import flatten, format_shape, percent
from lstmlint.model.spec import TensorRef
from lstmlint.model.values import show
from lstmlint.rules import masks
from lstmlint.rules.effects import BINARY, REGRESSION, SIGMOIDS, head_of, objectives
from lstmlint.rules.index import (
    acts_in_training_only,
    follow,
    index_of,
    keeps_timesteps,
    outputs_of,
    recurrent,
    row_of,
    unwrapped,
)
from lstmlint.rules.registry import Option, refined, rule, violation


def _keeps_sequence(row: LayerSummary) -> bool:
    """Check whether a layer keeps both the timesteps and the shape of its input."""
    return keeps_timesteps(row) and row.input_shape == row.output_shape


@rule("R211", "mask-destroyed", "warning")
def mask_destroyed(model: ModelSummary) -> Iterator[Problem]:
    """A mask from Masking or Embedding(mask_zero=true) reaches a layer that does not support masking, before a layer
    that would use it. From there on, padding counts as data. Keras 3 warns when the model is built; tf.keras drops the
    mask silently.

    A TimeDistributed of Keras 3 does not pass on a mask that its inner layer makes, so mask_zero of an Embedding inside
    it has no effect. That of tf.keras passes it on.

    Fix: Move the layer, pass the mask as an argument, or remove it if there is no padding or padding may count as data.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Embedding", "config": {"input_dim": 100, "output_dim": 8, "mask_zero": true, "batch_input_shape": [null, 13]}},
          {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 3}},
          {"class_name": "LSTM", "config": {"units": 10}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Embedding", "config": {"input_dim": 100, "output_dim": 8, "mask_zero": false, "batch_input_shape": [null, 13]}},
          {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 3}},
          {"class_name": "LSTM", "config": {"units": 10}}]}}

    References: https://keras.io/guides/understanding_masking_and_padding/
    """
    says = {"keras3": "Keras 3 only warns", "keras2": "tf.keras is silent"}.get(model.spec.dialect, "Keras 1 is silent")
    for drop in masks.drops(model) or masks.old_flow(model).lost:
        row = drop.row
        if row.layer.facts.removes_timesteps:
            continue
        user = masks.user_after(row)
        if user is not None:
            maker = drop.maker
            embeds = unwrapped(maker.layer).class_name == "Embedding"
            unmask = "set mask_zero to false" if embeds else f"remove {show(maker.name)}"
            moves = row.input_shape is not None and row.output_shape is not None
            moves = moves and len(row.input_shape or ()) == len(row.output_shape or ()) and row.class_name != "Reshape"
            keep = (
                f"Move {show(row.name)} after {show(user.name)}"
                if moves
                else f"Pass {show(user.name)} a mask as an argument"
            )
            if model.spec.dialect == "keras1":
                keep = "A Merge in a functional model passes masks on, unless its mode is dot or cos"
            yield violation(
                f"{row.class_name} {show(row.name)} drops the mask from {show(maker.name)}, so {user.class_name} {show(user.name)}"
                f" treats padding as data; {says}",
                f"{keep}. If padding may count as data, {unmask}.",
                row.name,
                row.pointer,
            )
    for row in masks.masks_inside(model) if model.spec.dialect == "keras3" else ():
        user, inner = masks.user_after(row, past_drops=False), unwrapped(row.layer)
        if user is not None:
            yield violation(
                f"TimeDistributed {show(row.name)} does not pass on the mask of its {inner.class_name}, so {user.class_name}"
                f" {show(user.name)} treats padding as data; tf.keras passes the mask on, Keras 3 does not",
                f"Use the {inner.class_name} without TimeDistributed: it takes inputs of any rank, and passes its mask on."
                if user.class_name == "TimeDistributed" and masks.user_after(user) is None
                else f"Pass {show(user.name)} a mask as an argument, unless padding may count as data.",
                row.name,
                row.pointer,
            )


@rule("R237", "mask-misfits-softmax", "warning")
def mask_misfits_softmax(model: ModelSummary) -> Iterator[Problem]:
    """A mask reaches a Softmax layer, but cannot be broadcast to its input. A mask from Masking or
    Embedding(mask_zero=true) has one axis fewer than its tensor, and a Softmax layer needs a mask of the shape of its
    input. predict() raises an error, unless the batch happens to have a size that fits.

    Fix: Use Activation("softmax"), which ignores masks, or pass the Softmax a mask of the shape of its input.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Masking", "config": {"batch_input_shape": [null, 6]}},
          {"class_name": "Softmax", "config": {}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Masking", "config": {"batch_input_shape": [null, 6]}},
          {"class_name": "Activation", "config": {"activation": "softmax"}}]}}
    """
    for row, mask, maker in masks.misfits(model):
        source = f" from {show(maker.name)}" if maker is not None else ""
        yield violation(
            f"Softmax {show(row.name)} receives a mask of shape {format_shape(mask)}{source}, which does not fit its input"
            f" {format_shape(row.input_shape)}; Keras raises an error when the model runs",
            f'Use Activation("softmax"), which ignores masks, or pass a mask of shape {format_shape(row.input_shape)}.',
            row.name,
            row.pointer,
        )


@rule("R213", "masked-flatten", "warning")
def masked_flatten(model: ModelSummary) -> Iterator[Problem]:
    """A masked sequence goes into Flatten or GlobalMaxPooling1D, which ignore masks. Padding enters the result as if it
    were data.

    Fix: Use GlobalAveragePooling1D, which applies the mask, or a recurrent layer without return_sequences. If there is
    no padding, remove the mask.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Embedding", "config": {"input_dim": 100, "output_dim": 8, "mask_zero": true, "batch_input_shape": [null, 13]}},
          {"class_name": "GlobalMaxPooling1D", "config": {}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Embedding", "config": {"input_dim": 100, "output_dim": 8, "mask_zero": true, "batch_input_shape": [null, 13]}},
          {"class_name": "GlobalAveragePooling1D", "config": {}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    for drop in masks.drops(model):
        row = drop.row
        if row.layer.facts.removes_timesteps and row.input_shape is not None and len(row.input_shape) > 2:
            yield violation(
                f"{row.class_name} {show(row.name)} ignores the mask from {show(drop.maker.name)}, so padding enters its result as"
                " data",
                "Use GlobalAveragePooling1D, which applies the mask, or a recurrent layer with return_sequences=false. If"
                " there is no padding, remove the mask.",
                row.name,
                row.pointer,
            )


@rule("R215", "sequence-against-scalar", "info", enabled=False)
def sequence_against_scalar(model: ModelSummary) -> Iterator[Problem]:
    """The model outputs one number per timestep and is trained on a regression loss. Targets of one number per sample,
    (batch, 1), silently broadcast: every timestep is trained towards the same value. A Dense(1) without a layer that
    removes the timesteps before it is enough. tf.keras also broadcasts targets of binary_crossentropy; Keras 3 raises an
    error.

    Off by default: the file does not record the shape of the targets, and one number per timestep is often intended.

    Fix: For one number per sample, set return_sequences to false on the last recurrent layer, or add
    GlobalAveragePooling1D or Flatten before the last Dense.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]},
          "training_config": {"loss": "mse"}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": false, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]},
          "training_config": {"loss": "mse"}}
    """
    broadcast = REGRESSION | BINARY.keys() if model.spec.dialect == "keras2" else REGRESSION
    for objective in objectives(model):
        shape, name = objective.shape, objective.row.name
        if objective.loss in broadcast and shape is not None and len(shape) == 3 and shape[-1] == 1:
            source = objective.row
            while recurrent(source.layer) is None and len(source.inbound) == 1:
                source = source.inbound[0]
            change = (
                f"set return_sequences to false on {show(source.name)}"
                if recurrent(source.layer) is not None
                else f"add GlobalAveragePooling1D or Flatten before {show(name)}"
            )
            yield violation(
                f"{show(name)} outputs {format_shape(shape)}, one number per timestep; {objective.loss} silently broadcasts"
                " targets of shape (batch, 1) to all timesteps",
                f"For one number per sample, {change}. For one number per timestep, use targets of shape (batch,"
                f" {shape[1] or 'timesteps'}, 1).",
                name,
                objective.row.pointer,
            )


@rule(
    "R216",
    "flattened-sequence",
    "info",
    params=Option(50_000, "the smallest number of parameters of the Dense that is reported"),
    share=Option(0.5, "the smallest share of the model's parameters that is reported", most=1),
)
def flattened_sequence(model: ModelSummary, params: int, share: float) -> Iterator[Problem]:
    """All outputs of a recurrent layer are flattened into a Dense that holds most of the model's parameters. The Dense
    has separate weights for every timestep, so it accepts only one sequence length and needs many more parameters than
    a layer that shares its weights across timesteps.

    Fix: Set return_sequences to false, or use GlobalAveragePooling1D instead of Flatten.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 32, "return_sequences": true, "batch_input_shape": [null, 200, 5]}},
          {"class_name": "Flatten", "config": {}},
          {"class_name": "Dense", "config": {"units": 64}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 32, "return_sequences": false, "batch_input_shape": [null, 200, 5]}},
          {"class_name": "Dense", "config": {"units": 64}}]}}
    """
    for row, _ in index_of(model).recurrent:
        if row.output_shape is None or len(row.output_shape) != 3:
            continue
        flat = follow(row, _keeps_sequence)
        dense = follow(flat, acts_in_training_only) if flat is not None and flat.class_name == "Flatten" else None
        if flat is None or dense is None or dense.class_name != "Dense" or not dense.params or not model.params:
            continue
        units, steps = row.output_shape[-1], row.output_shape[1]
        part = dense.params / model.params
        width = None if dense.output_shape is None else dense.output_shape[-1]
        if part < share or dense.params < params or units is None or width is None:
            continue
        without = (units + bool(dense.config.get("use_bias"))) * width
        yield violation(
            f"{show(dense.name)} has separate weights for each of the {steps} timesteps of {show(row.name)}: {dense.params:,}"
            f" parameters, {percent(part)} of the model; Keras accepts only sequences of this length",
            f"Set return_sequences to false on {show(row.name)}, or use GlobalAveragePooling1D instead of {show(flat.name)}:"
            f" {show(dense.name)} then has {without:,} parameters.",
            flat.name,
            flat.pointer,
        )


@rule("R217", "timedistributed-dense", "info", enabled=False)
def timedistributed_dense(model: ModelSummary) -> Iterator[Problem]:
    """TimeDistributed wraps a Dense. Since Keras 2, a Dense works on the last axis of any input, so both compute the
    same from the same weights. Keras 1 models need the wrapper and are not reported.

    Off by default: it is harmless, and often used to make the intent explicit.

    Fix: Use the Dense without TimeDistributed.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "TimeDistributed", "config": {"layer": {"class_name": "Dense", "config": {"units": 1}}}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    if model.spec.dialect not in ("keras2", "keras3"):
        return
    for row in index_of(model).of("TimeDistributed"):
        inner = unwrapped(row.layer)
        if inner.class_name == "Dense" and row.input_shape is not None and len(row.input_shape) == 3:
            yield violation(
                f"TimeDistributed {show(row.name)} wraps a Dense, which computes the same without the wrapper, with the same"
                f" {row.params or 0:,} parameters",
                f"Use Dense(units={inner.config.get('units')}) without TimeDistributed.",
                row.name,
                row.pointer,
            )


@rule("R223", "unused-states", "info")
def unused_states(model: ModelSummary) -> Iterator[Problem]:
    """A recurrent layer returns its states, but nothing uses them. This is mostly harmless. In an encoder-decoder,
    however, the decoder then receives nothing from the encoder. A layer that has initial states itself is not reported,
    because a decoder returns its states to run step by step.

    Fix: Set return_state to false, or pass the states to the decoder as initial_state.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "encoder", "config": {"units": 8, "return_state": true}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "Dense", "name": "y", "config": {"units": 1}, "inbound_nodes": [[["encoder", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "encoder", "config": {"units": 8, "return_state": false}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "Dense", "name": "y", "config": {"units": 1}, "inbound_nodes": [[["encoder", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}
    """
    for row, rnn in index_of(model).recurrent:
        if not rnn.config.get("return_state") or not row.spec.calls or not row.used or len(row.input_shapes) != 1:
            continue
        if row.last_output == 0:
            count = len(row.output_shapes) - 1
            yield violation(
                f"{row.class_name} {show(row.name)} returns {count} state{'s' if count != 1 else ''}, but nothing uses them",
                "Set return_state to false, or pass the states to a decoder as initial_state.",
                row.name,
                rnn.spec.argument_pointer("return_state"),
            )


@rule("R234", "recurrent-head", "warning")
def recurrent_head(model: ModelSummary) -> Iterator[Problem]:
    """A recurrent layer is the last layer of a classifier. An LSTM multiplies its activation by the output gate, and a
    GRU mixes it with its previous state. With tanh, outputs lie in [-1, 1], and even with softmax they do not form a
    distribution over the classes.

    Fix: Add a Dense with softmax or sigmoid after it.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 3, "activation": "softmax", "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 32, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 3, "activation": "softmax"}}]}}
    """
    losses = {id(objective.row): objective for objective in objectives(model)}
    for row in outputs_of(model):
        head = head_of(row)
        if head is None or not head.recurrent:
            continue
        plain = head.layer.class_name in ("SimpleRNN", "RNN")  # the output is that of its activation
        objective = losses.get(id(row))
        classifies = objective is not None and "crossentropy" in objective.loss and not objective.from_logits
        if head.activation == "softmax":
            wrong = not plain
        elif head.activation in SIGMOIDS:
            wrong = classifies and objective is not None and objective.loss != "binary_crossentropy"
        else:
            wrong = classifies
        if not wrong:
            continue
        units = row.output_shape[-1] if row.output_shape else head.layer.config.get("units")
        loss = f", and is trained with {objective.loss}" if classifies and objective is not None else ""
        yield violation(
            f"{head.row.class_name} {show(head.row.name)} is the model's last layer, with activation {show(head.activation)}{loss}:"
            f" its {units} outputs are not probabilities",
            f'Add Dense({units}, activation="{"sigmoid" if units == 1 else "softmax"}") after it; the units of'
            f" {show(head.row.name)} can then be any number.",
            head.row.name,
            head.row.pointer,
        )


@rule("R239", "attention-without-positions", "info")
def attention_without_positions(model: ModelSummary) -> Iterator[Problem]:
    """Tokens are embedded and attend to each other, but nothing in the model depends on their order: it returns the same
    output for any order of the tokens. Recurrent and convolutional layers see the order; attention, Dense and global
    pooling do not.

    Not reported: models in which a layer might add positions (several inputs, custom layers, Lambda, operations), and
    attention with a mask that depends on positions, such as use_causal_mask.

    Fix: Add an embedding of the positions to that of the tokens.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 20]}, "inbound_nodes": []},
          {"class_name": "Embedding", "name": "e", "config": {"input_dim": 100, "output_dim": 16}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "MultiHeadAttention", "name": "a", "config": {"num_heads": 2, "key_dim": 8}, "inbound_nodes": [[["e", 0, 0, {"value": ["e", 0, 0]}]]]},
          {"class_name": "GlobalAveragePooling1D", "name": "p", "config": {}, "inbound_nodes": [[["a", 0, 0]]]},
          {"class_name": "Dense", "name": "y", "config": {"units": 1}, "inbound_nodes": [[["p", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 20]}, "inbound_nodes": []},
          {"class_name": "Embedding", "name": "e", "config": {"input_dim": 100, "output_dim": 16}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "LSTM", "name": "l", "config": {"units": 16, "return_sequences": true}, "inbound_nodes": [[["e", 0, 0]]]},
          {"class_name": "MultiHeadAttention", "name": "a", "config": {"num_heads": 2, "key_dim": 8}, "inbound_nodes": [[["l", 0, 0, {"value": ["l", 0, 0]}]]]},
          {"class_name": "GlobalAveragePooling1D", "name": "p", "config": {}, "inbound_nodes": [[["a", 0, 0]]]},
          {"class_name": "Dense", "name": "y", "config": {"units": 1}, "inbound_nodes": [[["p", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}

    References: Vaswani et al. 2017, Attention is all you need
    """
    first = next(index_of(model).of(*_ATTENTION), None)
    if first is None or not _ignores_order(first):
        return
    before = _reached(first, lambda row: row.inbound)
    if before is None or sum(row.layer.facts.is_input for row in before) != 1:
        return
    if not any(row.class_name == "Embedding" for row in before):
        return
    after = _reached(first, lambda row: [] if row.class_name in _POOLS else row.consumers)
    if after is None:
        return
    same = {id(row) for row in (first, *before, *after)}
    if all(id(source) in same for row in after for source in row.inbound):
        yield violation(
            f"{first.class_name} {show(first.name)} attends to tokens without positions: the model returns the same output"
            " for any order of the tokens",
            "Add an embedding of the positions to that of the tokens.",
            first.name,
            first.pointer,
        )


_ATTENTION = ("MultiHeadAttention", "Attention", "AdditiveAttention")
_POOLS = ("GlobalAveragePooling1D", "GlobalMaxPooling1D")


def _reached(row: LayerSummary, step: Callable[[LayerSummary], list[LayerSummary]]) -> list[LayerSummary] | None:
    """Return the layers that lead to or from `row`; None if one of them may depend on the order of the tokens."""
    found: dict[int, LayerSummary] = {}
    waiting = [*step(row)]
    while waiting:
        other = waiting.pop()
        if id(other) in found:
            continue
        if not _ignores_order(other):
            return None
        found[id(other)] = other
        waiting += step(other)
    return list(found.values())


def _ignores_order(row: LayerSummary) -> bool:
    """Check whether a layer treats all timesteps alike, or is global pooling."""
    facts = row.layer.facts
    if row.nested is not None or row.calls > 1 or row.spec.is_operation or not facts.keras_names:
        return False
    call = row.spec.calls[0] if row.spec.calls else None
    if row.class_name in _ATTENTION:
        causal = row.config.get("causal") or (call is not None and call.kwargs.get("use_causal_mask"))
        return len(row.inbound) == 1 and not causal
    if facts.is_input or row.class_name in (*_POOLS, "Embedding"):
        return True
    if facts.merges_lists:  # without constants, which might be positions
        tensors = flatten(call.args) if call is not None else []
        return row.config.get("axis", -1) == -1 and all(isinstance(item, TensorRef) for item in tensors)
    normalizes_positions = row.class_name == "BatchNormalization" and row.config.get("axis") not in (-1, [-1], 2, [2])
    return keeps_timesteps(row) and row.class_name != "PReLU" and not normalizes_positions


@rule("R238", "mask-refused", "error")
def mask_refused(model: ModelSummary) -> Iterator[Problem]:
    """A mask reaches a TimeDistributed around a layer that does not support masking, such as Flatten or Conv1D. tf.keras
    raises a TypeError when it loads the model. Keras 3 loads it, so its files are not checked.

    Keras 1 refuses a mask in every layer that does not support masking, also without a TimeDistributed.

    Fix: Remove the mask, or move the layer that makes it after the layer that refuses it.

    Fails:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "Masking", "config": {"batch_input_shape": [null, 3, 4, 2]}},
          {"class_name": "TimeDistributed", "config": {"layer": {"class_name": "Flatten", "config": {}}}},
          {"class_name": "LSTM", "config": {"units": 10}}]}}

    Passes:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "TimeDistributed", "config": {"layer": {"class_name": "Flatten", "config": {}}, "batch_input_shape": [null, 3, 4, 2]}},
          {"class_name": "Masking", "config": {}},
          {"class_name": "LSTM", "config": {"units": 10}}]}}
    """
    for row, maker in masks.old_flow(model).refused:  # Keras 1
        embeds = unwrapped(maker.layer).class_name == "Embedding"
        yield violation(
            f"{row.spec.written_class} {show(row.name)} receives the mask from {show(maker.name)}, but does not support masking; Keras 1"
            " raises a ValueError",
            f"{'Set mask_zero to false on' if embeds else 'Remove'} {show(maker.name)}, or end the mask with a recurrent layer"
            " without return_sequences.",
            row.name,
            row.pointer,
        )
    if model.spec.dialect != "keras2":
        return
    masked = masks.flow(model).makers
    refused: dict[int, tuple[LayerSummary, list[LayerSummary]]] = {}
    for row in index_of(model).of("TimeDistributed"):
        inner = unwrapped(row.layer)
        source = next((source for source in row.inbound if id(source) in masked), None)
        facts = inner.facts
        if source is None or not facts.keras_names or facts.supports_masking or facts.makes_mask:
            continue
        if inner.class_name != "Lambda":
            maker = masked[id(source)]
            refused.setdefault(id(maker), (maker, []))[1].append(row)
    for maker, rows in refused.values():
        first, last = rows[0], rows[-1]
        more = f" (and in {len(rows) - 1} more: {listing([row.name for row in rows[1:]])})" if len(rows) > 1 else ""
        yield violation(
            f"TimeDistributed {show(first.name)} receives the mask from {show(maker.name)}, but its"
            f" {unwrapped(first.layer).class_name} does not support masking; tf.keras raises a TypeError{more}",
            f"Move {show(maker.name)} after {show(last.name)}, or remove the mask.",
            first.name,
            first.pointer,
        )


@refined("R236", "decoder-units-differ", "error", refines=("S123",))
def decoder_units_differ(problem: Problem, model: ModelSummary) -> Problem | None:
    """A decoder receives the states of an encoder with a different number of units. tf.keras refuses this. Keras 3
    builds the model, but it fails when it runs; there, the finding is a warning.

    Fix: Use the same units in both. For a Bidirectional encoder, give the decoder twice the units of one direction and
    concatenate the states.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "encoder", "config": {"units": 8, "return_state": true}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "InputLayer", "name": "y", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "decoder", "config": {"units": 4}, "inbound_nodes": [[["y", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2]]]}],
          "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [["decoder", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "encoder", "config": {"units": 8, "return_state": true}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "InputLayer", "name": "y", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "decoder", "config": {"units": 8}, "inbound_nodes": [[["y", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2]]]}],
          "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [["decoder", 0, 0]]}}
    """
    decoder = row_of(model, problem.data.get("spec"))
    rnn = recurrent(decoder.layer) if decoder is not None else None
    if decoder is None or rnn is None:
        return None
    for encoder in decoder.inbound[1:]:
        other = recurrent(encoder.layer)
        if other is None or not other.config.get("return_state") or encoder.class_name != decoder.class_name:
            continue
        encoder_units, units = other.config.get("units"), rnn.config.get("units")
        if isinstance(encoder_units, int) and isinstance(units, int) and encoder_units != units:
            effect = "Keras 3 builds it, but fails to run it" if problem.severity == "warning" else "Keras refuses it"
            return violation(
                f"{decoder.class_name} {show(decoder.name)} has {units} units, but its initial states come from {show(encoder.name)},"
                f" which has {encoder_units} units; {effect}",
                f"Set units of {show(decoder.name)} to {encoder_units}, or units of {show(encoder.name)} to {units}.",
                decoder.name,
                rnn.spec.argument_pointer("units"),
                problem.severity,
            )
    return None
