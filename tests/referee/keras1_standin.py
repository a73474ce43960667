"""Run the layer code of Keras 0.3.3 or 1.2.2 for shapes and weights, without Theano or TensorFlow.

    python keras1_standin.py SOURCE < configs.json > answers.json

SOURCE is a folder that contains the `keras` package. Its layers run unchanged on a stub backend: tensors and variables
have a shape, and operations return a tensor of no particular shape. That is enough, because Keras computes shapes in
`get_output_shape_for` and not from its operations.

configs.json is a list of {"model": config, "image_dim_ordering": "th" or "tf"}; the order is the default in keras.json.
The result for each is {"layers": [{name, class, params, trainable,
output_shape, weights}], "total", "trainable", "inputs", "outputs"}, or {"error": "..."} where Keras raises.
"""

from __future__ import annotations

import collections
import collections.abc
import importlib.util
import inspect
import json
import sys
import types
import warnings
from pathlib import Path
from typing import Any

import numpy as np


class Symbol:
    """A tensor with a dtype and perhaps a shape."""

    name = "symbol"

    def __init__(self, shape: Any = None, dtype: str = "float32") -> None:
        self.dtype = dtype
        if shape is not None:
            self._keras_shape = tuple(None if dim is None else int(dim) for dim in shape)
            self._uses_learning_phase = False

    @property
    def shape(self) -> Any:
        return getattr(self, "_keras_shape", None)

    def set_shape(self, shape: Any) -> None:
        self._keras_shape = tuple(shape)

    def _operate(self, *args: Any, **kwargs: Any) -> Symbol:
        return Symbol()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _operate
    __neg__ = __abs__ = __getitem__ = __gt__ = __lt__ = __ge__ = __le__ = __pow__ = dimshuffle = _operate
    __iadd__ = __imul__ = __isub__ = __itruediv__ = _operate
    __iter__ = None  # without it, __getitem__ would make this an endless sequence


class Variable(Symbol):
    """A weight. Like a real backend, it refuses unknown and negative sizes."""

    def __init__(self, shape: Any) -> None:
        if any(dim is None or dim < 0 for dim in shape):
            raise ValueError(f"cannot create a variable of shape {tuple(shape)}")
        super().__init__(shape)


def operation(*args: Any, **kwargs: Any) -> Symbol:
    """An operation whose output shape is never used."""
    return Symbol()


class Backend(types.ModuleType):
    """The part of keras.backend that building a model needs."""

    _BACKEND = "tensorflow"

    def __init__(self, common: types.ModuleType | None) -> None:
        super().__init__("keras.backend")
        self.__path__: list[str] = []
        self.uids: collections.defaultdict[str, int] = collections.defaultdict(int)
        if common is not None:
            self.__dict__.update({key: value for key, value in vars(common).items() if not key.startswith("_")})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "set_image_dim_ordering":
            raise AttributeError(name)
        return operation

    def backend(self) -> str:
        return "tensorflow"

    def placeholder(self, shape: Any = None, ndim: Any = None, dtype: str = "float32", **kwargs: Any) -> Symbol:
        return Symbol(shape if shape is not None else (None,) * ndim, dtype)

    def variable(self, value: Any, **kwargs: Any) -> Variable:
        return Variable(np.shape(value))

    def zeros(self, shape: Any, *args: Any, **kwargs: Any) -> Variable:
        return Variable(shape if isinstance(shape, tuple | list) else (shape,))

    ones = zeros
    random_uniform_variable = random_normal_variable = zeros

    def get_value(self, x: Symbol) -> Any:
        return np.zeros(x.shape)

    def count_params(self, x: Symbol) -> int:
        return int(np.prod(x.shape, dtype=np.int64))

    def int_shape(self, x: Symbol) -> Any:
        return x.shape

    def ndim(self, x: Symbol) -> int:
        return 2 if x.shape is None else len(x.shape)  # activations inside layers accept 2

    def dtype(self, x: Symbol) -> str:
        return x.dtype

    def reshape(self, x: Symbol, shape: Any) -> Symbol:
        dims = [None if not isinstance(dim, int | np.integer) or dim == -1 else dim for dim in shape]
        return Symbol(dims)

    def normalize_batch_in_training(self, *args: Any, **kwargs: Any) -> tuple[Symbol, Symbol, Symbol]:
        return Symbol(), Symbol(), Symbol()

    def stack(self, x: list[Any]) -> list[Any]:
        return x

    def cast(self, x: Symbol, dtype: str) -> Symbol:
        return Symbol(x.shape, dtype)

    def rnn(self, step: Any, inputs: Any, initial_states: list[Any], **kwargs: Any) -> Any:
        return Symbol(), Symbol(), [Symbol() for _ in initial_states]


