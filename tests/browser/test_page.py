"""The html format in a browser. Needs Node.js, Chromium and npm packages; CONTRIBUTING.md tells how to install them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.reporting import Totals, View, comparison, html
from tests.commandline import layer, sequential
from tests.test_html import HOSTILE

ROOT = Path(__file__).parent.parent.parent
SCRIPT = Path(__file__).with_name("page.cjs")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)


def need(package: str, module: str) -> None:
    """Skip the test if Node.js, Chromium, playwright-core or another npm package is not installed. module: of the package."""
    node = shutil.which("node")
    if node is None or CHROMIUM is None:
        pytest.skip("node is not installed" if node is None else "chromium is not installed")
    asked = f"for (const name of ['playwright-core', '{module}']) require.resolve(name)"
    if subprocess.run([node, "-e", asked], check=False, capture_output=True, cwd=SCRIPT.parent).returncode:
        pytest.skip(f"the npm packages playwright-core and {package} are not installed")


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    need("axe-core", "axe-core")


def dense(name: str, units: int, **config: Any) -> dict[str, Any]:
    """Return a Dense layer as Keras 2 writes it."""
    return layer("Dense", name, units=units, **config)


def nested() -> Any:
    """Return a model with a nested model that has six equal blocks."""
    blocks = [dense(f"d{i}{part}", units) for i in range(6) for part, units in (("a", 4), ("b", 8))]
    inner = sequential("inner", dense("first", 8, batch_input_shape=[None, 8]), *blocks)
    return sequential("outer", {**inner, "name": "inner"}, dense("last", 1))


MODELS = {
    "why_480": ROOT / "examples/why_480.yaml",
    "seq2seq": ROOT / "examples/seq2seq.json",
    "needs_sequences": ROOT / "examples/needs_sequences.json",
    "nested": nested(),
    "hostile": sequential(
        "<title>", dense(HOSTILE[0], 4, batch_input_shape=[None, 3]), *(dense(n, 4) for n in HOSTILE[1:])
    ),
    "many": sequential(
        "many", dense("d", 8, batch_input_shape=[None, 8]), *(dense(f"d{i}", 8 + i % 97) for i in range(2000))
    ),
    "huge": sequential(
        "huge", dense("d", 8, batch_input_shape=[None, 8]), *(dense(f"d{i}", 8) for i in range(1, 6000))
    ),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page of each model, and one with two models."""
    folder = tmp_path_factory.mktemp("pages")
    limits = {"max-params": 600, "max-macs": 10**9}
    for name, model in MODELS.items():
        write(folder / f"{name}.html", [model], [f"{name}.json"], View(limits=limits))
    first = dense("first", 8, activation="relu", batch_input_shape=[None, 8])
    old = sequential("m", first, dense("second", 8), layer("Dropout", "third", rate=0.5))
    new = sequential("m", first, dense("second", 16), layer("Activation", "fourth", activation="relu"))
    found = lstmlint.diff(json.dumps(old).encode(), json.dumps(new).encode())
    (folder / "diff.html").write_text(comparison.render(found, "html"), "utf-8")
    two = [sequential("m", dense("d", 2, batch_input_shape=[None, 2])), nested()]
    write(folder / "index.html", two, ["models/lstm.json", "models/other.json"], View())
    return folder


def write(path: Path, models: list[Any], names: list[str], view: View) -> None:
    """Write the page of some models."""
    totals = Totals()
    digests = []
    for model, name in zip(models, names, strict=True):
        source = model if isinstance(model, Path) else json.dumps(model).encode()
        report = lstmlint.analyze(source)
        report.path = name
        totals.add(report)
        digests.append(html.digest(report, view))
    path.write_text("".join(html.render(digests, totals, view)), "utf-8")


@pytest.mark.parametrize(
    ("check", "name", "theme"),
    [
        *[
            ("opens without serious faults of accessibility", name, theme)
            for name in ("why_480", "needs_sequences", "nested", "hostile", "index", "diff")
            for theme in ("light", "dark")
        ],
        ("shows the arithmetic of a count", "why_480", "light"),
        ("folds and unfolds models and repeated blocks", "nested", "light"),
        ("sorts and searches the table", "seq2seq", "light"),
        ("is used with the keyboard alone", "nested", "light"),
        ("treats hostile names as text", "hostile", "light"),
        ("works where workers are not allowed", "nested", "light"),
        ("is quick with 2,000 layers", "many", "light"),
        ("says what is left out", "huge", "light"),
        ("shows what differs between two models", "diff", "light"),
        ("lists several models", "index", "light"),
        ("has a dark and a light theme", "why_480", "light"),
    ],
)
def test_page(pages: Path, check: str, name: str, theme: str) -> None:
    command = ["node", str(SCRIPT), str(CHROMIUM), check, str(pages / f"{name}.html"), theme]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr + done.stdout
