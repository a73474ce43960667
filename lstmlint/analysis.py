"""The whole way, from bytes to findings: read, parse, infer, check."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmlint.findings import Finding, Problem, ReadError, Severity
from lstmlint.inference import Bindings, infer
from lstmlint.summary import ModelSummary

if TYPE_CHECKING:
    from lstmlint.baseline import Baseline
    from lstmlint.layers.described import Description
    from lstmlint.reading.document import Document
    from lstmlint.suppression import Suppression


@dataclass(slots=True)
class Options:
    """What the user wants of an analysis.

    select: codes, prefixes or names to run instead of the default set (None: the default); extend_select
    adds to it. ignore: codes, prefixes or names to leave out. severities: code -> severity.
    max_params: the budget; limits: other budgets by their options' names, "max-layer-params" for instance, for weights
    of weight_dtype, or of the file's dtypes where that is None. weights: whether to look at weights stored beside the
    model.
    custom_layers: class name -> what the user says of it. suppressions: findings to leave out, beside those that the
    file itself asks for. baseline: the findings that are known already. rule_options: code -> option of the rule ->
    value, in the range that the rule names.
    """

    bindings: Bindings = field(default_factory=Bindings)
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: dict[str, Severity] = field(default_factory=dict)
    max_params: int | None = None
    weights: bool = True
    custom_layers: Mapping[str, Description] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    weight_dtype: str | None = None
    suppressions: tuple[Suppression, ...] = ()
    baseline: Baseline | None = None
    rule_options: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(slots=True)
class FileReport:
    """What lstmlint says of one file. `model` is None where it could not be read as one.

    suppressions: of the settings: (their file, number of the entry, number of the rule in it) -> whether it left
    anything out here; those whose rule did not run are missing. known: how many findings the baseline left out.
    baseline: its entries that hold still, pointer -> code -> how many.
    """

    path: str
    container: str | None = None
    dialect: str | None = None
    model: ModelSummary | None = None
    findings: list[Finding] = field(default_factory=list)
    suppressions: dict[tuple[str, int, int], bool] = field(default_factory=dict)
    known: int = 0
    baseline: dict[str, dict[str, int]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The file's entry in the JSON report."""
        from lstmlint.reporting.json import file_to_dict

        return file_to_dict(self)


def analyze(source: str | Path | bytes, options: Options | None = None, *, name: str | None = None) -> FileReport:
    """Read a model config and say what can be said of it. Nothing in it is ever executed.

    source: a path (a string is one too), or the bytes themselves. name: the path to show in the report.
    Raises: OSError where a path cannot be opened. A file that is no model is a finding, not an error.
    """
    options = options or Options()
    path = Path(source) if isinstance(source, str) else source
    report = FileReport(name or ("<bytes>" if isinstance(path, bytes) else str(path)))
    try:
        with without_garbage_collection():
            return _analyze(path, options, report)
    except RecursionError:
        problem = Problem("E001", "the file is nested too deeply to be analyzed", "Flatten the model.")
    except ReadError as error:
        problem = Problem(error.code, error.message, error.help, data={"place": (error.line, error.column)})
    report.findings = name_findings([problem], options, None)
    if options.suppressions or options.baseline is not None:
        leave_out(report, options)
    return report


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """A large model is a great many live objects and no garbage: collecting would triple the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _analyze(path: Path | bytes, options: Options, report: FileReport) -> FileReport:
    from lstmlint import rules
    from lstmlint.parsing import ModelError, parse
    from lstmlint.reading import read

    document = read(path, report.path)
    report.container = document.container
    problems: list[Problem] = list(document.problems)
    try:
        spec = parse(document)
    except ModelError as error:
        problems.append(Problem(error.code, error.message, error.help, pointer=error.pointer))
    else:
        report.dialect = spec.dialect
        report.model = infer(spec, options.bindings, options.custom_layers)
        if options.weights and document.stored_weights is not None:
            problems += confirm_weights(report.model, document.stored_weights)
        problems += rules.run(
            report.model, lambda rule: wanted(rule.code, rule.name, rule.enabled, options), options.rule_options
        )
        problems += over_budget(report.model, options)
    report.findings = name_findings(problems, options, document.locate)
    asked = document.comments is not None or "lstmlint" in document.model or "lstmlint" in document.data
    if asked or options.suppressions or options.baseline is not None:
        leave_out(report, options, document)
    return report


def leave_out(report: FileReport, options: Options, document: Document | None = None) -> None:
    """Leave out what the settings or the file itself do not want to hear of, then what the baseline knows."""
    from lstmlint import suppression

    suppression.apply(report, options, document)
    if options.baseline is not None:
        options.baseline.withhold(report, options, document and document.locate)


def confirm_weights(model: ModelSummary, read_headers: Callable[[], Any]) -> list[Problem]:
    """Compare the model with the weights stored beside it. E012, where these cannot be read."""
    from lstmlint.witness import confirm

    try:
        stored = read_headers()
    except (ReadError, OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        message = f"the weights stored beside the model cannot be read: {error}"
        return [Problem("E012", message, "Save the model again; with --no-weights they are not looked at.")]
    if stored:
        confirm(model, stored)
    return []


def matches(code: str, name: str, selectors: tuple[str, ...]) -> bool:
    """Whether a rule is meant by one of the selectors: a code, the beginning of one, a name, or ALL."""
    return any(s == "ALL" or s == name or code.startswith(s) for s in selectors)


def wanted(code: str, name: str, enabled: bool, options: Options) -> bool:
    """Whether a rule is to run."""
    chosen = enabled if options.select is None else matches(code, name, options.select)
    chosen = chosen or matches(code, name, options.extend_select)
    return chosen and not matches(code, name, options.ignore)


def over_budget(model: ModelSummary, options: Options) -> list[Problem]:
    """C501 to C507 where the model costs more than allowed, or nobody can tell what it costs."""
    limits = dict(options.limits)
    if options.max_params is not None:
        limits["max-params"] = options.max_params
    if not limits:
        return []
    from lstmlint.rules import budget

    checks: dict[str, Callable[[int], Iterable[Problem]]] = {
        "max-params": lambda limit: budget.check_params(model, limit),
        "max-trainable-params": lambda limit: budget.check_trainable_params(model, limit),
        "max-layer-params": lambda limit: budget.check_layer_params(model, limit),
        "max-weight-bytes": lambda limit: budget.check_weight_bytes(model, limit, options.weight_dtype),
        "max-macs": lambda limit: budget.check_macs(model, limit),
        "max-activation-bytes": lambda limit: budget.check_activation_bytes(model, limit, options.bindings.batch or 1),
    }
    return [problem for name, limit in limits.items() for problem in checks[name](limit)]


def name_findings(problems: list[Problem], options: Options, locate: Any) -> list[Finding]:
    """Problems with their rules' names and severities and their places, in the order of the file."""
    if not problems:
        return []
    from lstmlint import rules

    table = rules.load()
    findings = []
    for problem in problems:
        rule = table.get(problem.code)
        message = problem.message
        if rule is None:
            rule, message = table["E099"], f"no rule for the code {problem.code}: {message}"
        if not wanted(rule.code, rule.name, rule.enabled, options):
            continue
        severity = options.severities.get(rule.code) or problem.severity or rule.severity
        line, column = problem.data.get("place") or (locate(problem.pointer) if locate else (1, 1))
        findings.append(
            Finding(
                rule.code,
                rule.name,
                severity,
                message,
                problem.help,
                problem.layer,
                problem.pointer,
                line,
                column,
            )
        )
    findings.sort(key=lambda finding: (finding.line, finding.column, finding.code))
    return findings
