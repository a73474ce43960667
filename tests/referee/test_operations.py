"""Every operation of keras.ops against real Keras: example calls of every function, random nodes of every class."""

from __future__ import annotations

import inspect
import json
import os
from random import Random
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras")

from lstmlint.layers import ops as operations  # noqa: E402
from lstmlint.signatures.operations import SIGNATURES  # noqa: E402
from tests.op_nodes import inferred, model_of, tensor  # noqa: E402
from tests.referee.common import compare, errors_of, summarize  # noqa: E402
from tests.referee.op_ask import NODES, ask  # noqa: E402
from tests.referee.op_draws import damage, draw  # noqa: E402
from tests.referee.op_recipes import RECIPES, REFUSED  # noqa: E402

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]


def build(recipe: Any) -> Any:
    """Build the functional model of a recipe."""
    inputs: list[Any] = []

    def make(*shape: int | None, dtype: str = "float32") -> Any:
        inputs.append(keras.Input(batch_shape=shape, dtype=dtype))
        return inputs[-1]

    outputs = recipe(keras.ops, make)
    return keras.Model(inputs, outputs)


def functions() -> set[str]:
    """Return every public function of keras.ops."""
    found = set()
    for space in ("", "image", "linalg", "nn", "numpy"):
        module = getattr(keras.ops, space) if space else keras.ops
        for name in dir(module):
            if inspect.isfunction(getattr(module, name)) and not (space and hasattr(keras.ops, name)):
                found.add(f"{space}.{name}" if space else name)
    return found


def test_every_function_has_a_recipe_or_is_refused() -> None:
    assert functions() - operations.NOT_OPERATIONS.keys() - REFUSED.keys() - RECIPES.keys() == set()
    assert RECIPES.keys() | REFUSED.keys() == functions()
    assert operations.covered().keys() | operations.NOT_OPERATIONS.keys() == functions()
    assert not RECIPES.keys() & REFUSED.keys()


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_calls_as_people_write_them(name: str) -> None:
    for number, recipe in enumerate(RECIPES[name]):
        model = build(recipe)
        config = model.to_json()
        keras.models.model_from_json(config)
        assert compare(model, config) == [], number


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_functions_that_no_model_holds(name: str) -> None:
    with pytest.raises(Exception):
        keras.models.model_from_json(build(REFUSED[name]).to_json())


@pytest.mark.parametrize("name", NODES)
def test_random_nodes(name: str) -> None:
    random = Random(name)
    for _ in range(12):
        agree(draw(random, name))


@pytest.mark.parametrize("name", NODES)
def test_damaged_nodes(name: str) -> None:
    random = Random(f"{name} damaged")
    for _ in range(4):
        node = damage(random, draw(random, name))
        if node is not None:
            agree(node)


def agree(node: dict[str, Any]) -> None:
    """Assert the same verdict, shapes and dtypes."""
    theirs = ask(node)
    ours, problems = inferred(node, 1 if theirs is None else len(theirs))
    assert not any(problem.startswith("E099") for problem in problems), (node, problems)
    if theirs is None:
        assert problems, (node, ours)
    else:
        assert not problems, (node, theirs, problems)
        assert ours == theirs, node


def test_signatures_are_those_of_this_keras() -> None:
    from importlib import import_module

    for name, (module, _, init, _) in SIGNATURES.items():
        cls = getattr(import_module(f"keras.src.ops.{module}"), name)
        known = inspect.signature(cls.__init__).parameters
        assert all(argument.lstrip("*") in known for argument in init), name


@pytest.mark.parametrize(
    "module", ["keras.src.ops", "keras.src.ops.numpy", "keras.src.ops.nn", "keras.ops", "keras.layers"]
)
@pytest.mark.parametrize("name", ["Sum", "Reshape", "Resize", "Relu"])
def test_modules(module: str, name: str) -> None:
    config = {"Reshape": {"newshape": [-1]}, "Resize": {"size": [2, 2]}}.get(name, {})
    model = model_of({"op": name, "config": config, "args": [tensor(None, 4, 4, 3)]})
    model["config"]["layers"][-1]["module"] = module
    try:
        keras.models.model_from_json(json.dumps(model))
        loads = True
    except Exception:
        loads = False
    assert bool(errors_of(summarize(model))) != loads
