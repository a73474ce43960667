"""Conversion of a model of any dialect to Keras 3.

    ModelSpec + ModelSummary ──write──> dict ──check──> Conversion

`writer` writes models, layers, and calls; `arguments` translates a layer's config, `values` initializers and similar
objects, and `tensorflow` functions of TensorFlow. `checking` reads the result as Keras 3 does and compares it with the
original.
"""

from __future__ import annotations

from lstmlint.converting.conversion import convert
from lstmlint.converting.notes import Conversion, Note

__all__ = ["Conversion", "Note", "convert"]
