"""YAML as Keras 1 and 2 wrote it: tags of Python objects, anchors, merged keys.

The document is built from the parser's events, so nothing is constructed or imported, and depth, aliases, and repeated
keys are checked on the way.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from lstmlint.model.findings import Problem, ReadError
from lstmlint.model.limits import check_time, current, exceeded
from lstmlint.model.pointers import escape
from lstmlint.model.values import show
from lstmlint.reading.document import Comment
from lstmlint.reading.json_text import repeated_keys
from lstmlint.reading.limits import ALIAS_NODES_PER_NODE, YAML_SHARE, check_size, too_deep, too_many_digits
from lstmlint.reading.places import Place, line_and_column
from lstmlint.reading.survey import active

_STANDARD = "tag:yaml.org,2002:"
_PYTHON = f"{_STANDARD}python/"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# How much slower PyYAML is without libyaml.
_PURE_PYTHON_FACTOR = 16

_SCALAR_TAGS = {"unicode": "str", "bytes": "str", "long": "int", "none": "null"}
_CONTAINER_TAGS = frozenset({"tuple", "list", "dict"})

# Classes in the YAML of Keras 2 and tf.keras that are represented by their only argument.
_LISTS = frozenset({"ListWrapper", "_ListWrapper", "List", "_TupleWrapper", "tuple", "list", "set", "frozenset"})
_DICTS = frozenset({"DictWrapper", "_DictWrapper", "OrderedDict", "dict"})
_STATE_KEYS = ("_dims", "_value", "_storage", "__wrapped__", "state", "listitems", "dictitems")

_NUMPY = frozenset(
    {"numpy.dtype"}
    | {f"numpy.{core}.multiarray.{name}" for core in ("core", "_core") for name in ("scalar", "_reconstruct")}
)

_HASH = re.compile(r"(?<!\S)#")
_LINE_END = re.compile(r"[\r\n]|\Z")

# The time is checked once per so many events.
_EVENTS = 4096
# Plain scalars whose values are kept, since most occur many times.
_MOST_PLAIN = 10_000
# Characters of the longest number: 308 digits in binary, and some underscores.
_LONGEST_NUMBER = 1100

_MERGE = object()
_UNFINISHED = object()


@dataclass(slots=True)
class _Frame:
    """An unfinished list or mapping.

    nodes: the number of its nodes, with aliases expanded. repeated: key -> the number of its occurrences, if several.
    """

    value: Any
    tag: str | None
    anchor: str | None
    mark: Any
    key: Any = None
    merged: dict[str, Any] = field(default_factory=dict)
    nodes: int = 1
    height: int = 0
    repeated: Counter[str] = field(default_factory=Counter)


def parse(text: str) -> tuple[Any, list[Problem]]:
    """Return the value of a YAML document. Python's tuples, shapes, and dimensions become plain lists and numbers.

    Problems: repeated keys (E003), tags of Python objects (X809; replaced by null), unknown tags (E009).
    Raises: ReadError (E001) with line and column if it is invalid, nested too deeply, or infinite.
    """
    slowness = 1 if hasattr(yaml, "CSafeLoader") else _PURE_PYTHON_FACTOR
    check_size(len(text), current().decoded_size // YAML_SHARE // slowness, "the YAML document")
    builder = _Builder()
    for count, event in enumerate(_events(text)):
        if count % _EVENTS == 0:
            check_time()
        builder.feed(event)
    survey = active()
    survey.odd = True  # YAML has many ways to write a string
    survey.parts.append(builder.root)
    return builder.root, builder.problems


def _events(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "it cannot be parsed"
        if "nesting" in what or "depth" in what:  # libyaml has its own limit, which depends on the release
            raise too_deep(mark.line + 1, mark.column + 1) if mark else too_deep() from None
        _fail(f"not valid YAML: {what}", "Mend it there, or write the model with model.to_json().", mark)
    except yaml.reader.ReaderError as error:
        line, column = line_and_column(text, error.position)
        raise ReadError("E001", f"not valid YAML: {error.reason}", "Remove the character.", line, column) from None
    except RecursionError:  # PyYAML's own parser
        raise too_deep() from None
    except (ValueError, OverflowError) as error:  # invalid characters
        raise ReadError("E001", f"not valid YAML: {error}", "Write the model with model.to_json().") from None


def _fail(message: str, help: str, mark: Any) -> NoReturn:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    raise ReadError("E001", message, help, line, column) from None


class _Builder:
    """Builds a document from the parser's events, without recursion."""

    def __init__(self) -> None:
        self.root: Any = None
        self.problems: list[Problem] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Any] = {}
        self._plain: dict[str, Any] = {}
        self._resolver = yaml.resolver.Resolver()
        self._constructor = yaml.constructor.SafeConstructor()
        self._documents = 0
        self._written = 0
        self._aliased = 0
        self._limits = current()

    def feed(self, event: Any) -> None:
        """Process the next event. Raises: ReadError (E001)."""
        kind = type(event)
        if self._written > self._limits.values:
            raise exceeded("values", f"the document is too large to read: more than {self._limits.values:,} values")
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._start(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end()
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                _fail(
                    "the file contains more than one YAML document",
                    "A file contains one model: split it at the line of three hyphens.",
                    event.start_mark,
                )

    def _scalar(self, event: Any) -> None:
        self._written += 1
        if self._awaits_key():
            self._stack[-1].key = self._key(event)
            if event.anchor:
                self._anchors[event.anchor] = event.value, 1, 0
            return
        value = self._scalar_value(event)
        if event.anchor:
            self._anchors[event.anchor] = value, 1, 0
        self._add(value, 1, 0, event.start_mark)

    def _start(self, event: Any, value: Any) -> None:
        self._written += 1
        if self._awaits_key():
            self._bad_key(event)
        if len(self._stack) >= self._limits.nesting:
            raise too_deep(event.start_mark.line + 1, event.start_mark.column + 1)
        if event.anchor:
            self._anchors[event.anchor] = _UNFINISHED
        self._stack.append(_Frame(value, event.tag, event.anchor, event.start_mark))

    def _end(self) -> None:
        frame = self._stack.pop()
        if frame.repeated:
            self.problems += repeated_keys(frame.repeated, self._pointer(len(self._stack)))
        value = {**frame.merged, **frame.value} if frame.merged else frame.value
        if isinstance(value, dict) and "class_name" in value:
            active().note(value)
        if frame.tag is not None and frame.tag != "!":
            value = self._untag(frame.tag, value)
        if frame.anchor:
            self._anchors[frame.anchor] = value, frame.nodes, frame.height
        self._add(value, frame.nodes, frame.height, frame.mark)

    def _alias(self, event: Any) -> None:
        known = self._anchors.get(event.anchor)
        mark = event.start_mark
        if known is None:
            _fail(
                f"not valid YAML: the alias *{event.anchor} does not refer to an anchor",
                "Refer to an anchor above it.",
                mark,
            )
        if known is _UNFINISHED:
            _fail(
                f"the alias *{event.anchor} is inside the node it refers to, so the document is infinite",
                "Write the content in full.",
                mark,
            )
        value, nodes, height = known
        if self._awaits_key():
            if isinstance(value, dict | list):
                self._bad_key(event)
            self._stack[-1].key = str(value)
            return
        self._aliased += nodes
        if self._aliased > self._limits.aliases + ALIAS_NODES_PER_NODE * self._written:
            message = "the aliases of the YAML document expand it too far"
            raise exceeded("aliases", message, mark.line + 1, mark.column + 1)
        if len(self._stack) + height > self._limits.nesting:
            raise too_deep(mark.line + 1, mark.column + 1)
        self._add(value, nodes, height, mark)

    def _awaits_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].key is None and isinstance(self._stack[-1].value, dict)

    def _bad_key(self, event: Any) -> NoReturn:
        _fail("a key of a YAML mapping is itself a list or mapping", "Keys are words.", event.start_mark)

    def _key(self, event: Any) -> Any:
        # Keys stay strings, as in JSON.
        if event.tag is not None and event.tag.startswith(_PYTHON) and ":" in event.tag.removeprefix(_PYTHON):
            self._code_tag(event.tag)
        if event.value == "<<" and event.tag is None and event.implicit[0]:
            return _MERGE
        return event.value

    def _add(self, value: Any, nodes: int, height: int, mark: Any) -> None:
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        frame.nodes += nodes
        frame.height = max(frame.height, height + 1)
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        key, frame.key = frame.key, None
        if key is _MERGE:
            for mapping in value if isinstance(value, list) else [value]:
                if not isinstance(mapping, dict):
                    _fail("not valid YAML: << merges mappings only", "Name an anchor of a mapping.", mark)
                for name, inner in mapping.items():
                    frame.merged.setdefault(name, inner)
            return
        if key in frame.value:
            frame.repeated[key] += 1 if key in frame.repeated else 2
            active().lost.append((f"{self._pointer(len(self._stack) - 1)}/{escape(key)}", frame.value[key]))
        frame.value[key] = value

    def _pointer(self, depth: int) -> str:
        # The position of the next value in the frame above the first `depth` ones.
        tokens = []
        for frame in self._stack[:depth]:
            if isinstance(frame.value, list):
                tokens.append(str(len(frame.value)))
            else:
                tokens.append("<<" if frame.key is _MERGE else escape(frame.key))
        return "".join(f"/{token}" for token in tokens)

    def _scalar_value(self, event: Any) -> Any:
        tag, text = event.tag, event.value
        if tag is None or tag == "!":
            return self._plain_value(text, event.start_mark) if tag is None and event.implicit[0] else text
        if tag.startswith(_PYTHON):
            name = tag.removeprefix(_PYTHON)
            name = _SCALAR_TAGS.get(name, name)
            if name not in ("str", "int", "float", "bool", "null"):
                return self._untag(tag, text)
            tag = _STANDARD + name
        if not tag.startswith(_STANDARD):
            return self._untag(tag, self._plain_value(text, event.start_mark) if not event.style else text)
        return self._typed_value(tag, text, event.start_mark)

    def _plain_value(self, text: str, mark: Any) -> Any:
        if text not in self._plain:
            if len(self._plain) >= _MOST_PLAIN:
                self._plain.clear()
            tag = self._resolver.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
            self._plain[text] = self._typed_value(tag, text, mark)
        return self._plain[text]

    def _typed_value(self, tag: str, text: str, mark: Any) -> Any:
        kind = tag.removeprefix(_STANDARD)
        if kind == "null":
            return None
        if kind == "bool":
            return self._constructor.bool_values.get(text.lower())
        if kind not in ("int", "float"):
            return text
        line, column = mark.line + 1, mark.column + 1
        if len(text) > _LONGEST_NUMBER:
            raise too_many_digits(line, column)
        try:
            if kind == "float":
                return self._constructor.construct_yaml_float(yaml.ScalarNode(tag, text))
            number = self._constructor.construct_yaml_int(yaml.ScalarNode(tag, text.rstrip("lL")))
        except (ValueError, IndexError, OverflowError):  # the last is from 1:1:1.5 with many parts
            _fail(f"not valid YAML: {show(text[:40])} is not a number", "Write a number.", mark)
        if abs(number) >= 10**self._limits.digits:
            raise too_many_digits(line, column)
        return number

    def _untag(self, tag: str, value: Any) -> Any:
        """Return the plain value of a tagged one."""
        if not tag.startswith(_PYTHON):
            if not tag.startswith(_STANDARD):
                self._odd_tag(tag, "is unknown, and its content is read as if it had none")
            return value
        kind, _, name = tag.removeprefix(_PYTHON).partition(":")
        if kind in _CONTAINER_TAGS and not name:
            return value
        if kind == "name" and name == "numpy.ndarray":  # an argument of the next value
            return None
        if kind == "object/apply" and name in _NUMPY:
            from lstmlint.reading.numpy_yaml import plain as plain_numbers

            found, plain = plain_numbers(name.rpartition(".")[2], value)
            if found:
                return plain
        if kind in ("object", "object/apply", "object/new"):
            found, plain = _plain_object(name.rpartition(".")[2], value)
            if found:
                return plain
        self._code_tag(tag)
        return None

    def _odd_tag(self, tag: str, what: str) -> None:
        advice = "Write the model again with model.to_json(), which has no tags."
        pointer = self._pointer(len(self._stack))
        self.problems.append(Problem("E009", f"the YAML tag {_shown_tag(tag)} {what}", advice, pointer=pointer))

    def _code_tag(self, tag: str) -> None:
        message = (
            f"the YAML tag {_shown_tag(tag)} names a Python object: lstmlint never creates it and reads null instead, and"
            " an unsafe loader, such as model_from_yaml of TensorFlow before 2.6, runs it (CVE-2021-37678)"
        )
        advice = "Do not load the file with such a loader; write the model as JSON."
        depth = len(self._stack) - (1 if self._awaits_key() else 0)
        self.problems.append(Problem("X809", message, advice, pointer=self._pointer(depth)))
        active().problems.append(self.problems[-1])  # in case that the document is not a model


