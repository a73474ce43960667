"""Conversion of whole files: the weights follow the config.

    StoredWeights ──locate──> variables of the source ──match──> variables of the result ──write──> .keras, .h5, TensorFlow.js

`tree` arranges the variables of a model as Keras's objects hold them, `sources` finds them in a file, `matching` pairs
those of two models, with the table of rearrangements in `transforms`; `targets` knows how each release names and orders
them, and `writing` copies the values, one tensor at a time. `files` puts a file together and replaces the old one.
"""

from __future__ import annotations

from lstmlint.converting.archives.files import WHOLE, Written, container_of, write_model

__all__ = ["WHOLE", "Written", "container_of", "write_model"]
