"""The command line: options, inputs, exit codes and streams."""

from __future__ import annotations

import glob
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lstmlint import __version__, analysis, cli
from lstmlint.commands.request import ENVIRONMENT, Request
from lstmlint.config import globs
from lstmlint.config.globs import glob_matches
from lstmlint.config.values import parse_bytes, parse_count, parse_input_shape
from lstmlint.model import limits
from lstmlint.model.findings import UsageError
from lstmlint.model.limits import InputLimits
from lstmlint.signatures import history
from tests.commandline import LSTM, STACK, UNBUILT, Shell, layer, sequential

ROOT = Path(__file__).parent.parent


def test_one_file(shell: Shell) -> None:
    shell.write("m.json")
    done = shell("m.json")
    assert done.code == 0
    assert "lstm (LSTM)    (None, 10)       640" in done.out
    assert "Total params: 640 (2.50 KB)" in done.out
    assert done.err == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 1),
        (("--exit-zero",), 0),
        (("-e",), 0),
        (("--fail-on", "never"), 0),
        (("--fail-on=info",), 1),
        (("--ignore", "S102"), 0),
        (("--ignore", "rnn-needs-sequences"), 0),
        (("--ignore", "S"), 0),
        (("--select", "E"), 0),
        (("--select", "E,S102"), 1),
        (("--select", "E", "--extend-select", "S102"), 1),
        (("--select", "ALL", "--extend-ignore", "s102"), 0),
        (("--max-params", "1M"), 1),
    ],
)
def test_exit_codes(shell: Shell, arguments: tuple[str, ...], code: int) -> None:
    shell.write("stack.json", STACK)
    assert shell("stack.json", *arguments).code == code


@pytest.mark.parametrize(
    ("limit", "code"), [("640", 0), ("639", 1), ("0.639k", 1), ("0.64K", 0), ("1.5M", 0), ("1_000", 0), ("1,000", 0)]
)
def test_budget(shell: Shell, limit: str, code: int) -> None:
    shell.write("m.json")
    done = shell("m.json", "--max-params", limit, "-q", "-f", "concise")
    assert done.code == code
    assert ("C501 params-over-budget" in done.out) == bool(code)


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (("--max-trainable-params=639",), ["C502"]),
        (("--max-trainable-params=640", "--max-params=640", "--max-layer-params=640"), []),
        (("--max-layer-params=0.6k",), ["C503"]),
        (("--max-weight-bytes=2.5KiB",), []),
        (("--max-weight-bytes=2559",), ["C504"]),
        (("--max-weight-bytes=640B", "--dtype=int8"), []),
        (("--max-weight-bytes=639", "--dtype=int8"), ["C504"]),
        (("--max-macs=7.8k",), []),
        (("--max-macs=7799",), ["C506"]),
        (("--max-activation-bytes=39",), ["C507"]),
        (("--max-activation-bytes=1MB", "--batch=1000"), []),
        (("--max-activation-bytes=1k", "--batch=1000"), ["C507"]),
    ],
)
def test_budgets(shell: Shell, arguments: tuple[str, ...], codes: list[str]) -> None:
    shell.write("m.json")
    findings = shell("m.json", *arguments, "-f", "json").json["files"][0]["findings"]
    assert [finding["code"] for finding in findings] == codes


