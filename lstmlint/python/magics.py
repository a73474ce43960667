"""What IPython adds to Python (magics, shell lines, help with ?), and print statements, replaced by Python.

Nothing moves: a replaced line stays one line, and what follows on it keeps its column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# Cell magics whose cell is Python that runs in the notebook. The cells of all others are left out.
PYTHON_CELLS = frozenset({
    "capture", "debug", "heat", "lprun", "memit", "mprun", "notify", "prun", "px", "scalene", "snakeviz", "time",
    "timeit", "wandb",
})  # fmt: skip
# With one % in the first line, Databricks means a cell in another language.
_OTHER_LANGUAGE = re.compile(r"%(?:fs|md|r|scala|sh|sql)\b")
_CELL_MAGIC = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*(?P<line>%%(?P<name>!|\w+)[^\n]*)")

_MAGIC = re.compile(r"[ \t]*(?:%{1,2}\w|!|\?{1,2}\w)")
_HELP = re.compile(r"[ \t]*%{0,2}[\w.*\[\]'\"]+\?{1,2}[ \t;]*(?:#[^\n]*)?(?=\n|\Z)")
_TIMED = re.compile(r"(?P<indent>[ \t]*)%time[ \t]+(?!(?:async|class|def|for|if|try|while|with)\b)(?=[^\W\d])")
_ASSIGNED = re.compile(r"(?P<target>[ \t]*[\w., \t()\[\]'\"]+=[ \t]*)(?=%\w|!)")
_COMMAND = re.compile(r"(?:cat|cd|conda|cp|ls|mkdir|mv|pip3?|pwd|rm|rmdir|unzip|wget)(?:[ \t]+[^=(\s][^\n]*)?(?=\n|\Z)")
_PRINT = re.compile(r"(?P<indent>[ \t]*)print(?:[ \t]+[^\s(=.,:)\]}]|[ \t]*>>|[ \t]*['\"])")

_INDENT = re.compile(r"[ \t]*")
_LINE_END = re.compile(r"(?:[^\\\n]|\\\n?)*")
# What a logical line consists of: comments, strings, brackets, joined lines, anything else.
_TOKEN = re.compile(
    r"""\#[^\n]* | (?P<triple>\"{3}|'{3}) | "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'?
    | (?P<open>[(\[{]) | (?P<close>[)\]}]) | \\\n | (?P<end>\n) | [^\#"'()\[\]{}\\\n]+ | \\""",
    re.DOTALL | re.VERBOSE,
)

Rewrite = Callable[[str, int], "tuple[str, int] | None"]


def python_of(code: str) -> str:
    """Return a cell as Python: with `pass` for magics, shell lines and help; blank if it is in another language."""
    match = _CELL_MAGIC.match(code)
    if match is not None:
        if match["name"] not in PYTHON_CELLS:
            return blank(code)
        start, end = match.span("line")
        code = code[:start] + code[end:]
    elif _OTHER_LANGUAGE.match(code):
        return blank(code)
    if "%" in code or "!" in code or "?" in code:
        return rewritten(code, _python_of_magic)
    return code


def without_commands(code: str) -> str:
    """Return the code with `pass` for shell commands without !, which IPython takes too."""
    return rewritten(code, _python_of_command)


def without_print_statements(code: str) -> str:
    """Return the code with `pass` for the print statements of Python 2."""
    return rewritten(code, _python_of_print)


def blank(code: str) -> str:
    """Return as many empty lines."""
    return "\n" * code.count("\n")


def rewritten(code: str, rewrite: Rewrite) -> str:
    """Return the code with some of its statements replaced.

    rewrite: the code and where a logical line begins -> what replaces its beginning, and where that ends; or None.
    """
    parts = []
    copied = 0
    for start in logical_lines(code):
        found = rewrite(code, start) if start >= copied else None
        if found is not None:
            replacement, end = found
            parts += [code[copied:start], replacement, "\n" * code.count("\n", start, end)]
            copied = end
    return "".join(parts) + code[copied:]


def logical_lines(code: str) -> Iterator[int]:
    """Yield where each logical line begins. A line with a magic ends with the line, whatever quotes it contains."""
    position = 0
    while position < len(code):
        yield position
        magic = _MAGIC.match(code, position) or _ASSIGNED.match(code, position)
        position = end_of_line(code, position) + 1 if magic else end_of_statement(code, position)


def end_of_line(code: str, start: int) -> int:
    """Return where a line ends, with the lines that backslashes join to it."""
    match = _LINE_END.match(code, start)
    return match.end() if match else len(code)


def end_of_statement(code: str, start: int) -> int:
    """Return where the logical line after the one at `start` begins."""
    depth = 0
    position = start
    while match := _TOKEN.match(code, position):
        position = match.end()
        if match["triple"]:
            closing = re.compile(rf"(?:[^\\]|\\.)*?{match['triple']}", re.DOTALL).match(code, position)
            position = closing.end() if closing else len(code)
        elif match["open"]:
            depth += 1
        elif match["close"]:
            depth = max(0, depth - 1)
        elif match["end"] and not depth:
            break
    return position


def _python_of_magic(code: str, start: int) -> tuple[str, int] | None:
    timed = _TIMED.match(code, start)
    if timed is not None:  # `%time x = 1` assigns x
        return f"{timed['indent']}0;".ljust(timed.end() - start), timed.end()
    assigned = _ASSIGNED.match(code, start)
    if assigned is not None:
        return f"{assigned['target']}get_ipython()", end_of_line(code, start)
    if _MAGIC.match(code, start) or _HELP.match(code, start):
        return _pass(code, start), end_of_line(code, start)
    return None


def _python_of_command(code: str, start: int) -> tuple[str, int] | None:
    match = _COMMAND.match(code, start)
    return None if match is None else ("pass", match.end())


def _python_of_print(code: str, start: int) -> tuple[str, int] | None:
    if _PRINT.match(code, start) is None:
        return None
    end = end_of_statement(code, start)
    return _pass(code, start), end - code.endswith("\n", start, end)


def _pass(code: str, start: int) -> str:
    indent = _INDENT.match(code, start)
    return f"{indent[0] if indent else ''}pass"
