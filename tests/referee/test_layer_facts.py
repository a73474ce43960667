"""Compare the attributes that describe a layer class with real Keras, for every class that Keras can build here."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras")

import numpy as np  # noqa: E402

from lstmlint.layers import find  # noqa: E402
from lstmlint.layers.base import Layer  # noqa: E402
from lstmlint.signatures.keras3 import REQUIRED, SIGNATURES  # noqa: E402

pytestmark = pytest.mark.referee
L = keras.layers
BASE = L.Layer
STEPS = 7

# Argument -> value, for the arguments without a default.
VALUES: dict[str, Any] = {
    "output_size": 3, "rate": 0.5, "pool_size": 2, "height": 4, "width": 4, "filters": 3, "kernel_size": 2, "units": 3,
    "equation": "abc,bd->adc", "input_dim": 300, "output_dim": 3, "stddev": 0.5, "head_dim": 2, "num_query_heads": 2,
    "num_key_value_heads": 1, "max_number": 3, "num_heads": 2, "key_dim": 2, "factor": 0.5, "height_factor": 0.5,
    "width_factor": 0.5, "n": 2, "scale": 2.0, "target_shape": (3, STEPS), "num_bins": 5, "axes": 1,
}  # fmt: skip
# Arguments of one class, such as those without which it would have no effect.
CONFIGS: dict[str, Callable[[], dict[str, Any]]] = {
    "Activation": lambda: {"activation": "tanh"},
    "Bidirectional": lambda: {"layer": L.LSTM(2, return_sequences=True)},
    "CategoryEncoding": lambda: {"num_tokens": 300},
    "Discretization": lambda: {"bin_boundaries": [0.5]},
    "Cropping2D": lambda: {"cropping": 1},
    "Embedding": lambda: {"mask_zero": True},
    "EinsumDense": lambda: {"output_shape": (3, 3)},
    "GroupNormalization": lambda: {"groups": 1},
    "Masking": lambda: {"mask_value": 1.0},
    "Normalization": lambda: {"mean": [1.0, 2.0, 3.0], "variance": [4.0, 4.0, 4.0]},
    "Permute": lambda: {"dims": (2, 1)},
    "Pipeline": lambda: {"layers": [L.Rescaling(2.0)]},
    "RandomColorJitter": lambda: {"brightness_factor": 0.5},
    "RandomShear": lambda: {"x_factor": 0.5},
    "RNN": lambda: {"cell": L.LSTMCell(2)},
    "RandomGrayscale": lambda: {"factor": 1.0},
    "RandomPosterization": lambda: {"factor": 4},
    "ReversibleEmbedding": lambda: {"mask_zero": True},
    "SpectralNormalization": lambda: {"layer": L.Dense(3)},
    "StackedRNNCells": lambda: {"cells": [L.LSTMCell(2)]},
    "TimeDistributed": lambda: {"layer": L.Dense(3)},
}
# These cannot be built on the NumPy backend.
OTHER_BACKENDS = {
    "FlaxLayer", "HashedCrossing", "Hashing", "IntegerLookup", "JaxLayer", "StringLookup", "TFSMLayer", "TextVectorization",
    "TorchModuleWrapper",
}  # fmt: skip
ABSTRACT = {"InputLayer", "Layer", "Lambda", "Wrapper"}
# Keras 3 passes the mask to these in a shape that their calls refuse.
REFUSE_MASKS = {"ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Softmax"}
NAMES = sorted(SIGNATURES.keys() - OTHER_BACKENDS - ABSTRACT)


def facts_of(name: str) -> type[Layer]:
    found = find(name)
    assert found is not None, name
    return found


def make(name: str, **more: Any) -> Any:
    required = {key: VALUES[key] for key, value in SIGNATURES[name].items() if value is REQUIRED and key in VALUES}
    return getattr(L, name)(**{**required, **CONFIGS.get(name, dict)(), **more})


@cache
def shape_of(name: str) -> tuple[int, ...] | None:
    """A shape that the class takes as its only input: (batch, timesteps, ...); None if there is none."""
    if name == "STFTSpectrogram":
        return (2, 600, 1)
    for shape in (
        ((2, STEPS, 8, 3),)
        if is_image_layer(name)
        else ((2, STEPS, 3), (2, STEPS, 8, 3), (2, STEPS, 4, 4, 3), (2, STEPS, 4, 4, 4, 3), (2, STEPS), (2, 5))
    ):
        try:
            make(name)(keras.Input(batch_shape=shape))
        except Exception:
            continue
        return shape
    return None


def is_image_layer(name: str) -> bool:
    return ".image_preprocessing." in getattr(L, name).__module__


def numbers(name: str) -> Any:
    """Positive integers, which an Embedding and an image layer take as well."""
    largest = 200 if is_image_layer(name) else 9
    return np.random.default_rng(1).integers(1, largest, shape_of(name) or (2, STEPS, 3)).astype("float32")


def run(layer: Any, value: Any, training: bool = False) -> Any:
    """The output for one input: attention attends to the input itself."""
    if isinstance(layer, L.Attention | L.AdditiveAttention):
        output = layer([value, value], training=training)
    elif isinstance(layer, L.MultiHeadAttention | L.GroupQueryAttention):
        output = layer(value, value, training=training)
    elif layer._call_has_training_arg:
        output = layer(value, training=training)
    else:
        output = layer(value)
    return output


def single_input(name: str) -> bool:
    facts = facts_of(name)
    return (
        not (facts.merges_lists or facts.needs_states or issubclass(facts, attention()))
        and name != "MaxNumBoundingBoxes"
    )


def attention() -> tuple[type[Layer], ...]:
    return tuple(
        facts_of(name) for name in ("Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention")
    )


SINGLE = [name for name in NAMES if single_input(name)]
TIMED = [*SINGLE, "Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"]


def test_every_class_is_tested() -> None:
    assert {name for name in SINGLE if shape_of(name) is None} == set()
    assert {name for name in SIGNATURES if find(name) is None} == {
        "FlaxLayer", "JaxLayer", "Layer", "TFSMLayer", "TorchModuleWrapper", "Wrapper"
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_class(name: str) -> None:
    facts, layer = facts_of(name), make(name)
    assert facts.built_when_made == layer.built
    takes = list(inspect.signature(type(layer).build).parameters.values())[1:]
    required = tuple(one.name for one in takes if one.default is one.empty)
    optional = tuple(one.name for one in takes if one.default is not one.empty)
    if not layer.built and not facts.needs_states:
        assert (facts.build_shapes, facts.optional_build_shapes) == (required, optional)
    assert facts.quantizable == (type(layer).quantize is not BASE.quantize)
    assert facts.is_activation == (".activations." in type(layer).__module__)
    assert facts.merges_lists == (".merging." in type(layer).__module__)


@pytest.mark.parametrize("name", NAMES)
def test_masks(name: str) -> None:
    facts, layer = facts_of(name), make(name)
    if name in ("Embedding", "ReversibleEmbedding"):
        assert facts.makes_mask
        assert made_mask(layer, numbers(name), None)
        return
    assert facts.supports_masking == layer.supports_masking
    if facts.merges_lists and name != "Dot":
        value, mask = np.ones((2, STEPS, 3), "float32"), np.ones((2, STEPS), bool)
        made = {masks: made_mask(make(name), [value, value], [mask if masked == "1" else None for masked in masks])
                for masks in ("11", "10", "01", "00")}  # fmt: skip
        wanted = {"11": True, "10": facts.masked_inputs == "any", "01": facts.masked_inputs == "any", "00": False}
        assert made == wanted
    elif facts.supports_masking and shape_of(name) is not None and name not in REFUSE_MASKS:
        shape = shape_of(name) or ()
        more = {"return_sequences": True} if "return_sequences" in SIGNATURES[name] else {}
        masked = made_mask(make(name, **more), numbers(name), np.ones(shape[:2], bool))
        assert masked == (facts.masked_inputs == "first")
        assert facts.makes_mask == made_mask(make(name, **more), numbers(name), None)


def made_mask(layer: Any, value: Any, masks: Any) -> bool:
    """Check whether the output of a call carries a mask."""
    value = keras.tree.map_structure(keras.ops.convert_to_tensor, value)
    for tensor, mask in zip(value, masks, strict=True) if isinstance(value, list) else [(value, masks)]:
        if mask is not None:
            keras.src.backend.set_keras_mask(tensor, mask)
    return keras.src.backend.get_keras_mask(layer(value)) is not None


@pytest.mark.parametrize("name", [name for name in TIMED if shape_of(name) != (2, 5)])
def test_timesteps(name: str) -> None:
    """Change one timestep: which outputs change, and which of them with that timestep masked?"""
    facts, shape = facts_of(name), shape_of(name) or (2, STEPS, 3)
    if is_image_layer(name) or len(shape) < 3 or name in ("CategoryEncoding", "STFTSpectrogram"):
        pytest.skip("takes no sequences")
    layer = make(name)
    before = numbers(name) / 9
    after = before.copy()
    after[:, 3] += 0.5
    outputs = [np.asarray(run(layer, value)) for value in (before, after)]
    aligned = outputs[0].ndim > 2 and outputs[0].shape[1] == STEPS
    others = [step for step in range(STEPS) if step != 3]
    mixes = not aligned or not np.allclose(outputs[0][:, others], outputs[1][:, others])
    assert facts.mixes_timesteps == mixes
    if len(shape) == 3:
        assert facts.removes_timesteps == (outputs[0].ndim < 3 and "return_sequences" not in SIGNATURES[name])
    if not mixes or not facts.supports_masking or name in REFUSE_MASKS:
        assert not facts.uses_mask or name in REFUSE_MASKS
        return
    mask = np.ones(shape[:2], bool)
    mask[:, 3] = False
    for index, value in enumerate((before, after)):
        tensor = keras.ops.convert_to_tensor(value)
        keras.src.backend.set_keras_mask(tensor, mask)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GroupedQueryAttention warns about layers inside it
            outputs[index] = np.asarray(run(layer, tensor))
    first, second = (output[:, others] if aligned else output for output in outputs)
    assert facts.uses_mask == np.allclose(first, second)


@pytest.mark.filterwarnings("ignore")  # random images may be divided by 0
@pytest.mark.parametrize("name", SINGLE)
def test_values(name: str) -> None:
    facts, value = facts_of(name), numbers(name)
    value.flat[0] = -1.0 if not is_image_layer(name) else 1.0
    value.flat[-3:] = 1.0
    if name in ("Embedding", "ReversibleEmbedding", "CategoryEncoding"):
        value = np.abs(value)
    layer = make(name)
    output = np.asarray(run(layer, value))
    same = output.shape == value.shape and np.array_equal(output, value)
    trained = (np.asarray(run(layer, value, training=True)) for _ in range(10))
    acts = same and any(one.shape != value.shape or not np.array_equal(one, value) for one in trained)
    assert facts.training_only == acts
    assert facts.keeps_values == (
        output.size == value.size and np.array_equal(np.sort(output.flat), np.sort(value.flat))
    )
    assert not facts.drops_units or "rate" in SIGNATURES[name]


@pytest.mark.parametrize("name", [name for name in SINGLE if facts_of(name).activation])
def test_activation(name: str) -> None:
    value = numbers(name) / 9
    wanted = keras.activations.get(facts_of(name).activation)(keras.ops.convert_to_tensor(value))
    assert np.allclose(make(name)(value), wanted)


@pytest.mark.parametrize("name", [name for name in SINGLE if "activation" in SIGNATURES[name] and name != "Activation"])
def test_applies_activation(name: str) -> None:
    value = numbers(name) / 9
    plain, active = make(name, activation="linear"), make(name, activation="sigmoid")
    output = plain(value)
    active(value)
    active.set_weights(plain.get_weights())
    assert facts_of(name).applies_activation == np.allclose(active(value), keras.ops.sigmoid(output), atol=1e-6)


# A Pipeline takes what the layers in it take.
@pytest.mark.parametrize("name", [name for name in SINGLE if name != "Pipeline"])
@pytest.mark.parametrize("structure", [list, dict])
def test_structures(name: str, structure: type) -> None:
    """One tensor in a list or a dict: refused, taken for the tensor, or taken for one with another axis."""
    facts, shape = facts_of(name), shape_of(name) or ()

    def call(layer: Any) -> Any:
        value = keras.Input(batch_shape=shape)
        try:
            return layer([value] if structure is list else {"a": value})
        except Exception:
            return None

    output = call(make(name))
    taken = facts.takes_structures or facts.maps_structures
    assert (output is not None) == (taken or (facts.stacks_lists and structure is list))
    if not taken and output is None:
        layer = make(name)
        layer(keras.Input(batch_shape=shape))
        assert (call(layer) is not None) == facts.takes_structures_when_built


@pytest.mark.parametrize("name", NAMES)
def test_aliases(name: str) -> None:
    """Names of one class in Keras are names of one class here."""
    assert facts_of(name) is facts_of(getattr(L, name).__name__)
