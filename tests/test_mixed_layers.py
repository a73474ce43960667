"""Normalization, merging, attention, einsum and quantized layers: what the recorded rows do not cover."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.inference import Bindings, InferenceContext
from lstmlint.layers.base import Layer
from lstmlint.layers.quantization import Policy, policy_at, policy_of
from lstmlint.model.shapes import Tensor, tensors_in
from lstmlint.model.spec import Dialect, LayerSpec

N = None
Call = tuple[list[Any], dict[str, Any]]  # the arguments, positional and named


def run(
    class_name: str,
    config: dict[str, Any],
    *calls: Call,
    dialect: Dialect = "keras3",
    **spec: Any,
) -> tuple[InferenceContext, Layer, list[Any]]:
    context = InferenceContext(dialect, Bindings())
    layer = context.make_cached(LayerSpec("layer", class_name, config, **spec))
    return context, layer, [context.apply(layer, args, kwargs) for args, kwargs in calls]


def problems(context: InferenceContext) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.severity) for problem in context.problems]


def tensor(*shape: int | None) -> Tensor:
    return Tensor(shape)


@pytest.mark.parametrize(
    ("class_name", "config", "args", "macs"),
    [
        ("Add", {}, [[tensor(N, 4, 3), tensor(N, 4, 3)]], 0),
        ("Dot", {"axes": 2}, [[tensor(N, 4, 3), tensor(N, 5, 3)]], 4 * 5 * 3),
        ("Attention", {}, [[tensor(N, 4, 3), tensor(N, 5, 3)]], 4 * 5 * 3 + 4 * 5 * 3),
        # query 4·6·2·3, key and value 5·7·2·3, scores and their sum 4·5·2·3, output 4·2·3·6
        (
            "MultiHeadAttention",
            {"num_heads": 2, "key_dim": 3},
            [tensor(N, 4, 6), tensor(N, 5, 7)],
            144 + 420 + 240 + 144,
        ),
        (
            "GroupQueryAttention",
            {"num_query_heads": 4, "num_key_value_heads": 2, "head_dim": 3},
            [tensor(N, 4, 6), tensor(N, 5, 6)],
            4 * 6 * 12 + 2 * 5 * 6 * 6 + 2 * 4 * 5 * 12 + 4 * 12 * 6,
        ),
        ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [N, 8]}, [tensor(N, 4, 6)], 4 * 6 * 8),
        ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [N, 8]}, [tensor(N, N, 6)], None),
        ("BatchNormalization", {}, [tensor(N, 4, 6)], 0),
        ("LSTMCell", {"units": 6}, [tensor(N, 4), [tensor(N, 6), tensor(N, 6)]], 4 * 6 * (4 + 6)),
    ],
)
def test_macs(class_name: str, config: dict[str, Any], args: list[Any], macs: int | None) -> None:
    context, layer, outputs = run(class_name, config, (args, {}))
    assert problems(context) == []
    inputs = [item.shape for item in tensors_in(args)]
    assert layer.macs(inputs, [item.shape for item in tensors_in(outputs)]) == macs


@pytest.mark.parametrize(
    ("class_name", "left", "right", "codes"),
    [
        ("Add", (N, 4, 3), (N, 4, 3), []),
        ("Add", (N, 4, 3), (N, 4, 1), ["S114"]),
        ("Add", (N, 4, 4), (N, 4), ["S114"]),
        ("Add", (N, N, 3), (N, 4, 3), []),
        ("Multiply", (N, 8, 8, 3), (N, 1, 1, 3), []),
        ("Multiply", (N, 4, 4), (N, 4), ["S114"]),
        ("Concatenate", (N, 4, 1), (N, 4, 3), []),
    ],
)
def test_silent_broadcast(class_name: str, left: Any, right: Any, codes: list[str]) -> None:
    twice: Call = ([[tensor(*left), tensor(*right)]], {})
    context, _, _ = run(class_name, {}, twice, twice)
    assert [problem.code for problem in context.problems] == codes


@pytest.mark.parametrize(
    ("class_name", "config", "args", "code"),
    [
        ("Attention", {}, [[tensor(N, 4, 3), tensor(N, 5, 2)]], "S116"),
        ("Attention", {}, [[tensor(N, 4, 3), tensor(N, 5, 3), tensor(N, 6, 3)]], "S116"),
        ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2}, [tensor(N, 4, 3), tensor(N, 2, 2, 3)], "S116"),
        ("Softmax", {"axis": 3}, [tensor(N, 4)], "S111"),
        ("Dot", {"axes": [1, 0]}, [[tensor(N, 4), tensor(4, 4)]], "S115"),
    ],
)
def test_fails_only_when_run(class_name: str, config: dict[str, Any], args: list[Any], code: str) -> None:
    call: Call = (args, {})
    context, layer, outputs = run(class_name, config, call, call)
    assert problems(context) == [(code, "warning")]
    assert not layer.failed
    assert outputs[0] is not None
    context, layer, outputs = run(class_name, config, call, dialect="keras2")
    assert problems(context) == [(code, None)]
    assert layer.failed


@pytest.mark.parametrize(
    ("class_name", "config", "first", "second", "fits"),
    [
        ("Dense", {"units": 2}, (N, 3), (N, 5, 3), True),
        ("Dense", {"units": 2}, (N, 3), (N, 4), False),
        ("BatchNormalization", {}, (N, 4, 3), (N, 9, 3), True),
        ("BatchNormalization", {}, (N, 4, 3), (N, 3), False),
        ("GroupNormalization", {"groups": 1}, (N, 4, 3), (N, 4, 6), False),
        ("PReLU", {"shared_axes": [1]}, (N, 4, 3), (N, 9, 3), True),
        ("PReLU", {"shared_axes": [1]}, (N, 4, 3), (N, 4, 9), False),
        ("EinsumDense", {"equation": "...a,ab->...b", "output_shape": [2]}, (N, 4, 3), (N, 3), False),
    ],
)
def test_later_calls_and_records(class_name: str, config: dict[str, Any], first: Any, second: Any, fits: bool) -> None:
    context, _, _ = run(class_name, config, ([tensor(*first)], {}), ([tensor(*second)], {}))
    assert problems(context) == ([] if fits else [("S134", None)])
    context, layer, _ = run(class_name, config, ([tensor(*second)], {}), build_config={"input_shape": list(first)})
    assert problems(context) == ([] if fits else [("S130", "error")])
    assert layer.own_weights


def test_unknown_inputs_leave_outputs_unknown() -> None:
    unknown = Tensor(None)
    for class_name, config, args in (
        ("Add", {}, [[tensor(N, 3), unknown]]),
        ("Concatenate", {}, [[tensor(N, 3), unknown]]),
        ("Dot", {"axes": 1}, [[tensor(N, 3), unknown]]),
        ("BatchNormalization", {}, [unknown]),
        ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2}, [tensor(N, 4, 3), unknown]),
        ("AdditiveAttention", {}, [[unknown, unknown]]),
        ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 3}, [unknown]),
    ):
        context, _, outputs = run(class_name, config, (args, {}))
        assert problems(context) == [], class_name
        assert all(item.shape is None for item in tensors_in(outputs)), class_name


def test_attention_from_its_record() -> None:
    shapes = {"query_shape": [N, 4, 6], "value_shape": [N, 5, 7]}
    config = {"num_heads": 2, "key_dim": 3}
    call: Call = ([Tensor(None), Tensor(None)], {})
    context, layer, outputs = run("MultiHeadAttention", config, call, build_config={"shapes_dict": shapes})
    assert problems(context) == []
    assert layer.all_known()
    assert [weight.shape for weight in layer.own_weights][::2] == [(6, 2, 3), (7, 2, 3), (7, 2, 3), (2, 3, 6)]
    assert outputs == [None]
    call = ([tensor(N, 4, 5), tensor(N, 5, 7)], {})
    context, _, _ = run("MultiHeadAttention", config, call, build_config={"shapes_dict": shapes})
    assert problems(context) == [("S130", None)]


@pytest.mark.parametrize("dialect", ["keras0", "keras1"])
def test_old_batch_normalization(dialect: Dialect) -> None:
    _, layer, _ = run("BatchNormalization", {"scale": False}, ([tensor(N, 4)], {}), dialect=dialect)
    assert [(weight.name, weight.trainable) for weight in layer.own_weights] == [
        ("gamma", True), ("beta", True), ("running_mean", False), ("running_std", False)
    ]  # fmt: skip


def test_policies() -> None:
    assert policy_of("mixed_float16", "dense") is None
    assert policy_of("int4/128_from_float32", "dense") == Policy("int4", 128)
    assert policy_of({"class_name": "DTypePolicy", "config": {"name": "float32"}}, "dense") is None
    by_path = {
        "class_name": "DTypePolicyMap",
        "config": {"default_policy": None, "policy_map": {"a/.*": "int8_from_float32"}},
    }
    assert policy_of(by_path, "a/query") == Policy("int8")
    assert policy_of(by_path, "b/query") is None
    assert policy_at("bfloat16", "a") == "bfloat16"
