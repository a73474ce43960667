"""The html format: one file that fetches nothing, holds what the report says, and treats what a file says as text."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.reporting import Totals, View, html
from lstmlint.reporting.page import ASSETS, contents, embedded
from lstmlint.reporting.page.texts import short
from scripts import vendor_dagre
from tests.commandline import LSTM, STACK, Shell, layer, sequential

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
HOSTILE = (
    "</script><script>document.title='pwned'</script>", "<img src=x onerror=alert(1)>", "<!--<script>", "{policy}{data}",
    "\u202egnp.exe", "a\0b\x1b[31m", "line\nbreak\u2028", "\ud800", "__proto__", "##[error]x", "' onload='", "A" * 1_000_000,
)  # fmt: skip


class Page(HTMLParser):
    """The elements of a page: scripts and styles with their texts, and the attributes of all elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles: list[str] = []
        self.words = ""
        self.inside = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open
        found = re.fullmatch(r"lstmlint.*", self.title)
        assert found, self.title

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))
        self.inside, self.words = tag, ""
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "script":
            self.scripts.append((self.attributes[-1][1], self.words))
        elif tag == "style":
            self.styles.append(self.words)
        elif tag == "title":
            self.title = self.words

    @property
    def data(self) -> dict[str, Any]:
        """The data in the page, by the ids of their elements."""
        return {at["id"] or "": json.loads(text) for at, text in self.scripts if at.get("type") == "application/json"}

    @property
    def index(self) -> Any:
        """The list of models."""
        return self.data["index-data"]

    def model(self, number: int = 0) -> Any:
        """One model."""
        return self.data[f"model-{number}-data"]


def page_of(shell: Shell, *arguments: str, code: int = 0) -> Page:
    """Return the page that the command line writes."""
    done = shell(*arguments, "-f", "html", "-o", "report.html")
    assert (done.code, done.out) == (code, "")
    return Page((shell.folder / "report.html").read_text("utf-8"))


def names_of(text: str) -> str:
    """Return a name as the page shows it."""
    return short(text)


@pytest.mark.parametrize(
    "name", ["lstm_1_2.json", "seq2seq.json", "needs_sequences.json", "why_480.yaml", "unbuilt.json"]
)
def test_the_page_says_what_the_report_says(shell: Shell, name: str) -> None:
    report = lstmlint.analyze(EXAMPLES / name)
    model = page_of(shell, str(EXAMPLES / name), "--exit-zero").model()
    summary = report.model
    assert summary is not None
    assert [(row["name"], row["class_name"], row["params"], row["macs"]) for row in model["layers"]] == [
        (row.name, row.class_name, row.params, row.macs) for row in summary.walk()
    ]
    assert model["params"] == (summary.params or None)
    assert [found["message"] for found in model["findings"]] == [finding.message for finding in report.findings]
    about = {finding.layer: i for i, finding in enumerate(report.findings) if finding.layer}
    assert all(
        index in row["findings"] for row in model["layers"] for name, index in about.items() if name == row["name"]
    )


def test_edges_have_shapes(shell: Shell) -> None:
    model = page_of(shell, str(EXAMPLES / "seq2seq.json")).model()
    names = [row["name"] for row in model["layers"]]
    edges = {(names[source], names[target], shape) for source, target, shape, *_ in model["graphs"][0]["edges"]}
    assert edges == {
        ("encoder_input", "encoder", "(None, None, 71)"),
        ("decoder_input", "decoder", "(None, None, 93)"),
        ("encoder", "decoder", "(None, 256)"),
        ("decoder", "characters", "(None, None, 256)"),
    }


@pytest.mark.parametrize(
    ("name", "layer", "words", "equation"),
    [
        ("why_480.yaml", "lstm", "4 · (units · (input_dim + units) + units)", "4 · (10·(1+10) + 10) = 480"),
        ("seq2seq.json", "characters", "input_dim · units + units", "256·93 + 93 = 23,901"),
    ],
)
def test_the_arithmetic_is_that_of_explain(shell: Shell, name: str, layer: str, words: str, equation: str) -> None:
    model = page_of(shell, str(EXAMPLES / name)).model()
    row = next(row for row in model["layers"] if row["name"] == layer)
    found = model["explanations"][row["explain"]]
    assert (found["words"], found["equation"]) == (words, equation)
    said = shell("explain", str(EXAMPLES / name), layer).out.split()
    assert found["text"].split() == said[said.index("input") :]


