"""Files in remote stores: with the local and memory file systems of fsspec, and with a hostile one."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from lstmlint.commands import remote
from lstmlint.model import limits
from tests.commandline import LSTM, STACK, Shell

MODEL = json.dumps(LSTM).encode()


@pytest.fixture
def memory() -> Iterator[Any]:
    fsspec = pytest.importorskip("fsspec")
    store = fsspec.filesystem("memory")
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


def paths(shell: Shell, *arguments: str) -> list[str]:
    return [json.loads(line)["path"] for line in shell(*arguments, "-f", "jsonl").out.splitlines()]


def test_folders_files_and_globs(shell: Shell, memory: Any) -> None:
    names = (
        "b/sub/c.json",
        "b/a.json",
        "b/.hidden/d.json",
        "b/z.yaml",
        "b/no.txt",
        "b/tokens.json",
        "b/node_modules/e.json",
    )
    for name in names:
        memory.pipe(f"/{name}", b'{"a": 1}' if "tokens" in name else MODEL)
    everything = ["memory://b/a.json", "memory://b/z.yaml", "memory://b/sub/c.json"]
    assert paths(shell, "memory://b") == paths(shell, "memory://b/") == everything
    assert paths(shell, "memory://b/*.json", "--skip-non-models") == ["memory://b/a.json"]
    assert paths(shell, "memory://b/a.json", "memory://b") == everything
    shell.write(
        "lstmlint.toml", 'exclude = ["memory://b/sub"]\n[[budgets]]\nfiles = ["memory://b/z.*"]\nmax-params = 1'
    )
    assert paths(shell, "memory://b") == everything[:2]
    done = shell("memory://b", "-f", "sarif", "--jobs", "1")
    uris = [
        one["locations"][0]["physicalLocation"]["artifactLocation"]
        for one in json.loads(done.out)["runs"][0]["results"]
    ]
    assert (done.code, uris) == (1, [{"uri": "memory://b/z.yaml"}])
    done = shell("memory://b/tokens.json", "memory://b/none.json", "memory://none", "memory://b/*.h5", "-f", "concise")
    assert done.code == 2
    assert "memory://b/tokens.json:1:1: error E002" in done.out
    assert done.err.splitlines() == [
        "lstmlint: no such file or folder: 'memory://b/none.json'",
        "lstmlint: no such file or folder: 'memory://none'",
        "lstmlint: no file matches 'memory://b/*.h5'",
    ]


def test_containers_and_programs(shell: Shell, memory: Any) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(shell.folder / "m.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(LSTM)
        file["more"] = [0] * 20_000
    memory.pipe("/m.h5", (shell.folder / "m.h5").read_bytes())
    memory.pipe("/t.py", b"import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n")
    report = shell("memory:///m.h5", "memory:///t.py::m", "-f", "json").json
    assert [(one["path"], one["container"], one["model"]["params"]) for one in report["files"]] == [
        ("memory:///m.h5", "hdf5", 640), ("memory:///t.py::m", "python", 8),
    ]  # fmt: skip
    with shell.monkeypatch.context() as patch:
        patch.setattr(remote, "MOST_BYTES", 100)
        assert "E001" in shell("memory:///m.h5", "-f", "concise").out
    large = ("--config", "input-limits.decoded-size = 70000")
    assert shell("memory:///m.h5", *large).code == 0  # from a copy, since its text is smaller


@pytest.mark.parametrize("workers", ["1", "2"])
def test_local_files_by_url(shell: Shell, workers: str) -> None:
    pytest.importorskip("fsspec")
    for number in range(6):
        shell.write(f"zoo/{number}.json", STACK)
    url = (shell.folder / "zoo").as_uri()
    assert paths(shell, url, "--jobs", workers) == [f"{url}/{number}.json" for number in range(6)]
    assert shell(f"{url}/0.json").code == 1


class Store:
    """A file system with the entries and contents of a test."""

    def __init__(self, entries: Any, content: Any = MODEL) -> None:
        self.entries = entries
        self.content = content

    def info(self, path: str) -> dict[str, Any]:
        return {"name": path, "type": "directory" if path == "b" else "file"}

    def ls(self, path: str, detail: bool) -> Any:
        return (
            self.entries(path) if callable(self.entries) else [{"name": name, "type": "file"} for name in self.entries]
        )

    def open(self, path: str, mode: str) -> Any:
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        return self.content()


@pytest.fixture
def served(shell: Shell) -> Callable[..., Any]:
    """Return a function that lets a store answer for every URL, and analyzes a folder of it."""

    def serve(store: Any, url: str = "s3://b", *arguments: str) -> Any:
        module = ModuleType("fsspec.core")
        module.url_to_fs = lambda url: (store, url.partition("://")[2].strip("/"))  # type: ignore[attr-defined]
        shell.monkeypatch.setitem(sys.modules, "fsspec", ModuleType("fsspec"))
        shell.monkeypatch.setitem(sys.modules, "fsspec.core", module)
        return shell(url, "-f", "concise", "--jobs", "1", *arguments)

    return serve


def fails(error: BaseException) -> Callable[..., Any]:
    def act(*_: Any, **__: Any) -> Any:
        raise error

    return act


def test_hostile_names(shell: Shell, served: Callable[..., Any]) -> None:
    shell.write("secret.json")
    names = [
        "b/../secret.json", "/etc/passwd.json", "c/x.json", "b//x.json", f"b/{shell.folder}/secret.json", 3, None,
        "b", "b/", "b/x::file:///secret.json", "b/\x1b[2J\n::error::.json", "b/" + "n" * 5_000 + ".json",
    ]  # fmt: skip
    done = served(Store(names), "s3://b", "--fail-on", "info", "--select", "ALL")
    assert done.code == 2
    assert "\x1b" not in done.out + done.err
    assert not [line for line in (done.out + done.err).splitlines() if line.startswith("::")]
    assert "'s3://b' lists 8 names that are not in it, which are not read" in done.err


def test_listings_without_end(served: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MOST_ENTRIES", 1_000)
    monkeypatch.setattr(remote, "MOST_LEVELS", 5)

    def endless(path: str) -> Iterator[dict[str, Any]]:
        while True:
            yield {"name": f"{path}/a.json", "type": "file"}

    done = served(Store(endless))
    assert (done.code, done.err) == (2, "lstmlint: 's3://b' lists more than 1,000 files; name a smaller folder\n")
    nested = served(Store(lambda path: [{"name": f"{path}/x", "type": "directory"}]))
    assert (nested.code, nested.err) == (0, "lstmlint: no Keras model found in s3://b\n")


@pytest.mark.skipif(os.name == "nt", reason="no timers")
def test_stores_that_hang(served: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "own_process", True)
    limit = ("--config", "input-limits.seconds = 1")
    start = time.monotonic()
    done = served(Store(lambda path: time.sleep(100)), "s3://b", *limit)
    assert (done.code, "listing 's3://b' takes longer than 1 second" in done.err) == (2, True)
    done = served(Store([], lambda: time.sleep(100)), "s3://b/m.json", *limit)
    assert (done.code, "s3://b/m.json:1:1: error E001" in done.out) == (1, True)
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    ("store", "said"),
    [
        (
            Store(["b/m.json"], fails(FileNotFoundError("b/m.json"))),
            "cannot read 's3://b/m.json': there is no such file",
        ),
        (
            Store(["b/m.json"], fails(ValueError("no\nsuch key"))),
            "cannot read 's3://b/m.json': ValueError: no such key",
        ),
        (Store(fails(PermissionError("denied"))), "cannot read the folder 's3://b': PermissionError: denied"),
        (Store(fails(RecursionError())), "cannot read the folder 's3://b': RecursionError"),
        (Store(lambda path: 3), "cannot read 's3://b': TypeError: 'int' object is not iterable"),
    ],
)
def test_stores_that_fail(served: Callable[..., Any], store: Any, said: str) -> None:
    done = served(store)
    assert (done.code, done.err, done.out) == (2, f"lstmlint: {said}\n", "")


def test_secrets(served: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "env-s3cret")
    error = OSError("user:pa55 sent env-s3cret and X-Amz-Signature=s1gn&token: t0ken")
    for url in ("https://user:pa55@host/b/m.json?X-Amz-Signature=s1gn", "s3://user:pa55@host/m.json"):
        done = served(Store([], fails(error)), url)
        assert done.code == 2
        assert "://host/" in done.err
        for secret in ("pa55", "env-s3cret", "s1gn", "t0ken"):
            assert secret not in done.err
    done = served(Store([]), "https://user:pa55@host/m.json?token=t0ken", "-f", "json")
    assert "pa55" not in done.out
    assert "t0ken" not in done.out


def test_what_is_refused(shell: Shell) -> None:
    for arguments, said in (
        (("reference://x",), "cannot read reference:// paths; known are s3, "),
        (("zip://m.json::s3://b/x.zip",), "cannot read zip:// paths"),
        (("s3://b/a::file:///etc/x.json",), "it chains several stores"),
        (("s3://b/m.json", "--fix"), "--fix, --diff and --watch need files on this computer"),
        (("s3://b/m.json", "--watch"), "--fix, --diff and --watch need files on this computer"),
        (("s3://b/m.json", "--diff"), "--fix, --diff and --watch need files on this computer"),
        (("m.json", "-o", "s3://b/report.txt"), "remote files are only read: write the report to a file"),
        (("compat", "s3://user:pa55@b/m.json"), "copy 's3://b/m.json' to this computer"),
    ):
        done = shell(*arguments)
        assert (done.code, done.out) == (2, ""), arguments
        assert said in done.err
        assert "pa55" not in done.err


def test_missing_packages(shell: Shell, served: Callable[..., Any]) -> None:
    shell.monkeypatch.setitem(sys.modules, "fsspec.core", None)
    done = shell("s3://b/m.json")
    assert (done.code, done.err) == (2, "lstmlint: reading s3:// paths needs fsspec: pip install 'lstmlint[remote]'\n")
    module = ModuleType("fsspec.core")
    for error, said in (
        (ImportError("no s3fs"), "needs a further package: pip install s3fs"),
        (ValueError("?"), "ValueError: ?"),
    ):
        module.url_to_fs = fails(error)  # type: ignore[attr-defined]
        shell.monkeypatch.setitem(sys.modules, "fsspec.core", module)
        shell.monkeypatch.setitem(sys.modules, "fsspec", ModuleType("fsspec"))
        done = shell("s3://b/m.json")
        assert (done.code, said in done.err) == (2, True)


def test_names_in_listings() -> None:
    for name, folder, found in (
        ("b/a.json", "b", "a.json"), ("b/x/a.json", "b", "x/a.json"), ("a.json", "", "a.json"), ("b/", "b", ""),
        ("bc/a.json", "b", None), ("b/../a", "b", None), ("b/./a", "b", None), ("b//a", "b", None),
    ):  # fmt: skip
        assert remote.inside({"name": name}, folder) == found, name
    assert remote.inside("a.json", "") is None
    assert [remote.size({"size": size}) for size in (5, -1, None, "5")] == [5, 0, 0, 0]
