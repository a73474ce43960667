"""Random calls of every operation of keras.ops, most of them valid.

A function per operation draws (config, arguments). The other operations are drawn from their parameter names.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from lstmlint.signatures.keras3 import REQUIRED
from lstmlint.signatures.operations import SIGNATURES
from tests.op_nodes import tensor
from tests.referee import op_array_draws, op_window_draws
from tests.referee.op_array_draws import pair_of_shapes
from tests.referee.op_shapes import axis, rank_of, some

SPECIAL = {**op_array_draws.SPECIAL, **op_window_draws.SPECIAL}
BY_NAME: dict[str, Callable[[Random], Any]] = {
    "keepdims": lambda r: r.random() < 0.4,
    "dtype": lambda r: r.choice(
        (None, None, "int32", "float16", "bool", "nonsense") if r.random() < 0.2 else (None, "int32")
    ),
    "k": lambda r: r.choice((0, 1, -2)),
    "n": lambda r: r.choice((1, 2, 5)),
    "kth": lambda r: r.choice((0, 1, 1.5)),
    "shift": lambda r: r.choice((1, [1])),
    "x_min": lambda r: 0,
    "x_max": lambda r: 1.0,
    "N": lambda r: r.choice((None, 3)),
    "offset": lambda r: r.choice((0, 1)),
    "num_segments": lambda r: r.choice((None, 4)),
    "threshold": lambda r: 0.5,
    "default_value": lambda r: 0.0,
    "newshape": lambda r: [-1],
    "weights": lambda r: None,
}
BROADCASTING = {"x1", "x2"}


def draw(r: Random, name: str) -> dict[str, Any]:
    """Draw a node of the operation."""
    _, _, init, call = SIGNATURES[name]
    if name in SPECIAL:
        config, args = SPECIAL[name](r)
        if "keepdims" in init and "keepdims" not in config:
            config["keepdims"] = r.random() < 0.4
    elif call.keys() >= BROADCASTING:
        config, args = {}, pair_of_shapes(r)[1]
    elif "y" in call:
        config, args = {}, [some(r), r.choice((some(r), 2))]
    else:
        args = [some(r) for default in call.values() if default is REQUIRED]
        config = {}
        for parameter, default in init.items():
            if parameter == "axis":
                config["axis"] = axis(r, rank_of(args[0]), several=r.random() < 0.7, none=default is None)
            elif parameter == "axes":
                config["axes"] = axis(r, rank_of(args[0]), several=True, none=False)
            elif parameter in BY_NAME:
                config[parameter] = BY_NAME[parameter](r)
            elif default is REQUIRED:
                raise ValueError(f"{name} needs a drawer: {parameter}")
    return {"op": name, "config": config, "args": args, "kwargs": {}}


JUNK: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 7, 2.5, -0.5, "x", "same", "1", [], [1], [0, 1], [-1], ["a"], [None], [1.5],
    [[0, 1], [1, 2]],
)  # fmt: skip
# NumPy's results for these make no sense.
NUMPY_ONLY = {"Conv", "DepthwiseConv", "SeparableConv", "MaxPool", "AveragePool", "DepthToSpace", "SpaceToDepth"}


def damage(r: Random, node: dict[str, Any]) -> dict[str, Any] | None:
    """Damage a node in one place, usually; return None if no tensor is left."""
    config, args = node["config"], node["args"]
    _, _, init, call = SIGNATURES[node["op"]]
    own = [name for name in init if not name.startswith("*")]
    what = r.random()
    if what < 0.45 and own:
        if node["op"] in NUMPY_ONLY:
            return None
        config[r.choice(own)] = r.choice(JUNK)
    elif what < 0.5 and config:
        config.pop(r.choice(list(config)))
    elif what < 0.55:
        config["nonsense"] = 1
    elif what < 0.75 and len(args) > 1:
        args[r.randrange(1, len(args))] = r.choice((*JUNK, tensor(None, 3), tensor(None, 3)))
    elif what < 0.8:
        args.append(r.choice(JUNK))
    elif what < 0.85:
        args.pop()
    elif what < 0.92 and 1 < len(args) <= len(call) and not any(name.startswith("*") for name in call):
        node["kwargs"] = {list(call)[len(args) - 1]: args.pop()}
    else:
        node["kwargs"] = {r.choice(["axis", "foo", *own]): r.choice(JUNK)}
    return node if _has_tensor(args) or _has_tensor(list(node["kwargs"].values())) else None


def _has_tensor(value: Any) -> bool:
    if isinstance(value, dict):
        return "tensor" in value
    return isinstance(value, list) and any(map(_has_tensor, value))
