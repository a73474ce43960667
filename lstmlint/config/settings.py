"""Settings: the nearest lstmlint.toml or `[tool.lstmlint]` of a pyproject.toml, in a file's folder or above it.

Most runs have no settings file and pay only for the search. TOML and JSON Schema are imported only if there is
something to read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmlint.config.globs import glob_matches, nearby, relative, specificity
from lstmlint.config.values import Shape
from lstmlint.model.findings import Severity, UsageError

if TYPE_CHECKING:
    from lstmlint.config.options import Options, Suppression
    from lstmlint.config.source import Source
    from lstmlint.config.toml_places import Path as KeyPath
    from lstmlint.layers.user_defined import Description
    from lstmlint.model.limits import InputLimits

FILES = ("lstmlint.toml", "pyproject.toml")
# A quick test for a table of lstmlint in a pyproject.toml: `tool.lstmlint`, or `[tool]` and `lstmlint`.
TABLE = re.compile(r"""tool["']?\s*\.\s*["']?lstmlint|\[\s*["']?tool["']?\s*\](?s:.*)lstmlint""")


@dataclass(slots=True)
class Settings:
    """The settings of some files, from a settings file and the command line.

    source: the settings file, if there is one. folder: what globs are relative to.
    select: None for the default rules. per_file_ignores: (glob, rules). exclude: (folder, glob relative to it).
    rule_options: code -> option -> value. suppress: (globs, suppression); without globs, it applies to all files.
    baseline: the path of the baseline. limits: key -> limit. budgets: (globs, limits).
    dtype: the dtype of weights for which limits on bytes are computed. targets: the releases that must load the models.
    input_limits: what one input may cost, if it differs from the defaults.
    values: what sizes are that programs do not state, by the expressions as written.
    allow_modules: modules, besides those of Keras, whose classes are trusted.
    """

    source: str | None = None
    folder: str = ""
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = field(default_factory=dict)
    rule_options: dict[str, dict[str, float]] = field(default_factory=dict)
    fail_on: str = "error"
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[tuple[str, str], ...] = ()
    suppress: tuple[tuple[tuple[str, ...], Suppression], ...] = ()
    limits: dict[str, int] = field(default_factory=dict)
    limit_sources: dict[str, str] = field(default_factory=dict)
    budgets: tuple[tuple[tuple[str, ...], dict[str, int]], ...] = ()
    dtype: str | None = None
    input_shapes: dict[str, Shape] = field(default_factory=dict)
    batch: int | None = None
    timesteps: int | None = None
    custom_layers: dict[str, Description] = field(default_factory=dict)
    baseline: str | None = None
    targets: tuple[str, ...] = ()
    input_limits: dict[str, int] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    allow_modules: tuple[str, ...] = ()

    def excludes(self, path: str) -> bool:
        """Return whether a file or folder is excluded."""
        return any(
            glob_matches(glob, relative(path, folder))
            or (os.path.isabs(glob) and glob_matches(glob, os.path.abspath(path).replace(os.sep, "/").lstrip("/")))  # noqa: PTH100, PTH117
            for folder, glob in self.exclude
        )

    def options(self, path: str, weights: bool = True) -> Options:
        """Return the options for one file. weights: whether to read the weights stored with the model."""
        from lstmlint.config.options import Options
        from lstmlint.inference.bindings import Bindings

        ignore, limits, sources = self.ignore, dict(self.limits), dict(self.limit_sources)
        suppressions: tuple[Suppression, ...] = ()
        if self.per_file_ignores or self.budgets or self.suppress:
            seen = relative(path, self.folder)
            for glob, rules in self.per_file_ignores:
                if glob_matches(glob, seen):
                    ignore += rules
            # The most specific budget applies, which may be higher than one for all files.
            matching = [
                (max(map(specificity, matched)), budget)
                for globs, budget in self.budgets
                if (matched := [glob for glob in globs if glob_matches(glob, seen)])
            ]
            for _, budget in sorted(matching, key=lambda item: item[0]):
                limits |= budget
                sources |= {key: f"{key} under budgets in {nearby(self.source or '')}" for key in budget}
            suppressions = tuple(
                suppression
                for globs, suppression in self.suppress
                if not globs or any(glob_matches(glob, seen) for glob in globs)
            )
        bindings = Bindings(self.input_shapes, self.batch, self.timesteps)
        return Options(
            bindings,
            self.select,
            self.extend_select,
            ignore,
            self.severity,
            weights,
            self.custom_layers,
            limits,
            sources,
            self.dtype,
            suppressions,
            rule_options=self.rule_options,
            targets=self.targets,
            input_limits=self.cost_limits(),
            values=self.values,
            allow_modules=self.allow_modules,
        )

    def cost_limits(self) -> InputLimits:
        """Return what one input may cost."""
        from lstmlint.model.limits import current

        if not self.input_limits:
            return current()
        return current()._replace(**{key.replace("-", "_"): limit for key, limit in self.input_limits.items()})


