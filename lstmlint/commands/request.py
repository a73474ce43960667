"""The options of a run: as written on the command line, and what they mean."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lstmlint.config.values import LIMITS, parse_input_shape, parse_positive
from lstmlint.model.findings import SEVERITIES, UsageError
from lstmlint.reporting import FORMATS, View

# Opened by name, a file that standard output is redirected to would be truncated.
STANDARD_OUTPUT = frozenset({"-", "/dev/stdout", "/dev/fd/1"})


# Options that may be set in the environment, for CI. An option on the command line is stronger.
ENVIRONMENT = {
    "format": "LSTMLINT_OUTPUT_FORMAT",
    "output": "LSTMLINT_OUTPUT_FILE",
    "fail_on": "LSTMLINT_FAIL_ON",
    "color": "LSTMLINT_COLOR",
    "jobs": "LSTMLINT_JOBS",
}


COLORS = ("auto", "always", "never")


@dataclass(slots=True)
class Request:
    """The options of `lstmlint PATH…` as they were written, unchecked."""

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
    watch: bool = False
    target: list[str] = field(default_factory=list)
    set: list[str] = field(default_factory=list)
    # Not an option: the names of those that are set in the environment.
    environment: frozenset[str] = frozenset()

    def read_environment(self) -> None:
        """Set the options that only the environment has. Several formats are separated by commas."""
        given = {name: os.environ.get(variable, "") for name, variable in ENVIRONMENT.items()}
        given = {name: value for name, value in given.items() if value and not getattr(self, name)}
        for name, value in given.items():
            setattr(self, name, value.split(",") if name == "format" else value)
        self.environment |= frozenset(given)

    def called(self, name: str) -> str:
        """Return what messages call an option: the variable if that sets it."""
        return ENVIRONMENT[name] if name in self.environment else f"--{name.replace('_', '-')}"


class Destination(NamedTuple):
    """A format, the file it is written to (None: standard output), and its view."""

    format: str
    path: str | None
    view: View


def overrides(request: Request) -> dict[str, Any]:
    """Return the options that replace settings, under the settings' names. Raises: UsageError."""
    values: dict[str, Any] = {}
    for key in ("select", "ignore", "extend-select", "extend-ignore"):
        lists: list[str] = getattr(request, key.replace("-", "_"))
        if lists:
            values[key] = [name for text in lists for name in text.split(",") if name.strip()]
            if key == "select" and not values[key]:
                raise UsageError("--select names no rule; leave it out to run the default rules")
    if request.exclude:
        values["exclude"] = request.exclude
    if request.fail_on is not None:
        values["fail-on"] = choice(request.fail_on, (*SEVERITIES, "never"), request.called("fail_on"))
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
            raise UsageError("two --input-shape options are for the same input; name the inputs: NAME=13,5")
    if request.batch is not None:
        values["batch"] = parse_positive(request.batch, "--batch")
    if request.target:
        from lstmlint.config.targets import parse_targets

        values["target-keras"] = list(parse_targets(",".join(request.target)))
    if request.set:
        from lstmlint.config.values import parse_setting

        values["set"] = dict(parse_setting(text, "--set") for text in request.set)
    if request.timesteps is not None:
        values["timesteps"] = parse_positive(request.timesteps, "--timesteps")
    return values


def choice(value: str, allowed: tuple[str, ...], option: str) -> str:
    """Return the value of an option that takes one of several words. Raises: UsageError for another one."""
    if value in allowed:
        return value
    from lstmlint.model.suggestions import did_you_mean

    raise UsageError(f"{option} takes {', '.join(allowed)}, not {value!r}{did_you_mean(value, allowed)}")


def jobs(request: Request) -> int | None:
    """Return the number of worker processes; None to let the amount of work decide."""
    return None if request.jobs is None else parse_positive(request.jobs, request.called("jobs"))


def destinations(request: Request, single: bool) -> list[Destination]:
    """Return the formats and where each is written. Raises: UsageError."""
    columns = None
    if request.columns is not None:
        from lstmlint.reporting.rows import parse_columns

        columns = parse_columns(request.columns)
    depth = 0 if request.depth is None else parse_positive(request.depth, "--depth", 0)
    color = choice(request.color or "auto", COLORS, request.called("color"))
    found: list[Destination] = []
    for written in request.format or ["text"]:
        name, colon, path = written.partition(":")
        if name == "auto":
            name = "github" if os.environ.get("GITHUB_ACTIONS") else "text"
        choice(name, ("auto", *FORMATS), request.called("format"))
        if colon and not path:
            raise UsageError(f"{request.called('format')} {written} has no file after the colon")
        target = written_to(path or request.output)
        if target is not None and any(other.path is not None and same_file(target, other.path) for other in found):
            raise UsageError(f"two formats would be written to {target}")
        view = View(single, columns, depth, quiet=request.quiet, statistics=request.statistics)
        view = view._replace(all_tables=request.depth is not None)
        found.append(Destination(name, target, completed(view, name, target, color)))
    if request.statistics and not any(FORMATS[destination.format].plain for destination in found):
        raise UsageError("--statistics needs the format text or concise")
    return found


def completed(view: View, format: str, path: str | None, color: str = "auto") -> View:
    """Return the view with what depends on the format and on where it is written."""
    if FORMATS[format].plain:
        from lstmlint.reporting.layout import terminal_width

        encoding = (sys.stdout.encoding if path is None else None) or "utf-8"
        return view._replace(color=wants_color(color, path), width=terminal_width(path), encoding=encoding)
    if FORMATS[format].repository_paths:
        from lstmlint.reporting.places import repository_root

        return view._replace(root=repository_root())
    return view


def written_to(path: str | None) -> str | None:
    """Return the file to write; None for standard output, which has several names."""
    return None if path in STANDARD_OUTPUT else path


def same_file(path: str, other: str) -> bool:
    """Check whether two paths lead to the same file, which need not exist."""
    return os.path.realpath(path) == os.path.realpath(other)


def chosen_color(color: str | None) -> str:
    """Return when to use colors, by --color or its variable. Raises: UsageError."""
    variable = ENVIRONMENT["color"]
    if color is None and os.environ.get(variable):
        return choice(os.environ[variable], COLORS, variable)
    return choice(color or "auto", COLORS, "--color")


def wants_color(color: str, path: str | None) -> bool:
    """Decide about colors: by --color, then NO_COLOR and FORCE_COLOR, then by whether a terminal shows the report."""
    if color != "auto":
        return color == "always"
    environment = os.environ
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return path is None and sys.stdout.isatty() and environment.get("TERM") != "dumb"