def test_nested_models_and_repeated_blocks(shell: Shell) -> None:
    block = [layer("Dense", f"d{i}{part}", units=units) for i in range(6) for part, units in (("a", 4), ("b", 8))]
    inner = sequential("inner", layer("Dense", "first", units=8, batch_input_shape=[None, 8]), *block)
    outer = sequential("outer", {**inner, "name": "inner"}, layer("Dense", "last", units=1))
    shell.write("m.json", outer)
    model = page_of(shell, "m.json").model()
    assert [(row["path"], row["level"], row["parent"], row["graph"], row["inside"]) for row in model["layers"]][:3] == [
        ("inner", 0, None, 1, 0), ("inner/first", 1, 0, None, 1), ("inner/d0a", 1, 0, None, 1),
    ]  # fmt: skip
    (group,) = model["graphs"][1]["groups"]
    assert (group["title"], group["note"], len(group["blocks"])) == ("6 × Dense", "12 layers · 456", 6)
    assert group["blocks"][1] == {"title": "d1a to d1b", "note": "2 layers · 76", "layers": [4, 5]}
    assert [model["layers"][number]["group"] for number in (0, 1, *group["layers"])] == [None, None, *[0] * 12]
    total = model["explanations"][model["layers"][0]["explain"]]
    assert model["explanations"][model["sum"]] == {"words": "inner + last", "equation": "528 + 9 = 537", "text": ""}
    assert total["equation"] == " + ".join(["72", *["36", "40"] * 6]) + " = 528"


def test_sizes_that_a_program_leaves_open(shell: Shell) -> None:
    shell.write(
        "train.py",
        "import keras\nfrom data import X\nfeatures = X.shape[2]\n"
        "model = keras.Sequential([keras.Input((13, features)), keras.layers.LSTM(10), keras.layers.Dense(1)])\n",
    )
    model = page_of(shell, "train.py", "--config", 'max-params = "1k"', "--exit-zero").model()
    _, lstm, dense = model["layers"]
    assert lstm["count"] == "440 + 40·features"
    assert model["explanations"][lstm["explain"]] == {"words": "", "equation": lstm["count"], "text": ""}
    assert model["explanations"][dense["explain"]]["equation"] == "10·1 + 1 = 11"
    assert model["budgets"][0]["share"] is None
    given = page_of(shell, "train.py", "--set", "X.shape[2]=5").model()
    assert given["explanations"][given["layers"][1]["explain"]]["equation"] == "4 · (10·(5+10) + 10) = 640"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--max-params", "1k"], ("max-params", 0.64, False, "640 of 1,000")),
        (["--max-params", "600"], ("max-params", 640 / 600, True, "640 of 600, 40 too many")),
        (["--max-trainable-params", "640"], ("max-trainable-params", 1.0, False, "640 of 640")),
        (["--max-layer-params", "800"], ("max-layer-params", 0.8, False, "640 of 800")),
        (["--max-weight-bytes", "5KB"], ("max-weight-bytes", 0.5, False, "2.50 KB of 5.00 KB")),
        (["--max-weight-bytes", "640", "--dtype", "int8"], ("max-weight-bytes", 1.0, False, "640.00 B of 640.00 B")),
        (["--max-macs", "10k"], ("max-macs", 0.78, False, "7,800 of 10,000")),
        (["--max-activation-bytes", "1KB"], ("max-activation-bytes", 300 / 1024, False, "300.00 B of 1.00 KB")),
    ],
)
def test_budgets(shell: Shell, options: list[str], expected: tuple[str, float, bool, str]) -> None:
    shell.write("m.json", LSTM)
    (entry,) = page_of(shell, "m.json", *options, "--exit-zero").model()["budgets"]
    assert (entry["title"], entry["over"], entry["text"]) == (expected[0], *expected[2:])
    assert entry["share"] == pytest.approx(expected[1])


def test_budgets_of_an_incomplete_model(shell: Shell) -> None:
    shell.write("m.json", sequential("m", *LSTM["config"]["layers"], layer("Mine", "mine")))
    shell.write("lstmlint.toml", 'max-params = 1000\n[[budgets]]\nfiles = "m.json"\nmax-macs = 5\nmax-layer-params = 9')
    entries = page_of(shell, "m.json", "--exit-zero").model()["budgets"]
    assert [(entry["title"], entry["share"], entry["text"]) for entry in entries] == [
        ("max-params", None, "at least 640, of 1,000"),
        ("max-layer-params", 640 / 9, "at least 640, of 9, 631 too many"),
        ("max-macs", None, "unknown, of 5"),
    ]


# What does not fit, and files that are no models ----------------------------------------------------------------


def test_several_models_are_an_index(shell: Shell) -> None:
    shell.write("models/a.json", LSTM)
    shell.write("models/b.json", STACK)
    shell.write("models/c.json", "{")
    page = page_of(shell, "models", "models/c.json", code=1)
    assert [(entry["path"], entry["count"], entry["model"]) for entry in page.index["models"]] == [
        ("models/a.json", "640", 0), ("models/b.json", "at least 160", 1), ("models/c.json", "", 2),
    ]  # fmt: skip
    assert page.index["models"][2]["severities"][0] == 1
    broken = page.model(2)
    assert (broken["layers"], broken["graphs"], [found["code"] for found in broken["findings"]]) == ([], [], ["E001"])
    assert page.title == "lstmlint: 3 models"


