"""Models of keras.applications: every count and shape agrees with Keras, and there are no findings.

A few models represent all 40. LSTMLINT_APPLICATIONS=all builds all of them, which takes minutes and gigabytes.
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
