"""The language server over its protocol, in a thread of this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lstmlint.commands import server as command
from lstmlint.config.options import Options
from lstmlint.server.diagnostics import diagnostics
from lstmlint.server.examining import examine
from lstmlint.server.files import OpenFile
from lstmlint.server.outline import symbols
from lstmlint.server.positions import Lines
from lstmlint.server.worker import Job, Worker
from tests.lsp_client import Client
from tests.test_server import JSON, PROGRAM, SMILE

pytest.importorskip("pygls")

GOOD = JSON.replace("tahn", "tanh")
WATCHING = {"didChangeWatchedFiles": {"dynamicRegistration": True}, "inlayHint": {"refreshSupport": True}}
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}}


def span(line: int, start: int, end: int) -> Any:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


class OneThread:
    """A pool without processes, whose start takes time."""

    def __init__(self) -> None:
        self.worker = Worker()
        self.lock = asyncio.Lock()

    async def run(self, job: Job) -> Any:
        async with self.lock:
            return await asyncio.to_thread(lambda: self.worker.answer(job, self.worker.options_of(job)))

    async def close(self) -> None:
        pass

    def kill(self) -> None:
        pass


@pytest.fixture
def real_client() -> Iterator[Client]:
    from lstmlint.server.language_server import serve

    client = Client(serve)
    yield client
    client.stop()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    from lstmlint.server import language_server

    monkeypatch.setattr(language_server, "Pool", OneThread)
    client = Client(language_server.serve)
    yield client
    client.stop()


@pytest.mark.parametrize(
    ("offered", "encoding"), [(None, "utf-16"), (["utf-8", "utf-16"], "utf-8"), (["utf-32"], "utf-32")]
)
def test_a_document_is_checked_while_it_is_edited(client: Client, tmp_path: Path, offered: Any, encoding: str) -> None:
    general = {"general": {"positionEncodings": offered}} if offered else {}
    assert client.start(tmp_path, **general)["capabilities"]["positionEncoding"] == encoding
    row = f'{{"class_name": "Sequential", "config": {{"name": "{SMILE}", "layers": [{{"class_name": "Dense", "config": {{"unitss": 3, "input_shape": [2]}}}}]}}}}'
    uri = client.open(tmp_path / "m.json", row)
    missing, wrong = client.diagnostics(uri)
    assert (missing["code"], wrong["code"], wrong["severity"], wrong["source"]) == ("E006", "E005", 1, "lstmlint")
    assert wrong["codeDescription"]["href"].endswith("/E005/")
    units = {"utf-8": 4, "utf-16": 2, "utf-32": 1}[encoding]
    assert wrong["range"]["start"]["character"] == row.index('"unitss"') + units - 1
    place = wrong["range"]["start"]["character"] + 6
    client.edit(uri, 2, {"range": span(0, place, place + 1), "text": ""})
    assert client.diagnostics(uri, 2) == []
    client.edit(uri, 3, {"text": row[:-1]})
    assert [one["code"] for one in client.diagnostics(uri, 3)] == ["E001"]
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert client.diagnostics(uri) == []


def test_what_an_editor_asks_for(real_client: Client, tmp_path: Path) -> None:
    client = real_client
    client.start(tmp_path, {"config": ["max-params = 1000"]})
    uri = client.open(tmp_path / "m.json", JSON)
    found = client.diagnostics(uri)
    hover = client.about("hover", uri, position={"line": 2, "character": 22})
    assert hover["contents"]["value"].startswith("**a** (LSTM)")
    assert client.about("hover", uri, position={"line": 0, "character": 0}) is None
    hints = client.about("inlayHint", uri, range=WHOLE)
    assert [hint["label"] for hint in hints] == ["→ (None, 10) · 640", "→ (None, 3) · 33"]
    assert client.about("inlayHint", uri, range=span(0, 0, 1)) == []
    (lens,) = client.about("codeLens", uri)
    assert lens["command"]["title"] == "673 parameters · 67% of the budget of 1,000 parameters"
    (model,) = client.about("documentSymbol", uri)
    assert [layer["name"] for layer in model["children"]] == ["a", "dense"]
    actions = client.about("codeAction", uri, range=found[0]["range"], context={"diagnostics": found})
    first = actions[0]
    assert (first["title"], first["isPreferred"]) == ("Change 'tahn' to 'tanh'", True)
    assert first["diagnostics"][0]["code"] == "E007" or first["diagnostics"] == [found[0]]
    (edit,) = first["edit"]["changes"][uri]
    assert edit["newText"] == '"tanh"'
    context = {"diagnostics": [], "only": ["source.fixAll"]}
    assert client.about("codeAction", uri, range=WHOLE, context=context) == []


def test_other_documents_show_nothing(client: Client, tmp_path: Path) -> None:
    client.start(tmp_path)
    uris = [
        client.open(tmp_path / "package.json", '{"name": "x"}'),
        client.open(tmp_path / "dog.json", '{"class_name": "Dog", "config": {}}'),
        client.open(tmp_path / "a.py", "import numpy\n", "python"),
        client.open(tmp_path / "b.txt", "class_name", "plaintext"),
    ]
    assert [client.about("inlayHint", uri, range=WHOLE) for uri in uris] == [[]] * 4
    client.edit(uris[3], 2, {"text": "layers"})
    client.diagnostics(client.open(tmp_path / "m.json", JSON))
    assert {one["params"]["uri"] for one in client.received if "Diagnostics" in one.get("method", "")} == {
        (tmp_path / "m.json").as_uri()
    }


def test_settings_are_reloaded(client: Client, tmp_path: Path) -> None:
    client.start(tmp_path, workspace={**WATCHING, "codeLens": {"refreshSupport": True}})
    registration = client.method("client/registerCapability")["registrations"][0]
    assert registration["method"] == "workspace/didChangeWatchedFiles"
    uri = client.open(tmp_path / "m.json", JSON)
    assert [one["severity"] for one in client.diagnostics(uri)] == [1]
    settings = tmp_path / "lstmlint.toml"
    settings.write_text('[severity]\nE007 = "info"\n')
    change = {"changes": [{"uri": settings.as_uri(), "type": 1}]}
    client.notify("workspace/didChangeWatchedFiles", change)
    assert [one["severity"] for one in client.diagnostics(uri)] == [3]
    settings.write_text('ignore = ["E007"]\n')
    client.notify("textDocument/didSave", {"textDocument": {"uri": settings.as_uri()}})
    assert client.diagnostics(uri) == []
    settings.write_text('ignore = "E007"\n')
    client.notify("workspace/didChangeWatchedFiles", change)
    assert "ignore" in client.method("window/showMessage")["message"]
    settings.unlink()
    client.notify("workspace/didChangeConfiguration", {"settings": {"lstmlint": {"ignore": ["E004"]}}})
    assert len(client.diagnostics(uri)) == 1
    client.notify("workspace/didChangeConfiguration", {"settings": {"lstmlint": {"ignore": 5}}})
    assert "'ignore' for lstmlint must be" in client.method("window/showMessage")["message"]
    folder = {"uri": tmp_path.as_uri(), "name": "x"}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": [folder]}})
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    assert len(client.diagnostics(uri)) == 1


def cell(name: str, text: str) -> tuple[Any, Any]:
    return {"kind": 2, "document": name}, {"uri": name, "languageId": "python", "version": 1, "text": text}


def test_a_notebook_is_checked_cell_by_cell(client: Client, tmp_path: Path) -> None:
    synchronization: Any = {"synchronization": {"dynamicRegistration": False}}
    assert "notebookDocumentSync" in client.start(tmp_path, notebookDocument=synchronization)["capabilities"]
    first, second = cell("cell:1", "import keras"), cell("cell:2", PROGRAM)
    uri = (tmp_path / "n.ipynb").as_uri()
    notebook = {"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": [first[0], second[0]]}
    opening = {"notebookDocument": notebook, "cellTextDocuments": [first[1], second[1]]}
    client.notify("notebookDocument/didOpen", opening)
    assert [one["code"] for one in client.diagnostics("cell:2")] == ["E005", "E007"]
    assert len(client.about("inlayHint", "cell:2", range=WHOLE)) == 5
    assert client.about("codeLens", "cell:1") == []
    identifier = {"uri": uri, "version": 2}
    contents = [
        {"document": {"uri": "cell:2", "version": 2}, "changes": [{"text": PROGRAM.replace("activaton", "activation")}]}
    ]
    client.notify(
        "notebookDocument/didChange", {"notebookDocument": identifier, "change": {"cells": {"textContent": contents}}}
    )
    assert [one["code"] for one in client.diagnostics("cell:2", 2)] == ["E007"]
    moved = {"array": {"start": 1, "deleteCount": 1, "cells": []}, "didClose": [{"uri": "cell:2"}]}
    client.notify(
        "notebookDocument/didChange", {"notebookDocument": identifier, "change": {"cells": {"structure": moved}}}
    )
    assert client.diagnostics("cell:2") == []
    client.notify("notebookDocument/didOpen", opening)
    assert len(client.diagnostics("cell:2")) == 2
    client.notify("notebookDocument/didClose", {"notebookDocument": {"uri": uri}, "cellTextDocuments": []})
    assert client.diagnostics("cell:2") == []
    client.notify(
        "notebookDocument/didChange", {"notebookDocument": identifier, "change": {"cells": {"structure": moved}}}
    )
    assert "not open" in client.method("window/logMessage")["message"]


def test_nonsense_is_answered_with_errors(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.server.protocol.MOST_BYTES", 100_000)
    client.start(tmp_path)
    uri = client.open(tmp_path / "m.json", JSON)
    client.diagnostics(uri)
    assert client.request("textDocument/nonsense", {})["error"]["code"] == -32601
    position = {"line": -1, "character": "x"}
    wrong: list[Any] = [None, 5, {"textDocument": 3}, {"textDocument": {"uri": uri}, "position": position}]
    for params in wrong:
        assert client.request("textDocument/hover", params)["error"]["code"] == -32602
    far = {"line": 2**31 - 1, "character": 2**31 - 1}
    outside: dict[str, Any] = {
        "hover": {"position": far},
        "inlayHint": {"range": {"start": far, "end": far}},
        "codeAction": {"range": {"start": far, "end": {"line": 0, "character": 0}}, "context": {"diagnostics": []}},
    }
    for method, params in outside.items():
        assert not client.about(method, uri, **params)
        assert not client.about(method, "file:///not/open.json", **params)
    client.edit(uri, 2, {"range": {"start": far, "end": {"line": 0, "character": 0}}, "text": " "})
    assert len(client.diagnostics(uri, 2)) == 1
    client.edit("file:///not/open.json", 1, {"text": ""})
    client.notify("textDocument/didClose", {"textDocument": {"uri": "file:///not/open.json"}})
    client.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "json"}})
    client.notify("workspace/unknown", {"x": 1})
    client.notify("$/cancelRequest", {"id": 99})
    client.send([])
    client.send(3)
    client.send({"jsonrpc": "1.0"})
    client.send({"jsonrpc": "2.0", "id": 77, "result": None})
    client.raw(b"Content-Length: 5\r\n\r\n{nons")
    assert client.wait(lambda message: "error" in message)["error"]["code"] == -32700
    client.raw(b"Content-Length: abc\r\n\r\nX-Header: " + b"y" * 10_000 + b"\r\n")
    client.raw(b"Content-Length: 100001\r\n\r\n" + b" " * 100_001)
    client.raw(b"Content-Length: 2000\r\n\r\n" + b"[" * 2000)
    assert client.about("hover", uri, position={"line": 2, "character": 22})["contents"]


def test_a_document_that_is_not_saved(client: Client, tmp_path: Path) -> None:
    client.start(tmp_path)
    document = {"uri": "untitled:Untitled-1", "languageId": "python", "version": 1, "text": PROGRAM}
    for _ in range(2):  # opened twice without being closed
        client.notify("textDocument/didOpen", {"textDocument": document})
    assert len(client.diagnostics("untitled:Untitled-1")) == 2


def test_a_large_document_is_not_analyzed(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.server.language_server.MOST_CHARACTERS", 100)
    client.start(tmp_path)
    client.open(tmp_path / "m.json", JSON)
    assert "more than 100 characters" in client.method("window/logMessage")["message"]


def test_a_failure_is_logged(real_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = real_client
    monkeypatch.setattr("lstmlint.server.pool.sys.executable", "/nonexistent")
    client.start(tmp_path)
    client.open(tmp_path / "m.json", JSON)
    assert "the process" in client.method("window/logMessage")["message"]


def test_many_edits_give_the_diagnostics_of_the_last(real_client: Client, tmp_path: Path) -> None:
    client = real_client
    client.start(tmp_path)
    uri = client.open(tmp_path / "m.json", GOOD)
    for version in range(2, 40):
        client.edit(uri, version, {"text": (GOOD if version % 2 else JSON) + " " * version})
    client.edit(uri, 40, {"text": JSON})
    assert [one["code"] for one in client.diagnostics(uri, 40)] == ["E007"]
    assert len([one for one in client.received if one.get("method") == "textDocument/publishDiagnostics"]) <= 5
    assert json.dumps(client.received)


def test_the_command_serves_standard_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.server.language_server.serve", lambda: 7)
    assert command.serve() == 7


@pytest.mark.parametrize(("name", "content"), [("m.json", JSON), ("m.py", PROGRAM)])
def test_random_edits_leave_what_a_new_document_has(client: Client, tmp_path: Path, name: str, content: str) -> None:
    client.start(tmp_path)
    random = Random(7)
    uri = client.open(tmp_path / name, content, "python" if name.endswith(".py") else "json")
    client.diagnostics(uri)
    text = content
    for version in range(2, 60):
        lines = Lines(text)
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice([0, 0, 1, 5]))
        new = random.choice(["", "x", SMILE, "\n", text[start:end], ","])
        first, last = lines.position(start), lines.position(end)
        text = text[: lines.offset(*first)] + new + text[lines.offset(*last) :]
        ends = {"start": first, "end": last}
        place = {key: {"line": line, "character": character} for key, (line, character) in ends.items()}
        client.edit(uri, version, {"range": place, "text": new})
    client.edit(uri, 60, {"range": span(10**6, 0, 0), "text": "\n"})
    text += "\n"
    back = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 10**6, "character": 0}}, "text": content}
    hover = client.about("documentSymbol", uri)
    document = OpenFile(str(tmp_path / name), "program" if name.endswith(".py") else "config", (text,))
    assert [one["name"] for one in hover] == [one.name for one in symbols(examine(document, Options()))]
    client.edit(uri, 61, back)
    expected = diagnostics(examine(document._replace(parts=(content,)), Options()))
    found = client.diagnostics(uri, 61)
    assert [(one["code"], one["range"]["start"]["line"]) for one in found] == [
        (one.code, one.range.line) for one in expected
    ]
