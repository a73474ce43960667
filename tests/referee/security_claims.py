"""What Keras does with harmless files of the shapes of attacks: python tests/referee/security_claims.py keras|tf_keras

Each probe makes a folder, reads a file, or defines a value. Prints its outcome as JSON: what happened, or the exception.
"""

import json
import os
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")
keras: Any = __import__(sys.argv[1])
import h5py  # noqa: E402
import numpy as np  # noqa: E402

L, M = keras.layers, keras.Sequential
SHAPE = "batch_shape" if keras.__version__ >= "3" else "batch_input_shape"
LAYERS = f"{sys.argv[1]}.layers"
FUNCTIONAL = f"{keras.Model.__module__.rpartition('.')[0]}.functional"
folder = Path(tempfile.mkdtemp())
found: dict[str, Any] = {}


def k3(class_name: str, config: Any, module: Any = None, registered: Any = None, **more: Any) -> Any:
    """Return an object as Keras 3 writes it."""
    return {
        "module": module or LAYERS,
        "class_name": class_name,
        "config": config,
        "registered_name": registered,
        **more,
    }


def archive(root: Any, name: str = "m.keras") -> Path:
    """Write an archive without weights."""
    path = folder / name
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("config.json", json.dumps(root))
        packed.writestr("metadata.json", json.dumps({"keras_version": keras.__version__, "date_saved": "x"}))
    return path


def calling(module: str, function: str, *args: Any, **kwargs: Any) -> Any:
    """Return a model that calls a function while it is loaded."""
    source = k3("InputLayer", {"name": "x", SHAPE: [None, 4], "dtype": "float32"}, name="x", inbound_nodes=[])
    node = {"args": list(args), "kwargs": kwargs}
    call = k3("function", function, module, "function", name="c", inbound_nodes=[node])
    config = {"name": "m", "layers": [source, call], "input_layers": [["x", 0, 0]], "output_layers": [["x", 0, 0]]}
    return k3("Functional", config, FUNCTIONAL, "Functional")


def stack(*layers: Any) -> Any:
    """Return a Sequential as Keras 3 writes it."""
    source = k3("InputLayer", {"name": "x", SHAPE: [None, 4], "dtype": "float32"})
    return k3("Sequential", {"name": "m", "layers": [source, *layers]}, sys.argv[1])


def load(path: Path) -> Any:
    """Load a file as a person does."""
    return keras.models.load_model(str(path))


def probe(name: str) -> Callable[[Callable[[], Any]], None]:
    """Run a function and note its outcome."""

    def run(function: Callable[[], Any]) -> None:
        try:
            found[name] = function()
        except Exception as error:
            found[name] = type(error).__name__
            print(name, error, file=sys.stderr)

    return run


@probe("X802 a function of os is called")
def _() -> Any:
    made = folder / "made"
    try:
        load(archive(calling("os", "mkdir", str(made))))
    except Exception as error:
        print("X802", error, file=sys.stderr)
    return made.is_dir()


def function_of_lambda(function: Any, **more: Any) -> Any:
    """Return the function of a Lambda layer that is created from a config."""
    config = {"name": "l", "function": function, "arguments": {}, "output_shape": None, **more}
    if keras.__version__ < "3":
        config |= {"function_type": "function", "output_shape_type": "raw", "output_shape_module": None}
    return keras.saving.deserialize_keras_object(k3("Lambda", config)).function


@probe("X802 a Lambda finds a function of os by name")
def _() -> Any:
    return function_of_lambda("getenv", module="os") is os.getenv


@probe("X802 a Lambda finds a function of os")
def _() -> Any:
    return function_of_lambda(k3("function", "getenv", "os", "function")) is os.getenv


@probe("X803 get_file is called")
def _() -> Any:
    source, cache = folder / "source.txt", folder / "cache"
    source.write_text("words")
    cache.mkdir()
    arguments = {"fname": "copy.txt", "origin": source.as_uri(), "cache_dir": str(cache)}
    try:
        load(archive(calling(f"{sys.argv[1]}.utils", "get_file", **arguments)))
    except Exception as error:
        print("X803", error, file=sys.stderr)
    return any(cache.rglob("copy.txt*"))


