"""The commands of the playground: lstmlint on one file, with its output as text.

The page runs this module under Pyodide. It does not use typer, which would make the page larger and slower.
"""

from __future__ import annotations

import io
import os
import shlex
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from lstmlint.cli import reported
from lstmlint.commands.request import Request

Options = dict[str, str]


class Command(NamedTuple):
    """A command line, what it runs, and the file that it writes, if any."""

    line: list[str]
    work: Callable[[], int]
    written: str | None = None


class Terminal(io.TextIOWrapper):
    """A stream that lstmlint takes for a terminal: it gets colors, and lines of the page's width."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def answer(command: str, name: str, content: bytes, options: Options, columns: int) -> dict[str, Any]:
    """Run a command on a file in an otherwise empty folder.

    command: check, page, explain, count, compat or convert.
    name: of the file, without a folder; its suffix says what it holds.
    options: the fields of the page: input_shape, set, max_params, target, layer, expect, lang, to, allow_changes.
    columns: the width of the output.

    Returns: the exit code, standard output and standard error, the command line that gives the same answer, and the
    content of the file that was written, if any.
    """
    line, work, written = COMMANDS[command](name, options)
    with tempfile.TemporaryDirectory() as folder, working_in(folder, columns):
        if command != "count":
            Path(name).write_bytes(content)
        with captured() as (output, messages):
            code = reported(work)
        result = Path(written) if written else None
        saved = result.read_bytes() if result is not None and result.is_file() else None
    return {
        "code": code,
        "output": output.getvalue().decode("utf-8", "replace"),
        "messages": messages.getvalue().decode("utf-8", "replace"),
        "line": shlex.join(["lstmlint", *line]),
        "file": None if saved is None else {"name": written, "content": saved},
    }


def check(name: str, options: Options) -> Command:
    """Check the file: `lstmlint model.json`."""
    return checked(name, options, [], None)


def page(name: str, options: Options) -> Command:
    """Write the HTML report."""
    return checked(name, options, ["--format", "html", "-o", "report.html"], "report.html")


def checked(name: str, options: Options, more: list[str], written: str | None) -> Command:
    """Run the main command."""
    from lstmlint.commands.check import run

    request = request_for(name, options)
    if written is not None:
        request.format, request.output = ["html"], written
    return Command([name, *line_of(options), *more], lambda: run(request), written)


def explain(name: str, options: Options) -> Command:
    """Explain the counts of the model, or of one of its layers."""
    from lstmlint.commands import explain as module

    layer, expect = options.get("layer") or None, options.get("expect") or None
    lang = options.get("lang") or None
    sizes = {key: value for key, value in options.items() if key in ("input_shape", "set")}
    line = ["explain", name, *([layer] if layer else []), *given("--expect", expect), *given("--lang", lang)]
    return Command(
        [*line, *line_of(sizes)], lambda: module.explain(request_for(name, sizes), layer, expect, None, lang)
    )


def count(name: str, options: Options) -> Command:
    """Count a layer that is written as in Python."""
    from lstmlint.commands import explain as module

    inputs, expect, lang = split(options.get("input_shape")), options.get("expect") or None, options.get("lang") or None
    line = ["count", options["layer"], *(word for text in inputs for word in ("--input", text))]
    line += [*given("--expect", expect), *given("--lang", lang)]
    return Command(line, lambda: module.count(options["layer"], inputs, expect, None, None, lang))


def compat(name: str, options: Options) -> Command:
    """Show which releases of Keras load the file."""
    from lstmlint.commands import compat as module

    targets = {key: value for key, value in options.items() if key == "target"}
    return Command(["compat", name, *line_of(targets)], lambda: module.run(request_for(name, targets), None))


def convert(name: str, options: Options) -> Command:
    """Convert the model to the JSON form of another release."""
    from lstmlint.commands import convert as module

    to, changes = options.get("to") or "keras3", bool(options.get("allow_changes"))
    written = f"{Path(name).stem}-{to}.json"
    sizes = {key: value for key, value in options.items() if key == "set"}
    line = ["convert", name, "--to", to, "-o", written, *(["--allow-changes"] if changes else []), *line_of(sizes)]
    return Command(line, lambda: module.run(name, to, written, changes, False, split(sizes.get("set"))), written)


COMMANDS: dict[str, Callable[[str, Options], Command]] = {
    "check": check,
    "page": page,
    "explain": explain,
    "count": count,
    "compat": compat,
    "convert": convert,
}
MANY = ("input_shape", "set", "target")  # several values, separated by spaces
ONE = ("max_params",)


def request_for(name: str, options: Options) -> Request:
    """Return the options of the page as those of the command line."""
    request = Request([name], jobs="1", isolated=True)
    for key in MANY:
        setattr(request, key, split(options.get(key)))
    for key in ONE:
        setattr(request, key, options.get(key) or None)
    return request


def given(option: str, value: str | None) -> list[str]:
    """Return an option and its value as words of a command line, if it has a value."""
    return [] if value is None else [option, value]


def line_of(options: Options) -> list[str]:
    """Return the options of the page as words of a command line."""
    words: list[str] = []
    for key in (*MANY, *ONE):
        for value in split(options.get(key)):
            words += [f"--{key.replace('_', '-')}", value]
    return words


def split(text: str | None) -> list[str]:
    """Return the values of a field: words that are separated by spaces. Spaces inside brackets are left out."""
    words, depth, word = [], 0, ""
    for letter in text or "":
        depth += (letter in "([") - (letter in ")]")
        if letter.isspace():
            if depth <= 0 and word:
                words.append(word)
                word = ""
        else:
            word += letter
    return [*words, word] if word else words


@contextmanager
def working_in(folder: str, columns: int) -> Iterator[None]:
    """Change to a folder, and tell lstmlint how wide a line is."""
    before = Path.cwd()
    os.chdir(folder)
    os.environ["COLUMNS"] = str(columns)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def captured() -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Catch what is written to standard output and standard error."""
    output, messages = io.BytesIO(), io.BytesIO()
    out = Terminal(output, "utf-8", write_through=True)
    err = Terminal(messages, "utf-8", write_through=True)
    with redirect_stdout(out), redirect_stderr(err):
        yield output, messages
    out.flush()
    err.flush()
    out.detach()  # else it would close the buffer
    err.detach()
