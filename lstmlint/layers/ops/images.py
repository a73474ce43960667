"""keras.ops.image: single images (rank 3), or batches of images (rank 4)."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.ops.algebra import ranked, replaced
from lstmlint.layers.ops.base import Operation, Refusal, shape, tensor
from lstmlint.layers.ops.dtypes import is_float
from lstmlint.layers.ops.reshaping import channels_last
from lstmlint.model.shapes import Dim, Tensor, format_shape

SIDES = (("height", "top", "bottom"), ("width", "left", "right"))


def same_image(op: Operation, images: Any, *_: Any) -> Tensor:
    """Return the shape of the images."""
    channels_last(op.config["data_format"])
    return Tensor(ranked(shape(images), 3, 4), images.dtype)


def affine(op: Operation, images: Any, transform: Any) -> Tensor:
    """Return the shape of the images after a check of the transform: one for all, or one per image."""
    made = same_image(op, images)
    ranked(shape(transform), 1, 2)
    return made


def perspective(op: Operation, images: Any, start_points: Any, end_points: Any) -> Tensor:
    """Return the shape of the images after a check of the corners before and after the transform."""
    made = same_image(op, images)
    for points in (start_points, end_points):
        if shape(points)[-2:] != (4, 2) or len(shape(points)) not in (2, 3):
            raise Refusal("S113", f"needs corners (4, 2) or (batch, 4, 2), but gets {format_shape(points.shape)}")
    if shape(start_points) != shape(end_points):
        raise Refusal(
            "S113",
            f"has corners {format_shape(start_points.shape)} before and {format_shape(end_points.shape)} after",
            "Make them equal.",
        )
    return made


def hue(op: Operation, images: Any) -> Tensor:
    """Return the shape of the images, which must have three float channels, since they are converted to HSV and back."""
    made = same_image(op, images)
    if made.dtype is not None and not is_float(made.dtype):
        raise Refusal("E007", f"needs float images, but gets {made.dtype}", "Cast them first.")
    _channels(op, images, 3)
    return made


def grayscale(op: Operation, images: Any) -> Tensor:
    """Return the shape with one channel."""
    same_image(op, images)
    return Tensor(replaced(shape(images), _channels(op, images, 1, 3), 1), images.dtype)


def _channels(op: Operation, images: Any, *allowed: int) -> int:
    axis = -1 if channels_last(op.config["data_format"]) else -3
    count = shape(images)[axis]
    if count is not None and count not in allowed:
        wanted = " or ".join(map(str, allowed))
        raise Refusal(
            "S117", f"needs {wanted} channels, but {format_shape(images.shape)} has {count}", f"Use {wanted}."
        )
    return axis


def _with_sizes(op: Operation, images: Any, height: Dim, width: Dim) -> Tensor:
    axes = (-3, -2) if channels_last(op.config["data_format"]) else (-2, -1)
    dims = ranked(shape(images), 3, 4)
    return Tensor(replaced(replaced(dims, axes[0], height), axes[1], width), tensor(images).dtype)


def resize(op: Operation, images: Any) -> Tensor:
    """Return the shape with the height and width in the config."""
    size = list(op.config["size"])
    return _with_sizes(op, images, size[0], size[1])


def _sides(op: Operation, images: Any, what: str, sign: int) -> list[Dim]:
    """Return a length after padding (sign 1) or cropping (sign -1), which two of three arguments determine."""
    config = op.config
    for side, before, after in SIDES:
        names = (f"{before}_{what}", f"{after}_{what}", f"target_{side}")
        if [config[name] for name in names].count(None) != 1:
            raise Refusal("E007", f"needs exactly two of {', '.join(names)}", "Keep two of them.", names[2])
    sizes: list[Dim] = []
    axes = (-3, -2) if channels_last(config["data_format"]) else (-2, -1)
    for (side, before, after), axis in zip(SIDES, axes, strict=True):
        first, last, target = (config[name] for name in (f"{before}_{what}", f"{after}_{what}", f"target_{side}"))
        if any(value is not None and value < 0 for value in (first, last, target)):
            raise Refusal("S105", f"has a negative {what} or {side}", "Use numbers of at least 0.", f"target_{side}")
        size = shape(images)[axis]
        if size is None:
            if target is None and sign < 0:
                raise Refusal("S106", f"does not know the {side} to crop", f"Set target_{side}.", f"target_{side}")
            sizes.append(target)
            continue
        if target is None:
            target = size + sign * (first + last)
        rest = sign * (target - size) - (first or 0) - (last or 0)
        if target < 0 or rest < 0:
            raise Refusal(
                "S105", f"has no {what} that changes a {side} of {size} to {target}", argument=f"target_{side}"
            )
        sizes.append(target)
    return sizes


def pad_images(op: Operation, images: Any) -> Tensor:
    """Return the shape after padding by a number of pixels or to a target size."""
    ranked(shape(images), 3, 4)
    return _with_sizes(op, images, *_sides(op, images, "padding", 1))


def crop_images(op: Operation, images: Any) -> Tensor:
    """Return the shape after cropping by a number of pixels or to a target size."""
    ranked(shape(images), 3, 4)
    return _with_sizes(op, images, *_sides(op, images, "cropping", -1))


def map_coordinates(op: Operation, inputs: Any, coordinates: Any) -> Tensor:
    """Return the shape of one coordinate array. The first axis of the coordinates has the size of the input's rank."""
    dims, places = shape(inputs), ranked(shape(coordinates), least=2)
    if places[0] != len(dims):
        raise Refusal(
            "S113", f"needs {len(dims)} coordinates for {format_shape(dims)}, but gets {format_shape(places)}"
        )
    return Tensor(places[1:], inputs.dtype)


def scale_and_translate(op: Operation, images: Any, output_shape: Any, scale: Any, translation: Any) -> Tensor:
    """Return the shape that the call requests."""
    wanted = output_shape.value if isinstance(output_shape, Tensor) else output_shape
    return Tensor(tuple(wanted), tensor(images).dtype)


def sobel(op: Operation, images: Any) -> Tensor:
    """Return the shape with an additional axis of 2, for the two directions."""
    channels_last(op.config["data_format"])
    return Tensor((*ranked(shape(images), 4), 2), images.dtype)


def ssim(op: Operation, image1: Any, image2: Any) -> Tensor:
    """Return one number per image."""
    channels_last(op.config["data_format"])
    dims = ranked(shape(image1), 3, 4)
    ranked(shape(image2), 3, 4)
    return Tensor(() if len(dims) == 3 else dims[:1], image1.dtype)
