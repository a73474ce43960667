"""Writing models as TensorFlow.js reads them: in the format of Keras 2, without what TensorFlow.js would ignore or lacks.

Measured with tfjs-layers 4.22. Each argument is written, since the defaults of TensorFlow.js are others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from typing import Any

from lstmlint.converting.arguments import keras2_signatures
from lstmlint.converting.calling import is_integer
from lstmlint.converting.fitting import NOT_IN_TFJS
from lstmlint.converting.keras2 import Keras2Writer, reference
from lstmlint.converting.notes import Conversion, Note, Refused
from lstmlint.converting.values import shown
from lstmlint.converting.writer import Object
from lstmlint.inference import Graph
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import Layer
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.model.findings import listing
from lstmlint.model.shapes import KnownShape, Shape, flatten, format_shape
from lstmlint.model.spec import LayerSpec, ModelSpec, TensorRef
from lstmlint.model.values import show
from lstmlint.signatures.keras3 import REQUIRED

# The Keras 2 whose format the result has.
FORMAT = "2.15.0"
# What a name of a tensor must not contain in TensorFlow.js.
NOT_IN_NAMES = re.compile(r"[^-A-Za-z0-9._/]")
# The dtypes of inputs. Of the others, TensorFlow.js has only these.
INPUT_DTYPES = frozenset({"float32", "int32", "bool", "string"})
INTEGERS = frozenset({"int8", "int16", "int64", "uint8", "uint16", "uint32", "uint64"})
# Layers that take integers as they take floats.
TAKE_INTEGERS = frozenset({
    "InputLayer", "Embedding", "Flatten", "Reshape", "Permute", "RepeatVector", "Dropout", "SpatialDropout1D", "Concatenate",
    "GaussianNoise", "GaussianDropout",
})  # fmt: skip
# Layers that merge masks, which TensorFlow.js does in another way.
MERGES = frozenset({"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply"})
# Layers that use a mask as Keras does.
MASKED = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"})
# Arguments of whole numbers.
SIZES = frozenset({"kernel_size", "pool_size", "strides", "dilation_rate", "size"})
# Names of initializers that TensorFlow.js does not know -> those that it knows.
INITIALIZERS = {"uniform": "random_uniform", "normal": "random_normal", "zero": "zeros", "one": "ones"}
# Initializers of its own kind -> the distribution of the VarianceScaling that is the same.
LECUN = {"lecunnormal": "truncated_normal", "lecununiform": "uniform"}


def model_json(config: Object, manifest: list[Object] | None = None) -> Object:
    """Return the content of model.json. manifest: the files of weights and what they hold; None if there are none."""
    model = {
        "format": "layers-model",
        "generatedBy": "lstmlint",
        "convertedBy": "lstmlint",
        "modelTopology": {"keras_version": FORMAT, "backend": "tensorflow", "model_config": config},
    }
    return model if manifest is None else {**model, "weightsManifest": manifest}


class TfjsWriter(Keras2Writer):
    """Converts one document to TensorFlow.js."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.same = False  # no file is copied: defaults differ, and unknown arguments are ignored
        # Name in the result -> the layer that has it.
        self.owners: dict[str, LayerSpec] = {}
        # How many names were made from one.
        self.numbers: dict[str, int] = {}
        self.known_names: dict[int, dict[str, str]] = {}

    # Models -------------------------------------------------------------------------------------------

    def document(self, spec: ModelSpec, graph: Graph) -> Object:
        """Write the outermost model."""
        return self.model(spec, graph)

    def model(self, spec: ModelSpec, graph: Graph, frozen: bool = False) -> Object:
        """Write a Sequential or functional model."""
        obj = super().model(spec, graph, frozen)
        obj["config"].pop("build_input_shape", None)
        return obj

    def sequential(self, spec: ModelSpec, graph: Graph, frozen: bool) -> list[Object]:
        """Write the layers of a Sequential, with an InputLayer if it has none."""
        layers = super().sequential(spec, graph, frozen)
        if layers and not begins_with_input(layers[0]):
            own = graph.inputs[0] if graph.inputs else None
            if own is None or own.shape is None:
                message = "the first layer of a Sequential has no input shape, which TensorFlow.js needs"
                self.result.refuse(spec.layers[0].name, message, spec.layers[0].pointer)
            else:
                layers.insert(0, self.input_layer(f"{layers[0]['config']['name']}_input", own.shape, own.dtype))
        return layers

    def names(self, spec: ModelSpec) -> dict[str, str]:
        """Return layer -> its name in TensorFlow.js."""
        if id(spec) not in self.known_names:
            self.known_names[id(spec)] = super().names(spec)
        return self.known_names[id(spec)]

    def rename(self, name: str, taken: set[str], layer: LayerSpec | None = None) -> str:
        """Return the name in TensorFlow.js, which accepts few characters, and finds weights by the names of their layers."""
        new = NOT_IN_NAMES.sub("_", name)
        if not new[:1].isalnum():
            new = f"layer_{new.lstrip('_')}"
        why = "TensorFlow.js does not accept it"
        if layer is not None and self.owners.get(new, layer) is not layer:
            new, why = f"{self.here[0][-1]}_{new}" if self.here[0] else new, "another layer has its name"
        if new == name:
            if layer is not None:
                self.owners[new] = layer
            return new
        stem = new
        while new in taken or new in self.owners:
            self.numbers[stem] = self.numbers.get(stem, 0) + 1
            new = f"{stem}_{self.numbers[stem]}"
        taken.add(new)
        if layer is not None:
            self.owners[new] = layer
            self.result.remarks.append(Note(name, f"is renamed to {show(new)}, since {why}", layer.pointer))
        self.renamed[new] = name
        return new

    def ends(self, ends: Any, graph: Graph, names: dict[str, str]) -> Any:
        """Write `input_layers` or `output_layers` as a list."""
        leaves = [ends] if isinstance(ends, TensorRef) else flatten(ends)
        if not isinstance(ends, TensorRef | list) or any(isinstance(end, list | dict) for end in ends_of(ends)):
            order = listing([show(end.layer) for end in leaves if isinstance(end, TensorRef)])
            self.result.remarks.append(Note(None, f"in TensorFlow.js, {order} are a list in this order"))
        return [self.end(end, graph) for end in leaves]

    # Layers -------------------------------------------------------------------------------------------

    def change_for_integers(self, layer: Layer) -> str | None:
        """Return None. Raises: Refused for integers in layers of TensorFlow.js that compute with floats only."""
        dtypes = sorted(filter(is_integer, self.context.input_dtypes.get(id(layer), ())))
        if dtypes and layer.spec.model is None and layer.class_name not in TAKE_INTEGERS:
            raise Refused(
                f"TensorFlow.js does not cast {dtypes[0]} inputs of {layer.class_name} to float32; cast them first"
            )
        return None

    def translated(self, spec: LayerSpec, layer: Layer | None, name: str, frozen: bool) -> Object:
        """Translate a layer. Raises: Refused."""
        if spec.class_name == "Lambda":
            raise Refused("TensorFlow.js does not run the Python code of a Lambda")
        return super().translated(spec, layer, name, frozen)

    def object(self, class_name: str, config: Object, layer: Layer | None) -> Object:
        """Return a layer with this config. Raises: Refused."""
        defaults = keras2_signatures().get(class_name, {})
        config = {key: value for key, value in defaults.items() if value not in (None, REQUIRED)} | config
        constraints = [key for key, value in config.items() if key.endswith("_constraint") and value is not None]
        if constraints:
            message = f"{listing(constraints)} are left out, since TensorFlow.js applies them to weights that it loads"
            self.result.remarks.append(Note(config.get("name"), message, layer.spec.pointer if layer else ""))
        config = {key: value_in_tfjs(key, value) for key, value in config.items() if key not in constraints}
        if config.get("activity_regularizer") is not None:
            raise Refused("TensorFlow.js has no activity regularizers")
        if class_name in SPECIAL:
            class_name = SPECIAL[class_name](config, layer, class_name)
        dtype = config.get("dtype")
        name = dtype["config"]["name"] if isinstance(dtype, dict) else dtype
        if name is not None and name != "float32" and not is_integer(name):
            message = f"TensorFlow.js computes in float32, not in {name}"
            self.result.changes.append(Note(config.get("name"), message, layer.spec.pointer if layer else ""))
            del config["dtype"]
        return {"class_name": class_name, "config": config}

    def argument(self, value: Any, frozen: bool) -> Any:
        """Write the value of an argument. The names of layers in it may be those of other layers."""
        owners, self.owners = self.owners, {}
        try:
            return super().argument(value, frozen)
        finally:
            self.owners = owners

    def input(self, spec: LayerSpec, name: str) -> Object:
        """Write an InputLayer. Raises: Refused for kinds of inputs that TensorFlow.js does not have."""
        for kind in ("sparse", "ragged", "optional"):
            if spec.config.get(kind):
                raise Refused(f"TensorFlow.js has no {kind} inputs")
        spec = copy(spec)
        dtype = spec.dtype if isinstance(spec.dtype, str) else spec.input_dtype or "float32"
        if dtype in INTEGERS:
            message = f"is an int32 input, since TensorFlow.js has no {dtype}"
            self.result.remarks.append(Note(spec.name, message, spec.pointer))
            dtype = "int32"
        elif dtype not in INPUT_DTYPES:
            raise Refused(f"TensorFlow.js has no inputs of dtype {dtype}")
        spec.dtype = dtype
        return super().input(spec, name)

    def input_layer(self, name: str, shape: Shape, dtype: str | None) -> Object:
        """Return an InputLayer."""
        obj = super().input_layer(name, shape, "int32" if dtype in INTEGERS else dtype)
        del obj["config"]["ragged"]
        return obj

    # Calls --------------------------------------------------------------------------------------------

    def first(self, inputs: Any, kwargs: Object, graph: Graph) -> Any:
        """Write the first argument of a call. Raises: Refused."""
        if kwargs:
            raise Refused(f"TensorFlow.js ignores {listing(sorted(kwargs))} in the call of a layer")
        leaves = inputs if isinstance(inputs, list) else [inputs]
        if not all(isinstance(leaf, TensorRef) for leaf in leaves):
            raise Refused("it is called with something else than tensors, which TensorFlow.js cannot read")
        return [[*self.reference(leaf, graph), {}] for leaf in leaves]

    def reference(self, ref: TensorRef, graph: Graph) -> list[Any]:
        """Write [layer, call, output]. The calls of all models count from 1."""
        name, node, tensor = reference(ref, graph)
        position = graph.index.get(ref.layer)
        model = None if position is None else graph.spec.layers[position].model
        return [self.names(graph.spec).get(name, name), node if model is None else ref.node + 1, tensor]

    def function(self, spec: LayerSpec, graph: Graph, name: str) -> Object:
        """Raise Refused."""
        what = spec.config.get("function") if isinstance(spec.config.get("function"), str) else spec.class_name
        raise Refused(f"TensorFlow.js has layers only, and none for the operation {what}")


