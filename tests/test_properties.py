"""Properties of every document, model, shape and name, tested on random ones."""

from __future__ import annotations

import copy
import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstmlint import Options, analyze
from lstmlint.fixing.fix import fix
from lstmlint.model import shapes
from lstmlint.model.pointers import escape
from lstmlint.reading.text import parse
from lstmlint.reporting import FORMATS, Totals, View, load
from tests.commandline import Shell
from tests.test_robustness import collect, models

REPORT = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parent.parent / "schemas" / "report.schema.json").read_text())
)
SOUND = [model for source in ("keras3", "keras2", "old") for model in models(source)]


def drawn(examples: int) -> settings:
    """Use the same examples in every run, on every machine."""
    return settings(
        max_examples=examples, derandomize=True, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )  # fmt: skip


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
KEYS = st.sampled_from(
    ("class_name", "config", "layers", "name", "units", "keras_version", "module", "input_layers", "inbound_nodes",
     "batch_input_shape", "build_config", "dtype", "weightsManifest", "modelTopology", "compile_config", "lstmlint")
) | st.text(max_size=3)  # fmt: skip
WORDS = st.sampled_from(("Sequential", "Functional", "Model", "Graph", "LSTM", "Dense", "Merge", "2.11.0", "keras"))
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def render(format: str, report: Any) -> str:
    totals = Totals()
    totals.add(report)
    view = View(columns=("params", "weights", "macs", "share", "connected-to"), depth=2, width=60, root="/")
    return "".join(load(format).render([load(format).digest(report, view)], totals, view))


def assert_answered(text: bytes) -> None:
    """Check that the report follows its schema, is the same every time, and shows no internal error."""
    report = analyze(text)
    assert report.model is not None or report.findings
    assert [finding.message for finding in report.findings if finding.code == "E099"] == []
    written = render("json", report)
    REPORT.validate(json.loads(written))
    assert written == render("json", analyze(text))


# Documents ------------------------------------------------------------------------------------------------


@drawn(100)
@given(VALUES)
def test_any_document_gets_an_answer(value: Any) -> None:
    assert_answered(json.dumps(value).encode())


@drawn(100)
@given(VALUES)
def test_any_model_gets_an_answer(config: Any) -> None:
    layers = [config, {"class_name": "Dense", "config": config}]
    assert_answered(json.dumps({"class_name": "Sequential", "config": {"layers": layers}}).encode())


@drawn(150)
@given(st.sampled_from(SOUND), st.integers(0, 10**6), VALUES)
def test_any_value_in_any_place_gets_an_answer(model: dict[str, Any], place: int, value: Any) -> None:
    model = copy.deepcopy(model)
    places: list[tuple[Any, Any]] = []
    collect(model, places)
    parent, key = places[place % len(places)]
    parent[key] = value
    text = json.dumps(model).encode()
    assert_answered(text)
    report = analyze(text)
    for name in FORMATS:
        assert not {c for c in render(name, report) if not c.isprintable()} - {"\n"}


# Locations ---------------------------------------------------------------------------------------------------

# Written documents have lists of members for objects, because a key can occur twice.
Written = Any
WRITTEN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text('ab"\\/\n\t {}[]:,#é😀', max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(st.tuples(st.text('ab"\\/~ é:', max_size=2), inner), max_size=4).map(tuple)
    ),
    max_leaves=15,
)


