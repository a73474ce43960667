"""Input, Dense, Embedding, Masking, Activation, Dropout, Lambda, and Identity (keras.layers.core)."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.base import Layer, LayerError, UnknownShape, Weight, layer
from lstmlint.layers.input_spec import PinnedLayer
from lstmlint.layers.weights import QUANTIZATION_MODES, as_count
from lstmlint.model.shapes import KnownShape, Shape, Tensor, as_shape, format_shape, product
from lstmlint.model.values import show


def is_plain(layer: Layer) -> bool:
    """Return whether the layer uses neither quantization nor LoRA."""
    dtype = layer.spec.dtype
    if isinstance(dtype, dict):
        quantized = dtype.get("class_name") != "DTypePolicy"
    else:
        quantized = isinstance(dtype, str) and dtype.startswith(QUANTIZATION_MODES)
    return not quantized and not layer.config.get("lora_rank")


@layer("InputLayer", "Input")
class InputLayer(Layer):
    """The input of a model. Its output has the declared shape."""

    multiple_inputs = True
    is_input = True
    takes_structures = built_when_made = True

    def call(self, *args: Any, **kwargs: Any) -> Tensor:
        """Return the declared input. Raises: LayerError E006 if no shape is declared."""
        config = self.config
        if self.context.dialect == "keras3":
            config = self.config = self.with_old_words(config)
        shape = as_shape(config.get("batch_shape"))
        if shape is None and config.get("shape") is not None:
            rest = as_shape(config["shape"])
            batch = config.get("batch_size")
            shape = None if rest is None else (batch if isinstance(batch, int) else None, *rest)
        shape = self.context.bind_input(self.name, shape)
        if shape is not None and any(dim is not None and dim < 0 for dim in shape):
            raise LayerError(
                "E007",
                f"InputLayer declares the shape {format_shape(shape)} with a negative dimension; Keras refuses it",
                "Write null for a dimension that is unknown.",
                "batch_shape",
            )
        if shape is None and (config.get("batch_shape") is not None or config.get("shape") is not None):
            raise LayerError(
                "E007",
                "InputLayer does not declare a shape that Keras can read",
                "A shape is a list of integers and nulls, for instance [null, 13, 5].",
                "batch_shape",
            )
        if shape is None:
            raise LayerError(
                "E006",
                "InputLayer does not declare a usable shape; Keras raises a ValueError",
                'Add "batch_shape", for instance [null, 13, 5] for 13 timesteps of 5 features.',
                "batch_shape",
            )
        dtype = self.compute_dtype if self.spec.dtype is not None else self.spec.input_dtype
        return Tensor(shape, dtype or "float32")

    def with_old_words(self, config: dict[str, Any]) -> dict[str, Any]:
        """Return the config with the shape as `batch_shape`.

        Raises: LayerError E007 if Keras 3 refuses it: two shapes, or dimensions that are not integers.
        """
        for old, new in (("input_shape", "shape"), ("batch_input_shape", "batch_shape")):
            if old in self.spec.config:
                config = {**config, new: config[old]}
        batch_shape, shape = config.get("batch_shape"), config.get("shape")
        for other in ("shape", "batch_size", "input_tensor"):
            if config.get(other) is not None and (batch_shape is not None or other == "input_tensor"):
                raise LayerError(
                    "E007",
                    f"InputLayer has both batch_shape and {other}; Keras raises a ValueError",
                    f"Remove {other}.",
                    other,
                )
        given = shape if batch_shape is None else batch_shape
        if isinstance(given, list):
            for dim in given:
                if dim is not None and not isinstance(dim, int):
                    raise LayerError(
                        "E007",
                        f"InputLayer declares the dimension {show(dim)}; Keras takes integers and nulls",
                        "Write the dimension as an integer, without quotes or decimal point.",
                        "shape" if batch_shape is None else "batch_shape",
                    )
        return config


@layer("Dense")
class Dense(PinnedLayer):
    """output = activation(input · kernel + bias), along the last axis. Parameters: features·units + units."""

    min_ndim = 2
    pins_rank = False
    quantizable = supports_masking = applies_activation = takes_structures_when_built = True

    def pinned_axes(self, rank: int) -> tuple[int, ...]:
        """Return the axis of the features."""
        return (-1,)

    def units(self) -> int:
        """Return the number of output features. Keras 2 accepts 0, 3.0, and "3"."""
        if self.context.dialect == "keras2" and (units := as_count(self.config.get("units"))) is not None:
            return units
        return self.integer("units")

    def weights(self, input_shape: Shape) -> list[Weight]:
        """Yield the kernel (input_dim, units) and bias (units,), changed by quantization and LoRA."""
        units = self.units()
        plain = [self.weight("kernel", (self.feature_dim(input_shape), units))]
        if self.config["use_bias"]:
            plain.append(self.weight("bias", (units,)))
        if is_plain(self):
            return plain
        from lstmlint.layers.quantization import quantized_weights

        return quantized_weights(self, plain)

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Call the layer. For a list with one tensor, Keras 3 computes an output without the other axes."""
        output = super().apply(args, kwargs)
        if (
            not args
            or isinstance(args[0], Tensor)
            or not isinstance(output, Tensor)
            or self.context.dialect != "keras3"
        ):
            return output
        message = (
            f"Dense takes one tensor, but gets a {type(args[0]).__name__} of one: Keras computes a wrong output shape"
        )
        self.context.report(self, LayerError("S122", message, "Connect the tensor itself.", severity="warning"))
        return Tensor((self.integer("units"),), output.dtype)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (..., units)."""
        return (*input_shape[:-1], self.units())

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return output elements · input_dim."""
        shape = input_shapes[0]
        return None if shape is None else product((*shape[1:], self.units()))


