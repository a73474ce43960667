"""The recorded architectures of keras.applications are those of Keras 3, for any arguments."""

from __future__ import annotations

import importlib
import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from lstmlint.python import applications
from tests.referee.application_draws import draw, verdict
from tests.referee.common import compare

keras = pytest.importorskip("keras", reason="needs the referee extra")
pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "60"))
NAMES = [name for name in applications.NAMES if applications.parameters(name, "keras3")]


@pytest.fixture(autouse=True)
def no_weights(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither fetch nor allocate weights."""
    from keras.src.utils import file_utils

    monkeypatch.setattr(file_utils, "get_file", lambda *_, **__: "weights.h5")
    monkeypatch.setattr(keras.Model, "load_weights", lambda *_, **__: None)
    with keras.StatelessScope(initialize_variables=False):
        yield


def build(name: str, arguments: dict[str, Any]) -> Any:
    keras.backend.clear_session()
    return getattr(keras.applications, name)(**arguments)


def test_random_arguments() -> None:
    rng = random.Random(int(os.environ.get("LSTMLINT_SEED", "11")))
    seen: Counter[str] = Counter()
    for _ in range(DRAWS):
        name, arguments = draw(rng, NAMES, "keras3")
        said, model = verdict(name, "keras3", arguments, lambda: build(name, arguments))  # noqa: B023 (called at once)
        seen[said] += 1
        # The weights of ConvNeXt's own layers have automatic names.
        if model is not None and not name.startswith("ConvNeXt") and (wrong := compare(model)):
            seen[f"{name} {arguments}: {wrong[:3]}"] += 1
    assert set(seen) <= {"equal", "refused", "unknown"}, seen
    assert seen["equal"] > DRAWS / 10


@pytest.mark.parametrize(
    "name", ["MobileNetV2", "MobileNetV3Small", "VGG16", "EfficientNetV2B0", "ConvNeXtTiny", "NASNetMobile"]
)
def test_an_input_tensor(name: str) -> None:
    keras.backend.clear_session()
    tensor = keras.Input(batch_shape=(4, 160, 160, 3), name="photo")
    arguments = {"weights": None, "include_top": False}
    model = getattr(keras.applications, name)(**arguments, input_tensor=tensor)
    given = applications.InputTensor((4, 160, 160, 3), "photo")
    said, _ = verdict(name, "keras3", {**arguments, "input_tensor": given}, lambda: model)
    assert said == "equal"


def test_where_the_functions_are() -> None:
    assert {name for name in dir(keras.applications) if name[0].isupper()} == set(NAMES)
    for module, functions in applications.SUBMODULES.items():
        if module in ("regnet", "resnet_rs"):  # tf_keras only
            continue
        found = importlib.import_module(f"keras.applications.{module}")
        assert {name for name in dir(found) if name[0].isupper()} == set(functions)
        assert all(hasattr(found, helper) for helper in applications.HELPERS)
