"""The findings on custom objects (E004, E007): what a class may be, what the file records of it, and how it loads."""

from __future__ import annotations

import re
from functools import lru_cache

from lstmlint import layers as registry
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.suggestions import closest
from lstmlint.validation.third_party import describe

CUSTOM_OBJECTS = "it loads only with custom_objects"
# What else is true, by container.
LOADS = {
    "tfjs": "TensorFlow.js loads it only if tf.serialization.registerClass has registered the class",
    "saved_model": "without custom_objects, tf.keras restores only the operations of the layer",
}

_SETTINGS = "Describe it in the settings under custom-layers."
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def complete(model: ModelSummary) -> None:
    """Add to each E004 what the file records of the class, and say how its container loads custom objects.

    Called after stored weights have been read.
    """
    found = [problem for problem in model.problems if "unknown_class" in problem.data]
    rows = {id(row.spec): row for row in model.walk()}
    by_class: dict[str, list[LayerSummary | None]] = {}
    for problem in found:
        by_class.setdefault(problem.data["unknown_class"], []).append(rows.get(id(problem.data["spec"])))
    for problem in found:
        name = problem.data["unknown_class"]
        problem.help = advice(name, recorded(by_class[name]))
    if model.spec.container in LOADS:
        for problem in model.problems:
            _say_how_it_loads(problem, model.spec.container)


def _say_how_it_loads(problem: Problem, container: str) -> None:
    """Correct a finding on a custom object for a container that loads them in another way."""
    if "function" in problem.data and container == "tfjs":  # of a layer that TensorFlow.js does not have
        problem.message = problem.message.replace(CUSTOM_OBJECTS, f"in Python, {CUSTOM_OBJECTS}")
    if not problem.data.keys() & {"unknown_class", "custom"}:
        return
    if CUSTOM_OBJECTS in problem.message:
        problem.message = problem.message.replace(CUSTOM_OBJECTS, LOADS[container])
    elif container == "saved_model" and "is not a built-in" in problem.message:  # a lambda expression
        problem.message = problem.message.replace("Keras refuses it", LOADS[container])
        problem.help = "Use a named function, and register it."
    else:
        return
    if container == "saved_model":
        problem.severity = "info"


def recorded(rows: list[LayerSummary | None]) -> str:
    """Say which shapes and weights of a class are known. None: a layer inside another one."""
    layers = [row for row in rows if row is not None]
    shapes = len(layers) == len(rows) and all(row.output_shape is not None for row in layers)
    params = sum(row.params or 0 for row in layers)
    stored = f"The weights stored for it are counted: {params:,} parameters." if params else "It has no stored weights."
    if len(layers) == len(rows) and all(row.params is not None for row in layers):
        return stored if shapes else f"{stored} Its output shape is unknown. {_SETTINGS}"
    if shapes:
        return f"Its shapes are recorded in the file, but its weights are unknown. {_SETTINGS}"
    return f"Its shapes and weights are unknown. {_SETTINGS}"


def advice(class_name: str, known: str = f"Its shapes and weights are unknown. {_SETTINGS}") -> str:
    """Return the advice for a class that may be custom. known: what is known of it."""
    if third_party := describe(class_name):
        return f"{third_party} {known}"
    close = suggestion(class_name, 0.8)
    return f"Did you mean {close}?" if close else known


@lru_cache(maxsize=1024)
def suggestion(class_name: str, cutoff: float) -> str | None:
    """Return the layer of Keras that a misspelled name means; None for a name composed of others."""
    name, names = re.split(r"[.>]", class_name)[-1], registry.known_names()
    letters = sorted(name.casefold())
    same = (known for known in names if sorted(known.casefold()) == letters)  # Lstm, LTSM
    close = next(same, None) or closest(name, names, cutoff)
    return None if close is None or _is_another(name, close) else close


def _is_another(name: str, known: str) -> bool:
    """Check whether a name differs by whole words or in its rank: AttentionLSTM, Deconvolution3D."""
    mine, theirs = ({word for word in _WORD.findall(part) if word != "D"} for part in (name, known))
    return mine > theirs or mine < theirs or re.findall(r"\d", name) != re.findall(r"\d", known)
