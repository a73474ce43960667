"""What a real Keras says of one layer on one input, and what lstmlint says."""

from __future__ import annotations

from typing import Any

from lstmlint.inference import Bindings, Inferrer
from lstmlint.shapes import Tensor, tensors_in
from lstmlint.spec import Dialect, LayerSpec

Verdict = dict[str, Any]


def keras_says(
    keras: Any, class_name: str, config: dict[str, Any], shape: list[int | None], dtype: str = "float32"
) -> Verdict:
    """{"weights", "outputs", "dtype"} of the layer, or {"refused": the error}."""
    try:
        layer = getattr(keras.layers, class_name).from_config(dict(config))
        outputs = layer(keras.Input(batch_shape=tuple(shape), dtype=dtype))
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is its verdict
        return {"refused": f"{type(error).__name__}: {error}"}
    flat = outputs if isinstance(outputs, list | tuple) else [outputs]
    return {
        "weights": [[w.name.rpartition("/")[2].partition(":")[0], list(w.shape), w.trainable] for w in layer.weights],
        "outputs": [list(tensor.shape) for tensor in flat],
        "dtype": str(getattr(flat[0].dtype, "name", flat[0].dtype)),
    }


def lstmlint_says(
    dialect: Dialect, class_name: str, config: dict[str, Any], shape: list[int | None], dtype: str = "float32"
) -> Verdict:
    """The same of lstmlint, or {"refused": its first error}."""
    run = Inferrer(dialect, Bindings())
    layer = run.make(LayerSpec("layer", class_name, dict(config)))
    outputs = run.apply(layer, [Tensor(tuple(shape), dtype)], {})
    errors = [problem for problem in run.problems if problem.severity in (None, "error")]
    if errors:
        return {"refused": f"{errors[0].code}: {errors[0].message}"}
    tensors = tensors_in(outputs)
    return {
        "weights": [[weight.name, list(weight.shape), weight.trainable] for weight in layer.all_weights()],
        "outputs": [None if tensor.shape is None else list(tensor.shape) for tensor in tensors],
        "dtype": tensors[0].dtype if tensors else None,
    }


def difference(ours: Verdict, theirs: Verdict) -> str | None:
    """Where two verdicts differ; None where they agree (whatever the words of a refusal)."""
    if ("refused" in ours) != ("refused" in theirs):
        return f"lstmlint {ours}\n   Keras {theirs}"
    if "refused" in ours or ours == theirs:
        return None
    return f"lstmlint {ours}\n   Keras {theirs}"
