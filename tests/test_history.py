"""What each release of Keras can deserialize. The referee suite compares with the real releases (referee/test_history.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmlint.signatures import history
from lstmlint.signatures.keras3 import REQUIRED, SIGNATURES

NEWEST = max((name for name in history.releases() if history.line(name) == "3"), key=lambda name: int(name[2:]))
BASE = {"name", "trainable", "dtype", "autocast", "activity_regularizer", "input_shape", "input_dim"}


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


def test_agrees_with_the_newest_signatures() -> None:
    for name, own in SIGNATURES.items():
        accepted = history.arguments("layers", name, NEWEST)
        assert accepted is not None, name
        assert {key: accepted.get(key, "absent") for key in own} == own, name
        assert not accepted.keys() - own.keys() - BASE, name


def test_size() -> None:
    assert (Path(history.__file__).parent / "history.json").stat().st_size < 300_000
