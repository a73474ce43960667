"""Which objects in arguments load with custom_objects, and which do not, against Keras 3 and tf_keras."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from lstmlint.validation.serialized import ACTIVATION_LAYERS, KERAS3_ACTIVATIONS
from tests.test_arguments import CUSTOM_OBJECTS, LAMBDAS, OLD_CUSTOM_OBJECTS
from tests.test_keras2 import PRELU_ROWS

KERAS3 = pytest.param("keras", marks=pytest.mark.referee)
KERAS2 = pytest.param("tf_keras", marks=pytest.mark.referee_tf)


def loads(keras: Any, argument: str, value: Any, custom: dict[str, Any] | None = None) -> bool:
    """Return whether Keras loads a Dense with an argument."""
    old = not keras.__version__.startswith("3")
    dense: dict[str, Any] = {"class_name": "Dense", "config": {"name": "dense", "units": 4, argument: value}}
    model: dict[str, Any] = {"class_name": "Sequential", "config": {"name": "model", "layers": [dense]}}
    if not old:
        dense |= {"module": "keras.layers", "registered_name": None}
        model |= {"module": "keras", "registered_name": None}
    try:
        keras.models.model_from_json(json.dumps(model), custom_objects=custom).build((None, 7))
    except (TypeError, ValueError):
        return False
    return True


def names(value: Any) -> set[str]:
    """Return the names under which a user could have registered an object."""
    if isinstance(value, str):
        return {value}
    name = value["config"] if value["class_name"] == "function" else value["class_name"]
    return {name, value["registered_name"]} - {"function", None}


@pytest.mark.parametrize("package", [KERAS3, KERAS2])
def test_custom_objects(package: str) -> None:
    keras = pytest.importorskip(package)
    objects = {
        "kernel_initializer": keras.initializers.Zeros,
        "kernel_regularizer": keras.regularizers.L2,
        "kernel_constraint": keras.constraints.NonNeg,
    }
    for argument, value, custom in CUSTOM_OBJECTS if package == "keras" else OLD_CUSTOM_OBJECTS:
        is_class = isinstance(value, dict) and value["class_name"] != "function"
        obj = objects.get(argument, keras.layers.ReLU if is_class else keras.activations.relu)
        if package == "keras" or argument != "kernel_regularizer":  # tf_keras keeps a name that it does not know
            assert not loads(keras, argument, value), value
        if custom:
            assert loads(keras, argument, value, dict.fromkeys(names(value), obj)), value


def loads_lambda(keras: Any, function: Any, custom: dict[str, Any]) -> bool:
    """Return whether Keras loads a Lambda with a function."""
    config = {"name": "l", "function": function, "output_shape": [5], "arguments": {}}
    if not keras.__version__.startswith("3"):
        config |= {
            "function_type": "function",
            "output_shape_type": "raw",
            "module": "my.module",
            "output_shape_module": None,
        }
    entry = {"module": "keras.layers", "class_name": "Lambda", "config": config, "registered_name": None}
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [entry]}}
    try:
        keras.models.model_from_json(json.dumps(model), custom_objects=custom)
    except (KeyError, TypeError, ValueError):
        return False
    return True


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("package", [KERAS3, KERAS2])
def test_function_of_a_lambda(package: str) -> None:
    keras = pytest.importorskip(package)
    for function, own in LAMBDAS if package == "keras" else [LAMBDAS[0]]:
        assert loads_lambda(keras, function, {}) != own, function
        assert loads_lambda(keras, function, {"mine": keras.activations.relu, "Mine>mine": keras.activations.relu}), (
            function
        )


@pytest.mark.referee_tf
def test_activations_of_tf_keras() -> None:
    keras = pytest.importorskip("tf_keras")
    assert not any(loads(keras, "activation", name) for name in KERAS3_ACTIVATIONS)
    assert all(loads(keras, "activation", name) for name in ACTIVATION_LAYERS)


@pytest.mark.referee
def test_activations_of_keras3() -> None:
    keras = pytest.importorskip("keras")
    assert all(loads(keras, "activation", name) for name in KERAS3_ACTIVATIONS)
    assert not any(loads(keras, "activation", name) for name in ACTIVATION_LAYERS)


@pytest.mark.parametrize("package", [KERAS3, KERAS2])
def test_prelu_as_activation(package: str) -> None:
    keras = pytest.importorskip(package)
    for name, config, shape, own, alpha in PRELU_ROWS:
        if hasattr(keras.layers, name):
            layer = getattr(keras.layers, name)(**config, activation=keras.layers.PReLU())
            model = keras.Sequential([keras.Input(shape), layer])
            assert model.count_params() == (own if package == "keras" else own + alpha), name