def test_incomplete_count_fails_the_budget(shell: Shell) -> None:
    shell.write("u.json", UNBUILT)
    assert shell("u.json").code == 0
    done = shell("u.json", "--max-params", "50k")
    assert done.code == 1
    assert "cannot be checked" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("cout", "m.json"), "there is no command, file or folder 'cout'; did you mean 'count'?"),
        (("explian", "m.json", "--expect", "120"), "did you mean 'explain'?"),
        (("m.jsn",), "no such file or folder: 'm.jsn'; did you mean 'm.json'?"),
        (("modells",), "no such file or folder: 'modells'; did you mean 'models'?"),
        (("models/a.jsn",), "no such file or folder: 'models/a.jsn'; did you mean 'models/a.json'?"),
        (("m.json", "--select", ","), "--select names no rule"),
        (("m.json", "--columns", ""), "--columns names no column"),
        (("m.json", "-o", "./m.json"), "cannot write './m.json': it is one of the files to analyze"),
        (("m.json", "--write-baseline", "m.json"), "it is one of the files to analyze"),
        (("m.json", "-f", "json:x", "-f", "csv:models/../x"), "two formats would be written to models/../x"),
        (("m.json", "--depth=-1"), "--depth takes an integer of at least 0"),
        (("m.json", "--fail-on", "warnings"), "did you mean 'warning'?"),
        (("m.json", "--format", "jsn"), "did you mean 'json'?"),
        (("m.json", "--format", "json:"), "has no file after the colon"),
        (("m.json", "--format", "json", "--format", "csv", "-o", "x"), "two formats would be written to x"),
        (("m.json", "--select", "S10Z"), "no rule has the code or name 'S10Z'"),
        (("m.json", "--ignore", "rnn-need-sequences"), "did you mean 'rnn-needs-sequences'?"),
        (("m.json", "--max-params", "many"), "such as 50000, 50k or 1.5M"),
        (("m.json", "--max-params", "1.0005k"), "such as 50000, 50k or 1.5M"),
        (("m.json", "--max-weight-bytes", "1 parsec"), "such as 4096, 256KiB or 1.5MB"),
        (("m.json", "--max-weight-bytes", "1", "--dtype", "float23"), "did you mean 'float32'?"),
        (("m.json", "--input-shape", "13;5"), "a shape without the batch"),
        (("m.json", "--input-shape", "13", "--input-shape", "14"), "two --input-shape options are for the same input"),
        (("m.json", "--input-shape", "lstm_inptu=13,5"), "did you mean 'lstm_input'?"),
        (("m.json", "--batch", "0"), "an integer of at least 1"),
        (("m.json", "--timesteps", "-1"), "an integer of at least 1"),
        (("m.json", "--depth", "x"), "--depth takes an integer"),
        (("m.json", "--jobs", "x"), "--jobs takes an integer"),
        (("m.json", "--columns", "parms"), "did you mean 'params'?"),
        (("m.json", "--color", "yes"), "auto, always, never"),
        (("m.json", "--statistics", "--format", "json"), "--statistics needs the format text or concise"),
        (("m.json", "-o", "nowhere/report.json"), "the folder 'nowhere' does not exist"),
        (("m.json", "-o", "."), "it is a folder"),
        (("missing.json",), "no such file or folder: 'missing.json'"),
        (("*.nothing",), "no file matches '*.nothing'"),
        (("dangling.json",), "is a link to a file that does not exist"),
        (("m.json", "--no-such-option"), "No such option"),
        (("m.json", "--output"), "requires an argument"),
        (("m.json", "--quiet=yes"), "does not take a value"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_2(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    shell.write("m.json")
    shell.write("models/a.json")
    (shell.folder / "dangling.json").symlink_to("gone.json")
    done = shell(*arguments)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not done.err.startswith("lstmlint:") or done.err.count("\n") == 1


def test_other_files_are_analyzed_beside_a_missing_one(shell: Shell) -> None:
    shell.write("m.json")
    done = shell("gone.json", "m.json", "--format", "json")
    assert done.code == 2
    assert [file["path"] for file in done.json["files"]] == ["m.json"]
    assert done.json["summary"]["params"] == 640


def test_unreadable_model_is_a_finding(shell: Shell) -> None:
    shell.write("m.json")
    shell.write("cut.json", json.dumps(LSTM)[:40])
    done = shell("cut.json", "m.json")
    assert done.code == 1
    assert "error E001 unreadable" in done.out
    assert "m.json: 640 params" in done.out


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read anything")
def test_forbidden_file(shell: Shell) -> None:
    shell.write("m.json").chmod(0)
    done = shell("m.json")
    assert (done.code, done.err) == (2, "lstmlint: cannot read 'm.json': Permission denied\n")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may search anything")
def test_forbidden_folder(shell: Shell) -> None:
    shell.write("m.json")
    shell.write("closed/m.json").parent.chmod(0o600)
    done = shell(".", "-f", "csv")
    (shell.folder / "closed").chmod(0o700)
    assert (done.code, done.out.count("\nm.json")) == (2, 1)
    assert done.err.startswith("lstmlint: cannot read ")


# What is analyzed -----------------------------------------------------------------------------------------


def paths(shell: Shell, *arguments: str) -> list[str]:
    done = shell(*arguments, "--format", "jsonl")
    return [json.loads(line)["path"] for line in done.out.splitlines()]


def test_folders(shell: Shell) -> None:
    for path in ("b.json", "a/z.yaml", "a/y.yml", ".hidden/m.json", "node_modules/m.json", "c/.m.json", "c/notes.txt"):
        shell.write(path)
    shell.write("venv/pyvenv.cfg", "")
    shell.write("venv/m.json")
    shell.write("package.json", {"name": "x", "dependencies": {}})
    shell.write("tsconfig.json", "{ // no JSON\n}")
    shell.write("broken.json", json.dumps(LSTM)[:60])
    expected = ["b.json", "broken.json", "a/y.yml", "a/z.yaml", "c/.m.json"]
    assert paths(shell, ".") == expected
    assert paths(shell, str(shell.folder)) == [str(shell.folder / path) for path in expected]
    assert paths(shell, "a", "b.json", "a/z.yaml", "b.json") == ["a/y.yml", "a/z.yaml", "b.json"]
    named = ["b.json", "broken.json", "package.json", "tsconfig.json"]
    assert paths(shell, "*.json", "--exclude", "package.json") == named
    assert paths(shell, "**/*.y*ml") == ["a/y.yml", "a/z.yaml"]
    assert paths(shell, ".", "--exclude", "a", "--exclude", "br*") == ["b.json", "c/.m.json"]
    assert paths(shell, ".", "--exclude", glob.escape(str(shell.folder / "a")), "--exclude", "/br*") == [
        "b.json",
        "c/.m.json",
    ]
    assert paths(shell, "b.json", "--exclude", "b.json") == ["b.json"]
    assert paths(shell, "b.json", "--exclude", "b.json", "--force-exclude") == []


def test_what_is_found_and_is_no_file(shell: Shell) -> None:
    """Reading a pipe would wait for a writer, and links of data managers are broken until the data is fetched."""
    shell.write("m.json")
    if hasattr(os, "mkfifo"):
        os.mkfifo(shell.folder / "pipe.json")
    (shell.folder / "dangling.h5").symlink_to("gone.h5")
    (shell.folder / "around").symlink_to(".")
    (shell.folder / "link.json").symlink_to("m.json")
    assert paths(shell, ".") == paths(shell, "*.*") == ["link.json", "m.json"]
    assert shell(".", "-q").err == ""


def test_named_look_alikes(shell: Shell) -> None:
    shell.write("package.json", {"name": "x", "dependencies": {}})
    shell.write("tsconfig.json", "{ // no JSON\n}")
    done = shell("package.json", "--format", "concise")
    assert done.code == 1
    assert "E002 not-a-model" in done.out
    done = shell("package.json", "tsconfig.json", "--skip-non-models", "-q")
    assert (done.code, done.out, done.err) == (0, "", "")
    done = shell(".")
    assert done == (0, "", "lstmlint: no Keras model found in .\n")


def test_file_with_the_name_of_a_command(shell: Shell) -> None:
    shell.write("explain")
    assert shell("./explain").code == 0
    assert shell("--quiet", "explain").code == 0


def test_option_like_file_after_two_dashes(shell: Shell) -> None:
    shell.write("--quiet")
    assert "640" in shell("--", "--quiet").out


def test_standard_input(shell: Shell) -> None:
    content = json.dumps(STACK).encode()
    done = shell("-", "--format", "concise", stdin=content)
    assert done.code == 1
    assert done.out.startswith("<stdin>:1:")
    shell.write("sub/lstmlint.toml", 'ignore = ["S102"]')
    assert shell("-", "--stdin-filename", "sub/m.json", stdin=content).code == 0
    assert paths(shell, "-", "--stdin-filename", "sub/m.json") == ["sub/m.json"]


@pytest.mark.parametrize("command", [(), ("explain",), ("diff", "m.json"), ("convert", "--to", "keras3")])
def test_standard_input_without_end(shell: Shell, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    before = limits._active.set(limits.Allowance(InputLimits(decoded_size=1000)))
    shell.write("m.json")
    done = shell(*command, "-", *(() if command else ("m.json",)), stdin=b" " * 5000 + json.dumps(LSTM).encode())
    limits._active.reset(before)
    assert done.code == 1
    assert "the file is too large to read: more than 1000 bytes" in " ".join((done.out + done.err).split())
    if not command:
        assert "m.json: 640 params" in done.out


def test_bindings(shell: Shell) -> None:
    shell.write("u.json", UNBUILT)
    assert shell("u.json", "--input-shape", "13,5", "-f", "json").json["summary"]["params"] == 28
    assert shell("u.json", "--input-shape", "lstm_input=None,5", "-f", "json").json["files"][0]["model"]["inputs"] == [
        [None, None, 5]
    ]
    done = shell("u.json", "--input-shape", "(?, 5)", "--batch", "8", "--timesteps", "3", "-f", "json")
    assert done.json["files"][0]["model"]["inputs"] == [[8, 3, 5]]


# Streams, colours, failures -------------------------------------------------------------------------------


def test_several_outputs(shell: Shell) -> None:
    shell.write("m.json")
    done = shell("m.json", "--format", "json:report.json", "--format", "concise", "--format", "markdown:report.md")
    assert (done.code, done.out) == (0, "")
    assert json.loads((shell.folder / "report.json").read_text())["summary"]["params"] == 640
    assert "640" in (shell.folder / "report.md").read_text()
    assert shell("m.json", "-o", "report.txt", "-f", "csv:-").out.startswith("path,layer,")
    assert shell("m.json", "-o", "-", "-f", "concise").out == shell("m.json", "-f", "concise:-").out == ""
    assert shell("m.json", "-o", "report.txt").out == ""
    assert "640" in (shell.folder / "report.txt").read_text()
    assert {path.name for path in shell.folder.iterdir()} == {"m.json", "report.json", "report.md", "report.txt"}


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/fd here")
def test_reports_into_pipes(shell: Shell) -> None:
    shell.write("m.json")
    report = shell("m.json", "-f", "csv").out
    assert shell("m.json", "-f", "csv", "-o", "/dev/stdout").out == report
    assert shell("m.json", "-f", "csv:/dev/fd/1").out == report
    reading, writing = os.pipe()  # like the >(command) of a shell
    with os.fdopen(reading) as pipe:
        done = shell("m.json", "-f", "csv", "-o", f"/dev/fd/{writing}")
        os.close(writing)
        assert done == (0, "", "")
        assert pipe.read() == report


def test_nothing_is_written_after_a_mistake(shell: Shell) -> None:
    shell.write("m.json")
    shell.write("report.json", "before")
    assert shell("m.json", "-f", "json:report.json", "--select", "nonsense").code == 2
    assert shell("m.json", "-f", "json:report.json", "-f", "csv:none/x").code == 2
    assert (shell.folder / "report.json").read_text() == "before"


@pytest.mark.parametrize(
    ("arguments", "environment", "colored"),
    [
        ((), {}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color=never",), {"FORCE_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_color(shell: Shell, arguments: tuple[str, ...], environment: dict[str, str], colored: bool) -> None:
    shell.write("m.json", STACK)
    for name, value in environment.items():
        shell.monkeypatch.setenv(name, value)
    assert ("\x1b[" in shell("m.json", *arguments).out) == colored


def test_on_a_terminal(shell: Shell) -> None:
    shell.write("m.json")
    shell.monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shell.monkeypatch.setenv("COLUMNS", "50")
    shell.monkeypatch.setenv("TERM", "xterm")
    done = shell("m.json", "--columns", "weights")
    assert done.out.startswith("\x1b[1mModel")
    assert "kernel (5, 40)," in done.out
    assert "recurrent_kernel (10, 40)" not in done.out
    assert shell("m.json", "--columns", "weights", "-o", "report.txt").out == ""
    assert "recurrent_kernel (10, 40)" in (shell.folder / "report.txt").read_text()
    shell.monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in shell("m.json").out


def test_progress_on_a_terminal(shell: Shell) -> None:
    for i in range(3):
        shell.write(f"{i}.json")
    ticks = iter(range(100))
    shell.monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    assert shell(".").err == ""
    shell.monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    done = shell(".")
    shown = re.sub(r"about [\d,]+ s", "about 0 s", done.err)
    assert shown == "".join(f"\r{n} of 3 files, about 0 s left\x1b[K" for n in (1, 2, 3)) + "\r\x1b[K"
    assert shell("1.json").err == ""


def test_auto_format(shell: Shell) -> None:
    shell.write("m.json", STACK)
    assert shell("m.json", "--format", "auto").out.startswith("Model:")
    shell.monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert shell("m.json", "--format", "auto").out.startswith("::error")
    assert shell("m.json").out.startswith("Model:")


def test_quiet_and_statistics(shell: Shell) -> None:
    shell.write("m.json", STACK)
    shell.write("n.json", STACK)
    quiet = shell("m.json", "--quiet").out
    assert quiet.startswith("error S102 rnn-needs-sequences: ")
    assert "Model" not in quiet
    assert "found" not in quiet
    assert shell("m.json", "n.json", "--statistics", "-q").out == "2\tS102\terror\trnn-needs-sequences\n"
    assert shell("m.json", "--statistics", "-f", "concise").out == "1\tS102\terror\trnn-needs-sequences\n"


def test_internal_error(shell: Shell) -> None:
    shell.write("m.json")
    shell.write("n.json")
    original = analysis.analyze_all

    def broken(source: Any, *args: Any, **kwargs: Any) -> Any:
        if source == "m.json":
            raise ZeroDivisionError("a \x1b[31mdefect")
        return original(source, *args, **kwargs)

    shell.monkeypatch.setattr(analysis, "analyze_all", broken)
    done = shell("m.json", "n.json")
    assert done.code == 2
    assert "internal error while analyzing 'm.json': ZeroDivisionError: a \\x1b[31mdefect" in done.err
    assert "Traceback" not in done.err
    assert "n.json: 640 params" in done.out
    assert done.out.endswith("No findings; 1 failure.\n")
    shell.monkeypatch.setenv("LSTMLINT_TRACEBACK", "1")
    assert "Traceback" in shell("m.json").err


def test_workers_say_the_same(shell: Shell) -> None:
    for i in range(5):
        shell.write(f"{i}.json", STACK if i % 2 else LSTM)
    one, two = shell(".", "-f", "json", "--jobs", "1"), shell(".", "-f", "json", "--jobs", "2")
    assert one == two
    assert one.json["summary"] == {"files": 5, "models": 5, "errors": 2, "warnings": 0, "infos": 0, "params": 2240}


def launch(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "lstmlint", *arguments], cwd=ROOT, **options)


def test_closed_pipe(tmp_path: Path) -> None:
    dense = [layer("Dense", f"d{i}", units=3) for i in range(20_000)]
    path = tmp_path / "m.json"
    path.write_text(json.dumps(sequential("m", layer("Dense", "d", units=3, batch_input_shape=[None, 3]), *dense)))
    process = launch(str(path), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0
    process.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    ("redirection", "code", "error"),
    [
        (">&-", 0, ""),
        ("2>&-", 0, ""),
        ("> /dev/full", 2, "cannot write to standard output"),
        ("--help > /dev/full", 2, "cannot write to standard output"),
        ("- <&-", 1, ""),
    ],
)
def test_streams_that_do_not_work(redirection: str, code: int, error: str) -> None:
    command = f"{shlex.quote(sys.executable)} -m lstmlint examples/lstm_13_5.json {redirection}"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert error in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a folder in use stays")
def test_in_a_folder_that_is_gone(shell: Shell) -> None:
    model = shell.write("m.json")
    (shell.folder / "gone").mkdir()
    shell.monkeypatch.chdir(shell.folder / "gone")
    (shell.folder / "gone").rmdir()
    assert shell(str(model)).code == 0
    done = shell("-", stdin=model.read_bytes())
    assert (done.code, done.err) == (
        2,
        "lstmlint: the current folder does not exist any more: No such file or directory\n",
    )


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
def test_interrupt() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # shells ignore it in background jobs
    try:
        process = launch("-", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
    assert process.stdin is not None
    process.stdin.write(b" " * 2**20)  # more than a pipe holds, so the program is reading once this returns
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert err == b""


def test_what_a_clean_run_does_not_import(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps(LSTM))
    code = (
        "import sys; from lstmlint.cli import guarded; assert guarded(sys.argv[1:]) == 0;"
        "print(sorted({'typer', 'rich', 'jsonschema', 'yaml', 'h5py', 'numpy', 'tomllib', 'multiprocessing',"
        " 'lstmlint.signatures.history', 'lstmlint.python', 'lstmlint.programs', 'lstmlint.model.origin',"
        " 'lstmlint.reporting.frame', 'lstmlint.commands.watch'}"
        " & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


# Help, version, and the two readings of the arguments -----------------------------------------------------


def test_version_and_help(shell: Shell) -> None:
    name, version, releases = shell("--version").out.split(maxsplit=2)
    assert (name, version) == ("lstmlint", __version__)
    lines: dict[str, dict[str, list[str]]] = {}
    for release in history.releases():
        if release != "tfjs":
            number = release.lstrip("tf_keras")
            lines.setdefault(history.line(release), {}).setdefault(number[0], []).append(number)
    spans = {line: [f"{found[0]}-{found[-1]}" for found in majors.values()] for line, majors in lines.items()}
    (keras2,), (keras3,), (tf,), (tf_keras,) = (spans[line] for line in ("2", "3", "tf", "tf_keras"))
    assert releases == f"(Keras 0, 1, {keras2}, {keras3}; tf.keras {tf}; tf_keras {tf_keras})\n"
    done = shell("--help")
    assert done.code == 0
    assert done == shell("-h")
    assert max(map(len, done.out.splitlines())) <= 80
    assert "str" not in done.out.replace("string", "")
    for command in cli.COMMANDS:
        assert f"lstmlint {command} " in done.out
        assert shell(command, "-h").out == shell(command, "--help").out != ""
    for field in fields(Request):
        if field.name not in ("paths", "environment"):
            assert f"--{field.name.replace('_', '-')}" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["m.json"],
        ["m.json", "--output-format", "json", "--output-file=x"],
        ["a", "-", "b", "--", "--c"],
        ["m.json", "-f", "json", "--format=csv:x", "--format", "text"],
        ["-q", "-e", "--statistics", "m.json", "-o", "x"],
        ["--select", "S", "--select=E", "m", "--max-params", "50k"],
        ["--input-shape", "a=1,2", "m", "--input-shape=3"],
        ["m", "--config", "a = 1", "--isolated", "--show-settings", "--exclude", "x", "--jobs", "2"],
        ["m", "--fail-on", "info", "--fail-on", "never", "--stdin-filename", "-"],
    ],
)
def test_the_short_way_reads_arguments_as_typer_does(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    from lstmlint.commands import declarations

    seen: list[Request] = []

    def note(request: Request) -> int:
        seen.append(request)
        return 0

    monkeypatch.setattr(declarations, "run", note)
    assert declarations.run_typer(arguments) == 0
    assert seen == [cli.plain(arguments)]


def test_the_short_way_knows_typers_options() -> None:
    import typer

    from lstmlint.commands import declarations

    check = typer.main.get_command(declarations.app).commands["check"]  # type: ignore[attr-defined]
    declared = {}
    for parameter in check.params:
        single = "flag" if getattr(parameter, "is_flag", False) else "value"
        declared[parameter.name] = "list" if parameter.multiple or parameter.nargs == -1 else single
        for option in parameter.opts:
            if option.startswith("-") and not option.startswith("--"):
                assert cli.SHORT[option] == parameter.name
            elif option.startswith("--"):
                assert option == f"--{parameter.name.replace('_', '-')}" or cli.ALIASES[option] == parameter.name
    kinds: dict[Any, str] = {False: "flag", None: "value"}
    known = {field.name: kinds.get(field.default, "list") for field in fields(Request) if field.name != "environment"}
    assert {name: kind for name, kind in declared.items() if name not in ("version", "help")} == known


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--environment=x"],
        ["--version"],
        ["m", "--nope"],
        ["m", "-o"],
        ["-fjson", "m"],
        ["m", "--quiet=1"],
        ["m", "--fail_on=x"],
    ],
)
def test_the_short_way_leaves_the_rest_to_typer(arguments: list[str]) -> None:
    assert cli.plain(arguments) is None


def test_options_in_hooks_and_docs_exist() -> None:
    from lstmlint.cli import plain

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    for hook in hooks:
        request = plain([*hook["entry"].split()[1:], "m.json"])
        assert request is not None
        assert request.skip_non_models
        if "files" not in hook:
            assert hook["types_or"] == ["python", "jupyter"]
            continue
        for name in ("a.json", "b/a.yaml", "a.yml", "a.keras", "a.h5", "a.hdf5", "keras_metadata.pb"):
            assert re.search(hook["files"], name)
        assert not re.search(hook["files"], "json.py")
    names = {f"--{field.name.replace('_', '-')}" for field in fields(Request)} | {"--expect", "--help", "--input"}
    for path in ("docs/ci.md", "docs/settings.md", "action.yml"):
        for line in (ROOT / path).read_text().splitlines():
            if "docker" not in line and "pip" not in line:
                assert set(re.findall("--[a-z][a-z-]+", line)) <= names, line


def test_without_a_path(shell: Shell) -> None:
    """As in ruff: the current folder, or standard input if --stdin-filename says that there is one."""
    shell.write("a.json", STACK)
    shell.write("models/b.json")
    assert [entry["path"] for entry in shell("-f", "json").json["files"]] == ["a.json", "models/b.json"]
    assert shell().out == shell(".").out
    assert (
        shell("--stdin-filename", "x.json", "-q", stdin=json.dumps(STACK).encode()).out.splitlines()[1]
        == " --> x.json:1:69"
    )
    assert shell("--exclude", "*.json").err == "lstmlint: no Keras model found in .\n"


def test_other_names_of_options(shell: Shell) -> None:
    shell.write("m.json")
    for command in (
        ("m.json",),
        ("explain", "m.json"),
        ("count", "LSTM(3)", "--input", "4,5"),
        ("diff", "m.json", "m.json"),
        ("rules",),
    ):
        assert shell(*command, "--output-format", "json").json == shell(*command, "-f", "json").json
    assert shell("diff", "m.json", "m.json", "--output-file", "d.txt").out == ""
    assert Path("d.txt").read_text().endswith("The models are the same.\n")


def test_options_in_the_environment(shell: Shell) -> None:
    shell.write("m.json", UNBUILT)
    assert set(ENVIRONMENT) <= {field.name for field in fields(Request)}
    assert [variable for variable in ENVIRONMENT.values() if variable not in shell("--help").out] == []
    shell.monkeypatch.setenv("LSTMLINT_OUTPUT_FORMAT", "concise,json:report.json")
    shell.monkeypatch.setenv("LSTMLINT_FAIL_ON", "info")
    shell.monkeypatch.setenv("LSTMLINT_COLOR", "always")
    shell.monkeypatch.setenv("LSTMLINT_JOBS", "")
    done = shell("m.json")
    assert done.code == 1
    assert "\x1b[1;36minfo\x1b[0m S135" in done.out
    assert json.loads(Path("report.json").read_text())["files"][0]["path"] == "m.json"
    assert shell("m.json", "--fail-on", "error", "-f", "csv").code == 0
    shell.monkeypatch.setenv("LSTMLINT_OUTPUT_FORMAT", "csv")
    shell.monkeypatch.setenv("LSTMLINT_OUTPUT_FILE", "layers.csv")
    assert shell("m.json").out == ""
    assert Path("layers.csv").read_text().startswith("path,")
    assert shell("explain", "m.json").code == 0, "the other commands have no such variables"
    for variable, value, said in (
        ("LSTMLINT_OUTPUT_FORMAT", "jsn", "LSTMLINT_OUTPUT_FORMAT takes auto, text,"),
        ("LSTMLINT_OUTPUT_FORMAT", "json:", "LSTMLINT_OUTPUT_FORMAT json: has no file after the colon"),
        ("LSTMLINT_FAIL_ON", "x", "LSTMLINT_FAIL_ON takes error, warning, info, never, not 'x'"),
        ("LSTMLINT_COLOR", "x", "LSTMLINT_COLOR takes auto, always, never, not 'x'"),
        ("LSTMLINT_JOBS", "0", "LSTMLINT_JOBS takes an integer of at least 1, not '0'"),
    ):
        with shell.monkeypatch.context() as changed:
            changed.setenv(variable, value)
            done = shell("m.json")
        assert (done.code, done.out) == (2, "")
        assert f"lstmlint: {said}" in done.err


# The other commands ---------------------------------------------------------------------------------------


def test_explain(shell: Shell) -> None:
    shell.write("m.json")
    done = shell("explain", "m.json", "lstm", "--expect", "160")
    assert (done.code, done.err) == (0, "")
    assert "4 · (units · (input_dim + units) + units) = 4 · (10·(5+10) + 10) = 640" in done.out
    assert "Gates forgotten" in done.out
    assert shell("explain", "m.json", "-f", "json").json["params"] == 640
    assert "640" in shell("explain", "-", stdin=json.dumps(LSTM).encode()).out
    shell.write("u.json", UNBUILT)
    assert shell("explain", "u.json", "--input-shape", "13,5", "--format=json").json["params"] == 28


def test_count(shell: Shell) -> None:
    assert "640 parameters" in shell("count", "LSTM(10)", "--input", "13,5").out
    done = shell("count", "LSTM(4)", "--input", "7,3", "--input", "4", "--input", "4", "-f", "json")
    assert done.json["params"] == 128


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("explain",), 2, "Missing argument"),
        (("explain", "gone.json"), 2, "cannot read 'gone.json': No such file or directory"),
        (("explain", "m.json", "lst"), 2, "has no layer 'lst'"),
        (("explain", "m.json", "--expect", "many"), 2, "--expect takes a number"),
        (("explain", "m.json", "--batch", "x"), 2, "--batch takes an integer"),
        (("explain", "m.json", "-f", "xml"), 2, "--format takes text, json"),
        (("explain", "cut.json"), 1, "E001 unreadable"),
        (("count", "LSTM(10)"), 2, "--input"),
        (("count", "LSTM(10", "--input", "13,5"), 2, "never closed\n  LSTM(10\n      ^\n"),
        (("count", "LSTM(10)", "--input", "13;5"), 2, "--input takes a shape"),
    ],
)
def test_mistakes_in_questions(shell: Shell, arguments: tuple[str, ...], code: int, said: str) -> None:
    shell.write("m.json")
    shell.write("cut.json", json.dumps(LSTM)[:60])
    done = shell(*arguments)
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err


def test_commands_of_the_short_way() -> None:
    import typer

    from lstmlint.commands import declarations

    group = typer.main.get_command(declarations.app)
    assert set(group.list_commands(None)) == cli.COMMANDS  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("ex", ["explain"]),
        ("--fail-on w", ["warning"]),
        ("m.json -f js", ["json", "jsonl"]),
        ("--columns params,+ma", ["params,+macs"]),
        ("--select R201,rnn-needs", ["R201,rnn-needs-sequences"]),
        ("rule S102", ["S102"]),
        ("diff a b --format m", ["markdown", "mermaid"]),
        ("m.j", []),
    ],
)
def test_completion(shell: Shell, words: str, offered: list[str]) -> None:
    for name, value in {
        "_LSTMLINT_COMPLETE": "complete_bash",
        "COMP_WORDS": f"lstmlint {words}",
        "COMP_CWORD": str(len(words.split())),
    }.items():
        shell.monkeypatch.setenv(name, value)
    assert shell().out.split() == offered


