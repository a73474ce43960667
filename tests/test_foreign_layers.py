"""Messages about well-known layers of other packages."""

from __future__ import annotations

import json
from typing import Any

import pytest

import lstmlint
from lstmlint import layers
from lstmlint.inference import Bindings, InferenceContext
from lstmlint.model.spec import LayerSpec
from lstmlint.validation.third_party import PACKAGES, describe


@pytest.mark.parametrize("name", ["TCN", "QDense", "QActivation", "SeqSelfAttention", "KerasLayer", "CRF", "LRN"])
def test_well_known_classes_have_a_sentence(name: str) -> None:
    sentence = describe(name)
    assert sentence is not None
    assert sentence.startswith(f"{name} is usually ")
    assert sentence.endswith(".")


def test_a_registered_name_may_carry_its_package() -> None:
    assert describe("Addons>Maxout") == describe("Maxout")
    assert describe("Nobody>Knows") is None


def test_no_layer_of_keras_is_called_foreign() -> None:
    assert not [name for classes in PACKAGES.values() for name in classes if layers.find(name)]


def test_no_class_stands_under_two_packages() -> None:
    names = [name for classes in PACKAGES.values() for name in classes]
    assert len(names) == len(set(names))


def keras3(class_name: str, name: str, record: list[Any] | None, *inbound: list[Any], **config: Any) -> dict[str, Any]:
    """Return a layer as Keras 3 writes it; inbound: [shape, layer, tensor]."""
    module = "keras.layers" if layers.find(class_name) else "mine"
    return {
        "module": module, "class_name": class_name, "config": {"name": name, **config}, "registered_name": None, "name": name,
        "build_config": None if record is None else {"input_shape": record},
        "inbound_nodes": [{"args": [
            {"class_name": "__keras_tensor__", "config": {"shape": shape, "dtype": "float32", "keras_history": [layer, 0, tensor]}}
            for shape, layer, tensor in inbound
        ], "kwargs": {}}] if inbound else [],
    }  # fmt: skip


def test_records_carry_on_past_what_is_unknown() -> None:
    """The recorded shapes of tensors and build_config, as Keras 3 wrote them for a layer with two outputs."""
    first = keras3("InputLayer", "x", None, batch_shape=[None, 5, 4])
    second = keras3("Split", "split", [None, 5, 4], [[None, 5, 4], "x", 0])
    third = keras3("LSTM", "lstm", [None, 5, 2], [[None, 5, 2], "split", 1], units=3)
    fourth = keras3("Dense", "dense", [None, 5, 1], [[None, 5, 1], "split", 0], units=3)
    config = {"name": "m", "layers": [first, second, third, fourth]}
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["lstm", 0, 0], ["dense", 0, 0]]}
    functional = {
        "module": "keras",
        "class_name": "Functional",
        "config": {**config, **ends},
        "registered_name": "Functional",
    }
    model = lstmlint.analyze(json.dumps(functional).encode()).model
    assert model is not None
    assert [row.output_shapes for row in model.layers[1:3]] == [[(None, 5, 1), (None, 5, 2)], [(None, 3)]]

    config["layers"] = [first, second, third]
    sequential = {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": "Sequential"}
    model = lstmlint.analyze(json.dumps(sequential).encode()).model
    assert model is not None
    assert [row.output_shapes for row in model.layers[1:]] == [[(None, 5, 2)], [(None, 3)]]
    assert (model.params, model.complete) == (72, False)


def test_the_finding_says_what_the_layer_is() -> None:
    run = InferenceContext("keras3", Bindings())
    run.make_cached(LayerSpec("tcn", "TCN", {}, module="tcn.tcn"))
    (problem,) = run.problems
    assert problem.code == "E004"
    assert "from the package keras-tcn. Its shapes and weights are unknown" in problem.help


@pytest.mark.parametrize(
    ("class_name", "help"),
    [
        ("AttentionLSTM", "Its shapes and weights are unknown."),
        ("MyLSTM", "Its shapes and weights are unknown."),
        ("Conv4D", "Its shapes and weights are unknown."),
        ("Deconvolution3D", "from the package keras-contrib. Its shapes"),
        ("Addons>CRF", "from the package keras-contrib. Its shapes"),
        ("Bidirectionnal", "Did you mean Bidirectional?"),
    ],
)
def test_a_name_is_a_misspelling_only_if_it_is_not_composed_of_others(class_name: str, help: str) -> None:
    run = InferenceContext("keras2", Bindings())
    run.make_cached(LayerSpec("x", class_name, {}))
    (problem,) = run.problems
    assert help in problem.help
    assert ("Did you mean" in problem.help) == ("Did you mean" in help)


DENSE = {"class_name": "QDense", "config": {"name": "a", "units": 2, "batch_input_shape": [None, 5]}}
TWO = {"class_name": "Sequential", "config": {"name": "m", "layers": [
    DENSE, {"class_name": "QDense", "config": {"name": "b", "units": 2}}]}}  # fmt: skip


def test_a_class_is_reported_once() -> None:
    (finding,) = lstmlint.analyze(json.dumps(TWO).encode()).findings
    assert finding.message == (
        "'QDense' is not a built-in Keras layer: it loads only with custom_objects (and in 1 more layer: b)"
    )
    assert (finding.layer, [one.layer for one in finding.each]) == ("a", ["a", "b"])


def test_tensorflow_js_has_no_custom_objects() -> None:
    weights = [{"name": "a/kernel", "shape": [5, 2], "dtype": "float32"}]
    document = {"modelTopology": {"model_config": TWO}, "weightsManifest": [{"paths": ["a.bin"], "weights": weights}]}
    (finding,) = [one for one in lstmlint.analyze(json.dumps(document).encode()).findings if one.code == "E004"]
    assert "custom_objects" not in finding.message
    assert "tf.serialization.registerClass" in finding.message
    assert "The weights stored for it are counted: 10 parameters. Its output shape is unknown." in finding.help


@pytest.mark.parametrize(("ignored", "layers"), [(["a"], ["b"]), (["b"], ["a"]), (["a", "b"], None)])
def test_suppressions_apply_to_each_layer_of_a_merged_finding(ignored: list[str], layers: list[str] | None) -> None:
    model = TWO | {"lstmlint": {"layers": {name: ["E004"] for name in ignored}}}
    found = [[one.layer for one in finding.each] for finding in lstmlint.analyze(json.dumps(model).encode()).findings]
    assert found == ([] if layers is None else [layers])