class Resolver:
    """Finds the settings of each file, once per folder, and applies the command line to them.

    config: a settings file, or lines of TOML such as `max-params = "50k"`. isolated: read no settings file.
    overrides: keys as in a settings file. Lists are added to those of the file; `select` and all other values replace
    those of the file.
    Raises: UsageError if a file or an override has mistakes.
    """

    def __init__(
        self, config: Iterable[str] = (), isolated: bool = False, overrides: dict[str, Any] | None = None
    ) -> None:
        self.isolated = isolated
        self.fixed: str | None = None
        self.overrides: list[tuple[dict[str, Any], str, str | None]] = []
        for value in config:
            if os.path.exists(value) and not os.path.isdir(value):  # noqa: PTH110, PTH112 - TOML may be too long for a path
                if self.fixed is not None:
                    raise UsageError(f"--config names two files, {self.fixed} and {value}")
                if isolated:
                    raise UsageError(f"--isolated reads no settings files, but --config names {value}")
                self.fixed = value
            elif "=" in value:
                from lstmlint.config.source import parse_toml

                self.overrides.append((parse_toml(value, "--config"), "--config", value))
            else:
                raise UsageError(f"--config: there is no file {value!r}, and TOML would contain a '='")
        if overrides:
            self.overrides.append((overrides, "", None))
        self.scanned: set[str] = set()
        self.scanner = False
        self.by_folder: dict[str, Settings] = {}
        self.by_source: dict[str | None, Settings] = {}

    def of_file(self, path: str) -> Settings:
        """Return the settings of a file. Raises: UsageError."""
        return self.of_folder(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120

    def scan(self, arguments: Iterable[str], scanner: bool) -> None:
        """Note what is analyzed: settings in these folders, or in those of these files, cannot leave out protected findings.

        scanner: whether such settings do not apply at all.
        """
        for argument in arguments:
            path = os.path.abspath(argument)  # noqa: PTH100
            if argument != "-":
                self.scanned.add(path if os.path.isdir(path) else os.path.dirname(path))  # noqa: PTH112, PTH120
        self.scanner = scanner

    def scanned_folder(self, folder: str) -> str | None:
        """Return the outermost scanned folder that a folder is in."""
        around = [one for one in self.scanned if folder == one or folder.startswith(os.path.join(one, ""))]  # noqa: PTH118
        return min(around, key=len, default=None)

    def trusted(self, path: str) -> Settings:
        """Return the settings that apply to the protected findings of a file: those from outside of what is scanned."""
        folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120
        settings = self.of_folder(folder)
        scanned = self.scanned_folder(folder)
        if scanned is None or settings.source is None or settings.source == self.fixed:
            return settings
        if self.scanned_folder(settings.folder) is None:
            return settings
        return self.above(scanned)

    def above(self, folder: str) -> Settings:
        """Return the settings in the folders above one. Raises: UsageError."""
        parent = os.path.dirname(folder)  # noqa: PTH120
        return self.of_source(None) if parent == folder else self.of_folder(parent)

    def of_folder(self, folder: str) -> Settings:
        """Return the settings of the files in a folder (an absolute path). Raises: UsageError."""
        found = self.by_folder.get(folder)
        if found is None:
            if self.isolated or self.fixed is not None:
                found = self.of_source(None if self.isolated else self.fixed)
            elif self.scanner and (scanned := self.scanned_folder(folder)) is not None:
                found = self.above(scanned)
            else:
                found = self.search(folder)
            self.by_folder[folder] = found
        return found

    def search(self, folder: str) -> Settings:
        """Return the settings in the nearest settings file, in the folder or above it."""
        for name in FILES:
            path = os.path.join(folder, name)  # noqa: PTH118 - many of these calls, and str is quicker
            if os.path.isfile(path) and (name != "pyproject.toml" or mentions_lstmlint(path)):  # noqa: PTH113
                return self.of_source(path)
        return self.above(folder)

    def of_source(self, source: str | None) -> Settings:
        """Return the settings in a settings file, with the overrides."""
        settings = self.by_source.get(source)
        if settings is None:
            settings = Settings()
            if source is not None:
                settings.source = source
                settings.folder = os.path.dirname(os.path.abspath(source))  # noqa: PTH100, PTH120
                apply(settings, load(source), settings.folder)
            for values, label, text in self.overrides:
                from lstmlint.config.source import Source

                apply(settings, Source(values, label, text))
            self.by_source[source] = settings
        return settings


def mentions_lstmlint(path: str) -> bool:
    """Check whether a pyproject.toml has a table for lstmlint. Most have none and are not parsed."""
    text = read_text(path)
    if TABLE.search(text) is None:
        return False
    from lstmlint.config.source import parse_toml

    return table_of(parse_toml(text, nearby(path))) is not None


def load(path: str) -> Source:
    """Return the settings in a file. Raises: UsageError if it cannot be read, is not TOML, or does not fit the schema."""
    from lstmlint.config.source import Source, parse_toml

    text, label = read_text(path), nearby(path)
    values = parse_toml(text, label)
    if Path(path).name != "pyproject.toml":
        return Source(values, label, text)
    table = table_of(values)
    if table is None:
        raise UsageError(f"{label} has no table [tool.lstmlint]")
    return Source(table, label, text, ("tool", "lstmlint"))


def table_of(pyproject: dict[str, Any]) -> dict[str, Any] | None:
    """Return the table [tool.lstmlint] of a pyproject.toml."""
    tool = pyproject.get("tool")
    table = tool.get("lstmlint") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def read_text(path: str) -> str:
    """Return the text of a settings file. Raises: UsageError if it cannot be read or is not UTF-8."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the settings {nearby(path)}: {error.strerror or error}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = content[error.start]
        raise UsageError(f"the settings {nearby(path)} are not UTF-8: byte {error.start} is {byte:#x}") from error


def apply(settings: Settings, source: Source, folder: str = "") -> None:
    """Update settings from a source. folder: what the globs and paths of the source are relative to.

    Raises: UsageError for all mistakes in the source.
    """
    from lstmlint.config import source as parsers

    if source.has("select"):
        settings.select = source.selectors("select")
        settings.extend_select = ()
    settings.extend_select += source.selectors("extend-select")
    settings.ignore += source.selectors("ignore") + source.selectors("extend-ignore")
    severities = source.children("severity")
    for path, severity in sorted(severities, key=lambda item: len(str(item[0][-1]))):  # longer selectors win
        for code in source.parse(parsers.codes, *path, key=True) or ():
            settings.severity[code] = severity
    for code, options in source.rule_options().items():
        settings.rule_options[code] = {**settings.rule_options.get(code, {}), **options}
    settings.fail_on = source.get("fail-on", default=settings.fail_on)
    settings.per_file_ignores += tuple(
        (source.parse(parsers.glob, *path, key=True) or "", source.selectors(*path))
        for path, _ in source.children("per-file-ignores")
    )
    settings.exclude += tuple((folder, glob) for glob in source.globs("exclude"))
    settings.suppress += tuple(
        (source.globs(*path, "files"), suppression(source, path, settings.source if folder else None))
        for path, _ in source.children("suppress")
    )
    limits = source.limits()
    settings.limits = {**settings.limits, **limits}
    settings.limit_sources |= {key: f"{key} in {source.label}" if source.label else f"--{key}" for key in limits}
    settings.budgets += tuple(
        (source.globs(*path, "files"), source.limits(*path)) for path, _ in source.children("budgets")
    )
    settings.dtype = source.get("dtype", default=settings.dtype)
    if source.has("target-keras"):
        settings.targets = source.targets()
    if source.has("baseline"):
        baseline = source.get("baseline")
        settings.baseline = os.path.join(folder, baseline) if baseline else None  # noqa: PTH118
    settings.input_shapes = {**settings.input_shapes, **source.input_shapes()}
    settings.batch = source.get("batch", default=settings.batch)
    settings.timesteps = source.get("timesteps", default=settings.timesteps)
    settings.input_limits = {**settings.input_limits, **source.input_limits()}
    settings.allow_modules += source.strings("allow-modules")
    settings.values = {**settings.values, **source.written_values()}
    settings.custom_layers = {**settings.custom_layers, **custom_layers(source)}
    source.finish()


def suppression(source: Source, path: KeyPath, file: str | None) -> Suppression:
    """Return the suppression that a table describes. file: the settings file it is in."""
    from lstmlint.config.options import Suppression

    return Suppression(
        source.selectors(*path, "rules"),
        source.strings(*path, "layers"),
        source.strings(*path, "pointers"),
        origin=(file or source.label, int(path[-1])),
    )


def custom_layers(source: Source) -> dict[str, Description]:
    """Return the descriptions of custom layers by their class."""
    found: dict[str, Description] = {}
    for path, _ in source.children("custom-layers"):
        from lstmlint.config import source as parsers
        from lstmlint.layers.user_defined import Description

        name = source.parse(parsers.custom_class, *path, key=True)
        shape = source.parse(parsers.output_shapes, *path, "output-shape")
        params = source.parse(parsers.count, *path, "params")
        if name is not None:
            found[name] = Description(shape, params)
    return found


def written_shape(shape: Any) -> Any:
    """Return the output shape of a description as the settings write it."""
    if isinstance(shape, list):
        return [one if one == "same" else ["None" if dim is None else dim for dim in one] for one in shape]
    return shape if shape == "same" else ",".join(map(str, shape))


def as_toml(settings: Settings) -> str:
    """Return the settings as the text of a lstmlint.toml."""
    from lstmlint.config.source import shown

    lines = []
    for key, value in (
        ("select", None if settings.select is None else list(settings.select)),
        ("extend-select", list(settings.extend_select)),
        ("ignore", list(settings.ignore)),
        ("fail-on", settings.fail_on),
        ("exclude", [glob for _, glob in settings.exclude]),
        ("allow-modules", list(settings.allow_modules)),
        *settings.limits.items(),
        ("dtype", settings.dtype),
        ("target-keras", list(settings.targets)),
        ("batch", settings.batch),
        ("timesteps", settings.timesteps),
        ("baseline", settings.baseline),
    ):
        if value not in (None, []):
            lines.append(f"{key} = {shown(value)}")
    tables: tuple[tuple[str, dict[str, Any]], ...] = (
        ("severity", dict(settings.severity)),
        ("per-file-ignores", {glob: list(names) for glob, names in settings.per_file_ignores}),
        ("input-limits", dict(settings.input_limits)),
        (
            "set",
            {name: value if isinstance(value, int | float) else str(value) for name, value in settings.values.items()},
        ),
        ("input-shape", {name: ",".join(map(str, shape)) for name, shape in settings.input_shapes.items()}),
    )
    for title, table in tables:
        if table:
            lines += [f"[{title}]", *(f"{shown(key)} = {shown(value)}" for key, value in table.items())]
    for code, given in settings.rule_options.items():
        lines += [f"[rule-options.{code}]", *(f"{name} = {shown(value)}" for name, value in given.items())]
    for name, description in settings.custom_layers.items():
        lines.append(f"[custom-layers.{shown(name)}]")
        if description.output_shape is not None:
            lines.append(f"output-shape = {shown(written_shape(description.output_shape))}")
        if description.params is not None:
            lines.append(f"params = {description.params}")
    for files, suppressed in settings.suppress:
        lines.append("[[suppress]]")
        for key, values in (
            ("rules", suppressed.rules), ("files", files), ("layers", suppressed.layers), ("pointers", suppressed.pointers),
        ):  # fmt: skip
            lines += [f"{key} = {shown(list(values))}"] if values else []
    for files, limits in settings.budgets:
        lines += ["[[budgets]]", f"files = {shown(list(files))}"]
        lines += [f"{key} = {limit}" for key, limit in limits.items()]
    return "".join(line + "\n" for line in lines)
