"""A model as a graph: its nodes and edges against the rows of the analysis, and repeated blocks against their definition."""

from __future__ import annotations

import json
import pickle
import time
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lstmlint import analyze, analyze_all
from lstmlint.drawing.graph import Graph, Ids, build, split
from lstmlint.drawing.repeats import Repeat, find_repeats
from lstmlint.inference.summary import ModelSummary
from lstmlint.report import FileReport
from tests.python_snippets import FOLDER
from tests.test_compat_verdicts import ROWS
from tests.test_reading import built, subclassed_file

EXAMPLES = Path(__file__).parent.parent / "examples"


def graph_of(source: Any) -> Graph:
    report = analyze(source)
    assert report.model is not None, report.findings
    return build(report.model, report.findings)


def compare(model: ModelSummary, graph: Graph) -> None:
    """Check the nodes and edges of a graph against the rows of the summary, and those of the nested models."""
    assert [node.pointer for node in graph.nodes] == [row.pointer for row in model.layers]
    by_id = {node.id: row for node, row in zip(graph.nodes, model.layers, strict=True)}
    feeds = {(id(by_id[edge.source]), id(by_id[edge.target])) for edge in graph.edges}
    assert feeds == {(id(row), id(consumer)) for row in model.layers for consumer in row.consumers}
    entering = {(id(by_id[edge.source]), id(by_id[edge.target])) for edge in graph.edges if "in call" not in edge.label}
    assert entering >= {(id(source), id(row)) for row in model.layers for source in row.inbound if row.calls == 1}
    nodes = {node.id: node for node in graph.nodes}
    for edge in graph.edges:
        made = nodes[edge.source]
        assert edge.shape in (*made.output_shapes, made.output_text, "?") or "of call" in edge.label
    if model.spec.wired and not model.spec.sequential:
        assert {id(by_id[name]) for name in graph.outputs} == {id(row) for row in model.output_layers}
    for node, row in zip(graph.nodes, model.layers, strict=True):
        assert (node.nested is None) == (row.nested is None)
        if node.nested is not None and row.nested is not None:
            compare(row.nested, node.nested)


def check(report: FileReport) -> Graph | None:
    """Compare the graph of a report, and check that it is plain data."""
    if report.model is None:
        return None
    graph = build(report.model, report.findings)
    compare(report.model, graph)
    ids = [node.id for node in graph.walk()]
    assert len(ids) == len(set(ids))
    assert pickle.loads(pickle.dumps(graph)) == graph
    assert json.loads(json.dumps(graph.to_dict())) == graph.to_dict()
    placed = {i for node in graph.walk() for i in node.findings} | set(graph.findings)
    assert placed == set(range(len(report.findings)))
    return graph


def test_recorded_models() -> None:
    graphs = [check(analyze(row["document"])) for row in ROWS if row["saved_by"] == "3.15"]
    assert len(graphs) > 60


def test_examples() -> None:
    paths = [path for path in sorted(EXAMPLES.rglob("*")) if path.suffix in (".json", ".yaml", ".h5", ".py")]
    graphs = [check(report) for path in paths for report in analyze_all(path)]
    assert len([graph for graph in graphs if graph is not None]) > 15


def test_models_of_programs() -> None:
    paths = [path for path in sorted(FOLDER.iterdir()) if path.suffix in (".py", ".ipynb")]
    graphs = [check(report) for path in paths for report in analyze_all(path)]
    found = [graph for graph in graphs if graph is not None]
    assert len(found) > 300
    assert any(node.nested is not None for graph in found for node in graph.nodes)


PROGRAM = """
import keras
from keras import layers, ops
{body}
"""


def program(body: str) -> Graph:
    return graph_of(PROGRAM.format(body=body).encode())


def edges(graph: Graph) -> list[tuple[str, str, str, str]]:
    return [(edge.source, edge.target, edge.shape, edge.label) for edge in graph.edges]


