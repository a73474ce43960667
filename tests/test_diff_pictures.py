"""`lstmlint diff --format mermaid`: what was added, removed and changed, at its place in the diagram."""

from __future__ import annotations

import re
from typing import Any

import pytest

import lstmlint
from lstmlint.comparing.layers import compare
from lstmlint.reporting import comparison
from tests.commandline import Shell, layer, sequential
from tests.test_pictures import HOSTILE, MERMAID, labels, texts

OLD = """
import keras
from keras import layers
i = x = keras.Input((16,), name="i")
x = keras.Sequential([layers.Input((16,)), layers.Dense(8, name="e1"), layers.Dense(4, name="e2")], name="encoder")(x)
for n in range(6):
    x = layers.Dense(4, name=f"d{n}")(x)
x = layers.Dropout(0.5, name="drop")(x)
model = keras.Model(i, layers.Dense(3, name="head")(x))
"""
NEW = OLD.replace('4, name="e2"', '6, name="e2"').replace(
    'Dropout(0.5, name="drop")', 'BatchNormalization(name="norm")'
)


def diagram(old: Any, new: Any) -> str:
    return comparison.render(compare(lstmlint.analyze(old), lstmlint.analyze(new)), "mermaid")


def test_diagram() -> None:
    text = diagram(OLD.encode(), NEW.encode())
    boxes = {name: label.split("<br/>") for name, label in re.findall(r'(n\d+)\["([^"]*)"\]', text)}
    marked = {label[0]: label[1:] for label in boxes.values() if label[0].startswith("#")}
    assert marked == {
        "#126; e2": ["Dense", "params 36 #8594; 54", "units 4 #8594; 6", "output shape (None, 4) #8594; (None, 6)"],
        "#126; d0": ["Dense", "params 20 #8594; 28", "input shape (None, 4) #8594; (None, 6)"],
        "#8722; drop": ["Dropout"],
        "#43; norm": ["BatchNormalization", "16 params"],
        "#126; head": ["Dense", "15 params", "connected to drop #8594; norm", "output#58; (None, 3)"],
    }
    arrows = [(boxes[a][0], boxes[b][0]) for a, b in re.findall(r"(n\d+) -\.->\|[^|]*\| (n\d+)", text)]
    assert arrows == [("d1", "#8722; drop"), ("#8722; drop", "#126; head")]
    assert "5 similar blocks, 20 params each, the last is d5" in text
    assert 'subgraph c_1["#126; encoder, Sequential, params 172 #8594; 190' in text


def hostile(units: int) -> dict[str, Any]:
    layers = [layer("Dense", name, units=units + i) for i, name in enumerate(HOSTILE[:: 1 if units > 2 else -1])]
    return sequential("<script>`", layer("Dense", "first", units=units, batch_input_shape=[None, 3]), *layers)


def test_hostile_names() -> None:
    drawn = re.split(r"^```(?:mermaid)?$\n", diagram(hostile(2), hostile(3)), flags=re.MULTILINE)[1]
    assert len(drawn) < 50_000
    for line in drawn.splitlines():
        pattern = (
            r"  n\d+ -\.->\|\"[^\"]*\"\| n\d+|  linkStyle [\d,]+ stroke:#\w+,stroke-width:2px|  classDef removed .*"
        )
        assert MERMAID.fullmatch(line.strip()) or re.fullmatch(pattern, line), line


def test_large_change() -> None:
    """A diagram that is too large is drawn with fewer boxes."""
    old, new = (
        sequential(
            "m",
            *(layer("Dense", f"layer {i} {'x' * 60}", units=i + k, batch_input_shape=[None, 3]) for i in range(500)),
        )
        for k in (1, 2)
    )
    text = diagram(old, new)
    assert len(text) < 51_000
    assert "more layers are not shown" in text


def test_svg_and_dot() -> None:
    found = compare(lstmlint.analyze(OLD.encode()), lstmlint.analyze(NEW.encode()))
    shown = texts(comparison.render(found, "svg"))
    assert {"+ norm", "− drop", "~ head", "params 36 → 54"} <= set(shown)
    lines = [line for label in labels(comparison.render(found, "dot")) for line in label]
    assert {"+ norm", "− drop", "~ head", "params 36 → 54"} <= set(lines)


@pytest.mark.parametrize("format", ["mermaid", "svg", "dot"])
def test_command(format: str, shell: Shell) -> None:
    shell.write("old/a.json", sequential("m", layer("Dense", "d", units=2, batch_input_shape=[None, 3])))
    shell.write("new/a.json", sequential("m", layer("Dense", "d", units=4, batch_input_shape=[None, 3])))
    shell.write("old/b.json", sequential("m", layer("Dense", "d", units=2, batch_input_shape=[None, 3])))
    shell.write("new/b.json", sequential("m", layer("Dense", "d", units=2, batch_input_shape=[None, 3])))
    shell.write("old/gone.json", sequential("m", layer("Dense", "d", units=2)))
    shell.write("no.json", "{")
    result = shell("diff", "old", "new", "--format", format)
    assert (result.code, result.err) == (0, "")
    assert "~ d" in result.out or "#126; d" in result.out
    assert "gone" in result.out
    assert "b.json" not in result.out
    assert "same" in shell("diff", "old/b.json", "new/b.json", "--format", format).out
    result = shell("diff", "no.json", "new/a.json", "--format", format)
    assert "cannot be read" in result.out
    result = shell("diff", "old/a.json", "new/a.json", "--max-increase", "1", "--format", format)
    assert result.code == 1
