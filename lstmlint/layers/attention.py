"""Attention layers (keras.layers.attention).

Attention (Luong et al. 2015) and AdditiveAttention (Bahdanau et al. 2015) have at most a few scale weights.
MultiHeadAttention (Vaswani et al. 2017) and GroupQueryAttention (Ainslie et al. 2023) project queries, keys, values,
and
the output with one EinsumDense each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from lstmlint.layers.base import Layer, LayerError, UnknownShape, Weight, layer, need, recorded_shapes, shapes_of
from lstmlint.layers.einsum import EinsumDense
from lstmlint.layers.quantization import policy_at
from lstmlint.layers.runtime_errors import fails_when_run
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, format_shape, product
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show


class Triple(NamedTuple):
    """The shapes of query, value and key; None if unknown."""

    query: Shape
    value: Shape
    key: Shape


class AttentionLayer(Layer):
    """The base of all attention layers. The key defaults to the value."""

    multiple_inputs = True
    takes_structures = supports_masking = uses_mask = mixes_timesteps = True
    first: Triple | None = None


def differ(left: Dim, right: Dim) -> bool:
    """Return whether two sizes are known and different."""
    return left is not None and right is not None and left != right


@layer("Attention")
class Attention(AttentionLayer):
    """Dot-product attention over [query, value] or [query, value, key]."""

    def __init__(self, spec: LayerSpec, context: Any) -> None:
        super().__init__(spec, context)
        mode = self.config.get("score_mode", "dot")
        if mode not in ("dot", "concat"):
            raise LayerError(
                "E007",
                f"score_mode of {self.class_name} is {show(mode)}; Keras raises a ValueError",
                'Use "dot" or "concat".',
                "score_mode",
            )
        dropout = self.config.get("dropout", 0.0)
        if not isinstance(dropout, int | float):
            raise LayerError(
                "E007",
                f"dropout of {self.class_name} is {show(dropout)}, which is not a number",
                "Use 0.0 for none.",
                "dropout",
            )

    def triple(self, shapes: Any) -> Triple:
        """Return the shapes of query, value and key.

        Raises: LayerError S122 unless there are two or three inputs.
        """
        if isinstance(shapes, list) and 2 <= len(shapes) <= 3:
            return Triple(shapes[0], shapes[1], shapes[2] if len(shapes) == 3 else shapes[1])
        found = f"{len(shapes)} tensors" if isinstance(shapes, list) else "one tensor"
        raise LayerError(
            "S122",
            f"{self.class_name} takes a list [query, value] or [query, value, key], but gets {found};"
            " Keras raises a ValueError",
            "Connect a list of two or three tensors; for self-attention, the same one twice.",
        )

    def build_shape(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the shapes of the list of inputs."""
        return shapes_of(args[0] if args else kwargs.get("inputs"))

    def recorded_build_shape(self) -> Any:
        """Return the shapes recorded in build_config.

        Raises: LayerError S130 unless it records two or three items. Keras does not check their type.
        """
        recorded = super().recorded_build_shape()
        if not isinstance(recorded, tuple | list) or not 2 <= len(recorded) <= 3:
            recorded = []
        if not recorded or (self.additive and self.config["use_scale"] and not isinstance(recorded[0], tuple)):
            message = f"build_config of {self.class_name} has no list of two or three shapes; Keras raises an error"
            advice = "Remove build_config, or save the model again from Keras."
            raise LayerError("S130", message, advice, "build_config", severity="error")
        return list(recorded)

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield the scalar `scale` if use_scale is set, and `concat_score_weight` if score_mode is "concat"."""
        self.triple(input_shape)
        if self.config["use_scale"]:
            yield self.weight("scale", ())
        if self.config["score_mode"] == "concat":
            yield self.weight("concat_score_weight", ())

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return (..., query timesteps, value features), followed by the scores if return_attention_scores is set."""
        shapes = self.triple(shapes_of(inputs))
        self.first = self.first or shapes
        query, value, key = (need(shape) for shape in shapes)
        scored = bool(kwargs.get("return_attention_scores"))
        if min(len(query), len(value), len(key)) < (2 if scored else 1):
            raise LayerError(
                "S101",
                f"{self.class_name} needs timesteps and features, but gets"
                f" {', '.join(map(format_shape, (query, value, key)))}",
                "Use sequences as inputs: (batch, timesteps, features).",
            )
        self.check_features(query, value, key)
        output = Tensor((*query[:-1], value[-1]), self.compute_dtype)
        if not scored:
            return output
        return [output, Tensor((*query[:-1], key[-2]), self.compute_dtype)]

    def check_features(self, query: KnownShape, value: KnownShape, key: KnownShape) -> None:
        """Report S116 if the sizes of query and key, or of key and value, do not match."""
        additive = self.config.get("score_mode", "dot") == "concat" or self.additive
        wide = differ(query[-1], key[-1]) and not (additive and 1 in (query[-1], key[-1]))
        if wide:
            fails_when_run(
                self,
                "S116",
                f"{self.class_name} compares queries of {query[-1]} features with keys of {key[-1]}",
                f"Make both the same width, for instance with a Dense({key[-1]}) on the query.",
            )
        elif len(key) > 1 and len(value) > 1 and differ(key[-2], value[-2]):
            fails_when_run(
                self,
                "S116",
                f"{self.class_name} has {key[-2]} keys for {value[-2]} values",
                "Use the same number of timesteps for key and value.",
            )

    additive: ClassVar[bool] = False

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates of the scores (one per feature, for additive scores too) and of the weighted
        sum of
        the values.
        """
        if self.first is None:
            return None
        query, value, key = (need(shape) for shape in self.first)
        if min(len(query), len(key)) < 2:
            return None
        scores = product((*query[1:-1], key[-2], query[-1]))
        weighed = product((*query[1:-1], key[-2], value[-1]))
        return None if scores is None or weighed is None else scores + weighed


@layer("AdditiveAttention")
class AdditiveAttention(Attention):
    """Additive attention: the scores are sums of tanh(query + key)."""

    additive = True

    def check_features(self, query: KnownShape, value: KnownShape, key: KnownShape) -> None:
        """Report S116 as for dot products. With use_scale, tf_keras also needs values as wide as the keys."""
        super().check_features(query, value, key)
        width = query[-1] if key[-1] == 1 else key[-1]
        if self.context.dialect != "keras3" and self.config["use_scale"] and value[-1] != 1 and width != 1:
            if differ(value[-1], width):
                fails_when_run(
                    self,
                    "S116",
                    f"AdditiveAttention has keys of {width} features and values of {value[-1]}",
                    "Use the same number of features for key and value, or set use_scale to false.",
                )

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield `scale` if use_scale is set: one factor per feature of the query (Keras 3) or of the value (tf_keras)."""
        query, value, _ = self.triple(input_shape)
        if self.config["use_scale"]:
            yield self.weight("scale", (self.feature_dim(query if self.context.dialect == "keras3" else value),))


