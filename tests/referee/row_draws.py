"""Random rows for normalization, merging, attention, activation, noise, einsum and quantized layers.

Most are valid; some have one mistake that both Keras and lstmlint should refuse.
"""

from __future__ import annotations

from random import Random
from typing import Any

Row = dict[str, Any]
Shape = list[int | None]
POLICIES = (
    "float32", "mixed_bfloat16", "bfloat16", "int8_from_float32", "int8_from_mixed_bfloat16", "int8_from_float16",
    "int4_from_float32", "int4/-1_from_float32", "int4/2_from_bfloat16", "int4/3_from_float32", "int4/0_from_float32",
    "int4/x_from_float32", "float8_from_float32", "float8_from_mixed_bfloat16", "gptq/4/2_from_float32",
    "gptq/8/3_from_bfloat16", "gptq/2/-1_from_float32", "gptq/5/2_from_float32", "gptq_from_float32",
    "awq/4/2_from_float32", "awq/8/2_from_float32", "awq/4/-1_from_float32", "int8", "int8_of_float32",
)  # fmt: skip


MAP = {
    "module": "keras.dtype_policies", "class_name": "DTypePolicyMap", "registered_name": None,
    "config": {"default_policy": "mixed_bfloat16", "policy_map": {"layer/query": {
        "module": "keras.dtype_policies", "class_name": "QuantizedDTypePolicy", "registered_name": None,
        "config": {"mode": "int8", "source_name": "float32"}}, "layer/.*output": {
        "module": "keras", "class_name": "DTypePolicy", "registered_name": None, "config": {"name": "bfloat16"}}}},
}  # fmt: skip