def ends_of(ends: Any) -> list[Any]:
    """Return the parts of the inputs or outputs of a model."""
    return [ends] if isinstance(ends, TensorRef) else list(ends.values() if isinstance(ends, dict) else ends)


def begins_with_input(obj: Object) -> bool:
    """Check whether a layer is an InputLayer or a model, which has one."""
    return obj["class_name"] in ("InputLayer", "Sequential", "Functional", "Model")


# Arguments ------------------------------------------------------------------------------------------------------


def value_in_tfjs(argument: str, value: Any) -> Any:
    """Return an initializer or regularizer under its name in TensorFlow.js, and anything else as it is.

    Raises: Refused for what TensorFlow.js does not have.
    """
    if argument.endswith("_initializer") and isinstance(value, str | dict):
        return initializer(value)
    if argument == "use_bias":
        return bool(value)
    if argument in SIZES:
        return sizes(value)
    if (
        argument.endswith("_regularizer")
        and isinstance(value, dict)
        and value.get("class_name") in ("L1", "L2", "L1L2")
    ):
        config = value["config"]
        return {"class_name": "L1L2", "config": {key: config.get(key, 0.0) for key in ("l1", "l2")}}
    return value


def sizes(value: Any) -> Any:
    """Return sizes as numbers, among which Keras counts true as 1."""
    if isinstance(value, list):
        return [sizes(item) for item in value]
    return int(value) if isinstance(value, bool) else value


