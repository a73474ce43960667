"""Writing tensors. The functions named `write_...` run in a process of their own, since they read files of strangers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lstmlint.converting.archives.targets import Entry
from lstmlint.converting.archives.transforms import InexactError, copied
from lstmlint.model.findings import ReadError
from lstmlint.reading.weight_values import Opener, Tensor, Values

# An attribute of an HDF5 file has at most 64 KB; Keras splits longer lists of names.
_ATTRIBUTE_BYTES = 64512
# TensorFlow.js reads weights from files of this size.
SHARD_BYTES = 4 * 2**20
_TFJS_DTYPES = {"float32": "float32", "int32": "int32", "uint8": "uint8", "bool": "bool", "float16": "float32"}


@dataclass(slots=True)
class Hdf5Model:
    """What an .h5 file contains besides values.

    attributes: of the root.
    layers: (layer, [(name of a weight, tensor)]) in the order in which Keras reads them.
    """

    attributes: dict[str, str]
    layers: list[tuple[str, list[tuple[str, Entry]]]] = field(default_factory=list)


@dataclass(slots=True)
class Notes:
    """What a written file says differently from the source: [layer, what] of rounded values."""

    inexact: list[tuple[str, str]] = field(default_factory=list)


def made(values: Values, entry: Entry, notes: Notes) -> tuple[tuple[int, ...], str, Iterator[tuple[int, int, Any]]]:
    """Return (shape, dtype, slabs) of a tensor. Raises: ReadError E001 if it has another shape than the model needs."""
    recipe = entry.recipe
    tensors = [values(weight.address) for weight in recipe.stored]
    if recipe.function is copied:
        tensor = tensors[0]
    else:
        try:
            value = recipe.function(*(one.array() for one in tensors), *recipe.arguments)
        except InexactError as error:
            message, value = error.args
            notes.inexact.append(("/".join(recipe.layer), message))
        tensor = in_memory(value)
    if entry.shape is not None and tensor.shape != entry.shape:
        raise ReadError("E001", f"{recipe.stored[0].address} has another shape than when its header was read")
    return tensor.shape, tensor.dtype, tensor.slabs()


def in_memory(value: Any) -> Tensor:
    """Return an array as a tensor."""
    return Tensor(value.shape, str(value.dtype), lambda start, stop: value[start:stop] if value.shape else value, 1)


def write_keras(path: Path, opener: Opener, entries: list[Entry], groups: list[tuple[str, str]]) -> Any:
    """Write model.weights.h5 of a .keras file. groups: (group, name of the object), also of those without tensors.

    Returns: [layer, what] of rounded values.
    """
    import h5py

    notes = Notes()
    with opener() as values, h5py.File(path, "w") as file:
        for group, name in groups:
            file.create_group(group).attrs["name"] = name
        for entry in entries:
            shape, dtype, slabs = made(values, entry, notes)
            data = file.create_dataset(entry.address, shape, "V2" if dtype == "bfloat16" else dtype)
            if dtype == "bfloat16":
                data.attrs["dtype"] = dtype
            fill(data, slabs)
    return notes.inexact


def write_hdf5(path: Path, opener: Opener, model: Hdf5Model) -> Any:
    """Write an .h5 file. Returns: [layer, what] of rounded values."""
    import h5py

    notes = Notes()
    with opener() as values, h5py.File(path, "w") as file:
        for key, text in model.attributes.items():
            file.attrs[key] = text
        weights = file.create_group("model_weights")
        for key in ("backend", "keras_version"):
            weights.attrs[key] = model.attributes[key]
        put_names(weights, "layer_names", [layer for layer, _ in model.layers])
        for layer, entries in [*model.layers, ("top_level_model_weights", [])]:
            put_names(weights.require_group(layer), "weight_names", [name for name, _ in entries])
            for _, entry in entries:
                shape, dtype, slabs = made(values, entry, notes)
                wide = "float32" if dtype == "bfloat16" else dtype  # Keras cannot read bfloat16 from .h5 files
                data = weights.create_dataset(entry.address, shape, wide)
                fill(data, widened(slabs) if dtype == "bfloat16" else slabs)
    return notes.inexact


def fill(data: Any, slabs: Iterator[tuple[int, int, Any]]) -> None:
    """Write the values of a dataset."""
    for start, stop, value in slabs:
        if data.shape:
            data[start:stop] = value
        else:
            data[()] = value


def widened(slabs: Iterator[tuple[int, int, Any]]) -> Iterator[tuple[int, int, Any]]:
    """Yield bfloat16 values as float32, whose first half they are."""
    import numpy as np

    for start, stop, value in slabs:
        bits = np.asarray(value).view("<u2").astype("<u4") << np.uint32(16)
        yield start, stop, bits.view("<f4")


def put_names(group: Any, attribute: str, names: list[str]) -> None:
    """Store a list of names, split if it is long, as Keras does."""
    import numpy as np

    encoded = np.asarray([name.encode() for name in names])
    parts = -(-encoded.nbytes // _ATTRIBUTE_BYTES)
    if parts <= 1:
        group.attrs[attribute] = encoded
        return
    for number, part in enumerate(np.array_split(encoded, parts + 1)):
        group.attrs[f"{attribute}{number}"] = part


def write_tfjs(paths: list[Path], opener: Opener, entries: list[tuple[str, Entry]]) -> Any:
    """Write the weights of a TensorFlow.js model into files of SHARD_BYTES.

    Returns: {"inexact": [layer, what] of rounded values, "weights": the manifest's entries}.
    """
    import numpy as np

    notes = Notes()
    weights = []
    with opener() as values, Shards(paths) as shards:
        for name, entry in entries:
            shape, dtype, slabs = made(values, entry, notes)
            if dtype == "bfloat16":
                slabs, dtype = widened(slabs), "float32"
            if dtype not in _TFJS_DTYPES:
                raise ReadError("E001", f"{name} is {dtype}, which TensorFlow.js has not")
            described: dict[str, Any] = {"name": name, "shape": list(shape), "dtype": _TFJS_DTYPES[dtype]}
            if dtype == "float16":
                described["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
            weights.append(described)
            for _, _, value in slabs:
                array = np.ascontiguousarray(value)
                shards.write(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    return {"inexact": notes.inexact, "weights": weights}


class Shards:
    """Files of SHARD_BYTES each that are written as one."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = iter(paths)
        self.left = 0
        self.file: Any = None

    def __enter__(self) -> Shards:
        return self

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()

    def write(self, raw: bytes) -> None:
        """Write bytes."""
        view = memoryview(raw)
        while view:
            if not self.left:
                if self.file is not None:
                    self.file.close()
                self.file = next(self.paths).open("wb")
                self.left = SHARD_BYTES
            piece = view[: self.left]
            self.file.write(piece)
            self.left -= len(piece)
            view = view[len(piece) :]


def text_of(data: Any) -> str:
    """Return data as JSON in one line."""
    return json.dumps(data, separators=(", ", ": "))
