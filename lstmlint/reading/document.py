"""Documents: plain dicts and lists, and the position of each in the text."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from reprlib import repr as short
from typing import TYPE_CHECKING, Any

from lstmlint.model.findings import Problem, ReadError

if TYPE_CHECKING:
    from lstmlint.reading.stored_weights import StoredWeights
    from lstmlint.reading.weight_values import Asset, Opener

# (line, column, text starting at the #)
Comment = tuple[int, int, str]
Comments = Callable[[], list[Comment]]
Locator = Callable[[str], tuple[int, int]]


@dataclass(slots=True)
class Document:
    """The decoded content of a file. `data` consists of dict, list, str, int, float, bool, and None.

    model_pointer: the JSON pointer of the model in `data` ("" if it is `data` itself).
    locator: pointer -> (line, column), 1-based; called only for findings.
    training_config: an HDF5 attribute, or a part of `data` outside the model at `training_pointer`.
    stored_weights: reads the headers of the weights stored with the model, if there are any.
    weight_values: opens their values.
    assets: opens the files that a .keras archive holds for layers, by their paths.
    comments: comments about lstmlint, in a text format that has comments.
    wired: whether the model records how its layers are connected.
    text: the text that lines and columns are about; None for a binary file.
    problems: problems that did not stop the reading (duplicate keys, NaN, unusual YAML tags).
    """

    path: str
    container: str
    data: Any
    model_pointer: str = ""
    locator: Locator | None = None
    training_config: Any = None
    training_pointer: str = ""
    keras_version: str | None = None
    backend: str | None = None
    stored_weights: Callable[[], StoredWeights | None] | None = None
    weight_values: Opener | None = None
    assets: Callable[[], AbstractContextManager[dict[str, Asset]]] | None = None
    problems: list[Problem] = field(default_factory=list)
    comments: Comments | None = None
    wired: bool = True
    text: str | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        return f"<Document {short(self.path)} ({self.container})>"

    def readable_weights(self) -> StoredWeights | None:
        """Return the headers of the stored weights; None if there are none, or they cannot be read."""
        try:
            return self.stored_weights() if self.stored_weights is not None else None
        except (ReadError, OSError):
            return None  # the analysis reports it

    @property
    def model(self) -> Any:
        """The part of `data` that describes the model."""
        value = self.data
        for token in self.model_pointer.split("/")[1:]:
            value = value[token.replace("~1", "/").replace("~0", "~")]
        return value

    def locate(self, pointer: str) -> tuple[int, int]:
        """Return the line and column (1-based) of a pointer; (1, 1) if the container has no lines."""
        if self.locator is None:
            return 1, 1
        return self.locator(pointer)
