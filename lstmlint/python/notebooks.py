"""Jupyter notebooks of nbformat 3 and 4: the code of their cells as one Python program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, NamedTuple

from lstmlint.model.findings import Problem, ReadError, listing
from lstmlint.python.magics import blank, python_of, without_commands, without_print_statements
from lstmlint.python.program_text import MAX_CODE, Cell, SourceText, normalized, parse
from lstmlint.reading.document import Locator
from lstmlint.reading.limits import check_size

SAVE_AGAIN = "Save the notebook again, or restore it from version control."


class Written(NamedTuple):
    """A code cell in the file. source: the code as text, or as a list of lines. pointer: to it."""

    number: int
    source: Any
    pointer: str
    outputs: list[str]


def read_notebook(raw: bytes, path: str) -> SourceText:
    """Return the program in a notebook. Cells that are not Python are left out, with a problem that names them.

    Raises: ReadError: E001 if the notebook is damaged, E002 if it is in another language.
    """
    data, text = decoded(raw)
    language = language_of(data)
    if "python" not in language.lower():
        raise ReadError("E002", f"this notebook is written in {language[:80]}, not in Python", "Give a Python program.")
    cells = list(code_cells(data))
    written = [normalized(code_of(cell.source)) for cell in cells]
    codes = list(map(python_of, written))
    check_size(sum(map(len, codes)), MAX_CODE, "the code of the notebook")
    source = SourceText(path, "", "notebook")
    tree = parse(joined(codes))
    if isinstance(tree, SyntaxError):
        broken = repair(cells, codes)
        tree = parse(joined(codes))
        if isinstance(tree, SyntaxError):  # no cell alone is broken
            raise ReadError("E001", f"the cells are not valid Python: {tree.msg}", "Correct the code.")
    else:
        broken = []
    source.text, source.tree = joined(codes), tree
    line = 1
    for cell, code, original in zip(cells, codes, written, strict=True):
        indent = max(0, blanks_before(original) - blanks_before(code))
        source.cells.append(Cell(cell.number, line, cell.outputs, original, indent))
        line += code.count("\n") + 1
    source.problems = list(left_out(source, broken))
    source.file_line = partial(file_line, cache(partial(locator_of, text)), cells, source)
    return source


def decoded(raw: bytes) -> tuple[dict[str, Any], str]:
    """Return a notebook's JSON as an object and as text. Raises: ReadError."""
    from lstmlint.reading.text import decode

    text = decode(raw)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        from lstmlint.reading import json_text

        try:
            data, _ = json_text.parse(text)  # says what is wrong
        except ReadError as error:
            error.text = text
            raise
    if not isinstance(data, dict) or not isinstance(data.get("cells", data.get("worksheets")), list):
        raise ReadError("E001", "this is not a Jupyter notebook: it has no list of cells", SAVE_AGAIN)
    return data, text


def language_of(data: dict[str, Any]) -> str:
    """Return the language of a notebook's kernel; Python if it names none."""
    metadata = inner(data, "metadata")
    for found in (inner(metadata, "language_info").get("name"), inner(metadata, "kernelspec").get("language")):
        if isinstance(found, str) and found:
            return found
    return "python"


def inner(data: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object under a key; an empty one if there is none."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def code_cells(data: dict[str, Any]) -> Iterator[Written]:
    """Yield the code cells of a notebook, of nbformat 4 or of the worksheets of nbformat 3."""
    number = -1
    for prefix, cells in lists_of_cells(data):
        for i, cell in enumerate(cells):
            number += 1
            if not isinstance(cell, dict) or cell.get("cell_type") != "code":
                continue
            key = "source" if "source" in cell else "input"
            if isinstance(cell.get(key), str | list) and cell.get("language", "python") == "python":
                yield Written(number, cell[key], f"{prefix}/{i}/{key}", list(outputs_of(cell)))


def lists_of_cells(data: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists of cells, each with its pointer."""
    if isinstance(data.get("cells"), list):
        yield "/cells", data["cells"]
        return
    for i, sheet in enumerate(data["worksheets"]):
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
            yield f"/worksheets/{i}/cells", sheet["cells"]


def code_of(value: Any) -> str:
    """Return a text that the notebook stores as a string or as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def outputs_of(cell: dict[str, Any]) -> Iterator[str]:
    """Yield the text outputs of a cell. Consecutive parts of what the cell printed are one text."""
    printed: list[str] = []
    found = cell.get("outputs")
    for output in found if isinstance(found, list) else []:
        if not isinstance(output, dict):
            continue
        data = inner(output, "data")
        text = code_of(output.get("text", data.get("text/plain", "")))
        if output.get("output_type") == "stream":
            printed.append(text)
        elif text:
            yield text
    if printed:
        yield "".join(printed)


def joined(codes: list[str]) -> str:
    """Return the program that consists of the cells."""
    return "\n".join(codes)


def repair(cells: list[Written], codes: list[str]) -> list[tuple[Written, SyntaxError]]:
    """Replace what is not Python in the cells, in place: commands, print statements, or the whole cell.

    Returns the cells that are left out.
    """
    broken = []
    for i, code in enumerate(codes):
        error = parse(code)
        if not isinstance(error, SyntaxError):
            continue
        codes[i] = without_print_statements(without_commands(unindented(code)))
        if isinstance(parse(codes[i]), SyntaxError):
            codes[i] = blank(code)
            broken.append((cells[i], error))
    return broken


def blanks_before(code: str) -> int:
    """Return the number of blanks that a text begins with."""
    return len(code) - len(code.lstrip(" \t"))


def unindented(code: str) -> str:
    """Return a cell without the indentation of its first line, which IPython removes from all lines."""
    indent = code[: blanks_before(code)]
    return "\n".join(line.removeprefix(indent) for line in code.split("\n"))


def left_out(source: SourceText, broken: list[tuple[Written, SyntaxError]]) -> Iterator[Problem]:
    """Yield a problem that names the cells that are left out."""
    if not broken:
        return
    first, error = broken[0]
    names = [str(cell.number + 1) for cell, _ in broken]
    what = f"cell {names[0]} is not valid Python and is left out"
    if len(names) > 1:
        what = f"{len(names)} of {len(source.cells)} code cells are not valid Python and are left out: {listing(names)}"
    start = next(cell.first_line for cell in source.cells if cell.number == first.number)
    place = (start + max(0, (error.lineno or 1) - 1), max(1, error.offset or 1))
    yield Problem("E013", f"{what} ({error.msg})", "Correct the code, or remove the cell.", data={"place": place})


def file_line(locator: Callable[[], Locator], cells: list[Written], source: SourceText, line: int) -> int:
    """Return the line of the notebook's JSON that holds a line of the program."""
    place = source.place(line, 1)
    if place is None:
        return 1
    cell = next(cell for cell in cells if cell.number == place.cell - 1)
    pointer = cell.pointer
    if isinstance(cell.source, list):
        before = 0
        for i, part in enumerate(cell.source):
            pointer = f"{cell.pointer}/{i}"
            before += normalized(str(part)).count("\n")
            if before >= place.line:
                break
    return locator()(pointer)[0]


def locator_of(text: str) -> Locator:
    """Return the locator of a notebook's JSON."""
    from lstmlint.reading.json_text import Places
    from lstmlint.reading.places import locator

    return locator(text, Places(text, False).offset)