def _shown_tag(tag: str) -> str:
    return show(tag.replace(_STANDARD, "!!", 1))


def _plain_object(name: str, value: Any) -> tuple[bool, Any]:
    """Return whether a Python class is known by its stored state, and the plain value that it represents."""
    if name not in _LISTS and name not in _DICTS and name not in ("TensorShape", "Dimension"):
        return False, None
    if isinstance(value, dict) and "args" in value:
        value = value["args"]
    elif isinstance(value, dict):
        value = [value[key] for key in _STATE_KEYS if key in value][:1] or ([value] if name in _DICTS else [])
    if not isinstance(value, list):
        return False, None
    argument = value[0] if value else None
    if name == "Dimension":
        return argument is None or isinstance(argument, int), argument
    if name == "TensorShape":
        return argument is None or isinstance(argument, list), argument
    if name in _LISTS:
        return isinstance(argument, list) or not value, argument or []
    if isinstance(argument, list):  # pairs
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in argument):
            return False, None
        argument = {str(key): inner for key, inner in argument}
    return isinstance(argument, dict) or not value, argument or {}


def scan(text: str) -> Place:
    """Return the positions of a valid document in one pass. Aliases have the positions of their targets."""
    root: list[Place] = []
    stack: list[Any] = [root]
    keys: list[tuple[str, int] | None] = [None]
    anchors: dict[str, Any] = {}

    def add(at: int, inner: Any) -> None:
        key = keys[-1]
        if isinstance(stack[-1], dict) and key is not None:
            stack[-1][key[0]] = key[1], inner
            keys[-1] = None
        elif isinstance(stack[-1], list):
            stack[-1].append((at, inner))

    for event in _events(text):
        kind = type(event)
        if kind is yaml.ScalarEvent:
            at = event.start_mark.index
            if isinstance(stack[-1], dict) and keys[-1] is None:
                keys[-1] = event.value, at
            else:
                add(at, None)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            inner: Any = {} if kind is yaml.MappingStartEvent else []
            add(event.start_mark.index, inner)
            if event.anchor:
                anchors[event.anchor] = inner
            stack.append(inner)
            keys.append(None)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            stack.pop()
            keys.pop()
        elif kind is yaml.AliasEvent:
            if isinstance(stack[-1], dict) and keys[-1] is None:
                keys[-1] = event.anchor, event.start_mark.index
            else:
                add(event.start_mark.index, anchors.get(event.anchor))
    return root[0] if root else (0, None)


def comments(text: str, word: str) -> list[Comment]:
    """Yield the comments of a valid document that contain a word, one per line."""
    marks: list[int] = []
    at, end = text.find(word), 0
    while at >= 0:
        start = max(text.rfind("\n", end, at), text.rfind("\r", end, at)) + 1 or end
        end = _LINE_END.search(text, at).start()  # type: ignore[union-attr]  # the text's end, at least
        last = text.rfind(word, at, end)
        marks += [match.start() for match in _HASH.finditer(text, start, last)]
        at = text.find(word, end)
    if not marks:
        return []
    scalars: Iterator[Any] = (event for event in _events(text) if type(event) is yaml.ScalarEvent)
    spans = [(event.start_mark.index, event.end_mark.index) for event in scalars]
    found: list[Comment] = []
    end, line = 0, 1
    for mark in marks:
        before = bisect_right(spans, (mark, len(text))) - 1
        if mark < end or (before >= 0 and mark < spans[before][1]):
            continue  # inside a comment or a string
        line += text.count("\n", end, mark)
        end = _LINE_END.search(text, mark).start()  # type: ignore[union-attr]  # the same
        found.append((line, mark - text.rfind("\n", 0, mark), text[mark:end]))
    return found
