"""Edits that cannot change what a model computes, made in the text of its JSON file.

    findings ──FIXES──> edits ──apply──> text, in which everything else stands as it stood

`rules` holds, by a finding's code, what is to be edited; `edits` makes the edits; `fix` does both until nothing is
left to do, and makes sure that the model is still the same.
"""

from __future__ import annotations

from lstmlint.fixing.fix import Fixed, fix

__all__ = ["Fixed", "fix"]