def initializer(name: str) -> Any:
    """An initializer without values."""

    def make(shape: Any, *args: Any, **kwargs: Any) -> Variable:
        return Variable(shape)

    make.__name__ = name
    return make


def module(name: str, **contents: Any) -> types.ModuleType:
    """Create a module that can be imported by its name."""
    made = types.ModuleType(name)
    made.__dict__.update(contents)
    sys.modules[name] = made
    return made


def load(source: Path) -> Any:
    """Import the keras package in `source` on the stub backend."""
    if not hasattr(inspect, "getargspec"):
        inspect.getargspec = inspect.getfullargspec  # type: ignore[attr-defined]
    collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]
    moves = module("six.moves", zip=zip, range=range, map=map)
    module("tensorflow")
    module("six", moves=moves, string_types=(str,), iteritems=lambda mapping: iter(mapping.items()))
    sys.path.insert(0, str(source))
    # Only training needs these.
    for name in ("callbacks", "datasets", "preprocessing", "wrappers"):
        module(f"keras.{name}")
    common_file = source / "keras" / "backend" / "common.py"
    spec = importlib.util.spec_from_file_location("keras_backend_common", common_file)
    assert spec is not None
    assert spec.loader is not None
    common = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(common)
    backend = sys.modules["keras.backend"] = Backend(common)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import keras
        import keras.models
        import keras.utils.layer_utils
    keras.backend = backend
    for name in ("orthogonal", "identity"):
        setattr(keras.initializations, name, initializer(name))
    return keras


def shape_of(value: Any) -> Any:
    """Return a shape or a list of shapes for JSON."""
    if isinstance(value, tuple):
        return [None if dim is None else int(dim) for dim in value]
    if isinstance(value, list):
        return [shape_of(item) for item in value]
    return value


def weights_of(layer: Any) -> tuple[list[Symbol], list[Symbol]]:
    """Return (trainable, other) weights, each once."""
    found = []
    for kind in ("trainable_weights", "non_trainable_weights"):
        unique = {id(weight): weight for weight in getattr(layer, kind, [])}
        found.append(list(unique.values()))
    return found[0], found[1]


def row(layer: Any, backend: Any) -> dict[str, Any]:
    """Return Keras's result for a layer."""
    trained, fixed = weights_of(layer)
    count = sum(backend.count_params(weight) for weight in trained)
    return {
        "name": layer.name,
        "class": type(layer).__name__,
        "params": count + sum(backend.count_params(weight) for weight in fixed),
        "trainable": count,
        "output_shape": shape_of(first_output_shape(layer)),
        "weights": [shape_of(weight.shape) for weight in trained + fixed],
    }


def first_output_shape(layer: Any) -> Any:
    """Return the output shape of the layer's first call."""
    nodes = getattr(layer, "inbound_nodes", None)
    if nodes:
        shapes = nodes[0].output_shapes
        return shapes[0] if len(shapes) == 1 else list(shapes)
    return layer.output_shape


def ask(keras: Any, config: dict[str, Any]) -> dict[str, Any]:
    """Return Keras's result for a model config."""
    backend = keras.backend
    if keras.__version__.startswith("0"):
        model = keras.utils.layer_utils.container_from_config(config)
        layers = list(model.nodes.values()) if hasattr(model, "nodes") else model.layers
        inputs = model.input_shape
        if type(layers[0]).__name__ == "Embedding":  # declares its vocabulary, but accepts something else
            inputs = layers[0].input.shape
        outputs = model.output_shape
        total = sum(entry["params"] for entry in (row(layer, backend) for layer in layers))
        answer = {"total": total, "inputs": shape_of(inputs), "outputs": shape_of(outputs)}
        answer["layers"] = [row(layer, backend) for layer in layers]
        return answer
    model = keras.utils.layer_utils.layer_from_config(config)
    if type(model).__name__ in ("Sequential", "Graph"):
        model.build()
    trained, fixed = weights_of(model)
    count = sum(backend.count_params(weight) for weight in trained)
    return {
        "layers": [row(layer, backend) for layer in model.layers],
        "total": count + sum(backend.count_params(weight) for weight in fixed),
        "trainable": count,
        "inputs": [shape_of(tensor._keras_shape) for tensor in model.inputs],
        "outputs": [shape_of(tensor._keras_shape) for tensor in model.outputs],
    }


def main() -> None:
    """Print the result for every config on standard input."""
    keras = load(Path(sys.argv[1]))
    answers = []
    for question in json.load(sys.stdin):
        if hasattr(keras.backend, "set_image_dim_ordering"):  # in Keras 0 it is "th"
            keras.backend.set_image_dim_ordering(question.get("image_dim_ordering", "tf"))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answers.append(ask(keras, question["model"]))
        except Exception as error:  # any exception is Keras's result
            answers.append({"error": f"{type(error).__name__}: {error}"})
    json.dump({"version": keras.__version__, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
