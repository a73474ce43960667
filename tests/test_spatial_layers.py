"""Convolutions, pooling and reshaping: codes, messages, MACs, Keras 0 and 1, which the recorded rows do not cover."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.inference import Bindings, InferenceContext
from lstmlint.layers.base import Layer
from lstmlint.model.shapes import Shape, Tensor
from lstmlint.model.spec import Dialect, LayerSpec


def run(
    class_name: str, config: dict[str, Any], *shapes: Shape, dialect: Dialect = "keras3"
) -> tuple[Layer, list[Shape], list[str]]:
    """Call a layer on each shape; return the layer, its output shapes, and the codes of its problems."""
    context = InferenceContext(dialect, Bindings())
    layer = context.make_cached(LayerSpec("layer", class_name, config))
    outputs = [context.apply(layer, [Tensor(shape)], {}) for shape in shapes]
    return layer, [output and output.shape for output in outputs], [problem.code for problem in context.problems]


CONV = {"filters": 4, "kernel_size": 3}
DEPTH = {"kernel_size": 2}
FIRST = {"data_format": "channels_first"}
HOLES = {"dilation_rate": 2}
BOTH = {"strides": 2, **HOLES}
SHAPE = {"output_shape": [None, 14, 13, 4]}
REFUSED: list[tuple[str, str, dict[str, Any], Shape, str]] = [
    ("S101", "Conv2D", CONV, (None, 9, 3), "(batch, rows, columns, channels)"),
    ("S101", "Conv2D", {**CONV, "data_format": "channels_first"}, (None, 9, 3), "(batch, channels, rows, columns)"),
    ("S101", "Permute", {"dims": [2, 1]}, (None, 3), "3 dimensions"),
    ("S103", "Conv1D", {**CONV, "dilation_rate": 4}, (None, 8, 3), "window of 9 steps"),
    ("S103", "Conv1DTranspose", {**CONV, "kernel_size": 1, "strides": 2, "output_padding": 0}, (None, 0, 3), "[-1]"),
    ("S104", "MaxPooling2D", {"pool_size": [2, 5]}, (None, 9, 4, 3), "window of 5 columns"),
    ("S105", "Cropping2D", {"cropping": [1, 2]}, (None, 9, 4, 3), "2 + 2 columns"),
    ("S106", "DepthwiseConv2D", {"kernel_size": 2}, (None, 9, 9, None), "axis -1"),
    ("S108", "Reshape", {"target_shape": [4, 2]}, (None, 6), "6 elements, not 8"),
    ("S109", "Reshape", {"target_shape": [4, -1]}, (None, 6), "divisible by 4"),
    ("S110", "Permute", {"dims": [0, 1]}, (None, 6, 2), "from 1 to 2"),
    ("S117", "Conv1D", {**CONV, "groups": 3}, (None, 9, 3), "4 filters in 3 groups"),
    ("S117", "Conv1D", {**CONV, "groups": 4}, (None, 9, 6), "6 channels"),
    ("S118", "Conv1D", {**CONV, "strides": 2, "dilation_rate": 2}, (None, 9, 6), "only one of them"),
    ("S119", "Conv2D", {**CONV, "padding": "causal"}, (None, 9, 9, 6), "causal"),
    ("E006", "AveragePooling2D", {}, (None, 9, 9, 6), "pool_size"),
    ("E007", "Conv1D", {**CONV, "kernel_size": [3, 3]}, (None, 9, 6), "kernel_size of Conv1D is [3, 3]"),
    ("E007", "Conv1D", {**CONV, "lora_rank": 2, "kernel_constraint": "non_neg"}, (None, 9, 6), "lora_rank"),
    ("E007", "Conv2DTranspose", {**CONV, "output_padding": 1}, (None, 9, 9, 6), "less padding than stride"),
    ("E007", "ZeroPadding2D", {"padding": -9}, (None, 9, 9, 6), "removes more than"),
    ("E007", "Flatten", {"data_format": "first"}, (None, 9), '"first"'),
]


@pytest.mark.parametrize(("code", "name", "config", "shape", "words"), REFUSED)
def test_refused(code: str, name: str, config: dict[str, Any], shape: Shape, words: str) -> None:
    context = InferenceContext("keras3", Bindings())
    layer = context.make_cached(LayerSpec("layer", name, config))
    context.apply(layer, [Tensor(shape)], {})
    assert [problem.code for problem in context.problems] == [code]
    assert words in context.problems[0].message
    assert context.problems[0].help


def test_a_later_call_with_other_channels() -> None:
    _, shapes, codes = run("Conv1D", CONV, (None, 9, 3), (None, 5, 3), (None, 9, 2))
    assert (shapes, codes) == ([(None, 7, 4), (None, 3, 4), None], ["S134"])


@pytest.mark.parametrize(
    ("name", "config", "shape"),
    [
        ("UpSampling2D", {"interpolation": "area"}, (None, 4, 4, 2)),
        ("AdaptiveMaxPooling2D", {"output_size": 3}, (None, 4, 2)),
    ],
)
def test_what_fails_only_when_it_runs(name: str, config: dict[str, Any], shape: Shape) -> None:
    context = InferenceContext("keras3", Bindings())
    layer = context.make_cached(LayerSpec("layer", name, config))
    assert context.apply(layer, [Tensor(shape)], {}).shape is not None
    assert [problem.severity for problem in context.problems] == ["warning"]


@pytest.mark.parametrize(
    ("name", "config", "shape", "macs"),
    [
        ("Conv2D", CONV, (None, 9, 7, 3), 7 * 5 * 3 * 3 * 3 * 4),
        ("Conv2D", {**CONV, "groups": 2, "lora_rank": 2}, (None, 9, 7, 6), 7 * 5 * 3 * 3 * 3 * 4),
        ("Conv2D", CONV, (None, None, 7, 3), None),
        ("Conv1D", {**CONV, "padding": "causal", "strides": 2}, (None, 9, 3), 5 * 3 * 3 * 4),
        ("Conv2DTranspose", {**CONV, "strides": 2}, (None, 5, 6, 2), 5 * 6 * 3 * 3 * 2 * 4),
        ("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}, (None, 9, 5), 7 * 3 * 5 * 2),
        ("SeparableConv1D", {**CONV, "depth_multiplier": 2}, (None, 9, 5), 7 * (3 * 5 * 2 + 10 * 4)),
        ("MaxPooling1D", {}, (None, 9, 5), 0),
        ("Flatten", {}, (None, 9, 5), 0),
    ],
)
def test_macs(name: str, config: dict[str, Any], shape: Shape, macs: int | None) -> None:
    layer, shapes, _ = run(name, config, shape)
    assert layer.macs([shape], shapes) == macs


@pytest.mark.parametrize(
    ("dialect", "name", "config", "shape", "expected"),
    [
        ("keras1", "Conv1D", CONV, (None, 9, 5), [(None, 7, 4), (3, 1, 5, 4)]),
        ("keras0", "Conv1D", CONV, (None, 9, 5), [(None, 7, 4), (4, 5, 3, 1)]),
        ("keras1", "Conv1D", {**CONV, "padding": "full"}, (None, 9, 5), [(None, 11, 4), (3, 1, 5, 4)]),
        ("keras1", "Conv1D", {**CONV, **BOTH}, (None, 9, 5), [(None, 3, 4), (3, 1, 5, 4)]),
        ("keras1", "Conv2D", CONV, (None, 9, 9, 5), [(None, 7, 7, 4), (3, 3, 5, 4)]),
        ("keras1", "Conv2D", {**CONV, **FIRST}, (None, 5, 9, 9), [(None, 4, 7, 7), (4, 5, 3, 3)]),
        ("keras1", "SeparableConv2D", {**CONV, **FIRST}, (None, 5, 9, 9), [(None, 4, 7, 7), (1, 5, 3, 3)]),
        ("keras1", "Deconvolution2D", {**CONV, **SHAPE}, (None, 12, 11, 5), [(None, 14, 13, 4), (3, 3, 5, 4)]),
        ("keras2", "Conv1D", {**CONV, "groups": None}, (None, 6, None, 9, 5), [(None, 6, None, 7, 4), (3, 5, 4)]),
        ("keras2", "Conv3DTranspose", {**CONV, **HOLES}, (None, 5, 5, 5, 2), [(None, 7, 7, 7, 4), (3, 3, 3, 4, 2)]),
        ("keras2", "DepthwiseConv2D", {**DEPTH, **HOLES}, (None, None, 9, 3), [(None, None, None, 3), (2, 2, 3, 1)]),
    ],
)
def test_other_dialects(
    dialect: Dialect, name: str, config: dict[str, Any], shape: Shape, expected: list[Shape]
) -> None:
    layer, shapes, codes = run(name, config, shape, dialect=dialect)
    assert codes == []
    assert [*shapes, layer.own_weights[0].shape] == expected


@pytest.mark.parametrize(
    ("dialect", "name", "config", "shape", "code"),
    [
        ("keras1", "Flatten", {}, (None, None, 5), "S107"),
        ("keras1", "Flatten", {}, (None, 5), "S101"),
        ("keras1", "Reshape", {"target_shape": [5, -1]}, (None, None, 5), "S108"),
        ("keras1", "Deconvolution2D", {**CONV, "output_shape": [4, 4]}, (None, 12, 11, 5), "E007"),
        ("keras2", "Reshape", {"target_shape": [5, None]}, (None, 5), "E007"),
        ("keras2", "Reshape", {"target_shape": [-1, -1]}, (None, 5), "S108"),
        ("keras2", "Conv1D", CONV, (None, 5, 0), "S136"),
        ("keras2", "GlobalMaxPooling1D", {}, (None, 0, 5), "S136"),
        ("keras2", "UpSampling3D", {}, (None, 0, 5, 5, 5), "S136"),
        ("keras2", "UpSampling1D", {"size": "twice"}, (None, 5, 5), "E007"),
        ("keras3", "UpSampling1D", {"size": True}, (None, 5, 5), "E007"),
        ("keras3", "UpSampling2D", {"interpolation": None}, (None, 5, 5, 5), "E007"),
        ("keras3", "Reshape", {"target_shape": 5}, (None, 5), "E007"),
        ("keras3", "Reshape", {"target_shape": [-1, -1]}, (None, 5), "E007"),
        ("keras3", "MaxPooling1D", {"padding": "SAME"}, (None, 5, 5), "E007"),
        ("keras3", "AdaptiveMaxPooling1D", {"output_size": 2, "data_format": "channels_first"}, (None,), "S101"),
        ("keras2", "UpSampling2D", {"interpolation": "cubic"}, (None, 5, 5, 5), "E007"),
        ("keras2", "Conv2DTranspose", {**CONV, "dilation_rate": [1, 2]}, (None, 5, 5, 5), "E007"),
    ],
)
def test_refused_in_other_dialects(
    dialect: Dialect, name: str, config: dict[str, Any], shape: Shape, code: str
) -> None:
    assert run(name, config, shape, dialect=dialect)[2] == [code]


@pytest.mark.parametrize(
    ("dialect", "name", "config", "shape", "output"),
    [
        ("keras2", "UpSampling1D", {"size": "2"}, (None, 5, 3), (None, 10, 3)),
        ("keras2", "UpSampling2D", {}, (None, None, 4, 3), (None, None, None, 3)),
        ("keras2", "Cropping3D", {"cropping": 2}, (None, 3, 4, 5, 3), (None, 0, 0, 1, 3)),
        ("keras2", "Cropping2D", {"cropping": -1}, (None, 2, 2, 3), (None, 0, 0, 3)),
        ("keras2", "RepeatVector", {"n": -1}, (None, 3), (None, None, 3)),
        ("keras2", "Reshape", {"target_shape": [-2, 2]}, (None, 6), (None, 3, 2)),
        ("keras3", "Reshape", {"target_shape": [2, None]}, (None, 7), (None, 2, None)),
        ("keras3", "ZeroPadding2D", {"padding": -1}, (None, 5, 3, 3), (None, 3, 1, 3)),
        ("keras3", "AdaptiveMaxPooling2D", {"output_size": [2, None]}, (None, 5, 3, 3), (None, 2, None, 3)),
    ],
)
def test_shapes_of_odd_arguments(
    dialect: Dialect, name: str, config: dict[str, Any], shape: Shape, output: Shape
) -> None:
    assert run(name, config, shape, dialect=dialect)[1:] == ([output], [])


@pytest.mark.parametrize("name", ["Conv2D", "MaxPooling2D", "Flatten", "Cropping2D", "UpSampling2D"])
def test_nothing_is_known_after_nothing(name: str) -> None:
    layer, shapes, codes = run(name, CONV if name == "Conv2D" else {}, None)
    assert (shapes, codes) == ([None], [])
    assert layer.all_known() is (name != "Conv2D")
