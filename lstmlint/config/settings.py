"""Settings: the nearest lstmlint.toml or `[tool.lstmlint]` of a pyproject.toml, upward from each file.

Most runs have none, and pay a few looks at the file system for it: TOML and jsonschema are imported
only where there is something to read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmlint.config.globs import glob_matches, nearby, relative, specificity
from lstmlint.config.values import SHAPE_WANTED, parse_bytes, parse_count, parse_shape
from lstmlint.model.findings import Severity, UsageError
from lstmlint.model.suggestions import did_you_mean

if TYPE_CHECKING:
    from lstmlint.config.options import Options, Suppression
    from lstmlint.layers.user_defined import Description

FILES = ("lstmlint.toml", "pyproject.toml")
# What a pyproject.toml with a table for lstmlint holds at least: `tool.lstmlint`, or `[tool]` and `lstmlint`.
TABLE = re.compile(rb"""tool["']?\s*\.\s*["']?lstmlint|\[\s*["']?tool["']?\s*\](?s:.*)lstmlint""")
COMMAND_LINE = ""
# Budgets, and how their values are written.
LIMITS = {
    "max-params": parse_count,
    "max-trainable-params": parse_count,
    "max-layer-params": parse_count,
    "max-weight-bytes": parse_bytes,
    "max-macs": parse_count,
    "max-activation-bytes": parse_bytes,
}
SHAPE = tuple[int | None, ...]
OUTPUT_WANTED = 'the whole shape, such as "None,13,64", or "same"'


@dataclass(slots=True)
class Settings:
    """What holds for some files, each list merged from all that speak of it.

    source: the file they come from, None without one. folder: what globs are relative to.
    select: None for the usual rules. per_file_ignores: (glob, rules). exclude: (folder, glob relative to it).
    rule_options: code -> option -> value.
    suppress: (globs, what to keep silent of in the files that match; without globs, in all).
    baseline: the path of the one that the files are compared with.
    limits: a budget's key -> the most allowed; budgets: (globs, limits). dtype: of the weights that limits are for.
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
    input_shapes: dict[str, SHAPE] = field(default_factory=dict)
    batch: int | None = None
    timesteps: int | None = None
    custom_layers: dict[str, Description] = field(default_factory=dict)
    baseline: str | None = None

    def excludes(self, path: str) -> bool:
        """Whether a file or folder is to be passed over."""
        return any(
            glob_matches(glob, relative(path, folder))
            or (os.path.isabs(glob) and glob_matches(glob, os.path.abspath(path).replace(os.sep, "/").lstrip("/")))  # noqa: PTH100, PTH117
            for folder, glob in self.exclude
        )

    def options(self, path: str, weights: bool = True) -> Options:
        """What the analysis of one file needs to know. weights: whether to look at weights stored beside the model."""
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
        )


class Resolver:
    """The settings of any file: found once per folder, overridden by the command line.

    config: a settings file, or lines of TOML such as `max-params = "50k"`. isolated: read no file.
    overrides: keys as in a settings file. Lists add to the file's, `select` and everything else replaces it.
    Raises: UsageError where a file or an override cannot be understood.
    """

    def __init__(
        self, config: Iterable[str] = (), isolated: bool = False, overrides: dict[str, Any] | None = None
    ) -> None:
        self.isolated = isolated
        self.fixed: str | None = None
        self.overrides: list[tuple[str, dict[str, Any]]] = []
        for value in config:
            if os.path.exists(value) and not os.path.isdir(value):  # noqa: PTH110, PTH112 - TOML may be too long for a path
                if self.fixed is not None:
                    raise UsageError(f"--config names two files, {self.fixed} and {value}")
                if isolated:
                    raise UsageError(f"--isolated reads no settings files, and --config names {value}")
                self.fixed = value
            elif "=" in value:
                self.overrides.append(("--config", parse_toml(value, "--config")))
            else:
                raise UsageError(f"--config: there is no file {value!r} (lines of TOML have a =)")
        if overrides:
            self.overrides.append((COMMAND_LINE, overrides))
        self.by_folder: dict[str, Settings] = {}
        self.by_source: dict[str | None, Settings] = {}

    def of_file(self, path: str) -> Settings:
        """The settings of a file. Raises: UsageError."""
        return self.of_folder(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120

    def of_folder(self, folder: str) -> Settings:
        """The settings of the files in an absolute folder. Raises: UsageError."""
        found = self.by_folder.get(folder)
        if found is None:
            if self.isolated or self.fixed is not None:
                found = self.of_source(None if self.isolated else self.fixed)
            else:
                found = self.search(folder)
            self.by_folder[folder] = found
        return found

    def search(self, folder: str) -> Settings:
        """The settings of the nearest file that has any."""
        for name in FILES:
            path = os.path.join(folder, name)  # noqa: PTH118 - many of these calls, and str is quicker
            if os.path.isfile(path) and (name != "pyproject.toml" or mentions_lstmlint(path)):  # noqa: PTH113
                return self.of_source(path)
        parent = os.path.dirname(folder)  # noqa: PTH120
        return self.of_source(None) if parent == folder else self.of_folder(parent)

    def of_source(self, source: str | None) -> Settings:
        """The settings that a file gives, with the overrides."""
        settings = self.by_source.get(source)
        if settings is None:
            settings = Settings()
            if source is not None:
                settings.source = source
                settings.folder = os.path.dirname(os.path.abspath(source))  # noqa: PTH100, PTH120
                apply(settings, load(source), nearby(source), settings.folder)
            for label, values in self.overrides:
                apply(settings, values, label)
            self.by_source[source] = settings
        return settings


def mentions_lstmlint(path: str) -> bool:
    """Whether a pyproject.toml may have a table for lstmlint; most have none, and are not parsed."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    return TABLE.search(content) is not None and table_of(parse_toml(decode(content, path), nearby(path))) is not None


