"""The job of examples/zoo: what its workers survive, and the whole job in Spark's local mode if Spark and Java are here."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import LSTM, STACK

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "examples" / "zoo"
FILES = int(os.environ.get("LSTMLINT_ZOO", "20000"))  # in the job


@pytest.fixture(scope="module")
def lint_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The module of the example, whose child loads a plugin that does what a defect could do."""
    place = tmp_path_factory.mktemp("plugin")
    (place / "evil-1.0.dist-info").mkdir()
    (place / "evil-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    entries = "".join(f"{name} = evil:{name}\n" for name in ("Crash", "Hang", "Hog", "Print"))
    (place / "evil-1.0.dist-info" / "entry_points.txt").write_text(f"[lstmlint.layers]\n{entries}")
    (place / "evil.py").write_text(
        "import ctypes, time\nfrom lstmlint import Layer\n"
        "class Crash(Layer):\n    signature = {}\n    def output_shape(self, shape): ctypes.string_at(0)\n"
        "class Hang(Layer):\n    signature = {}\n    def output_shape(self, shape):\n        while True: time.sleep(1)\n"
        "class Hog(Layer):\n    signature = {}\n    def output_shape(self, shape): return bytearray(2**33) and shape\n"
        "class Print(Layer):\n    signature = {}\n    def output_shape(self, shape): print('[[]]'); return shape\n"
    )
    spec = importlib.util.spec_from_file_location("lint_models", FOLDER / "lint_models.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(place)])
    module.GRACE = 3
    yield module
    os.environ.pop("PYTHONPATH")
    if before is not None:
        os.environ["PYTHONPATH"] = before


def custom(name: str) -> bytes:
    layer = {"class_name": name, "config": {"name": "evil", "batch_input_shape": [None, 3]}}
    return json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}}).encode()


@pytest.mark.skipif(os.name == "nt", reason="select works with pipes on POSIX only")
def test_workers_survive_every_file(lint_models: Any) -> None:
    analyst = lint_models.Analyst(seconds=2, memory=2**29)
    for content, params, codes, error in (
        (json.dumps(LSTM).encode(), 640, [], None),
        (custom("Crash"), None, [], "died: the process ended with -11"),
        (json.dumps(STACK).encode(), 160, ["S102"], None),
        (custom("Hang"), None, [], "timeout: longer than 2 seconds"),
        (b"[" * 3_000_000, None, ["E002"], None),
        (custom("Hog"), None, ["E001"], None),
        (custom("Print"), 0, None, None),
        (b"", None, ["E001"], None),
        (json.dumps(LSTM).encode(), 640, [], None),
    ):
        [row] = analyst.rows("models/m.json", content)
        assert (row["path"], row["params"], len(row["sha256"])) == ("models/m.json", params, 64), row
        assert set(row) == set(lint_models.COLUMNS)
        assert codes is None or [finding["code"] for finding in row["findings"]] == codes, row
        assert (row["error"] is None) if error is None else row["error"].startswith(error), row["error"]
    program = b"import keras\na = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\nb = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\n"
    assert [row["path"] for row in analyst.rows("t.py", program)] == ["t.py::a", "t.py::b"]
    analyst.close()
    assert analyst.child is None


def has_spark() -> str:
    """Return why the job cannot run here, or nothing."""
    for name in ("pyspark", "pandas", "pyarrow"):
        if importlib.util.find_spec(name) is None:
            return f"{name} is not installed"
    return "" if shutil.which("java") else "Java is not installed"


@pytest.mark.skipif(bool(has_spark()), reason=has_spark() or "-")
def test_spark(tmp_path: Path) -> None:
    import pandas as pd

    from benchmarks.zoo import build

    build(tmp_path / "zoo", FILES, 10)
    poison = {
        "crash.h5": b"\x89HDF\r\n\x1a\n" + b"\xff" * 5_000,
        "slow.json": b'{"class_name": "Sequential", "config": ['
        + b'{"class_name": "Dense", "config": {}},' * 400_000
        + b"{}]}",
        "hog.json": b'{"a": "' + "\U0001f600".encode() * 10_000_000 + b'"}',
    }
    for name, content in poison.items():
        (tmp_path / "zoo" / name).write_bytes(content)
    command = [sys.executable, "spark_job.py", str(tmp_path / "zoo"), str(tmp_path / "out"), "--master", "local[2,4]"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--seconds", "5", "--memory", str(2**28)],
        cwd=FOLDER,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-20_000:]
    rows = pd.read_parquet(tmp_path / "out")
    assert len(rows) == FILES + 10 + len(poison)
    good = rows[~rows.path.str.contains("|".join(poison))]
    assert good.error.isna().all()
    assert good.params.notna().all()
    assert Counter(finding["code"] for findings in good.findings for finding in findings)["S102"] > FILES // 100
    for name in poison:
        [row] = rows[rows.path.str.endswith(name)].to_dict("records")
        assert row["error"] or [finding["code"] for finding in row["findings"]] in (["E001"], ["E002"]), row
