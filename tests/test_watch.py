"""`lstmlint --watch`: what makes it check again, and what it survives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lstmlint.commands import watch
from tests.commandline import LSTM, STACK, UNBUILT, Done, Shell

ROOT = Path(__file__).parent.parent


def watched(
    shell: Shell, *arguments: str, steps: list[Callable[[], object]], writing: tuple[Callable[[], object], ...] = ()
) -> Done:
    """Run the command, do a step whenever it waits for changes, and interrupt it after the last one.

    writing: what happens after the first change, while it waits until nobody writes.
    """
    left, more = iter(steps), iter(writing)

    def sleep(seconds: float) -> None:
        if seconds == watch.SETTLED:
            next(more, lambda: None)()
            return
        step = next(left, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    shell.monkeypatch.setattr(watch, "sleep", sleep)
    shell.monkeypatch.setattr(watch, "IDLE", 0)
    return shell(*arguments, "--watch")


def changes(done: Done) -> list[str]:
    """Return what the command says that has changed."""
    return [line.partition("Changed: ")[2] for line in done.err.splitlines() if "Changed: " in line]


def test_files(shell: Shell) -> None:
    """Changed, half-written, replaced, deleted and new files; nothing else makes it check again."""
    path = shell.write("models/a.json")
    shell.write("models/notes.txt", "x")

    def replaced() -> None:
        shell.write("models/new.tmp", LSTM).replace(path)

    done = watched(
        shell, "models", "-f", "concise",
        steps=[
            lambda: shell.write("models/a.json", STACK), lambda: None, lambda: shell.write("models/notes.txt", "y"),
            lambda: shell.write("models/a.json", '{"class_name": "Sequential", '), replaced, lambda: shell.write("models/b/c.json", UNBUILT),
            path.unlink,
        ],
    )  # fmt: skip
    assert done.code == 130
    assert changes(done) == ["models/a.json"] * 3 + ["models/b/c.json", "models/a.json"]
    found = [line.split()[2] for line in done.out.splitlines()]
    assert found == ["S102", "E001", "S135", "S135"]
    assert "] Watching 2 files for changes; Ctrl-C stops.\n" in done.err
    assert "\x1b" not in done.out


def test_a_missing_file_may_appear(shell: Shell) -> None:
    done = watched(shell, "m.json", "-q", steps=[lambda: shell.write("m.json", STACK)])
    assert "no such file or folder: 'm.json'" in done.err
    assert "S102" in done.out


def test_a_file_that_is_being_written(shell: Shell) -> None:
    shell.write("m.json")
    text = json.dumps(STACK)
    parts = (lambda: shell.write("m.json", text[:50]), lambda: shell.write("m.json", text))
    done = watched(shell, "-f", "concise", steps=[lambda: shell.write("m.json", text[:20])], writing=parts)
    assert changes(done) == ["m.json"]
    assert [line.split()[2] for line in done.out.splitlines()] == ["S102"]
    shell.monkeypatch.setattr(watch, "LONGEST_WRITING", 0)
    done = watched(shell, "-f", "concise", steps=[lambda: shell.write("m.json", text[:20])], writing=parts)
    assert [line.split()[2] for line in done.out.splitlines()] == ["S102", "E001"], "a log is written all the time"


def test_settings(shell: Shell) -> None:
    """They are read again; while they are mistaken, the mistakes are shown."""
    shell.write("m.json", STACK)
    done = watched(
        shell, "-f", "concise",
        steps=[
            lambda: shell.write("lstmlint.toml", 'ignore = ["S102"]\n'), lambda: shell.write("lstmlint.toml", "ignore = [\n"),
            lambda: shell.write("lstmlint.toml", 'ignore = ["R201"]\nbaseline = "base.json"\n'),
            lambda: shell.write("base.json", '{"lstmlint-baseline": 1, "files": {}}'), (shell.folder / "lstmlint.toml").unlink,
        ],
    )  # fmt: skip
    assert changes(done) == [
        "lstmlint.toml",
        "the settings",
        "the settings",
        "base.json",
        "lstmlint.toml",
    ]
    assert done.out.count("S102") == 3
    assert "not valid TOML" in done.err
    assert "cannot read the baseline" in done.err


def test_outputs_are_not_watched(shell: Shell) -> None:
    shell.write("m.json", LSTM)
    done = watched(shell, "-f", "json:report.json", "-f", "concise", steps=[lambda: None, lambda: None])
    assert changes(done) == []
    assert Path("report.json").exists()


def test_a_folder_that_is_a_model(shell: Shell) -> None:
    shell.write("m/config.json", LSTM)
    shell.write("m/metadata.json", {"keras_version": "3.4.0"})
    done = watched(shell, "m", "-q", steps=[lambda: shell.write("m/config.json", STACK)])
    assert changes(done) == ["m"]
    assert "Watching 1 file " in done.err


def test_on_a_terminal(shell: Shell) -> None:
    shell.write("m.json", LSTM)
    shell.monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert watched(shell, "m.json", steps=[]).out.startswith(watch.CLEAR)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-",), "--watch needs files"), (("--stdin-filename", "x.json"), "--watch needs files"),
        (("--diff",), "--watch cannot be combined with --diff"), (("--show-settings",), "with --show-settings"),
        (("--write-baseline", "x"), "with --write-baseline"), (("--fail-on", "x"), "--fail-on takes"),
        (("--baseline", "gone.json"), "gone.json"),
    ],
)  # fmt: skip
def test_mistakes_end_it(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    done = watched(shell, *arguments, steps=[])
    assert done.code == 2
    assert said in done.err


def test_a_reader_that_leaves(tmp_path: Path) -> None:
    """`lstmlint --watch | head -1` ends, at the latest when a file changes."""
    model = tmp_path / "m.json"
    model.write_text("{}")
    command = [sys.executable, "-m", "lstmlint", str(model), "--watch"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"E002" in process.stdout.readline()
        assert b"Watching 1 file" in process.stderr.readline()
        process.stdout.close()
        time.sleep(0.05)
        model.write_text("[]")
        assert process.wait(10) == 2