# Values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("50000", 50_000), ("50k", 50_000), ("1.5M", 1_500_000), (" 2 B ", 2 * 10**9), ("1,234,567", 1_234_567)],
)
def test_counts(text: str, count: int) -> None:
    assert parse_count(text, "x") == count


@pytest.mark.parametrize("text", ["", "-1", "k", "1.5", "1e3", "0x10", "١", "12,34"])
def test_no_counts(text: str) -> None:
    with pytest.raises(UsageError):
        parse_count(text, "x")


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("100B", 100), ("1k", 1024), ("256 KiB", 2**18), ("1.5MB", 3 * 2**19), ("2g", 2**31), ("0.3K", 307)],
)
def test_bytes(text: str, count: int) -> None:
    assert parse_bytes(text, "x") == count


@pytest.mark.parametrize("text", ["", "1.5", "-1", "k", "1 parsec", "1kk"])
def test_no_bytes(text: str) -> None:
    with pytest.raises(UsageError):
        parse_bytes(text, "x")


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("13,5", ("", (13, 5))),
        ("a=13", ("a", (13,))),
        ("a=b=(None, 5)", ("a=b", (None, 5))),
        ("[?,null,3,]", ("", (None, None, 3))),
        ("x=", ("x", ())),
    ],
)
def test_shapes(text: str, shape: Any) -> None:
    assert parse_input_shape(text, "x") == shape


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("*.json", "a.json", True),
        ("*.json", "b/a.json", True),
        ("b/*.json", "b/a.json", True),
        ("b/*.json", "b/c/a.json", False),
        ("b/**/*.json", "b/a.json", True),
        ("b/**/*.json", "b/c/d/a.json", True),
        ("b", "b/c/a.json", True),
        ("b/", "x/b/a.json", True),
        ("/b", "x/b/a.json", False),
        ("./b/a.json", "b/a.json", True),
        ("[!a].json", "b.json", True),
        ("[!a].json", "a.json", False),
        ("a?.json", "ab.json", True),
        ("a.json", "a_json", False),
        ("b/c", "b/cd.json", False),
    ],
)
def test_globs(glob: str, path: str, matches: bool) -> None:
    assert glob_matches(glob, path) == matches


