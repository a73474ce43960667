"""Every output format: its structure, its content, and that hostile names cannot break out of it."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from lstmlint import FileReport, Options, analyze
from lstmlint.reporting import FORMATS, Totals, View, load, sarif, size
from lstmlint.reporting.escape import visible
from lstmlint.reporting.layout import width_of, wrap
from lstmlint.reporting.rows import HEADERS, parse_columns
from lstmlint.reporting.view import CODES
from lstmlint.resources import schema
from tests.commandline import LSTM, STACK, Shell, layer, sequential

REPORT = Draft202012Validator(schema("report"))
EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.*"))

HOSTILE = [
    "\x1b[31mred\x1b]0;title\x07", "a\nb", "\r\n::set-output name=x::y", "::add-mask::y", "x ##[group]y",
    "\x00\x7f\x9b31m", "<script>alert(1)</script><img src=x>", "a|b|\\", "`x` ``` **b** _i_ ~~s~~ @user #1",
    "[l](http://evil.test) ![i](x)", "https://evil.test", "=1+1", "@SUM(A1)", "-1", "\ud800", "\u202eabc\u2066",
    "]]>&\"'<!--", "漢字かな", "é́", 'a,b";c', "%0A::error::x", "x" * 200, "\u2028\u0085", "&lt;b&gt; &#64;user",
    "$x$ \\(x\\)", "\t", "", " ", "..", "</details>", "{{x}} ${x} $(x)",
]  # fmt: skip


def hostile_model() -> dict[str, Any]:
    """Return a model with hostile names, and findings that repeat them."""
    return sequential(
        HOSTILE[8],
        layer("LSTM", HOSTILE[0], units=2, batch_input_shape=[None, 3, 4]),
        *(layer("LSTM", name, units=2) for name in HOSTILE[1:]),
        *(layer(f"Custom{name}", f"custom{i}") for i, name in enumerate(HOSTILE)),
        *(layer("Dense", f"d{i}", units=name) for i, name in enumerate(HOSTILE)),
    )


@lru_cache(maxsize=1)
def hostile_report() -> FileReport:
    """Return its report."""
    return analyze(json.dumps(hostile_model()).encode())


def hostile_run(format: str, **options: Any) -> str:
    """Return the report of hostile models in files with hostile names."""
    report = hostile_report()
    reports = [replace(report, path=name) for name in HOSTILE]
    return render(format, reports, View(single=False, root="/nowhere", **options))


def render(format: str, reports: list[FileReport], view: View | None = None) -> str:
    """Return the report of a run, as the command line assembles it."""
    view = view or View(single=len(reports) == 1, root=str(Path.cwd()))
    module, totals = load(format), Totals()
    for report in reports:
        totals.add(report)
    return "".join(module.render((module.digest(report, view) for report in reports), totals, view))


def report_of(*layers: dict[str, Any]) -> FileReport:
    """Return the report of a Sequential."""
    return analyze(json.dumps(sequential("m", *layers)).encode())


# The JSON report ------------------------------------------------------------------------------------------


def test_the_schemas_are_schemas() -> None:
    for name in ("report", "settings"):
        Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_json_keeps_its_schema(path: Path) -> None:
    report = analyze(path)
    document = json.loads(render("json", [report]))
    REPORT.validate(document)
    assert document["files"] == [report.to_dict()]
    file_schema = Draft202012Validator({"$defs": schema("report")["$defs"], "$ref": "#/$defs/file"})
    line = json.loads(render("jsonl", [report]))
    assert line == report.to_dict()
    assert file_schema.is_valid(line)


def test_json_of_a_model() -> None:
    report = analyze(json.dumps(LSTM).encode(), name="m.json")
    assert json.loads(render("json", [report])) == {
        "version": 1,
        "lstmlint": sys.modules["lstmlint"].__version__,
        "files": [
            {
                "path": "m.json",
                "container": "json",
                "dialect": "keras2",
                "model": {
                    "name": "m",
                    "class_name": "Sequential",
                    "params": 640,
                    "trainable_params": 640,
                    "non_trainable_params": 0,
                    "complete": True,
                    "weight_bytes": 2560,
                    "macs": 13 * 4 * 10 * (5 + 10),
                    "inputs": [[None, 13, 5]],
                    "outputs": [[None, 10]],
                    "layers": [
                        {
                            "name": "lstm",
                            "class_name": "LSTM",
                            "pointer": "/config/layers/0",
                            "input_shapes": [[None, 13, 5]],
                            "output_shapes": [[None, 10]],
                            "params": 640,
                            "trainable_params": 640,
                            "known": True,
                            "shared": False,
                            "weights": [
                                {"name": "kernel", "shape": [5, 40], "dtype": "float32", "trainable": True},
                                {"name": "recurrent_kernel", "shape": [10, 40], "dtype": "float32", "trainable": True},
                                {"name": "bias", "shape": [40], "dtype": "float32", "trainable": True},
                            ],
                            "macs": 13 * 4 * 10 * (5 + 10),
                            "connected_to": [],
                            "layers": [],
                        }
                    ],
                },
                "findings": [],
            }
        ],
        "summary": {"files": 1, "models": 1, "errors": 0, "warnings": 0, "infos": 0, "params": 640},
    }


def test_json_of_what_is_no_model() -> None:
    document = json.loads(render("json", [analyze(b"[1, 2"), analyze(b'{"a": 1}')]))
    REPORT.validate(document)
    assert [file["model"] for file in document["files"]] == [None, None]
    assert document["summary"] == {"files": 2, "models": 0, "errors": 2, "warnings": 0, "infos": 0, "params": 0}


def test_the_schema_is_strict() -> None:
    document = json.loads(render("json", [analyze(json.dumps(STACK).encode())]))
    for place in (document, document["files"][0], document["files"][0]["model"], document["files"][0]["findings"][0]):
        place["extra"] = 1
        assert not REPORT.is_valid(document)
        del place["extra"]
    assert REPORT.is_valid(document)


# Hostile names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_names_become_utf_8(format: str) -> None:
    text = hostile_run(format)
    text.encode()
    unprintable = {c for c in text if not c.isprintable()} - {"\n"}
    assert not unprintable


@pytest.mark.parametrize("format", ["text", "concise"])
def test_hostile_names_in_text(format: str) -> None:
    plain = hostile_run(format)
    narrow = hostile_run(format, width=40)
    single = render("text", [analyze(json.dumps(hostile_model()).encode(), name=HOSTILE[2])], View(width=60, depth=1))
    for text in (plain, narrow, single):
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]
        assert "##[" not in text
    own = {f"\x1b[{code}m" for code in (0, *CODES.values())}
    assert set(re.findall("\x1b[^m]*m", hostile_run(format, color=True))) <= own


def test_hostile_names_in_json() -> None:
    document = json.loads(hostile_run("json"))
    REPORT.validate(document)
    names = [layer["name"] for layer in document["files"][0]["model"]["layers"]]
    assert names[: len(HOSTILE)] == [name.replace("\ud800", "\ufffd") for name in HOSTILE]
    assert len(hostile_run("jsonl").split("\n")) == len(HOSTILE) + 1


def test_hostile_names_in_github() -> None:
    for line in hostile_run("github").splitlines():
        assert re.fullmatch(
            r"::(error|warning|notice) title=lstmlint \w+ [\w-]+,file=[^:,]*,line=\d+,col=\d+::[^\r\n]*", line
        )
        assert not re.search("%(?!25|0A|3A|2C)", line)


def test_hostile_names_in_azure() -> None:
    """The agent takes the first `##vso[` of a line, then splits properties at `;` and the message at `]`."""
    for line in hostile_run("azure").splitlines():
        command = re.fullmatch(
            r"##vso\[task\.logissue type=(error|warning);sourcepath=[^;\]]*;linenumber=\d+;columnnumber=\d+;code=\w+;\]([^;\]]*)",
            line,
        )
        assert command is not None, line
        assert "##" not in re.sub("##(?!vso)(?!\\[)", "", line[2:])
        assert not re.search("%(?!AZP25|0A|0D|3B|5D)", line)


def test_azure() -> None:
    report = replace(report_of(layer("Dense", "d", units="100%;]\n", batch_input_shape=[None, 4])), path="a;b.json")
    line = next(line for line in render("azure", [report]).splitlines() if "code=E007" in line)
    assert line.startswith("##vso[task.logissue type=error;sourcepath=a%3Bb.json;linenumber=1;columnnumber=")
    assert ";code=E007;]bad-value: " in line
    assert "100%AZP25%3B%5D" in line
    assert "%0Ahelp: " in line


# The facts of https://github.com/reviewdog/reviewdog/tree/master/proto/rdf/jsonschema that matter here, and stricter.
POSITION = {"type": "object", "required": ["line"], "additionalProperties": False,
            "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}}}  # fmt: skip
RANGE = {
    "type": "object",
    "required": ["start"],
    "additionalProperties": False,
    "properties": {"start": POSITION, "end": POSITION},
}
RDJSON = Draft202012Validator({
    "type": "object", "required": ["source", "diagnostics"], "additionalProperties": False,
    "properties": {
        "source": {"type": "object", "required": ["name", "url"]},
        "diagnostics": {"type": "array", "items": {
            "type": "object", "required": ["message", "location", "severity", "code"], "additionalProperties": False,
            "properties": {
                "message": {"type": "string"}, "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                "location": {"type": "object", "required": ["path"], "additionalProperties": False,
                             "properties": {"path": {"type": "string"}, "range": RANGE}},
                "code": {"type": "object", "required": ["value", "url"]},
                "suggestions": {"type": "array", "items": {
                    "type": "object", "required": ["range", "text"], "additionalProperties": False,
                    "properties": {"range": RANGE, "text": {"type": "string"}}}},
            }}},
    },
})  # fmt: skip


def test_rdjson(shell: Shell) -> None:
    """Columns count bytes of UTF-8, and applying the suggestions is what --fix does."""
    RDJSON.validate(json.loads(hostile_run("rdjson")))
    RDJSON.validate(json.loads(render("rdjson", [analyze(b"")])))
    text = (
        '{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "漢", "layers": [{"class_name": "LSTM", "config": {"name": "é",\n'
        ' "漢": 1, "output_dim": 3, "batch_input_shape": [null, 13, 5],\n "consume_less": "cpu"}}]}}\n'
    )
    shell.write("m.json", text.encode())
    document = shell("m.json", "-f", "rdjson").json
    RDJSON.validate(document)
    entry = next(one for one in document["diagnostics"] if one["code"]["value"] == "P601")
    lines = text.encode().split(b"\n")

    def offset(place: dict[str, int]) -> int:
        return sum(len(line) + 1 for line in lines[: place["line"] - 1]) + place["column"] - 1

    fixed = text.encode()
    for change in reversed(entry["suggestions"]):
        start, end = offset(change["range"]["start"]), offset(change["range"]["end"])
        fixed = fixed[:start] + change["text"].encode() + fixed[end:]
    place = entry["location"]["range"]
    assert text.encode()[offset(place["start"]) : offset(place["end"])].startswith(b'"')
    assert shell("m.json", "--fix").code == 1
    assert Path("m.json").read_bytes() == fixed
    shell.write("nb.ipynb", json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": [
        "import keras\n", "keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation='softmax')])"]}]}, indent=1))  # fmt: skip
    (found,) = shell("nb.ipynb", "-f", "rdjson").json["diagnostics"]
    assert found["location"] == {"path": "nb.ipynb", "range": {"start": {"line": 8}}}
    shell.write("m.json")
    (found,) = shell("m.json", "--max-params", "1", "-f", "rdjson").json["diagnostics"]
    assert found["location"] == {"path": "m.json"}


def test_hostile_names_in_junit_csv_gitlab() -> None:
    suites = ET.fromstring(hostile_run("junit"))
    assert len(suites) == len(HOSTILE)
    # According to Jenkins's schema (junit-10.xsd), which allows no other attributes.
    attributes = {"testsuites": "name tests failures errors", "testsuite": "name file tests failures errors",
                  "testcase": "classname name", "failure": "type message", "system-out": ""}  # fmt: skip
    for element in suites.iter():
        assert set(element.attrib) == set(attributes[element.tag].split())
    for suite in suites:
        names = [case.get("name") for case in suite]
        assert len(names) == len(set(names)) == int(suite.attrib["tests"])
    rows = list(csv.reader(io.StringIO(hostile_run("csv"))))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    issues = json.loads(hostile_run("gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_hostile_names_in_markdown() -> None:
    markdown_it = pytest.importorskip("markdown_it")
    text = hostile_run("markdown")
    tokens = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {
        "text", "code_inline", "html_inline", "strong_open", "strong_close", "em_open", "em_close", "softbreak",
        "text_special",
    }  # fmt: skip
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<br>", "<!-- -->"}
    blocks = {token.content.strip() for token in tokens if token.type == "html_block"}
    assert blocks == {"<details><summary>Layers</summary>", "</details>"}
    assert all("@" not in child.content[:-1] for child in inline if child.type == "text")
    rows = [token for token in tokens if token.type == "tr_open"]
    shown = len(hostile_report().findings) + 1 + 1 + 3 * len(HOSTILE)
    assert len(rows) == shown * len(HOSTILE)


def test_sarif() -> None:
    sarif_pydantic = pytest.importorskip("sarif_pydantic")
    document = json.loads(hostile_run("sarif"))
    log = sarif_pydantic.Sarif.model_validate(document)
    run = log.runs[0]
    assert not re.search(r"(?<!\\)\](?<!\\)\(", " ".join(result.message.text for result in run.results))
    ids = [rule.id for rule in run.tool.driver.rules]
    assert all(ids[result.rule_index] == result.rule_id for result in run.results)
    prints = {json.dumps(result["partialFingerprints"]) for result in document["runs"][0]["results"]}
    assert len(prints) == len(run.results)


def test_sarif_of_every_rule() -> None:
    """GitHub's limits, and examples in Markdown."""
    from lstmlint.rules import load as load_rules

    for rule in load_rules().values():
        described = sarif.descriptor(rule)
        assert len(described["shortDescription"]["text"]) <= 1024
        assert len(described["fullDescription"]["text"]) <= 1024
        assert described["help"]["markdown"].count("```") % 2 == 0
        assert described["helpUri"] == f"https://lstmlint.github.io/lstmlint/rules/{rule.code}/"
        assert ("Fails:" in described["help"]["text"]) == ("```json" in described["help"]["markdown"])


