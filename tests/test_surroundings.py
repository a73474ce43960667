"""Faults around the files: links, full disks, git repositories of strangers, characters that a terminal obeys."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lstmlint.commands.writing import write_atomically
from lstmlint.reporting import escape
from tests.commandline import LSTM, Shell, layer, sequential

ROOT = Path(__file__).parent.parent
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX only")


def run(folder: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    command = [sys.executable, "-m", "lstmlint", *arguments]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run(command, cwd=folder, env=environment, check=False, timeout=60, **given)


FIXABLE = {"class_name": "Sequential", "module": "keras", "registered_name": None, "config": {"name": "m", "layers": [
    {"module": "keras.layers", "class_name": "LSTM", "registered_name": None,
     "config": {"name": "x", "units": 4, "time_major": False}, "build_config": {"input_shape": [None, 3, 5]}}]}}  # fmt: skip


@posix
def test_links_out_of_the_folder(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    secret = outside / "secret.json"
    secret.write_text(json.dumps(FIXABLE))
    (shell.folder / "link.json").symlink_to(secret)
    (shell.folder / "new.json").symlink_to(outside / "new.json")
    shell.write("m.json", FIXABLE)
    shell.write("lstm.json")
    for arguments in (
        ("--fix", "link.json"),
        ("m.json", "-o", "link.json"),
        ("m.json", "-o", "new.json"),
        ("convert", "lstm.json", "--to", "3.4", "-o", "link.json"),
    ):
        done = shell(*arguments)
        assert (done.code, "which is in another folder" in done.err) == (2, True), done
    assert json.loads(secret.read_text()) == FIXABLE
    assert [path.name for path in outside.iterdir()] == ["secret.json"]
    (shell.folder / "inside.json").symlink_to("m.json")
    assert shell("--fix", "inside.json").code == 0
    assert (shell.folder / "inside.json").is_symlink()
    assert "time_major" not in (shell.folder / "m.json").read_text()


@posix
def test_files_are_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    (tmp_path / f"report.json.{os.getpid()}.tmp").write_text("in the way of a predictable name")
    before = os.umask(0o027)
    try:
        write_atomically(str(path), b"1")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"1"
    assert path.stat().st_mode & 0o777 == 0o640
    path.chmod(0o604)
    write_atomically(str(path), b"2", keep_mode=True)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"2", 0o604)
    assert len(list(tmp_path.iterdir())) == 2


EVIL = ("::error::x", "##[error]x", "\x9b31m", "\x7f", "a\u202eb", "a\u2028b", "\uff1dcmd", "=cmd")
FORMATS = ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "csv", "html")


@posix
@pytest.mark.parametrize("format", FORMATS)
def test_names_in_every_format(shell: Shell, format: str) -> None:
    layers = [layer("LSTM", name, units=4, return_sequences=True, batch_input_shape=[None, 13, 5]) for name in EVIL]
    for number, name in enumerate(("::error::x.json", "##[error]x.json", "=x.json")):
        shell.write(name, sequential(EVIL[number], *layers, layer("Mine", EVIL[number])))
    out = shell(".", "-f", format).out
    assert re.search(r"##\[|[\x7f-\x9f\u202e\u2028]", out) is None
    lines = out.splitlines()
    if format == "github":
        assert all(line.startswith(("::error title=", "::warning title=", "::notice title=")) for line in lines)
    else:
        assert not any(line.lstrip().startswith("::") for line in lines)
    if format == "csv":
        cells = [cell for row in csv.reader(io.StringIO(out)) for cell in row]
        assert not any(cell.startswith(("=", "\uff1d", "::")) for cell in cells)
        assert "'\uff1dcmd" in cells
    elif format == "junit":
        assert any("##[error]x" in node.get("name", "") for node in ET.fromstring(out).iter("testcase"))
    elif format == "json":
        names = {row["name"] for file in json.loads(out)["files"] for row in file["model"]["layers"]}
        assert set(EVIL) <= names


def test_a_diff_of_names_that_a_terminal_obeys(shell: Shell) -> None:
    text = json.dumps(FIXABLE, indent=1).replace('"x"', json.dumps("".join(EVIL), ensure_ascii=False))
    shell.write("m.json", text)
    done = shell("--diff", "m.json")
    assert done.code == 1
    assert re.search(r"##\[|[\x7f-\x9f\u202e\u2028]", done.out) is None
    assert "--output FILE writes one that can be applied" in done.err
    assert shell("--diff", "m.json", "-o", "m.patch").err == ""
    if subprocess.run(["git", "--version"], capture_output=True, check=False).returncode == 0:
        subprocess.run(["git", "apply", "m.patch"], cwd=shell.folder, check=True)
        assert json.loads((shell.folder / "m.json").read_text("utf-8"))["config"]["layers"][0]["config"][
            "name"
        ] == "".join(EVIL)
    shell.write("m.json", json.dumps(FIXABLE, indent=1))
    assert shell("--diff", "m.json").err == ""


@pytest.mark.parametrize(
    ("text", "danger"), [("é\t\r\n", False), ("\r", True), ("##[", True), ("\ud800", True), ("# [", False)]
)
def test_dangerous_text(text: str, danger: bool) -> None:
    assert escape.dangerous(text) == danger


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_full_disks(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps(LSTM))
    with Path("/dev/full").open("w") as full:
        assert run(tmp_path, "missing.json", stderr=full).returncode == 2
        assert run(tmp_path, "m.json", stderr=full).returncode == 0
        assert run(tmp_path, "m.json", "missing.json", "--jobs", "2", stderr=full).returncode == 2
        done = run(tmp_path, "m.json", stdout=full)
        assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
        assert run(tmp_path, "m.json", stdout=full, stderr=full).returncode == 2


def git(folder: Path, *arguments: str) -> None:
    name = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True)


@posix
def test_git_runs_no_programs_of_a_repository(shell: Shell) -> None:
    origin = shell.folder / "origin"
    origin.mkdir()
    try:
        git(origin, "init", "-q", "-b", "main")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git is not installed, or too old")
    (origin / "m.json").write_text(json.dumps(LSTM))
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "x")
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(shell.folder, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{origin}", "clone")
    clone = shell.folder / "clone"
    for key in ("remote.origin.uploadpack", "core.fsmonitor", "core.sshCommand"):
        git(clone, "config", key, f"touch {shell.folder}/ran;")
    hooks = clone / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "post-index-change").write_text(f"#!/bin/sh\ntouch {shell.folder}/ran\n")
    (hooks / "post-index-change").chmod(0o755)
    (clone / "n.json").write_text(json.dumps(LSTM))
    for revision in ("HEAD:m.json", ":m.json"):
        done = run(clone, "diff", revision, "n.json", env={"GIT_CONFIG_GLOBAL": os.devnull})
        assert done.returncode == 2, done
        assert b"no such file here, and git reports" in done.stderr
    assert not (shell.folder / "ran").exists()


@posix
def test_workers_end_quietly(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number}.json").write_text(json.dumps(LSTM))
    for arguments in ((), ("--max-params", "1")):
        done = run(tmp_path, ".", "--jobs", "3", "-q", *arguments)
        assert (done.returncode, done.stderr) == (1 if arguments else 0, b"")


@posix
def test_a_folder_of_odd_things(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "self.json").symlink_to("self.json")
    os.mkfifo(tmp_path / "pipe.json")
    name = os.fsdecode(b"\xff\xfe.json")
    (tmp_path / name).write_text(json.dumps(LSTM))
    (tmp_path / "empty.json").write_bytes(b"")
    for kind in ("text", "json", "junit", "github", "csv"):
        done = run(tmp_path, ".", "-f", kind)
        assert (done.returncode, done.stderr) == (0, b""), done
    for path in ("self.json", "/dev/zero"):
        done = run(tmp_path, path)
        assert done.returncode in (1, 2)
        assert b"Traceback" not in done.stderr