def initializer(value: str | Object) -> str | Object:
    """Return an initializer that TensorFlow.js finds."""
    if isinstance(value, str):
        name, config = value, {}
    else:
        name, config = value["class_name"], dict(value["config"])
    lecun = LECUN.get(name.replace("_", "").lower())
    if lecun is not None:
        config |= {"scale": 1.0, "mode": "fan_in", "distribution": lecun}
        return {"class_name": "VarianceScaling", "config": config}
    if isinstance(value, str):
        return INITIALIZERS.get(value, value)
    if config.get("distribution") == "untruncated_normal":
        config["distribution"] = "normal"
    return {"class_name": name, "config": config}


# Takes the arguments of a layer, the layer, and its class; may change the arguments. Returns the class. Raises: Refused.
Special = Callable[[Object, Layer | None, str], str]


def gru(config: Object, _layer: Layer | None, name: str) -> str:
    """Refuse reset_after."""
    if config.get("reset_after"):
        raise Refused("reset_after is true, which TensorFlow.js does not support")
    return name


def elu(config: Object, _layer: Layer | None, name: str) -> str:
    """Refuse other slopes than 1."""
    if config.get("alpha") not in (None, 1):
        raise Refused(f"TensorFlow.js has no ELU with alpha={shown(config['alpha'])}")
    return name


