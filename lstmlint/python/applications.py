"""keras.applications: the config of a model from the arguments of the function that builds it.

    >>> config("MobileNetV2", "keras3", {"include_top": False, "weights": None, "pooling": "avg"})["config"]["name"]
    'mobilenetv2_1.00_None'

The architectures are recorded (see architecture.py). A file is read when its function is first asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from lstmlint.python.architecture import Builder, Naming, Shape

# Submodule of keras.applications -> the functions that it exports. keras.applications exports all of them, too.
SUBMODULES: Final[dict[str, tuple[str, ...]]] = {
    "convnext": tuple(f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")),
    "densenet": ("DenseNet121", "DenseNet169", "DenseNet201"),
    "efficientnet": tuple(f"EfficientNetB{size}" for size in range(8)),
    "efficientnet_v2": tuple(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")),
    "inception_resnet_v2": ("InceptionResNetV2",),
    "inception_v3": ("InceptionV3",),
    "mobilenet": ("MobileNet",),
    "mobilenet_v2": ("MobileNetV2",),
    "mobilenet_v3": (),
    "nasnet": ("NASNetLarge", "NASNetMobile"),
    "regnet": tuple(
        f"RegNet{kind}{size}" for kind in "XY" for size in "002 004 006 008 016 032 040 064 080 120 160 320".split()
    ),
    "resnet": ("ResNet50", "ResNet101", "ResNet152"),
    "resnet50": ("ResNet50",),
    "resnet_rs": tuple(f"ResNetRS{depth}" for depth in (50, 101, 152, 200, 270, 350, 420)),
    "resnet_v2": ("ResNet50V2", "ResNet101V2", "ResNet152V2"),
    "vgg16": ("VGG16",),
    "vgg19": ("VGG19",),
    "xception": ("Xception",),
}

# Every submodule exports these, too. They build nothing.
HELPERS: Final = ("preprocess_input", "decode_predictions")

# Function -> the submodules that export it. The two MobileNetV3 are exported by keras.applications only.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(module for module, functions in SUBMODULES.items() if name in functions)
    for name in sorted(
        {name for functions in SUBMODULES.values() for name in functions} | {"MobileNetV3Large", "MobileNetV3Small"}
    )
}

# The input sizes other than 224 for which there are weights, and the alphas.
_SIZES: Final = {"MobileNet": (128, 160, 192, 224), "MobileNetV2": (96, 128, 160, 192, 224)}
_ALPHAS: Final = {
    "MobileNet": (0.25, 0.5, 0.75, 1.0),
    "MobileNetV2": (0.35, 0.5, 0.75, 1.0, 1.3, 1.4),
    "MobileNetV3Large": (0.75, 1.0),
    "MobileNetV3Small": (0.75, 1.0),
}


# An argument of the function behind those of EfficientNet, which Keras 2 passes on.
DROP_RATE: Final = "drop_connect_rate"


class Refused(ValueError):
    """Keras raises an error for these arguments.

    Args:
        argument: the name of the argument.
        message: what was found and what Keras does.
        help: what to write instead.
    """

    def __init__(self, argument: str, message: str, help: str) -> None:
        super().__init__(message)
        self.argument = argument
        self.help = help


class InputTensor(NamedTuple):
    """What `input_tensor` is: its shape with the batch, and the name of its layer."""

    shape: tuple[int | None, ...]
    name: str


@cache
def _data(name: str) -> Any:
    """Return the contents of a file of architectures."""
    return json.loads((Path(__file__).with_name("architectures") / f"{name}.json").read_bytes())


def parameters(name: str, dialect: str) -> dict[str, Any] | None:
    """Return the parameters of a function, in their order, with their defaults, or None if this dialect does not have it."""
    return _data(name)["parameters"].get(dialect) if name in NAMES else None


def config(
    name: str, dialect: str, arguments: Mapping[str, Any], naming: Naming | None = None
) -> dict[str, Any] | None:
    """Return the config of the model, as its `to_json()` writes it.

    Args:
        name: the function, such as "VGG16".
        dialect: "keras2" (tf_keras 2.21) or "keras3" (Keras 3.15).
        arguments: the arguments by name. `input_tensor` is an InputTensor; the config then starts with an InputLayer of that name
            and shape.
        naming: returns the name of a layer that Keras names itself, from the prefix ("conv2d", "input" …) and the number, from 0,
            among those of this model. The default is the names of a new session.

    Returns: None if there is no such function, or if the architecture is not known for these arguments. Layers share the parts of
    their configs that are the same, so replace parts and do not change them.

    Raises: Refused if Keras raises an error for these arguments.
    """
    if (defaults := parameters(name, dialect)) is None:
        return None
    facts, kinds = _data(name), _data("kinds")[dialect]
    drop_rate = arguments.get(DROP_RATE)
    if (
        name.startswith("EfficientNetB")
        and type(drop_rate) is float
        and 0 < drop_rate < 1
        and dialect in facts["extra"]
    ):
        arguments = {key: value for key, value in arguments.items() if key != DROP_RATE}
    else:
        drop_rate = None
    for argument in arguments:
        if argument not in defaults:
            if dialect in facts["extra"] and (name.startswith("EfficientNet") or argument == "layers"):
                return None  # an argument of the function behind it, which may change the architecture
            message = f"{name} has no argument {argument!r}; Keras raises an error"
            raise Refused(argument, message, f"Its arguments are {', '.join(defaults)}.")
    values = {**defaults, **arguments}
    if not isinstance(values["classifier_activation"], str | None) or not _well_typed(values, defaults):
        return None
    given = values.get("input_tensor")
    shape = _input_shape(name, facts, values, facts["default"][dialect])
    _check_weights(name, values, shape)
    size = given.shape[1:3] if given is not None else shape[:2]
    if (size[0] is None) != (size[1] is None):
        return None  # most of them fail in Keras, with all kinds of errors
    model_name = _model_name(name, facts["names"][dialect], values, shape)
    values["classifier_activation"] = values["classifier_activation"] or "linear"

    def default_naming(prefix: str, number: int) -> str:
        if prefix == "input" and dialect == "keras2":
            number += 1
        return f"{prefix}_{number}" if number else prefix

    name_of = naming or default_naming

    def without_input(prefix: str, number: int) -> str:
        return name_of(prefix, number - 1 if prefix == "input_layer" else number)

    builder = Builder(
        dialect, kinds, facts["usual"][dialect], values, model_name, name_of if given is None else without_input
    )
    if given is None:
        builder.add_input(name_of("input" if dialect == "keras2" else "input_layer", 0), [None, *shape])
    else:
        builder.add_input(given.name, list(given.shape))
    found = flags(values, [None, *shape])
    for segment in facts["layers"].get(dialect) or facts["layers"]["keras3"]:
        if all(found[flag] == value for flag, value in segment.get("when", {}).items()):
            for row in segment["rows"]:
                builder.add(row)
    layers = builder.layers if drop_rate is None else _with_drop_rate(builder.layers, drop_rate)
    first, last = [builder.names[0], 0, 0], [builder.names[-1], 0, 0]
    # Keras 3 writes a list only for inputs that are given as one, which all but ConvNeXt do with an input tensor.
    listed = dialect == "keras2" or (given is not None and not name.startswith("ConvNeXt"))
    model = {
        "name": model_name,
        "trainable": True,
        "layers": layers,
        "input_layers": [first] if listed else first,
        "output_layers": [last] if dialect == "keras2" else last,
    }
    return {**kinds["Functional"], "config": model}


def flags(values: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """Return what decides which layers a model has.

    Args:
        values: all arguments of the function.
        shape: the shape of the input, with the batch.
    """
    top = bool(values["include_top"])
    return {
        "include_top": top,
        "pooling": values["pooling"] if not top and values["pooling"] in ("avg", "max") else None,
        "include_preprocessing": bool(values.get("include_preprocessing")),
        "imagenet": values["weights"] == "imagenet",
        "three_channels": shape[-1] == 3,
        "minimalistic": bool(values.get("minimalistic")),
        "dropout": values.get("dropout_rate", 1) > 0,
        "known_size": shape[1] is not None,
    }


def _with_drop_rate(layers: list[dict[str, Any]], rate: float) -> list[dict[str, Any]]:
    """Return the layers of an EfficientNet whose dropout grows from block to block up to another rate."""
    blocks = sum(layer["name"].endswith("_project_conv") for layer in layers)
    found, block = [], -1
    for layer in layers:
        block += layer["name"].endswith("_project_conv")
        drops = {"rate": rate * block / blocks} if layer["name"].endswith("_drop") else {}
        found.append({**layer, "config": {**layer["config"], **drops}})
    return found


def _well_typed(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool:
    """Check that the input shape consists of sizes, and that numbers are given where the defaults are numbers."""
    shape = values["input_shape"]
    if shape is not None and not (
        isinstance(shape, tuple | list) and all(isinstance(side, int | None) for side in shape)
    ):
        return False
    return all(
        isinstance(values[name], int | float) for name, default in defaults.items() if isinstance(default, int | float)
    )


def _input_shape(name: str, facts: Any, values: Mapping[str, Any], default: Shape) -> Shape:
    """Return the shape of the input without the batch. Raises: Refused.

    Args:
        name: the function.
        facts: what is recorded about it.
        values: all its arguments.
        default: the shape for a model without its classifier.
    """
    shape, top = values["input_shape"], bool(values["include_top"])
    imagenet = values["weights"] == "imagenet" and not name.startswith("ResNetRS")
    tensor = values.get("input_tensor")
    least = facts["minimum"]
    if name.startswith("MobileNetV3"):
        if shape is None:
            shape = default if tensor is None else (tensor.shape[2], tensor.shape[1], 3)
        if len(shape) != 3:
            raise _not_an_image(name, 224, shape)
        if all(shape[:2]) and min(shape[:2]) < least:
            raise _too_small(name, least, shape)
        return list(shape)
    size = facts["size"]
    rows = shape[0] if shape else tensor.shape[1] if tensor is not None and name == "MobileNetV2" else None
    columns = shape[1] if shape else tensor.shape[2] if tensor is not None and name == "MobileNetV2" else None
    if rows == columns and rows in _SIZES.get(name, ()):
        size = rows
    if name.startswith("NASNet") and imagenet and isinstance(shape, tuple) and None in shape:
        message = f"{name} with ImageNet weights needs a known input size; it gets {shape}, and Keras raises an error"
        raise Refused("input_shape", message, "Give the height and the width, or leave input_shape out.")
    if imagenet and top:
        expected = (size, size, 3)
        if shape is not None and shape != expected:
            message = f"the classifier of {name} with ImageNet weights takes input_shape {expected}, not {shape}"
            message += "; Keras raises an error"
            raise Refused(
                "input_shape",
                message,
                f"Write include_top=False or weights=None for other sizes, or a tuple {expected}.",
            )
        return list(expected)
    if not shape:
        return [size, size, 3] if top else default
    if len(shape) != 3:
        raise _not_an_image(name, size, shape)
    if any(side is not None and side < least for side in shape[:2]):
        raise _too_small(name, least, shape)
    if top and None in shape:
        message = f"{name} with its classifier needs a known input size; it gets {shape}, and Keras raises an error"
        raise Refused("input_shape", message, "Give the height and the width, or write include_top=False.")
    return list(shape)


def _not_an_image(name: str, size: int, shape: Any) -> Refused:
    """Return the error for a shape without three dimensions."""
    message = f"{name} takes an input_shape of height, width and channels; it gets {shape}, and Keras raises an error"
    return Refused("input_shape", message, f"For example, write ({size}, {size}, 3).")


def _too_small(name: str, least: int, shape: Any) -> Refused:
    """Return the error for an input that is too small."""
    message = f"{name} takes inputs of at least {least} x {least}; it gets {tuple(shape)}, and Keras raises an error"
    return Refused("input_shape", message, f"Resize the images to {least} x {least} or more.")


def _check_weights(name: str, values: Mapping[str, Any], shape: Shape) -> None:
    """Check what the weights need. Raises: Refused."""
    weights, top = values["weights"], bool(values["include_top"])
    if weights is None:
        return
    imagenet = weights == "imagenet" or (name.startswith("ResNetRS") and re.fullmatch(r"imagenet-i\d+", weights))
    if not imagenet and not re.search(r"[./\\]", weights):
        message = f"{name} has no weights {weights!r}; unless a file has this name, Keras raises an error"
        raise Refused("weights", message, "Write weights='imagenet', weights=None or the path of a file.")
    activation = values["classifier_activation"]
    if top and activation not in ("softmax", "linear", None):
        message = f"weights for {name} with its classifier allow the activations softmax and None, not {activation!r}"
        raise Refused(
            "classifier_activation",
            f"{message}; Keras raises an error",
            "Write weights=None, or add a classifier of your own.",
        )
    if not imagenet:
        return
    if top and values["classes"] != 1000:
        message = f"the ImageNet weights of {name} have 1000 classes, not {values['classes']}; Keras raises an error"
        raise Refused("classes", message, "Write include_top=False and add a Dense layer, or write weights=None.")
    if shape[-1] != 3:
        message = f"the ImageNet weights of {name} take 3 channels, not {shape[-1]}; Keras raises an error"
        raise Refused("input_shape", message, "Write weights=None, or repeat the channels.")
    if values.get("depth_multiplier", 1) != 1:
        message = f"the ImageNet weights of {name} are for depth_multiplier=1; Keras raises an error"
        raise Refused("depth_multiplier", message, "Write weights=None.")
    alphas = _ALPHAS.get(name, ())
    if values.get("minimalistic"):
        alphas = (1.0,)
    if alphas and values["alpha"] not in alphas:
        listed = ", ".join(map(str, alphas))
        message = f"{name} has ImageNet weights for alpha {listed}, not {values['alpha']}; Keras raises an error"
        raise Refused(
            "alpha", message, f"Write weights=None, or alpha={min(alphas, key=lambda a: abs(a - values['alpha']))}."
        )


def _model_name(name: str, default: str, values: Mapping[str, Any], shape: Shape) -> str:
    """Return the name of the model. Raises: Refused if there are no weights for it."""
    chosen = next((values[key] for key in ("name", "model_name") if values.get(key)), None)
    if chosen:
        if name.startswith("EfficientNetV2") and chosen != default:
            message = f"{name} finds its layers by the name of the model; {chosen!r} is none of them, and Keras raises an error"
            raise Refused("name", message, f"Leave it out, and or put the model into one with the name {chosen!r}.")
        if name.startswith(("ConvNeXt", "RegNet")) and values["weights"] == "imagenet" and default not in chosen:
            message = (
                f"{name} finds its ImageNet weights by the model's name; it is {chosen!r}, and Keras raises an error"
            )
            raise Refused(
                "name" if "name" in values else "model_name", message, f"Leave it out, or let it contain {default!r}."
            )
        return str(chosen)
    if name not in _SIZES:
        return default
    rows, columns = shape[:2]
    if values["weights"] == "imagenet" and (rows != columns or rows not in _SIZES[name]):
        rows = 224
    return f"{name.lower()}_{values['alpha']:.2f}_{rows}"
