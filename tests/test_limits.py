"""What one input may cost: each limit has a default, a setting, and a finding that fails the run."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from lstmlint import Options, analyze
from lstmlint.commands.convert import run as convert
from lstmlint.model import limits
from lstmlint.model.limits import InputLimits, LimitError, OutOfTime, check_time, current, enforced
from lstmlint.reading import hdf5_guard
from lstmlint.reading import source as reading_source
from tests.commandline import Shell
from tests.security_probes import OLD_LAMBDA, hdf5

ROOT = Path(__file__).parent.parent
RELU = {"class_name": "ReLU", "config": {}}


def model(*layers: dict[str, Any], **config: Any) -> dict[str, Any]:
    source = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 8]}}
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [source, *layers], **config}}


def text(content: Any) -> bytes:
    return json.dumps(content).encode()


def archived(config: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", config)
        archive.writestr("metadata.json", "{}")
    return file.getvalue()


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


WIDE_YAML = (
    b"class_name: Sequential\nconfig:\n  layers: []\n  a: &a [1, 2, 3, 4, 5, 6]\n  b: &b [" + b"*a, " * 9 + b"*a]\n"
)


@pytest.mark.parametrize(
    ("setting", "content", "message"),
    [
        ('decoded-size = "1KB"', text(model(*[RELU] * 40)), "the file is too large to read"),
        ('decoded-size = "1KB"', gzip.compress(text(model(*[RELU] * 40))), "the contents of the gzip file"),
        ('decoded-size = "1KB"', archived(text(model(*[RELU] * 40))), "config.json in the archive is too large to read"),
        ("values = 100", text(model(*[RELU] * 40)), "more than 100 values and keys"),
        ("values = 20", b"class_name: Sequential\nconfig: {layers: [" + b"1, " * 30 + b"]}", "more than 20 values"),
        ("nesting = 20", text(model(x=nested(30))), "nested too deeply: more than 20 levels"),
        ("nesting = 5", b"class_name: Sequential\nconfig: {layers: [[[[[]]]]]}", "nested too deeply: more than 5 levels"),
        ("digits = 20", text(model(x=10**30)), "an integer has more than 20 digits"),
        ("digits = 20", b"class_name: Sequential\nconfig: {layers: [], name: 0x" + b"f" * 40 + b"}", "more than 20 digits"),
        ("aliases = 1", WIDE_YAML + b"  c: &c [" + b"*b, " * 9 + b"*b]\n  d: [*c, *c, *c]\n", "aliases of the YAML document"),
        ("layers = 10", text(model(*[RELU] * 40)), "the model has more than 10 layers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_each_limit_can_be_set(shell: Shell, setting: str, content: bytes, message: str) -> None:
    path = Path(shell.write("m.json", ""))
    path.write_bytes(content)
    done = shell("m.json", "-f", "concise", "--config", f"input-limits.{setting}")
    assert (done.code, message in done.out, "E001" in done.out) == (1, True, True), done
    assert shell("m.json", "--config", "input-limits.seconds = 100").code in (0, 1)
    assert "too large" not in shell("m.json", "-f", "concise").out


def test_default_limits() -> None:
    assert analyze(text(model(*[RELU] * 2000))).model is not None
    assert current() == InputLimits()
    for content, message in (
        (b" " * (64 * 2**20 + 1), "the file is too large to read: more than 64.0 MB"),
        (text(model(x=10**308)), "an integer has more than 308 digits"),
        (text(model(x=nested(300))), "more than 256 levels"),
    ):
        (finding,) = analyze(content).findings
        assert (finding.code, finding.severity) == ("E001", "error")
        assert message in finding.message
    assert analyze(text(model(x=10**308 - 1))).model is not None
    assert (
        analyze(b'{"class_name": "Sequential", "config": {"layers": [], "x": "' + b"7" * 5000 + b'"}}').model
        is not None
    )


@pytest.mark.parametrize(
    "digits", ["9" * 309, "-" + "9" * 309, "9" * 5000, "9" * 5000 + "- 0"], ids=["309", "negative", "5000", "and more"]
)
def test_place_of_a_long_integer(digits: str) -> None:
    content = f'{{"class_name": "Sequential", "config": {{"layers": [], "x": {digits}}}}}'
    (finding,) = analyze(content.encode()).findings
    assert (finding.line, finding.column) == (1, content.index(digits) + 1)
    assert finding.message == "an integer has more than 308 digits"


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (":".join(["1"] * 1000), "more than 308 digits"),
        (":".join(["1"] * 100_000), "more than 308 digits"),
        (":".join(["1"] * 400) + ".5", "is not a number"),
        ("0x" + "f" * 900, "more than 308 digits"),
        ("0b" + "1" * 1090, "more than 308 digits"),
        ("9" * 309, "more than 308 digits"),
    ],
    ids=["sexagesimal", "long", "float", "hexadecimal", "binary", "decimal"],
)
@pytest.mark.parametrize(
    "form", ["name: {}", "&a {}: 1", "a: &a {}\n  *a : 2", "name: !!int {}", "!!python/long {}: 1"]
)
def test_numbers_in_yaml(number: str, message: str, form: str) -> None:
    content = f"class_name: Sequential\nconfig:\n  layers: []\n  {form.format(number)}\n"
    findings = analyze(content.encode()).findings
    if form.endswith("{}: 1"):  # a key stays a text, of at most 1,024 characters in YAML
        assert [finding for finding in findings if "digits" in finding.message] == []
    else:
        assert [finding.code for finding in findings] == ["E001"]
        assert message in findings[0].message or "is not a number" in findings[0].message
        assert findings[0].line == 4


def test_time_in_the_library() -> None:
    options = Options(input_limits=InputLimits(seconds=0))
    (finding,) = analyze(text(model(*[RELU] * 3)), options).findings
    assert finding.code == "E001"
    assert "takes longer than 0 seconds" in finding.message


def run(code: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60, **options)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of Linux")
def test_enforcement(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    monkeypatch.setattr(limits, "own_process", True)
    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)
    for body, message in (
        ("while True: pass", "longer than 1 second"),
        ("bytes(2**44)", "more than 1,024 MB of memory"),
    ):
        with pytest.raises(LimitError, match=message), enforced(InputLimits(seconds=1)):
            exec(body)
    assert (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)) == before
    assert limits.within(2**20, 2**30) == 2**20
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delattr(signal, "setitimer")
    with enforced(InputLimits(seconds=0)), pytest.raises(OutOfTime):
        check_time()
    monkeypatch.setattr(limits, "own_process", False)
    with pytest.raises(LimitError, match="more memory than is available"), enforced():
        raise MemoryError


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of Linux")
@pytest.mark.parametrize("memory", ["4MB", "10MB"])
def test_the_memory_of_libraries_does_not_count(tmp_path: Path, memory: str) -> None:
    names = ["lambda.h5", "plain.json"]
    (tmp_path / names[0]).write_bytes(hdf5(OLD_LAMBDA))
    (tmp_path / names[1]).write_bytes(text(model()))
    setting = f'input-limits.memory = "{memory}"'
    command = [sys.executable, "-m", "lstmlint", "--isolated", "-f", "concise", "--config", setting, *names]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "X801" in done.stdout, done.stderr) == (0, True, ""), done


@pytest.mark.parametrize("error", [OSError(errno.ENOMEM, "no memory"), ImportError("x.so: failed to map segment")])
def test_errors_that_mean_too_little_memory(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LimitError, match="more memory than is available"), enforced():
        raise error
    for other in (OSError("x"), ImportError("x")):
        with pytest.raises(type(other)), enforced():
            raise other
    monkeypatch.setattr(hdf5_guard, "loading_libraries", mock.Mock(side_effect=error))
    with pytest.raises(OSError if isinstance(error, OSError) else MemoryError):
        hdf5_guard.import_h5py()


HANGS = """
import sys, lstmlint.analysis
from lstmlint import cli
def hang(*_): {body}
lstmlint.analysis.analyze_config = hang
sys.argv = ["lstmlint", "--isolated", "-f", "concise", "--config", "input-limits.seconds = 1", *sys.argv[1:]]
cli.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("\n  while True: pass", "takes longer than 1 second"),
        ("list(range(10**9))", "takes more than 1,024 MB of memory"),
        ("raise MemoryError", "takes more than 1,024 MB of memory"),
    ],
)
def test_the_command_line_interrupts_itself(tmp_path: Path, body: str, message: str) -> None:
    path = tmp_path / "m.json"
    path.write_bytes(text(model()))
    start = time.monotonic()
    done = run(HANGS.format(body=body), str(path))
    assert done.returncode == 1, done.stderr
    assert message in done.stdout
    assert done.stderr == ""
    assert time.monotonic() - start < 20