def load(path: str) -> dict[str, Any]:
    """The settings in a file. Raises: UsageError where it cannot be read or is not valid TOML."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    values = parse_toml(decode(content, path), nearby(path))
    if Path(path).name != "pyproject.toml":
        return values
    table = table_of(values)
    if table is None:
        raise UsageError(f"{nearby(path)} has no table [tool.lstmlint]")
    return table


def table_of(pyproject: dict[str, Any]) -> dict[str, Any] | None:
    """[tool.lstmlint] of a pyproject.toml."""
    tool = pyproject.get("tool")
    table = tool.get("lstmlint") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def unreadable(path: str, error: OSError) -> UsageError:
    """The sentence for a settings file that cannot be read."""
    return UsageError(f"cannot read the settings {nearby(path)}: {error.strerror or error}")


def decode(content: bytes, path: str) -> str:
    """TOML is UTF-8. Raises: UsageError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = content[error.start]
        raise UsageError(f"the settings {nearby(path)} are not UTF-8: byte {error.start} is {byte:#x}") from error


def parse_toml(text: str, label: str) -> dict[str, Any]:
    """Raises: UsageError."""
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{label}: not valid TOML: {error}") from error


# What settings say --------------------------------------------------------------------------------------


def apply(settings: Settings, values: dict[str, Any], label: str, folder: str = "") -> None:
    """Lay `values` over the settings. label: where they come from. folder: what their globs are relative to.

    Raises: UsageError for an unknown key or rule, or a bad value.
    """
    before = "--"
    if label != COMMAND_LINE:  # whose values are checked already
        validate(values, label)
        before = f"{label}: "
    if "select" in values:
        settings.select = selectors(values["select"], f"{before}select")
        settings.extend_select = ()
    settings.extend_select += selectors(values.get("extend-select", ()), f"{before}extend-select")
    for key in ("ignore", "extend-ignore"):
        settings.ignore += selectors(values.get(key, ()), before + key)
    for name, severity in sorted(values.get("severity", {}).items(), key=lambda item: len(item[0])):
        for code in codes_of(name, f"{before}severity"):
            settings.severity[code] = severity
    for name, table in values.get("rule-options", {}).items():
        code, given = options_of(name, table, f"{before}rule-options")
        settings.rule_options[code] = {**settings.rule_options.get(code, {}), **given}
    settings.fail_on = values.get("fail-on", settings.fail_on)
    settings.per_file_ignores += tuple(
        (glob, selectors(names, f"{before}per-file-ignores"))
        for glob, names in values.get("per-file-ignores", {}).items()
    )
    settings.exclude += tuple((folder, glob) for glob in globs(values.get("exclude", ())))
    source = settings.source if folder and settings.source is not None else label
    settings.suppress += tuple(
        (globs(entry.get("files", ())), suppression(entry, f"{before}suppress.rules", (source, number)))
        for number, entry in enumerate(values.get("suppress", ()))
    )
    limits = limits_in(values, before)
    settings.limits = {**settings.limits, **limits}
    settings.limit_sources |= {key: f"--{key}" if label == COMMAND_LINE else f"{key} in {label}" for key in limits}
    settings.budgets += tuple(
        (globs(entry["files"]), limits_in(entry, f"{before}budgets.")) for entry in values.get("budgets", ())
    )
    settings.dtype = values.get("dtype", settings.dtype)
    if "baseline" in values:
        settings.baseline = os.path.join(folder, values["baseline"]) if values["baseline"] else None  # noqa: PTH118
    given = values.get("input-shape", {})
    for name, shape in (given if isinstance(given, dict) else {"": given}).items():
        settings.input_shapes = {**settings.input_shapes, name: shape_of(shape, f"{before}input-shape")}
    settings.batch = values.get("batch", settings.batch)
    settings.timesteps = values.get("timesteps", settings.timesteps)
    described = {
        name: description(name, entry, f"{before}custom-layers.{name}")
        for name, entry in values.get("custom-layers", {}).items()
    }
    settings.custom_layers = {**settings.custom_layers, **described}


