"""What the history says about a release is what that release does.

LSTMLINT_RELEASES="3.0 3.7" asks other releases of Keras 3. They are installed into build/releases.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint.signatures import history
from lstmlint.signatures.keras3 import REQUIRED

ROOT = Path(__file__).parent.parent.parent
RELEASES = os.environ.get("LSTMLINT_RELEASES", "3.3 3.9 3.15").split()
SAMPLES: dict[str, Any] = {
    "layer": {"module": "keras.layers", "class_name": "LSTM", "config": {"units": 2}, "registered_name": None},
    "cell": {"module": "keras.layers", "class_name": "LSTMCell", "config": {"units": 2}, "registered_name": None},
    "cells": [{"module": "keras.layers", "class_name": "LSTMCell", "config": {"units": 2}, "registered_name": None}],
    "function": {"class_name": "function", "module": "builtins", "config": "mean_squared_error", "registered_name": "mean_squared_error"},
    "fn": {"class_name": "function", "module": "builtins", "config": "mean_squared_error", "registered_name": "mean_squared_error"},
    "inner_optimizer": {"module": "keras.optimizers", "class_name": "SGD", "config": {}, "registered_name": None},
    "name": "float32", "mode": "int8", "activation": "relu", "equation": "ab,bc->ac",
    "units": 4, "filters": 4, "kernel_size": 2, "pool_size": 2, "rate": 0.5, "n": 2, "dims": [1], "target_shape": [4],
    "input_dim": 4, "output_dim": 4, "num_heads": 2, "key_dim": 2, "output_shape": [4], "output_size": 2, "height": 4, "width": 4,
    "num_bins": 4, "scale": 0.5, "offset": 0.0, "factor": 0.2, "height_factor": 0.2, "width_factor": 0.2, "stddev": 0.5,
    "padding": 1, "cropping": 1, "size": 2, "axes": 1, "axis": -1, "value": 0.5, "num_classes": 2, "target_class_ids": [0],
    "threshold": 0.5, "recall": 0.5, "precision": 0.5, "specificity": 0.5, "sensitivity": 0.5, "normalizer": [1.0, 2.0],
    "learning_rate": 0.1, "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "first_decay_steps": 10,
    "boundaries": [1], "values": [0.1, 0.2], "head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1, "num_tokens": 4,
    "drop_path_rate": 0.1, "init_values": 0.1, "projection_dim": 2, "shape": [3], "layers": [], "pool_mode": "max", "pool_dimensions": 1,
}  # fmt: skip
# Arguments that a class accepts only together with another one.
TOGETHER = {("ResidualWrapper", "residual_fn_type"), ("ResidualWrapper", "residual_fn_module")} | {
    (name, "optimizer")
    for name in (
        "LossScaleOptimizer", "legacy.LossScaleOptimizer", "legacy.lossscaleoptimizer", "legacy.lossscaleoptimizerv1",
        "lossscaleoptimizerv1",
    )
}  # fmt: skip


def sample(argument: str, default: Any) -> Any:
    """Return a value to try for an argument."""
    return SAMPLES.get(argument) if default is None or default is REQUIRED else default


def plain(value: Any) -> Any:
    """Return a sample as Keras 2 writes it: objects without modules."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in {"module", "registered_name"}}
    return [plain(item) for item in value] if isinstance(value, list) else value


def tasks(release: str) -> Iterator[dict[str, Any]]:
    """Yield a task for each name that a release knows: every argument that some release has for it, and one that none has."""
    keras3 = history.line(release) == "3"
    for kind in history.KINDS:
        for name in history.names(kind, release) if kind != "models" else ():
            universe: dict[str, Any] = {"no_such_argument": None}
            for other in history.releases():
                if history.line(other) != "tfjs":
                    for argument, default in (history.arguments(kind, name, other) or {}).items():
                        universe.setdefault(argument, default)
            own = history.arguments(kind, name, release) or {}
            needed = sorted(history.needed(kind, name, release))
            paths = history.paths(kind, name, release)
            base = {argument: sample(argument, own.get(argument)) for argument in needed}
            tries = {argument: sample(argument, default) for argument, default in universe.items()}
            yield {
                "kind": kind,
                "name": name,
                "path": paths[0] if keras3 or "" not in paths else "",
                "base": base if keras3 else plain(base),
                "tries": tries if keras3 else plain(tries),
            }


def disagreements(release: str, package: str, environment: dict[str, str]) -> tuple[int, list[str]]:
    """Return the number of arguments that a release was asked about, and where the history differs."""
    asked = list(tasks(release))
    probe = Path(__file__).with_name("history_probe.py")
    done = subprocess.run(
        [sys.executable, str(probe), package],
        input=json.dumps(asked), env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    count, found = 0, []
    for task, line in zip(asked, done.stdout.splitlines(), strict=True):
        answer = json.loads(line)
        kind, name = task["kind"], task["name"]
        if not answer["found"]:
            found.append(f"{kind} {name}: not found in {task['path']!r}")
            continue
        accepted = history.arguments(kind, name, release) or {}
        for argument, taken in answer["taken"].items():
            expected = history.extra(kind, name, release) or argument in accepted
            if taken is not None and (name, argument) not in TOGETHER:
                count += 1
                if taken != expected:
                    found.append(f"{kind} {name}: {argument} {'is' if taken else 'is not'} taken")
        if answer["base"] is None:
            found += [
                f"{kind} {name}: {argument} is not needed" for argument, says in answer["needed"].items() if not says
            ]
    return count, found


@pytest.mark.referee
@pytest.mark.parametrize("release", RELEASES)
def test_keras3(release: str) -> None:
    pytest.importorskip("keras")
    version = history.version(release)
    folder = ROOT / "build" / "releases" / version.replace(" ", "-")
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=ROOT) as scratch:  # a failed installation leaves no folder behind
            command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", scratch]
            subprocess.run([*command, version.replace(" ", "==")], check=True, capture_output=True)
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(scratch, folder)
    backend = "jax" if release == "3.0" else "numpy"  # the numpy backend of 3.0 imports torch
    environment = {"PYTHONPATH": str(folder), "KERAS_BACKEND": backend}
    count, found = disagreements(release, "keras", environment)
    print(f"Keras {release}: {count} arguments")
    assert count > 4000
    assert found == []


@pytest.mark.referee_tf
def test_tf_keras() -> None:
    tf_keras = pytest.importorskip("tf_keras")
    release = f"tf_keras{'.'.join(tf_keras.__version__.split('.')[:2])}"
    count, found = disagreements(release, "tf_keras", {})
    assert count > 4000
    assert found == []