def test_peak_of_a_batch(shell: Shell) -> None:
    shell.write("m.json", sequential("m", layer("Dense", "d", units=4, batch_input_shape=[None, 4])))
    assert "Peak activations: 32.00 B per sample" in shell("m.json").out
    assert "Peak activations: 64.00 B for a batch of 2" in shell("m.json", "--batch", "2").out


# Locations ---------------------------------------------------------------------------------------------------


def test_paths_are_relative_to_the_repository(shell: Shell) -> None:
    (shell.folder / ".git").mkdir()
    shell.write("models/a b.json", STACK)
    shell.monkeypatch.chdir(shell.folder / "models")
    result = shell("a b.json", "-f", "sarif").json["runs"][0]["results"][0]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "models/a%20b.json", "uriBaseId": "ROOT"}
    assert result["locations"][0]["logicalLocations"] == [
        {"name": "a", "fullyQualifiedName": "/config/layers/0", "kind": "layer"}
    ]
    assert shell("a b.json", "-f", "gitlab").json[0]["location"]["path"] == "models/a b.json"
    assert "file=models/a b.json," in shell("a b.json", "-f", "github").out
    run = shell("-", "--stdin-filename", "/else where/a:b.json", "-f", "sarif", stdin=json.dumps(STACK).encode()).json[
        "runs"
    ][0]
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "file:///else%20where/a:b.json"}
    assert run["originalUriBaseIds"]["ROOT"]["uri"] == f"{shell.folder.as_uri()}/"
    outside = shell("../../" + shell.folder.name + "/models/a b.json", "-f", "gitlab").json[0]
    assert outside["location"]["path"] == "models/a b.json"