@probe("X803 a Lambda finds get_file")
def _() -> Any:
    return function_of_lambda(k3("function", "get_file", f"{sys.argv[1]}.utils", "function")) is keras.utils.get_file


@probe("X804 a path to a SavedModel is opened")
def _() -> Any:
    try:
        load(archive(stack(k3("TFSMLayer", {"name": "s", "filepath": str(folder / "none")}))))
    except Exception as error:
        if "does not exist" in str(error):
            return True
        raise


@probe("X806 a vocabulary file is read")
def _() -> Any:
    words = folder / "words.txt"
    words.write_text("secret\n")
    config = {"name": "v", "vocabulary": str(words), "max_tokens": None, "num_oov_indices": 1, "mask_token": None}
    source = k3("InputLayer", {"name": "x", SHAPE: [None, 1], "dtype": "string"})
    root = k3("Sequential", {"name": "m", "layers": [source, k3("StringLookup", config)]}, sys.argv[1])
    return "secret" in keras.saving.deserialize_keras_object(root).layers[-1].get_vocabulary()


@probe("X807 the registered name decides the class")
def _() -> Any:
    class Other(L.Dense):  # type: ignore[misc,name-defined]
        """A class of the program that loads the file."""

    keras.saving.register_keras_serializable("mine")(Other)
    dense = k3("Dense", {"name": "d", "units": 2}, LAYERS, "mine>Other")
    return type(keras.saving.deserialize_keras_object(stack(dense)).layers[-1]).__name__


@probe("X807 a registered name that nobody registered")
def _() -> Any:
    dense = k3("Dense", {"name": "d", "units": 2}, LAYERS, "mine>Nothing")
    return type(keras.saving.deserialize_keras_object(stack(dense)).layers[-1]).__name__


@probe("X808 names of layers are paths")
def _() -> Any:
    path = folder / "n.h5"
    M([L.Input((4,)), L.Dense(3, name="d")]).save(str(path))
    with h5py.File(path) as file:
        return "d" in file["model_weights"]


def with_external(path: Path) -> None:
    """Write weights whose kernel is in another file."""
    other = folder / "other.bin"
    other.write_bytes(np.full((4, 3), 7, "float32").tobytes())
    with h5py.File(path, "r+") as file:
        names: list[str] = []
        file.visititems(lambda name, item: names.append(name) if getattr(item, "shape", ()) == (4, 3) else None)
        del file[names[0]]
        file.create_dataset(names[0], (4, 3), "f4", external=[(str(other), 0, 48)])


@probe("X816 external values are read")
def _() -> Any:
    path = folder / "e.weights.h5"
    model = M([L.Input((4,)), L.Dense(3, name="d")])
    model.save_weights(str(path))
    with_external(path)
    model.load_weights(str(path))
    return float(np.asarray(model.get_weights()[0])[0, 0])


@probe("X817 an archive after other data is read")
def _() -> Any:
    path = folder / "w.keras"
    M([L.Input((4,)), L.Dense(3, name="d")]).save(str(path))
    path.write_bytes(b"#!/bin/true\n" + path.read_bytes())
    return load(path).output_shape[-1]


def both(name: str) -> Any:
    """Return what is loaded from a file that is HDF5 with two units, and a zip archive with three."""
    old, new, path = folder / "old.h5", folder / "new.keras", folder / name
    M([L.Input((4,)), L.Dense(2, name="d")]).save(str(old))
    M([L.Input((4,)), L.Dense(3, name="d")]).save(str(new))
    path.write_bytes(old.read_bytes() + new.read_bytes())
    return load(path).output_shape[-1]


probe("X817 HDF5 and zip, named .keras")(lambda: both("both.keras"))
probe("X817 HDF5 and zip, named .h5")(lambda: both("both.h5"))
print(json.dumps(found))
