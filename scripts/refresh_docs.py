"""Run the commands that the pages show, and write what they print into the pages.

    python scripts/refresh_docs.py

The commands run in a copy of the examples, on a terminal of 80 columns, in the order of each page. In a block of
`console`, the lines after a command are its output; a command without output is only run. A block of `sh` is only run. A
block with a title, such as ```python title="train.py", is written to that file.
"""

from __future__ import annotations

import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "examples" / "README.md",
]
# Commands that do not run here, by how they begin.
NOT_RUN = {
    "python3 -m venv": "installs packages from the network; .ci/run runs the README's",
    ".venv/bin/": "is what .ci/run does",
    "python scripts/": "changes the repository; test_adding follows CONTRIBUTING.md",
    "pip install": "installs packages from the network",
    "pipx run": "builds the package; test_package runs the wheel",
    "python -m tests.fuzz": "takes as long as it is told to; .ci/run runs it for a minute",
    "LSTMLINT_FUZZ=": "is a longer run of test_fuzz",
    "docker": "pulls an image from the network",
    "reviewdog": "is a program of another project",
    "check-jsonschema": "is a program of another project; test_schemas checks the schema itself",
    "lstmlint s3://": "reads a store on the network",
    "python spark_job.py": "needs Spark and Java; test_zoo_job runs it",
    "python benchmarks/": "takes minutes and much disk",
    "pre-commit install": "is a command of another project",
}
BLOCK = re.compile(r'^( *)```(console|sh|\w+ title="([^"\n]+)")\n(.*?)^ *```$', re.DOTALL | re.MULTILINE)
PROGRESS = re.compile(r"\r[\d,]+ of [\d,]+ files, about [\d,]+ s left\x1b\[K|\r\x1b\[K")  # on a slow machine
PLUGIN = "GatedDense = gated_layers:GatedDense"

Run = Callable[[str], str]


class CommandFailed(Exception):
    """A command on a page that is mistaken."""


def lay_out(folder: Path) -> Run:
    """Prepare a folder for a page's commands: the examples, their plugin, `lstmlint`, and a repository.

    Returns:
        A function that runs a command there, and returns what a terminal shows.
    """
    for name in ("examples", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "examples" / "models", folder / "models")  # in recipes for CI, the user's own folder
    programs = folder / ".programs"
    installed = programs / "gated_layers-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: gated-layers\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(f"[lstmlint.layers]\n{PLUGIN}\n")
    program = programs / "lstmlint"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lstmlint "$@"\n')
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "PYTHON"))}
    environment = {
        **kept,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, programs, folder / "examples" / "gated_layers"))),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "TERM": "xterm",
        "GITHUB_BASE_REF": "main",
        "GITHUB_STEP_SUMMARY": str(programs / "summary.md"),
    }

    def run(command: str) -> str:
        terminal, end = pty.openpty()
        with subprocess.Popen(
            ["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=end, stderr=end
        ) as process:
            os.close(end)
            shown = b""
            while chunk := read(terminal):
                shown += chunk
        os.close(terminal)
        output = PROGRESS.sub("", shown.decode()).replace("\r\n", "\n")
        if process.returncode not in {0, 1} or "Traceback" in output:  # 1: findings
            raise CommandFailed(f"{command}\nexit code {process.returncode}\n{output}")
        return output

    identity = "-c user.name=docs -c user.email=docs@example.org -c init.defaultBranch=main -c commit.gpgsign=false"
    for command in (
        f"git {identity} init -q",
        "echo .programs > .gitignore && git add .",
        f"git {identity} commit -qm examples",
        f"git {identity} commit -qm again --allow-empty",
        "git update-ref refs/remotes/origin/main HEAD",
    ):
        run(command)
    return run


def read(terminal: int) -> bytes:
    """Return new output of a terminal, or nothing once the program has ended."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux reports the end as an error
        return b""


def refreshed(page: str, run: Run) -> str:
    """Return a page with the current outputs of its commands.

    Raises:
        CommandFailed: A command cannot be run.
    """

    def block(match: re.Match[str]) -> str:
        indent, language, file, text = match.groups()
        text = "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))
        if file:
            run(
                f"mkdir -p {shlex.quote(str(Path(file).parent))} && printf %s {shlex.quote(text)} > {shlex.quote(file)}"
            )
            return match[0]
        new = console(text, run) if language == "console" else shell(text, run)
        new = "".join(f"{indent}{line}" if line.strip() else line for line in new.splitlines(keepends=True))
        return f"{indent}```{language}\n{new}{indent}```"

    return BLOCK.sub(block, page)


def shell(text: str, run: Run) -> str:
    """Run the commands of a block of `sh`, and return the block."""
    for command in text.replace("\\\n", "").splitlines():
        if command.strip() and not is_left_out(command):
            run(command)
    return text


def console(text: str, run: Run) -> str:
    """Return a block of `console` with new outputs."""
    parts = re.split(r"^(?=\$ )", text, flags=re.MULTILINE)
    return "".join(part if is_left_out(part.removeprefix("$ ")) else with_output(part, run) for part in parts if part)


def with_output(part: str, run: Run) -> str:
    """Return a command of a block of `console`, and its output if the page shows it."""
    match = re.match(r"\$ (.*(?:\\\n.*)*)\n", part)
    if match is None:
        raise CommandFailed(f"a block of console begins with a command after $, not with {part!r}")
    output = run(match[1])
    old = part[match.end() :]
    if not old.strip():
        return part
    gap = "\n" if old.endswith("\n\n") else ""  # before the next command
    return f"{match[0]}{output.strip()}\n{gap}"


def is_left_out(command: str) -> bool:
    """Check whether a command does not run here."""
    return command.startswith(tuple(NOT_RUN))


def main() -> None:
    """Refresh all pages."""
    for page in PAGES:
        text = page.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            new = refreshed(text, lay_out(Path(folder)))
        if new != text:
            page.write_text(new, "utf-8")
            print(f"refreshed {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