def test_fingerprints_survive_other_edits(shell: Shell) -> None:
    shell.write("m.json", STACK)
    before = shell("m.json", "-f", "gitlab").json[0]
    shell.write("m.json", json.dumps(STACK, indent=2))
    after = shell("m.json", "-f", "gitlab").json[0]
    assert before["fingerprint"] == after["fingerprint"]
    assert before["location"] != after["location"]
    first, second = STACK["config"]["layers"]
    shell.write("m.json", sequential("stack", layer("Masking", "mask", batch_input_shape=[None, 13, 5]), first, second))
    assert shell("m.json", "-f", "gitlab").json[0]["fingerprint"] == before["fingerprint"]


def test_sarif_tells_of_failures(shell: Shell) -> None:
    shell.write("m.json")
    invocation = shell("m.json", "gone.json", "-f", "sarif").json["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert "gone.json" in invocation["toolExecutionNotifications"][0]["message"]["text"]


@pytest.mark.parametrize(("fail_on", "failures"), [("error", "1"), ("warning", "1"), ("never", "0")])
def test_junit_failures_are_those_that_fail_the_run(shell: Shell, fail_on: str, failures: str) -> None:
    shell.write("m.json", STACK)
    root = ET.fromstring(shell("m.json", "-f", "junit", "--fail-on", fail_on).out)
    assert root.get("failures") == failures


# Text -----------------------------------------------------------------------------------------------------


def test_table_with_branches_and_marks() -> None:
    layers = [
        layer("InputLayer", "x", [], batch_input_shape=[None, 4]),
        layer("Dense", "d", [[["x", 0, 0, {}]], [["d", 0, 0, {}]]], units=4),
        layer("Dense", "spare", [[["x", 0, 0, {}]]], units=4),
        layer("Add", "sum", [[["x", 0, 0, {}], ["d", 1, 0, {}]]]),
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["sum", 0, 0]]}
    content = json.dumps({"class_name": "Functional", "config": config})
    report = analyze(content.encode(), Options(ignore=("ALL",)), name="m.json")
    assert render("text", [report]).splitlines() == [
        'Model: "m" (Functional, Keras 2)',
        "",
        "Layer (class)                Output shape  Params  Connected to",
        "---------------------------------------------------------------",
        "x (InputLayer)               (None, 4)          0",
        "d (Dense) [shared, 2 calls]  (None, 4)         20  x, d",
        "spare (Dense) [unused]       (None, 4)         20  x",
        "sum (Add)                    (None, 4)          0  x, d[1][0]",
        "---------------------------------------------------------------",
        "Total params: 40 (160.00 B)",
        "Trainable params: 40 (160.00 B)",
        "Non-trainable params: 0 (0.00 B)",
        "MACs: 32 per sample",
        "Peak activations: 48.00 B per sample",
        "No findings.",
    ]