def suppression(entry: dict[str, Any], label: str, origin: tuple[str, int]) -> Suppression:
    """What a table says of findings to keep silent of. origin: where it comes from, and its number there."""
    from lstmlint.config.options import Suppression

    return Suppression(
        selectors(entry["rules"], label),
        globs(entry.get("layers", ())),
        globs(entry.get("pointers", ())),
        origin=origin,
    )


def description(name: str, entry: dict[str, Any], label: str) -> Description:
    """What a table says of a custom layer. Raises: UsageError, where the class is none."""
    from lstmlint.layers import is_computed
    from lstmlint.layers.user_defined import Description

    if name != "Lambda" and is_computed(name):
        raise UsageError(
            f"{label}: lstmlint computes {name} itself, and the description would change nothing;"
            " describe classes that it does not know"
        )
    shape = entry.get("output-shape")
    return Description(
        shape if shape is None or shape == "same" else shape_of(shape, f"{label}.output-shape", OUTPUT_WANTED),
        count(entry["params"], f"{label}.params") if "params" in entry else None,
    )


def globs(value: str | Iterable[str]) -> tuple[str, ...]:
    """One glob or several."""
    return (value,) if isinstance(value, str) else tuple(value)


def limits_in(values: dict[str, Any], before: str) -> dict[str, int]:
    """The budgets among some values. Raises: UsageError for what is no number."""
    return {
        key: values[key] if isinstance(values[key], int) else parse(values[key], before + key)
        for key, parse in LIMITS.items()
        if key in values
    }


def count(value: int | str, label: str) -> int:
    """A number of things, as a number or as text with k or M."""
    return value if isinstance(value, int) else parse_count(value, label)


def shape_of(value: Any, label: str, wanted: str = SHAPE_WANTED) -> SHAPE:
    """A shape, as text or as a list. Raises: UsageError, which says what is wanted."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, str):
        return parse_shape(value, label, wanted)
    return tuple(dim if isinstance(dim, int) else None for dim in value)


def selectors(names: Iterable[str], label: str) -> tuple[str, ...]:
    """Codes, beginnings of codes, names and ALL, in the rules' own spelling.

    Raises: UsageError for what means no rule.
    """
    return tuple(selector(name, label) for name in names)


def selector(name: str, label: str) -> str:
    """One selector in the rules' own spelling. Raises: UsageError for what means no rule."""
    from lstmlint import rules

    found = rules.selector(name)
    if found is None:
        raise UsageError(f"{label}: no rule has the code or name {name!r}{rules.suggestion(name)}")
    return found


def codes_of(name: str, label: str) -> list[str]:
    """The codes that a selector means. Raises: UsageError where it means none."""
    from lstmlint import rules
    from lstmlint.config.options import matches

    chosen = (selector(name, label),)
    return [rule.code for rule in rules.load().values() if matches(rule, chosen)]


