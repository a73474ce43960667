"""compile_configs that Keras 3 refuses when it loads a model, according to Keras 3.15.1."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lstmlint import analyze

OPTIMIZERS, LOSSES, METRICS = "keras.optimizers", "keras.losses", "keras.metrics"
SCHEDULES = "keras.optimizers.schedules"
DECAY = {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9}


def obj(module: str, class_name: Any, config: dict[str, Any] | None = None, registered: str | None = None) -> Any:
    return {"module": module, "class_name": class_name, "config": config or {}, "registered_name": registered}


def adam(**config: Any) -> Any:
    return {"optimizer": obj(OPTIMIZERS, "Adam", config)}


def schedule(class_name: str, **config: Any) -> Any:
    return adam(learning_rate=obj(SCHEDULES, class_name, config))


def metric(class_name: str, **config: Any) -> Any:
    return {"optimizer": "adam", "metrics": [obj(METRICS, class_name, config)]}


# compile_config -> the errors of lstmlint; tests/referee/test_verdict.py compares with Keras.
ROWS: list[tuple[Any, list[str]]] = [
    ({}, []), ({"loss": "mse"}, []), ("abc", ["E007"]), ({"optimizer": None}, ["E007"]), ({"optimizer": {}}, ["E007"]),
    ({"optimizer": 3}, ["E007"]), ({"optimizer": []}, ["E007"]), ({"optimizer": obj(OPTIMIZERS, "Adam", [1])}, ["E007"]),  # type: ignore[arg-type]
    (adam(decay=0.1), []), (adam(learning_rate=None), ["E007"]), (adam(learning_rate=1), ["E007"]), (adam(learning_rate="a"), ["E007"]),
    (adam(clipnorm=1.0, clipvalue=1.0), ["E007"]), (adam(clipnorm=-1.0), []), (adam(ema_momentum=2.0), []),
    (adam(use_ema=True, ema_momentum=2.0), ["E007"]), (adam(gradient_accumulation_steps=1), ["E007"]),
    (adam(gradient_accumulation_steps=3), []), ({"optimizer": obj(OPTIMIZERS, "SGD", {"momentum": 2.0})}, ["E007"]),
    ({"optimizer": obj(OPTIMIZERS, "AdamW", {"weight_decay": None})}, ["E007"]), ({"optimizer": obj(OPTIMIZERS, "Lion", {"beta_1": 0})}, ["E007"]),
    ({"optimizer": obj(OPTIMIZERS, "LossScaleOptimizer", {"name": "l"})}, ["E006"]),
    (schedule("ExponentialDecay", initial_learning_rate=0.1, decay_steps=10), ["E006"]),
    (schedule("ExponentialDecay", initial_learning_rate=0.1, decay_steps=0, decay_rate=0.9), ["E007"]),
    (schedule("CosineDecay", initial_learning_rate=0.1, decay_steps=5), []),
    (schedule("PiecewiseConstantDecay", boundaries=[1, 2], values=[0.1]), ["E007"]),
    (schedule("PiecewiseConstantDecay", boundaries=[1], values=[0.1, 0.2]), []),
    ({"optimizer": "adam", "metrics": "mae"}, ["E007"]), ({"optimizer": "adam", "weighted_metrics": 3}, ["E007"]),
    ({"optimizer": "adam", "metrics": {}}, []), ({"optimizer": "adam", "loss": obj(LOSSES, "Huber", {"reduction": "x"})}, ["E007"]),
    ({"optimizer": "adam", "loss": obj("Huber", LOSSES)}, ["E007"]), ({"optimizer": "adam", "loss": {"a": "mse"}}, []),
    (metric("MeanIoU"), ["E006"]), (metric("MeanIoU", num_classes=2.5), ["E007"]), (metric("MeanIoU", num_classes=2), []),
    (metric("AUC", num_thresholds=1), ["E007"]), (metric("AUC", thresholds=[2.0]), []), (metric("Precision", thresholds=2), ["E007"]),
    (metric("F1Score", average="x"), ["E007"]), (metric("FBetaScore", beta=1), ["E007"]), (metric("Mean", dtype="Float32"), ["E007"]),
    (metric("Mean", dtype="int8_from_float32"), []), (metric("Mean", name=3), ["E007"]), (metric("R2Score", num_regressors=-1), ["E007"]),
    (metric("SensitivityAtSpecificity", specificity=2), ["E007"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("config", "errors"),
    [
        ({"optimizer": "adam", "loss": "mse"}, []),
        ({"optimizer": "no_such", "loss": "mse"}, ["E007"]),
        ({"optimizer": obj(OPTIMIZERS, "Adam", {"learning_rate": 0.1}), "loss": "mse"}, []),
        ({"optimizer": obj(OPTIMIZERS, "Adamm"), "loss": "mse"}, ["E007"]),
        ({"optimizer": obj(OPTIMIZERS, "Adam", {"learning_rat": 0.1}), "loss": "mse"}, ["E005"]),
        ({"optimizer": obj(OPTIMIZERS, 7), "loss": "mse"}, ["E007"]),
        ({"optimizer": obj(OPTIMIZERS, "Adam", {}, "Custom>Adam"), "loss": "mse"}, ["E007"]),
        ({"optimizer": obj(LOSSES, "Adam"), "loss": "mse"}, ["E007"]),
        ({"optimizer": "adam", "loss": obj(LOSSES, "MeanSquaredError", {"name": "m"})}, []),
        ({"optimizer": "adam", "loss": obj(LOSSES, "MeanSquareError")}, ["E007"]),
        ({"optimizer": "adam", "loss": "mse", "metrics": [obj(METRICS, "MeanAbsoluteError", {"name": "a"})]}, []),
        ({"optimizer": "adam", "loss": "mse", "metrics": [[obj(METRICS, "NoSuchMetric")]]}, ["E007"]),
        ({"optimizer": "adam", "loss": "mse", "no_such_argument": 1}, ["E005"]),
        ({"optimizer": obj(OPTIMIZERS, "SGD", {"learning_rate": obj(SCHEDULES, "ExponentialDecay", DECAY)})}, []),
        ({"optimizer": obj(OPTIMIZERS, "SGD", {"learning_rate": obj(SCHEDULES, "NoDecay")})}, ["E007"]),
        *ROWS,
    ],
)
def test_compile_config(config: dict[str, Any], errors: list[str]) -> None:
    report = analyze(json.dumps(model_of(config)).encode())
    assert [finding.code for finding in report.findings if finding.severity == "error"] == errors


def model_of(config: Any) -> dict[str, Any]:
    """Return a compiled Sequential."""
    layers = [obj("keras.layers", "InputLayer", {"batch_shape": [None, 5], "name": "i"}),
              obj("keras.layers", "Dense", {"units": 1, "name": "d"})]  # fmt: skip
    model = obj("keras", "Sequential", {"name": "m", "layers": layers}, "Sequential")
    return {**model, "compile_config": config}