def test_incomplete_totals_say_so() -> None:
    report = report_of(layer("Dense", "d", units=4, batch_input_shape=[None, 4]), layer("Mystery", "what"))
    text = render("text", [report])
    assert "Total params: at least 20 (80.00 B)" in text
    assert "Unknown: what (Mystery)" in text
    assert re.search(r"what \(Mystery\) +\? +\?", text)


def test_markdown_of_several_models() -> None:
    inner = sequential("inner", layer("Dense", "d", units=4, batch_input_shape=[None, 4]), layer("Mystery", "what"))
    unknown = report_of(inner, layer("Dense", "after", units=2))
    text = render("markdown", [unknown, analyze(json.dumps(LSTM).encode(), name="m.json")], View(depth=1))
    assert "Unknown: `what` (`Mystery`) and `after` (`Dense`)" in text
    assert "| └ `what` (Mystery) | ? | ? |" in text
    assert "### `m.json`" in text
    assert "**640** parameters" in text
    assert "No findings." in text
    quiet = render("markdown", [analyze(json.dumps(LSTM).encode(), name="m.json")], View(quiet=True))
    assert quiet == "**lstmlint**: No findings.\n\n"


def test_csv_names_nested_layers(shell: Shell) -> None:
    shell.write("m.json", sequential("m", LSTM))
    shell.write("no.json", {"a": 1})
    rows = list(csv.DictReader(io.StringIO(shell("m.json", "no.json", "-f", "csv").out)))
    assert [(row["layer"], row["params"]) for row in rows] == [("m", "640"), ("m/lstm", "640")]


