"""The package: what the wheel holds, its size, that it runs, and what a release needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

from lstmlint.model.releases import known
from lstmlint.resources import SCHEMAS
from lstmlint.version import HOME, __version__

ROOT = Path(__file__).parent.parent
MAX_BYTES = 1_500_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    hatchling: Any = pytest.importorskip("hatchling.build")
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / str(hatchling.build_wheel(str(folder)))


def test_wheel_is_small_and_complete(wheel: Path) -> None:
    assert wheel.stat().st_size < MAX_BYTES
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "lstmlint").rglob("*") if path.is_file()}
    data = {name for name in files if "__pycache__" not in name and not name.endswith((".pyc", ".po", ".pot"))}
    assert data - names == set()
    assert {f"lstmlint/schemas/{name}.schema.json" for name in SCHEMAS} <= names
    others = {name for name in names if not name.startswith((f"lstmlint-{__version__}.dist-info/", "lstmlint/"))}
    assert others == set()


def test_wheel_runs(wheel: Path, tmp_path: Path) -> None:
    """Without the repository: the commands that read data of the package."""
    installed = tmp_path / "installed"
    with ZipFile(wheel) as archive:
        archive.extractall(installed)
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "lstmlint", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    assert run("--version") == f"lstmlint {__version__} ({known()})\n"
    assert "480" in run("count", "LSTM(10)", "--input", "13,1")
    for name in SCHEMAS:
        assert run("schema", name) == (ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8")


def test_changelog_has_a_dated_section_for_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    sections = re.findall(r"^## \[(.+?)\](.*)$", text, re.MULTILINE)
    assert sections[0] == ("Unreleased", "")
    assert sections[1][0] == __version__
    assert re.fullmatch(r" - \d{4}-\d\d-\d\d", sections[1][1])
    targets = dict(re.findall(r"^\[(.+?)\]: (\S+)$", text, re.MULTILINE))
    assert targets["Unreleased"] == f"{HOME}/compare/v{__version__}...HEAD"
    assert targets[__version__] == f"{HOME}/releases/tag/v{__version__}"


def test_every_part_of_the_repository_is_in_the_sdist() -> None:
    """The tests run from an unpacked sdist, so it holds what they read."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        included = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    parts = {name.partition("/")[0] for name in listed if name}
    patterns = {entry.removeprefix("/").partition("/")[0] for entry in included}
    left_out = {part for part in parts if part not in patterns and not (part.endswith(".md") and "*.md" in patterns)}
    assert left_out <= {".gitignore", ".dockerignore", ".gitattributes", "pyproject.toml"}


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_few_rights(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for step in (step for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step):
        name, _, version = step["uses"].partition("@")
        assert re.fullmatch(r"[0-9a-f]{40}|v\d+", version), name


def test_release_is_published_without_a_password() -> None:
    if not WORKFLOWS:
        pytest.skip("not a clone")
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    assert jobs["pypi"]["environment"]["name"] == "pypi"
    assert jobs["pypi"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in text
