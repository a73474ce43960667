"""Releases as users write them."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint import analyze, convert
from lstmlint.config.options import Options
from lstmlint.config.targets import parse_target, parse_targets
from lstmlint.model.findings import UsageError
from lstmlint.model.releases import ALL, label, span

KERAS3 = tuple(f"3.{minor}" for minor in range(16))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *((release, (release,)) for release in ALL),
        ("keras3.4", ("3.4",)),
        ("Keras 3.4.1", ("3.4",)),
        ("v3.4", ("3.4",)),
        ("keras==3.4.1", ("3.4",)),
        ("keras2.12", ("tf2.12",)),  # the package keras 2.12 is tf.keras
        ("2.12.0", ("tf2.12",)),
        ("TensorFlow 2.15.1", ("tf2.15",)),
        ("tf-keras==2.15", ("tf2.15",)),
        ("keras3", ("3.15",)),
        ("keras2", ("tf_keras2.21",)),
        ("tf", ("tf2.15",)),
        ("TensorFlow.js", ("tfjs",)),
        ("3.*", KERAS3),
        (">=3", KERAS3),
        (">=3.3,<3.6", ("3.3", "3.4", "3.5")),
        ("keras >= 3.12, != 3.13", ("3.12", "3.14", "3.15")),
        ("~=3.14", ("3.14", "3.15")),
        ("tf>=2.14", ("tf2.14", "tf2.15")),
        (">=2.2,<2.6", ("2.2", "2.3", "tf2.4", "tf2.5")),
        (">=tf_keras2.20", ("tf_keras2.20", "tf_keras2.21")),
        (">=3.13,tfjs,tf2.15,3.13", ("tf2.15", "3.13", "3.14", "3.15", "tfjs")),
    ],
)
def test_targets(text: str, found: tuple[str, ...]) -> None:
    assert parse_targets(text) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no release"),
        ("kers3", "did you mean 'keras3'?"),
        ("tfsj", "did you mean 'tfjs'?"),
        ("4", "there is no release '4'"),
        (">=", "there is no release '>='"),
        ("3.44", "Keras 3.44 is not known to this lstmlint, whose newest is 3.15"),
        ("tf2.16", "the tf.keras of TensorFlow 2.16 is Keras 3"),
        (">3.20", "no known release fits '>3.20'"),
        (">=3.4,<3.4", "no known release fits"),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_targets(text)
    assert message in str(error.value)
    assert "3.15" in str(error.value)


def test_one_target() -> None:
    assert parse_target("tf2.15") == "tf2.15"
    with pytest.raises(UsageError, match="takes one release"):
        parse_target(">=3.3")


def test_names_in_messages() -> None:
    assert label("tf2.15") == "tf.keras 2.15"
    assert span(["3.3"]) == "Keras 3.3"
    assert span(["3.9", "3.10", "tfjs", "tf2.15"]) == "tf.keras 2.15, Keras 3.9 and 3.10 and TensorFlow.js"


DILATED: dict[str, Any] = {"strides": 2, "dilation_rate": 2}


def of_keras3(class_name: str, version: str | None = None, shape: Any = (None, 5, 3), **config: Any) -> dict[str, Any]:
    layers = [
        {"class_name": name, "module": "keras.layers", "registered_name": None, "config": {"name": name.lower(), **one}}
        for name, one in (("InputLayer", {"batch_shape": list(shape)}), (class_name, config))
    ]
    written = {} if version is None else {"keras_version": version}
    return {
        "class_name": "Sequential",
        "module": "keras",
        "registered_name": None,
        "config": {"name": "m", "layers": layers},
        **written,
    }


@pytest.mark.parametrize(
    ("version", "targets", "release"),
    [
        (None, "", "3.15"),
        ("3.3.3", "", "3.3"),
        ("3.99.0", "", "3.15"),
        ("3.3.3", "3.9", "3.9"),
        (None, "3.9,3.4,tf2.15", "3.4"),
        (None, "tf2.15", "tf2.15"),
        ("3.3.3", "tf2.15,tf2.12", "3.3"),
        ("3.3.3", "tfjs", "3.3"),
    ],
)
def test_findings_speak_of_one_release(version: str | None, targets: str, release: str) -> None:
    options = Options(targets=parse_targets(targets) if targets else ())
    model = analyze(of_keras3("LSTM", version, units=2), options).model
    assert model is not None
    assert model.spec.release == release


@pytest.mark.parametrize(
    ("model", "target", "code", "said"),
    [
        (of_keras3("DepthwiseConv1D", kernel_size=2, **DILATED), "3.14", "S118", "Set strides or dilation_rate to 1"),
        (of_keras3("DepthwiseConv1D", kernel_size=2, **DILATED), "3.15", "S118", None),
        (
            of_keras3("ConvLSTM1D", shape=[None, 3, 9, 4], filters=2, kernel_size=2, **DILATED),
            "3.14",
            "S118",
            "Set strides",
        ),
        (of_keras3("ConvLSTM1D", shape=[None, 3, 9, 4], filters=2, kernel_size=2, **DILATED), "3.13", "S118", None),
        (of_keras3("LSTM", units=2, recurrent_dropout=0.5), "3.3", "R240", "In Keras 3.3, dropout prevents cuDNN, too"),
        (
            of_keras3("LSTM", units=2, recurrent_dropout=0.5),
            "3.4",
            "R240",
            "use dropout instead, which does not prevent",
        ),
        (of_keras3("LSTM", units=2, recurrent_dropout=0.5, dropout=0.5), "3.3", "R240", None),
        (of_keras3("LSTM", units=2, dropout=0.5), "3.3", "R208", "set dropout to 0"),
        (of_keras3("LSTM", units=2, dropout=0.5), "3.4", "R208", None),
        (of_keras3("Embedding", input_dim=3, output_dim=2, input_length=5), "3.2", "P606", "Remove it"),
        (of_keras3("Embedding", input_dim=3, output_dim=2, input_length=5), "3.1", "P606", None),
    ],
)
def test_rules_that_depend_on_the_release(model: dict[str, Any], target: str, code: str, said: str | None) -> None:
    found = analyze(model, Options(targets=(target,), extend_select=("R208",))).findings
    helps = [one.help for one in found if one.code == code]
    assert len(helps) == (said is not None)
    assert all(said is not None and said in one for one in helps)


def test_what_older_releases_do_not_build() -> None:
    dilated = convert(of_keras3("DepthwiseConv1D", kernel_size=2, **DILATED), to="3.12")
    assert "cannot build a DepthwiseConv1D with strides and dilation_rate" in str(dilated.refusals)
    layer = {"module": "keras.layers", "class_name": "LeakyReLU", "config": {"name": "leaky"}, "registered_name": None}
    leaky = of_keras3("Dense", units=2, activation=layer)
    assert "cannot build a layer as an activation, which needs Keras 3.10" in str(convert(leaky, to="3.9").refusals)
    assert convert(leaky, to="3.10").model is not None
    crop = of_keras3("RandomCrop", shape=[None, 9, 9, 3], height=4, width=4)
    assert "crops images in inference, too" in str(convert(crop, to="3.7").refusals)
    array = {"module": "keras.initializers", "class_name": "Constant", "registered_name": None, "config": {
        "value": {"class_name": "__tensor__", "config": {"value": [0.5, 1.0], "dtype": "float32"}}}}  # fmt: skip
    constant = convert(of_keras3("Dense", units=2, bias_initializer=array), to="tf2.15").model
    assert constant is not None
    assert constant["config"]["layers"][1]["config"]["bias_initializer"]["config"]["value"] == [0.5, 1.0]
    function = {"module": "builtins", "class_name": "function", "config": "mine>bent", "registered_name": "function"}
    assert "is code or a custom class" in str(
        convert(of_keras3("Dense", units=2, activation=function), to="3.9").refusals
    )
    attention = keras3_functional(
        {"x": [None, 5, 6], "y": [None, 4, 8]},
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3},
        {"shapes_dict": {"query_shape": [None, 5, 6], "value_shape": [None, 4, 8], "key_shape": [None, 4, 8]}},
    )
    assert "queries of another width, which needs Keras 3.7" in str(convert(attention, to="3.6").refusals)
    assert convert(attention, to="3.7").model is not None


def keras3_functional(inputs: dict[str, Any], class_name: str, config: Any, build_config: Any) -> dict[str, Any]:
    """Return a functional model of Keras 3 with one layer, which is called with all inputs."""

    def layer(name: str, of: str, config: Any, nodes: list[Any]) -> dict[str, Any]:
        return {
            "class_name": of, "module": "keras.layers", "registered_name": None, "name": name, "inbound_nodes": nodes,
            "config": {"name": name, **config},
        }  # fmt: skip

    args = [
        {
            "class_name": "__keras_tensor__",
            "config": {"shape": shape, "dtype": "float32", "keras_history": [name, 0, 0]},
        }
        for name, shape in inputs.items()
    ]
    layers = [layer(name, "InputLayer", {"batch_shape": shape}, []) for name, shape in inputs.items()]
    layers.append({**layer("it", class_name, config, [{"args": args, "kwargs": {}}]), "build_config": build_config})
    ends = {"input_layers": [[name, 0, 0] for name in inputs], "output_layers": [["it", 0, 0]]}
    return {
        "class_name": "Functional", "module": "keras.src.models.functional", "registered_name": "Functional",
        "config": {"name": "m", "layers": layers, **ends},
    }  # fmt: skip
