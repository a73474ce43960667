"""Models of keras.applications: each layer's count and shape as Keras says, and nothing to complain of.

Building all 40 takes real Keras minutes and gigabytes: LSTMLINT_APPLICATIONS=all does; a few stand for them.
"""

from __future__ import annotations

import os

import pytest

from lstmlint import analyze
from tests.referee.common import compare_layers, shapes, summarize

keras = pytest.importorskip("keras", reason="needs the referee extra")
pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]
NAMES = [name for name in dir(keras.applications) if name[0].isupper() and callable(getattr(keras.applications, name))]


def test_there_are_as_many_as_we_think() -> None:
    assert len(NAMES) == 40


FEW = ("DenseNet121", "EfficientNetB0", "InceptionV3", "MobileNetV2", "MobileNetV3Small", "NASNetMobile")


@pytest.mark.parametrize("name", NAMES if os.environ.get("LSTMLINT_APPLICATIONS") == "all" else FEW)
def test_application(name: str) -> None:
    keras.utils.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    config = model.to_json()
    summary = summarize(config)
    assert (summary.params, summary.complete) == (model.count_params(), True)
    assert summary.outputs == shapes(model.outputs)
    assert compare_layers(summary, model) == []
    assert analyze(config.encode()).findings == []
