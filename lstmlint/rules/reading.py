"""E: what cannot be read, and what the layers' arguments say that Keras does not take."""

from __future__ import annotations

from lstmlint.rules.registry import reported

reported("E001", "unreadable", "error", raised_by="analysis model python reading")(
    """The file is damaged: it cannot be decoded, is truncated, or is nested too deeply.

    Fix: Save the model again, or correct the file at the reported position.
    """
)


reported("E002", "not-a-model", "error", raised_by="analysis commands programs python reading")(
    """The file can be read but does not contain a Keras model.

    The finding is an info for the SavedModel of a subclassed model: the file records its layers with their configs and
    shapes, so they are listed and counted, but not how its code connects them.

    Fix: Pass the model's architecture: a JSON file, a `.keras` or `.h5` file, or a SavedModel folder. With
    `--skip-non-models`, such files are skipped silently.
    """
)


reported("E003", "duplicate-key", "warning", raised_by="reading")(
    """A key appears more than once in one object. Keras, like every JSON reader, silently keeps the last one.

    Fix: Remove the entries that are not meant.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "units": 20, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 20, "batch_input_shape": [null, 13, 5]}}]}}
    """
)


reported("E004", "unknown-layer", "warning", raised_by="inference layers validation")(
    """The class is not a built-in Keras layer. A custom class loads only if it is passed in `custom_objects`. Its
    shapes and weights are unknown unless the file records them, and totals that miss them are marked incomplete.

    The finding is an error if the file says that the class belongs to Keras.

    Fix: Correct the class name. For a custom layer, describe it in the settings or write a plugin.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LTSM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """
)


reported("E005", "unknown-argument", "error", raised_by="layers parsing validation")(
    """A layer's config contains an argument that its class does not accept. Keras refuses to load it.

    Fix: Correct the name, or remove the argument.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequence": true, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}}]}}
    """
)


reported("E006", "missing-argument", "error", raised_by="layers parsing validation")(
    """A layer's config lacks a required argument.

    Fix: Add the argument.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """
)


reported("E007", "bad-value", "error", raised_by="inference layers parsing validation")(
    """An argument has a value that Keras refuses: it has the wrong type, is out of range, or is an unknown name.

    Fix: Use a value that the message describes.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": -10, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """
)


reported("E008", "nan-token", "warning", raised_by="reading")(
    """The file contains NaN or Infinity. Python reads them, but strict JSON readers such as TensorFlow.js and browsers
    do not.

    Fix: Write a number, or null.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LeakyReLU", "config": {"alpha": NaN, "batch_input_shape": [null, 13]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LeakyReLU", "config": {"alpha": 0.3, "batch_input_shape": [null, 13]}}]}}
    """
)


reported("E009", "unknown-yaml-tag", "warning", raised_by="reading")(
    """A YAML tag is unknown. lstmlint reads its content as if it had no tag; other loaders refuse the document.

    Fix: Remove the tag, or save the model as JSON.
    """
)


reported("E010", "too-many-calls", "error", raised_by="inference")(
    """Nested models call each other so often that the model cannot be built.

    Fix: Use fewer levels of nested models.
    """
)


reported("E011", "malformed-model", "error", raised_by="parsing")(
    """The document looks like a model, but a required part is missing or malformed.

    Fix: Add or correct the part that the message names.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m"}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """
)


reported("P609", "bad-dtype-policy", "error", raised_by="layers parsing validation")(
    """A layer's dtype is not a policy that Keras accepts, or is a quantized policy that the layer does not support.

    Fix: Use "float32", "mixed_bfloat16", or a quantized policy such as "int8_from_float32" or "int4/128_from_float32".

    Fails:
        {"class_name": "Sequential", "module": "keras", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "config": {"batch_shape": [null, 5]}},
          {"class_name": "Dense", "module": "keras.layers", "config": {"units": 4, "dtype": "int8"}}]}}

    Passes:
        {"class_name": "Sequential", "module": "keras", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "config": {"batch_shape": [null, 5]}},
          {"class_name": "Dense", "module": "keras.layers", "config": {"units": 4, "dtype": "int8_from_float32"}}]}}
    """
)


reported("E012", "unreadable-weights", "warning", raised_by="inference reading")(
    """The weights stored with the model cannot be read, so they cannot confirm its parameter counts.

    Fix: Save the model again, or pass `--no-weights`.
    """
)


reported("E013", "unreadable-cell", "info", raised_by="python")(
    """A code cell of the notebook is not valid Python. It is left out, with what it adds to a model.

    Magics, shell commands, help with `?` and the print statements of Python 2 are no mistakes: they are passed over.

    Fix: Correct the code, or remove the cell.
    """
)


reported("E099", "internal-error", "error", raised_by="filtering inference python rules")(
    """lstmlint failed on a part of the model. The rest of the report is still valid.

    Fix: Please report it together with the file.
    """
)
