"""The formats dot, mermaid and svg: what they draw, and that text from a file is nothing but text."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import lstmlint
from lstmlint.drawing.layers import Line, Shape, arrange
from lstmlint.drawing.layout import Layout, lay_out
from lstmlint.drawing.picture import Box, Cluster, Link, Picture, shorten
from lstmlint.reporting import Totals, View, load, mermaid
from lstmlint.reporting.escape import visible
from lstmlint.reporting.pictures import picture_of
from lstmlint.reporting.svg_document import STYLE
from tests.commandline import Shell, layer, sequential
from tests.test_graph import PROGRAM, transformer
from tests.test_reading import built, subclassed_file

EXAMPLES = Path(__file__).parent.parent / "examples"
HOSTILE = (
    'a"]; b["x', "a\nend", "end", "--> b", "a]-->b", "```", "`**x**`", "%%{init: {'theme': 'dark'}}%%", "%% x",
    "click n0 call alert()", "<script>alert(1)</script>", "javascript:alert(1)", "\\", "\\N\\G\\l", '\\"', "&quot;&#35;#35;",
    "$$x$$", "1. list", "- list", "fa:fa-car", "subgraph x", ":::error", "a@{shape: x}", "\u202e", "\x1b[31m", "\ud800", "\x00",
    "##[error]x", "::set-output name=x::y", "]]>", "--><svg onload=alert(1)>", "' onload='", "\u2028", "名前", "A" * 1_000_000,
)  # fmt: skip
NESTED = PROGRAM.format(
    body="""
