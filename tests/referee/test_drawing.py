"""The graph of a model against `keras.utils.model_to_dot`, which needs pydot: its layers, connections and shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore::UserWarning")]
keras = pytest.importorskip("keras")
pytest.importorskip("pydot")

from keras import layers  # noqa: E402

from lstmlint.drawing.graph import Graph, build  # noqa: E402
from lstmlint.drawing.picture import draw  # noqa: E402
from tests.compat_models import MODELS  # noqa: E402
from tests.referee.common import summarize  # noqa: E402


def siamese() -> Any:
    tower = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(2)], name="tower")
    a, b = keras.Input((8,)), keras.Input((8,))
    return keras.Model([a, b], layers.Subtract()([tower(a), tower(b)]))


def deep() -> Any:
    x = keras.Input((4,))
    inner = keras.Model(x, [layers.Dense(3, name="p")(x), layers.Dense(2, name="q")(x)], name="inner")
    y = keras.Input((4,))
    p, q = inner(y)
    middle = keras.Model(y, [q, layers.Softmax()(p)], name="middle")
    z = keras.Input((4,))
    r, s = middle(z)
    return keras.Model(z, [layers.Concatenate()([r, s]), r])


def shared_steps() -> Any:
    a, b = keras.Input((5, 3)), keras.Input((5, 3))
    lstm, dense = layers.LSTM(4, return_state=True), layers.Dense(2)
    x, h, c = lstm(a)
    y, _, _ = lstm(b, initial_state=[h, c])
    return keras.Model([a, b], [dense(x), dense(y)])


def in_order() -> Any:
    return keras.Sequential(
        [keras.Input((6,)), keras.Sequential([layers.Dense(4), keras.Sequential([layers.Dense(3)])]), layers.Dense(2)]
    )


def unet() -> Any:
    i = x = keras.Input((16, 16, 3))
    skips = []
    for units in (4, 8):
        x = layers.Conv2D(units, 3, padding="same")(x)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    for skip in reversed(skips):
        x = layers.Concatenate()([layers.UpSampling2D()(x), skip])
    return keras.Model(i, x)


OWN = {"siamese": siamese, "deep": deep, "shared": shared_steps, "in order": in_order, "unet": unet}
APPLICATIONS = {
    name: lambda name=name: getattr(keras.applications, name)(weights=None, input_shape=(64, 64, 3), include_top=False)
    for name in ("ResNet50", "MobileNetV2", "EfficientNetB0", "DenseNet121")
}
RENAMED = {"GroupedQueryAttention": "GroupQueryAttention"}  # class -> how Keras writes it
ALL = MODELS | OWN | APPLICATIONS
ALL.pop("slice")  # the numpy backend cannot call it


def operations_of(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each layer with its path, those of nested models after the model. A Sequential has no InputLayer here."""
    sequential = isinstance(model, keras.Sequential)
    for operation in model.layers if sequential else model._operations:
        yield prefix + operation.name, operation
        if hasattr(operation, "_operations") or isinstance(operation, keras.Sequential):
            yield from operations_of(operation, f"{prefix}{operation.name}/")


def drawn(dot: Any) -> Iterator[Any]:
    """Yield a graph of pydot and those inside it."""
    yield dot
    for inner in dot.get_subgraphs():
        yield from drawn(inner)


def inputs_of_sequentials(graph: Graph, model: Any) -> set[str]:
    """Return the ids of the InputLayers in Sequentials, which Keras does not draw."""
    sequentials = {path for path, one in operations_of(model) if isinstance(one, keras.Sequential)}
    names = {node.id for node in graph.walk() if node.class_name == "InputLayer"}
    outer = isinstance(model, keras.Sequential)
    return {name for name in names if name.rpartition("/")[0] in sequentials or (outer and "/" not in name)}


def without(edges: set[tuple[str, str]], hidden: set[str]) -> set[tuple[str, str]]:
    """Return edges in which those to and from hidden nodes are joined."""
    for name in hidden:
        before = {source for source, target in edges if target == name}
        after = {target for source, target in edges if source == name}
        edges = {edge for edge in edges if name not in edge} | {(a, b) for a in before for b in after}
    return edges


@pytest.mark.parametrize("name", ALL)
def test_layers_connections_and_shapes(name: str) -> None:
    model = ALL[name]()
    if not model.built:
        pytest.skip("Keras draws no model that is not built")
    summary = summarize(model.to_json())
    paths: dict[str, str] = {}
    for path, operation in operations_of(model):
        paths.setdefault(str(id(operation)), path)
    for expand in (False, True):
        dot = keras.utils.model_to_dot(model, show_shapes=True, expand_nested=expand)
        graphs = list(drawn(dot))
        nodes = {node.get_name(): node for one in graphs for node in one.get_nodes() if node.get_name() in paths}
        ends = [(edge.get_source(), edge.get_destination()) for one in graphs for edge in one.get_edges()]
        # Keras draws arrows from operations that compute masks, but not these, which are not part of the model.
        expected = {(paths[a], paths[b]) for a, b in ends if a in paths and b in paths}
        graph = build(summary)
        hidden = inputs_of_sequentials(graph, model)
        if not expand:
            found = {(edge.source, edge.target) for edge in graph.edges}
            boxes = {node.id for node in graph.nodes}
        else:
            graph.repeats = []
            for node in list(graph.walk()):
                if node.class_name == "TimeDistributed":  # Keras draws no model inside a wrapper
                    node.nested = None
                if node.nested is not None:
                    node.nested.repeats = []
            picture = draw(graph, [], 99, 10**6)
            found = {(picture.boxes[link.source].path, picture.boxes[link.target].path) for link in picture.links}
            boxes = {box.path for box in picture.boxes}
        assert {paths[node] for node in nodes} == boxes - hidden
        assert expected == without(found, hidden)
        by_id = {node.id: node for node in graph.walk()}
        for node, drawing in nodes.items():
            ours, label = by_id[paths[node]], drawing.get_label()
            if ours.class_name == "Lambda":  # lstmlint runs no code
                continue
            written = re.search(r"<b>(.*?)</b> \((\w+)\)", label)
            assert written
            assert (ours.name, ours.class_name) == (written[1], RENAMED.get(written[2], written[2]))
            for side, text in (("Input", ours.input_text), ("Output", ours.output_text)):
                shape = re.search(rf"{side} shape: <b>(.*?)</b>", label)
                masked = side == "Input" and len(ours.input_shapes) == 1 and shape and shape[1].startswith(f"[{text}, ")
                if shape and shape[1][0] in "([" and ours.calls < 2 and not masked:  # Keras counts masks as inputs
                    assert text == shape[1], (ours.name, side)
