"""Record what Keras builds for keras.applications.

Run these under Keras 3 (no TensorFlow needed), and with keras2 instead of keras3 under tf_keras:

    KERAS_BACKEND=numpy python scripts/record_applications.py keras3 RECORDS
    KERAS_BACKEND=numpy python scripts/record_applications.py keras3 tests/data/applications.json

The first writes RECORDS/keras3/<function>.jsonl.gz for scripts/generate_applications.py, where that file is missing: a line with
the signature and the smallest input, a line for each model with the arguments and the text of `to_json()`, and a line with the
automatic names. The second writes the counts for the tests.

Pretrained weights are not fetched, because they do not change the architecture. The few functions whose architecture depends on
`weights="imagenet"` see that value.
"""

from __future__ import annotations

import gzip
import inspect
import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

ALPHAS = (0.2, 0.25, 0.35, 0.43, 0.5, 0.6, 0.75, 0.9, 1.15, 1.3, 1.4, 1.7, 2.0)


def keras3() -> tuple[Any, Callable[..., Any]]:
    """Keras 3 without weights: the architecture is built in a scope that allocates no variable."""
    import keras
    from keras.src.utils import file_utils

    file_utils.get_file = lambda *_, **__: "weights.h5"
    keras.Model.load_weights = lambda *_, **__: None

    def build(function: Callable[..., Any], arguments: dict[str, Any], *, clear: bool = True) -> Any:
        if clear:
            keras.backend.clear_session()
        with keras.StatelessScope(initialize_variables=False):
            return function(**arguments)

    return keras.applications, build


