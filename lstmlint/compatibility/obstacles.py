"""Verdicts: whether a release loads a model, and what stops it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from lstmlint.fixing.edits import Edit

Kind = Literal["class", "argument", "structure", "code", "weights", "refused", "custom"]
# The rule that reports each kind of obstacle for a target.
CODES: dict[Kind, str] = {
    "class": "P621", "argument": "P622", "structure": "P623", "code": "P624", "weights": "P625", "refused": "P626",
    "custom": "P621",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something in a file that stops a release.

    kind: what it is. subject: the class, argument or key, as a summary names it. message: the cause as a sentence
        without the release. help: what to do.
    pointer, layer, line, column: where it is.
    edit: the change of the file that removes the obstacle and nothing else, if there is one.
    action: the edit in the imperative, for a summary. note: the value in the file.
    mendable: whether the model can be changed or converted without loss so that the release loads it.
    """

    kind: Kind
    subject: str
    message: str
    help: str
    pointer: str
    layer: str | None = None
    edit: Edit | None = None
    mendable: bool = False
    action: str = ""
    note: str = ""
    line: int = 1
    column: int = 1

    @property
    def code(self) -> str:
        """The code of the rule that reports the obstacle."""
        return CODES[self.kind]


@dataclass(slots=True)
class Verdict:
    """Whether a release loads a file.

    loads: None if that depends on something outside the file, such as custom objects.
    obstacles: in the order in which the release meets them; the first one raises the error.
    """

    release: str
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def loads(self) -> bool | None:
        """Whether the release loads the file."""
        if not self.obstacles:
            return True
        return None if all(obstacle.kind == "custom" for obstacle in self.obstacles) else False

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as an entry of the JSON report."""
        return {
            "release": self.release,
            "loads": self.loads,
            "obstacles": [
                {
                    "code": obstacle.code,
                    "message": obstacle.message,
                    "help": obstacle.help,
                    "pointer": obstacle.pointer,
                    "line": obstacle.line,
                    "column": obstacle.column,
                    "layer": obstacle.layer,
                    "mendable": obstacle.mendable,
                }
                for obstacle in self.obstacles
            ],
        }