def options_of(name: str, table: dict[str, Any], label: str) -> tuple[str, dict[str, float]]:
    """A rule's code, and the options that a table gives it.

    Raises: UsageError where there is no such rule or option, or where a value is not what the option takes.
    """
    from lstmlint import rules

    rule = rules.find(name.strip())
    if rule is None:
        raise UsageError(f"{label}: no rule has the code or name {name!r}{rules.suggestion(name, one=True)}")
    for key, value in table.items():
        option = rule.options.get(key)
        if option is None:
            known = did_you_mean(key, rule.options) or f"; it has {', '.join(rule.options) or 'none'}"
            raise UsageError(f"{label}.{name}: {rule.code} {rule.name} has no option {key!r}{known}")
        if not option.accepts(value):
            raise UsageError(f"{label}.{name}.{key} must be {option.wanted}, not {shown(value)}")
    return rule.code, table


def validate(values: dict[str, Any], label: str) -> None:
    """Check settings against their schema. Raises: UsageError, one sentence about the first thing wrong."""
    from jsonschema import Draft202012Validator

    from lstmlint.resources import schema

    for error in Draft202012Validator(schema("settings")).iter_errors(values):
        place = ".".join(str(part) for part in error.absolute_path if isinstance(part, str))
        if error.validator == "additionalProperties" and isinstance(error.instance, dict):
            allowed = error.schema.get("properties", {})
            unknown = next(key for key in error.instance if key not in allowed)
            inside = f" in {place}" if place else ""
            hint = did_you_mean(unknown, allowed)
            if unknown == "tool" and not place:
                hint = "; outside of a pyproject.toml, keys and tables have no tool.lstmlint before them"
            raise UsageError(f"{label}: unknown key {unknown!r}{inside}{hint}")
        if error.validator == "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            raise UsageError(f"{label}: {place} needs {missing!r}")
        wanted = error.schema.get("title", "something else")
        raise UsageError(f"{label}: {place or 'the settings'} must be {wanted}, not {shown(error.instance)}")


def shown(value: Any) -> str:
    """A value as TOML writes it, more or less."""
    import json

    return json.dumps(value, default=str, ensure_ascii=False)


def as_toml(settings: Settings) -> str:
    """The settings as a lstmlint.toml would say them."""
    lines = []
    for key, value in (
        ("select", None if settings.select is None else list(settings.select)),
        ("extend-select", list(settings.extend_select)),
        ("ignore", list(settings.ignore)),
        ("fail-on", settings.fail_on),
        ("exclude", [glob for _, glob in settings.exclude]),
        *settings.limits.items(),
        ("dtype", settings.dtype),
        ("batch", settings.batch),
        ("timesteps", settings.timesteps),
        ("baseline", settings.baseline),
    ):
        if value not in (None, []):
            lines.append(f"{key} = {shown(value)}")
    tables: tuple[tuple[str, dict[str, Any]], ...] = (
        ("severity", dict(settings.severity)),
        ("per-file-ignores", {glob: list(names) for glob, names in settings.per_file_ignores}),
        ("input-shape", {name: ",".join(map(str, shape)) for name, shape in settings.input_shapes.items()}),
    )
    for title, table in tables:
        if table:
            lines += [f"[{title}]", *(f"{shown(key)} = {shown(value)}" for key, value in table.items())]
    for code, given in settings.rule_options.items():
        lines += [f"[rule-options.{code}]", *(f"{name} = {shown(value)}" for name, value in given.items())]
    for name, said in settings.custom_layers.items():
        lines.append(f"[custom-layers.{shown(name)}]")
        if said.output_shape is not None:
            shape = said.output_shape
            lines.append(f"output-shape = {shown(shape if shape == 'same' else ','.join(map(str, shape)))}")
        if said.params is not None:
            lines.append(f"params = {said.params}")
    for files, silenced in settings.suppress:
        lines.append("[[suppress]]")
        for key, values in (
            ("rules", silenced.rules), ("files", files), ("layers", silenced.layers), ("pointers", silenced.pointers),
        ):  # fmt: skip
            lines += [f"{key} = {shown(list(values))}"] if values else []
    for files, limits in settings.budgets:
        lines += ["[[budgets]]", f"files = {shown(list(files))}"]
        lines += [f"{key} = {limit}" for key, limit in limits.items()]
    return "".join(line + "\n" for line in lines)