class Projection(NamedTuple):
    """An EinsumDense inside an attention layer, with the shape for which it is built."""

    name: str
    equation: str
    output_shape: list[Dim]
    bias_axes: str
    shape: KnownShape


class ProjectedAttention(AttentionLayer):
    """Attention that projects query, key and value for each of its heads."""

    build_shapes = ("query_shape", "value_shape")
    optional_build_shapes = ("key_shape",)
    arguments: ClassVar[tuple[str, ...]] = (
        "query", "value", "key", "query_mask", "value_mask", "key_mask", "attention_mask",
        "return_attention_scores", "training", "use_causal_mask",
    )  # fmt: skip
    weights_follow_trainable = False
    # Whether Keras 3 compares the shapes that build_config records with each other.
    checks_record: ClassVar[bool] = True

    def __init__(self, spec: LayerSpec, context: Any) -> None:
        super().__init__(spec, context)
        window = self.config.get("sliding_window")
        if window is not None and (not isinstance(window, int) or window <= 0):
            raise LayerError(
                "E007",
                f"sliding_window of {self.class_name} is {show(window)}; Keras takes a positive integer or null",
                "Set it to the number of timesteps that each query may attend to.",
                "sliding_window",
            )
        dropout = self.config.get("dropout", 0.0)
        flash = bool(self.config.get("flash_attention"))
        if not isinstance(dropout, int | float) or not 0 <= dropout <= (0 if flash else 1):
            raise LayerError(
                "E007",
                f"dropout of {self.class_name} is {show(dropout)}; Keras takes a number from 0 to 1"
                + (", and with flash_attention only 0" if flash else ""),
                "Use 0.0 for none.",
                "dropout",
            )

        for argument in ("kernel_initializer", "bias_initializer"):
            if self.config.get(argument, "zeros") is None:
                raise LayerError(
                    "E007",
                    f"{argument} of {self.class_name} is null, which Keras cannot pass to the inner layers",
                    f'Set {argument} to "{"zeros" if argument[0] == "b" else "glorot_uniform"}".',
                    argument,
                )

    def projections(self, query: KnownShape, value: KnownShape, key: KnownShape) -> list[Projection]:
        """Return the dense layers in the order in which Keras's build creates them."""
        raise NotImplementedError

    def bind(self, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call by name.

        Raises: LayerError S122 if query or value is missing.
        """
        given = {**dict(zip(self.arguments, args, strict=False)), **kwargs}
        for name in ("query", "value"):
            if not isinstance(given.get(name), Tensor):
                raise LayerError(
                    "S122",
                    f"{self.class_name} takes query and value as two arguments, but gets no {name};"
                    " Keras raises an error",
                    "Connect query and value; for self-attention, the same tensor twice.",
                )
        return given

    def build_shape(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the shapes of query, value and key under Keras's names."""
        given = self.bind(args, kwargs)
        return {
            f"{name}_shape": given[name].shape
            for name in ("query", "value", "key")
            if isinstance(given.get(name), Tensor)
        }

    def recorded_build_shape(self) -> Any:
        """Return the shapes that Keras 3 recorded."""
        config = self.spec.build_config
        recorded = config.get("shapes_dict") if isinstance(config, dict) else None
        return recorded_shapes(recorded) if isinstance(recorded, dict) else None

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield the weights of each projection, prefixed with its name."""
        if not isinstance(input_shape, dict):
            raise LayerError(
                "S122",
                f"{self.class_name} takes query and value and cannot be built from a single shape",
                "Do not wrap it in a layer that has one input.",
            )
        query, value = need(input_shape.get("query_shape")), need(input_shape.get("value_shape"))
        key = need(input_shape.get("key_shape", value))
        for name, shape in (("query", query), ("value", value), ("key", key)):
            if len(shape) < 2:
                raise LayerError(
                    "S101",
                    f"the {name} of {self.class_name} needs timesteps and features, but is {format_shape(shape)}",
                    "Use an input (batch, timesteps, features).",
                )
        if not self.spec.build_config or self.checks_record:
            self.check_shapes(query, value, key)
        for name, dense, shape in self.dense_layers(query, value, key):
            for weight in dense.weights(shape):
                yield weight._replace(name=f"{name}/{weight.name}")

    def dense_layers(
        self, query: KnownShape, value: KnownShape, key: KnownShape
    ) -> Iterator[tuple[str, EinsumDense, KnownShape]]:
        """Yield the name and layer of each projection, with the shape for which it is built."""
        use_bias = bool(self.config.get("use_bias", True))
        for name, equation, output_shape, bias_axes, shape in self.projections(query, value, key):
            config = {"equation": equation, "output_shape": output_shape, "bias_axes": bias_axes if use_bias else None}
            dtype = policy_at(self.spec.dtype, f"{self.name}/{name}")
            spec = LayerSpec(name, "EinsumDense", config, self.spec.pointer, dtype=dtype)
            yield name, EinsumDense(spec, self.context), shape

    def check_shapes(self, query: KnownShape, value: KnownShape, key: KnownShape) -> None:
        """Raise LayerError S116 if Keras refuses the shapes."""
        if value[1:-1] != key[1:-1]:
            raise LayerError(
                "S116",
                f"{self.class_name} has keys {format_shape(key)} for values {format_shape(value)}: all axes but the"
                " last must be the same, and Keras raises a ValueError",
                "Use the same number of timesteps for key and value.",
            )

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output, followed by the scores if return_attention_scores is set."""
        given = self.bind(list(args), kwargs)
        query, value = need(given["query"].shape), need(given["value"].shape)
        key = need(given["key"].shape) if isinstance(given.get("key"), Tensor) else value
        self.first = self.first or Triple(query, value, key)
        self.check_shapes(query, value, key)
        output = Tensor(self.attended(query, value), self.compute_dtype)
        scores = self.scores(query, key)
        if not given.get("return_attention_scores"):
            return output
        return [output, Tensor(scores, self.compute_dtype)]

    def attended(self, query: KnownShape, value: KnownShape) -> KnownShape:
        """Return the shape of the output."""
        return query

    def scores(self, query: KnownShape, key: KnownShape) -> KnownShape:
        """Return the shape of the scores."""
        raise NotImplementedError

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates of the projections, the scores, and the weighted sums of the values."""
        if self.first is None:
            return None
        query, value, key = (need(shape) for shape in self.first)
        total = 0
        for name, dense, shape in self.dense_layers(query, value, key):
            actual = (*query[:-1], *shape[-2:]) if name == "attention_output" else shape
            macs = dense.macs([actual], [])
            if macs is None:
                return None
            total += macs
        heads, key_dim, value_dim = self.head_sizes()
        pairs = product((*query[1:-1], *self.attended_axes(key)))
        return None if pairs is None else total + pairs * heads * (key_dim + value_dim)

    def head_sizes(self) -> tuple[int, int, int]:
        """Return (number of heads, features of a key, features of a value)."""
        raise NotImplementedError

    def attended_axes(self, key: KnownShape) -> list[Dim]:
        """Return the sizes of the key's axes over which each query attends."""
        return [key[1]]


def heads_equation(rank: int, bound: int, made: int) -> tuple[str, str]:
    """Return an equation that replaces the last `bound` of `rank` axes with `made` new ones, and the letters of the new
    ones.
    """
    free = "abcdefghijklmnopqrstuvwxyz"
    kept, used, new = rank - bound, rank, rank + made
    return f"{free[:used]},{free[kept:new]}->{free[:kept]}{free[used:new]}", free[used:new]


@layer("MultiHeadAttention")
class MultiHeadAttention(ProjectedAttention):
    """Scaled dot-product attention with several heads, over one or more axes (Vaswani et al. 2017).

    Parameters of self-attention on d features, with biases: 4·(heads·key_dim·d) + 3·heads·key_dim + d, if value_dim and
    output_shape keep their defaults.
    """

    def __init__(self, spec: LayerSpec, context: Any) -> None:
        super().__init__(spec, context)
        self.head_sizes()
        self.out_shape()
        self.axes_argument()

    def head_sizes(self) -> tuple[int, int, int]:
        """Return (number of heads, features of a key, features of a value).

        Raises: LayerError E006, E007.
        """
        key_dim = self.integer("key_dim")
        value_dim = self.config.get("value_dim")
        if value_dim is None or (value_dim == 0 and self.context.dialect != "keras3"):
            return self.integer("num_heads"), key_dim, key_dim
        return self.integer("num_heads"), key_dim, self.integer("value_dim")

    def out_shape(self) -> tuple[Dim, ...]:
        """Return the last axes of the output, empty if they are those of the query.

        Raises: LayerError E007.
        """
        shape = self.config.get("output_shape") or ()
        if isinstance(shape, int):
            return (shape,)
        if isinstance(shape, list | tuple) and all(dim is None or isinstance(dim, int) for dim in shape):
            return tuple(shape)
        raise LayerError(
            "E007",
            f"output_shape of MultiHeadAttention is {show(shape)}; Keras takes an integer or a list of integers",
            "Set it to the features of the output, or to null for those of the query.",
            "output_shape",
        )

    def axes_argument(self) -> list[int] | None:
        """Return the argument attention_axes as a list.

        Raises: LayerError E007.
        """
        axes = self.config.get("attention_axes")
        if isinstance(axes, int):
            return [axes]
        if axes is None or (isinstance(axes, list | tuple) and all(isinstance(axis, int) for axis in axes)):
            return None if axes is None else list(axes)
        raise LayerError(
            "E007",
            f"attention_axes of MultiHeadAttention is {show(axes)}; Keras takes an integer or a list of integers",
            "Use [1, 2] for height and width.",
            "attention_axes",
        )

    def attention_axes(self, rank: int) -> list[int]:
        """Return the axes to attend over in an input of this rank.

        Keras also accepts the axis after the last one, since the heads add an axis.

        Raises: LayerError S111.
        """
        axes = self.axes_argument()
        if axes is None:
            return list(range(1, rank - 1))
        counted = [axis + rank if axis < 0 and self.context.dialect == "keras3" else axis for axis in axes]
        for axis, given in zip(counted, axes, strict=True):
            if not -rank - 1 <= axis <= rank:
                raise LayerError(
                    "S111",
                    f"attention axis {given} of MultiHeadAttention is out of range for inputs of {rank} dimensions;"
                    " Keras raises an IndexError",
                    f"Use axes from 1 to {rank - 2}.",
                    "attention_axes",
                )
        return counted

    def projections(self, query: KnownShape, value: KnownShape, key: KnownShape) -> list[Projection]:
        """Return query, key, gate, value (features, heads, size) and attention_output (heads, size, features)."""
        heads, key_dim, value_dim = self.head_sizes()
        self.feature_dim(query)
        rank = len(query)
        made = [("query", query, key_dim), ("key", key, key_dim)]
        if self.config.get("use_gate"):
            made.append(("gate", query, value_dim))
        made.append(("value", value, value_dim))
        listed = []
        for name, shape, size in made:
            equation, bias_axes = heads_equation(len(shape), 1, 2)
            listed.append(Projection(name, equation, [*[None] * (len(shape) - 2), heads, size], bias_axes, shape))
        self.attention_axes(len(value))
        out = self.out_shape() or (query[-1],)
        equation, bias_axes = heads_equation(rank + 1, 2, len(out))
        attended = (query[0], *[None] * (rank - 2), heads, value_dim)
        listed.append(Projection("attention_output", equation, [*[None] * (rank - 2), *out], bias_axes, attended))
        return listed

    def check_shapes(self, query: KnownShape, value: KnownShape, key: KnownShape) -> None:
        """Check key against value, and their ranks. tf_keras notices a mismatch only during attention."""
        if self.context.dialect == "keras3":
            super().check_shapes(query, value, key)
        elif len(key) == len(value) and any(map(differ, key[1:-1], value[1:-1])):
            super().check_shapes(query, value, key)
        if len(query) != len(value):
            fails_when_run(
                self,
                "S116",
                f"MultiHeadAttention has queries {format_shape(query)} for values {format_shape(value)}",
                "Use the same number of dimensions for query and value.",
            )

        if not self.attention_axes(len(value)):
            fails_when_run(
                self,
                "S116",
                f"MultiHeadAttention has no axis to attend over in values {format_shape(value)}",
                "Use an input (batch, timesteps, features).",
                "attention_axes" if "attention_axes" in self.spec.config else None,
            )

    def attended(self, query: KnownShape, value: KnownShape) -> KnownShape:
        """Return the query's shape, with output_shape in place of the features."""
        out = self.out_shape()
        return (*query[:-1], *out) if out else query

    def scores(self, query: KnownShape, key: KnownShape) -> KnownShape:
        """Return (batch, heads, query timesteps, key timesteps).

        Keras 3 infers the query's timesteps for both, and tf_keras keeps the axes that are not attended over.
        """
        heads = self.integer("num_heads")
        if self.context.dialect == "keras3":
            return (query[0], heads, query[1], query[1])
        rank = len(query)
        axes = [axis % (rank + 1) for axis in self.attention_axes(rank)]
        queries, keys = ((*shape[:-1], heads) for shape in (query, key))
        clash = any(differ(queries[axis], keys[axis]) for axis in range(rank) if axis not in axes)
        if clash or rank in axes or len(key) != rank:
            raise LayerError(
                "S116",
                f"MultiHeadAttention cannot attend over axes {axes} of queries {format_shape(query)} and keys"
                f" {format_shape(key)}; Keras raises an error",
                "Use the same sizes for both along all other axes.",
            )
        kept = [queries[axis] for axis in range(rank) if axis not in axes]
        return (*kept, *(queries[axis] for axis in axes), *(keys[axis] for axis in axes))

    def attended_axes(self, key: KnownShape) -> list[Dim]:
        """Return the sizes of the key's attention axes."""
        return [key[axis] for axis in self.attention_axes(len(key)) if -len(key) <= axis < len(key)]


@layer("GroupQueryAttention", "GroupedQueryAttention")
class GroupQueryAttention(ProjectedAttention):
    """Attention whose query heads share a smaller number of key and value heads (Ainslie et al. 2023)."""

    checks_record = False

    def __init__(self, spec: LayerSpec, context: Any) -> None:
        super().__init__(spec, context)
        if self.class_name == "GroupedQueryAttention" and spec.module in ("keras", "keras.layers"):
            context.report(
                self,
                LayerError(
                    "E004",
                    "Keras exports GroupedQueryAttention as GroupQueryAttention only, and cannot load it under this name",
                    'Write "class_name": "GroupQueryAttention".',
                    severity="error",
                ),
            )
        heads, shared = self.integer("num_query_heads", 0), self.integer("num_key_value_heads")
        if heads % shared:
            raise LayerError(
                "S117",
                f"num_query_heads {heads} of {self.class_name} is not a multiple of num_key_value_heads {shared};"
                " Keras raises a ValueError",
                f"Use a divisor of {heads} for num_key_value_heads.",
                "num_key_value_heads",
            )

    def head_sizes(self) -> tuple[int, int, int]:
        """Return (query heads, features of a key, features of a value)."""
        size = self.integer("head_dim")
        return self.integer("num_query_heads", 0), size, size

    def projections(self, query: KnownShape, value: KnownShape, key: KnownShape) -> list[Projection]:
        """Return query and gate (features, query heads, size), key and value (features, shared heads, size), and the
        output.
        """
        heads, size, _ = self.head_sizes()
        shared = self.integer("num_key_value_heads")
        features = self.feature_dim(query)
        listed = [
            Projection("query", "bqm,muh->bquh", [None, heads, size], "uh", query),
            Projection("key", "bkm,mvh->bkvh", [None, shared, size], "vh", key),
        ]
        if self.config.get("use_gate"):
            listed.append(Projection("gate", "bqm,muh->bquh", [None, heads, size], "uh", query))
        listed.append(Projection("value", "bkm,mvh->bkvh", [None, shared, size], "vh", value))
        attended = (None, None, heads, size)
        listed.append(Projection("attention_output", "bquh,uhm->bqm", [None, features], "m", attended))
        return listed

    def check_shapes(self, query: KnownShape, value: KnownShape, key: KnownShape) -> None:
        """Raise LayerError S116 if key and value differ, or query and value have different numbers of features."""
        super().check_shapes(query, value, key)
        if query[-1] != value[-1]:
            raise LayerError(
                "S116",
                f"{self.class_name} has queries of {query[-1]} features and values of {value[-1]};"
                " Keras raises a ValueError",
                "Use the same number of features for both.",
            )

    def scores(self, query: KnownShape, key: KnownShape) -> KnownShape:
        """Return (batch, query heads, query timesteps, key timesteps)."""
        return (query[0], self.integer("num_query_heads", 0), query[1], key[1])


__all__ = [
    "AdditiveAttention", "Attention", "AttentionLayer", "GroupQueryAttention", "MultiHeadAttention",
    "ProjectedAttention", "Triple", "UnknownShape",
]  # fmt: skip
