"""What is said of well-known layers of others."""

from __future__ import annotations

import pytest

from lstmlint import layers
from lstmlint.inference import Bindings, Inferrer
from lstmlint.layers.custom import PACKAGES, describe
from lstmlint.spec import LayerSpec


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


def test_the_finding_says_what_the_layer_is() -> None:
    run = Inferrer("keras3", Bindings())
    run.make(LayerSpec("tcn", "TCN", {}, module="tcn.tcn"))
    (problem,) = run.problems
    assert problem.code == "E004"
    assert "from the package keras-tcn. Its shapes and weights stay unknown" in problem.help
