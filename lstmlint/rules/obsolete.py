"""P: arguments that Keras 3 still takes under an old name, or no longer looks at."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.releases import is_before
from lstmlint.model.values import show
from lstmlint.rules.index import index_of
from lstmlint.rules.registry import rule, violation
from lstmlint.signatures.built import INPUT_LENGTH


@rule("P606", "embedding-input-length", "info")
def embedding_input_length(model: ModelSummary) -> Iterator[Problem]:
    """An Embedding of a Keras 3 model has `input_length`. Keras 3 warns about it and ignores it: the number of
    timesteps is part of the input shape.

    Fix: Remove it. `lstmlint --fix` does this.

    Fails:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 7]}},
          {"class_name": "Embedding", "module": "keras.layers", "registered_name": null, "config": {"name": "words", "input_dim": 9, "output_dim": 4, "input_length": 7}}]}}

    Passes:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 7]}},
          {"class_name": "Embedding", "module": "keras.layers", "registered_name": null, "config": {"name": "words", "input_dim": 9, "output_dim": 4}}]}}
    """
    if model.spec.dialect != "keras3" or is_before(model.spec.release, INPUT_LENGTH):
        return
    for row in index_of(model).of("Embedding"):
        if row.spec.config.get("input_length") is not None:
            yield violation(
                f"Embedding {show(row.name)} has input_length, which Keras 3 ignores, with a warning",
                "Remove it; the number of timesteps is part of the input shape.",
                row.name,
                row.spec.argument_pointer("input_length"),
            )


@rule("P607", "leaky-alpha", "info")
def leaky_alpha(model: ModelSummary) -> Iterator[Problem]:
    """A LeakyReLU of a Keras 3 model has `alpha`, the name of `negative_slope` in Keras 1 and 2. Keras 3 warns about it
    and still uses it, even if `negative_slope` is present.

    Fix: Rename it to negative_slope. `lstmlint --fix` does this.

    Fails:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 7]}},
          {"class_name": "LeakyReLU", "module": "keras.layers", "registered_name": null, "config": {"name": "leaky", "alpha": 0.1}}]}}

    Passes:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 7]}},
          {"class_name": "LeakyReLU", "module": "keras.layers", "registered_name": null, "config": {"name": "leaky", "negative_slope": 0.1}}]}}
    """
    if model.spec.dialect != "keras3":
        return
    for row in index_of(model).of("LeakyReLU"):
        slope = row.spec.config.get("alpha")
        if slope is not None:
            newer = row.spec.config.get("negative_slope")
            overridden = "" if newer in (None, slope) else f" instead of negative_slope {newer}"
            yield violation(
                f"LeakyReLU {show(row.name)} has alpha {slope}, which Keras 3 uses{overridden}, with a warning",
                f"Use negative_slope {slope} instead of alpha.",
                row.name,
                row.spec.argument_pointer("alpha"),
            )
