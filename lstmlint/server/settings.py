"""The settings of open files, read again when a settings file changes."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from lstmlint.config.options import Options
from lstmlint.config.settings import FILES, Resolver, Settings
from lstmlint.filtering.baseline import Baseline, load
from lstmlint.model.findings import UsageError

SECONDS = 10  # for one file, unless the settings say how many
Signature = tuple[tuple[str, int, int], ...]


class Setup(NamedTuple):
    """What the editor says about settings.

    config: settings files or lines of TOML, as --config takes them. isolated: whether to read no settings files.
    overrides: settings that replace those of the files. folders: those of the workspace.
    """

    config: tuple[str, ...] = ()
    isolated: bool = False
    overrides: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folders: tuple[str, ...] = ()


def setup_of(given: object, folders: tuple[str, ...] = ()) -> Setup:
    """Return what the editor's initialization options say. Raises: UsageError with what is wrong about them."""
    if given is None:
        return Setup(folders=folders)
    if not isinstance(given, dict):
        raise UsageError("the editor's settings for lstmlint are not an object")
    known = {"config": list, "isolated": bool, "select": list, "ignore": list, "target": list}
    for key, value in given.items():
        kind = known.get(key)
        if kind is not None and value is not None and not is_of(value, kind):
            wanted = "a list of strings" if kind is list else "true or false"
            raise UsageError(f"the editor's setting {key!r} for lstmlint must be {wanted}")
    overrides = {key: tuple(given[key]) for key in ("select", "ignore") if given.get(key)}
    if given.get("target"):
        from lstmlint.config.targets import parse_targets

        overrides["target-keras"] = parse_targets(",".join(given["target"]), "target")
    return Setup(tuple(given.get("config") or ()), given.get("isolated") is True, tuple(overrides.items()), folders)


def is_of(value: object, kind: type) -> bool:
    """Return whether a value is of a kind: true or false, or a list of strings."""
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, kind)


class OptionsOf:
    """The options of files under one setup."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.signature: Signature | None = None
        self.resolver: Resolver | None = None
        self.baselines: dict[str, Baseline] = {}

    def file(self, path: str) -> Options | None:
        """Return the options of a file; None if the settings exclude it. Raises: UsageError."""
        signature = signature_of(path, self.setup.config, self.baselines)
        if self.resolver is None or signature != self.signature:
            overrides: dict[str, Any] = {key: list(value) for key, value in self.setup.overrides}
            self.resolver = Resolver(self.setup.config, self.setup.isolated, overrides)
            self.resolver.scan([*self.setup.folders, path], scanner=False)
            self.baselines.clear()
        resolver = self.resolver
        resolver.scan([path], scanner=False)
        settings = resolver.of_file(path)
        options = None if settings.excludes(path) else self.options(settings, path)
        trusted = resolver.trusted(path)
        if options is not None and trusted is not settings:
            options.guard = self.options(trusted, path)
        self.signature = signature_of(path, self.setup.config, self.baselines)
        return options

    def options(self, settings: Settings, path: str) -> Options:
        """Return the options for a file from its settings. Weights beside it are not read."""
        options = settings.options(path, weights=False)
        if "seconds" not in settings.input_limits:
            options.input_limits = options.input_limits._replace(seconds=SECONDS)
        if settings.baseline is not None:
            if settings.baseline not in self.baselines:
                self.baselines[settings.baseline] = load(settings.baseline)
            options.baseline = self.baselines[settings.baseline]
        return options


def signature_of(path: str, config: tuple[str, ...], baselines: dict[str, Baseline]) -> Signature:
    """Return what changes when a file does that settings are read from: the files with their times and sizes."""
    folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120
    names = [*config, *baselines]
    while True:
        names += [os.path.join(folder, name) for name in FILES]  # noqa: PTH118
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder:
            break
        folder = parent
    found = []
    for name in names:
        try:
            status = os.stat(name)  # noqa: PTH116
        except (OSError, ValueError):
            continue
        found.append((name, status.st_mtime_ns, status.st_size))
    return tuple(found)
