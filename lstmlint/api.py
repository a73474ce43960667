"""The commands as functions: explain, count, diff, convert and compat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lstmlint.analysis import ModelSource, analyze, bytes_or_path, document_of, without_garbage_collection
from lstmlint.config.options import Options
from lstmlint.model.findings import ReadError, UsageError
from lstmlint.model.limits import enforced
from lstmlint.model.releases import ALL
from lstmlint.report import FileReport

if TYPE_CHECKING:
    from lstmlint.comparing import Comparison
    from lstmlint.compatibility import Verdict
    from lstmlint.converting.notes import Conversion
    from lstmlint.explaining import Explanation


def explain(
    source: ModelSource,
    layer: str | None = None,
    *,
    expect: int | None = None,
    options: Options | None = None,
    language: str = "en",
) -> Explanation:
    """Explain a model's number of parameters, weight by weight and gate by gate.

    Args:
        source: A model, in any form that `analyze` takes.
        layer: One of its layers; `encoder/lstm` for a layer of a nested model. Default: all.
        expect: A number of parameters that someone expected. The explanation says which mistakes lead to it.
        options: As for `analyze`.
        language: The language of the explanation: en, es, ru or zh.

    Returns:
        The explanation. `explanation.params` is the number of parameters, `explanation.to_dict()` the JSON form.

    Raises:
        UsageError: If the source does not hold a model, the model does not have the layer, its weights depend on a size
            that a program does not state, or there is no such language.
        OSError: If a path cannot be opened.
    """
    from lstmlint.explaining import explain_model

    report = analyze(source, options)
    if report.model is None:
        raise UsageError(unreadable(report))
    if report.origin is not None:
        from lstmlint.programs.naming import sizes_to_give

        question = sizes_to_give(report)
        if question is not None:
            raise UsageError(question)
    return explain_model(report.model, layer, expect, language)


def count(
    layer: str,
    input_shape: tuple[int | None, ...] | Sequence[tuple[int | None, ...]] | None = None,
    *,
    batch: int | None = None,
    expect: int | None = None,
    language: str = "en",
) -> Explanation:
    """Count the parameters of one layer, written as in Python. The layer is parsed, never evaluated.

    Args:
        layer: `LSTM(10, return_sequences=True)`, for instance.
        input_shape: The shape of the input without the batch: (timesteps, features) for an LSTM. A list of shapes for
            a layer with several inputs. Not needed if the layer states its own.
        batch: The batch size, for stateful layers.
        expect: A number of parameters that someone expected. The explanation says which mistakes lead to it.
        language: The language of the explanation: en, es, ru or zh.

    Returns:
        The explanation. `explanation.params` is the number of parameters.

    Raises:
        UsageError: If the text is not a Keras layer, Keras refuses the layer, an input shape is missing, or there is no
            such language.
    """
    from lstmlint.explaining import count_layer

    return count_layer(layer, input_shape, batch=batch, expect=expect, language=language)


def diff(
    old: ModelSource, new: ModelSource, *, max_increase: str | None = None, options: Options | None = None
) -> Comparison:
    """Compare two models: layers, shapes, parameters, bytes, MACs and findings.

    Args:
        old: A model, in any form that `analyze` takes.
        new: Another one.
        max_increase: How many more parameters the new model may have: "1000", "50k" or "5%". If it has more,
            `comparison.gate` holds the finding.
        options: As for `analyze`, for both models.

    Returns:
        The comparison. Its totals and layers are empty if one of the sources does not hold a model.

    Raises:
        UsageError: If `max_increase` is neither a number nor a percentage.
        OSError: If a path cannot be opened.
    """
    from lstmlint.comparing import apply_limit, compare, parse_limit

    limit = None if max_increase is None else parse_limit(max_increase, "max_increase")
    found = compare(analyze(old, options), analyze(new, options))
    if limit is not None:
        apply_limit(found, limit, options or Options())
    return found


def convert(source: ModelSource, *, to: str = "keras3", allow_changes: bool = False) -> Conversion:
    """Convert a model of any Keras to the JSON form of another.

    Args:
        source: A model, in any form that `analyze` takes.
        to: The release of Keras to convert to: "keras3" for the newest Keras 3, "3.4", or "tfjs", for instance.
        allow_changes: Convert even if that Keras computes other values, as long as counts and shapes are the same.

    Returns:
        The conversion. `conversion.model` is a dict for `keras.models.model_from_json(json.dumps(...))`, or for
        `tf.models.modelFromJSON(...)` of TensorFlow.js; it is None if the model cannot be converted, and
        `conversion.refusals` and `conversion.changes` say why.

    Raises:
        UsageError: If the source does not hold a model, or no release has the name `to`.
        OSError: If a path cannot be opened.
    """
    from lstmlint.config.targets import parse_target
    from lstmlint.converting.conversion import convert as convert_spec
    from lstmlint.parsing import ModelError, parse

    release = parse_target(to, "to")
    content, name = bytes_or_path(source)
    try:
        with without_garbage_collection(), enforced():
            return convert_spec(parse(document_of(content, name)), release, allow_changes)
    except (ReadError, ModelError) as error:
        raise UsageError(f"{name}: {error.message}") from error
    except RecursionError as error:
        raise UsageError(f"{name} is nested too deeply") from error


def compat(
    source: ModelSource, targets: str | Sequence[str] | None = None, *, options: Options | None = None
) -> list[Verdict]:
    """Return which releases of Keras load a model, and what stops the others.

    Args:
        source: A model, in any form that `analyze` takes.
        targets: Releases: "3.4", ">=3.3,<3.10", or a list of such texts. Default: all that lstmlint knows.
        options: As for `analyze`.

    Returns:
        A verdict per release, from oldest to newest. `verdict.loads` is True, False, or None if the release loads the
        model only with custom objects. `verdict.obstacles` says what stops it, in the order in which it reads the file.

    Raises:
        UsageError: If the source does not hold a model, or a target is not a known release.
        OSError: If a path cannot be opened.
    """
    from lstmlint.config.targets import parse_targets

    releases = ALL
    if targets is not None:
        releases = parse_targets(targets if isinstance(targets, str) else ",".join(targets), "targets")
    report = analyze(source, replace(options or Options(), compat=releases))
    if report.origin is not None:
        from lstmlint.programs.naming import about_compat

        raise UsageError(about_compat(report.origin))
    if report.compat is None:
        raise UsageError(unreadable(report))
    return report.compat


def unreadable(report: FileReport) -> str:
    """Return the reason why a report has no model."""
    return f"{report.path}: {report.findings[0].message}" if report.findings else f"{report.path} cannot be read"