parts = st.sampled_from(["a", "b", "/", "*", "**", "**/", "?", "[!a]", ".json"])


@given(st.lists(parts, max_size=6).map("".join), st.lists(st.sampled_from("ab/"), max_size=8).map("".join))
def test_globs_with_many_wildcards(glob: str, path: str) -> None:
    pattern = [globs._WILDCARDS.get(part, part) for part in globs.parts_of(glob)]
    expected = re.fullmatch("".join(pattern) + "(?:/.*)?", path, re.DOTALL) is not None
    assert globs._ManyWildcards(list(globs.parts_of(glob))).fullmatch(path) == expected


def test_globs_that_once_backtracked() -> None:
    for star in ("*", "**", "**/", "*?"):
        assert not glob_matches(f"{star}a" * 30 + "b", "a" * 250)
        assert not glob_matches(f"{star}a" * 30 + "b", "a/" * 120)


def test_where_the_unknown_begins(shell: Shell) -> None:
    """A Lambda is named as the cause of unknown shapes after it."""
    layers = [
        {"class_name": "Lambda", "config": {"name": "scale", "batch_input_shape": [None, 8], "function": "x"}},
        {"class_name": "Dense", "config": {"name": "dense", "units": 1}},
    ]
    shell.write("m.json", {"class_name": "Sequential", "config": {"name": "m", "layers": layers}})
    done = shell("m.json")
    assert "Unknown: dense (Dense)\n" in done.out
    assert "does not record the output shape of: scale (Lambda)\n" in done.out
    done = shell("m.json", "--config", "custom-layers.Lambda = {output-shape = 'same', params = 0}")
    assert "Total params: 9 " in done.out
    done = shell("m.json", "--max-params", "10")
    assert "an unknown number of parameters, so the budget of 10 cannot be checked" in done.out
