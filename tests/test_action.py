"""The scripts of the GitHub Action, run as on a runner, and the pinned actions and images."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commandline import STACK, Shell

ROOT = Path(__file__).parent.parent
STEPS: list[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
SCRIPTS: dict[str, str] = {step["name"]: step["run"] for step in STEPS if "run" in step}
SUMMARY_LIMIT = 2**20  # GitHub's, in bytes per step


@pytest.fixture
def runner(shell: Shell) -> Shell:
    """A runner's temporary folder whose virtual environment holds this lstmlint."""
    program = shell.write("temp/lstmlint-venv/bin/lstmlint", f'#!/bin/sh\nexec "{sys.executable}" -m lstmlint "$@"\n')
    program.chmod(0o755)
    return shell


def run(shell: Shell, step: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of the action's scripts in the shell's folder, with bash as a runner calls it."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPTS[step]],
        cwd=shell.folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "RUNNER_TEMP": str(shell.folder / "temp"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(shell.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(shell.folder / "summary.md"),
            **environment,
        },
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("paths", "arguments", "files"),
    [
        (".", "", ["models/a b.json", "models/c.json"]),
        ("", "", ["models/a b.json", "models/c.json"]),
        ("models/a b.json \n\n  models/c.json\t\n", "", ["models/a b.json", "models/c.json"]),
        ("models/c.json ", " --max-params=50k\n --ignore R235 ", ["models/c.json"]),
    ],
)
def test_paths_and_arguments(runner: Shell, paths: str, arguments: str, files: list[str]) -> None:
    runner.write("models/a b.json")
    runner.write("models/c.json")
    done = run(runner, "Run lstmlint", PATHS=paths, ARGS=arguments, SUMMARY="true")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall("^### `(.*)`$", (runner.folder / "summary.md").read_text(), re.MULTILINE) == files


@pytest.mark.parametrize(("arguments", "code"), [("", 1), ("--exit-zero", 0), ("--no-such-option", 2)])
def test_exit_codes_annotations_and_no_summary(runner: Shell, arguments: str, code: int) -> None:
    runner.write("m.json", STACK)
    done = run(runner, "Run lstmlint", PATHS="m.json", ARGS=arguments, SUMMARY="false")
    assert done.returncode == code
    assert ("::error" in done.stdout) == (code != 2)
    assert not (runner.folder / "summary.md").exists()


def test_a_long_summary_leaves_whole_models_out(runner: Shell) -> None:
    section = "### `{}.json`\n\n<details>\n" + "| é |\n" * 5000 + "</details>\n"
    summary = "**lstmlint**: 1 error\n\n" + "".join(section.format(number) for number in range(100))
    runner.write("long.md", summary + "### `small.json`\n")
    copy = f'#!/bin/sh\ncp long.md "{runner.folder}/temp/lstmlint-summary.md"\nexit 1\n'
    runner.write("temp/lstmlint-venv/bin/lstmlint", copy)
    assert run(runner, "Run lstmlint", PATHS=".", ARGS="", SUMMARY="true").returncode == 1
    written = (runner.folder / "summary.md").read_bytes()
    assert 0.9 * SUMMARY_LIMIT < len(written) < SUMMARY_LIMIT
    text = written.decode()
    assert text.startswith("**lstmlint**: 1 error\n\n### `0.json`")
    assert text.count("<details>") == text.count("</details>") == 28
    assert "### `small.json`\n**Shortened**: the summary has no room for 72 more models" in text


@pytest.mark.parametrize(("extras", "target"), [("", str(ROOT)), ("hdf5", f"{ROOT}[hdf5]")])
def test_it_installs_into_an_environment_of_its_own(shell: Shell, extras: str, target: str) -> None:
    # A stub for Python that records its arguments; `-m venv FOLDER` copies it into the folder.
    python = shell.write(
        "python",
        f'#!/bin/sh\necho "$0 $*" >> "{shell.folder}/calls"\n'
        '[ "$2" != venv ] || { mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; }\n',
    )
    python.chmod(0o755)
    assert run(shell, "Install lstmlint", PYTHON=str(python), EXTRAS=extras).returncode == 0
    venv, cache = shell.folder / "temp/lstmlint-venv", shell.folder / "temp/lstmlint-pip"
    assert (shell.folder / "calls").read_text().splitlines() == [
        f"{python} -m venv {venv}",
        f"{venv}/bin/python -m pip install --quiet --cache-dir {cache} {target}",
    ]


def test_the_cache_key_depends_on_the_extras(shell: Shell) -> None:
    for extras in ("", "hdf5"):
        assert run(shell, "Find the cache key", PYTHON=sys.executable, EXTRAS=extras).returncode == 0
    keys = (shell.folder / "output").read_text().splitlines()
    assert len(set(keys)) == 2
    assert all(re.fullmatch("hash=[0-9a-f]{64}", key) for key in keys)


def test_what_others_publish_is_pinned() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    uses = [step["uses"] for step in [*STEPS, *workflow["jobs"]["test"]["steps"]] if "uses" in step]
    assert len(uses) == 5
    assert all(re.fullmatch(r"actions/[a-z/-]+@[0-9a-f]{40}", used) for used in uses)
    images = re.findall("^FROM (.*)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert re.fullmatch(r"python:[\w.-]+@sha256:[0-9a-f]{64} AS base", images[0])
    assert all(image.split()[0] == "base" for image in images[1:])
