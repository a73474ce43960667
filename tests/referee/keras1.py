"""Run Keras 0.3.3 and 1.2.2 from PyPI on models, without a backend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

from tests.keras1_models import IMAGE_DIM_ORDERING, Config

STANDIN = Path(__file__).with_name("keras1_standin.py")


def fetch(version: str, folder: Path) -> Path:
    """Return the folder with the source of a Keras release, from LSTMLINT_KERAS_SOURCES or from PyPI.

    Raises: RuntimeError if pip cannot download it.
    """
    given = os.environ.get("LSTMLINT_KERAS_SOURCES")
    if given and (Path(given) / f"Keras-{version}").is_dir():
        return Path(given) / f"Keras-{version}"
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--no-binary", ":all:", "--dest", str(folder), f"keras=={version}",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(str(error)) from error
    archives = list(folder.glob(f"[Kk]eras-{version}.tar.gz"))
    if done.returncode or not archives:
        raise RuntimeError(f"pip cannot download keras=={version}: {done.stderr.strip()[-300:]}")
    with tarfile.open(archives[0]) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:  # Python up to 3.11.3
            archive.extractall(folder)
    return next(path for path in folder.glob(f"[Kk]eras-{version}") if path.is_dir())


def ask(source: Path, models: dict[str, Config]) -> dict[str, dict[str, Any]]:
    """Return the result of the Keras in `source` for each model, in the format of tests/data."""
    asked = [
        {"model": model, "image_dim_ordering": IMAGE_DIM_ORDERING.get(name, "tf")} for name, model in models.items()
    ]
    done = subprocess.run(
        [sys.executable, str(STANDIN), str(source)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    answers = json.loads(done.stdout)["answers"]
    return {name: shortened(answer) for name, answer in zip(models, answers, strict=True)}


def shortened(answer: dict[str, Any]) -> dict[str, Any]:
    """Reduce a result to what is compared, with inputs and outputs as lists of shapes."""
    if "error" in answer:
        return {"error": answer["error"][:100]}
    layers = [[layer["name"], layer["class"], layer["params"], layer["output_shape"]] for layer in answer["layers"]]
    short = {"total": answer["total"], "layers": layers}
    for key in ("inputs", "outputs"):
        shapes = answer[key]
        if isinstance(shapes, dict):
            shapes = list(shapes.values())
        short[key] = shapes if shapes and isinstance(shapes[0], list) else [shapes]
    if "trainable" in answer:
        short["trainable"] = answer["trainable"]
    return short
