"""The generated pages are what their scripts would write now."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_layers_page_is_current() -> None:
    spec = importlib.util.spec_from_file_location("layers_page", ROOT / "scripts" / "generate_layers_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "layers.md").read_text() == module.layers_page()
