"""Fixtures that several test modules use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commandline import Shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Return lstmlint's command line in an empty folder."""
    return Shell(tmp_path, monkeypatch, capsys)
