"""A client for the language server that can also send nonsense: one message at a time, over pipes to a thread."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Message = dict[str, Any]


class Client:
    """A client of a server that runs in a thread of this process. received: all messages so far."""

    def __init__(self, serve: Callable[[Any, Any], Any]) -> None:
        to_server, self.target = os.pipe()
        source, from_server = os.pipe()
        self.source = os.fdopen(source, "rb")
        self.streams = os.fdopen(to_server, "rb"), os.fdopen(from_server, "wb")
        self.waiting: queue.Queue[Message] = queue.Queue()
        self.received: list[Message] = []
        self.number = 0
        self.server = threading.Thread(target=serve, args=self.streams, daemon=True)
        self.server.start()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        """Receive messages until the server leaves."""
        while header := self.source.readline():
            length = int(header.split(b":")[1])
            while self.source.readline().strip():
                pass
            self.waiting.put(json.loads(self.source.read(length)))

    def raw(self, content: bytes) -> None:
        """Send bytes."""
        while content:
            content = content[os.write(self.target, content) :]

    def send(self, message: Any) -> None:
        """Send a value as a message."""
        content = json.dumps(message).encode()
        self.raw(b"Content-Length: %d\r\n\r\n" % len(content) + content)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any) -> Message:
        """Send a request and return the answer."""
        self.number += 1
        number = self.number
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return self.wait(lambda message: message.get("id") == number and "method" not in message)

    def wait(self, wanted: Callable[[Message], bool], seconds: float = 60) -> Message:
        """Return the next message that is wanted. Raises: queue.Empty if none comes."""
        while True:
            message = self.waiting.get(timeout=seconds)
            self.received.append(message)
            if wanted(message):
                return message

    def method(self, name: str) -> Message:
        """Return the parameters of the next message of the server with a method."""
        params: Message = self.wait(lambda message: message.get("method") == name)["params"]
        return params

    def diagnostics(self, uri: str, version: int | None = None) -> list[Message]:
        """Return the next diagnostics of a document."""
        while True:
            params = self.method("textDocument/publishDiagnostics")
            if params["uri"] == uri and version in (None, params.get("version")):
                found: list[Message] = params["diagnostics"]
                return found

    def open(self, path: Path, text: str, language: str = "json") -> str:
        """Open a document and return its URI."""
        document = {"uri": path.as_uri(), "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return path.as_uri()

    def edit(self, uri: str, version: int, *changes: Any) -> None:
        """Edit a document."""
        identifier = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": list(changes)})

    def about(self, method: str, uri: str, **params: Any) -> Any:
        """Return the result of a request about a document."""
        answer = self.request(f"textDocument/{method}", {"textDocument": {"uri": uri}, **params})
        return answer.get("result", answer.get("error"))

    def start(self, folder: Path, options: Any = None, **capabilities: Any) -> Message:
        """Initialize the server and return its capabilities."""
        params = {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities}
        found: Message = self.request("initialize", {**params, "initializationOptions": options})["result"]
        self.notify("initialized", {})
        return found

    def stop(self) -> None:
        """Leave."""
        if self.server.is_alive():
            self.request("shutdown", None)
            self.notify("exit", None)
            self.server.join(20)
        os.close(self.target)
        for stream in (*self.streams, self.source):
            stream.close()