def test_settings_are_checked(shell: Shell) -> None:
    shell.write("m.json")
    for setting, message in (
        ("digits = 400", "must be an integer from 1 to 308"), ("second = 1", "did you mean 'seconds'"), ("seconds = 0", "at least 1"),
        ('memory = "x"', "a size such as"),
    ):  # fmt: skip
        done = shell("m.json", "--config", f"input-limits.{setting}")
        assert (done.code, message in done.err) == (2, True), done
    shown = shell("m.json", "--config", 'input-limits.memory = "1GB"', "--show-settings").out
    assert "[input-limits]\n" in shown
    assert f'memory" = {2**30}' in shown


def test_convert_has_the_default_limits(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.write("m.json", model(x=nested(300)))
    assert convert("m.json", "keras3", None, False, False) == 1
    assert "nested too deeply" in capsys.readouterr().err


def directory(entries: int) -> bytes:
    """Return a zip64 archive whose directory has many entries."""
    entry = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    first, size = b"PK\x03\x04" + bytes(26), len(entry) * entries
    ending = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, entries, entries, size, len(first))
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(first) + size, 1)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return first + entry * entries + ending + locator + end


def test_directories_of_archives() -> None:
    (finding,) = analyze(directory(100_000)).findings
    assert "the directory of the zip archive is too large to read: 4.5 MB" in finding.message
    assert analyze(directory(10)).findings[0].code == "E002"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_named_pipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_source, "_PATIENCE", 0.2)
    path = tmp_path / "pipe.json"
    os.mkfifo(path)
    (finding,) = analyze(path).findings
    assert "this is a pipe, and no program opened it" in finding.message
    code = "import sys, time; file = open(sys.argv[1], 'w'); time.sleep(0.6); file.write(sys.argv[2])"
    with subprocess.Popen([sys.executable, "-c", code, str(path), text(model()).decode()]):
        report = analyze(path)
        while report.model is None and "no program" in report.findings[0].message:  # it has not started yet
            report = analyze(path)
    assert report.model is not None


def test_every_limit_is_documented() -> None:
    page = (ROOT / "docs" / "limits.md").read_text("utf-8")
    names = [name.replace("_", "-") for name in InputLimits._fields]
    assert [name for name in names if not re.search(rf"^\| `{name}` \|", page, re.MULTILINE)] == []
