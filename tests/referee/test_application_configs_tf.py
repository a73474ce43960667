"""The recorded architectures of keras.applications are those of tf_keras, for any arguments."""

from __future__ import annotations

import importlib
import os
import random
from collections import Counter
from typing import Any

import pytest

from lstmlint.python import applications
from tests.referee.application_draws import draw, verdict
from tests.referee.both_kerases import tf_keras

pytestmark = [pytest.mark.referee_tf, pytest.mark.filterwarnings("ignore")]
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "20"))
ALL = [name for name in applications.NAMES if applications.parameters(name, "keras2")]
# A model of the larger ones takes up to 10 seconds.
SMALL = (
    "MobileNet MobileNetV2 MobileNetV3Large MobileNetV3Small VGG16 ResNet50 ResNet50V2 EfficientNetB0 EfficientNetV2B0 DenseNet121"
    " Xception InceptionV3 ConvNeXtTiny NASNetMobile RegNetX002 RegNetY004 ResNetRS50"
).split()


def build(name: str, arguments: dict[str, Any]) -> Any:
    tf_keras.backend.clear_session()
    return getattr(tf_keras.applications, name)(**arguments)


def test_random_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    from tf_keras.src.utils import data_utils

    monkeypatch.setattr(data_utils, "get_file", lambda *_, **__: "weights.h5")
    monkeypatch.setattr(tf_keras.Model, "load_weights", lambda *_, **__: None)
    rng = random.Random(int(os.environ.get("LSTMLINT_SEED", "11")))
    names = ALL if os.environ.get("LSTMLINT_APPLICATIONS") == "all" else SMALL
    seen: Counter[str] = Counter()
    for _ in range(DRAWS):
        name, arguments = draw(rng, names, "keras2")
        said, _ = verdict(name, "keras2", arguments, lambda: build(name, arguments))  # noqa: B023 (called at once)
        seen[said] += 1
    assert set(seen) <= {"equal", "refused", "unknown"}, seen
    assert seen["equal"] > DRAWS / 10


def test_where_the_functions_are() -> None:
    assert {name for name in dir(tf_keras.applications) if name[0].isupper()} == set(ALL)
    for module, functions in applications.SUBMODULES.items():
        found = importlib.import_module(f"tf_keras.applications.{module}")
        assert {name for name in dir(found) if name[0].isupper()} == set(functions)
        assert all(hasattr(found, helper) for helper in applications.HELPERS)