def test_sizes_by_dtype() -> None:
    first = layer("Dense", "a", units=4, dtype="float16", batch_input_shape=[None, 4])
    half = render("text", [report_of(first)])
    both = render("text", [report_of(first, layer("Dense", "b", units=4, trainable=False))])
    assert "Total params: 20 (40.00 B, float16)" in half
    assert "Total params: 40 (120.00 B: float16 40.00 B, float32 80.00 B)" in both
    assert "Non-trainable params: 20 (80.00 B)" in both


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0.00 B"), (1023, "1023.00 B"), (1964, "1.92 KB"), (3 * 2**30, "3.00 GB")]
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text


def test_columns_and_depth() -> None:
    report = report_of(LSTM, layer("Dense", "d", units=2, trainable=False))
    view = View(columns=parse_columns("input-shape,share,trainable,weights,macs"), depth=1)
    text = render("text", [report], view)
    header = text.splitlines()[2].split("  ")
    assert [word.strip() for word in header if word.strip()] == [
        "Layer (class)", "Input shape", "Share", "Trainable", "Weights", "MACs",
    ]  # fmt: skip
    assert re.search(r"^  lstm \(LSTM\) +\(None, 13, 5\) +96.7% +yes +kernel \(5, 40\), ", text, re.MULTILINE)
    assert re.search(r"^d \(Dense\) +\(None, 10\) +3.3% +no +kernel \(10, 2\), bias \(2,\) +20$", text, re.MULTILINE)
    assert "MACs: 7,820 per sample" in text
    assert "  lstm" not in render("text", [report])
    assert parse_columns("+macs,params") == ("usual", "macs", "params")
    assert render("text", [report], View(columns=("usual", "macs", "params"))).splitlines()[2].split()[-1] == "MACs"


