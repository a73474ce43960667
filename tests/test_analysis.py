"""The analysis from bytes to a report, graphs, bad input, and the public interface."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint import Bindings, Options, UsageError, analyze
from lstmlint.model.limits import InputLimits
from lstmlint.reading import read
from tests import corpus

EXAMPLES = Path(__file__).parent.parent / "examples"
N = None


@pytest.mark.parametrize(
    ("name", "params", "outputs", "rows"),
    [
        ("lstm_1_1.json", 12, [(N, 1)], {"lstm": 12}),
        ("lstm_4_2.json", 72, [(N, 3)], {"lstm": 72}),
        ("lstm_13_5.json", 640, [(N, 10)], {"lstm": 640}),
        ("lstm_1_2.json", 16, [(N, 1)], {"lstm": 16}),
        ("why_480.yaml", 491, [(N, N, 1)], {"lstm": 480, "time_distributed": 11}),
        ("lstm_every_argument.json", 180, [(8, 6, 5), (8, 5), (8, 5)], {"lstm": 180}),
        ("seq2seq.json", 718173, [(N, N, 93)], {"encoder": 335872, "decoder": 358400, "characters": 23901}),
    ],
)
def test_examples(name: str, params: int, outputs: list[Any], rows: dict[str, int]) -> None:
    report = analyze(EXAMPLES / name)
    model = report.model
    assert model is not None
    assert (model.params, model.complete, model.outputs) == (params, True, outputs)
    counts = {row.name: row.params for row in model.layers}
    assert {row: counts[row] for row in rows} == rows
    assert [finding.code for finding in report.findings if finding.severity == "error"] == []


def test_unbuilt_model_invents_nothing() -> None:
    report = analyze(EXAMPLES / "unbuilt.json")
    assert report.model is not None
    assert (report.model.complete, report.model.layers[0].params, report.model.layers[0].output_shape) == (False, N, N)
    assert [(finding.code, finding.layer) for finding in report.findings] == [("S135", "lstm")]
    built = analyze(EXAMPLES / "unbuilt.json", Options(Bindings({"": (1, 2)}))).model
    assert built is not None
    assert (built.params, built.complete) == (16, True)


def layer(name: str, class_name: str, config: dict[str, Any], *inbound: Any) -> dict[str, Any]:
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": list(inbound)}


def functional(layers: list[dict[str, Any]], inputs: list[str], outputs: list[Any]) -> dict[str, Any]:
    ends = [[name, 0, 0] for name in inputs], [end if isinstance(end, list) else [end, 0, 0] for end in outputs]
    return {"class_name": "Functional",
            "config": {"name": "m", "layers": layers, "input_layers": ends[0], "output_layers": ends[1]}}  # fmt: skip


def said(model: dict[str, Any], **options: Any) -> Any:
    report = analyze(json.dumps(model).encode(), Options(**options))
    assert report.model is not None
    return report.model


def test_an_input_in_the_middle() -> None:
    """Keras 3 refuses it when it builds the model; what it would say of the layers behind is unknown."""
    for first in ({"class_name": "Dense", "config": {"units": 3}}, {"class_name": "SimpleRNN", "config": {"units": 3}}):
        given = {"class_name": "InputLayer", "config": {"batch_shape": [None, 20, 1]}}
        last = {"class_name": "Dense", "config": {"units": 1}, "build_config": {"input_shape": [None, 20]}}
        layers = [{"module": "keras.layers", "registered_name": None, **entry} for entry in (first, given, last)]
        model = {"module": "keras", "class_name": "Sequential", "registered_name": None}
        report = analyze({**model, "config": {"name": "m", "layers": layers}})
        (error,) = (finding for finding in report.findings if finding.severity == "error")
        assert error.code == "S122"
        assert "when it builds the model" in error.message


def test_calls_that_nobody_reads() -> None:
    """Keras 3 does not look at the inbound nodes of a cell or of a layer in a Sequential."""
    cell = {
        "module": "keras.layers",
        "class_name": "LSTMCell",
        "config": {"name": "c", "units": 4},
        "registered_name": None,
    }
    model: dict[str, Any] = {"module": "keras", "class_name": "Sequential", "registered_name": None}
    given = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 13, 5]}}
    rnn = {
        "module": "keras.layers",
        "class_name": "RNN",
        "config": {"name": "r", "cell": {**cell, "inbound_nodes": "3"}},
    }
    layers = [{**entry, "registered_name": None} for entry in (given, {**rnn, "inbound_nodes": "3"})]
    report = analyze({**model, "config": {"name": "m", "layers": layers}})
    assert report.model is not None
    assert (report.model.params, report.findings) == (4 * (4 * (5 + 4) + 4), [])


def test_timesteps_of_refused_arguments() -> None:
    """Keras 3 refuses input_length; the mistakes behind it are reported for the shape that it states."""
    layers = [
        {"class_name": "LSTM", "config": {"name": "a", "units": 4, "input_dim": 5, "input_length": 13}},
        {"class_name": "LSTM", "config": {"name": "b", "units": 4}},
    ]
    entries = [{"module": "keras.layers", "registered_name": None, **entry} for entry in layers]
    model = {"module": "keras", "class_name": "Sequential", "registered_name": None}
    report = analyze({**model, "config": {"name": "m", "layers": entries}})
    assert sorted(finding.code for finding in report.findings) == ["P601", "S102"]


def test_shared_layers_own_their_weights_once() -> None:
    x, y = (
        layer("x", "InputLayer", {"batch_input_shape": [N, 5]}),
        layer("y", "InputLayer", {"batch_input_shape": [N, 5]}),
    )
    dense = layer("d", "Dense", {"units": 2}, [["x", 0, 0]], [["y", 0, 0]])
    model = said(functional([x, y, dense], ["x", "y"], [["d", 0, 0], ["d", 1, 0]]))
    assert (model.params, model.macs, model.layers[2].shared) == (12, 20, True)


def test_layers_that_no_output_needs() -> None:
    x = layer("x", "InputLayer", {"batch_input_shape": [N, 5]})
    used, idle = layer("d", "Dense", {"units": 2}, [["x", 0, 0]]), layer("e", "Dense", {"units": 9}, [["x", 0, 0]])
    model = said(functional([x, used, idle], ["x"], ["d"]))
    assert (model.params, [row.reached for row in model.layers]) == (
        12 + 54,
        [True, True, False],
    )  # tf_keras keeps them
    assert (model.macs, [row.used for row in model.layers]) == (10, [True, True, True])
    model = said(functional([x, used, {**idle, "inbound_nodes": []}], ["x"], ["d"]))
    assert (model.params, model.complete) == (12, True)


@pytest.mark.parametrize(
    ("output_shape", "expected"), [(N, N), ([7], (N, 7)), (7, (N, 7)), ([N, 3], (N, N, 3)), ("code", N)]
)
def test_lambda_is_what_the_config_states(output_shape: Any, expected: Any) -> None:
    config = {"function": ["4wEAAAA=", N, N], "output_shape": output_shape}
    x = layer("x", "InputLayer", {"batch_input_shape": [N, 5]})
    model = said(functional([x, layer("l", "Lambda", config, [["x", 0, 0]])], ["x"], ["l"]))
    assert (model.layers[1].output_shape, model.layers[1].params, model.complete) == (expected, 0, True)


def test_bindings_reach_the_inputs() -> None:
    x = layer("x", "InputLayer", {"batch_input_shape": [N, N, 5]})
    model = functional([x, layer("l", "LSTM", {"units": 2, "return_sequences": True}, [["x", 0, 0]])], ["x"], ["l"])
    assert said(model).macs is None
    bound = said(model, bindings=Bindings(batch=8, timesteps=13))
    assert (bound.outputs, bound.macs) == ([(8, 13, 2)], 13 * 4 * 2 * (5 + 2))
    other = said(model, bindings=Bindings({"x": (4, 3)}))
    assert (other.outputs, other.params) == ([(N, 4, 2)], 4 * (2 * (3 + 2) + 2))


@pytest.mark.parametrize("nested", [True, False])
def test_budget(nested: bool) -> None:
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "Dense", "config": {"units": 2, "batch_input_shape": [N, 5]}}]}}  # fmt: skip
    content = json.dumps(model if nested else model["config"]).encode()
    assert [f.code for f in analyze(content, Options(limits={"max-params": 12})).findings] == []
    over = analyze(content, Options(limits={"max-params": 11})).findings
    assert [finding.code for finding in over] == ["C501"]
    assert "1 more than the 11 allowed" in over[0].message
    unknown = analyze((EXAMPLES / "unbuilt.json").read_bytes(), Options(limits={"max-params": 10**9})).findings
    assert [finding.code for finding in unknown if finding.severity == "error"] == ["C501"]


def test_selection_and_severities() -> None:
    source = b"""{"class_name": "Sequential", "config": {"name": "m", "layers": [
      {"class_name": "LSTM", "config": {"units": 4, "batch_input_shape": [null, 1, 13]}}]}}"""
    codes = lambda **options: [(f.code, f.severity) for f in analyze(source, Options(**options)).findings]  # noqa: E731
    assert codes() == [("R201", "warning")]
    assert codes(ignore=("R2",)) == []
    assert codes(ignore=("single-timestep",)) == []
    assert codes(select=("S",)) == []
    assert codes(select=("S",), extend_select=("R201",)) == [("R201", "warning")]
    assert codes(severities={"R201": "error"}) == [("R201", "error")]


def test_deep_and_wide_graphs_are_linear_walks() -> None:
    count = 3000
    rows = [layer("l0", "InputLayer", {"batch_input_shape": [N, 4]})]
    rows += [layer(f"l{n}", "Dense", {"units": 4}, [[f"l{n - 1}", 0, 0]]) for n in range(1, count)]
    assert said(functional(rows, ["l0"], [f"l{count - 1}"])).params == 20 * (count - 1)
    rows = rows[:1] + [layer(f"l{n}", "Dense", {"units": 4}, [["l0", 0, 0]]) for n in range(1, count)]
    assert said(functional(rows, ["l0"], [f"l{n}" for n in range(1, count)])).params == 20 * (count - 1)


def test_models_called_beyond_all_bounds_end() -> None:
    inner = layer("x", "InputLayer", {"batch_input_shape": [N, N, 4]})
    model = functional([inner, layer("c", "Conv1D", {"filters": 4, "kernel_size": 2}, [["x", 0, 0]])], ["x"], ["c"])
    for depth in range(40):
        x = layer("x", "InputLayer", {"batch_input_shape": [N, depth + 50 if depth == 39 else N, 4]})
        pad = layer("p", "ZeroPadding1D", {"padding": 3**depth % 1000}, [["x", 0, 0]])
        nested = {**model, "name": "n", "inbound_nodes": [[["x", 0, 0]], [["p", 0, 0]]]}
        join = layer("j", "Concatenate", {"axis": 1}, [["n", 1, 0], ["n", 2, 0]])
        model = functional([x, pad, nested, join], ["x"], ["j"])
    for calls in (InputLimits().calls, 10):
        report = analyze(json.dumps(model).encode(), Options(input_limits=InputLimits(calls=calls)))
        assert f"called more than {calls:,} times" in next(one for one in report.findings if one.code == "E010").message


# The public interface ---------------------------------------------------------------------------------------


class Exported:
    """Stands for a Keras model."""

    def __init__(self, text: Any) -> None:
        self.text = text

    def to_json(self) -> Any:
        return self.text


@pytest.mark.parametrize("source", [
    EXAMPLES / "lstm_13_5.json", str(EXAMPLES / "lstm_13_5.json"), (EXAMPLES / "lstm_13_5.json").read_bytes(),
    (EXAMPLES / "lstm_13_5.json").read_text(), bytearray((EXAMPLES / "lstm_13_5.json").read_bytes()),
    json.loads((EXAMPLES / "lstm_13_5.json").read_text()), Exported((EXAMPLES / "lstm_13_5.json").read_text()),
    "class_name: Sequential\nconfig: {name: lstm_13_5, layers: [{class_name: LSTM, config: {units: 10,"
    " batch_input_shape: [null, 13, 5]}}]}",
], ids=lambda source: type(source).__name__)  # fmt: skip
def test_sources(source: Any) -> None:
    report = analyze(source)
    assert report.model is not None
    assert report.model.params == 640


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "not NoneType"),
        (640, "analyze takes a path, bytes, a dict, JSON or YAML text, or a model with a to_json method, not int"),
        (Exported, "not type"),
        (Exported({"class_name": "Sequential"}), "Exported.to_json() returned dict, not JSON text"),
        ({"units": {1}}, "the dict is not a model config in plain JSON values: Object of type set"),
    ],
)
def test_sources_of_other_types(source: Any, message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        analyze(source)


def test_a_path_that_looks_like_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("[1].json").write_bytes((EXAMPLES / "lstm_13_5.json").read_bytes())
    assert analyze("[1].json").path == "[1].json"
    assert analyze("{}").path == "<text>"
    assert [finding.code for text in ("", " ", "x" * 5000) for finding in analyze(text).findings] == [
        "E001",
        "E001",
        "E002",
    ]
    with pytest.raises(OSError, match="gone"):
        analyze("gone.json")


def test_the_commands_are_functions() -> None:
    assert lstmlint.explain(EXAMPLES / "lstm_13_5.json", expect=640).params == 640
    assert lstmlint.count("LSTM(10)", (13, 5)).params == 640
    found = lstmlint.diff(EXAMPLES / "lstm_4_2.json", EXAMPLES / "lstm_4_2_wider.json", max_increase="50%")
    assert ([total.change for total in found.totals][:1], [f.code for f in found.gate]) == ([151], ["C511"])
    assert lstmlint.convert(EXAMPLES / "lstm_4_2.json").model is not None
    for call in (lstmlint.explain, lstmlint.convert):
        with pytest.raises(UsageError, match="<bytes>"):
            call(b"[1, 2")


def test_public_names() -> None:
    assert sorted(dir(lstmlint)) == sorted(lstmlint.__all__)
    for name in lstmlint.__all__:
        assert getattr(lstmlint, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'anlyze'"):
        lstmlint.anlyze  # noqa: B018


def test_representations_are_short() -> None:
    """A failing `assert report.model.params < ...` prints every object in it."""
    layers = [layer("x" * 1000, "InputLayer", {"batch_input_shape": [N, 4]})]
    for i in range(400):
        layers.append(layer(f"l{i}", "Dense", {"units": 4}, [[layers[-1]["name"], 0, 0]]))
    source = functional(layers, ["x" * 1000], ["l399"])
    report = analyze(source)
    assert report.model is not None
    row = report.model.layers[1]
    explanation = lstmlint.explain(source)
    objects = [
        report, report.model, row, row.spec, report.model.spec, row.layer, row.weights[0], row.layer.context,
        lstmlint.diff(source, source), lstmlint.convert(source), explanation, explanation.layers[0],
        read(json.dumps(source).encode()), report.model.problems,
    ]  # fmt: skip
    assert max(len(repr(value)) for value in objects) < 400
    assert str(report).startswith('Model: "m" (Functional, Keras 2)')
    assert "Total params: 8,000" in str(report)
    assert "and 341 more" in report._repr_html_()
    hostile = analyze(functional([layer("<b>&", "InputLayer", {"batch_input_shape": [N, 4]})], ["<b>&"], ["<b>&"]))
    assert "<td>&lt;b&gt;&amp; (InputLayer)</td>" in hostile._repr_html_()


def test_the_corpus_check_needs_recorded_truth(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        corpus.main([str(EXAMPLES)])
    assert left.value.code == 2
    assert "does not hold recorded truth, expected.jsonl" in capsys.readouterr().err
