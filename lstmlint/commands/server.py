"""`lstmlint server`: the language server for editors."""

from __future__ import annotations

from lstmlint.model.findings import UsageError


def serve() -> int:
    """Serve an editor, and return the exit code. Raises: UsageError if pygls is not installed."""
    try:
        from lstmlint.server.language_server import serve as serve_client
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UsageError("the language server needs pygls: pip install 'lstmlint[lsp]'") from None
    return serve_client()