def test_columns_of_arguments() -> None:
    report = report_of(
        layer("Conv1D", "c", filters=2, kernel_size=3, activation="relu", batch_input_shape=[None, 13, 5]),
        layer("Dense", "d", units=2, dtype="float16"),
    )
    text = render("text", [report], View(columns=parse_columns("activation,kernel-size,dtype")))
    assert re.search(r"^c \(Conv1D\) +relu +3 +float32$", text, re.MULTILINE)
    assert re.search(r"^d \(Dense\) +(linear)? +float16$", text, re.MULTILINE)


def test_one_connection_per_argument() -> None:
    layers = [
        layer("InputLayer", "x", [], batch_input_shape=[None, 4]),
        layer("Add", "sum", [[["x", 0, 0, {}], ["x", 0, 0, {}]]]),
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["sum", 0, 0]]}
    report = analyze({"class_name": "Functional", "config": config})
    text = render("text", [report], View(columns=("usual", "connected-to")))
    assert re.search(r"^sum \(Add\) .* x, x$", text, re.MULTILINE)
    assert report.to_dict()["model"]["layers"][1]["connected_to"] == ["x"]


@pytest.mark.parametrize(
    ("optimizer", "numbers"),
    [
        ("adam", 1304), ({"class_name": "Adam", "config": {"amsgrad": True, "learning_rate": 0.1}}, 1955),
        ({"class_name": "SGD", "config": {"momentum": 0.0}}, 2), ({"class_name": "SGD", "config": {"momentum": 0.9}}, 653),
        ({"class_name": "RMSprop", "config": {"momentum": 0.9, "centered": True}}, 1955),
        ({"class_name": "Nadam", "config": {}}, 1305), ({"class_name": "Adam", "config": {"use_ema": True}}, 1955),
        ({"class_name": "Adam", "config": {"learning_rate": {"class_name": "ExponentialDecay", "config": {}}}}, 1303),
        ({"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": {"class_name": "Adam", "config": {}}}}, 1308),
        ({"class_name": "Adafactor", "config": {}}, None), ({"class_name": "Mine", "config": None}, None), (None, None),
    ],
)  # fmt: skip
def test_optimizer_params(optimizer: Any, numbers: int | None) -> None:
    """As keras 3.15 counts them for LSTM(10) on (13, 5) and Dense(1): 651 trainable parameters."""
    layers: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 13, 5]}},
        {"class_name": "LSTM", "config": {"name": "l", "units": 10}},
        {"class_name": "Dense", "config": {"name": "d", "units": 1}},
    ]
    for entry in layers:
        entry.update(module="keras.layers", registered_name=None)
    source = {
        "module": "keras", "class_name": "Sequential", "registered_name": None, "config": {"name": "m", "layers": layers},
        "compile_config": {"optimizer": optimizer, "loss": "mse"},
    }  # fmt: skip
    text = str(analyze(source))
    assert ("Optimizer params" in text) == (numbers is not None)
    if numbers is not None:
        assert f"Optimizer params: {numbers:,}\n" in text


def test_every_format_is_documented(shell: Shell) -> None:
    """A format is one module and one entry of FORMATS; the help follows, and the pages are checked."""
    help_text = shell("--help").out
    root = Path(__file__).parent.parent
    pages = "".join(page.read_text() for page in (root / "README.md", *(root / "docs").glob("*.md")))
    for name in FORMATS:
        assert callable(load(name).digest)
        assert callable(load(name).render)
        assert re.search(rf"\b{name}\b", help_text)
        assert re.search(rf"\b{name}\b", pages)