class Drawer:
    """Draws rows with the layers and options of one dialect."""

    def __init__(self, seed: int, dialect: str = "keras3") -> None:
        self.random = Random(seed)
        self.dialect = dialect

    def dim(self, unknown: float = 0.1) -> int | None:
        return None if self.random.random() < unknown else self.random.randint(1, 6)

    def shape(self, ranks: tuple[int, ...] = (2, 3, 3, 4, 5), unknown: float = 0.1) -> Shape:
        rank = self.random.choice(ranks)
        return [self.random.choice((None, None, None, 2)), *(self.dim(unknown) for _ in range(rank - 1))]

    def some(self, **options: list[Any]) -> dict[str, Any]:
        """Draw each option with a probability of one half."""
        return {name: self.random.choice(values) for name, values in options.items() if self.random.random() < 0.5}

    def draw(self, name: str) -> Row:
        """Draw a row for a layer class."""
        maker = getattr(self, f"draw_{FAMILY.get(name, 'plain')}")
        row: Row = maker(name)
        return row

    def row(self, name: str, config: dict[str, Any], inputs: list[Shape], **call: Any) -> Row:
        if self.random.random() < 0.07:
            config["trainable"] = False
        row: Row = {"layer": {"class_name": name, "config": {"name": "layer", **config}}, "inputs": inputs}
        if call:
            row["call"] = call
        return row

    # Normalization ------------------------------------------------------------------------------------

    def axis(self, rank: int) -> int:
        axes: list[int] = [-1, -1, *range(-rank, rank), rank, -rank - 1]
        return self.random.choice(axes)

    def axes(self, rank: int) -> Any:
        if self.random.random() < 0.5:
            return self.axis(rank)
        if self.random.random() < 0.05:
            return self.random.choice([None, "1", [1.5], []])
        return [self.axis(rank) for _ in range(self.random.randint(1, 3))]

    def draw_normalization(self, name: str) -> Row:
        shape = self.shape()
        rank = len(shape)
        config = self.some(axis=[self.axes(rank)])
        if name == "BatchNormalization":
            if isinstance(config.get("axis"), list) and self.dialect == "keras3" and self.random.random() < 0.8:
                config.pop("axis")
            config |= self.some(
                scale=[True, False],
                center=[True, False],
                renorm=[True, False],
                renorm_clipping=[None, {"rmax": 2.0, "rmin": 0.5}, {"rmax": 0.1, "rmin": 0.5}, {"x": 1}, {"dmax": -1}],
                dtype=["float32", "float16", "mixed_bfloat16"],
            )
            if self.dialect == "keras2":
                config |= self.some(virtual_batch_size=[None, 1], trainable=[True])
        elif name in ("LayerNormalization", "GroupNormalization"):
            config |= self.some(scale=[True, False], center=[True, False])
            if name == "GroupNormalization":
                config["groups"] = self.random.choice([1, 2, 3, -1, -1, 0, 32])
            elif self.dialect == "keras3":
                config |= self.some(rms_scaling=[True, False])
        return self.row(name, config, [shape])

    def draw_spectral(self, name: str) -> Row:
        inner, shape = self.random.choice(
            [
                ("Dense", [None, 6]), ("Dense", [None, 4, 5]), ("Conv1D", [None, 5, 4]), ("Conv2D", [None, 5, 5, 3]),
                ("Embedding", [None, 4]), ("Flatten", [None, 4, 2]), ("LSTM", [None, 4, 2]),
            ]
        )  # fmt: skip
        config = {
            "Dense": {"units": 3}, "Conv1D": {"filters": 3, "kernel_size": 2}, "LSTM": {"units": 3},
            "Conv2D": {"filters": 2, "kernel_size": 3}, "Embedding": {"input_dim": 9, "output_dim": 4},
        }.get(inner, {})  # fmt: skip
        layer: dict[str, Any] = {"class_name": inner, "config": {"name": "inner", **config}}
        if self.dialect == "keras3":
            layer |= {"module": "keras.layers", "registered_name": None}
        return self.row(name, {"layer": layer, **self.some(power_iterations=[1, 2, 0])}, [shape])

    # Merging ------------------------------------------------------------------------------------------

    def draw_merging(self, name: str) -> Row:
        base = self.shape((2, 3, 3, 4))
        inputs = []
        for _ in range(self.random.choice([1, 2, 2, 2, 3])):
            shape = list(base)
            for axis in range(len(shape)):
                if self.random.random() < 0.12:
                    shape[axis] = self.random.choice([1, None, self.dim(), 3])
            if self.random.random() < 0.1 and len(shape) > 1:
                del shape[self.random.randrange(1, len(shape))]
            inputs.append(shape)
        config = {}
        if name == "Concatenate":
            # Keras 3 accepts an axis that only some inputs have, if its size is unknown in the first one.
            ranks = {len(shape) for shape in inputs}
            config = self.some(axis=[self.axis(len(base)) if len(ranks) == 1 else -1])
            position = config.get("axis", -1)
            if -len(base) <= position < len(base):
                for shape in inputs:
                    if len(shape) == len(base):
                        shape[position] = self.dim() if position % len(base) else shape[position]
        if self.random.random() < 0.5:
            return self.row(name, config, inputs)
        return self.row(name, config, inputs, args=[[f"${i}" for i in range(len(inputs))]])

    def draw_dot(self, name: str) -> Row:
        left, right = self.shape((2, 3, 3, 4), 0.05), self.shape((2, 3, 3, 4), 0.05)
        axes = [self.axis(len(left)), self.axis(len(right))]
        if self.random.random() < 0.8 and -len(left) <= axes[0] < len(left) and -len(right) <= axes[1] < len(right):
            right[axes[1]] = left[axes[0]]
        given: Any = axes if self.random.random() < 0.7 else self.random.choice([axes[0], -1, 1, [1], "1"])
        inputs = [left, right] if self.random.random() < 0.95 else [left]
        return self.row(name, {"axes": given, **self.some(normalize=[True, False])}, inputs)

    # Attention ----------------------------------------------------------------------------------------

    def draw_attention(self, name: str) -> Row:
        width = self.dim(0.05)
        extra: Shape = [] if self.random.random() < 0.8 else [2]
        inputs = [[None, *extra, self.dim(), width], [None, *extra, self.dim(), self.random.choice([width, width, 4])]]
        if self.random.random() < 0.4:
            inputs.append([*inputs[1][:-1], self.random.choice([width, width, 3])])
        if self.random.random() < 0.05:
            inputs = inputs[:1]
        config = self.some(use_scale=[True, False], dropout=[0.0, 0.2])
        if name == "Attention":
            config |= self.some(score_mode=["dot", "concat", "dot", "add"])
        kwargs = self.some(return_attention_scores=[True, False], use_causal_mask=[True])
        return self.row(name, config, inputs, args=[[f"${i}" for i in range(len(inputs))]], kwargs=kwargs)

    def triple(self, rank: int, same_width: bool) -> list[Shape]:
        width = self.random.randint(1, 6)
        middle: Shape = [2] * (rank - 3)
        last = width if same_width else self.random.randint(1, 6)
        time = self.dim()
        inputs = [[None, *middle, self.dim(), width], [None, *middle, time, last]]
        if self.random.random() < 0.4:
            inputs.append([None, *middle, time if self.random.random() < 0.9 else 9, self.random.randint(1, 6)])
        if self.random.random() < 0.03:
            inputs[0][-1] = None
        return inputs

    def arguments(self, inputs: list[Shape]) -> dict[str, Any]:
        names = ["query", "value", "key"][: len(inputs)]
        positional = self.random.randint(1, len(inputs))
        kwargs = {name: f"${i}" for i, name in enumerate(names) if i >= positional}
        kwargs |= self.some(return_attention_scores=[True, False])
        if self.dialect == "keras3":
            kwargs |= self.some(use_causal_mask=[True])
        return {"args": [f"${i}" for i in range(positional)], "kwargs": kwargs}

    def draw_heads(self, name: str) -> Row:
        rank = self.random.choice([3, 3, 3, 4, 2])
        inputs = self.triple(max(rank, 3), same_width=False)
        if rank == 2:
            inputs = [[shape[0], shape[-1]] for shape in inputs]
        config: dict[str, Any] = {"num_heads": self.random.randint(1, 3), "key_dim": self.random.randint(1, 4)}
        config |= self.some(
            value_dim=[None, 3, 2],
            use_bias=[True, False],
            output_shape=[None, 5, [5], [2, 3]],
            attention_axes=[None, 1, [1], [-2], [1, 2], [3], [4], [9], [-9]],
            dropout=[0.0, 0.1, 1.5],
        )
        if self.dialect == "keras3":
            config |= self.some(use_gate=[True, False], sliding_window=[None, 2, 0], dtype=[*POLICIES[:4], MAP])
        else:
            config |= {"query_shape": inputs[0], "value_shape": inputs[1], "key_shape": inputs[-1]}
        if self.random.random() < 0.03:
            config[self.random.choice(["num_heads", "key_dim", "value_dim"])] = self.random.choice([0, -1, 1.5])
        return self.row(name, config, inputs, **self.arguments(inputs))

    def draw_groups(self, name: str) -> Row:
        inputs = self.triple(self.random.choice([3, 3, 3, 4]), same_width=self.random.random() < 0.9)
        heads = self.random.choice([1, 2, 3])
        config: dict[str, Any] = {
            "num_query_heads": heads * self.random.choice([1, 2, 1.5]) if self.random.random() < 0.1 else heads * 2,
            "num_key_value_heads": heads,
            "head_dim": self.random.randint(1, 4),
        }
        if self.random.random() < 0.05:
            config["num_query_heads"] = 7
        config |= self.some(
            use_bias=[True, False], use_gate=[True, False], sliding_window=[None, 2, -1], dropout=[0.0, 2]
        )
        return self.row(name, config, inputs, **self.arguments(inputs))

    # Activations and noise ----------------------------------------------------------------------------

    def draw_plain(self, name: str) -> Row:
        options: dict[str, dict[str, list[Any]]] = {
            "ReLU": {
                "max_value": [None, 6.0, -1.0],
                "negative_slope": [0.0, 0.1, -0.1, None],
                "threshold": [0.0, 1, -1],
            },
            "LeakyReLU": {"negative_slope": [0.3, 0.0, -1, None]},
            "ELU": {"alpha": [1.0, 0.5]},
            "Softmax": {"axis": [-1, 1, [1]]},
            "ActivityRegularization": {"l1": [0.0, 0.1], "l2": [0.1]},
        }
        config = self.some(**options.get(name, {}))
        if name in NOISES:
            config = {NOISES[name]: self.random.choice([0.0, 0.5, 1, 1.5, -0.1])}
            # tf_keras ignores an invalid rate in these two, but lstmlint does not.
            if self.dialect != "keras3" and name in ("GaussianDropout", "AlphaDropout"):
                config = {"rate": self.random.choice([0.0, 0.5, 1])}
        if name.startswith("SpatialDropout") and name != "SpatialDropout1D":
            config |= self.some(data_format=[None, "channels_first", "channels_last"])
        return self.row(name, config, [self.shape()])

    def draw_prelu(self, name: str) -> Row:
        shape = self.shape(unknown=0.05)
        rank = len(shape)
        shared = [None, [], 1, *([axis] for axis in range(-rank, rank + 2)), [1, 2], ["1"]]
        return self.row(name, self.some(shared_axes=shared), [shape])

    # Einsum and quantization --------------------------------------------------------------------------

    def low_rank(self, kernel: str = "kernel") -> dict[str, Any]:
        config: dict[str, Any] = {}
        if self.dialect != "keras3":
            return {}
        if self.random.random() < 0.3:
            config["lora_rank"] = self.random.choice([1, 2, 0, None])
            config |= self.some(lora_alpha=[1])
        if self.random.random() < 0.05:
            config[f"{kernel}_constraint"] = {
                "module": "keras.constraints", "class_name": "NonNeg", "config": {}, "registered_name": None
            }  # fmt: skip
        if self.random.random() < 0.7:
            config["dtype"] = self.policy()
            if self.random.random() < 0.2:
                given = {
                    "class_name": "Int4QuantizationConfig",
                    "config": {"block_size": self.random.choice([2, -1, None])},
                }
                config["quantization_config"] = {"module": "keras.quantizers", "registered_name": None, **given}
        return config

    def policy(self) -> Any:
        name = self.random.choice(POLICIES)
        mode, _, source = name.partition("_from_")
        if not source or self.random.random() < 0.6:
            return name
        classes = {
            "int8": "QuantizedDTypePolicy",
            "int4": "QuantizedDTypePolicy",
            "float8": "QuantizedFloat8DTypePolicy",
        }
        classes |= {"gptq": "GPTQDTypePolicy", "awq": "AWQDTypePolicy"}
        class_name = "Int4DTypePolicy" if mode.startswith("int4/") else classes[mode.partition("/")[0]]
        config: dict[str, Any] = {"mode": mode, "source_name": source}
        if mode == "float8":
            config |= self.some(amax_history_length=[16, 32])
        return {
            "module": "keras.dtype_policies", "class_name": class_name, "config": config, "registered_name": None
        }  # fmt: skip

    def draw_dense(self, name: str) -> Row:
        config = {"units": self.random.randint(1, 7), **self.some(use_bias=[True, False]), **self.low_rank()}
        return self.row(name, config, [self.shape((2, 3), 0.02)])

    def draw_embedding(self, name: str) -> Row:
        config = {"input_dim": self.random.randint(1, 9), "output_dim": self.random.randint(1, 7)}
        config |= self.low_rank("embeddings")
        if name == "Embedding":
            return self.row(name, config, [self.shape((2, 3))])
        config |= self.some(tie_weights=[True, False])
        return self.row(name, config, [self.shape((2, 3))], args=["$0"], kwargs=self.some(reverse=[True, False]))

    def draw_einsum(self, name: str) -> Row:
        equation, rank, output_shape = self.random.choice(EQUATIONS)
        shape = [None, *(self.dim(0.05) for _ in range(rank - 1))]
        output = equation.partition("->")[2].strip(".")
        config: dict[str, Any] = {"equation": equation, "output_shape": output_shape}
        if self.random.random() < 0.5 and output:
            config["bias_axes"] = self.random.choice([output[-1], output[-2:], output[1:], output[-1] + "z", ""])
        if self.random.random() < 0.1 and isinstance(output_shape, list):
            config["output_shape"] = self.random.choice([output_shape[1:], [7, *output_shape], [3] * len(output_shape)])
        config |= self.low_rank()
        return self.row(name, config, [shape])