def relu(config: Object, _layer: Layer | None, name: str) -> str:
    """Write a slope as LeakyReLU."""
    if config.get("negative_slope") and config.get("max_value") is None and not config.get("threshold"):
        config["alpha"] = config.pop("negative_slope")
        for gone in ("max_value", "threshold"):
            config.pop(gone, None)
        return "LeakyReLU"
    return name


def separable(config: Object, _layer: Layer | None, name: str) -> str:
    """Drop arguments without effect, which TensorFlow.js refuses."""
    for argument in NOT_IN_TFJS[name]:
        config.pop(argument, None)
    return name


def recurrent(config: Object, layer: Layer | None, name: str) -> str:
    """Drop what matters to masked timesteps only; `check_masks` looks at those. Refuse states in another order."""
    config.pop("zero_output_for_mask", None)
    cell = config.get("cell")
    stacked = isinstance(cell, list) or (isinstance(cell, dict) and cell.get("class_name") == "StackedRNNCells")
    if stacked and config.get("return_state"):
        raise Refused("TensorFlow.js returns the states of several cells in another order")
    if config.get("stateful") and config.get("return_state"):
        raise Refused("TensorFlow.js computes other values in a stateful layer that returns its states")
    return gru(config, layer, name) if name == "GRU" else name


def bidirectional(config: Object, _layer: Layer | None, name: str) -> str:
    """Drop a backward layer that is the first one in the other direction, which TensorFlow.js makes itself."""
    one, other = config["layer"], config.pop("backward_layer", None)
    if other is not None and (mirrored(other, True) != mirrored(one) or one["class_name"] != other["class_name"]):
        raise Refused("its backward_layer is not its layer in the other direction, as in TensorFlow.js")
    return name


def mirrored(obj: Object, turned: bool = False) -> Object:
    """Return what one direction of a Bidirectional shares with the other."""
    config = {key: value for key, value in obj["config"].items() if key != "name"}
    return {**config, "go_backwards": bool(config.get("go_backwards")) != turned}


def causal(config: Object, _layer: Layer | None, name: str) -> str:
    """Refuse causal padding."""
    if config.get("padding") == "causal":
        raise Refused("TensorFlow.js does not compute causal convolutions")
    return name


def identity(config: Object, _layer: Layer | None, _name: str) -> str:
    """Write a layer without effect."""
    config["activation"] = "linear"
    return "Activation"


def spatial_dropout(config: Object, layer: Layer | None, name: str) -> str:
    """Write a Dropout of whole channels."""
    rank = int(name[-2])
    first = config.pop("data_format", None) == "channels_first"
    config["noise_shape"] = [None, None, *[1] * rank] if first else [None, *[1] * rank, None]
    return "Dropout"


def interpolated(config: Object, layer: Layer | None, name: str) -> str:
    """Refuse an interpolation between the values."""
    if config.get("interpolation") != "nearest":
        raise Refused(f"TensorFlow.js interpolates between other points, so {name} computes other values")
    return name


def broken(_config: Object, _layer: Layer | None, name: str) -> str:
    """Raise Refused."""
    raise Refused(f"{name} of TensorFlow.js declares a wrong output shape")


SPECIAL: dict[str, Special] = {
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM2D"), recurrent),
    "GRUCell": gru,
    "ELU": elu,
    "ReLU": relu,
    "Bidirectional": bidirectional,
    "Conv1D": causal,
    "SeparableConv2D": separable,
    "Identity": identity,
    **dict.fromkeys(("SpatialDropout2D", "SpatialDropout3D"), spatial_dropout),
    "UpSampling2D": interpolated,
    **dict.fromkeys(("CategoryEncoding", "CenterCrop", "Resizing", "RandomWidth"), broken),
}

# Shapes ---------------------------------------------------------------------------------------------------------

# The rank from which TensorFlow.js does not compute these.
TOO_MANY_AXES = {"BatchNormalization": 5, "LayerNormalization": 5, "Dot": 4}