tower = keras.Sequential([layers.Input((8,), name="t"), layers.Dense(4, name="d")], name="tower")
x = keras.Input((4,), name="x")
head = keras.Model(x, [layers.Dense(3, name="p")(x), layers.Dense(2, name="q")(x)], name="head")
a, b = keras.Input((8,), name="a"), keras.Input((8,), name="b")
p, q = head(layers.Subtract(name="minus")([tower(a), tower(b)]))
model = keras.Model([a, b], [layers.Softmax(name="out")(p), q])
"""
)


def hostile() -> dict[str, Any]:
    """A nested model with hostile names of layers, models and classes."""
    dense = [layer("Dense", name, units=2 + i) for i, name in enumerate(HOSTILE)]
    dense[0]["config"]["batch_input_shape"] = [None, 2]
    inner = sequential('in"ner]\n', *dense)
    unknown = [layer(name, f"unknown {i}") for i, name in enumerate(HOSTILE)]
    return sequential("-->`\n", inner, *unknown)


def written(format: str, source: Any, depth: int = 0, name: str | None = None) -> str:
    """Return the report about one source in a format."""
    module, totals, view = load(format), Totals(), View(depth=depth)
    reports = lstmlint.analyze_all(source, name=name)
    for report in reports:
        totals.add(report)
    return "".join(module.render([module.digest(report, view) for report in reports], totals, view))


# dot ------------------------------------------------------------------------------------------------------

STRING = r'"(?:[^"\\\n]|\\[\\"nl])*"'
STATEMENT = re.compile(
    rf"digraph lstmlint \{{|\}}|(?:graph|node|edge) \[[^\n]*\]|subgraph cluster_\w+ \{{"
    rf'|label={STRING}; peripheries=[01](?:; [\w="#, ]+)?|style="rounded(?:,dashed)?"'
    rf'|m\d+_\d* (?:-> m\d+_\d+ )?\[label={STRING}(?:, tooltip={STRING})?(?:, \w+=[\w"#,]+)*\]'
)


def labels(text: str) -> list[list[str]]:
    """Check that a report is a digraph and nothing else, and return the lines of its labels."""
    for line in text.splitlines():
        assert STATEMENT.fullmatch(line.strip()), line
    return [found[1:-1].replace("\\l", "\\n").split("\\n") for found in re.findall(rf"label=({STRING})", text)]


def test_dot() -> None:
    assert written("dot", EXAMPLES / "lstm_1_2.json", name="m.json").splitlines()[4:] == [
        "  subgraph cluster_m0 {",
        r'    label="m.json\llstm_1_2 (Functional), parameters: 16\l"; peripheries=0',
        r'    m0_0 [label="input\nInputLayer", tooltip="input"]',
        r'    m0_1 [label="lstm\nLSTM\n16 params\nwarning R201 single-timestep\noutput: (None, 1)", tooltip="lstm",'
        ' fillcolor="#ddf4ff", color="#bf8700", penwidth=2]',
        '    m0_0 -> m0_1 [label="(None, 1, 2)"]',
        "  }",
        "}",
    ]


def test_dot_of_nested_models() -> None:
    folded = labels(written("dot", NESTED.encode(), 0))
    assert ["tower", "Sequential, 2 calls", "36 params", "2 layers inside"] in folded
    assert ["head", "Functional", "25 params", "3 layers inside", "output: [(None, 3), (None, 2)]"] in folded
    text = written("dot", NESTED.encode(), 1)
    names = dict(re.findall(r'(m0_\d+) \[label="(\w+)', text))
    assert [(names[a], names[b]) for a, b in re.findall(r"(m0_\d+) -> (m0_\d+)", text)] == [
        ("a", "t"), ("b", "t"), ("d", "minus"), ("d", "minus"), ("minus", "x"), ("p", "out"), ("t", "d"), ("x", "p"), ("x", "q"),
    ]  # fmt: skip
    assert ["q", "Dense", "10 params", "output: (None, 2)"] in labels(text)


def test_repeated_blocks_are_drawn_once() -> None:
    found = labels(written("dot", PROGRAM.format(body=transformer(12)).encode()))
    assert ["12 similar blocks, 872 params each", "the last begins with multi_head_attention_11", ""] in found
    assert len([lines for lines in found if "MultiHeadAttention" in lines]) == 1


def test_findings_in_repeated_blocks() -> None:
    layers = [layer("Dense", "first", units=8, batch_input_shape=[None, 8])]
    layers += [layer("Dense", f"d{i}", units=8, activation="sigmoid" if i == 4 else "relu") for i in range(9)]
    report = lstmlint.analyze(sequential("m", *layers))
    text = written("dot", sequential("m", *layers))
    assert "similar blocks" in text
    for finding in report.findings:
        assert f"{finding.severity} {finding.code}" in text


@pytest.mark.parametrize("format", ["dot", "mermaid", "svg"])
def test_several_files_and_no_model(format: str, shell: Shell) -> None:
    shell.write("no.json", '{"a": 1}')
    shell.write("empty.json", sequential("m"))
    shell.write("m.py", "import keras\na = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])\n" * 2)
    result = shell("no.json", "empty.json", "m.py", "-f", format)
    assert result.code == 1
    assert result.err == ""
    assert ("E002" in result.out, "8" in result.out) == (True, True)
    if format == "dot":
        labels(result.out)
    if format == "svg":
        elements(result.out)


def test_unwired_and_unused_layers() -> None:
    dense = built("Dense", [2, 5], name="dense", units=3)
    found = labels(written("dot", subclassed_file(root_a=built("LSTM", [2, 7, 4], name="lstm", units=5), root_b=dense)))
    assert "The file does not record how the layers are connected." in found[0]
    assert ["dense", "Dense", "18 params", "(None, 3)"] in found
    body = "i = keras.Input((4,))\nmodel = keras.Model(i, layers.Dense(2)(i))"
    assert not any("unused" in lines for lines in labels(written("dot", PROGRAM.format(body=body).encode())))
    entry = {
        "class_name": "Dense",
        "name": "left",
        "config": {"name": "left", "units": 2},
        "inbound_nodes": [[["i", 0, 0, {}]]],
    }
    model = {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "i", "config": {"name": "i", "batch_input_shape": [None, 4]}, "inbound_nodes": []},
        entry, {**entry, "name": "used", "config": {"name": "used", "units": 3}},
    ], "input_layers": [["i", 0, 0]], "output_layers": [["used", 0, 0]]}  # fmt: skip
    found = labels(written("dot", {"class_name": "Functional", "keras_version": "2.15.0", "config": model}))
    assert any(lines[0] == "left" and "unused" in lines for lines in found)


def test_large_models() -> None:
    layers = [layer("Dense", f"x{i}", units=i + 1) for i in range(11_000)]
    text = written("dot", sequential("m", *layers))
    assert "1,000 more layers are not shown." in text
    text = written("mermaid", sequential("m", *layers))
    (diagram,) = re.findall(r"^```mermaid\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(diagram) < 50_000
    assert diagram.count("-->") <= 500
    names = [layer("Dense", f"{i:03}" + "→" * 60, units=i + 1) for i in range(400)]
    text = written("mermaid", sequential("m", *names))  # fewer boxes than usual
    assert len(text) < 51_000
    assert re.search(r"\d\d\d more layers are not shown", text)
    text = written("mermaid", sequential("m", *layers))
    assert re.search(r"10,[67]\d\d more layers are not shown\.", text)


def test_many_connections() -> None:
    body = "i = x = keras.Input((4,))\nfor n in range(60):\n    x = layers.Concatenate()([i, x, *before[-20:]])\n    before.append(x)"
    text = written("mermaid", PROGRAM.format(body=f"before = []\n{body}\nmodel = keras.Model(i, x)").encode())
    assert text.count("-->") <= mermaid.MOST_LINKS
    assert re.search(r"\d+ more connections are not shown", text)


# Hostile names --------------------------------------------------------------------------------------------


def test_hostile_names_in_dot() -> None:
    found = labels(written("dot", hostile(), 1, "h.json"))
    assert len(found) > 2 * len(HOSTILE)
    assert all(line.isprintable() and len(line) < 700 for lines in found for line in lines)


MERMAID = re.compile(
    r'%%\{init: \{"flowchart": \{"wrappingWidth": 600\}\}\}%%|flowchart TD|end|subgraph c(?:_\d+)+\["(?P<a>[^"]*)"\]'
    r'|n\d+\["(?P<b>[^"]*)"\]|n\d+ -->\|"(?P<c>[^"]*)"\| n\d+|classDef \w+ [\w:#,-]+|class \w+(?:,\w+)* \w+'
)


def test_hostile_names_in_mermaid() -> None:
    text = written("mermaid", hostile(), 1, "h.json")
    head, diagram, tail = re.split(r"^```(?:mermaid)?$\n", text, flags=re.MULTILINE)
    assert (tail, "<" in head) == ("", False)
    found = [MERMAID.fullmatch(line.strip()) for line in diagram.splitlines()]
    assert all(found), [line for line, match in zip(diagram.splitlines(), found, strict=True) if not match]
    texts = [label for match in found if match for label in match.groups() if label]
    assert len(texts) > 2 * len(HOSTILE)
    assert all(re.fullmatch(r"(?:[\w (),]|#\d+;|<br/>)*", label, re.ASCII) for label in texts)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_dot() -> None:
    """Graphviz draws every example, and shows hostile names as they are."""
    paths = [path for path in sorted(EXAMPLES.rglob("*")) if path.suffix in (".json", ".yaml", ".py")]
    for source in (*paths, NESTED.encode(), hostile(), PROGRAM.format(body=transformer(3)).encode()):
        text = written("dot", source, 3, "m")
        done = subprocess.run(["dot", "-Tplain"], input=text.encode(), capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    done = subprocess.run(
        ["dot", "-Tsvg"], input=written("dot", hostile(), 1, "m").encode(), capture_output=True, check=True
    )
    drawn = done.stdout.decode()
    assert "<script" not in drawn
    for name in (
        "--&gt; b",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "a&quot;]; b[&quot;x",
        "\\N\\G\\l",
        "&amp;quot;&amp;#35;#35;",
        "名前",
    ):
        assert name in drawn.replace("&#45;", "-").replace("&#160;", " "), name


# svg ------------------------------------------------------------------------------------------------------

XMLNS = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "style", "rect", "g", "text", "path", "polygon"}
ATTRIBUTES = set("class role width height viewBox transform x y rx d points".split())


def elements(text: str) -> list[ET.Element]:
    """Check that a picture is static and refers to nothing, and return its elements."""
    found = list(ET.fromstring(text).iter())
    assert {one.tag.removeprefix(XMLNS) for one in found} <= TAGS
    assert {name for one in found for name in one.attrib} <= ATTRIBUTES
    assert not re.search(r"url|@import|javascript", STYLE)
    return found


def texts(text: str) -> list[str]:
    return [one.text or "" for one in elements(text) if one.tag == f"{XMLNS}text"]


def test_svg() -> None:
    text = written("svg", EXAMPLES / "lstm_1_2.json", name="m.json")
    assert texts(text) == [
        "m.json", "lstm_1_2 (Functional), parameters: 16", "input", "InputLayer", "(None, 1, 2)",
        "lstm", "LSTM", "16 params", "warning R201 single-timestep", "output: (None, 1)",
    ]  # fmt: skip
    title, description = elements(text)[1:3]
    assert (title.tag, title.text) == (f"{XMLNS}title", "m.json: lstm_1_2 (Functional), parameters: 16")
    assert "input, InputLayer, (None, 1, 2) leads to lstm." in (description.text or "")
    assert elements(text)[0].attrib["role"] == "img"


def test_picture_of_the_docs(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES.parent)
    drawn = shell("examples/seq2seq.json", "-f", "svg").out
    assert drawn == Path("docs/images/seq2seq.svg").read_text("utf-8"), "draw it again with this command"


def test_hostile_names_in_svg() -> None:
    text = written("svg", hostile(), 1, "h.json")
    shown = {one.strip() for one in texts(text)}
    assert {shorten(visible(name)).strip() for name in HOSTILE if len(name) < 100} <= shown
    assert shorten("A" * 100) in shown


def check_places(picture: Picture, layout: Layout) -> None:
    """Check that nothing overlaps, that frames hold what is in them, and that arrows lead from box to box."""
    places = layout.boxes
    for a, b in combinations(places.values(), 2):
        assert (
            a.x + a.width <= b.x + 0.1
            or b.x + b.width <= a.x + 0.1
            or a.y + a.height <= b.y + 0.1
            or b.y + b.height <= a.y + 0.1
        )
    frames = {id(cluster): place for cluster, place in layout.frames}
    for cluster, frame in layout.frames:
        for item in cluster.items:
            place = frames[id(item)] if isinstance(item, Cluster) else places[item]
            assert frame.x <= place.x + 0.1
            assert frame.y <= place.y + 0.1
            assert place.x + place.width <= frame.x + frame.width + 0.1
            assert place.y + place.height <= frame.y + frame.height + 0.1
    assert all(place.x >= -0.1 and place.x + place.width <= layout.width + 0.1 for place in places.values())
    assert all(place.y >= -0.1 and place.y + place.height <= layout.height + 0.1 for place in places.values())
    starts: list[int] = []
    ends: list[int] = []
    for arrow in layout.arrows:
        for (x, y), of in ((arrow.points[0], starts), (arrow.points[-1], ends)):
            of += [
                i
                for i, p in places.items()
                if p.x - 0.1 <= x <= p.x + p.width + 0.1 and p.y - 0.1 <= y <= p.y + p.height + 0.1
            ]
        if not arrow.upward and arrow.points[0][0] + 18 != arrow.points[1][0]:
            assert all(y <= to_y + 0.1 for (_, y), (_, to_y) in pairwise(arrow.points))
    assert {link.source for link in picture.links} <= set(starts)
    assert {link.target for link in picture.links} <= set(ends)


def test_places_of_models() -> None:
    module = load("svg")
    bodies = [
        transformer(3),
        "x = i = keras.Input((4,))\nd = layers.Dense(4)\ne = layers.Dense(4)\nmodel = keras.Model(i, d(e(d(e(x)))))",
    ]
    sources: list[Any] = [
        NESTED.encode(),
        EXAMPLES / "seq2seq.json",
        *(PROGRAM.format(body=body).encode() for body in bodies),
    ]
    for source in sources:
        for depth in range(3):
            picture = picture_of(lstmlint.analyze(source), depth, 1000)
            check_places(picture, lay_out(picture))
            assert module.digest(lstmlint.analyze(source), View(depth=depth)).elements


def test_places_of_random_pictures() -> None:
    random = Random(2)
    for _ in range(150):
        count = random.randint(1, 25)
        picture = Picture(
            "p", boxes=[Box(["x" * random.randint(1, 30)] * random.randint(1, 4), "", str(i)) for i in range(count)]
        )
        open_items = [picture.items]
        for i in range(count):
            if random.random() < 0.2:
                cluster = Cluster(["frame"], [])
                random.choice(open_items).append(cluster)
                cluster.items.append(i)
                open_items.append(cluster.items)
            else:
                random.choice(open_items).append(i)
        for _ in range(random.randint(0, 2 * count)):
            source, target = random.randrange(count), random.randrange(count)
            if random.random() < 0.9:
                source, target = sorted((source, target))
            picture.links.append(Link(source, target, "", random.choice(["", "", "label"])))
        check_places(picture, lay_out(picture))


def test_labels_do_not_cover_each_other() -> None:
    picture = Picture("p", boxes=[Box([f"box {i}"], "", str(i)) for i in range(9)], items=list(range(9)))
    picture.links = [Link(i, 8, "", f"a long label of number {i}") for i in range(8)]
    labels = [arrow.at for arrow in lay_out(picture).arrows]
    width = 0.6 * 12 * len("a long label of number 0")
    assert all(abs(a[0] - b[0]) >= width or abs(a[1] - b[1]) >= 15 for a, b in combinations(labels, 2))


@pytest.mark.parametrize("kind", ["chain", "skips", "wide", "cycle", "random"])
def test_time_of_layout_is_linear(kind: str) -> None:
    def seconds(size: int) -> float:
        random = Random(1)
        pairs = {
            "chain": [(i, i + 1) for i in range(size - 1)],
            "skips": [(i, j) for i in range(size - 1) for j in (i + 1, size - 1)],
            "wide": [(0, i) for i in range(1, size)],
            "cycle": [(i, (i + 1) % size) for i in range(size)],
            "random": [(random.randrange(size), random.randrange(size)) for _ in range(2 * size)],
        }
        shapes = [Shape(80, 40) for _ in range(size)]
        start = time.process_time()
        arrange(shapes, [Line(a, b) for a, b in pairs[kind]])
        return time.process_time() - start

    assert seconds(800) < 9 * seconds(200) + 0.5


def test_picture_in_a_notebook() -> None:
    small = lstmlint.analyze(EXAMPLES / "seq2seq.json")._repr_html_()
    image = re.findall(r"<details open><summary>Picture</summary>(<svg.*</svg>\n)</details>", small, re.DOTALL)
    assert "decoder" in texts(image[0])
    body = "x = i = keras.Input((4,))\nfor n in range({}):\n    x = layers.Dense(n + 1)(x)\nmodel = keras.Model(i, x)"
    sizes = {n: lstmlint.analyze(PROGRAM.format(body=body.format(n)).encode())._repr_html_() for n in (20, 60)}
    assert "<details><summary>Picture" in sizes[20]
    assert "<svg" not in sizes[60]
    assert "<script" not in lstmlint.analyze(hostile())._repr_html_()
