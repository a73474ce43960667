"""Categorical preprocessing layers, and the base of all preprocessing layers.

Few of them have weights, and most only determine how the last axis of the output is encoded. Keras 3 infers the output
with `compute_output_shape`, which checks little; tf_keras traces the layer's code, which checks much. Therefore a
config
may load in only one of them, or have different shapes; `keras3` distinguishes them. Keras 1 has none of these layers.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lstmlint.layers.base import Context, Layer, LayerError, layer
from lstmlint.layers.spatial import bad_value, given, shown
from lstmlint.model.findings import listing
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, format_shape
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show


class PreprocessingLayer(Layer):
    """The base of all preprocessing layers.

    written: the arguments that Keras 3's from_config reads without a default, so a config without them does not load
    even
    if the constructor has defaults.
    """

    written: ClassVar[tuple[str, ...]] = ()

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.keras3 = context.dialect == "keras3"
        self.check()
        for argument in self.must_write():
            if "class_name" in spec.raw and argument not in spec.config:  # the argument comes from a file
                context.report(
                    self,
                    LayerError(
                        "E006",
                        f"{self.class_name} has no {argument}; Keras uses no default when it loads a"
                        " model and raises a KeyError",
                        f'Add "{argument}": {shown(self.config.get(argument))}.',
                        loading=True,
                    ),
                )

    def must_write(self) -> tuple[str, ...]:
        """Return the arguments that a saved config must contain."""
        return self.written if self.keras3 else ()

    def check(self) -> None:
        """Check what the constructor checks.

        Raises: LayerError E006, E007.
        """

    def dimension(self, argument: str) -> Dim:
        """Return an argument that becomes a dimension: an int of at least 0, or None.

        Raises: LayerError E006 if it is missing, E007 if Keras cannot use it as a dimension.
        """
        value = given(self, argument)
        if value is None:
            return None
        if not isinstance(value, int) or value < 0:
            raise bad_value(self, argument, "an integer of at least 0", 10)
        return int(value)

    def one_of(self, argument: str, *allowed: Any) -> Any:
        """Return an argument that must be one of a few values.

        Raises: LayerError E007 for other values.
        """
        value = given(self, argument)
        if not isinstance(value, list | dict) and value in allowed:
            return value
        raise bad_value(self, argument, " or ".join(map(shown, allowed)), allowed[0])


class CategoricalLayer(PreprocessingLayer):
    """A layer that converts its input to integers and encodes them by `output_mode`.

    int: the integers themselves. one_hot: `depth` numbers per integer. multi_hot, count, tf_idf: `depth` numbers per
    sample.
    """

    modes: tuple[str | None, ...] = ("int", "one_hot", "multi_hot", "count")
    aliases: ClassVar[dict[str, str]] = {}
    mode: str = "int"

    def check(self) -> None:
        """Check output_mode, and `sparse`, which requires an encoding.

        Raises: LayerError E007.
        """
        self.mode = self.one_of("output_mode", *self.modes, *self.aliases)
        self.mode = self.aliases.get(self.mode, self.mode)
        if self.config.get("sparse") and self.mode == "int":
            raise LayerError(
                "E007",
                f"sparse of {self.class_name} is true, but output_mode is int, which has no sparse form; Keras raises"
                " a ValueError",
                "Set sparse to false, or output_mode to one_hot, multi_hot or count.",
                "sparse",
            )

    def depth(self) -> Dim:
        """Return the size of the encoded axis."""
        raise NotImplementedError

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the input shape for integers, or the input shape with an encoded last axis."""
        if self.mode == "int":
            return input_shape
        depth = self.depth()
        return self.encoded(input_shape, depth) if self.keras3 else self.counted(input_shape, depth)

    def encoded(self, shape: KnownShape, depth: Dim) -> KnownShape:
        """Return Keras 3's encoded shape: one_hot appends an axis, or replaces a last axis of size 1."""
        if self.mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1):
            return (*shape, depth)
        return (*shape[:-1], depth)

    def counted(self, shape: KnownShape, depth: Dim) -> KnownShape:
        """Return tf_keras's encoded shape: tf.math.bincount over the last axis, which accepts at most two axes.

        Raises: LayerError S101 for more.
        """
        rank = len(shape)
        if self.mode == "one_hot" and shape and shape[-1] != 1:
            rank += 1
        if rank > 2:
            raise LayerError(
                "S101",
                f"{self.class_name} with output_mode {self.mode} would return {rank} dimensions for {format_shape(shape)};"
                " tf_keras supports at most 2 and raises a ValueError",
                'Use one value per sample, (batch, 1), or set output_mode to "int".',
                shape=shape,
            )
        return (depth,) if rank < 2 else (None if self.config.get("sparse") else shape[0], depth)

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return int64 for integers unless the layer has another dtype; the layer's dtype for encodings."""
        return "int64" if self.mode == "int" and self.spec.dtype is None else self.compute_dtype