# Equation, rank of the input, output_shape.
EQUATIONS: list[tuple[str, int, Any]] = [
    ("ab,bc->ac", 2, [5]), ("abc,cd->abd", 3, [None, 5]), ("abc,cde->abde", 3, [None, 2, 3]),
    ("abcd,cde->abe", 4, [None, 5]), ("...x,xy->...y", 3, [4]), ("...bc,cd->...bd", 4, [None, 4]),
    ("...bc,cd->...bd", 5, [None, 4]), ("ab...,bc->ac...", 4, [3]), ("ab...,bcd->acd...", 3, [3, 2]),
    ("abc,bc->ab", 3, [None]), ("abc,bcd->ad", 3, [4]), ("abc,bcd->abd", 3, [None, 4]),
    ("...ab,bc->...ac", 2, [4]), ("abc,c->abc", 3, [None, None]), ("ab,bc->abc", 2, [None, 5]),
    ("ab,bc->ab", 2, [3]), ("abc,cd->dab", 3, [None, 4]), ("abc,cd", 3, [4]), ("a...,bc->ac...", 3, [4]),
    ("ab, bc->ac", 2, [4]), ("abc,cd->abd", 2, [None, 5]), ("abc,xcd->abd", 3, [None, 5]), ("ab,bcd->acd", 2, 5),
    ("ab,bc->ac", 2, 5), ("abc,dc->abd", 3, [None, 6]), ("bqm,muh->bquh", 3, [None, 4, 3]),
    ("bqm,muh->bquh", 4, [None, 4, 3]), ("abc,abde->cde", 3, [2, 2]),
]  # fmt: skip
NOISES = {
    "GaussianDropout": "rate", "AlphaDropout": "rate", "GaussianNoise": "stddev", "SpatialDropout1D": "rate",
    "SpatialDropout2D": "rate", "SpatialDropout3D": "rate",
}  # fmt: skip
FAMILY = {
    **dict.fromkeys(
        ("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "RMSNormalization"),
        "normalization",
    ),
    "SpectralNormalization": "spectral",
    **dict.fromkeys(
        ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"),
        "merging",
    ),
    "Dot": "dot",
    "Attention": "attention",
    "AdditiveAttention": "attention",
    "MultiHeadAttention": "heads",
    "GroupQueryAttention": "groups",
    **dict.fromkeys(("ReLU", "LeakyReLU", "ELU", "Softmax", "ActivityRegularization", *NOISES), "plain"),
    "PReLU": "prelu",
    "Dense": "dense",
    "Embedding": "embedding",
    "ReversibleEmbedding": "embedding",
    "EinsumDense": "einsum",
}
# tf_keras 2.21 confuses its SpectralNormalization with that of Keras 3 and cannot build it.
NOT_IN_TF_KERAS = frozenset({"SpectralNormalization", "RMSNormalization", "GroupQueryAttention", "ReversibleEmbedding"})