def check_shapes(model: ModelSummary, result: Conversion) -> None:
    """Refuse the layers that TensorFlow.js does not compute for their inputs."""
    for row in model.layers:
        if row.nested is not None:
            check_shapes(row.nested, result)
            continue
        shapes = row.output_shapes if row.class_name == "InputLayer" else row.input_shapes
        layer = row.layer
        while layer.class_name == "TimeDistributed" and layer.sublayers:
            layer = layer.sublayers[0]
            shapes = [shape and (shape[0], *shape[2:]) for shape in shapes]
        known = [shape for shape in shapes if shape is not None]
        if known and (message := misfit(layer, known)) is not None:
            result.refuse(row.name, message, row.pointer)


def misfit(layer: Layer, shapes: list[KnownShape]) -> str | None:
    """Return why TensorFlow.js does not compute a layer for inputs of these shapes."""
    name, shape, config = layer.class_name, shapes[0], layer.config
    rank = max(map(len, shapes))
    if name == "InputLayer" and rank < 2:
        return "TensorFlow.js has no inputs without an axis besides the batch"
    if rank >= TOO_MANY_AXES.get(name, 100):
        return f"TensorFlow.js has no {name} of {rank} axes"
    if len(shapes) > 1 and (config.get("stateful") or isinstance(config.get("cell"), list)):
        return "TensorFlow.js takes no initial states of stateful layers and of several cells"
    if name in MERGES and len({one[0] for one in shapes}) > 1:
        return f"TensorFlow.js does not broadcast batches in {name}"
    axis = config.get("axis")
    if name == "Concatenate" and axis in (0, -rank):
        return "TensorFlow.js does not concatenate batches"
    if name == "Softmax" and (axis[:1] if isinstance(axis, list) else [axis]) not in ([-1], [rank - 1]):
        return "TensorFlow.js computes Softmax along the last axis only"
    if name == "Flatten" and (None in shape[1:] or rank < 3):
        return f"TensorFlow.js does not flatten the shape {format_shape(shape)}"
    shared = config.get("shared_axes")
    if name == "PReLU" and isinstance(shared, list) and any(isinstance(one, int) and one < 1 for one in shared):
        return "shared_axes counts from the end, which TensorFlow.js does not do"
    return None


# Masks ----------------------------------------------------------------------------------------------------------


def check_masks(model: ModelSummary, result: Conversion) -> None:
    """Refuse the layers that a mask reaches in Keras or in TensorFlow.js, but not in both.

    TensorFlow.js passes the last mask to all later layers, reads it in recurrent layers only, and loses it at models.
    """
    from lstmlint.rules.index import unwrapped
    from lstmlint.rules.masks import flow

    masked = flow(model).makers
    for row in model.layers:
        if row.nested is not None and any_masks(row.nested):
            result.refuse(row.name, "TensorFlow.js does not pass masks through models", row.pointer)
    if not masked:
        return
    for row in model.layers:
        reached = any(id(source) in masked for source in row.inbound)
        uses = unwrapped(row.layer).facts.uses_mask
        message = None
        if reached and row.nested is not None:
            message = "TensorFlow.js does not pass masks into models"
        elif reached and row.class_name in MERGES and id(row) in masked:
            message = f"TensorFlow.js merges the masks of the inputs of {row.class_name} in another way"
        elif reached and uses and row.class_name not in MASKED:
            message = f"in TensorFlow.js, {row.class_name} does not use the mask: masked timesteps count there"
        elif reached and zeroes_masked(row) and any(one.class_name not in MASKED for one in row.consumers or [row]):
            message = "in TensorFlow.js, the outputs of masked timesteps are those of the timesteps before, not 0"
        elif not reached and takes_any_mask(row):
            message = "TensorFlow.js passes it a mask that it does not get in Keras: that of an earlier layer"
        if message is not None:
            result.refuse(row.name, message, row.pointer)


def any_masks(model: ModelSummary) -> bool:
    """Check whether a layer of a model or of the models in it makes a mask."""
    from lstmlint.rules.masks import flow

    return bool(flow(model).makers) or any(row.nested is not None and any_masks(row.nested) for row in model.layers)


def zeroes_masked(row: LayerSummary) -> bool:
    """Check whether a recurrent layer gives 0 at masked timesteps."""
    from lstmlint.rules.index import recurrent as recurrent_in

    inner = recurrent_in(row.layer)
    if inner is None or not inner.config.get("return_sequences"):
        return False
    return row.class_name == "Bidirectional" or bool(inner.config.get("zero_output_for_mask"))


def takes_any_mask(row: LayerSummary) -> bool:
    """Check whether a layer of TensorFlow.js uses the mask that it is given."""
    return row.class_name == "Softmax" or row.class_name in MASKED or isinstance(row.layer, RecurrentLayer)
