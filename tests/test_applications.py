"""keras.applications: the recorded architectures have the parameters and shapes that Keras counted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lstmlint import analyze
from lstmlint.python import applications
from lstmlint.python.applications import InputTensor, Refused, config, parameters

COUNTED = json.loads((Path(__file__).parent / "data" / "applications.json").read_text("utf-8"))
IMAGES = (96, 96, 3)


def plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with tuples for lists, as JSON does not tell them apart."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()}


@pytest.mark.parametrize("dialect", ["keras2", "keras3"])
def test_counts_and_output_shapes_are_those_of_keras(dialect: str) -> None:
    wrong = []
    for name, arguments, params, trainable, output in COUNTED[dialect]:
        written = config(name, dialect, plain(arguments))
        model = analyze(json.dumps(written).encode()).model
        assert model is not None
        found = (model.params, model.trainable_params, [list(shape or ()) for shape in model.outputs], model.complete)
        if found != (params, trainable, [output], True):
            wrong.append((name, arguments, found, params, trainable, output))
    assert wrong == []


def test_there_are_findings_for_none_of_them() -> None:
    codes = {
        (name, finding.code)
        for name, arguments, *_ in COUNTED["keras3"][:40]
        for finding in analyze(json.dumps(config(name, "keras3", plain(arguments))).encode()).findings
    }
    assert codes == set()


def test_the_names_are_those_of_keras() -> None:
    assert len([name for name in applications.NAMES if parameters(name, "keras3")]) == 40
    assert len([name for name in applications.NAMES if parameters(name, "keras2")]) == 71
    assert applications.NAMES["ResNet50"] == ("resnet", "resnet50")
    assert applications.NAMES["MobileNetV3Small"] == ()
    assert config("VGG", "keras3", {}) is None
    assert config("RegNetX002", "keras3", {}) is None
    assert parameters("VGG", "keras3") is None


@pytest.mark.parametrize(
    ("name", "arguments", "argument", "message"),
    [
        ("VGG16", {"classes": 10}, "classes", "1000 classes, not 10"),
        ("VGG16", {"input_shape": IMAGES}, "input_shape", "takes input_shape (224, 224, 3), not (96, 96, 3)"),
        ("VGG16", {"input_shape": [224, 224, 3]}, "input_shape", "not [224, 224, 3]"),
        ("VGG16", {"weights": None, "input_shape": (None, None, 3)}, "input_shape", "needs a known input size"),
        ("VGG16", {"weights": None, "input_shape": (224, 224)}, "input_shape", "of height, width and channels"),
        ("Xception", {"include_top": False, "input_shape": (70, 71, 3)}, "input_shape", "at least 71 x 71"),
        (
            "MobileNetV3Small",
            {"weights": None, "input_shape": (64, 64)},
            "input_shape",
            "of height, width and channels",
        ),
        ("MobileNetV3Small", {"input_shape": (16, 64, 3)}, "input_shape", "at least 32 x 32"),
        ("ResNet50", {"include_top": False, "input_shape": (96, 96, 1)}, "input_shape", "take 3 channels, not 1"),
        (
            "NASNetMobile",
            {"include_top": False, "input_shape": (None, None, 3)},
            "input_shape",
            "needs a known input size",
        ),
        ("MobileNetV2", {"input_shape": (100, 100, 3)}, "input_shape", "(224, 224, 3), not (100, 100, 3)"),
        ("MobileNetV2", {"alpha": 0.4}, "alpha", "for alpha 0.35, 0.5, 0.75, 1.0, 1.3, 1.4, not 0.4"),
        ("MobileNetV3Small", {"minimalistic": True, "alpha": 0.75}, "alpha", "for alpha 1.0, not 0.75"),
        ("MobileNet", {"depth_multiplier": 2}, "depth_multiplier", "for depth_multiplier=1"),
        ("VGG16", {"weights": "ImageNet"}, "weights", "no weights 'ImageNet'"),
        ("VGG16", {"classifier_activation": "sigmoid"}, "classifier_activation", "not 'sigmoid'"),
        ("VGG16", {"weights": "own.h5", "classifier_activation": "sigmoid"}, "classifier_activation", "not 'sigmoid'"),
        ("VGG16", {"inputs": 1}, "inputs", "has no argument 'inputs'"),
        ("EfficientNetV2B1", {"weights": None, "name": "other"}, "name", "'other' is none of them"),
        ("ConvNeXtTiny", {"name": "backbone"}, "name", "it is 'backbone'"),
    ],
)
def test_what_keras_refuses(name: str, arguments: dict[str, Any], argument: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        config(name, "keras3", arguments)
    assert refused.value.argument == argument
    assert message in str(refused.value)
    assert refused.value.help


@pytest.mark.parametrize(
    ("name", "dialect", "arguments"),
    [
        ("VGG16", "keras3", {"weights": None, "classifier_activation": print}),
        ("VGG16", "keras3", {"weights": None, "include_top": False, "input_shape": (None, 64, 3)}),
        ("EfficientNetB0", "keras2", {"drop_connect_rate": 0.0}),
        ("EfficientNetB0", "keras2", {"depth_divisor": 16}),
        ("MobileNet", "keras2", {"layers": None}),
    ],
)
def test_what_is_not_known(name: str, dialect: str, arguments: dict[str, Any]) -> None:
    assert config(name, dialect, arguments) is None


@pytest.mark.parametrize(
    ("name", "dialect", "arguments", "expected"),
    [
        ("MobileNetV2", "keras3", {"input_shape": (160, 160, 3)}, "mobilenetv2_1.00_160"),
        ("MobileNetV2", "keras3", {"input_shape": (100, 100, 3), "include_top": False}, "mobilenetv2_1.00_224"),
        ("MobileNet", "keras2", {"weights": None, "alpha": 0.25, "include_top": False}, "mobilenet_0.25_None"),
        ("VGG16", "keras3", {"name": "backbone"}, "backbone"),
        ("VGG16", "keras2", {}, "vgg16"),
        ("ResNetRS50", "keras2", {"weights": "imagenet-i160"}, "resnet-rs-50"),
    ],
)
def test_the_name_of_the_model(name: str, dialect: str, arguments: dict[str, Any], expected: str) -> None:
    written = config(name, dialect, arguments)
    assert written is not None
    assert written["config"]["name"] == expected


def test_convnext_names_its_layers_after_the_model() -> None:
    written = config("ConvNeXtTiny", "keras3", {"weights": None, "name": "backbone"})
    assert written is not None
    assert [layer["name"] for layer in written["config"]["layers"]][1:3] == [
        "backbone_prestem_normalization",
        "backbone_stem",
    ]


@pytest.mark.parametrize(
    ("name", "channels"), [("MobileNetV2", 1280), ("MobileNetV3Small", 576), ("VGG16", 512), ("ConvNeXtTiny", 768)]
)
def test_an_input_tensor_gives_shape_and_name(name: str, channels: int) -> None:
    given = InputTensor((8, 160, 160, 3), "photo")
    written = config(name, "keras3", {"weights": None, "include_top": False, "input_tensor": given})
    assert written is not None
    assert written["config"]["layers"][0]["config"]["batch_shape"] == [8, 160, 160, 3]
    assert written["config"]["input_layers"] == ([["photo", 0, 0]] if name != "ConvNeXtTiny" else ["photo", 0, 0])
    model = analyze(json.dumps(written).encode()).model
    assert model is not None
    assert model.outputs[0] == (8, 5, 5, channels)


def test_the_caller_can_name_what_keras_names_itself() -> None:
    written = config("InceptionV3", "keras3", {"weights": None}, lambda prefix, number: f"{prefix}_{number + 100}")
    assert written is not None
    names = [layer["name"] for layer in written["config"]["layers"]]
    assert (names[0], names[1]) == ("input_layer_100", "conv2d_100")
    assert "mixed7" in names


def test_nothing_is_read_before_the_first_question() -> None:
    program = (
        "import sys; from lstmlint.python import applications as a; print(a._data.cache_info().currsize);"
        "a.config('VGG16', 'keras3', {}); print(a._data.cache_info().currsize)"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert output.split() == ["0", "2"]  # the function and the kinds of layers


def test_the_dropout_of_efficientnet_grows_up_to_a_rate() -> None:
    """As tf_keras 2.21 writes it: block b of n drops with the rate b / n of the argument."""
    arguments = {"weights": None, "include_top": False}

    def rates(**more: float) -> dict[str, float]:
        written = config("EfficientNetB0", "keras2", {**arguments, **more})
        assert written is not None
        return {
            layer["name"]: layer["config"]["rate"]
            for layer in written["config"]["layers"]
            if layer["class_name"] == "Dropout"
        }

    assert rates(drop_connect_rate=0.2) == rates()
    changed = rates(drop_connect_rate=0.4)
    assert (len(changed), changed["block2b_drop"], changed["block5b_drop"]) == (9, 0.05, 0.4 * 9 / 16)
