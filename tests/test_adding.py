"""Add a layer, an operation, a rule, an output format and a container to a copy of the repository, as CONTRIBUTING.md says.

The code is that of the page. Only what scripts generate with real Keras is written here by hand.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.commandline import LSTM, layer, sequential
from tests.op_nodes import model_of, tensor

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def code(section: str) -> str:
    """Return the block of Python code in a section of the page."""
    match = re.search(rf"^## {section}$.*?^ *```python\n(.*?)^ *```$", PAGE, re.DOTALL | re.MULTILINE)
    assert match is not None
    return textwrap.dedent(match[1])


def span(begun: str) -> str:
    """Return the code in the page's text that begins with some words."""
    match = re.search(rf"`({re.escape(begun)}[^`]*)`", PAGE)
    assert match is not None
    return match[1]


class Addition(NamedTuple):
    """One addition, and a command line that shows it.

    edits: (file in lstmlint/, a line of it or None, the text to write after that line or at the end).
    generated: a file that a script writes, a line of it, and the line after it.
    """

    edits: tuple[tuple[str, str | None, str], ...]
    generated: tuple[str, str, str] | None
    arguments: str
    output: str

    @property
    def files(self) -> set[str]:
        """The files to edit by hand."""
        return {name for name, _, _ in self.edits}


# Dense exists, so the layer has another name here; and as no Keras has it, it declares its arguments.
TWIN = code("Add a layer").replace("Dense", "TwinDense")
TWIN = TWIN.replace("min_ndim = 2\n", f"min_ndim = 2\n    {span('signature: ')}\n")
FAMILY = span('("reshaping.').replace("avel", "oll_out")
IMPORTS = """
from collections.abc import Iterator
from typing import ClassVar
from lstmlint.signatures.keras3 import REQUIRED
"""
ROW = {
    "layer": {"class_name": "TwinDense", "config": {"name": "layer", "units": 4}}, "inputs": [[None, 3]], "keras": "3.99",
    "weights": [["kernel", [3, 4], True, "float32"], ["bias", [4], True, "float32"]], "outputs": [[None, 4]],
}  # fmt: skip
ADDITIONS = {
    "layer": Addition(
        (
            ("layers/core.py", "from __future__ import annotations\n", IMPORTS),
            ("layers/core.py", None, f"\n\n{TWIN}"),
        ),
        ("../tests/data/layers/single.json", "", json.dumps([ROW])),
        "layer.json",
        "Total params: 16 (",
    ),
    "operation": Addition(
        (
            ("layers/ops/table.py", "    # Rearranging.\n", f"    {FAMILY},\n"),
            ("layers/ops/reshaping.py", None, "\n\n" + code("Add an operation").replace("ravel", "roll_out")),
        ),
        (
            "signatures/operations.py",
            '    "Ravel": ("numpy", ("ravel",), {}, {"x": REQUIRED}),\n',
            '    "Roll_out": ("numpy", ("roll_out",), {}, {"x": REQUIRED}),\n',
        ),
        "operation.json",
        "(6,)",
    ),
    "rule": Addition(
        (("rules/normalization.py", None, f"\n\n{code('Add a rule')}"),),
        None,
        "rule.json",
        "info N499 strong-noise: adds noise",
    ),
    "format": Addition(
        (
            ("reporting/brief.py", None, code("Add an output format")),
            ("reporting/__init__.py", "FORMATS = {\n", '    "brief": Traits(),\n'),
        ),
        None,
        "lstm.json.xz rule.json --format brief",
        "lstm.json.xz: 640 \nrule.json: 6 N499",
    ),
    "container": Addition(
        (
            ("reading/xz_json.py", None, code("Add a container")),
            ("reading/containers.py", "CONTAINERS = [\n", f"    {span('Container(')}\n"),
        ),
        None,
        ". --format csv",
        "lstm.json.xz,lstm,LSTM,",
    ),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with all additions, and a folder `models` with a model for each."""
    copy = tmp_path_factory.mktemp("repository")
    for name in ("lstmlint", "scripts", "tests", "docs", "schemas", "examples"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for addition in ADDITIONS.values():
        for name, after, text in (*addition.edits, *([addition.generated] if addition.generated else [])):
            path = copy / "lstmlint" / name
            old = path.read_text("utf-8") if path.exists() else ""
            assert not after or old.count(after) == 1, name
            path.write_text(old.replace(after, after + text) if after else old + text, "utf-8")
    models = copy / "models"
    models.mkdir()
    noise = layer("GaussianNoise", "noise", stddev=10, batch_input_shape=[None, 5])
    node = json.dumps(model_of({"op": "Ravel", "config": {}, "args": [tensor(2, 3)]}))
    for name, model in (
        ("layer", json.dumps(sequential("m", layer("TwinDense", "g", units=4, batch_input_shape=[None, 3])))),
        ("operation", node.replace("Ravel", "Roll_out")),
        ("rule", json.dumps(sequential("m", noise, layer("Dense", "d", units=1)))),
    ):
        (models / f"{name}.json").write_text(model)
    (models / "lstm.json.xz").write_bytes(lzma.compress(json.dumps(LSTM).encode()))
    return copy


def run(repository: Path, folder: str, *arguments: str) -> str:
    """Run Python in a folder of the copy, and return its output."""
    environment = {**os.environ, "PYTHONPATH": str(repository), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=repository / folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ADDITIONS)
def test_works_from_the_command_line(repository: Path, name: str) -> None:
    addition = ADDITIONS[name]
    assert addition.output in run(repository, "models", "-m", "lstmlint", *addition.arguments.split())


def test_number_of_files() -> None:
    """One file for a layer and a rule; a new function or module is also named in one place."""
    assert {name: len(addition.files) for name, addition in ADDITIONS.items()} == {
        "layer": 1, "operation": 2, "rule": 1, "format": 2, "container": 2,
    }  # fmt: skip


def test_pages_and_tests_follow(repository: Path) -> None:
    """The generator lists the additions, and the tests of layers, operations and rules include them."""
    run(repository, ".", "scripts/generate_docs.py")
    assert "| TwinDense | - | - | Keras 3.99 (1) |" in (repository / "docs/layers.md").read_text("utf-8")
    assert "| roll_out | reshaping |" in (repository / "docs/layers.md").read_text("utf-8")
    assert "N499" in (repository / "docs/rules.md").read_text("utf-8")
    tests = ("layers.py", "rules.py", "operations.py::test_every_class_has_one_rule")
    run(repository, ".", "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/test_{name}" for name in tests))
    assert "brief" in run(repository, ".", "-m", "lstmlint", "--help")
