"""Settings from one source (a file, or a --config option), and all mistakes in them with their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, TypeVar

from lstmlint.config.globs import glob_pattern
from lstmlint.config.toml_places import Path, Place, find_places
from lstmlint.config.values import (
    LIMITS,
    SHAPE_WANTED,
    Shape,
    as_written,
    parse_bytes,
    parse_count,
    parse_shape,
    parse_value,
)
from lstmlint.model.findings import UsageError
from lstmlint.model.releases import in_order
from lstmlint.model.suggestions import did_you_mean

Parsed = TypeVar("Parsed")
OUTPUT_WANTED = 'the whole shape, such as "None,13,64", or "same"'
SIZES = ("decoded-size", "memory")  # among the limits on inputs
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class Source:
    """Settings from a file or an option.

    label: the file or the option, for messages. text: the TOML, for the places of mistakes. prefix: the table in it
    that holds the settings. Values of command-line options (no text) are valid already, except for the rules' names.

    Methods that convert a value record a mistake and return None if the value is wrong. Values that the schema
    rejects, and all inside them, are left out. `finish` raises all mistakes at once.
    """

    def __init__(self, values: dict[str, Any], label: str = "", text: str | None = None, prefix: Path = ()) -> None:
        self.values = values
        self.label = label
        self.text = text
        self.prefix = prefix
        self.mistakes: dict[Path, tuple[str, bool]] = {}
        if text is not None:
            self.check_schema()

    def add(self, path: Path, message: str, *, key: bool = False) -> None:
        """Record a mistake in the value at a path, or in its key. One mistake per place is enough."""
        self.mistakes.setdefault(path, (message, key))

    def name(self, path: Path) -> str:
        """Return what messages call a setting: --select, budgets.max-params."""
        return ("--" if self.text is None else "") + ".".join(part for part in path if isinstance(part, str))

    def valid(self, path: Path) -> bool:
        """Check that there is no mistake at the path or above it."""
        return not any(path[:end] in self.mistakes for end in range(len(path) + 1))

    def has(self, *path: str | int) -> bool:
        """Check that there is a value at the path, and no mistake in it."""
        found: Any = self.values
        for part in path:
            if isinstance(found, dict) and part not in found:
                return False
            found = found[part]
        return self.valid(path)

    def get(self, *path: str | int, default: Any = None) -> Any:
        """Return the value at the path."""
        if not self.has(*path):
            return default
        found: Any = self.values
        for part in path:
            found = found[part]
        return found

    def children(self, *path: str | int) -> Iterator[tuple[Path, Any]]:
        """Yield the path and value of each entry of a table or list without a mistake."""
        found = self.get(*path, default=())
        for key, value in found.items() if isinstance(found, dict) else enumerate(found):
            if self.valid((*path, key)):
                yield (*path, key), value

    def parse(self, parse: Callable[[Any, str], Parsed], *path: str | int, key: bool = False) -> Parsed | None:
        """Return `parse(value, name)` for the value at a path (with `key`: for its key); None if there is none."""
        if not self.has(*path):
            return None
        try:
            return parse(path[-1] if key else self.get(*path), self.name(path[:-1] if key else path))
        except UsageError as error:
            self.add(path, str(error), key=key)
            return None

    def parse_all(self, parse: Callable[[Any, str], Parsed], *path: str | int) -> tuple[Parsed, ...]:
        """Return the results for a list of values, or for one value that may stand for a list of one."""
        value = self.get(*path)
        if isinstance(value, str):
            found = [self.parse(parse, *path)]
        else:
            found = [self.parse(parse, *child) for child, _ in self.children(*path)]
        return tuple(one for one in found if one is not None)

    def selectors(self, *path: str | int) -> tuple[str, ...]:
        """Return a list of rules."""
        return self.parse_all(selector, *path)

    def globs(self, *path: str | int) -> tuple[str, ...]:
        """Return one glob or several as a tuple."""
        return self.parse_all(glob, *path)

    def strings(self, *path: str | int) -> tuple[str, ...]:
        """Return one string or several as a tuple."""
        return self.parse_all(lambda value, name: str(value), *path)

    def targets(self) -> tuple[str, ...]:
        """Return the releases in `target-keras`."""
        return in_order(release for found in self.parse_all(releases, "target-keras") for release in found)

    def limits(self, *path: str | int) -> dict[str, int]:
        """Return the budgets among the values of a table."""
        found = {key: self.parse(number(parse), *path, key) for key, parse in LIMITS.items()}
        return {key: limit for key, limit in found.items() if limit is not None}

    def input_limits(self) -> dict[str, int]:
        """Return the limits on one input."""
        found = {
            str(path[-1]): self.parse(number(parse_bytes if path[-1] in SIZES else parse_count), *path)
            for path, _ in self.children("input-limits")
        }
        return {key: limit for key, limit in found.items() if limit is not None}

    def input_shapes(self) -> dict[str, Shape]:
        """Return the shapes by the inputs' names; the name is empty for a shape alone."""
        value = self.get("input-shape", default={})
        paths: list[Path] = [path for path, _ in self.children("input-shape")]
        if not isinstance(value, dict):
            paths = [("input-shape",)]
        found = {str(path[-1]) if len(path) > 1 else "": self.parse(input_shape, *path) for path in paths}
        return {name: shape for name, shape in found.items() if shape is not None}

    def written_values(self) -> dict[str, Any]:
        """Return what sizes are that programs do not state, by the expressions as written."""
        found = {}
        for path, _ in self.children("set"):
            name = self.parse(as_written, *path, key=True)
            value = self.parse(lambda value, name: (parse_value(value, name),), *path)
            if name is not None and value is not None:
                found[name] = value[0]
        return found

    def rule_options(self) -> dict[str, dict[str, float]]:
        """Return the options of rules: code -> option -> value."""
        found: dict[str, dict[str, float]] = {}
        for path, _ in self.children("rule-options"):
            code = self.parse(rule_code, *path, key=True)
            if code is None:
                continue
            from lstmlint import rules

            rule = rules.load()[code]
            for child, value in self.children(*path):
                key = str(child[-1])
                option = rule.options.get(key)
                if option is None:
                    hint = did_you_mean(key, rule.options) or f"; it has {', '.join(rule.options) or 'none'}"
                    message = f"{self.name(path)}: {rule.code} {rule.name} has no option {key!r}{hint}"
                    self.add(child, message, key=True)
                elif not option.accepts(value):
                    self.add(child, f"{self.name(child)} must be {option.wanted}, not {shown(value)}")
                else:
                    found.setdefault(code, {})[key] = value
        return found

    def check_schema(self) -> None:
        """Record what the JSON Schema of the settings rejects."""
        from jsonschema import Draft202012Validator

        from lstmlint.resources import schema

        for error in Draft202012Validator(schema("settings")).iter_errors(self.values):
            path = tuple(error.absolute_path)
            place = self.name(path)
            if error.validator == "additionalProperties" and isinstance(error.instance, dict):
                allowed = error.schema.get("properties", {})
                for unknown in [key for key in error.instance if key not in allowed]:
                    hint = did_you_mean(unknown, allowed)
                    if unknown == "tool" and not place:
                        hint = "; only a pyproject.toml has 'tool.lstmlint' before its keys and tables"
                    self.add(
                        (*path, unknown), f"unknown key {unknown!r}{f' in {place}' if place else ''}{hint}", key=True
                    )
            elif error.validator == "required":
                missing = next(key for key in error.validator_value if key not in error.instance)
                self.add(path, f"{place} needs {missing!r}", key=True)
            else:
                wanted = error.schema.get("title", "something else")
                self.add(path, f"{place} must be {wanted}, not {shown(error.instance)}")

    def finish(self) -> None:
        """Raises: UsageError for all mistakes, in the order of their places."""
        if not self.mistakes:
            return
        if self.text is None:
            raise UsageError(next(message for message, _ in self.mistakes.values()))
        places = find_places(self.text)
        found = []
        for path, (message, key) in self.mistakes.items():
            place = self.place(path, places)
            found.append((*(place[:2] if key else place[2:]), message))
        raise mistakes(self.label, self.text, found)

    def place(self, path: Path, places: dict[Path, Place]) -> Place:
        """Return the place of a setting, or of the nearest table around it."""
        whole = (*self.prefix, *path)
        return next(
            (places[whole[:end]] for end in range(len(whole), 0, -1) if whole[:end] in places), Place(0, 0, 0, 0)
        )


