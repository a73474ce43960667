"""The language server: pygls around the store of documents and the pool of workers."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from typing import IO, Any, TypeVar, cast

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from lstmlint.model.findings import UsageError
from lstmlint.server.actions import FIX_ALL, QUICK_FIX, Action
from lstmlint.server.diagnostics import Diagnostic
from lstmlint.server.outline import Symbol
from lstmlint.server.pool import Pool
from lstmlint.server.positions import ENCODINGS, Range
from lstmlint.server.protocol import Input, Protocol, is_parse_error
from lstmlint.server.settings import Setup, setup_of
from lstmlint.server.store import Document, Edit, Part, Store
from lstmlint.server.worker import Checked, Failure, Job
from lstmlint.version import __version__

Feature = TypeVar("Feature", bound=Callable[..., Any])

SOURCE = "lstmlint"
LEAST_PAUSE, LONGEST_PAUSE = 0.03, 0.3  # seconds without an edit before a document is checked
MOST_CHARACTERS = 64_000_000  # of a document; a larger one is not analyzed
WATCHED = ("**/pyproject.toml", "**/lstmlint.toml")
NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithNotebook(
            notebook=types.NotebookDocumentFilterNotebookType(notebook_type="jupyter-notebook"),
            cells=[types.NotebookCellLanguage(language="python")],
        )
    ]
)


class Server(LanguageServer):
    """The server with its state. setup: what the client says about settings. said: messages that it was shown."""

    def __init__(self) -> None:
        super().__init__(SOURCE, __version__, notebook_document_sync=NOTEBOOKS, protocol_cls=Protocol)
        self.store = Store()
        self.pool = Pool()
        self.setup = Setup()
        self.given: object = None
        self.folders: dict[str, str] = {}
        self.said: set[str] = set()
        self.tasks: dict[Document, asyncio.Task[None]] = {}
        self.ended = False

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error that is no answer to a request."""
        if is_parse_error(error) and isinstance(self.protocol, Protocol):
            self.protocol.report_parse_error(error)
        self.log(f"{type(error).__name__}: {error}")

    def log(self, text: str) -> None:
        """Write to the client's log."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Warning, text[:2000]))

    def say(self, text: str) -> None:
        """Show the user a message, once."""
        if text not in self.said:
            self.said.add(text)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"lstmlint: {text[:2000]}"))

    # Settings

    def use(self, given: object) -> None:
        """Use the client's settings; tell the user if they have mistakes, and then use none of them."""
        self.given = given
        folders = tuple(self.folders.values())
        try:
            self.setup = setup_of(given, folders)
        except UsageError as error:
            self.setup = Setup(folders=folders)
            self.say(str(error))

    def path_of(self, uri: str) -> str:
        """Return the path of a document; one that is not saved is in the first folder of the workspace."""
        path = to_fs_path(uri)
        if path is None or not uri.startswith("file:"):
            folder = next(iter(self.folders.values()), os.getcwd())  # noqa: PTH109
            path = os.path.join(folder, uri.rpartition(":")[2].rpartition("/")[2] or "untitled")  # noqa: PTH118
        return path

    def check_all(self) -> None:
        """Check all open documents again."""
        self.said.clear()
        for document in self.store.documents.values():
            self.schedule(document, 0)
        workspace = self.client_capabilities.workspace
        if workspace is not None and workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)
        if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    # Checks

    def schedule(self, document: Document | None, pause: float | None = None) -> None:
        """Check a document when it has not been edited for a moment. An unfinished check of it is given up."""
        if document is None:
            return
        self.cancel(document)
        if pause is None:
            pause = min(LONGEST_PAUSE, max(LEAST_PAUSE, document.seconds / 2))
        task = asyncio.ensure_future(self.check(document, pause))
        self.tasks[document] = task
        task.add_done_callback(lambda _: self.tasks.pop(document, None) if self.tasks.get(document) is task else None)

    def cancel(self, document: Document) -> None:
        """Give up the check of a document."""
        task = self.tasks.pop(document, None)
        if task is not None:
            task.cancel()

    async def check(self, document: Document, pause: float) -> None:
        """Check a document and publish its diagnostics, unless it is edited meanwhile."""
        await asyncio.sleep(pause)
        edits = document.edits
        result = await self.ask("check", document)
        if document.edits != edits:
            return
        if isinstance(result, Checked):
            document.seconds = result.seconds
        self.publish(document, result.diagnostics if isinstance(result, Checked) else [])

    async def ask(self, method: str, document: Document | None, *arguments: Any) -> Any:
        """Return the result of a worker's method for a document; None if there is none."""
        if document is None or not document.may_hold_model:
            return None
        file = document.file
        if file.size > MOST_CHARACTERS:
            self.log(f"{document.path} is not analyzed: it has more than {MOST_CHARACTERS:,} characters")
            return None
        result = await self.pool.run(Job(method, file, self.setup, self.store.encoding, arguments))
        if isinstance(result, Failure):
            self.say(result.message) if result.settings else self.log(f"{document.path}: {result.message}")
            return None
        return result

    def publish(self, document: Document, found: list[Diagnostic]) -> None:
        """Send the diagnostics of a document, and clear those of parts that have none any more."""
        by_part: dict[int, list[types.Diagnostic]] = {}
        for one in found:
            by_part.setdefault(one.range.part, []).append(self.diagnostic(document, one))
        published = set()
        for i, part in enumerate(document.parts):
            listed = by_part.get(i, [])
            if listed or part.uri in document.published:
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(part.uri, listed, part.version))
            if listed:
                published.add(part.uri)
        for uri in document.published - {part.uri for part in document.parts}:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        document.published = published

    def diagnostic(self, document: Document, one: Diagnostic) -> types.Diagnostic:
        """Return a diagnostic of the protocol."""
        related = [
            types.DiagnosticRelatedInformation(types.Location(document.parts[place.part].uri, range_of(place)), text)
            for place, text in one.related
        ]
        return types.Diagnostic(
            range_of(one.range),
            one.message,
            types.DiagnosticSeverity(one.severity),
            one.code,
            types.CodeDescription(one.href),
            SOURCE,
            [types.DiagnosticTag(tag) for tag in one.tags] or None,
            related or None,
        )