def keras2() -> tuple[Any, Callable[..., Any]]:
    """tf_keras with all weights zero, because drawing random ones takes most of the time."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf
    import tf_keras
    from tf_keras.src.initializers import initializers
    from tf_keras.src.utils import data_utils

    data_utils.get_file = lambda *_, **__: "weights.h5"
    tf_keras.Model.load_weights = lambda *_, **__: None
    initializers.VarianceScaling.__call__ = lambda self, shape, dtype=None, **_: tf.zeros(shape, dtype or "float32")

    def build(function: Callable[..., Any], arguments: dict[str, Any], *, clear: bool = True) -> Any:
        if clear:
            tf_keras.backend.clear_session()
        return function(**arguments)

    return tf_keras.applications, build


def variants(name: str, parameters: Any, minimum: int) -> Iterator[dict[str, Any]]:
    """Yield the arguments of the models to record: every flag, odd, unknown and default sizes, one to four channels."""
    odd = (minimum + 22 + minimum % 2 + 1, minimum + 61 - minimum % 2, 3)
    base: list[dict[str, Any]] = [
        {},
        {"weights": None, "include_top": False},
        {"weights": None, "include_top": False, "pooling": "avg", "input_shape": odd},
        {"include_top": False, "pooling": "max", "input_shape": (minimum + 1, minimum + 2, 3)},
        {"weights": None, "classes": 7, "classifier_activation": None, "input_shape": (164, 166, 1)},
    ]
    if name.startswith("NASNet"):  # has other layers where the size is unknown
        unknown = {"weights": None, "include_top": False, "input_shape": (None, None, 3)}
        base += [{**unknown, "pooling": pooling} for pooling in (None, "avg", "max")]
    if "include_preprocessing" in parameters:
        plain = {"include_top": False, "include_preprocessing": False}
        base += [plain, {**plain, "weights": None, "pooling": "avg", "input_shape": (None, None, 4)}]
    if "alpha" in parameters:
        none = {"weights": None, "input_shape": (96, 128, 3)}
        smallest = 0.05 if "depth_multiplier" in parameters else 0.01  # at 0.01, MobileNet has layers without filters
        base += [{**none, "alpha": alpha, "include_top": False} for alpha in (smallest, *ALPHAS)]
        base += [{**none, "alpha": alpha, "classes": 5} for alpha in ALPHAS]
    for key in sorted({"dropout", "dropout_rate"} & set(parameters)):
        base += [{"weights": None, key: rate} for rate in (0, 0.25)]
    if "depth_multiplier" in parameters:
        base += [{"weights": None, "depth_multiplier": 3}]
    yield from base
    if "minimalistic" in parameters:
        yield from ({**arguments, "minimalistic": True} for arguments in base)


def record(dialect: str, folder: Path) -> None:
    """Write the records of one Keras."""
    applications, build = {"keras3": keras3, "keras2": keras2}[dialect]()
    functions = {name: getattr(applications, name) for name in dir(applications) if name[0].isupper()}
    for name, function in sorted(functions.items(), key=lambda item: (item[0].startswith("RegNet"), item[0])):
        path = folder / dialect / f"{name}.jsonl.gz"
        if path.exists():
            continue
        parameters = inspect.signature(function).parameters
        minimum = smallest_input(
            partial(build, function, {"weights": None, "include_top": False, "input_shape": (1, 1, 3)})
        )
        lines: list[dict[str, Any]] = [
            {
                "minimum": minimum,
                "parameters": [[p.name, p.default] for p in parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD],
                "extra": any(p.kind is p.VAR_KEYWORD for p in parameters.values()),
            }
        ]
        for arguments in variants(name, parameters, minimum):
            lines.append({"arguments": arguments, "text": build(function, arguments).to_json()})
        # A second model of the same session: the names that differ are automatic.
        first = build(function, {"weights": None})
        second = build(function, {"weights": None}, clear=False)
        pairs = zip(first.layers, second.layers, strict=True)
        lines.append({"automatic": sorted({a.name for a, b in pairs if a.name != b.name})})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode(), mtime=0))
        print(name, flush=True)


def smallest_input(build: Callable[[], Any]) -> int:
    """Return the smallest height and width, which the error for an input of one pixel names, or 0."""
    try:
        build()
    except ValueError as error:
        found = re.search(r"at least (\d+)x", str(error))
        return int(found[1]) if found else 0
    return 0


VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("MobileNetV2", {"input_shape": (96, 96, 3), "include_top": False, "pooling": "avg", "alpha": 0.5}),
    ("MobileNetV2", {"weights": None, "input_shape": (97, 130, 1), "alpha": 0.1, "classes": 3}),
    ("MobileNet", {"input_shape": (128, 128, 3), "alpha": 0.25, "dropout": 0.1}),
    ("MobileNet", {"weights": None, "alpha": 0.7, "depth_multiplier": 2, "classes": 10}),
    ("MobileNetV3Large", {"weights": None, "alpha": 1.3, "classes": 7, "dropout_rate": 0}),
    ("MobileNetV3Small", {"minimalistic": True, "include_top": False, "input_shape": (64, 64, 3)}),
    ("VGG16", {"weights": None, "input_shape": (48, 64, 3), "classes": 10, "classifier_activation": None}),
    ("VGG19", {"include_top": False, "input_shape": (32, 32, 3), "pooling": "max"}),
    ("NASNetMobile", {"weights": None, "include_top": False, "input_shape": (None, None, 3)}),
    ("EfficientNetB0", {"include_top": False, "input_shape": (100, 101, 3)}),
    ("EfficientNetV2B1", {"weights": None, "include_preprocessing": False, "input_shape": (64, 64, 4), "classes": 2}),
    ("ConvNeXtTiny", {"include_top": False, "pooling": "avg", "input_shape": (64, 64, 3)}),
    ("DenseNet121", {"weights": None, "input_shape": (64, 64, 1), "classes": 2, "classifier_activation": "sigmoid"}),
    ("InceptionV3", {"include_top": False, "input_shape": (75, 75, 3)}),
]
FEW = (  # those of tf_keras that are counted, because all of them take minutes
    "VGG16 ResNet50 ResNet101V2 RegNetX002 RegNetX320 RegNetY002 RegNetY064 ResNetRS50 MobileNetV3Large NASNetMobile Xception"
    " DenseNet169 InceptionResNetV2 EfficientNetB3"
).split()


def count(dialect: str, path: Path) -> None:
    """Write how many parameters the models of one Keras have, all and trainable, and the shapes of their outputs."""
    applications, build = {"keras3": keras3, "keras2": keras2}[dialect]()
    names = [name for name in dir(applications) if name[0].isupper() and (dialect == "keras3" or name in FEW)]
    rows = []
    for name, arguments in [*((name, {"weights": None}) for name in names), *VARIANTS]:
        model = build(getattr(applications, name), arguments)
        trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        rows.append([name, arguments, model.count_params(), trainable, model.output_shape])
        print(*rows[-1], flush=True)
    known = json.loads(path.read_text()) if path.exists() else {}
    text = ",\n".join(
        f'"{key}": [\n' + ",\n".join(map(json.dumps, value)) + "\n]" for key, value in {**known, dialect: rows}.items()
    )
    path.write_text(f"{{\n{text}\n}}\n")


if __name__ == "__main__":
    (count if sys.argv[2].endswith(".json") else record)(sys.argv[1], Path(sys.argv[2]))
