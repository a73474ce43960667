"""P: what one release of Keras writes and another does not read, or reads as something else."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem, listing
from lstmlint.model.releases import KERAS3, is_newer, label
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show
from lstmlint.parsing.common import before_reset_after
from lstmlint.rules.effects import activation_name
from lstmlint.rules.index import index_of, row_of
from lstmlint.rules.registry import refined, reported, rule, violation

# What Keras 1 called the arguments of its layers, and what they are called since.
KERAS1_ARGUMENTS = {
    "output_dim": "units", "nb_filter": "filters", "init": "kernel_initializer", "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation", "border_mode": "padding", "subsample": "strides",
    "subsample_length": "strides", "filter_length": "kernel_size", "pool_length": "pool_size", "stride": "strides",
    "nb_row": "kernel_size", "nb_col": "kernel_size", "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer", "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint", "dropout_W": "dropout", "dropout_U": "recurrent_dropout", "p": "rate",
    "bias": "use_bias", "dim_ordering": "data_format", "atrous_rate": "dilation_rate", "forget_bias_init": "unit_forget_bias",
    "consume_less": "", "input_length": "",
}  # fmt: skip
# Arguments that Keras 2 accepted and Keras 3 does not, and what to do instead.
KERAS2_ARGUMENTS = {
    "time_major": "Remove it; if it is true, add a Permute before and after the layer",
    "batch_input_shape": "Move the shape to batch_shape of an InputLayer before the layer",
    "batch_size": "Move the batch size to batch_shape of an InputLayer before the layer, together with the input shape",
    "input_length": "Remove it; the number of timesteps is part of the input shape",
    "weights": "Remove it; weights are loaded, not configured",
    "dynamic": "Remove it",
}
# Layers that Keras 3 no longer has, and what takes their place.
REMOVED = {
    "CuDNNLSTM": "Use LSTM with the same units; tf_keras converts the weights when it loads them.",
    "CuDNNGRU": "Use GRU with the same units and reset_after true.",
    "ThresholdedReLU": "Use ReLU(threshold=theta).",
    "LocallyConnected1D": "Use Conv1D, or keep a copy of the layer as a custom one.",
    "LocallyConnected2D": "Use Conv2D, or keep a copy of the layer as a custom one.",
    "TFOpLambda": "Build the model again in Keras 3, with keras.ops instead of TensorFlow functions.",
    "SlicingOpLambda": "Build the model again in Keras 3, which slices tensors without such a layer.",
    "Merge": "Use Concatenate, Add, Multiply, Average, or Dot.",
    "TimeDistributedDense": "Use Dense, which works on every timestep.",
}


@refined("P601", "keras1-argument", "error", refines=("E005", "E006", "S101"))
def keras1_argument(problem: Problem, model: ModelSummary) -> Problem | None:
    """A model of Keras 2 or 3 uses arguments of Keras 1, such as output_dim, nb_filter, init, border_mode, or
    W_regularizer. Keras 3 and tf.keras refuse them; Keras 2.0 to 2.3 translated them with a warning.

    `input_dim` on a recurrent layer is worse: in Keras 3 it means an input of shape (batch, input_dim), without
    timesteps.

    Fix: Use the names since Keras 2, for example units instead of output_dim. The input shape belongs in an InputLayer.

    Fails:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"output_dim": 10, "inner_init": "orthogonal", "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "recurrent_initializer": "orthogonal", "batch_input_shape": [null, 13, 5]}}]}}
    """
    spec = problem.data.get("spec")
    if not isinstance(spec, LayerSpec) or model.spec.dialect not in ("keras2", "keras3"):
        return None
    if problem.code == "S101":
        return _input_dim_of_sequence(problem, spec, model)
    if problem.severity == "warning" or (
        problem.code == "E005" and problem.pointer.rpartition("/")[2] not in KERAS1_ARGUMENTS
    ):
        return None
    old = [name for name in spec.config if name in KERAS1_ARGUMENTS and name not in _accepted(spec, model)]
    if not old or (problem.code == "E005" and problem.pointer.rpartition("/")[2] not in old):
        return None
    if problem.code == "E006" and not any(
        f" no {KERAS1_ARGUMENTS[name]}" in problem.message for name in old if KERAS1_ARGUMENTS[name]
    ):
        return None
    later = "Keras 3" if model.spec.dialect == "keras3" else "tf.keras"
    return violation(
        f"{spec.class_name} {show(spec.name)} has {listing(old)} from Keras 1; {later} raises an error",
        _rewritten(spec, old),
        spec.name,
        spec.argument_pointer(old[0]),
    )


def _rewritten(spec: LayerSpec, old: list[str]) -> str:
    """Return help that gives the replacements of Keras 1 arguments, with their values."""
    write, remove = [], []
    for name in old:
        new, value = KERAS1_ARGUMENTS[name], spec.config[name]
        if spec.class_name == "Embedding":
            new = new.replace("kernel_", "embeddings_")
        if not new:
            remove.append(name)
        elif isinstance(value, int | float | str) and new not in ("data_format", "kernel_size", "unit_forget_bias"):
            write.append(f"{new} {show(value)} instead of {name}".replace("'", '"'))
        else:
            write.append(f"{new} instead of {name}")
    features, steps = spec.raw.get("config", {}).get("input_dim"), spec.config.get("input_length")
    if "input_length" in old and isinstance(features, int):
        remove.insert(0, "input_dim")
        write.insert(0, f"batch_shape (None, {steps}, {features}) in an InputLayer before it")
    parts = ([f"use {', '.join(write)}"] if write else []) + ([f"remove {' and '.join(remove)}"] if remove else [])
    advice = "; ".join(parts)
    return f"{advice[:1].upper()}{advice[1:]}."


def _accepted(spec: LayerSpec, model: ModelSummary) -> frozenset[str]:
    from lstmlint.validation.arguments import arguments_of

    arguments = arguments_of(spec.class_name, model.spec.dialect)
    return frozenset() if arguments is None else arguments.accepted


def _input_dim_of_sequence(problem: Problem, spec: LayerSpec, model: ModelSummary) -> Problem | None:
    config = spec.raw.get("config")
    row = row_of(model, spec)
    if model.spec.dialect != "keras3" or not isinstance(config, dict) or row is None or row.inbound:
        return None
    features = config.get("input_dim")
    if not isinstance(features, int) or problem.data.get("wanted") != 3:
        return None
    return violation(
        f"input_dim {features} of {spec.class_name} {show(spec.name)} was the number of features in Keras 1 and 2; Keras 3 reads"
        f" it as the input shape (None, {features}), without timesteps, and raises a ValueError",
        f"Add an InputLayer with batch_shape (None, timesteps, {features}) before it, and remove input_dim.",
        spec.name,
        spec.argument_pointer("input_dim"),
    )


@refined("P602", "keras2-argument", "error", refines=("E005",))
def keras2_argument(problem: Problem, model: ModelSummary) -> Problem | None:
    """A Keras 3 model uses arguments of Keras 2 that Keras 3 refuses, such as time_major or batch_input_shape.

    Fix: Follow the help of the finding.

    Fails:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "module": "keras.layers", "registered_name": null, "config": {"name": "lstm", "units": 10, "time_major": false}}]}}

    Passes:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "module": "keras.layers", "registered_name": null, "config": {"name": "lstm", "units": 10}}]}}
    """
    name = problem.pointer.rpartition("/")[2]
    spec = problem.data.get("spec")
    if (
        model.spec.dialect != "keras3"
        or problem.severity == "warning"
        or name not in KERAS2_ARGUMENTS
        or not isinstance(spec, LayerSpec)
    ):
        return None
    return violation(
        f"{spec.class_name} {show(spec.name)} has {name} from Keras 2; Keras 3 raises a ValueError: Unrecognized keyword"
        " arguments",
        f"{KERAS2_ARGUMENTS[name]}.",
        spec.name,
        problem.pointer,
    )


@refined("P627", "newer-keras", "warning", refines=("E005",))
def newer_keras(problem: Problem, model: ModelSummary) -> Problem | None:
    """The file was written by a Keras that is newer than all releases that lstmlint knows, and has an argument that none
    of them has, with a value that looks like a default. It may be new in that Keras, so it is no error.

    Fix: Update lstmlint.
    """
    spec = problem.data.get("spec")
    name = problem.pointer.rpartition("/")[2]
    if not isinstance(spec, LayerSpec) or not is_newer(model.spec.keras_version):
        return None
    value = spec.config.get(name)
    if value is not None and value not in (False, 0, "", "auto") and value != []:
        return None
    return violation(
        f"{spec.class_name} {show(spec.name)} has the argument {name}, which {label(KERAS3[-1])}, the newest that lstmlint"
        f" knows, does not have; the file is from Keras {model.spec.keras_version}, in which it may be new",
        "Update lstmlint.",
        spec.name,
        problem.pointer,
    )


@rule("P603", "older-generation", "info", enabled=False)
def older_generation(model: ModelSummary) -> Iterator[Problem]:
    """The model is in the format of Keras 2 or older. As JSON, Keras 3's model_from_json refuses it, since it lacks
    `module` and `registered_name`. Keras 3 reads most HDF5 files of Keras 2.

    Off by default. Select it if all models should be Keras 3 models.

    Fix: Load it with tf_keras, or convert it.

    Fails:
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "module": "keras.layers", "registered_name": null, "config": {"name": "lstm", "units": 10}}]}}
    """
    generation = {"keras0": "Keras 0", "keras1": "Keras 1", "keras2": "Keras 2"}.get(model.spec.dialect)
    if generation is not None:
        version = f" ({model.spec.keras_version})" if model.spec.keras_version else ""
        gone = sorted({name for name in index_of(model).by_class if name in REMOVED})
        yield violation(
            f"the model is in the format of {generation}{version}; Keras 3's model_from_json cannot load it"
            + (f", and Keras 3 no longer has {listing(gone)}" if gone else ""),
            "Load it with tf_keras, or convert it to Keras 3."
            if generation == "Keras 2"
            else "Convert it: later versions of Keras 2 cannot read this format either.",
            pointer=model.spec.pointer,
        )


@refined("P604", "removed-layer", "error", refines=("E004",))
def removed_layer(problem: Problem, model: ModelSummary) -> Problem | None:
    """A Keras 3 model uses a layer that Keras 3 no longer has, such as CuDNNLSTM, ThresholdedReLU, or
    LocallyConnected1D. Keras cannot load it.

    Fix: Use its replacement.

    Fails:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 13, 5]}},
          {"class_name": "CuDNNLSTM", "module": "keras.layers", "registered_name": null, "config": {"name": "lstm", "units": 10}}]}}

    Passes:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "module": "keras.layers", "registered_name": null, "config": {"name": "lstm", "units": 10}}]}}
    """
    spec = problem.data.get("spec")
    if model.spec.dialect != "keras3" or not isinstance(spec, LayerSpec) or spec.class_name not in REMOVED:
        return None
    if problem.severity != "error":  # a custom class that took the name
        return None
    return violation(
        f"{spec.class_name} {show(spec.name)} is a layer of Keras 2 that Keras 3 no longer has; it cannot load the model",
        REMOVED[spec.class_name],
        spec.name,
        spec.pointer,
    )


@rule("P605", "hard-sigmoid-changed", "info", enabled=False)
def hard_sigmoid_changed(model: ModelSummary) -> Iterator[Problem]:
    """hard_sigmoid differs between generations: Keras 1 and 2 compute 0.2·x + 0.5, clipped beyond -2.5 and 2.5; Keras 3
    computes x/6 + 0.5, clipped beyond -3 and 3. At -1, that is 0.3 and 0.333. An older model that uses it, as most
    LSTMs of Keras 1 and 2 do, gives different outputs in Keras 3 with the same weights.

    Off by default. Select it before you move models to Keras 3.

    Fix: Use a custom activation with the old formula, or train again.

    Fails:
        {"class_name": "Sequential", "keras_version": "2.2.4", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "recurrent_activation": "hard_sigmoid", "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "keras_version": "2.2.4", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "recurrent_activation": "sigmoid", "batch_input_shape": [null, 13, 5]}}]}}
    """
    if model.spec.dialect == "keras3":
        return
    index = index_of(model)
    found = [(row, layer) for row, layer in index.recurrent] + [
        (row, row.layer) for row in index.of("Activation", "Dense", "Conv1D", "Conv2D")
    ]
    for row, layer in found:
        for argument in ("recurrent_activation", "activation"):
            if argument in layer.config and activation_name(layer.config[argument]) == "hard_sigmoid":
                yield violation(
                    f"{argument} of {row.class_name} {show(row.name)} is hard_sigmoid, which Keras 3 computes differently: 0.333"
                    " instead of 0.3 at -1, 0.083 instead of 0 at -2.5",
                    "Keep the model in Keras 2, give Keras 3 the old formula as a custom activation, or train again.",
                    row.name,
                    layer.spec.argument_pointer(argument),
                )
                break


@rule("P610", "gru-before-reset-after", "warning")
def gru_before_reset_after(model: ModelSummary) -> Iterator[Problem]:
    """The file has a GRU from a Keras version before 2.1.5, which had no `reset_after` and one bias vector. Every later
    Keras treats the missing argument as true, creates a second bias vector, and cannot load the saved weights.

    The count is that of the later Keras, or that of the weights if they are stored with the model.

    Fix: Add `"reset_after": false`, which describes the saved layer.

    Fails:
        {"class_name": "Sequential", "keras_version": "2.0.9", "config": [
          {"class_name": "GRU", "config": {"name": "gru", "units": 10, "batch_input_shape": [null, 13, 5]}}]}

    Passes:
        {"class_name": "Sequential", "keras_version": "2.0.9", "config": [
          {"class_name": "GRU", "config": {"name": "gru", "units": 10, "reset_after": false, "batch_input_shape": [null, 13, 5]}}]}
    """
    version = model.spec.keras_version
    if model.spec.dialect != "keras2" or not before_reset_after(version):
        return
    for row, rnn in index_of(model).recurrent:
        written = rnn.spec.raw.get("config")
        if rnn.class_name != "GRU" or not isinstance(written, dict) or "reset_after" in written:
            continue
        yield violation(
            f"GRU {show(row.name)} was saved by Keras {version}, which gave it one bias vector; Keras since 2.1.5 treats the"
            " missing reset_after as true, creates two bias vectors, and cannot load its weights",
            'Add "reset_after": false to its config.',
            row.name,
            rnn.spec.pointer,
        )


reported("P612", "windows-weight-paths", "warning", raised_by="inference")(
    """A `.keras` archive was saved on Windows by tf.keras (TensorFlow 2.13 to 2.15), which stores its weights under paths
    with backslashes. On other systems, tf.keras looks for slashes, finds no weights, and refuses the file.

    Fix: Load the model on Windows, and save it in the `.h5` format there.
    """
)


reported("P621", "target-lacks-class", "error", raised_by="compatibility")(
    """A release in `target-keras` or `--target` does not have a class or function that the model uses, such as
    RMSNormalization before Keras 3.9, or finds it under another name.

    Fix: Replace it, or load the model with a release that has it.
    """
)


reported("P622", "target-lacks-argument", "error", raised_by="compatibility")(
    """A release in `target-keras` or `--target` refuses an argument in the model, such as quantization_config before
    Keras 3.13. Every Keras writes all arguments that it knows, so that older releases refuse even arguments with their
    default values.

    Fix: Remove the argument if its value is the default; `--fix` does that in JSON files. Otherwise, load the model with
    a release that has it.
    """
)


reported("P623", "target-lacks-structure", "error", raised_by="compatibility")(
    """A release in `target-keras` or `--target` cannot read the form in which the file states something: `input_layers`
    without an outer list before Keras 3.4, for instance, or a format of another generation.

    Fix: Convert the model.
    """
)


reported("P624", "target-refuses-code", "error", raised_by="compatibility")(
    """The file holds Python code of a Lambda, which the releases in `target-keras` or `--target` load only with
    `safe_mode=False`.

    Fix: Replace the Lambda by a layer or an operation of keras.ops.
    """
)


reported("P625", "target-lacks-weights", "error", raised_by="compatibility")(
    """A release in `target-keras` or `--target` does not load the weights that are stored in the file, such as those of a
    Bidirectional in Keras 3.0.

    Fix: Load the model with another release.
    """
)