class Writer:
    """Writes a document with random spaces, and records the location of every value."""

    def __init__(self, random: Random, spaces: tuple[str, ...]) -> None:
        self.random = random
        self.spaces = spaces
        self.text = ""
        self.places: dict[str, int] = {}

    def space(self) -> None:
        self.text += self.random.choice(self.spaces)

    def place(self, pointer: str, at: int) -> None:
        """Record a location, and forget those of an earlier member with the same key."""
        for other in [old for old in self.places if old == pointer or old.startswith(f"{pointer}/")]:
            del self.places[other]
        self.places[pointer] = at

    def string(self, value: str) -> str:
        # In YAML, an escape is a whole character.
        escaped = json.dumps(
            value, ensure_ascii=value.isascii() or ("\n" in self.spaces and self.random.random() < 0.5)
        )
        return escaped.replace("a", "\\u0061") if self.random.random() < 0.2 else escaped

    def value(self, value: Written, pointer: str = "") -> None:
        if isinstance(value, list | tuple):
            self.text += "[" if isinstance(value, list) else "{"
            for number, item in enumerate(value):
                self.text += "," if number else ""
                self.space()
                self.item(item, number, pointer, isinstance(value, tuple))
                self.space()
            self.text += "]" if isinstance(value, list) else "}"
        else:
            self.text += self.string(value) if isinstance(value, str) else json.dumps(value)

    def item(self, item: Any, number: int, pointer: str, member: bool) -> None:
        key, value = item if member else (str(number), item)
        inner = f"{pointer}/{escape(key)}"
        self.place(inner, len(self.text))
        if member:
            self.text += self.string(key)
            self.space()
            self.text += ":"
            self.space()
        self.value(value, inner)

    def lines(self, members: Any, pointer: str, depth: int) -> int:
        """The members of an object, or the items of a list, in YAML's own way: on lines of their own. Where it begins."""
        starts = []
        for number, item in enumerate(members):
            key, value = item if isinstance(members, tuple) else (str(number), item)
            inner = f"{pointer}/{escape(key)}"
            self.text += self.random.choice(("", "", "\n", "# more\n")) + " " * depth
            starts.append(len(self.text))
            if isinstance(members, tuple):
                self.place(inner, len(self.text))
                self.text += f"{json.dumps(key, ensure_ascii=False)}:"
            else:
                self.text += "-"
                self.place(inner, len(self.text) + 1)
            if value and isinstance(value, list | tuple) and self.random.random() < 0.6:
                self.text += self.random.choice((" # there\n", "\n"))
                start = self.lines(value, inner, depth + self.random.randint(1, 3))
                if isinstance(members, list):
                    self.places[inner] = start
            else:
                self.text += " "
                self.value(value, inner)
                self.text += "\n"
        return starts[0]


def plain(value: Written) -> Any:
    """Return the value of a document."""
    if isinstance(value, tuple):
        return {key: plain(inner) for key, inner in value}
    return [plain(item) for item in value] if isinstance(value, list) else value


@drawn(150)
@given(WRITTEN, st.integers(0, 10**6))
def test_places_in_any_json(value: Written, seed: int) -> None:
    random = Random(seed)
    writer = Writer(random, ("", "", " ", "\n", "\r\n\t"))
    writer.value((("class_name", value), ("config", value)))
    parsed = parse(writer.text)
    assert parsed.data == plain((("class_name", value), ("config", value)))
    pointers = list(writer.places)
    random.shuffle(pointers)
    assert {pointer: parsed.offset(pointer) for pointer in pointers} == {p: writer.places[p] for p in pointers}


@drawn(150)
@given(WRITTEN, st.integers(0, 10**6))
def test_places_in_any_yaml(value: Written, seed: int) -> None:
    random = Random(seed)
    writer = Writer(random, ("", " "))
    members = (("class_name", value), ("config", [value, value]))
    writer.lines(members, "", 0)
    parsed = parse(writer.text)
    assert parsed.container == "yaml"
    assert parsed.data == plain(members)
    assert {pointer: parsed.offset(pointer) for pointer in writer.places} == writer.places


# Shapes ---------------------------------------------------------------------------------------------------

DIMS = st.none() | st.integers(-3, 10**6) | st.integers(0, 10**40)


