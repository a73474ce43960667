"""Random rows for recurrent layers, their cells and wrappers, and the simplest core layers.

Most are valid; some have one mistake that both Keras and lstmlint should refuse. Weights are compared by their own
names, because Keras puts those of a recurrent layer into its cell.
"""

from __future__ import annotations

from random import Random
from typing import Any

Row = dict[str, Any]
Shape = list[int | None]

CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell")
GATED = ("LSTM", "GRU", "SimpleRNN")
FAMILY = [
    *GATED, *CELLS, "RNN", "StackedRNNCells", "Bidirectional", "TimeDistributed", "ConvLSTM1D", "ConvLSTM2D",
    "ConvLSTM3D", "Activation", "Dropout", "Masking", "Identity", "Dense", "Embedding",
]  # fmt: skip
NOT_IN_TF_KERAS: frozenset[str] = frozenset()


class Drawer:
    """Draws rows for tests.layer_rows with the layers and options of one dialect."""

    def __init__(self, seed: int, dialect: str = "keras3") -> None:
        self.random = Random(seed)
        self.dialect = dialect

    def number(self, high: int, low: int = 1) -> int:
        return self.random.randint(low, high)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def nested(self, name: str, config: dict[str, Any]) -> dict[str, Any]:
        """Return a layer inside another one, as the dialect writes it."""
        head = {"module": "keras.layers", "registered_name": None} if self.dialect == "keras3" else {}
        return {**head, "class_name": name, "config": config}

    def draw(self, name: str) -> Row:
        """Draw a row for a layer class."""
        kind = {**dict.fromkeys(GATED, "gated"), **dict.fromkeys(CELLS, "cell")}.get(name, name.lower())
        maker = getattr(self, f"draw_{'convlstm' if kind.startswith('convlstm') else kind}", self.draw_plain)
        row: Row = maker(name)
        row["leaf"] = True
        return row

    def row(self, name: str, config: dict[str, Any], inputs: list[Shape], **call: Any) -> Row:
        if self.chance(0.07):
            config["trainable"] = False
        row: Row = {"layer": {"class_name": name, "config": {"name": "layer", **config}}, "inputs": inputs}
        if call:
            row["call"] = call
        return row

    def gates(self, name: str) -> dict[str, Any]:
        """Draw the arguments that a recurrent layer and its cell share."""
        config: dict[str, Any] = {"units": self.number(6) if self.chance(0.96) else 0}
        if self.chance(0.4):
            config["use_bias"] = self.chance(0.3)
        if self.chance(0.3):
            config["activation"] = self.random.choice(["relu", "linear", "tanh", "sigmoid"])
        if self.chance(0.2):
            config["dropout"] = self.random.choice([0.2, 1.5, -0.5])
        if name.startswith("GRU") and self.chance(0.6):
            config["reset_after"] = self.chance(0.5)
        return config

    def sequence(self) -> Shape:
        shape: Shape = [None if self.chance(0.7) else 3, self.random.choice([None, 1, 4, 7]), self.number(5)]
        if self.chance(0.05):
            shape[2] = None
        if self.chance(0.05):
            shape = [*shape, 2] if self.chance(0.5) else shape[:2]
        return shape

    def modes(self) -> dict[str, Any]:
        """Draw the arguments that all recurrent layers have."""
        return {
            option: True
            for option, share in (
                ("return_sequences", 0.5), ("return_state", 0.3), ("go_backwards", 0.2), ("stateful", 0.15),
                ("unroll", 0.1), ("zero_output_for_mask", 0.1),
            )
            if self.chance(share) and (option != "zero_output_for_mask" or self.dialect == "keras3")
        }  # fmt: skip

    def draw_gated(self, name: str) -> Row:
        config = {**self.gates(name), **self.modes()}
        if self.dialect == "keras2" and self.chance(0.2):
            config["time_major"] = True
        shape = self.sequence()
        if self.chance(0.25):
            states = 2 if name == "LSTM" else 1
            given: list[Shape] = [[shape[0], config["units"] or 1] for _ in range(states)]
            call = {"initial_state": [f"${number + 1}" for number in range(states)]}
            return self.row(name, {**config, "time_major": False} if self.dialect == "keras2" else config,
                            [shape, *given], args=["$0"], kwargs=call)  # fmt: skip
        return self.row(name, config, [shape])

    def draw_cell(self, name: str) -> Row:
        config = self.gates(name)
        units = config["units"] or 1
        states = 2 if name == "LSTMCell" else 1
        inputs: list[Shape] = [[None, self.number(5)], *([None, units] for _ in range(states))]
        return self.row(name, config, inputs, args=["$0", [f"${number + 1}" for number in range(states)]])

    def cell(self) -> dict[str, Any]:
        name = self.random.choice(CELLS)
        return self.nested(name, {"name": f"cell_{self.number(10**6)}", **self.gates(name)})

    def draw_rnn(self, name: str) -> Row:
        if self.chance(0.5):
            cell: Any = self.cell()
        else:
            cells = [self.cell() for _ in range(self.number(3))]
            cell = self.nested("StackedRNNCells", {"name": "stack", "cells": cells})
        shape = self.sequence()
        return self.row(name, {"cell": cell, **self.modes()}, [shape[:3] if len(shape) > 3 else shape])

    def draw_stackedrnncells(self, name: str) -> Row:
        return self.draw_rnn("RNN")

    def draw_bidirectional(self, name: str) -> Row:
        kind = self.random.choice(GATED)
        layer = {"name": "rnn", **self.gates(kind), **self.modes()}
        config: dict[str, Any] = {"layer": self.nested(kind, layer)}
        if self.chance(0.6):
            config["merge_mode"] = self.random.choice(["concat", "sum", "ave", "mul", None, "max"])
        if self.chance(0.3):
            back = {**layer, "name": "back", "go_backwards": not layer.get("go_backwards") or self.chance(0.1)}
            if self.chance(0.1):
                back["return_sequences"] = not layer.get("return_sequences")
            config["backward_layer"] = self.nested(kind, back)
        return self.row(name, config, [self.sequence()])

    def draw_timedistributed(self, name: str) -> Row:
        shape: Shape = [None, self.random.choice([None, 4]), *(self.number(8, 4) for _ in range(self.number(4)))]
        inside: list[tuple[str, dict[str, Any]]] = [
            ("Dense", {"units": 3}), ("LSTM", {"units": 2}), ("Flatten", {}), ("BatchNormalization", {}),
            ("Conv1D", {"filters": 2, "kernel_size": 3}), ("Dropout", {"rate": 0.5}), ("Reshape", {"target_shape": [-1]}),
        ]  # fmt: skip
        inner = self.random.choice(inside)
        layer = self.nested(inner[0], {"name": "inner", **inner[1]})
        if self.chance(0.2):
            layer = self.nested("TimeDistributed", {"name": "again", "layer": layer})
        return self.row(name, {"layer": layer}, [shape if self.chance(0.93) else shape[:2]])

    def draw_convlstm(self, name: str) -> Row:
        rank = int(name[-2])
        config: dict[str, Any] = {
            "filters": self.number(4),
            "kernel_size": self.number(4) if self.chance(0.5) else [self.number(4) for _ in range(rank)],
        }
        for option, values in (
            ("strides", [1, 2, [2] * rank, [2.0] * rank, 2.0]), ("padding", ["same", "valid"]),
            ("dilation_rate", [1, 2, [True, *[2.0] * (rank - 1)]]),
            ("use_bias", [False]), ("data_format", ["channels_first", "channels_last"]),
        ):  # fmt: skip
            if self.chance(0.4):
                config[option] = self.random.choice(values)
        modes = self.modes()
        modes.pop("unroll", None)
        modes.pop("zero_output_for_mask", None)
        space: list[int | None] = [self.number(9, 3) for _ in range(rank)]
        if self.chance(0.05) and self.dialect == "keras3":  # tf_keras loses all dimensions here
            space[0] = None
        channels = self.number(3)
        frame = [channels, *space] if config.get("data_format") == "channels_first" else [*space, channels]
        shape: Shape = [None if self.chance(0.7) else 2, self.random.choice([None, 3]), *frame]
        return self.row(name, {**config, **modes}, [shape])

    def draw_dense(self, name: str) -> Row:
        config: dict[str, Any] = {"units": self.number(6)}
        if self.chance(0.4):
            config["use_bias"] = False
        shape: Shape = [None, *(self.number(5) for _ in range(self.number(3)))]
        if self.chance(0.1):
            shape[-1] = None
        return self.row(name, config, [shape if self.chance(0.95) else [4]])

    def draw_embedding(self, name: str) -> Row:
        config: dict[str, Any] = {"input_dim": self.number(50), "output_dim": self.number(6)}
        if self.chance(0.3):
            config["mask_zero"] = True
        return self.row(name, config, [[None, *(self.random.choice([None, 4]) for _ in range(self.number(3, 0)))]])

    def draw_plain(self, name: str) -> Row:
        config: dict[str, Any] = {}
        if name == "Activation":
            names = ["relu", "softmax", "tanh"]  # an unknown name may be a custom object in Keras 2
            config["activation"] = self.random.choice([*names, *(["no_such"] if self.dialect == "keras3" else [])])
        elif name == "Dropout":
            config["rate"] = self.random.choice([0.0, 0.5, 0.5, 1.0, 1.5])
        elif name == "Masking" and self.chance(0.5):
            config["mask_value"] = -1.0
        return self.row(name, config, [[None, *(self.random.choice([None, 4]) for _ in range(self.number(3)))]])
