"""Python programs and notebooks that build Keras models, read without running them.

`interpret` follows a program on its syntax tree, from top to bottom as `__main__`, with the values that it knows. What it
does not know are named unknowns. It then follows the functions, methods, and classes that build a model and are not called.
Nothing of the program is imported, evaluated, or run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lstmlint.python.keras_names import looks_like_keras
from lstmlint.python.program import Program
from lstmlint.python.source import SourceText

if TYPE_CHECKING:
    from lstmlint.reading.document import Document


def interpret(
    source: SourceText,
    values: Mapping[str, Any],
    shapes: Callable[[Document], Any],
    targets: Sequence[str] = (),
    described: Collection[str] = (),
) -> Program:
    """Return the models of a program.

    Args:
        source: The program.
        values: What unknowns are: a name as written -> a number, a str, or a tuple.
        shapes: The inference. It is asked when the program reads the shape of a tensor, and returns what has `outputs`,
            a list of shapes.
        targets: The releases of Keras that decide the dialect where the program does not.
        described: The classes of layers whose outputs and parameters `shapes` knows from the settings.

    Raises: nothing, whatever the program contains.
    """
    from lstmlint.python.running import run

    return run(source, values, shapes, targets, described)


__all__ = ["Program", "interpret", "looks_like_keras"]