def parse_toml(text: str, label: str) -> dict[str, Any]:
    """Parse a TOML text. Raises: UsageError with the place of the error."""
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{label} is not valid TOML: it is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        offset = len(text.rstrip())
        place = _TOML_PLACE.search(message)
        if place and place[1]:
            # tomllib counts lines by their \n, which it has made of each \r\n.
            text = text.replace("\r\n", "\n")
            offset = sum(len(line) + 1 for line in text.split("\n")[: int(place[1]) - 1]) + int(place[2]) - 1
        raise mistakes(label, text, [(offset, offset, f"not valid TOML: {_TOML_PLACE.sub('', message)}")]) from None


def mistakes(label: str, text: str, found: Iterable[tuple[int, int, str]]) -> UsageError:
    """Return the error for all mistakes in a TOML text. Its notes show each with its line and a caret.

    found: per mistake, the offsets where the wrong part begins and ends, and the message.
    """
    from lstmlint.reporting.escape import terminal
    from lstmlint.reporting.excerpt import excerpt

    found = sorted(found)
    error = UsageError(f"{label} has {len(found)} mistake{'' if len(found) == 1 else 's'}:")
    for start, end, message in found:
        line_start = text.rfind("\n", 0, start) + 1
        line = text[line_start:].partition("\n")[0]
        number, column = text.count("\n", 0, start) + 1, start - line_start
        error.add_note(terminal(f"{label}:{number}:{column + 1}: {message}"))
        for shown_line in excerpt(line.rstrip("\r"), column, min(end - start, len(line) - column)):
            error.add_note(shown_line)
    return error


