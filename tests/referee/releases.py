"""Releases of Keras 3 side by side: each in a folder of its own, with the dependencies of the running interpreter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lstmlint.signatures import history

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "build" / "releases"


def installed(release: str) -> Path:
    """Return the folder of a release, which is installed if it is missing."""
    version = history.version(release)
    folder = FOLDER / version.replace(" ", "-")
    if not folder.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        packages = [version.replace(" ", "=="), *(["dm-tree"] if release == "3.0" else [])]
        with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:  # a failed installation leaves no folder behind
            command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", scratch]
            subprocess.run([*command, *packages], check=True, capture_output=True)
            shutil.copytree(scratch, folder)
    return folder


def run(release: str, command: str, lines: list[Any]) -> list[Any]:
    """Return the answers of tests/compat_models.py on a release. Raises: CalledProcessError."""
    backend = "jax" if release == "3.0" else "numpy"  # the numpy backend of 3.0 imports torch
    environment = {**os.environ, "PYTHONPATH": str(installed(release)), "KERAS_BACKEND": backend}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "compat_models.py"), command],
        input="".join(json.dumps(line) + "\n" for line in lines),
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]