@drawn(200)
@given(st.lists(DIMS, max_size=9), VALUES)
def test_arithmetic_of_shapes_is_total(dims: list[int | None], value: Any) -> None:
    unknown = None in dims
    assert (shapes.product(dims) is None) == (shapes.add(*dims) is None) == unknown
    shape = shapes.as_shape(dims)
    assert shape == (None if shapes.too_large(tuple(dims)) else tuple(dims))
    assert shapes.compatible(shape, shape)
    assert shapes.compatible(shape, None)
    found = shapes.as_shape(value)
    assert found is None or all(dim is None or type(dim) is int for dim in found)
    shapes.format_shape(found)


# Names ----------------------------------------------------------------------------------------------------


@drawn(60)
@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4))
def test_any_name_survives_every_format(names: list[str]) -> None:
    layers = [{"class_name": name, "config": {"name": name, name: 1}} for name in names]
    model = {"class_name": "Sequential", "keras_version": "2.11.0", "config": {"name": names[0], "layers": layers}}
    report = analyze(json.dumps(model).encode(), name=names[-1])
    texts = {name: render(name, report) for name in FORMATS}
    for text in texts.values():
        assert not {c for c in text if not c.isprintable()} - {"\n"}
    (file,) = json.loads(texts["json"])["files"]
    assert [layer["name"] for layer in file["model"]["layers"]] == names
    assert len(texts["jsonl"].split("\n")) == 2
    assert (
        len(json.loads(texts["gitlab"]))
        == len(json.loads(texts["sarif"])["runs"][0]["results"])
        == len(report.findings)
    )
    assert len(ET.fromstring(texts["junit"])) == 1
    rows = list(csv.reader(io.StringIO(texts["csv"])))
    assert len(rows) == 1 + len(names)
    assert {len(row) for row in rows} == {len(rows[0])}
    assert texts["github"].count("\n") == len(report.findings)
    assert texts["concise"].count("\n") >= len(report.findings)


# Fixes ----------------------------------------------------------------------------------------------------

OBSOLETE = st.fixed_dictionaries(
    {"units": st.integers(1, 5)},
    optional={"implementation": st.just(2), "weights": st.none(), "batch_size": st.just(None), "bias": st.booleans(),
              "init": st.just("uniform"), "inner_init": st.just("orthogonal"), "consume_less": st.just("gpu")},
)  # fmt: skip


@drawn(60)
@given(st.lists(OBSOLETE, min_size=1, max_size=3), st.sampled_from(("2.11.0", "1.2.2", None)), st.integers(0, 10**6))
def test_fixing_twice_is_fixing_once(configs: list[dict[str, Any]], version: str | None, seed: int) -> None:
    layers = [(("class_name", "LSTM"), ("config", (*config.items(), ("return_sequences", True)))) for config in configs]
    model = (
        ("class_name", "Sequential"),
        ("keras_version", version),
        ("kept", [1, [2.50]]),
        ("config", (("layers", layers), ("name", "m"))),
    )
    writer = Writer(Random(seed), ("", " ", "\n  "))
    writer.value(model)
    once = fix(writer.text.encode(), "m.json", Options())
    if once.edits:
        twice = fix(once.raw, "m.json", Options())
        assert (twice.edits, twice.after or once.after) == (0, once.after)
        assert once.unfixable is None
        kept = writer.places["/kept"], writer.places["/config"]
        assert writer.text[slice(*kept)] in once.after
    before, after = analyze(writer.text.encode()), once.report
    assert before.model is not None
    assert after.model is not None
    assert (before.model.params, before.model.outputs) == (after.model.params, after.model.outputs)


# Workers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["json", "sarif", "text"])
def test_workers_change_nothing(shell: Shell, format: str) -> None:
    random = Random(format)
    for number, model in enumerate(random.sample(SOUND, 12)):
        shell.write(f"{number}.json", json.dumps(model)[: random.choice((None, None, 300))])
    one, three = shell(".", "-f", format, "--jobs", "1"), shell(".", "-f", format, "--jobs", "3")
    assert one == three