def test_shared_layers_and_several_outputs() -> None:
    graph = program("""
a, b = keras.Input((5, 3), name="a"), keras.Input((9, 3), name="b")
lstm = layers.LSTM(4, return_state=True, name="lstm")
dense = layers.Dense(2, name="dense")
x, h, c = lstm(a)
y, _, _ = lstm(b, initial_state=[h, c])
model = keras.Model([a, b], [layers.Concatenate(name="both")([dense(x), dense(y)]), ops.multiply(x, x)])
""")
    assert edges(graph) == [
        ("a", "lstm", "(None, 5, 3)", "in call 1"),
        ("b", "lstm", "(None, 9, 3)", "in call 2"),
        ("lstm", "lstm", "(None, 4)", "initial_state, output 2 of 3, of call 1, in call 2"),
        ("lstm", "lstm", "(None, 4)", "initial_state, output 3 of 3, of call 1, in call 2"),
        ("lstm", "dense", "(None, 4)", "output 1 of 3, of call 1, in call 1"),
        ("lstm", "dense", "(None, 4)", "output 1 of 3, of call 2, in call 2"),
        ("dense", "both", "(None, 2)", "of call 1"),
        ("dense", "both", "(None, 2)", "of call 2"),
        ("lstm", "multiply", "(None, 4)", "output 1 of 3, of call 1"),
    ]
    assert (graph.inputs, graph.outputs) == (["a", "b"], ["both", "multiply"])
    assert [(node.id, node.calls, node.operation) for node in graph.nodes if node.calls > 1 or node.operation] == [
        ("lstm", 2, False),
        ("dense", 2, False),
        ("multiply", 1, True),
    ]


def test_later_calls_have_their_own_shapes() -> None:
    graph = program("""
a, b = keras.Input((5, 3), name="a"), keras.Input((9, 3), name="b")
dense = layers.Dense(2, name="dense")
lstm = layers.LSTM(4, name="lstm")
model = keras.Model([a, b], layers.Add(name="add")([lstm(dense(a)), lstm(dense(b))]))
""")
    assert edges(graph)[2:4] == [
        ("dense", "lstm", "(None, 5, 2)", "of call 1, in call 1"),
        ("dense", "lstm", "(None, 9, 2)", "of call 2, in call 2"),
    ]


def test_nested_models() -> None:
    graph = program("""
tower = keras.Sequential([layers.Input((3,)), layers.Dense(2, name="dense")], name="tower")
i = keras.Input((3,), name="i")
inner = keras.Model(i, [tower(i), layers.Dense(5, name="other")(i)], name="inner")
a = keras.Input((3,), name="a")
x, y = inner(a)
model = keras.Model(a, layers.Concatenate(name="both")([x, y]))
""")
    assert [node.id for node in graph.walk()] == [
        "a", "inner", "inner/i", "inner/tower", "inner/tower/input_layer", "inner/tower/dense", "inner/other", "both",
    ]  # fmt: skip
    assert [(edge.source, edge.target, edge.output) for edge in graph.edges] == [
        ("a", "inner", 0), ("inner", "both", 0), ("inner", "both", 1),
    ]  # fmt: skip
    nested = graph.nodes[1].nested
    assert nested is not None
    assert nested.outputs == ["inner/tower", "inner/other"]


def test_sizes_that_a_program_does_not_state() -> None:
    graph = program("""
import sys
n = len(sys.argv)
x = keras.Input((n, 3), name="x")
shared = layers.Dense(n, name="shared")
lstm, state, _ = layers.LSTM(n, return_state=True, name="lstm")(shared(shared(layers.Dense(n)(x))))
model = keras.Model(x, layers.Add(name="add")([lstm, state]))
""")
    lstm = next(node for node in graph.nodes if node.name == "lstm")
    assert lstm.params is None
    assert "len(sys.argv)" in lstm.params_text
    assert lstm.output_shapes == ["(None, len(sys.argv))"] * 3
    assert [(edge.target, edge.shape) for edge in graph.edges] == [
        ("dense", "(None, len(sys.argv), 3)"),
        ("shared", "(None, len(sys.argv), len(sys.argv))"),
        ("shared", "(None, len(sys.argv), len(sys.argv))"),
        ("lstm", "(None, len(sys.argv), len(sys.argv))"),
        ("add", "(None, len(sys.argv))"),
        ("add", "(None, len(sys.argv))"),
    ]


def test_split() -> None:
    assert split("[(None, n), ?, (None, 2·(n + 1)), (f(a, b),)]") == [
        "(None, n)",
        "?",
        "(None, 2·(n + 1))",
        "(f(a, b),)",
    ]


