"""Call the command line from tests, in the same process."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lstmlint.cli import guarded
from lstmlint.commands.request import ENVIRONMENT


def layer(class_name: str, name: str, inbound: Any = None, **config: Any) -> dict[str, Any]:
    """Return a layer as Keras 2 writes it; with inbound nodes, a layer of a functional model."""
    written = {"class_name": class_name, "config": {"name": name, **config}}
    return written if inbound is None else {**written, "name": name, "inbound_nodes": inbound}


def sequential(name: str, *layers: dict[str, Any]) -> dict[str, Any]:
    """Return a Sequential as Keras 2 writes it."""
    return {"class_name": "Sequential", "config": {"name": name, "layers": list(layers)}}


LSTM = sequential("m", layer("LSTM", "lstm", units=10, batch_input_shape=[None, 13, 5]))
STACK = sequential("stack", layer("LSTM", "a", units=4, batch_input_shape=[None, 13, 5]), layer("LSTM", "b", units=4))
UNBUILT = sequential("u", layer("LSTM", "lstm", units=1))


class Done(NamedTuple):
    """The output and the exit code of a call."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Parse standard output as JSON."""
        return json.loads(self.out)


class Shell:
    """Calls lstmlint in a temporary folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.monkeypatch = monkeypatch
        monkeypatch.chdir(folder)
        for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "LSTMLINT_TRACEBACK", *ENVIRONMENT.values()):
            monkeypatch.delenv(name, raising=False)
        for name in list(os.environ):
            if name.startswith("GIT_"):  # set by a git hook that runs these tests
                monkeypatch.delenv(name)

    def write(self, path: str, content: Any = None) -> Path:
        """Write a file: text and bytes as they are, anything else as JSON, by default a small LSTM."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        value = LSTM if content is None else content
        if isinstance(value, bytes):
            target.write_bytes(value)
        else:
            target.write_text(value if isinstance(value, str) else json.dumps(value))
        return target

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Done:
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = guarded(list(arguments))
        out, err = self.capsys.readouterr()
        return Done(code, out, err)
