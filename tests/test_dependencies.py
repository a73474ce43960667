"""Dependencies: every one has a tested lower bound, and none of their warnings reaches the user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import lowest_dependencies
from tests.commandline import Shell

ROOT = Path(__file__).parent.parent
H5PY = pytest.importorskip("h5py")

# Runs before the program: each import of a dependency warns, as a release that deprecates something does.
NOISY = """
import builtins, warnings
real = builtins.__import__

def noisy(name, *arguments, **options):
    if name.partition(".")[0] in {"h5py", "jsonschema", "typer", "yaml"}:
        warnings.warn(f"{name} is deprecated", DeprecationWarning)
        warnings.warn(f"{name} was built against another library", UserWarning)
    return real(name, *arguments, **options)

builtins.__import__ = noisy
"""


def test_every_dependency_has_a_lowest_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [constraint.partition("==")[0] for constraint in lowest_dependencies.lowest_dependencies()]
    assert sorted(names) == ["fsspec", "h5py", "jsonschema", "pygls", "pyyaml", "typer"]
    unbounded = tmp_path / "pyproject.toml"
    unbounded.write_text(
        '[project]\ndependencies = ["typer"]\n[project.optional-dependencies]\nhdf5 = []\nlsp = []\nremote = []\n'
    )
    monkeypatch.setattr(lowest_dependencies, "PYPROJECT", unbounded)
    with pytest.raises(ValueError, match=r"'typer' .* has no lower bound"):
        lowest_dependencies.lowest_dependencies()


@pytest.mark.parametrize("warnings", ["default", "error"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("model.json",),
        ("model.json", "--config", "settings.toml"),
        ("model.yaml", "model.h5", "--jobs", "2", "--quiet"),
        ("rule", "S102"),
    ],
)
def test_warnings_of_dependencies_are_not_shown(shell: Shell, arguments: tuple[str, ...], warnings: str) -> None:
    text = shell.write("model.json").read_text()
    shell.write("model.yaml", text)
    shell.write("settings.toml", 'ignore = ["R235"]')
    shell.write("sitecustomize.py", NOISY)
    with H5PY.File("model.h5", "w") as file:
        file.attrs["model_config"] = text
    done = subprocess.run(
        [sys.executable, "-m", "lstmlint", *arguments],
        env={**os.environ, "PYTHONWARNINGS": warnings, "PYTHONPATH": f"{shell.folder}{os.pathsep}{ROOT}"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
