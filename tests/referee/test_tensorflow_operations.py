"""TensorFlow functions in tf.keras models: TFOpLambda and similar against tf_keras, TensorFlowOpLayer against TensorFlow."""

from __future__ import annotations

import json
import os
from random import Random
from typing import Any

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("tf_keras")

from tests.referee.common import errors_of, summarize  # noqa: E402
from tests.referee.raw_nodes import RAW_CALLS, raw_model  # noqa: E402
from tests.referee.tf_draws import DRAWS  # noqa: E402
from tests.referee.tf_recipes import RAGGED, RECIPES, REFUSED, refused_model  # noqa: E402

pytestmark = [pytest.mark.referee_tf, pytest.mark.filterwarnings("ignore")]


def disagreements(model: Any) -> list[str]:
    """Return the differences between the shapes of lstmlint and tf_keras for a saved model; refusals must agree too."""
    config = model.to_json()
    try:
        keras.models.model_from_json(config)
    except Exception as error:
        return [] if errors_of(summarize(config)) else [f"tf_keras refuses: {error}"]
    summary = summarize(config)
    rows = {row.name: row for row in summary.layers}
    wrong = [f"error: {error}" for error in errors_of(summary)]
    if not summary.complete or summary.params != model.count_params():
        wrong.append(f"params {summary.params}, complete {summary.complete}")
    for layer in model.layers:
        outputs = tf.nest.flatten(layer.output)
        theirs = [None if one.shape.rank is None else tuple(one.shape) for one in outputs]
        if rows[layer.name].output_shapes != theirs:
            wrong.append(f"{layer.name}: {rows[layer.name].output_shapes}, tf_keras {theirs}")
        if not rows[layer.name].known:
            wrong.append(f"{layer.name}: unknown")
    return wrong


def build(recipe: Any) -> Any:
    """Build the functional model of a recipe."""
    inputs: list[Any] = []

    def make(*shape: int | None, dtype: str = "float32") -> Any:
        inputs.append(keras.Input(batch_shape=shape, dtype=dtype))
        return inputs[-1]

    outputs = recipe(tf, make)
    return keras.Model(inputs, outputs)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_calls_as_people_write_them(name: str) -> None:
    assert disagreements(build(RECIPES[name])) == []


@pytest.mark.parametrize("name", sorted(DRAWS))
def test_random_calls(name: str) -> None:
    random = Random(name)
    for _ in range(8):
        assert disagreements(build(lambda tf, i: DRAWS[name](tf, i, random))) == []


@pytest.mark.parametrize("name", sorted(RAGGED))
def test_ragged_tensors(name: str) -> None:
    x = keras.Input((None, 5), ragged=True)
    assert disagreements(keras.Model(x, RAGGED[name](x))) == []


def test_ragged_tensors_made() -> None:
    values, lengths = keras.Input((5,)), keras.Input((), dtype="int64")
    made = [tf.RaggedTensor.from_row_splits(values, lengths), tf.RaggedTensor.from_row_lengths(values, lengths)]
    assert disagreements(keras.Model([values, lengths], made)) == []


@pytest.mark.parametrize("call", REFUSED, ids=str)
def test_what_tensorflow_refuses(call: Any) -> None:
    config = refused_model(*call[:3])
    with pytest.raises(Exception):
        keras.models.model_from_json(json.dumps(config))
    assert [error[:4] for error in errors_of(summarize(config))] == [call[3]]


def test_unknown_functions_stay_unknown() -> None:
    x = keras.Input((4,))
    summary = summarize(
        keras.Model(x, tf.math.bessel_j0(x) if hasattr(tf.math, "bessel_j0") else tf.math.zeta(x, x)).to_json()
    )
    row = summary.layers[-1]
    assert (row.known, row.output_shapes, row.params, summary.complete) == (False, [None], 0, True)


@pytest.mark.parametrize("name", sorted(RAW_CALLS))
def test_graph_operations(name: str) -> None:
    config, theirs = raw_model(tf, name)
    keras.models.model_from_json(
        json.dumps(config), custom_objects={"TensorFlowOpLayer": keras.src.engine.base_layer.TensorFlowOpLayer}
    )
    summary = summarize(config)
    assert errors_of(summary) == []
    assert summary.layers[-1].output_shapes == theirs
