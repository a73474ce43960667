"""Two versions of a model as one graph, and the page that shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.drawing.changes import compared
from tests.commandline import Shell, layer, sequential
from tests.test_html import Page

EXAMPLES = Path(__file__).parent.parent / "examples"


def dense(name: str, units: int = 4, **config: Any) -> dict[str, Any]:
    """Return a Dense layer as Keras 2 writes it."""
    return layer("Dense", name, units=units, **config)


def chain(*layers: dict[str, Any]) -> Any:
    """Return a Sequential that begins with a Dense `in`."""
    return sequential("m", dense("in", batch_input_shape=[None, 3]), *layers)


def inner(*layers: dict[str, Any], name: str = "inner") -> Any:
    """Return a nested model."""
    return {**sequential(name, dense("i", batch_input_shape=[None, 4]), *layers), "name": name}


def graph(ends: tuple[str, str], *layers: dict[str, Any]) -> Any:
    """Return a functional model."""
    first, last = ends
    config = {"name": "m", "layers": list(layers), "input_layers": [[first, 0, 0]], "output_layers": [[last, 0, 0]]}
    return {"class_name": "Functional", "config": config}


def after(name: str, *sources: str, class_name: str = "Dense", **config: Any) -> dict[str, Any]:
    """Return a layer that takes the outputs of others."""
    return layer(class_name, name, [[[source, 0, 0, {}] for source in sources]] if sources else [], **config)


INPUT = after("x", class_name="InputLayer", batch_input_shape=[None, 4])


@pytest.mark.parametrize(
    ("old", "new", "nodes", "edges"),
    [
        (chain(dense("a")), chain(dense("a")), ["in", "a"], ["in a"]),
        (chain(), chain(dense("a")), ["in", "+a"], ["+in a"]),
        (chain(dense("a"), dense("b")), chain(dense("b")), ["in", "-a", "b"], ["+in b", "-in a", "-a b"]),
        (chain(dense("a", 4)), chain(dense("a", 5)), ["in", "~a"], ["in a"]),
        (chain(dense("a", 4), dense("b")), chain(dense("a", 5), dense("b")), ["in", "~a", "~b"], ["in a", "~a b"]),
        (chain(dense("old", 7, activation="relu")), chain(layer("Dropout", "new", rate=0.5)), ["in", "-old", "+new"], ["+in new", "-in old"]),
        (chain(inner(dense("j"))), chain(inner(dense("j", 5))), ["in", "~inner", "inner/i", "~inner/j"], ["in inner", "inner/i inner/j"]),
        (chain(inner(dense("j"))), chain(), ["in", "-inner", "-inner/i", "-inner/j"], ["-in inner", "inner/i inner/j"]),
        (chain(), chain(inner(dense("j"))), ["in", "+inner", "+inner/i", "+inner/j"], ["+in inner", "inner/i inner/j"]),
        (
            graph(("x", "c"), INPUT, after("a", "x", units=4), after("c", "a", units=4)),
            graph(("x", "c"), INPUT, after("a", "x", units=4), after("c", "x", units=4)),
            ["x", "a", "~c"],
            ["x a", "+x c", "-a c"],
        ),
        (chain(dense("a"), dense("a")), chain(dense("a")), ["in", "a", "-a#2"], ["in a", "-a a#2"]),
    ],
)  # fmt: skip
def test_marks(old: Any, new: Any, nodes: list[str], edges: list[str]) -> None:
    found = lstmlint.diff(json.dumps(old).encode(), json.dumps(new).encode())
    marked = compared(found, lambda change: [change.kind])
    assert marked is not None
    signs = {"": "", "added": "+", "removed": "-", "changed": "~"}
    every = list(marked.graph.walk())
    graphs = [marked.graph, *(node.nested for node in every if node.nested is not None)]
    assert [signs[node.mark] + node.id for node in every] == nodes
    assert [f"{signs[edge.mark]}{edge.source} {edge.target}" for one in graphs for edge in one.edges] == edges
    assert [marked.rows[node.id].name for node in every] == [node.name for node in every]
    assert all((node.mark == "changed") == bool(node.notes) for node in every)


def test_large_models_are_cut() -> None:
    old, new = (chain(*(dense(f"{name}{i}") for i in range(9))) for name in "ab")
    found = lstmlint.diff(json.dumps(old).encode(), json.dumps(new).encode())
    marked = compared(found, lambda change: [], most=4)
    assert marked is not None
    assert marked.graph.left_out == 6


def test_the_page(shell: Shell) -> None:
    old, new = (str(EXAMPLES / name) for name in ("lstm_4_2.json", "lstm_4_2_wider.json"))
    done = shell("diff", old, new, "--format", "html", "--max-increase", "100")
    assert done.code == 1
    model = Page(done.out).model()
    assert [(row["name"], row["mark"], row["changes"]) for row in model["layers"]] == [
        ("input", "", []),
        ("lstm", "changed", ["units: 3 → 6", "output shape: (None, 3) → (None, 6)", "params: 72 → 216", "trainable params: 72 → 216"]),
        ("dense", "added", []),
    ]  # fmt: skip
    assert model["graphs"][0]["edges"] == [[0, 1, "(None, 4, 2)", "", ""], [1, 2, "(None, 6)", "", "added"]]
    assert model["totals"][0] == ["Params", "72 → 223, +151 (+209.7%)"]
    assert ["Output layers", "lstm → dense"] in model["totals"]
    assert model["compared"]
    assert [found["code"] for found in model["findings"]] == ["C511"]


def test_findings_that_are_gone_and_files_that_are_not_read(shell: Shell) -> None:
    shell.write("good.json", chain(dense("a", activation="relu"), dense("b")))
    shell.write("bad.json", chain(dense("a", activation="relu"), dense("b", units=-1)))
    shell.write("broken.json", "{")
    page = Page(shell("diff", "bad.json", "good.json", "--format", "html").out)
    assert [found["gone"] for found in page.model()["findings"]] == [True]
    same = Page(shell("diff", "good.json", "good.json", "--format", "html", "--max-increase", "5%").out).model()
    assert same["notes"] == ["The models are the same.", "Within --max-increase 5%."]
    assert same["totals"][0] == ["Params", "56, unchanged"]
    broken = Page(shell("diff", "good.json", "broken.json", "--format", "html").out).model()
    assert broken["notes"] == ["broken.json cannot be read, so there is nothing to compare."]
    incomplete = Page(shell("diff", "bad.json", "good.json", "--format", "html").out).model()
    assert incomplete["notes"] == ["The old totals are incomplete. Unknown: b (Dense)."]


def test_folders(shell: Shell) -> None:
    for folder, units in (("old", 4), ("new", 5)):
        shell.write(f"{folder}/changed.json", chain(dense("a", units)))
        shell.write(f"{folder}/same.json", chain())
        shell.write(f"{folder}/only_{folder}.json", chain())
    page = Page(shell("diff", "old", "new", "--format", "html").out)
    assert [(entry["path"], entry["count"], entry["first"]) for entry in page.index["models"]] == [
        ("new/changed.json", "+5 (+13.9%)", "1 changed, 1 unchanged"),
        ("only_old.json", "", "removed"),
        ("only_new.json", "", "added"),
    ]
    assert page.index["summary"] == "2 models in both folders, 1 of them with differences."
    assert page.model(1)["notes"] == ["The file was removed."]
