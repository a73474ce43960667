"""Random arguments for the functions of keras.applications, allowed and refused ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from lstmlint.python import applications

SIDES = (16, 32, 33, 74, 75, 76, 96, 97, 128, 192, 193, 224)
SHAPES = [(None, None, 3), (None, None, 1), (64, 64), [224, 224, 3], (224, 224, 3), (299, 299, 3), (331, 331, 3)]
VALUES: dict[str, tuple[float, list[Any]]] = {
    "include_top": (0.7, [True, False, False]),
    "weights": (0.75, [None, None, "imagenet", "noisy"]),
    "pooling": (0.5, [None, "avg", "max", "other"]),
    "classes": (0.4, [1, 10, 1000]),
    "classifier_activation": (0.3, [None, "softmax", "sigmoid", "linear"]),
    "alpha": (0.6, [0.1, 0.25, 0.35, 0.43, 0.5, 0.75, 1.0, 1.3, 1.4, 1.7]),
    "depth_multiplier": (0.3, [1, 2]),
    "dropout": (0.3, [0.0, 0.3]),
    "dropout_rate": (0.3, [0, 0.3]),
    "minimalistic": (0.5, [True, False]),
    "include_preprocessing": (0.5, [True, False]),
    "name": (0.15, ["other", "net"]),
    "model_name": (0.15, ["other", "net"]),
}


def draw(rng: random.Random, names: list[str], dialect: str) -> tuple[str, dict[str, Any]]:
    """Return a function and its arguments."""
    name = rng.choice(names)
    known = applications.parameters(name, dialect) or {}
    arguments = {
        key: rng.choice(values) for key, (share, values) in VALUES.items() if key in known and rng.random() < share
    }
    if rng.random() < 0.7:
        sides = rng.choice(SIDES), rng.choice(SIDES)
        arguments["input_shape"] = rng.choice(
            [*SHAPES, *[(side, side, 3) for side in sides], (*sides, rng.choice((1, 3, 4)))]
        )
    if rng.random() < 0.02:
        arguments["drop_out"] = 0.5
    shape = arguments.get("input_shape")
    if shape and shape[-1] != 3 and name.startswith(("MobileNetV3", "ResNetRS")):
        arguments["weights"] = None  # Keras finds out while it loads the weights, which does not happen here
    return name, arguments


def verdict(name: str, dialect: str, arguments: dict[str, Any], build: Callable[[], Any]) -> tuple[str, Any]:
    """Return "equal", "refused" (by both), "unknown" or what is wrong, and the model that Keras built."""
    model = None
    try:
        model = build()
        theirs = json.loads(model.to_json())
    except (ValueError, TypeError, KeyError) as error:
        theirs = error
    try:
        ours = applications.config(name, dialect, arguments)
    except applications.Refused as refused:
        if isinstance(theirs, Exception):
            return "refused", None
        return f"{name} {arguments}: refused ({refused}), but Keras builds it", None
    if ours is None:
        return "unknown", None
    if isinstance(theirs, Exception):
        return f"{name} {arguments}: Keras raises {theirs!r}", None
    return ("equal" if ours == theirs else f"{name} {arguments}: the configs differ"), model
