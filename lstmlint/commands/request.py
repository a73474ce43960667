"""What the command line asks for: as it was written, and what that means."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lstmlint.config.settings import LIMITS
from lstmlint.config.values import parse_input_shape, parse_positive
from lstmlint.model.findings import SEVERITIES, UsageError
from lstmlint.reporting import FORMATS, View, parse_columns

PLAIN_FORMATS = ("text", "concise")
# Opened by name, it would be cut off where it goes to a file.
STANDARD_OUTPUT = frozenset({"-", "/dev/stdout", "/dev/fd/1"})


@dataclass(slots=True)
class Request:
    """What the command line asks for, as it was written: nothing in here has been checked."""

    paths: list[str] = field(default_factory=list)
    format: list[str] = field(default_factory=list)
    output: str | None = None
    fail_on: str | None = None
    exit_zero: bool = False
    quiet: bool = False
    statistics: bool = False
    select: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)
    extend_select: list[str] = field(default_factory=list)
    extend_ignore: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    force_exclude: bool = False
    max_params: str | None = None
    max_trainable_params: str | None = None
    max_layer_params: str | None = None
    max_weight_bytes: str | None = None
    max_macs: str | None = None
    max_activation_bytes: str | None = None
    dtype: str | None = None
    input_shape: list[str] = field(default_factory=list)
    batch: str | None = None
    timesteps: str | None = None
    depth: str | None = None
    columns: str | None = None
    color: str | None = None
    skip_non_models: bool = False
    stdin_filename: str | None = None
    config: list[str] = field(default_factory=list)
    isolated: bool = False
    show_settings: bool = False
    no_weights: bool = False
    baseline: str | None = None
    write_baseline: str | None = None
    jobs: str | None = None
    fix: bool = False
    diff: bool = False


class Destination(NamedTuple):
    """A format and where it goes: a path, or None for standard output."""

    format: str
    path: str | None
    view: View


def overrides(request: Request) -> dict[str, Any]:
    """The options that have the place of settings, under the settings' names. Raises: UsageError."""
    values: dict[str, Any] = {}
    for key in ("select", "ignore", "extend-select", "extend-ignore"):
        given: list[str] = getattr(request, key.replace("-", "_"))
        if given:
            values[key] = [name for text in given for name in text.split(",") if name.strip()]
            if key == "select" and not values[key]:
                raise UsageError("--select names no rule; without it, the usual rules run")
    if request.exclude:
        values["exclude"] = request.exclude
    if request.fail_on is not None:
        values["fail-on"] = choice(request.fail_on, (*SEVERITIES, "never"), "--fail-on")
    for key, parse in LIMITS.items():
        limit: str | None = getattr(request, key.replace("-", "_"))
        if limit is not None:
            values[key] = parse(limit, f"--{key}")
    if request.dtype is not None:
        from lstmlint.layers.base import DTYPE_BITS

        values["dtype"] = choice(request.dtype, tuple(DTYPE_BITS), "--dtype")
    if request.input_shape:
        shapes = [parse_input_shape(text, "--input-shape") for text in request.input_shape]
        values["input-shape"] = dict(shapes)
        if len(values["input-shape"]) < len(shapes):
            raise UsageError("--input-shape is given twice for one input (NAME=13,5 tells them apart)")
    if request.batch is not None:
        values["batch"] = parse_positive(request.batch, "--batch")
    if request.timesteps is not None:
        values["timesteps"] = parse_positive(request.timesteps, "--timesteps")
    return values


def choice(value: str, allowed: tuple[str, ...], option: str) -> str:
    """One of the allowed words. Raises: UsageError."""
    if value in allowed:
        return value
    from lstmlint.model.suggestions import did_you_mean

    raise UsageError(f"{option} takes {', '.join(allowed)}, not {value!r}{did_you_mean(value, allowed)}")


def jobs(request: Request) -> int | None:
    """How many workers were asked for; None where that is left to the size of the work."""
    return None if request.jobs is None else parse_positive(request.jobs, "--jobs")


def destinations(request: Request, single: bool) -> list[Destination]:
    """The formats with their places. Raises: UsageError."""
    columns = None if request.columns is None else parse_columns(request.columns)
    depth = 0 if request.depth is None else parse_positive(request.depth, "--depth", 0)
    color = choice(request.color or "auto", ("auto", "always", "never"), "--color")
    found: list[Destination] = []
    for given in request.format or ["text"]:
        name, colon, path = given.partition(":")
        if name == "auto":
            name = "github" if os.environ.get("GITHUB_ACTIONS") else "text"
        choice(name, ("auto", *FORMATS), "--format")
        if colon and not path:
            raise UsageError(f"--format {given} names no file after the colon")
        target = written_to(path or request.output)
        if target is not None and any(other.path is not None and same_file(target, other.path) for other in found):
            raise UsageError(f"two formats would be written to {target}")
        view = View(single, columns, depth, quiet=request.quiet, statistics=request.statistics)
        if name in PLAIN_FORMATS:
            from lstmlint.reporting.layout import terminal_width

            view = view._replace(color=wants_color(color, target), width=terminal_width(target))
        elif name in ("sarif", "github", "gitlab", "junit"):
            from lstmlint.reporting.places import repository_root

            view = view._replace(root=repository_root())
        found.append(Destination(name, target, view))
    if request.statistics and not any(destination.format in PLAIN_FORMATS for destination in found):
        raise UsageError("--statistics goes with the formats text and concise")
    return found


def written_to(path: str | None) -> str | None:
    """The file that a path means as a place to write to; None for standard output."""
    return None if path in STANDARD_OUTPUT else path


def same_file(path: str, other: str) -> bool:
    """Whether two paths mean one file, which need not exist."""
    return os.path.realpath(path) == os.path.realpath(other)


def wants_color(color: str, path: str | None) -> bool:
    """Whether to write colours: as asked, as NO_COLOR and FORCE_COLOR say, else to a terminal."""
    if color != "auto":
        return color == "always"
    environment = os.environ
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return path is None and sys.stdout.isatty() and environment.get("TERM") != "dumb"
