"""The Keras that a conversion writes for."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.model.releases import KERAS3, TFJS, is_keras3, label
from lstmlint.model.spec import Dialect


@dataclass(frozen=True, slots=True)
class Target:
    """A release, by its name in model/releases.py."""

    release: str

    @property
    def family(self) -> Dialect:
        """The dialect that it reads."""
        return "keras3" if is_keras3(self.release) else "keras2"

    @property
    def label(self) -> str:
        """What messages call it. The newest Keras 3 is the one that users mean by Keras 3."""
        return "Keras 3" if self.release == KERAS3[-1] else label(self.release)

    @property
    def generation(self) -> str:
        """What messages call all releases of its dialect."""
        if self.release == TFJS:
            return self.label
        return "Keras 3" if self.family == "keras3" else "tf.keras"
