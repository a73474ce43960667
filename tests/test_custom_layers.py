"""Custom layers: described by the user, or by a plugin."""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path
from typing import Any

import pytest

from lstmlint import Description, Layer, Options, UsageError, Weight, analyze
from lstmlint.layers import base, find, plugins

MODEL = b"""{"class_name": "Sequential", "config": {"name": "m", "layers": [
  {"class_name": "TCN", "config": {"name": "tcn", "batch_input_shape": [null, 13, 5], "nb_filters": 24}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 2}}]}}"""


@pytest.mark.parametrize(
    ("description", "output", "total", "complete"),
    [
        (Description("same", 100), (None, 13, 5), 112, True),
        (Description((None, 24), 12345), (None, 24), 12345 + 50, True),
        (Description((None, None, 7), 0), (None, None, 7), 16, True),
        (Description(None, 100), None, 100, False),
        (Description("same", None), (None, 13, 5), 12, False),
    ],
)
def test_description(description: Description, output: Any, total: int, complete: bool) -> None:
    report = analyze(MODEL, Options(custom_layers={"TCN": description}))
    assert report.model is not None
    assert report.model.layers[0].output_shape == output
    assert (report.model.params, report.model.complete) == (total, complete)
    assert report.findings == []


@pytest.mark.parametrize("name", ["Mine>TCN", "TCN"])
def test_a_description_of_a_registered_class(name: str) -> None:
    options = Options(custom_layers={"TCN": Description((None, 24), 10)})
    report = analyze(MODEL.replace(b"TCN", name.encode()), options)
    assert report.model is not None
    assert (report.model.params, report.findings) == (60, [])


def test_several_outputs() -> None:
    functional = {"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [2, 13, 5]}, "inbound_nodes": []},
        {"class_name": "TCN", "name": "tcn", "config": {"name": "tcn"}, "inbound_nodes": [[["x", 0, 0, {}]]]},
        {"class_name": "Dense", "name": "a", "config": {"name": "a", "units": 2}, "inbound_nodes": [[["tcn", 0, 0, {}]]]},
        {"class_name": "Dense", "name": "b", "config": {"name": "b", "units": 3}, "inbound_nodes": [[["tcn", 0, 1, {}]]]}],
        "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0], ["b", 0, 0]]}}  # fmt: skip
    options = Options(custom_layers={"TCN": Description([(None, 7), "same"], 10)})
    report = analyze(json.dumps(functional).encode(), options)
    assert report.model is not None
    assert report.model.layers[1].output_shapes == [(2, 7), (2, 13, 5)]
    assert (report.model.outputs, report.model.params) == ([(2, 2), (2, 13, 3)], 10 + 16 + 18)


@pytest.mark.parametrize(
    ("params", "found"),
    [(10, []), (None, []), (9, [("S139", "warning", "Set params to 10.")])],
)  # fmt: skip
def test_stored_weights_of_a_described_layer(params: int | None, found: list[Any]) -> None:
    shapes = {"tcn/kernel": [5, 2], "dense/kernel": [5, 2], "dense/bias": [2]}
    weights = [{"name": name, "shape": shape, "dtype": "float32"} for name, shape in shapes.items()]
    document = {
        "modelTopology": {"model_config": json.loads(MODEL)},
        "weightsManifest": [{"paths": [], "weights": weights}],
    }
    options = Options(custom_layers={"TCN": Description("same", params)})
    report = analyze(json.dumps(document).encode(), options)
    assert [(one.code, one.severity, one.help) for one in report.findings] == found
    assert report.model is not None
    assert (report.model.params, report.model.complete) == ((params or 10) + 12, True)


class Doubling(Layer):
    """A plugin as the documentation shows it."""

    signature = {"nb_filters": 64}  # noqa: RUF012

    def weights(self, input_shape: Any) -> list[Weight]:
        return [self.weight("kernel", (self.feature_dim(input_shape), self.integer("nb_filters")))]

    def output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.integer("nb_filters"))


class Entry:
    def __init__(self, name: str, loaded: Any) -> None:
        self.name, self.value, self.loaded = name, "package:Class", loaded

    def load(self) -> Any:
        if isinstance(self.loaded, Exception):
            raise self.loaded
        return self.loaded


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Any:
    def install(loaded: Any, offered: str = "TCN") -> None:
        find.cache_clear()
        plugins.cache_clear()
        monkeypatch.setattr(base, "REGISTRY", base.REGISTRY)
        monkeypatch.setattr(
            importlib.metadata, "entry_points",
            lambda group: [Entry(offered, loaded)] if group == "lstmlint.layers" else [],
        )  # fmt: skip

    yield install
    for name in ("TCN", "GatedDense", "Unsigned"):
        base.REGISTRY.pop(name, None)
    find.cache_clear()
    plugins.cache_clear()