def range_of(place: Range) -> types.Range:
    """Return a range of the protocol."""
    return types.Range(types.Position(place.line, place.character), types.Position(place.end_line, place.end_character))


def position_of(place: types.Position) -> tuple[int, int]:
    """Return line and character."""
    return place.line, place.character


FEATURES: dict[str, tuple[Callable[..., Any], Any]] = {}


def feature(method: str, options: Any = None) -> Callable[[Feature], Feature]:
    """Register a function for a method of the protocol."""

    def register(function: Feature) -> Feature:
        FEATURES[method] = function, options
        return function

    return register


# The life of the server and its settings


@feature(types.INITIALIZE)
def initialize(ls: Server, params: types.InitializeParams) -> None:
    """Take over the client's settings, its folders, and how it counts characters."""
    encoding = str(getattr(ls.workspace.position_encoding, "value", ls.workspace.position_encoding))
    ls.store.encoding = encoding if encoding in ENCODINGS else "utf-16"
    uris = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
    ls.folders = {uri: path for uri in uris if (path := to_fs_path(uri))}
    ls.use(params.initialization_options)


@feature(types.INITIALIZED)
def initialized(ls: Server, _params: types.InitializedParams) -> None:
    """Ask the client to tell when a settings file changes."""
    workspace = ls.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace is not None else None
    if watched is not None and watched.dynamic_registration:
        watchers = [types.FileSystemWatcher(glob) for glob in WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        ls.client_register_capability(types.RegistrationParams([types.Registration("settings", method, options)]))


@feature(types.SHUTDOWN)
async def shutdown(ls: Server, *_: Any) -> None:
    """End the workers."""
    ls.ended = True
    for document in list(ls.tasks):
        ls.cancel(document)
    await ls.pool.close()


@feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def watched_files_changed(ls: Server, _params: types.DidChangeWatchedFilesParams) -> None:
    """Check everything again: a settings file has changed."""
    ls.check_all()


@feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
def configuration_changed(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    """Use the client's new settings, which it may send under the key lstmlint."""
    given: Any = params.settings
    if hasattr(given, "_asdict"):
        given = given._asdict()
    if isinstance(given, dict) and given:
        ls.use(given.get(SOURCE, given))
    ls.check_all()


@feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
def folders_changed(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Note which folders the workspace has."""
    for folder in params.event.removed:
        ls.folders.pop(folder.uri, None)
    ls.folders |= {folder.uri: path for folder in params.event.added if (path := to_fs_path(folder.uri))}
    ls.use(ls.given)
    ls.check_all()


# Documents


@feature(types.TEXT_DOCUMENT_DID_OPEN)
def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Check a document that is opened."""
    text = params.text_document
    if text.uri in ls.store.documents:
        closed_document(ls, text.uri)
    document = ls.store.open(text.uri, ls.path_of(text.uri), str(text.language_id), text.version, text.text)
    ls.schedule(document, 0)


@feature(types.TEXT_DOCUMENT_DID_CHANGE)
def edited(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Check a document that is edited."""
    text = params.text_document
    try:
        ls.schedule(ls.store.edit(text.uri, text.version, map(edit_of, params.content_changes)))
    except KeyError:
        ls.log(f"a document was edited that is not open: {text.uri}")


def edit_of(change: Any) -> Edit:
    """Return an edit: a change has a range, or is the whole new text."""
    if isinstance(change, types.TextDocumentContentChangePartial):
        return (position_of(change.range.start), position_of(change.range.end)), change.text
    return None, str(change.text)


@feature(types.TEXT_DOCUMENT_DID_SAVE)
def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Check everything again if a settings file is saved; some clients do not watch files."""
    if params.text_document.uri.endswith(("/pyproject.toml", "/lstmlint.toml")):
        ls.check_all()


@feature(types.TEXT_DOCUMENT_DID_CLOSE)
def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    """Remove the diagnostics of a document that is closed."""
    closed_document(ls, params.text_document.uri)


def closed_document(ls: Server, uri: str) -> None:
    """Forget a document."""
    document = ls.store.close(uri)
    if document is not None:
        ls.cancel(document)
        ls.publish(document, [])


@feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
def notebook_opened(ls: Server, params: types.DidOpenNotebookDocumentParams) -> None:
    """Check a notebook that is opened."""
    uri = params.notebook_document.uri
    texts = {cell.uri: cell for cell in params.cell_text_documents}
    parts = parts_of(params.notebook_document.cells, texts)
    if uri in ls.store.documents:
        closed_document(ls, uri)
    ls.schedule(ls.store.open_notebook(uri, ls.path_of(uri), parts), 0)


def parts_of(cells: Any, texts: dict[str, types.TextDocumentItem]) -> list[Part]:
    """Return the cells of a notebook with their texts."""
    found = []
    for cell in cells or ():
        text = texts.get(cell.document)
        code = cell.kind == types.NotebookCellKind.Code
        found.append(Part(cell.document, text.text if text else "", text.version if text else None, code))
    return found


@feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
def notebook_edited(ls: Server, params: types.DidChangeNotebookDocumentParams) -> None:
    """Check a notebook that is edited: cells are added or removed, or their texts change."""
    uri, cells = params.notebook_document.uri, params.change.cells
    try:
        if cells is not None and cells.structure is not None:
            array = cells.structure.array
            texts = {cell.uri: cell for cell in cells.structure.did_open or ()}
            ls.store.splice(uri, array.start, array.delete_count, parts_of(array.cells, texts))
        for change in (cells.text_content if cells is not None else None) or ():
            ls.store.edit(change.document.uri, change.document.version, map(edit_of, change.changes))
        ls.schedule(ls.store.documents[uri])
    except KeyError:
        ls.log(f"a notebook was edited that is not open, or a cell that it does not have: {uri}")


@feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
def notebook_closed(ls: Server, params: types.DidCloseNotebookDocumentParams) -> None:
    """Remove the diagnostics of a notebook that is closed."""
    closed_document(ls, params.notebook_document.uri)


# What the client asks for


@feature(types.TEXT_DOCUMENT_HOVER)
async def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    """Return what there is to say about a position."""
    document, part = at(ls, params.text_document.uri)
    found = await ls.ask("hover", document, part, *position_of(params.position))
    if found is None:
        return None
    text, place = found
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), range_of(place))


def at(ls: Server, uri: str) -> tuple[Document | None, int]:
    """Return the document of a text, and which of its parts that is."""
    document = ls.store.by_part.get(uri)
    return document, 0 if document is None else document.index(uri)


@feature(types.TEXT_DOCUMENT_INLAY_HINT)
async def inlay_hint(ls: Server, params: types.InlayHintParams) -> list[types.InlayHint]:
    """Return the output shape and the number of parameters of the layers in a range."""
    document, part = at(ls, params.text_document.uri)
    start, end = position_of(params.range.start), position_of(params.range.end)
    wanted = Range(part, *start, *end)
    return [
        types.InlayHint(types.Position(label.range.line, label.range.character), label.text, padding_left=True)
        for label in await ls.ask("hints", document) or ()
        if label.range.touches(wanted)
    ]


@feature(types.TEXT_DOCUMENT_CODE_LENS)
async def code_lens(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """Return the total of each model, and how it compares with its budgets."""
    document, part = at(ls, params.text_document.uri)
    return [
        types.CodeLens(range_of(label.range), types.Command(label.text, ""))
        for label in await ls.ask("lenses", document) or ()
        if label.range.part == part
    ]


@feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
async def document_symbol(ls: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """Return the models of a document and their layers."""
    document, part = at(ls, params.text_document.uri)
    found: list[Symbol] = await ls.ask("symbols", document) or []
    return [symbol(one, part) for one in found if one.whole.part == part]


def symbol(one: Symbol, part: int) -> types.DocumentSymbol:
    """Return a symbol of the protocol. Layers in other cells are left out."""
    children = [symbol(child, part) for child in one.children if child.whole.part == part]
    kind = types.SymbolKind.Class if one.model else types.SymbolKind.Object
    return types.DocumentSymbol(
        one.name, kind, range_of(one.whole), range_of(one.name_range), one.detail, children=children
    )


@feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions(code_action_kinds=[types.CodeActionKind(QUICK_FIX), FIX_ALL]),
)
async def code_action(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Return the changes to offer for a range."""
    document, part = at(ls, params.text_document.uri)
    place = Range(part, *position_of(params.range.start), *position_of(params.range.end))
    only = tuple(str(getattr(kind, "value", kind)) for kind in params.context.only or ())
    found: list[Action] = await ls.ask("actions", document, place, only) or []
    return [action(cast("Document", document), one, params.context.diagnostics) for one in found]


def action(document: Document, one: Action, diagnostics: Any) -> types.CodeAction:
    """Return an action of the protocol."""
    changes: dict[str, list[types.TextEdit]] = {}
    for change in one.changes:
        part = document.parts[change.range.part]
        changes.setdefault(part.uri, []).append(types.TextEdit(range_of(change.range), change.text))
    edit = types.WorkspaceEdit(changes)
    mended = [found for found in diagnostics if one.code is not None and found.code == one.code]
    return types.CodeAction(one.title, one.kind, mended or None, one.preferred or None, edit=edit)


def serve(source: IO[bytes] | None = None, target: IO[bytes] | None = None) -> int:
    """Serve a client until it leaves. Return 0 if it has said so before, else 1.

    source, target: the streams; those of the process by default.
    """
    gc.enable()  # which the command line switches off: a server lives long
    server = Server()
    for method, (function, options) in FEATURES.items():
        server.feature(method, options)(function)
    server.start_io(cast("Any", Input(source or sys.stdin.buffer)), cast("Any", target or sys.stdout.buffer))
    server.pool.kill()
    return 0 if server.ended else 1
