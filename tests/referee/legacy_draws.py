"""Random options for the layers of tf_keras that Keras 3 no longer has."""

from __future__ import annotations

import random
from typing import Any

FAMILY: list[str] = []
NOT_IN_TF_KERAS: frozenset[str] = frozenset()
ONLY_IN_TF_KERAS = ["LocallyConnected1D", "LocallyConnected2D", "ThresholdedReLU"]


class Drawer:
    """Draws random rows for tests.layer_rows."""

    def __init__(self, seed: int, dialect: str) -> None:
        self.random = random.Random(seed)

    def number(self, high: int, low: int = 1) -> int:
        return self.random.randint(low, high)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def draw(self, name: str) -> dict[str, Any]:
        """Return a layer and the shape of its input."""
        if name == "ThresholdedReLU":
            config: dict[str, Any] = {"theta": self.random.choice([0.0, 0.5, 2, -1.0])} if self.chance(0.8) else {}
            shape: list[int | None] = [None, *(self.number(6) for _ in range(self.number(3)))]
        else:
            config, shape = self.locally_connected(1 if name.endswith("1D") else 2)
        return {"layer": {"class_name": name, "config": {"name": "layer", **config}}, "inputs": [shape]}

    def locally_connected(self, rank: int) -> tuple[dict[str, Any], list[int | None]]:
        """Draw options that change a shape or a weight, and a few that Keras refuses."""
        config: dict[str, Any] = {
            "filters": self.number(4),
            "kernel_size": self.number(5) if self.chance(0.5) else [self.number(5) for _ in range(rank)],
        }
        if self.chance(0.7):
            config["strides"] = self.number(3) if self.chance(0.5) else [self.number(3) for _ in range(rank)]
        if self.chance(0.7):
            config["implementation"] = self.random.choice([1, 2, 3, 3, 4])
        if self.chance(0.6):
            config["padding"] = self.random.choice(["valid", "same", "SAME", "causal"])
        if self.chance(0.3):
            config["use_bias"] = False
        channels: int | None = self.number(3) if self.chance(0.95) else None
        space: list[int | None] = [self.number(9) if self.chance(0.95) else None for _ in range(rank)]
        shape = [*space, channels]
        if self.chance(0.5):
            config["data_format"] = self.random.choice(["channels_first", "channels_last"])
            if config["data_format"] == "channels_first":
                shape = [channels, *space]
        if self.chance(0.05):
            shape = shape[1:]
        return config, [self.random.choice([None, 4]), *shape]
