"""Input shapes given by the user."""

from __future__ import annotations

from dataclasses import dataclass, field

from lstmlint.model.shapes import Shape


@dataclass(slots=True)
class Bindings:
    """Input shapes given by the user: shapes by input name ('' for the only input), batch, timesteps.

    Shapes do not include the batch dimension.
    """

    input_shapes: dict[str, tuple[int | None, ...]] = field(default_factory=dict)
    batch: int | None = None
    timesteps: int | None = None

    def bind(self, name: str, shape: Shape) -> Shape:
        """Return the shape of the input `name` with unknown dimensions replaced by the user's."""
        given = self.input_shapes.get(name, self.input_shapes.get(""))
        if given is not None:
            batch = shape[0] if shape else None
            shape = (batch, *given)
        if shape and self.batch is not None and shape[0] is None:
            shape = (self.batch, *shape[1:])
        if shape and self.timesteps is not None and len(shape) in (2, 3, 5) and shape[1] is None:
            shape = (shape[0], self.timesteps, *shape[2:])
        return shape

    def __bool__(self) -> bool:
        return bool(self.input_shapes) or self.batch is not None or self.timesteps is not None
