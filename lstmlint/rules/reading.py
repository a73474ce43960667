"""E: what cannot be read, and what the layers' arguments say that Keras does not take."""

from __future__ import annotations

from lstmlint.rules.registry import reported


@reported("E001", "unreadable", "error")
def unreadable() -> None:
    """The file is broken: it cannot be decoded, is cut off, or is nested too deeply.

    Fix: save the model again, or correct the file at the place that is named.
    """


@reported("E002", "not-a-model", "error")
def not_a_model() -> None:
    """The file is readable but holds no Keras model.

    Fix: give the model's architecture: model.json, a .keras or .h5 file, a SavedModel folder.
    With `--skip-non-models` such files are passed over in silence.
    """


@reported("E003", "duplicate-key", "warning")
def duplicate_key() -> None:
    """A key stands twice in one object; Keras, as every JSON reader, keeps the last one without a word.

    Fix: remove the one that is not meant.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "units": 20, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 20, "batch_input_shape": [null, 13, 5]}}]}}
    """


@reported("E004", "unknown-layer", "warning")
def unknown_layer() -> None:
    """The class is no layer of Keras. Custom classes load only with custom_objects; their shapes and weights
    are unknown here unless the file records them, and totals without them are incomplete. An error where
    the file says that the class is Keras's own.

    Fix: correct the class name; for a custom layer, describe it in the settings or write a plugin.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LTSM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """


@reported("E005", "unknown-argument", "error")
def unknown_argument() -> None:
    """A layer's config has an argument that its class does not take; Keras refuses to load it.

    Fix: correct the name, or remove the argument.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequence": true, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}}]}}
    """


@reported("E006", "missing-argument", "error")
def missing_argument() -> None:
    """A layer's config lacks an argument without which Keras cannot make the layer.

    Fix: add it.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """


@reported("E007", "bad-value", "error")
def bad_value() -> None:
    """An argument has a value that Keras refuses: of the wrong type, out of range, or an unknown name.

    Fix: write what the message asks for.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": -10, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """


@reported("E008", "nan-token", "warning")
def nan_token() -> None:
    """NaN or Infinity stands in the file: Python reads it, strict JSON readers (TensorFlow.js, browsers) do not.

    Fix: write a number, or null.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LeakyReLU", "config": {"alpha": NaN, "batch_input_shape": [null, 13]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LeakyReLU", "config": {"alpha": 0.3, "batch_input_shape": [null, 13]}}]}}
    """


@reported("E009", "yaml-python-tag", "warning")
def yaml_python_tag() -> None:
    """A YAML tag asks for a Python object. lstmlint never makes one and reads null in its place; a loader that
    obeys the tag runs what it names.

    Fix: remove the tag, or save the model as JSON.
    """


@reported("E010", "too-many-calls", "error")
def too_many_calls() -> None:
    """Nested models call each other so often that no machine could build the model.

    Fix: flatten the model.
    """


@reported("E011", "malformed-model", "error")
def malformed_model() -> None:
    """The document is meant to be a model, but a part without which no model can be read is missing or of the
    wrong form.

    Fix: add or correct the part that is named.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m"}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """


@reported("P609", "bad-dtype-policy", "error")
def bad_dtype_policy() -> None:
    """The dtype of a layer is no policy that Keras knows, or one that the layer cannot be quantized to.

    Fix: "float32", "mixed_bfloat16", or a quantized policy such as "int8_from_float32" or "int4/128_from_float32".

    Fails:
        {"class_name": "Sequential", "module": "keras", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "config": {"batch_shape": [null, 5]}},
          {"class_name": "Dense", "module": "keras.layers", "config": {"units": 4, "dtype": "int8"}}]}}

    Passes:
        {"class_name": "Sequential", "module": "keras", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "config": {"batch_shape": [null, 5]}},
          {"class_name": "Dense", "module": "keras.layers", "config": {"units": 4, "dtype": "int8_from_float32"}}]}}
    """


@reported("E012", "unreadable-weights", "warning")
def unreadable_weights() -> None:
    """The weights stored beside the model cannot be read, so that they do not confirm its counts.

    Fix: save the model again, or pass `--no-weights`.
    """


@reported("E099", "internal-error", "error")
def internal_error() -> None:
    """lstmlint itself failed on a part of the model; the rest of the report stands.

    Fix: please report it with the file.
    """