@layer("Embedding")
class Embedding(Layer):
    """A table of input_dim vectors, which integers select. Parameters: input_dim·output_dim."""

    build_shapes = ()
    optional_build_shapes = ("input_shape",)
    quantizable = makes_mask = True

    def weights(self, input_shape: Any) -> list[Weight]:
        """Yield the embeddings (input_dim, output_dim), changed by quantization and LoRA."""
        table = self.weight("embeddings", (self.integer("input_dim"), self.integer("output_dim")))
        if is_plain(self):
            return [table]
        from lstmlint.layers.quantization import quantized_embeddings

        return quantized_embeddings(self, table)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (..., output_dim)."""
        shape = input_shape
        length = self.config.get("input_length")
        if self.context.dialect in ("keras0", "keras1") and isinstance(length, int) and len(shape) == 2:
            shape = (shape[0], length)
        return (*shape, self.integer("output_dim"))


@layer("Identity")
class Identity(Layer):
    """Returns its input, in the same structure."""

    multiple_inputs = True
    takes_structures = built_when_made = supports_masking = keeps_values = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the inputs in the layer's own dtype."""
        if isinstance(inputs, Tensor):
            return Tensor(inputs.shape, self.output_dtype(inputs))
        return inputs


class PassThrough(Layer):
    """A layer without weights that keeps the shape."""

    built_when_made = supports_masking = True

    def check_rank(self, shape: Shape) -> None:
        """Accept any rank."""


@layer("Masking")
class Masking(PassThrough):
    """Masks the timesteps whose features all equal mask_value."""

    makes_mask = True


@layer("Activation")
class Activation(PassThrough):
    """An element-wise function."""

    maps_structures = is_activation = True


@layer("Dropout")
class Dropout(PassThrough):
    """Sets random elements to 0 in training."""

    maps_structures = training_only = drops_units = keeps_values = True


@layer("Lambda")
class Lambda(Layer):
    """Arbitrary Python code. It is treated as data, so the output is unknown unless the config states its shape."""

    multiple_inputs = takes_structures = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return a tensor of the declared `output_shape` with the batch of the input; unknown otherwise."""
        shape = declared_shape(self.config.get("output_shape"))
        if shape is None:
            raise UnknownShape
        batch = inputs.shape[0] if isinstance(inputs, Tensor) and inputs.shape else None
        return Tensor((batch, *shape), self.compute_dtype)

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return None: the code is unknown."""
        return None


def declared_shape(value: Any) -> Shape:
    """Return the output_shape of a Lambda if it is a shape, not a function."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    return as_shape(value)


__all__ = ["Activation", "Dense", "Dropout", "Embedding", "InputLayer", "Lambda", "Masking", "PassThrough", "is_plain"]
