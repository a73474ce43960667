"""The text of Python programs and notebooks: encodings, magics, broken cells, places."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from lstmlint.model.findings import ReadError
from lstmlint.python.source import SourceText, read_source


def notebook(*cells: str | dict[str, Any], **metadata: Any) -> bytes:
    """Return a notebook of nbformat 4. A str is a code cell, stored as a list of lines."""
    made = [
        {"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []}
        if isinstance(cell, str)
        else cell
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def read(*cells: str | dict[str, Any], **metadata: Any) -> SourceText:
    return read_source(notebook(*cells, **metadata), "nb.ipynb")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        (b"x = (1,\r\n     2)\r\ny = 3\r", "x = (1,\n     2)\ny = 3\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'", "# -*- coding: latin-1 -*-\nx = 'é'"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'", None),
        (b"x = 1\n# coding: latin-1\ny = 'e'", "x = 1\n# coding: latin-1\ny = 'e'"),
        (b'print "a", 1\nx = 1\nprint >>f, (2,\n  3)\nif x: pass\n', "pass\nx = 1\npass\n\nif x: pass\n"),
        (b"def f():\n  '''print \"a\"\n  '''\n  print 'a'\n  return 1", "def f():\n  '''print \"a\"\n  '''\n  pass\n  return 1"),
    ],
)  # fmt: skip
def test_scripts(raw: bytes, text: str | None) -> None:
    source = read_source(raw, "a.py")
    assert (source.kind, source.cells, source.place(1, 1)) == ("python", [], None)
    assert text is None or source.text == text
    assert ast.dump(source.tree) == ast.dump(ast.parse(source.text))


@pytest.mark.parametrize(
    ("raw", "message", "line", "column"),
    [
        (b"x = 1\ny = '\xe9'", "the text is not UTF-8", 2, 6),
        (b"# coding: ascii\nx = '\xe9'", "names, ascii", 2, 6),
        (b"# coding: klingon\nx = 1", "does not have: klingon", 1, 1),
        (b"# coding: hex\nx = 1", "does not have: hex", 1, 1),
        (b"def f(:\n", "this is not valid Python: invalid syntax", 1, 7),
        (b"exec 'print 1' in d\nprint 'a'", "this is not valid Python: Missing parentheses", 1, 1),
        (b"x = '\x00'", "null bytes", 1, 1),
        (b"x = " + b"(" * 5000, "nested", 1, None),
        (b"x = " + b"-" * 100_000 + b"1", "nested too deeply", 1, 1),
        (b"x = 1\n" * 200_000, "the program is too large to read", 1, 1),
    ],
)
def test_damaged_scripts(raw: bytes, message: str, line: int, column: int | None) -> None:
    with pytest.raises(ReadError) as caught:
        read_source(raw, "a.py")
    error = caught.value
    assert message in error.message
    assert error.code == "E001"
    assert error.line == line
    assert column in (None, error.column)


# A cell -> the cell as Python.
CELLS = {
    "magics": ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    "indented magics": ("if x:\n    %pip install a\n    !ls 'b\ny = 1", "if x:\n    pass\n    pass\ny = 1"),
    "joined lines": ("!pip install \\\n  keras\nx = 1", "pass\n\nx = 1"),
    "help": ("x.fit?\n?y\nz??  # why\n%time?", "pass\npass\npass\npass"),
    "not help": ("x = 'why?'  # really?\ny = 5 % 3\nz = (5\n%x)", "x = 'why?'  # really?\ny = 5 % 3\nz = (5\n%x)"),
    "strings": ('s = """\n%time x\n!ls\n"""\n!ls', 's = """\n%time x\n!ls\n"""\npass'),
    "timed": ("%time x = f(1)\n%time for i in x: pass\n%timeit f(2)", "0;    x = f(1)\npass\npass"),
    "assigned": ("files = !ls *.h5\na, b = %env A", "files = get_ipython()\na, b = get_ipython()"),
    "timed cell": ("\n# first\n%%time\nx = 1", "\n# first\n\nx = 1"),
    "other language": ("%%bash\nfor x in *; do\nls\n", "\n\n\n"),
    "unknown magic": ("%%configure -f\n{'a': 1}", "\n"),
    "Databricks": ("%md\n# Title", "\n"),
    "commands": ("pip install keras\ncd data\ncat = 5", "pass\npass\ncat = 5"),
    "Python 2": ("for i in x:\n  print 'a %s' % (i,\n    2)\nprint i", "for i in x:\n  pass\n\npass"),
    "indentation": ("    x = 1\n    y = 2", "x = 1\ny = 2"),
    "surrogate": ("x = '\ud800'", "x = '\ufffd'"),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_cells(name: str) -> None:
    code, text = CELLS[name]
    source = read(code, "last = 1")
    assert source.text == f"{text}\nlast = 1"
    assert source.text.count("\n") == code.count("\n") + 1
    assert not source.problems


def test_places_in_notebooks() -> None:
    markdown = {"cell_type": "markdown", "source": ["# Title\n", "text"]}
    whole = {"cell_type": "code", "source": "a = 1\nb = 2", "outputs": "none"}
    raw = notebook(markdown, "x = 1\n\ny = 2", whole, "", "z = 3")
    source = read_source(raw, "nb.ipynb")
    assert source.text == "x = 1\n\ny = 2\na = 1\nb = 2\n\nz = 3"
    assert [(cell.number, cell.first_line) for cell in source.cells] == [(1, 1), (2, 4), (3, 6), (4, 7)]
    assert [source.place(line, 5) for line in (1, 3, 5, 7)] == [(2, 1, 5), (2, 3, 5), (3, 2, 5), (5, 1, 5)]
    stored = raw.decode().split("\n")
    shown = {line: stored[source.file_line(line) - 1].strip() for line in (1, 3, 4, 5, 7)}
    assert shown == {
        1: '"x = 1\\n",', 3: '"y = 2"', 4: '"source": "a = 1\\nb = 2",', 5: '"source": "a = 1\\nb = 2",', 7: '"z = 3"',
    }  # fmt: skip
    assert source.file_line(0) == 1
    assert SourceText("a.ipynb", "").file_line(3) == 3


def test_outputs() -> None:
    table = ['Model: "m"\n', "____\n"]
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": table},
        {"output_type": "stream", "name": "stdout", "text": "Total params: 3\n"},
        {"output_type": "execute_result", "data": {"text/plain": ["<keras", ".Sequential>"], "image/png": "x"}},
        {"output_type": "display_data", "data": {"image/png": "x"}},
        "damaged",
    ]
    source = read({"cell_type": "code", "source": "m.summary()", "outputs": outputs})
    assert source.cells[0].outputs == ["<keras.Sequential>", 'Model: "m"\n____\nTotal params: 3\n']


def test_nbformat_3() -> None:
    cells = [
        {"cell_type": "heading", "source": "Title"},
        {"cell_type": "code", "language": "python", "input": ["x = 1\n", "print x"],
         "outputs": [{"output_type": "pyout", "text": ["3"]}]},
        {"cell_type": "code", "language": "perl", "input": ["$x"]},
        "damaged",
    ]  # fmt: skip
    raw = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}, "damaged", {"cells": cells}]}).encode()
    source = read_source(raw, "old")
    assert source.kind == "notebook"
    assert source.text == "x = 1\npass\nx = 1\npass"
    assert [(cell.number, cell.first_line, cell.outputs) for cell in source.cells] == [(1, 1, ["3"]), (5, 3, ["3"])]


def test_broken_cells_are_left_out() -> None:
    source = read("x = 1", "y = (\n", "def f(:\n  pass", "z = 2")
    assert source.text == "x = 1\n\n\n\n\nz = 2"
    (problem,) = source.problems
    assert problem.code == "E013"
    assert problem.message.startswith("2 of 4 code cells are not valid Python and are left out: 2 and 3 ('(' was ")
    assert source.place(*problem.data["place"]) == (2, 1, 5)
    (alone,) = read("x = 1", "def f(:").problems
    assert alone.message == "cell 2 is not valid Python and is left out (invalid syntax)"


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        (b"{'cells': []}", "E001", "not valid JSON"),
        (b'{"cells": 1}', "E001", "it has no list of cells"),
        (b"[" * 100_000, "E001", "nested too deeply"),
        (b"\xff\xfa\x00", "E002", "binary"),
        (notebook("x", language_info={"name": "R"}), "E002", "written in R, not in Python"),
        (notebook("x", kernelspec={"language": "julia"}), "E002", "written in julia"),
        (notebook("x = 1\n" * 200_000), "E001", "the code of the notebook is too large"),
    ],
)
def test_other_notebooks(raw: bytes, code: str, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_source(raw, "nb.ipynb")
    assert caught.value.code == code
    assert message in caught.value.message


def test_kernels_without_a_language() -> None:
    assert read("x = 1", kernelspec={"name": "conda_py36"}, language_info=None).text == "x = 1"
    assert read("x = 1", language_info={"name": "ipython"}).text == "x = 1"
