"""What Keras 3 refuses of a compile_config when it loads a model; asked of Keras 3.15.1."""

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
    ],
)
def test_compile_config(config: dict[str, Any], errors: list[str]) -> None:
    layers = [obj("keras.layers", "InputLayer", {"batch_shape": [None, 5], "name": "i"}),
              obj("keras.layers", "Dense", {"units": 1, "name": "d"})]  # fmt: skip
    model = obj("keras", "Sequential", {"name": "m", "layers": layers}, "Sequential")
    report = analyze(json.dumps({**model, "compile_config": config}).encode())
    assert [finding.code for finding in report.findings if finding.severity == "error"] == errors