def test_damaged_models() -> None:
    def layer(class_name: str, name: str, inbound: list[Any], **config: Any) -> dict[str, Any]:
        nodes = [[[source, *place, {}] for source, *place in inbound]] if inbound else []
        return {"class_name": class_name, "name": name, "config": {**config, "name": name}, "inbound_nodes": nodes}

    long = "d" * 1_000_000
    layers = [
        layer("InputLayer", "i", [], batch_input_shape=[None, 4]),
        layer("Unheard", "x", [("i", 0, 0)]),
        layer("Dense", long, [("x", 0, 0)], units=2),
        layer("Add", "last", [("missing", 0, 0), ("x", 0, 7), ("x", 3, 0), (long, 0, 0)]),
    ]
    ends = {"input_layers": [["i", 0, 0]], "output_layers": [["last", 0, 0]]}
    model = {"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "m", "layers": layers, **ends}}
    graph = graph_of(model)
    assert [node.id for node in graph.nodes] == ["i", "x", f"{'d' * 200}…", "last"]
    assert [(node.known, node.params_text) for node in graph.nodes[1:3]] == [(False, "?"), (True, "?")]
    assert edges(graph) == [
        ("i", "x", "(None, 4)", ""),
        ("x", graph.nodes[2].id, "?", ""),
        ("x", "last", "?", ""),
        ("x", "last", "?", ""),
        (graph.nodes[2].id, "last", "?", ""),
    ]


def test_paths_that_are_equal() -> None:
    inner = [{"class_name": "Dense", "config": {"units": 2, "name": name}} for name in ("b", "b/c")]
    layers = [
        {"class_name": "Sequential", "config": {"name": "a", "layers": inner}},
        {"class_name": "Dense", "config": {"units": 2, "name": "a/b"}},
    ]
    graph = graph_of({"class_name": "Sequential", "config": {"name": "m", "layers": layers}})
    assert [node.id for node in graph.walk()] == ["a", "a/b#2", "a/b/c", "a/b"]


def test_ids_of_equal_names() -> None:
    ids = Ids(["x"])
    assert [ids.new(name) for name in ("a", "a#2", "a", "a", "x", "a#2")] == ["a", "a#2", "a#3", "a#4", "x#2", "a#2#2"]


def test_unwired_model() -> None:
    dense = built("Dense", [2, 5], name="dense", units=3)
    graph = graph_of(subclassed_file(root_a=built("LSTM", [2, 7, 4], name="lstm", units=5), root_b=dense))
    assert [(node.name, node.output_text, node.params_text) for node in graph.nodes] == [
        ("lstm", "(None, 5)", "200"), ("dense", "(None, 3)", "18"),
    ]  # fmt: skip
    assert (graph.wired, graph.edges, graph.inputs, graph.outputs) == (False, [], [], [])


def test_most() -> None:
    report = analyze(PROGRAM.format(body="""
inner = keras.Sequential([layers.Input((3,)), layers.Dense(3), layers.Dense(3)])
model = keras.Sequential([layers.Input((3,)), inner, layers.Dense(3), layers.Dense(3), inner])
""").encode())  # fmt: skip
    assert report.model is not None
    for most in range(12):
        graph = build(report.model, report.findings, most)
        drawn = list(graph.walk())
        left_out = graph.left_out + sum(node.nested.left_out for node in drawn if node.nested is not None)
        assert len(drawn) <= most
        assert len(drawn) + left_out == len(list(report.model.walk()))
        for inner in (graph, *(node.nested for node in drawn if node.nested is not None)):
            ids = {node.id for node in inner.nodes}
            assert {name for edge in inner.edges for name in (edge.source, edge.target)} <= ids
            assert {*inner.inputs, *inner.outputs} <= ids


# Repeated blocks ------------------------------------------------------------------------------------------


def transformer(blocks: int) -> str:
    return f"""
t, m = keras.Input((16,), dtype="int32"), keras.Input((16, 16))
x = layers.Embedding(100, 8)(t)
for i in range({blocks}):
    y = layers.MultiHeadAttention(2, 4)(x, x, attention_mask=m)
    x = layers.LayerNormalization()(layers.Add()([x, layers.Dropout(0.1)(y)]))
    y = layers.Dense(8)(layers.Dense(32, activation="gelu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, y]))
model = keras.Model([t, m], layers.Dense(3)(x))
"""


@pytest.mark.parametrize("blocks", [2, 3, 12])
def test_blocks_of_a_transformer(blocks: int) -> None:
    graph = program(transformer(blocks))
    assert [(repeat.length, repeat.count) for repeat in graph.repeats] == [(8, blocks)]
    assert graph.nodes[graph.repeats[0].start].class_name == "MultiHeadAttention"


def test_blocks_of_a_resnet() -> None:
    graph = program("""
x = i = keras.Input((32, 32, 3), name="i")
for stage, (units, blocks) in enumerate([(8, 3), (16, 4)]):
    for block in range(blocks):
        name = f"stage{stage}_block{block}"
        stride = 2 if block == 0 else 1
        y = layers.Conv2D(units, 3, stride, padding="same", name=f"{name}_conv1")(x)
        y = layers.BatchNormalization(name=f"{name}_bn")(y)
        y = layers.ReLU(name=f"{name}_relu")(y)
        y = layers.Conv2D(units, 3, padding="same", name=f"{name}_conv2")(y)
        if block == 0:
            x = layers.Conv2D(units, 1, 2, name=f"{name}_shortcut")(x)
        x = layers.ReLU(name=f"{name}_out")(layers.Add(name=f"{name}_add")([x, y]))
model = keras.Model(i, layers.Flatten(name="flat")(x))
""")
    found = [(graph.nodes[repeat.start].name, repeat.length, repeat.count) for repeat in graph.repeats]
    assert found == [("stage0_block1_conv1", 6, 2), ("stage1_block1_conv1", 6, 3)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", [(1, 1, 6)]),
        ("if i == 3: outputs.append(x)", [(1, 1, 4)]),  # its output leaves the group
        ("if i == 3: x = layers.ReLU()(x)", [(1, 1, 4)]),
        ("if i == 2: x = layers.Dense(4, trainable=False)(x)", [(1, 1, 3), (5, 1, 3)]),
        ("outputs.append(x)", []),
        ("outputs.append(layers.Softmax()(a))", [(1, 1, 6)]),  # layers side by side are no blocks
    ],
)
def test_what_ends_a_group(change: str, expected: list[tuple[int, int, int]]) -> None:
    graph = program(f"""
x = a = keras.Input((4,))
outputs = []
for i in range(6):
    x = layers.Dense(4)(x)
    {change or "pass"}
model = keras.Model(a, [*outputs, layers.Softmax()(x)])
""")
    assert [(repeat.start, repeat.length, repeat.count) for repeat in graph.repeats] == expected


