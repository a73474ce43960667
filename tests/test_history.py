"""What each release of Keras can deserialize. The referee suite compares with the real releases (referee/test_history.py)."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest

from lstmlint.signatures import history
from lstmlint.signatures.compile import LOSSES, METRICS, OPTIMIZERS, SCHEDULES
from lstmlint.signatures.keras2 import SIGNATURES as KERAS2_SIGNATURES
from lstmlint.signatures.keras3 import REQUIRED, SIGNATURES
from lstmlint.signatures.operations import SIGNATURES as OPERATIONS

NEWEST = max((name for name in history.releases() if history.line(name) == "3"), key=lambda name: int(name[2:]))


@pytest.mark.parametrize(
    ("kind", "name", "argument", "first"),
    [
        ("layers", "Dense", None, "3.0"),
        ("layers", "Dense", "quantization_config", "3.13"),
        ("layers", "Dense", "lora_alpha", "3.10"),
        ("layers", "MultiHeadAttention", "flash_attention", "3.7"),
        ("layers", "MultiHeadAttention", "sliding_window", "3.15"),
        ("layers", "InputLayer", "optional", "3.4"),
        ("layers", "BatchNormalization", "renorm", "3.14"),
        ("initializers", "GlorotUniform", "input_axes", "3.15"),
        ("optimizers", "Muon", None, "3.10"),
        ("layers", "Dense", "no_such_argument", None),
        ("layers", "NoSuchLayer", None, None),
    ],
)
def test_since(kind: str, name: str, argument: str | None, first: str | None) -> None:
    assert history.since(kind, name, argument=argument) == first
    if first:
        assert history.until(kind, name, argument=argument) is None


def test_dense() -> None:
    accepted = history.arguments("layers", "Dense", "3.0")
    assert accepted
    assert next(iter(accepted.items())) == ("units", REQUIRED)
    assert {"name", "trainable", "dtype", "activity_regularizer", "input_shape"} <= accepted.keys()
    assert accepted["kernel_initializer"] == "glorot_uniform"
    assert not history.extra("layers", "Dense", "3.0")
    assert history.paths("layers", "Dense", "3.0") == ("keras.layers", "keras.src.layers.core.dense", "")


def test_no_argument_of_an_initializer_comes_and_goes() -> None:
    """TensorFlow 2.3 and 2.4 define them in one module, and their arguments in another."""
    for release in (name for name in history.releases() if history.line(name) == "tf"):
        for name, argument in (("VarianceScaling", "scale"), ("Orthogonal", "gain"), ("random_normal", "stddev")):
            assert argument in (history.arguments("initializers", name, release) or {}), (release, name)


def test_missing_names() -> None:
    assert history.arguments("layers", "RMSNormalization", "3.0") is None
    assert history.paths("layers", "RMSNormalization", "3.0") == ()
    assert history.needed("layers", "RMSNormalization", "3.0") == frozenset()
    assert not history.extra("layers", "RMSNormalization", "3.0")
    with pytest.raises(KeyError):
        history.arguments("layers", "Dense", "2.99")


def test_keys_that_from_config_insists_on() -> None:
    """Rescaling's constructor has a default for `offset`, but its `from_config` reads the key."""
    assert history.needed("layers", "Rescaling", NEWEST) == {"scale", "offset"}