def test_plugin(plugin: Any) -> None:
    plugin(Doubling)
    report = analyze(MODEL)
    assert report.model is not None
    assert (report.model.params, report.model.complete) == (5 * 24 + 24 * 2 + 2, True)
    assert report.findings == []


class Named(Doubling):
    """A plugin that depends on the layer's name."""

    def weights(self, input_shape: Any) -> list[Weight]:
        return [self.weight(f"{self.name}_kernel", (self.feature_dim(input_shape), len(self.name)))]

    def output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape


def test_each_layer_of_a_plugin_is_asked(plugin: Any) -> None:
    plugin(Named)
    layers = [
        {"class_name": name, "module": module, "config": {"name": own, **config}, "registered_name": name}
        for name, module, own, config in (
            ("InputLayer", "keras.layers", "x", {"batch_shape": [None, 5]}),
            ("TCN", "tcn", "a", {}), ("Activation", "keras.layers", "b", {"activation": "relu"}),
            ("TCN", "tcn", "abc", {}),
        )
    ]  # fmt: skip
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    report = analyze(json.dumps(model).encode())
    assert report.model is not None
    weights = [weight for row in report.model.layers for weight in row.weights]
    assert [(weight.name, weight.shape) for weight in weights] == [("a_kernel", (5, 1)), ("abc_kernel", (5, 3))]


@pytest.mark.parametrize("loaded", [ImportError("no module"), int, "text"])
def test_broken_plugin_is_a_usage_error(plugin: Any, loaded: Any) -> None:
    plugin(loaded)
    with pytest.raises(UsageError, match="TCN"):
        analyze(MODEL)


class Unsigned(Layer):
    """A plugin that does not declare its arguments."""


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_plugin_declares_its_arguments(plugin: Any, wrapped: bool) -> None:
    plugin(Unsigned, "Unsigned")
    layer = {"class_name": "Unsigned", "config": {"name": "u", "batch_input_shape": [None, 13, 5]}}
    if wrapped:
        config = {"name": "td", "batch_input_shape": [None, 13, 5], "layer": layer}
        layer = {"class_name": "TimeDistributed", "config": config}
    with pytest.raises(UsageError, match=r"plugin .*:Unsigned for the layer Unsigned does not declare `signature`"):
        analyze({"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}})


def test_a_new_layer_without_a_signature_names_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(base.REGISTRY, "Unsigned", type("Unsigned", (Layer,), {"__module__": "lstmlint.layers.core"}))
    layer = {"class_name": "Unsigned", "config": {"name": "u", "batch_input_shape": [None, 13, 5]}}
    with pytest.raises(
        UsageError, match=r"run scripts/generate_signatures\.py .* `signature` on lstmlint\.layers\.core\."
    ):
        analyze({"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}})
    find.cache_clear()


def test_plugin_of_the_documentation(plugin: Any) -> None:
    page = (Path(__file__).parent.parent / "docs/custom-layers.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found[1], names)
    plugin(names["GatedDense"], "GatedDense")
    config = {"name": "gated", "units": 32, "batch_input_shape": [None, 13, 5]}
    for change, params, codes in (({}, 352, []), ({"units": 33}, 0, ["E007"]), ({"nits": 1}, 0, ["E005"])):
        layer = {"class_name": "GatedDense", "config": config | change}
        report = analyze(json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}}).encode())
        assert report.model is not None
        assert (report.model.params, [finding.code for finding in report.findings]) == (params, codes)


def test_lambda_is_described() -> None:
    model = MODEL.replace(b"TCN", b"Lambda").replace(b', "nb_filters": 24', b"")
    report = analyze(model, Options(custom_layers={"Lambda": Description("same", 0)}))
    assert report.model is not None
    assert (report.model.params, report.model.complete) == (12, True)
    model = MODEL.replace(b"TCN", b"LSTM").replace(b"nb_filters", b"units")
    report = analyze(model, Options(custom_layers={"LSTM": Description("same", 0)}))
    assert report.model is not None
    assert report.model.layers[0].output_shape == (None, 24)