def equal_blocks(repeat: Repeat, tokens: list[int], sources: list[list[int]], ends: list[int]) -> bool:
    """Check the definition: every block is the one before it with other numbers, and nothing else uses what is inside."""
    start, length, end = repeat.start, repeat.length, repeat.end
    blocks = [range(first, first + length) for first in range(start, end, length)]
    for before, block in pairwise(blocks):
        entries: dict[int, int] = {}
        for node, other in zip(before, block, strict=True):
            if tokens[node] != tokens[other] or len(sources[node]) != len(sources[other]):
                return False
            for source, other_source in zip(sources[node], sources[other], strict=True):
                if source in before or before is not blocks[0]:
                    expected = source if source < start else source + length
                else:
                    expected = entries.setdefault(source, other_source)
                if other_source != expected or not (other_source < start or other_source >= before[0]):
                    return False
    inside = range(start, end - length)
    users = {source: node for node, feeding in enumerate(sources) for source in feeding if source in inside}
    return all(node < end for node in users.values()) and not set(ends) & set(inside)


def test_groups_are_what_they_claim_to_be() -> None:
    random = Random(1)
    found = 0
    for _ in range(1500):
        tokens: list[int] = []
        sources: list[list[int]] = []
        while len(tokens) < 40:
            length, kinds = random.randint(1, 6), random.randint(1, 4)
            block = [random.randrange(kinds) for _ in range(length)]
            offsets = [[random.randint(1, 3) for _ in range(random.randint(0, 2))] for _ in range(length)]
            for _ in range(random.randint(1, 5)):
                for token, back in zip(block, offsets, strict=True):
                    sources.append([len(tokens) - offset for offset in back if offset <= len(tokens)])
                    if random.random() < 0.02 and tokens:
                        sources[-1] = [random.randrange(len(tokens))]
                    tokens.append(token)
        ends = random.sample(range(len(tokens)), random.randint(0, 2))
        repeats = find_repeats(tokens, sources, ends, ["x"] * len(tokens))
        found += len(repeats)
        assert all(after.start >= before.end for before, after in pairwise(repeats))
        assert all(repeat.end <= len(tokens) for repeat in repeats)
        for repeat in repeats:
            assert equal_blocks(repeat, tokens, sources, ends), (repeat, tokens, sources, ends)
    assert found > 1000


@pytest.mark.parametrize("shape", ["equal", "random", "late"])
def test_time_is_linear(shape: str) -> None:
    def seconds(size: int) -> float:
        random = Random(1)
        tokens = [0 if shape != "late" or i % 500 else 1 + i // 500 % 3 for i in range(size)]
        sources = [[random.randrange(i) if shape == "random" else i - 1] if i else [] for i in range(size)]
        start = time.process_time()
        find_repeats(tokens, sources, [], [""] * size)
        return time.process_time() - start

    assert seconds(10_000) < 12 * seconds(2_000) + 0.2
