"""The transport of the language server: pygls, guarded against clients that send nonsense."""

from __future__ import annotations

import json
import logging
from typing import IO, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcParseError
from pygls.protocol import LanguageServerProtocol, lsp_method

MOST_BYTES = 256 * 2**20  # of a message; a larger one is skipped
CHUNK = 2**20
LONGEST_HEADER = 4096
logger = logging.getLogger(__name__)


class Input:
    """Standard input, of which no message is read that is too large."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source

    def readline(self) -> bytes:
        """Return a line of a header, or a part of one that is too long."""
        return self.source.readline(LONGEST_HEADER)

    def read(self, size: int) -> bytes:
        """Return a message. One that is too large is skipped, and null takes its place."""
        if size <= MOST_BYTES:
            return self.source.read(size)
        logger.error("a message of %d bytes is skipped: the limit is %d", size, MOST_BYTES)
        while size > 0 and (chunk := self.source.read(min(size, CHUNK))):
            size -= len(chunk)
        return b"null"


class Refused:
    """A message that is not handled, since it has been answered with an error."""


class Protocol(LanguageServerProtocol):
    """The protocol with its own documents. Requests that cannot be understood are answered with an error."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Return the typed message; answer with an error if it does not fit its type."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if isinstance(data.get("id"), str | int) and "method" in data:
                self._send_response(data["id"], None, error.to_response_error())
            return Refused()

    def handle_message(self, message: Any) -> None:
        """Handle a message; leave out what is none."""
        if isinstance(message, Refused):
            return
        if not hasattr(message, "jsonrpc"):
            logger.warning("a message is left out that is not of JSON-RPC")
            return
        super().handle_message(message)

    def report_parse_error(self, error: Exception) -> None:
        """Tell the client that a message is not JSON."""
        self._send_response(None, None, JsonRpcParseError(str(error)).to_response_error())  # type: ignore[arg-type]

    # pygls keeps documents whose lines end as in Python, not as in the protocol; this server has its own.

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Any:
        """Pass on that a document was opened."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Any:
        """Pass on that a document was edited."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Any:
        """Pass on that a document was closed."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> Any:
        """Pass on that a notebook was opened."""
        yield self.fm.features[types.NOTEBOOK_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> Any:
        """Pass on that a notebook was edited."""
        yield self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: types.DidCloseNotebookDocumentParams) -> Any:
        """Pass on that a notebook was closed."""
        yield self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CLOSE], (params,), None


def is_parse_error(error: Exception) -> bool:
    """Return whether a message could not be decoded."""
    return isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError)
