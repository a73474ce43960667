"""JSON: values, problems, and positions.

A clean document costs little more than `json.loads`. What only a damaged one needs (which key is repeated, where NaN
is, how deep it is nested) is computed in a second pass.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lstmlint.model.findings import Problem, ReadError
from lstmlint.model.limits import current, exceeded
from lstmlint.model.pointers import escape
from lstmlint.model.values import show
from lstmlint.reading.limits import too_deep, too_many_digits
from lstmlint.reading.places import Place, find, line_and_column, tokens_of
from lstmlint.reading.survey import active, may_hold_paths

# Only brackets and braces.
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_CHUNK = 128

# One key, value, or bracket of a valid document, in which commas carry no information.
_TOKEN = re.compile(
    r"""[\s,]*+(?: ("(?:[^"\\]++|\\.)*+") (\s*+:)? | ([\[{]) | ([\]}]) | ([^\s,:"\[\]{}]++) )""",
    re.DOTALL | re.VERBOSE,
)
_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|([\[{])|([\]}])', re.DOTALL)
_SPACE, _COMMA, _COLON = (re.compile(rf"[ \t\r\n{mark}]*+") for mark in ("", ",", ":"))

# The cost of locating, in multiples of the document, after which the whole document is scanned once.
_MAX_EFFORT = 8
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_DIGITS = re.compile("[0-9]{4}")
_NUMBER = re.compile(r"-?([0-9]++)(\.[0-9]++|[eE][-+]?+[0-9]++)?+")  # what follows may be anything


def parse(text: str) -> tuple[Any, list[Problem]]:
    """Return the value of a JSON document, with its repeated keys (E003) and non-JSON numbers (E008).

    Raises: ReadError (E001) with line and column if it is invalid or beyond a limit.
    """
    limits = current()
    if len(text) > limits.values and _holds_more_values(text, limits.values):
        raise exceeded("values", f"the document is too large to read: more than {limits.values:,} values and keys")
    members = 0
    constants: list[float] = []
    survey = active()
    classes: set[Any] = set()

    def count(obj: dict[str, Any]) -> dict[str, Any]:
        nonlocal members
        members += len(obj)
        if "class_name" in obj:
            try:
                classes.add((obj["class_name"], obj.get("module"), obj.get("registered_name")))
            except TypeError:  # a list or an object
                survey.odd = True
        elif "name" in obj and obj["name"] == "..":
            survey.odd = True
        return obj

    def constant(token: str) -> float:
        constants.append(float(token))
        return constants[-1]

    try:
        data = json.loads(text, object_hook=count, parse_constant=constant)
        if _DIGITS.search(text[:: max(1, limits.digits // 4)]):  # true of any text with a longer integer
            _check_digits(text, limits.digits)
    except json.JSONDecodeError as error:
        raise _explain_error(text, error) from None
    except RecursionError:
        raise _explain_depth(text) from None
    except ValueError:  # Python refuses integers of more than 4300 digits
        _check_digits(text, limits.digits)
        raise
    if _is_too_deep(text, data):
        raise _explain_depth(text)
    survey.classes |= classes
    colons = text.count(":")
    survey.odd = survey.odd or may_hold_paths(text) or colons != members
    problems: list[Problem] = []
    if constants or _may_repeat_keys(text, members, colons):
        del data  # the document is built again
        data, problems = _explain(text)
    survey.parts.append(data)
    return data, problems


def _holds_more_values(text: str, most: int) -> bool:
    """Check whether a text has more than `most` commas, colons and opening brackets outside its strings."""
    return sum(map(text.count, ",:[{")) > most and sum(map(_STRING.sub("", text).count, ",:[{")) > most


def _check_digits(text: str, most: int) -> None:
    """Raise ReadError (E001) with line and column if an integer has more than `most` digits."""
    for match in _TOKEN.finditer(text):
        number = _NUMBER.match(match[5] or "")
        if number is not None and len(number[1]) > most and not number[2]:
            raise too_many_digits(*line_and_column(text, match.start(5)))


def parse_part(text: str, part: str) -> tuple[Any, list[Problem]]:
    """Parse a text inside a file. Errors mention `part`, and the line and column in it."""
    try:
        return parse(text)
    except ReadError as error:
        raise inside(error, part) from None


def parse_beginning(text: str, part: str) -> tuple[Any, list[Problem]]:
    """Parse the document at the beginning of a text inside a file, ignoring the rest."""
    try:
        end = json.JSONDecoder().raw_decode(text)[1]
    except json.JSONDecodeError as error:
        raise inside(_explain_error(text, error), part) from None
    except RecursionError:
        raise inside(_explain_depth(text), part) from None
    except ValueError:
        end = len(text)  # a number that is too long, which `parse` explains
    return parse_part(text[:end], part)


def inside(error: ReadError, part: str) -> ReadError:
    """Return an error in a part of a file, whose lines and columns are not those of the file."""
    message = f"{part}: {error.message} (line {error.line}, column {error.column} of it)"
    return ReadError(error.code, message, error.help)


def _is_too_deep(text: str, data: Any) -> bool:
    # Counting openings and closings per chunk proves most documents shallow. Brackets in strings can defeat
    # this, or hide a depth that does not occur by accident.
    brackets = text.encode("utf-8", "surrogatepass").translate(_BRACKETS, _BUT_BRACKETS)
    most = current().nesting
    depth = 0
    for start in range(0, len(brackets), _CHUNK):
        openings = brackets.count(b"[", start, start + _CHUNK)
        if depth + openings > most:
            break
        depth += 2 * openings - min(_CHUNK, len(brackets) - start)
    else:
        if depth == 0:
            return False
    level = [data]
    for _ in range(most):
        level = [
            value
            for parent in level
            for value in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(value, dict | list)
        ]
        if not level:
            return False
    return True


def _may_repeat_keys(text: str, members: int, colons: int) -> bool:
    # A document has one colon per member. Further colons can be in strings. If no space precedes colons, the
    # ones after a quotation mark belong to members.
    if colons == members:
        return False
    return text.count('":') != members or any(text.count(space + ":") for space in " \t\r\n")


def _explain(text: str) -> tuple[Any, list[Problem]]:
    repeated: dict[int, tuple[dict[str, Any], Counter[str]]] = {}
    hidden: dict[int, list[tuple[str, Any]]] = {}
    constants: dict[int, tuple[float, str]] = {}

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        obj = dict(members)
        if len(obj) != len(members):
            counts = Counter(key for key, _ in members)
            repeated[id(obj)] = obj, Counter({key: count for key, count in counts.items() if count > 1})
            hidden[id(obj)] = [(key, value) for key, value in members if obj[key] is not value]
        return obj

    def constant(token: str) -> float:
        value = float(token)
        constants[id(value)] = value, token
        return value

    data = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    problems: list[Problem] = []
    if repeated or constants:
        stack: list[tuple[Any, str]] = [(data, "")]
        while stack:
            value, pointer = stack.pop()
            if isinstance(value, dict):
                if id(value) in repeated:
                    problems += repeated_keys(repeated[id(value)][1], pointer)
                    active().lost += [(f"{pointer}/{escape(key)}", inner) for key, inner in hidden[id(value)]]
                stack.extend((inner, f"{pointer}/{escape(key)}") for key, inner in value.items())
            elif isinstance(value, list):
                stack.extend((inner, f"{pointer}/{index}") for index, inner in enumerate(value))
            elif isinstance(value, float) and id(value) in constants:
                problems.append(_nan_token(constants[id(value)][1], pointer))
    return data, problems


def repeated_keys(counts: Counter[str], pointer: str) -> list[Problem]:
    """Return the problems of the keys that occur several times in the object at `pointer`."""
    models = min(counts["class_name"], counts["config"])
    if models > 1 and not pointer:
        message = f"this file contains {models:,} models; only the last one is read"
        return [Problem("E003", message, "Write each model to a file of its own.")]
    return [
        Problem(
            "E003",
            f"the key {show(key)} occurs more than once in the same object; the last one counts",
            "Keep one of them.",
            pointer=f"{pointer}/{escape(key)}",
        )
        for key in counts
    ]


def _nan_token(token: str, pointer: str) -> Problem:
    return Problem(
        "E008",
        f"{token} is not a JSON number; Python reads it, but most other readers refuse the file",
        "Write a finite number, or null.",
        pointer=pointer,
    )


def _explain_depth(text: str) -> ReadError:
    depth, most = 0, current().nesting
    for match in _BRACKET.finditer(text):
        if match[1]:
            depth += 1
            if depth > most:
                return too_deep(*line_and_column(text, match.start()))
        elif match[2]:
            depth -= 1
    return too_deep()


def _explain_error(text: str, error: json.JSONDecodeError) -> ReadError:
    at = error.pos
    rest = text[at : at + 8]
    reason = error.msg[:1].lower() + error.msg[1:]
    advice = "Mend it there, or write the file again with model.to_json()."
    if not text[at:].strip() or error.msg.startswith("Unterminated string"):
        reason = "the text ends in the middle" if not text[at:].strip() else "a string is not terminated"
        advice = "The file may be cut off: copy or save it again."
    elif rest.startswith(("//", "/*", "#")):
        reason = "JSON has no comments"
        advice = "Remove the comment."
    elif rest.startswith(("'", "None", "True", "False", "(")):
        reason = "it is written as Python, not as JSON"
        advice = "Write it with model.to_json() or json.dumps(), not with str() or print()."
    elif error.msg.startswith("Extra data"):
        reason = "more text follows after its end"
        advice = "A file contains one model: remove the rest."
    elif "trailing comma" in error.msg or (rest[:1] in ("}", "]") and text[:at].rstrip().endswith(",")):
        reason = "a comma follows the last item"
        advice = "Remove the comma, or add the missing value after it."
    return ReadError("E001", f"not valid JSON: {reason}", advice, error.lineno, error.colno)


class Places:
    """Positions in a valid document. Only the text before them is scanned.

    repeated: whether the document has repeated keys, of which the last counts.
    """

    def __init__(self, text: str, repeated: bool) -> None:
        self._text = text
        self._decode = json.JSONDecoder().raw_decode
        self._unread: dict[int, Iterator[tuple[str, int, int]]] = {}
        self._known: dict[int, dict[str, tuple[int, int]]] = {}
        self._effort = 0
        self._all: Place | None = scan(text) if repeated else None

    def offset(self, pointer: str) -> int:
        """Return the offset of a pointer, or of its nearest existing parent."""
        if self._all is None:
            at = value_at = _past(_SPACE, self._text, 0)
            for token in tokens_of(pointer):
                child = self._child(value_at, token)
                if child is None:
                    break
                at, value_at = child
            if self._effort <= _MAX_EFFORT * len(self._text):
                return at
            self._all = scan(self._text)  # after many deep lookups, scan the document once
        return find(self._all, pointer)

    def _child(self, start: int, token: str) -> tuple[int, int] | None:
        known = self._known.setdefault(start, {})
        if token not in known:
            if start not in self._unread:
                self._unread[start] = self._children(start)
            for name, at, value_at in self._unread[start]:
                known[name] = at, value_at
                if name == token:
                    break
        return known.get(token)

    def _children(self, start: int) -> Iterator[tuple[str, int, int]]:
        # Name, position, and position of the value for each member of the list or object at `start`.
        text = self._text
        if text[start] not in "[{":
            return
        at, index = _past(_COMMA, text, start + 1), 0
        while text[at] not in "]}":
            name, value_at = str(index), at
            if text[start] == "{":
                name, end = self._decode(text, at)
                value_at = _past(_COLON, text, end)
            yield name, at, value_at
            end = self._decode(text, value_at)[1]
            self._effort += end - value_at
            at, index = _past(_COMMA, text, end), index + 1


def _past(blanks: re.Pattern[str], text: str, at: int) -> int:
    match = blanks.match(text, at)
    return match.end() if match else at


def scan(text: str) -> Place:
    """Return the positions of a valid document in one pass."""
    root: list[Place] = []
    children: Any = root
    stack: list[Any] = []
    key, at = "", -1  # of the member whose value comes next; -1: none
    for match in _TOKEN.finditer(text):
        kind = match.lastindex
        if kind == 2:
            at = match.start(1)
            token = match[1]
            key = json.loads(token) if "\\" in token else token[1:-1]
            continue
        if kind == 4:
            children = stack.pop() if stack else root
            continue
        inner: Any = None
        if kind == 3:
            inner = {} if match[3] == "{" else []
        if at < 0:
            place = match.start(kind or 0), inner
        else:
            place = at, inner
            at = -1
        if isinstance(children, dict):
            children[key] = place
        else:
            children.append(place)
        if inner is not None:
            stack.append(children)
            children = inner
    return root[0] if root else (0, None)
