"""Files that Keras itself saves: every stored weight is attributed to its layer, and nothing is left over."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

keras = pytest.importorskip("keras")
if not keras.__version__.startswith("3."):
    pytest.skip("needs Keras 3", allow_module_level=True)

from lstmlint import analyze  # noqa: E402

pytestmark = pytest.mark.referee
L: Any = keras.layers
Base: Any = L.Layer


class Owner(Base):  # type: ignore[misc]
    """A custom layer with sublayers whose names other layers of the model also have."""

    def __init__(self, units: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.dense = L.Dense(units, name="dense")
        self.inner = keras.Sequential([L.Input((units,)), L.Dense(units, name="dense_1")], name="block")

    def build(self, input_shape: Any) -> None:
        self.dense.build(input_shape)
        self.built = True

    def call(self, x: Any) -> Any:
        return self.inner(self.dense(x))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


class Normed(Base):  # type: ignore[misc]
    """A custom layer with a BatchNormalization under another name, which has weights that training does not change."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.norm = L.BatchNormalization()
        self.dense = L.Dense(4)

    def build(self, input_shape: Any) -> None:
        self.norm.build(input_shape)
        self.dense.build(input_shape)
        self.built = True

    def call(self, x: Any) -> Any:
        return self.dense(self.norm(x))


class Cell(Base):  # type: ignore[misc]
    """A custom cell of an RNN layer."""

    def __init__(self, units: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = self.state_size = self.output_size = units
        self.dense = L.Dense(units)

    def build(self, input_shape: Any) -> None:
        self.dense.build(input_shape)
        self.recurrent = self.add_weight(shape=(self.units, self.units), name="recurrent")
        self.built = True

    def call(self, x: Any, states: Any) -> Any:
        state = self.dense(x) + keras.ops.matmul(states[0], self.recurrent)
        return state, [state]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def block(name: str, units: int = 4) -> Any:
    return keras.Sequential([L.Input((5,)), L.Dense(units, name="dense"), L.Dense(5, name="dense_1")], name=name)


def owner_and_dense() -> Any:
    return keras.Sequential([L.Input((5,)), Owner(3, name="owner"), L.Dense(2, name="dense")], name="m")


def slashes() -> Any:
    x = L.Input((5,))
    y = L.Dense(4, name="expanded_3_squeeze")(x)
    return keras.Model(x, Owner(4, name="squeeze_Conv")(L.Dense(4, name="Conv")(y)), name="m")


def nested_twice() -> Any:
    x = L.Input((5,))
    return keras.Model(x, L.Dense(2, name="dense")(block("b", 7)(block("a")(x))), name="m")


def in_wrappers() -> Any:
    x = L.Input((6, 5))
    y = L.TimeDistributed(block("inner"), name="td")(x)
    y = L.Bidirectional(L.LSTM(3, return_sequences=True), name="bi")(y)
    y = L.RNN([L.LSTMCell(4), L.GRUCell(2)], name="rnn", return_sequences=True)(y)
    return keras.Model(x, L.MultiHeadAttention(2, 3, name="mha")(y, y), name="m")


def deep() -> Any:
    x = L.Input((5,))
    inner = keras.Model(x, block("b")(L.Dense(5, name="dense")(x)), name="inner")
    y = L.Input((5,))
    return keras.Model(y, L.Dense(1, name="dense")(inner(L.Dense(5, name="first")(y))), name="outer")


def custom_cells() -> Any:
    """A layer of which some weights are inferred and others only stored."""
    x = L.Input((6, 5))
    y = L.RNN([L.LSTMCell(4), Cell(2)], return_sequences=True, name="rnn")(x)
    inner = keras.Sequential([L.Input((6, 2)), L.RNN([L.GRUCell(3), Cell(3)], name="rnn")], name="inner")
    return keras.Model(x, L.Dense(2, name="dense")(inner(y)), name="m")


def normed() -> Any:
    x = L.Input((5,))
    y = L.BatchNormalization(name="norm")(Normed(name="first")(x))
    return keras.Model(x, Normed(name="batch_normalization")(y), name="m")


MODELS = [owner_and_dense, slashes, nested_twice, in_wrappers, deep, custom_cells, normed]


@pytest.mark.parametrize("build", MODELS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.filterwarnings("ignore")
def test_saved_by_keras(build: Callable[[], Any], suffix: str, tmp_path: Path) -> None:
    model = build()
    path = tmp_path / f"model.{suffix}"
    model.save(path)
    report = analyze(path)
    assert report.model is not None
    assert [f.message for f in report.findings if f.code in ("S139", "S140", "E012")] == []
    assert (report.model.params, report.model.complete) == (model.count_params(), True)
    assert report.model.trainable_params == sum(math.prod(weight.shape) for weight in model.trainable_weights)
    rows = {row.name: row.params for row in report.model.layers}
    assert {layer.name: layer.count_params() for layer in model.layers}.items() <= rows.items()
