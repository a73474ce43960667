"""Text in any encoding: JSON or YAML, detected by content, and unquoted if it is quoted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from lstmlint.model.findings import Problem, ReadError
from lstmlint.reading import json_text, other_formats
from lstmlint.reading.document import Comments
from lstmlint.reading.limits import MAX_QUOTES
from lstmlint.reading.places import Offsets, find, lazily, line_and_column, unquoted

# Larger texts are parsed only if they contain a class or layers.
_LARGE = 2**20
# Bytes shown after one that is invalid.
_AFTER = 1_000
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_CONFLICT = re.compile("^<<<<<<< ", re.MULTILINE)
# Keys that a model in YAML contains; other texts are not parsed.
_YAML_KEY = re.compile(
    r"""(?:^[ \t-]*|[{,][ \t]*)["']?(?:class_name|layers|model_config|node_config)["']?[ \t]*:(?:\s|$)""", re.MULTILINE
)
# An escaped letter or underscore, which only a text that hides its words needs.
_ESCAPED_LETTER = re.compile(r"\\(?:u00|U000000|x)[4-7][0-9A-Fa-f]")
_UNQUOTED_KEY = re.compile(r"\{\s*[A-Za-z_]\w*\s*:")


@dataclass(slots=True)
class Parsed:
    """A parsed text. `offset` maps pointers to offsets; `comments` returns comments about lstmlint."""

    container: str
    data: Any
    problems: list[Problem]
    offset: Offsets
    comments: Comments | None = None


def decode(raw: bytes) -> str:
    """Decode bytes as UTF-8, or as UTF-16 or UTF-32 if a byte order mark or zeros indicate it.

    Raises: ReadError: E002 if it is not text, E001 with line and column if the encoding is invalid.
    """
    encoding = json.detect_encoding(raw)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if _BINARY.search(raw[:4096]) and not raw.startswith(_BYTE_ORDER_MARKS):
            raise ReadError(
                "E002", "this is a binary file, but not a format of Keras models", other_formats.GIVE_A_MODEL
            ) from None
        good = raw[: error.start].decode(encoding, "replace")
        line, column = line_and_column(good, len(good))
        byte = raw[error.start : error.start + 1].hex()
        invalid = ReadError(
            "E001",
            f"the text is not {encoding.removesuffix('-sig').upper()}: the byte 0x{byte} is invalid there",
            "Save it as UTF-8; it may be in the encoding of an old Windows.",
            line,
            column,
        )
        invalid.text = good + raw[error.start : error.start + _AFTER].decode(encoding, "replace")
        raise invalid from None


def parse(text: str, quotes: int = 0) -> Parsed:
    """Return the data of a text, which may be a string with another text, up to MAX_QUOTES times.

    Raises: ReadError: E001 if it is damaged or empty, E002 if it is neither JSON nor YAML of a model.
    """
    match = re.search(r"\S", text)
    if match is None:
        raise ReadError("E001", "the file is empty", "Save the model again; the last attempt may have been cut off.")
    sentence = other_formats.by_text(text[:4096])
    if sentence:
        raise ReadError("E002", *sentence)
    try:
        parsed = _parse(text, match.start())
    except ReadError as error:
        conflict = _CONFLICT.search(text) if error.code == "E001" else None
        if conflict is None:
            raise
        place = line_and_column(text, conflict.start())
        raise ReadError(
            "E001",
            "it contains an unresolved git merge conflict",
            "Resolve the conflict, then remove its marks.",
            *place,
        ) from None
    if isinstance(parsed.data, str) and quotes < MAX_QUOTES and _names_layers(parsed.data):
        start = match.start()
        try:
            inner = parse(parsed.data, quotes + 1)
        except ReadError as error:
            raise (error if error.code == "E002" else json_text.inside(error, "the text in quotes")) from None
        # YAML folds quoted lines, so positions in them are unknown.
        inner.comments = None
        inner.offset = unquoted(text, start, inner.offset) if parsed.container == "json" else lambda _pointer: start
        return inner
    return parsed


def _parse(text: str, start: int) -> Parsed:
    if text[start] in "{[":
        if len(text) > _LARGE and not _names_layers(text):
            raise ReadError("E002", "this is a large text without layers", other_formats.GIVE_A_MODEL)
        try:
            return _json(text)
        except ReadError as error:
            if _UNQUOTED_KEY.match(text, start):
                return _yaml_or(text, error)
            raise
    if text[start] == '"':
        try:
            return _json(text)
        except ReadError as error:
            return _yaml_or(text, error)
    if not _YAML_KEY.search(text) and not _ESCAPED_LETTER.search(text):
        raise ReadError(
            "E002", "this is a text, but neither JSON nor YAML of a Keras model", other_formats.GIVE_A_MODEL
        )
    return _yaml(text)


def _names_layers(text: str) -> bool:
    # node_config is a key of Keras 0's graphs.
    named = "class_name" in text or "layers" in text or "node_config" in text
    return named or _ESCAPED_LETTER.search(text) is not None


def _json(text: str) -> Parsed:
    data, problems = json_text.parse(text)
    repeated = any(problem.code == "E003" for problem in problems)
    return Parsed("json", data, problems, lazily(lambda: json_text.Places(text, repeated).offset))


def _yaml(text: str) -> Parsed:
    from lstmlint.reading import yaml_text

    data, problems = yaml_text.parse(text)
    comments = partial(yaml_text.comments, text, "lstmlint") if "lstmlint" in text else None
    return Parsed("yaml", data, problems, lazily(lambda: partial(find, yaml_text.scan(text))), comments)


def _yaml_or(text: str, error: ReadError) -> Parsed:
    """Parse the text as YAML. If that fails, it was meant as JSON."""
    try:
        return _yaml(text)
    except ReadError:
        raise error from None
