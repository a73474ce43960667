"""Edits of a JSON file that cannot change what its model computes.

    findings ──FIXES──> edits ──apply──> text, otherwise unchanged

`rules` maps a finding's code to edits; `edits` applies them; `fix` repeats both until nothing is left, and verifies
that the model is unchanged.
"""

from __future__ import annotations

from lstmlint.fixing.fix import Fixed, fix

__all__ = ["Fixed", "fix"]