def check_salt(layer: Layer) -> None:
    """Raise LayerError E007 unless the salt is an integer or two integers."""
    salt = layer.config.get("salt")
    if salt is not None and not isinstance(salt, int) and not (isinstance(salt, list) and len(salt) == 2):
        raise bad_value(layer, "salt", "an integer, a list of two integers, or null", 42)


def check_integer_dtype(layer: CategoricalLayer) -> None:
    """Raise LayerError E007 if the layer's dtype cannot hold the integers of its output_mode."""
    if "int" not in layer.compute_dtype:
        raise LayerError(
            "E007",
            f"dtype of {layer.class_name} is {layer.compute_dtype}, but output_mode int returns integers; Keras raises a"
            " ValueError",
            'Set dtype to "int64", or output_mode to "one_hot", "multi_hot" or "count".',
            "dtype",
        )


@layer("Hashing")
class Hashing(CategoricalLayer):
    """Hashes each value modulo num_bins."""

    takes_structures = True

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E006, E007.
        """
        bins = given(self, "num_bins")
        if not isinstance(bins, int | float) or bins <= 0:
            raise bad_value(self, "num_bins", "a positive integer", 16)
        super().check()
        if self.mode == "int" and self.spec.dtype is not None and self.keras3:
            check_integer_dtype(self)
        check_salt(self)

    def depth(self) -> Dim:
        """Return num_bins."""
        return self.dimension("num_bins")

    def encoded(self, shape: KnownShape, depth: Dim) -> KnownShape:
        """Return Keras 3's encoded shape: one_hot, too, encodes the whole last axis."""
        return (*shape[:-1], depth)

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return the variable dtype in Keras 3; in tf_keras, int64 if integers would have a float dtype."""
        if self.spec.dtype is None or (self.mode == "int" and "int" not in self.compute_dtype):
            return "int64" if self.mode == "int" else "float32"
        return self.variable_dtype if self.keras3 else self.compute_dtype


@layer("HashedCrossing")
class HashedCrossing(CategoricalLayer):
    """Hashes the combination of two features (in tf_keras, of any number) modulo num_bins."""

    modes = ("int", "one_hot")
    multiple_inputs = takes_structures = True

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E006, E007.
        """
        given(self, "num_bins")
        self.mode = self.one_of("output_mode", *self.modes)
        if not self.keras3 and self.mode == "int" and self.spec.dtype is not None:
            check_integer_dtype(self)

    def depth(self) -> Dim:
        """Return num_bins."""
        return self.dimension("num_bins")

    def encoded(self, shape: KnownShape, depth: Dim) -> KnownShape:
        """Return Keras 3's encoded shape, in which the encoding replaces an axis even if it is the only one."""
        return (*shape[:-1], depth) if shape[-1] == 1 else (*shape, depth)

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Return one tensor for the list of features.

        Raises: LayerError S122, S113, E007.
        """
        features = inputs if isinstance(inputs, list) else [inputs]
        count = len(features)
        if count != 2 and (self.keras3 or count < 2):
            wanted = "2 tensors" if self.keras3 else "2 tensors or more"
            raise LayerError(
                "S122", f"HashedCrossing crosses {wanted}, but gets {count}; Keras raises a ValueError",
                f"Call it on a list of {wanted}.",
            )  # fmt: skip
        shapes = [feature.shape for feature in features]
        if None in shapes:
            return Tensor(None, self.output_dtype(features[0]))
        self._check_shapes(shapes)
        for dtype in () if self.keras3 else {feature.dtype for feature in features}:
            if dtype is not None and dtype != "string" and "int" not in dtype:
                raise LayerError(
                    "E007", f"HashedCrossing takes integers or strings, but gets {dtype}; tf_keras raises a ValueError",
                    "Declare the input's dtype as string or int64.",
                )  # fmt: skip
        first: KnownShape = shapes[0]
        if not self.keras3:
            first = (None, *first[1:])
        return Tensor(self.output_shape(first), self.output_dtype(features[0]))

    def _check_shapes(self, shapes: list[KnownShape]) -> None:
        first = shapes[0]
        if self.keras3:
            fits = all(shape and first and shape[-1] == first[-1] for shape in shapes)
            wanted = "the same last dimension"
        else:
            fits = 0 < len(first) < 3 and first[1:] in ((), (1,)) and all(shape == first for shape in shapes)
            wanted = "the same shape, (batch, 1)"
        if not fits:
            raise LayerError(
                "S113",
                f"HashedCrossing needs features of {wanted}, but gets {' and '.join(map(format_shape, shapes))}; Keras"
                " raises an error",
                "Use features of shape (batch, 1).",
                shapes=shapes,
            )


@layer("CategoryEncoding")
class CategoryEncoding(CategoricalLayer):
    """Encodes integers below num_tokens."""

    modes = ("multi_hot", "one_hot", "count")
    aliases: ClassVar[dict[str, str]] = {"binary": "multi_hot"}

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E006, E007.
        """
        super().check()
        if self.config.get("max_tokens") is not None:  # tf_keras still accepts this name
            self.config["num_tokens"] = self.config["max_tokens"]
        tokens = self.config.get("num_tokens")
        if tokens is None:
            raise LayerError(
                "E006", "CategoryEncoding has no num_tokens; Keras raises a ValueError",
                'Add "num_tokens", the number of categories.', "num_tokens",
            )  # fmt: skip
        if not isinstance(tokens, int | float) or tokens < 1:
            raise bad_value(self, "num_tokens", "a positive integer", 10)

    def depth(self) -> Dim:
        """Return num_tokens."""
        return self.dimension("num_tokens")

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return the layer's dtype."""
        return self.compute_dtype


