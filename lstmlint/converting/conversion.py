"""Converting a model: write it for the target, and check the result."""

from __future__ import annotations

from lstmlint.converting.checking import TensorContext, check, errors_in
from lstmlint.converting.keras2 import Keras2Writer
from lstmlint.converting.notes import Conversion
from lstmlint.converting.target import Target
from lstmlint.converting.writer import Writer
from lstmlint.inference import Graph, graph_of, summarize
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.releases import KERAS3, TFJS
from lstmlint.model.spec import ModelSpec


def convert(
    spec: ModelSpec, release: str = KERAS3[-1], allow_changes: bool = False, weights: bool = False
) -> Conversion:
    """Convert a model to a release of Keras.

    release: its name, as `parse_target` in config/targets.py returns it. Default: the newest Keras 3.
    allow_changes: whether to accept changes of computed values that keep counts and shapes.
    weights: whether stored weights are converted, too.
    """
    context = TensorContext(spec.dialect, weights)
    graph = graph_of(spec, context)
    graph.infer()
    before = summarize(graph)
    target = Target(release)
    result, taken = write(spec, target, context, graph, before, frozenset())
    if taken:
        result, _ = write(spec, target, context, graph, before, frozenset(taken))
    if result.refusals or (result.changes and not allow_changes):
        result.model = None
    return result


def write(
    spec: ModelSpec, target: Target, context: TensorContext, graph: Graph, before: ModelSummary, avoided: frozenset[str]
) -> tuple[Conversion, set[str]]:
    """Write and check a model. avoided: names that layers must not have.

    Returns: the conversion, and the names of layers that have to be avoided.
    """
    result = Conversion()
    writer = writer_for(target)(spec, target, context, result, avoided)
    if not spec.wired:
        result.refuse(None, "it is a subclassed model, whose file does not record how its layers are connected")
        return result, set()
    result.model = writer.document(spec, graph)
    if target.release == TFJS:
        from lstmlint.converting.tfjs import check_masks, check_shapes

        check_masks(before, result)
        check_shapes(before, result)
    for layer, message, pointer in errors_in(before, [*spec.problems, *context.problems]):
        result.refuse(layer, message, pointer)
    taken = set() if result.refusals else check(before, result.model, target, writer.renamed, result)
    return result, taken


def writer_for(target: Target) -> type[Writer]:
    """Return the class that writes the target's dialect."""
    if target.family == "keras3":
        return Writer
    if target.release == TFJS:
        from lstmlint.converting.tfjs import TfjsWriter

        return TfjsWriter
    return Keras2Writer
