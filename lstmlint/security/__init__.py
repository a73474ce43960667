"""What a file can do to whoever loads it with Keras. Nothing in it is decoded further than base64, imported or run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lstmlint.model.findings import Problem
from lstmlint.reading.document import Document
from lstmlint.reading.survey import Survey

# Modules whose objects Keras itself writes.
_USUAL_MODULES = frozenset(
    {
        None, "keras", "keras.layers", "keras.initializers", "keras.regularizers", "keras.constraints", "keras.losses",
        "keras.metrics", "keras.optimizers", "keras.optimizers.schedules", "keras.activations",
        "keras.dtype_policies", "keras.random", "keras.src.models.functional",
        "keras.src.models.sequential", "keras.src.engine.functional", "keras.src.ops.numpy", "keras.src.ops.nn",
        "tf_keras.src.engine.functional",
    }
)  # fmt: skip
# Classes that need a closer look.
CLOSER = frozenset(
    {
        "function", "Lambda", "__lambda__", "__bytes__", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFOpLambda",
        "StringLookup", "IntegerLookup", "TextVectorization",
    }
)  # fmt: skip


def check(
    survey: Survey, document: Document | None, targets: tuple[str, ...], allowed: Iterable[str] = ()
) -> Iterator[Problem]:
    """Yield the security problems of a file.

    document: None if the file is not a model. targets: the releases that the user loads it with; none for all.
    allowed: modules besides Keras's own that the user trusts.
    """
    known = [] if document is None else document.problems
    yield from (problem for problem in survey.problems if not any(problem is one for one in known))
    if survey.members:
        from lstmlint.security import archives

        yield from archives.check(survey.members, targets)
    if survey.odd or survey.lost or not all(map(_is_usual, survey.classes)):
        from lstmlint.security import objects

        yield from objects.check(survey, document, targets, tuple(allowed))


def _is_usual(path: tuple[object, object, object]) -> bool:
    class_name, module, registered = path
    if class_name in CLOSER or module not in _USUAL_MODULES:
        return False
    return registered in (None, class_name) or (module is None and isinstance(registered, str))
