"""Fixtures that several test modules use."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmlint.reading import sandbox
from tests.commandline import Shell


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read HDF5 in this process, where it is quicker and its coverage is measured; tests/test_sandbox.py isolates it."""
    monkeypatch.setattr(sandbox, "in_process", True)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Return lstmlint's command line in an empty folder."""
    return Shell(tmp_path, monkeypatch, capsys)