@layer("Discretization")
class Discretization(CategoricalLayer):
    """Converts numbers to the index of their bin.

    tf_keras stores a summary of the data passed to `adapt`; its length is unknown, and Keras does not count it.
    """

    # Keras 3's Discretization passes no arguments to Layer.
    taken: ClassVar[frozenset[str]] = frozenset(
        {"bin_boundaries", "num_bins", "epsilon", "output_mode", "sparse", "dtype", "name"}
    )
    bounds: list[Any] | None = None

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E005, E006, E007.
        """
        super().check()
        config = self.config
        bins, bounds = config.get("num_bins"), config.get("bin_boundaries")
        if self.keras3:
            refuse_others(self, self.taken)
        elif (old := config.get("bins")) is not None:  # tf_keras still accepts this name
            bins, bounds = (old, bounds) if isinstance(old, int) and bins is None else (bins, bounds or old)
        if bins is not None and (not isinstance(bins, int | float) or bins < 0):
            raise bad_value(self, "num_bins", "an integer of at least 0, or null", 10)
        if bins is not None and bounds is not None and not self.keras3:
            raise LayerError(
                "E007", "Discretization has both num_bins and bin_boundaries; tf_keras raises a ValueError",
                "Keep only one of them.", "num_bins",
            )  # fmt: skip
        if bins is None and bounds is None and self.keras3:
            raise LayerError(
                "E006", "Discretization has neither num_bins nor bin_boundaries; Keras raises a ValueError",
                "Add one of them.", "num_bins",
            )  # fmt: skip
        if bounds is not None and not isinstance(bounds, list) and (self.mode != "int" or not self.keras3):
            raise bad_value(self, "bin_boundaries", "a list of numbers", [0.0, 1.0])
        self.bounds = bounds if isinstance(bounds, list) else None

    def depth(self) -> Dim:
        """Return the number of boundaries + 1; while they are unknown, num_bins (tf_keras: 1)."""
        if self.bounds is not None:
            return len(self.bounds) + 1
        return self.dimension("num_bins") if self.keras3 else 1

    def encoded(self, shape: KnownShape, depth: Dim) -> KnownShape:
        """Return Keras 3's encoded shape: multi_hot and count drop the axis after the batch."""
        if self.mode == "one_hot":
            return super().encoded(shape, depth)
        return (shape[0], *shape[2:], depth) if len(shape) > 1 else (depth,)

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return int32 for integers in Keras 3; in tf_keras, int64 unless the layer has another dtype."""
        if self.mode != "int":
            return self.compute_dtype
        if self.keras3:
            return "int32"
        return self.compute_dtype if self.spec.dtype is not None and "int" in self.compute_dtype else "int64"


def refuse_others(layer: Layer, taken: frozenset[str]) -> None:
    """Raise LayerError E005 for an argument that this constructor does not accept, although other layers do."""
    config = layer.spec.raw.get("config")
    for name in config if isinstance(config, dict) else layer.spec.config:
        if name not in taken:
            raise LayerError(
                "E005",
                f"{layer.class_name} does not accept the argument {show(name)}; Keras raises a TypeError",
                f"Remove it. {layer.class_name} takes: {listing(sorted(taken))}.",
                name,
            )


@layer("Pipeline")
class Pipeline(PreprocessingLayer):
    """A sequence of layers."""

    multiple_inputs = takes_structures = True
    taken: ClassVar[frozenset[str]] = frozenset({"layers", "name"})

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E005, E007.
        """
        layers = self.config.get("layers")
        if not isinstance(layers, list) or not all(isinstance(one, LayerSpec) for one in layers):
            raise LayerError(
                "E007", "layers of Pipeline is not a list of layers; Keras raises a ValueError",
                "Write them as in a Sequential model.", "layers",
            )  # fmt: skip
        if not layers:
            raise LayerError("E007", "Pipeline contains no layers; Keras cannot call it", "Add a layer.", "layers")
        refuse_others(self, self.taken)
        self.sublayers = [self.context.make_cached(one) for one in layers]

    def build(self, input_shape: Any) -> None:
        """Do nothing: each layer is built on its first call."""

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the output of the last layer."""
        value = inputs
        for one in self.sublayers:
            value = one.apply([Tensor(None, None) if value is None else value], {})
        return value

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return None, since the shapes between the layers are not stored."""
        return None


__all__ = ["CategoricalLayer", "PreprocessingLayer", "check_integer_dtype", "check_salt", "refuse_others"]
