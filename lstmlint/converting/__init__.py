"""A model of any dialect as Keras 3 writes it, or why that cannot be said in Keras 3.

    ModelSpec + what inference says of it ──write──> dict ──check──> Conversion

`writer` makes models, layers and calls; `arguments` says in Keras 3's words what a layer's config says; `values`
does the same for initializers and the like, `tensorflow` for functions of TensorFlow; `checking` reads the result
as Keras 3 would and compares it with where it came from.
"""

from __future__ import annotations

from lstmlint.converting.writer import Conversion, Note, convert

__all__ = ["Conversion", "Note", "convert"]
