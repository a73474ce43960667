"""Keras 0 and 1: recorded results of Keras (scripts/record_keras1.py), and the parsing of its files."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lstmlint import analyze
from lstmlint.inference import infer
from lstmlint.inference.summary import ModelSummary
from lstmlint.layers.locally_connected import reach
from lstmlint.model.spec import LayerSpec, ModelSpec
from lstmlint.parsing import dialect_of
from lstmlint.parsing.common import MAX_DEPTH, ModelError, Names
from lstmlint.parsing.keras1 import parse_model
from lstmlint.parsing.legacy_names import TRANSLATIONS, translate
from tests.keras1_models import (
    KERAS0,
    KERAS1,
    KERAS10,
    MASKS,
    Config,
    branch,
    disagreement,
    draw_layer,
    flat,
    flat_branch,
    graph,
    layer,
    merged,
    node,
    old_graph,
    ref,
    sequential,
    source,
    stack,
)

DATA = Path(__file__).parent / "data"
N = None


def parse(model: Any, pointer: str = "") -> ModelSpec:
    return parse_model(model, pointer, Names())


def summarize(model: Any) -> ModelSummary:
    return infer(parse(model))


def codes(summary: ModelSummary) -> list[str]:
    return [problem.code for problem in summary.problems]


def only(class_name: str, *shape: int | None, **config: Any) -> ModelSummary:
    """Return a Keras 1 Sequential of one layer."""
    return summarize(sequential(layer(class_name, batch_input_shape=[N, *shape], **config)))


# Recorded results ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["keras0", "keras1"])
def test_recorded_truth(name: str) -> None:
    cases = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    wrong = {case["name"]: found for case in cases if (found := disagreement(case["model"], case["answer"]))}
    assert len(cases) > 100
    assert not wrong, f"{len(wrong)} of {len(cases)} differ: {list(wrong.items())[:5]}"


# Locations -----------------------------------------------------------------------------------------


def test_dialects() -> None:
    assert parse(KERAS0["graph"]).dialect == dialect_of(KERAS0["graph"]) == "keras0"
    assert parse(KERAS1["seed"]).dialect == dialect_of(KERAS1["seed"]) == "keras1"
    assert parse(KERAS10["graph"]).dialect == "keras1"


@pytest.mark.parametrize(
    ("model", "dialect"),
    [
        (sequential(layer("TimeDistributed", layer=layer("Dense", output_dim=2))), "keras1"),
        (sequential(sequential(layer("Dropout", p=0.5))), "keras1"),
        (sequential(merged("sum", branch(1, 2), branch(1, 2))), "keras1"),
        (sequential(layer("Embedding", input_dim=3, output_dim=2), layer("LSTM", units=4)), "keras2"),
        (sequential(layer("Dense", units=4), {"class_name": 3}, 5, layer("Mine", p=0.5)), "keras2"),
        ({"class_name": "Graph", "config": {}}, "keras1"),
    ],
)
def test_dialect_without_a_version(model: Config, dialect: str) -> None:
    assert dialect_of({key: value for key, value in model.items() if key != "keras_version"}) == dialect


def pointed_at(document: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def all_layers(model: ModelSpec) -> Iterator[LayerSpec]:
    for spec in model.layers:
        yield spec
        if spec.model is not None:
            yield from all_layers(spec.model)
        yield from (value for value in spec.config.values() if isinstance(value, LayerSpec))


@pytest.mark.parametrize("model", [*KERAS0.values(), *KERAS1.values(), *KERAS10.values()])
def test_pointers_lead_to_what_they_name(model: Config) -> None:
    for spec in all_layers(parse(model)):
        found = pointed_at(model, spec.pointer)
        if spec.raw and "merge_mode" not in spec.raw and spec.written_class != "InputLayer":
            assert spec.written_class in (found.get("class_name"), found.get("name"))
        for argument in spec.config:
            assert isinstance(pointed_at(model, spec.argument_pointer(argument)), object)
        for call in spec.calls:
            for reference in call.references:
                pointed_at(model, reference.pointer)


def test_arguments_are_found_under_their_old_names() -> None:
    spec = parse(sequential(layer("LSTM", name="a", output_dim=4, inner_activation="tanh", input_dim=3))).layers[0]
    assert spec.argument_pointer("units") == "/config/0/config/output_dim"
    assert spec.argument_pointer("recurrent_activation") == "/config/0/config/inner_activation"
    assert spec.argument_pointer("batch_shape") == "/config/0/config/input_dim"
    assert spec.argument_pointer("reset_after") == "/config/0"
    spec = parse(stack(flat("Convolution2D", nb_filter=2, nb_row=3, nb_col=4))).layers[0]
    assert (spec.class_name, spec.written_class) == ("Conv2D", "Convolution2D")
    assert spec.config["kernel_size"] == [3, 4]
    assert spec.argument_pointer("kernel_size") == "/layers/0/nb_row"


def test_compile_settings() -> None:
    optimizer = {"name": "Adam", "lr": 0.001}
    spec = parse({**KERAS0["recurrent"], "loss": "mse", "optimizer": optimizer, "class_mode": "categorical"}, "/model")
    assert spec.compile_config == {"loss": "mse", "optimizer": optimizer, "class_mode": "categorical"}
    assert spec.compile_pointer == "/model"
    assert parse(KERAS1["seed"]).compile_config is None


def test_names_of_keras_0_are_made_unique() -> None:
    spec = parse(stack(flat("LSTM", output_dim=2), flat("Dropout", p=0.1), flat("LSTM", output_dim=2)))
    assert [item.name for item in spec.layers] == ["lstm_1", "dropout", "lstm_2"]
    spec = parse(stack({"name": "Dense", "output_dim": 2}, {**flat("Dense", output_dim=2), "custom_name": "dense_1"}))
    assert len({item.name for item in spec.layers}) == 2
    assert not spec.problems


def test_names_that_keras_1_takes_for_one_layer() -> None:
    summary = summarize(KERAS1["one layer twice"])
    assert [(row.name, row.params, row.calls) for row in summary.layers][1:] == [("same", 30, 2), ("relu", 0, 1)]
    assert summary.params == 30


# Old names --------------------------------------------------------------------------------------------------


def test_what_absent_arguments_meant() -> None:
    _, lstm, _ = translate("LSTM", {"output_dim": 3}, "keras1")
    assert lstm == {"units": 3, "unit_forget_bias": True, "use_bias": True, "recurrent_activation": "hard_sigmoid"}
    assert translate("GRU", {}, "keras1")[1]["reset_after"] is False
    assert translate("BatchNormalization", {}, "keras1")[1] == {"epsilon": 0.001, "momentum": 0.99}
    assert translate("BatchNormalization", {}, "keras0")[1] == {"epsilon": 1e-6, "momentum": 0.9}
    assert translate("LSTM", {"forget_bias_init": "zero"}, "keras1")[1]["unit_forget_bias"] is False


def test_values_take_their_new_form() -> None:
    config = {
        "output_dim": 3,
        "init": "uniform",
        "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01},
        "b_constraint": {"name": "MaxNorm", "m": 2, "axis": 0},
        "activation": "time_distributed_softmax",
    }
    assert translate("Dense", config, "keras1")[1] == {
        "units": 3,
        "kernel_initializer": "random_uniform",
        "kernel_regularizer": {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}},
        "bias_constraint": {"class_name": "MaxNorm", "config": {"max_value": 2, "axis": 0}},
        "activation": "softmax",
    }
    odd: dict[str, Any] = {"W_regularizer": {"name": "Mine"}, "W_constraint": {"name": 3}}
    assert translate("Dense", odd, "keras1")[1]["kernel_regularizer"] == {"class_name": "Mine", "config": {}}
    assert translate("Dense", odd, "keras1")[1]["kernel_constraint"] == {"name": 3}


def test_the_new_name_wins_where_both_are_there() -> None:
    _, config, renamed = translate("Dense", {"units": 4, "output_dim": 3}, "keras1")
    assert config["units"] == 4
    assert "units" not in renamed


def test_custom_classes_keep_their_arguments() -> None:
    assert translate("Mine", {"output_dim": 3, "name": "x"}, "keras1") == ("Mine", {"output_dim": 3}, {})
    summary = summarize(sequential(layer("Mine", output_dim=3, batch_input_shape=[N, 2]), layer("Dense", output_dim=1)))
    assert codes(summary) == ["E004"]
    assert not summary.complete


def test_errors_name_arguments_as_the_file_does() -> None:
    (problem,) = summarize(sequential(layer("Dense", output_dim=0.3, batch_input_shape=[N, 2]))).problems
    assert "units of Dense is 0.3" in problem.message
    assert problem.message.endswith("(units is 'output_dim' in this file)")
    assert problem.pointer == "/config/0/config/output_dim"
    (problem,) = summarize(sequential(layer("Dense", batch_input_shape=[N, 2]))).problems
    assert problem.help == "Add output_dim to its config."
    (problem,) = summarize(
        sequential(layer("Convolution2D", nb_filter=1, nb_row=2, batch_input_shape=[N, 3, 8, 8]))
    ).problems
    assert "nb_col" in problem.message


def test_unknown_arguments_are_told_and_passed_over() -> None:
    summary = only("Dense", 3, output_dim=2, units_dim=4)
    assert [(problem.code, problem.severity) for problem in summary.problems] == [("E005", "warning")]
    assert summary.params == 8


def test_incomplete_kernels_are_missing_kernels() -> None:
    assert codes(only("Convolution2D", 3, 8, 8, nb_filter=2, nb_row=3)) == ["E006"]


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_every_class_is_a_layer(name: str) -> None:
    from lstmlint import layers

    assert layers.find(TRANSLATIONS[name].class_name) is not None


# Settings in keras.json ---------------------------------------------------------------------------


def padded(**extra: Any) -> Config:
    return {**sequential(layer("ZeroPadding2D", name="p", padding=[1, 1], batch_input_shape=[N, 3, 8, 10])), **extra}


@pytest.mark.parametrize(
    ("model", "channels"),
    [
        (padded(), "channels_last"),
        (padded(keras_version="1.0.6"), "channels_first"),
        (padded(keras_version="1.1.0"), "channels_last"),
        (stack(flat("ZeroPadding2D", padding=[1, 1], input_shape=[3, 8, 10])), "channels_first"),
        (KERAS1["theano images"], "channels_first"),
        (KERAS1["tensorflow images"], "channels_last"),
        (sequential(layer("UpSampling2D"), layer("Flatten", dim_ordering="th"), layer("Flatten", dim_ordering="tf")),
         "channels_last"),
        (sequential(layer("UpSampling2D", dim_ordering="default")), "channels_last"),
    ],
)  # fmt: skip
def test_order_of_axes_where_the_layer_does_not_say(model: Config, channels: str) -> None:
    assert parse(model).layers[0].config["data_format"] == channels


# Declared inputs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (sequential(layer("Dense", output_dim=1, input_dim=4)), (N, 4)),
        (sequential(layer("Dense", output_dim=1, input_shape=[4, 5])), (N, 4, 5)),
        (sequential(layer("Dense", output_dim=1, input_shape=7)), (N, 7)),
        (sequential(layer("Dense", output_dim=1, input_dim=4, input_shape=[5])), (N, 4)),
        (sequential(layer("LSTM", output_dim=1, input_dim=4)), (N, N, 4)),
        (sequential(layer("LSTM", output_dim=1, input_dim=4, input_length=6)), (N, 6, 4)),
        (sequential(layer("Convolution1D", nb_filter=1, filter_length=1, input_dim=4)), (N, N, 4)),
        (sequential(layer("LSTM", output_dim=1, input_dim=4, batch_input_shape=[8, 2, 3])), (8, 2, 3)),
        (sequential(layer("Embedding", input_dim=9, output_dim=2, input_length=3)), (N, 3)),
        (stack(flat("Embedding", input_dim=9, output_dim=2, input_length=3, input_shape=[9])), (N, 3)),
        (stack(flat("Embedding", input_dim=9, output_dim=2, batch_input_shape=[4, 9])), (4, N)),
        (stack(flat("LSTM", output_dim=1, input_dim=4, input_length=None, input_shape=[6, 4])), (N, 6, 4)),
        (sequential(layer("Dense", output_dim=1)), None),
        (sequential(layer("Dense", output_dim=1, batch_input_shape="x")), None),
    ],
)
def test_declared_inputs(model: Config, shape: Any) -> None:
    assert parse(model).layers[0].input_shape == shape


# Merge ----------------------------------------------------------------------------------------------------------


def test_models_in_front_of_a_sequential_become_layers() -> None:
    summary = summarize(KERAS1["merge sum"])
    assert [(row.class_name, row.params) for row in summary.layers] == [
        ("InputLayer", 0), ("Sequential", 16), ("InputLayer", 0), ("Sequential", 24), ("Merge", 0), ("Dense", 10),
    ]  # fmt: skip
    assert summary.inputs == [(N, 3), (N, 5)]
    assert summary.layers[1].nested is not None
    assert summary.layers[1].pointer == "/config/0/config/layers/0"


def test_branches_of_one_layer_and_of_inputs() -> None:
    plain = layer("Dense", name="d", output_dim=2, batch_input_shape=[N, 3])
    given = layer("InputLayer", name="i", batch_input_shape=[N, 2], input_dtype="float32")
    summary = summarize(sequential(merged("sum", plain, given)))
    assert summary.inputs == [(N, 3), (N, 2)]
    assert (summary.params, summary.outputs) == (8, [(N, 2)])


def test_a_branch_without_input_shape_is_unbuilt() -> None:
    summary = summarize(sequential(merged("sum", sequential(layer("Dense", output_dim=2)), flat_branch(2, 3))))
    assert codes(summary) == ["E006"]
    assert not summary.complete
    empty = summarize(sequential(merged("sum", sequential(), sequential())))
    assert "E006" in codes(empty)


def merge(mode: Any, *shapes: list[int | None], **config: Any) -> ModelSummary:
    """Return a functional Merge on inputs of these shapes."""
    names = [f"in_{i}" for i in range(len(shapes))]
    layers = [source(name, *shape) for name, shape in zip(names, shapes, strict=True)]
    layers.append(node("m", "Merge", [ref(name) for name in names], mode=mode, **config))
    return summarize(graph(layers, names, ["m"]))


@pytest.mark.parametrize(
    ("mode", "shapes", "config", "result"),
    [
        ("sum", [[3], [3], [3]], {}, (N, 3)),
        ("max", [[N, 3], [N, 3]], {}, (N, N, 3)),
        ("concat", [[2, 3], [2, 4]], {"concat_axis": 2}, (N, 2, 7)),
        ("concat", [[2, 3], [N, 3]], {"concat_axis": 1}, (N, N, 3)),
        ("dot", [[4, 3], [5, 3]], {"dot_axes": 2}, (N, 4, 5)),
        ("dot", [[4, 3], [3, 5]], {"dot_axes": [2, 1]}, (N, 4, 5)),
        ("cos", [[3], [3]], {"dot_axes": 1}, (N, 1)),
        (["code", None, None], [[3], [4]], {"mode_type": "lambda", "output_shape": [7], "output_shape_type": "raw"}, (N, 7)),
        ("mine", [[3], [4]], {"mode_type": "function", "output_shape": "f", "output_shape_type": "function"}, None),
    ],
)  # fmt: skip
def test_merge_modes(mode: Any, shapes: Any, config: Any, result: Any) -> None:
    summary = merge(mode, *shapes, **config)
    assert summary.outputs == [result]
    assert not summary.problems


@pytest.mark.parametrize(
    ("mode", "shapes", "config", "code"),
    [
        ("sum", [[3], [4]], {}, "S113"),
        ("sum", [[N, 3], [2, 3]], {}, "S113"),
        ("sum", [[3]], {}, "S122"),
        ("concat", [[2, 3], [3, 3]], {}, "S112"),
        ("concat", [[2, 3], [3, 3]], {"concat_axis": 5}, "S111"),
        ("concat", [[2, 3], [3, 3]], {"concat_axis": "x"}, "E007"),
        ("dot", [[3], [4]], {"dot_axes": 1}, "S115"),
        ("dot", [[3], [3]], {"dot_axes": 4}, "S115"),
        ("dot", [[3], [3]], {"dot_axes": [1, "x"]}, "E007"),
        ("dot", [[3], [3], [3]], {"dot_axes": 1}, "S122"),
        ("mean", [[3], [3]], {}, "E007"),
        ("join", [[3], [3]], {}, "E007"),
        (None, [[3], [3]], {}, "E007"),
    ],
)
def test_merges_that_keras_refuses(mode: Any, shapes: Any, config: Any, code: str) -> None:
    assert codes(merge(mode, *shapes, **config)) == [code]


@pytest.mark.parametrize(("model", "code"), MASKS)
def test_masks(model: Any, code: str | None) -> None:
    """The referee suite asks Keras 1.2.2 about the same models."""
    found = [(one.code, one.severity) for one in analyze(model).findings if one.code in ("R211", "R213", "R238")]
    assert found == ([] if code is None else [(code, "error" if code == "R238" else "warning")])


def old_merge(mode: str, *shapes: list[int], **config: Any) -> ModelSummary:
    branches = [stack(flat("Activation", activation="relu", input_shape=list(shape))) for shape in shapes]
    return summarize(stack(flat("Merge", layers=branches, mode=mode, **config)))


def test_cosine_is_flattened() -> None:
    layers = [
        source("a", 3), node("m", "Merge", [ref("a"), ref("a")], mode="cos", dot_axes=1),
        node("f", "Flatten", [ref("m")]),
    ]  # fmt: skip
    summary = summarize(graph(layers, ["a"], ["f"]))
    assert (summary.outputs, summary.problems) == ([(N, 1)], [])


def test_merge_of_keras_0() -> None:
    assert old_merge("dot", [4, 3], [5, 3], dot_axes=[[2], [2]]).outputs == [(N, 4, 5)]
    assert old_merge("dot", [4, 3], [4, 3], dot_axes=-2).outputs == [(N, 1)]
    assert old_merge("dot", [4, 3], [4, 3], dot_axes=0).outputs == [(N, 4, 3, 4, 3)]
    assert old_merge("cos", [4], [4]).outputs == [(N, 1)]
    assert old_merge("join", [4], [5]).outputs == [None]
    assert codes(old_merge("dot", [4, 3], [5, 3], dot_axes=[[1], [1]])) == ["S115"]
    assert codes(old_merge("dot", [4, 3], [5, 3], dot_axes=[[7], [1]])) == ["S115"]
    assert codes(old_merge("dot", [4, 3], [5, 3], dot_axes=10**12)) == ["S115"]
    assert codes(old_merge("dot", [4, 3], [5, 3], dot_axes="x")) == ["E007"]


def test_merge_multiplies() -> None:
    rows = {name: merge(name, [4, 3], [4, 3], dot_axes=2).layers[-1].macs for name in ("sum", "dot")}
    assert rows == {"sum": 0, "dot": 4 * 4 * 3}


# Graphs of Keras 0 -----------------------------------------------------------------------------------------------


def test_graph_in_yaml() -> None:
    text = yaml.safe_dump(old_graph({"a": [5]}, [({"name": "d", "input": "a"}, flat("Dense", output_dim=3))],
                                    [{"name": "out", "input": "d"}]))  # fmt: skip
    report = analyze(text.encode())
    assert report.model is not None
    assert (report.dialect, report.model.params, report.findings) == ("keras0", 18, [])


def test_siamese_nodes() -> None:
    shared: Config = {
        "name": "Siamese",
        "layer": flat("Dense", output_dim=3),
        "merge_mode": None,
        "inputs": [],
        "is_graph": True,
    }
    merged_node = {**shared, "layer": flat("Dense", output_dim=4), "merge_mode": "concat"}
    heads = [{"name": "SiameseHead", "head": i} for i in range(2)]
    summary = summarize(
        old_graph(
            {"a": [5], "b": [5]},
            [
                ({"name": "each", "inputs": ["a", "b"], "merge_mode": None}, shared),
                ({"name": "left", "inputs": ["each"]}, heads[0]),
                ({"name": "right", "inputs": ["each"]}, heads[1]),
                ({"name": "both", "inputs": ["a", "b"], "merge_mode": "concat"}, merged_node),
                ({"name": "end", "inputs": ["left", "both"]}, flat("Dense", output_dim=2)),
            ],
            [{"name": "out", "input": "end"}, {"name": "other", "input": "right"}],
        )
    )
    rows = {row.name: (row.class_name, row.params, row.calls) for row in summary.layers}
    assert rows["each"] == ("Dense", 18, 2)
    assert rows["input_for_both"] == ("Dense", 24, 2)
    assert rows["end"] == ("Dense", (3 + 8 + 1) * 2, 1)
    assert summary.outputs == [(N, 2), (N, 3)]
    assert not summary.problems


def test_a_siamese_layer_outside_a_graph_is_unknown() -> None:
    summary = summarize(
        stack(flat("Dense", output_dim=3, input_dim=2), flat("Siamese", layer=flat("Dense", output_dim=1)))
    )
    assert (summary.complete, summary.outputs, summary.problems) == (False, [None], [])


def test_graph_with_an_unknown_input() -> None:
    model = copy.deepcopy(KERAS0["graph"])
    model["node_config"][0]["input"] = "lefft"
    summary = summarize(model)
    assert "S124" in codes(summary)
    assert any("left" in problem.help for problem in summary.problems)


@pytest.mark.parametrize(
    "damage",
    [
        lambda model: model.pop("node_config"),
        lambda model: model["nodes"].pop("first"),
        lambda model: model["node_config"].insert(0, {"input": "left"}),
        lambda model: model["node_config"][0].update(input=3),
        lambda model: model["node_config"][0].update(layer={}),
    ],
)
def test_broken_graphs(damage: Any) -> None:
    model = copy.deepcopy(KERAS0["graph"])
    damage(model)
    with pytest.raises(ModelError):
        parse(model)


def test_nodes_with_inputs_of_their_own_and_inputs_of_integers() -> None:
    model = old_graph(
        {},
        [({"name": "d"}, flat("Dense", output_dim=2, input_dim=3))],
        [{"name": "out", "input": "d"}],
    )
    model["input_config"] = [{"name": "words", "dtype": "int", "batch_input_shape": [4, 7]}]
    summary = summarize(model)
    assert summary.inputs == [(4, 7), (N, 3)]
    assert summary.spec.layers[0].dtype == "int32"
    assert summary.params == 8


# Layers that only Keras 0 and 1 have ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("class_name", "config", "params"),
    [
        # Keras 0.2.0: JZS1 has W_z, W_r, P of (3, 4), U_r, U_h of (4, 4), three biases, and so on.
        ("JZS1", {}, 3 * 12 + 2 * 16 + 3 * 4),
        ("JZS2", {}, 3 * 12 + 3 * 16 + 3 * 4),
        ("JZS3", {}, 3 * 12 + 3 * 16 + 3 * 4),
        ("SimpleDeepRNN", {"depth": 2}, 12 + 2 * 16 + 4),
    ],
)
def test_recurrent_layers_of_keras_0_2(class_name: str, config: Config, params: int) -> None:
    given = flat(
        class_name, output_dim=4, input_dim=3, input_length=5, return_sequences=True, truncate_gradient=-1, **config
    )
    summary = summarize(stack(given))
    assert (summary.params, summary.outputs, summary.problems) == (params, [(N, 5, 4)], [])
    assert summary.macs == 5 * (
        params - sum(weight.shape[0] for weight in summary.layers[0].weights if len(weight.shape) == 1)
    )


def test_other_layers_of_keras_0() -> None:
    summary = summarize(stack(flat("WordContextProduct", input_dim=50, proj_dim=6, input_shape=[2])))
    assert (summary.params, summary.outputs) == (600, [(N, 1)])
    summary = summarize(stack(flat("LRN2D", input_shape=[3, 4, 4]), flat("UpSample2D", size=[2, 3])))
    assert summary.outputs == [(N, 3, 8, 12)]
    assert codes(summarize(stack(flat("SimpleDeepRNN", output_dim=2, input_dim=3, depth=10**9)))) == ["E007"]


def test_auto_encoder() -> None:
    model = copy.deepcopy(KERAS0["auto-encoder"])
    model["layers"][0]["output_reconstruction"] = False
    summary = summarize(model)
    assert (summary.params, summary.outputs) == (30, [(N, 3)])
    model["layers"][0]["encoder_config"] = "x"
    assert codes(summarize(model)) == ["E007"]


def test_multiply_accumulates() -> None:
    assert only("MaxoutDense", 5, output_dim=3, nb_feature=2).macs == 30
    assert only("Highway", 5).macs == 50
    assert only("TimeDistributedDense", 4, 5, output_dim=3).macs == 60
    assert only("LocallyConnected1D", 6, 2, nb_filter=3, filter_length=3).macs == 4 * 3 * 2 * 3


@pytest.mark.parametrize("shared", [3, [0, 4], "x", [None]])
def test_shared_axes_out_of_range(shared: Any) -> None:
    assert "S111" in codes(only("SReLU", 4, 5, shared_axes=shared))


def test_unknown_dimensions_are_no_weights() -> None:
    assert codes(only("SReLU", N, 5)) == ["S106"]
    assert only("SReLU", N, 5, shared_axes=[1]).params == 20
    assert codes(only("LocallyConnected1D", N, 5, nb_filter=1, filter_length=1)) == ["S106"]
    assert codes(only("MaxoutDense", N, output_dim=2)) == ["S106"]


def test_windows_that_reach_over_the_edge() -> None:
    rng = random.Random(0)
    for _ in range(2000):
        dim, positions, kernel, stride = (rng.randint(1, 12) for _ in range(4))
        for before in (0, kernel // 2):
            covered = [
                x
                for i in range(positions)
                for x in range(i * stride - before, i * stride - before + kernel)
                if 0 <= x < dim
            ]
            assert reach(dim, positions, kernel, stride, before) == len(covered)
    assert reach(10**12, 10**12, 10**9, 1, 10**8) > 0


def test_lambda() -> None:
    known = layer("Lambda", function=["x", N, N], function_type="lambda", output_shape=[4], output_shape_type="raw",
                  arguments={}, batch_input_shape=[N, 9])  # fmt: skip
    assert summarize(sequential(known)).outputs == [(N, 4)]
    known["config"] |= {"output_shape": ["code", N, N], "output_shape_type": "lambda"}
    assert summarize(sequential(known)).outputs == [None]


# Hostile input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        {"name": "Sequential"},
        {"name": 3},
        {"name": "Sequential", "layers": [3]},
        {"name": "Sequential", "layers": [{}]},
        {"name": "Sequential", "layers": [{"name": "Sequential"}]},
        {"name": "Graph"},
        {"class_name": "Graph", "config": []},
        {"class_name": "Sequential", "config": "x"},
        {"class_name": "Sequential", "config": [{"class_name": "LSTM", "config": []}]},
        {"class_name": "Sequential", "config": [{"class_name": "LSTM", "config": 3}]},
        {"class_name": "Model", "config": {"layers": {}, "input_layers": [], "output_layers": []}},
        {"class_name": "Model", "config": {"layers": [], "input_layers": [], "output_layers": 3}},
        {"class_name": "Model", "config": {"layers": [{**source("a", 3), "inbound_nodes": 3}], "input_layers": [],
                                           "output_layers": []}},
    ],
)  # fmt: skip
def test_what_cannot_be_taken_apart(model: Any) -> None:
    with pytest.raises(ModelError):
        parse(model)


def test_depth_is_bounded() -> None:
    for wrap in (
        sequential,
        lambda inner: layer("TimeDistributed", layer=inner),
        lambda inner: sequential(merged("sum", inner, inner)),
        stack,
    ):
        model = layer("Dense", output_dim=1)
        for _ in range(MAX_DEPTH + 5):
            model = wrap(model)
        with pytest.raises(ModelError, match="deep"):
            parse(model if "config" in model and isinstance(model["config"], list) else sequential(model))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


ODD = [
    None, 0, -1, 1.5, 10**12, float("nan"), "x", "", [], {}, True, [None], [[1, 2]], {"class_name": "LSTM"},
    {"name": "LSTM"}, [1, 2, 3], {"class_name": "Sequential", "config": []}, ["a", 0, 0],
]  # fmt: skip


def test_damaged_models_are_told_never_raised() -> None:
    rng = random.Random(1)
    models = [*KERAS0.values(), *KERAS1.values(), *KERAS10.values(), *(draw_layer("LSTM", seed) for seed in range(5))]
    for _ in range(4000):
        model = copy.deepcopy(rng.choice(models))
        path = rng.choice(list(places(model)))
        inner = model
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = rng.choice(ODD)
        try:
            summary = summarize(model)
        except ModelError:
            continue
        assert "E099" not in codes(summary), (path, inner[path[-1]], summary.problems)