def test_what_is_left_out_is_said(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_LAYERS", 3)
    monkeypatch.setattr(contents, "MOST_FINDINGS", 1)
    layers = [layer("Dense", f"d{i}", units=4 + i) for i in range(6)]
    first = layer("Dense", "first", units=3, batch_input_shape=[None, 3])
    shell.write("m.json", sequential("m", first, *layers, layer("Mine", "a"), layer("Other", "b")))
    model = page_of(shell, "m.json", "--exit-zero").model()
    assert (len(model["layers"]), model["left_out"], len(model["findings"])) == (3, 6, 1)
    assert (model["more_findings"], [found["severity"] for found in model["findings"]]) == ([0, 2, 0], ["info"])
    assert [note.split(",")[0] for note in model["notes"]] == [
        "The first 1 of 3 findings are shown.", "3 of 9 layers are shown",
    ]  # fmt: skip
    monkeypatch.setattr(html, "MOST_BYTES", 100)
    shell.write("n.json", LSTM)
    page = page_of(shell, "m.json", "n.json", "--exit-zero")
    assert [entry["model"] for entry in page.index["models"]] == [0, None]
    assert page.index["notes"] == [
        "Only 1 of 2 models are shown in full, because one page holds at most 100.00 B. Name fewer files to see the others."
    ]
    assert page.index["models"][1]["note"]


# Safety -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a model whose names are written to break out of it."""
    first, *names = HOSTILE
    layers = [layer("Dense", first, units=4, batch_input_shape=[None, 3])]
    layers += [layer("Dense", name, units=4) for name in names]
    layers.append(layer("<b>" + "x" * 5000, "custom"))
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "a<script>'&.json"
    path.write_text(json.dumps(sequential("<title></title>", *layers)))
    report = lstmlint.analyze(path)
    view = View()
    totals = Totals()
    totals.add(report)
    return "".join(html.render([html.digest(report, view)], totals, view))


def test_hostile_names_stay_text(hostile: str) -> None:
    page = Page(hostile)
    assert [row["name"] for row in page.model()["layers"]] == [*map(names_of, HOSTILE), "custom"]
    assert [at["id"] for at, _ in page.scripts] == ["index-data", "model-0-data", "worker", "dagre", "layout", "page"]
    assert len(hostile) < 400_000
    explained = [text for entry in page.model()["explanations"] for text in entry.values()]
    assert not [text for text in explained if re.search("[\u202e\0\x1b]", text)]
    assert (
        re.search(
            r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\u2028\u2029]|##\[",
            hostile,
        )
        is None
    )


def test_the_policy_allows_only_the_scripts_and_the_style_of_the_page(hostile: str) -> None:
    page = Page(hostile)
    run = [text for at, text in page.scripts if "type" not in at]
    hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in [*run, *page.styles]]
    policies = [at["content"] for _, at in page.attributes if at.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [
        f"default-src 'none'; script-src {' '.join(hashes[:3])}; style-src {hashes[3]}; worker-src blob:; base-uri 'none';"
        " form-action 'none'; require-trusted-types-for 'script'; trusted-types lstmlint"
    ]
    for _, attributes in page.attributes:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "style", "action")]
        assert (attributes.get("href") or "#").startswith("#")


def test_scripts_build_no_html() -> None:
    for path in ASSETS.glob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"</script|<!--|fetch\(|XMLHttpRequest", text), path
        if path.name != "dagre.min.js":
            wrong = (
                r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setAttribute\(\"style"
            )
            assert not re.search(wrong, text), path


def test_embedded_json_is_read_back() -> None:
    value = {"text": ["</script>", "<!--", "\u2028", "\U0001f600", "é", "##[x"], "number": [10**30, 0.5, None, True]}
    written = embedded(value)
    assert re.search("[^ -~]|[<>&]|##\\[", written) is None
    assert json.loads(written) == value


def test_dagre_is_the_file_of_its_package() -> None:
    facts = json.loads((ASSETS / "dagre.json").read_text("utf-8"))
    code = (ASSETS / "dagre.min.js").read_bytes()
    assert sha256(code).hexdigest() == facts["vendored_sha256"]
    comment, _, rest = code.partition(b"*/\n")
    assert comment.startswith(
        f"/*! {facts['package']} {facts['version']}, under the {facts['license']} license".encode()
    )
    assert b"Copyright (c) 2012-2014 Chris Pettitt" in comment
    original = rest.rstrip(b"\n").replace(b"\\x01", b"\x01") + vendor_dagre.SOURCE_MAP + b"\n"
    assert sha256(original).hexdigest() == facts["sha256"]
    terms = (ASSETS / "dagre.LICENSE").read_text("utf-8")
    assert terms.strip() in comment.decode()
    assert vendor_dagre.vendored(original, terms, facts["version"]) == code