@pytest.mark.parametrize("width", [40, 60, 80, 132])
def test_nothing_is_cut_off(width: int) -> None:
    name = "a_rather_long_name_for_a_layer/with_a_path_in_it/" + "x" * 60
    report = report_of(
        layer("LSTM", name, units=10, batch_input_shape=[None, 13, 5], return_sequences=True),
        layer("TimeDistributed", "漢字" * 20, layer=layer("Dense", "d", units=1)),
    )
    report.texts = {}  # the lines of a file are cut off
    text = render("text", [report], View(columns=parse_columns("all"), width=width))
    table = text.partition("\n\n")[2].split("Total")[0]
    assert len(table.splitlines()) > 10
    wide = render("text", [report], View(columns=parse_columns("all")))
    assert name in wide
    # If the columns do not fit, each row is a paragraph with the titles of the columns.
    titles = set("".join(HEADERS.values())) if "(class)" not in table else set()
    for letter in set(wide) - titles:
        if not letter.isspace() and letter != "-":
            assert text.count(letter) == wide.count(letter)
    assert max(map(width_of, table.splitlines())) <= width


def test_words_of_the_header_stay_whole() -> None:
    report = report_of(layer("LSTM", "lstm", units=10, batch_input_shape=[None, 13, 5]))
    for width in (40, 80, 122, 123, 140):
        text = render("text", [report], View(columns=parse_columns("all"), width=width))
        table = text.partition("\n\n")[2].split("Total")[0]
        beside = "(class)" in table
        assert beside == (width >= 123)
        assert {"Trainable", "Connected" if beside else "Weights"} <= set(table.split())
        assert max(map(len, table.splitlines())) <= width


def test_very_long_names_are_cut_in_tables() -> None:
    long = "N" * 1_000_000
    first = layer("InputLayer", "i", batch_input_shape=[None, 5])
    report = report_of(
        first, layer(long, "c"), layer("Dense", long, units=3, activation=long), layer("Dense", "d", units=2)
    )
    report.texts = {}
    for name in ("text", "markdown"):
        shown = render(name, [report], View(columns=parse_columns("all")))
        assert len(shown) < 30_000
        assert "N" * 400 + "... (1,000,000 characters)" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("e" + "\u0301" * 6 + "x", "e" + "\u0301" * 4 + r"\u0301\u0301x"),
        ("名前 ệ שִׁ ที่ हिन्दी", "名前 ệ שִׁ ที่ हिन्दी"),
        ("\u20dd" * 5, "\u20dd" * 4 + r"\u20dd"),
    ],
)
def test_stacks_of_combining_characters_are_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_of_many_unknown_layers_the_first_are_named() -> None:
    layers = [layer("Custom", f"c{i}") for i in range(12)]
    report = report_of(layer("InputLayer", "i", batch_input_shape=[None, 5]), layer("Custom", ""), *layers)
    assert "\nUnknown: '' (Custom), c0 (Custom), " in render("text", [report])
    assert "c3 (Custom), and 8 more\n" in render("text", [report])
    assert "`c3` (`Custom`), and 8 more\n" in render("markdown", [report])


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("short", 10, ["short"]),
        ("(None, 13, 5)", 8, ["(None,", "13, 5)"]),
        ("[(None, 13, 5), (None, 5)]", 22, ["[(None, 13, 5),", "(None, 5)]"]),
        ("one twoo", 4, ["one", "twoo"]),
        ("four five", 4, ["four", "five"]),
        ("a_long_name_here", 8, ["a_long_", "name_", "here"]),
        ("xxxxxxxxxx", 4, ["xxxx", "xxxx", "xx"]),
        ("    indented name", 10, ["    indent", "    ed", "    name"]),
        ("embedding (MultiHeadAttention)", 22, ["embedding", "(MultiHeadAttention)"]),
        ("kernel (5, 40), bias (40,)", 20, ["kernel (5, 40), bias", "(40,)"]),
        ("漢字漢字", 4, ["漢字", "漢字"]),
        ("", 4, [""]),
    ],
)
def test_wrapping(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


def test_a_large_model_is_drawn_whole() -> None:
    report = report_of(LSTM, *(layer("Dropout", f"d{i}", rate=0.5) for i in range(5_000)))
    assert len(render("text", [report], View(width=60)).splitlines()) > 5_000


def test_a_clean_model_in_every_format(shell: Shell) -> None:
    shell.write("m.json")
    for name in FORMATS:
        done = shell("m.json", "-f", name, "--batch", "2")
        assert (done.code, done.err) == (0, "")
