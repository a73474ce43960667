"""The language server as a process, with the client of pytest-lsp (the extra `test-lsp`)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.test_server import JSON, PROGRAM

pytest_lsp = pytest.importorskip("pytest_lsp")
types = pytest.importorskip("lsprotocol.types")


def with_client(use: Callable[[Any], Awaitable[None]], folder: Path) -> None:
    """Start a server and a client like Visual Studio Code's, run a function with it, and stop both."""
    config = pytest_lsp.ClientServerConfig(server_command=[sys.executable, "-m", "lstmlint", "server"])

    async def run() -> None:
        client = await config.start()
        try:
            capabilities = pytest_lsp.client_capabilities("visual-studio-code")
            await client.initialize_session(types.InitializeParams(capabilities, root_uri=folder.as_uri()))
            await asyncio.wait_for(use(client), 120)
            await client.shutdown_session()
        finally:
            await client.stop()

    asyncio.run(run())


def opened(client: Any, path: Path, text: str, language: str = "json") -> str:
    item = types.TextDocumentItem(path.as_uri(), language, 1, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    return path.as_uri()


def edited(client: Any, uri: str, version: int, text: str) -> None:
    changes = [types.TextDocumentContentChangeWholeDocument(text)]
    identifier = types.VersionedTextDocumentIdentifier(version, uri)
    client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, changes))


async def codes(client: Any, uri: str) -> list[str]:
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return [one.code for one in client.diagnostics.get(uri, ())]


def test_open_edit_break_mend_close(tmp_path: Path) -> None:
    async def use(client: Any) -> None:
        uri = opened(client, tmp_path / "m.json", JSON)
        assert await codes(client, uri) == ["E007"]
        edited(client, uri, 2, JSON[:-1])
        assert await codes(client, uri) == ["E001"]
        edited(client, uri, 3, JSON.replace("tahn", "tanh"))
        assert await codes(client, uri) == []
        edited(client, uri, 4, JSON)
        assert await codes(client, uri) == ["E007"]
        identifier = types.TextDocumentIdentifier(uri)
        client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
        assert await codes(client, uri) == []

    with_client(use, tmp_path)


def test_twenty_files_at_once(tmp_path: Path) -> None:
    async def use(client: Any) -> None:
        uris = [opened(client, tmp_path / f"{i}.py", PROGRAM + f"# {i}\n", "python") for i in range(10)]
        uris += [opened(client, tmp_path / f"{i}.json", JSON + " " * i) for i in range(10)]
        while len(client.diagnostics) < 20:
            await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        found = [[one.code for one in client.diagnostics[uri]] for uri in uris]
        assert found == [["E005", "E007"]] * 10 + [["E007"]] * 10

    with_client(use, tmp_path)


def test_settings_reload(tmp_path: Path) -> None:
    async def use(client: Any) -> None:
        uri = opened(client, tmp_path / "m.json", JSON)
        assert await codes(client, uri) == ["E007"]
        settings = tmp_path / "pyproject.toml"
        settings.write_text('[tool.lstmlint]\nmax-params = 5\nignore = ["E007"]\n')
        event = types.FileEvent(settings.as_uri(), types.FileChangeType.Created)
        client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        assert await codes(client, uri) == ["C501"]

    with_client(use, tmp_path)
