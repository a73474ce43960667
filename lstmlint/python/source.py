"""Reading a Python program from a script or from the code cells of a notebook."""

from __future__ import annotations

import re

from lstmlint.model.findings import ReadError
from lstmlint.python.program_text import MAX_CODE, Cell, Place, SourceText, normalized, parse
from lstmlint.reading.limits import check_size

__all__ = ["SUFFIXES", "Cell", "Place", "SourceText", "is_notebook", "read_source"]

SUFFIXES = (".py", ".ipynb")
MAX_NOTEBOOK = 64 * 2**20
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?(?:\r?\n|\r|$)")


def read_source(raw: bytes, path: str) -> SourceText:
    """Return the program in a file: of a notebook if it is one by its suffix or its content, else of a script.

    Raises: ReadError: E001 if it is damaged, too large, or not Python, E002 for a notebook in another language.
    """
    if path.endswith(".ipynb") or is_notebook(raw):
        from lstmlint.python.notebooks import read_notebook

        check_size(len(raw), MAX_NOTEBOOK, "the notebook")
        return read_notebook(raw, path)
    check_size(len(raw), MAX_CODE, "the program")
    text = normalized(decode(raw))
    tree = parse(text)
    if isinstance(tree, SyntaxError):
        from lstmlint.python.magics import without_print_statements

        repaired = without_print_statements(text)
        again = tree if repaired == text else parse(repaired)
        if isinstance(again, SyntaxError):
            error = ReadError("E001", *explained(tree), line=tree.lineno or 1, column=tree.offset or 1)
            error.text = text
            raise error
        return SourceText(path, repaired, tree=again, written=text)
    return SourceText(path, text, tree=tree, written=text)


def is_notebook(raw: bytes) -> bool:
    """Return whether the content is a notebook's."""
    return raw.lstrip()[:1] == b"{" and b'"nbformat"' in raw


def decode(raw: bytes) -> str:
    """Decode a program as Python does: by its byte order mark or coding comment, else as UTF-8.

    Raises: ReadError (E001) if it is not in this encoding, or the encoding is unknown.
    """
    encoding = "utf-8-sig"
    if not raw.startswith(b"\xef\xbb\xbf"):
        first, second = [*raw[:1000].split(b"\n", 2), b"", b""][:2]
        match = _CODING.match(first) or (_CODING.match(second) if _BLANK.fullmatch(first) else None)
        if match is not None:
            encoding = match[1].decode("ascii", "replace")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        message = (
            f"the text is not {encoding.removesuffix('-sig').upper()}, and no coding comment names another encoding"
        )
        if encoding != "utf-8-sig":
            message = f"the text is not in the encoding that its coding comment names, {encoding}"
        raise ReadError("E001", message, "Save it as UTF-8.", line, column) from None
    except (LookupError, UnicodeError):
        message = f"the coding comment names an encoding that Python does not have: {encoding}"
        raise ReadError("E001", message, "Save it as UTF-8.") from None


def explained(error: SyntaxError) -> tuple[str, str]:
    """Return the message and the help of a finding about a program that is not Python."""
    return (
        f"this is not valid Python: {error.msg}",
        "Correct the code. lstmlint reads Python 3, and Python 2 only as far as print is concerned.",
    )