@pytest.mark.parametrize(
    ("kind", "name", "argument", "line_of", "first", "last"),
    [
        ("layers", "LSTM", "time_major", "tf2.0", "tf2.0", None),
        ("layers", "Conv2D", "groups", "tf2.0", "tf2.3", None),
        ("layers", "Dense", "batch_input_shape", "tf2.0", "tf2.0", None),
        ("layers", "Dense", "batch_input_shape", "3.0", None, None),
        ("layers", "CuDNNLSTM", None, "2.0", "2.0", None),
        ("layers", "Highway", None, "2.0", "2.0", None),
        ("layers", "BatchNormalizationV1", None, "tf2.0", "tf2.0", None),
        ("layers", "Dense", "output_dim", "2.0", "2.0", None),  # a name of Keras 1, which Keras 2 translates
        ("initializers", "GlorotUniformV2", None, "tf2.0", "tf2.3", None),
        ("optimizers", "Adam", "decay", "tf2.0", "tf2.0", "tf2.9"),
        ("optimizers", "legacy.Adam", "decay", "tf2.0", "tf2.10", None),
        ("models", "Functional", None, "tf2.0", "tf2.3", None),
        ("dtype_policies", "PolicyV1", None, "tf2.0", "tf2.4", None),
    ],
)
def test_other_lines(kind: str, name: str, argument: str | None, line_of: str, first: str, last: str | None) -> None:
    assert history.since(kind, name, argument=argument, line_of=line_of) == first
    assert history.until(kind, name, argument=argument, line_of=line_of) == last


@pytest.mark.parametrize(("line", "signatures"), [("3", SIGNATURES), ("tf_keras", KERAS2_SIGNATURES)])
def test_agrees_with_the_newest_signatures(line: str, signatures: dict[str, dict[str, Any]]) -> None:
    """keras3.py and keras2.py describe the newest releases."""
    newest = [name for name in history.releases() if history.line(name) == line][-1]
    base = history.arguments("layers", "Layer", newest)
    assert base
    for name, own in signatures.items():
        if line == "tf_keras" and name in {"Lambda", "MultiHeadAttention"}:
            continue  # their `from_config` reads keys that no constructor has
        accepted = history.arguments("layers", name, newest) or history.arguments("models", name, newest)
        assert accepted is not None, name
        assert {key: accepted.get(key, "absent") for key in own} == own, name
        assert not accepted.keys() - own.keys() - base.keys(), name


def test_agrees_with_the_newest_operations() -> None:
    for name, (_, _, own, _) in OPERATIONS.items():
        accepted = dict(history.arguments("operations", name, NEWEST) or {"absent": name})
        accepted.pop("name", None)
        if "**kwargs" in own:  # MultiHot takes `num_tokens` from them
            accepted = {key: value for key, value in accepted.items() if key in own} | {"**kwargs": None}
        assert accepted == own, name


@pytest.mark.parametrize(
    ("kind", "signatures"),
    [("optimizers", OPTIMIZERS), ("schedules", SCHEDULES), ("losses", LOSSES), ("metrics", METRICS)],
)
def test_agrees_with_the_newest_compiled_objects(kind: str, signatures: dict[str, str]) -> None:
    """In compile.py, "!" follows an argument without a default, and "*" stands for any other arguments."""
    for name, text in signatures.items():
        accepted = history.arguments(kind, name, NEWEST)
        assert accepted is not None, name
        own = {word.rstrip("!"): word.endswith("!") for word in text.split() if word != "*"}
        assert {key: accepted.get(key) is REQUIRED for key in own if key in accepted} == own, name


def test_tfjs() -> None:
    """TensorFlow.js ignores keys that it does not know, such as `batch_shape`, and lacks some classes."""
    accepted = history.arguments("layers", "InputLayer", "tfjs")
    assert accepted
    assert "batch_input_shape" in accepted
    assert "batch_shape" not in accepted
    assert history.extra("layers", "InputLayer", "tfjs")
    assert history.needed("layers", "Dense", "tfjs") == {"units"}
    assert history.arguments("layers", "MultiHeadAttention", "tfjs") is None
    assert history.arguments("initializers", "glorot_uniform", "tfjs") == {"seed": None}
    assert history.arguments("initializers", "lecun_normal", "tfjs") is None  # it is spelled `le_cun_normal`


def test_size() -> None:
    data = (Path(history.__file__).parent / "history.json").read_bytes()
    assert len(zlib.compress(data)) < 100_000