# Parsers of single values: each takes the value and what messages call it, and raises UsageError -------------------


def glob(value: str, name: str) -> str:
    """A glob."""
    glob_pattern(value)
    return value


def number(parse: Callable[[str, str], int]) -> Callable[[int | str, str], int]:
    """Return a parser that takes a number as well as the text that `parse` takes."""
    return lambda value, name: value if isinstance(value, int) else parse(value, name)


count = number(parse_count)


def input_shape(value: Any, name: str) -> Shape:
    """An input's shape without the batch, as text or as a list."""
    return shape(value, name, SHAPE_WANTED)


def output_shapes(value: Any, name: str) -> Shape | Literal["same"] | list[Shape | Literal["same"]]:
    """The shape of a custom layer's output, or a list of the shapes of its outputs."""
    if isinstance(value, list) and any(isinstance(item, list) or item == "same" for item in value):
        return [output_shape(item, name) for item in value]
    return output_shape(value, name)


def output_shape(value: Any, name: str) -> Shape | Literal["same"]:
    """The shape of an output of a custom layer, or "same"."""
    return "same" if value == "same" else shape(value, name, OUTPUT_WANTED)


def shape(value: Any, name: str, wanted: str) -> Shape:
    """A shape, as text or as a list."""
    if isinstance(value, str):
        return parse_shape(value, name, wanted)
    return tuple(dim if isinstance(dim, int) else None for dim in value)


def releases(value: str, name: str) -> tuple[str, ...]:
    """The releases of Keras that a text names."""
    from lstmlint.config.targets import parse_targets

    return parse_targets(value, name)


def selector(value: str, name: str) -> str:
    """A code, a prefix of codes, a rule's name or ALL, in the spelling of the rules."""
    from lstmlint import rules

    found = rules.selector(value)
    if found is None:
        raise UsageError(f"{name}: no rule has the code or name {value!r}{rules.suggestion(value)}")
    return found


def codes(value: str, name: str) -> list[str]:
    """The codes of the rules that a selector means."""
    from lstmlint import rules
    from lstmlint.config.options import matches

    chosen = (selector(value, name),)
    return [rule.code for rule in rules.load().values() if matches(rule, chosen)]


def rule_code(value: str, name: str) -> str:
    """The code of one rule."""
    from lstmlint import rules

    rule = rules.find(value.strip())
    if rule is None:
        raise UsageError(f"{name}: no rule has the code or name {value!r}{rules.suggestion(value, one=True)}")
    return rule.code


def custom_class(value: str, name: str) -> str:
    """The name of a layer class that lstmlint does not compute."""
    from lstmlint.layers import is_computed

    if value != "Lambda" and is_computed(value):
        raise UsageError(
            f"{name}.{value}: lstmlint computes {value} itself, so this description would have no effect;"
            " describe only classes that it does not know"
        )
    return value


def shown(value: Any) -> str:
    """Return a value approximately as TOML writes it."""
    import json

    return json.dumps(value, default=str, ensure_ascii=False)
