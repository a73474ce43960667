"""HDF5 is read in another process: a file that crashes or hangs the library is a finding, on the command line and in Python."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint import Options, analyze
from lstmlint.model import limits
from lstmlint.model.findings import ReadError
from lstmlint.model.limits import InputLimits, LimitError, enforced
from lstmlint.reading import sandbox, sandbox_server
from lstmlint.reading.sandbox_process import failed, outcome, raised

ROOT = Path(__file__).parent.parent
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of Linux")


def crash(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def starve() -> list[bytes]:
    return [bytes(2**30) for _ in range(8)]


def hang(*_: object) -> None:
    time.sleep(100)


def refuse() -> None:
    raise ReadError("E002", "no", "help", 3, 4)


def fail() -> None:
    raise ValueError("bad")


def exhaust() -> None:
    raise MemoryError


def echo(*given: Any) -> Any:
    print("noise")
    return given


@pytest.fixture(params=["fork", "server"])
def isolated(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Isolate as the command line does, and as a library does."""
    if request.param == "fork" and not sys.platform.startswith("linux"):
        pytest.skip("forks")
    monkeypatch.setattr(limits, "own_process", request.param == "fork")
    monkeypatch.setattr(sandbox, "in_process", False)
    yield
    sandbox_server._end()


@linux
@pytest.mark.usefixtures("isolated")
def test_isolation() -> None:
    assert sandbox.isolated(echo, "\ud800", 1, None) == ["\ud800", 1, None]
    cases = (
        (crash, "E001", "reading it fails"),
        (starve, "E001", "too much memory"),
        (refuse, "E002", "no"),
        (fail, "E001", "bad"),
    )
    for read_badly, code, words in cases:
        with pytest.raises(ReadError, match=words) as caught:
            sandbox.isolated(read_badly)
        assert caught.value.code == code
        assert isinstance(caught.value, LimitError) == (read_badly in (crash, starve))
        if read_badly is refuse:
            assert (caught.value.help, caught.value.line, caught.value.column) == ("help", 3, 4)
    assert sandbox.isolated(echo, 2) == [2]
    with pytest.raises(ReadError, match="takes longer than 1 second"):
        sandbox.isolated(hang, seconds=1)
    assert sandbox.isolated(echo, 3) == [3]


def test_not_isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "in_process", False)
    monkeypatch.setattr(limits, "own_process", False)
    assert sandbox.isolated(os.getpid, serve=False) == os.getpid()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(LimitError, match="no process can be started"):
        sandbox.isolated(os.getpid)
    monkeypatch.setattr(sys, "executable", "")  # of a program that embeds Python
    assert sandbox.isolated(os.getpid) == os.getpid()


@linux
def test_each_process_has_its_own_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "in_process", False)
    ours = sandbox.isolated(os.getpid)
    assert sandbox.isolated(os.getpid) == ours != os.getpid()
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(sending, str(sandbox.isolated(os.getpid)).encode())
        sandbox_server._end()
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving) as pipe:
        assert int(pipe.read()) not in (ours, os.getpid(), child)
    assert os.waitpid(child, 0)[1] == 0
    assert sandbox.isolated(os.getpid) == ours
    sandbox_server._end()


def test_a_helper_answers_until_its_input_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    limited: list[tuple[int, int]] = []
    monkeypatch.setattr(sandbox_server, "limit", lambda *given: limited.append(given))
    requests = [pickle.dumps((echo, (number,), 3, 4)) for number in (1, 2)]
    answers = io.BytesIO()
    content = b"".join(len(one).to_bytes(8, "big") + one for one in requests)
    sandbox_server.answer_all(io.BytesIO(content + b"\x00cut off"), answers)
    answers.seek(0)
    assert [json.loads(sandbox_server._message(answers) or b"") for _ in requests] == [[[1], None], [[2], None]]
    assert limited == [(3, 4)] * 2


@linux
def test_errors_of_processes() -> None:
    assert "takes longer than 7 seconds" in failed(signal.SIGALRM, 7).message
    assert "reading it fails" in failed(signal.SIGSEGV, 7).message


def test_outcomes() -> None:
    assert json.loads(outcome(exhaust, ()))[1][1].endswith("too much memory")
    for read in (refuse, fail):
        value, error = json.loads(outcome(read, ()))
        assert value is None
        assert str(raised(*error)) in ("no", "bad")
    assert json.loads(outcome(echo, (1,))) == [[1], None]


CODE = """
import resource, sys
from lstmlint.reading.sandbox_process import limit
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
limit(5, 2**32)
print(resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@linux
def test_a_hard_limit_is_not_raised() -> None:
    assert python(CODE).stdout == f"({2**30}, {2**30}) 0\n"


def written(folder: Path) -> Path:
    """Write a model in HDF5."""
    h5py = pytest.importorskip("h5py")
    path = folder / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(
            {
                "class_name": "Sequential",
                "config": {"name": "m", "layers": [{"class_name": "ReLU", "config": {"batch_input_shape": [None, 8]}}]},
            }
        )
        file.create_group("model_weights").attrs["layer_names"] = [b"re_lu"]
    return path


@linux
def test_hdf5_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    monkeypatch.setattr(sandbox, "in_process", False)
    report = analyze(path)
    assert report.model is not None
    assert [finding.code for finding in report.findings] == []
    monkeypatch.setattr("lstmlint.reading.stored_weights._in_hdf5", crash)
    (finding,) = analyze(path).findings
    assert (finding.code, finding.severity) == ("E012", "error")
    assert "made to cause harm: reading it fails" in finding.message
    assert analyze(path, Options(weights=False)).findings == []
    monkeypatch.setattr("lstmlint.reading.hdf5._root", crash)
    (finding,) = analyze(path).findings
    assert (finding.code, finding.severity) == ("E001", "error")
    with enforced(InputLimits(seconds=6)):
        monkeypatch.setattr("lstmlint.reading.hdf5._root", hang)
        (finding,) = analyze(path, Options(input_limits=InputLimits(seconds=6))).findings
    assert "takes longer than 1 second" in finding.message
    sandbox_server._end()
